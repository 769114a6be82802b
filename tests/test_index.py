import base64
import struct

import matplotlib
import pytest
import torch
from matplotlib.colors import to_hex

from snippets.activation.relu import disc
from snippets.figure import PALETTE, png, svg
from snippets.index import (
    NAMES,
    SIDE,
    draw_folds,
    draw_share,
    draw_signs,
    learn_disc,
    thumbnail,
)
from snippets.propagation.forward import forward
from tests import drawing
from tests.claims import claim

PANELS = [(0, 0, "before training"), (1, 1000, "after 1000 steps")]


def right(steps):
    """Return the share of points that the network answers rightly."""
    layers, x, y = learn_disc(steps)
    y_hat, _ = forward(x, layers, NAMES)
    return ((y_hat > 0.5) == (y > 0.5)).double().mean().item()


def test_training_encloses_every_point_of_the_disc_and_no_other():
    assert right(0) < 0.7
    assert right(1000) == 1


def test_points_are_those_of_the_chapter_on_relu():
    _, x, y = learn_disc(0)
    same_x, same_y = disc(torch.Generator().manual_seed(1), count=120)
    assert torch.equal(x, same_x)
    assert torch.equal(y, same_y)


@claim(
    "Training moves the lines until the shaded region holds every square "
    "and no circle.",
    "<pictures> pictures of <one> square of points: filled squares inside "
    "an invisible disc, open circles outside.",
    "Before training they all meet in the middle, and the shaded region, "
    'where the network says "inside", is a wide wedge and a narrow one.',
    "After <steps> steps the lines have moved apart, and the region is a "
    "polygon that holds all squares and no circle.",
)
def test_region_holds_the_disc_after_training_and_not_before(
    pictures, one, steps
):
    drawn = draw_folds().axes
    assert len(drawn) == pictures
    assert len({tuple(shown(a, "s").flatten().tolist()) for a in drawn}) == one
    before, after = drawn
    assert after.get_title() == f"after {steps:g} steps"
    for axes, in_middle in ((before, 8), (after, 0)):
        dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
        meet = [distance_from_middle(line) < 1e-9 for line in dashed]
        assert sum(meet) == in_middle
        squares, circles = shown(axes, "s"), shown(axes, "o")
        assert 0.9 < circles.abs().max() <= 1, "they fill a square"
        assert squares.norm(dim=1).max() < circles.norm(dim=1).min()

    (region,) = after.collections[0].get_paths()
    assert len(region.to_polygons()) == 1
    assert drawing.shaded(after, shown(after, "s")).all()
    assert not drawing.shaded(after, shown(after, "o")).any()
    assert not drawing.shaded(before, shown(before, "s")).all()
    narrow, wide = wedges(learn_disc(0)[0])
    assert narrow < 30 < 90 < wide < 180


def distance_from_middle(line):
    """Return how far from (0, 0) a straight line runs, which has two ends."""
    start, end = torch.tensor(line.get_xydata())
    along = (end - start) / (end - start).norm()
    return abs(start[0] * along[1] - start[1] * along[0]).item()


def shown(axes, marker):
    """Return the points that bear a marker, shape (points, 2)."""
    return drawing.classes(axes)[{"s": 1, "o": 0}[marker]]


def wedges(layers):
    """Return the angles, in degrees, in which the network says "inside"."""
    turn = torch.arange(3600, dtype=torch.float64) / 10
    around = torch.stack((turn.deg2rad().cos(), turn.deg2rad().sin()))
    inside = (forward(around, layers, NAMES)[0][0] > 0.5).int()
    first = int((inside.diff() == 1).nonzero()[0]) + 1
    runs = inside.roll(-first).unique_consecutive(return_counts=True)
    return sorted(n / 10 for said, n in zip(*runs, strict=True) if said)


def test_both_pictures_show_all_points_and_eight_folds():
    for axes in draw_folds().axes:
        dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
        points = [li for li in axes.lines if li.get_linestyle() == "None"]
        assert len(dashed) == 8
        assert sum(len(li.get_xdata()) for li in points) == 120


@claim(
    "Each dashed line is where one of <units> units bends the network's "
    "output.",
    "Dashed lines, one for each of <hidden> hidden units, run across it.",
)
def test_units_bend_the_output_on_their_folds(units, hidden):
    """On each dashed line the pre-activation of its unit is 0.

    There ReLU has its kink, so the sum of the output has one too: its slopes
    on the two sides differ by the unit's weights.
    """
    (W, b), output = learn_disc(1000)[0]
    axes = draw_folds().axes[1]
    dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
    assert len(dashed) == len(W) == units == hidden
    for line, w, bias in zip(dashed, W, b, strict=True):
        ends = torch.tensor(line.get_xydata())
        assert (ends @ w + bias).abs().max() < 1e-9
    assert (output.W[0] * W.norm(dim=1)).abs().min() > 0.01


@claim(
    "It has <units> units and <adjustable> adjustable numbers, and has "
    "learnt from <examples> points.",
)
def test_network_is_of_the_size_that_the_text_says(units, adjustable, examples):
    layers, x, y = learn_disc(1)
    assert sum(len(b) for _, b in layers) == units
    assert sum(W.numel() + b.numel() for W, b in layers) == adjustable
    assert x.shape == (2, examples)
    assert y.shape == (1, examples)


def test_share_picture_is_a_file_of_the_size_that_is_asked_for():
    text = png(draw_share(), "assets/share.png")
    assert text.startswith('<template data-file="assets/share.png"')
    figure = draw_share()
    assert tuple(figure.get_size_inches() * 100) == (1200, 630)
    assert png(draw_share(), "a.png") == png(draw_share(), "a.png")


def test_the_same_picture_gives_the_same_bytes():
    assert svg(draw_folds(), "folds") == svg(draw_folds(), "folds")


@pytest.fixture(scope="module")
def panels():
    return draw_folds().axes


@claim(
    "A small network learns whether a point lies inside a disc; where the "
    'plane is shaded, it says "inside".',
)
@pytest.mark.parametrize(("panel", "steps", "title"), PANELS)
def test_region_is_where_the_network_says_yes(panels, panel, steps, title):
    layers, x, _ = learn_disc(steps)
    axes = panels[panel]
    generator = torch.Generator().manual_seed(0)
    anywhere = 2 * torch.rand(2, 500, generator=generator).double() - 1
    points = torch.hstack((x, SIDE * anywhere))
    y_hat, _ = forward(points, layers, NAMES)
    clear = ((y_hat - 0.5).abs() > 0.05)[0]
    inside = drawing.shaded(axes, points.T)
    assert torch.equal(inside[clear], (y_hat[0] > 0.5)[clear])


def test_legend_says_which_side_is_inside():
    figure = draw_folds()
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ['the network says "inside"', "inside", "outside"]
    drawing.lay_out(figure)
    below = [box.y1 for word, box in drawing.words(figure) if word in words]
    assert all(max(below) < axes.bbox.y0 / 100 for axes in figure.axes)


@pytest.mark.parametrize(("panel", "steps", "title"), PANELS)
def test_points_differ_by_their_answers_in_form_and_filling(
    panels, panel, steps, title
):
    _, x, y = learn_disc(0)
    axes = panels[panel]
    points = drawing.classes(axes)
    assert torch.equal(points[1], x.T[y[0] == 1])
    assert torch.equal(points[0], x.T[y[0] == 0])
    assert drawing.frame(axes) == ((-SIDE, SIDE), (-SIDE, SIDE))
    assert SIDE == 1.15, "a little beyond the points, which end at 1"
    assert axes.get_aspect() == 1
    assert not axes.axison


def test_training_goes_as_torchs_does():
    """Plain gradient descent with a rate of 1, from the same weights."""
    before, x, y = learn_disc(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
    ).double()
    for linear, (W, b) in zip(network[::2], before, strict=True):
        linear.weight.data, linear.bias.data = W.clone(), b[:, 0].clone()
    optimiser = torch.optim.SGD(network.parameters(), lr=1)
    for _ in range(50):
        optimiser.zero_grad()
        torch.nn.BCEWithLogitsLoss()(network(x.T), y.T).backward()
        optimiser.step()
    for linear, (W, b) in zip(network[::2], learn_disc(50)[0], strict=True):
        torch.testing.assert_close(linear.weight.data, W)
        torch.testing.assert_close(linear.bias.data, b[:, 0])


@pytest.mark.parametrize(
    ("steps", "error", "said"),
    [(-1, ValueError, "at least 0"), (True, TypeError, "a whole number")],
)
def test_training_refuses_what_is_no_number_of_steps(steps, error, said):
    with pytest.raises(error, match=f": steps must be {said}"):
        learn_disc(steps)


def test_share_picture_is_a_png_that_no_search_finds():
    text = png(draw_share(), "assets/share.png")
    start, end = text.split(">")[0], text.split(">")[1]
    assert start.endswith(" data-search-exclude")
    picture = base64.b64decode(end.removesuffix("</template"))
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (1200, 630)
    assert b"Software" not in picture, "same bytes from every version"


def test_share_picture_does_not_hang_on_the_readers_settings():
    expected = png(draw_share(), "a.png")
    settings = {"savefig.dpi": 50, "savefig.format": "svg"}
    with matplotlib.rc_context(settings):
        assert png(draw_share(), "a.png") == expected


def test_share_picture_has_the_title_beside_the_trained_network():
    figure = draw_share()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    title, line = (box for _, box in drawing.words(figure))
    said = [text.get_text() for text in figure.texts]
    assert said == [
        "Introduction to\nNeural Networks",
        "From one neuron\nto backpropagation",
    ]
    assert title.x0 == pytest.approx(line.x0, abs=0.1)
    assert title.height > 1.5 * line.height
    assert title.y0 > line.y1
    picture = drawing.inches(axes.get_window_extent())
    assert title.x1 < picture.x0 < picture.x1 < 12
    assert 0 < picture.y0 < picture.y1 < 6.3
    assert drawing.centre(picture)[1] == pytest.approx(6.3 / 2)
    middle = (title.y1 + line.y0) / 2
    assert middle == pytest.approx(6.3 / 2, abs=0.5)
    assert to_hex(figure.get_facecolor()) == PALETTE["paper"]
    assert {text.get_fontfamily()[0] for text in figure.texts} == {
        "STIXGeneral"
    }
    for line, same in zip(axes.lines, draw_folds().axes[1].lines, strict=True):
        assert line.get_xydata().tolist() == same.get_xydata().tolist()


@pytest.mark.parametrize(("panel", "steps", "title"), PANELS)
def test_folds_run_across_the_frame(panels, panel, steps, title):
    """On each dashed line its unit's pre-activation is 0."""
    (W, b), _ = learn_disc(steps)[0]
    axes = panels[panel]
    assert axes.get_title() == title
    dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
    for line, w, bias in zip(dashed, W, b, strict=True):
        ends = torch.tensor(line.get_xydata())
        assert (ends @ w + bias).abs().max() < 1e-9
        assert ends.norm(dim=1).min() > 2**0.5 * SIDE, "beyond the corners"
        nearest, along = ends.mean(dim=0), ends[1] - ends[0]
        assert (nearest @ along).item() == pytest.approx(0, abs=1e-9)


def test_thumbnail_leaves_out_words_and_keeps_lines():
    whole = svg(draw_folds(), "folds")
    small = thumbnail(draw_folds(), "folds")
    assert "after 1000 steps" in whole
    assert "<text" not in small
    lines = 'stroke-dasharray="'
    assert small.count(lines) == whole.count(lines) >= 16


def test_signs_are_outlines_in_the_middle_of_their_picture():
    figure = draw_signs()
    (axes,) = figure.axes
    (formula,) = axes.patches
    box = formula.get_path().get_extents()
    assert drawing.centre(box) == pytest.approx((1.8, 0.8))
    assert 0 < box.x0 < box.x1 < 3.6
    assert 0 < box.y0 < box.y1 < 1.6
    assert "<text" not in svg(figure, "signs")
