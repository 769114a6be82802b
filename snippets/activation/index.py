"""Why activation functions must not be linear; what they make possible."""

from collections.abc import Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import relu
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, affine
from snippets.require import (
    require_count,
    require_finite,
    require_generator,
    require_layers,
    require_same_dtype,
    require_shape,
)


# --8<-- [start:linear_stack]
def linear_stack(x: Tensor, layers: Sequence[Layer]) -> Tensor:
    """Send x through layers that have no activation function.

    Each gives its pre-activations to the next.
    x: m examples as columns, shape (inputs, m). Returns shape (units of the
    last layer, m). Infinities and NaN spread as in any sum.
    Raises TypeError or ValueError for dtypes or shapes that do not fit, and if
    there is no layer.
    """
    require_layers(layers)
    for layer in layers:
        x = affine(x, layer)
    return x
    # --8<-- [end:linear_stack]


# --8<-- [start:collapse]
def collapse(layers: Sequence[Layer]) -> Layer:
    """Multiply layers without activation into one that computes the same.

    Two layers give the one with W = W2 W1 and b = W2 b1 + b2. Infinities and
    NaN spread as in any sum.
    Raises TypeError or ValueError for dtypes or shapes that do not fit, and if
    there is no layer.
    """
    require_layers(layers)
    W, b = layers[0]
    for layer in layers[1:]:
        W, b = layer.W @ W, affine(b, layer)
    return Layer(W, b)
    # --8<-- [end:collapse]


# --8<-- [start:rank_of_product]
def rank_of_product(
    count: int, generator: torch.Generator, size: int = 8
) -> int:
    """Multiply `count` random square matrices; return the product's rank.

    The rank is a numerical one, from 1 to size. After each product the result
    is scaled back to length 1, which changes no rank and avoids overflow.
    Raises TypeError or ValueError unless count and size are whole numbers of at
    least 1.
    """
    require_generator(generator)
    require_count("count", count)
    require_count("size", size)
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
def relu_fit(x: Tensor, y: Tensor, units: int) -> Tensor:
    """Fit y by one hidden layer of ReLU units; return the fitted values.

    Unit i bends at a fixed point k_i, evenly spaced over x:
    a_i = max(0, x - k_i). There is one output, which is linear. Only its
    weights and bias are fitted, by least squares, which needs no gradient
    descent and finds the best there are for these bends.
    x, y: float32 or float64, finite, shape (m,). units: at least 1.
    Returns shape (m,), of the same dtype.
    Raises TypeError for a wrong dtype, ValueError for shapes that do not fit,
    for no point or no unit, and for numbers that least squares cannot use: NaN,
    infinities, and an x too wide for its dtype.
    """
    require_same_dtype(x=x, y=y)
    if x.dtype not in (torch.float32, torch.float64):
        raise TypeError(f"x must be float32 or float64, but is {x.dtype}")
    require_shape("x", x, ("m",))
    require_shape("y", y, tuple(x.shape))
    require_count("units", units)
    if not len(x):
        raise ValueError("x must hold at least one point, but is empty")
    require_finite(x=x, y=y)
    require_finite(**{"the square of the width of x": (x.max() - x.min()) ** 2})
    bends = torch.linspace(x.min(), x.max(), units + 1, dtype=x.dtype)[:-1]
    hidden = relu(x - bends.unsqueeze(1))
    columns = torch.vstack([hidden, torch.ones_like(x)]).T
    weights = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution
    return (columns @ weights).squeeze(1)
    # --8<-- [end:relu_fit]


# --8<-- [start:curve]
def curve() -> tuple[Tensor, Tensor]:
    """Return 601 points of the curve to be fitted, for x from -3 to 3.

    The curve is y = sin(2x) + x/2.
    """
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
