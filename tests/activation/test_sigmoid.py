import pytest
import torch

from snippets.activation.sigmoid import (
    draw_sigmoid,
    sigmoid,
    sigmoid_derivative,
)
from snippets.activation.tanh import tanh
from snippets.network import Layer, initialise
from snippets.propagation.backward import backward
from snippets.propagation.forward import forward
from tests.activation import agreement
from tests.activation.test_plot import curves


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(sigmoid, torch.sigmoid, dtype)


def test_agrees_with_torch_everywhere():
    agreement.agrees_with_everywhere(sigmoid, torch.sigmoid)


def test_derivative_agrees_with_autograd():
    agreement.slope_agrees_with_autograd(sigmoid_derivative, torch.sigmoid)


def test_derivative_agrees_with_differences():
    agreement.slope_agrees_with_differences(sigmoid, sigmoid_derivative)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [sigmoid, sigmoid_derivative])
def test_is_well_behaved(function, property_):
    property_(function)


def test_infinities_give_the_limits():
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert sigmoid(z).tolist() == [0, 1]
    assert sigmoid_derivative(z).tolist() == [0, 0]


def test_is_symmetric_about_one_half():
    z = torch.linspace(0, 30, 301, dtype=torch.float64)
    torch.testing.assert_close(sigmoid(-z), 1 - sigmoid(z), rtol=0, atol=1e-15)
    assert sigmoid(torch.zeros(1)).item() == 0.5


def test_slopes_that_the_text_names():
    z = torch.tensor([0.0, 2.0, 5.0], dtype=torch.float64)
    slopes = sigmoid_derivative(z).tolist()
    assert slopes == pytest.approx([0.25, 0.105, 0.0066], rel=0.01)


def test_slope_is_largest_at_zero():
    z = torch.linspace(-9, 9, 1801, dtype=torch.float64)
    assert sigmoid_derivative(z).max() <= 0.25
    assert sigmoid_derivative(torch.zeros(1)).item() == 0.25


@pytest.mark.parametrize(
    ("dtype", "first"),
    [(torch.float16, 8.3), (torch.float32, 16.6), (torch.float64, 36.7)],
)
def test_reaches_one_only_by_rounding(dtype, first):
    """1 - sigmoid(z) is about e^-z, and half of eps is what rounds away."""
    z = torch.arange(0, 50_000).to(dtype) / 1000
    reached = z[torch.sigmoid(z) == 1][0].item()
    assert reached == pytest.approx(first, abs=0.1)
    before = torch.tensor(reached - 0.2, dtype=dtype)
    assert torch.sigmoid(before) < 1


def test_ten_layers_at_their_best_leave_a_millionth():
    best = sigmoid_derivative(torch.zeros((), dtype=torch.float64))
    assert (best**10).item() == pytest.approx(1e-6, rel=0.1)
    one = torch.ones(1, 1, dtype=torch.float64)
    layers, names = [Layer(one, 0 * one)] * 10, ["sigmoid"] * 10
    gradients = backward(one, forward(one, layers, names)[1], names)
    assert 0 < gradients[0].dW.item() < 1e-6
    assert gradients[9].dW.item() > 0.1, "the last layer does not suffer"


def test_weight_gradients_of_one_example_share_a_sign():
    """The inputs of the second layer are sigmoids, and so are positive."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise((5, 8, 6), generator)
    names = ("sigmoid", "tanh")
    mixed = 0
    for _ in range(200):
        x = torch.randn(5, 1, generator=generator, dtype=torch.float64)
        da = torch.randn(6, 1, generator=generator, dtype=torch.float64)
        dW = backward(da, forward(x, layers, names)[1], names)[1].dW
        assert ((dW > 0).all(dim=1) | (dW < 0).all(dim=1)).all()
        many = torch.randn(5, 9, generator=generator, dtype=torch.float64)
        da = torch.randn(6, 9, generator=generator, dtype=torch.float64)
        dW = backward(da, forward(many, layers, names)[1], names)[1].dW
        mixed += int(((dW > 0).any(dim=1) & (dW < 0).any(dim=1)).sum())
    assert mixed > 0, "averaging over examples softens it"


def test_gates_of_lstm_and_gru_are_sigmoids():
    """Rebuild one step of torch's cells from this book's functions."""
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


def test_figure_shows_function_derivative_and_limit():
    axes, drawn = curves(draw_sigmoid())
    z, a = drawn["the sigmoid"]
    torch.testing.assert_close(a, torch.sigmoid(z))
    z, slope = drawn["its derivative"]
    torch.testing.assert_close(slope, sigmoid_derivative(z))
    assert [line.get_ydata()[0] for line in axes.lines[:1]] == [1]
