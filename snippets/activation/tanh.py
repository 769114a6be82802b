"""The hyperbolic tangent, its derivative and its plot."""

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.contract import checked
from snippets.figure import book_style


# --8<-- [start:textbook_tanh]
@checked
def textbook_tanh(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Compute tanh as it is written: a = (e^z - e^-z) / (e^z + e^-z)."""
    return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))
    # --8<-- [end:textbook_tanh]


# --8<-- [start:tanh]
@checked
def tanh(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Compute tanh with care: a = t / (t + 2), with t = e^2z - 1, for z < 0."""
    t = torch.expm1(torch.where(z < 0, 2 * z, -2 * z))
    return torch.where(z < 0, t, -t) / (t + 2)  # tanh(-z) = -tanh(z)
    # --8<-- [end:tanh]


# --8<-- [start:tanh_derivative]
@checked
def tanh_derivative(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the slope of tanh at z, from its value: a' = 1 - a^2."""
    a = tanh(z)
    return 1 - a**2
    # --8<-- [end:tanh_derivative]


# --8<-- [start:draw_tanh]
@book_style()
def draw_tanh() -> Figure:
    """Draw tanh and its derivative."""
    return plot_with_derivative(
        tanh,
        tanh_derivative,
        name="tanh",
        heights=(-1, 1),
        asymptotes=(-1, 1),
        legend="lower right",
    )
    # --8<-- [end:draw_tanh]
