"""Layers of neurons: their shapes, their parameters and their picture.

The module also shows why one layer is not enough for XOR.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from torch import Tensor

from snippets.figure import INK, PALETTE, blank_axes, book_style, new_axes
from snippets.neuron import step
from snippets.require import (
    require_generator,
    require_layer_sizes,
    require_layers,
    require_same_dtype,
    require_shape,
)


# --8<-- [start:Layer]
class Layer(NamedTuple):
    """The parameters of a layer: for each unit a row of weights and a bias."""

    W: Tensor  # shape (units, inputs)
    b: Tensor  # shape (units, 1), a column, so that it is added to each example
    # --8<-- [end:Layer]


# --8<-- [start:count_parameters]
def count_parameters(sizes: Sequence[int]) -> int:
    """Count the weights and biases of a fully connected network.

    sizes: the number of inputs, then the number of units in each layer.
    Raises TypeError or ValueError unless sizes holds two or more whole numbers,
    all at least 1.
    """
    require_layer_sizes(sizes)
    return sum(units * inputs + units for inputs, units in pairwise(sizes))
    # --8<-- [end:count_parameters]


# --8<-- [start:initialise]
def initialise(sizes: Sequence[int], generator: torch.Generator) -> list[Layer]:
    """Make the layers of a fully connected network, in float64.

    sizes: the number of inputs, then the number of units in each layer.
    Weights are random, with mean 0 and variance 1 / inputs (LeCun et al.,
    1998): pre-activations then vary about as much as the inputs do.
    Biases are 0.
    Raises TypeError or ValueError unless sizes holds two or more whole numbers,
    all at least 1, and generator is a torch.Generator.
    """
    require_generator(generator)
    require_layer_sizes(sizes)
    layers = []
    for inputs, units in pairwise(sizes):
        W = (
            torch.randn(units, inputs, generator=generator, dtype=torch.float64)
            / inputs**0.5
        )
        layers.append(Layer(W, b=torch.zeros(units, 1, dtype=torch.float64)))
    return layers
    # --8<-- [end:initialise]


# --8<-- [start:affine]
def affine(x: Tensor, layer: Layer) -> Tensor:
    """Pre-activations of a whole layer at once, z = W x + b.

    x: m examples as columns, shape (inputs, m). Returns z of shape (units, m),
    of the same dtype. Infinities and NaN spread as in any sum. Raises TypeError
    for a wrong dtype, ValueError for shapes that do not fit.
    """
    require_layers([layer])
    W, b = layer
    require_same_dtype(x=x, W=W)
    require_shape("x", x, (W.shape[1], "m"))
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


def xor(x: Tensor) -> Tensor:
    """Return 1 where exactly one of the two inputs is 1.

    Two layers compute it; their weights were set by hand.
    x: m examples of two inputs as columns, shape (2, m), float32.
    Returns shape (1, m).
    Raises TypeError for another dtype, ValueError for another shape.
    """
    hidden = step(affine(x, HIDDEN))
    return step(affine(hidden, OUTPUT))
    # --8<-- [end:xor]


# --8<-- [start:draw_network]
@book_style()
def draw_network(sizes: Sequence[int] = (4, 4, 5, 6, 4, 3, 3)) -> Figure:
    """Draw a fully connected network from its layer sizes.

    It shows inputs, hidden layers, outputs, and every connection.
    Raises TypeError or ValueError unless sizes holds two or more whole numbers,
    all at least 1.
    """
    require_layer_sizes(sizes)
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
