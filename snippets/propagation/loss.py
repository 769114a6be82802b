"""How wrong a prediction is, in one number."""

import torch
from jaxtyping import Float
from torch import Tensor

from snippets.contract import Examples, Share, checked


# --8<-- [start:cross_entropy]
@checked
def cross_entropy(
    y_hat: Share["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, ""]:
    """Return the mean loss: -(y log y_hat + (1 - y) log(1 - y_hat))."""
    # xlogy(x, y) is x log y, but 0 where x is 0
    losses = -(torch.xlogy(y, y_hat) + torch.xlogy(1 - y, 1 - y_hat))
    return losses.sum(dim=0).mean()
    # --8<-- [end:cross_entropy]


# --8<-- [start:cross_entropy_derivative]
@checked
def cross_entropy_derivative(
    y_hat: Share["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, "outputs m"]:
    """Slope of each loss: da = -y / y_hat + (1 - y) / (1 - y_hat)."""
    return -y / y_hat + (1 - y) / (1 - y_hat)
    # --8<-- [end:cross_entropy_derivative]


# --8<-- [start:cross_entropy_of_z]
@checked
def cross_entropy_of_z(
    z: Examples["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, ""]:
    """Cross-entropy of a sigmoid: y log(1 + e^-z) + (1 - y) log(1 + e^z)."""
    zero = torch.zeros_like(z)
    # logaddexp(0, z) is log(e^0 + e^z), without e^z itself, which overflows
    losses = y * zero.logaddexp(-z) + (1 - y) * zero.logaddexp(z)
    return losses.sum(dim=0).mean()
    # --8<-- [end:cross_entropy_of_z]
