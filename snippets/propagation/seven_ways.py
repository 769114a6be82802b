"""One gradient, found in seven ways."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from snippets.contract import PerLayer, Share, checked
from snippets.network import Layer
from snippets.propagation import autograd
from snippets.propagation.backward import Gradient
from snippets.propagation.forward import ACTIVATIONS, Name, forward
from snippets.propagation.gradient_check import (
    by_differences,
    by_equations,
    flat,
)
from snippets.propagation.loss import cross_entropy_of_z


# --8<-- [start:by_hand]
@checked
def by_hand(
    x: Float[Tensor, "2 1"],
    y: Share["1 1"],
    layers: PerLayer[Layer],
    names: PerLayer[Name],
) -> Float[Tensor, "parameters"]:
    """Write each of the nine derivatives as a product of its slopes."""
    (w11, w12, w21, w22), (b1, b2), (w1, w2), (b,) = (
        part.flatten() for layer in layers for part in layer
    )
    (x1, x2), (g, slope) = x.flatten(), ACTIVATIONS[names[0]]
    z1 = w11 * x1 + w12 * x2 + b1
    z2 = w21 * x1 + w22 * x2 + b2
    a1, a2 = g(z1), g(z2)
    dz = torch.sigmoid(w1 * a1 + w2 * a2 + b) - y.squeeze()
    dz1 = dz * w1 * slope(z1)
    dz2 = dz * w2 * slope(z2)
    hidden = [dz1 * x1, dz1 * x2, dz2 * x1, dz2 * x2, dz1, dz2]
    return torch.stack([*hidden, dz * a1, dz * a2, dz])
    # --8<-- [end:by_hand]


# --8<-- [start:by_numpy]
IN_NUMPY = {  # each function, and its slope from its value a
    "sigmoid": (lambda z: (1 + np.tanh(z / 2)) / 2, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda a: a > 0),
}


@checked
def by_numpy(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Use the four equations for two layers and one example, in NumPy."""
    W1, b1, W2, b2 = (part.numpy() for layer in layers for part in layer)
    x, y = x.numpy(), y.numpy()
    g, slope_at = IN_NUMPY[names[0]]
    a1 = g(W1 @ x + b1)
    y_hat = IN_NUMPY["sigmoid"][0](W2 @ a1 + b2)
    dz2 = y_hat - y
    dz1 = W2.T @ dz2 * slope_at(a1)
    parts = dz1 @ x.T, dz1, dz2 @ a1.T, dz2
    return torch.from_numpy(np.concatenate([part.ravel() for part in parts]))
    # --8<-- [end:by_numpy]


# --8<-- [start:seven_ways]
PARAMETERS = ["w11", "w12", "w21", "w22", "b1", "b2", "w1", "w2", "b"]


@checked
def along_the_graph(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Multiply slopes along each path, and add up the paths."""
    values = autograd.as_values(layers)
    inputs, target = x.flatten().tolist(), y.item()
    loss = autograd.loss_of_values(values, inputs, target, names)
    slopes = [autograd.sum_over_paths(loss, w) for w in autograd.all_of(values)]
    return torch.tensor(slopes, dtype=x.dtype)


@checked
def by_torch(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Let torch's autograd go back through the book's forward pass."""
    leaves = [
        Layer(W.clone().requires_grad_(), b.clone().requires_grad_())
        for W, b in layers
    ]
    loss = cross_entropy_of_z(forward(x, leaves, names)[1][-1].z, y)
    loss.backward()
    return flat([Gradient(W.grad, b.grad) for W, b in leaves])


WAYS = {
    "hand": by_hand,
    "paths": along_the_graph,
    "equations": by_equations,
    "NumPy": by_numpy,
    "engine": autograd.gradients_of_values,
    "torch": by_torch,
    "differences": by_differences,
}


@checked
def seven_ways(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> dict[str, Tensor]:
    """Find the nine derivatives of a 2-2-1 network in seven ways."""
    return {way: find(x, y, layers, names) for way, find in WAYS.items()}
    # --8<-- [end:seven_ways]
