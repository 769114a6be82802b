"""Gradients checked by differences of the loss."""

from collections.abc import Callable
from itertools import product

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import Examples, PerLayer, Steps, checked, named
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import XOR, XOR_TARGETS, update
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
    axes.set(xlim=(0.3, 1.7), ylim=(-0.8, 4.5))
    axes.set_xlabel("$z$")
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


# --8<-- [start:by_differences]
@checked
def by_equations(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Use the four equations, as `backward` does."""
    y_hat, caches = forward(x, layers, names)
    return flat(backward(y_hat - y, caches, names))


@checked
def by_differences(
    x: Tensor, y: Tensor, layers: PerLayer[Layer], names: PerLayer[Name]
) -> Tensor:
    """Move each parameter up and down by a little."""

    def loss(moved: PerLayer[Layer]) -> Tensor:
        """Go forward, and compare with the target."""
        return cross_entropy_of_z(forward(x, moved, names)[1][-1].z, y)

    return flat(numerical_gradients(loss, layers))
    # --8<-- [end:by_differences]


# --8<-- [start:compare_faults]
@checked
def compare_faults(steps: Steps) -> list[tuple[str, float, float, float]]:
    """Train with each fault: the loss before, after, and the relative error."""
    rows, names = [], ("tanh", "tanh", "sigmoid")
    start = initialise((2, 4, 4, 1), torch.Generator().manual_seed(3))
    judge = by_differences(XOR, XOR_TARGETS, start, names)
    for fault in ("none", *FAULTS):
        layers, losses, errors = start, [], []
        for _ in range(steps + 1):
            y_hat, caches = forward(XOR, layers, names)
            losses.append(cross_entropy_of_z(caches[-1].z, XOR_TARGETS).item())
            found = faulty_backward(y_hat - XOR_TARGETS, caches, names, fault)
            errors.append(relative_error(flat(found), judge))
            layers = update(layers, found, 0.3)
        rows.append((fault, losses[0], losses[-1], errors[0]))
    return rows
    # --8<-- [end:compare_faults]


# --8<-- [start:draw_step_sizes]
@checked
def error_of_differences(h: StepSize, centred: bool) -> float:
    """Compare differences with backpropagation, in the example on paper."""

    def loss(layers: PerLayer[Layer]) -> Tensor:
        """Go forward, and compare with the target."""
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
