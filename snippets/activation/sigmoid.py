"""The sigmoid, its derivative and its plot."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.figure import book_style
from snippets.require import require_floating


# --8<-- [start:sigmoid]
def sigmoid(z: Tensor) -> Tensor:
    """Squash each pre-activation into the range 0 to 1: a = 1 / (1 + e^-z).

    z: floating, any shape; a has the same shape and dtype. An infinite z gives
    its limit, 0 or 1; NaN stays NaN.
    Raises TypeError if z is not a floating tensor.
    """
    require_floating(z=z)
    return 1 / (1 + torch.exp(-z))
    # --8<-- [end:sigmoid]


# --8<-- [start:sigmoid_derivative]
def sigmoid_derivative(z: Tensor) -> Tensor:
    """Return the slope of the sigmoid at z, from its value: a' = a (1 - a).

    The slope lies between 0 and 1/4.
    z: floating, any shape; the result has the same shape and dtype. Infinities
    give 0; NaN stays NaN.
    Raises TypeError if z is not a floating tensor.
    """
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
