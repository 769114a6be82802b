"""The sigmoid, its derivative and its plot."""

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.contract import checked
from snippets.figure import book_style


# --8<-- [start:sigmoid]
@checked
def sigmoid(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Squash each pre-activation into the range 0 to 1: a = 1 / (1 + e^-z)."""
    e = torch.exp(torch.where(z < 0, z, -z))  # e^z or e^-z: none overflows
    return torch.where(z < 0, e, 1) / (1 + e)
    # --8<-- [end:sigmoid]


# --8<-- [start:sigmoid_derivative]
@checked
def sigmoid_derivative(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the slope of the sigmoid at z, from its value: a' = a (1 - a)."""
    a = sigmoid(z)
    return a * (1 - a)
    # --8<-- [end:sigmoid_derivative]


# --8<-- [start:draw_sigmoid]
@book_style()
def draw_sigmoid() -> Figure:
    """Draw the sigmoid and its derivative."""
    return plot_with_derivative(
        sigmoid,
        sigmoid_derivative,
        name="the sigmoid",
        heights=(0, 0.5, 1),
        asymptotes=(1,),
        legend="center right",
    )
    # --8<-- [end:draw_sigmoid]
