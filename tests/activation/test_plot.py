import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.leaky_relu import draw_leaky_relu
from snippets.activation.plot import samples
from snippets.activation.relu import draw_relu
from snippets.activation.sigmoid import draw_sigmoid
from snippets.activation.tanh import draw_tanh

# what the source draws: the lowest and the highest value of its vertical axis
SOURCE = {
    draw_sigmoid: (0, 1),
    draw_tanh: (-1, 1),
    draw_relu: (-3, 10),
    draw_leaky_relu: (-3, 10),
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


def test_zero_is_a_sample():
    z = samples()
    assert (z == 0).sum() == 1
    assert (z[0].item(), z[-1].item(), len(z)) == (-10, 10, 401)
    assert torch.equal(z, -z.flip(0))


@pytest.mark.parametrize("draw", SOURCE)
def test_shows_the_sources_range(draw):
    axes, drawn = curves(draw())
    for z, _ in drawn.values():
        assert torch.equal(z, samples())
    assert list(axes.get_xticks()) == [-10, -5, 5, 10]


@pytest.mark.parametrize("draw", SOURCE)
def test_axes_reach_past_the_asymptotes(draw):
    low, high = SOURCE[draw]
    bottom, top = curves(draw())[0].get_ylim()
    assert low - 0.1 * (high - low) < bottom < low
    assert high < top < high + 0.1 * (high - low)


@pytest.mark.parametrize("draw", SOURCE)
def test_axes_cross_at_the_origin_without_a_box(draw):
    spines = curves(draw())[0].spines
    for side in ("left", "bottom"):
        assert spines[side].get_position() == ("data", 0)
        assert spines[side].get_visible()
    for side in ("right", "top"):
        assert not spines[side].get_visible()


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
    styles = {line.get_linestyle() for line in curves(draw())[0].lines[-2:]}
    assert styles == {"-", "--"}
