"""Why activation functions must not be linear; what they make possible."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.leaky_relu import leaky_relu, leaky_relu_derivative
from snippets.activation.plot import put_axes_through_origin
from snippets.activation.relu import relu, relu_derivative
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.contract import Count, Finite, PerLayer, checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, affine


# --8<-- [start:linear_stack]
@checked
def linear_stack(
    x: Float[Tensor, "inputs m"], layers: PerLayer[Layer]
) -> Float[Tensor, "outputs m"]:
    """Send x through layers that have no activation function."""
    for layer in layers:
        x = affine(x, layer)
    return x
    # --8<-- [end:linear_stack]


# --8<-- [start:collapse]
@checked
def collapse(layers: PerLayer[Layer]) -> Layer:
    """Multiply layers: W = W2 W1 and b = W2 b1 + b2, again and again."""
    W, b = layers[0]
    for layer in layers[1:]:
        W, b = layer.W @ W, affine(b, layer)  # W2 W1, and W2 b1 + b2
    return Layer(W, b)
    # --8<-- [end:collapse]


# --8<-- [start:draw_collapse]
@checked
def relu_stack(
    x: Float[Tensor, "inputs m"], layers: PerLayer[Layer]
) -> Float[Tensor, "outputs m"]:
    """Send x through layers with a ReLU after each but the last."""
    for layer in layers[:-1]:
        x = relu(affine(x, layer))
    return affine(x, layers[-1])


@checked
def three_layers() -> list[Layer]:
    """Return three layers of the plane: each turns, stretches and shifts."""
    numbers = (
        ([[1.0, -0.5], [0.5, 0.8]], [[0.5], [0.5]]),
        ([[0.9, -0.8], [0.5, 0.8]], [[1.0], [-0.5]]),
        ([[0.6, -0.8], [0.8, 0.6]], [[0.0], [-1.0]]),
    )
    return [
        Layer(*(torch.tensor(n, dtype=torch.float64) for n in layer))
        for layer in numbers
    ]


@checked
def square_grid(points: Count = 81) -> list[Float[Tensor, "2 points"]]:
    """Return the lines of a grid from -2 to 2, half a unit apart.

    Those that go up come first.
    """
    along = torch.linspace(-2, 2, points, dtype=torch.float64)
    flat = [place.expand(points) for place in along[:: (points - 1) // 8]]
    return [torch.stack([place, along]) for place in flat] + [
        torch.stack([along, place]) for place in flat
    ]


@book_style()
def draw_collapse() -> Figure:
    """Draw a grid behind three layers with ReLU, and behind their product."""
    layers = three_layers()
    product = collapse(layers)
    figure, (deep, single) = new_axes(height=3.9, columns=2)
    for number, line in enumerate(square_grid()):
        colour = PALETTE["blue" if number < 9 else "orange"]
        style = {"color": colour, "linewidth": 1.2}
        deep.plot(*relu_stack(line, layers), gid="live-drawn", **style)
        single.plot(*affine(line, product), **style)
    dot = torch.tensor([[0.0], [-1.0]], dtype=torch.float64)
    ends = (relu_stack(dot, layers), affine(dot, product))
    for axes, end in zip((deep, single), ends, strict=True):
        look = {
            "s": 49,
            "marker": "D",
            "color": "none",
            "edgecolor": INK,
            "linewidth": 1.6,
        }
        axes.scatter(*end, zorder=3, gid="live-dot", **look)
    deep.set_title("three layers with ReLU", gid="live-title")
    single.set_title("one layer: their product")
    for axes in (deep, single):
        axes.set(xlim=(-3.4, 3.4), ylim=(-3.4, 3.4), aspect="equal")
        axes.set(xticks=(-2, 0, 2), yticks=(-2, 0, 2))
        axes.label_outer()
    return figure
    # --8<-- [end:draw_collapse]


# --8<-- [start:rank_of_product]
@checked
def rank_of_product(
    count: Count, generator: torch.Generator, size: Count = 8
) -> Count:
    """Multiply `count` random square matrices; return the product's rank.

    After each product the result is scaled back to length 1, which changes no
    rank and avoids overflow.
    """
    product = torch.eye(size, dtype=torch.float64)
    for _ in range(count):
        product = (
            torch.randn(size, size, generator=generator, dtype=torch.float64)
            @ product
        )
        product /= torch.linalg.matrix_norm(product)
    return int(torch.linalg.matrix_rank(product))
    # --8<-- [end:rank_of_product]


# --8<-- [start:relu_fit]
@checked
def bends(units: Count) -> Float[Tensor, "units"]:
    """Return where the units bend, from 0, the left end of x, to 1, the right.

    They are evenly spaced, and the first is at the left end.
    """
    return torch.arange(units, dtype=torch.float64) / units


@checked
def weighted_units(
    x: Finite["m"], y: Finite["m"], units: Count
) -> Float[Tensor, "rows m"]:
    """Fit y by ReLU units; return each unit times its weight, then the bias.

    Units a_i = max(0, x - k_i) bend at the points k_i that `bends` gives. Only
    the output's weights and bias are fitted, by least squares, which needs no
    gradient descent and finds the best there are for these points.
    """
    along = x.double() / (x.abs().max().double() or 1)  # free of overflow
    along = (along - along.min()) / (along.max() - along.min() or 1)
    hidden = relu(along - bends(units).unsqueeze(1))
    rows = torch.vstack([hidden, torch.ones_like(along)])
    targets = y.double().unsqueeze(1)
    weights = torch.linalg.lstsq(rows.T, targets, driver="gelsd").solution
    return (weights * rows).to(x.dtype)


@checked
def relu_fit(
    x: Finite["m"], y: Finite["m"], units: Count
) -> Float[Tensor, "m"]:
    """Add up the weighted units and the bias: the fit of y."""
    rows = weighted_units(x.double(), y.double(), units)
    return rows.sum(dim=0).to(y.dtype)
    # --8<-- [end:relu_fit]


# --8<-- [start:curve]
@checked
def curve() -> tuple[Float[Tensor, "m"], Float[Tensor, "m"]]:
    """Return 601 points of y = sin(2x) + x/2, for x from -3 to 3."""
    x = torch.linspace(-3, 3, 601, dtype=torch.float64)
    return x, torch.sin(2 * x) + x / 2
    # --8<-- [end:curve]


# --8<-- [start:draw_approximation]
@book_style()
def draw_approximation(sizes: Sequence[int] = (3, 9, 27)) -> Figure:
    """Draw the curve and its fits by hidden layers of several sizes.

    The fits stand side by side, one for each of the sizes.
    """
    x, y = curve()
    figure, panels = new_axes(height=2.9, columns=len(sizes))
    for axes, units in zip(panels, sizes, strict=True):
        fit = relu_fit(x, y, units)
        places = x.min() + bends(units) * (x.max() - x.min())
        near = torch.searchsorted(x, places)
        axes.plot(x, y, color=INK, linewidth=0.9, label="the curve")
        axes.plot(x, fit, color=PALETTE["blue"], label="the fit")
        axes.plot(
            x[near],
            fit[near],
            "o",
            color=PALETTE["blue"],
            markersize=4,
            label="a unit's bend",
        )
        axes.set(
            title=f"{units} units",
            xlabel="$x$",
            ylim=(-2.7, 2.7),
            xticks=(-3, 0, 3),
            yticks=(-2, 0, 2),
        )
        axes.label_outer()
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
    )
    return figure
    # --8<-- [end:draw_approximation]


# --8<-- [start:draw_hinges]
@book_style()
def draw_hinges(units: Count = 5) -> Figure:
    """Draw units, each times its weight, and beside them their sum."""
    x, y = curve()
    rows = weighted_units(x, y, units)
    places = x.min() + bends(units) * (x.max() - x.min())
    figure, (hinges, total) = new_axes(height=3.6, columns=2)
    blue = {"color": PALETTE["blue"], "gid": "live-drawn"}
    for row, place in zip(rows[:-1], places, strict=True):
        bent = x >= place
        hinges.plot(x[bent], row[bent], linewidth=1.4, **blue)
    hinges.plot(x, rows[-1], color=INK, linestyle="--", gid="live-drawn")
    hinges.plot(places, 0 * places, "o", markersize=4, **blue)
    hinges.text(-2.9, rows[-1, 0] - 0.3, "bias", va="top", gid="live-drawn")
    hinges.set(title="weighted units", xlabel="$x$", ylim=(-6, 6))
    hinges.set(xticks=(-3, 0, 3), yticks=(-5, 0, 5))
    total.plot(x, y, color=INK, linewidth=0.9)
    total.plot(x, rows.sum(dim=0), **blue)
    near = torch.searchsorted(x, places)
    total.plot(x[near], rows.sum(dim=0)[near], "o", markersize=4, **blue)
    total.set(title="their sum, and the curve", xlabel="$x$", ylim=(-2.7, 2.7))
    total.set(xticks=(-3, 0, 3), yticks=(-2, 0, 2))
    return figure
    # --8<-- [end:draw_hinges]


# --8<-- [start:draw_four]
class Curve(NamedTuple):
    """How one of the four functions is drawn, and where its names are."""

    function: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    line: str
    colour: str
    at_function: tuple[float, float]
    at_slope: tuple[float, float]


SIGMOID = Curve(
    sigmoid, sigmoid_derivative, "-", PALETTE["blue"], (1.8, 0.5), (1.95, 0.165)
)
TANH = Curve(
    tanh, tanh_derivative, "--", PALETTE["orange"], (-3.9, -0.92), (-2, 0.6)
)
RELU = Curve(
    relu, relu_derivative, "-.", PALETTE["green"], (2.6, 2.1), (1.8, 1.04)
)
LEAKY_RELU = Curve(
    partial(leaky_relu, alpha=0.1),  # 0.01 could not be told from ReLU
    partial(leaky_relu_derivative, alpha=0.1),
    ":",
    INK,
    (-3.9, -0.6),
    (-4, 0.19),
)
FOUR = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "ReLU": RELU,
    "Leaky ReLU": LEAKY_RELU,
}


@book_style()
def draw_four() -> Figure:
    """Draw the four activation functions, and beside them their slopes."""
    figure, (functions, slopes) = new_axes(height=3.6, columns=2)
    z = torch.arange(-200, 201, dtype=torch.float64) / 50  # 0 is among them
    for name, curve in FOUR.items():
        slope = curve.slope(z)
        if curve.function in (relu, LEAKY_RELU.function):
            slope[z == 0] = torch.nan  # where it jumps
        style = {"color": curve.colour, "linestyle": curve.line, "label": name}
        style["gid"] = "live-curve"
        functions.plot(z, curve.function(z), **style)
        slopes.plot(z, slope, **style)
        words = {"color": curve.colour, "gid": "live-name"}
        functions.text(*curve.at_function, name, **words)
        slopes.text(*curve.at_slope, name.replace(" ", "\n"), **words)
    functions.set(xlim=(-4.2, 4.2), ylim=(-1.2, 3.2))
    put_axes_through_origin(functions, (-1, 1, 2, 3), marks=(2, 4))
    slopes.set(xlim=(-4.2, 4.2), ylim=(-0.6, 1.85))
    put_axes_through_origin(slopes, (1,), marks=(2, 4), name="$a'$")
    clear_of_the_bumps = {"color": SIGMOID.colour, "gid": "live-name"}
    slopes.text(0.12, 0.065, "0.25", **clear_of_the_bumps)
    return figure
    # --8<-- [end:draw_four]
