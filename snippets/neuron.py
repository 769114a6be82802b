"""The artificial neuron in three forms.

They are a McCulloch-Pitts unit, a neuron with weights and bias, and a
perceptron that learns.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch
from torch import Tensor

from snippets.contract import Bit, Count, Number, Sign, checked
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    draw_classes,
    draw_line,
    draw_vector,
    new_axes,
    shade_class,
)


# --8<-- [start:step]
@checked
def step(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Fire or stay silent: 1 where z >= 0, otherwise 0."""
    return torch.where(z.isnan(), z, (z >= 0).to(z.dtype))
    # --8<-- [end:step]


# --8<-- [start:pre_activation]
@checked
def pre_activation(
    x: Float[Tensor, "n *m"], w: Float[Tensor, "n"], b: Float[Tensor, ""]
) -> Float[Tensor, "*m"]:
    """Weigh the inputs, add them up, add the bias: z = sum of w_i x_i + b."""
    return w @ x + b
    # --8<-- [end:pre_activation]


# --8<-- [start:neuron]
@checked
def neuron(
    x: Float[Tensor, "n *m"],
    w: Float[Tensor, "n"],
    b: Float[Tensor, ""],
    g: Callable[[Tensor], Tensor],
) -> Float[Tensor, "*m"]:
    """Return the output of one neuron: a = g(z)."""
    return g(pre_activation(x, w, b))
    # --8<-- [end:neuron]


# --8<-- [start:mcculloch_pitts]
@checked
def mcculloch_pitts(x: Bit["n *m"], w: Sign["n"], theta: Number) -> Bit["*m"]:
    """Fire where the weighted sum of the inputs reaches theta."""
    b = torch.tensor(-theta, dtype=x.dtype)  # a threshold is a bias
    return neuron(x, w, b, g=step)
    # --8<-- [end:mcculloch_pitts]


# --8<-- [start:logical_and]
@checked
def logical_and(x: Bit["2 *m"]) -> Bit["*m"]:
    """Return 1 where both inputs are 1: two votes of two."""
    return mcculloch_pitts(x, w=torch.ones(2, dtype=x.dtype), theta=2)
    # --8<-- [end:logical_and]


# --8<-- [start:logical_or]
@checked
def logical_or(x: Bit["2 *m"]) -> Bit["*m"]:
    """Return 1 where at least one input is 1: one vote of two."""
    return mcculloch_pitts(x, w=torch.ones(2, dtype=x.dtype), theta=1)
    # --8<-- [end:logical_or]


# --8<-- [start:logical_not]
@checked
def logical_not(x: Bit["1 *m"]) -> Bit["*m"]:
    """Return 1 where the only input is 0: no vote against."""
    return mcculloch_pitts(x, w=-torch.ones(1, dtype=x.dtype), theta=0)
    # --8<-- [end:logical_not]


# --8<-- [start:train_perceptron]
class Trained(NamedTuple):
    """A trained perceptron, and its mistakes in each pass over the data."""

    w: Float[Tensor, "n"]
    b: Float[Tensor, ""]
    mistakes: list[int]


@checked
def train_perceptron(
    x: Float[Tensor, "n m"], y: Bit["m"], passes: Count
) -> Trained:
    """Learn from examples by Rosenblatt's rule, until a pass is clean."""
    w, b = x.new_zeros(len(x)), x.new_zeros(())
    mistakes = []
    while len(mistakes) < passes and 0 not in mistakes:
        mistakes.append(0)
        for example, target in zip(x.T, y, strict=True):
            difference = target - neuron(example, w, b, step)
            w, b = w + difference * example, b + difference
            mistakes[-1] += int(difference != 0)
    return Trained(w, b, mistakes)
    # --8<-- [end:train_perceptron]


# --8<-- [start:two_groups]
@checked
def two_groups(
    generator: torch.Generator, count: Count = 80
) -> tuple[Float[Tensor, "2 m"], Bit["m"]]:
    """Scatter points over a square, and give 1 to those above a line.

    Points close to the line, x1 + 2 x2 = 1, are left out, so that there is
    room for a line between the two groups. Two decimals make sums exact.
    """
    x = 6 * torch.rand(2, count, generator=generator, dtype=torch.float64) - 3
    x = x.round(decimals=2)
    height = x[0] + 2 * x[1] - 1
    kept = height.abs() > 0.5
    return x[:, kept], (height > 0)[kept].to(x.dtype)
    # --8<-- [end:two_groups]


# --8<-- [start:draw_geometry]
@book_style()
def draw_geometry() -> Figure:
    """Draw w with its lines for three biases, and how z rises along w."""
    w = torch.tensor([3.0, 4.0], dtype=torch.float64)
    figure, (plane, along) = new_axes(height=3.6, columns=2)
    plane.set(xlim=(-1.6, 6.4), ylim=(-1.6, 6.4), xlabel="$x_1$")
    plane.set(xticks=(0, 3, 6), yticks=(0, 4), aspect="equal")
    plane.set_ylabel("$x_2$", rotation=0)
    for b, style in ((0, ":"), (-10, "-"), (-20, "--")):
        draw_line(plane, w, w.new_tensor(b), linestyle=style)
        plane.text(-1, (3.6 - b) / 4 + 0.09, f"$b = {b}$")
    draw_vector(plane, w, "$w$")
    distance = torch.tensor([-6.5, 6.5])
    for length, style, place in (
        (5, "-", (0.9, 26)),
        (2.5, "--", (3, 1.5)),
    ):
        along.plot(distance, length * distance, color=INK, linestyle=style)
        along.text(*place, rf"$|\,w\,| = {length}$")
    along.set(xlabel="distance from the line", xlim=(-7, 7), ylim=(-35, 35))
    along.set(xticks=(-5, 0, 5), yticks=(-25, 0, 25))
    along.set_ylabel("$z$", rotation=0)
    along.set_box_aspect(1)
    along.xaxis.label.set_gid("live-distance")
    _let_move(*plane.lines, *plane.texts, *along.lines, *along.texts)
    _let_move(plane.lines[1], *plane.texts[1::2], along.lines[0], name="start")
    for axes, place in ((plane, (4, 0)), (along, (0.4, 2))):
        axes.scatter(*place, s=49, color=INK, zorder=3, gid="live-dot")
    return figure


def _let_move(*drawn: Artist, name: str = "drawn") -> None:
    """Mark what the page's script draws in its own way, so that it moves."""
    for artist in drawn:
        artist.set_gid(f"live-{name}")
        arrow = getattr(artist, "arrow_patch", None)
        if arrow:
            arrow.set_gid(f"live-{name}")
    # --8<-- [end:draw_geometry]


# --8<-- [start:draw_gates]
@book_style()
def draw_gates() -> Figure:
    """Draw the four inputs of AND, and a neuron that fires for the last."""
    x = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=torch.float64)
    w, b = x.new_tensor([2, 1.5]), x.new_tensor(-2.75)
    figure, (axes,) = new_axes(height=4.2)
    axes.set(xlabel="$x_1$", xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), aspect="equal")
    axes.set(xticks=(-2, -1, 0, 1, 2), yticks=(-2, -1, 0, 1, 2))
    axes.set_ylabel("$x_2$", rotation=0)
    shade_class(axes, lambda x: pre_activation(x, w, b), name="it fires")
    draw_line(axes, w, b, label="$z = 0$")
    draw_classes(
        axes, x, logical_and(x), names=("should be silent", "should fire")
    )
    draw_vector(axes, w, "$w$")
    for place in x.T:
        z = f"{pre_activation(place, w, b):.2f}".replace("-", "−")
        away = {"xytext": (0, 14 if place[1] else -14), "ha": "center"}
        if not place[0]:  # on its other side is the line, or the arrow
            away = {"xytext": (-9, 0), "ha": "right"}
        axes.annotate(z, place, textcoords="offset points", va="center", **away)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    _let_move(*axes.collections, *axes.lines, *axes.texts)
    return figure
    # --8<-- [end:draw_gates]


# --8<-- [start:draw_perceptron]
@book_style()
def draw_perceptron() -> Figure:
    """Draw two groups of points, the line a perceptron put between them, and w.

    The side on which it fires is shaded.
    """
    x, y = two_groups(torch.Generator().manual_seed(4618))
    w, b, _ = train_perceptron(x, y, passes=100)
    figure, (axes,) = new_axes(height=4.2)
    axes.set(xlabel="$x_1$", xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), aspect="equal")
    axes.set(xticks=(-2, 0, 2), yticks=(-2, 0, 2))
    axes.set_ylabel("$x_2$", rotation=0)
    shade_class(axes, lambda x: pre_activation(x, w, b), name="the unit fires")
    draw_line(axes, w, b, label="$z = 0$")
    draw_classes(axes, x, y)
    draw_vector(axes, w, "$w$")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    _let_move(*axes.collections, axes.lines[0], *axes.texts)
    return figure
    # --8<-- [end:draw_perceptron]


# --8<-- [start:draw_neuron]
INPUTS = (("$x_1$", "$w_1$"), ("$x_2$", "$w_2$"), ("$x_3$", "$w_3$"))
BIAS = ("$1$", "$b$")  # the weight of an input that is always 1
CELL, RADIUS = (3.95, 1.75), 0.85  # its centre, in inches


@book_style()
def draw_neuron() -> Figure:
    """Draw the artificial neuron in the terms of the living one.

    Those terms are dendrites, cell body and axon.
    """
    figure, sheet = blank_axes(height=3.6)
    x, y = CELL
    for row, (number, weight) in enumerate((*INPUTS, BIAS)):
        height = y + 0.75 * (1.5 - row)
        _draw_input(sheet, height, number, weight)
        draw_arrow(
            sheet,
            (1.72, height),
            (x - RADIUS - 0.04, y + 0.2 * (1.5 - row)),
            bend=0.08 * (row - 1.5),
        )
    _draw_cell(sheet)
    draw_arrow(sheet, (x + RADIUS + 0.04, y), (6.1, y))
    _write(sheet, 6.3, y, "$a$")
    for word, across, up in (
        ("weights", 1.4, y + 1.55),
        ("bias", 1.4, y - 1.55),
        ("dendrites", 2.4, y + 1.2),
        ("cell body", x, y + 1.1),
        ("axon", 5.45, y + 0.17),
    ):
        sheet.text(across, up, word, ha="center", va="center")
    sheet.text(x - 0.06, y - 1.1, "summation", ha="right", va="center")
    sheet.text(x + 0.06, y - 1.1, "threshold", ha="left", va="center")
    return figure


def _draw_input(sheet: Axes, height: float, number: str, weight: str) -> None:
    """Draw an input, and the arrow from it into the box of its weight."""
    _write(sheet, 0.25, height, number)
    draw_arrow(sheet, (0.45, height), (1.06, height))
    corner = (1.12, height - 0.2)
    box = FancyBboxPatch(corner, 0.56, 0.4, "round,pad=0.02", facecolor="none")
    sheet.add_patch(box)
    _write(sheet, 1.4, height, weight)


def _draw_cell(sheet: Axes) -> None:
    """Draw the cell body: a sum on its left, z, and a step on its right."""
    (x, y), blue = CELL, PALETTE["blue"]
    sheet.add_patch(
        Circle(CELL, RADIUS, facecolor="none", edgecolor=blue, linewidth=1.8)
    )
    for side in (-1, 1):  # the wall between the halves, with a door for z
        ends = [y + side * 0.3, y + side * RADIUS]
        sheet.plot([x, x], ends, color=blue, linewidth=1)
    _write(sheet, x - 0.45, y, r"$\sum$", size=18)
    draw_arrow(sheet, (x - 0.17, y - 0.08), (x + 0.17, y - 0.08))
    _write(sheet, x, y + 0.08, "$z$")
    left, middle, right = x + 0.25, x + 0.46, x + 0.67
    low, high = y - 0.25, y + 0.25
    sheet.plot(
        [left, middle, middle, right],
        [low, low, high, high],
        color=PALETTE["orange"],
    )


def _write(sheet: Axes, x: float, y: float, text: str, size: int = 14) -> None:
    sheet.text(x, y, text, ha="center", va="center", fontsize=size)
    # --8<-- [end:draw_neuron]
