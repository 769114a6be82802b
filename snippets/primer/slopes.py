"""Slopes: the ratio between two points, and what becomes of it."""

import math
from collections.abc import Callable

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from snippets.contract import Number, checked
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    new_axes,
)


# --8<-- [start:slope_between]
@checked
def slope_between(f: Callable[[float], float], z: Number, h: Number) -> Number:
    """Return the slope between two points: (f(z + h) - f(z)) / h."""
    rise = f(z + h) - f(z)
    return rise / h
    # --8<-- [end:slope_between]


# --8<-- [start:draw_secants]
@book_style()
def draw_secants() -> Figure:
    """Draw lines through two points of z^2 that become the tangent at 1."""
    figure, (far, near) = new_axes(height=3.6, columns=2)
    z = torch.linspace(-0.15, 2.2, 48)
    far.plot(z, z**2, color=PALETTE["blue"])
    for h, style in ((1, "--"), (0.5, "-."), (0, "-")):
        slope = 2 + h  # of the line through the points at 1 and 1 + h
        ends = torch.tensor([0.6, 2.25])
        colour = INK if h else PALETTE["orange"]
        far.plot(ends, 1 + slope * (ends - 1), style, color=colour)
        far.plot([1 + h], [(1 + h) ** 2], "o", color=colour)
        height = 1 + slope * 1.25
        far.text(2.4, height, f"slope {slope:g}", va="center")
    far.set_xticks((0, 1, 2), ("0", "1", "2"))
    far.set(xlim=(-0.2, 3.3), ylim=(-0.4, 5.3), yticks=(0, 1, 4), xlabel="$z$")
    far.set_title("two points come together")
    _look_closely(near)
    return figure


def _look_closely(axes: Axes) -> None:
    """Draw z^2 and its tangent at 1 where they can hardly be told apart."""
    z, orange = torch.linspace(0.9, 1.1, 41), PALETTE["orange"]
    axes.plot(z, z**2, color=PALETTE["blue"], label="the curve $z^2$")
    axes.plot(z, 2 * z - 1, "--", color=orange, label="its tangent")
    axes.set_xticks((0.9, 1, 1.1), ("0.9", "1", "1.1"))
    axes.set_yticks((0.8, 1, 1.2), ("0.8", "1", "1.2"))
    axes.set(xlim=(0.9, 1.1), ylim=(0.78, 1.22), xlabel="$z$")
    axes.set_title("seen from close by")
    axes.legend(loc="upper left")
    # --8<-- [end:draw_secants]


# --8<-- [start:draw_mirror]
@book_style()
def draw_mirror() -> Figure:
    """Draw e^z and log z, each other's mirror image, with two tangents."""
    figure, (axes,) = new_axes(height=4.2)
    z = torch.linspace(-3, 4, 281, dtype=torch.float64)
    blue, orange = PALETTE["blue"], PALETTE["orange"]
    axes.plot(z, z.exp(), color=blue, label="$e^z$")
    right = z[(z > 0) & (z < 3.4)]
    axes.plot(right, right.log(), "--", color=orange, label=r"$\log\,z$")
    axes.plot(z, z, ":", color=INK, linewidth=1, label="the mirror")
    low = math.log(2)
    for place, height, slope, name, at in (
        (low, 2, 2, "slope 2", (-0.75, 2)),
        (2, low, 1 / 2, r"slope 1/2", (1.9, -0.15)),
    ):
        ends = torch.tensor([-0.6, 0.6]) / max(slope, 1)
        axes.plot(place + ends, height + slope * ends, color=INK)
        axes.plot([place], [height], "o", color=INK)
        axes.text(*at, name, va="center")
    axes.set(xlim=(-2.2, 3.4), ylim=(-2.2, 3.4), aspect="equal", xlabel="$z$")
    axes.set(xticks=(0, 1, 2), yticks=(0, 1, 2))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
    # --8<-- [end:draw_mirror]


# --8<-- [start:draw_rectangle]
@book_style()
def draw_rectangle() -> Figure:
    """Draw a rectangle of sides u and v that grow by k and l."""
    figure, sheet = blank_axes(height=3)
    left, low, u, v, k, l = 1.2, 0.45, 3.2, 1.4, 0.95, 0.6
    for corner, width, height, colour, name in (
        ((left, low), u, v, "none", r"$u\,v$"),
        ((left + u, low), k, v, PALETTE["blue"], r"$k\,v$"),
        ((left, low + v), u, l, PALETTE["blue"], r"$u\,l$"),
        ((left + u, low + v), k, l, PALETTE["orange"], r"$k\,l$"),
    ):
        _draw_part(sheet, corner, width, height, colour)
        x, y = corner
        _write(sheet, x + width / 2, y + height / 2, name)
    for x, y, name in (
        (left + u / 2, low - 0.18, "$u$"),
        (left + u + k / 2, low - 0.18, "$k$"),
        (left - 0.2, low + v / 2, "$v$"),
        (left - 0.2, low + v + l / 2, "$l$"),
    ):
        _write(sheet, x, y, name)
    return figure


def _draw_part(
    sheet: Axes,
    corner: tuple[float, float],
    width: float,
    height: float,
    colour: str,
) -> None:
    """Fill a rectangle lightly with a colour, or with none, and frame it."""
    if colour != "none":
        look = {"facecolor": colour, "alpha": 0.25}
        sheet.add_patch(Rectangle(corner, width, height, **look))
    frame = {"facecolor": "none", "edgecolor": INK}
    sheet.add_patch(Rectangle(corner, width, height, **frame))


def _write(sheet: Axes, x: float, y: float, text: str) -> None:
    sheet.text(x, y, text, ha="center", va="center")
    # --8<-- [end:draw_rectangle]


# --8<-- [start:draw_chain]
@book_style()
def draw_chain() -> Figure:
    """Draw how z^2 + 1, and then the square of that, stretch a small step."""
    figure, sheet = blank_axes(height=3.1)
    z, h = 1, 0.1
    u, k = z**2 + 1, (z + h) ** 2 - z**2
    a, l = u**2, (u + k) ** 2 - u**2
    for row, (name, start, change) in enumerate(
        (("z", z, h), ("u", u, k), ("a", a, l))
    ):
        y, width = 2.6 - 1.05 * row, 5 * change  # an inch is a fifth
        _draw_part(sheet, (0.75, y - 0.15), width, 0.3, PALETTE["blue"])
        _write(sheet, 0.4, y, f"${name}$")
        said = f"from {start} to {start + change:.3g}: a step of {change:.2g}"
        if row < 2:
            sheet.text(0.9 + width, y, said, va="center")
        else:
            _write(sheet, 0.75 + width / 2, y, said)
    for row, times in enumerate((k / h, l / k)):
        y = 2.6 - 1.05 * row
        draw_arrow(sheet, (0.95, y - 0.25), (0.95, y - 0.8))
        said = f"{times:.1f} times as far"
        sheet.text(1.1, y - 0.52, said, va="center")
    return figure
    # --8<-- [end:draw_chain]
