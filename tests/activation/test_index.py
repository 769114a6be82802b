import math
from collections import Counter
from functools import partial
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.activation.index import (
    bends,
    collapse,
    curve,
    draw_approximation,
    draw_four,
    linear_stack,
    rank_of_product,
    relu_fit,
)
from snippets.activation.leaky_relu import leaky_relu
from snippets.activation.relu import relu
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from snippets.network import Layer, affine, initialise
from snippets.neuron import step
from snippets.propagation.forward import ACTIVATIONS
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold


@claim(
    "Let one unit compute $u = <w1>x + <b1>$ from its input $x$, and let the "
    "next compute $<w2>u - <b2>$ from that.",
    "Together they compute $<w2> (<w1>x + <b1>) - <b2> = <w>x + <b>$, which "
    "a single unit could have done.",
)
def test_two_units_collapse_into_one(w1, b1, w2, b2, w, b):
    first, second, both = (
        Layer(torch.tensor([[weight]]), torch.tensor([[bias]]))
        for weight, bias in ((w1, b1), (w2, -b2), (w, b))
    )
    assert collapse([first, second]) == both
    x = torch.linspace(-3, 3, 61).unsqueeze(0)
    torch.testing.assert_close(
        affine(affine(x, first), second), affine(x, both)
    )


@claim(
    "The result is not merely similar to that of a single layer; it is the "
    "same, except for rounding.",
    "Without one, or with a straight line, all layers collapse into a single "
    "affine map, biases included.",
    "The product of the matrices, with the biases multiplied along, gives "
    "every output as the layers do, but for rounding.",
    "They are not different at all: together they are one affine map, "
    "biases included.",
)
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


@claim(
    "<few> layers are one layer, biases included, and so are <many>.",
)
def test_a_thousand_layers_collapse_too(few, many):
    """Orthogonal matrices neither shrink nor grow, however many there are.

    Each layer rounds once more, by about 1e-15 of what has added up.
    """
    generator = torch.Generator().manual_seed(0)
    random = partial(torch.randn, generator=generator, dtype=torch.float64)
    for count in (int(few), int(many)):
        layers = [
            Layer(torch.linalg.qr(random(4, 4)).Q, random(4, 1))
            for _ in range(count)
        ]
        x = random(4, 50)
        torch.testing.assert_close(
            linear_stack(x, layers),
            affine(x, collapse(layers)),
            rtol=1e-10,
            atol=1e-10,
        )


@claim(
    "A function that is not affine is called nonlinear here, and it is what "
    "makes depth worth having.",
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


@claim(
    "Without one, or with a straight line, all layers collapse into a single "
    "affine map, biases included.",
    "To one affine map again.",
    r"For two layers it is $W = <factor> W^{[2]} \cdot <inner> W^{[1]}$ and "
    r"$b = <outer> (W^{[2]} \cdot <shift> b^{[1]} + b^{[2]})$.",
)
def test_collapse_with_a_straight_activation(factor, inner, outer, shift):
    """Exercise 1: g(z) = 3z changes the map, not its kind."""
    random = partial(torch.randn, generator=torch.Generator().manual_seed(1))
    (W1, _), (W2, _) = initialise((3, 4, 2), torch.Generator().manual_seed(0))
    b1, b2 = random(4, 1).double(), random(2, 1).double()
    x = random(3, 7).double()
    tripled = 3 * affine(3 * affine(x, Layer(W1, b1)), Layer(W2, b2))
    W = factor * W2 @ (inner * W1)
    b = outer * (W2 @ (shift * b1) + b2)
    torch.testing.assert_close(tripled, W @ x + b)


def test_collapse_refuses_what_does_not_fit():
    with pytest.raises(
        ValueError, match="layers must hold at least one, but is empty"
    ):
        collapse([])
    layers = initialise((2, 3), torch.Generator()) * 2
    with pytest.raises(
        ValueError, match=r"W must .* with inputs = 3, but has \(3, 2\)"
    ):
        linear_stack(torch.zeros(2, 1, dtype=torch.float64), layers)
    with pytest.raises(
        ValueError, match=r"W must .* with inputs = 3, but has \(3, 2\)"
    ):
        collapse(layers)
    with pytest.raises(TypeError, match="must share one dtype"):
        collapse([Layer(layers[0].W, layers[0].b.float())])
    with pytest.raises(
        ValueError, match="layers must hold at least one, but is empty"
    ):
        linear_stack(torch.zeros(2, 1), [])


@claim(
    "The rank of a matrix says in how many independent directions its output "
    "can vary, and a product of matrices cannot have a higher rank than any "
    "of its factors.",
    "Nor can more layers win anything: a product cannot find directions "
    "that one of its factors has lost.",
    "(predict, medium) A network has 10 inputs, <hidden> hidden unit without "
    "an activation "
    "function, and 10 outputs without one.",
    "In <directions>, so the rank is at most <rank>: whatever comes in, only "
    "<hidden> number gets through.",
)
def test_rank_never_grows(hidden, directions, rank):
    """A narrow layer is a bottleneck for all layers around it."""
    generator = torch.Generator().manual_seed(0)
    # exercise 2
    W = collapse(initialise([10, int(hidden), 10], generator)).W
    assert torch.linalg.matrix_rank(W) == rank == directions
    x = torch.randn(10, 50, generator=generator, dtype=W.dtype)
    spread = torch.linalg.svdvals(W @ x)
    assert (spread > 1e-12).sum() == directions, "so the outputs vary"
    for narrowest in range(1, 7):
        layers = initialise((8, 7, narrowest, 9, 8), generator)
        highest = min(torch.linalg.matrix_rank(W) for W, _ in layers)
        assert highest == narrowest
        assert torch.linalg.matrix_rank(collapse(layers).W) <= highest


@claim(
    "In exact arithmetic a product of random square matrices keeps full "
    "rank, with probability <probability>.",
)
def test_random_matrices_lose_no_rank_of_themselves(probability):
    """The determinant of a product is the product of the determinants.

    If none of these is 0, nor is that one, in exact arithmetic. Rounding moves
    the determinant of a random 8 x 8 matrix, which is about 200, by some 1e-12.
    """
    full = [torch.linalg.det(each).abs() > 1e-9 for each in random_matrices()]
    assert sum(full) / len(full) == probability


@claim(
    "But each matrix stretches some directions more than others, and over "
    "many products these differences multiply: in float64, whose numbers "
    "carry about <digits> digits, the weaker directions are lost to rounding "
    "beside the strongest.",
)
def test_only_rounding_loses_rank(digits):
    """Follow a frame of directions, and turn it upright after each product.

    How much each direction has been stretched is then known without loss.
    """
    eps = torch.finfo(torch.float64).eps
    assert round(-math.log10(eps)) == digits, "to the nearest whole digit"
    frame = torch.eye(8, dtype=torch.float64)
    stretched = torch.zeros(8, dtype=torch.float64)  # in powers of ten
    weaker = []
    for matrix in random_matrices():
        most, *_, least = torch.linalg.svdvals(matrix)
        assert most > 2 * least
        frame, triangle = torch.linalg.qr(matrix @ frame)
        stretched += triangle.diagonal().abs().log10()
        weaker.append((stretched[0] - stretched[1:]).min().item())
    assert weaker[9] < digits < weaker[-1], "behind the strongest, in digits"
    assert weaker[99] < weaker[499] < weaker[999]
    assert rank_of_product(1000, torch.Generator().manual_seed(0)) == 1


def random_matrices():
    """Return the thousand factors of a long product."""
    generator = torch.Generator().manual_seed(0)
    return [
        torch.randn(8, 8, generator=generator, dtype=torch.float64)
        for _ in range(1000)
    ]


@claim(
    "With other random numbers the last line may differ: about <share> such "
    "products have rank <rank>, the others <second> or <third>.",
    "Long products even lose more, by rounding.",
)
def test_rank_of_a_long_product(share, rank, second, third):
    """The share of a hundred is known to 0.03: "about" allows twice that."""

    def ranks(count, seeds):
        return [
            rank_of_product(count, torch.Generator().manual_seed(seed))
            for seed in range(seeds)
        ]

    assert set(ranks(1, seeds=30)) == {8}
    long = Counter(ranks(1000, seeds=100))
    assert long[rank] / 100 == pytest.approx(share, abs=0.06)
    assert set(long) == {rank, second, third}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("count", {"count": 0}), ("size", {"count": 2, "size": 0})],
)
def test_rank_refuses_counts_below_one(name, arguments):
    with pytest.raises(
        ValueError, match=f": {name} must be at least 1, but is"
    ):
        rank_of_product(generator=torch.Generator(), **arguments)


@claim(
    "Its step function is flat but for <jumps> jump, so nearly everywhere a "
    "small change of a weight changes nothing.",
    "A network that learns in small steps needs such functions: with the "
    "step, a small change of a weight nearly always changes nothing.",
)
def test_small_change_of_a_weight_changes_no_step(jumps):
    """A sigmoid in its place follows the change."""
    z = torch.linspace(-3, 3, 600, dtype=torch.float64)
    assert step(z).diff().count_nonzero() == jumps
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 100, generator=generator, dtype=torch.float64)
    (unit,) = initialise((4, 1), generator)
    for change in 1e-6 * torch.eye(4, dtype=torch.float64):
        before, after = (
            affine(x, unit),
            affine(x, Layer(unit.W + change, unit.b)),
        )
        assert torch.equal(step(before), step(after))
        assert not torch.equal(sigmoid(before), sigmoid(after))


@claim(
    "So other activation functions do not decide whether a unit fires; they "
    "say by how much.",
    "They have many values, and a larger sum never makes them smaller.",
    "Other activation functions say by how much.",
)
@pytest.mark.parametrize("g", [sigmoid, tanh, relu, leaky_relu])
def test_others_say_by_how_much(g):
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    assert len(set(g(z).tolist())) > 30
    assert (g(z).diff() >= 0).all()


@claim(
    "For example, when the sum changes from <before> to <after>, the step "
    "stays at <fires>, while the sigmoid rises from <low> to <high>.",
)
def test_the_step_stays_where_the_sigmoid_rises(
    before, after, fires, low, high
):
    z = torch.tensor([before, after], dtype=torch.float64)
    assert step(z).tolist() == [fires, fires]
    assert sigmoid(z).tolist() == pytest.approx([low, high], abs=0.005)


@claim(
    "Both are bounded: their outputs stay within fixed limits, which makes "
    "them convenient inputs for the next layer.",
)
def test_sigmoid_and_tanh_are_bounded():
    """ReLU, for one, is not."""
    far = torch.logspace(-3, 300, 304, dtype=torch.float64)
    z = torch.cat([-far, far])
    assert sigmoid(z).abs().max() <= 1
    assert tanh(z).abs().max() <= 1
    assert relu(z).max() == far.max()


@claim(
    "A ReLU unit gives <nothing> while its sum is negative and the sum itself "
    "from there on: <pieces> straight pieces with <bends> bend between them.",
)
def test_a_relu_unit_bends_once(nothing, pieces, bends):
    z = torch.linspace(-1, 1, 9, dtype=torch.float64)
    assert (relu(z)[z < 0] == nothing).all()
    assert torch.equal(relu(z)[z >= 0], z[z >= 0])
    assert relu(z).diff().diff().count_nonzero() == bends == pieces - 1


@claim(
    "Weigh and add up a layer of such units, each of which bends the output "
    "at <points> point, and the result follows a curve closely if there are "
    "enough of them.",
    "The picture of it holds: the more units, the closer the fit.",
)
def test_more_units_fit_better(points):
    x, y = curve()
    along = torch.linspace(0, 1, 601, dtype=torch.float64)
    for bend in bends(9)[1:]:  # the first is at the left end
        turned = relu(along - bend).diff().diff().abs() > 1e-9
        assert points <= turned.sum() <= points + 1, "between two points"
    errors = [(relu_fit(x, y, units) - y).abs().max() for units in (3, 9, 27)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 0.9
    assert 0.1 < errors[1] < 0.4
    assert errors[2] < 0.03


def test_fit_is_exact_where_the_target_bends_at_its_points():
    """Four units bend at the left end and at each further quarter."""
    x = torch.linspace(-1, 1, 101, dtype=torch.float64)
    y = relu(x + 0.5) - 3 * relu(x - 0.5) + 7
    torch.testing.assert_close(relu_fit(x, y, units=4), y, rtol=0, atol=1e-12)


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
    torch.testing.assert_close(found, torch.tensor(fit))


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
    torch.testing.assert_close(found.double(), exact, rtol=close, atol=close)


def test_fit_refuses_what_does_not_fit():
    x = torch.zeros(5)
    with pytest.raises(
        ValueError, match=r": x must have shape \(m,\), but has"
    ):
        relu_fit(x.unsqueeze(0), x, units=2)
    with pytest.raises(ValueError, match=": x must be finite, but holds nan"):
        relu_fit(x / 0, x, units=2)
    with pytest.raises(ValueError, match=r"y must .* with m = 5, but has"):
        relu_fit(x, torch.zeros(4), units=2)
    with pytest.raises(TypeError, match="must share one dtype"):
        relu_fit(x, x.double(), units=2)
    with pytest.raises(ValueError, match="units must be at least 1"):
        relu_fit(x, x, units=0)
    with pytest.raises(
        ValueError,
        match=r": x must hold at least one example, but has shape \(0,\)$",
    ):
        relu_fit(x[:0], x[:0], units=2)
    with pytest.raises(ValueError, match="y must be finite, but holds nan"):
        relu_fit(x, x / 0, units=2)


def turns(y):
    """Return where a sampled curve turns from rising to falling, or back."""
    slope = y.diff()
    return (slope[1:] * slope[:-1] < -1e-9).nonzero().flatten() + 1


@claim(
    r"The curve $y = \sin 2x + x/2$ and the fits whose squared distances from "
    "it add up to least, by one hidden layer of <few>, <more> and <many> ReLU "
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
def test_figure_compares_three_fits_with_the_curve(
    panels, few, more, many, three, corners, nine, twenty_seven
):
    """A wave is missed by more than 0.4, and followed within 0.2.

    What is closer than the curve's line is wide cannot be told from it.
    """
    figure = draw_approximation()
    figure.draw_without_rendering()
    assert len(figure.axes) == panels
    assert [axes.get_title() for axes in figure.axes] == [
        f"{units:g} units" for units in (few, more, many)
    ]
    assert (three, nine, twenty_seven) == (few, more, many)
    x, y = curve()
    torch.testing.assert_close(y, torch.sin(2 * x) + x / 2)
    for axes, units in zip(
        figure.axes, map(int, (few, more, many)), strict=True
    ):
        exact, fit, dots = axes.lines
        torch.testing.assert_close(torch.as_tensor(exact.get_ydata()), y)
        fitted = torch.as_tensor(fit.get_ydata())
        torch.testing.assert_close(fitted, relu_fit(x, y, units))
        assert exact.get_linewidth() < fit.get_linewidth()
        turned = fitted.diff().diff().abs() > 1e-9
        assert units - 1 <= turned.sum() <= 2 * units, "all but the first"
        places = torch.as_tensor(dots.get_xdata())
        assert dots.get_marker() == "o"
        assert len(places) == units
        assert places[0] == x[0]
        near = (x[1:-1][turned].unsqueeze(1) - places).abs().min(dim=1).values
        assert near.max() < 0.02, "it bends at dots alone"
        assert torch.isin(torch.as_tensor(dots.get_ydata()), fitted).all()
        assert axes.get_xlabel() == "$x$"
    # one scale for all, or they could not be compared
    assert {axes.get_ylim() for axes in figure.axes} == {(-2.7, 2.7)}
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["the curve", "the fit", "a unit's bend"]

    rough, cornered, close = (
        torch.as_tensor(axes.lines[1].get_ydata()) for axes in figure.axes
    )
    waves = turns(y)
    turned = rough.diff().diff().abs() > 1e-3
    assert x[1:-1][turned].tolist() == pytest.approx([-1, 1])
    assert corners == turned.sum()
    assert len(waves) == 4
    assert ((rough - y)[waves[[0, -1]]].abs() > 0.4).all()
    assert rough[x < -1].diff().max() < -1e-3, "though none bends before -1"
    assert len(turns(cornered)) == len(waves)
    assert ((cornered - y)[waves].abs() < 0.2).all()
    (axes, line) = figure.axes[2], figure.axes[2].lines[0]
    points = 72 / figure.dpi * axes.get_window_extent().height
    bottom, top = axes.get_ylim()
    width = line.get_linewidth() / points * (top - bottom)
    assert (close - y).abs().max() < width


@claim(
    "The four activation functions, left, and their slopes, right.",
    "For positive $z$ ReLU and Leaky ReLU coincide; for negative $z$ Leaky "
    "ReLU is drawn with a slope of <leaky>.",
    "Two panels over z from <left> to <right>.",
    "Left, the four functions: sigmoid, solid, rises from <low> to <high>; "
    "tanh, dashed, from <lower> to <higher>; ReLU and Leaky ReLU rise "
    "together with z on the right, and on the left ReLU is <silent> while "
    "Leaky ReLU, dotted, falls gently.",
    "Right, their slopes: tanh's is a bump of height <tanh_top>, sigmoid's "
    "a low one of height <sigmoid_top>; those of ReLU and Leaky ReLU jump "
    "at 0 up to <slope>, ReLU's from <dead> and Leaky ReLU's from <gentle>.",
)
def test_figure_shows_the_four_and_their_slopes(
    leaky,
    left,
    right,
    low,
    high,
    lower,
    higher,
    silent,
    tanh_top,
    sigmoid_top,
    slope,
    dead,
    gentle,
):
    functions, slopes = draw_four().axes
    values, steepness = (
        {
            line.get_label(): torch.as_tensor(line.get_ydata())
            for line in axes.lines
        }
        for axes in (functions, slopes)
    )
    z = torch.as_tensor(functions.lines[0].get_xdata())
    assert (z[0], z[-1]) == (left, right)
    assert gentle == leaky == 0.1
    expected = {
        "sigmoid": torch.sigmoid(z),
        "tanh": torch.tanh(z),
        "ReLU": torch.relu(z),
        "Leaky ReLU": torch.nn.functional.leaky_relu(z, leaky),
    }
    assert values.keys() == steepness.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(values[name], value)
        by_difference = value.diff() / z.diff()
        beside = steepness[name][1:].clone()
        kept = ~beside.isnan() & ~steepness[name][:-1].isnan()
        assert (by_difference - beside)[kept].abs().max() < 0.01
    for name, bottom, top in (
        ("sigmoid", low, high),
        ("tanh", lower, higher),
    ):
        assert values[name].min() == pytest.approx(bottom, abs=0.02)
        assert values[name].max() == pytest.approx(top, abs=0.02)
    assert torch.equal(values["ReLU"][z > 0], z[z > 0])
    assert torch.equal(values["Leaky ReLU"][z > 0], z[z > 0])
    assert (values["ReLU"][z < 0] == silent).all()
    assert steepness["tanh"].max() == tanh_top
    assert steepness["sigmoid"].max() == sigmoid_top
    for name, before in (("ReLU", dead), ("Leaky ReLU", gentle)):
        assert (steepness[name][z < 0] == before).all()
        assert (steepness[name][z > 0] == slope).all()
        assert steepness[name][z == 0].isnan(), "it jumps"


def test_figure_of_the_four_names_each_line_in_its_own_look():
    for axes in draw_four().axes:
        styles = drawing.styles(axes)
        assert len(set(styles.values())) == len(styles) == 4
        assert styles["sigmoid"] == "-"
        assert styles["tanh"] == "--"
        assert styles["Leaky ReLU"] == ":"
        colours = {line.get_label(): line.get_color() for line in axes.lines}
        assert len(set(colours.values())) == 4
        named = {text.get_text(): text for text in axes.texts}
        for name, colour in colours.items():
            assert named[name].get_color() == colour
            assert stray(axes, name, named[name]) < 0.35, "it is at its line"


def stray(axes, name, text):
    """Return how far, in inches, a name is from the line that it names."""
    drawing.lay_out(axes.figure)
    (line,) = [line for line in axes.lines if line.get_label() == name]
    points = axes.transData.transform(line.get_xydata()) / 100
    box = drawing.inches(text.get_window_extent())
    aside = torch.as_tensor(points[:, 0])
    up = torch.as_tensor(points[:, 1])
    across = aside - aside.clamp(box.x0, box.x1)
    upwards = up - up.clamp(box.y0, box.y1)
    far = torch.hypot(across, upwards)
    return far[~far.isnan()].min().item()


@claim(
    "values | <s_low> to <s_high> | <t_low> to <t_high> | <r_low> and above "
    "| all",
    "largest slope | <s_part>/<s_parts> | <t_most> | <r_most> | <l_most>",
    "slope far to the left | near <s_left> | near <t_left> | <r_left> | "
    "<l_left>",
    "slope far to the right | near <s_right> | near <t_right> | <r_right> | "
    "<l_right>",
    "The first <two> have slopes that fade on both sides, ReLU's is "
    "<nothing> on <one> side only, and Leaky ReLU's nowhere.",
)
def test_table_of_the_four_says_what_they_do(
    s_low,
    s_high,
    t_low,
    t_high,
    r_low,
    s_part,
    s_parts,
    t_most,
    r_most,
    l_most,
    s_left,
    t_left,
    r_left,
    l_left,
    s_right,
    t_right,
    r_right,
    l_right,
    two,
    nothing,
    one,
):
    z = torch.arange(-1500, 1501, dtype=torch.float64) / 100
    far = {"abs": 1e-6}  # at -15 and 15
    slopes = []
    for name, low, high, most, left, right in (
        ("sigmoid", s_low, s_high, s_part / s_parts, s_left, s_right),
        ("tanh", t_low, t_high, t_most, t_left, t_right),
        ("relu", r_low, z[-1], r_most, r_left, r_right),
        ("leaky_relu", l_left * z[0], z[-1], l_most, l_left, l_right),
    ):
        g, derivative = ACTIVATIONS[name]
        a, slope = g(z), derivative(z)
        assert a.min().item() == pytest.approx(float(low), **far)
        assert a.max().item() == pytest.approx(float(high), **far)
        assert slope.max() == most
        assert slope[0].item() == pytest.approx(left, **far)
        assert slope[-1].item() == pytest.approx(right, **far)
        slopes.append((slope[0].item(), slope[-1].item()))
    faded = [max(ends) < 1e-6 for ends in slopes]
    assert faded == [place < two for place in range(4)]
    assert all(min(ends) > 0 for ends in slopes[: int(two)]), "they only fade"
    relu_ends, leaky_ends = slopes[2:]
    assert relu_ends.count(nothing) == one
    assert nothing not in leaky_ends


@claim(
    "Only tanh gives outputs that are spread symmetrically about <middle> when "
    "its inputs are.",
)
def test_only_tanh_keeps_what_is_symmetric(middle):
    half = torch.randn(
        1000, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    z = torch.cat([half, -half]) + middle
    outputs = {name: g(z).sort().values for name, (g, _) in ACTIVATIONS.items()}
    lopsided = {
        name: (a + a.flip(0) - 2 * middle).abs().max()
        for name, a in outputs.items()
    }
    assert lopsided.pop("tanh") < 1e-12
    assert all(most > 0.1 for most in lopsided.values())


@claim(
    "Polynomials of degree $d$, added up, are a polynomial of degree $d$ at "
    "most, however many units there are.",
    "No choice of weights comes closer to a curve than the best polynomial of "
    "that degree.",
)
def test_polynomial_units_add_up_to_a_polynomial():
    """Fifty units of degree d, with random weights, whose sum is fitted."""
    x, y = curve()
    generator = torch.Generator().manual_seed(0)
    (hidden,) = initialise((1, 50), generator)
    shift = torch.randn(50, 1, generator=generator, dtype=torch.float64)

    def best(columns, y):
        return columns @ torch.linalg.lstsq(columns, y).solution

    for degree in (1, 2, 3):
        powers = torch.stack([x**d for d in range(degree + 1)], dim=1)
        units = (affine(x.unsqueeze(0), Layer(hidden.W, shift)) ** degree).T
        units = torch.cat([units, torch.ones(len(x), 1)], dim=1)
        torch.testing.assert_close(best(powers, units), units)
        torch.testing.assert_close(
            best(units, y.unsqueeze(1)), best(powers, y.unsqueeze(1))
        )


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    generator = torch.Generator().manual_seed(seed)
    first, second = (
        Layer(W, torch.randn(len(W), 1, generator=generator, dtype=W.dtype))
        for W, _ in initialise((3, 5, 2), generator)
    )
    x = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    W, b = collapse([first, second])
    symbols = {
        "x": x,
        "W": {None: W, 1: first.W, 2: second.W},
        "b": {None: b, 1: first.b, 2: second.b},
    }

    def tripled(x):
        return 3 * affine(3 * affine(x, first), second)

    offset = tripled(torch.zeros(3, 1, dtype=torch.float64))
    slopes = tripled(torch.eye(3, dtype=torch.float64)) - offset
    inputs, curve_of_inputs = curve()
    others = {
        r"y = \sin 2x + x/2": {"x": inputs, "y": curve_of_inputs},
        "3 (2x + 1) - 2 = 6x + 1": {"x": inputs},
        "g(z) = 3z": {"g": lambda z: 3 * z, "z": x},
        r"W = 3 W^{[2]} \cdot 3 W^{[1]}": {"W": symbols["W"] | {None: slopes}},
        r"b = 3 (W^{[2]} \cdot 3 b^{[1]} + b^{[2]})": {
            "b": symbols["b"] | {None: offset}
        },
    }
    named = ["u = 2x + 1"]  # the sum of a first unit, in one sentence
    hold("activation/index.md", symbols, here=others, given=named)


def test_chance_comes_from_the_generator_alone():
    """Products of 100 matrices have a rank of 3 or of 4, by their seeds."""

    def ranks():
        return [
            rank_of_product(100, torch.Generator().manual_seed(seed))
            for seed in range(30)
        ]

    assert ranks() == ranks()
    assert len(set(ranks())) > 1


def test_curve_is_that_of_the_text():
    x, y = curve()
    by_hand = [(i - 300) / 100 for i in range(601)]
    assert x.tolist() == pytest.approx(by_hand, abs=1e-14)
    by_hand = [math.sin(2 * number) + number / 2 for number in by_hand]
    assert y.tolist() == pytest.approx(by_hand, abs=1e-14)


def test_legend_of_the_fits_stands_below_them_in_one_row():
    figure = draw_approximation()
    drawing.lay_out(figure)
    where = [box for _, box in drawing.words(figure)][:3]
    for left, right in pairwise(where):
        assert left.y0 == pytest.approx(right.y0, abs=0.02)
        assert left.x1 < right.x0
    assert all(where[0].y1 < axes.bbox.y0 / 100 for axes in figure.axes)
    middle = (where[0].x0 + where[2].x1) / 2
    assert middle == pytest.approx(figure.get_size_inches()[0] / 2, abs=0.3)


def test_fits_share_one_frame():
    x, y = curve()
    for axes in draw_approximation().axes:
        for line in axes.lines[:2]:
            assert torch.equal(torch.as_tensor(line.get_xdata()), x)
        assert drawing.ticks(axes) == ([-3, 0, 3], [-2, 0, 2])
        low, high = axes.get_ylim()
        assert -3 < low < y.min() < y.max() < high < 3
        assert low == -high, "and so the same in all three"
