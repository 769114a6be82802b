from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.activation.index import (
    collapse,
    curve,
    draw_approximation,
    linear_stack,
    rank_of_product,
    relu_fit,
)
from snippets.activation.leaky_relu import leaky_relu
from snippets.activation.relu import relu
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from snippets.network import Layer, affine, initialise


@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=6),
    seed=st.integers(0, 2**32),
)
def test_layers_collapse_into_one(sizes, seed):
    """Sums of at most 9 products, five layers deep: 1e-12 is ample."""
    generator = torch.Generator().manual_seed(seed)
    layers = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in initialise(sizes, generator)
    ]
    x = torch.randn(sizes[0], 5, generator=generator, dtype=torch.float64)
    one = collapse(layers)
    assert one.W.shape == (sizes[-1], sizes[0])
    assert one.b.shape == (sizes[-1], 1)
    torch.testing.assert_close(
        linear_stack(x, layers), affine(x, one), rtol=1e-10, atol=1e-12
    )


def test_layers_with_an_activation_do_not_collapse():
    """The best affine map misses a ReLU network, but hits a linear one."""
    generator = torch.Generator().manual_seed(0)
    first, second = initialise((2, 16, 1), generator)
    x = torch.randn(2, 200, generator=generator, dtype=torch.float64)

    def error_of_best_affine_map(y):
        columns = torch.vstack([x, torch.ones(1, 200)]).T
        best = torch.linalg.lstsq(columns, y.T).solution
        return (columns @ best - y.T).abs().max()

    bent = affine(relu(affine(x, first)), second)
    assert error_of_best_affine_map(bent) > 0.1
    straight = linear_stack(x, [first, second])
    assert error_of_best_affine_map(straight) < 1e-12


def test_collapse_with_a_straight_activation():
    """Exercise 1: g(z) = 3z changes the map, not its kind."""
    (W1, b1), (W2, b2) = initialise((3, 4, 2), torch.Generator().manual_seed(0))
    x = torch.randn(3, 7, dtype=torch.float64)
    tripled = 3 * affine(3 * affine(x, Layer(W1, b1)), Layer(W2, b2))
    W, b = 3 * W2 @ (3 * W1), 3 * (W2 @ (3 * b1) + b2)
    torch.testing.assert_close(tripled, W @ x + b)


def test_collapse_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="at least one layer, but is empty"):
        collapse([])
    layers = initialise((2, 3), torch.Generator()) * 2
    with pytest.raises(ValueError, match=r"must have shape \(units, 3\)"):
        linear_stack(torch.zeros(2, 1, dtype=torch.float64), layers)
    with pytest.raises(ValueError, match=r"must have shape \(units, 3\)"):
        collapse(layers)
    with pytest.raises(TypeError, match="must share one dtype"):
        collapse([Layer(layers[0].W, layers[0].b.float())])
    with pytest.raises(ValueError, match="at least one layer, but is empty"):
        linear_stack(torch.zeros(2, 1), [])


def test_rank_never_grows():
    """A narrow layer is a bottleneck for all layers after it."""
    layers = initialise((10, 1, 10), torch.Generator().manual_seed(0))
    assert torch.linalg.matrix_rank(collapse(layers).W) == 1


def test_rank_of_a_long_product():
    def ranks(count):
        return [
            rank_of_product(count, torch.Generator().manual_seed(seed))
            for seed in range(30)
        ]

    assert set(ranks(1)) == {8}
    long = Counter(ranks(1000))
    assert long[1] >= 24, "about nine in ten"
    assert max(long) <= 3


@pytest.mark.parametrize("arguments", [{"count": 0}, {"count": 2, "size": 0}])
def test_rank_refuses_counts_below_one(arguments):
    with pytest.raises(ValueError, match="must be at least 1, but is 0"):
        rank_of_product(generator=torch.Generator(), **arguments)


@pytest.mark.parametrize("g", [sigmoid, tanh, relu, leaky_relu])
def test_others_answer_by_how_much(g):
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    assert len(set(g(z).tolist())) > 30
    assert (g(z).diff() >= 0).all()


def test_more_units_fit_better():
    x, y = curve()
    errors = [(relu_fit(x, y, units) - y).abs().max() for units in (2, 8, 32)]
    assert errors[0] > 1
    assert 0.1 < errors[1] < 0.3
    assert errors[2] < 0.02


def test_fit_is_exact_where_the_target_bends_at_its_points():
    """|x| bends at 0, the second of two evenly spaced points from -1 to 1."""
    x = torch.linspace(-1, 1, 101, dtype=torch.float64)
    torch.testing.assert_close(
        relu_fit(x, x.abs(), units=2), x.abs(), rtol=0, atol=1e-12
    )


def test_fit_refuses_what_does_not_fit():
    x = torch.zeros(5)
    with pytest.raises(ValueError, match=r"y must have shape \(5,\)"):
        relu_fit(x, torch.zeros(4), units=2)
    with pytest.raises(TypeError, match="must share one dtype"):
        relu_fit(x, x.double(), units=2)
    with pytest.raises(ValueError, match="units must be at least 1"):
        relu_fit(x, x, units=0)
    with pytest.raises(ValueError, match="at least one point, but is empty"):
        relu_fit(x[:0], x[:0], units=2)
    with pytest.raises(ValueError, match="y must be finite, but holds nan"):
        relu_fit(x, x / 0, units=2)
    with pytest.raises(ValueError, match="width of x must be finite"):
        relu_fit(torch.tensor([-3e38, 3e38]), torch.zeros(2), units=2)
    with pytest.raises(TypeError, match="x must be float32 or float64"):
        relu_fit(x.half(), x.half(), units=2)


def test_figure_compares_three_fits_with_the_curve():
    figure = draw_approximation((2, 8, 32))
    assert [axes.get_title() for axes in figure.axes] == [
        "2 units",
        "8 units",
        "32 units",
    ]
    x, y = curve()
    for axes, units in zip(figure.axes, (2, 8, 32), strict=True):
        exact, fit = axes.lines
        torch.testing.assert_close(torch.as_tensor(exact.get_ydata()), y)
        torch.testing.assert_close(
            torch.as_tensor(fit.get_ydata()), relu_fit(x, y, units)
        )
        assert exact.get_linestyle() != fit.get_linestyle()
        assert axes.get_xlabel() == "$x$"
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["the curve", "the fit"]
