"""Gradients checked: by differences, and in seven ways at once."""

from collections.abc import Callable
from itertools import product

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import Examples, PerLayer, Share, checked, named
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer
from snippets.propagation import autograd
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import ACTIVATIONS, Cache, Name, forward
from snippets.propagation.loss import cross_entropy_of_z

StepSize = named(float, "be above 0", lambda h: h > 0)
Loss = Callable[[PerLayer[Layer]], Tensor]


# --8<-- [start:faulty_backward]
FAULTS = ("transpose forgotten", "sum, not mean", "slope left out")


@checked
def faulty_backward(
    dz: Examples["outputs m"],
    caches: PerLayer[Cache],
    activations: PerLayer[Name],
    fault: str,
) -> PerLayer[Gradient]:
    """Go back as `backward` does, but for one of the three faults."""
    transpose, add_up, no_slope = (fault == name for name in FAULTS)
    gradients, m = [], 1 if add_up else dz.shape[1]
    for l in reversed(range(len(caches))):
        a_previous, _, W, _ = caches[l]
        db = dz.sum(dim=1, keepdim=True) / m
        gradients.append(Gradient(dz @ a_previous.T / m, db))
        if l > 0:
            square = W.shape[0] == W.shape[1]
            da = (W if transpose and square else W.T) @ dz
            slope = ACTIVATIONS[activations[l - 1]].derivative
            dz = da * (1 if no_slope else slope(caches[l - 1].z))
    return gradients[::-1]
    # --8<-- [end:faulty_backward]


# --8<-- [start:draw_two_points]
@book_style()
def draw_two_points() -> Figure:
    """Draw z^3 near 1 with a one-sided and a centred difference."""
    figure, (axes,) = new_axes()
    z = torch.linspace(0.3, 1.7, 141, dtype=torch.float64)
    axes.plot(z, z**3, color=PALETTE["blue"], label="$z^3$")
    axes.plot(z, 1 + 3 * (z - 1), ":", color=INK, label="tangent, slope 3")
    for left, name, colour, line in (
        (1.0, "one-sided", "orange", "--"),
        (0.5, "centred", "green", "-."),
    ):
        slope = (1.5**3 - left**3) / (1.5 - left)
        heights = 1.5**3 + slope * (z - 1.5)
        label = f"{name}, slope {slope:g}"
        axes.plot(z, heights, line, color=PALETTE[colour], label=label)
    for place in (0.5, 1.0, 1.5):
        axes.plot(place, place**3, "o", color=INK, markersize=5)
    axes.set(xlim=(0.3, 1.7), ylim=(-0.8, 4.5), xlabel="$z$")
    axes.set_xticks((0.5, 1, 1.5), labels=("$1 - h$", "1", "$1 + h$"))
    axes.legend(loc="upper left")
    return figure
    # --8<-- [end:draw_two_points]


# --8<-- [start:numerical_gradients]
@checked
def numerical_gradients(
    loss: Loss,
    layers: PerLayer[Layer],
    h: StepSize = 1e-5,
    centred: bool = True,
) -> PerLayer[Gradient]:
    """Move each w alone, and find (J(w + h) - J(w - h)) / (2 h).

    centred: if not, take (J(w + h) - J(w)) / h.
    """
    layers = [Layer(W.clone(), b.clone()) for W, b in layers]
    gradients = [Gradient(W.clone(), b.clone()) for W, b in layers]
    back = h if centred else 0
    for layer, gradient in zip(layers, gradients, strict=True):
        for part, slopes in zip(layer, gradient, strict=True):
            for place in product(*map(range, part.shape)):
                w = part[place].item()
                part[place] = w + h
                forth = loss(layers)
                part[place] = w - back
                slopes[place] = (forth - loss(layers)) / (h + back)
                part[place] = w  # as it was
    return gradients
    # --8<-- [end:numerical_gradients]


# --8<-- [start:relative_error]
@checked
def flat(gradients: PerLayer[Gradient]) -> Float[Tensor, "parameters"]:
    """Write all derivatives in one row: W's, then b's, layer by layer."""
    return torch.cat([part.flatten() for pair in gradients for part in pair])


@checked
def relative_error(
    p: Float[Tensor, "parameters"], q: Float[Tensor, "parameters"]
) -> float:
    """Compare two rows of numbers: |p - q| / max(|p|, |q|)."""
    lengths = [torch.linalg.vector_norm(row).item() for row in (p - q, p, q)]
    return lengths[0] / max(lengths[1:]) if any(lengths[1:]) else 0.0
    # --8<-- [end:relative_error]


# --8<-- [start:draw_step_sizes]
@checked
def error_of_differences(h: StepSize, centred: bool) -> float:
    """Compare differences with backpropagation, in the example on paper."""

    def loss(layers: PerLayer[Layer]) -> Tensor:
        return cross_entropy_of_z(forward(X, layers, NAMES)[1][-1].z, Y)

    found = numerical_gradients(loss, LAYERS, h, centred)
    return relative_error(flat(found), by_equations(X, Y, LAYERS, NAMES))


@book_style()
def draw_step_sizes() -> Figure:
    """Draw the error of differences against their step, in float64."""
    figure, (axes,) = new_axes()
    steps = [10 ** (-k / 4) for k in range(4, 49)]
    for centred, name, colour, line in (
        (True, "centred", "blue", "-"),
        (False, "one-sided", "orange", "--"),
    ):
        errors = [error_of_differences(h, centred) for h in steps]
        axes.plot(steps, errors, line, color=PALETTE[colour], label=name)
    for place, words in (
        ((2e-3, 2e-8), "falls as $h^2$"),
        ((1.2e-6, 3e-5), "falls as $h$"),
        ((6e-12, 4e-9), "grows as $1/h$"),
    ):
        axes.text(*place, words, color=INK)
    axes.set(xscale="log", yscale="log", xlabel="step $h$")
    axes.set(ylabel="relative error", xlim=(5e-13, 2e-1), ylim=(1e-12, 1))
    axes.set_xticks([10.0**k for k in range(-12, 0, 2)])
    axes.set_yticks([10.0**k for k in range(-12, 1, 2)])
    axes.minorticks_off()
    axes.legend(loc="upper center")
    return figure
    # --8<-- [end:draw_step_sizes]


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
    (x1, x2), g = x.flatten(), ACTIVATIONS[names[0]]
    z1 = w11 * x1 + w12 * x2 + b1
    z2 = w21 * x1 + w22 * x2 + b2
    a1, a2 = g.g(z1), g.g(z2)
    dz = torch.sigmoid(w1 * a1 + w2 * a2 + b) - y.squeeze()
    dz1 = dz * w1 * g.derivative(z1)
    dz2 = dz * w2 * g.derivative(z2)
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
def by_equations(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Use the four equations, as `backward` does."""
    y_hat, caches = forward(x, layers, names)
    return flat(backward(y_hat - y, caches, names))


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


@checked
def by_differences(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Move each parameter up and down by a little."""

    def loss(moved: PerLayer[Layer]) -> Tensor:
        return cross_entropy_of_z(forward(x, moved, names)[1][-1].z, y)

    return flat(numerical_gradients(loss, layers))


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
