import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional
from torch.testing import assert_close

from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.network import Layer, initialise
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
    half_squared_error,
)
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import backward_from
from tests.propagation.slopes import column, row, slope
from tests.tensors import random

LOSSES = half_squared_error, cross_entropy
PAIRS = st.tuples(st.floats(0.001, 0.999), st.floats(0, 1))
PREDICTIONS, TARGETS = row(0.9, 0.5, 0.2), row(1.0, 1.0, 0.0)


def losses_at(loss, predictions, target):
    """Return the loss of each prediction on its own, for one target."""
    each = torch.as_tensor(predictions, dtype=torch.float64).flatten()
    return torch.stack([loss(p.view(1, 1), row(target)) for p in each])


def slopes_of(loss, at, y):
    """Return the slope of each example's own loss, by torch."""
    return slope(lambda p: loss(p, y) * y.shape[1], at)


@claim(
    "A network predicts <predicted>, and <target> would have been right.",
    "Take this prediction, <predicted>, and its target, <target>.",
    "The network on paper predicts <predicted> where the target is <target>, "
    r"so its loss is $-\log <again> \approx <loss>$.",
)
def test_small_network_predicts_that(said):
    y_hat, _ = forward(example.X, example.LAYERS, example.NAMES)
    loss = cross_entropy(y_hat, example.Y)
    agree(said, y_hat, example.Y, y_hat, loss)


@claim(
    "The error itself makes a bad loss: a negative one would count as better "
    "than none, and over <count> examples <over> and <under> would cancel.",
    "Its square, the squared error $(-0.42)^2 = 0.1764$, has neither fault.",
    "As a loss, half of it is taken:",
    "The function adds up the losses of all outputs of an example, and returns "
    "the mean over the examples.",
    "That number is the loss: <least> for a prediction that is exactly right, "
    "and larger the worse it is.",
    "It would grow with the number of examples, and all slopes with it.",
)
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_have_neither_fault_of_the_error(said, loss):
    errors = row(said.over, said.under)
    assert (errors.numel(), errors.sum()) == (said.count, 0)
    assert errors.min() < 0
    y = row(0.5, 0.5)
    each = losses_at(loss, y + errors, 0.5)
    assert min(each) > 0
    assert_close(loss(y + errors, y), each.mean())
    assert_close(loss((y + errors).T, y.T), each.sum())
    worse = losses_at(loss, torch.linspace(1, 0, 21), 1.0)
    assert worse[0] == said.least
    assert (worse.diff() > 0).all()
    often = [x.repeat(1, 10) for x in (PREDICTIONS, TARGETS)]
    assert_close(loss(*often), loss(PREDICTIONS, TARGETS))


@claim(
    "The square of the difference between prediction and target; half of it is "
    "the usual loss where the target is any number.",
)
@given(st.lists(PAIRS, min_size=1))
def test_losses_agree_with_torchs(pairs):
    y_hat, y = torch.tensor(pairs, dtype=torch.float64).T.unsqueeze(1)
    far = y_hat * 2000 - 1000
    assert_close(half_squared_error(far, y), functional.mse_loss(far, y) / 2)
    torchs = functional.binary_cross_entropy
    assert_close(cross_entropy(y_hat, y), torchs(y_hat, y))
    by_torch = slopes_of(cross_entropy, y_hat, y)
    assert_close(cross_entropy_derivative(y_hat, y), by_torch)
    z = y_hat.logit()
    assert_close(cross_entropy_of_z(z, y), torchs(y_hat, y))


@claim(
    r"The square has the slope $<two> (\hat y - y)$, and the half takes the"
    " <two_again> away: the slope of the loss with respect to the "
    "prediction, which is $a^{[L]}$, is the error itself.",
    "In numbers: at <start> the loss is <before>, half of <whole>.",
    "At <end> it is <after>, and the slope between the <two_again>, $<rise> / "
    "<step> = <ratio>$, is close to <error>.",
)
def test_slope_of_the_squared_error_is_the_error(said):
    y_hat, y = row(-3.0, said.start, 2.0), row(0.5, 1.0, -1.0)
    assert_close(slopes_of(half_squared_error, y_hat, y), y_hat - y)
    squares = slope(lambda p: ((p - y) ** 2).sum(), y_hat)
    assert_close(squares, said.two * (y_hat - y))
    losses = losses_at(half_squared_error, [said.start, said.end], 1.0)
    agree(
        [said.before, said.before, said.after],
        losses[0],
        said.whole / 2,
        losses[1],
    )
    found = (
        said.after - said.before,
        said.end - said.start,
        said.rise / said.step,
        said.start - 1,
        said.two,
    )
    agree(
        [said.rise, said.step, said.ratio, said.error, said.two_again], *found
    )
    assert abs(said.ratio - said.error) < 0.01


@claim(
    "If you gave rain a probability of <likely>, you are hardly surprised when "
    "it rains; if you gave it <unlikely>, you are.",
    "What was certain, and so had the probability <sure>, is no surprise: "
    "<nothing>.",
    "The minus makes it positive, since probabilities are <sure> at most, and "
    "so their logarithms are <nothing> at most.",
    "A tossed coin shows heads with the probability <one>, and two coins both "
    r"do so with the probability $<one_of> \cdot <other> = <both>$; that is as "
    "surprising as one head and then another.",
    "One head is a surprise of <surprise>, and two are one of <surprises_>, "
    "<times> as much.",
    r"Here $\log$ is the natural logarithm; one with another base would "
    "multiply every surprise by the same number.",
)
def test_surprise(said):
    surprises = -row(said.sure, said.likely, said.unlikely).log()[0]
    assert surprises[0] == said.nothing
    assert 0 < surprises[1] < 0.2 < 4 < surprises[2]
    assert (torch.linspace(0.01, said.sure, 99).log() <= said.nothing).all()
    coin = torch.tensor([True, False])  # counted over all ways of falling
    head, heads = coin.double(), torch.cartesian_prod(coin, coin).all(dim=1)
    p_1, p_2 = head.mean(), heads.double().mean()
    agree([said.one, said.one_of, said.other, said.both], p_1, p_1, p_1, p_2)
    found = -p_1.log(), -p_2.log(), p_2.log() / p_1.log()
    agree([said.surprise, said.surprises_, said.times], *found)
    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    assert_close(p.log2(), p.log() / math.log(2))
    assert_close(p.exp().log(), p)  # the natural one undoes e^z


@claim(
    r"Then the target is <yes> or <no>, and a prediction $\hat y$ between "
    "<low> and <high> can be read as the probability that the target is "
    "<again>.",
    r"A network that predicts $\hat y$ gives the target <yes> the probability "
    r"$\hat y$, so if the target is <again>, the surprise is $-\log \hat y$.",
    "It gives the target <no> the rest, so if the target is <low>, the "
    r"surprise is $-\log(1 - \hat y)$.",
    "The cross-entropy is this surprise, for both targets in one formula:",
    "If $y = <yes>$ only the first term remains, and if $y = <no>$ only the "
    "second.",
)
def test_loss_is_the_surprise_at_the_target(said):
    """At a target that is drawn with the predicted probability."""
    assert (said.no, said.yes) == (said.low, said.high) == (0, said.again)
    for p in torch.linspace(said.no, said.yes, 21, dtype=torch.float64)[1:-1]:
        tossed = torch.distributions.Bernoulli(probs=p)
        assert tossed.mean == p, "how often it is 1"
        for target, surprise in (
            (said.yes, -p.log()),
            (said.no, -(1 - p).log()),
        ):
            loss = cross_entropy(row(p), row(target))
            assert_close(loss, surprise)
            assert_close(loss, -tossed.log_prob(p.new_tensor(target)))


@claim(
    r"Since logarithms turn products into sums and $\log 1$ is <nothing>, "
    r"$-\log p$ does both:",
    "By the chain rule it is $p$ times the slope of $s$ at $p$ on the left, "
    "and the slope of $s$ at <one> on the right.",
    "So the slope at $p$ is a fixed number divided by $p$, as that of a "
    r"multiple of $\log p$ is.",
    "Both $s$ and this multiple are <nothing> at $p = <one>$, and two curves "
    "that share a point and have the same slope everywhere are one.",
    "The factor is negative, since what is less probable surprises more; to "
    "choose <factor> is to choose a unit of measurement.",
)
def test_only_logarithms_turn_products_into_sums(said):
    """Of all sums of nine functions, only multiples of the first one do."""
    at = torch.linspace(0.1, 1, 10, dtype=torch.float64)
    assert_close(
        slope(lambda p: -p.log().sum(), at), said.factor * said.one / at
    )
    some = torch.rand(2, 200, generator=torch.Generator().manual_seed(0))
    p, q = some.double() * 0.9 + 0.1

    def functions(p):
        powers = [p**k - 1 for k in (-1, -0.5, 0.5, 1, 2, 3)]
        return torch.stack([-p.log(), p.log() ** 2, p.log() ** 3, *powers])

    wrong = (functions(p * q) - functions(p) - functions(q)).T
    _, sizes, mixtures = torch.linalg.svd(wrong)
    assert sizes[-1] < 1e-12 < 1e-7 < sizes[-2]
    assert_close(mixtures[-1].abs(), torch.eye(9).double()[0])
    assert (functions(p.new_ones(1)) == said.nothing).all()


@claim(
    "(predict, easy) The target is <y>, and a prediction falls from <high> to "
    "<low>.",
    "Half the squared error: it goes from <squared_high> to about "
    "<squared_low>, while the surprise doubles, from <surprise_high> to "
    "<surprise_low>.",
    r"For the target <yes>: $\frac{1}{2} \cdot 0.2^2 = <square>$ and $-\log "
    r"<p> \approx <surprise>$.",
    r"For the target <no>: $\frac{1}{2} \cdot 0.8^2 = <other_square>$ and "
    r"$-\log <q> \approx <other_surprise>$.",
    r"The likelihood is $0.5 \cdot 0.5 \cdot 0.25 \cdot 1 = <product>$, and "
    r"the mean loss $-\frac{1}{4} \log <again> \approx <mean>$.",
    "That is as if each target had been given <each>: $0.5^4 = <product>$.",
    r"In numbers $<error> \cdot (1 - <a>^2) \approx <dz>$: the error of nearly "
    "<about> hardly gets through.",
    "For <first>, whose power is more than float64 can hold: the result is "
    "infinite.",
    r"Take $e^z$ out of the sum: $\log(1 + e^z) = z + \log(1 + e^{-z})$, which "
    "no positive $z$ can overflow.",
)
def test_exercises(said):
    high, low, p = said.high, said.low, said.p
    squares, surprises = (losses_at(loss, [high, low], 1.0) for loss in LOSSES)
    both = [[losses_at(loss, p, y) for loss in LOSSES] for y in (1.0, 0.0)]
    shares = row(0.5, 0.5, 0.25, 1.0)
    mean, product = cross_entropy(shares, 0 * shares + 1), shares.prod()
    a = row(said.a)
    dz = slope(lambda z: half_squared_error(tanh(z), row(-1.0)), a.atanh())
    assert_close(dz, (a + 1) * tanh_derivative(a.atanh()), rtol=1e-9, atol=0)
    z = torch.arange(1, 1000, dtype=torch.float64)
    written, other = (1 + z.exp()).log(), z + (1 + (-z).exp()).log()
    sound = written.isfinite()
    assert other.isfinite().all()
    assert_close(other[sound], written[sound])
    agree(
        said, 1, high, low, squares, surprises,
        1, both[0][0], p, both[0][1], 0, both[1][0], 1 - p, both[1][1],
        product, product, mean, product**0.25,
        a + 1, a, dz, (a + 1).round(), z[~sound][0],
    )  # fmt: skip
    assert_close(surprises[1], 2 * surprises[0], rtol=0, atol=0.02)


@claim(
    r"The loss is <least> if the prediction is exactly the target ($0 \log 0$ "
    "counts as <nothing>), and grows without bound as the prediction nears the "
    "opposite value.",
    "The usual loss where the target is yes or no, or one of several "
    "classes; it grows without bound for a prediction that is sure and "
    "wrong.",
)
def test_loss_at_the_edges(said):
    right = torch.tensor([[0.0, 1.0]])
    assert cross_entropy(right, right).item() == said.least == said.nothing
    surer = 10.0 ** -torch.arange(0, 301, 50, dtype=torch.float64)
    falls = losses_at(cross_entropy, surer, 1.0).diff()
    assert (falls > 100).all(), "by log(10^50), about 115, each time"
    assert cross_entropy(1 - right, right).item() == torch.inf
    assert cross_entropy_derivative(right, right).isnan().all()
    assert cross_entropy_derivative(1 - right, right).isinf().all()
    assert cross_entropy(row(torch.nan), row(1.0)).isnan()


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
    "If a prediction is sure and wrong, half the squared error is <limit> at "
    "most, and cross-entropy has no limit.",
)
def test_figure_shows_both_losses(said):
    panels = draw_losses().axes
    titles = [axes.get_title() for axes in panels]
    assert titles == ["surprise", "half the squared error"]
    curves, styles = (
        [],
        {f"target {said.yes:g}": "-", f"target {said.no:g}": "--"},
    )
    for axes, loss in zip(panels, LOSSES[::-1], strict=True):
        assert drawing.frame(axes) == (
            (said.left, said.right),
            (said.bottom, said.top),
        )
        assert drawing.styles(axes) == styles
        for line, y in zip(axes.lines, (said.yes, said.no), strict=False):
            p, heights = (torch.as_tensor(data) for data in line.get_data())
            assert_close(heights, losses_at(loss, p, y))
            curves.append(heights)
    dot, (label,) = panels[0].lines[-1], panels[0].texts
    ((x, y),) = dot.get_xydata()
    agree(
        [said.predicted, said.marked, said.marked],
        x,
        y,
        float(label.get_text()),
    )
    assert y == -math.log(x)
    assert tuple(label.xy) == (x, y)
    assert dot.get_marker() == "o"
    assert panels[0].get_legend() is not None
    surprise, other, square, _ = curves
    assert surprise[0] > said.top
    assert surprise[-1] < said.bottom + 0.01
    assert_close(other.flip(0), surprise)
    agree(
        [said.middle, said.height],
        p[surprise == other],
        surprise[surprise == other],
    )
    assert said.least <= square.min() < said.least + 0.01
    assert said.most - 0.01 < square.max() <= said.most == said.limit
    assert losses_at(half_squared_error, 0.0, 1.0) == said.limit


@claim(
    "Let a network predict <p_1>, <p_2> and <p_3> for <count> examples whose "
    "targets are <y_1>, <y_2> and <y_3>.",
    "It gave these targets the probabilities <q_1>, <q_2> and <q_3>; the "
    "surprises are about <s_1>, <s_2> and <s_3>, and their mean is <mean>.",
    r"Here $-\log <product> \approx <sum>$, and a third of that is the <mean> "
    "from above.",
)
def test_mean_surprise_of_three_examples(said):
    given_to_targets = torch.where(TARGETS == 1, PREDICTIONS, 1 - PREDICTIONS)
    surprises = losses_at(cross_entropy, given_to_targets, 1.0)
    mean, product = cross_entropy(PREDICTIONS, TARGETS), given_to_targets.prod()
    agree(
        said, PREDICTIONS, 3, TARGETS, given_to_targets, surprises, mean,
        product, -product.log(),
    )  # fmt: skip
    assert_close(-product.log() / 3, mean)


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
    x = torch.randn(2, 5, generator=generator).double()
    y = torch.randint(0, 2, (1, 5), generator=generator).double()
    likelihoods, losses = [], []
    for w_1, w_2, b in torch.randn(200, 3, generator=generator).double():
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
def test_squared_error_is_the_surprise_under_a_bell(said, width):
    predictions = torch.linspace(-4, 4, 33, dtype=torch.float64)
    bell = torch.distributions.Normal(0, predictions.new_tensor(said.one))
    heights = bell.log_prob(predictions).exp()
    falls = slope(lambda x: bell.log_prob(x).exp().sum(), predictions)
    assert predictions[falls.argmin()] == said.one, "there its side is steepest"
    share = heights / torch.exp(-(predictions**2) / 2)
    assert_close(share, share[:1].expand_as(share))
    y = predictions.new_tensor(0.3)
    surprises = -torch.distributions.Normal(predictions, width).log_prob(y)
    rest = (
        surprises - losses_at(half_squared_error, predictions, 0.3) / width**2
    )
    assert_close(rest, rest[:1].expand_as(rest))


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
    "A loss and the activation function of the last layer that suits it: with "
    "them the slope of the loss with respect to the last pre-activation is "
    "prediction minus target.",
    "How much? asks for half the squared error and no activation function at "
    "the output, yes or no? for cross-entropy and a sigmoid; for both of these "
    r"usual pairs, $dz^{[L]} = \hat y - y$.",
    r"how much? | no activation function | half the squared error | $\hat y - "
    "y$",
    r"yes or no? | sigmoid | cross-entropy | $\hat y - y$",
)
def test_the_usual_partners_leave_the_error(said):
    z = torch.linspace(-5, 5, 21, dtype=torch.float64).unsqueeze(0)
    y, y_hat = (torch.arange(21) % 2).double().unsqueeze(0), sigmoid(z)
    assert (slope(lambda z: z.sum(), z) == said.one).all()
    assert_close(slopes_of(half_squared_error, z, y), z - y)
    assert_close(slope(lambda p: p.log().sum(), y_hat), 1 / y_hat)
    other = slope(lambda p: (1 - p).log().sum(), y_hat)
    assert_close(other, -1 / (1 - y_hat))
    dz = cross_entropy_derivative(y_hat, y) * sigmoid_derivative(z)
    assert_close(dz, -y * (1 - y_hat) + (1 - y) * y_hat)
    assert_close(dz, y_hat - y)
    surprise, square = (
        slopes_of(lambda z, y, loss=loss: loss(sigmoid(z), y), z, y)
        for loss in (cross_entropy, half_squared_error)
    )
    assert_close(surprise, y_hat - y)
    assert (square - (y_hat - y)).abs().min() > 0.005, "no usual pair"


@claim(
    r"Let $\hat y$ be <y_hat> and the target <y>.",
    "Then the loss has the slope $-<y> / <y_hat> = <da>$, and the sigmoid, by "
    r"Equation, $<y_hat_again> \cdot <missing> = <slope_there>$.",
    r"The product is $<da> \cdot <slope_there> = <dz>$, and that is the error, "
    "$<y_hat> - <y> = <error>$.",
)
def test_one_prediction_in_numbers(said):
    p, y = row(said.y_hat), row(said.y)
    da, there = cross_entropy_derivative(p, y), sigmoid_derivative(p.logit())
    agree(said, p, y, da, p, 1 - p, there, da * there, p - y)


@claim(
    "(The perceptron's rule added the difference $y - a$; the error has the "
    "opposite sign, and will be subtracted.)",
)
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_error_has_the_opposite_sign_of_the_perceptrons(target):
    """Both correct a mistaken unit in the same direction."""
    x, y = column(2.0, -3.0), row(target)
    start = Layer(row(0.0, 0.0), row(0.5 - target))
    y_hat, caches = forward(x, [start], ["sigmoid"])
    a, dz = step(caches[0].z), y_hat - y
    assert a != y, "the perceptron is mistaken"
    ((W, b),) = update([start], backward(dz, caches, ["sigmoid"]), 1.0)
    assert_close((W, b), (start.W - dz * x.T, start.b - dz))
    assert torch.equal((y - a).sign(), -dz.sign())


@claim(
    "So with a usual pair the error on its way back starts as the error "
    "itself, and each layer multiplies it by weights and slopes.",
)
def test_the_error_goes_back_through_weights_and_slopes():
    names = ["tanh", "sigmoid"]
    layers = initialise((3, 4, 2), torch.Generator().manual_seed(0))
    x, y = random(3, 5), (random(2, 5, seed=1) > 0).double()
    y_hat, (first, last) = forward(x, layers, names)
    sums = [cache.z.clone().requires_grad_() for cache in (first, last)]
    a = tanh(first.z + (sums[0] - first.z))
    z = layers[1].W @ a + layers[1].b + (sums[1] - last.z)
    dz_1, dz_2 = torch.autograd.grad(5 * cross_entropy(sigmoid(z), y), sums)
    assert_close(dz_2, y_hat - y)
    assert_close(dz_1, layers[1].W.T @ dz_2 * tanh_derivative(first.z))


@claim(
    "After a sigmoid, half the squared error keeps the factor that "
    "cross-entropy cancels:",
    "Let $z$ be <z> and the target <y>.",
    "The prediction is <y_hat>, and it could hardly be more wrong.",
    "With cross-entropy $dz$ is <dz>.",
    r"Half the squared error multiplies that by $<value> \cdot <missing>$ and "
    "leaves <shrunk>, about <times> times less.",
)
def test_wrong_partners_keep_the_slope_of_the_sigmoid(said):
    z, y = row(said.z), row(said.y)
    p = sigmoid(z)
    dz, shrunk = (
        slope(lambda z, loss=loss: loss(sigmoid(z), y), z)
        for loss in (cross_entropy, half_squared_error)
    )
    assert_close(shrunk, (p - y) * p * (1 - p))
    times = (dz / shrunk / 10).round() * 10  # about
    agree(said, z, y, p, dz, p, 1 - p, shrunk, times)


@claim(
    "The slope dz over z from <left> to <right>, for the target <y>.",
    "That of cross-entropy, solid, is an S-shaped curve that rises from <low> "
    "to <high>.",
    "That of half the squared error, dashed, is a low bump: it rises to about "
    "<peak> at a z of about <best> and falls back towards <low> on the right.",
    "A dotted line marks z = <marked>, where a dot on the first curve is "
    "labelled <upper> and a dot on the second <lower>.",
    "How strongly a wrong output is corrected: $dz$ of a sigmoid whose target "
    "is <y>.",
    "The further $z$ is on the wrong side, the more cross-entropy corrects it; "
    "half the squared error corrects it less and less once $z$ is beyond about "
    "<best>.",
)
def test_figure_shows_the_partners(said):
    (axes,) = draw_partners().axes
    solid, dot, dashed, other, dotted = axes.lines
    assert drawing.styles(axes) == {
        "cross-entropy": "-",
        "half the squared error": "--",
    }
    assert axes.get_xlim() == (said.left, said.right)
    z = torch.tensor(solid.get_xdata())[None]
    curves = []
    for line, loss in ((solid, cross_entropy), (dashed, half_squared_error)):
        assert list(line.get_xdata()) == z[0].tolist()
        curves.append(torch.tensor(line.get_ydata()))
        wanted = slopes_of(
            lambda z, y, loss=loss: loss(sigmoid(z), y), z, 0 * z + said.y
        )
        assert_close(curves[-1], wanted[0])
    rises, bump = curves
    assert (rises.diff() > 0).all()
    assert (rises[0], rises[-1]) == pytest.approx(
        (said.low, said.high), abs=0.001
    )
    agree([said.peak, said.best], bump.max(), z[0, bump.argmax()])
    assert (bump.diff()[bump.argmax() :] < 0).all()
    assert bump[-1] < 0.001
    assert (dotted.get_linestyle(), {*dotted.get_xdata()}) == (
        ":",
        {said.marked},
    )
    labels = [text for text in axes.texts if text.get_text()]
    marks = zip((dot, other), labels, (said.upper, said.lower), strict=True)
    for point, label, told in marks:
        agree([said.marked, told], point.get_xydata())
        agree([told], float(label.get_text()))
        x, height = label.get_position()
        assert 0 < x - said.marked < 0.5
        assert abs(height - told) < 0.1


@claim(
    "So with cross-entropy an output unit that predicts almost <sure> where "
    "the target is <target> goes on learning, although its sigmoid is "
    "saturated.",
)
def test_saturated_output_goes_on_learning(said):
    z, wrong = row(20.0), row(said.target)
    y_hat, caches = forward(z, [Layer(row(1.0), row(0.0))], ["sigmoid"])
    assert y_hat.item() == pytest.approx(said.sure, rel=1e-6)
    assert sigmoid_derivative(z) < 1e-8, "it is saturated"
    da = cross_entropy_derivative(y_hat, wrong)
    (gradient,) = backward_from(da, caches, ["sigmoid"])
    assert gradient.db.item() == pytest.approx(1, rel=1e-6)
    (gradient,) = backward_from(y_hat - wrong, caches, ["sigmoid"])
    assert gradient.db.item() < 1e-8, "half the squared error would stop it"


@claim(
    "In a computer a sigmoid can round to exactly <one>; in float64 it does at "
    "$z = <z>$.",
    r"Then the cross-entropy at the target <target> is $-\log 0$, and its "
    "slope divides by <zero>.",
    "The logarithm of $e^{37}$ is <z>, and the <one> beside it adds less than "
    "$<little>$: in float64 the loss is <loss>.",
    "Let a unit have the weight <w> and no bias, and give it the input <x> and "
    "the target <target>.",
    r"Since $z$ changes $x$ times as fast as the weight, $dW$ is $dz \cdot x$.",
    "By way of $da$ the loss is infinite and the slopes are NaN, infinity "
    "times <zero>; from $z$ all <three> are right.",
    r"So for the usual pairs the way back starts at $dz^{[L]} = \hat y - y$, "
    "not at $da^{[L]}$, and the loss is computed from $z$.",
)
def test_an_output_that_rounds_to_one_learns(said):
    x, y = row(said.x), row(said.target)
    layer = Layer(row(said.w), row(0.0))
    y_hat, caches = forward(x, [layer], ["sigmoid"])
    z, da = caches[0].z, cross_entropy_derivative(y_hat, y)
    assert cross_entropy(y_hat, y) == da == torch.inf
    assert (da * sigmoid_derivative(z)).isnan()
    loss = cross_entropy_of_z(z, y)
    assert math.log1p(math.exp(-z)) < said.little == 1e-15
    (gradient,) = backward(y_hat - y, caches, ["sigmoid"])
    agree(said, y_hat, z, 0, 1 - y_hat, 1e-15, loss, layer.W, x, 3)
    assert (gradient.db.item(), gradient.dW.item()) == (1, x)
    torchs = functional.binary_cross_entropy_with_logits
    assert_close(gradient.dW, slope(lambda W: torchs(W * x, y), layer.W))


@claim(
    r"The logarithm of $1/u$ is $-\log u$, so the surprise at a target of "
    "<one> is",
    "The surprise at a target of <zero> needs $1 - \\sigma(z) = e^{-z} / (1 "
    "+ e^{-z})$.",
    "In real work torch.nn.functional.binary_cross_entropy_with_logits takes "
    "$z$ and does the same.",
    "A logit is the number from which a sigmoid makes a probability, so the "
    "logits in that name are these $z$.",
    "Compute cross-entropy from $z$, so that no rounded probability spoils it.",
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_loss_from_z_is_finite_and_agrees_with_torchs(said, dtype, target):
    """Far beyond both ends, where the sigmoid is exactly 0 and 1."""
    z = torch.linspace(-1000, 1000, 4001, dtype=dtype)[None]
    assert sigmoid(z)[0, [0, -1]].tolist() == [said.zero, said.one]
    y = torch.full_like(z, target)
    # torch subtracts numbers of z's size, and what is left of that is rounded
    close = dict.fromkeys(("rtol", "atol"), 4 * torch.finfo(dtype).eps)
    torchs, parts = functional.binary_cross_entropy_with_logits, []
    for loss in (cross_entropy_of_z, torchs):
        each = [loss(at[None, None], y[:, :1]) for at in z[0, ::40]]
        parts.append((torch.stack(each), slopes_of(loss, z, y)))
    assert parts[0][0].isfinite().all()
    assert_close(*parts, **close)
    assert_close(parts[0][1], sigmoid(z) - y, **close)


HALF = torch.tensor([[0.5]])


@claim(
    "Examples is a tensor of <least> or more columns, each of them an example; "
    "Share, in later code, is one whose numbers lie between <low> and <high>.",
)
@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_derivative])
@pytest.mark.parametrize(
    ("y_hat", "y", "error", "words"),
    [
        (HALF, 4 * HALF, ValueError, "y must lie between 0 and 1, .* 2"),
        (3 * HALF, HALF, ValueError, "y_hat must lie between 0 and 1, .* 1.5"),
        (HALF, HALF.expand(1, 2), ValueError, "y must .* = 1 and m = 1"),
        (HALF[0], HALF[0], ValueError, r"y_hat must have .* \(outputs, m\)"),
        (HALF, HALF > 0, TypeError, "y must have a floating dtype"),
        (
            *(HALF[:, :0], HALF[:, :0], ValueError),
            r": y_hat must hold at least one example, but has shape \(1, 0\)$",
        ),
    ],
)
def test_loss_refuses_bad_input(said, loss, y_hat, y, error, words):
    with pytest.raises(error, match=words):
        loss(y_hat, y)
    assert loss(row(*[0.5] * int(said.least)), row(said.high)).isfinite().all()
    assert loss(row(0.5), row(said.low)).isfinite().all()


@pytest.mark.parametrize(
    ("loss", "given", "error", "said"),
    [
        (cross_entropy_of_z, [7 * HALF, 4 * HALF], ValueError, "y must lie"),
        (cross_entropy_of_z, [HALF, HALF.expand(1, 3)], ValueError, "m = 1"),
        (
            half_squared_error,
            [HALF, HALF.expand(1, 3)],
            ValueError,
            "and m = 1",
        ),
        (
            half_squared_error,
            [HALF[:, :0]] * 2,
            ValueError,
            "hold at least one",
        ),
        *(
            (loss, [HALF, HALF.double()], TypeError, "has torch.float32 and y")
            for loss in (*LOSSES, cross_entropy_derivative, cross_entropy_of_z)
        ),
    ],
)
def test_refuses_what_does_not_fit(loss, given, error, said):
    with pytest.raises(error, match=said):
        loss(*given)


def test_means_of_many_examples_fit_into_a_narrow_dtype():
    half = torch.full((1, 100_000), 0.5, dtype=torch.float16)
    loss = cross_entropy(half, torch.zeros_like(half)).item()
    assert loss == pytest.approx(0.6934, abs=5e-5)
    assert half_squared_error(half, torch.zeros_like(half)).item() == 0.125


def single_outputs():
    """Return the signs of a sigmoid's loss, for many examples one by one."""
    z = torch.linspace(-6, 6, 121, dtype=torch.float64)
    y_hat, y = sigmoid(z), (torch.arange(121) % 2).double()
    each = passes.losses(y_hat[None], y[None])
    dz = slope(lambda z: cross_entropy(sigmoid(z)[None], y[None]) * 121, z)
    return {
        **{"z": z, "y": y, r"\hat y": y_hat},
        **{"p": y_hat, "q": y_hat.flip(0) / 2},
        **{"L": 1, "m": len(each), "e": math.e, r"\sigma": sigmoid},
        **{r"\mathcal{L}": torch.stack(each), "J": sum(each) / len(each)},
        "da": {1: cross_entropy_derivative(y_hat[None], y[None])[0]},
        "dz": {1: dz},
    }


def squared(signs):
    """Return what differs with the squared error, and autograd's slopes."""
    z, y, y_hat = signs["z"], signs["y"], signs[r"\hat y"]
    pairs = zip(y_hat, y, strict=True)
    losses = [half_squared_error(row(p), row(target)) for p, target in pairs]

    def total(prediction):
        return 121 * half_squared_error(prediction[None], y[None])

    return {
        r"\mathcal{L}": torch.stack(losses),
        "da": {1: slope(total, y_hat)},
        "dz": {1: slope(lambda z: total(sigmoid(z)), z)},
    }


def test_equations():
    signs = single_outputs()
    given_to_targets = torch.where(TARGETS == 1, PREDICTIONS, 1 - PREDICTIONS)
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)[None]
    y = torch.full_like(z, -1)
    dz = slopes_of(lambda z, y: half_squared_error(tanh(z), y), z, y)
    squares = "squared-error", "squared-error-slope", "wrong-partners"
    hold(
        "propagation/loss.md",
        signs,
        here={
            **dict.fromkeys(squares, squared(signs)),
            "mean-loss": {r"\mathcal{L}": list(signs[r"\mathcal{L}"])},
            "likelihood": {
                "p": list(given_to_targets[0]),
                "J": cross_entropy(PREDICTIONS, TARGETS),
            },
            r"dz = (a - y)(1 - a^2)": {"a": tanh(z)[0], "y": y[0], "dz": dz[0]},
        },
        given=[r"\hat y = z", "s(p q) = s(p) + s(q)"],
    )
