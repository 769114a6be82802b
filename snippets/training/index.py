"""Learning as it is practised: mini-batches, schedules and optimisers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import disc
from snippets.activation.sigmoid import sigmoid
from snippets.contract import (
    Count,
    Examples,
    LearningRate,
    PerLayer,
    Share,
    Steps,
    checked,
    named,
)
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import require_finite, update
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z

Kept = named(float, "be at least 0 and below 1", lambda p: 0 <= p < 1)
Decay = named(float, "be at least 0", lambda decay: decay >= 0)


# --8<-- [start:batches]
@checked
def batches(
    examples: Count, size: Count, generator: torch.Generator
) -> list[Int64[Tensor, "_"]]:
    """Shuffle the examples and cut them into batches; the last may be short."""
    return list(torch.randperm(examples, generator=generator).split(size))
    # --8<-- [end:batches]


# --8<-- [start:Memory]
class Memory(NamedTuple):
    """What an optimiser remembers of one parameter, or of a matrix of them."""

    v: Float[Tensor, "*any"]  # the velocity
    s: Float[Tensor, "*any"]  # the mean square
    t: Steps  # how many gradients there were
    # --8<-- [end:Memory]


Turned = tuple[Float[Tensor, "*any"], Memory]


# --8<-- [start:plain]
@checked
def plain(dw: Float[Tensor, "*any"], memory: Memory) -> Turned:
    """Go along the gradient, and remember nothing."""
    return dw, memory
    # --8<-- [end:plain]


# --8<-- [start:momentum]
@checked
def momentum(
    dw: Float[Tensor, "*any"], memory: Memory, p: Kept = 0.9
) -> Turned:
    """Go along a velocity, v = p v + dw."""
    v = p * memory.v + dw
    return v, memory._replace(v=v)
    # --8<-- [end:momentum]


# --8<-- [start:rmsprop]
@checked
def rmsprop(
    dw: Float[Tensor, "*any"], memory: Memory, q: Kept = 0.99
) -> Turned:
    """Divide by the root of the mean square, s = q s + (1 - q) dw^2."""
    s = q * memory.s + (1 - q) * dw**2
    return dw / (s.sqrt() + 1e-8), memory._replace(s=s)
    # --8<-- [end:rmsprop]


# --8<-- [start:adam]
@checked
def adam(
    dw: Float[Tensor, "*any"], memory: Memory, p: Kept = 0.9, q: Kept = 0.999
) -> Turned:
    """Divide the mean gradient by the root mean square, both corrected."""
    t = memory.t + 1
    v = p * memory.v + (1 - p) * dw
    s = q * memory.s + (1 - q) * dw**2
    v_hat, s_hat = v / (1 - p**t), s / (1 - q**t)
    return v_hat / (s_hat.sqrt() + 1e-8), Memory(v, s, t)
    # --8<-- [end:adam]


# --8<-- [start:step_by]
Memories = PerLayer[tuple]  # the Memory of W and that of b


@checked
def remember_nothing(layers: PerLayer[Layer]) -> Memories:
    """Return the memory with which every optimiser starts."""
    return [
        (Memory(0 * W, 0 * W, 0), Memory(0 * b, 0 * b, 0)) for W, b in layers
    ]


@checked
def step_by(
    optimiser: Callable,
    layers: PerLayer[Layer],
    gradients: PerLayer[Gradient],
    memories: Memories,
    learning_rate: LearningRate,
    decay: Decay = 0,
) -> tuple[PerLayer[Layer], Memories]:
    """Let an optimiser turn each gradient, and take the step of descent."""
    directions, remembered = [], []
    for l, (dW, db) in enumerate(gradients):
        dW, of_W = optimiser(dW, memories[l][0])
        db, of_b = optimiser(db, memories[l][1])
        directions.append(Gradient(dW + decay * layers[l].W, db))
        remembered.append((of_W, of_b))
    return update(layers, directions, learning_rate), remembered
    # --8<-- [end:step_by]


# --8<-- [start:train]
class Plan(NamedTuple):
    """How to train: a learning rate for each epoch, and all else."""

    names: Sequence[str]  # of the activation functions
    output: Callable  # makes predictions of the last z
    optimiser: Callable
    rates: Sequence[float]
    size: int  # of a batch
    decay: float = 0  # of the weights


@checked
def train(
    layers: PerLayer[Layer],
    x: Examples["inputs m"],
    y: Share["outputs m"],
    plan: Plan,
    generator: torch.Generator,
) -> list[PerLayer[Layer]]:
    """Return the network before training and after each epoch."""
    history, memories, step = [layers], remember_nothing(layers), 0
    for rate in plan.rates:
        for batch in batches(x.shape[1], plan.size, generator):
            _, caches = forward(x[:, batch], layers, plan.names)
            error = plan.output(caches[-1].z) - y[:, batch]
            gradients = backward(error, caches, plan.names)
            layers, memories = step_by(
                *(plan.optimiser, layers, gradients, memories, rate),
                decay=plan.decay,
            )
            step += 1
            require_finite(layers, step)
        history.append(layers)
    return history
    # --8<-- [end:train]


NAMES = ("relu", "sigmoid")
SEEDS = range(1, 6)
EPOCHS = 30


# --8<-- [start:losses_on_disc]
@checked
def losses_on_disc(
    optimiser: Callable, rates: Sequence[LearningRate], size: Count, seed: Steps
) -> list[float]:
    """Train eight hidden units on 120 points; return the loss by epochs."""
    generator = torch.Generator().manual_seed(seed)
    x, y = disc(generator, count=120)
    layers = initialise((2, 8, 1), generator)
    plan = Plan(NAMES, sigmoid, optimiser, rates, size)
    return [
        cross_entropy_of_z(forward(x, now, NAMES)[1][-1].z, y).item()
        for now in train(layers, x, y, plan, generator)
    ]
    # --8<-- [end:losses_on_disc]


# --8<-- [start:noise_of_batches]
@checked
def noise_of_batches(size: Count, seed: Steps = 1) -> float:
    """Relative error of a batch's gradient, the root mean square of many."""
    generator = torch.Generator().manual_seed(seed)
    x, y = disc(generator, count=120)
    layers = initialise((2, 8, 1), generator)

    def gradient(batch: Tensor) -> Tensor:
        """Return all derivatives over a batch, in one row."""
        y_hat, caches = forward(x[:, batch], layers, NAMES)
        pairs = backward(y_hat - y[:, batch], caches, NAMES)
        return torch.cat([part.flatten() for pair in pairs for part in pair])

    whole = gradient(torch.arange(120))
    parts = [
        gradient(batch)
        for _ in range(200 * size // 120 + 1)
        for batch in batches(120, size, generator)
    ]
    squares = torch.stack([(part - whole).square().sum() for part in parts])
    return (squares.mean().sqrt() / whole.norm()).item()
    # --8<-- [end:noise_of_batches]


# --8<-- [start:draw_batches]
@book_style()
def draw_batches() -> Figure:
    """Draw the loss by epochs for three sizes of a batch."""
    figure, (axes,) = new_axes()
    for size, name, colour, line in (
        (120, "all 120 at once", PALETTE["blue"], "-"),
        (30, "batches of 30", PALETTE["green"], "-."),
        (6, "batches of 6", PALETTE["orange"], "--"),
    ):
        curves = [
            losses_on_disc(plain, [2.0] * EPOCHS, size, seed) for seed in SEEDS
        ]
        _draw_spread(axes, curves, name, colour, line)
    axes.set(xlabel="epochs", ylabel="loss", xlim=(0, EPOCHS), ylim=(0, 0.9))
    axes.legend()
    return figure


def _draw_spread(
    axes: Axes, curves: list[list[float]], name: str, colour: str, line: str
) -> None:
    """Draw the median of several curves, and a band from least to most."""
    values = torch.tensor(curves)
    epochs = range(values.shape[1])
    low, high = values.amin(dim=0), values.amax(dim=0)
    axes.fill_between(epochs, low, high, color=colour, alpha=0.2, linewidth=0)
    axes.plot(epochs, values.median(dim=0)[0], line, color=colour, label=name)
    # --8<-- [end:draw_batches]


# --8<-- [start:draw_rates]
@book_style()
def draw_rates() -> Figure:
    """Draw the loss by epochs for three learning rates and a schedule."""
    figure, (axes,) = new_axes()
    falling = [2 * (1 - epoch / EPOCHS) for epoch in range(EPOCHS)]
    for rates, name, colour, line in (
        ([0.03] * EPOCHS, "0.03, too small", PALETTE["blue"], ":"),
        ([10.0] * EPOCHS, "10, too large", PALETTE["green"], "-."),
        ([2.0] * EPOCHS, "2, about right", INK, "--"),
        (falling, "from 2 down to 0", PALETTE["orange"], "-"),
    ):
        losses = losses_on_disc(plain, rates, size=12, seed=3)
        axes.plot(losses, line, color=colour, label=name)
    axes.set(xlabel="epochs", ylabel="loss", xlim=(0, EPOCHS), ylim=(0.05, 12))
    axes.set_yscale("log")
    axes.set_yticks((0.1, 1, 10), ("0.1", "1", "10"))
    axes.legend(loc="upper right", ncols=2)
    return figure
    # --8<-- [end:draw_rates]


# --8<-- [start:path]
@checked
def path(
    optimiser: Callable,
    learning_rate: LearningRate,
    steps: Steps,
    start: tuple[float, float] = (0.0, 2.0),  # w and b
) -> Float[Tensor, "points 2"]:
    """Fit w x + b to three points by half the squared error; return the way."""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    y = 2 * x - 1
    point = torch.tensor(start, dtype=torch.float64)
    memory, points = Memory(0 * point, 0 * point, 0), [point]
    for _ in range(steps):
        error = point[0] * x + point[1] - y
        slopes = torch.stack(((error * x).mean(), error.mean()))
        direction, memory = optimiser(slopes, memory)
        point = point - learning_rate * direction
        points.append(point)
    return torch.stack(points)
    # --8<-- [end:path]


# --8<-- [start:draw_surface]
WAYS = {
    "gradient descent": (plain, 0.34, PALETTE["blue"], "-"),
    "momentum": (momentum, 0.05, PALETTE["green"], "-."),
    "Adam": (adam, 0.2, PALETTE["orange"], "--"),
}


@book_style()
def draw_surface() -> Figure:
    """Draw the loss over two parameters, and three ways down to its bottom."""
    figure, (axes,) = new_axes(height=4.2)
    w, b = torch.linspace(-0.4, 3, 120), torch.linspace(-2, 2.6, 120)
    errors = [(w - 2) * x + (b[:, None] + 1) for x in (1, 2, 3)]
    loss = sum(error**2 for error in errors) / 6
    levels = (0.003, 0.02, 0.1, 0.3, 1, 2, 4)
    axes.contour(w, b, loss, levels, colors=INK, linewidths=0.5, alpha=0.5)
    for name, (optimiser, rate, colour, line) in WAYS.items():
        ways = path(optimiser, rate, steps=30).T
        look = {"marker": "o", "markersize": 3, "linewidth": 1.2}
        (way,) = axes.plot(*ways, line, color=colour, label=name, **look)
        way.set_gid("live-way")
    axes.plot(2, -1, "x", color=INK, markersize=9)
    axes.set(xlabel="$w$", ylabel="$b$", xlim=(-0.4, 3), ylim=(-2, 2.6))
    figure.legend(loc="outside lower center", ncols=3)
    return figure
    # --8<-- [end:draw_surface]


# --8<-- [start:draw_optimisers]
@book_style()
def draw_optimisers() -> Figure:
    """Draw the loss by epochs for four optimisers and five starts."""
    figure, panels = new_axes(height=3.8, columns=2)
    for axes, pair in zip(
        panels,
        (
            (
                (plain, 1.0, "plain", "blue", "-"),
                (momentum, 0.1, "momentum", "green", "-."),
            ),
            (
                (rmsprop, 0.03, "RMSProp", "blue", "-"),
                (adam, 0.1, "Adam", "orange", "--"),
            ),
        ),
        strict=True,
    ):
        for optimiser, rate, name, colour, line in pair:
            curves = [
                losses_on_disc(optimiser, [rate] * EPOCHS, 12, seed)
                for seed in SEEDS
            ]
            _draw_spread(axes, curves, name, PALETTE[colour], line)
        axes.set(xlabel="epochs", xlim=(0, EPOCHS), ylim=(0, 0.9))
        axes.grid(axis="y", linewidth=0.4, color=INK, alpha=0.3)
        axes.legend()
    panels[0].set_ylabel("loss")
    return figure
    # --8<-- [end:draw_optimisers]
