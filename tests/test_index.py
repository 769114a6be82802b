import base64
import struct

import matplotlib
import pytest
import torch
from torch.testing import assert_close

from snippets.activation.relu import disc
from snippets.figure import PALETTE, png, svg
from snippets.index import (
    NAMES,
    SIDE,
    draw_folds,
    draw_share,
    draw_signs,
    judge,
    learn_disc,
    thumbnail,
)
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z
from tests import drawing
from tests.claims import agree, claim
from tests.tensors import double, refuses


def answers(points, layers):
    """Return what the network says of points, each by its two numbers."""
    return forward(points.T, layers, NAMES)[0][0]


def test_training_goes_as_torchs_does():
    """Plain gradient descent with a rate of 1, from the same weights."""
    before, x, y = learn_disc(0)
    same_x, same_y = disc(torch.Generator().manual_seed(1), count=120)
    assert torch.equal(x, same_x)
    assert torch.equal(y, same_y)
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
        assert_close(linear.weight.data, W)
        assert_close(linear.bias.data, b[:, 0])
    refuses(ValueError, ": steps must be at least 0", learn_disc, -1)
    refuses(TypeError, ": steps must be a whole number", learn_disc, True)


@claim(
    "Training moved the lines so that the shaded region holds every square "
    "and no circle.",
    "Left, a square of points: filled squares inside an invisible disc, open "
    "circles outside.",
    'The shaded region, where the network says "inside", is a polygon that '
    "holds all squares and no circle.",
    "Each dashed line is where one of the network's <hidden> hidden units, "
    "those between its inputs and its output, bends the output; the eighth "
    "line lies outside the picture.",
    "<crossing> dashed lines, each the bend of one unit of the network, run "
    "across it.",
    "Its <units> hidden units and <outputs> output unit have <adjustable> "
    "adjustable numbers, and it has learnt from <examples> points.",
    "A small network has learnt to tell points inside a disc from those "
    'outside; where the plane is shaded, it says "inside".',
)
def test_folds_and_region_after_training(said):
    """On each dashed line the pre-activation of its unit is 0.

    There ReLU has its kink, so the sum of the output has one too: its slopes
    on the two sides differ by the unit's weights.
    """
    axes = draw_folds().axes[0]
    layers, x, y = learn_disc(1000)
    (W, b), output = layers
    assert len(output.b) == said.outputs
    assert sum(W.numel() + b.numel() for W, b in layers) == said.adjustable
    assert x.shape == (2, said.examples)
    assert W.shape == (said.units, 2)
    assert (output.W[0] * W.norm(dim=1)).abs().min() > 0.01
    points = drawing.classes(axes)
    assert torch.equal(points[1], x.T[y[0] == 1])
    assert torch.equal(points[0], x.T[y[0] == 0])
    assert points[1].norm(dim=1).max() < points[0].norm(dim=1).min()
    dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
    assert len(dashed) == said.units == said.hidden == 8
    for line, w, bias in zip(dashed, W, b, strict=True):
        ends = double(line.get_xydata())
        assert (ends @ w + bias).abs().max() < 1e-9
        assert ends.norm(dim=1).min() > 2**0.5 * SIDE, "beyond corners"
        nearest = ends.mean(dim=0)
        assert (nearest @ (ends[1] - ends[0])).abs() < 1e-9
    nearest_corner = b.flatten().abs() - SIDE * W.abs().sum(dim=1)
    assert (nearest_corner < 0).sum() == said.crossing == said.hidden - 1
    loss, right = judge(layers, x, y)
    assert right == said.examples
    assert loss == cross_entropy_of_z(forward(x, layers, NAMES)[1][-1].z, y)
    chance = torch.Generator().manual_seed(0)
    anywhere = SIDE * (2 * torch.rand(500, 2, generator=chance).double() - 1)
    points = torch.vstack([x.T, anywhere])
    clear = (answers(points, layers) - 0.5).abs() > 0.05
    inside = drawing.shaded(axes, points)
    assert torch.equal(inside[clear], (answers(points, layers) > 0.5)[clear])
    assert torch.equal(inside[: len(x.T)], y[0] == 1)
    assert drawing.frame(axes) == ((-SIDE, SIDE), (-SIDE, SIDE))
    assert axes.get_aspect() == 1
    assert not axes.axison
    assert 1 < SIDE < 1.2, "a little beyond the points, which end at 1"
    (region,) = axes.collections[0].get_paths()
    assert len(region.to_polygons()) == 1


@claim(
    "Right, its loss over <steps> steps of training falls from <first>, "
    "steeply at first, to <last>.",
    "On the right the loss, a number that says how wrong the network is, falls "
    "as the network trains.",
)
def test_loss_is_that_of_each_step(said):
    left, right = draw_folds().axes
    assert right.get_title() == "loss"
    assert left.get_position().x1 < right.get_position().x0
    (curve,) = right.lines
    steps, losses = double(curve.get_xydata()).T
    assert (steps[0], steps[-1]) == (0, said.steps)
    agree((said.first, said.last), losses[0], losses[-1])
    assert losses[0] - losses[100] > 2 * (losses[100] - losses[-1])
    assert (losses[100::100].diff() < 0).all()
    for step in (0, 70, 1000):
        layers, x, y = learn_disc(step)
        z = forward(x, layers, NAMES)[1][-1].z
        found = torch.nn.BCEWithLogitsLoss()(z, y)
        assert losses[step] == pytest.approx(found.item())


def test_legend_says_which_side_is_inside():
    figure = draw_folds()
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["the network says “inside”", "inside", "outside"]
    drawing.lay_out(figure)
    below = [box.y1 for word, box in drawing.words(figure) if word in words]
    assert max(below) < figure.axes[0].bbox.y0 / 100


def test_share_picture_is_a_png_that_no_search_finds():
    text = png(draw_share(), "assets/share.png")
    start, end = text.split(">")[:2]
    assert start == (
        '<template data-file="assets/share.png" data-search-exclude'
    )
    picture = base64.b64decode(end.removesuffix("</template"))
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert b"Software" not in picture, "same bytes from every version"
    settings = {"savefig.dpi": 50, "savefig.format": "svg"}
    with matplotlib.rc_context(settings):
        assert png(draw_share(), "assets/share.png") == text


def test_share_picture_has_the_title_beside_the_trained_network():
    figure = draw_share()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    (title, above), (line, below) = drawing.words(figure)
    assert title == "Introduction to\nNeural Networks"
    assert line == "From one neuron\nto backpropagation"
    assert above.x0 == pytest.approx(below.x0, abs=0.1)
    assert above.height > 1.5 * below.height
    assert above.y0 > below.y1
    picture = drawing.inches(axes.get_window_extent())
    assert above.x1 < picture.x0 < picture.x1 < 12
    assert 0 < picture.y0 < picture.y1 < 6.3
    assert drawing.centre(picture)[1] == pytest.approx(6.3 / 2)
    assert (above.y1 + below.y0) / 2 == pytest.approx(6.3 / 2, abs=0.5)
    assert figure.get_facecolor() == matplotlib.colors.to_rgba(PALETTE["paper"])
    fonts = {text.get_fontfamily()[0] for text in figure.texts}
    assert fonts == {"STIXGeneral"}
    for line, same in zip(axes.lines, draw_folds().axes[0].lines, strict=True):
        assert line.get_xydata().tolist() == same.get_xydata().tolist()


def test_thumbnail_leaves_out_words_and_keeps_lines():
    whole, small = svg(draw_folds(), "folds"), thumbnail(draw_folds(), "folds")
    assert ">steps<" in whole
    assert "<text" not in small
    lines = 'stroke-dasharray="'
    assert small.count(lines) == whole.count(lines) >= 8


def test_signs_are_outlines_in_the_middle_of_their_picture():
    figure = draw_signs()
    (formula,) = figure.axes[0].patches
    box = formula.get_path().get_extents()
    assert drawing.centre(box) == pytest.approx((1.8, 0.8))
    assert 0 < box.x0 < box.x1 < 3.6
    assert 0 < box.y0 < box.y1 < 1.6
    assert "<text" not in svg(figure, "signs")
