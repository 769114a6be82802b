import math
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.activation.index import (
    bends,
    collapse,
    curve,
    draw_approximation,
    draw_collapse,
    draw_four,
    draw_hinges,
    linear_stack,
    rank_of_product,
    relu_fit,
    relu_stack,
    square_grid,
    three_layers,
    weighted_units,
)
from snippets.activation.relu import relu
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from snippets.network import Layer, affine, initialise
from snippets.neuron import step
from snippets.propagation.forward import ACTIVATIONS
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.tensors import double, grid, random, refuses


def layers_of(*sizes, seed=0):
    """Return layers with random weights and biases."""
    return [
        Layer(W, random(len(W), 1, seed=seed + 1))
        for W, _ in initialise(sizes, torch.Generator().manual_seed(seed))
    ]


@claim(
    "Let one unit compute $u = <w1>x + <b1>$ from its input $x$, and let the "
    "next compute $<w2>u - <b2>$ from that.",
    "Together they compute $<w2> (<w1>x + <b1>) - <b2> = <w>x + <b>$, which a "
    "single unit could have done.",
)
def test_two_units_collapse_into_one(said):
    first, second, both = (
        Layer(double([[weight]]), double([[bias]]))
        for weight, bias in (
            (said.w1, said.b1),
            (said.w2, -said.b2),
            (said.w, said.b),
        )
    )
    assert collapse([first, second]) == both
    x = grid(-3, 3, 61).unsqueeze(0)
    assert_close(affine(affine(x, first), second), affine(x, both))


@claim(
    "The result is not merely similar to that of a single layer; it is the "
    "same, except for rounding.",
    "Without one, or with a straight line, all layers collapse into a single "
    "affine map, biases included.",
    "The product of the matrices, with the biases multiplied along, gives "
    "every output as the layers do, but for rounding.",
    "They are not different at all: together they are one affine map, "
    "biases included.",
    "With other weights that grid would look different, but three layers with "
    "nothing between them would still end as one layer does.",
)
@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=6),
    seed=st.integers(0, 2**32),
)
def test_layers_collapse_into_one(sizes, seed):
    """Sums of at most 9 products, five layers deep: 1e-12 is ample."""
    layers, x = layers_of(*sizes, seed=seed), random(sizes[0], 5)
    one = collapse(layers)
    assert one.W.shape == (sizes[-1], sizes[0])
    assert one.b.shape == (sizes[-1], 1)
    stacked = linear_stack(x, layers)
    assert_close(stacked, affine(x, one), rtol=1e-10, atol=1e-12)


@claim(
    "Two layers are one layer, biases included, and so are <many>.",
)
def test_a_thousand_layers_collapse_too(said):
    """Orthogonal matrices neither shrink nor grow, however many there are.

    Each layer rounds once more, by about 1e-15 of what has added up.
    """
    x = random(4, 50)
    for count in (2, int(said.many)):
        W, b = random(count, 4, 4), random(count, 4, 1, seed=1)
        layers = [*map(Layer, torch.linalg.qr(W).Q, b)]
        stacked, one = linear_stack(x, layers), collapse(layers)
        assert_close(stacked, affine(x, one), rtol=1e-10, atol=1e-10)


@claim(
    "A function that is not affine is called nonlinear here, and it is what "
    "makes depth worth having.",
    "To one affine map again.",
    r"For two layers it is $W = <factor> W^{[2]} \cdot <inner> W^{[1]}$ and "
    r"$b = <outer> (W^{[2]} \cdot <shift> b^{[1]} + b^{[2]})$.",
)
def test_layers_with_an_activation_do_not_collapse_unless_it_is_straight(said):
    """The best affine map misses a ReLU network, and hits a linear one.

    Exercise 1: g(z) = 3z changes the map, not its kind.
    """
    first, second = layers_of(2, 16, 1)
    x = random(2, 200)

    def error_of_best_affine_map(y):
        columns = torch.vstack([x, torch.ones(1, 200)]).T
        best = torch.linalg.lstsq(columns, y.T).solution
        return (columns @ best - y.T).abs().max()

    bent = affine(relu(affine(x, first)), second)
    assert error_of_best_affine_map(bent) > 0.1
    straight = linear_stack(x, [first, second])
    assert error_of_best_affine_map(straight) < 1e-12
    tripled = 3 * affine(3 * affine(x, first), second)
    W = said.factor * second.W @ (said.inner * first.W)
    b = said.outer * (second.W @ (said.shift * first.b) + second.b)
    assert_close(tripled, W @ x + b)


def test_refuses_what_does_not_fit():
    (layer,), empty = layers_of(2, 3), "layers must hold at least one, but is"
    other = r"W must .* with inputs = 3, but has \(3, 2\)"
    x = torch.zeros(5)
    refuses(ValueError, empty, collapse, [])
    refuses(ValueError, empty, linear_stack, random(2, 1), [])
    refuses(ValueError, other, collapse, [layer, layer])
    refuses(ValueError, other, linear_stack, random(2, 1), [layer, layer])
    mixed = [Layer(layer.W, layer.b.float())]
    refuses(TypeError, "must share one dtype", collapse, mixed)
    for name, call in (
        ("count", {"count": 0}),
        ("size", {"count": 2, "size": 0}),
    ):
        said, chance = f": {name} must be at least 1, but is", torch.Generator()
        refuses(ValueError, said, rank_of_product, generator=chance, **call)
    for error, said, call in (
        (
            ValueError,
            r": x must have shape \(m,\), but",
            (x.unsqueeze(0), x, 2),
        ),
        (ValueError, ": x must be finite, but holds nan", (x / 0, x, 2)),
        (ValueError, "y must be finite, but holds nan", (x, x / 0, 2)),
        (ValueError, r"y must .* with m = 5, but has", (x, x[1:], 2)),
        (TypeError, "must share one dtype", (x, x.double(), 2)),
        (ValueError, "units must be at least 1", (x, x, 0)),
        (ValueError, r": x must hold at .* shape \(0,\)$", (x[:0], x[:0], 2)),
    ):
        refuses(error, said, relu_fit, *call)


@claim(
    "The rank of a matrix says in how many independent directions its "
    "output can vary, and a product of matrices cannot have a higher rank "
    "than any of its factors, since whatever comes out of it has passed "
    "through each of them.",
    "Nor do more layers gain anything: a product cannot find directions that "
    "one of its factors has lost.",
    "(predict, medium) A network has 10 inputs, <hidden> hidden unit without "
    "an activation function, and 10 outputs without one.",
    "In <directions>: whatever comes in, only <hidden> number gets through.",
)
def test_rank_never_grows(said):
    """A narrow layer is a bottleneck for all layers around it."""
    W = collapse(layers_of(10, int(said.hidden), 10)).W  # exercise 2
    assert torch.linalg.matrix_rank(W) == said.directions
    spread = torch.linalg.svdvals(W @ random(10, 50))
    assert (spread > 1e-12).sum() == said.directions, "so the outputs vary"
    for narrowest in range(1, 7):
        layers = layers_of(8, 7, narrowest, 9, 8)
        ranks = [torch.linalg.matrix_rank(W) for W, _ in layers]
        assert min(ranks) == narrowest
        assert torch.linalg.matrix_rank(collapse(layers).W) <= narrowest


@claim(
    "Each matrix stretches some directions more than others, and over many "
    "products these differences multiply: in float64, whose numbers carry "
    "about <digits> digits, the weaker directions are lost to rounding "
    "beside the strongest.",
)
def test_only_rounding_loses_rank(said):
    """If no determinant of the factors is 0, nor is their product, exactly.

    Rounding moves that of a random 8 x 8 matrix, about 200, by some 1e-12.
    Follow a frame of directions, and turn it upright after each product. How
    much each direction has been stretched is then known without loss.
    """
    eps, matrices = torch.finfo(torch.float64).eps, random(1000, 8, 8)
    full = (torch.linalg.det(matrices).abs() > 1e-9).double()
    assert full.all()
    assert round(-math.log10(eps)) == said.digits, "to the nearest digit"
    stretches = torch.linalg.svdvals(matrices)
    assert (stretches[:, 0] > 2 * stretches[:, -1]).all()
    frame, stretched, weaker = torch.eye(8).double(), torch.zeros(8), []
    for matrix in matrices:
        frame, triangle = torch.linalg.qr(matrix @ frame)
        stretched = stretched + triangle.diagonal().abs().log10()
        weaker.append((stretched[0] - stretched[1:]).min().item())
    assert weaker[9] < said.digits < weaker[-1], "behind the strongest"
    assert weaker[99] < weaker[499] < weaker[999]


@claim(
    "With other random numbers the last line may differ: about <share> such "
    "products have rank <rank>, and nearly all others rank <second>.",
    "Long products even lose more, by rounding.",
)
def test_rank_of_a_long_product(said):
    """The share of a hundred is known to 0.03: "about" allows twice that."""

    def ranks(count, seeds):
        return [
            rank_of_product(count, torch.Generator().manual_seed(seed))
            for seed in range(seeds)
        ]

    assert set(ranks(1, seeds=30)) == {8}
    long = Counter(ranks(1000, seeds=100))
    assert long[said.rank] / 100 == pytest.approx(said.share, abs=0.06)
    others = 100 - long[said.rank]
    assert others > 5
    assert others - 1 <= long[said.second], "nearly all"
    assert ranks(100, 30) == ranks(100, 30), "by their seeds"
    assert len(set(ranks(100, 30))) > 1


@claim(
    "Its step function is flat but for <jumps> jump, so nearly everywhere a "
    "small change of a weight changes nothing.",
    "A network that learns by small changes needs such functions: with the "
    "step function, a small change of a weight nearly always changes nothing.",
    "For example, when the sum changes from <before> to <after>, the step "
    "stays at <fires>, while the sigmoid rises from <lower> to <high>.",
)
def test_small_change_of_a_weight_changes_no_step(said):
    """A sigmoid in its place follows the change."""
    assert step(grid(-3, 3, 600)).diff().count_nonzero() == said.jumps
    (unit,), x = layers_of(4, 1), random(4, 100)
    for change in 1e-6 * torch.eye(4, dtype=torch.float64):
        before = affine(x, unit)
        after = affine(x, Layer(unit.W + change, unit.b))
        assert torch.equal(step(before), step(after))
        assert not torch.equal(sigmoid(before), sigmoid(after))
    z = double([said.before, said.after])
    assert step(z).tolist() == [said.fires, said.fires]
    risen = [said.lower, said.high]
    assert sigmoid(z).tolist() == pytest.approx(risen, abs=0.005)


@claim(
    "So other activation functions do not decide whether a unit fires; they "
    "say by how much.",
    "They have many values, not <two>.",
    "Other activation functions say by how much.",
    "Both are bounded: their outputs stay within fixed limits.",
    "A ReLU unit gives <nothing> while its sum is negative and the sum itself "
    "from there on: <pieces> straight pieces with <kinks> bend between them.",
)
def test_others_say_by_how_much(said):
    """Sigmoid and tanh within limits; ReLU, for one, without.

    SiLU and its like fall before they rise.
    """
    z = grid(-3, 3, 61)
    later = torch.nn.SiLU(), torch.nn.GELU(), torch.nn.Mish()
    for g in (*(g for g, _ in ACTIVATIONS.values()), *later):
        assert len(set(g(z).tolist())) > 15 * said.two
    assert all((g(z).diff() < 0).any() for g in later)
    far = torch.logspace(-3, 300, 304, dtype=torch.float64)
    for g in (sigmoid, tanh):
        assert g(torch.cat([-far, far])).abs().max() <= 1
    assert torch.equal(relu(far), far)
    assert (relu(-far) == said.nothing).all()
    slopes = relu(grid(-1, 1, 9)).diff()
    assert slopes.diff().count_nonzero() == said.kinks == said.pieces - 1


@claim(
    "Weigh and add up a layer of such units, each of which bends the output "
    "at <points> point, and the result follows a curve closely if there are "
    "enough of them.",
    "In Figure, <few>, <more> and <most> units come closer and closer.",
    "Choose a continuous function on a closed and bounded "
    "set of inputs, such as all from <left> to <right>, and say how large an "
    "error you accept, however small.",
)
def test_more_units_fit_better(said):
    x, y = curve()
    assert_close(x, torch.arange(-300, 301).double() / 100)
    assert (x[0], x[-1]) == (said.left, said.right)
    assert y.diff().abs().max() < 0.03, "without jumps"
    assert_close(y, torch.sin(2 * x) + x / 2)
    for bend in bends(9)[1:]:  # the first is at the left end
        turned = relu(grid(0, 1, 601) - bend).diff().diff().abs() > 1e-9
        assert said.points <= turned.sum() <= said.points + 1, "between two"
    sizes = [int(said.few), int(said.more), int(said.most)]
    fits = [relu_fit(x, y, units) - y for units in sizes]
    squares = [error.square().mean() for error in fits]
    assert squares[0] > 4 * squares[1] > 16 * squares[2]
    four = (relu_fit(x, y, sizes[0] + 1) - y).square().mean()
    assert four > 1.5 * squares[0], "one unit more, where it bends, is worse"
    errors = [error.abs().max() for error in fits]
    assert errors[0] > 0.9
    assert 0.1 < errors[1] < 0.4
    assert errors[2] < 0.03
    # four units bend at the left end and at each further quarter
    x = grid(-1, 1, 101)
    y = relu(x + 0.5) - 3 * relu(x - 0.5) + 7
    assert_close(relu_fit(x, y, units=4), y, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "units", "fit"),
    [
        ([1.0], [5.0], 3, [5.0]),
        ([1.0, 1.0, 1.0], [5.0, 6.0, 7.0], 3, [6.0, 6.0, 6.0]),
        ([0.0, 1.0], [5.0, 6.0], 2, [5.0, 6.0]),
        ([-3e38, 3e38], [5.0, 6.0], 2, [5.0, 6.0]),
        ([0.0, 1e-45], [5.0, 6.0], 2, [5.0, 6.0]),
    ],
)
def test_fit_takes_few_points_and_any_width(x, y, units, fit):
    found = relu_fit(torch.tensor(x), torch.tensor(y), units)
    assert_close(found, torch.tensor(fit))


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [0.01, 1.0, 1e4, 1e12])
def test_fit_does_not_hang_on_the_scale(dtype, scale):
    x, y = curve()
    exact = relu_fit(x, y, 8)
    assert (exact - y).square().mean().sqrt() == pytest.approx(0.0737, abs=5e-5)
    narrow = (scale * x if scale * 3 < torch.finfo(dtype).max else x).to(dtype)
    close = 100 * torch.finfo(dtype).eps
    found = relu_fit(narrow, y.to(dtype), 8)
    assert found.dtype == dtype
    assert_close(found.double(), exact, rtol=close, atol=close)


def turns(y):
    """Return where a sampled curve turns from rising to falling, or back."""
    slope = y.diff()
    return (slope[1:] * slope[:-1] < -1e-9).nonzero().flatten() + 1


@claim(
    r"The curve $y = \sin 2x + x/2$ and the fits with the least sum of "
    "squared errors, by one hidden layer of <few>, <more> and <many> ReLU "
    "units, bending at the dots.",
    "<panels> panels show the same wavy curve, thin, and a fit made of "
    "straight pieces, thick, with a dot wherever a unit bends it.",
    "The first dot is at the left end: that unit gives the fit its slope from "
    "there.",
    "With <three> units the fit has <corners> corners and misses the outer "
    "waves.",
    "With <nine> units it follows each wave with corners.",
    "With <twenty_seven> units it cannot be told from the curve.",
)
def test_figure_compares_three_fits_with_the_curve(said):
    """A wave is missed by more than 0.4, and followed within 0.2.

    What is closer than the curve's line is wide cannot be told from it.
    """
    figure = draw_approximation()
    drawing.lay_out(figure)
    assert len(figure.axes) == said.panels
    sizes = [int(said.three), int(said.nine), int(said.twenty_seven)]
    assert sizes == [said.few, said.more, said.many]
    x, y = curve()
    fits = []
    for axes, units in zip(figure.axes, sizes, strict=True):
        assert axes.get_title() == f"{units} units"
        exact, fit, dots = axes.lines
        assert_close(double(exact.get_xydata()), torch.stack([x, y], dim=1))
        fits.append(double(fit.get_ydata()))
        assert_close(fits[-1], relu_fit(x, y, units))
        assert exact.get_linewidth() < fit.get_linewidth()
        assert dots.get_marker() == "o"
        turned = fits[-1].diff().diff().abs() > 1e-9
        assert units - 1 <= turned.sum() <= 2 * units, "all but the first"
        places = double(dots.get_xdata())
        assert len(places) == units
        assert places[0] == x[0]
        near = (x[1:-1][turned].unsqueeze(1) - places).abs().min(dim=1).values
        assert near.max() < 0.02, "it bends at dots alone"
        assert torch.isin(double(dots.get_ydata()), fits[-1]).all()
        # one scale for all, or they could not be compared
        assert axes.get_ylim() == (-2.7, 2.7)
        assert drawing.ticks(axes) == ([-3, 0, 3], [-2, 0, 2])
        assert axes.get_xlabel() == "$x$"
    words = drawing.words(figure)[:3]
    assert [word for word, _ in words] == [
        "the curve",
        "the fit",
        "a unit's bend",
    ]
    assert all(box.y1 < figure.axes[0].bbox.y0 / 100 for _, box in words)

    rough, cornered, close = fits
    waves = turns(y)
    corners = x[1:-1][rough.diff().diff().abs() > 1e-3].tolist()
    assert corners == pytest.approx([-1, 1])
    assert len(corners) == said.corners
    assert ((rough - y)[waves[[0, -1]]].abs() > 0.4).all()
    assert rough[x < -1].diff().max() < -1e-3, "though none bends before -1"
    assert len(turns(cornered)) == len(waves) == 4
    assert ((cornered - y)[waves].abs() < 0.2).all()
    points = 72 / figure.dpi * axes.get_window_extent().height
    width = exact.get_linewidth() / points * 2 * 2.7
    assert (close - y).abs().max() < width


@claim(
    "An affine layer turns, stretches, slants and shifts it: its lines stay "
    "straight, parallel and evenly spaced, after <layers> such layers as "
    "after <single>.",
    "Now put between the layers a function that makes negative sums <nothing> "
    "and leaves the others, the ReLU: the lines are creased, and a part of "
    "the grid is pressed flat.",
    "<panels> panels show what has become of a square grid of <lines> lines "
    "each way.",
    "Right, after <single> layer, it is a turned and slanted grid, and all "
    "its lines are straight and evenly spaced.",
    "Left, after <layers> layers with ReLU, the upper part of that grid is "
    "left; the rest is pressed onto its lower edge, which has corners.",
    "One grid after <layers> layers: left with ReLU between them, right with "
    "nothing, as <single> layer would leave it.",
    "It ends as the grid on the right.",
    "They become curves.",
    "The diamond is where the point (<x>, <y>) of the grid has gone.",
)
def test_figure_of_the_collapse(said):
    """What is left is where the product has it; the rest has lost an area."""
    panels = draw_collapse().axes
    assert len(panels) == said.panels
    deep, single = (
        torch.stack([double(line.get_xydata()).T for line in axes.lines])
        for axes in panels
    )
    layers, grid = three_layers(), torch.stack(square_grid())
    assert len(layers) == said.layers
    assert len(grid) == 2 * said.lines == len(deep) == len(single)
    product = collapse(layers)
    for line, folded, straight in zip(grid, deep, single, strict=True):
        assert_close(folded, relu_stack(line, layers))
        assert_close(straight, linear_stack(line, layers))
        assert_close(straight, affine(line, product), rtol=0, atol=1e-12)
        turned = linear_stack(line, layers[: int(said.single)])
        assert turned.diff(dim=1).diff(dim=1).abs().max() < 1e-12
    assert single.diff(dim=2).diff(dim=2).abs().max() < 1e-12, "straight"
    apart = single.reshape(2, 9, 2, 81).diff(dim=1).diff(dim=1)
    assert apart.abs().max() < 1e-12, "evenly spaced"
    assert (product.W @ product.W.T)[0, 1].abs() > 0.1, "slanted"

    dot = double([[said.x], [said.y]])
    assert (grid - dot).abs().amax(dim=1).min() < 1e-9, "it is of it"
    for axes, end in zip(
        panels, (relu_stack(dot, layers), affine(dot, product)), strict=True
    ):
        (diamond,) = axes.collections
        assert_close(double(diamond.get_offsets().tolist()), end.T)

    x = grid.transpose(0, 1).flatten(1).requires_grad_()
    image = relu_stack(x, layers)
    rows = [
        torch.autograd.grad(row.sum(), x, retain_graph=True) for row in image
    ]
    area = torch.linalg.det(
        torch.stack([row for (row,) in rows]).permute(2, 0, 1)
    )
    flat = area.abs() < 1e-9
    assert said.nothing == 0
    assert 0.3 < flat.double().mean() < 0.7
    own = affine(x, product)
    assert_close(image[:, ~flat], own[:, ~flat])
    assert own[1, ~flat].mean() > own[1, flat].mean() + 1
    assert deep.diff(dim=2).diff(dim=2).abs().max() > 0.01, "creased"

    for layer in layers[:-1]:
        grid = tanh(layer.W @ grid + layer.b)  # the last layer bends nothing
    curved = grid.diff(dim=2).diff(dim=2).norm(dim=1)
    assert (curved > 1e-6).double().mean() > 0.9, "all along"


@claim(
    "Two panels over x, from <left> to <right>.",
    "Left, <units> straight rays begin on the horizontal axis at <k1>, <k2>, "
    "<k3>, <k4> and <k5>: the <first> rises gently, the <second> falls, the "
    "third rises steeply, the fourth falls as steeply, the fifth rises; a "
    "dashed line, the bias, lies a little below 0.",
    "Right, their sum, made of <pieces> straight pieces, runs from wave to "
    "wave of a curve; it bends where a ray begins.",
    "Left, <units> ReLU units, each times its weight, and the bias; right, "
    "what they add up to, and the curve.",
    "At the point where a unit bends, the slope of the sum changes by the "
    "unit's weight; to the left of it the unit adds nothing.",
    "It only rises, since for these bends the fit makes it as small as it can "
    "be.",
)
def test_figure_of_the_hinges(said):
    hinges, total = draw_hinges().axes
    *rays, bias, dots = hinges.lines
    places = [said.k1, said.k2, said.k3, said.k4, said.k5]
    assert len(rays) == len(places) == said.units == said.pieces
    assert dots.get_xdata().tolist() == pytest.approx(places)
    weights = []
    for ray, place in zip(rays, places, strict=True):
        x, y = double(ray.get_xydata()).T
        assert x[0] == pytest.approx(place, abs=0.011)
        weights.append(((y[-1] - y[0]) / (x[-1] - x[0])).item())
        assert_close(y, weights[-1] * (x - place), rtol=0, atol=1e-9)
    assert 0 < weights[int(said.first) - 1] < 0.5
    assert weights[int(said.second) - 1] < 0 < weights[4]
    assert weights[2] == pytest.approx(-weights[3])
    assert weights[2] > 2 * max(-weights[1], weights[4])
    assert bias.get_linestyle() == "--"
    assert -1 < bias.get_ydata()[0] < 0
    exact, fit, bends_of_sum = total.lines
    x, y = curve()
    assert_close(double(exact.get_xydata()).T, torch.stack([x, y]))
    assert_close(double(fit.get_ydata()), relu_fit(x, y, 5))
    near = pytest.approx(places, abs=0.011)
    assert bends_of_sum.get_xdata().tolist() == near
    limits = x[0], x[-1]
    assert limits == (said.left, said.right)
    slopes = [relu_fit(x, y, 5).diff()[at] / 0.01 for at in range(60, 600, 120)]
    assert double(slopes).diff().tolist() == pytest.approx(weights[1:])
    for units in (3, 9):
        rows = weighted_units(x, y, units)
        best = (rows.sum(dim=0) - y).square().mean()
        for row in rows:
            for change in (-0.1, 0.1):
                worse = (rows.sum(dim=0) + change * row - y).square().mean()
                assert worse >= best - 1e-15


@claim(
    "At $z = <z>$ the sigmoid has a slope of <s> and tanh one of <t>, but "
    "ReLU and Leaky ReLU still have <one>.",
)
def test_slopes_at_three(said):
    z = double(said.z).requires_grad_()
    for g, slope in (
        (torch.sigmoid, said.s),
        (torch.tanh, said.t),
        (torch.relu, said.one),
        (torch.nn.functional.leaky_relu, said.one),
    ):
        (found,) = torch.autograd.grad(g(z), z)
        assert found.item() == pytest.approx(slope, rel=0.02)


@claim(
    "The four activation functions, left, and their slopes, right.",
    "For positive $z$ ReLU and Leaky ReLU coincide; for negative $z$ Leaky"
    " ReLU is drawn with a slope of <leaky>, since its usual slope, "
    "<usual>, could not be told from <flat>.",
    "Two panels over z from <left> to <right>.",
    "Left, the four functions: sigmoid, solid, rises from <low> to <high>; "
    "tanh, dashed, from <lower> to <higher>; ReLU and Leaky ReLU rise "
    "together with z on the right, and on the left ReLU is <silent> while "
    "Leaky ReLU, dotted, falls gently.",
    "Right, their slopes: tanh's is a bump of height <tanh_top>, sigmoid's a "
    "low one of height <sigmoid_top>; those of ReLU and Leaky ReLU jump at 0 "
    "up to <slope>, ReLU's from <dead> and Leaky ReLU's from <gentle>.",
)
def test_figure_shows_the_four_and_their_slopes(said):
    panels = draw_four().axes
    values, steepness = (
        {line.get_label(): double(line.get_ydata()) for line in axes.lines}
        for axes in panels
    )
    z = double(panels[0].lines[0].get_xdata())
    assert (z[0], z[-1]) == (said.left, said.right)
    assert said.gentle == said.leaky == 0.1
    usual = ACTIVATIONS["leaky_relu"].derivative(double(-1))
    assert usual == said.usual < said.flat + 0.02
    ends = {
        "sigmoid": (torch.sigmoid(z), said.low, said.high, said.sigmoid_top),
        "tanh": (torch.tanh(z), said.lower, said.higher, said.tanh_top),
        "ReLU": (torch.relu(z), said.silent, 4, said.slope),
        "Leaky ReLU": (torch.maximum(0.1 * z, z), -0.4, 4, said.slope),
    }
    assert values.keys() == steepness.keys() == ends.keys()
    for name, (a, low, high, top) in ends.items():
        slope = steepness[name]
        assert_close(values[name], a)
        assert a[[0, -1]].tolist() == pytest.approx([low, high], abs=0.02)
        by_difference = a.diff() / z.diff()
        kept = ~slope[1:].isnan() & ~slope[:-1].isnan()
        assert (by_difference - slope[1:])[kept].abs().max() < 0.01
        assert slope[~slope.isnan()].max() == top
    for name, before in (("ReLU", said.dead), ("Leaky ReLU", said.gentle)):
        assert (steepness[name][z < 0] == before).all()
        assert (steepness[name][z > 0] == said.slope).all()
        assert steepness[name][z == 0].isnan(), "it jumps"
    for axes in panels:
        styles = drawing.styles(axes)
        assert len(set(styles.values())) == 4
        told = [styles[name] for name in ("sigmoid", "tanh", "Leaky ReLU")]
        assert told == ["-", "--", ":"]
        texts = axes.texts
        named = {t.get_text().replace("\n", " "): t for t in texts}
        for line in axes.lines:
            name = named[line.get_label()]
            assert name.get_color() == line.get_color()
            assert stray(line, name) < 0.35, "it is at its line"
        assert len({line.get_color() for line in axes.lines}) == 4


def stray(line, text):
    """Return how far, in inches, a name is from the line that it names."""
    drawing.lay_out(line.figure)
    points = double(line.axes.transData.transform(line.get_xydata()) / 100)
    box = drawing.inches(text.get_window_extent()).get_points()
    away = (points - points.clamp(*map(double, box))).norm(dim=1)
    return away[~away.isnan()].min()


@claim(
    "values | <s_low> to <s_high> | <t_low> to <t_high> | <r_low> and above | "
    "all",
    "largest slope | <s_part>/<s_parts> | <t_most> | <r_most> | <l_most>",
    "slope far to the left | near <s_left> | near <t_left> | <r_left> | "
    "<l_left>",
    "slope far to the right | near <s_right> | near <t_right> | <r_right> | "
    "<l_right>",
    "The first <two> have slopes that fade on both sides, ReLU's is <nothing> "
    "on <one> side only, and Leaky ReLU's nowhere.",
    "Only tanh gives outputs that are spread symmetrically about <middle> "
    "when its inputs are.",
)
def test_table_of_the_four_says_what_they_do(said):
    """Far to the left and right, at -15 and 15, to a millionth."""
    z = torch.arange(-1500, 1501, dtype=torch.float64) / 100
    far = {"abs": 1e-6}
    part = said.s_part / said.s_parts
    table = {
        "sigmoid": (said.s_low, said.s_high, part, said.s_left, said.s_right),
        "tanh": (
            said.t_low,
            said.t_high,
            said.t_most,
            said.t_left,
            said.t_right,
        ),
        "relu": (said.r_low, 15, said.r_most, said.r_left, said.r_right),
        "leaky_relu": (
            -15 * said.l_left,
            15,
            said.l_most,
            said.l_left,
            said.l_right,
        ),
    }
    ends = []
    for name, (low, high, most, left, right) in table.items():
        g, derivative = ACTIVATIONS[name]
        a, slope = g(z), derivative(z)
        assert (a.min(), a.max()) == pytest.approx((low, high), **far)
        assert slope.max() == most
        ends.append(slope[[0, -1]].tolist())
        assert ends[-1] == pytest.approx([left, right], **far)
        mixed = g(torch.cat([random(1000), -random(1000)])) - said.middle
        lopsided = (
            (mixed.sort().values + mixed.sort().values.flip(0)).abs().max()
        )
        assert lopsided < 1e-12 if name == "tanh" else lopsided > 0.1
    faded = [0 < min(pair) <= max(pair) < 1e-6 for pair in ends]
    assert faded == [place < said.two for place in range(4)]
    assert ends[2].count(said.nothing) == said.one
    assert said.nothing not in ends[3]


@claim(
    "Polynomials of degree $d$, added up, are a polynomial of degree $d$ "
    "at most, however many units there are.",
    "If $g$ is a polynomial of degree $d$, then $g(w x + b)$, multiplied "
    "out, is a polynomial in $x$ of degree $d$ at most.",
    "No choice of weights comes closer to a curve than the best polynomial of "
    "that degree.",
)
def test_polynomial_units_add_up_to_a_polynomial():
    """Fifty units of degree d, with random weights, whose sum is fitted."""
    x, y = curve()
    (hidden,) = layers_of(1, 50)

    def best(columns, y):
        return columns @ torch.linalg.lstsq(columns, y).solution

    for degree in (1, 2, 3):
        powers = torch.stack([x**d for d in range(degree + 1)], dim=1)
        units = (affine(x.unsqueeze(0), hidden) ** degree).T
        units = torch.cat([units, torch.ones(len(x), 1)], dim=1)
        assert_close(best(powers, units), units)
        fits = [best(columns, y.unsqueeze(1)) for columns in (units, powers)]
        assert_close(*fits)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    first, second = layers_of(3, 5, 2, seed=seed)
    x = random(3, 7, seed=seed)
    W, b = collapse([first, second])
    weights = {None: W, 1: first.W, 2: second.W}
    biases = {None: b, 1: first.b, 2: second.b}

    def tripled(x):
        return 3 * affine(3 * affine(x, first), second)

    offset = tripled(0 * x[:, :1])
    slopes = tripled(torch.eye(3, dtype=torch.float64)) - offset
    inputs, curve_of_inputs = curve()
    others = {
        r"y = \sin 2x + x/2": {"x": inputs, "y": curve_of_inputs},
        "3 (2x + 1) - 2 = 6x + 1": {"x": inputs},
        "g(z) = 3z": {"g": lambda z: 3 * z, "z": x},
        r"W = 3 W^{[2]} \cdot 3 W^{[1]}": {"W": weights | {None: slopes}},
        r"b = 3 (W^{[2]} \cdot 3 b^{[1]} + b^{[2]})": {
            "b": biases | {None: offset}
        },
    }
    symbols = {"x": x, "W": weights, "b": biases}
    named = ["u = 2x + 1"]  # the sum of a first unit, in one sentence
    hold("activation/index.md", symbols, here=others, given=named)
