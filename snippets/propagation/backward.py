"""Backpropagation, written out without autograd."""

from itertools import pairwise
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from snippets.contract import Examples, PerLayer, Sizes, checked
from snippets.propagation.forward import ACTIVATIONS, Cache, Name


# --8<-- [start:backward]
class Gradient(NamedTuple):
    """How the loss changes with the parameters of one layer."""

    dW: Float[Tensor, "units inputs"]
    db: Float[Tensor, "units 1"]


@checked
def backward(
    dz: Examples["outputs m"],
    caches: PerLayer[Cache],
    activations: PerLayer[Name],
) -> PerLayer[Gradient]:
    """Carry dz of the last layer back through all layers before it."""
    gradients, m = [], dz.shape[1]
    for l in reversed(range(len(caches))):
        a_previous, _, W, _ = caches[l]
        dW = dz @ (a_previous / m).T
        db = dz.mean(dim=1, keepdim=True)
        gradients.append(Gradient(dW, db))
        if l > 0:  # the inputs of the network are not trained
            da = W.T @ dz
            slope = ACTIVATIONS[activations[l - 1]].derivative
            dz = da * slope(caches[l - 1].z)
    return gradients[::-1]
    # --8<-- [end:backward]


# --8<-- [start:count_multiplications]
@checked
def count_multiplications(sizes: Sizes) -> tuple[int, int]:
    """Count those for all derivatives of one example, backward and forward."""
    weights = [n * k for n, k in pairwise(sizes)]
    backward = 2 * sum(weights) - weights[0]
    forward = 0
    for l, (n, k) in enumerate(pairwise(sizes), start=1):
        parameters = k * (n + 1)
        leading_out = sizes[l + 1] if l + 1 < len(sizes) else 0
        forward += parameters * (leading_out + sum(weights[l + 1 :]))
    return backward, forward
    # --8<-- [end:count_multiplications]
