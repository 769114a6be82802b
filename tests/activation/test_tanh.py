import math
from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close

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
from tests.activation.agreement import ONE, slope_by_autograd
from tests.activation.curves import curves, dotted, shows_a_bump
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from
from tests.tensors import double, grid


@claim(
    "The hyperbolic tangent, tanh, is a soft step with such outputs: it has "
    "the sigmoid's shape, but runs from <low> to <high> and through the "
    "origin.",
    r"$\tanh(z) = <factor> \sigma(<inner>z) - <shift>$ lies between <low> and "
    "<high>; its slope $1 - a^2$ is at most <most>.",
    r"And tanh is a sigmoid, stretched and moved: $\tanh(z) = <factor> "
    r"\sigma(<inner>z) - <shift>$ at every point.",
    "It is a sigmoid in disguise, made <width> as wide and <height> as high "
    "and then moved down by <down>:",
    "For positive $z$ the code puts $-z$ in place of $z$ and changes the "
    r"sign of the result, since $\tanh(z) = -\tanh(-z)$: exchanging $z$ and "
    "$-z$ in the formula changes only the sign of the numerator.",
)
def test_is_a_stretched_sigmoid(said):
    z = grid(-20, 20, 801)
    a, slope = tanh(z), tanh_derivative(z)
    assert said.low <= a.min() < a.max() <= said.high
    assert (a.min(), a.max()) == pytest.approx((said.low, said.high))
    assert slope.max() == said.most
    assert tanh(double(0)) == 0, "through the origin"
    for high, steep, low in (
        (said.factor, said.inner, said.shift),
        (said.height, 1 / said.width, said.down),
    ):
        assert_close(a, high * sigmoid(steep * z) - low, rtol=0, atol=1e-15)
    assert torch.equal(tanh(-z), -a), "one is computed from the other"
    up, down = torch.exp(z), torch.exp(-z)  # exchanged where z turns to -z
    assert_close(tanh(-z), (down - up) / (down + up))


@claim(
    "Typed in as it is printed, the formula works for a $z$ that is neither "
    "far from <middle> nor very close to it.",
    "For negative $z$ nothing can overflow here, since $t$ lies between <low> "
    "and <high>.",
    "And expm1 computes $t$ without cancelling: it keeps all digits where $z$ "
    "is small and $e^{2z}$ hardly differs from <one>.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_small_inputs_keep_all_their_digits(dtype, said):
    """Down to the smallest normal number, and below it as far as can be."""
    z = (said.middle + grid(-5, 5, 97)).to(dtype)
    eps = torch.finfo(dtype).eps
    assert_close(textbook_tanh(z), torch.tanh(z), rtol=4 * eps, atol=4 * eps)
    t = torch.expm1(2 * -grid(0, 500, 5001).to(dtype))
    assert (t.min(), t.max()) == (said.low, said.high)
    tiny = torch.finfo(dtype).smallest_normal
    z = torch.tensor([tiny / 4, tiny, eps, eps**0.5], dtype=dtype)
    assert (torch.exp(2 * z) - said.one).abs().max() < 0.1
    assert_close(tanh(z), torch.tanh(z), rtol=4 * eps, atol=0)
    assert textbook_tanh(z[0]) == 0, "the textbook formula loses them"


@claim(
    "At $z = 100$ it fails: $e^{100}$ is larger than any float32, so the "
    "computer writes infinity instead, and infinity divided by infinity is "
    "not a number.",
    "The same goes for tanh, and there its textbook formula fails far out, "
    "where it divides infinity by infinity.",
    "A formula that is right on paper can overflow or lose its digits on a "
    "computer; rewrite it before you run it.",
    "Another form of it does not.",
    "At $z = <place>$ it is off as well, though less visibly: two numbers "
    "close to <one> are subtracted, and most of their digits cancel.",
)
def test_textbook_formula_breaks_down(said):
    """Most: of the 24 bits of a float32, fewer than a quarter are left."""
    z = torch.tensor([100.0])
    assert math.exp(100) > torch.finfo(torch.float32).max
    assert torch.exp(z).isposinf()
    assert (torch.exp(z) / torch.exp(z)).isnan()
    assert textbook_tanh(z).isnan()
    assert tanh(z) == 1
    z = torch.tensor(said.place, dtype=torch.float32)
    up, down = torch.exp(z), torch.exp(-z)
    assert (up, down) == pytest.approx((said.one, said.one), abs=1e-5)
    steps = (up - down) / torch.finfo(torch.float32).eps
    assert 0 < math.log2(steps) < 24 / 4
    error = (textbook_tanh(z) / torch.tanh(z) - 1).abs()
    assert 0.001 < error < 0.1, "off, but less visibly"


@claim(
    "A sigmoid's outputs are all positive, so for a single example the "
    "weights of a unit that takes them as its inputs can only rise together or "
    "fall together.",
    "If its inputs may have either sign, some weights can rise while others "
    "fall.",
)
def test_inputs_of_either_sign_let_weights_part():
    """Two units feed a third, whose pre-activation should rise."""
    x, pair = double([[-1], [2]]), torch.ones(1, 2).double()
    layers = [Layer(torch.eye(2).double(), 0 * x), Layer(pair, 0 * ONE)]

    def signs(first):
        _, caches = forward(x, layers, [first, "sigmoid"])
        gradients = backward_from(ONE, caches, [first, "sigmoid"])
        return gradients[1].dW.sign().tolist()

    assert signs("sigmoid") == [[1, 1]]
    assert signs("tanh") == [[-1, 1]]


@claim(
    "At $z = <place>$ the slope is <best>, <times> times the sigmoid's "
    "largest.",
    "It also falls faster: at $z = <further>$ it is already smaller than the "
    "sigmoid's.",
    "The change of $2z$ is <doubled> as large; that of $s$ is $s (1 - s)$ "
    "times as large as that of $2z$, by the sigmoid's slope; and that of $a$ "
    "is <again> as large as that of $s$.",
    "Its slope is below <best> everywhere but at <place>, so the product of "
    "many such slopes, one for each layer, can still make gradients vanish.",
)
def test_slope_is_largest_at_zero_and_falls_fast(said):
    z = grid(-9, 9, 180)  # without 0
    slope, sigmoids = tanh_derivative(z), sigmoid_derivative(z)
    assert tanh_derivative(double(said.place)) == said.best
    top = sigmoid_derivative(double(said.place)).item()
    assert said.best == pytest.approx(said.times * top, rel=1e-15)
    assert (slope / said.best < sigmoids / top).all(), "less of it is left"
    near, here = double([said.further - 1, said.further])
    assert tanh_derivative(near) > sigmoid_derivative(near), "not yet"
    assert tanh_derivative(here) < sigmoid_derivative(here)
    s = sigmoid(said.doubled * z)
    assert_close(said.again * (s * (1 - s)) * said.doubled, slope)
    away = torch.logspace(-7, 1, 81, dtype=torch.float64)
    for side in (said.place - away, said.place + away):
        assert (tanh_derivative(side) < said.best).all()
    _, gradients = agreement.row_of_units("tanh", 10)
    left = [gradient.db.item() for gradient in gradients]
    assert left == sorted(left)
    assert left[0] < left[-1] / 10


@claim(
    r"(by hand, easy) Compute $\tanh(<z>)$ and its slope there, to two "
    "decimals, on a calculator that knows only powers of $e$.",
    r"With $t = e^{1} - 1 \approx <t>$ it is $t / (t + 2) \approx <a>$, and "
    r"its slope is $1 - <square>^2 \approx <slope>$.",
)
def test_tanh_on_a_calculator(said):
    """To two decimals, the slope of the rounded value is the true one."""
    z, t = double(said.z), math.e - 1
    assert 2 * said.z == 1
    assert torch.expm1(2 * z) == pytest.approx(t)
    assert t / (t + 2) == pytest.approx(math.tanh(said.z))
    agree([said.t, said.a, said.square], t, tanh(z), tanh(z))
    agree([said.slope, said.slope], tanh_derivative(z), 1 - said.a**2)


@claim(
    r"$\sigma(z) = \frac{1}{2} (1 + \tanh(z/2))$.",
    r"With $t = \tanh(z/2)$ its slope is $\frac{1}{2} \cdot (1 - t^2) \cdot "
    r"\frac{1}{2}$.",
    r"Since $1 + t = 2 \sigma(z)$ and $1 - t = 2 (1 - \sigma(z))$, that is "
    r"$\sigma(z) (1 - \sigma(z))$.",
    r"Where $1 - a^2 = \frac{1}{4}$, so $a = \pm\frac{1}{2}\sqrt{3}$.",
    "By Equation, $a = (e^{2z} - 1) / (e^{2z} + 1)$, so $e^{2z} = (1 + a) "
    "/ (1 - a)$.",
    "For the positive $a$ that is about <power>, and half its logarithm is"
    r" <place>; so $z$ is about $\pm <place_again>$.",
)
def test_exercises(said):
    """Two digits after the point are given, so "about" allows for 0.005."""
    z = grid(-9, 9, 181)
    t = tanh(z / 2)
    assert_close((1 + t) / 2, sigmoid(z))
    assert_close((1 - t**2) / 4, sigmoid_derivative(z))
    assert_close((1 - t) / 2, 1 - sigmoid(z))
    a = double([math.sqrt(3) / 2, -math.sqrt(3) / 2])
    place = double([said.place, -said.place])
    assert_close((1 + tanh(z)) / (1 - tanh(z)), (2 * z).exp())
    power = (1 + a) / (1 - a)
    assert power[0].item() == pytest.approx(said.power, abs=0.005)
    assert said.place == said.place_again
    assert_close(power.log() / 2, place, rtol=0, atol=0.005)
    assert_close(tanh(place), a, rtol=0, atol=0.002)
    quarters = torch.full_like(a, 0.25)
    assert_close(tanh_derivative(place), quarters, rtol=0, atol=0.003)


@claim(
    "As with the sigmoid, the limits are never reached, except by rounding: "
    "in float32, from about $z = <place>$ on, the nearest number to "
    r"$\tanh(z)$ is exactly <limit>.",
)
def test_reaches_one_only_by_rounding(said):
    """The float32 nearest to tanh z is 1 from z = 13 log 2, about 9.01, on.

    A program that rounds on the way is earlier by less than 1.
    """
    z = torch.arange(0, 20_000).double() / 1000

    def first(values):
        return z[values.to(torch.float32) == said.limit][0].item()

    assert first(torch.tanh(z)) == pytest.approx(13 * math.log(2), abs=0.01)
    assert first(torch.tanh(z)) == pytest.approx(said.place, abs=0.1), "about"
    ours = first(tanh(z.to(torch.float32)))
    assert first(torch.tanh(z)) - 1 < ours < first(torch.tanh(z))


@claim(
    "It does so only for inputs that are spread symmetrically about <middle>: "
    "where the middle of the inputs moves, the mean of the outputs moves with "
    "it.",
    "Since tanh is symmetric about the origin, inputs that are spread "
    "symmetrically about <middle> give outputs whose mean is <mean>.",
    "Inputs that are spread symmetrically about <middle> give outputs with "
    "mean <result>; others do not.",
    "It does not centre other inputs: move them away from <middle>, and the "
    "outputs move as well.",
)
def test_centres_only_what_is_symmetric(said):
    """The mean of a million samples is known to about 0.001."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(1_000_000, generator=generator, dtype=torch.float64)
    assert z.mean() == pytest.approx(said.middle, abs=0.005)
    assert tanh(z).mean() == pytest.approx(said.mean, abs=0.005)
    assert said.mean == said.result
    moved = [tanh(z + away).mean() for away in (-2, -1, 0, 1, 2)]
    assert all(before + 0.2 < after for before, after in pairwise(moved))
    centred = double([-1, -1, 2])
    assert centred.mean() == 0
    assert tanh(centred).mean() < -0.1


@claim(
    "tanh saturates near <low> and <high>, as the sigmoid does near "
    "<sigmoids_low> and <sigmoids_high>.",
    "Sigmoid and tanh are nearly flat wherever $z$ is far from 0.",
    "A unit is saturated if its pre-activation is so far from zero that its "
    "slope is next to nothing.",
    "A unit saturates: its own slope is next to nothing.",
)
def test_saturates_as_the_sigmoid_does(said):
    """Saturated, at z = 9 and beyond: the slope is below a thousandth of 1."""
    far = double([-9, 9])
    limits = [said.low, said.high, said.sigmoids_low, said.sigmoids_high]
    values = [*tanh(far).tolist(), *sigmoid(far).tolist()]
    assert values == pytest.approx(limits, abs=1e-3)
    slopes = torch.cat([tanh_derivative(far), sigmoid_derivative(far)])
    assert slopes.max() < 1e-3


@claim(
    "In real work call torch.tanh: it keeps its digits where $z$ is small, "
    "does not overflow where $z$ is large, and autograd knows its slope.",
)
def test_torchs_tanh_is_sound():
    """Held against float64, in which a float32 is exact."""
    z = torch.logspace(-30, 2, 321)
    exact = tanh(z.double())
    error = torch.tanh(z).double() / exact - 1
    assert error.abs().max() < 2 * torch.finfo(torch.float32).eps
    slope = slope_by_autograd(torch.tanh, z).double()
    assert_close(slope, 1 - exact**2, rtol=0, atol=1e-6)
    assert slope_by_autograd(textbook_tanh, z)[-1].isnan(), "unlike this"


@claim(
    "tanh and its derivative.",
    "tanh, a solid S-shaped curve over z from <left> to <right>.",
    "It runs close to <low> on the left, climbs through the origin and runs "
    "close to <high> on the right; dotted lines mark both limits.",
    "Its derivative, dashed, is a narrow bump with its top, <top>, at z = "
    "<peak>; beyond <far> on either side it can hardly be told from <bottom>.",
    "The dotted lines are its limits, <low> and <high>.",
)
def test_figure_shows_function_and_derivative(said):
    figure = draw_tanh()
    shows_a_bump(figure, "tanh", tanh, tanh_derivative, said)
    axes, drawn = curves(figure)
    z, a = drawn["tanh"]
    assert a[z == 0] == 0
    assert dotted(axes) == [{said.low}, {said.high}]


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    symbols = {"z": z, "a": tanh(z), "a'": tanh_derivative(z), "e": math.e}
    symbols |= {"t": torch.expm1(2 * z), "s": sigmoid(2 * z)}
    symbols |= {r"\sigma": sigmoid, r"\tanh": tanh}
    conditions = [r"1 - a^2 = \frac{1}{4}", r"a = \pm\frac{1}{2}\sqrt{3}"]
    halves = r"t = \tanh(z/2)", r"1 + t = 2 \sigma(z)"
    halves += (r"1 - t = 2 (1 - \sigma(z))",)
    here = {half: {"t": tanh(z / 2)} for half in halves}
    t = torch.expm1(double(1))
    here |= {r"t = e^{1} - 1 \approx 1.718": {"t": t}}
    here |= {r"t / (t + 2) \approx 0.46": {"t": t}}
    hold("activation/tanh.md", symbols, here=here, given=conditions)
