"""Training runs that fail, each beside one that does not, and what to look at.

The network tells whether a point lies in a disc. One thing is wrong in each
run, and everything else is as it should be.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import disc
from snippets.contract import (
    Bit,
    Count,
    LearningRate,
    Number,
    PerLayer,
    Steps,
    checked,
)
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.descent import update
from snippets.propagation.forward import ACTIVATIONS, Cache, Name, forward
from snippets.propagation.gradient_check import (
    by_differences,
    faulty_backward,
    flat,
    relative_error,
)
from snippets.propagation.loss import cross_entropy_of_z


# --8<-- [start:Setting]
class Setting(NamedTuple):
    """How a network is built and trained; as it stands, nothing is wrong."""

    activation: Name = "relu"
    depth: Count = 2  # hidden layers, of 8 units each
    variance: Number = 2.0  # of the weights, times the inputs of a unit
    bias: Number = 0.0  # of the hidden units, at the start
    equal: bool = False  # whether all weights start as one number
    rate: LearningRate = 0.3
    centre: Number = 0.0  # of the inputs
    scale: Number = 1.0  # of the inputs
    fault: str = "none"  # of the gradient, as on the page that checks it
    # --8<-- [end:Setting]


# --8<-- [start:begin]
@checked
def begin(
    setting: Setting, generator: torch.Generator
) -> tuple[Float[Tensor, "2 m"], Bit["1 m"], PerLayer[Layer]]:
    """Return inputs, targets and a network that has not learnt yet."""
    x, y = disc(generator)
    *hidden, output = initialise((2, *[8] * setting.depth, 1), generator)
    layers = []
    for W, b in (*hidden, output):
        W = setting.variance**0.5 * W
        if setting.equal:
            W = torch.full_like(W, 0.3)
        layers.append(Layer(W, b + setting.bias))
    layers[-1] = Layer(layers[-1].W, output.b)
    return setting.scale * x + setting.centre, y, layers
    # --8<-- [end:begin]


# --8<-- [start:learn]
@checked
def names_of(setting: Setting) -> list[Name]:
    """Name the activation function of each layer."""
    return [*[setting.activation] * setting.depth, "sigmoid"]


@checked
def learn(
    setting: Setting, generator: torch.Generator, steps: Steps = 300
) -> tuple[PerLayer[Layer], list[float]]:
    """Train by gradient descent; return the layers, and each step's loss."""
    x, y, layers = begin(setting, generator)
    names = names_of(setting)
    losses = []
    for step in range(steps + 1):
        y_hat, caches = forward(x, layers, names)
        losses.append(cross_entropy_of_z(caches[-1].z, y).item())
        if step < steps:
            wrong = faulty_backward(y_hat - y, caches, names, setting.fault)
            layers = update(layers, wrong, setting.rate)
    return layers, losses
    # --8<-- [end:learn]


# --8<-- [start:RUNS]
HEALTHY = Setting()
STAYS = {
    "too small a rate": Setting(rate=0.001),
    "ten sigmoid layers": Setting(activation="sigmoid", depth=10),
    "dead units": Setting(bias=-5),
}
JUMPS = {
    "too large a rate": Setting(rate=20),
    "too large weights": Setting(variance=200),
    "inputs of hundreds": Setting(scale=300),
}
STOPS = {
    "equal weights": Setting(activation="tanh", equal=True),
    "inputs off centre": Setting(centre=2),
    "a faulty gradient": Setting(fault="transpose forgotten"),
}
RUNS = {"nothing wrong": HEALTHY} | STAYS | JUMPS | STOPS
# --8<-- [end:RUNS]


# --8<-- [start:draw_stays]
@book_style()
def draw_stays() -> Figure:
    """Draw three losses that stay where they are."""
    return _draw_losses(STAYS, ylim=(0, 1), yticks=(0, 0.5, 1))


@book_style()
def draw_jumps() -> Figure:
    """Draw three losses that jump, or begin far up."""
    return _draw_losses(JUMPS, yscale="log", ylim=(0.03, 1e7))


@book_style()
def draw_stops() -> Figure:
    """Draw three losses that fall, and stop too soon."""
    return _draw_losses(STOPS, ylim=(0, 1), yticks=(0, 0.5, 1))


def _draw_losses(runs: Mapping[str, Setting], **frame: object) -> Figure:
    """Draw the loss of each run beside that of the one with nothing wrong."""
    figure, panels = new_axes(height=2.9, columns=len(runs))
    healthy = _losses(HEALTHY)
    blue = PALETTE["blue"]
    for axes, (title, setting) in zip(panels, runs.items(), strict=True):
        axes.plot(healthy, "--", color=INK, linewidth=1, label="nothing wrong")
        axes.plot(_losses(setting), color=blue, label="this run")
        axes.set(title=title, xlabel="step", xticks=(0, 150, 300), **frame)
        axes.label_outer()
    panels[0].set_ylabel("loss")
    legend = panels[0].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=2)
    return figure


def _losses(setting: Setting) -> list[float]:
    return learn(setting, torch.Generator().manual_seed(0))[1]
    # --8<-- [end:draw_stays]


# --8<-- [start:Signs]
class Signs(NamedTuple):
    """What tells one failure from another."""

    first_loss: float
    step: float  # how long it is, as a share of the length of all parameters
    share: float  # of the gradient's length that is in the first layer
    silent: float  # share of hidden units whose slope is 0 at each example
    different: int  # units of the first layer, twins counted once
    centre: float  # mean of the inputs
    spread: float  # and their standard deviation
    check: float  # relative error of the gradient
    # --8<-- [end:Signs]


# --8<-- [start:look]
@checked
def look(setting: Setting, generator: torch.Generator) -> Signs:
    """Look at a network before its first step."""
    x, y, layers = begin(setting, generator)
    names = names_of(setting)
    y_hat, caches = forward(x, layers, names)
    found = faulty_backward(y_hat - y, caches, names, setting.fault)
    gradient = flat(found)
    length = gradient.norm()
    return Signs(
        first_loss=cross_entropy_of_z(caches[-1].z, y).item(),
        step=(setting.rate * length / flat(layers).norm()).item(),
        share=(found[0].dW.norm() / length).item(),
        silent=share_silent(caches[:-1], setting.activation),
        different=len(layers[0].W.unique(dim=0)),
        centre=x.mean().item(),
        spread=x.std().item(),
        check=relative_error(gradient, by_differences(x, y, layers, names)),
    )


@checked
def share_silent(hidden: Sequence[Cache], activation: Name) -> float:
    """Return the share of hidden units whose slope is 0 at each example."""
    slope = ACTIVATIONS[activation].derivative
    flat_there = torch.cat([slope(cache.z) == 0 for cache in hidden])
    return flat_there.all(dim=1).double().mean().item()
    # --8<-- [end:look]


# --8<-- [start:silent_after]
@checked
def silent_after(
    setting: Setting, generator: torch.Generator, steps: Steps = 100
) -> float:
    """Train, and return the share of hidden units that are silent then."""
    state = generator.get_state()
    layers, _ = learn(setting, generator, steps)
    x, _, _ = begin(setting, generator.set_state(state))
    _, caches = forward(x, layers, names_of(setting))
    return share_silent(caches[:-1], setting.activation)
    # --8<-- [end:silent_after]
