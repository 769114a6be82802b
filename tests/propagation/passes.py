"""One pass forward and backward, in the signs of the chapters."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from snippets.graph import Graph, flows
from snippets.network import Layer, initialise
from snippets.propagation import example
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import update
from snippets.propagation.forward import ACTIVATIONS, Cache, forward
from snippets.propagation.loss import cross_entropy
from tests.equations.evaluate import Symbols

SIZES = (3, 5, 4, 2)  # all different, and different from the 7 examples
NAMES = ("relu", "tanh", "sigmoid")
ETA = 0.3
# torch's own, by the names of this book
TORCHS = {
    "sigmoid": torch.nn.Sigmoid(),
    "tanh": torch.nn.Tanh(),
    "relu": torch.nn.ReLU(),
    "leaky_relu": torch.nn.LeakyReLU(0.01),
}


def problem(
    seed: int, sizes: Sequence[int] = SIZES
) -> tuple[list[Layer], Tensor, Tensor]:
    """Return layers with biases other than 0, inputs and targets."""
    generator = torch.Generator().manual_seed(seed)
    layers = [
        Layer(W, torch.randn(len(W), 1, generator=generator, dtype=W.dtype))
        for W, _ in initialise(sizes, generator)
    ]
    x = torch.randn(sizes[0], 7, generator=generator, dtype=torch.float64)
    y = torch.randint(0, 2, (sizes[-1], 7), generator=generator).double()
    return layers, x, y


def backward_from(
    da: Tensor, caches: Sequence[Cache], names: Sequence[str]
) -> list[Gradient]:
    """Go back from any derivative of a loss with respect to the prediction."""
    dz = da * ACTIVATIONS[names[-1]].derivative(caches[-1].z)
    return backward(dz, caches, names)


def symbols_of_a_pass(
    layers: Sequence[Layer], x: Tensor, y: Tensor
) -> dict[str, object]:
    """Return what the signs stand for after one pass in both directions.

    z and a are those that the book's forward pass cached, dW and db those of
    its backward pass; da and dz, which it does not keep, are autograd's.
    """
    y_hat, caches = forward(x, layers, NAMES)
    gradients = backward(y_hat - y, caches, NAMES)
    functions = [ACTIVATIONS[name] for name in NAMES]
    return {
        "L": len(layers),
        "l": range(1, len(layers) + 1),
        "m": x.shape[1],
        "n": dict(enumerate(SIZES)),
        "x": x,
        "y": y,
        r"\hat y": y_hat,
        "J": cross_entropy(y_hat, y),
        r"\mathcal{L}": losses(y_hat, y),
        "a": dict(enumerate([*(c.a_previous for c in caches), y_hat])),
        "z": counted(cache.z for cache in caches),
        "g": counted(function.g for function in functions),
        "g'": counted(function.derivative for function in functions),
        "dW": counted(gradient.dW for gradient in gradients),
        "db": counted(gradient.db for gradient in gradients),
        r"\eta": ETA,
        **parameters(layers),
        **by_autograd(layers, x, y),
    }


def counted(values: Sequence) -> dict[int, object]:
    """Return values by layer, from 1."""
    return dict(enumerate(values, start=1))


def parameters(layers: Sequence[Layer]) -> Symbols:
    """Return the weights and biases by layer."""
    return {
        "W": counted(layer.W for layer in layers),
        "b": counted(layer.b for layer in layers),
    }


def losses(y_hat: Tensor, y: Tensor) -> list[Tensor]:
    """Return the loss of each example, one column after the other."""
    columns = zip(y_hat.split(1, dim=1), y.split(1, dim=1), strict=True)
    return [cross_entropy(*column) for column in columns]


def by_autograd(layers: Sequence[Layer], x: Tensor, y: Tensor) -> Symbols:
    """Return da and dz of each layer, example by example, found by torch."""
    a, z = {0: x.clone().requires_grad_()}, {}
    for l, ((W, b), name) in enumerate(zip(layers, NAMES, strict=True), 1):
        z[l] = W @ a[l - 1] + b
        a[l] = TORCHS[name](z[l])
    loss = torch.nn.functional.binary_cross_entropy(
        a[len(layers)], y, reduction="sum"
    )
    found = torch.autograd.grad(loss, [*a.values(), *z.values()])
    return {
        "da": dict(zip(a, found[: len(a)], strict=True)),
        "dz": dict(zip(z, found[len(a) :], strict=True)),
    }


def of_a_graph(graph: Graph) -> Symbols:
    """Return the values of a graph, w or w_1, and its gradients, dw or dw_1."""
    *_, last = graph
    gradients = dict.fromkeys(graph, 0.0) | {last: 1.0}
    for (source, _), gradient in flows(graph).items():
        gradients[source] += gradient
    found: dict[str, object] = {r"\sigma": torch.sigmoid}
    for name, node in graph.items():
        sign, _, index = name.partition("_")
        for key, number in (
            (sign, node.value),
            ("d" + sign, gradients[name]),
        ):
            number = torch.tensor(number, dtype=torch.float64)
            if index:
                found.setdefault(key, []).append(number)
            else:
                found[key] = number
    return found


def on_paper(column: int = 0) -> tuple[Symbols, Symbols]:
    """Return the signs of the network on paper, of its hidden units and output.

    column: which of its two examples it is given.
    """
    x, y = example.TWO_X[:, [column]], example.TWO_Y[:, [column]]
    y_hat, (first, last) = forward(x, example.LAYERS, example.NAMES)
    hidden, output = backward(y_hat - y, (first, last), example.NAMES)
    shared = {
        r"\sigma": torch.sigmoid,
        r"\hat y": y_hat.squeeze(),
        "e": math.e,
    }
    units = {
        "z": [*first.z.flatten()],
        "a": [*last.a_previous.flatten()],
        "dz": [*hidden.db.flatten()],
        "da": [*(last.W.T @ output.db).flatten()],
    }
    return shared | units, shared | {
        "z": last.z.squeeze(),
        "dz": output.db.squeeze(),
    }


def after_an_update(layers: Sequence[Layer], signs: Symbols) -> Symbols:
    """Return the weights and biases after one step of gradient descent."""
    pairs = zip(signs["dW"].values(), signs["db"].values(), strict=True)
    return parameters(update(layers, [Gradient(*p) for p in pairs], ETA))
