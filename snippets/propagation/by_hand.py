"""Backpropagation by hand: one unit, two in a chain, and a fork."""

from math import exp, log

from matplotlib.figure import Figure

from snippets.contract import checked
from snippets.figure import book_style
from snippets.graph import Graph, Node, draw_graph


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
