import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from snippets.activation.sigmoid import sigmoid
from snippets.propagation.softmax import (
    draw_softmax,
    softmax,
    softmax_cross_entropy,
)
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.slopes import column, slope

SCORES = column(2.0, 0.0, -1.0)
DOG = column(0.0, 1.0, 0.0)


@claim(
    "Other positive functions would give probabilities too; with this one the "
    "slope of the loss comes out as the error, as you will see below.",
    "Exactly one of the three answers is right, so the outputs should be three "
    "probabilities that add up to <whole>.",
    "Three sigmoids would not give that, since none of them knows of the "
    "others.",
    "Let the last layer give a score $z_k$ for each class, any number, say "
    "<z_1>, <z_2> and <z_3>.",
    "Powers of $e$ are positive, and the larger the score, the larger its "
    "power: about <e_1>, <e_2> and <e_3>.",
    "Their sum is about <sum>, and divided by it they add up to <whole>: "
    "<p_1>, <p_2> and <p_3>.",
    "Softmax in two steps: powers of $e$ make scores positive, and dividing by "
    "their sum makes them add up to <whole>.",
)
def test_softmax_of_three_scores(
    whole, z_1, z_2, z_3, e_1, e_2, e_3, sum, p_1, p_2, p_3
):
    assert torch.equal(SCORES, column(z_1, z_2, z_3))
    powers = SCORES.exp()[:, 0]
    assert powers.tolist() == pytest.approx([e_1, e_2, e_3], abs=0.005)
    assert powers.sum().item() == pytest.approx(sum, abs=0.005)
    found = softmax(SCORES)[:, 0]
    assert found.tolist() == pytest.approx([p_1, p_2, p_3], abs=0.0005)
    assert found.sum().item() == pytest.approx(whole)
    assert p_1 + p_2 + p_3 == pytest.approx(whole)
    assert sigmoid(SCORES).sum() > whole + 0.5

    def with_powers_of_two(z):
        return 2**z / (2**z).sum()

    others = with_powers_of_two(SCORES)
    assert (others > 0).all()
    assert others.sum().item() == pytest.approx(whole)
    dz = slope(lambda z: -with_powers_of_two(z)[1].log().sum(), SCORES)
    assert (dz - (others - DOG)).abs().min() > 0.01, "not the error"


@claim(
    "<count> panels, each with a scale of its own and a bar for each of the "
    "classes cat, dog and cow.",
    "Left, the scores <z_1>, <z_2> and <z_3>: one bar upwards, none, and one "
    "downwards.",
    "Middle, the powers of e, on a scale from <bottom> to <most>: <e_1>, <e_2> "
    "and <e_3>.",
    "Right, the probabilities <p_1>, <p_2> and <p_3>, on a scale from <bottom> "
    "to <whole>; the bars have the same proportions as those of the powers.",
    "Mind the scales: the last step makes all bars smaller by the same factor.",
)
def test_figure_shows_softmax_in_two_steps(
    count, z_1, z_2, z_3, e_1, e_2, e_3, p_1, p_2, p_3, bottom, most, whole
):
    figure = draw_softmax()
    drawing.lay_out(figure)
    panels = figure.axes
    assert len(panels) == count
    heights = []
    for axes, said in zip(
        panels,
        ((z_1, z_2, z_3), (e_1, e_2, e_3), (p_1, p_2, p_3)),
        strict=True,
    ):
        bars = [bar.get_height() for bar in axes.patches]
        assert len(bars) == count
        assert bars == pytest.approx(said, abs=0.005)
        labels = [text.get_text().replace("−", "-") for text in axes.texts]
        assert [float(label) for label in labels] == list(said)
        heights.append(bars)
        names = [tick.get_text() for tick in axes.get_xticklabels()]
        assert names == ["cat", "dog", "cow"]
        title = drawing.inches(axes.title.get_window_extent())
        for text, bar in zip(axes.texts, axes.patches, strict=True):
            label = drawing.inches(text.get_window_extent())
            assert title.y0 - label.y1 > 0.03
            assert not label.overlaps(drawing.box(bar))
    for axes, top in zip(panels[1:], (most, whole), strict=True):
        _, marks = drawing.ticks(axes)
        assert (marks[0], marks[-1]) == (bottom, top)
    scores, powers, probabilities = heights
    assert powers == pytest.approx([math.exp(score) for score in scores])
    shares = [power / sum(powers) for power in powers]
    assert probabilities == pytest.approx(shares)


@claim(
    "The function that makes probabilities of the scores of several classes: "
    "powers of e, divided by their sum.",
    "Softmax makes scores positive by powers of $e$ and divides them by their "
    "sum.",
    "Add the same number $u$ to all scores, and nothing changes, since it "
    "multiplies the power and the sum by the same factor:",
    "The code uses this: it subtracts the largest score from all of them.",
    "Then the largest power is $e^0 = 1$, and none can overflow.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_softmax_agrees_with_torch(dtype):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(4, 9, generator=generator, dtype=dtype) * 5
    for shift in (0, 1000, -1000):
        found = softmax((z + shift).round(decimals=3))
        torchs = torch.softmax((z + shift).round(decimals=3), dim=0)
        torch.testing.assert_close(found, torchs)
        assert found.isfinite().all()
    whole = (z * 8).round() / 8  # a thousand more is exact in float32 as well
    torch.testing.assert_close(softmax(whole + 1000), softmax(whole))
    apart = torch.tensor([[1000.0], [-1000.0]], dtype=dtype)
    assert softmax(apart).tolist() == [[1], [0]]


@claim(
    "A target for one of several classes: a <one> for the right class and a "
    "<zero> for each of the others.",
    r"Its loss is the surprise at the right class, $\log \sum_{j=1}^{n} "
    "e^{z_j} - z_c$.",
    "The target names the right class, and is written one-hot: a <one> for "
    "that class and a <zero> for each of the others, (<y_1>, <y_2>, <y_3>) if "
    "the picture is of a dog.",
    "The cross-entropy is once more the surprise at what is right:",
    "Of this sum only the term of the right class is left, since all others"
    " are multiplied by <zero>.",
    r"The dog had the probability <p>, so the loss is $-\log <p_again> "
    r"\approx <loss>$.",
    r"For the dog: $<score> - \log <sum> \approx <minus_loss>$.",
    "For the dog $dz$ is about (<d_1>, <d_2>, <d_3>).",
    r"which of several? | softmax | cross-entropy | $\hat y - y$",
)
def test_loss_and_slope_of_three_scores(
    one, zero, y_1, y_2, y_3, p, p_again, loss, score, sum, minus_loss,
    d_1, d_2, d_3,
):  # fmt: skip
    assert torch.equal(column(y_1, y_2, y_3), DOG)
    assert torch.equal(functional.one_hot(torch.tensor([1]), 3).T, DOG)
    assert sorted(DOG[:, 0].tolist()) == [zero, zero, one]
    found = softmax(SCORES)[1].item()
    assert found == pytest.approx(p, abs=0.0005)
    assert p == p_again
    assert softmax_cross_entropy(SCORES, DOG).item() == pytest.approx(
        -math.log(found)
    )
    assert -math.log(p) == pytest.approx(loss, abs=0.005)
    assert SCORES[1].item() == score
    assert SCORES.exp().sum().item() == pytest.approx(sum, abs=0.005)
    assert score - math.log(sum) == pytest.approx(minus_loss, abs=0.005)
    dz = slope(lambda z: softmax_cross_entropy(z, DOG), SCORES)
    torch.testing.assert_close(dz, softmax(SCORES) - DOG)
    assert dz[:, 0].tolist() == pytest.approx([d_1, d_2, d_3], abs=0.0005)


@claim(
    "In code logsumexp takes the logarithm of the sum, and it too shifts by "
    "the largest.",
    "In real work torch.nn.functional.cross_entropy takes the scores, which it "
    "also calls logits, and the numbers of the right classes.",
    "It is the error, as it was with the losses of one output: softmax with "
    "cross-entropy is the third of the usual pairs.",
    "As with the sigmoid, the probabilities can round to <nothing>, so compute "
    "the loss from the scores.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1, 1000])
def test_softmax_cross_entropy_agrees_with_torchs(dtype, scale, nothing):
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(4, 9, generator=generator, dtype=dtype) * scale
    classes = torch.randint(0, 4, (9,), generator=generator)
    y = functional.one_hot(classes, 4).T.to(dtype)
    loss = softmax_cross_entropy(z, y)
    assert loss.isfinite()
    assert (softmax(z) == nothing).any() == (scale == 1000)
    torch.testing.assert_close(loss, functional.cross_entropy(z.T, classes))
    by_torch = slope(lambda z: 9 * softmax_cross_entropy(z, y), z)
    torch.testing.assert_close(by_torch, softmax(z) - y)


@claim(
    "In its second term, $-z_c$, only the score of the right class occurs.",
    "If $z_k$ is that score, the term has the slope <slope_there>, otherwise "
    "<elsewhere>; both are $-y_k$.",
    "Only one term of $T$ contains $z_k$, and the slope of $e^{z_k}$ is "
    r"$e^{z_k}$ again; the slope of $\log T$ is $1/T$.",
    r"The chain rule multiplies the two: $e^{z_k} / T$, which is $\hat y_k$.",
)
def test_slopes_of_both_terms(slope_there, elsewhere):
    second = slope(lambda z: -z[1].sum(), SCORES)
    torch.testing.assert_close(second, -DOG)
    assert second[1].item() == slope_there
    assert second[[0, 2], 0].tolist() == [elsewhere] * 2
    torch.testing.assert_close(
        slope(lambda z: z.exp().sum(), SCORES), SCORES.exp()
    )
    total = SCORES.exp().sum()
    torch.testing.assert_close(slope(torch.log, total), 1 / total)
    first = slope(lambda z: z.exp().sum().log(), SCORES)
    torch.testing.assert_close(first, SCORES.exp() / total)
    torch.testing.assert_close(first, softmax(SCORES))


@claim(
    "The loss falls if each score takes a small step against its slope: "
    "that of the right class upwards, and each of the others downwards, and"
    " further the more probable the network thought it.",
)
def test_scores_move_as_the_probabilities_say():
    """By the slopes of autograd, so that a wrong sign would be seen."""
    z = column(1.0, 0.5, -0.5, -2.0)
    y = column(0.0, 0.0, 1.0, 0.0)
    moves = -slope(lambda z: softmax_cross_entropy(z, y), z)
    assert torch.equal(moves > 0, y == 1)
    stepped = softmax_cross_entropy(z + 0.1 * moves, y)
    assert stepped < softmax_cross_entropy(z, y)
    others = moves[y == 0]
    assert (others.diff() > 0).all(), "the first was the most probable"


@claim(
    "With two classes softmax is nothing new, but a sigmoid of the difference "
    "of the scores.",
)
@given(st.floats(-300, 300), st.floats(-300, 300))
def test_two_classes_are_a_sigmoid(one, other):
    found = softmax(column(one, other))[0]
    difference = torch.tensor([one - other], dtype=torch.float64)
    torch.testing.assert_close(found, sigmoid(difference))


@claim(
    r"Each class has the probability <p>, so it is $-\log <again> \approx "
    "<loss>$, whatever the target.",
)
def test_first_exercise(p, again, loss):
    z = torch.full((10, 10), 3.0, dtype=torch.float64)
    assert softmax(z).unique().item() == pytest.approx(p)
    assert p == again
    for y in torch.eye(10, dtype=torch.float64)[:, :, None]:
        found = softmax_cross_entropy(z[:, :1], y).item()
        assert found == pytest.approx(loss, abs=0.005)


@claim(
    "The powers are <e_1>, <e_2> and <e_3> and their sum is <sum>, so the "
    "probabilities are <p_1>, <p_2> and <p_3>.",
    "$dz$ is (<d_1>, <d_2>, <d_3>).",
)
def test_second_exercise(
    e_1, e_2, e_3, sum, p_1, p_2, p_3, d_1, d_2, d_3
):  # fmt: skip
    z, y = column(0.0, 0.0, math.log(2)), column(0.0, 0.0, 1.0)
    torch.testing.assert_close(z.exp(), column(e_1, e_2, e_3))
    assert e_1 + e_2 + e_3 == sum
    torch.testing.assert_close(softmax(z), column(p_1, p_2, p_3))
    dz = slope(lambda z: softmax_cross_entropy(z, y), z)
    torch.testing.assert_close(dz, column(d_1, d_2, d_3))


@claim(
    "Both the probabilities and the one-hot target add up to <whole>, so their "
    "differences add up to <nothing>.",
)
def test_third_exercise(whole, nothing):
    z = torch.randn(5, 9, generator=torch.Generator().manual_seed(0)).double()
    y = functional.one_hot(torch.arange(9) % 5, 5).T.double()
    assert (y.sum(dim=0) == whole).all()
    torch.testing.assert_close(softmax(z).sum(dim=0), y.sum(dim=0))
    sums = slope(lambda z: softmax_cross_entropy(z, y), z).sum(dim=0)
    assert sums.tolist() == pytest.approx([nothing] * 9, abs=1e-15)


@claim(
    r"From <first> on: $e^{89}$ is more than float32 can hold, so it "
    "becomes infinite, and infinity divided by infinity is NaN.",
)
def test_fourth_exercise(first):
    assert first == 89
    for score in range(80, 100):
        powers = torch.tensor([score, 0.0]).exp()
        spoilt = (powers / powers.sum()).isnan().any().item()
        assert spoilt == powers.isinf().any().item() == (score >= first)


def test_softmax_refuses_bad_input():
    with pytest.raises(ValueError, match=r"z must have shape \(classes, m\)"):
        softmax(torch.zeros(3))
    with pytest.raises(TypeError, match="z must have a floating dtype"):
        softmax(torch.zeros(3, 1, dtype=torch.int64))
    with pytest.raises(ValueError, match="z must hold at least one example"):
        softmax(torch.zeros(3, 0))


def test_loss_refuses_bad_input():
    z = torch.zeros(3, 2)
    with pytest.raises(ValueError, match="y must lie between 0 and 1"):
        softmax_cross_entropy(z, z - 1)
    with pytest.raises(ValueError, match=r"y must .* with classes = 3"):
        softmax_cross_entropy(z, torch.zeros(1, 2))
    with pytest.raises(TypeError, match="z has torch.float32 and y has"):
        softmax_cross_entropy(z, z.double())


def classes(count, seed=0):
    """Return the signs of softmax for many examples with the same target."""
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(count, 50, generator=generator, dtype=torch.float64)
    right = count - 1
    y = torch.zeros_like(z)
    y[right] = 1
    columns = zip(z.split(1, dim=1), y.split(1, dim=1), strict=True)
    losses = [softmax_cross_entropy(*column) for column in columns]
    return {
        "n": count,
        "k": range(1, count + 1),
        "c": right + 1,
        "u": torch.linspace(-5, 5, 50, dtype=torch.float64),
        "z": list(z),
        "y": list(y),
        r"\hat y": list(softmax(z)),
        "T": z.exp().sum(dim=0),
        r"\mathcal{L}": torch.stack(losses),
        "dz": list(slope(lambda z: 50 * softmax_cross_entropy(z, y), z)),
        r"\sigma": sigmoid,
        "e": math.e,
    }


@pytest.mark.parametrize("count", [3, 5])
def test_equations(count):
    hold(
        "propagation/softmax.md",
        classes(count),
        here={"two-classes": classes(2)},
    )
