from itertools import pairwise, product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from torch.testing import assert_close

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
from tests.tensors import double, random, refuses

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])
SIZES = (4, 4, 5, 6, 4, 3, 3)


def layers_of(*sizes, seed=0):
    return initialise(sizes, torch.Generator().manual_seed(seed))


@claim(
    "A layer has one weight for each pair of unit and input, and one bias for "
    "each unit:",
    "(by hand, easy) A network has <inputs> inputs, one hidden layer of "
    "<hidden> units and <outputs> outputs.",
    r"$<hidden> \cdot <first> + <outputs> \cdot <second> = <total>$.",
)
@given(sizes=st.lists(st.integers(1, 30), min_size=2, max_size=6))
def test_parameters_are_counted_as_torch_counts_them(sizes, said):
    layers = [torch.nn.Linear(n, k) for n, k in pairwise(sizes)]
    torchs = sum(p.numel() for layer in layers for p in layer.parameters())
    assert count_parameters(sizes) == torchs
    exercise = (int(said.inputs), int(said.hidden), int(said.outputs))
    assert (said.first, said.second) == (said.inputs + 1, said.hidden + 1)
    total = said.hidden * said.first + said.outputs * said.second
    assert total == said.total == count_parameters(exercise)


def test_refuses_what_does_not_fit():
    chance = torch.Generator()
    for sizes, error, said in (
        ((3,), ValueError, "must name the inputs and at least one layer"),
        ((3, 0), ValueError, r"sizes\[1\] must be at least 1, but is 0"),
        ((3, 2.0), TypeError, r"sizes\[1\] must be a whole number, but a fl"),
        ((True, 2), TypeError, r"sizes\[0\] must be a whole number, but a bo"),
        (3, TypeError, "sizes must be a list, but an int"),
        ("34", TypeError, "sizes must be a list, but a str"),
    ):
        refuses(error, said, count_parameters, sizes)
        refuses(error, said, initialise, sizes, chance)
        refuses(error, said, draw_network, sizes)
    refuses(TypeError, "must be a torch.Generator", initialise, (2, 1), None)
    refuses(ValueError, r"x must have shape \(2, m\)", xor, torch.zeros(3, 4))
    of = r"W must have shape \(units, inputs\)"
    for x, W, b, said in (
        ((3, 1), (2, 4), (2, 1), of + " with inputs = 3, but"),
        ((4,), (2, 4), (2, 1), r"x must have shape \(inputs, m\), but has"),
        ((4, 1), (2, 4), (2,), r"b must .* with units = 2, but has \(2,\)"),
        ((4, 1), (8,), (2, 1), of),
    ):
        layer = Layer(torch.zeros(W), torch.zeros(b))
        refuses(ValueError, said, affine, torch.zeros(x), layer)
    layer = Layer(torch.zeros(2, 4), torch.zeros(2, 1))
    refuses(TypeError, "x has torch.float64", affine, random(4, 1), layer)


@claim(
    "Only those that compute are counted: <counted> here.",
    "The input layer computes nothing and is not counted.",
    "Sizes lists the number of inputs and then the number of units of each "
    "layer.",
    "A layer of $k$ units with $n$ inputs has a $W$ of shape $(k, n)$, $k$ "
    "rows and $n$ columns, and a $b$ of shape $(k, 1)$.",
    "A layer of $k$ units with $n$ inputs computes $z = W x + b$ with a $W$ "
    "of shape $(k, n)$ and a $b$ of shape $(k, 1)$: $k (n + 1)$ parameters.",
    "PerLayer[Layer] is a list with <one> Layer for each layer of the network.",
)
def test_initial_layers_have_the_shapes_of_the_text(said):
    layers = layers_of(*SIZES)
    assert len(layers) == said.one * (len(SIZES) - 1) == said.counted
    for layer, (inputs, units) in zip(layers, pairwise(SIZES), strict=True):
        assert isinstance(layer, Layer)
        assert layer.W.shape == (units, inputs)
        assert layer.b.shape == (units, 1)
        assert layer.W.numel() + layer.b.numel() == units * (inputs + 1)
        assert layer.W.dtype == layer.b.dtype == torch.float64
        assert not layer.b.any()
    assert torch.equal(
        layers_of(3, 4, seed=1)[0].W, layers_of(3, 4, seed=1)[0].W
    )
    assert not torch.equal(layers[0].W, layers_of(4, 4, seed=1)[0].W)


@claim(
    "So weights are drawn at random, with mean <mean>.",
    "So the more inputs a unit has, the smaller its weights must be: for "
    "<count> inputs their squares are <one>/<many> on average, and their "
    "sizes about <weight>.",
    "Its sum then starts about as large as the inputs.",
    "torch.randn draws numbers with mean <drawn_mean> and variance "
    r"<variance>; divided by $\sqrt{n}$, they have the variance $1/n$, and its "
    r"root, their standard deviation, is $1/\sqrt{n}$.",
    "A unit with $n$ inputs adds up $n$ terms $w_i x_i$; if each weight has "
    "the variance $1/n$, each term has the variance $x_i^2 / n$, and together "
    "these add up to the mean of all $x_i^2$.",
)
@pytest.mark.parametrize("inputs", [3, 30, 100, 300])
def test_initial_weights_keep_sums_in_scale(inputs, said):
    """30 000 numbers give a variance to within 4 %, five standard errors."""
    (layer,) = layers_of(inputs, 30_000)
    typical = said.weight * (said.count / inputs) ** 0.5
    assert layer.W.std().item() == pytest.approx(typical, rel=0.02)
    assert typical**2 == pytest.approx(said.one / said.many * 100 / inputs)
    assert abs(layer.W.mean() - said.mean) < 0.03 * typical
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(
        30_000, inputs, generator=generator, dtype=torch.float64
    )
    assert abs(drawn.mean() - said.drawn_mean) < 0.03
    assert drawn.var().item() == pytest.approx(said.variance, rel=0.04)
    assert_close(layer.W, drawn / inputs**0.5)
    assert layer.W.std().item() == pytest.approx(1 / inputs**0.5, rel=0.02)
    x = random(inputs, 1)
    terms, squares = layer.W * x[:, 0], x[:, 0].square()
    assert_close(terms.var(dim=0), squares / inputs, rtol=0.04, atol=0)
    z = affine(x, layer)
    assert_close(z.var(), squares.mean(), rtol=0.04, atol=0)


@claim(
    "For numbers with mean <mean> the variance is the mean of their squares: "
    "of <low> and <high> it is <variance>.",
    "Multiply such numbers by $x$, and their squares, and with them their "
    "variance, are multiplied by $x^2$.",
    "Add up numbers that were drawn independently, and their variances add up "
    "too: $(u + v)^2$ is $u^2 + 2uv + v^2$, and the mean of $uv$ is <none>, "
    "since for each $u$ the numbers $v$ have the mean <mean>.",
    "How widely numbers are spread; if their mean is zero, the mean of their "
    "squares.",
)
def test_variances_of_independent_numbers_add_up(said):
    """Independent: each number of the one kind meets each of the other."""
    one, other = double([-3, 1, 2]), double([-2, -1, 0, 3])
    assert torch.outer(one, other).mean() == said.none

    def variance(numbers):
        return numbers.var(correction=0)

    for numbers in (one, other, double([said.low, said.high])):
        assert numbers.mean() == said.mean
        assert variance(numbers) == numbers.square().mean()
        for x in (0.5, -3):
            assert_close(variance(x * numbers), x**2 * variance(numbers))
    assert variance(double([said.low, said.high])) == said.variance
    sums = one.unsqueeze(1) + other
    assert_close(variance(sums), variance(one) + variance(other))


def test_relu_needs_twice_the_variance():
    """Through twenty layers the rule of the text fades, He's does not."""
    for factor, low, high in ((1, 0, 0.01), (2, 0.3, 3)):
        z = random(100, 50)
        for W, b in layers_of(*[100] * 21):
            z = affine(torch.relu(z), Layer(factor**0.5 * W, b))
        assert low <= z.std() < high


@claim(
    "Biases can start at <start>, but the weights must not all be equal.",
    "Two hidden units of one layer that start alike give the same output, "
    "and the next layer weighs both outputs alike; nothing tells the two "
    "apart, so training corrects both in the same way, as Backpropagation "
    "will show, and they stay alike for ever.",
    "The units of a hidden layer compute the same output and are corrected in "
    "the same way, step after step: the layer never does more than a single "
    "unit could.",
)
def test_equal_weights_stay_equal(said):
    """The proof is in the text; here are a thousand steps that bear it out."""
    x, y, names = PAIRS.double(), XOR.double().unsqueeze(0), ("tanh", "sigmoid")
    alike = [
        Layer(torch.full_like(W, 0.5), torch.full_like(b, said.start))
        for W, b in layers_of(2, 4, 1)
    ]
    for _ in range(1000):
        y_hat, caches = forward(x, alike, names)
        gradients = backward(y_hat - y, caches, names)
        alike = update(alike, gradients, learning_rate=1.0)
    hidden, output = alike
    assert hidden.W[0, 0] != 0.5
    assert torch.equal(hidden.W, hidden.W[:1].expand(4, 2))
    assert torch.equal(hidden.b, hidden.b[:1].expand(4, 1))
    first = Layer(hidden.W[:1], hidden.b[:1])
    single = [first, Layer(output.W.sum(dim=1, keepdim=True), output.b)]
    y_hat, _ = forward(x, alike, names)
    assert_close(forward(x, single, names)[0], y_hat)
    assert not torch.equal(y_hat.round(), y)

    mixed, _ = train_on_xor(1000, 1.0, torch.Generator().manual_seed(0))
    untrained, _ = train_on_xor(0, 1.0, torch.Generator().manual_seed(0))
    assert all((b == said.start).all() for _, b in untrained)
    assert torch.equal(forward(x, mixed, names)[0].round(), y)


@claim(
    "Take a layer of two units, with the inputs <x1> and <x2>.",
    "A Layer is a pair, and its <places> places have the names W and b.",
    "The first unit has the weights <a> and <b>, so its weighted sum is $1 "
    r"\cdot 5 + 2 \cdot 6 = <first>$; the second has the weights <c> and <d>, "
    "and its sum is <second>.",
    "Write the biases as a column too, for example <b1> above <b2>, and add "
    "it: the pre-activations are <z1> and <z2>.",
    "With a step for its activation function the first unit is silent, and "
    "the second fires.",
    "With the inputs one below the other in a column, one matrix product "
    "gives both sums, since it takes each row with the column as a dot "
    "product:",
    "Nothing else changes: $z$ then has the shape $(k, m)$, and $b$ is added "
    "to each of its columns.",
)
def test_affine_is_one_neuron_a_row_and_treats_each_column_alike(said):
    x, W = (
        double([[said.x1], [said.x2]]),
        double([[said.a, said.b], [said.c, said.d]]),
    )
    assert (W @ x).tolist() == [[said.first], [said.second]]
    layer = Layer(W, double([[said.b1], [said.b2]]))
    assert len(layer) == said.places
    assert layer[0] is layer.W
    assert layer[1] is layer.b
    z = affine(x, layer)
    assert z.tolist() == [[said.z1], [said.z2]]
    assert step(z).tolist() == [[0], [1]]

    linear = torch.nn.Linear(4, 3, dtype=torch.float64)
    layer = Layer(linear.weight.detach(), linear.bias.detach().unsqueeze(1))
    x = random(4, 6)
    z = affine(x, layer)
    assert z.shape == (3, 6)
    assert_close(z, linear(x.T).T.detach())
    for row in range(3):
        one = neuron(x, layer.W[row], layer.b[row, 0], lambda z: z)
        assert_close(z[row], one)
    for column in x.T.unsqueeze(2):
        assert_close(affine(column, layer), layer.W @ column + layer.b)


@claim(
    'XOR, "one or the other but not both", has <cases> cases.',
    "To see why, suppose that one does: for the inputs (<a>, <b>), (<c>, "
    "<d>), (<e>, <f>) and (<g>, <h>) it would have to be silent, fire, fire "
    "and be silent, so",
    "No single unit with a step computes it.",
    "In pictures: no straight line has the two squares of Figure, left, on "
    "one side and the two circles on the other.",
    "A single unit with a step cannot compute XOR; two layers can, because "
    "the first moves the points.",
    "Exclusive or: <fires> if exactly one of two inputs is <on>; no single "
    "unit with a step computes it.",
)
def test_no_single_unit_computes_xor(said):
    """The two sums that must reach 0 add up to the two that must not.

    So it is for twenty thousand units with random weights, and none of them
    computes XOR.
    """
    asked = torch.tensor(
        [[said.a, said.c, said.e, said.g], [said.b, said.d, said.f, said.h]]
    )
    assert asked.tolist() == PAIRS.tolist()
    assert asked.shape[1] == said.cases
    one, other = asked.bool()
    assert torch.equal(XOR.bool(), (one | other) & ~(one & other))
    exactly_one = PAIRS.eq(said.on).sum(dim=0) == 1
    assert torch.equal(XOR.eq(said.fires), exactly_one)
    z = random(20_000, 2).float() @ PAIRS + random(20_000, 1, seed=1).float()
    assert_close(z[:, XOR == 1].sum(dim=1), z[:, XOR == 0].sum(dim=1))
    assert not (step(z) == XOR).all(dim=1).any()
    computed_or = (step(z) == torch.tensor([0.0, 1, 1, 1])).all(dim=1)
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
    "The perceptron learns straight lines, and so it never settles on these "
    "<points> points.",
    "If no line separates the groups, the rule never settles, and the next "
    "chapter meets such a case with only <corners> points.",
    "A line that stays where it is can be right on <most> of the <points> "
    "points.",
    "The perceptron's line does not stay: what one correction mends, another "
    "spoils, and from the third pass on the unit is wrong on each of the "
    "<points> as its turn comes.",
)
def test_perceptron_never_settles_on_xor(said):
    """After a pass with mistakes it is where it was before that pass."""
    z = random(2_000, 2).float() @ PAIRS + random(2_000, 1, seed=1).float()
    assert (step(z) == XOR).sum(dim=1).max() == said.most
    mistakes = train_perceptron(PAIRS, XOR, passes=1000).mistakes
    assert len(mistakes) == 1000
    assert max(mistakes[:2]) < said.points == min(mistakes[2:])
    passes = [train_perceptron(PAIRS, XOR, passes=n) for n in range(2, 5)]
    assert all(torch.equal(p.w, passes[0].w) for p in passes)
    right = [set() for _ in PAIRS.T]
    w, b, _ = passes[0]
    for x, y in zip(PAIRS.T.repeat(2, 1), XOR.repeat(2), strict=True):
        change = y - neuron(x, w, b, step)
        w, b = w + change * x, b + change
        fits = (neuron(PAIRS, w, b, step) == XOR).tolist()
        for seen, now in zip(right, fits, strict=True):
            seen.add(now)
    assert right == [{True, False}] * 4, "mended and spoilt"
    assert said.points == said.corners == len(XOR)
    before = train_perceptron(PAIRS, XOR, passes=2)
    after = train_perceptron(PAIRS, XOR, passes=3)
    assert after.mistakes[-1] > 0
    assert torch.equal(after.w, before.w)
    assert torch.equal(after.b, before.b)
    assert train_perceptron(PAIRS, XOR, passes=1000).mistakes[999] >= 1


@claim(
    'XOR is then "OR, but not AND", and that is again a job for one unit, '
    "with the weight 1 for OR and −1 for AND.",
    "Give a first layer two units, one for OR and one for AND.",
    "The thresholds are put halfway between <counts> vote counts, so that no "
    "input lies on a unit's line: OR tells <one> vote from none, so its "
    "threshold is <theta> and its bias <bias>; AND tells <two> votes from "
    "<single>, so its bias is <other>.",
    "The output unit sees a sum of <fires> where it is to fire, and of "
    "<silent> where it is not, so its bias is <output> too.",
    "Follow the input (<x1>, <x2>).",
    "OR has $z = 1 + 1 - 0.5 = <or_z>$, AND has $z = 1 + 1 - 1.5 = <and_z>$, "
    "and both fire.",
    "The output unit has $z = 1 - 1 - 0.5 = <output_z>$ and is silent, as XOR "
    "demands.",
)
def test_two_layers_compute_xor(said):
    assert xor(PAIRS).tolist() == [XOR.tolist()]
    fired = step(affine(PAIRS, HIDDEN))
    assert fired.tolist() == [[0, 1, 1, 1], [0, 0, 0, 1]]
    assert (affine(PAIRS, HIDDEN) != 0).all(), "no input is on a line"
    assert OUTPUT.W.tolist() == [[1, -1]], "for OR, against AND"
    votes = PAIRS.sum(dim=0)
    assert HIDDEN.b.flatten().tolist() == [said.bias, said.other]
    for unit, (more, less) in enumerate(
        ((said.one, 0), (said.two, said.single))
    ):
        assert len({more, less}) == said.counts
        assert HIDDEN.b[unit] == -(more + less) / 2
        assert torch.equal(fired[unit] == 1, votes >= more)
    assert said.theta == -said.bias
    sums = OUTPUT.W @ fired
    assert set(sums[0, XOR == 1].tolist()) == {said.fires}
    assert set(sums[0, XOR == 0].tolist()) == {said.silent}
    assert OUTPUT.b == said.output == -(said.fires + said.silent) / 2
    assert said.output == said.bias

    z = affine(torch.tensor([[said.x1], [said.x2]]), HIDDEN)
    assert z.tolist() == [[said.or_z], [said.and_z]]
    assert step(z).tolist() == [[1], [1]]
    assert affine(step(z), OUTPUT) == said.output_z < 0


@claim(
    "With a bias of <silent> instead of <usual> the AND unit asks for <asked> "
    "votes, and there are only <inputs>: it never fires, and the output is "
    "that of OR.",
)
def test_one_bias_turns_xor_into_or(said):
    """Exercise 2: an AND unit that never fires."""
    assert HIDDEN.b[1] == said.usual
    assert HIDDEN.W.shape[1] == said.inputs
    assert said.usual - said.silent == said.asked - said.inputs, "one more"
    biases = torch.tensor([[-0.5], [said.silent]])
    hidden = step(affine(PAIRS, HIDDEN._replace(b=biases)))
    assert not hidden[1].any()
    votes = torch.arange(5.0)
    assert torch.equal(step(votes + said.silent) == 1, votes >= said.asked)
    assert step(affine(hidden, OUTPUT)).tolist() == [[0, 1, 1, 1]]


def columns_of(sheet):
    """Return the circles of each layer, from left to right."""
    columns = {}
    for circle in sheet.patches:
        columns.setdefault(round(circle.center[0], 5), []).append(circle)
    assert list(columns) == sorted(columns)
    return list(columns.values())


@claim(
    "A fully connected network: <inputs> inputs, <hidden> hidden layers of "
    "<a>, <b>, <c>, <d> and <e> units, and an output layer of <outputs>.",
    "On the left are the inputs, x1 to x4, in one colour, then the hidden "
    "layers, in another, and on the right the outputs, y-hat, in their own.",
    "A fully connected network: four inputs, five hidden layers of 4, 5, 6, 4 "
    "and 3 units, and an output layer of 3.",
    "<columns> columns of circles, joined from each column to the next by all "
    "possible lines.",
)
@pytest.mark.parametrize("sizes", [SIZES, (2, 3, 1), (1, 12, 2), (3, 1)])
def test_figure_of_the_network_is_drawn_from_its_sizes(sizes, said):
    units = said.a, said.b, said.c, said.d, said.e
    assert (said.inputs, *units, said.outputs) == SIZES
    assert len(SIZES) == said.hidden + 2 == said.columns
    figure = draw_network(sizes)
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    words, columns = dict(drawing.words(figure)), columns_of(sheet)
    assert tuple(map(len, columns)) == sizes
    colours = [
        {to_hex(c.get_edgecolor()) for c in column} for column in columns
    ]
    inner = [{PALETTE["blue"]}] * (len(sizes) - 2)
    assert colours == [{PALETTE["orange"]}, *inner, {PALETTE["green"]}]
    centres = [[circle.center for circle in column] for column in columns]
    joined = {
        (*left, *right)
        for one, other in pairwise(centres)
        for left, right in product(one, other)
    }
    ends = torch.tensor(sheet.lines[0].get_xydata())
    strokes = ends[~ends.isnan().any(dim=1)].reshape(-1, 4).tolist()
    assert len(strokes) == len(joined)
    assert set(map(tuple, strokes)) == joined

    across = [column[0][0] for column in centres]
    steps = [right - left for left, right in pairwise(across)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=1e-5)
    for circles in columns:
        middle = (circles[0].center[1] + circles[-1].center[1]) / 2
        assert middle == pytest.approx(2.12), "all on one line"
        for upper, lower in pairwise(circles):
            gap = upper.center[1] - lower.center[1]
            assert 0.15 < gap < 0.6
            assert 0.4 * gap < 2 * upper.radius < 0.75 * gap, "room between"
    named = {"inputs": across[0], "output": across[-1]}
    if len(sizes) > 2:
        named["hidden layers"] = sum(across[1:-1]) / (len(sizes) - 2)
    for word, x in named.items():
        assert drawing.centre(words[word])[0] == pytest.approx(x, abs=0.01)
        assert words[word].y1 < min(
            c.center[1] - c.radius for c in sheet.patches
        )
    for label, circles, side in (
        ("$x_{{{}}}$", columns[0], -1),
        (r"$\hat{{y}}_{{{}}}$", columns[-1], 1),
    ):
        for unit, circle in enumerate(circles, start=1):
            box, (x, y) = words.pop(label.format(unit)), circle.center
            near = box.x1 if side < 0 else box.x0
            assert 0 < side * (near - x) - circle.radius < 0.2
            assert drawing.centre(box)[1] == pytest.approx(y, abs=0.05)
    assert words.keys() == named.keys()


@claim(
    "The network gives <fires> where it is shaded; left, the solid line is "
    "the OR unit's, the dashed line the AND unit's.",
    "<panels> panels.",
    "Left, the <examples> inputs of XOR at the corners of a square: squares, "
    "which stand for <square>, at <opposite> opposite corners, circles, which "
    "stand for <circle>, at the other <other>.",
    "<lines> parallel slanting lines, named OR and AND, cut off <cut> circle "
    "each, and the squares lie in the shaded strip between them.",
)
def test_figure_of_xor_shows_the_lines_of_or_and_and(said):
    figure = draw_xor()
    before, after = figure.axes
    assert len(figure.axes) == said.panels
    points = drawing.classes(before)
    squares, circles = points[said.square], points[said.circle]
    assert (len(squares), len(circles)) == (said.opposite, said.other)
    assert said.opposite + said.other == said.examples
    for corners, value in ((squares, said.square), (circles, said.circle)):
        assert (xor(corners.T.float()) == value).all()
        assert corners.sum(dim=0).tolist() == [1, 1], "they are opposite"
    lines = before.lines[:2]
    assert len(lines) == said.lines
    assert [line.get_linestyle() for line in lines] == ["-", "--"]
    for line, height in zip(lines, (0.5, 1.5), strict=True):
        assert line.get_xydata().sum(axis=1) == pytest.approx([height] * 2)
    assert (circles.sum(dim=1) < 0.5).sum() == said.cut
    assert (circles.sum(dim=1) > 1.5).sum() == said.cut
    anywhere = random(300, 2).clamp(-0.45, 1.55)
    height = anywhere.sum(dim=1)
    clear = torch.minimum((height - 0.5).abs(), (height - 1.5).abs()) > 0.02
    fired = xor(anywhere.T.float())[0] == said.fires
    shaded = drawing.shaded(before, anywhere)
    assert torch.equal(shaded[clear], fired[clear])
    assert drawing.shaded(before, squares).all()
    for text, row in zip(before.texts, (0, 1), strict=True):
        assert text.get_text() == ("OR", "AND")[row]
        z = affine(torch.tensor([text.get_position()]).T, HIDDEN)[row]
        assert 0 < z < 0.25, "at its line, where the unit fires"
    for axes in (before, after):
        assert drawing.ticks(axes) == ([0, 1], [0, 1])
        assert drawing.frame(axes) == ((-0.5, 1.6), (-0.5, 1.6))
        assert axes.get_aspect() == 1


@claim(
    "Right, their two outputs are the new coordinates, and one line is enough.",
    "Right, the same points as the hidden layer places them: both squares "
    "have become <one> point, at (<a>, <b>), and <line> slanting line parts "
    "it, in the shaded half, from the circles at (<c>, <d>) and (<e>, <f>).",
)
def test_figure_of_xor_parts_the_points_on_the_right(said):
    before, after = draw_xor().axes
    drawn = [li for li in after.lines if li.get_linestyle() == "-"]
    points = drawing.classes(after)
    circles, squares = points[0].tolist(), points[1].tolist()
    assert sorted(circles) == [[said.c, said.d], [said.e, said.f]]
    assert set(map(tuple, squares)) == {(said.a, said.b)}
    assert said.one == len(drawn) == said.line == 1
    a1, a2 = drawn[0].get_data()
    assert (a1 - a2) == pytest.approx([0.5] * 2)
    assert drawing.shaded(after, points[1]).all()
    assert not drawing.shaded(after, points[0]).any()
    words = [before.get_title(), before.get_xlabel(), before.get_ylabel()]
    assert words == ["the inputs", "$x_1$", "$x_2$"]
    words = [after.get_title(), after.get_xlabel(), after.get_ylabel()]
    first, second = "unit 1 (OR)", "unit 2 (AND)"
    assert words == ["the hidden layer", first, second]


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layer = Layer(random(5, 3, seed=seed), random(5, 1, seed=seed + 9))
    x = random(3, 7, seed=seed)
    symbols = {"W": layer.W, "b": layer.b, "x": x, "z": affine(x, layer)}
    # a unit with two inputs, many times over, and with z at 0 in many ways
    halves = torch.arange(-4, 5).double() / 2
    w_1, w_2, bias = torch.cat(
        [random(3, 200, seed=seed), torch.cartesian_prod(*[halves] * 3).T],
        dim=1,
    )
    silent, second, first, both = (
        step(one * w_1 + other * w_2 + bias) == 0 for one, other in PAIRS.T
    )
    demands = [silent, ~second, ~first, both]
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
