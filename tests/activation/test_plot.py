import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.leaky_relu import draw_leaky_relu
from snippets.activation.plot import samples
from snippets.activation.relu import draw_relu, relu
from snippets.activation.sigmoid import draw_sigmoid
from snippets.activation.tanh import draw_tanh
from snippets.figure import PALETTE
from tests import drawing
from tests.claims import claim

# the marks on the vertical axis; the source draws from the first to the last
SOURCE = {
    draw_sigmoid: (0, 0.5, 1),
    draw_tanh: (-1, 1),
    draw_relu: (-3, 1, 5, 10),
    draw_leaky_relu: (-3, 1, 5, 10),
}


def curves(figure: Figure) -> tuple[Axes, dict[str, tuple[Tensor, Tensor]]]:
    """Return a figure's axes and, by their labels, its curves' data."""
    (axes,) = figure.axes
    named = [
        line for line in axes.lines if not line.get_label().startswith("_")
    ]
    return axes, {
        line.get_label(): tuple(map(torch.as_tensor, line.get_data()))
        for line in named
    }


def least_visible(axes: Axes) -> float:
    """Return the height that can hardly be told from nothing.

    That is a hundredth of the axis, or about the width of a line.
    """
    bottom, top = axes.get_ylim()
    return (top - bottom) / 100


@claim(
    "This book draws <count> points, of which <zero> is one, and adds the "
    "derivative.",
)
def test_zero_is_a_sample(count, zero):
    z = samples()
    assert len(z) == count
    assert (z == zero).sum() == 1
    assert z[len(z) // 2] == zero
    assert (z[0].item(), z[-1].item()) == (-10, 10)
    assert torch.equal(z, -z.flip(0))


@claim(
    "It draws <count> points from <first> to <last>, which miss <zero>, "
    "with limits on the asymptotes and no labels.",
    "A plot that misses the kink of ReLU draws it cut off.",
)
def test_sixty_points_miss_zero_and_cut_the_corner(count, first, last, zero):
    """What is drawn at the kink lies on the line between its neighbours."""
    z = torch.linspace(first, last, int(count), dtype=torch.float64)
    assert (z[0].item(), z[-1].item()) == (samples()[0], samples()[-1])
    before, after = z[z < zero], z[z > zero]
    assert len(before) + len(after) == len(z), "none is 0"
    corner = (relu(before[-1]) + relu(after[0])) / 2
    assert corner > 0.05
    assert relu(samples()[samples() == zero]).item() == 0


@pytest.mark.parametrize("draw", SOURCE)
def test_shows_the_sources_range(draw):
    axes, drawn = curves(draw())
    for z, _ in drawn.values():
        assert torch.equal(z, samples())
    marks = [height for height in SOURCE[draw] if height != 0]
    assert drawing.ticks(axes) == ([-10, -5, 5, 10], marks)
    assert axes.get_xlim() == (-10.5, 10.5)


@claim(
    "A limit is seen to be one only where the axes reach past it.",
)
@pytest.mark.parametrize("draw", SOURCE)
def test_axes_reach_past_the_asymptotes(draw):
    low, *_, high = SOURCE[draw]
    bottom, top = curves(draw())[0].get_ylim()
    assert low - 0.1 * (high - low) < bottom < low - 0.03 * (high - low)
    assert high + 0.03 * (high - low) < top < high + 0.1 * (high - low)


@pytest.mark.parametrize("draw", SOURCE)
def test_axes_cross_at_the_origin_without_a_box(draw):
    spines = curves(draw())[0].spines
    for side in ("left", "bottom"):
        assert spines[side].get_position() == ("data", 0)
        assert spines[side].get_visible()
    for side in ("right", "top"):
        assert not spines[side].get_visible()


@claim(
    "A curve without a name must be guessed.",
)
@pytest.mark.parametrize("draw", SOURCE)
def test_everything_is_named(draw):
    axes, drawn = curves(draw())
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == list(drawn)
    assert len(legend) == 2
    words = {text.get_text() for text in axes.texts}
    assert {"$z$", "$a$", "−10", "−5", "5", "10"} <= words


@pytest.mark.parametrize("draw", SOURCE)
def test_curves_differ_by_more_than_colour(draw):
    axes, (function, derivative) = curves(draw())
    assert drawing.styles(axes) == {function: "-", derivative: "--"}


@pytest.mark.parametrize(
    ("draw", "ends"),
    [
        (draw_sigmoid, [[(0, 1), (10.5, 1)]]),
        (draw_tanh, [[(0, -1), (-10.5, -1)], [(0, 1), (10.5, 1)]]),
        (draw_relu, []),
        (draw_leaky_relu, []),
    ],
)
def test_asymptotes_are_dotted_where_the_curve_comes_near(draw, ends):
    (axes,) = draw().axes
    dotted = [line for line in axes.lines if line.get_linestyle() == ":"]
    assert [list(map(tuple, line.get_xydata())) for line in dotted] == ends


@pytest.mark.parametrize("draw", [draw_relu, draw_leaky_relu])
def test_a_jump_of_the_slope_is_open_on_both_sides(draw):
    axes, drawn = curves(draw())
    (ends,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert ends.get_linestyle() == "None"
    assert ends.get_markerfacecolor() == PALETTE["paper"]
    assert list(ends.get_xdata()) == [0, 0]
    slope = drawn["its derivative"][1]
    assert list(ends.get_ydata()) == [slope[0], slope[-1]]
    assert all(
        ends.get_zorder() > line.get_zorder()
        for line in axes.lines
        if line is not ends
    ), "nothing covers them"


@pytest.mark.parametrize("draw", SOURCE)
def test_numbers_stand_where_a_rising_curve_leaves_room(draw):
    """Under the axis on the right and over it on the left, and so upwards."""
    figure = draw()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    words = drawing.words(figure)

    def beside(word, point):
        """Return how far a word is from a point: right, up, and its middle."""
        x, y = axes.transData.transform(point) / 100
        found = [
            (box.x0 - x, x - box.x1, box.y0 - y, y - box.y1, middle)
            for said, box in words
            if said == word.replace("-", "−")
            for middle in [
                (drawing.centre(box)[0] - x, drawing.centre(box)[1] - y)
            ]
            if max(map(abs, middle)) < 0.3
        ]
        assert found, f"no {word} near {point}"
        return min(found, key=lambda each: max(map(abs, each[4])))

    for z in (-10, -5, 5, 10):
        _, _, above, below, (aside, _) = beside(f"{z:g}", (z, 0))
        assert 0.03 < (below if z > 0 else above) < 0.15
        assert abs(aside) < 0.01
    for a in SOURCE[draw]:
        if a != 0:
            right, left, _, _, (_, aside) = beside(f"{a:g}", (0, a))
            assert 0.03 < (left if a > 0 else right) < 0.15
            assert abs(aside) < 0.02
    _, _, above, _, (aside, _) = beside("$z$", (10.5, 0))
    assert 0.03 < above < 0.15
    assert abs(aside) < 0.01
    right, _, _, _, (_, aside) = beside("$a$", (0, axes.get_ylim()[1]))
    assert 0.03 < right < 0.15
    assert abs(aside) < 0.02
    assert not any(
        label.get_text()
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels())
    ), "no number stands twice"
