"""The hyperbolic tangent, its derivative and its plot."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.figure import book_style
from snippets.require import require_floating


# --8<-- [start:textbook_tanh]
def textbook_tanh(z: Tensor) -> Tensor:
    """Compute tanh as its formula reads: a = (e^z - e^-z) / (e^z + e^-z).

    Taken so exactly, the formula breaks down where e^z overflows.
    z: floating, any shape; a has the same shape and dtype, and is NaN where e^z
    or e^-z is infinite.
    Raises TypeError if z is not a floating tensor.
    """
    require_floating(z=z)
    return (torch.exp(z) - torch.exp(-z)) / (torch.exp(z) + torch.exp(-z))
    # --8<-- [end:textbook_tanh]


# --8<-- [start:tanh]
def tanh(z: Tensor) -> Tensor:
    """Compute tanh as a = t / (t + 2), with t = e^2z - 1.

    Where t overflows to infinity, a is 1 to the last digit.
    z: floating, any shape; a has the same shape and dtype. An infinite z gives
    its limit, -1 or 1; NaN stays NaN.
    Raises TypeError if z is not a floating tensor.
    """
    require_floating(z=z)
    t = torch.expm1(2 * z)  # e^2z - 1, with all its digits where z is small
    return torch.where(t.isposinf(), torch.ones_like(t), t / (t + 2))
    # --8<-- [end:tanh]


# --8<-- [start:tanh_derivative]
def tanh_derivative(z: Tensor) -> Tensor:
    """Slope of tanh at z, from its value: a' = 1 - a^2, between 0 and 1.

    z: floating, any shape; the result has the same shape and dtype. Infinities
    give 0; NaN stays NaN.
    Raises TypeError if z is not a floating tensor.
    """
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
