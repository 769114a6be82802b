"""Layers of neurons: their shapes, their parameters and their picture.

The module also shows why one layer is not enough for XOR.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Float32
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from torch import Tensor

from snippets.contract import PerLayer, Sizes, checked
from snippets.figure import (
    INK,
    PALETTE,
    WIDTH,
    blank_axes,
    book_style,
    draw_classes,
    draw_line,
    new_axes,
    shade_class,
)
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
    figure, sheet = blank_axes(height=3.9)
    columns = torch.linspace(0.7, WIDTH - 0.7, len(sizes)).tolist()
    gap = min(0.58, 3.2 / max(sizes))
    places = [
        [(x, 2.12 + gap * ((size - 1) / 2 - unit)) for unit in range(size)]
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
            x - 0.26, y, f"$x_{{{unit}}}$", ha="right", va="center", fontsize=14
        )
    for unit, (x, y) in enumerate(places[-1], start=1):
        sheet.text(
            x + 0.26,
            y,
            rf"$\hat{{y}}_{{{unit}}}$",
            ha="left",
            va="center",
            fontsize=14,
        )
    sheet.text(columns[0], 0.14, "inputs", ha="center")
    sheet.text(columns[-1], 0.14, "output", ha="center")
    if len(sizes) > 2:
        sheet.text(
            sum(columns[1:-1]) / (len(columns) - 2),
            0.14,
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
    figure, (before, after) = new_axes(height=3.6, columns=2)
    for axes in (before, after):
        axes.set(
            xlim=(-0.5, 1.6), ylim=(-0.5, 1.6), xticks=(0, 1), yticks=(0, 1)
        )
        axes.set(aspect="equal")
    shade_class(before, _between)
    for w, b, name, place, style in zip(
        *HIDDEN,
        ("OR", "AND"),
        ((-0.46, 1.04), (0.2, 1.38)),  # where the unit fires, at its line
        ("-", "--"),
        strict=True,
    ):
        draw_line(before, w, b, linestyle=style)
        before.text(*place, name)
    shade_class(after, lambda a: affine(a.float(), OUTPUT)[0])
    draw_line(after, OUTPUT.W[0], OUTPUT.b[0])
    for axes, points in ((before, x), (after, step(affine(x, HIDDEN)))):
        draw_classes(axes, points, xor(x)[0], size=9)
    before.set(xlabel="$x_1$", title="the inputs")
    before.set_ylabel("$x_2$", rotation=0)
    after.set(
        xlabel="unit 1 (OR)",
        ylabel="unit 2 (AND)",
        title="the hidden layer",
    )
    return figure


def _between(points: Tensor) -> Tensor:
    """Return how far points are above OR's line and below AND's."""
    above_or, above_and = affine(points.float(), HIDDEN)
    return torch.minimum(above_or, -above_and)
    # --8<-- [end:draw_xor]
