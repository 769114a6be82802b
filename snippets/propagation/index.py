"""The two directions of propagation in one picture."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
)

# --8<-- [start:draw_two_rows]
COLUMNS = {"1": 1.18, "2": 2.4, "L": 4.2}  # the layers drawn, and where
UPPER, LOWER = 2.8, 1.4  # the heights of the two rows
FLOWS = [  # what passes from where to where, forward and backward
    (0.6, 0.79, "", ""),
    (1.57, 2.01, "$a^{[1]}$", "$da^{[1]}$"),
    (2.79, 3.12, "$a^{[2]}$", "$da^{[2]}$"),
    (3.35, 3.81, "$a^{[L-1]}$", "$da^{[L-1]}$"),
    (4.59, 4.78, "", ""),
]


@book_style()
def draw_two_rows() -> Figure:
    """Draw forward propagation and backpropagation as two rows of layers.

    Forward propagation is the upper row, backpropagation the lower, and the
    caches stand between them.
    """
    figure, sheet = blank_axes(5.42, 3.3)
    for l, x in COLUMNS.items():
        _box(
            sheet, (x, UPPER), f"$W^{{[{l}]}},\\ b^{{[{l}]}}$", PALETTE["blue"]
        )
        _box(sheet, (x, LOWER), f"$dz^{{[{l}]}}$", PALETTE["orange"])
        draw_arrow(sheet, (x, UPPER - 0.27), (x, LOWER + 0.27), line="--")
        before = "L-1" if l == "L" else int(l) - 1
        sheet.text(
            x + 0.07, 2.22, f"$a^{{[{before}]}},\\ z^{{[{l}]}}$", va="center"
        )
        sheet.text(x + 0.07, 1.98, f"$W^{{[{l}]}},\\ b^{{[{l}]}}$", va="center")
        draw_arrow(sheet, (x, LOWER - 0.27), (x, 0.82))
        sheet.text(
            x, 0.68, f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$", ha="center", va="center"
        )
    for left, right, a, da in FLOWS:
        draw_arrow(sheet, (left, UPPER), (right, UPPER))
        draw_arrow(sheet, (right, LOWER), (left, LOWER))
        sheet.text((left + right) / 2, UPPER + 0.1, a, ha="center", va="bottom")
        sheet.text(
            (left + right) / 2, LOWER + 0.1, da, ha="center", va="bottom"
        )
    for y in (UPPER, LOWER):
        sheet.text(3.24, y, "···", ha="center", va="center", fontsize=14)
    sheet.text(0.55, UPPER, "$x = a^{[0]}$", ha="right", va="center")
    sheet.text(0.55, LOWER, "$da^{[0]}$", ha="right", va="center")
    sheet.plot(
        [0.22, 0.6], [LOWER - 0.11, LOWER + 0.14], color=INK, linewidth=1.2
    )
    sheet.text(4.83, UPPER, r"$a^{[L]} = \hat{y}$", ha="left", va="center")
    sheet.text(4.83, LOWER, "$da^{[L]}$", ha="left", va="center")
    rules = (
        r"$W^{[l]} \leftarrow W^{[l]} - \eta\,dW^{[l]} \qquad\quad "
        r"b^{[l]} \leftarrow b^{[l]} - \eta\,db^{[l]}$"
    )
    sheet.text(2.7, 0.18, rules, ha="center", va="center", fontsize=11)
    return figure


def _box(
    sheet: Axes, centre: tuple[float, float], text: str, colour: str
) -> None:
    corner = (centre[0] - 0.34, centre[1] - 0.2)
    sheet.add_patch(
        FancyBboxPatch(
            corner,
            0.68,
            0.4,
            "round,pad=0.03",
            facecolor="none",
            edgecolor=colour,
            linewidth=1.6,
        )
    )
    sheet.text(*centre, text, ha="center", va="center", fontsize=11)
    # --8<-- [end:draw_two_rows]
