import math

import pytest
import torch
from torch.testing import assert_close

from snippets.network import Layer, count_parameters, initialise
from snippets.propagation import autograd, gradient_check
from snippets.propagation.backward import backward
from snippets.propagation.descent import XOR, XOR_NAMES, XOR_TARGETS, update
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.gradient_check import (
    FAULTS,
    by_differences,
    by_equations,
    faulty_backward,
    flat,
    numerical_gradients,
    relative_error,
)
from snippets.propagation.loss import cross_entropy_of_z
from snippets.propagation.seven_ways import by_torch
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.slopes import row, slope

U = torch.finfo(torch.float64).eps / 2  # 2^-53
DEEP = ("tanh", "tanh", "sigmoid")


def loss_on(x, y, names):
    """Return the mean loss as a function of the layers."""

    def loss(layers):
        return cross_entropy_of_z(forward(x, layers, names)[1][-1].z, y)

    return loss


@claim(
    "No error is raised, and the loss falls with each of the faults, with "
    "<faster> of them even faster than without.",
    "So a falling loss does not show that the gradient is right.",
    "A falling loss does not show that a gradient is right; a second way "
    "that shares no code with the way back does.",
    "A fault is seldom small: a factor $m$, a slope, a sign change the "
    "gradient by a good part of itself.",
)
def test_wrong_gradients_may_lower_the_loss_too(said):
    (_, *right), *wrong = gradient_check.compare_faults(100)
    assert [fault for fault, *_ in wrong] == [*FAULTS]
    assert right[2] < 1e-7
    for _, before, after, error in wrong:
        assert after < before
        assert error > 0.1
    assert sum(after < right[1] for _, _, after, _ in wrong) == said.faster


@claim(
    "The same number has to be found in a second way, which shares no code "
    "with the way back.",
    "(Both ways go forward by the same code, so a fault there may go "
    "unnoticed.)",
)
def test_a_fault_on_the_way_forward_goes_unnoticed(monkeypatch):
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    given = XOR, XOR_TARGETS, layers, XOR_NAMES
    right = by_equations(*given)
    monkeypatch.setitem(ACTIVATIONS, "tanh", ACTIVATIONS["sigmoid"])
    wrong = by_equations(*given)
    assert relative_error(wrong, right) > 0.1
    assert relative_error(wrong, by_differences(*given)) < 1e-7


@claim(
    "The differences, on the other hand, are good to many digits.",
    "And look at the largest single difference too, since one wrong parameter "
    "among very many hardly changes the relative error.",
    "Between the two lies a wide gap, and any limit within it will do.",
    "In float64, with a step of $10^{-5}$, take anything below $<right>$ for "
    "right and anything above $<wrong>$ for wrong.",
)
@pytest.mark.parametrize("seed", range(3))
def test_a_gap_lies_between_right_and_wrong(said, seed):
    layers = initialise((2, 4, 4, 1), torch.Generator().manual_seed(seed))
    loss = loss_on(XOR, XOR_TARGETS, DEEP)
    judge = flat(numerical_gradients(loss, layers, 1e-5))

    def found(layers, fault):
        y_hat, caches = forward(XOR, layers, DEEP)
        return faulty_backward(y_hat - XOR_TARGETS, caches, DEEP, fault)

    own = by_equations(XOR, XOR_TARGETS, layers, DEEP)
    assert_close(flat(found(layers, "none")), own)
    assert relative_error(own, judge) < said.right
    for fault in FAULTS:
        assert (
            relative_error(flat(found(layers, fault)), judge) > 100 * said.wrong
        )
        stepped = layers
        for _ in range(30):
            stepped = update(stepped, found(stepped, fault), 0.3)
        assert loss(stepped) < loss(layers)
    many = judge.repeat(100_000)
    for whole, low, high in (
        (judge, said.wrong, 2),
        (many, 0, 10 * said.wrong),
    ):
        flipped = whole.clone()
        flipped[3] *= -1
        assert low < relative_error(flipped, whole) < high
        assert (flipped - whole).abs().max() == 2 * judge[3].abs()


@claim(
    "When the second row is subtracted from the first, $z^3$ and $3 z h^2$ "
    "cancel, and the centred difference has no term in $h$:",
    "The slope is $3 z^2$, and the rest is the error.",
    "At $z = 1$ it is $3h + h^2$ for the one and $h^2$ for the other: with $h "
    "= 0.01$ that is <one_sided> and <centred>.",
    "So a step <less> as large makes the one-sided error <as_much> as large, "
    "and the centred one <much_less>.",
    "The same happens on any smooth curve: near one place it differs from a "
    "cubic, a sum of multiples of <one>, $h$, $h^2$ and $h^3$, by a fixed "
    "multiple of $h^4$ at most.",
)
def test_errors_of_differences(said):
    """Beyond a cubic the rest shrinks as h^4, and the centred error as h^2."""

    def cubic_errors(h):
        sides = (1 + h) ** 3, 1.0, (1 - h) ** 3
        return (sides[0] - 1) / h - 3, (sides[0] - sides[2]) / (2 * h) - 3

    agree([said.one_sided, said.centred], *cubic_errors(0.01))
    for h in (0.1, 0.01):
        larger, smaller = cubic_errors(h), cubic_errors(h * said.less)
        ratios = [s / l for l, s in zip(larger, smaller, strict=True)]
        assert ratios == pytest.approx([said.as_much, said.much_less], rel=0.05)
        assert larger == pytest.approx((3 * h + h**2, h**2), abs=1e-10)
    z, rests, errors = torch.tensor(0.7, dtype=torch.float64), [], []
    value, first = torch.tanh(z), 1 - torch.tanh(z) ** 2
    second = -2 * value * first
    third = -2 * first**2 - 2 * value * second
    for h in (0.1, 0.05):
        near = (
            value * said.one + first * h + second * h**2 / 2 + third * h**3 / 6
        )
        rests.append(torch.tanh(z + h) - near)
        between = (torch.tanh(z + h) - torch.tanh(z - h)) / (2 * h)
        errors.append(between - first)
    assert rests[1] / rests[0] == pytest.approx(1 / 16, rel=0.2)
    assert errors[1] / errors[0] == pytest.approx(1 / 4, rel=0.05)


@claim(
    "The curve of z^3 from <low> to <high>, with points at <a>, <b> and <c>.",
    "A dotted line is its tangent at <b>, with slope <tangent>.",
    "A dashed line through the points at <b> and <c> is steeper than the "
    "tangent, with slope <one_sided>.",
    "A dash-dotted line through the points at <a> and <c> is almost parallel "
    "to the tangent, with slope <centred>.",
    "The slope of $z^3$ at <b>, by differences with a step of <h>.",
    "The line through the points on either side is nearly parallel to the "
    "tangent.",
)
def test_figure_of_two_points(said):
    (axes,) = gradient_check.draw_two_points().axes
    assert [*drawing.styles(axes).values()] == ["-", ":", "--", "-."]
    assert axes.get_xlim() == (said.low, said.high)
    curve, *lines = axes.lines[:4]
    z, heights = (torch.as_tensor(data) for data in curve.get_data())
    assert_close(heights, z**3)
    slopes, ends = (
        (said.tangent, said.one_sided, said.centred),
        ((said.b, said.b), (said.b, said.c), (said.a, said.c)),
    )
    for line, steep, places in zip(lines, slopes, ends, strict=True):
        x, y = (torch.as_tensor(data) for data in line.get_data())
        assert_close(y.diff() / x.diff(), x.diff() * 0 + steep)
        wanted = [place**3 for place in places]
        agree(wanted, *(y[0] + steep * (place - x[0]) for place in places))
        assert f"slope {steep:g}" in line.get_label()
    points = [tuple(line.get_xydata()[0]) for line in axes.lines[4:]]
    assert points == [(place, place**3) for place in (said.a, said.b, said.c)]
    assert (said.b - said.a, said.c - said.b) == (said.h, said.h)


@claim(
    "Move one weight or bias up and down, keep all others, and go forward each "
    "time.",
    "Then put it back and take the next.",
    "A comparison of a computed gradient with differences of the loss, weight "
    "by weight.",
    "The slope between two points, one as far to the left of the place whose "
    "slope is wanted as the other is to the right.",
    "There are <each> passes for each parameter: <passes> for <parameters>.",
    "A network for small images with the sizes <n>, <k> and <outputs> has "
    "$<many>$ parameters and would need $<many_passes>$ passes for a single "
    "gradient, where backpropagation goes forward once and back once.",
    r"There are $3 \cdot 2 + 3 + 1 \cdot 3 + 1 = <few>$ parameters, so "
    "<few_passes> passes.",
    "One-sided differences share the loss in the middle, so <shared> are "
    "enough.",
)
@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 2, 1)])
@pytest.mark.parametrize("centred", [True, False])
def test_differences_are_nearly_the_gradients(said, sizes, centred):
    layers, x, y = passes.problem(0, sizes)
    names, seen = ["tanh", "sigmoid"], []

    def watched(moved):
        seen.append(torch.cat([p.flatten() for layer in moved for p in layer]))
        return loss_on(x, y, names)(moved)

    start = flat(layers).clone()
    found = flat(numerical_gradients(watched, layers, 1e-5, centred))
    limit = 1e-8 if centred else 1e-4
    assert relative_error(found, by_equations(x, y, layers, names)) < limit
    assert torch.equal(flat(layers), start), "those given stay as they are"
    steps = 1e-5 * torch.eye(len(start)).double()
    assert_close(torch.stack(seen[::2]) - start, steps)
    assert_close(start - torch.stack(seen[1::2]), steps * centred)
    images = [int(n) for n in (said.n, said.k, said.outputs)]
    of = [count_parameters(n) for n in ((2, 2, 1), images, (2, 3, 1))]
    (paper, many, few), each = of, len(seen) / len(start)
    counted = *images, many, 2 * many, few, 2 * few, few + 1
    agree(said, each, 2 * paper, paper, *counted)


@claim(
    "How far two results are apart, compared with how large they are.",
    "A difference of $10^{-6}$ is nothing if the derivatives are about 1, and "
    "everything if they are about $10^{-6}$ themselves.",
    "The length $|p|$ is the root of the sum of the squares, and the relative "
    "error is",
)
@pytest.mark.parametrize(
    ("p", "q", "error"),
    [
        ([3, 4], [3, 4], 0),
        ([0, 0], [0, 0], 0),
        ([3, 4], [0, 0], 1),
        ([3, 4], [-3, -4], 2),
        ([3e-6, 4e-6], [6e-6, 8e-6], 0.5),
        ([1.0], [1.000001], 1e-6),
        ([1e-6], [0.0], 1),
    ],
)
def test_relative_error(p, q, error):
    p, q = row(*p)[0], row(*q)[0]
    assert relative_error(p, q) == pytest.approx(error, rel=1e-5)
    assert relative_error(q, p) == pytest.approx(error, rel=1e-5)


@claim(
    "The relative error of differences against their step, both axes "
    "logarithmic.",
    "The centred difference $(J(w + h) - J(w - h)) / (2h)$ has an error that "
    "falls as $h^2$ until rounding, which grows as $1/h$, takes over; in "
    "float64 a step near $<at>$ is best.",
    "From right to left, the solid curve, centred, falls by <two> powers of "
    "ten for each power of ten of the step, to about <best> at a step of about "
    "<at>.",
    "The dashed curve, one-sided, falls by <one> power of ten for each, to "
    "about <best_one_sided> at about <at_one_sided>.",
    "Further left both rise together, by <rise> power of ten for each, jagged.",
    "The relative error of differences, for the <count> parameters of the "
    "network on paper.",
    "With large steps the curve bends away between the two points; with small "
    "ones rounding wins.",
    "Each curve of Figure is a V.",
    "On its right the error is that of the two points: it falls as $h^2$ "
    "for the centred difference, as $h$ for the one-sided.",
    "It is divided by $2h$, and so it grows as $1/h$.",
)
def test_figure_of_step_sizes(said):
    """Rounding depends on the machine: only powers of ten are said."""
    assert said.count == count_parameters((2, 2, 1))
    (axes,) = gradient_check.draw_step_sizes().axes
    assert drawing.styles(axes) == {"centred": "-", "one-sided": "--"}
    assert axes.get_xscale() == axes.get_yscale() == "log"
    told = (
        (said.two, said.best, said.at),
        (said.one, said.best_one_sided, said.at_one_sided),
    )
    for line, (falls, least, place) in zip(axes.lines, told, strict=True):
        h, errors = torch.tensor(line.get_xydata()).log10().T
        place, lowest = math.log10(place), errors.min().item()
        assert h[errors.argmin()].item() == pytest.approx(place, abs=1)
        assert lowest == pytest.approx(math.log10(least), abs=1)
        for side, steep in ((h > place + 1.2, falls), (h < -8.6, -said.rise)):
            x = h[side] - h[side].mean()
            found = ((x @ errors[side]) / (x @ x)).item()
            assert found == pytest.approx(steep, abs=0.1 if steep > 0 else 0.25)


@claim(
    "A float64 keeps <digits> binary digits, so a number near <one> is off by "
    "up to about $u = 2^{-53}$, which is about $<unit>$.",
    "The two losses agree in nearly all their digits, and in their difference "
    "hardly more than the rounding is left.",
    "Each of two losses near <one> is off by up to $u$, so their difference is "
    "off by up to $2u$, and divided by $2h$ that is $u/h$.",
)
def test_rounding_is_what_is_left(said):
    assert 2.0**-said.digits == U == pytest.approx(said.unit, rel=0.2)
    assert said.one + U * 0.99 == said.one < said.one + U * 1.01
    loss = loss_on(X, Y, NAMES)
    here, (first, last) = loss(LAYERS), LAYERS
    there = loss([first._replace(b=first.b + 1e-13), last])
    assert 0 < (there - here).abs() < 1e-12 * here
    near = torch.linspace(said.one, said.one + 0.1, 999, dtype=torch.float64)
    h = 1e-5
    rounded = near.float()  # of which u is that of float32
    unit = torch.finfo(torch.float32).eps / 2
    off = (rounded[1:].double() - rounded[:-1].double() - near.diff()).abs()
    assert (off / (2 * h)).max() <= unit / h
    assert off.max() > unit, "one of them alone is off by less"


@claim(
    "If $c$ is about <c>, the best step is about the cube root of $u$, "
    r"here $5 \cdot 10^{-6}$, and the error about $5 \cdot 10^{-11}$: two "
    "thirds of the digits are right.",
    "A one-sided difference is divided by $h$ and is off by about $k h + "
    "2u/h$, with a constant $k$ of its own.",
    r"The slope of that sum is $k - 2u/h^2$, which is 0 at $h = \sqrt{2u/k}$, "
    "about $<best_one_sided>$ if $k$ is about <c>: half of the digits are "
    "right.",
    r"About the cube root of $6 \cdot 10^{-8}$, which is <step>.",
    r"The error is then about $h^2 + u/h$ with this $h$, which is $3 \cdot "
    "10^{-5}$: a check in float32 cannot tell much, so do it in float64.",
)
def test_best_step_is_about_the_cube_root_of_the_rounding_unit(said):
    h = torch.logspace(-12, 0, 12001, dtype=torch.float64)
    for power, rounding, best in (
        (2, U, (U / 2 / said.c) ** (1 / 3)),
        (1, 2 * U, (2 * U / said.c) ** (1 / 2)),
    ):
        errors = said.c * h**power + rounding / h
        assert h[errors.argmin()] == pytest.approx(best, rel=0.01)
        digits = errors.min().log10() / math.log10(U)
        assert digits == pytest.approx(power / (power + 1), abs=0.05)
    assert best == pytest.approx(said.best_one_sided, rel=0.6)
    assert pytest.approx(5e-6, rel=0.1) == U ** (1 / 3)
    single = torch.finfo(torch.float32).eps / 2
    assert single == pytest.approx(6e-8, rel=0.1)
    agree([said.step], single ** (1 / 3))
    for unit, step, error in (
        (U, U ** (1 / 3), 5e-11),
        (single, said.step, 3e-5),
    ):
        total = said.c * step**2 + unit / step
        assert total == pytest.approx(error, rel=0.1)
    off = gradient_check.error_of_differences
    assert off(U ** (1 / 3), centred=True) < 1e-9
    assert off(U ** (1 / 2), centred=False) < 1e-6


@claim(
    "If the two points lie on either side of it, with $|z| < h$, then ReLU is "
    "0 at the left one and $z + h$ at the right one, and the centred "
    "difference is",
    "That is a number between the two slopes, <left> and 1; at $z = 0$ "
    "it is <middle>, and <own> is taken here.",
)
@pytest.mark.parametrize("h", [1e-5, 0.5])
def test_across_a_kink(said, h):
    relu, derivative = ACTIVATIONS["relu"]
    z = torch.linspace(-0.99, 0.99, 67, dtype=torch.float64) * h
    difference = (relu(z + h) - relu(z - h)) / (2 * h)
    assert ((said.left < difference) & (difference < 1)).all()
    assert not relu(z - h).any()
    assert difference[33].item() == said.middle
    assert derivative(0 * z[33]) == said.own


@claim(
    "Let XOR be learnt by ReLU units whose biases begin at <start>.",
    "For the input (0, 0) every hidden unit starts exactly at its kink, "
    "whatever the weights.",
    "The engine and torch agree with the four equations, since all <ways> take "
    "<own> at the kink.",
    "The differences add half of what that example would contribute with the "
    "slope <one>.",
    "Here is $db^{[1]}$, which has an entry for each of the <units> units:",
    "So check away from kinks: draw the biases at random too, and the relative "
    "error is below $<small>$ again, or use a smooth activation function for "
    "the check.",
)
def test_kinks_of_xor(said):
    generator = torch.Generator().manual_seed(2)
    layers, names = initialise((2, 4, 1), generator), ("relu", "sigmoid")
    y_hat, caches = forward(XOR, layers, names)
    assert (layers[0].b == said.start).all()
    assert not caches[0].z[:, 0].any()
    assert len(layers[0].b) == said.units
    given = XOR, XOR_TARGETS, layers, names
    three = by_equations, autograd.gradients_of_values, by_torch
    found = by_equations(*given)
    assert len(three) == said.ways
    for find in three:
        assert_close(find(*given), found)
    assert ACTIVATIONS["relu"].derivative(caches[0].z[:, 0]).sum() == said.own
    db = found[8:12].tolist()
    assert db == pytest.approx([-0.0125, 0, 0.0421, -0.0195], abs=5e-5)
    half = torch.zeros_like(found)
    half[8:12] = (
        said.one / 2 * (layers[1].W.T @ (y_hat - XOR_TARGETS))[:, 0] / 4
    )
    wanted = found + half
    assert_close(by_differences(*given), wanted, rtol=1e-5, atol=1e-7)
    moved = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in layers
    ]
    for network, functions in ((moved, names), (layers, XOR_NAMES)):
        given = XOR, XOR_TARGETS, network, functions
        error = relative_error(by_differences(*given), by_equations(*given))
        assert error < said.small


@claim(
    "$(z + h)^2 - (z - h)^2 = 4 z h$, divided by $2h$ it is $2z$: no error, "
    "since the cubic term is missing.",
    "$(1.1^4 - 0.9^4) / 0.2 = (1.4641 - 0.6561) / 0.2 = <difference>$, so the "
    "error is <error>.",
    "A step a tenth as large has an error of <smaller>, a hundredth of it.",
    "All entries of $db$ are <times> times too large, and those of $dW$ are "
    "right:",
)
def test_exercises(said):
    for z in (-2.0, 0.5, 3.0):
        assert ((z + 0.25) ** 2 - (z - 0.25) ** 2) / 0.5 == 2 * z
    by_step = [((1 + h) ** 4 - (1 - h) ** 4) / (2 * h) for h in (0.1, 0.01)]
    found = by_step[0], by_step[0] - 4, by_step[1] - 4
    agree([said.difference, said.error, said.smaller], *found)
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    y_hat, caches = forward(XOR, layers, XOR_NAMES)
    dz = y_hat - XOR_TARGETS
    right = backward(dz, caches, XOR_NAMES)
    assert_close(dz.sum(dim=1, keepdim=True), said.times * right[1].db)


@claim("Loss is a function of the layers, and StepSize a number above 0.")
@pytest.mark.parametrize("h", [0, -1e-5])
def test_differences_refuse_a_step_that_is_none(h):
    with pytest.raises(ValueError, match="h must be above 0"):
        numerical_gradients(loss_on(X, Y, NAMES), LAYERS, h)


@claim(
    "At the bottom the slope of $T$ is <level>, where $T$ is taken as a curve "
    "over $h$.",
    "The slopes of the two terms are $2 c h$ and $-u/h^2$, so there",
)
def test_bottom_is_where_the_slopes_cancel(said):
    c, u = 0.7, 1e-3
    bottom = (u / (2 * c)) ** (1 / 3)
    h = torch.tensor([0.03, bottom, 0.4]).double()
    assert_close(slope(lambda h: (c * h**2).sum(), h), 2 * c * h)
    assert_close(slope(lambda h: (u / h).sum(), h), -u / h**2)
    total = slope(lambda h: (c * h**2 + u / h).sum(), h)
    assert total[0] < said.level < total[2]
    assert total[1].item() == pytest.approx(said.level, abs=1e-6)


def test_equations():
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    h = torch.linspace(0.1, 0.9, 9, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    p, q = torch.randn(2, 9, generator=generator).double()
    c, u, steps = 0.7, 1e-3, torch.logspace(-2, 0, 40001, dtype=torch.float64)
    errors, one_sided = c * steps**2 + u / steps, c * steps + 2 * u / steps
    bottoms = (u / (2 * c)) ** (1 / 3), (2 * u / c) ** 0.5
    for bottom, curve in zip(bottoms, (errors, one_sided), strict=True):
        assert steps[curve.argmin()].item() == pytest.approx(bottom, rel=1e-3)

    def cubic(h):
        return ((z + h) ** 3 - (z - h) ** 3) / (2 * h)

    both = {"D": cubic(h), "B": cubic(2 * h)}
    signs = {"e": relative_error(p, q), "d": [*(p - q)], "p": [*p], "q": [*q]}
    hold(
        "propagation/gradient_check.md",
        {"z": z, "h": h, "u": U},
        here={
            "relative-error": signs,
            "two-errors": {"T": errors, "c": c, "u": u, "h": steps},
            "best-step": {"h": bottoms[0], "u": u, "c": c},
            r"h = \sqrt{2u/k}": {"h": bottoms[1], "u": u, "k": c},
            "across-a-kink": {"z": z * 0.04},
            "D = 3z^2 + h^2": both,
            "B = 3z^2 + 4h^2": both,
            "(4D - B) / 3 = (12z^2 - 3z^2) / 3 = 3z^2": both,
        },
    )
