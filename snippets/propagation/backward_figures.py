"""The figures that derive backpropagation, from one unit to a layer."""

from collections.abc import Collection
from math import exp, log

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from snippets.figure import INK, PALETTE, blank_axes, book_style
from snippets.graph import Graph, Node, Place, draw_graph


# --8<-- [start:one_unit]
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
def draw_one_unit() -> Figure:
    """Draw the graph of one unit and its loss."""
    return draw_graph(one_unit())
    # --8<-- [end:draw_one_unit]


# --8<-- [start:two_units]
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
        "z_1": Node(z_1, {"w_1": x, "x": w_1, "b_1": 1}, r"$\Sigma$"),
        "a_1": Node(a_1, {"z_1": a_1 * (1 - a_1)}, r"$\sigma$"),
        "z_2": Node(z_2, {"w_2": a_1, "a_1": w_2, "b_2": 1}, r"$\Sigma$"),
        "a_2": Node(a_2, {"z_2": a_2 * (1 - a_2)}, r"$\sigma$"),
        "ℒ": Node(-log(a_2), {"a_2": -1 / a_2}, r"$-\log$"),
    }
    # --8<-- [end:two_units]


# --8<-- [start:draw_two_units]
def draw_two_units() -> Figure:
    """Draw the graph of two units in a chain, and their loss."""
    return draw_graph(two_units(), height=2.3)
    # --8<-- [end:draw_two_units]


# --8<-- [start:fork]
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
def draw_fork() -> Figure:
    """Draw the graph of an activation with two ways to the loss."""
    return draw_graph(fork(), height=2.9)
    # --8<-- [end:draw_fork]


# --8<-- [start:draw_paths]
@book_style()
def draw_paths() -> Figure:
    """Draw the one way of a weight to the loss, and the two of a unit."""
    figure, sheet = blank_axes(height=2.6)
    _draw_ways(sheet, 0.35, {"kj"})
    _draw_ways(sheet, 3.75, {"k1", "kj"})
    sheet.text(4.37, 1.82, "$w_{1k}$", ha="center", fontsize=13)
    for x, text in ((1.65, "from a weight"), (5.05, "from an activation")):
        sheet.text(x, 0.05, text, ha="center", fontsize=12)
    return figure


def _draw_ways(sheet: Axes, left: float, lit: Collection[str]) -> None:
    """Draw two units, the two before, and the ways that are lit."""
    rows = {"1": 2.2, "j": 0.75, "k": 0.75}
    loss = (left + 2.6, 1.475)
    for j in "1j":
        z = (left + 1.4, rows[j])
        for k in "1k":
            _connect(sheet, (left, rows[k]), z, k + j in lit)
        _connect(sheet, z, loss, any(way[1] == j for way in lit))
        _draw_circle(sheet, z, f"$z_{j}$")
    for k in "1k":
        _draw_circle(sheet, (left, rows[k]), f"$a_{k}$")
    _draw_circle(sheet, loss, "$ℒ$")
    sheet.text(left + 0.7, 0.5, "$w_{jk}$", ha="center", fontsize=13)


def _connect(sheet: Axes, start: Place, end: Place, lit: bool) -> None:
    colour, width = (PALETTE["orange"], 2.6) if lit else (INK, 0.8)
    ends = zip(start, end, strict=True)
    sheet.plot(*ends, color=colour, linewidth=width, zorder=1)


def _draw_circle(sheet: Axes, place: Place, sign: str) -> None:
    style = {"facecolor": PALETTE["paper"], "edgecolor": INK, "zorder": 2}
    sheet.add_patch(Circle(place, 0.27, linewidth=1.2, **style))
    sheet.text(*place, sign, ha="center", va="center", fontsize=13)
    # --8<-- [end:draw_paths]


# --8<-- [start:draw_transpose]
CELL = 0.46  # inches


@book_style()
def draw_transpose() -> Figure:
    """Draw a row of W, which goes forward, and a column, which comes back."""
    figure, sheet = blank_axes(height=2.3)
    weights = [[f"w_{{{j}{k}}}" for k in (1, 2, 3)] for j in (1, 2)]
    turned = [[row[k] for row in weights] for k in range(3)]
    a, z, da, dz = (
        [[f"{sign}_{place + 1}"] for place in range(count)]
        for sign, count in (("a", 3), ("z", 2), ("da", 3), ("dz", 2))
    )
    for left, cells, row, colour in (
        (0.15, weights, 0, "blue"),
        (1.72, a, None, "blue"),
        (2.6, z, 0, "blue"),
        (3.6, turned, 1, "orange"),
        (4.72, dz, None, "orange"),
        (5.75, da, 1, "orange"),
    ):
        _draw_cells(sheet, left, cells, row, PALETTE[colour])
    column = (0.15 + CELL, 1.4 - CELL), CELL, 2 * CELL
    style = {"edgecolor": PALETTE["orange"], "facecolor": "none"}
    sheet.add_patch(Rectangle(*column, linewidth=2, zorder=3, **style))
    for x in (2.39, 5.46):
        sheet.text(x, 1.4, "=", ha="center", va="center", fontsize=14)
    for x, text in ((1.6, "$W a$"), (4.95, r"$W^\top dz$")):
        sheet.text(x, 0.12, text, ha="center", fontsize=14)
    return figure


def _draw_cells(
    sheet: Axes, left: float, cells: list, lit: int | None, colour: str
) -> None:
    """Draw a table of formulas, one of its rows in colour."""
    wide = 0.6 if cells[0][0].startswith("d") else CELL
    top = 1.4 + CELL * len(cells) / 2
    for row, signs in enumerate(cells):
        for column, sign in enumerate(signs):
            x, y = left + wide * column, top - CELL * (row + 1)
            style = {"edgecolor": INK, "facecolor": "none", "linewidth": 0.6}
            sheet.add_patch(Rectangle((x, y), wide, CELL, **style))
            if row == lit:
                style = {"facecolor": colour, "alpha": 0.25}
                sheet.add_patch(Rectangle((x, y), wide, CELL, **style))
            middle = (x + wide / 2, y + CELL / 2)
            style = {"ha": "center", "va": "center", "fontsize": 13}
            formula = f"${sign}$".replace("$d", r"$d\hspace{0.06}")
            sheet.text(*middle, formula, **style)
    # --8<-- [end:draw_transpose]
