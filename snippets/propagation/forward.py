"""Forward propagation through any number of layers, written out.

It keeps the cache that the way back needs.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor

from snippets.activation.leaky_relu import leaky_relu, leaky_relu_derivative
from snippets.activation.relu import relu, relu_derivative
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.network import Layer, affine
from snippets.require import require_layers


# --8<-- [start:ACTIVATIONS]
class Activation(NamedTuple):
    """An activation function and its derivative, both elementwise in z."""

    g: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]


ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative),
}
# --8<-- [end:ACTIVATIONS]


# --8<-- [start:forward]
class Cache(NamedTuple):
    """What one layer leaves behind on the way forward, for the way back.

    n and n_previous count units.
    """

    a_previous: Tensor  # what the layer was given, shape (n_previous, m)
    z: Tensor  # its pre-activations, shape (n, m)
    W: Tensor  # its weights, shape (n, n_previous)
    b: Tensor  # its biases, shape (n, 1)


def forward(
    x: Tensor, layers: Sequence[Layer], activations: Sequence[str]
) -> tuple[Tensor, list[Cache]]:
    """Compute the network's prediction, and keep a cache of each layer.

    Each layer computes z = W a_previous + b and a = g(z).
    x: m examples as columns, shape (inputs, m). layers: their parameters.
    activations: a name from ACTIVATIONS for each.
    Returns the prediction y_hat, shape (outputs, m), and one cache for each
    layer, first layer first. Infinities and NaN pass through as the sums and
    activation functions pass them.
    Raises TypeError or ValueError for dtypes, shapes, names or numbers of names
    that do not fit.
    """
    require_layers(layers)
    require_activations(activations, len(layers))
    a, caches = x, []
    for layer, name in zip(layers, activations, strict=True):
        z = affine(a, layer)
        caches.append(Cache(a, z, layer.W, layer.b))
        a = ACTIVATIONS[name].g(z)
    return a, caches
    # --8<-- [end:forward]


def require_activations(activations: Sequence[str], count: int) -> None:
    """Raise unless `activations` names a known function for each layer.

    TypeError for what is no list or tuple of strings, ValueError for others.
    """
    if not isinstance(activations, list | tuple):
        raise TypeError(
            "activations must be a list of names, "
            f"but a {type(activations).__name__} was given"
        )
    if len(activations) != count:
        raise ValueError(
            f"activations must name one function for each of {count} layers, "
            f"but is {activations!r}"
        )
    for name in activations:
        if not isinstance(name, str):
            raise TypeError(f"an activation must be a name, but is {name!r}")
        if name not in ACTIVATIONS:
            raise ValueError(
                f"an activation must be one of {', '.join(ACTIVATIONS)}, "
                f"but {name!r} was given"
            )
