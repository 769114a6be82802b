"""An autograd engine for single numbers."""

import math
from collections.abc import Sequence
from itertools import count

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import Examples, PerLayer, Share, checked
from snippets.figure import PALETTE, blank_axes, book_style, draw_arrow
from snippets.network import Layer

# --8<-- [start:Value]
CLOCK = count()  # ticks once for each number that is made


class Value:
    """A number that remembers what it was computed from."""

    def __init__(self, data: float, *sources: tuple["Value", float]) -> None:
        self.data = data
        self.sources = sources  # each with the slope of this number along it
        self.time = next(CLOCK)
        self.grad = 0.0

    def __add__(self, other: "Value") -> "Value":
        return Value(self.data + other.data, (self, 1.0), (other, 1.0))

    def __sub__(self, other: "Value") -> "Value":
        return Value(self.data - other.data, (self, 1.0), (other, -1.0))

    def __mul__(self, other: "Value") -> "Value":
        return Value(
            self.data * other.data, (self, other.data), (other, self.data)
        )
        # --8<-- [end:Value]


# --8<-- [start:paths]
@checked
def paths(result: Value, start: Value) -> list[list[float]]:
    """Return the slopes along each path from a result back to a number."""
    if result is start:
        return [[]]
    return [
        [slope, *others]
        for source, slope in result.sources
        for others in paths(source, start)
    ]
    # --8<-- [end:paths]


# --8<-- [start:sum_over_paths]
@checked
def sum_over_paths(result: Value, start: Value) -> float:
    """Multiply the slopes along each path, and add up the products."""
    return math.fsum(math.prod(path) for path in paths(result, start))
    # --8<-- [end:sum_over_paths]


# --8<-- [start:hand_on_at_once]
@checked
def hand_on_at_once(value: Value) -> None:
    """Go back and hand on whatever has arrived: wrong behind a fork."""
    for source, slope in value.sources:
        source.grad += slope * value.grad
        hand_on_at_once(source)
    # --8<-- [end:hand_on_at_once]


# --8<-- [start:latest_first]
@checked
def latest_first(result: Value) -> list[Value]:
    """List each number that a result depends on once, the latest first."""
    found, waiting = {result}, [result]
    while waiting:
        for source, _ in waiting.pop().sources:
            if source not in found:
                found.add(source)
                waiting.append(source)
    return sorted(found, key=lambda value: value.time, reverse=True)
    # --8<-- [end:latest_first]


# --8<-- [start:backward]
@checked
def backward(result: Value) -> None:
    """Add to the grad of each source: slope times the grad of what uses it."""
    result.grad = 1.0
    for value in latest_first(result):
        for source, slope in value.sources:
            source.grad += slope * value.grad
    # --8<-- [end:backward]


# --8<-- [start:draw_handing_on]
@book_style()
def draw_handing_on() -> Figure:
    """Draw what is handed back in c = b + b with b = a + a, in two orders."""
    figure, sheet = blank_axes(height=3.5)
    for y, words, hand_on, onward in (
        (2.65, "at once", hand_on_at_once, "1, then 2"),
        (0.95, "waiting", backward, "2"),
    ):
        a = Value(1.0)
        b = a + a
        c = b + b
        c.grad = 1.0
        hand_on(c)
        sheet.text(0.1, y, words, va="center")
        _draw_arrows(sheet, (3.9, 1.7), y, onward)
        _draw_arrows(sheet, (6.1, 3.9), y, "1")
        for x, name, value in ((1.7, "a", a), (3.9, "b", b), (6.1, "c", c)):
            frame = {"boxstyle": "round", "facecolor": PALETTE["paper"]}
            text = f"${name} = {value.data:g}$"
            sheet.text(x, y, text, **_MIDDLE, bbox=frame)
            sheet.text(x, y - 0.45, f"grad {value.grad:g}", **_BACK)
    return figure


_MIDDLE = {"ha": "center", "va": "center"}
_BACK = _MIDDLE | {"color": PALETTE["orange"]}


def _draw_arrows(
    sheet: Axes, ends: tuple[float, float], y: float, carried: str
) -> None:
    """Draw two arrows from right to left, and what each of them carries."""
    right, left = ends
    for side in (0.15, -0.15):
        places = (right - 0.38, y + side), (left + 0.38, y + side)
        draw_arrow(sheet, *places, bend=2 * side)
        sheet.text((left + right) / 2, y + 3.4 * side, carried, **_BACK)
    # --8<-- [end:draw_handing_on]


# --8<-- [start:relu]
@checked
def sigmoid(z: Value) -> Value:
    """1 / (1 + e^-z), with the slope a (1 - a)."""
    e = math.exp(-abs(z.data))  # at most 1, so that it never overflows
    a = (1 if z.data >= 0 else e) / (1 + e)
    return Value(a, (z, a * (1 - a)))


@checked
def tanh(z: Value) -> Value:
    """Tanh, with the slope 1 - a^2."""
    a = math.tanh(z.data)
    return Value(a, (z, 1 - a**2))


@checked
def relu(z: Value) -> Value:
    """max(z, 0), with the slope 1 where z > 0, elsewhere 0."""
    return Value(max(z.data, 0.0), (z, float(z.data > 0)))
    # --8<-- [end:relu]


# --8<-- [start:softplus]
@checked
def softplus(z: Value) -> Value:
    """log(1 + e^z), with the slope 1 / (1 + e^-z)."""
    e = math.exp(-abs(z.data))
    above = max(z.data, 0.0) + math.log1p(e)  # log1p(e) is log(1 + e)
    return Value(above, (z, sigmoid(z).data))


@checked
def loss_of_z(z: Value, y: float) -> Value:
    """Cross-entropy of a sigmoid output: log(1 + e^z) - y z."""
    return softplus(z) - Value(y) * z
    # --8<-- [end:softplus]


# --8<-- [start:loss_of_values]
FUNCTIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}
Values = list[Value]


@checked
def as_values(layers: PerLayer[Layer]) -> list[tuple[list[Values], Values]]:
    """Turn each weight and each bias into a Value."""
    return [
        (
            [[Value(w) for w in row] for row in W.tolist()],
            [Value(bias) for bias in b.flatten().tolist()],
        )
        for W, b in layers
    ]


@checked
def loss_of_values(
    layers: list[tuple[list[Values], Values]],
    x: list[float],
    y: float,
    names: Sequence[str],
) -> Value:
    """Take one example through a network with one output, as Values."""
    a = [Value(number) for number in x]
    for (W, b), name in zip(layers, names, strict=True):
        sums = []
        for row, z in zip(W, b, strict=True):
            for w, number in zip(row, a, strict=True):
                z = z + w * number
            sums.append(z)
        a = [FUNCTIONS[name](z) for z in sums]
    return loss_of_z(sums[0], y)  # which holds the last sigmoid
    # --8<-- [end:loss_of_values]


# --8<-- [start:gradients_of_values]
@checked
def gradients_of_values(
    x: Examples["inputs m"],
    y: Share["1 m"],
    layers: PerLayer[Layer],
    names: PerLayer[str],
) -> Float[Tensor, "parameters"]:
    """Return the gradient of the mean loss: of W, then of b, by layer."""
    values, total = as_values(layers), Value(0.0)
    for example, target in zip(x.T.tolist(), y[0].tolist(), strict=True):
        total = total + loss_of_values(values, example, target, names)
    backward(total * Value(1 / y.shape[1]))
    return torch.tensor([value.grad for value in all_of(values)], dtype=x.dtype)


@checked
def all_of(layers: list[tuple[list[Values], Values]]) -> Values:
    """List the Values of all layers: the weights of one, then its biases."""
    return [value for W, b in layers for row in (*W, b) for value in row]
    # --8<-- [end:gradients_of_values]
