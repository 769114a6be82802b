"""A network to play with, whose every run a browser can repeat.

Torch's random numbers cannot be had in a browser, so that data, first weights
and batches come from a small generator that both have.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from snippets.contract import Bit, PerLayer, Steps, checked
from snippets.figure import (
    CLASSES,
    INK,
    PALETTE,
    WIDTH,
    Picture,
    book_style,
    draw_classes,
    shade_class,
)
from snippets.network import Layer
from snippets.propagation.backward import backward
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.loss import cross_entropy_of_z
from snippets.training.index import (
    adam,
    momentum,
    plain,
    remember_nothing,
    rmsprop,
    step_by,
)

OPTIMISERS = {
    "plain": plain,
    "momentum": momentum,
    "RMSProp": rmsprop,
    "Adam": adam,
}
HALF = 120  # examples to train with, and as many to test
LIMIT = 1.3  # the pictures go a little beyond the points


# --8<-- [start:Chance]
class Chance:
    """Random numbers that a seed repeats, in any language (mulberry32)."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self) -> float:
        """Return a number from 0 to 1."""
        self.seed = (self.seed + 0x6D2B79F5) % 2**32
        t = (self.seed ^ self.seed >> 15) * (self.seed | 1) % 2**32
        t ^= (t + (t ^ t >> 7) * (t | 61)) % 2**32
        return (t ^ t >> 14) / 2**32

    def normal(self) -> float:
        """Return one that is normally distributed."""
        far = math.sqrt(-2 * math.log(1 - self.uniform()))
        return far * math.cos(2 * math.pi * self.uniform())
        # --8<-- [end:Chance]


# --8<-- [start:Setting]
class Setting(NamedTuple):
    """What a reader can choose."""

    data: str = "spiral"
    noise: float = 0.02
    layers: int = 2  # hidden ones
    units: int = 8  # in each of them
    activation: str = "tanh"
    optimiser: str = "Adam"
    rate: float = 0.03
    batch: int = 30
    decay: float = 0
    first: float = 1  # by which the first weights are multiplied
    seed: int = 1

    @property
    def names(self) -> list[str]:
        """The activation functions, layer by layer."""
        return [self.activation] * self.layers + ["sigmoid"]

    @property
    def sizes(self) -> list[int]:
        """How many inputs there are, and units in each layer."""
        return [2, *[self.units] * self.layers, 1]
        # --8<-- [end:Setting]


# --8<-- [start:EXPERIMENTS]
EXPERIMENTS = {
    "1, no hidden layer": Setting("XOR", layers=0),
    "2, closing a ring": Setting("circles", 0.05, layers=1, units=2),
    "3, slow layers": Setting(
        layers=3, activation="sigmoid", optimiser="plain", rate=0.3
    ),
    "4, killing units": Setting(
        *("circles", 0.02, 1, 8, "relu"), optimiser="plain", rate=10
    ),
    "5, learning by heart": Setting("moons", 0.3, layers=3, rate=0.01),
    "6, from nothing": Setting(first=0),
}
# --8<-- [end:EXPERIMENTS]


# --8<-- [start:point]
@checked
def point(data: str, y: int, chance: Chance) -> tuple[float, float, int]:
    """Return a point of a set of data, and its class, which XOR decides."""
    if data == "XOR":
        x = [2 * chance.uniform() - 1 for _ in range(2)]
        return *x, int(x[0] * x[1] < 0)
    side, u = 1 - 2 * y, chance.uniform()
    if data == "moons":
        turn = math.pi * u
        right, up = math.cos(turn) - 0.5, math.sin(turn) - 0.25
        return 0.62 * side * right, 0.62 * side * up, y
    far = 0.1 + 0.85 * u if data == "spiral" else 0.9 - 0.5 * y
    turn = 2 * math.pi * u + (math.pi * y if data == "spiral" else 0)
    return far * math.cos(turn), far * math.sin(turn), y
    # --8<-- [end:point]


# --8<-- [start:begin]
class Start(NamedTuple):
    """A network before its training, with examples to train and to test."""

    layers: PerLayer[Layer]
    x: Float[Tensor, "2 m"]
    y: Bit["1 m"]
    x_test: Float[Tensor, "2 m"]
    y_test: Bit["1 m"]
    chance: Chance


@checked
def begin(setting: Setting) -> Start:
    """Draw points and first weights; biases are 0."""
    chance, rows = Chance(setting.seed), []
    for i in range(2 * HALF):
        *place, y = point(setting.data, i % 2, chance)
        rows.append([v + setting.noise * chance.normal() for v in place] + [y])
    columns = torch.tensor(rows, dtype=torch.float64).T
    layers = []
    for n, k in zip(setting.sizes, setting.sizes[1:], strict=False):
        size = setting.first / math.sqrt(n)
        W = [[size * chance.normal() for _ in range(n)] for _ in range(k)]
        W = torch.tensor(W, dtype=torch.float64)
        layers.append(Layer(W, W.new_zeros(k, 1)))
    train, test = columns.split(HALF, dim=1)
    return Start(layers, train[:2], train[2:], test[:2], test[2:], chance)
    # --8<-- [end:begin]


# --8<-- [start:play]
@checked
def batches(setting: Setting, chance: Chance, steps: int) -> Iterator:
    """Yield the examples of each step; all are shuffled for each epoch."""
    order, epoch = list(range(HALF)), -(-HALF // setting.batch)
    for step in range(steps):
        if setting.batch < HALF and step % epoch == 0:
            for last in range(HALF - 1, 0, -1):
                other = int(chance.uniform() * (last + 1))
                order[last], order[other] = order[other], order[last]
        start = step % epoch * setting.batch
        yield order[start : start + setting.batch]


@checked
def play(setting: Setting, steps: Steps) -> list[PerLayer[Layer]]:
    """Return the network before training and after each step."""
    layers, x, y, *_, chance = begin(setting)
    history, memories = [layers], remember_nothing(layers)
    optimiser = OPTIMISERS[setting.optimiser]
    for batch in batches(setting, chance, steps):
        y_hat, caches = forward(x[:, batch], layers, setting.names)
        gradients = backward(y_hat - y[:, batch], caches, setting.names)
        layers, memories = step_by(
            *(optimiser, layers, gradients, memories, setting.rate),
            decay=setting.decay,
        )
        history.append(layers)
    return history
    # --8<-- [end:play]


# --8<-- [start:look]
class Look(NamedTuple):
    """What the playground tells of a network."""

    training: float  # loss
    test: float
    right: float  # share of test points
    gradients: list[float]  # their length, layer by layer
    dead: int  # hidden units whose slope is 0 for each training point


@checked
def look(setting: Setting, layers: PerLayer[Layer]) -> Look:
    """Look at a network, with all of its training and test points."""
    _, x, y, x_test, y_test, _ = begin(setting)
    y_hat, caches = forward(x, layers, setting.names)
    z_test = forward(x_test, layers, setting.names)[1][-1].z
    gradients = backward(y_hat - y, caches, setting.names)
    slope = ACTIVATIONS[setting.activation].derivative
    return Look(
        cross_entropy_of_z(caches[-1].z, y).item(),
        cross_entropy_of_z(z_test, y_test).item(),
        ((z_test > 0) == (y_test > 0)).double().mean().item(),
        [math.hypot(dW.norm(), db.norm()) for dW, db in gradients],
        sum(int((slope(c.z) == 0).all(1).sum()) for c in caches[:-1]),
    )
    # --8<-- [end:look]


# --8<-- [start:draw_playground]
STEPS = 600
INCH = 0.025  # a pixel of the units' sheet, which has 28 by 24 for each


@book_style()
def draw_playground() -> Figure:
    """Draw what a network says, its losses, its gradients and its units."""
    setting = Setting()
    history = play(setting, STEPS)
    figure = Picture(figsize=(WIDTH, 5.1))
    answer, losses, lengths, sheet = (
        figure.add_axes((x / WIDTH, y / 5.1, width / WIDTH, height / 5.1))
        for x, y, width, height in (
            (0.05, 1.95, 3.1, 3.1),
            (3.75, 3.75, 2.6, 1.05),
            (3.75, 2.2, 2.6, 0.75),
            (0.85, 0.05, 224 * INCH, 72 * INCH),
        )
    )
    draw_answer(answer, setting, history[-1])
    draw_progress(losses, setting, history)
    draw_lengths(lengths, look(setting, history[-1]).gradients)
    draw_units(sheet, setting, history[-1])
    return figure


def draw_answer(axes: Axes, setting: Setting, layers: list[Layer]) -> None:
    """Draw the points, those to test smaller, and the region of class 1."""
    axes.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT))
    axes.set_axis_off()
    shade_class(axes, lambda p: forward(p, layers, setting.names)[0][0] - 0.5)
    axes.collections[0].set_gid("live-drawn")
    _, x, y, x_test, y_test, _ = begin(setting)
    for target, (marker, colour, filling) in CLASSES.items():
        style = {"marker": marker, "edgecolors": colour, "facecolors": filling}
        style |= {"s": 4, "linewidths": 0.8, "gid": "live-drawn"}
        axes.scatter(*x_test[:, y_test[0] == target], **style)
    draw_classes(axes, x, y[0], size=4)
    for points in axes.lines:
        points.set_gid("live-drawn")


def draw_progress(axes: Axes, setting: Setting, history: list) -> None:
    """Draw the loss on training and on test points, every ten steps."""
    looks = [look(setting, layers) for layers in history[::10]]
    for part, colour, line in (
        ("training", "blue", "-"),
        ("test", "orange", "--"),
    ):
        values = [getattr(at, part) for at in looks]
        style = {"color": PALETTE[colour], "label": part, "gid": "live-drawn"}
        axes.plot(range(0, len(history), 10), values, line, **style)
    axes.set(xlim=(0, 2000), ylim=(0, 1), yticks=(0, 0.5, 1))
    axes.set_xticks((0, 1000, 2000), ("0", "1000 steps", "2000"))
    axes.set_title("loss", loc="left")
    beside = {"ncols": 2, "handlelength": 1.4, "borderaxespad": 0}
    axes.legend(loc="lower right", bbox_to_anchor=(1.06, 0.96), **beside)


def draw_lengths(axes: Axes, lengths: list[float]) -> None:
    """Draw how long the gradient of each layer is, in powers of ten."""
    for place, length in enumerate(lengths, start=1):
        top = max(-6, math.log10(length))
        style = {"color": PALETTE["green"], "gid": "live-drawn"}
        style |= {"linewidth": 9, "solid_capstyle": "butt"}  # no longer
        axes.plot((place, place), (-6, top), **style)
    axes.set(
        xlim=(0.5, 4.5), ylim=(-6, 1), title="length of the gradient by layer"
    )
    axes.set_yticks((-6, -3, 0), ("$10^{-6}$", "$10^{-3}$", "1"))
    axes.set_xticks(range(1, 5))


def draw_units(sheet: Axes, setting: Setting, layers: list[Layer]) -> None:
    """Draw for each hidden unit where its z is above 0, layer by layer."""
    sheet.set(xlim=(0, 8), ylim=(3, 0))
    sheet.set_axis_off()
    side = torch.linspace(-LIMIT, LIMIT, 23, dtype=torch.float64)
    points = torch.stack(torch.meshgrid(side, side, indexing="xy"))
    _, caches = forward(points.flatten(1), layers, setting.names)
    across, down = (side / LIMIT + 1) * 11, (1 - side / LIMIT) * 11
    for row, cache in enumerate(caches[:-1]):
        sheet.text(-0.15, row + 0.5, f"layer {row + 1}", ha="right")
        for column, z in enumerate(cache.z.reshape(-1, 23, 23)):
            place = (column + (3 + across) / 28, row + (1 + down) / 24)
            top = float(z.max().clamp(min=0)) + 1
            shade = {"colors": CLASSES[1].colour, "alpha": 0.3}
            region = sheet.contourf(*place, z, (0, top), **shade)
            region.set_gid("live-drawn")
            frame = Rectangle((column + 3 / 28, row + 1 / 24), 22 / 28, 22 / 24)
            frame.set(facecolor="none", edgecolor=INK, linewidth=0.6)
            frame.set_gid("live-drawn")
            sheet.add_patch(frame)
    for words in sheet.texts:
        words.set(gid="live-drawn", va="center")
    # --8<-- [end:draw_playground]


@checked
def told() -> dict[str, dict]:
    """Return experiments with their steps, and what is drawn before them."""
    setting = Setting()
    found = look(setting, play(setting, STEPS)[-1])
    return {
        "experiments": {
            name: each._asdict()
            | {"until": 2000 if name == "5, learning by heart" else STEPS}
            for name, each in EXPERIMENTS.items()
        },
        "drawn": {
            "loss": [found.training, found.test],
            "right": found.right,
            "dead": found.dead,
            "units": setting.layers * setting.units,
            "norms": found.gradients,
        },
    }
