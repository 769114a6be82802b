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
from snippets.propagation.backward import backward
from snippets.propagation.descent import train_on_xor, update
from snippets.propagation.forward import forward
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])
SIZES = (4, 4, 5, 6, 4, 3, 3)
WRONG_SIZES = [
    ((3,), ValueError, "must name the inputs and at least one layer"),
    ((3, 0), ValueError, r"sizes\[1\] must be at least 1, but is 0"),
    ((3, 2.0), TypeError, r"sizes\[1\] must be a whole number, but a float"),
    ((True, 2), TypeError, r"sizes\[0\] must be a whole number, but a bool"),
    (3, TypeError, "sizes must be a list, but an int"),
    ("34", TypeError, "sizes must be a list, but a str"),
]


@claim(
    "A layer has one weight for each pair of unit and input, and one bias "
    "for each unit:",
)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_parameters_are_counted_as_torch_counts_them(sizes):
    layers = [torch.nn.Linear(n, k) for n, k in pairwise(sizes)]
    torchs = sum(p.numel() for layer in layers for p in layer.parameters())
    assert count_parameters(sizes) == torchs


@claim(
    "(by hand, easy) A network has <inputs> inputs, one hidden layer of "
    "<hidden> units and <outputs> outputs.",
    r"$<hidden> \cdot <first> + <outputs> \cdot <second> = <total>$.",
)
def test_parameters_of_the_exercise(
    inputs, hidden, first, outputs, second, total
):
    sizes = (int(inputs), int(hidden), int(outputs))
    assert (first, second) == (inputs + 1, hidden + 1), "each with its bias"
    assert hidden * first + outputs * second == total
    assert count_parameters(sizes) == total


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


@claim(
    "Only those that compute are counted: <counted> here.",
    "The input layer computes nothing and is not counted.",
    "Sizes lists the number of inputs and then the number of units of each "
    "layer.",
    "A layer of $k$ units with $n$ inputs has a $W$ of shape $(k, n)$, $k$ "
    "rows and $n$ columns, and a $b$ of shape $(k, 1)$.",
    "A layer of $k$ units with $n$ inputs computes $z = W x + b$ with a $W$ "
    "of shape $(k, n)$ and a $b$ of shape $(k, 1)$: $k (n + 1)$ parameters.",
)
def test_initial_layers_have_the_shapes_of_the_text(counted):
    layers = initialise(SIZES, torch.Generator().manual_seed(0))
    assert len(layers) == len(SIZES) - 1 == counted
    for (W, b), (inputs, units) in zip(layers, pairwise(SIZES), strict=True):
        assert W.shape == (units, inputs)
        assert b.shape == (units, 1)
        assert W.numel() + b.numel() == units * (inputs + 1)
        assert W.dtype == b.dtype == torch.float64
        assert not b.any()


@claim(
    "So weights are drawn at random, with mean <mean>.",
    "So the more inputs a unit has, the smaller are its weights, about "
    "<weight> for <count> inputs, and its sum starts about as large as the "
    "inputs.",
)
@pytest.mark.parametrize("inputs", [3, 30, 100, 300])
def test_initial_weights_keep_sums_in_scale(inputs, mean, weight, count):
    """9000 numbers and more give their variance to within 5 %."""
    generator = torch.Generator().manual_seed(0)
    (layer,) = initialise((inputs, 3000), generator)
    typical = weight * (count / inputs) ** 0.5
    assert layer.W.std().item() == pytest.approx(typical, rel=0.025)
    assert abs(layer.W.mean() - mean) < 0.05 * typical
    x = torch.randn(inputs, 50, generator=generator, dtype=torch.float64)
    assert affine(x, layer).var().item() == pytest.approx(1, abs=0.25)


@claim(
    "For numbers with mean <mean> the variance is the mean of their squares: "
    "of <low> and <high> it is <variance>.",
    "Multiply such numbers by $x$, and their squares and so their variance are "
    "multiplied by $x^2$.",
    "Add up numbers that were drawn independently, and their variances add up "
    "too: $(u + v)^2$ is $u^2 + 2uv + v^2$, and the mean of $uv$ is <none>, "
    "since for each $u$ the numbers $v$ have the mean <mean>.",
    "How widely numbers are spread; if their mean is zero, the mean of "
    "their squares.",
)
def test_variances_of_independent_numbers_add_up(
    mean, none, low, high, variance
):
    """Independent: each number of the one kind meets each of the other."""
    one = torch.tensor([-3, 1, 2], dtype=torch.float64)
    other = torch.tensor([-2, -1, 0, 3], dtype=torch.float64)
    assert torch.outer(one, other).mean() == none
    for numbers in (one, other):
        assert numbers.mean() == mean
        assert numbers.var(correction=0) == numbers.square().mean()
        for x in (0.5, -3):
            wider = (x * numbers).var(correction=0)
            torch.testing.assert_close(wider, x**2 * numbers.var(correction=0))
    assert torch.tensor([low, high]).mean() == mean
    assert torch.tensor([low, high]).var(correction=0) == variance
    sums = one.unsqueeze(1) + other
    apart = one.var(correction=0) + other.var(correction=0)
    torch.testing.assert_close(sums.var(correction=0), apart)


@claim(
    "torch.randn draws numbers with mean <mean> and variance <variance>; "
    r"divided by $\sqrt{n}$, they have the variance $1/n$.",
    "PerLayer[Layer] is a list with <one> Layer for each layer of the network.",
)
def test_numbers_drawn_at_random_are_scaled_down(mean, variance, one):
    """40 000 numbers give their variance to within 4 %, five errors."""
    sizes = (100, 400, 3)
    layers = initialise(sizes, torch.Generator().manual_seed(0))
    assert len(layers) == one * (len(sizes) - 1)
    assert all(isinstance(layer, Layer) for layer in layers)
    drawn = torch.randn(
        400,
        100,
        generator=torch.Generator().manual_seed(0),
        dtype=torch.float64,
    )
    assert abs(drawn.mean() - mean) < 0.03
    assert drawn.var().item() == pytest.approx(variance, rel=0.04)
    assert layers[0].W.var().item() == pytest.approx(variance / 100, rel=0.04)
    torch.testing.assert_close(layers[0].W, drawn / 100**0.5)


@claim(
    "A unit with $n$ inputs adds up $n$ terms $w_i x_i$; if each weight has "
    "the variance $1/n$, each term has the variance $x_i^2 / n$, and together "
    "these add up to the mean of all $x_i^2$.",
)
def test_sums_have_the_mean_square_of_the_inputs_as_variance():
    """30 000 units give a variance to within 4 %, five standard errors."""
    generator = torch.Generator().manual_seed(0)
    x = torch.tensor([[0.5], [-2.0], [3.0], [0.1]], dtype=torch.float64)
    (layer,) = initialise((4, 30_000), generator)
    squares = x[:, 0].square()
    terms = (layer.W * x[:, 0]).var(dim=0)
    torch.testing.assert_close(terms, squares / 4, rtol=0.04, atol=0)
    z = affine(x, layer)
    torch.testing.assert_close(z.var(), squares.mean(), rtol=0.04, atol=0)


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


@claim(
    "Biases can start at <start>, but the weights cannot all be equal.",
    "Two hidden units of one layer that start alike give the same output, "
    "and the next layer weighs both outputs alike; nothing tells the two "
    "apart, so training corrects both in the same way, and they stay alike "
    "for ever.",
    (
        "The units of a hidden layer compute the same output and are "
        "corrected in the same way, step after step: the layer never does "
        "more than a single unit could."
    ),
)
def test_equal_weights_stay_equal(start):
    """The proof is in the text; here are a thousand steps that bear it out."""
    x, y = PAIRS.double(), XOR.double().unsqueeze(0)
    names = ("tanh", "sigmoid")
    alike = [
        Layer(torch.full_like(W, 0.5), torch.full_like(b, start))
        for W, b in initialise((2, 4, 1), torch.Generator().manual_seed(0))
    ]
    for _ in range(1000):
        y_hat, caches = forward(x, alike, names)
        gradients = backward(y_hat - y, caches, names)
        alike = update(alike, gradients, learning_rate=1.0)
    hidden, output = alike
    assert not torch.equal(hidden.W, torch.full_like(hidden.W, 0.5))
    assert torch.equal(hidden.W, hidden.W[:1].expand(4, 2))
    assert torch.equal(hidden.b, hidden.b[:1].expand(4, 1))
    single = [
        Layer(hidden.W[:1], hidden.b[:1]),
        Layer(output.W.sum(dim=1, keepdim=True), output.b),
    ]
    y_hat, _ = forward(x, alike, names)
    torch.testing.assert_close(forward(x, single, names)[0], y_hat)
    assert not torch.equal(y_hat.round(), y)

    mixed, _ = train_on_xor(1000, 1.0, torch.Generator().manual_seed(0))
    untrained, _ = train_on_xor(0, 1.0, torch.Generator().manual_seed(0))
    assert all((b == start).all() for _, b in untrained)
    assert torch.equal(forward(x, mixed, names)[0].round(), y)


def test_affine_agrees_with_torch():
    linear = torch.nn.Linear(4, 3, dtype=torch.float64)
    layer = Layer(linear.weight.detach(), linear.bias.detach().unsqueeze(1))
    x = torch.randn(4, 6, dtype=torch.float64)
    torch.testing.assert_close(affine(x, layer), linear(x.T).T.detach())


@claim(
    "Take a layer of two units, with the inputs <x1> and <x2>.",
    "The first unit has the weights <a> and <b>, so its weighted sum is "
    r"$1 \cdot 5 + 2 \cdot 6 = <first>$; the second has the weights <c> and "
    "<d>, and its sum is <second>.",
    "Write the biases as a column too, for example <b1> above <b2>, and add "
    "it: the pre-activations are <z1> and <z2>.",
    "With a step for its activation function the first unit is silent, and "
    "the second fires.",
)
def test_layer_of_the_example(
    x1, x2, a, b, first, c, d, second, b1, b2, z1, z2
):
    x, W = torch.tensor([[x1], [x2]]), torch.tensor([[a, b], [c, d]])
    assert (W @ x).tolist() == [[first], [second]]
    z = affine(x, Layer(W, torch.tensor([[b1], [b2]])))
    assert z.tolist() == [[z1], [z2]]
    assert step(z).tolist() == [[0], [1]]


@claim(
    "With the inputs one below the other in a column, one matrix product "
    "gives both sums, since each row of the matrix is multiplied with the "
    "column, number by number, and added up:",
)
def test_affine_is_one_neuron_a_row():
    (layer,) = initialise((4, 3), torch.Generator().manual_seed(0))
    x = torch.randn(4, 6, dtype=torch.float64)
    z = affine(x, layer)
    for row in range(3):
        one = neuron(x, layer.W[row], layer.b[row, 0], lambda z: z)
        torch.testing.assert_close(z[row], one)


@claim(
    "Nothing else changes: $z$ then has the shape $(k, m)$, and $b$ is "
    "added to each of its columns.",
)
def test_affine_treats_each_column_alike():
    generator = torch.Generator().manual_seed(0)
    (layer,) = initialise((4, 3), generator)
    layer = layer._replace(b=torch.tensor([[1.0], [2.0], [3.0]]).double())
    x = torch.randn(4, 6, generator=generator, dtype=torch.float64)
    z = affine(x, layer)
    assert z.shape == (3, 6)
    for column in range(6):
        alone = affine(x[:, [column]], layer)
        torch.testing.assert_close(z[:, [column]], alone)
        torch.testing.assert_close(alone, layer.W @ x[:, [column]] + layer.b)


@pytest.mark.parametrize(
    ("x", "W", "b", "said"),
    [
        (
            (3, 1),
            (2, 4),
            (2, 1),
            r"W must have shape \(units, inputs\) with inputs = 3, but",
        ),
        (
            (4,),
            (2, 4),
            (2, 1),
            r"x must have shape \(inputs, m\), but has \(4,\)",
        ),
        ((4, 1), (2, 4), (2,), r"b must .* with units = 2, but has \(2,\)"),
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


@claim(
    'XOR, "one or the other but not both", has <examples> examples.',
    (
        "To see why, suppose that one does: for the inputs (<a>, <b>), "
        "(<c>, <d>), (<e>, <f>) and (<g>, <h>) it would have to be silent, "
        "fire, fire and be silent, so"
    ),
)
def test_xor_is_one_or_the_other_but_not_both(examples, a, b, c, d, e, f, g, h):
    asked = torch.tensor([[a, c, e, g], [b, d, f, h]])
    assert asked.shape[1] == examples
    assert asked.tolist() == PAIRS.tolist()
    assert xor(asked).tolist() == [[0, 1, 1, 0]]
    one, other = asked.bool()
    assert torch.equal(xor(asked)[0].bool(), (one | other) & ~(one & other))


@claim(
    "No single unit with a step computes it.",
    "In pictures: no straight line has the two squares of Figure, left, on "
    "one side and the two circles on the other.",
    "A single unit with a step cannot compute XOR; two layers can, because "
    "the first moves the points.",
    "Exclusive or: <fires> if exactly one of two inputs is <on>; no single "
    "unit with a step computes it.",
    "No weights and no bias let one unit compute XOR.",
)
def test_no_single_unit_computes_xor(fires, on):
    """The two sums that must reach 0 add up to the two that must not.

    So it is for twenty thousand units with random weights, and none of them
    computes XOR.
    """
    exactly_one = PAIRS.eq(on).sum(dim=0) == 1
    assert torch.equal(XOR.eq(fires), exactly_one)
    generator = torch.Generator().manual_seed(0)
    w = 4 * torch.rand(20_000, 2, generator=generator) - 2
    b = 4 * torch.rand(20_000, 1, generator=generator) - 2
    z = w @ PAIRS + b
    must_reach, must_not = z[:, XOR == 1], z[:, XOR == 0]
    torch.testing.assert_close(must_reach.sum(dim=1), must_not.sum(dim=1))
    fired = step(z)
    assert not (fired == XOR).all(dim=1).any()
    computed_or = (fired == torch.tensor([0.0, 1, 1, 1])).all(dim=1)
    assert computed_or.any(), "the search does find units for OR"


@claim(
    r"Add the two lines in the middle: $w_1 + w_2 + 2b \ge 0$.",
    "By the first line $b$ is negative, and subtracting a negative number "
    "makes the result larger: $w_1 + w_2 + b > 0$.",
    "The last line says the opposite, so there is no such unit.",
)
def test_demands_of_xor_contradict_each_other():
    """Quarters are exact in floating point, so the comparisons are, too."""
    quarters = torch.arange(-2, 2.25, 0.25)
    w_1, w_2, b = torch.cartesian_prod(quarters, quarters, quarters).T
    first, last = b < 0, w_1 + w_2 + b < 0
    middle = (w_2 + b >= 0) & (w_1 + b >= 0)
    assert (w_1 + w_2 + 2 * b >= 0)[middle].all()
    assert (first & middle).any()
    assert (w_1 + w_2 + b > 0)[first & middle].all()
    assert not (first & middle & last).any()


@claim(
    (
        "The perceptron learns straight lines, and so it never settles on "
        "these <points> points."
    ),
    (
        "If no line separates the groups, the rule never settles, and the "
        "next chapter meets such a case with only <corners> points."
    ),
    "Given XOR, the perceptron's rule comes back to where it was, and so "
    "goes round for ever.",
)
def test_perceptron_never_settles_on_xor(points, corners):
    """After a pass with mistakes it is where it was before that pass."""
    assert points == corners == len(XOR)
    before = train_perceptron(PAIRS, XOR, passes=2)
    after = train_perceptron(PAIRS, XOR, passes=3)
    assert after.mistakes[-1] > 0
    assert torch.equal(after.w, before.w)
    assert torch.equal(after.b, before.b)
    mistakes = train_perceptron(PAIRS, XOR, passes=1000).mistakes
    assert len(mistakes) == 1000
    assert min(mistakes) >= 1


@claim(
    (
        'XOR is then "OR, but not AND", and that is again a job for one '
        "unit, with the weight 1 for OR and −1 for AND."
    ),
    "Two layers compute XOR.",
    "Give a first layer two units, one for OR and one for AND.",
    "A single unit with a step cannot compute XOR; two layers can, because "
    "the first moves the points.",
)
def test_two_layers_compute_xor():
    assert xor(PAIRS).tolist() == [XOR.tolist()]
    hidden = step(affine(PAIRS, HIDDEN))
    assert hidden.tolist() == [[0, 1, 1, 1], [0, 0, 0, 1]]
    assert OUTPUT.W.tolist() == [[1, -1]], "for OR, against AND"


@claim(
    "The thresholds are put halfway between <counts> vote counts: OR tells "
    "<one> vote from none, so its threshold is <theta> and its bias <bias>; "
    "AND tells <two> votes from <single>, so its bias is <other>.",
    "The output unit sees a sum of <fires> where it is to fire, and of "
    "<silent> where it is not, so its bias is <output> too.",
)
def test_thresholds_are_halfway_between_the_counts(
    counts, one, theta, bias, two, single, other, fires, silent, output
):
    votes = PAIRS.sum(dim=0)
    assert HIDDEN.b.flatten().tolist() == [bias, other]
    for unit, (more, less) in enumerate(((one, 0), (two, single))):
        assert len({more, less}) == counts
        assert HIDDEN.b[unit].item() == -(more + less) / 2
        fired = step(affine(PAIRS, HIDDEN))[unit]
        assert fired.tolist() == (votes >= more).float().tolist()
    assert theta == -bias
    sums = OUTPUT.W @ step(affine(PAIRS, HIDDEN))
    assert set(sums[0, XOR == 1].tolist()) == {fires}
    assert set(sums[0, XOR == 0].tolist()) == {silent}
    assert OUTPUT.b.item() == output == -(fires + silent) / 2 == bias


@claim(
    "Follow the input (<x1>, <x2>).",
    "OR has $z = 1 + 1 - 0.5 = <one>$, AND has $z = 1 + 1 - 1.5 = <other>$, "
    "and both fire.",
    "The output unit has $z = 1 - 1 - 0.5 = <output>$ and is silent, as XOR "
    "demands.",
)
def test_one_input_through_the_network_of_xor(x1, x2, one, other, output):
    z = affine(torch.tensor([[x1], [x2]]), HIDDEN)
    assert z.tolist() == [[one], [other]]
    assert step(z).tolist() == [[1], [1]]
    assert affine(step(z), OUTPUT).item() == output
    assert xor(torch.tensor([[x1], [x2]])).item() == 0


@claim(
    "With a bias of <silent> instead of <usual> the AND unit asks for "
    "<asked> votes, and there are only <inputs>: it never fires, and the "
    "output is that of OR.",
)
def test_one_bias_turns_xor_into_or(silent, usual, asked, inputs):
    """Exercise 2: an AND unit that never fires."""
    assert HIDDEN.b[1].item() == usual
    assert HIDDEN.W.shape[1] == inputs
    assert usual - silent == asked - inputs, "one vote more"
    biases = torch.tensor([[-0.5], [silent]])
    hidden = step(affine(PAIRS, HIDDEN._replace(b=biases)))
    assert not hidden[1].any()
    votes = torch.arange(5.0)
    assert torch.equal(step(votes + silent) == 1, votes >= asked)
    assert step(affine(hidden, OUTPUT)).tolist() == [[0, 1, 1, 1]]


def test_xor_refuses_other_shapes():
    with pytest.raises(ValueError, match=r"x must have shape \(2, m\)"):
        xor(torch.zeros(3, 4))


@claim(
    "A fully connected network: <inputs> inputs, <hidden> hidden layers of "
    "<a>, <b>, <c>, <d> and <e> units, and an output layer of <outputs>.",
    "On the left stand the inputs, x1 to x4, in one colour, then the hidden "
    "layers, in another, and on the right the outputs, y-hat, in their own.",
)
def test_figure_of_the_network_is_drawn_from_its_sizes(
    inputs, hidden, a, b, c, d, e, outputs
):
    (sheet,) = draw_network().axes
    circles = [patch for patch in sheet.patches if isinstance(patch, Circle)]
    columns = {}
    for circle in circles:
        x = round(circle.center[0], 6)
        columns.setdefault(x, []).append(to_hex(circle.get_edgecolor()))
    assert list(columns) == sorted(columns)
    assert tuple(len(column) for column in columns.values()) == SIZES
    assert (inputs, a, b, c, d, e, outputs) == SIZES
    assert len(SIZES) == hidden + 2
    colours = [set(column) for column in columns.values()]
    assert colours[0] == {PALETTE["orange"]}
    assert all(colour == {PALETTE["blue"]} for colour in colours[1:-1])
    assert colours[-1] == {PALETTE["green"]}
    words = {text.get_text() for text in sheet.texts}
    assert {"$x_{1}$", "$x_{4}$", r"$\hat{y}_{3}$", "hidden layers"} <= words
    assert "$x_{5}$" not in words


@claim(
    "A fully connected network: four inputs, five hidden layers of 4, 5, 6, "
    "4 and 3 units, and an output layer of 3.",
    "<columns> columns of circles, joined from each column to the next by "
    "all possible lines.",
)
@pytest.mark.parametrize("sizes", [SIZES, (2, 3, 1)])
def test_figure_of_the_network_joins_all_units(columns, sizes):
    assert columns == len(SIZES)
    (sheet,) = draw_network(sizes).axes
    (line,) = sheet.lines
    ends = torch.tensor(line.get_xydata())
    strokes = ends[~ends.isnan().any(dim=1)].reshape(-1, 4)
    assert len(strokes) == sum(n * k for n, k in pairwise(sizes))
    assert len(strokes.unique(dim=0)) == len(strokes)


@claim(
    "The network gives <fires> where it is shaded; left, the solid line is "
    "the OR unit's, the dashed line the AND unit's.",
    "<panels> panels.",
    "Left, the <examples> inputs of XOR at the corners of a square: "
    "squares, which stand for <square>, at <opposite> opposite corners, "
    "circles, which stand for <circle>, at the other <other>.",
    "<lines> parallel slanting lines, named OR and AND, cut off <cut> "
    "circle each, and the squares lie in the shaded strip between them.",
)
def test_figure_of_xor_shows_the_lines_of_or_and_and(
    fires, panels, examples, square, opposite, circle, other, lines, cut
):
    before, *others = draw_xor().axes
    assert 1 + len(others) == panels
    or_line, and_line, *_ = drawn = before.lines[:2]
    points = drawing.classes(before)
    squares, circles = points[square], points[circle]
    assert opposite + other == examples
    for corners, value, count in (
        (squares.T, square, opposite),
        (circles.T, circle, other),
    ):
        assert corners.shape == (2, count)
        assert (xor(corners.float()) == value).all()
        assert corners.sum(dim=1).tolist() == [1, 1], "they are opposite"
    assert len(drawn) == lines
    assert [line.get_linestyle() for line in drawn] == ["-", "--"]
    for line, height in ((or_line, 0.5), (and_line, 1.5)):
        assert line.get_xydata().sum(axis=1) == pytest.approx([height] * 2)
    assert (circles.sum(dim=1) < 0.5).sum() == cut
    assert (circles.sum(dim=1) > 1.5).sum() == cut
    anywhere = 2 * torch.rand(300, 2, generator=torch.Generator()) - 0.45
    fired = xor(anywhere.T.float())[0] == fires
    clear = (anywhere.sum(dim=1, keepdim=True) - torch.tensor([0.5, 1.5])).abs()
    clear = clear.min(dim=1).values > 0.02
    shaded = drawing.shaded(before, anywhere)
    assert torch.equal(shaded[clear], fired[clear])
    assert drawing.shaded(before, squares).all()


def test_figure_of_xor_names_its_lines_where_their_units_fire():
    before, after = draw_xor().axes
    for text, row in zip(before.texts, (0, 1), strict=True):
        assert text.get_text() == ("OR", "AND")[row]
        z = affine(torch.tensor([text.get_position()]).T, HIDDEN)[row]
        assert 0 < z < 0.25
    assert not after.texts


@claim(
    "Right, their two outputs are the new coordinates, and one line is enough.",
    "Right, the same points as the hidden layer places them: both squares "
    "have become <one> point, at (<a>, <b>), and <line> slanting line parts "
    "it, in the shaded half, from the circles at (<c>, <d>) and (<e>, <f>).",
)
def test_figure_of_xor_parts_the_points_on_the_right(
    one, a, b, line, c, d, e, f
):
    before, after = draw_xor().axes
    drawn = [li for li in after.lines if li.get_linestyle() == "-"]
    points = drawing.classes(after)
    circles, squares = points[0].tolist(), points[1].tolist()
    assert sorted(map(tuple, circles)) == [(c, d), (e, f)]
    assert len(set(map(tuple, squares))) == one
    assert set(map(tuple, squares)) == {(a, b)}
    assert len(drawn) == line
    a1, a2 = drawn[0].get_data()
    assert (a1 - a2) == pytest.approx([0.5] * 2)
    assert c - d < 0.5
    assert e - f < 0.5 < a - b
    assert drawing.shaded(after, points[1]).all()
    assert not drawing.shaded(after, points[0]).any()
    assert (before.get_title(), after.get_title()) == (
        "the inputs",
        "the hidden layer",
    )
    labels = before.get_xlabel(), before.get_ylabel()
    assert labels == ("$x_1$", "$x_2$")
    labels = after.get_xlabel(), after.get_ylabel()
    assert labels == ("first hidden unit (OR)", "second (AND)")


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    generator = torch.Generator().manual_seed(seed)
    W = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    b = torch.randn(5, 1, generator=generator, dtype=torch.float64)
    x = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    symbols = {"W": W, "b": b, "x": x, "z": affine(x, Layer(W, b))}
    # a unit with two inputs, many times over
    w_1, w_2, bias = torch.randn(
        3, 200, generator=generator, dtype=torch.float64
    )
    fires = [
        step(first * w_1 + second * w_2 + bias) == 1
        for first, second in ((0, 0), (0, 1), (1, 0), (1, 1))
    ]
    demands = [~fires[0], fires[1], fires[2], ~fires[3]]
    assert not torch.stack(demands).all(dim=0).any(), "no unit meets them all"
    hidden = affine(torch.ones(2, 1), HIDDEN)
    output = affine(step(hidden), OUTPUT)
    hold(
        "network.md",
        symbols | {"k": 5, "n": 3},
        here={
            "xor-demands": {"w": [w_1, w_2], "b": bias},
            "z = 1 + 1 - 0.5 = 1.5": {"z": hidden[0, 0]},
            "z = 1 + 1 - 1.5 = 0.5": {"z": hidden[1, 0]},
            "z = 1 - 1 - 0.5 = -0.5": {"z": output[0, 0]},
        },
        truths={"xor-demands": demands},
    )


def test_figure_of_the_network_joins_each_unit_to_the_next_layer():
    (sheet,) = draw_network().axes
    (line,) = sheet.lines
    columns = {}
    for circle in sheet.patches:
        columns.setdefault(round(circle.center[0], 6), []).append(circle.center)
    expected = {
        (*left, *right)
        for one, other in pairwise(columns.values())
        for left in one
        for right in other
    }
    ends = torch.tensor(line.get_xydata())
    strokes = ends[~ends.isnan().any(dim=1)].reshape(-1, 4).tolist()
    assert set(map(tuple, strokes)) == expected
    assert line.get_zorder() < min(c.get_zorder() for c in sheet.patches), (
        "circles cover the ends"
    )


@pytest.mark.parametrize("sizes", [SIZES, (2, 3, 1), (1, 12, 2), (3, 1)])
def test_figure_of_the_network_is_even_and_labelled_at_its_ends(sizes):
    figure = draw_network(sizes)
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    words = dict(drawing.words(figure))
    columns = {}
    for circle in sheet.patches:
        columns.setdefault(round(circle.center[0], 6), []).append(circle)
    assert list(columns) == sorted(columns)
    steps = [right - left for left, right in pairwise(columns)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=1e-5)
    middles = set()
    for circles in columns.values():
        heights = [circle.center[1] for circle in circles]
        middles.add(round((heights[0] + heights[-1]) / 2, 6))
        for upper, lower in pairwise(circles):
            gap = upper.center[1] - lower.center[1]
            assert 0.15 < gap < 0.6
            assert upper.radius + lower.radius < 0.75 * gap, "room between"
            assert upper.radius > 0.2 * gap
    assert len(middles) == 1
    (middle,) = middles
    for label, circles, side in (
        ("$x_{{{}}}$", columns[min(columns)], -1),
        (r"$\hat{{y}}_{{{}}}$", columns[max(columns)], 1),
    ):
        for unit, circle in enumerate(circles, start=1):
            box = words[label.format(unit)]
            x, y = circle.center
            near = box.x1 if side < 0 else box.x0
            assert 0 < side * (near - x) - circle.radius < 0.2
            assert drawing.centre(box)[1] == pytest.approx(y, abs=0.05)
    below = {"inputs": min(columns), "output": max(columns)}
    if len(sizes) > 2:
        inner = list(columns)[1:-1]
        below["hidden layers"] = sum(inner) / len(inner)
    assert below.keys() == {word for word in words if "$" not in word}
    lowest = min(c.center[1] - c.radius for c in sheet.patches)
    for word, x in below.items():
        assert drawing.centre(words[word])[0] == pytest.approx(x, abs=0.01)
        assert 0 < words[word].y0 < words[word].y1 < lowest < middle


def test_panels_of_xor_are_drawn_alike():
    before, after = draw_xor().axes
    for axes in (before, after):
        assert drawing.ticks(axes) == ([0, 1], [0, 1])
        assert drawing.frame(axes) == ((-0.5, 1.6), (-0.5, 1.6))
        assert axes.get_aspect() == 1
    assert before.yaxis.label.get_rotation() == 0
