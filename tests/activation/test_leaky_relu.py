from functools import partial

import pytest
import torch

from snippets.activation.leaky_relu import (
    draw_leaky_relu,
    leaky_relu,
    leaky_relu_derivative,
)
from snippets.activation.relu import relu, relu_derivative
from snippets.network import Layer, affine, initialise
from snippets.propagation.forward import forward
from tests.activation import agreement
from tests.activation.test_plot import curves
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from

SLOPES = (0.01, 0.1, 0.5, 1)


def torchs(alpha):
    return partial(torch.nn.functional.leaky_relu, negative_slope=alpha)


@claim(
    "In real work call torch.nn.functional.leaky_relu, which gives the same "
    r"values and slopes and calls $\alpha$ negative_slope.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
@pytest.mark.parametrize("alpha", SLOPES)
def test_agrees_with_torch(dtype, alpha):
    agreement.agrees_with(
        partial(leaky_relu, alpha=alpha), torchs(alpha), dtype
    )


@pytest.mark.parametrize("alpha", SLOPES)
def test_agrees_with_torch_everywhere(alpha):
    agreement.agrees_with_everywhere(
        partial(leaky_relu, alpha=alpha), torchs(alpha)
    )


@claim(
    "The derivative is the one that autograd finds.",
)
@pytest.mark.parametrize("alpha", SLOPES)
def test_derivative_agrees_with_autograd(alpha):
    derivative = partial(leaky_relu_derivative, alpha=alpha)
    agreement.slope_agrees_with_autograd(derivative, torchs(alpha))


@claim(
    "In real work call torch.nn.functional.leaky_relu, which gives the same "
    r"values and slopes and calls $\alpha$ negative_slope.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
@pytest.mark.parametrize("alpha", SLOPES)
def test_autograd_finds_the_slopes_that_torch_takes(dtype, alpha):
    """At 0 as well, and finite everywhere."""
    agreement.autograd_agrees_with(
        partial(leaky_relu, alpha=alpha), torchs(alpha), dtype
    )


@pytest.mark.parametrize("alpha", SLOPES)
def test_derivative_agrees_with_differences(alpha):
    agreement.slope_agrees_with_differences(
        partial(leaky_relu, alpha=alpha),
        partial(leaky_relu_derivative, alpha=alpha),
    )


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
def test_is_well_behaved(function, property_):
    property_(function)


def test_infinities_pass_through():
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert leaky_relu(z).tolist() == [-torch.inf, torch.inf]
    assert leaky_relu_derivative(z).tolist() == [0.01, 1]


@claim(
    (
        "The usual choice is $\\alpha = <usual>$: then <up> stays <kept>, and "
        "<down> becomes <shrunk>."
    ),
    r"$a = \max(\alpha z, z)$ with $0 < \alpha \le 1$, usually <same>; its "
    r"slope is <right> above <kink> and $\alpha$ below.",
)
def test_slope_is_one_hundredth_unless_given(
    usual, same, right, kink, up, kept, down, shrunk
):
    assert torch.nn.LeakyReLU().negative_slope == usual == same
    two = torch.tensor([up, down], dtype=torch.float64)
    assert leaky_relu(two).tolist() == [kept, shrunk]
    z = torch.linspace(0.5, 8, 16, dtype=torch.float64)
    for slope, side in ((right, z), (usual, -z)):
        rise = leaky_relu(kink + side)
        torch.testing.assert_close(rise, slope * side)


@claim(
    (
        "At $z = <place>$ there is no slope, as with ReLU; torch takes "
        "$\\alpha$ there, and so does this book."
    ),
    "Its slope is α on the left, and on the right that of ReLU.",
)
@pytest.mark.parametrize("alpha", SLOPES[:3])
def test_takes_torchs_slope_at_zero(alpha, place):
    z = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torchs(alpha)(z), z)
    assert slope.item() == pytest.approx(alpha)
    for zero in (z, torch.tensor(-place).double().requires_grad_()):
        (ours,) = torch.autograd.grad(leaky_relu(zero, alpha), zero)
        assert ours.item() == alpha, "through the book's own function"
        assert leaky_relu_derivative(zero.detach(), alpha).item() == alpha
    h = 1e-6
    right, left = (leaky_relu(z + step, alpha) / step for step in (h, -h))
    assert right.item() == pytest.approx(1)
    assert left.item() == pytest.approx(alpha), "the two sides differ"


@claim(
    (
        "Each number is the output for exactly one $z$, so the function can"
        " be inverted."
    ),
)
@pytest.mark.parametrize("alpha", SLOPES)
def test_every_number_is_reached_once(alpha):
    a = torch.linspace(-50, 50, 1001, dtype=torch.float64)
    z = torch.where(a > 0, a, a / alpha)
    torch.testing.assert_close(leaky_relu(z, alpha), a)
    rising = leaky_relu(torch.linspace(-9, 9, 1801).double(), alpha)
    assert (rising.diff() > 0).all(), "no number is reached a second time"


@claim(
    "Its slope is never <never>, so no unit can be dead: a unit whose $z$ is "
    "negative for every example still learns, though slowly.",
    "No unit can die, since no slope is <none>.",
)
def test_slope_is_never_zero(never, none):
    tiny = 10.0 ** torch.arange(-300, 301, 10, dtype=torch.float64)
    slopes = leaky_relu_derivative(torch.cat([tiny, 0 * tiny, -tiny]))
    assert slopes.min() > never == none
    assert set(relu_derivative(-tiny).tolist()) == {never}, "as ReLU's is"


@claim(
    (
        "Its slope is never 0, so no unit can be dead: a unit whose $z$ is "
        "negative for every example still learns, though slowly."
    ),
    "So no unit dies for good, but one whose $z$ is negative learns slowly "
    "and passes little of the error on to the layers before it.",
    "If there are more and more, lower the learning rate, or try Leaky ReLU, "
    "whose units cannot die.",
)
def test_unit_below_zero_for_all_examples_still_learns():
    """By a hundredth of what it would learn above 0."""
    x = torch.tensor([[-2.0, 0.0, 2.0]], dtype=torch.float64)
    one = torch.ones(1, 1, dtype=torch.float64)

    def learnt(bias, name):
        _, caches = forward(x, [Layer(one, bias * one)], [name])
        return backward_from(torch.ones_like(x), caches, [name])[0].db.item()

    assert learnt(-5, "relu") == 0
    assert learnt(-5, "leaky_relu") == pytest.approx(0.01)
    assert learnt(5, "leaky_relu") == 1


@claim(
    (
        "On its way back the error is multiplied by $\\alpha$ in each unit "
        "whose $z$ is negative; with <slope>, <count> such units in a row "
        "contribute a factor of <factor>."
    ),
    "So no unit dies for good, but one whose $z$ is negative learns slowly "
    "and passes little of the error on to the layers before it.",
)
def test_three_layers_below_zero_leave_a_millionth(slope, count, factor):
    one, count = torch.ones(1, 1, dtype=torch.float64), int(count)
    layers, names = [Layer(one, 0 * one)] * count, ["leaky_relu"] * count
    _, caches = forward(-one, layers, names)
    assert all(cache.z < 0 for cache in caches)
    assert leaky_relu_derivative(caches[0].z).item() == slope
    gradient = backward_from(one, caches, names)[0].db.item()
    assert gradient == pytest.approx(factor)


@claim(
    "As with ReLU, the outputs are not centred on <middle>.",
)
def test_outputs_are_not_centred(middle):
    z = torch.linspace(-3, 3, 601, dtype=torch.float64)
    assert z.mean().abs() < 1e-12
    for alpha in SLOPES[:3]:
        assert leaky_relu(z, alpha).mean() > middle + 0.3
    assert relu(z).mean() > middle + 0.3


@claim(
    "Like ReLU, Leaky ReLU does not saturate for positive $z$, and its units "
    "cannot die; in return its outputs are no longer sparse.",
)
def test_keeps_its_slope_and_gives_up_zeros():
    """About half of ReLU's outputs are 0, and none of these."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(1000, generator=generator, dtype=torch.float64)
    assert (relu(z) == 0).sum() > 400
    assert (leaky_relu(z) != 0).all()
    large = 10.0 ** torch.arange(0, 301, 10, dtype=torch.float64)
    for derivative in (relu_derivative, leaky_relu_derivative):
        assert (derivative(large) == 1).all()
    assert leaky_relu_derivative(-large).min() > 0


@claim(
    "On the negative half $a = <slope> z$, so $z = <z>$.",
)
def test_inverse_of_the_exercise(slope, z):
    z = torch.tensor(z, dtype=torch.float64)
    assert leaky_relu(z, slope).item() == pytest.approx(-0.05)


@claim(
    "The identity, $a = z$.",
    "It does not bend, and layers without bending collapse.",
)
def test_slope_of_one_is_the_identity():
    """So two layers do what a single one does."""
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    assert torch.equal(leaky_relu(z, 1), z)
    first, second = initialise((3, 4, 2), torch.Generator().manual_seed(0))
    single = Layer(second.W @ first.W, second.W @ first.b + second.b)
    x = z.reshape(1, -1) * torch.tensor([[1.0], [-2.0], [3.0]]).double()
    torch.testing.assert_close(
        affine(leaky_relu(affine(x, first), 1), second), affine(x, single)
    )


@claim(
    r"$a = \max(0, z) - \alpha \max(0, -z)$.",
)
def test_can_be_written_with_relu_alone():
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)  # exercise 3
    torch.testing.assert_close(leaky_relu(z, 0.2), relu(z) - 0.2 * relu(-z))


@claim(
    (
        "The formula needs $\\alpha \\le 1$, for with a larger $\\alpha$ the "
        "maximum would be $\\alpha z$ on the positive half and $z$ on the "
        "negative."
    ),
    r"With a larger $\alpha$, the maximum would pick the wrong half.",
    "It is, as long as α is at most <most>.",
)
def test_maximum_picks_the_wrong_half_beyond_one(most):
    z = torch.tensor([-1.0, 1.0])
    for alpha in (0.01, most / 2, most):
        assert torch.equal(torch.maximum(alpha * z, z), torchs(alpha)(z))
    wrong = torch.maximum(2 * z, z)
    assert wrong.tolist() == [-1, 2]
    assert torchs(2)(z).tolist() == [-2, 1]
    with pytest.raises(ValueError, match="above 0 and at most 1, but is 2"):
        leaky_relu(z, alpha=2)


@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
@pytest.mark.parametrize("alpha", [0, -0.1, 1.01, torch.nan, torch.inf])
def test_refuses_slopes_out_of_range(function, alpha):
    with pytest.raises(ValueError, match="alpha must be above 0 and at most 1"):
        function(torch.zeros(1), alpha)


@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
@pytest.mark.parametrize("alpha", ["0.1", None, True, torch.ones(2)])
def test_refuses_slopes_that_are_no_numbers(function, alpha):
    with pytest.raises(TypeError, match="alpha must be a number"):
        function(torch.zeros(1), alpha)


@claim(
    r"Leaky ReLU and its derivative, with $\alpha = <alpha>$: at the usual "
    "<usual> the left half could not be told from <level>.",
    "Leaky ReLU with slope <slope>, a solid line over z from <start> to "
    "<end>, on a vertical axis from <bottom> to <highest>.",
    "From <low> at z = <at> it rises gently to the origin and then with "
    "slope <steep> to <top>.",
    "Its derivative, dashed, is <left> on the left and <right> on the "
    "right, with two open circles at z = <jump>, where it has no value.",
)
def test_figure_is_drawn_with_a_slope_that_can_be_seen(
    alpha,
    usual,
    level,
    slope,
    start,
    end,
    bottom,
    highest,
    low,
    at,
    steep,
    top,
    left,
    right,
    jump,
):
    figure = draw_leaky_relu()
    axes, drawn = curves(figure)
    z, a = drawn[f"Leaky ReLU, α = {alpha:g}"]
    torch.testing.assert_close(a, torchs(slope)(z))
    assert (z[0].item(), z[-1].item()) == (start, end)
    assert tuple(axes.get_yticks()[[0, -1]]) == (bottom, highest)
    assert a[z == at].item() == pytest.approx(low)
    assert a[z == 0].item() == 0
    torch.testing.assert_close(a[z > 0], steep * z[z > 0])
    assert a[-1].item() == top
    z, slopes = drawn["its derivative"]
    assert slopes[z == jump].isnan().all()
    assert set(slopes[z < jump].tolist()) == {left}
    assert set(slopes[z > jump].tolist()) == {right}
    assert [line.get_linestyle() for line in axes.lines[-2:]] == ["-", "--"]
    assert list(axes.lines[0].get_xdata()) == [jump, jump]
    assert list(axes.lines[0].get_ydata()) == [left, right]
    # a line is 1.8 points wide, and inches are 72 points
    assert torch.nn.LeakyReLU().negative_slope == usual
    bottom, top = axes.get_ylim()
    points = 72 * figure.get_figheight() / (top - bottom)
    assert points * (level - leaky_relu(z[:1], usual)) < 1.8
    assert points * (level - leaky_relu(z[:1], alpha)) > 3 * 1.8


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    alpha = (z.abs().min() / 10).item()
    symbols = {
        "z": z,
        r"\alpha": alpha,
        "a": leaky_relu(z, alpha),
        "a'": leaky_relu_derivative(z, alpha),
    }
    negative = -z.abs()
    exercises = {
        "a = 0.01 z": {"z": negative, "a": leaky_relu(negative)},
        "a = z": {"a": leaky_relu(z, 1.0)},
    }
    hold("activation/leaky_relu.md", symbols, here=exercises)
