import math
from functools import partial

import pytest
import torch
from torch.testing import assert_close

from snippets.activation.sigmoid import (
    draw_sigmoid,
    sigmoid,
    sigmoid_derivative,
)
from snippets.activation.tanh import tanh
from snippets.network import Layer, initialise
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_derivative
from tests.activation import agreement
from tests.activation.agreement import ONE, slope_by_autograd
from tests.activation.curves import curves, dotted, shows_a_bump
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from
from tests.tensors import double, grid, random


@claim(
    "So that no power is too large for the computer, the code multiplies "
    "numerator and denominator by $e^z$ where $z$ is negative.",
    "A minus sign in the exponent makes a fraction, $e^{-z} = 1 / e^{z}$.",
    "A very negative $z$ makes $e^{-z}$ huge and the output close to <low>; a "
    "large positive $z$ makes $e^{-z}$ vanish, and the output is close to "
    "<high>.",
    "It turns any number into one between <low> and <high>, which can be read "
    "as a probability.",
    "$a = <top> / (<bottom> + e^{-z})$ lies between <low> and <high>; its "
    "slope $a (1 - a)$ is at most <most>.",
    "Use it where a number between <low> and <high> is wanted.",
    "At $z = <place>$ the output is exactly <middle>.",
    "Multiply numerator and denominator of $1 / (1 + e^{z})$ by $e^{-z}$; "
    r"since $e^{-z} \cdot e^{z} = <one>$, it becomes $e^{-z} / (e^{-z} + 1)$, "
    "and that is $1 - 1 / (1 + e^{-z})$.",
    "It is not centred on <centre>.",
    "All outputs are positive.",
)
def test_values_and_their_limits(said):
    z = grid(-700, 700, 14_001)
    a, power = sigmoid(z), torch.exp(-z)
    assert_close(power, 1 / torch.exp(z))
    assert_close(power * torch.exp(z), torch.full_like(z, said.one))
    assert_close(a, said.top / (said.bottom + power))
    assert_close(a, torch.exp(z) / (torch.exp(z) + 1))
    assert_close(sigmoid(-z), 1 - a, rtol=0, atol=1e-15)
    assert_close(sigmoid(-z), power / (power + 1))
    assert said.low < a.min() < a.max() <= said.high
    assert (a.min().item(), a.max().item()) == pytest.approx((0, said.high))
    left, right = z < -20, z > 20
    assert power[left].min() > 1e8 > 1e-8 > power[right].max()
    assert a[left].max() - said.low < 1e-8 > said.high - a[right].min()
    assert sigmoid_derivative(z).max() == said.most
    assert sigmoid(double(said.place)) == said.middle
    assert z.mean().item() == pytest.approx(said.centre, abs=1e-12)
    assert a.mean() > said.centre + 0.4


@claim(
    "At the output it gives the probability of one of two classes.",
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_output_is_the_probability_of_a_class(share):
    """Of examples with the same input, a share is of class 1.

    The output of the least loss is that share, to a step of z times the slope.
    """
    z = grid(-5, 5, 10_001)
    loss = -share * sigmoid(z).log() - (1 - share) * sigmoid(-z).log()
    assert sigmoid(z[loss.argmin()]) == pytest.approx(share, abs=0.001 / 4)


@claim(
    "Here $e$ is Euler's number, about <e>.",
    "The curve of its powers $e^z$ is at each point exactly as steep as it is "
    "high: its slope is its value.",
    "The slope of $u$ is $-e^{-z}$, and that of $1/u$ is $-1/u^2$.",
    "By the chain rule the <count> multiply.",
    "Where one function is put into another, the slope of the whole is the "
    "product of their slopes.",
)
def test_slopes_of_the_two_stages_multiply(said):
    """Centred differences with h = 1e-5 are good to 1e-8 of a slope."""
    z, h = grid(-5, 5, 101), 1e-5
    close = partial(assert_close, rtol=1e-8, atol=1e-10)

    def slope(function, at):
        return (function(at + h) - function(at - h)) / (2 * h)

    def first(z):
        return 1 + math.e**-z

    assert said.e == pytest.approx(math.e, abs=5e-4), "to the digits given"
    close(slope(torch.exp, z), math.e**z)
    stages = slope(first, z), slope(torch.reciprocal, first(z))
    assert len(stages) == said.count
    close(stages[0], -torch.exp(-z))
    close(stages[1], -1 / first(z) ** 2)
    close(stages[0] * stages[1], slope(sigmoid, z))


@claim(
    r"At $z = <z>$ the value is $<value>$ and the slope $<a> \cdot <rest> ="
    " <steep>$, as above.",
    "At $z = <z>$, where $u = <u>$, the slopes are <first> and $-1/4$, and so "
    r"$a$ has the slope $(-1/4) \cdot (-1) = 1/4$.",
    "Look at the slopes: <best> at <middle>, <low> at <near>, <least> at "
    "<far>.",
    "Slightly away from the origin, at <close>, the slope is still more than "
    "<share> of what it is at <zero>.",
    "The slope of the loss with respect to $z$, the error on its way back, is "
    "multiplied by one slope in each layer, and the sigmoid's is <best> at "
    "most.",
    "Since $a (1 - a) = 1 / 4 - (a - 1 / 2)^2$, the slope is largest, <best>, "
    "where $a$ is <part>, and it falls away quickly on both sides.",
    "(by hand, easy) A sigmoid has the output <output>.",
    r"It is $<output> \cdot <missing> = <there>$, and the same at the output "
    "<other>, where $a$ and $1 - a$ have changed places.",
)
def test_slope_is_largest_at_zero(said):
    """Quickly: from 0 on it falls to less than a tenth within 4."""
    z = grid(0, 9, 901)
    for slopes in map(sigmoid_derivative, (said.zero + z, said.zero - z)):
        assert slopes[0] == said.best
        assert (slopes.diff() < 0).all()
        assert slopes[400] < said.best / 10
    assert sigmoid(double(said.z)) == said.value == said.a == 1 - said.rest
    assert sigmoid_derivative(double(said.z)) == said.steep == 1 / 4
    assert (said.u, said.first) == (1 + math.exp(-said.z), -math.exp(-said.z))
    assert -1 / said.u**2 == -1 / 4
    named = sigmoid_derivative(double([said.middle, said.near, said.far]))
    given = [said.best, said.low, said.least]
    assert given == pytest.approx(named.tolist(), rel=0.01), "rounded"
    close, zero = sigmoid_derivative(double([said.close, said.zero]))
    assert said.share < close / zero < 1.1 * said.share
    a = sigmoid(z)
    assert_close(sigmoid_derivative(z), said.best - (a - said.part) ** 2)
    both = sigmoid_derivative(double([said.output, said.other]).logit())
    agree([said.missing, said.there, said.there], 1 - said.output, both)
    assert said.other != said.output


@claim(
    "In code the slope costs <one> exponential, the one in $a$:",
    "It costs an exponential.",
)
@pytest.mark.parametrize("function", [sigmoid, sigmoid_derivative])
def test_value_and_slope_cost_one_exponential_each(said, function, monkeypatch):
    calls, exp = [], torch.exp
    monkeypatch.setattr(torch, "exp", lambda z: calls.append(z) or exp(z))
    function(grid(-5, 5, 11))
    assert len(calls) == said.one


@claim(
    "How many digits there are depends on the dtype, the kind of number: "
    "float16, float32 and float64 take <half>, <single> and <double> bits.",
    "That is the mathematics; a computer has only so many digits, and at some "
    "point it rounds the value to exactly <limit>.",
    "Let $z$ rise in steps of <step> until $a$ is exactly <limit>:",
    "With the digits of a dtype, the little that is missing is rounded away.",
)
def test_reaches_one_only_by_rounding(said):
    """1 - sigmoid(z) is about e^-z, and half of eps is what rounds away.

    Half precision rounds once, at the end, so there half of that.
    """
    bits, spacing = (said.half, said.single, said.double), []
    for dtype, count, first in zip(
        agreement.DTYPES, bits, (8.32, 16.64, 36.74), strict=True
    ):
        kind = torch.finfo(dtype)
        assert kind.bits == count
        spacing.append(kind.eps)
        z = (torch.arange(500).double() * said.step).to(dtype)
        reached = (torch.sigmoid(z) == said.limit).nonzero().flatten()
        assert first < z[reached[0]] < first + said.step
        assert torch.equal(reached, torch.arange(reached[0], 500)), "and stays"
    assert spacing == sorted(spacing, reverse=True)


@claim(
    "On the way back from the loss the chain rule multiplies by this "
    "slope, so hardly anything reaches the weights of such a unit, and "
    "they hardly learn.",
    "At the output a suitable loss can make up for it, as The loss shows.",
    "With another loss, cross-entropy, this factor cancels, as The loss shows.",
    "(by hand, medium) A unit with a sigmoid has the output <output> for an "
    "example whose target is <target>.",
    r"The loss is half the squared error, $\frac{1}{2} (y - a)^2$, whose "
    "slope with respect to $a$ is $a - y$.",
    r"By its slope, $<output> \cdot <rest>$, about <factor>: the unit is "
    "badly wrong and hardly learns.",
)
def test_a_saturated_unit_hardly_learns_from_a_confident_mistake(said):
    z = torch.logit(double([[said.output]]))
    y_hat, caches = forward(ONE, [Layer(z, 0 * z)], ["sigmoid"])
    y = said.target * ONE
    slope = slope_by_autograd(lambda a: (y - a) ** 2 / 2, y_hat)
    assert_close(slope, y_hat - y)
    (gradient,) = backward_from(slope, caches, ["sigmoid"])
    shrunk = (gradient.dW / slope).item()
    assert shrunk == pytest.approx(said.output * said.rest, rel=1e-9)
    assert shrunk == pytest.approx(said.factor, rel=0.01), "about"
    da = cross_entropy_derivative(y_hat, y)
    (gradient,) = backward_from(da, caches, ["sigmoid"])
    assert_close(gradient.dW, slope)


@claim(
    "In <count> layers, all at $z = <place>$, where the slope is largest, the "
    "slopes alone contribute a factor of $<best>^{10}$, about <left>; this is "
    "the vanishing gradient.",
    "This is a second fault, and it needs no saturated unit.",
    "<layers> sigmoids in a row, none of them saturated, leave less than "
    "<rest> of the error.",
    "A gradient vanishes: it is a product of many slopes, and can do so with "
    "no saturated unit at all.",
)
def test_ten_layers_at_their_best_leave_a_millionth(said):
    """About allows for a tenth. None is saturated: slopes stay above 0.19."""
    assert sigmoid_derivative(double(said.place)) == said.best
    assert sigmoid_derivative(grid(-9, 9, 181)).max() == said.best
    assert said.best**said.count == pytest.approx(said.left, rel=0.1)
    caches, gradients = agreement.row_of_units("sigmoid", int(said.layers))
    slopes = [sigmoid_derivative(cache.z).item() for cache in caches]
    assert min(slopes) > 0.19
    left = gradients[0].db.item()
    assert left == pytest.approx(math.prod(slopes))
    assert said.rest / 10 < left < said.rest
    assert gradients[-1].db > 0.1, "the last layer does not suffer"


def gradients_of_examples(count):
    """Yield the inputs and the dW of a layer that is fed by sigmoids.

    count: how many examples the gradient is the mean of.
    """
    layers = initialise((5, 8, 6), torch.Generator().manual_seed(0))
    names = ("sigmoid", "tanh")
    for seed in range(200):
        x, da = random(11, count, seed=seed).split([5, 6])
        caches = forward(x, layers, names)[1]
        yield caches[1].a_previous, backward_from(da, caches, names)[1].dW


@claim(
    "As $z$ changes $x_i$ times as fast as $w_i$, the chain rule gives $dw_i "
    r"= dz \cdot x_i$.",
    "For a single example $dz$ is the same for all weights of the unit, and "
    "all $x_i$ are positive, so all $dw_i$ have the same sign.",
    "For one example, the weight gradients of a unit that sigmoids feed all "
    "have the same sign: the gradients are the inputs times one number, as "
    "LeCun and others found, and sigmoids give positive inputs only.",
)
def test_weight_gradients_of_one_example_share_a_sign():
    for inputs, dW in gradients_of_examples(1):
        assert (inputs > 0).all()
        assert_close(dW, dW[:, :1] / inputs[0] * inputs.T)
        assert ((dW > 0).all(dim=1) | (dW < 0).all(dim=1)).all()


@claim(
    "Averaging the gradient over several examples softens this.",
    "Examples that pull in different ways mix the signs again.",
    "An average over many examples softens it.",
)
def test_averaging_softens_the_shared_sign():
    """Over nine examples each, the weights of some units differ in sign."""
    gradients = torch.stack([dW for _, dW in gradients_of_examples(9)])
    assert ((gradients > 0).any(dim=2) & (gradients < 0).any(dim=2)).any()


@claim(
    "LSTM and GRU units, which have a memory, use it for their gates: each "
    "output says how much of a signal to let through, from <low>, nothing, to "
    "<high>, everything.",
    "tanh is still used where an output should be bounded and may be negative, "
    "for example inside LSTM and GRU units.",
    "Their formulas say so, and torch's cells, rebuilt from this book's "
    "functions, give the same numbers.",
    "It is inside every LSTM and GRU unit too, where it opens and closes the "
    "gates.",
)
def test_gates_of_lstm_and_gru_are_sigmoids(said):
    """Rebuild one step of torch's cells from this book's functions."""
    shut_and_open = torch.tensor([-torch.inf, torch.inf])
    assert sigmoid(shut_and_open).tolist() == [said.low, said.high]
    x, h, c = random(3, 4, 3)
    lstm = torch.nn.LSTMCell(3, 3, dtype=torch.float64)
    gru = torch.nn.GRUCell(3, 3, dtype=torch.float64)

    sums = x @ lstm.weight_ih.T + lstm.bias_ih + h @ lstm.weight_hh.T
    i, f, g, o = (sums + lstm.bias_hh).chunk(4, dim=1)
    memory = sigmoid(f) * c + sigmoid(i) * tanh(g)
    assert_close(lstm(x, (h, c)), (sigmoid(o) * tanh(memory), memory))

    r_x, u_x, n_x = (x @ gru.weight_ih.T + gru.bias_ih).chunk(3, dim=1)
    r_h, u_h, n_h = (h @ gru.weight_hh.T + gru.bias_hh).chunk(3, dim=1)
    reset, keep = sigmoid(r_x + r_h), sigmoid(u_x + u_h)
    new = tanh(n_x + reset * n_h)
    assert_close(gru(x, h), (1 - keep) * new + keep * h)


@claim(
    "In real work call torch.sigmoid, whose slope by autograd is finite "
    "everywhere.",
    "The formula written out, 1 / (1 + torch.exp(-z)), is not as safe: in "
    "float32 $e^{-z}$ is infinite from $z = <first>$ down, and the slope "
    "becomes NaN, not a number.",
    "If the sigmoid is followed by the logarithm of a loss, call "
    "torch.nn.functional.binary_cross_entropy_with_logits: it takes $z$ and "
    "computes both in one step, which stays finite even where the sigmoid "
    "would be rounded to <low> or <high>.",
)
def test_torchs_own_is_safe_and_the_formula_is_not(said):
    """Far out on the wrong side the loss is |z|, but infinite in two steps."""
    z = torch.arange(-200.0, 201)
    assert slope_by_autograd(torch.sigmoid, z).isfinite().all()
    slope = slope_by_autograd(lambda z: 1 / (1 + torch.exp(-z)), z)
    assert torch.equal(slope.isnan(), z <= said.first)
    assert torch.equal(torch.exp(-z).isinf(), z <= said.first)
    z, y = double([-800, 800]), double([1, 0])
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    assert loss(z, y, reduction="none").tolist() == [800, 800]
    a = torch.sigmoid(z)
    assert a.tolist() == [said.low, said.high]
    assert torch.log(torch.where(y == 1, a, 1 - a)).isneginf().all()


@claim(
    "The sigmoid and its derivative.",
    "The sigmoid, a solid S-shaped curve over z from <left> to <right>.",
    "It runs close to <low> on the left, climbs through <middle> at z = "
    "<place> and runs close to <high>, marked by a dotted line, on the right.",
    "Its derivative, dashed, is a low bump with its top, <top>, at z = "
    "<peak>; beyond <far> on either side it can hardly be told from <bottom>.",
    "The dotted line is its limit, <high>; the horizontal axis is the other, "
    "<low>.",
)
def test_figure_shows_function_and_derivative(said):
    figure = draw_sigmoid()
    shows_a_bump(figure, "the sigmoid", sigmoid, sigmoid_derivative, said)
    axes, drawn = curves(figure)
    z, a = drawn["the sigmoid"]
    assert a[z == said.place] == said.middle
    assert dotted(axes) == [{said.high}]
    assert axes.spines["bottom"].get_position() == ("data", said.low)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    symbols = {"z": z, "a": sigmoid(z), "a'": sigmoid_derivative(z)}
    symbols |= {"u": 1 + torch.exp(-z), "h": 0.1, "e": math.e}
    symbols[r"\sigma"] = sigmoid
    x, w = torch.rand(2, 3, dtype=torch.float64)
    dz = sigmoid(w @ x)  # whatever comes from the layers after it
    dw = slope_by_autograd(lambda w: dz * (w @ x), w)
    unit = {"dz": dz, "dw": dw.tolist(), "x": x.tolist(), "i": range(1, 4)}
    here = {r"dw_i = dz \cdot x_i": unit}
    hold("activation/sigmoid.md", symbols, here=here)
