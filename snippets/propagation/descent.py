"""Gradient descent: one step, and many of them on XOR."""

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import (
    Count,
    LearningRate,
    PerLayer,
    Steps,
    checked,
    named,
)
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z


# --8<-- [start:update]
@checked
def update(
    layers: PerLayer[Layer],
    gradients: PerLayer[Gradient],
    learning_rate: LearningRate,
) -> PerLayer[Layer]:
    """Take one step of gradient descent: W - eta dW and b - eta db."""
    return [
        Layer(W - learning_rate * dW, b - learning_rate * db)
        for (W, b), (dW, db) in zip(layers, gradients, strict=True)
    ]
    # --8<-- [end:update]


XorLayers = named(
    PerLayer[Layer],
    "be two layers in float64, from two inputs to one output",
    lambda layers: (
        len(layers) == 2
        and layers[0][0].shape[1] == 2
        and layers[1][0].shape[0] == 1
        and layers[0][0].dtype == torch.float64
    ),
)


# --8<-- [start:loss_and_gradients]
# the four examples of XOR, as columns, and their targets
XOR = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=torch.float64)
XOR_TARGETS = torch.tensor([[0, 1, 1, 0]], dtype=torch.float64)
XOR_NAMES = ("tanh", "sigmoid")


@checked
def loss_and_gradients(
    layers: XorLayers,
) -> tuple[Float[Tensor, ""], PerLayer[Gradient]]:
    """Go forward and backward once, over the four examples of XOR."""
    y_hat, caches = forward(XOR, layers, XOR_NAMES)
    loss = cross_entropy_of_z(caches[-1].z, XOR_TARGETS)
    return loss, backward(y_hat - XOR_TARGETS, caches, XOR_NAMES)
    # --8<-- [end:loss_and_gradients]


# --8<-- [start:require_finite]
@checked
def require_finite(layers: PerLayer[Layer], step: Count) -> None:
    """Raise FloatingPointError once a weight or bias is NaN or infinite."""
    for l, layer in enumerate(layers, start=1):
        if not all(part.isfinite().all() for part in layer):
            raise FloatingPointError(
                f"step {step} left layer {l} with numbers that are not "
                "finite; take a smaller learning rate"
            )
    # --8<-- [end:require_finite]


# --8<-- [start:train_on_xor]
@checked
def train_on_xor(
    steps: Steps, learning_rate: LearningRate, generator: torch.Generator
) -> tuple[PerLayer[Layer], list[float]]:
    """Return four hidden units after some steps, and the loss at each."""
    layers, losses = initialise((2, 4, 1), generator), []
    for step in range(steps):
        loss, gradients = loss_and_gradients(layers)
        losses.append(loss.item())
        layers = update(layers, gradients, learning_rate)
        require_finite(layers, step + 1)
    return layers, [*losses, loss_and_gradients(layers)[0].item()]
    # --8<-- [end:train_on_xor]


# --8<-- [start:draw_one_step]
@book_style()
def draw_one_step() -> Figure:
    """Draw the loss after one step against the learning rate of that step.

    Drawn as well is the line that the gradient promises.
    """
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    squared_length = sum((dW**2).sum() + (db**2).sum() for dW, db in gradients)
    rates = torch.arange(1, 81, dtype=torch.float64) / 10
    after = [
        loss_and_gradients(update(layers, gradients, rate.item()))[0]
        for rate in rates
    ]
    figure, (axes,) = new_axes()
    axes.axhline(
        loss, color=INK, linewidth=0.8, linestyle=":", label="before the step"
    )
    axes.plot(rates, after, color=PALETTE["blue"], label="after the step")
    axes.plot(
        rates,
        loss - rates * squared_length,
        color=PALETTE["orange"],
        linestyle="--",
        label="what the slope promises",
    )
    axes.set(xlabel="learning rate", ylabel="loss", xlim=(0, 8))
    axes.set_yticks((0.5, 0.6, 0.7, 0.8))
    axes.legend()
    return figure
    # --8<-- [end:draw_one_step]
