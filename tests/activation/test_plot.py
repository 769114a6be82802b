import pytest
import torch
from torch.testing import assert_close

from snippets.activation.leaky_relu import draw_leaky_relu
from snippets.activation.plot import samples
from snippets.activation.relu import draw_relu, relu
from snippets.activation.sigmoid import draw_sigmoid
from snippets.activation.tanh import draw_tanh
from snippets.figure import PALETTE
from tests import drawing
from tests.activation.curves import curves
from tests.claims import claim
from tests.tensors import grid

# the marks on the vertical axis; the source draws from the first to the last
SOURCE = {
    draw_sigmoid: (0, 0.5, 1),
    draw_tanh: (-1, 1),
    draw_relu: (-3, 1, 5, 10),
    draw_leaky_relu: (-3, 1, 5, 10),
}
ASYMPTOTES = {
    draw_sigmoid: [[(0, 1), (10.5, 1)]],
    draw_tanh: [[(0, -1), (-10.5, -1)], [(0, 1), (10.5, 1)]],
}


@claim(
    "This book draws <count> points, of which <zero> is one, and adds the "
    "derivative.",
    "It draws <few> points from <first> to <last>, which miss <zero>, with "
    "limits on the asymptotes and no labels.",
    "A plot that misses the kink of ReLU draws it cut off.",
)
def test_zero_is_a_sample(said):
    """Without it, a line between the neighbours would cut the corner."""
    z = samples()
    assert len(z) == said.count
    assert (z == said.zero).sum() == 1
    assert torch.equal(z, -z.flip(0))
    assert_close(z, grid(said.first, said.last, int(said.count)))
    few = grid(said.first, said.last, int(said.few))
    before, after = few[few < said.zero], few[few > said.zero]
    assert len(before) + len(after) == said.few, "none is 0"
    assert (relu(before[-1]) + relu(after[0])) / 2 > 0.05


@claim(
    "A limit is seen to be one only where the axes reach past it.",
    "A curve without a name must be guessed.",
)
@pytest.mark.parametrize("draw", SOURCE)
def test_shows_the_sources_range_and_names_everything(draw):
    axes, drawn = curves(draw())
    for z, _ in drawn.values():
        assert torch.equal(z, samples())
    low, *_, high = SOURCE[draw]
    marks = [height for height in SOURCE[draw] if height != 0]
    assert drawing.ticks(axes) == ([-10, -5, 5, 10], marks)
    (left, right), (bottom, top) = drawing.frame(axes)
    assert (left, right) == (-10.5, 10.5)
    assert 0.03 < (low - bottom) / (high - low) < 0.1
    assert 0.03 < (top - high) / (high - low) < 0.1
    for side in ("left", "bottom"):
        assert axes.spines[side].get_position() == ("data", 0)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    function, derivative = drawn
    assert legend == [function, derivative]
    assert drawing.styles(axes) == {function: "-", derivative: "--"}
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]
    ends = [list(map(tuple, line.get_xydata())) for line in dotted]
    assert ends == ASYMPTOTES.get(draw, [])


@pytest.mark.parametrize("draw", [draw_relu, draw_leaky_relu])
def test_a_jump_of_the_slope_is_open_on_both_sides(draw):
    (axes,) = draw().axes
    (ends,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert ends.get_linestyle() == "None"
    assert ends.get_markerfacecolor() == PALETTE["paper"]
    others = [line for line in axes.lines if line is not ends]
    assert ends.get_zorder() > max(line.get_zorder() for line in others)


@pytest.mark.parametrize("draw", SOURCE)
def test_numbers_stand_where_a_rising_curve_leaves_room(draw):
    """Under the axis on the right and over it on the left, and so upwards."""
    figure = draw()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    words = drawing.words(figure)
    top = axes.get_ylim()[1]
    places = [(f"{z:g}", (z, 0), (0, -z)) for z in (-10, -5, 5, 10)]
    places += [(f"{a:g}", (0, a), (-a, 0)) for a in SOURCE[draw] if a != 0]
    places += [("$z$", (10.5, 0), (0, 1)), ("$a$", (0, top), (1, 0))]
    assert len(words) == len(places) + 2, "with the legend, none twice"
    for word, point, (right, up) in places:
        x, y = axes.transData.transform(point) / 100
        gaps = [
            gap_and_shift(box, x, y, right, up)
            for said, box in words
            if said == word.replace("-", "−")
        ]
        assert any(0.03 < gap < 0.15 and shift < 0.02 for gap, shift in gaps)


def gap_and_shift(box, x, y, right, up):
    """Return how far a word is from a point on its side, and how far aside."""
    middle, height = drawing.centre(box)
    if up:
        return (box.y0 - y if up > 0 else y - box.y1), abs(middle - x)
    return (box.x0 - x if right > 0 else x - box.x1), abs(height - y)
