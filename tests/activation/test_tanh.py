import math
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
import torch

from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import (
    draw_tanh,
    tanh,
    tanh_derivative,
    textbook_tanh,
)
from snippets.network import Layer
from snippets.propagation.forward import forward
from tests.activation import agreement
from tests.activation.test_plot import curves, least_visible
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(tanh, torch.tanh, dtype)


@claim(
    "Typed in as it is printed, the formula works for a $z$ that is neither "
    "far from <middle> nor very close to it.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_textbook_formula_agrees_where_it_holds(dtype, middle):
    def bounded(z):
        return middle + z.clamp(-5, 5)

    agreement.agrees_with(
        lambda z: textbook_tanh(bounded(z)),
        lambda z: torch.tanh(bounded(z)),
        dtype,
    )


def test_agrees_with_torch_everywhere():
    agreement.agrees_with_everywhere(tanh, torch.tanh)


def test_derivative_agrees_with_autograd():
    agreement.slope_agrees_with_autograd(tanh_derivative, torch.tanh)


def test_derivative_agrees_with_differences():
    agreement.slope_agrees_with_differences(tanh, tanh_derivative)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [tanh, tanh_derivative, textbook_tanh])
def test_is_well_behaved(function, property_):
    property_(function)


@claim(
    (
        "The hyperbolic tangent, tanh, is a soft step with such outputs: it"
        " has the sigmoid's shape, but runs from <low> to <high> and "
        "through the origin."
    ),
)
def test_infinities_give_the_limits(low, high):
    z = torch.tensor([-torch.inf, 0, torch.inf], dtype=torch.float64)
    assert tanh(z).tolist() == [low, 0, high]
    assert tanh_derivative(z).tolist() == [0, 1, 0]


@claim(
    r"$\tanh(z) = <factor> \sigma(<inner>z) - <shift>$ lies between <low> "
    "and <high>; its slope $1 - a^2$ is at most <most>.",
)
def test_value_and_slope_keep_within_bounds(
    factor, inner, shift, low, high, most
):
    """The bounds are also as close as can be: values come near them."""
    z = torch.linspace(-700, 700, 14_001, dtype=torch.float64)
    a, slope = tanh(z), tanh_derivative(z)
    assert ((low <= a) & (a <= high)).all()
    torch.testing.assert_close(a, factor * sigmoid(inner * z) - shift)
    assert (a.min().item(), a.max().item()) == pytest.approx((low, high))
    assert slope.max().item() == most


@claim(
    "And expm1 computes $t$ without cancelling: it keeps all digits where $z$ "
    "is small and $e^{2z}$ hardly differs from <one>.",
)
def test_small_inputs_keep_all_their_digits(one):
    """For small z, tanh z = z - z^3/3 + ...: relative error, not absolute."""
    z = torch.logspace(-300, -4, 400, dtype=torch.float64)
    assert (torch.exp(2 * z) - one).abs().max() < 1e-3
    torch.testing.assert_close(tanh(z), torch.tanh(z), rtol=1e-15, atol=0)
    loss = (textbook_tanh(z) / z - 1).abs().max()
    assert loss > 0.5, "the textbook formula loses all of them"


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_small_inputs_keep_their_digits_in_every_dtype(dtype):
    """Down to the smallest normal number, and below it as far as can be."""
    information = torch.finfo(dtype)
    z = torch.logspace(0, -30, 31, base=2, dtype=torch.float64)
    z = z[z > information.tiny].to(dtype)
    close = 4 * information.eps
    torch.testing.assert_close(tanh(z), torch.tanh(z), rtol=close, atol=0)
    smallest = torch.tensor([information.smallest_normal / 4], dtype=dtype)
    torch.testing.assert_close(tanh(smallest), smallest)


def test_autograd_finds_the_slope_at_zero():
    z = torch.zeros((), dtype=torch.float64, requires_grad=True)
    tanh(z).backward()
    assert z.grad.item() == 1


@claim(
    (
        "At $z = 100$ it fails: $e^{100}$ is larger than any float32, so "
        "the computer writes infinity instead, and infinity divided by "
        "infinity is not a number."
    ),
    "The same goes for tanh, and there rounding does worse: the textbook "
    "formula, far out, divides infinity by infinity.",
    "A formula that is right on paper can overflow or lose its digits on a "
    "computer; rewrite it before you run it.",
    "Another form of it does not.",
)
def test_textbook_formula_breaks_down():
    z = torch.tensor([100.0])
    assert math.exp(100) > torch.finfo(torch.float32).max
    assert torch.exp(z).isposinf().all()
    assert (torch.exp(z) / torch.exp(z)).isnan().all()
    assert textbook_tanh(z).isnan().all()
    assert tanh(z).item() == 1


@claim(
    "For negative $z$ nothing can overflow here, since $t$ lies between <low> "
    "and <high>.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_nothing_overflows_on_the_way(dtype, low, high):
    """Nor does it on the way back, so that autograd's slopes are right."""
    t = torch.expm1(2 * -torch.linspace(0, 500, 5001, dtype=dtype))
    assert (t.min().item(), t.max().item()) == (low, high)
    agreement.autograd_agrees_with(tanh, torch.tanh, dtype)


@claim(
    (
        "At $z = <place>$ it is off as well, though less visibly: two "
        "numbers close to <one> are subtracted, and most of their digits "
        "cancel."
    ),
    "A formula that is right on paper can overflow or lose its digits on a "
    "computer; rewrite it before you run it.",
)
def test_textbook_formula_cancels_near_zero(place, one):
    """Most: of the 24 bits of a float32, fewer than a quarter are left."""
    z = torch.tensor(place, dtype=torch.float32)
    up, down = torch.exp(z), torch.exp(-z)
    assert (up.item(), down.item()) == pytest.approx((one, one), abs=1e-5)
    steps = (up - down) / torch.finfo(torch.float32).eps
    assert 0 < math.log2(steps) < 24 / 4
    error = (textbook_tanh(z) / torch.tanh(z) - 1).abs()
    assert 0.001 < error < 0.1, "off, but less visibly"
    torch.testing.assert_close(tanh(z), torch.tanh(z))


@claim(
    r"For the rest, tanh is a sigmoid, stretched and moved: $\tanh(z) = "
    r"<factor> \sigma(<inner>z) - <shift>$ at every point.",
    "It is a sigmoid in disguise, made <width> as wide and <height> as high "
    "and then moved down by <down>:",
)
def test_is_a_stretched_sigmoid(factor, inner, shift, width, height, down):
    z = torch.linspace(-20, 20, 801, dtype=torch.float64)
    for high, steep, low in (
        (factor, inner, shift),
        (height, 1 / width, down),
    ):
        torch.testing.assert_close(
            tanh(z), high * sigmoid(steep * z) - low, rtol=0, atol=1e-15
        )


@claim(
    "A sigmoid's outputs are all positive, so for a single example the "
    "weights of a unit that sigmoids feed can only rise together or fall "
    "together.",
    "If its inputs may have either sign, some weights can rise while others "
    "fall.",
)
def test_inputs_of_either_sign_let_weights_part():
    """Two units feed a third, whose pre-activation should rise."""
    before = torch.tensor([[-1.0], [2.0]], dtype=torch.float64)
    layers = [
        Layer(torch.eye(2, dtype=torch.float64), 0 * before),
        Layer(torch.ones(1, 2, dtype=torch.float64), 0 * before[:1]),
    ]

    def signs(first):
        names = [first, "sigmoid"]
        _, caches = forward(before, layers, names)
        da = torch.ones(1, 1, dtype=torch.float64)
        return backward_from(da, caches, names)[1].dW.sign().tolist()

    assert signs("sigmoid") == [[1, 1]]
    assert signs("tanh") == [[-1, 1]]


@claim(
    "Exchange $z$ and $-z$ in the formula: the numerator changes its sign, and "
    "the denominator stays the same.",
    "For positive $z$ the code puts $-z$ in place of $z$ and changes the sign "
    r"of the result, since $\tanh(z) = -\tanh(-z)$.",
)
def test_is_odd():
    z = torch.linspace(0, 20, 401, dtype=torch.float64)
    assert torch.equal(tanh(-z), -tanh(z)), "one is computed from the other"
    up, down = torch.exp(z), torch.exp(-z)  # exchanged where z turns to -z
    assert torch.equal(down - up, -(up - down))
    assert torch.equal(down + up, up + down)
    torch.testing.assert_close(tanh(-z), (down - up) / (down + up))


@claim(
    "At $z = <place>$ the slope is <best>, <times> times the sigmoid's "
    "largest.",
)
def test_slope_is_four_times_the_sigmoids_at_best(place, best, times):
    z = torch.linspace(-9, 9, 1801, dtype=torch.float64)
    assert tanh_derivative(z).max().item() == best
    at = torch.tensor(place, dtype=torch.float64)
    assert tanh_derivative(at).item() == best
    top = sigmoid_derivative(z).max().item()
    assert best == pytest.approx(times * top, rel=1e-15)


@claim(
    "It also falls faster: at $z = <place>$ it is already smaller than the "
    "sigmoid's.",
)
def test_slope_falls_faster_than_the_sigmoids(place):
    """At every z but 0, less of the best slope is left."""
    near, here = torch.tensor([place - 1, place], dtype=torch.float64)
    assert tanh_derivative(near) > sigmoid_derivative(near), "not yet"
    assert tanh_derivative(here) < sigmoid_derivative(here)
    z = torch.linspace(0.1, 9, 90, dtype=torch.float64)
    zero = torch.zeros((), dtype=torch.float64)
    left = tanh_derivative(z) / tanh_derivative(zero)
    assert (left < sigmoid_derivative(z) / sigmoid_derivative(zero)).all()


@claim(
    "The change of $2z$ is <doubled> as large; that of $s$ is $s (1 - s)$ "
    "times as large as that of $2z$, by the sigmoid's slope; and that of $a$ "
    "is <again> as large as that of $s$.",
)
def test_slope_by_way_of_the_sigmoid(doubled, again):
    z = torch.linspace(-9, 9, 181, dtype=torch.float64)
    s = sigmoid(doubled * z)
    torch.testing.assert_close(sigmoid_derivative(doubled * z), s * (1 - s))
    by_chain_rule = again * (s * (1 - s)) * doubled
    torch.testing.assert_close(by_chain_rule, tanh_derivative(z))


@claim(
    r"$\sigma(z) = \frac{1}{2} (1 + \tanh(z/2))$.",
    r"With $t = \tanh(z/2)$ its slope is $\frac{1}{2} \cdot (1 - t^2) \cdot "
    r"\frac{1}{2}$.",
    r"Since $1 + t = 2 \sigma(z)$ and $1 - t = 2 (1 - \sigma(z))$, that is "
    r"$\sigma(z) (1 - \sigma(z))$.",
)
def test_sigmoid_by_way_of_tanh():
    """Exercise 2."""
    z = torch.linspace(-9, 9, 181, dtype=torch.float64)
    t = tanh(z / 2)
    torch.testing.assert_close((1 + t) / 2, sigmoid(z))
    torch.testing.assert_close((1 - t**2) / 4, sigmoid_derivative(z))
    torch.testing.assert_close((1 - t) / 2, 1 - sigmoid(z))


@claim(
    r"Where $1 - a^2 = \frac{1}{4}$, so $a = \pm\frac{1}{2}\sqrt{3}$: at "
    r"about $z = \pm <place>$.",
)
def test_where_the_slope_is_one_quarter(place):
    """Two digits after the point are given, so that "about" allows for 0.005.

    There the slope itself changes by 0.43 times as much.
    """
    a = math.sqrt(3) / 2
    assert place == pytest.approx(math.atanh(a), abs=0.005)
    z = torch.tensor([place, -place], dtype=torch.float64)
    assert tanh(z).tolist() == pytest.approx([a, -a], abs=0.002)
    assert tanh_derivative(z).tolist() == pytest.approx([0.25] * 2, abs=0.003)


def exact_tanh(z: Decimal) -> Decimal:
    """Compute tanh with as many digits as the context has."""
    return (z.exp() - (-z).exp()) / (z.exp() + (-z).exp())


@claim(
    "The values lie in the open interval from <low> to <high>.",
    "That is a limit, which no input reaches: with enough digits, something "
    "is always missing, however far out one looks.",
)
def test_limits_are_never_reached_with_digits_enough(low, high):
    """With a thousand digits; in float64 they are reached by rounding."""
    with localcontext() as context:
        context.prec = 1000
        for z in map(Decimal, (1, 10, 100, 1000)):
            left, right = exact_tanh(-z), exact_tanh(z)
            assert low < left < right < high
            here = torch.tensor([-z, z], dtype=torch.float64)
            assert tanh(here).tolist() == pytest.approx(
                [float(left), float(right)], rel=1e-14
            )
    assert (float(left), float(right)) == (low, high)


@claim(
    "As with the sigmoid, the limits are never reached, except by rounding: "
    "in float32, from about $z = <place>$ on, the nearest number to "
    r"$\tanh(z)$ is exactly <limit>.",
    "With the digits of a dtype, the little that is missing is rounded away.",
)
def test_reaches_one_only_by_rounding(place, limit):
    """The float32 nearest to tanh z is 1 from z = 13 log 2, about 9.01, on."""
    z = torch.arange(0, 20_000, dtype=torch.float64) / 1000
    nearest = torch.tanh(z).to(torch.float32)
    reached = z[nearest == limit][0].item()
    assert reached == pytest.approx(13 * math.log(2), abs=0.01)
    assert reached == pytest.approx(place, abs=0.1), "about"
    torchs = torch.tanh(z.to(torch.float32))
    assert z[torchs == limit][0].item() == pytest.approx(place, abs=0.2)


@claim(
    (
        "A program that also rounds on the way, such as the one above, gets"
        " there a little earlier."
    ),
)
def test_rounding_on_the_way_reaches_one_earlier():
    """A little: by less than 1."""
    z = torch.arange(0, 20_000, dtype=torch.float64) / 1000
    nearest = z[torch.tanh(z).to(torch.float32) == 1][0]
    ours = z[tanh(z.to(torch.float32)) == 1][0]
    assert nearest - 1 < ours < nearest


@claim(
    "It does so only for inputs that are spread symmetrically about "
    "<middle>: where the middle of the inputs moves, the mean of the "
    "outputs moves with it.",
    "Since tanh is symmetric about the origin, inputs that are spread "
    "symmetrically about <middle> give outputs whose mean is <mean>.",
    "Inputs that are spread symmetrically about <middle> give outputs with "
    "mean <result>; others do not.",
    "Others it does not centre: move the inputs away from <middle>, and the "
    "outputs move as well.",
)
def test_centres_only_what_is_symmetric(middle, mean, result):
    """The mean of a million samples is known to about 0.001."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(1_000_000, generator=generator, dtype=torch.float64)
    assert z.mean().item() == pytest.approx(middle, abs=0.005)
    assert tanh(z).mean().item() == pytest.approx(mean, abs=0.005)
    assert tanh(z).mean().item() == pytest.approx(result, abs=0.005)
    moved = [tanh(z + away).mean() for away in (-2, -1, 0, 1, 2)]
    assert all(before + 0.2 < after for before, after in pairwise(moved))
    centred = torch.tensor([-1.0, -1.0, 2.0], dtype=torch.float64)
    assert centred.mean() == 0
    assert tanh(centred).mean() < -0.1


@claim(
    "tanh saturates near <low> and <high>, as the sigmoid does near "
    "<sigmoids_low> and <sigmoids_high>.",
    "Sigmoid and tanh are nearly flat wherever $z$ is far from <middle>.",
    "A unit is saturated if its pre-activation is so far from zero that its "
    "slope is next to nothing.",
    "A unit saturates: its own slope is next to nothing.",
)
def test_saturates_as_the_sigmoid_does(
    low, high, sigmoids_low, sigmoids_high, middle
):
    """Saturated, at z = 9 and beyond: the slope is below a thousandth of 1."""
    far = middle + torch.tensor([-9.0, 9.0], dtype=torch.float64)
    both = (tanh(far).tolist(), sigmoid(far).tolist())
    assert both[0] == pytest.approx([low, high], abs=1e-3)
    assert both[1] == pytest.approx([sigmoids_low, sigmoids_high], abs=1e-3)
    assert (tanh_derivative(far) < 1e-3).all()
    assert (sigmoid_derivative(far) < 1e-3).all()


@claim(
    "Its slope is below <best> everywhere but at <place>, so the product of "
    "many such slopes, one for each layer, still makes gradients vanish.",
)
def test_lets_gradients_vanish(best, place):
    """Ten layers leave less than a tenth of the error."""
    away = torch.logspace(-7, 1, 81, dtype=torch.float64)
    for z in (place - away, place + away):
        assert (tanh_derivative(z) < best).all()
    at = torch.tensor(place, dtype=torch.float64)
    assert tanh_derivative(at).item() == best

    one = torch.ones(1, 1, dtype=torch.float64)
    layers, names = [Layer(one, 0 * one)] * 10, ["tanh"] * 10
    gradients = backward_from(one, forward(one, layers, names)[1], names)
    left = [gradient.db.item() for gradient in gradients]
    assert left == sorted(left)
    assert left[0] < left[-1] / 10


@claim(
    "In real work call torch.tanh: it keeps its digits where $z$ is small, "
    "does not overflow where $z$ is large, and autograd knows its slope.",
)
def test_torchs_tanh_is_sound():
    """Held against float64, in which a float32 is exact."""
    z = torch.logspace(-30, 2, 321).requires_grad_()
    exact = tanh(z.detach().double())
    error = torch.tanh(z).double() / exact - 1
    assert error.abs().max() < 2 * torch.finfo(torch.float32).eps
    (slope,) = torch.autograd.grad(torch.tanh(z).sum(), z)
    torch.testing.assert_close(slope.double(), 1 - exact**2, rtol=0, atol=1e-6)
    (lost,) = torch.autograd.grad(textbook_tanh(z).sum(), z)
    assert lost[-1].isnan(), "unlike that of the textbook formula"


@claim(
    "tanh and its derivative.",
    "tanh, a solid S-shaped curve over z from <left> to <right>.",
    "It runs close to <low> on the left, climbs through the origin and runs "
    "close to <high> on the right; dotted lines mark both limits.",
    "Its derivative, dashed, is a narrow bump with its top, <top>, at z = "
    "<peak>; beyond <far> on either side it can hardly be told from "
    "<bottom>.",
)
def test_figure_shows_function_and_derivative(
    left, right, low, high, top, peak, far, bottom
):
    axes, drawn = curves(draw_tanh())
    z, a = drawn["tanh"]
    torch.testing.assert_close(a, torch.tanh(z))
    assert (z[0].item(), z[-1].item()) == (left, right)
    close = pytest.approx((low, high), abs=least_visible(axes))
    assert (a[0].item(), a[-1].item()) == close
    assert a[z == 0].item() == 0
    z, slope = drawn["its derivative"]
    torch.testing.assert_close(slope, tanh_derivative(z))
    assert slope[z == peak].item() == slope.max().item() == top
    outside, inside = z.abs() >= far, z.abs() <= far - 1
    assert (slope[outside] - bottom).abs().max() < least_visible(axes)
    assert slope[inside].min() > least_visible(axes)
    assert [line.get_linestyle() for line in axes.lines[-2:]] == ["-", "--"]


@claim(
    "The dotted lines are its limits, <low> and <high>.",
)
def test_figure_shows_both_limits(low, high):
    axes, _ = curves(draw_tanh())
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]
    assert [set(line.get_ydata()) for line in dotted] == [{low}, {high}]
    limits = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert tanh(limits).tolist() == [low, high]


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    symbols = {
        "z": z,
        "a": tanh(z),
        "a'": tanh_derivative(z),
        "t": torch.expm1(2 * z),
        "s": sigmoid(2 * z),
        "e": math.e,
        r"\sigma": sigmoid,
        r"\tanh": tanh,
    }
    conditions = [r"1 - a^2 = \frac{1}{4}", r"a = \pm\frac{1}{2}\sqrt{3}"]
    exercise = {"t": tanh(z / 2)}
    halves = (
        r"t = \tanh(z/2)",
        r"1 + t = 2 \sigma(z)",
        r"1 - t = 2 (1 - \sigma(z))",
    )
    here = dict.fromkeys(halves, exercise)
    hold("activation/tanh.md", symbols, here=here, given=conditions)
