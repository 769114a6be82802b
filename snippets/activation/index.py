"""Why activation functions must not be linear; what they make possible."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import relu
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
        W, b = layer.W @ W, affine(b, layer)
    return Layer(W, b)
    # --8<-- [end:collapse]


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
def relu_fit(
    x: Finite["m"], y: Finite["m"], units: Count
) -> Float[Tensor, "m"]:
    """Fit y by ReLU units a_i = max(0, x - k_i) and a linear output.

    The points k_i are given: they lie within x, closer together towards its
    ends. Only the output's weights and bias are fitted, by least squares, which
    needs no gradient descent and finds the best there are for these points.
    """
    along = x.double() / (x.abs().max().double() or 1)  # free of overflow
    along = (along - along.min()) / (along.max() - along.min() or 1)
    places = torch.arange(1, units + 1, dtype=torch.float64) / (units + 1)
    bends = (1 - torch.cos(torch.pi * places)) / 2  # between 0 and 1
    hidden = relu(along - bends.unsqueeze(1))
    columns = torch.vstack([hidden, torch.ones_like(along)]).T
    targets = y.double().unsqueeze(1)
    weights = torch.linalg.lstsq(columns, targets, driver="gelsd").solution
    return (columns @ weights).squeeze(1).to(y.dtype)
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
def draw_approximation(sizes: Sequence[int] = (2, 8, 32)) -> Figure:
    """Draw the curve and its fits by hidden layers of several sizes.

    The fits stand side by side, one for each of the sizes.
    """
    x, y = curve()
    figure, panels = new_axes(height=2.2, columns=len(sizes))
    for axes, units in zip(panels, sizes, strict=True):
        axes.plot(x, y, color=INK, linewidth=0.9, label="the curve")
        axes.plot(
            x,
            relu_fit(x, y, units),
            color=PALETTE["blue"],
            linestyle="--",
            label="the fit",
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
        ncols=2,
    )
    return figure
    # --8<-- [end:draw_approximation]
