"""Layers of neurons: their shapes, their parameters and their picture.

The module also shows why one layer is not enough for XOR.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Float32
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from torch import Tensor

from snippets.contract import PerLayer, Sizes, checked
from snippets.figure import INK, PALETTE, blank_axes, book_style, new_axes
from snippets.neuron import step


# --8<-- [start:Layer]
class Layer(NamedTuple):
    """The parameters of a layer: for each unit a row of weights and a bias."""

    W: Float[Tensor, "units inputs"]
    b: Float[Tensor, "units 1"]  # a column, which is added to each example
    # --8<-- [end:Layer]


# --8<-- [start:count_parameters]
@checked
def count_parameters(sizes: Sizes) -> int:
    """Count the weights and biases of layers: k n + k for k units, n inputs."""
    return sum(k * n + k for n, k in pairwise(sizes))
    # --8<-- [end:count_parameters]


# --8<-- [start:initialise]
@checked
def initialise(sizes: Sizes, generator: torch.Generator) -> PerLayer[Layer]:
    """Draw weights with mean 0 and variance 1 / inputs; biases are 0."""
    layers = []
    for n, k in pairwise(sizes):
        W = torch.randn(k, n, generator=generator, dtype=torch.float64)
        layers.append(Layer(W / n**0.5, b=W.new_zeros(k, 1)))
    return layers
    # --8<-- [end:initialise]


# --8<-- [start:affine]
@checked
def affine(
    x: Float[Tensor, "inputs m"], layer: Layer
) -> Float[Tensor, "units m"]:
    """Pre-activations of a whole layer at once, z = W x + b."""
    W, b = layer
    return W @ x + b
    # --8<-- [end:affine]


# --8<-- [start:xor]
HIDDEN = Layer(
    W=torch.tensor([[1.0, 1.0], [1.0, 1.0]]),
    b=torch.tensor([[-0.5], [-1.5]]),  # OR asks for one vote, AND for two
)
OUTPUT = Layer(
    W=torch.tensor([[1.0, -1.0]]),  # OR, but not AND
    b=torch.tensor([[-0.5]]),
)


@checked
def xor(x: Float32[Tensor, "2 m"]) -> Float32[Tensor, "1 m"]:
    """Return 1 where exactly one of the two inputs is 1."""
    hidden = step(affine(x, HIDDEN))
    return step(affine(hidden, OUTPUT))
    # --8<-- [end:xor]


# --8<-- [start:draw_network]
@checked
@book_style()
def draw_network(sizes: Sizes = (4, 4, 5, 6, 4, 3, 3)) -> Figure:
    """Draw a fully connected network from its layer sizes.

    It shows inputs, hidden layers, outputs, and every connection.
    """
    figure, sheet = blank_axes(4.8, 3.0)
    columns = torch.linspace(0.55, 4.25, len(sizes)).tolist()
    gap = min(0.46, 2.4 / max(sizes))
    places = [
        [(x, 1.62 + gap * ((size - 1) / 2 - unit)) for unit in range(size)]
        for x, size in zip(columns, sizes, strict=True)
    ]
    nothing = (
        torch.nan,
        torch.nan,
    )  # lifts the pen, so that all connections are one line of many strokes
    strokes = [
        point
        for left, right in pairwise(places)
        for start in left
        for end in right
        for point in (start, end, nothing)
    ]
    sheet.plot(
        *zip(*strokes, strict=True),
        color=INK,
        linewidth=0.5,
        alpha=0.45,
        zorder=1,
    )
    for index, layer in enumerate(places):
        kind = (
            "orange"
            if index == 0
            else "green"
            if index == len(places) - 1
            else "blue"
        )
        for x, y in layer:
            circle = Circle(
                (x, y),
                0.3 * gap,
                facecolor=PALETTE["paper"],
                edgecolor=PALETTE[kind],
                linewidth=1.8,
                zorder=2,
            )
            sheet.add_patch(circle)
    for unit, (x, y) in enumerate(places[0], start=1):
        sheet.text(
            x - 0.22, y, f"$x_{{{unit}}}$", ha="right", va="center", fontsize=12
        )
    for unit, (x, y) in enumerate(places[-1], start=1):
        sheet.text(
            x + 0.22,
            y,
            rf"$\hat{{y}}_{{{unit}}}$",
            ha="left",
            va="center",
            fontsize=12,
        )
    sheet.text(columns[0], 0.12, "inputs", ha="center")
    sheet.text(columns[-1], 0.12, "output", ha="center")
    if len(sizes) > 2:
        sheet.text(
            sum(columns[1:-1]) / (len(columns) - 2),
            0.12,
            "hidden layers",
            ha="center",
        )
    return figure
    # --8<-- [end:draw_network]


# --8<-- [start:draw_xor]
@book_style()
def draw_xor() -> Figure:
    """Draw XOR's four points twice.

    They stand first as the inputs place them, then as the hidden layer does.
    """
    x = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    figure, (before, after) = new_axes(height=2.7, columns=2)
    for axes, points in ((before, x), (after, step(affine(x, HIDDEN)))):
        fired = xor(x)[0] == 1
        axes.plot(
            *points[:, ~fired],
            "o",
            color=PALETTE["orange"],
            markerfacecolor=PALETTE["paper"],
            markersize=9,
        )
        axes.plot(*points[:, fired], "s", color=PALETTE["blue"], markersize=9)
        axes.set(
            xlim=(-0.45, 1.6),
            ylim=(-0.45, 1.6),
            xticks=(0, 1),
            yticks=(0, 1),
            aspect="equal",
        )
    for row, style in ((0, "-"), (1, "--")):
        _draw_boundary(before, HIDDEN.W[row], HIDDEN.b[row], style)
    _draw_boundary(after, OUTPUT.W[0], OUTPUT.b[0])
    before.set(xlabel="$x_1$", title="the inputs")
    before.set_ylabel("$x_2$", rotation=0)
    after.set(
        xlabel="first hidden unit (OR)",
        ylabel="second (AND)",
        title="the hidden layer",
    )
    return figure


def _draw_boundary(axes: Axes, w: Tensor, b: Tensor, style: str = "-") -> None:
    """Draw the line on which a unit's pre-activation is 0."""
    x1 = torch.tensor([-0.45, 1.6])
    axes.plot(
        x1, -(w[0] * x1 + b) / w[1], color=INK, linewidth=1.2, linestyle=style
    )
    # --8<-- [end:draw_xor]
