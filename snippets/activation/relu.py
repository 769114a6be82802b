"""ReLU, its derivative and its plot, and units that die."""

from statistics import median

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.plot import plot_with_derivative
from snippets.contract import Bit, Count, LearningRate, Steps, checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import initialise


# --8<-- [start:relu]
@checked
def relu(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Keep the positive and cut the negative to 0: a = max(0, z)."""
    return torch.where(z <= 0, 0, z)
    # --8<-- [end:relu]


# --8<-- [start:relu_derivative]
@checked
def relu_derivative(z: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the slope of ReLU: 1 where z > 0, elsewhere 0."""
    return torch.where(z.isnan(), z, (z > 0).to(z.dtype))
    # --8<-- [end:relu_derivative]


# --8<-- [start:draw_relu]
@book_style()
def draw_relu() -> Figure:
    """Draw ReLU and its derivative."""
    return plot_with_derivative(
        relu, relu_derivative, name="ReLU", heights=(-3, 1, 5, 10), kink=True
    )
    # --8<-- [end:draw_relu]


# --8<-- [start:disc]
@checked
def disc(
    generator: torch.Generator, count: Count = 200
) -> tuple[Float[Tensor, "2 m"], Bit["1 m"]]:
    """Scatter points over a square; the target is 1 within sqrt(1/2) of 0."""
    x = 2 * torch.rand(2, count, generator=generator, dtype=torch.float64) - 1
    return x, ((x**2).sum(dim=0, keepdim=True) < 0.5).to(x.dtype)
    # --8<-- [end:disc]


# --8<-- [start:dead_after_training]
@checked
def dead_after_training(
    learning_rate: LearningRate, generator: torch.Generator, units: Count = 64
) -> Steps:
    """Train one hidden layer on the disc, then count its dead units."""
    x, y = disc(generator)
    layers = initialise((2, units, 1), generator)
    parameters = [part.requires_grad_() for layer in layers for part in layer]
    W1, b1, W2, b2 = parameters
    for _ in range(100):
        z2 = W2 @ relu(W1 @ x + b1) + b2
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z2, y)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= learning_rate * gradient
    silent = relu(W1 @ x + b1) == 0
    return int(silent.all(dim=1).sum())
    # --8<-- [end:dead_after_training]


# --8<-- [start:draw_dead_units]
@book_style()
def draw_dead_units() -> Figure:
    """Draw how many of 64 hidden units are dead after training.

    They are counted for six learning rates and five random starts.
    """
    rates, starts = (0.1, 0.3, 1, 3, 10, 30), range(5)
    figure, (axes,) = new_axes()
    dead = [
        [
            dead_after_training(rate, torch.Generator().manual_seed(start))
            for rate in rates
        ]
        for start in starts
    ]
    for start, counts in enumerate(dead):  # side by side, on a logarithmic axis
        places = [rate * 1.08 ** (start - 2) for rate in rates]
        axes.plot(
            places, counts, "o", color=PALETTE["orange"], markerfacecolor="none"
        )
    axes.plot(
        rates,
        [median(counts) for counts in zip(*dead, strict=True)],
        color=INK,
        linewidth=1,
        linestyle="--",
    )
    axes.set(
        xscale="log",
        xlabel="learning rate",
        ylabel="dead units",
        ylim=(-3, 67),
        yticks=(0, 16, 32, 48, 64),
    )
    axes.set_xticks(rates, labels=[f"{rate:g}" for rate in rates])
    axes.minorticks_off()
    return figure
    # --8<-- [end:draw_dead_units]
