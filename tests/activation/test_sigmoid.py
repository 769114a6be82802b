import math
from decimal import Decimal, localcontext

import pytest
import torch

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
from tests.activation.test_plot import curves, least_visible
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(sigmoid, torch.sigmoid, dtype)


def test_agrees_with_torch_everywhere():
    agreement.agrees_with_everywhere(sigmoid, torch.sigmoid)


@claim(
    "So that nothing overflows on the way, the code multiplies numerator and "
    "denominator by $e^z$ where $z$ is negative.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_nothing_overflows_on_the_way(dtype):
    """Nor does it on the way back, so that autograd's slopes are right."""
    z = -torch.linspace(0, 700, 701, dtype=torch.float64)
    torch.testing.assert_close(torch.exp(z) / (torch.exp(z) + 1), sigmoid(z))
    agreement.autograd_agrees_with(sigmoid, torch.sigmoid, dtype)


def test_derivative_agrees_with_autograd():
    agreement.slope_agrees_with_autograd(sigmoid_derivative, torch.sigmoid)


def test_derivative_agrees_with_differences():
    agreement.slope_agrees_with_differences(sigmoid, sigmoid_derivative)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [sigmoid, sigmoid_derivative])
def test_is_well_behaved(function, property_):
    property_(function)


@claim("A minus sign in the exponent makes a fraction, $e^{-z} = 1 / e^{z}$.")
def test_minus_sign_in_the_exponent_makes_a_fraction():
    z = torch.linspace(-20, 20, 401, dtype=torch.float64)
    torch.testing.assert_close(torch.exp(-z), 1 / torch.exp(z))


@claim(
    "A very negative $z$ makes $e^{-z}$ huge and the output close to <low>; a "
    "large positive $z$ makes $e^{-z}$ vanish, and the output is close to "
    "<high>.",
)
def test_infinities_give_the_limits(low, high):
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert sigmoid(z).tolist() == [low, high]
    assert sigmoid_derivative(z).tolist() == [0, 0]
    z = torch.tensor([-20, 20], dtype=torch.float64)
    huge, vanished = torch.exp(-z).tolist()
    assert huge > 1e8
    assert vanished < 1e-8
    assert sigmoid(z).tolist() == pytest.approx([low, high], abs=1e-8)


@claim(
    "At the output it gives the probability of one of two classes.",
)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_output_is_the_probability_of_a_class(share):
    """Of examples with the same input, a share is of class 1.

    The output of the least loss is that share, to a step of z times the slope.
    """
    z = torch.linspace(-5, 5, 10_001, dtype=torch.float64)
    loss = -share * sigmoid(z).log() - (1 - share) * sigmoid(-z).log()
    best = sigmoid(z[loss.argmin()]).item()
    assert best == pytest.approx(share, abs=0.001 / 4)


@claim(
    "Here $e$ is Euler's number, about <e>.",
    "The curve of its powers $e^z$ is at each point exactly as steep as it is "
    "high: its slope is its value.",
)
def test_powers_of_e_are_their_own_slopes(e):
    """Centred differences with h = 1e-5 are good to 1e-10 of the slope."""
    assert e == pytest.approx(math.e, abs=5e-4), "to the digits given"
    z, h = torch.linspace(-5, 5, 101, dtype=torch.float64), 1e-5
    differences = (math.e ** (z + h) - math.e ** (z - h)) / (2 * h)
    torch.testing.assert_close(differences, math.e**z, rtol=1e-9, atol=0)


@claim(
    "The slope of $u$ is $-e^{-z}$, and that of $1/u$ is $-1/u^2$.",
    "By the chain rule the <count> multiply.",
    "Where one function is put into another, the slope of the whole is the "
    "product of their slopes.",
)
def test_slopes_of_the_two_stages_multiply(count):
    """Centred differences with h = 1e-5 are good to 1e-8 of a slope."""
    z, h = torch.linspace(-5, 5, 101, dtype=torch.float64), 1e-5

    def slope(function, at):
        return (function(at + h) - function(at - h)) / (2 * h)

    def first(z):
        return 1 + torch.exp(-z)

    u = first(z)
    assert len((first, torch.reciprocal)) == count
    torch.testing.assert_close(
        slope(first, z), -torch.exp(-z), rtol=1e-8, atol=0
    )
    torch.testing.assert_close(
        slope(torch.reciprocal, u), -1 / u**2, rtol=1e-8, atol=1e-10
    )
    torch.testing.assert_close(
        slope(first, z) * slope(torch.reciprocal, u),
        slope(sigmoid, z),
        rtol=1e-8,
        atol=1e-10,
    )


@claim(
    r"At $z = <z>$, for example, the value is $<value>$ and the slope $<a> "
    r"\cdot <rest> = <steep>$.",
    r"At $z = <z>$, where $u = <u>$, the slopes are <first> and $-1/4$, and so "
    r"$a$ has the slope $(-1/4) \cdot (-1) = 1/4$.",
)
def test_slope_at_zero_by_hand(z, value, a, rest, steep, u, first):
    at = torch.tensor(z, dtype=torch.float64)
    assert sigmoid(at).item() == value == a == 1 - rest
    assert sigmoid_derivative(at).item() == steep == 1 / 4
    assert u == 1 + math.exp(-z)
    assert first == -math.exp(-z) == -1
    assert -1 / u**2 == -1 / 4


@claim(
    "In code the slope costs <one> exponential, the one in $a$:",
    "It costs an exponential.",
)
def test_value_and_slope_cost_one_exponential_each(one, monkeypatch):
    calls = []
    exponential = torch.exp
    monkeypatch.setattr(
        torch, "exp", lambda z: calls.append(z) or exponential(z)
    )
    for function in (sigmoid, sigmoid_derivative):
        calls.clear()
        function(torch.linspace(-5, 5, 11))
        assert len(calls) == one


@claim(
    "It turns any number into one between <low> and <high>, which can be "
    "read as a probability.",
    "$a = <top> / (<bottom> + e^{-z})$ lies between <low> and <high>; its "
    "slope $a (1 - a)$ is at most <most>.",
    "Use it where a number between <low> and <high> is wanted.",
)
def test_value_and_slope_keep_within_bounds(low, high, top, bottom, most):
    """The bounds are also as close as can be: values come near them."""
    z = torch.linspace(-700, 700, 14_001, dtype=torch.float64)
    a, slope = sigmoid(z), sigmoid_derivative(z)
    torch.testing.assert_close(a, top / (bottom + torch.exp(-z)))
    assert ((low <= a) & (a <= high)).all()
    assert (a.min().item(), a.max().item()) == pytest.approx((low, high))
    assert slope.max().item() == most


@claim(
    "At $z = <place>$ the output is exactly <middle>.",
    "Multiply numerator and denominator of $1 / (1 + e^{z})$ by $e^{-z}$; "
    r"since $e^{-z} \cdot e^{z} = <one>$, it becomes $e^{-z} / (e^{-z} + 1)$, "
    "and that is $1 - 1 / (1 + e^{-z})$.",
)
def test_is_symmetric_about_one_half(place, middle, one):
    z = torch.linspace(0, 30, 301, dtype=torch.float64)
    torch.testing.assert_close(sigmoid(-z), 1 - sigmoid(z), rtol=0, atol=1e-15)
    power = torch.exp(-z)  # exercise 1
    torch.testing.assert_close(power * torch.exp(z), 0 * z + one)
    torch.testing.assert_close(sigmoid(-z), power / (power + 1))
    assert sigmoid(torch.tensor(place)).item() == middle


@claim(
    "Look at the slopes: <best> at <middle>, <low> at <near>, <least> at "
    "<far>.",
)
def test_slopes_that_the_text_names(best, middle, low, near, least, far):
    """The last digit given is a rounded one: 1 in 100 allows for that."""
    z = torch.tensor([middle, near, far], dtype=torch.float64)
    slopes = sigmoid_derivative(z).tolist()
    assert [best, low, least] == pytest.approx(slopes, rel=0.01)


@claim(
    "Slightly away from the origin, at <near>, the slope is still more than "
    "<share> of what it is at <zero>.",
)
def test_slope_is_not_lost_slightly_away_from_zero(near, share, zero):
    """More than the share, but not by a tenth more."""
    z = torch.tensor([near, zero], dtype=torch.float64)
    slightly_away, best = sigmoid_derivative(z).tolist()
    assert share < slightly_away / best < 1.1 * share


@claim(
    "On its way back through a network the error is multiplied by one slope "
    "in each layer, and the sigmoid's is <best> at most.",
    "The slope is largest in the middle and falls away quickly on both sides.",
    "At $z = <place>$.",
)
def test_slope_is_largest_at_zero(best, place):
    """Quickly: from 0 on it falls to less than a tenth within 4."""
    z = torch.linspace(0, 9, 901, dtype=torch.float64)
    for side in (place + z, place - z):
        slopes = sigmoid_derivative(side)
        assert slopes[0].item() == best
        assert (slopes.diff() < 0).all()
        assert slopes[400] < best / 10


@claim(
    "The product of two numbers that add up to <total> is largest when both "
    "are <part>.",
)
def test_product_is_largest_for_equal_parts(total, part):
    """The slope is such a product, of a and 1 - a."""
    a = torch.linspace(0, total, 1001, dtype=torch.float64)
    assert a[(a * (total - a)).argmax()].item() == part
    z = torch.linspace(-5, 5, 101, dtype=torch.float64)
    rest = sigmoid_derivative(z) / sigmoid(z)
    torch.testing.assert_close(sigmoid(z) + rest, torch.full_like(z, total))


def exact_sigmoid(z: Decimal) -> Decimal:
    """Compute the sigmoid with as many digits as the context has."""
    return 1 / (1 + (-z).exp())


@claim(
    "The values lie in the open interval from <low> to <high>: the limits "
    "are approached and never reached.",
    "That is a limit, which no input reaches: with enough digits, something "
    "is always missing, however far out one looks.",
)
def test_limits_are_never_reached_with_digits_enough(low, high):
    """With a thousand digits; in float64 they are reached by rounding."""
    with localcontext() as context:
        context.prec = 1000
        for z in map(Decimal, (1, 10, 100, 1000)):
            left, right = exact_sigmoid(-z), exact_sigmoid(z)
            assert low < left < right < high
            assert max(left, 1 - right) < (-z).exp(), "approached"
            here = torch.tensor([-z, z], dtype=torch.float64)
            assert sigmoid(here).tolist() == pytest.approx(
                [float(left), float(right)], rel=1e-14
            )
    assert (float(left), float(right)) == (low, high)


@claim(
    "How many digits there are depends on the dtype, the kind of number: "
    "float16, float32 and float64 take <half>, <single> and <double> bits.",
)
def test_more_bits_are_more_digits(half, single, double):
    kinds = [torch.finfo(dtype) for dtype in agreement.DTYPES]
    assert [kind.bits for kind in kinds] == [half, single, double]
    spacing = [kind.eps for kind in kinds]
    assert spacing == sorted(spacing, reverse=True)


@claim(
    "That is the mathematics; a computer has only so many digits, and at some "
    "point the nearest number that it can write is <limit>.",
    "Let $z$ rise in steps of <step> until $a$ is exactly <limit>:",
    "With the digits of a dtype, the little that is missing is rounded away.",
)
@pytest.mark.parametrize(
    ("dtype", "first"),
    [(torch.float16, 8.32), (torch.float32, 16.64), (torch.float64, 36.74)],
)
def test_reaches_one_only_by_rounding(dtype, first, limit, step):
    """1 - sigmoid(z) is about e^-z, and half of eps is what rounds away.

    Half precision rounds once, at the end, so there half of that.
    """
    z = (torch.arange(500, dtype=torch.float64) * step).to(dtype)
    reached = (torch.sigmoid(z) == limit).nonzero().flatten()
    assert first < z[reached[0]] < first + step
    assert torch.equal(reached, torch.arange(reached[0], 500)), "and stays"


@claim(
    "The chain rule multiplies by this slope, so hardly any of the error "
    "reaches the weights of such a unit, and they hardly learn.",
    "At the output the loss can make up for it, as cross-entropy does.",
    "With another loss, cross-entropy, this factor cancels, as The loss shows.",
)
def test_a_saturated_unit_hardly_learns():
    """At z = 10 the slope is about e^-10, or 5e-5, though the target is 0."""
    one = torch.ones(1, 1, dtype=torch.float64)
    y_hat, caches = forward(one, [Layer(10 * one, 0 * one)], ["sigmoid"])
    error = y_hat - 0
    # the error is the slope of half the squared error
    (gradient,) = backward_from(error, caches, ["sigmoid"])
    assert gradient.dW < 1e-4 * error
    da = cross_entropy_derivative(y_hat, 0 * one)
    (gradient,) = backward_from(da, caches, ["sigmoid"])
    torch.testing.assert_close(gradient.dW, error)


@claim(
    "(by hand, medium) A unit with a sigmoid has the output <output> for an"
    " example whose target is <target>.",
    r"The loss is half the squared error, $\frac{1}{2} (y - a)^2$, whose slope "
    "with respect to $a$ is the error $a - y$.",
    r"By its slope, $<output> \cdot <rest>$, about <factor>: the unit is "
    "badly wrong and hardly learns.",
)
def test_a_confident_mistake_is_shrunk(output, target, rest, factor):
    a = torch.tensor(output, dtype=torch.float64, requires_grad=True)
    (error,) = torch.autograd.grad((target - a) ** 2 / 2, a)
    assert error.item() == pytest.approx(output - target)
    z = torch.logit(a.detach()).requires_grad_()
    (dz,) = torch.autograd.grad((target - sigmoid(z)) ** 2 / 2, z)
    assert (dz / error).item() == pytest.approx(output * rest, rel=1e-9)
    assert (dz / error).item() == pytest.approx(factor, rel=0.01), "about"


@claim(
    "In <count> layers at their best, the slopes alone contribute a factor "
    "of $<best>^{10}$, about <left>; this is the vanishing gradient.",
    "This is a second fault, and it needs no saturated unit.",
    "<layers> sigmoids in a row, none of them saturated, leave less than "
    "<rest> of the error.",
    "A gradient vanishes: it is a product of many slopes, and can do so "
    "with no saturated unit at all.",
)
def test_ten_layers_at_their_best_leave_a_millionth(
    count, best, left, layers, rest
):
    """About allows for a tenth. None is saturated: slopes stay above 0.19."""
    assert sigmoid_derivative(torch.zeros(1)).item() == best
    assert best**count == pytest.approx(left, rel=0.1)
    one = torch.ones(1, 1, dtype=torch.float64)
    network = [Layer(one, 0 * one)] * int(layers)
    names = ["sigmoid"] * int(layers)
    caches = forward(one, network, names)[1]
    slopes = [sigmoid_derivative(cache.z).item() for cache in caches]
    assert min(slopes) > 0.19
    gradients = backward_from(one, caches, names)
    assert gradients[0].db.item() == pytest.approx(math.prod(slopes))
    assert rest / 10 < gradients[0].db.item() < rest
    assert gradients[-1].db.item() > 0.1, "the last layer does not suffer"


@claim(
    "It is not centred on <centre>.",
    "All outputs are positive.",
)
def test_outputs_are_not_centred(centre):
    """All are positive, even for inputs in the middle of which lies 0."""
    z = torch.linspace(-9, 9, 181, dtype=torch.float64)
    assert z.mean().item() == pytest.approx(centre, abs=1e-12)
    assert tanh(z).mean().item() == pytest.approx(centre, abs=1e-12)
    assert sigmoid(z).min() > centre
    assert sigmoid(z).mean().item() == pytest.approx(0.5)


def gradients_of_examples(count):
    """Yield the inputs and the dW of a layer that is fed by sigmoids.

    count: how many examples the gradient is the mean of.
    """
    generator = torch.Generator().manual_seed(0)
    layers = initialise((5, 8, 6), generator)
    names = ("sigmoid", "tanh")
    for _ in range(200):
        x = torch.randn(5, count, generator=generator, dtype=torch.float64)
        da = torch.randn(6, count, generator=generator, dtype=torch.float64)
        caches = forward(x, layers, names)[1]
        yield caches[1].a_previous, backward_from(da, caches, names)[1].dW


@claim(
    r"As $z$ changes $x_i$ times as fast as $w_i$, the chain rule gives "
    r"$dw_i = dz \cdot x_i$.",
    "For a single example $dz$ is the same for all weights of the unit, and "
    "all $x_i$ are positive, so all $dw_i$ have the same sign.",
    "For one example, the weight gradients of a unit that sigmoids feed all "
    "have the same sign: the gradients are the inputs times one number, as "
    "LeCun and others found, and sigmoids give positive inputs only.",
)
def test_weight_gradients_of_one_example_share_a_sign():
    """The inputs of the second layer are sigmoids, and so are positive."""
    for inputs, dW in gradients_of_examples(1):
        assert (inputs > 0).all()
        number = dW[:, :1] / inputs[0]
        torch.testing.assert_close(dW, number * inputs.T)
        assert ((dW > 0).all(dim=1) | (dW < 0).all(dim=1)).all()


@claim(
    "Averaging the gradient over several examples softens this.",
    "Examples that pull in different ways mix the signs again.",
    "An average over many examples softens it.",
)
def test_averaging_softens_the_shared_sign():
    """Over nine examples each, the weights of some units differ in sign."""
    mixed = sum(
        int(((dW > 0).any(dim=1) & (dW < 0).any(dim=1)).sum())
        for _, dW in gradients_of_examples(9)
    )
    assert mixed > 0


@claim(
    "LSTM and GRU units, which have a memory, use it for their gates: each "
    "output says how much of a signal to let through, from <low>, nothing, to "
    "<high>, everything.",
    "tanh stays where an output is wanted that is bounded and may be "
    "negative, for example inside LSTM and GRU units.",
    "Their formulas say so, and torch's cells, rebuilt from this book's "
    "functions, give the same numbers.",
    "It is inside every LSTM and GRU unit too, where it opens and closes "
    "the gates.",
)
def test_gates_of_lstm_and_gru_are_sigmoids(low, high):
    """Rebuild one step of torch's cells from this book's functions."""
    shut_and_open = torch.tensor([-torch.inf, torch.inf])
    assert sigmoid(shut_and_open).tolist() == [low, high]
    torch.manual_seed(0)
    x, h, c = (torch.randn(4, 3, dtype=torch.float64) for _ in range(3))
    lstm = torch.nn.LSTMCell(3, 3, dtype=torch.float64)
    gru = torch.nn.GRUCell(3, 3, dtype=torch.float64)

    sums = x @ lstm.weight_ih.T + lstm.bias_ih + h @ lstm.weight_hh.T
    i, f, g, o = (sums + lstm.bias_hh).chunk(4, dim=1)
    memory = sigmoid(f) * c + sigmoid(i) * tanh(g)
    torch.testing.assert_close(lstm(x, (h, c))[1], memory)
    torch.testing.assert_close(lstm(x, (h, c))[0], sigmoid(o) * tanh(memory))

    r_x, u_x, n_x = (x @ gru.weight_ih.T + gru.bias_ih).chunk(3, dim=1)
    r_h, u_h, n_h = (h @ gru.weight_hh.T + gru.bias_hh).chunk(3, dim=1)
    reset, keep = sigmoid(r_x + r_h), sigmoid(u_x + u_h)
    new = tanh(n_x + reset * n_h)
    torch.testing.assert_close(gru(x, h), (1 - keep) * new + keep * h)


@claim(
    "In real work call torch.sigmoid, whose slope under torch's own "
    "differentiation is finite everywhere.",
    "The formula written out, 1 / (1 + torch.exp(-z)), is not as safe: in "
    "float32 $e^{-z}$ is infinite from $z = <first>$ down, and the slope "
    "becomes NaN, not a number.",
)
def test_torchs_sigmoid_is_safe_and_the_formula_is_not(first):
    z = torch.arange(-200.0, 201).requires_grad_()
    (slope,) = torch.autograd.grad(torch.sigmoid(z).sum(), z)
    assert slope.isfinite().all()
    (slope,) = torch.autograd.grad((1 / (1 + torch.exp(-z))).sum(), z)
    assert torch.equal(slope.isnan(), z <= first)
    assert torch.equal(torch.exp(-z).isinf(), z <= first)


@claim(
    "If the sigmoid is followed by the logarithm of a loss, call "
    "torch.nn.functional.binary_cross_entropy_with_logits: it takes $z$ and "
    "computes both in one step, which stays finite even where the sigmoid has "
    "been rounded to <low> or <high>.",
)
def test_loss_of_logits_is_safe(low, high):
    """Far out on the wrong side the loss is |z|, but infinite in two steps."""
    z = torch.tensor([-800.0, 800.0], dtype=torch.float64)
    y = torch.tensor([1.0, 0.0], dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    assert loss(z, y, reduction="none").tolist() == [800, 800]
    a = torch.sigmoid(z)
    assert a.tolist() == [low, high]
    assert torch.log(torch.where(y == 1, a, 1 - a)).isneginf().all()


@claim(
    "The sigmoid and its derivative.",
    "The sigmoid, a solid S-shaped curve over z from <left> to <right>.",
    "It runs close to <low> on the left, climbs through <middle> at z = "
    "<place> and runs close to <high>, marked by a dotted line, on the "
    "right.",
    "Its derivative, dashed, is a low bump with its top, <top>, at z = "
    "<peak>; beyond <far> on either side it can hardly be told from "
    "<bottom>.",
)
def test_figure_shows_function_and_derivative(
    left, right, low, middle, place, high, top, peak, far, bottom
):
    axes, drawn = curves(draw_sigmoid())
    z, a = drawn["the sigmoid"]
    torch.testing.assert_close(a, torch.sigmoid(z))
    assert (z[0].item(), z[-1].item()) == (left, right)
    close = pytest.approx((low, high), abs=least_visible(axes))
    assert (a[0].item(), a[-1].item()) == close
    assert a[z == place].item() == middle
    z, slope = drawn["its derivative"]
    torch.testing.assert_close(slope, sigmoid_derivative(z))
    assert slope[z == peak].item() == slope.max().item() == top
    outside, inside = z.abs() >= far, z.abs() <= far - 1
    assert (slope[outside] - bottom).abs().max() < least_visible(axes)
    assert slope[inside].min() > least_visible(axes)
    assert [line.get_linestyle() for line in axes.lines[-2:]] == ["-", "--"]


@claim(
    "The dotted line is its limit, <high>; the horizontal axis is the "
    "other, <low>.",
)
def test_figure_shows_both_limits(high, low):
    axes, _ = curves(draw_sigmoid())
    (dotted,) = [line for line in axes.lines if line.get_linestyle() == ":"]
    assert set(dotted.get_ydata()) == {high}
    assert axes.spines["bottom"].get_position() == ("data", low)
    limits = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert sigmoid(limits).tolist() == [low, high]


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    symbols = {
        "z": z,
        "a": sigmoid(z),
        "a'": sigmoid_derivative(z),
        "u": 1 + torch.exp(-z),
        "h": 0.1,
        "e": math.e,
        r"\sigma": sigmoid,
    }
    x, w = torch.rand(2, 3, dtype=torch.float64)
    w.requires_grad_()
    dz = sigmoid(w @ x).detach()  # whatever comes from the layers after it
    dw = torch.autograd.grad(dz * (w @ x), w)[0]
    unit = {"dz": dz, "dw": dw.tolist(), "x": x.tolist(), "i": range(1, 4)}
    here = {r"dw_i = dz \cdot x_i": unit}
    hold("activation/sigmoid.md", symbols, here=here)
