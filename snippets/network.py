"""Layers of neurons: their shapes, their parameters and their picture.

The module also shows why one layer is not enough for XOR.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from torch import Tensor

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
        xlabel="first hidden unit (OR)",
        ylabel="second (AND)",
        title="the hidden layer",
    )
    return figure


def _between(points: Tensor) -> Tensor:
    """Return how far points are above OR's line and below AND's."""
    above_or, above_and = affine(points.float(), HIDDEN)
    return torch.minimum(above_or, -above_and)
    # --8<-- [end:draw_xor]
