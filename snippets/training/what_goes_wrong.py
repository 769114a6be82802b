"""Training runs that fail, each beside one that does not, and what to look at.

The network tells whether a point lies in a disc. One thing is wrong in each
run, and everything else is as it should be.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import disc
from snippets.activation.sigmoid import sigmoid
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
from snippets.propagation.backward import Gradient
from snippets.propagation.descent import update
from snippets.propagation.forward import ACTIVATIONS, Cache, Name, forward
from snippets.propagation.gradient_check import (
    faulty_backward,
    flat,
    numerical_gradients,
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
    longest: float = math.inf  # a longer gradient is clipped to this length
    examples: Count = 200
    centre: Number = 0.0  # of the inputs
    scale: Number = 1.0  # of the inputs
    fault: str = "none"  # of the code
    # --8<-- [end:Setting]


# --8<-- [start:begin]
@checked
def begin(
    setting: Setting, generator: torch.Generator
) -> tuple[Float[Tensor, "2 m"], Bit["1 m"], PerLayer[Layer]]:
    """Return inputs, targets and a network that has not learnt yet."""
    x, y = disc(generator, setting.examples)
    if setting.fault == "targets moved on":
        y = y.roll(1, dims=1)  # each example has the target of another
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


# --8<-- [start:go_forward]
@checked
def names_of(setting: Setting) -> list[Name]:
    """Name the activation function of each layer."""
    return [*[setting.activation] * setting.depth, "sigmoid"]


@checked
def go_forward(
    setting: Setting,
    x: Float[Tensor, "2 m"],
    y: Bit["1 m"],
    layers: PerLayer[Layer],
) -> tuple[Float[Tensor, ""], Float[Tensor, "1 m"], PerLayer[Cache]]:
    """Return the loss, the last layer's dz, and what the way back needs."""
    y_hat, caches = forward(x, layers, names_of(setting))
    z, slope = caches[-1].z, 1.0
    if setting.fault == "sigmoid twice":
        z, slope = y_hat, y_hat * (1 - y_hat)
    if setting.fault == "shapes broadcast":
        y = y.mean().expand_as(y)  # each prediction meets every target
    return cross_entropy_of_z(z, y), (sigmoid(z) - y) * slope, caches
    # --8<-- [end:go_forward]


# --8<-- [start:clip]
@checked
def clip(gradients: PerLayer[Gradient], longest: float) -> PerLayer[Gradient]:
    """Shorten all derivatives alike, to a length of `longest` at most."""
    length = flat(gradients).norm().item()
    factor = min(1.0, longest / length) if length else 1.0
    return [Gradient(factor * dW, factor * db) for dW, db in gradients]
    # --8<-- [end:clip]


# --8<-- [start:learning]
class Moment(NamedTuple):
    """A run just before one of its steps."""

    layers: PerLayer[Layer]
    loss: float
    length: float  # of the gradient


@checked
def learning(setting: Setting, generator: torch.Generator) -> Iterator[Moment]:
    """Train by gradient descent, for as long as somebody looks on."""
    x, y, layers = begin(setting, generator)
    fault, added = setting.fault, None
    while True:
        loss, dz, caches = go_forward(setting, x, y, layers)
        found = faulty_backward(dz, caches, names_of(setting), fault)
        if fault == "gradients not reset":
            pairs = zip(found, added, strict=True) if added else ()
            found = added = [
                Gradient(*map(torch.add, *p)) for p in pairs
            ] or found
        yield Moment(layers, loss.item(), flat(found).norm().item())
        moved = update(layers, clip(found, setting.longest), setting.rate)
        layers = [layers[0], *moved[1:]] if fault == "layer left out" else moved


@checked
def learn(
    setting: Setting, generator: torch.Generator, steps: Steps = 300
) -> tuple[PerLayer[Layer], list[float]]:
    """Train; return the layers, and the loss before each step and after."""
    way = [*islice(learning(setting, generator), steps + 1)]
    return way[-1].layers, [moment.loss for moment in way]
    # --8<-- [end:learning]


# --8<-- [start:RUNS]
HEALTHY = Setting()
STAYS = {
    "too small a rate": Setting(rate=0.001),
    "ten sigmoid layers": Setting(activation="sigmoid", depth=10),
    "dead units": Setting(bias=-5),
    "weights of 0": Setting(variance=0),
    "shapes broadcast": Setting(fault="shapes broadcast"),
    "targets moved on": Setting(fault="targets moved on"),
}
JUMPS = {
    "too large a rate": Setting(rate=3),
    "too large weights": Setting(variance=200),
    "inputs of hundreds": Setting(scale=300),
    "inputs off centre": Setting(centre=2),
    "gradients not reset": Setting(fault="gradients not reset"),
}
STOPS = {
    "equal weights": Setting(equal=True, bias=0.1),
    "a faulty gradient": Setting(fault="transpose forgotten"),
    "a layer left out": Setting(fault="layer left out"),
    "sigmoid twice": Setting(fault="sigmoid twice"),
    "30 examples": Setting(examples=30),
}
RUNS = {"nothing wrong": HEALTHY} | STAYS | JUMPS | STOPS
# --8<-- [end:RUNS]


# --8<-- [start:draw_stays]
@book_style()
def draw_stays() -> Figure:
    """Draw the losses that stay where they are."""
    return _draw_losses(STAYS, ylim=(0, 1), yticks=(0, 0.5, 1))


@book_style()
def draw_jumps() -> Figure:
    """Draw the losses that jump, or begin far up."""
    return _draw_losses(JUMPS, yscale="log", ylim=(0.03, 1e4))


@book_style()
def draw_stops() -> Figure:
    """Draw the losses that fall, and stop too soon."""
    return _draw_losses(STOPS, ylim=(0, 1), yticks=(0, 0.5, 1))


ORANGE = PALETTE["orange"]


def _draw_losses(runs: Mapping[str, Setting], **frame: object) -> Figure:
    """Draw the loss of each run beside that of the one with nothing wrong."""
    figure, panels = new_axes(height=4.4, columns=3, rows=2)
    figure.get_layout_engine().set(hspace=0.12)  # below each row
    healthy = _losses(HEALTHY)
    blue = PALETTE["blue"]
    for axes, (title, setting) in zip(panels, runs.items(), strict=False):
        axes.plot(healthy, "--", color=INK, linewidth=1, label="nothing wrong")
        axes.plot(_losses(setting), color=blue, label="this run")
        axes.set(xlabel="step", xticks=(0, 150, 300), **frame)
        axes.set_title(title, fontsize="medium")
        axes.label_outer()
    for spare in panels[len(runs) :]:
        spare.set_axis_off()
    panels[0].set_ylabel("loss")
    if "30 examples" in runs:
        fresh = fresh_losses(runs["30 examples"])
        panels[len(runs) - 1].plot(
            fresh, "-.", color=ORANGE, label="fresh examples"
        )
    legend = panels[len(runs) - 1].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=3)
    return figure


@cache
def _losses(setting: Setting) -> list[float]:
    return learn(setting, torch.Generator().manual_seed(0))[1]


@checked
def fresh_losses(setting: Setting, steps: Steps = 300) -> list[float]:
    """Return the loss on 1000 fresh examples, before each step."""
    x, y = disc(torch.Generator().manual_seed(1), 1000)
    run = learning(setting, torch.Generator().manual_seed(0))
    return [
        go_forward(setting, x, y, moment.layers)[0].item()
        for moment in islice(run, steps + 1)
    ]
    # --8<-- [end:draw_stays]


# --8<-- [start:draw_late]
@book_style()
def draw_late() -> Figure:
    """Draw a run that leaps after 290 good steps, and the same one clipped."""
    figure, panels = new_axes(height=2.9, columns=2)
    for longest, label, colour, line in (
        (math.inf, "as it is", PALETTE["blue"], "-"),
        (0.3, "clipped to 0.3", ORANGE, "--"),
    ):
        setting = HEALTHY._replace(longest=longest)
        run = learning(setting, torch.Generator().manual_seed(3))
        _, *values = zip(*islice(run, 401), strict=True)
        for axes, value in zip(panels, values, strict=True):
            axes.plot(value, line, color=colour, label=label)
    for axes, title in zip(
        panels, ("loss", "length of the gradient"), strict=True
    ):
        axes.set(title=title, xlabel="step", yscale="log", ylim=(0.005, 10))
        axes.set(xlim=(0, 400), xticks=(0, 200, 400))
        axes.set_yticks((0.01, 0.1, 1, 10), ("0.01", "0.1", "1", "10"))
        axes.minorticks_off()
    legend = panels[0].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=2)
    return figure
    # --8<-- [end:draw_late]


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


@checked
def short(number: float) -> str:
    """Write 0.02, but with a power of ten what is below a thousandth."""
    if number == math.inf:
        return "∞"
    if number == 0 or number >= 0.001:
        return f"{number:.1g}"
    digit, power = f"{number:.0e}".split("e")
    return f"${digit} \\cdot 10^{{{int(power)}}}$".replace("$1 \\cdot ", "$")
    # --8<-- [end:Signs]


# --8<-- [start:look]
@checked
def look(setting: Setting, generator: torch.Generator) -> Signs:
    """Look at a network before its first step."""
    x, y, layers = begin(setting, generator)
    loss, dz, caches = go_forward(setting, x, y, layers)
    found = faulty_backward(dz, caches, names_of(setting), setting.fault)
    gradient = flat(found)
    length, size = gradient.norm(), flat(layers).norm()
    judge = numerical_gradients(
        lambda moved: go_forward(setting, x, y, moved)[0], layers
    )
    return Signs(
        first_loss=loss.item(),
        step=(setting.rate * length / size).item(),  # endless if all are 0
        share=(found[0].dW.norm() / length).item(),
        silent=share_silent(caches[:-1], setting.activation),
        different=len(layers[0].W.unique(dim=0)),
        centre=x.mean().item(),
        spread=x.std().item(),
        check=relative_error(gradient, flat(judge)),
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
