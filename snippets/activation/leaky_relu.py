"""Leaky ReLU, its derivative and its plot."""

from functools import partial

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.figure import book_style
from snippets.require import require_floating, require_number


# --8<-- [start:leaky_relu]
def leaky_relu(z: Tensor, alpha: float = 0.01) -> Tensor:
    """Keep the positive and shrink the negative: a = max(alpha z, z).

    z: floating, any shape; a has the same shape and dtype. Infinities and NaN
    pass through.
    alpha: slope of the negative half, above 0 and at most 1; beyond 1 the
    maximum would pick the wrong half.
    Raises TypeError if z is not a floating tensor or alpha not a number,
    ValueError if alpha is out of range.
    """
    require_floating(z=z)
    require_number("alpha", alpha, above=0, at_most=1)
    return torch.maximum(alpha * z, z)
    # --8<-- [end:leaky_relu]


# --8<-- [start:leaky_relu_derivative]
def leaky_relu_derivative(z: Tensor, alpha: float = 0.01) -> Tensor:
    """Return the slope of Leaky ReLU: 1 where z > 0, alpha elsewhere.

    At 0, where there is none, alpha is what torch takes.
    z: floating, any shape; the result has the same shape and dtype.
    NaN stays NaN.
    Raises TypeError if z is not a floating tensor or alpha not a number,
    ValueError if alpha is out of range.
    """
    require_floating(z=z)
    require_number("alpha", alpha, above=0, at_most=1)
    slope = torch.where(z > 0, torch.ones_like(z), alpha)
    return torch.where(z.isnan(), z, slope)
    # --8<-- [end:leaky_relu_derivative]


# --8<-- [start:draw_leaky_relu]
@book_style()
def draw_leaky_relu() -> Figure:
    """Draw Leaky ReLU and its derivative, with a slope of 0.1.

    The slope is not 0.01, for that could not be told from 0.
    """
    return plot_with_derivative(
        partial(leaky_relu, alpha=0.1),
        partial(leaky_relu_derivative, alpha=0.1),
        name="Leaky ReLU, α = 0.1",
        heights=(-3, 1, 5, 10),
        kink=True,
    )
    # --8<-- [end:draw_leaky_relu]
