from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Circle

from snippets.figure import PALETTE
from snippets.network import (
    HIDDEN,
    OUTPUT,
    Layer,
    affine,
    count_parameters,
    draw_network,
    draw_xor,
    initialise,
    xor,
)
from snippets.neuron import neuron, step, train_perceptron

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])
SIZES = (4, 4, 5, 6, 4, 3, 3)
WRONG_SIZES = [
    ((3,), ValueError, "must name the inputs and at least one layer"),
    ((3, 0), ValueError, r"sizes\[1\] must be at least 1, but is 0"),
    ((3, 2.0), TypeError, r"sizes\[1\] must be an integer, but a float"),
    ((True, 2), TypeError, r"sizes\[0\] must be an integer, but a bool"),
    (3, TypeError, "must be a sequence of integers, but a int"),
    ("34", TypeError, "must be a sequence of integers, but a str"),
]


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_parameters_are_counted_as_torch_counts_them(sizes):
    layers = [torch.nn.Linear(n, k) for n, k in pairwise(sizes)]
    torchs = sum(p.numel() for layer in layers for p in layer.parameters())
    assert count_parameters(sizes) == torchs


def test_counts_that_the_text_names():
    assert count_parameters(SIZES) == 136
    assert count_parameters((784, 100, 10)) == 79_510


@pytest.mark.parametrize(
    "function",
    [
        count_parameters,
        lambda sizes: initialise(sizes, torch.Generator()),
        draw_network,
    ],
)
@pytest.mark.parametrize(("sizes", "error", "said"), WRONG_SIZES)
def test_refuses_wrong_sizes(function, sizes, error, said):
    with pytest.raises(error, match=said):
        function(sizes)


def test_initial_layers_have_the_shapes_of_the_text():
    layers = initialise(SIZES, torch.Generator().manual_seed(0))
    assert len(layers) == len(SIZES) - 1
    for (W, b), (inputs, units) in zip(layers, pairwise(SIZES), strict=True):
        assert W.shape == (units, inputs)
        assert b.shape == (units, 1)
        assert W.dtype == b.dtype == torch.float64
        assert not b.any()


@pytest.mark.parametrize("inputs", [3, 30, 300])
def test_initial_weights_keep_sums_in_scale(inputs):
    """9000 numbers and more give their variance to within 5 %."""
    generator = torch.Generator().manual_seed(0)
    (layer,) = initialise((inputs, 3000), generator)
    assert layer.W.var().item() * inputs == pytest.approx(1, abs=0.05)
    x = torch.randn(inputs, 50, generator=generator, dtype=torch.float64)
    assert affine(x, layer).var().item() == pytest.approx(1, abs=0.25)


def test_relu_needs_twice_the_variance():
    """Through twenty layers the rule of the text fades, He's does not."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise([100] * 21, generator)
    start = torch.randn(100, 50, generator=generator, dtype=torch.float64)
    for factor, low, high in ((1, 0, 0.01), (2, 0.3, 3)):
        z = start
        for W, b in layers:
            z = affine(torch.relu(z), Layer(factor**0.5 * W, b))
        assert low <= z.std() < high


def test_initial_weights_come_from_the_generator_alone():
    def weights(seed):
        generator = torch.Generator().manual_seed(seed)
        return initialise((3, 4), generator)[0].W

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


def test_chance_is_explicit():
    with pytest.raises(TypeError, match=r"must be a torch.Generator"):
        initialise((2, 1), None)


def test_equal_weights_stay_equal():
    """Two hidden units that start alike get the same gradient."""
    W1 = torch.full((2, 3), 0.5, requires_grad=True)
    x = torch.randn(3, 5, generator=torch.Generator().manual_seed(0))
    y = torch.full((1, 2), 0.7) @ torch.tanh(W1 @ x)
    (dW1,) = torch.autograd.grad((y**2).sum(), W1)
    assert torch.equal(dW1[0], dW1[1])


def test_affine_agrees_with_torch():
    linear = torch.nn.Linear(4, 3, dtype=torch.float64)
    layer = Layer(linear.weight.detach(), linear.bias.detach().unsqueeze(1))
    x = torch.randn(4, 6, dtype=torch.float64)
    torch.testing.assert_close(affine(x, layer), linear(x.T).T.detach())


def test_affine_is_one_neuron_a_row():
    (layer,) = initialise((4, 3), torch.Generator().manual_seed(0))
    x = torch.randn(4, 6, dtype=torch.float64)
    z = affine(x, layer)
    for row in range(3):
        one = neuron(x, layer.W[row], layer.b[row, 0], lambda z: z)
        torch.testing.assert_close(z[row], one)


@pytest.mark.parametrize(
    ("x", "W", "b", "said"),
    [
        ((3, 1), (2, 4), (2, 1), r"x must have shape \(4, m\), but has \(3, 1"),
        ((4,), (2, 4), (2, 1), r"x must have shape \(4, m\), but has \(4,\)"),
        ((4, 1), (2, 4), (2,), r"b must have shape \(2, 1\), but has \(2,\)"),
        ((4, 1), (8,), (2, 1), r"W must have shape \(units, inputs\)"),
    ],
)
def test_affine_refuses_wrong_shapes(x, W, b, said):
    with pytest.raises(ValueError, match=said):
        affine(torch.zeros(x), Layer(torch.zeros(W), torch.zeros(b)))


def test_affine_refuses_mixed_dtypes():
    layer = Layer(torch.zeros(2, 4), torch.zeros(2, 1))
    with pytest.raises(TypeError, match="x has torch.float64"):
        affine(torch.zeros(4, 1, dtype=torch.float64), layer)


def test_no_single_unit_computes_xor():
    """Twenty thousand units with random weights; the proof is in the text."""
    generator = torch.Generator().manual_seed(0)
    w = 4 * torch.rand(20_000, 2, generator=generator) - 2
    b = 4 * torch.rand(20_000, 1, generator=generator) - 2
    fired = step(w @ PAIRS + b)
    assert not (fired == XOR).all(dim=1).any()
    computed_or = (fired == torch.tensor([0.0, 1, 1, 1])).all(dim=1)
    assert computed_or.any(), "the search does find units for OR"


def test_perceptron_never_settles_on_xor():
    mistakes = train_perceptron(PAIRS, XOR, passes=1000).mistakes
    assert len(mistakes) == 1000
    assert min(mistakes) >= 1


def test_two_layers_compute_xor():
    assert xor(PAIRS).tolist() == [XOR.tolist()]
    hidden = step(affine(PAIRS, HIDDEN))
    assert hidden.tolist() == [[0, 1, 1, 1], [0, 0, 0, 1]]


def test_one_bias_turns_xor_into_or():
    """Exercise 2: an AND unit that never fires."""
    hidden = step(
        affine(PAIRS, HIDDEN._replace(b=torch.tensor([[-0.5], [-2.5]])))
    )
    assert step(affine(hidden, OUTPUT)).tolist() == [[0, 1, 1, 1]]


def test_xor_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"x must have shape \(2, m\)"):
        xor(torch.zeros(3, 4))


def test_figure_of_the_network_is_drawn_from_its_sizes():
    (sheet,) = draw_network().axes
    circles = [patch for patch in sheet.patches if isinstance(patch, Circle)]
    columns = {}
    for circle in circles:
        x = round(circle.center[0], 6)
        columns.setdefault(x, []).append(to_hex(circle.get_edgecolor()))
    assert tuple(len(column) for column in columns.values()) == SIZES
    colours = [set(column) for column in columns.values()]
    assert colours[0] == {PALETTE["orange"]}
    assert all(colour == {PALETTE["blue"]} for colour in colours[1:-1])
    assert colours[-1] == {PALETTE["green"]}
    words = {text.get_text() for text in sheet.texts}
    assert {"$x_{1}$", "$x_{4}$", r"$\hat{y}_{3}$", "hidden layers"} <= words


def test_figure_of_the_network_joins_all_units():
    (sheet,) = draw_network((2, 3, 1)).axes
    (line,) = sheet.lines
    ends = torch.tensor(line.get_xydata())
    strokes = ends[~ends.isnan().any(dim=1)].reshape(-1, 4)
    assert len(strokes) == 2 * 3 + 3 * 1
    assert len(strokes.unique(dim=0)) == len(strokes)


def test_figure_of_xor_parts_the_points_on_the_right():
    before, after = draw_xor().axes
    circles, squares, or_line, and_line = before.lines
    assert sorted(map(tuple, circles.get_xydata())) == [(0, 0), (1, 1)]
    assert sorted(map(tuple, squares.get_xydata())) == [(0, 1), (1, 0)]
    assert or_line.get_linestyle() != and_line.get_linestyle()
    for line, height in ((or_line, 0.5), (and_line, 1.5)):
        assert line.get_xydata().sum(axis=1) == pytest.approx([height] * 2)
    circles, squares, line = after.lines
    assert sorted(map(tuple, circles.get_xydata())) == [(0, 0), (1, 1)]
    assert set(map(tuple, squares.get_xydata())) == {(1, 0)}
    a1, a2 = line.get_data()
    assert (a1 - a2) == pytest.approx([0.5] * 2)
    assert (before.get_title(), after.get_title()) == (
        "the inputs",
        "the hidden layer",
    )
    labels = before.get_xlabel(), before.get_ylabel()
    assert labels == ("$x_1$", "$x_2$")
    labels = after.get_xlabel(), after.get_ylabel()
    assert labels == ("first hidden unit (OR)", "second (AND)")
