"""The artificial neuron in three forms.

They are a McCulloch-Pitts unit, a neuron with weights and bias, and a
perceptron that learns.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
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
    new_axes,
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
    return neuron(x, w, b=torch.tensor(-theta, dtype=x.dtype), g=step)
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
            error = target - neuron(example, w, b, step)
            w, b = w + error * example, b + error
            mistakes[-1] += int(error != 0)
    return Trained(w, b, mistakes)
    # --8<-- [end:train_perceptron]


# --8<-- [start:two_groups]
@checked
def two_groups(
    generator: torch.Generator, count: Count = 80
) -> tuple[Float[Tensor, "2 m"], Bit["m"]]:
    """Scatter points over a square, and give 1 to those above a line.

    Points close to the line, x1 + 2 x2 = 1, are left out, so that there is
    room for a line between the two groups.
    """
    x = 6 * torch.rand(2, count, generator=generator, dtype=torch.float64) - 3
    height = x[0] + 2 * x[1] - 1
    kept = height.abs() > 0.5
    return x[:, kept], (height > 0)[kept].to(x.dtype)
    # --8<-- [end:two_groups]


# --8<-- [start:draw_perceptron]
@book_style()
def draw_perceptron() -> Figure:
    """Draw two groups of points and the line a perceptron put between them."""
    x, y = two_groups(torch.Generator().manual_seed(1))
    w, b, _ = train_perceptron(x, y, passes=100)
    figure, (axes,) = new_axes(height=3.4)
    axes.plot(
        *x[:, y == 0],
        "o",
        color=PALETTE["orange"],
        markerfacecolor=PALETTE["paper"],
        label="target 0",
    )
    axes.plot(*x[:, y == 1], "s", color=PALETTE["blue"], label="target 1")
    x1 = torch.tensor([-3.5, 3.5], dtype=torch.float64)
    axes.plot(
        x1,
        -(w[0] * x1 + b) / w[1],
        color=INK,
        linewidth=1.2,
        label="$w_1 x_1 + w_2 x_2 + b = 0$",
    )
    axes.set(xlabel="$x_1$", xlim=(-3.5, 3.5), ylim=(-3.5, 3.5))
    axes.set_ylabel("$x_2$", rotation=0)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
    # --8<-- [end:draw_perceptron]


# --8<-- [start:draw_neuron]
@book_style()
def draw_neuron() -> Figure:
    """Draw the artificial neuron in the terms of the living one.

    Those terms are dendrites, cell body and axon.
    """
    figure, sheet = blank_axes(4.8, 2.7)
    centre, radius = (3.05, 1.35), 0.62
    for i, height in enumerate((2.2, 1.35, 0.5), start=1):
        draw_arrow(sheet, (0.32, height), (0.7, height))
        sheet.text(
            0.2, height, f"$x_{i}$", ha="center", va="center", fontsize=12
        )
        sheet.add_patch(
            FancyBboxPatch(
                (0.74, height - 0.16),
                0.44,
                0.32,
                "round,pad=0.02",
                facecolor="none",
            )
        )
        sheet.text(
            0.96, height, f"$w_{i}$", ha="center", va="center", fontsize=12
        )
        draw_arrow(
            sheet,
            (1.22, height),
            (centre[0] - radius - 0.03, centre[1] + 0.25 * (2 - i)),
            bend=0.12 * (i - 2),
        )
    sheet.add_patch(
        Circle(
            centre,
            radius,
            facecolor="none",
            edgecolor=PALETTE["blue"],
            linewidth=1.8,
        )
    )
    sheet.plot(
        [centre[0]] * 2,
        [centre[1] - radius, centre[1] + radius],
        color=PALETTE["blue"],
        linewidth=1,
    )
    sheet.text(
        centre[0] - 0.29,
        centre[1],
        r"$\sum$",
        ha="center",
        va="center",
        fontsize=15,
    )
    left, middle, right = centre[0] + 0.1, centre[0] + 0.29, centre[0] + 0.48
    low, high = centre[1] - 0.2, centre[1] + 0.2
    sheet.plot(
        [left, middle, middle, right],
        [low, low, high, high],
        color=PALETTE["orange"],
    )
    draw_arrow(sheet, (centre[0] + radius + 0.03, centre[1]), (4.5, centre[1]))
    sheet.text(4.62, centre[1], "$a$", ha="center", va="center", fontsize=12)
    for word, x, y in (
        ("weights", 0.96, 2.57),
        ("dendrites", 1.85, 2.3),
        ("cell body", 3.05, 2.3),
        ("axon", 4.1, 1.5),
    ):
        sheet.text(x, y, word, ha="center", va="center")
    sheet.text(centre[0] - 0.06, 0.5, "summation", ha="right", va="center")
    sheet.text(centre[0] + 0.06, 0.5, "threshold", ha="left", va="center")
    return figure
    # --8<-- [end:draw_neuron]
