import pytest
import torch
from torch.nn.functional import leaky_relu as torchs
from torch.testing import assert_close

from snippets.activation.leaky_relu import (
    draw_leaky_relu,
    leaky_relu,
    leaky_relu_derivative,
)
from snippets.activation.relu import relu, relu_derivative
from snippets.network import Layer, affine, initialise
from snippets.propagation.forward import forward
from tests.activation import agreement
from tests.activation.agreement import ONE, slope_by_autograd
from tests.activation.curves import shows_a_jump
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from
from tests.tensors import double, grid, random, refuses

USUAL = torch.nn.LeakyReLU().negative_slope


@claim(
    r"The usual choice is $\alpha = <usual>$: then <up> stays <kept>, and "
    "<down> becomes <shrunk>.",
    r"$a = \max(\alpha z, z)$ with $0 < \alpha \le 1$, usually <same>; its "
    r"slope is <right> above <kink> and $\alpha$ below.",
)
def test_slope_is_one_hundredth_unless_given(said):
    assert said.usual == said.same == USUAL
    assert leaky_relu(double(said.up)) == said.kept
    assert leaky_relu(double(said.down)) == said.shrunk
    z = grid(0.5, 8, 16)
    for slope, side in ((said.right, z), (said.usual, -z)):
        assert_close(leaky_relu(said.kink + side), slope * side)
        slopes = leaky_relu_derivative(said.kink + side)
        assert set(slopes.tolist()) == {slope}


@claim(
    r"At $z = <place>$ there is no slope, as with ReLU; torch takes $\alpha$ "
    "there, and so does this book.",
    r"Its slope is $\alpha$ on the left and <steep> on the right.",
    "Each of the two straight pieces has one slope: $z$ has the slope "
    r"<steep>, and $\alpha z$ has the slope $\alpha$.",
)
@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.5])
def test_slope_jumps_and_the_function_can_be_inverted(alpha, said):
    for zero in double([said.place, -said.place]):
        assert slope_by_autograd(lambda z: leaky_relu(z, alpha), zero) == alpha
        taken = slope_by_autograd(lambda z: torchs(z, alpha), zero)
        assert taken == pytest.approx(alpha)
        assert leaky_relu_derivative(zero, alpha) == alpha
    a = grid(-50, 50, 1001)
    z = torch.where(a > said.place, a, a / alpha)
    assert_close(leaky_relu(z, alpha), a)
    assert (leaky_relu(grid(-9, 9, 1801), alpha).diff() > 0).all()
    right, left = leaky_relu(double([1e-6, -1e-6]), alpha) / 1e-6
    assert (right, -left) == pytest.approx((said.steep, alpha)), "they differ"


@claim(
    "Its slope is never <never>, so no unit can be dead: a unit whose $z$ is "
    "negative for every example still learns, though slowly.",
    "No unit can die, since no slope is <none>.",
    "The dead unit of exercise 2 on ReLU, for one, would have the slope "
    "<usual> for every example, and not <never>.",
    "Its slope is never 0, so no unit can be dead: a unit whose $z$ is "
    "negative for every example still learns, though slowly.",
    "If there are more and more, lower the learning rate, or try Leaky ReLU, "
    "whose units cannot die.",
    "Like ReLU, Leaky ReLU does not saturate for positive $z$; unlike "
    "ReLU's, its units cannot die, but its outputs are no longer sparse.",
)
def test_unit_below_zero_for_all_examples_still_learns(said):
    """By a hundredth of what it would learn above 0.

    In exercise 2 of ReLU, w = 1, b = -5, and x lies between -2 and 2.
    """
    z = grid(-2, 2, 41) - 5
    assert set(leaky_relu_derivative(z).tolist()) == {said.usual}
    assert set(relu_derivative(z).tolist()) == {said.never}
    sizes = 10.0 ** torch.arange(-300, 301, 10, dtype=torch.float64)
    slopes = leaky_relu_derivative(torch.cat([sizes, 0 * sizes, -sizes]))
    assert slopes.min() > said.never == said.none
    assert (leaky_relu_derivative(sizes) == 1).all(), "it does not saturate"
    assert set(relu_derivative(-sizes).tolist()) == {said.never}, "as ReLU's"
    z = random(1000)
    assert (relu(z) == 0).sum() > 400, "sparse"
    assert (leaky_relu(z) != 0).all()

    def learnt(bias, name):
        _, caches = forward(
            double([[-2, 0, 2]]), [Layer(ONE, bias * ONE)], [name]
        )
        return backward_from(torch.ones(1, 3).double(), caches, [name])[0].db

    assert learnt(-5, "relu") == 0
    assert learnt(-5, "leaky_relu") == pytest.approx(0.01)
    assert learnt(5, "leaky_relu") == 1


@claim(
    r"On its way back the error is multiplied by $\alpha$ in each unit whose "
    "$z$ is negative; with <slope>, <count> such units in a row contribute a "
    "factor of <factor>.",
    "So no unit dies, but one whose $z$ is negative learns slowly and passes "
    "little of the error on to the layers before it.",
)
def test_three_layers_below_zero_leave_a_millionth(said):
    count = int(said.count)
    caches, gradients = agreement.row_of_units("leaky_relu", count, x=-1)
    assert all(cache.z < 0 for cache in caches)
    assert leaky_relu_derivative(caches[0].z) == said.slope
    assert gradients[0].db == pytest.approx(said.factor)


@claim(
    "As with ReLU, the outputs are not centred on <middle>.",
    "On the negative half $a = <slope> z$, so $z = <z>$.",
    "The identity, $a = z$.",
    "It does not bend, and layers without bending collapse.",
    r"$a = \max(0, z) - \alpha \max(0, -z)$.",
)
def test_outputs_are_not_centred_and_can_be_rewritten(said):
    z = grid(-3, 3, 601)
    assert z.mean().abs() < 1e-12
    for a in (relu(z), *(leaky_relu(z, alpha) for alpha in (0.01, 0.1, 0.5))):
        assert a.mean() > said.middle + 0.3
    assert leaky_relu(double(said.z), said.slope) == pytest.approx(-0.05)
    assert_close(leaky_relu(z, 0.2), relu(z) - 0.2 * relu(-z))
    assert torch.equal(leaky_relu(z, 1), z)
    first, second = initialise((3, 4, 2), torch.Generator().manual_seed(0))
    single = Layer(second.W @ first.W, second.W @ first.b + second.b)
    x = random(3, 50)
    outputs = affine(leaky_relu(affine(x, first), 1), second)
    assert_close(outputs, affine(x, single))


@claim(
    r"The formula needs $\alpha \le 1$, for with a larger $\alpha$ the "
    r"maximum would be $\alpha z$ on the positive half and $z$ on the "
    "negative.",
    r"It is $\max(\alpha z, z)$, as long as $\alpha$ is at most <most>: with a "
    r"larger $\alpha$ the maximum would pick the wrong half.",
)
def test_maximum_picks_the_wrong_half_beyond_one(said):
    z = torch.tensor([-1.0, 1.0])
    for alpha in (0.01, said.most / 2, said.most):
        assert torch.equal(torch.maximum(alpha * z, z), torchs(z, alpha))
    assert torch.maximum(2 * z, z).tolist() == [-1, 2]
    assert torchs(z, 2).tolist() == [-2, 1]


@claim("A Slope is a number above <none> and at most <most>.")
@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
def test_refuses_slopes_out_of_range(function, said):
    assert function(ONE, said.most) == function(ONE, said.none + 1e-9) == 1
    for alpha in (said.none, -0.1, 1.01, 2, torch.nan, torch.inf):
        refuses(
            ValueError,
            "alpha must be above 0 and at most 1",
            function,
            ONE,
            alpha,
        )
    for alpha in ("0.1", None, True, torch.ones(2)):
        refuses(TypeError, "alpha must be a number", function, ONE, alpha)


@claim(
    r"Leaky ReLU and its derivative, with $\alpha = <alpha>$: at the usual "
    "<usual> the left half could not be told from <level>.",
    "Leaky ReLU with slope <slope>, a solid line over z from <start> to "
    "<end>, on a vertical axis from <bottom> to <highest>.",
    "From <low> at z = <at> it rises gently to the origin and then with slope "
    "<steep> to <top>.",
    "Its derivative, dashed, is <left> on the left and <right> on the right, "
    "with two open circles at z = <jump>, where it has no value.",
)
def test_figure_is_drawn_with_a_slope_that_can_be_seen(said):
    figure = draw_leaky_relu()
    name = f"Leaky ReLU, α = {said.alpha:g}"
    shows_a_jump(figure, name, lambda z: torchs(z, said.slope), said)
    at, level = double(said.at), said.level
    assert leaky_relu(at, said.alpha) == pytest.approx(said.low)
    assert said.usual == USUAL
    # a line is 1.8 points wide, and inches are 72 points
    bottom, top = figure.axes[0].get_ylim()
    points = 72 * figure.get_figheight() / (top - bottom)
    assert points * (level - leaky_relu(at, said.usual)) < 1.8
    assert points * (level - leaky_relu(at, said.alpha)) > 3 * 1.8


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    alpha = (z.abs().min() / 10).item()
    symbols = {"z": z, r"\alpha": alpha, "a": leaky_relu(z, alpha)}
    symbols["a'"] = leaky_relu_derivative(z, alpha)
    negative = -z.abs()
    exercises = {
        "a = 0.01 z": {"z": negative, "a": leaky_relu(negative)},
        "a = z": {"a": leaky_relu(z, 1.0)},
    }
    hold("activation/leaky_relu.md", symbols, here=exercises)
