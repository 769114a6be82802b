"""Leaky ReLU, its derivative and its plot."""

from functools import partial

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.contract import Slope, checked
from snippets.figure import book_style


# --8<-- [start:leaky_relu]
@checked
def leaky_relu(
    z: Float[Tensor, "*any"], alpha: Slope = 0.01
) -> Float[Tensor, "*any"]:
    """Keep the positive and shrink the negative: a = max(alpha z, z)."""
    return torch.where(z > 0, z, alpha * z)
    # --8<-- [end:leaky_relu]


# --8<-- [start:leaky_relu_derivative]
@checked
def leaky_relu_derivative(
    z: Float[Tensor, "*any"], alpha: Slope = 0.01
) -> Float[Tensor, "*any"]:
    """Return the slope of Leaky ReLU: 1 where z > 0, elsewhere alpha."""
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
