import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from torch.testing import assert_close

from snippets.activation.sigmoid import sigmoid
from snippets.propagation import softmax as chapter
from snippets.propagation.softmax import softmax, softmax_cross_entropy
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation.slopes import column, slope

SCORES, DOG = column(2.0, 0.0, -1.0), column(0.0, 1.0, 0.0)


def loss_slope(z, y):
    """Return dz of the last layer, by torch."""
    return slope(lambda z: z.shape[1] * softmax_cross_entropy(z, y), z)


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
def test_softmax_of_three_scores(said):
    powers, whole = SCORES.exp(), said.whole
    shares = softmax(SCORES)
    agree(said, shares.sum(), SCORES, powers, powers.sum(), shares)
    assert sigmoid(SCORES).sum() > whole + 0.5

    def with_powers_of_two(z):
        return 2**z / (2**z).sum()

    others = with_powers_of_two(SCORES)
    assert (others > 0).all()
    agree([whole], others.sum())
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
def test_figure_shows_softmax_in_two_steps(said):
    rows, panels = [], chapter.draw_softmax().axes
    for axes in panels:
        rows.append(torch.tensor([bar.get_height() for bar in axes.patches]))
        told = [float(text.get_text().replace("−", "-")) for text in axes.texts]
        assert told == pytest.approx(rows[-1].tolist(), abs=0.005)
        names = [tick.get_text() for tick in axes.get_xticklabels()]
        assert names == ["cat", "dog", "cow"]
    scores, powers, shares = rows
    (low, *_, high), (floor, *_, whole) = (a.get_yticks() for a in panels[1:])
    agree(said, len(rows), scores, low, high, powers, shares, whole)
    assert low == floor
    assert_close(shares, powers / powers.sum())


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
    z = torch.randn(4, 9, generator=torch.Generator().manual_seed(0)).to(dtype)
    eighths = (z * 40).round() / 8  # and a thousand more is exact as well
    for shift in (0, 1000, -1000):
        assert_close(softmax(eighths + shift), torch.softmax(eighths, dim=0))
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
    "Only the term of the right class is left of this sum, since all others"
    " are multiplied by <zero>.",
    r"The dog had the probability <p>, so the loss is $-\log <p_again> \approx "
    "<loss>$.",
    r"For the dog: $<score> - \log <sum> \approx <minus_loss>$.",
    "For the dog $dz$ is about (<d_1>, <d_2>, <d_3>).",
    r"which of several? | softmax | cross-entropy | $\hat y - y$",
    "In its second term, $-z_c$, only the score of the right class occurs.",
    "If $z_k$ is that score, the term has the slope <slope_there>, otherwise "
    "<elsewhere>; both are $-y_k$.",
    "Only one term of $T$ contains $z_k$, and the slope of $e^{z_k}$ is "
    r"$e^{z_k}$ again; the slope of $\log T$ is $1/T$.",
    r"The chain rule multiplies the two: $e^{z_k} / T$, which is $\hat y_k$.",
)
def test_loss_and_slope_of_three_scores(said):
    p, powers, dz = softmax(SCORES), SCORES.exp(), loss_slope(SCORES, DOG)
    total, score = powers.sum(), SCORES[1]
    loss = softmax_cross_entropy(SCORES, DOG)
    second = slope(lambda z: -z[1].sum(), SCORES)
    assert_close(second, -DOG)
    agree(
        said, *(1, 0), DOG, p[1], p[1], loss, score, total,
        score - total.log(), dz, second[1], second[0],
    )  # fmt: skip
    assert_close(loss, -p[1, 0].log())
    assert_close(slope(lambda z: z.exp().sum(), SCORES), powers)
    assert_close(slope(torch.log, total), 1 / total)
    first = slope(lambda z: z.exp().sum().log(), SCORES)
    assert_close(first, powers / total)
    assert_close(first, p)


@claim(
    "In code logsumexp takes the logarithm of the sum, and it too shifts by "
    "the largest.",
    "In real work torch.nn.functional.cross_entropy takes the scores, which it "
    "also calls logits, and the numbers of the right classes.",
    "It is the error, as it was with the losses of one output: softmax with "
    "cross-entropy is the third of the usual pairs.",
    "As with the sigmoid, the probabilities can round to <nothing>, so compute "
    "the loss from the scores.",
    "Both the probabilities and the one-hot target add up to <whole>, so their "
    "differences add up to <level>.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [1, 1000])
def test_loss_agrees_with_torchs(said, dtype, scale):
    z = torch.randn(4, 9, generator=torch.Generator().manual_seed(0)) * scale
    z, right = z.to(dtype), torch.arange(9) % 4
    y = functional.one_hot(right, 4).T.to(dtype)
    assert (softmax(z) == said.nothing).any() == (scale == 1000)
    loss, dz = softmax_cross_entropy(z, y), loss_slope(z, y)
    assert_close(loss, functional.cross_entropy(z.T, right))
    assert_close(dz, softmax(z) - y)
    ones = torch.full((9,), said.whole, dtype=dtype)
    assert_close(softmax(z).sum(dim=0), ones)
    assert_close(y.sum(dim=0), ones)
    assert_close(dz.sum(dim=0), said.level * ones, rtol=0, atol=1e-5)


@claim(
    "The loss falls if each score takes a small step against its slope: "
    "that of the right class upwards, and every other downwards.",
    "The more probable the network took a wrong class to be, the further "
    "its score goes down.",
)
def test_scores_move_as_the_probabilities_say():
    """By the slopes of autograd, so that a wrong sign would be seen."""
    z, y = column(1.0, 0.5, -0.5, -2.0), column(0.0, 0.0, 1.0, 0.0)
    moves = -loss_slope(z, y)
    assert torch.equal(moves > 0, y == 1)
    stepped = softmax_cross_entropy(z + 0.1 * moves, y)
    assert stepped < softmax_cross_entropy(z, y)
    assert (moves[y == 0].diff() > 0).all(), "the first was the most probable"


@claim(
    "With two classes softmax is nothing new, but a sigmoid of the difference "
    "of the scores.",
)
@given(st.floats(-300, 300), st.floats(-300, 300))
def test_two_classes_are_a_sigmoid(one, other):
    found = softmax(column(one, other))[0]
    assert_close(found, sigmoid(column(one - other))[0])


@claim(
    r"Each class has the probability <p>, so it is $-\log <again> \approx "
    "<loss>$, whatever the target.",
    "The powers are <e_1>, <e_2> and <e_3> and their sum is <sum>, so the "
    "probabilities are <q_1>, <q_2> and <q_3>.",
    "$dz$ is (<d_1>, <d_2>, <d_3>).",
    "From <limit> on: $e^{89}$ is more than float32 can hold, so it becomes "
    "infinite, and infinity divided by infinity is NaN.",
)
def test_exercises(said):
    z, y = column(0.0, 0.0, math.log(2)), column(0.0, 0.0, 1.0)
    ten = torch.zeros(10, 1, dtype=torch.float64)
    targets = torch.eye(10).double().split(1, dim=1)
    (loss,) = {round(softmax_cross_entropy(ten, t).item(), 9) for t in targets}
    p, powers, scores = softmax(ten).unique(), z.exp(), torch.arange(80.0, 100)
    infinite = scores[(scores.exp() / (scores.exp() + 1)).isnan()]
    found = p, p, loss, powers, powers.sum(), softmax(z), loss_slope(z, y)
    agree(said, *found, infinite[0])


Z = torch.zeros(3, 2)


@pytest.mark.parametrize(
    ("function", "given", "error", "said"),
    [
        (softmax, [Z[:, 0]], ValueError, r"z must have shape \(classes, m\)"),
        (softmax, [Z.int()], TypeError, "z must have a floating dtype"),
        (softmax, [Z[:, :0]], ValueError, "z must hold at least one example"),
        (softmax_cross_entropy, [Z, Z - 1], ValueError, "y must lie between 0"),
        (softmax_cross_entropy, [Z, Z[:1]], ValueError, "with classes = 3"),
        (softmax_cross_entropy, [Z, Z.double()], TypeError, "and y has"),
    ],
)
def test_refuses_bad_input(function, given, error, said):
    with pytest.raises(error, match=said):
        function(*given)


def classes(n):
    """Return the signs of softmax for many examples with the same target."""
    z = torch.randn(n, 50, generator=torch.Generator().manual_seed(0)).double()
    y = torch.eye(n, dtype=torch.float64)[:, [-1] * 50]
    pairs = zip(z.split(1, dim=1), y.split(1, dim=1), strict=True)
    return {
        **{"n": n, "k": range(1, n + 1), "c": n, "e": math.e},
        **{"z": list(z), "y": list(y), r"\hat y": list(softmax(z))},
        **{"T": z.exp().sum(dim=0), "dz": list(loss_slope(z, y))},
        r"\mathcal{L}": torch.stack([softmax_cross_entropy(*p) for p in pairs]),
        **{"u": torch.linspace(-5, 5, 50).double(), r"\sigma": sigmoid},
    }


@pytest.mark.parametrize("count", [3, 5])
def test_equations(count):
    here = {"two-classes": classes(2)}
    hold("propagation/softmax.md", classes(count), here=here)
