"""Backpropagation, written out without autograd."""

from collections.abc import Collection
from itertools import pairwise
from typing import NamedTuple

from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from torch import Tensor

from snippets.contract import Examples, PerLayer, Sizes, checked
from snippets.figure import INK, PALETTE, blank_axes, book_style
from snippets.graph import Place
from snippets.propagation.forward import ACTIVATIONS, Cache, Name


# --8<-- [start:backward]
class Gradient(NamedTuple):
    """How the loss changes with the parameters of one layer."""

    dW: Float[Tensor, "units inputs"]
    db: Float[Tensor, "units 1"]


@checked
def backward(
    dz: Examples["outputs m"],
    caches: PerLayer[Cache],
    activations: PerLayer[Name],
) -> PerLayer[Gradient]:
    """Carry dz of the last layer back through all layers before it."""
    gradients, m = [], dz.shape[1]
    for l in reversed(range(len(caches))):
        a_previous, _, W, _ = caches[l]
        dW = dz @ (a_previous / m).T
        db = dz.mean(dim=1, keepdim=True)
        gradients.append(Gradient(dW, db))
        if l > 0:  # the inputs of the network are not trained
            da = W.T @ dz
            slope = ACTIVATIONS[activations[l - 1]].derivative
            dz = da * slope(caches[l - 1].z)
    return gradients[::-1]
    # --8<-- [end:backward]


# --8<-- [start:count_multiplications]
@checked
def count_multiplications(sizes: Sizes) -> tuple[int, int]:
    """Count those for all derivatives of one example, backward and forward."""
    weights = [n * k for n, k in pairwise(sizes)]
    backward = 2 * sum(weights) - weights[0]
    forward = 0
    for l, (n, k) in enumerate(pairwise(sizes), start=1):
        leading_out = sizes[l + 1] if l + 1 < len(sizes) else 0
        forward += k * (leading_out + sum(weights[l + 1 :])) + k * n
    return backward, forward
    # --8<-- [end:count_multiplications]


# --8<-- [start:draw_paths]
@book_style()
def draw_paths() -> Figure:
    """Draw the one way of a weight to the loss, and the two of a unit."""
    figure, sheet = blank_axes(height=2.7)
    _draw_ways(sheet, 0.35, {"kj"})
    _draw_ways(sheet, 3.75, {"k1", "kj"})
    sheet.text(4.37, 1.92, "$w_{1k}$", ha="center")
    for x, path in (
        (1.65, r"$w_{\hspace{0.06}j\hspace{0.2}k}$: $d\hspace{0.06}z_j\,a_k$"),
        (
            4.95,
            r"$a_k$: $w_{1k}\,d\hspace{0.06}z_1"
            r"+w_{\hspace{0.06}j\hspace{0.2}k}\,d\hspace{0.06}z_j$",
        ),
    ):
        sheet.text(x, 0.12, path, ha="center")
    return figure


def _draw_ways(sheet: Axes, left: float, lit: Collection[str]) -> None:
    """Draw two units, the two before, and the ways that are lit."""
    rows = {"1": 2.35, "j": 0.9, "k": 0.9}
    loss = (left + 2.6, 1.625)
    for j in "1j":
        z = (left + 1.4, rows[j])
        for k in "1k":
            _connect(sheet, (left, rows[k]), z, k + j in lit)
        _connect(sheet, z, loss, any(way[1] == j for way in lit))
        _draw_circle(sheet, z, f"$z_{j}$")
    for k in "1k":
        _draw_circle(sheet, (left, rows[k]), f"$a_{k}$")
    _draw_circle(sheet, loss, "$ℒ$")
    sheet.text(
        left + 0.7, 0.62, r"$w_{\hspace{0.06}j\hspace{0.2}k}$", ha="center"
    )


def _connect(sheet: Axes, start: Place, end: Place, lit: bool) -> None:
    colour, width = (PALETTE["orange"], 2.6) if lit else (INK, 0.8)
    ends = zip(start, end, strict=True)
    sheet.plot(*ends, color=colour, linewidth=width, zorder=1)


def _draw_circle(sheet: Axes, place: Place, sign: str) -> None:
    style = {"facecolor": PALETTE["paper"], "edgecolor": INK, "zorder": 2}
    sheet.add_patch(Circle(place, 0.27, linewidth=1.2, **style))
    sheet.text(*place, sign, ha="center", va="center")
    # --8<-- [end:draw_paths]


# --8<-- [start:draw_transpose]
CELL = 0.46  # inches


@book_style()
def draw_transpose() -> Figure:
    """Draw a row of W, which goes forward, and a column, which comes back."""
    figure, sheet = blank_axes(height=2.6)
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
    column = (0.15 + CELL, 1.6 - CELL), CELL, 2 * CELL
    style = {"edgecolor": PALETTE["orange"], "facecolor": "none"}
    sheet.add_patch(Rectangle(*column, linewidth=2, zorder=3, **style))
    for x in (2.39, 5.46):
        sheet.text(x, 1.6, "=", ha="center", va="center")
    for x, text in (
        (1.6, "$W a=z$"),
        (4.95, r"$W^\top d\hspace{0.06}z=d\hspace{0.06}a$"),
    ):
        sheet.text(x, 0.35, text, ha="center")
    return figure


def _draw_cells(
    sheet: Axes, left: float, cells: list, lit: int | None, colour: str
) -> None:
    """Draw a table of formulas, one of its rows in colour."""
    wide = 0.6 if cells[0][0].startswith("d") else CELL
    top = 1.6 + CELL * len(cells) / 2
    for row, signs in enumerate(cells):
        for column, sign in enumerate(signs):
            x, y = left + wide * column, top - CELL * (row + 1)
            style = {"edgecolor": INK, "facecolor": "none", "linewidth": 0.6}
            sheet.add_patch(Rectangle((x, y), wide, CELL, **style))
            if row == lit:
                style = {"facecolor": colour, "alpha": 0.25}
                sheet.add_patch(Rectangle((x, y), wide, CELL, **style))
            middle = (x + wide / 2, y + CELL / 2)
            style = {"ha": "center", "va": "center"}
            formula = f"${sign}$".replace("$d", r"$d\hspace{0.06}")
            sheet.text(*middle, formula, **style)
    # --8<-- [end:draw_transpose]
