from functools import partial

import pytest
import torch

from snippets.activation.leaky_relu import (
    draw_leaky_relu,
    leaky_relu,
    leaky_relu_derivative,
)
from snippets.activation.relu import relu
from tests.activation import agreement
from tests.activation.test_plot import curves

SLOPES = (0.01, 0.1, 0.5, 1)


def torchs(alpha):
    return partial(torch.nn.functional.leaky_relu, negative_slope=alpha)


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


@pytest.mark.parametrize("alpha", SLOPES)
def test_derivative_agrees_with_autograd(alpha):
    derivative = partial(leaky_relu_derivative, alpha=alpha)
    agreement.slope_agrees_with_autograd(derivative, torchs(alpha))


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


def test_slope_is_one_hundredth_unless_given():
    assert leaky_relu(torch.tensor(-5.0)).item() == pytest.approx(-0.05)


def test_can_be_written_with_relu_alone():
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)  # exercise 3
    torch.testing.assert_close(leaky_relu(z, 0.2), relu(z) - 0.2 * relu(-z))


def test_maximum_picks_the_wrong_half_beyond_one():
    z = torch.tensor([-1.0, 1.0])
    wrong = torch.maximum(2 * z, z)
    assert wrong.tolist() == [-1, 2]
    assert torchs(2)(z).tolist() == [-2, 1]
    with pytest.raises(ValueError, match="above 0 and at most 1, but is 2"):
        leaky_relu(z, alpha=2)


@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
@pytest.mark.parametrize("alpha", [0, -0.1, 1.01, torch.nan, torch.inf])
def test_refuses_slopes_out_of_range(function, alpha):
    with pytest.raises(ValueError, match="alpha must be finite and above 0"):
        function(torch.zeros(1), alpha)


@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
@pytest.mark.parametrize("alpha", ["0.1", None, True, torch.ones(2)])
def test_refuses_slopes_that_are_no_numbers(function, alpha):
    with pytest.raises(TypeError, match="alpha must be a number"):
        function(torch.zeros(1), alpha)


def test_figure_is_drawn_with_a_slope_that_can_be_seen():
    axes, drawn = curves(draw_leaky_relu())
    z, a = drawn["Leaky ReLU, α = 0.1"]
    torch.testing.assert_close(a, torchs(0.1)(z))
    z, slope = drawn["its derivative"]
    assert slope[z == 0].isnan().all()
    assert set(slope[z < 0].tolist()) == {0.1}
    assert set(slope[z > 0].tolist()) == {1}
    assert list(axes.lines[0].get_ydata()) == [0.1, 1]
