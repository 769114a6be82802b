"""The two directions of propagation in one picture."""

import re

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from snippets.figure import (
    INK,
    PALETTE,
    WIDTH,
    blank_axes,
    book_style,
    draw_arrow,
)

# --8<-- [start:draw_two_rows]
COLUMNS = {"1": 1.33, "2": 2.95, "L": 5.27}  # the layers drawn, and where
UPPER, LOWER = 3.72, 1.95  # the heights of the two rows
FLOWS = [  # what passes from where to where, forward and backward
    (0.33, 0.83, "$a^{[0]}$", "$da^{[0]}$"),
    (1.83, 2.45, "$a^{[1]}$", "$da^{[1]}$"),
    (3.45, 3.83, "", ""),
    (4.15, 4.77, "$a^{[L-1]}$", "$da^{[L-1]}$"),
    (5.77, 6.27, "$a^{[L]}$", r"$\hat{y}-y$"),
]


@book_style()
def draw_two_rows() -> Figure:
    """Draw forward propagation and backpropagation as two rows of layers.

    Forward propagation is the upper row, backpropagation the lower, and the
    caches stand between them.
    """
    figure, sheet = blank_axes(height=4.4)
    for l, x in COLUMNS.items():
        _draw_layer(sheet, x, l, before="L-1" if l == "L" else str(int(l) - 1))
    for left, right, a, da in FLOWS:
        draw_arrow(sheet, (left, UPPER), (right, UPPER))
        draw_arrow(sheet, (right, LOWER), (left, LOWER))
        _write(sheet, (left + right) / 2, UPPER + 0.23, a)
        _write(sheet, (left + right) / 2, LOWER + 0.23, da)
    for y in (UPPER, LOWER):
        _write(sheet, 3.99, y, "···")
    _write(sheet, 0.18, UPPER, "$x$")
    _write(sheet, 6.42, UPPER, r"$\hat{y}$")
    sheet.plot(
        [0.33, 0.83], [LOWER + 0.1, LOWER + 0.36], color=INK, linewidth=1.2
    )
    rules = (
        r"$W^{[l]} \leftarrow W^{[l]} - \eta\,dW^{[l]} \qquad\quad "
        r"b^{[l]} \leftarrow b^{[l]} - \eta\,db^{[l]}$"
    )
    _write(sheet, WIDTH / 2, 0.24, rules)
    return figure


def _draw_layer(sheet: Axes, x: float, l: str, before: str) -> None:
    """Draw the two boxes of layer l, its cache, and its gradients."""
    parameters = f"$W^{{[{l}]}},\\ b^{{[{l}]}}$"
    _draw_box(sheet, (x, UPPER), parameters, PALETTE["blue"])
    _draw_box(sheet, (x, LOWER), f"$dz^{{[{l}]}}$", PALETTE["orange"])
    draw_arrow(sheet, (x, UPPER - 0.3), (x, LOWER + 0.3), line="--")
    cache = f"$a^{{[{before}]}},\\ z^{{[{l}]}}$"
    _write(sheet, x + 0.1, 2.97, cache, ha="left")
    _write(sheet, x + 0.1, 2.69, parameters, ha="left")
    draw_arrow(sheet, (x, LOWER - 0.3), (x, 1.15))
    _write(sheet, x, 0.95, f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$")


def _draw_box(
    sheet: Axes, centre: tuple[float, float], text: str, colour: str
) -> None:
    corner = (centre[0] - 0.42, centre[1] - 0.21)
    sheet.add_patch(
        FancyBboxPatch(
            corner,
            0.84,
            0.42,
            "round,pad=0.04",
            facecolor="none",
            edgecolor=colour,
            linewidth=1.6,
        )
    )
    _write(sheet, *centre, text)


def _write(
    sheet: Axes, x: float, y: float, text: str, ha: str = "center"
) -> None:
    """Write a formula, with a little room where signs would touch."""
    text = re.sub("d(?=[aWbz])", r"d\\hspace{0.06}", text)
    text = text.replace("^{[", r"^{\hspace{0.12}[")
    sheet.text(x, y, text, ha=ha, va="center")
    # --8<-- [end:draw_two_rows]
