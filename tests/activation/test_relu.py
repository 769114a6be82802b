import time

import pytest
import torch

from snippets.activation.relu import (
    dead_after_training,
    disc,
    draw_dead_units,
    draw_relu,
    measure_cost,
    relu,
    relu_derivative,
)
from tests.activation import agreement
from tests.activation.test_plot import curves


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(relu, torch.relu, dtype)


def test_agrees_with_torch_everywhere():
    agreement.agrees_with_everywhere(relu, torch.relu)


def test_derivative_agrees_with_autograd():
    agreement.slope_agrees_with_autograd(relu_derivative, torch.relu)


def test_derivative_agrees_with_differences():
    agreement.slope_agrees_with_differences(relu, relu_derivative)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [relu, relu_derivative])
def test_is_well_behaved(function, property_):
    property_(function)


def test_infinities_pass_through():
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert relu(z).tolist() == [0, torch.inf]
    assert relu_derivative(z).tolist() == [0, 1]


def test_is_linear_on_each_side_but_not_across():
    z = torch.linspace(0.1, 9, 90, dtype=torch.float64)
    torch.testing.assert_close(relu(2 * z), 2 * relu(z))
    assert torch.equal(relu(-z), torch.zeros_like(z))
    assert (relu(z) + relu(-z) != relu(z - z)).all()


def test_absolute_value_from_two_units():
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)  # exercise 1
    assert torch.equal(relu(z) + relu(-z), z.abs())


def test_torch_chooses_a_slope_at_zero():
    def slope(function):
        z = torch.zeros((), requires_grad=True)
        (slope,) = torch.autograd.grad(function(z), z)
        return slope.item()

    assert slope(torch.relu) == 0
    assert slope(lambda z: z.clamp(min=0)) == 1
    assert slope(lambda z: torch.maximum(z, torch.zeros_like(z))) == 0.5
    leaky = slope(lambda z: torch.nn.functional.leaky_relu(z, 0.01))
    assert leaky == pytest.approx(0.01)
    assert relu_derivative(torch.zeros(())).item() == slope(torch.relu)


def test_inactive_is_not_dead():
    """A unit that one example leaves silent learns from the other."""
    w = torch.tensor([1.0], requires_grad=True)
    x = torch.tensor([[-1.0, 2.0]])
    a = torch.relu(w @ x)
    assert a.tolist() == [0, 2]
    (dw,) = torch.autograd.grad(a.sum(), w)
    assert dw.item() == 2


def test_dead_units_get_no_gradient():
    w = torch.tensor([1.0], requires_grad=True)  # exercise 2
    b = torch.tensor([-5.0], requires_grad=True)
    x = torch.linspace(-2, 2, 41).unsqueeze(0)
    gradients = torch.autograd.grad(torch.relu(w @ x + b).sum(), (w, b))
    assert [gradient.item() for gradient in gradients] == [0, 0]
    sigmoids = torch.autograd.grad(torch.sigmoid(w @ x + b).sum(), (w, b))
    assert all(gradient.item() != 0 for gradient in sigmoids)


@pytest.mark.parametrize("seed", range(8))
def test_high_learning_rate_kills_units(seed):
    def dead(rate):
        return dead_after_training(rate, torch.Generator().manual_seed(seed))

    assert dead(1) <= 3
    assert dead(10) > 48
    assert dead(30) == 64


def test_disc_asks_for_the_middle():
    x, y = disc(torch.Generator().manual_seed(0), 2000)
    assert x.shape == (2, 2000)
    assert x.abs().max() <= 1
    assert torch.equal(y[0] == 1, x.norm(dim=0) ** 2 < 0.5)
    # the disc of radius sqrt(1/2) has the area pi/2, of the square's 4
    assert y.mean().item() == pytest.approx(torch.pi / 8, abs=0.05)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate must be .* above 0"),
        ({"learning_rate": torch.nan}, ValueError, "but is nan"),
        ({"learning_rate": "1"}, TypeError, "must be a number, but a str"),
        (
            {"learning_rate": 1, "units": 0},
            ValueError,
            "units must be at least",
        ),
        ({"learning_rate": 1, "units": 1.5}, TypeError, "must be an integer"),
    ],
)
def test_training_refuses_bad_input(arguments, error, said):
    with pytest.raises(error, match=said):
        dead_after_training(generator=torch.Generator(), **arguments)


def test_cost_is_measured_for_each_function():
    cost = measure_cost(1000, rounds=3)
    assert list(cost) == ["relu", "tanh", "sigmoid"]
    assert all(0 < microseconds < 1e6 for microseconds in cost.values())
    with pytest.raises(ValueError, match="count must be at least 1"):
        measure_cost(0)


@pytest.mark.parametrize("slow", ["relu", "tanh", "sigmoid"])
def test_each_cost_is_that_of_the_function_named(monkeypatch, slow):
    monkeypatch.setattr(torch, slow, lambda z: time.sleep(0.01))
    cost = measure_cost(1_000_000, rounds=1)
    assert cost[slow] >= 10_000, "a hundredth of a second"


def test_figure_leaves_the_derivative_open_at_zero():
    axes, drawn = curves(draw_relu())
    z, a = drawn["ReLU"]
    torch.testing.assert_close(a, torch.relu(z))
    z, slope = drawn["its derivative"]
    assert slope[z == 0].isnan().all()
    assert set(slope[z < 0].tolist()) == {0}
    assert set(slope[z > 0].tolist()) == {1}
    open_ends = axes.lines[0]
    assert open_ends.get_marker() == "o"
    assert list(open_ends.get_ydata()) == [0, 1]


def test_figure_counts_the_dead():
    (axes,) = draw_dead_units().axes
    *starts, median = axes.lines
    assert len(starts) == 5
    for line in starts:
        assert list(line.get_xdata()) == [0.1, 0.3, 1, 3, 10, 30]
        counts = list(line.get_ydata())
        assert max(counts[:4]) <= 2, "none or next to none"
        assert counts[4] > 50
        assert counts[5] == 64
    assert list(median.get_ydata())[-1] == 64
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_ylabel() == "dead units"
