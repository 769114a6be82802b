import math

import pytest
import torch

from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import (
    draw_tanh,
    tanh,
    tanh_derivative,
    textbook_tanh,
)
from tests.activation import agreement
from tests.activation.test_plot import curves


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(tanh, torch.tanh, dtype)


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_textbook_formula_agrees_where_it_holds(dtype):
    def bounded(z):
        return z.clamp(-5, 5)

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


def test_infinities_give_the_limits():
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert tanh(z).tolist() == [-1, 1]
    assert tanh_derivative(z).tolist() == [0, 0]


def test_small_inputs_keep_all_their_digits():
    """For small z, tanh z = z - z^3/3 + ...: relative error, not absolute."""
    z = torch.logspace(-300, -4, 400, dtype=torch.float64)
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


def test_textbook_formula_breaks_down():
    z = torch.tensor([100.0])
    assert textbook_tanh(z).isnan().all()
    assert tanh(z).item() == 1


def test_is_a_stretched_sigmoid():
    z = torch.linspace(-20, 20, 801, dtype=torch.float64)
    torch.testing.assert_close(
        tanh(z), 2 * sigmoid(2 * z) - 1, rtol=0, atol=1e-15
    )


def test_is_odd():
    z = torch.linspace(0, 20, 401, dtype=torch.float64)
    torch.testing.assert_close(tanh(-z), -tanh(z), rtol=1e-15, atol=0)


def test_slope_is_four_times_the_sigmoids_at_best():
    zero = torch.zeros((), dtype=torch.float64)
    assert tanh_derivative(zero).item() == 1
    z = torch.tensor([1.32, -1.32], dtype=torch.float64)  # exercise 3
    assert tanh_derivative(z).tolist() == pytest.approx([0.25] * 2, abs=2e-3)


def test_reaches_one_only_by_rounding():
    """The float32 nearest to tanh z is 1 from z = 13 log 2, about 9.01, on."""
    z = torch.arange(0, 20_000, dtype=torch.float64) / 1000
    nearest = torch.tanh(z).to(torch.float32)
    assert z[nearest == 1][0].item() == pytest.approx(
        13 * math.log(2), abs=0.01
    )
    torchs = torch.tanh(z.to(torch.float32))
    assert z[torchs == 1][0].item() == pytest.approx(9.0, abs=0.2)


def test_centres_only_what_is_symmetric():
    """The mean of a million samples is known to about 0.001."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(1_000_000, generator=generator, dtype=torch.float64)
    assert tanh(z).mean().item() == pytest.approx(0, abs=0.005)
    assert tanh(z + 1).mean().item() == pytest.approx(0.55, abs=0.005)
    assert tanh(z + 2).mean().item() == pytest.approx(0.86, abs=0.005)
    centred = torch.tensor([-1.0, -1.0, 2.0], dtype=torch.float64)
    assert centred.mean() == 0
    assert tanh(centred).mean() < -0.1


def test_figure_shows_function_derivative_and_limits():
    axes, drawn = curves(draw_tanh())
    z, a = drawn["tanh"]
    torch.testing.assert_close(a, torch.tanh(z))
    z, slope = drawn["its derivative"]
    torch.testing.assert_close(slope, tanh_derivative(z))
    assert [line.get_ydata()[0] for line in axes.lines[:2]] == [-1, 1]
