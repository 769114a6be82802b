"""Backpropagation by hand: one unit, two in a chain, and a fork."""

from math import exp, log

import torch
from matplotlib.figure import Figure

from snippets.contract import checked
from snippets.figure import book_style
from snippets.graph import Graph, Node, draw_graph
from snippets.propagation.backward import backward
from snippets.propagation.descent import update
from snippets.propagation.example import (
    BOTTOM,
    CENTRE,
    END,
    LAYERS,
    LEFT,
    LEVEL,
    NAMES,
    PLACES,
    TOP,
    numbers,
)
from snippets.propagation.forward import forward


# --8<-- [start:one_unit]
@checked
def one_unit() -> Graph:
    """One unit and its loss: w = 0.3, x = 2, b = -0.6, and the target 1."""
    w, x, b = 0.3, 2.0, -0.6
    z = w * x + b
    a = 1 / (1 + exp(-z))
    return {
        "w": Node(w),
        "x": Node(x),
        "b": Node(b),
        "w x": Node(w * x, {"w": x, "x": w}, "×"),
        "z": Node(z, {"w x": 1, "b": 1}, "+"),
        "a": Node(a, {"z": a * (1 - a)}, r"$\sigma$"),
        "ℒ": Node(-log(a), {"a": -1 / a}, r"$-\log$"),
    }
    # --8<-- [end:one_unit]


# --8<-- [start:draw_one_unit]
@book_style()
def draw_one_unit() -> Figure:
    """Draw the graph of one unit and its loss."""
    return draw_graph(one_unit())
    # --8<-- [end:draw_one_unit]


# --8<-- [start:two_units]
@checked
def two_units() -> Graph:
    """The same unit, followed by another: w = 0.8, b = -0.4, target 1."""
    w_1, x, b_1, w_2, b_2 = 0.3, 2.0, -0.6, 0.8, -0.4
    z_1 = w_1 * x + b_1
    a_1 = 1 / (1 + exp(-z_1))
    z_2 = w_2 * a_1 + b_2
    a_2 = 1 / (1 + exp(-z_2))
    return {
        **{"w_1": Node(w_1), "x": Node(x), "b_1": Node(b_1)},
        **{"w_2": Node(w_2), "b_2": Node(b_2)},
        "z_1": Node(z_1, {"w_1": x, "x": w_1, "b_1": 1}, r"$\sum$"),
        "a_1": Node(a_1, {"z_1": a_1 * (1 - a_1)}, r"$\sigma$"),
        "z_2": Node(z_2, {"w_2": a_1, "a_1": w_2, "b_2": 1}, r"$\sum$"),
        "a_2": Node(a_2, {"z_2": a_2 * (1 - a_2)}, r"$\sigma$"),
        "ℒ": Node(-log(a_2), {"a_2": -1 / a_2}, r"$-\log$"),
    }
    # --8<-- [end:two_units]


# --8<-- [start:draw_two_units]
@book_style()
def draw_two_units() -> Figure:
    """Draw the graph of two units in a chain, and their loss."""
    return draw_graph(two_units())
    # --8<-- [end:draw_two_units]


# --8<-- [start:fork]
@checked
def fork() -> Graph:
    """One activation, 0.5, that feeds two outputs, with targets 1 and 0."""
    a, w_1, w_2 = 0.5, 0.8, -0.6
    z_1, z_2 = w_1 * a, w_2 * a
    error_1, error_2 = z_1 - 1, z_2 - 0
    loss_1, loss_2 = error_1**2 / 2, error_2**2 / 2
    both = {"ℒ_1": 1, "ℒ_2": 1}
    return {
        **{"w_1": Node(w_1), "a": Node(a), "w_2": Node(w_2)},
        "z_1": Node(z_1, {"w_1": a, "a": w_1}, "×"),
        "z_2": Node(z_2, {"a": w_2, "w_2": a}, "×"),
        "ℒ_1": Node(loss_1, {"z_1": error_1}, "loss"),
        "ℒ_2": Node(loss_2, {"z_2": error_2}, "loss"),
        "ℒ": Node(loss_1 + loss_2, both, "+"),
    }
    # --8<-- [end:fork]


# --8<-- [start:draw_fork]
@book_style()
def draw_fork() -> Figure:
    """Draw the graph of an activation with two ways to the loss."""
    return draw_graph(fork(), height=2.9)
    # --8<-- [end:draw_fork]


# --8<-- [start:passes]
INPUTS = ((1, 2), (-1, 1), (2, -1), (0, 0), (4, 3))


@checked
def passes(inputs: tuple[int, int], target: int) -> dict[str, float]:
    """Return the numbers of both passes, of a step, w', and of the next."""
    x = torch.tensor([[float(number)] for number in inputs]).double()
    y = torch.tensor([[float(target)]]).double()
    y_hat, caches = forward(x, LAYERS, NAMES)
    stepped = update(LAYERS, backward(y_hat - y, caches, NAMES), 1.0)
    found = {"x_1": inputs[0], "x_2": inputs[1], "y": target}
    after = numbers(x, y, stepped)
    for sign, (value, gradient) in numbers(x, y).items():
        new = after[sign][0]
        found |= {sign: value, f"d{sign}": gradient, f"{sign}'": new}
    return found
    # --8<-- [end:passes]


FORWARD = (
    ("z = w · a + b", "z_1 = w_{11} · x_1 + w_{12} · x_2 + b_1"),
    ("a = σ ( z )", "a_1 = σ ( z_1 )"),
    ("z = w · a + b", "z_2 = w_{21} · x_1 + w_{22} · x_2 + b_2"),
    ("a = σ ( z )", "a_2 = σ ( z_2 )"),
    ("z = w · a + b", "z = w_1 · a_1 + w_2 · a_2 + b"),
    ("a = σ ( z )", r"\hat{y} = σ ( z )"),
    (
        "ℒ = cross-entropy",
        r"ℒ = − y · log \hat{y} − ( 1 − y ) · log ( 1 − \hat{y} )",
    ),
)
OUTPUT = (
    ("dℒ = 1", "dℒ = 1"),
    (
        "dŷ = slope of ℒ",
        r"d\hat{y} = − y / \hat{y} + ( 1 − y ) / ( 1 − \hat{y} )",
    ),
    (
        "dz = da · a · ( 1 − a )",
        r"dz = d\hat{y} · \hat{y} · ( 1 − \hat{y} ) = \hat{y} − y",
    ),
    ("db = dz", "db = dz"),
    ("dw = dz · a", "dw_1 = dz · a_1"),
    ("dw = dz · a", "dw_2 = dz · a_2"),
)
HIDDEN = (
    ("da = w · dz", "da_1 = w_1 · dz"),
    ("dz = da · a · ( 1 − a )", "dz_1 = da_1 · a_1 · ( 1 − a_1 )"),
    ("db = dz", "db_1 = dz_1"),
    ("dw = dz · a", "dw_{11} = dz_1 · x_1"),
    ("dw = dz · a", "dw_{12} = dz_1 · x_2"),
)
FIRST, SECOND = ("w_{11}", "w_{12}", "b_1"), ("w_{21}", "w_{22}", "b_2")


@checked
def steps() -> list[tuple[str, str]]:
    """Return, in their order, the rule of each step and its equation."""
    second = [(rule, _second(equation)) for rule, equation in HIDDEN]
    moves = [
        ("w ← w − dw", f"{sign}' ← {sign} − d{sign}")
        for sign in ("w_1", "w_2", "b", *FIRST, *SECOND)
    ]
    again = [(rule, _primed(equation)) for rule, equation in FORWARD]
    return [*FORWARD, *OUTPUT, *HIDDEN, *second, *moves, *again]


@checked
def ends() -> dict[str, int]:
    """Return which step is the last of each part."""
    forward = len(FORWARD)
    backward = forward + len(OUTPUT) + 2 * len(HIDDEN)
    update = len(steps()) - forward
    return {
        "Forward": forward,
        "Backward": backward,
        "Update": update,
        "Again": update + forward,
    }


def _second(equation: str) -> str:
    """Return what holds for the second hidden unit."""
    for sign in ("a_", "z_", "w_", "b_", "w_{"):
        equation = equation.replace(f"{sign}1", f"{sign}2")
    return equation


def _primed(equation: str) -> str:
    """Return what holds after the step."""
    return " ".join(
        f"{part}'" if part in PLACES else part for part in equation.split()
    )


@checked
def told() -> dict[str, object]:
    """Return what the figure needs to reveal one number after the other."""
    places = {
        sign: (x, y, 0.15 if sign in LEVEL else 0.11)
        for sign, (x, y) in PLACES.items()
    }
    places |= {"x_1": (LEFT, TOP, 0), "x_2": (LEFT, BOTTOM, 0)}
    places["y"] = (END, CENTRE - 0.52, 0)
    examples = {
        f"({inputs[0]}, {inputs[1]})".replace("-", "−"): {
            target: _written(passes(inputs, target)) for target in (1, 0)
        }
        for inputs in INPUTS
    }
    return {
        "steps": steps(),
        "ends": ends(),
        "places": places,
        "examples": examples,
    }


def _written(numbers: dict[str, float]) -> dict[str, str]:
    """Return numbers as text: 3 decimals, 2 of weights, none of inputs."""
    written = {}
    for sign, value in numbers.items():
        decimals = {"x": 0, "y": 0, "w": 2, "b": 2}.get(sign[0], 3)
        decimals = 3 if sign.endswith("'") else decimals
        written[sign] = f"{value:z.{decimals}f}".replace("-", "−")
    return written
