"""What a sum of bends can follow, and how folds multiply with depth."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import relu
from snippets.contract import Count, Number, Sizes, Steps, checked
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    new_axes,
)
from snippets.network import Layer, affine, initialise


# --8<-- [start:ramp]
@checked
def ramp(
    x: Float[Tensor, "*any"], start: Number, k: Count
) -> Float[Tensor, "*any"]:
    """Climb from 0 to 1, from `start` on: max(0, k x) - max(0, k x - 1)."""
    z = k * (x - start)
    return relu(z) - relu(z - 1)
    # --8<-- [end:ramp]


# --8<-- [start:staircase]
@checked
def staircase(
    x: Float[Tensor, "m"], heights: Float[Tensor, "n"], k: Count
) -> Float[Tensor, "m"]:
    """Keep one height on each of n equal strips of 0 to 1, by n - 1 ramps."""
    n = len(heights)
    y = heights[0].expand(len(x))
    for i in range(1, n):
        start = i / n - 1 / (2 * k)  # half of the ramp in each strip
        y = y + (heights[i] - heights[i - 1]) * ramp(x, start, k)
    return y
    # --8<-- [end:staircase]


# --8<-- [start:middles]
@checked
def middles(n: Count) -> Float[Tensor, "n"]:
    """Return the middles of n equal strips of 0 to 1."""
    return (torch.arange(n, dtype=torch.float64) + 0.5) / n
    # --8<-- [end:middles]


# --8<-- [start:fold]
@checked
def fold(x: Float[Tensor, "*any"], times: Steps = 1) -> Float[Tensor, "*any"]:
    """Fold 0 to 1 in the middle: t(x) = 2 max(0, x) - 4 max(0, x - 1/2)."""
    for _ in range(times):
        x = 2 * relu(x) - 4 * relu(x - 0.5)
    return x
    # --8<-- [end:fold]


# --8<-- [start:count_pieces]
@checked
def count_pieces(x: Float[Tensor, "m"], y: Float[Tensor, "m"]) -> Count:
    """Count the straight pieces of a curve whose bends are among its points."""
    slopes = y.diff() / x.diff()
    bends = slopes.diff().abs() > 1e-9
    return int(bends.sum()) + 1
    # --8<-- [end:count_pieces]


# --8<-- [start:square]
@checked
def square(x: Float[Tensor, "*any"], folds: Steps) -> Float[Tensor, "*any"]:
    """Square numbers from 0 to 1 by folds: x - t_1 / 4 - t_2 / 16 - ..."""
    total = x
    for k in range(1, folds + 1):
        x = fold(x)
        total = total - x / 4**k
    return total
    # --8<-- [end:square]


# --8<-- [start:pieces_by_chance]
@checked
def pieces_by_chance(sizes: Sizes, generator: torch.Generator) -> Count:
    """Draw a network of ReLU units at random; count its pieces from 0 to 1.

    The slope of its output is compared in 1001 places.
    """
    a = torch.arange(1001, dtype=torch.float64).unsqueeze(0) / 1000
    slope = torch.ones_like(a)
    *hidden, output = initialise(sizes, generator)
    for W, b in hidden:
        W = 2**0.5 * W  # variance 2 / n, which suits ReLU
        b = torch.randn(b.shape, generator=generator, dtype=b.dtype)
        z = affine(a, Layer(W, b))
        a = relu(z)
        slope = (z > 0) * (W @ slope)
    slope = output.W @ slope
    return int((slope.diff().abs() > 1e-9).sum()) + 1
    # --8<-- [end:pieces_by_chance]


# --8<-- [start:draw_ramps]
@book_style()
def draw_ramps() -> Figure:
    """Draw a ramp as the difference of two bends, and ever steeper ramps."""
    figure, (made, steeper) = new_axes(height=3, columns=2)
    x = torch.arange(-100, 201, dtype=torch.float64) / 100
    made.plot(x, relu(x), color=INK, linewidth=1.2, linestyle="--")
    made.plot(x, relu(x - 1), color=INK, linewidth=1.2, linestyle=":")
    made.plot(x, ramp(x, 0, 1), color=PALETTE["blue"])
    made.text(0.3, 1.4, "first unit")
    made.text(1.42, 0.12, "second")
    made.text(0.4, 0.5, "difference", color=PALETTE["blue"], ha="right")
    for k, style in ((1, "-"), (4, "--"), (20, "-.")):
        steeper.plot(
            x, ramp(x, 0, k), style, color=PALETTE["blue"], label=f"$k = {k}$"
        )
    steeper.legend(loc="lower right", handlelength=1.5)
    for axes in (made, steeper):
        axes.set(xlabel="$x$", xlim=(-1, 2), ylim=(-0.1, 2.1))
        axes.set(xticks=(-1, 0, 1, 2), yticks=(0, 1, 2))
    return figure
    # --8<-- [end:draw_ramps]


# --8<-- [start:draw_staircases]
@book_style()
def draw_staircases(sizes: Sequence[int] = (4, 8, 16)) -> Figure:
    """Draw x squared and staircases that follow it, one for each size."""
    figure, panels = new_axes(height=2.6, columns=len(sizes))
    x = torch.arange(1601, dtype=torch.float64) / 1600
    for axes, n in zip(panels, sizes, strict=True):
        y = staircase(x, middles(n) ** 2, k=400)
        axes.plot(x, x**2, color=INK, linewidth=0.9, label="the curve")
        axes.plot(x, y, color=PALETTE["blue"], label="the staircase")
        axes.set(title=f"{n} strips", xlabel="$x$", ylim=(-0.05, 1.05))
        axes.set_xticks((0, 0.5, 1), labels=("0", "0.5", "1"))
        axes.set_yticks((0, 0.5, 1), labels=("0", "0.5", "1"))
        axes.label_outer()
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=2,
    )
    return figure
    # --8<-- [end:draw_staircases]


# --8<-- [start:draw_paper]
@book_style()
def draw_paper() -> Figure:
    """Draw a strip from 0 to 1, folded in the middle, and stretched again."""
    figure, sheet = blank_axes(height=2.7)
    left, length = 1.6, 4.2
    for height, name in (
        (2.25, "a strip"),
        (1.3, "folded"),
        (0.4, "stretched"),
    ):
        sheet.text(0.1, height, name, va="center")
    _draw_strip(sheet, left, left + length, 2.25)
    for x in ("0", "0.3", "0.5", "0.7", "1"):
        _mark(sheet, left + length * float(x), 2.25, x)
    half = left + length / 2
    _draw_strip(sheet, left, half, 1.3)
    bend = torch.linspace(-torch.pi / 2, torch.pi / 2, 30)
    across, up = half + 0.07 * bend.cos(), 1.37 + 0.07 * bend.sin()
    sheet.plot(across, up, color=PALETTE["blue"])
    _draw_strip(sheet, left, half, 1.44)
    for x, names in ((0, "0, 1"), (0.3, "0.3, 0.7"), (0.5, "0.5")):
        _mark(sheet, left + length * x, 1.3, names, top=0.21)
    _draw_strip(sheet, left, left + length, 0.4)
    _draw_strip(sheet, left, left + length, 0.47)
    for x in ("0", "0.6", "1"):
        _mark(sheet, left + length * float(x), 0.4, x, top=0.14)
    draw_arrow(sheet, (6.15, 2.25), (6.15, 1.42), bend=-0.3)
    draw_arrow(sheet, (6.15, 1.28), (6.15, 0.45), bend=-0.3)
    return figure


def _draw_strip(sheet: Axes, left: float, right: float, height: float) -> None:
    sheet.plot([left, right], [height, height], color=PALETTE["blue"])


def _mark(
    sheet: Axes, x: float, height: float, name: str, *, top: float = 0.07
) -> None:
    """Mark a place of a strip, with its name below."""
    sheet.plot([x, x], [height - 0.07, height + top], color=INK, linewidth=1)
    sheet.text(x, height - 0.13, name, ha="center", va="top")
    # --8<-- [end:draw_paper]


# --8<-- [start:draw_zigzags]
@book_style()
def draw_zigzags(times: Sequence[int] = (1, 2, 3, 4)) -> Figure:
    """Draw what the interval from 0 to 1 becomes by folding, and 0.3 in it."""
    figure, panels = new_axes(height=2.6, columns=len(times))
    x = torch.arange(1025, dtype=torch.float64) / 1024
    start = torch.tensor(0.3, dtype=torch.float64)
    for axes, count in zip(panels, times, strict=True):
        place = fold(start, count)
        axes.plot(x, fold(x, count), color=PALETTE["blue"])
        axes.plot(
            [start, start, 0],
            [0, place, place],
            color=INK,
            linewidth=1,
            linestyle=":",
        )
        axes.plot([start], [place], "o", color=INK, markersize=5)
        word = "fold" if count == 1 else "folds"
        axes.set(title=f"{count} {word}", xlabel="$x$")
        axes.set(xlim=(0, 1), ylim=(0, 1.06))
        axes.set_xticks((0, 0.3, 1), labels=("0", "0.3", "1"))
        axes.set_yticks((0, place, 1), labels=("0", f"{place:.1f}", "1"))
    return figure
    # --8<-- [end:draw_zigzags]
