"""What the plots of the four activation functions show."""

import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor
from torch.testing import assert_close

from tests.activation.agreement import Function


def curves(figure: Figure) -> tuple[Axes, dict[str, tuple[Tensor, Tensor]]]:
    """Return a figure's axes and, by their labels, its curves' data."""
    (axes,) = figure.axes
    return axes, {
        line.get_label(): tuple(map(torch.as_tensor, line.get_data()))
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def dotted(axes: Axes) -> list[set[float]]:
    """Return the heights of the dotted lines."""
    lines = [line for line in axes.lines if line.get_linestyle() == ":"]
    return [set(line.get_ydata()) for line in lines]


def shows_a_bump(
    figure: Figure, name: str, function: Function, slope: Function, said: object
) -> None:
    """Hold a smooth function's plot against its code and its description.

    A hundredth of the axis, about a line's width, can hardly be told from 0.
    """
    axes, drawn = curves(figure)
    (z, a), (_, slopes) = drawn[name], drawn["its derivative"]
    assert_close(a, function(z))
    assert_close(slopes, slope(z))
    bottom, top = axes.get_ylim()
    faint = (top - bottom) / 100
    assert (z[0], z[-1]) == (said.left, said.right)
    assert a[0].item() == pytest.approx(said.low, abs=faint)
    assert a[-1].item() == pytest.approx(said.high, abs=faint)
    assert slopes[z == said.peak] == slopes.max() == said.top
    outside, inside = z.abs() >= said.far, z.abs() <= said.far - 1
    assert (slopes[outside] - said.bottom).abs().max() < faint
    assert slopes[inside].min() > faint


def shows_a_jump(
    figure: Figure, name: str, function: Function, said: object
) -> None:
    """Hold the plot of a function with a kink against its description."""
    axes, drawn = curves(figure)
    (z, a), (_, slopes) = drawn[name], drawn["its derivative"]
    assert_close(a, function(z))
    assert (z[0], z[-1]) == (said.start, said.end)
    assert tuple(axes.get_yticks()[[0, -1]]) == (said.bottom, said.highest)
    assert_close(a[z > said.jump], said.steep * z[z > said.jump])
    assert a[-1] == said.top
    assert slopes[z == said.jump].isnan().all()
    assert set(slopes[z < said.jump].tolist()) == {said.left}
    assert set(slopes[z > said.jump].tolist()) == {said.right}
    (ends,) = [line for line in axes.lines if line.get_marker() == "o"]
    jump = [[said.jump, said.left], [said.jump, said.right]]
    assert ends.get_xydata().tolist() == jump
