"""The plot that the four activation functions share.

Its axes go through the origin, it has no box, and it shows the derivative too.
"""

from collections.abc import Callable, Sequence

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.figure import INK, PALETTE, new_axes


# --8<-- [start:samples]
def samples() -> Tensor:
    """Return the 401 points, from -10 to 10, at which functions are drawn.

    0 is one of them, exactly.
    """
    return torch.arange(-200, 201, dtype=torch.float64) / 20
    # --8<-- [end:samples]


# --8<-- [start:plot_with_derivative]
def plot_with_derivative(
    function: Callable[[Tensor], Tensor],
    derivative: Callable[[Tensor], Tensor],
    *,
    name: str,
    heights: Sequence[float],
    asymptotes: Sequence[float] = (),
    kink: bool = False,
    legend: str = "upper left",
) -> Figure:
    """Draw a = g(z), solid, and its slope a' = g'(z), dashed.

    z runs from -10 to 10.
    heights: the marks on the vertical axis; the axes reach a little past the
    lowest and the highest.
    asymptotes: heights that a approaches and never reaches, drawn as dotted
    lines on the side where it does.
    kink: whether the slope jumps at z = 0; it is then drawn in two pieces, open
    at 0, where it does not exist.
    """
    figure, (axes,) = new_axes()
    margin = 0.06 * (max(heights) - min(heights))
    axes.set(
        xlim=(-10.5, 10.5), ylim=(min(heights) - margin, max(heights) + margin)
    )
    for height in asymptotes:
        axes.plot(
            [0, 10.5 if height > 0 else -10.5],
            [height, height],
            color=INK,
            linewidth=0.8,
            linestyle=":",
        )
    z = samples()
    slope = derivative(z)
    if kink:
        slope[z == 0] = torch.nan
        axes.plot(
            [0, 0],
            slope[[0, -1]],
            "o",
            color=PALETTE["orange"],
            markerfacecolor=PALETTE["paper"],
            zorder=3,
        )
    axes.plot(z, function(z), color=PALETTE["blue"], label=name)
    axes.plot(
        z,
        slope,
        color=PALETTE["orange"],
        linestyle="--",
        label="its derivative",
    )
    put_axes_through_origin(axes, heights)
    axes.legend(loc=legend)
    return figure
    # --8<-- [end:plot_with_derivative]


# --8<-- [start:put_axes_through_origin]
def put_axes_through_origin(
    axes: Axes,
    heights: Sequence[float],
    marks: Sequence[float] = (-10, -5, 5, 10),
    name: str = "$a$",
) -> None:
    """Cross the axes at the origin.

    The numbers stand in the two quarters that a rising curve leaves free.
    heights, marks: on the vertical and on the horizontal axis. name: of the
    vertical axis.
    """
    axes.spines[["left", "bottom"]].set(position=("data", 0), zorder=1)
    axes.set_xticks(marks, labels=[""] * len(marks))
    heights = [height for height in heights if height != 0]
    axes.set_yticks(heights, labels=[""] * len(heights))
    for z in marks:
        _label(axes, f"{z:g}", (z, 0), away=(0, -8 if z > 0 else 8))
    for a in heights:
        _label(axes, f"{a:g}", (0, a), away=(-8 if a > 0 else 8, 0))
    _label(axes, "$z$", (axes.get_xlim()[1], 0), away=(0, 8))
    _label(axes, name, (0, axes.get_ylim()[1]), away=(8, 0))


def _label(
    axes: Axes, text: str, point: tuple[float, float], away: tuple[float, float]
) -> None:
    """Write `text` beside a data point.

    away: how far from it, in points to the right and upwards.
    """
    right, up = away
    axes.annotate(
        text.replace("-", "\N{MINUS SIGN}"),
        point,
        xytext=away,
        textcoords="offset points",
        ha="left" if right > 0 else "right" if right < 0 else "center",
        va="bottom" if up > 0 else "top" if up < 0 else "center",
    )
    # --8<-- [end:put_axes_through_origin]
