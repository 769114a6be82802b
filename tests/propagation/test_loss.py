import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.network import Layer
from snippets.neuron import step
from snippets.propagation import example
from snippets.propagation.backward import backward
from snippets.propagation.descent import update
from snippets.propagation.forward import forward
from snippets.propagation.loss import (
    cross_entropy,
    cross_entropy_derivative,
    cross_entropy_of_z,
    draw_losses,
    draw_partners,
    squared_error,
)
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import backward_from
from tests.propagation.slopes import column, row, slope

# squared error


@claim(
    "A network predicts <predicted>, and <target> would have been right.",
    "Take this prediction, <predicted>, and its target, <target>.",
    "The network on paper predicts <predicted> where the target is <target>, "
    r"so its loss is $-\log <again> \approx <loss>$.",
)
def test_small_network_predicts_that(predicted, target, again, loss):
    y_hat, _ = forward(example.X, example.LAYERS, example.NAMES)
    y = example.Y[:, :1]
    assert y.item() == target
    assert y_hat[0, 0].item() == pytest.approx(predicted, abs=0.005)
    assert predicted == again
    assert cross_entropy(row(predicted), y).item() == pytest.approx(
        loss, abs=0.005
    )


@claim(
    "The error itself makes a bad loss: a negative one would count as better "
    "than none, and over <count> examples <over> and <under> would cancel.",
    r"Its square, $(-0.42)^2 = 0.1764$, has neither fault.",
    "The squared error is, as a loss, half of that square:",
    "The function adds up the losses of all outputs of an example, and returns "
    "the mean over the examples.",
)
@pytest.mark.parametrize("loss", [squared_error, cross_entropy])
def test_losses_have_neither_fault_of_the_error(loss, count, over, under):
    errors = row(over, under)
    assert errors.numel() == count
    assert errors.sum() == 0
    assert errors.min() < 0
    y = row(0.5, 0.5)
    y_hat = y + errors
    each = [loss(y_hat[:, [i]], y[:, [i]]) for i in range(2)]
    assert min(each) > 0
    torch.testing.assert_close(loss(y_hat, y), sum(each) / 2)
    torch.testing.assert_close(loss(y_hat.T, y.T), sum(each))


@claim(
    "That number is the loss: <least> for a prediction that is exactly right, "
    "and larger the worse it is.",
)
@pytest.mark.parametrize("loss", [squared_error, cross_entropy])
def test_worse_predictions_have_larger_losses(loss, least):
    worse = torch.linspace(1, 0, 21, dtype=torch.float64)
    losses = [loss(row(p), row(1.0)).item() for p in worse]
    assert losses[0] == least
    assert losses == sorted(losses)


@claim(
    "The usual loss where the target is any number: half the square of the "
    "difference between prediction and target.",
)
@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
        min_size=1,
        max_size=9,
    )
)
def test_squared_error_is_half_of_torchs(pairs):
    y_hat, y = torch.tensor(pairs, dtype=torch.float64).T.unsqueeze(1)
    torchs = functional.mse_loss(y_hat, y) / 2
    torch.testing.assert_close(squared_error(y_hat, y), torchs)


@claim(
    r"The square has the slope $<two> (\hat y - y)$, and the half takes the "
    "<two_again> away: the slope of the loss with respect to the prediction "
    "is the error itself.",
    "In numbers: at <start> the loss is <before>, half of <whole>.",
    "At <end> it is <after>, and the slope between the <two_again>, $<rise> / "
    "<step> = <ratio>$, is close to <error>.",
)
def test_slope_of_the_squared_error_is_the_error(
    two, two_again, start, end, before, whole, after, rise, step, ratio, error
):
    y_hat, y = row(-3.0, start, 2.0), row(0.5, 1.0, -1.0)
    by_torch = slope(lambda p: 3 * squared_error(p, y), y_hat)
    torch.testing.assert_close(by_torch, y_hat - y)
    by_torch = slope(lambda p: ((p - y) ** 2).sum(), y_hat)
    torch.testing.assert_close(by_torch, two * (y_hat - y))
    assert two == two_again
    losses = [squared_error(row(p), row(1.0)).item() for p in (start, end)]
    assert losses == pytest.approx([before, after], rel=1e-12)
    assert before == pytest.approx(whole / 2) == pytest.approx(error**2 / 2)
    assert after - before == pytest.approx(rise, rel=1e-9)
    assert end - start == pytest.approx(step, rel=1e-9)
    assert rise / step == pytest.approx(ratio, rel=1e-9)
    assert start - 1 == pytest.approx(error)
    assert abs(ratio - error) < 0.01


# surprise


@claim(
    "If you gave rain a probability of <likely>, you are hardly surprised "
    "when it rains; if you gave it <unlikely>, you are.",
    "What was certain, and so had the probability <sure>, is no surprise: "
    "<nothing>.",
    "The minus makes it positive, since probabilities are <sure> at most, "
    "and so their logarithms are <nothing> at most.",
)
def test_surprise_grows_as_the_probability_falls(
    likely, unlikely, sure, nothing
):
    surprises = -row(sure, likely, unlikely).log()[0]
    assert surprises[0] == nothing
    assert 0 < surprises[1] < 0.2
    assert surprises[2] > 4
    assert (torch.linspace(0.01, sure, 100).log() <= nothing).all()


@claim(
    "A tossed coin shows heads with the probability <one>, and two coins both "
    r"do so with the probability $<one_of> \cdot <other> = <both>$; that is as "
    "surprising as one head and then another.",
    "One head is a surprise of <surprise>, and two are one of <surprises>, "
    "<times> as much.",
)
def test_two_heads_surprise_as_much_as_one_and_another(
    one, one_of, other, both, surprise, surprises, times
):
    """Counted over all ways in which coins can fall."""
    coin = torch.tensor([True, False])
    assert coin.double().mean().item() == one == one_of == other
    heads = torch.cartesian_prod(coin, coin).all(dim=1)
    assert heads.double().mean().item() == both
    assert -math.log(one) == pytest.approx(surprise, abs=0.005)
    assert -math.log(both) == pytest.approx(surprises, abs=0.005)
    assert math.log(both) / math.log(one) == pytest.approx(times)


@claim(
    r"Here $\log$ is the natural logarithm; one with another base would "
    "multiply every surprise by the same number.",
)
def test_another_base_multiplies_all_surprises():
    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    ratios = p.log2() / p.log()
    torch.testing.assert_close(ratios, ratios[:1].expand_as(p))
    assert p.exp().log().allclose(p), "the natural one undoes e^z"


@claim(
    r"Then the target is <yes> or <no>, and a prediction $\hat y$ between "
    "<low> and <high> can be read as the probability that the target is "
    "<again>.",
    "A network that predicts $\\hat y$ gives the target <yes> the probability "
    "$\\hat y$, so if the target is <again>, the surprise is $-\\log \\hat y$.",
    "It gives the target <no> the rest, so if the target is <low>, the "
    "surprise is $-\\log(1 - \\hat y)$.",
    "The cross-entropy is this surprise, for both targets in one formula:",
    "If $y = <yes>$ only the first term remains, and if $y = <no>$ only the "
    "second.",
)
def test_loss_is_the_surprise_at_the_target(yes, no, low, high, again):
    """At a target that is drawn with the predicted probability."""
    assert (no, yes) == (low, high) == (0, again)
    for p in torch.linspace(no, yes, 21, dtype=torch.float64)[1:-1]:
        tossed = torch.distributions.Bernoulli(probs=p)
        assert tossed.mean == p, "how often it is 1"
        for target, surprise in ((yes, -p.log()), (no, -(1 - p).log())):
            loss = cross_entropy(row(p), row(target))
            torch.testing.assert_close(loss, surprise)
            log_prob = tossed.log_prob(torch.tensor(target).double())
            torch.testing.assert_close(loss, -log_prob)


@claim(
    "Since logarithms turn products into sums and $\\log 1$ is <nothing>, "
    "$-\\log p$ does both.",
    "By the chain rule it is $p$ times the slope of $s$ at $p$ on the left, "
    "and the slope of $s$ at <one> on the right.",
    "So the slope at $p$ is a fixed number divided by $p$, as that of a "
    "multiple of $\\log p$ is.",
    "Both $s$ and this multiple are <nothing> at $p = <one>$, and two curves "
    "that share a point and have the same slope everywhere are one.",
    "The factor is negative, since what is less probable surprises more; to "
    "choose <factor> is to choose a unit.",
)
def test_only_logarithms_turn_products_into_sums(nothing, one, factor):
    """Of all sums of nine functions, only multiples of the first one do."""
    at = torch.linspace(0.1, 1, 10, dtype=torch.float64)
    torch.testing.assert_close(
        slope(lambda p: -p.log().sum(), at), factor * one / at
    )
    some = torch.rand(2, 200, generator=torch.Generator().manual_seed(0))
    p, q = some.double() * 0.9 + 0.1

    def functions(p):
        powers = [p**k - 1 for k in (-1, -0.5, 0.5, 1, 2, 3)]
        return torch.stack([-p.log(), p.log() ** 2, p.log() ** 3, *powers])

    wrong = (functions(p * q) - functions(p) - functions(q)).T
    _, sizes, mixtures = torch.linalg.svd(wrong)
    assert sizes[-1] < 1e-12 < 1e-7 < sizes[-2]
    torch.testing.assert_close(mixtures[-1].abs(), torch.eye(9).double()[0])
    assert (functions(p.new_ones(1)) == nothing).all()


@claim(
    "(predict, easy) The target is <y>, and a prediction falls from <high> to "
    "<low>.",
    "Half the squared error: it goes from <squared_high> to about "
    "<squared_low>, while the surprise doubles, from <surprise_high> to "
    "<surprise_low>.",
)
def test_which_loss_notices(
    y, high, low, squared_high, squared_low, surprise_high, surprise_low
):
    for p, squared, surprise in (
        (high, squared_high, surprise_high),
        (low, squared_low, surprise_low),
    ):
        assert squared_error(row(p), row(y)).item() == pytest.approx(
            squared, abs=0.0005
        )
        assert cross_entropy(row(p), row(y)).item() == pytest.approx(
            surprise, abs=0.005
        )
    assert surprise_low == pytest.approx(2 * surprise_high, abs=0.02)


@claim(
    (
        "The loss is <least> if the prediction is exactly the target ($0 "
        "\\log 0$ counts as <nothing>), and grows without bound as the "
        "prediction nears the opposite value."
    ),
    "The usual loss where the target is yes or no; it grows without bound "
    "for a prediction that is sure and wrong.",
)
def test_loss_at_the_edges(least, nothing):
    right = torch.tensor([[0.0, 1.0]])
    assert cross_entropy(right, right).item() == least == nothing
    surer = 10.0 ** -torch.arange(0, 301, 50, dtype=torch.float64)
    losses = torch.stack([cross_entropy(row(p), row(1.0)) for p in surer])
    assert (losses.diff() > 100).all(), "by log(10^50), about 115, each time"
    assert cross_entropy(1 - right, right).item() == torch.inf
    assert cross_entropy_derivative(right, right).isnan().all()
    assert cross_entropy_derivative(1 - right, right).isinf().all()
    unknown = torch.tensor([[torch.nan]])
    assert cross_entropy(unknown, torch.ones(1, 1)).isnan()


@given(
    st.lists(
        st.tuples(st.floats(0.001, 0.999), st.floats(0, 1)),
        min_size=1,
        max_size=9,
    )
)
def test_loss_agrees_with_torch(pairs):
    y_hat, y = torch.tensor(pairs, dtype=torch.float64).T.unsqueeze(1)
    torchs = functional.binary_cross_entropy(y_hat, y)
    torch.testing.assert_close(cross_entropy(y_hat, y), torchs)
    by_torch = slope(lambda p: cross_entropy(p, y) * len(pairs), y_hat)
    torch.testing.assert_close(cross_entropy_derivative(y_hat, y), by_torch)


@claim(
    "The two losses on one scale; the dot is the network on paper.",
    "A dot on the solid curve, at <predicted>, is labelled <marked>.",
    "Two panels over the prediction from <left> to <right>, with the same "
    "vertical scale from <bottom> to <top>.",
    "Left, the surprise: the solid curve, for the target <yes>, falls from "
    "beyond the top of the panel to <bottom>; the dashed one, for the target "
    "<no>, is its mirror image, and they cross at <middle>, at a height of "
    "about <height>.",
    "Right, half the squared error: the same two curves are flat, between "
    "<least> and <most>.",
    "If a prediction is sure and wrong, the squared error has a loss of "
    "<limit> at most, and cross-entropy knows no limit.",
)
def test_figure_shows_both_losses(
    left, right, bottom, top, yes, no, middle, height, least, most, limit,
    predicted, marked,
):  # fmt: skip
    panels = draw_losses().axes
    assert [a.get_title() for a in panels] == [
        "surprise",
        "half the squared error",
    ]
    curves = []
    for axes, loss in zip(panels, (cross_entropy, squared_error), strict=True):
        assert drawing.frame(axes) == ((left, right), (bottom, top))
        assert drawing.styles(axes) == {
            f"target {yes:g}": "-",
            f"target {no:g}": "--",
        }
        for line, y in zip(axes.lines, (yes, no), strict=False):
            drawn = torch.tensor(line.get_xydata())
            for p, height_of_p in drawn[::20]:
                assert height_of_p == loss(row(p), row(y))
            curves.append(drawn)
    *_, dot = panels[0].lines
    (label,) = panels[0].texts
    assert float(label.get_text()) == marked
    assert dot.get_marker() == "o"
    ((x, y),) = dot.get_xydata()
    assert x == predicted
    assert y == pytest.approx(cross_entropy(row(predicted), row(yes)).item())
    assert y == pytest.approx(marked, abs=0.005)
    assert tuple(label.xy) == (x, y)
    assert panels[0].get_legend() is not None
    surprise, other, square, _ = curves
    assert surprise[0, 1] > top
    assert surprise[-1, 1] < bottom + 0.01
    torch.testing.assert_close(other[:, 1].flip(0), surprise[:, 1])
    (crossing,) = surprise[surprise[:, 1] == other[:, 1]]
    assert crossing[0] == middle
    assert crossing[1].item() == pytest.approx(height, abs=0.005)
    assert least <= square[:, 1].min() < least + 0.01
    assert most - 0.01 < square[:, 1].max() <= most == limit
    assert squared_error(row(0.0), row(1.0)).item() == limit


# the mean and the likelihood

PREDICTIONS, TARGETS = row(0.9, 0.5, 0.2), row(1.0, 1.0, 0.0)


@claim(
    "Let a network predict <p_1>, <p_2> and <p_3> for <count> examples whose "
    "targets are <y_1>, <y_2> and <y_3>.",
    "It gave these targets the probabilities <q_1>, <q_2> and <q_3>; the "
    "surprises are about <s_1>, <s_2> and <s_3>, and their mean is <mean>.",
    r"Here $-\log <product> \approx <sum>$, and a third of that is the <mean> "
    "from above.",
)
def test_mean_surprise_of_three_examples(
    p_1, p_2, p_3, y_1, y_2, y_3, q_1, q_2, q_3, s_1, s_2, s_3,
    mean, product, sum, count,
):  # fmt: skip
    assert torch.equal(row(p_1, p_2, p_3), PREDICTIONS)
    assert torch.equal(row(y_1, y_2, y_3), TARGETS)
    given_to_targets = torch.where(TARGETS == 1, PREDICTIONS, 1 - PREDICTIONS)
    torch.testing.assert_close(given_to_targets, row(q_1, q_2, q_3))
    assert given_to_targets.numel() == count
    each = (cross_entropy(row(q), row(1.0)) for q in (q_1, q_2, q_3))
    surprises = [loss.item() for loss in each]
    assert surprises == pytest.approx([s_1, s_2, s_3], abs=0.005)
    loss = cross_entropy(PREDICTIONS, TARGETS).item()
    assert loss == pytest.approx(mean, abs=0.005)
    assert given_to_targets.prod().item() == pytest.approx(product)
    assert -math.log(product) == pytest.approx(sum, abs=0.005)
    assert -math.log(product) / 3 == pytest.approx(loss)


@claim(
    "It would grow with the number of examples, and all slopes with it.",
)
def test_a_sum_would_grow_with_the_number_of_examples():
    for loss in (cross_entropy, squared_error):
        often = [x.repeat(1, 10) for x in (PREDICTIONS, TARGETS)]
        torch.testing.assert_close(loss(*often), loss(PREDICTIONS, TARGETS))
        sums = [loss(p, TARGETS) * 3 for p in (PREDICTIONS,)]
        sums.append(loss(*often) * 30)
        torch.testing.assert_close(sums[1], 10 * sums[0])


@claim(
    "The logarithm rises wherever its argument rises, so they also make the "
    "logarithm of the likelihood as large as possible, and it turns the "
    "product into a sum.",
    "That sum is minus the sum of the surprises, so the largest likelihood is "
    "the smallest mean surprise:",
    "To train with cross-entropy is to look for the weights under which the "
    "targets are most probable.",
    r"The surprise at what had the probability $p$ is $-\log p$; the smallest "
    "mean surprise is the largest likelihood.",
)
def test_the_likelihood_orders_networks_as_the_loss_does():
    """Of 200 units with random weights, seen on the same five examples."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 5, generator=generator, dtype=torch.float64)
    y = torch.randint(0, 2, (1, 5), generator=generator).double()
    weights = torch.randn(200, 3, generator=generator, dtype=torch.float64)
    likelihoods, losses = [], []
    for w_1, w_2, b in weights:
        y_hat = sigmoid(w_1 * x[:1] + w_2 * x[1:] + b)
        tossed = torch.distributions.Bernoulli(probs=y_hat)
        likelihoods.append(tossed.log_prob(y).exp().prod())
        losses.append(cross_entropy(y_hat, y))
    order = torch.stack(likelihoods).argsort(descending=True)
    assert torch.equal(order, torch.stack(losses).argsort())


@claim(
    "Suppose that the targets scatter about the predictions as a bell-shaped "
    "curve says, that of the normal distribution: the higher the bell is at "
    "$y$, the more probable are targets near $y$.",
    "If its width is <one>, from the middle to where the sides are steepest, "
    r"its height at $y$ is proportional to $e^{-(y - \hat y)^2 / 2}$.",
    "Minus the logarithm of this is half the squared error:",
    "The missing factor only adds a constant, which no prediction changes, and "
    "with another width, the same for all examples, every loss is multiplied "
    "by the same number.",
)
@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_squared_error_is_the_surprise_under_a_bell(width, one):
    y = row(0.3)
    predictions = torch.linspace(-4, 4, 33, dtype=torch.float64)
    bell = torch.distributions.Normal(0, predictions.new_tensor(one))
    falls = slope(lambda x: bell.log_prob(x).exp().sum(), predictions)
    assert predictions[falls.argmin()] == one, "there its side is steepest"
    heights = bell.log_prob(predictions).exp()
    share = heights / torch.exp(-(predictions**2) / 2)
    torch.testing.assert_close(share, share[:1].expand_as(share))
    surprises = -torch.distributions.Normal(predictions, width).log_prob(y[0])
    losses = torch.stack([squared_error(row(p), y) for p in predictions])
    rest = surprises - losses / width**2
    torch.testing.assert_close(rest, rest[:1].expand_as(rest))


# the slope at the last layer


@claim(
    "By the chain rule this slope, $dz^{[L]}$, is the slope of the loss times "
    "the slope of the activation function.",
    "This has the slope <one>, and so $dz^{[L]}$ is the error, as $da^{[L]}$ "
    "is.",
    r"The slope of $\log \hat y$ is $1 / \hat y$ and that of $\log(1 - \hat "
    r"y)$ is $-1 / (1 - \hat y)$, so for each example:",
    "This is no accident: the slope of the sigmoid cancels both denominators, "
    "and what is left of the products cancels too.",
    "That $dz^{[L]}$ is the error is true of the usual pairs, not of any "
    "output with any loss.",
    "A loss and the activation function of the last layer that suits it, so "
    "that the slope there is the error.",
    "How much? asks for the squared error and no activation function at the "
    "output, yes or no? for cross-entropy and a sigmoid; for both of these "
    r"usual pairs, $dz^{[L]} = \hat y - y$.",
    r"how much? | no activation function | squared error | $\hat y - y$",
    r"yes or no? | sigmoid | cross-entropy | $\hat y - y$",
)
def test_the_usual_partners_leave_the_error(one):
    z = torch.linspace(-5, 5, 21, dtype=torch.float64).unsqueeze(0)
    y = (torch.arange(21) % 2).double().unsqueeze(0)
    assert (slope(lambda z: (one * z).sum(), z) == one).all()
    by_torch = slope(lambda z: 21 * squared_error(z, y), z)
    torch.testing.assert_close(by_torch, z - y)
    y_hat = sigmoid(z)
    by_log = slope(lambda p: p.log().sum(), y_hat)
    torch.testing.assert_close(by_log, 1 / y_hat)
    by_log = slope(lambda p: (1 - p).log().sum(), y_hat)
    torch.testing.assert_close(by_log, -1 / (1 - y_hat))
    dz = cross_entropy_derivative(y_hat, y) * sigmoid_derivative(z)
    torch.testing.assert_close(dz, -y * (1 - y_hat) + (1 - y) * y_hat)
    torch.testing.assert_close(dz, y_hat - y)
    by_torch = slope(lambda z: 21 * cross_entropy(sigmoid(z), y), z)
    torch.testing.assert_close(by_torch, y_hat - y)
    by_torch = slope(lambda z: 21 * squared_error(sigmoid(z), y), z)
    assert (by_torch - (y_hat - y)).abs().min() > 0.005, "no usual pair"


@claim(
    r"Let $\hat y$ be <y_hat> and the target <y>.",
    r"Then the loss has the slope $-<y> / <y_hat> = <da>$, and the sigmoid, by "
    r"Equation, $<y_hat_again> \cdot <missing> = <slope_there>$.",
    r"The product is $<da> \cdot <slope_there> = <dz>$, and that is the "
    r"error, $<y_hat> - <y> = <error>$.",
)
def test_one_prediction_in_numbers(
    y_hat, y, da, y_hat_again, missing, slope_there, dz, error
):
    found = cross_entropy_derivative(row(y_hat), row(y)).item()
    assert found == pytest.approx(da)
    z = torch.logit(row(y_hat))
    assert sigmoid_derivative(z).item() == pytest.approx(slope_there)
    assert y_hat == y_hat_again
    assert missing == pytest.approx(1 - y_hat)
    assert da * slope_there == pytest.approx(dz)
    assert y_hat - y == pytest.approx(dz) == error


@claim(
    "(The perceptron's error was $y - a$, and was added; this one has the "
    "opposite sign, and will be subtracted.)",
)
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_error_has_the_opposite_sign_of_the_perceptrons(target):
    """Both correct a mistaken unit in the same direction."""
    x = torch.tensor([[2.0], [-3.0]])
    y = torch.full((1, 1), target)
    start = Layer(torch.zeros(1, 2), torch.full((1, 1), 0.5 - target))
    y_hat, caches = forward(x, [start], ["sigmoid"])
    a = step(caches[0].z)
    assert a != y, "the perceptron is mistaken"
    dz = y_hat - y
    ((W, b),) = update([start], backward(dz, caches, ["sigmoid"]), 1.0)
    torch.testing.assert_close(b, start.b - dz)
    torch.testing.assert_close(W, start.W - dz * x.T)
    assert torch.equal((y - a).sign(), -dz.sign())


@claim(
    "After a sigmoid, the squared error keeps the factor that cross-entropy "
    "cancels:",
    r"Let $z$ be <z> and the target <y>.",
    "The prediction is <y_hat>, and it could hardly be more wrong.",
    "With cross-entropy $dz$ is <dz>.",
    r"The squared error multiplies that by $<value> \cdot <missing>$ and "
    "leaves <shrunk>, about <times> times less.",
)
def test_wrong_partners_keep_the_slope_of_the_sigmoid(
    z, y, y_hat, dz, value, missing, shrunk, times
):
    there, target = row(z), row(y)
    found = sigmoid(there).item()
    assert found == pytest.approx(y_hat, abs=5e-5)
    by_surprise = slope(lambda z: cross_entropy(sigmoid(z), target), there)
    assert by_surprise.item() == pytest.approx(dz, abs=5e-5)
    by_square = slope(lambda z: squared_error(sigmoid(z), target), there)
    assert by_square.item() == pytest.approx(shrunk, abs=5e-5)
    factors = (found - y, found, 1 - found)
    assert factors == pytest.approx((dz, value, missing), abs=5e-5)
    assert by_square.item() == pytest.approx(math.prod(factors))
    ratio = (by_surprise / by_square).item()
    assert ratio == pytest.approx(times, abs=5)


@claim(
    "The slope dz over z from <left> to <right>, for the target <y>.",
    "Cross-entropy's, solid, is an S-shaped curve that rises from <low> to "
    "<high>.",
    "The squared error's, dashed, is a low bump: it rises to about <peak> at a "
    "z of about <best> and falls back towards <low> on the right.",
    "A dotted line marks z = <marked>, where a dot on the first curve is "
    "labelled <upper> and a dot on the second <lower>.",
    "How strongly a wrong output is corrected: $dz$ of a sigmoid whose target "
    "is <y>.",
    "The further $z$ is on the wrong side, the more cross-entropy corrects "
    "it; the squared error corrects it less and less once $z$ is beyond "
    "about <best>.",
)
def test_figure_shows_the_partners(
    left, right, y, low, high, peak, best, marked, upper, lower
):
    (axes,) = draw_partners().axes
    solid, dot, dashed, other, dotted = axes.lines
    assert drawing.styles(axes) == {"cross-entropy": "-", "squared error": "--"}
    assert axes.get_xlim() == (left, right)
    z, target = torch.tensor(solid.get_xdata()), torch.tensor(y).double()
    for line, loss in ((solid, cross_entropy), (dashed, squared_error)):
        by_torch = slope(
            lambda z, loss=loss: sum(
                loss(sigmoid(one.view(1, 1)), target.view(1, 1)) for one in z
            ),
            z,
        )
        assert list(line.get_xdata()) == z.tolist()
        torch.testing.assert_close(torch.tensor(line.get_ydata()), by_torch)
    rises, bump = (torch.tensor(li.get_ydata()) for li in (solid, dashed))
    assert (rises.diff() > 0).all()
    assert (rises[0], rises[-1]) == pytest.approx((low, high), abs=0.001)
    assert bump.max().item() == pytest.approx(peak, abs=0.005)
    assert z[bump.argmax()].item() == pytest.approx(best, abs=0.05)
    assert (bump.diff()[bump.argmax() :] < 0).all()
    assert bump[-1] < 0.001
    assert dotted.get_linestyle() == ":"
    assert set(dotted.get_xdata()) == {marked}
    labels = [text for text in axes.texts if text.get_text()]
    for point, label, said in zip(
        (dot, other), labels, (upper, lower), strict=True
    ):
        assert point.get_xdata() == [marked]
        assert point.get_ydata()[0] == pytest.approx(said, abs=5e-5)
        assert float(label.get_text()) == said
        x, height = label.get_position()
        assert 0 < x - marked < 0.5
        assert abs(height - said) < 0.1


@claim(
    "So with cross-entropy an output unit that predicts almost <sure> where "
    "the target is <target> goes on learning, although its sigmoid is "
    "saturated: its $dz^{[L]}$ is almost <error>.",
)
def test_saturated_output_goes_on_learning(sure, target, error):
    z = row(20.0)
    one, wrong = torch.ones_like(z), torch.full_like(z, target)
    y_hat, caches = forward(z, [Layer(one, 0 * one)], ["sigmoid"])
    assert y_hat.item() == pytest.approx(sure, rel=1e-6)
    assert sigmoid_derivative(z) < 1e-8, "it is saturated"
    da = cross_entropy_derivative(y_hat, wrong)
    (gradient,) = backward_from(da, caches, ["sigmoid"])
    assert gradient.db.item() == pytest.approx(error, rel=1e-6)
    (gradient,) = backward_from(y_hat - wrong, caches, ["sigmoid"])
    assert gradient.db.item() < 1e-8, "half the squared error would stop it"


# the loss from z


@claim(
    "In a computer a sigmoid can round to exactly <one>; in float64 it does at "
    "$z = <z>$.",
    r"Then the cross-entropy at the target <target> is $-\log 0$, and its "
    "slope divides by <zero>.",
    "The logarithm of $e^{37}$ is <z>, and the <one> beside it adds less than "
    "$<little>$: in float64 the loss is <loss>.",
    "Let a unit have the weight <w> and no bias, and give it the input <x> and "
    "the target <target>.",
    "Since $z$ changes $x$ times as fast as the weight, $dW$ is "
    r"$dz \cdot x$.",
    "By way of $da$ the loss is infinite and the slopes are NaN, infinity "
    "times <zero>; from $z$ all <three> are right.",
    "So for the usual pairs the way back starts at "
    r"$dz^{[L]} = \hat y - y$, not at "
    "$da^{[L]}$, and the loss is computed from $z$.",
)
def test_an_output_that_rounds_to_one_learns(
    one, z, target, zero, little, loss, w, x, three
):
    y = row(target)
    layer = Layer(W=row(w), b=row(0.0))
    y_hat, caches = forward(row(x), [layer], ["sigmoid"])
    there = caches[0].z
    assert there.item() == z == loss == 37
    assert y_hat.item() == one
    assert (one - y_hat).item() == zero == target
    assert cross_entropy(y_hat, y).item() == torch.inf
    da = cross_entropy_derivative(y_hat, y)
    assert da.item() == torch.inf
    assert sigmoid_derivative(there).item() == zero
    assert (da * sigmoid_derivative(there)).isnan()
    assert math.log1p(math.exp(-z)) < little == 1e-15
    assert cross_entropy_of_z(there, y).item() == pytest.approx(loss, rel=1e-15)
    (gradient,) = backward(y_hat - y, caches, ["sigmoid"])
    assert (gradient.db.item(), gradient.dW.item()) == (1, x)
    assert three == len((loss, *gradient))
    by_torch = slope(
        lambda W: functional.binary_cross_entropy_with_logits(W * x, y), layer.W
    )
    assert gradient.dW.item() == by_torch.item()


@claim(
    r"The logarithm of $1/u$ is $-\log u$, so the surprise at a target of "
    "<one> is",
    r"For a target of <zero> it needs $1 - \sigma(z) = e^{-z} / (1 + e^{-z})$.",
    "In real work torch.nn.functional.binary_cross_entropy_with_logits takes "
    "$z$ and does the same.",
    "A logit is the number from which a sigmoid makes a probability, so the "
    "logits in that name are these $z$.",
    "Compute cross-entropy from $z$, so that no rounded probability spoils it.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_loss_from_z_is_finite_and_agrees_with_torchs(dtype, target, one, zero):
    """Far beyond both ends, where the sigmoid is exactly 0 and 1."""
    z = torch.linspace(-1000, 1000, 4001, dtype=dtype)[None]
    assert (z == 0).any()
    assert sigmoid(z)[0, [0, -1]].tolist() == [zero, one]
    y = torch.full_like(z, target)
    # torch subtracts numbers of z's size, and what is left of that is rounded
    close = dict.fromkeys(("rtol", "atol"), 4 * torch.finfo(dtype).eps)
    ours, torchs = (
        torch.stack([loss(at[None, None], y[:, :1]) for at in z[0, ::40]])
        for loss in (
            cross_entropy_of_z,
            functional.binary_cross_entropy_with_logits,
        )
    )
    assert ours.isfinite().all()
    torch.testing.assert_close(ours, torchs, **close)
    by_autograd = slope(lambda z: cross_entropy_of_z(z, y) * z.numel(), z)
    torch.testing.assert_close(by_autograd, sigmoid(z) - y, **close)
    by_torch = slope(
        lambda z: functional.binary_cross_entropy_with_logits(
            z, y, reduction="sum"
        ),
        z,
    )
    torch.testing.assert_close(by_autograd, by_torch, **close)


@pytest.mark.parametrize("seed", range(3))
def test_loss_from_z_is_the_loss_where_nothing_rounds(seed):
    generator = torch.Generator().manual_seed(seed)
    z = torch.randn(3, 7, generator=generator, dtype=torch.float64) * 3
    y = torch.rand(3, 7, generator=generator, dtype=torch.float64)
    loss = cross_entropy(sigmoid(z), y)
    torch.testing.assert_close(cross_entropy_of_z(z, y), loss)


# exercises


@claim(
    r"For the target <yes>: $\frac{1}{2} \cdot 0.2^2 = <square>$ and $-\log "
    r"<p> \approx <surprise>$.",
    r"For the target <no>: $\frac{1}{2} \cdot 0.8^2 = <other_square>$ and "
    r"$-\log <q> \approx <other_surprise>$.",
)
def test_first_exercise(
    yes, no, square, p, surprise, other_square, q, other_surprise
):
    for y, prob, half, loss in (
        (yes, p, square, surprise),
        (no, q, other_square, other_surprise),
    ):
        assert squared_error(row(p), row(y)).item() == pytest.approx(half)
        found = cross_entropy(row(p), row(y)).item()
        assert found == pytest.approx(loss, abs=0.005)
        assert found == pytest.approx(-math.log(prob))


@claim(
    r"The likelihood is $0.5 \cdot 0.5 \cdot 0.25 \cdot 1 = <product>$, and "
    r"the mean loss $-\frac{1}{4} \log <again> \approx <mean>$.",
    "That is as if each target had been given <each>: $0.5^4 = <product>$.",
)
def test_second_exercise(product, again, mean, each):
    given_to_targets = row(0.5, 0.5, 0.25, 1.0)
    assert given_to_targets.prod().item() == product == again == each**4
    loss = cross_entropy(given_to_targets, torch.ones(1, 4).double()).item()
    assert loss == pytest.approx(mean, abs=0.005)
    assert loss == pytest.approx(-math.log(each))


@claim(
    r"In numbers $<error> \cdot (1 - <a>^2) \approx <dz>$: the error of nearly "
    "<about> hardly gets through.",
)
def test_third_exercise(error, a, dz, about):
    y = -1.0
    assert a - y == pytest.approx(error) == pytest.approx(about, abs=0.02)
    z = torch.atanh(row(a))
    found = slope(lambda z: squared_error(tanh(z), row(y)), z).item()
    assert found == pytest.approx(dz, abs=0.0005)
    torch.testing.assert_close(
        row(found), (row(a) - y) * tanh_derivative(z), rtol=1e-12, atol=0
    )


@claim(
    "For <first>, whose power is more than float64 can hold: the result is "
    "infinite.",
    r"Take $e^z$ out of the sum: $\log(1 + e^z) = z + \log(1 + e^{-z})$, which "
    "no positive $z$ can overflow.",
)
def test_fourth_exercise(first):
    z = torch.arange(1, 1000, dtype=torch.float64)
    written = (1 + z.exp()).log()
    assert z[written.isinf()][0].item() == first
    other = z + (1 + (-z).exp()).log()
    assert other.isfinite().all()
    sound = written.isfinite()
    torch.testing.assert_close(other[sound], written[sound])


# what is refused


@claim(
    "Examples is a tensor of <least> or more columns, each of them an "
    "example; Share, in later code, is one whose numbers lie between <low> and "
    "<high>.",
)
@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_derivative])
@pytest.mark.parametrize(
    ("y_hat", "y", "error", "said"),
    [
        ([[0.5]], [[2.0]], ValueError, "y must lie between 0 and 1, .* 2"),
        (
            [[1.5]],
            [[1.0]],
            ValueError,
            "y_hat must lie between 0 and 1, .* 1.5",
        ),
        (
            [[0.5]],
            [[1.0, 0.0]],
            ValueError,
            "y must .* with outputs = 1 and m = 1",
        ),
        ([0.5], [1.0], ValueError, r"y_hat must have shape \(outputs, m\)"),
        (
            [[]],
            [[]],
            ValueError,
            r": y_hat must hold at least one example, but has shape \(1, 0\)$",
        ),
        ([[0.5]], [[True]], TypeError, "y must have a floating dtype"),
    ],
)
def test_loss_refuses_bad_input(
    function, y_hat, y, error, said, least, low, high
):
    with pytest.raises(error, match=said):
        function(torch.tensor(y_hat), torch.tensor(y))
    assert function(row(*[0.5] * int(least)), row(high)).isfinite().all()
    assert function(row(0.5), row(low)).isfinite().all()


def test_loss_of_z_takes_any_z_and_only_shares_as_targets():
    z, y = column(-3.0, 7.0), column(1.0, 1.0)
    assert cross_entropy_of_z(z, y).isfinite()
    with pytest.raises(ValueError, match="y must lie between 0 and 1"):
        cross_entropy_of_z(z, 2 * y)
    with pytest.raises(ValueError, match=r"y must .* and m = 1"):
        cross_entropy_of_z(z, torch.zeros(2, 3).double())


def test_squared_error_refuses_bad_input():
    with pytest.raises(ValueError, match=r"y must .* and m = 1"):
        squared_error(torch.zeros(2, 1), torch.zeros(2, 3))
    with pytest.raises(ValueError, match="y_hat must hold at least one"):
        squared_error(torch.zeros(1, 0), torch.zeros(1, 0))


@pytest.mark.parametrize(
    "function",
    [
        squared_error,
        cross_entropy,
        cross_entropy_derivative,
        cross_entropy_of_z,
    ],
)
def test_loss_refuses_mixed_dtypes(function):
    half = torch.tensor([[0.5]])
    with pytest.raises(
        TypeError, match=r"has torch.float32 and y has torch.float64"
    ):
        function(half, half.double())


def test_means_of_many_examples_fit_into_a_narrow_dtype():
    half = torch.full((1, 100_000), 0.5, dtype=torch.float16)
    loss = cross_entropy(half, torch.zeros_like(half)).item()
    assert loss == pytest.approx(0.6934, abs=5e-5)
    loss = squared_error(half, torch.zeros_like(half)).item()
    assert loss == 0.125


# equations


def single_outputs():
    """Return the signs of a sigmoid's loss, for many examples one by one."""
    z = torch.linspace(-6, 6, 121, dtype=torch.float64)
    y_hat, y = sigmoid(z), (torch.arange(121) % 2).double()
    each = passes.losses(y_hat[None], y[None])
    dz = slope(lambda z: cross_entropy(sigmoid(z)[None], y[None]) * 121, z)
    return {
        "z": z,
        "y": y,
        r"\hat y": y_hat,
        r"\sigma": sigmoid,
        "e": math.e,
        "L": 1,
        "m": len(each),
        r"\mathcal{L}": torch.stack(each),
        "J": cross_entropy(y_hat[None], y[None]),
        "da": {1: cross_entropy_derivative(y_hat[None], y[None])[0]},
        "dz": {1: dz},
        "p": y_hat,
        "q": y_hat.flip(0) / 2,
    }


def squared():
    """Return what differs with the squared error, and autograd's slopes."""
    signs = single_outputs()
    z, y, y_hat = signs["z"], signs["y"][None], signs[r"\hat y"]

    def total(prediction):
        return 121 * squared_error(prediction[None], y)

    pairs = zip(y_hat, y[0], strict=True)
    losses = [squared_error(row(p), row(target)) for p, target in pairs]
    return {
        r"\mathcal{L}": torch.stack(losses),
        "da": {1: slope(total, y_hat)},
        "dz": {1: slope(lambda z: total(sigmoid(z)), z)},
    }


def a_mean():
    """Return the losses as a list, which the mean counts through."""
    signs = single_outputs()
    return {r"\mathcal{L}": list(signs[r"\mathcal{L}"])}


def three_examples():
    """Return the probabilities that three targets were given, and the loss."""
    given_to_targets = torch.where(TARGETS == 1, PREDICTIONS, 1 - PREDICTIONS)
    return {
        "p": list(given_to_targets[0]),
        "J": cross_entropy(PREDICTIONS, TARGETS),
    }


def tanh_output():
    """Return the signs of a tanh that is trained by the squared error."""
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    y = torch.full_like(z, -1)
    dz = slope(lambda z: 61 * squared_error(tanh(z)[None], y[None]), z)
    return {"a": tanh(z), "y": y, "dz": dz}


def test_equations():
    hold(
        "propagation/loss.md",
        single_outputs(),
        here={
            "squared-error": squared(),
            "squared-error-slope": squared(),
            "wrong-partners": squared(),
            "mean-loss": a_mean(),
            "likelihood": three_examples(),
            r"dz = (a - y)(1 - a^2)": tanh_output(),
        },
        given=[r"\hat y = z", "s(p q) = s(p) + s(q)"],
    )
