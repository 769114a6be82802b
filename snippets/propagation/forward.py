"""Forward propagation through any number of layers, written out.

It keeps the cache that the way back needs.
"""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from snippets.activation.leaky_relu import leaky_relu, leaky_relu_derivative
from snippets.activation.relu import relu, relu_derivative
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.contract import PerLayer, checked, named
from snippets.network import Layer, affine


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


Name = named(
    str,
    f"be one of {', '.join(ACTIVATIONS)}",
    lambda name: name in ACTIVATIONS,
)


# --8<-- [start:forward]
class Cache(NamedTuple):
    """What one layer leaves behind on the way forward, for the way back."""

    a_previous: Float[Tensor, "inputs m"]  # what the layer was given
    z: Float[Tensor, "units m"]  # its pre-activations
    W: Float[Tensor, "units inputs"]  # its weights
    b: Float[Tensor, "units 1"]  # its biases


@checked
def forward(
    x: Float[Tensor, "inputs m"],
    layers: PerLayer[Layer],
    activations: PerLayer[Name],
) -> tuple[Float[Tensor, "outputs m"], PerLayer[Cache]]:
    """Return the prediction, and what each layer leaves for the way back."""
    a, caches = x, []
    for layer, name in zip(layers, activations, strict=True):
        z = affine(a, layer)
        caches.append(Cache(a, z, layer.W, layer.b))
        a = ACTIVATIONS[name].g(z)
    return a, caches
    # --8<-- [end:forward]
