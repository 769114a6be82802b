import math

import pytest
import torch

from snippets.network import Layer, count_parameters, initialise
from snippets.propagation.autograd import (
    gradients_of_values,
)
from snippets.propagation.backward import backward
from snippets.propagation.descent import XOR, XOR_NAMES, XOR_TARGETS, update
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.gradient_check import (
    FAULTS,
    by_differences,
    by_equations,
    compare_faults,
    draw_step_sizes,
    draw_two_points,
    error_of_differences,
    faulty_backward,
    flat,
    numerical_gradients,
    relative_error,
)
from snippets.propagation.loss import cross_entropy_of_z
from snippets.propagation.seven_ways import (
    by_torch,
)
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold

U = torch.finfo(torch.float64).eps / 2  # 2^-53


def loss_on(x, y, names):
    """Return the mean loss as a function of the layers."""

    def loss(layers):
        return cross_entropy_of_z(forward(x, layers, names)[1][-1].z, y)

    return loss


@claim(
    "No error is raised, and the loss falls with each of the faults, with "
    "<faster> of them even faster than without.",
    "So a falling loss does not show that the gradient is right.",
    "A falling loss does not show that a gradient is right; a second way that "
    "shares no code with the first does.",
    "A fault is seldom small: a factor $m$, a slope, a sign change the "
    "gradient by a good part of itself.",
)
def test_wrong_gradients_may_lower_the_loss_too(faster):
    (_, *right), *wrong = compare_faults(100)
    assert [fault for fault, *_ in wrong] == [*FAULTS]
    assert right[2] < 1e-7
    for _, before, after, error in wrong:
        assert after < before
        assert error > 0.1
    assert sum(after < right[1] for _, _, after, _ in wrong) == faster


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("fault", FAULTS)
def test_loss_falls_from_other_starts_too(fault, seed):
    names = ("tanh", "tanh", "sigmoid")
    layers = initialise((2, 4, 4, 1), torch.Generator().manual_seed(seed))
    loss = loss_on(XOR, XOR_TARGETS, names)
    before = loss(layers)
    for _ in range(30):
        y_hat, caches = forward(XOR, layers, names)
        dz = y_hat - XOR_TARGETS
        layers = update(layers, faulty_backward(dz, caches, names, fault), 0.3)
    assert loss(layers) < before


def test_without_a_fault_it_is_the_books_own_backward():
    names = ("tanh", "tanh", "sigmoid")
    layers = initialise((2, 4, 4, 1), torch.Generator().manual_seed(1))
    y_hat, caches = forward(XOR, layers, names)
    dz = y_hat - XOR_TARGETS
    for mine, own in zip(
        flat(faulty_backward(dz, caches, names, "none")),
        flat(backward(dz, caches, names)),
        strict=True,
    ):
        torch.testing.assert_close(mine, own)


def cubic_errors(h):
    """Return how far the two differences of z^3 at 1 are from its slope."""
    one_sided = ((1 + h) ** 3 - 1) / h - 3
    return one_sided, ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h) - 3


@claim(
    "When the second row is subtracted from the first, $z^3$ and $3 z h^2$ "
    "cancel, and the centred difference has no term in $h$:",
    "The slope is $3 z^2$, and the rest is the error.",
    "At $z = 1$ it is $3h + h^2$ for the one and $h^2$ for the other: with $h "
    "= 0.01$ that is <one_sided> and <centred>.",
    "So a step <less> as large makes the one-sided error <as_much> as large, "
    "and the centred one <much_less>.",
)
def test_errors_of_a_cubic(one_sided, centred, less, as_much, much_less):
    assert cubic_errors(0.01) == pytest.approx((one_sided, centred), abs=1e-9)
    for h in (0.1, 0.01):
        larger, smaller = cubic_errors(h), cubic_errors(h * less)
        ratios = [s / l for l, s in zip(larger, smaller, strict=True)]
        assert ratios == pytest.approx([as_much, much_less], rel=0.05)
        assert larger == pytest.approx((3 * h + h**2, h**2), abs=1e-10)


@claim(
    "The same happens on any smooth curve: near one place it differs from a"
    " cubic, a sum of multiples of <one>, $h$, $h^2$ and $h^3$, by a fixed "
    "multiple of $h^4$ at most.",
)
def test_errors_of_a_smooth_curve(one):
    """The rest shrinks as h^4, and the centred error as h^2."""
    z = torch.tensor(0.7, dtype=torch.float64)
    value, slope = torch.tanh(z), 1 - torch.tanh(z) ** 2
    second = -2 * value * slope
    third = -2 * slope**2 - 2 * value * second
    rests, errors = [], []
    for h in (0.1, 0.05):
        cubic = value * one + slope * h
        cubic += second * h**2 / 2 + third * h**3 / 6
        rests.append((torch.tanh(z + h) - cubic).abs())
        centred = (torch.tanh(z + h) - torch.tanh(z - h)) / (2 * h)
        errors.append((centred - slope).abs())
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
def test_figure_of_two_points(
    low, high, a, b, c, tangent, one_sided, centred, h
):
    (axes,) = draw_two_points().axes
    styles = drawing.styles(axes)
    assert [*styles.values()] == ["-", ":", "--", "-."]
    assert axes.get_xlim() == (low, high)
    curve, *lines = axes.lines[:4]
    z, heights = (torch.as_tensor(data) for data in curve.get_data())
    torch.testing.assert_close(heights, z**3)
    for line, slope, places in zip(
        lines,
        (tangent, one_sided, centred),
        ((b,), (b, c), (a, c)),
        strict=True,
    ):
        x, y = (torch.as_tensor(data) for data in line.get_data())
        torch.testing.assert_close(y.diff() / x.diff(), x.diff() * 0 + slope)
        for place in places:
            height = y[0] + slope * (place - x[0])
            assert height.item() == pytest.approx(place**3)
        assert f"slope {slope:g}" in line.get_label()
    points = [tuple(float(v[0]) for v in l.get_data()) for l in axes.lines[4:]]
    assert points == [(place, place**3) for place in (a, b, c)]
    assert (b - a, c - b) == (h, h)


@claim(
    "Move one weight or bias up and down, keep all others, and go forward each "
    "time.",
    "Then put it back and take the next.",
    "A comparison of a computed gradient with differences of the loss, weight "
    "by weight.",
    "The slope between two points that lie as far to the right as to the left "
    "of the place whose slope is wanted.",
)
@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 5, 3, 2)])
@pytest.mark.parametrize("centred", [True, False])
def test_differences_are_nearly_the_gradients(sizes, centred):
    generator = torch.Generator().manual_seed(0)
    layers = initialise(sizes, generator)
    x = torch.randn(sizes[0], 5, generator=generator, dtype=torch.float64)
    y = torch.rand(sizes[-1], 5, generator=generator, dtype=torch.float64)
    names = [*["tanh"] * (len(sizes) - 2), "sigmoid"]
    seen, loss = [], loss_on(x, y, names)

    def watched(moved):
        seen.append(torch.cat([p.flatten() for layer in moved for p in layer]))
        return loss(moved)

    before = [part.clone() for layer in layers for part in layer]
    found = flat(numerical_gradients(watched, layers, 1e-5, centred))
    wanted = by_equations(x, y, layers, names)
    limit = 1e-8 if centred else 1e-4
    assert relative_error(found, wanted) < limit
    now = [part for layer in layers for part in layer]
    assert all(map(torch.equal, now, before)), "those given stay as they are"
    start = torch.cat([part.flatten() for part in before])
    for place, (up, down) in enumerate(zip(seen[::2], seen[1::2], strict=True)):
        steps = torch.zeros_like(start)
        steps[place] = 1e-5
        torch.testing.assert_close(up - start, steps)
        torch.testing.assert_close(
            start - down, steps if centred else 0 * steps
        )


@claim(
    "There are <each> passes for each parameter: <passes> for <parameters>.",
    "A network for small images with the sizes <n>, <k> and <outputs> has "
    "$<many>$ parameters and would need $<many_passes>$ passes for a single"
    " gradient, where backpropagation goes forward once and back once.",
    r"There are $3 \cdot 2 + 3 + 1 \cdot 3 + 1 = <few>$ parameters, so "
    "<few_passes> passes.",
    "One-sided differences share the loss in the middle, so <shared> are "
    "enough.",
)
def test_two_passes_for_each_parameter(
    each,
    passes,
    parameters,
    n,
    k,
    outputs,
    many,
    many_passes,
    few,
    few_passes,
    shared,
):
    loss, calls = loss_on(X, Y, NAMES), []

    def counted(layers):
        calls.append(layers)
        return loss(layers)

    numerical_gradients(counted, LAYERS)
    assert len(calls) == passes == each * parameters
    assert parameters == count_parameters((2, 2, 1))
    assert many == count_parameters((int(n), int(k), int(outputs)))
    assert many_passes == each * many
    assert few == count_parameters((2, 3, 1))
    assert (few_passes, shared) == (each * few, few + 1)


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
    p, q = (torch.tensor(row, dtype=torch.float64) for row in (p, q))
    assert relative_error(p, q) == pytest.approx(error, rel=1e-5)
    assert relative_error(q, p) == pytest.approx(error, rel=1e-5)


@claim(
    "The differences, on the other hand, are good to many digits.",
    "And look at the largest single difference too, since one wrong "
    "parameter among very many hardly changes the relative error.",
    "Between the two lies a wide gap, and any limit within it will do.",
    "In float64, with a step of $<h>$, take anything below $<right>$ for right "
    "and anything above $<wrong>$ for wrong.",
)
@pytest.mark.parametrize("seed", range(5))
def test_a_gap_lies_between_right_and_wrong(h, right, wrong, seed):
    names = ("tanh", "tanh", "sigmoid")
    layers = initialise((2, 4, 4, 1), torch.Generator().manual_seed(seed))
    y_hat, caches = forward(XOR, layers, names)
    dz = y_hat - XOR_TARGETS
    loss = loss_on(XOR, XOR_TARGETS, names)
    judge = flat(numerical_gradients(loss, layers, h))
    assert relative_error(flat(backward(dz, caches, names)), judge) < right
    for fault in FAULTS:
        found = flat(faulty_backward(dz, caches, names, fault))
        assert relative_error(found, judge) > 100 * wrong
    flipped = by_equations(XOR, XOR_TARGETS, layers, names)
    flipped[3] *= -1
    assert relative_error(flipped, judge) > wrong, "the sign of one of them"
    many = judge.repeat(100_000)
    flipped = many.clone()
    flipped[3] *= -1
    assert relative_error(flipped, many) < 10 * wrong, "hardly seen"
    assert (flipped - many).abs().max() == 2 * judge[3].abs()


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
    "On the right of the V the error is that of the two points: it falls as "
    "$h^2$ for the centred difference, as $h$ for the one-sided.",
    "It is divided by $2h$, and so it grows as $1/h$.",
)
def test_figure_of_step_sizes(
    two, best, at, one, best_one_sided, at_one_sided, rise, count
):
    """Rounding depends on the machine: only powers of ten are said."""
    assert count == count_parameters((2, 2, 1))
    (axes,) = draw_step_sizes().axes
    assert drawing.styles(axes) == {"centred": "-", "one-sided": "--"}
    assert axes.get_xscale() == axes.get_yscale() == "log"
    for line, falls, least, place in zip(
        axes.lines,
        (two, one),
        (best, best_one_sided),
        (at, at_one_sided),
        strict=True,
    ):
        h, errors = (
            torch.as_tensor(data, dtype=torch.float64).log10()
            for data in line.get_data()
        )
        assert h[errors.argmin()] == pytest.approx(
            torch.tensor(place).log10(), abs=1
        )
        assert errors.min() == pytest.approx(torch.tensor(least).log10(), abs=1)
        right = h > torch.tensor(place).log10() + 1.2
        assert slope_of(h[right], errors[right]) == pytest.approx(
            falls, abs=0.1
        )
        left = h < -8.6
        assert slope_of(h[left], errors[left]) == pytest.approx(-rise, abs=0.25)


def slope_of(x, y):
    """Return the slope of the straight line nearest to some points."""
    x, y = x - x.mean(), y - y.mean()
    return ((x @ y) / (x @ x)).item()


@claim(
    "A float64 keeps <digits> binary digits, so a number near <one> is off by "
    "up to about $u = 2^{-53}$, which is about $<unit>$.",
    "The two losses agree in nearly all their digits, and in their difference "
    "hardly more than the rounding is left.",
    "Each of two losses near <one> is off by up to $u$, so their difference is "
    "off by up to $2u$, and divided by $2h$ that is $u/h$.",
)
def test_rounding_is_what_is_left(digits, one, unit):
    assert 2.0**-digits == U == pytest.approx(unit, rel=0.2)
    assert one + U * 0.99 == one
    assert one + U * 1.01 > one
    loss = loss_on(X, Y, NAMES)
    layers = [Layer(W.clone(), b.clone()) for W, b in LAYERS]
    here = loss(layers)
    layers[0].b[0] += 1e-13
    assert 0 < (loss(layers) - here).abs() < 1e-12 * here
    near, h = torch.linspace(one, one + 0.1, 999, dtype=torch.float64), 1e-5
    rounded = near.float()  # of which u is that of float32
    unit = torch.finfo(torch.float32).eps / 2
    off = (rounded[1:].double() - rounded[:-1].double() - near.diff()).abs()
    assert (off / (2 * h)).max() <= unit / h
    assert off.max() > unit, "one of them alone is off by less"


@claim(
    "If $c$ is about <c>, the best step is about the cube root of $u$, here "
    r"$5 \cdot 10^{-6}$, and the error is some $<error>$: two "
    "thirds of the digits are right.",
    "A one-sided difference is divided by $h$ and is off by about $k h + "
    "2u/h$, with a constant $k$ of its own.",
    "The slope of that sum is $k - 2u/h^2$, which is 0 at $h = "
    "\\sqrt{2u/k}$, about $<best_one_sided>$ if $k$ is about <c>: half of the "
    "digits are right.",
    "About the cube root of $6 \\cdot 10^{-8}$, which is <step>.",
    "The error is then about $2 \\cdot 10^{-5}$: a check in float32 cannot "
    "tell much, so do it in float64.",
)
def test_best_step_is_about_the_cube_root_of_the_rounding_unit(
    c, error, best_one_sided, step
):
    h = torch.logspace(-12, 0, 12001, dtype=torch.float64)
    for power, rounding, best in (
        (2, U, (U / 2 / c) ** (1 / 3)),
        (1, 2 * U, (2 * U / c) ** (1 / 2)),
    ):
        errors = c * h**power + rounding / h
        assert h[errors.argmin()] == pytest.approx(best, rel=0.01)
        digits = errors.min().log10() / math.log10(U)
        assert digits == pytest.approx(power / (power + 1), abs=0.05)
    assert best == pytest.approx(best_one_sided, rel=0.6)
    assert pytest.approx(5e-6, rel=0.1) == U ** (1 / 3)
    assert error / 3 < U ** (2 / 3) < 3 * error
    single = torch.finfo(torch.float32).eps / 2
    assert single == pytest.approx(6e-8, rel=0.1)
    assert single ** (1 / 3) == pytest.approx(step, abs=5e-4)
    assert single ** (2 / 3) == pytest.approx(2e-5, rel=0.3)
    assert error_of_differences(U ** (1 / 3), centred=True) < 1e-9
    assert error_of_differences(U ** (1 / 2), centred=False) < 1e-6


@claim(
    "If the two points lie on either side of it, with $|z| < h$, then ReLU "
    "is 0 at the left one and $z + h$ at the right one, and the centred "
    "difference is",
    "That is a number between the two slopes, <left> and <right>; at $z = 0$ "
    "it is <middle>, and <own> is taken here.",
)
@pytest.mark.parametrize("h", [1e-5, 0.5])
def test_across_a_kink(left, right, middle, own, h):
    relu = ACTIVATIONS["relu"]
    z = torch.linspace(-0.99, 0.99, 67, dtype=torch.float64) * h
    difference = (relu.g(z + h) - relu.g(z - h)) / (2 * h)
    assert ((left < difference) & (difference < right)).all()
    assert not relu.g(z - h).any()
    zero = torch.zeros((), dtype=torch.float64)
    assert (relu.g(zero + h) - relu.g(zero - h)) / (2 * h) == middle
    assert relu.derivative(zero) == own


@claim(
    "Let XOR be learnt by ReLU units whose biases begin at <start>.",
    "For the input (0, 0) every hidden unit starts exactly at its kink, "
    "whatever the weights.",
    "The engine and torch agree with the four equations, since all <ways> "
    "take <own> at the kink.",
    "The differences add half of what that example would contribute with the "
    "slope <one>.",
    "Here is $db^{[1]}$, which has an entry for each of the <units> units:",
    "So check away from kinks: draw the biases at random too, and the relative "
    "error is below $<small>$ again, or use a smooth activation function for "
    "the check.",
)
def test_kinks_of_xor(start, ways, own, one, units, small):
    generator = torch.Generator().manual_seed(2)
    layers, names = initialise((2, 4, 1), generator), ("relu", "sigmoid")
    y_hat, caches = forward(XOR, layers, names)
    assert (layers[0].b == start).all()
    assert not caches[0].z[:, 0].any()
    assert len(layers[0].b) == units
    three = [
        find(XOR, XOR_TARGETS, layers, names)
        for find in (by_equations, gradients_of_values, by_torch)
    ]
    assert len(three) == ways
    for found in three:
        torch.testing.assert_close(found, three[0])
    db = three[0][8:12]
    assert ACTIVATIONS["relu"].derivative(caches[0].z[:, 0]).sum() == own
    assert db.tolist() == pytest.approx([-0.0125, 0, 0.0421, -0.0195], abs=5e-5)
    differences = by_differences(XOR, XOR_TARGETS, layers, names)
    half = one / 2 * (layers[1].W.T @ (y_hat - XOR_TARGETS))[:, 0] / 4
    torch.testing.assert_close(
        differences[8:12], db + half, rtol=1e-5, atol=1e-7
    )
    others = [*range(8), *range(12, 17)]
    torch.testing.assert_close(
        differences[others], three[0][others], rtol=1e-6, atol=1e-8
    )
    moved = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in layers
    ]
    for network, functions in ((moved, names), (layers, XOR_NAMES)):
        exact = by_equations(XOR, XOR_TARGETS, network, functions)
        found = by_differences(XOR, XOR_TARGETS, network, functions)
        assert relative_error(found, exact) < small


@claim(
    "$(z + h)^2 - (z - h)^2 = 4 z h$, divided by $2h$ it is $2z$: no error, "
    "since the cubic term is missing.",
    r"$(1.1^4 - 0.9^4) / 0.2 = (1.4641 - 0.6561) / 0.2 = <difference>$, so the "
    "error is <error>.",
    "A step a tenth as large has an error of <smaller>, a hundredth of it.",
)
def test_exercises_by_hand(difference, error, smaller):
    for z in (-2.0, 0.5, 3.0):
        centred = ((z + 0.25) ** 2 - (z - 0.25) ** 2) / 0.5
        assert centred == 2 * z
    by_step = [((1 + h) ** 4 - (1 - h) ** 4) / (2 * h) for h in (0.1, 0.01)]
    assert by_step[0] == pytest.approx(difference)
    assert [b - 4 for b in by_step] == pytest.approx([error, smaller], rel=1e-6)


@claim(
    "All entries of $db$ are <times> times too large, and those of $dW$ are "
    "right:",
)
def test_program_exercise(times):
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    y_hat, caches = forward(XOR, layers, XOR_NAMES)
    dz = y_hat - XOR_TARGETS
    right = backward(dz, caches, XOR_NAMES)
    without_mean = dz.sum(dim=1, keepdim=True)
    torch.testing.assert_close(without_mean, times * right[1].db)


@pytest.mark.parametrize("h", [0, -1e-5])
def test_differences_refuse_a_step_that_is_none(h):
    with pytest.raises(ValueError, match="h must be above 0"):
        numerical_gradients(loss_on(X, Y, NAMES), LAYERS, h)


def test_equations():
    z = torch.linspace(-2, 2, 9, dtype=torch.float64)
    h = torch.linspace(0.1, 0.9, 9, dtype=torch.float64)
    near = torch.linspace(-0.09, 0.09, 9, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    p, q = torch.randn(2, 9, generator=generator, dtype=torch.float64)
    c, u = 0.7, 1e-3
    steps = torch.logspace(-2, 0, 40001, dtype=torch.float64)
    errors = c * steps**2 + u / steps
    best = steps[errors.argmin()].item()
    bottom = (u / (2 * c)) ** (1 / 3)
    assert best == pytest.approx(bottom, rel=1e-3)
    one_sided = c * steps + 2 * u / steps
    bottom_one_sided = (2 * u / c) ** 0.5
    best = steps[one_sided.argmin()].item()
    assert best == pytest.approx(bottom_one_sided, rel=1e-3)
    hold(
        "propagation/gradient_check.md",
        {"z": z, "h": h, "u": U},
        here={
            "relative-error": {
                "e": relative_error(p, q),
                "d": [*(p - q)],
                "p": [*p],
                "q": [*q],
            },
            "two-errors": {"T": errors, "c": c, "u": u, "h": steps},
            "best-step": {"h": bottom, "u": u, "c": c},
            r"h = \sqrt{2u/k}": {"h": bottom_one_sided, "u": u, "k": c},
            "across-a-kink": {"z": near},
            "D = 3z^2 + h^2": {"D": cubic(z, h)},
            "B = 3z^2 + 4h^2": {"B": cubic(z, 2 * h)},
            "(4D - B) / 3 = (12z^2 - 3z^2) / 3 = 3z^2": {
                "D": cubic(z, h),
                "B": cubic(z, 2 * h),
            },
        },
    )


def cubic(z, h):
    """Return the centred difference of z^3."""
    return ((z + h) ** 3 - (z - h) ** 3) / (2 * h)


@claim(
    "At the bottom the slope of $T$ is <level>, where $T$ is taken as a curve "
    "over $h$.",
    "The slopes of the two terms are $2 c h$ and $-u/h^2$, so there",
)
def test_bottom_is_where_the_slopes_cancel(level):
    c, u = 0.7, 1e-3
    bottom = (u / (2 * c)) ** (1 / 3)
    h = torch.tensor([0.03, bottom, 0.4]).double().requires_grad_()
    for term, slope in ((c * h**2, 2 * c * h), (u / h, -u / h**2)):
        (found,) = torch.autograd.grad(term.sum(), h)
        torch.testing.assert_close(found, slope.detach())
    (total,) = torch.autograd.grad((c * h**2 + u / h).sum(), h)
    assert total[0] < level < total[2]
    assert total[1].item() == pytest.approx(level, abs=1e-6)
