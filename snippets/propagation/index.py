"""The two directions of propagation in one picture."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from snippets.figure import INK, PALETTE, blank_axes, book_style

# --8<-- [start:draw_two_rows]
COLUMNS = {
    "1": 1.35,
    "2": 2.75,
    "L": 4.8,
}  # the layers that are drawn, and where
UPPER, LOWER = 2.95, 1.45  # the heights of the two rows
# from where to where values pass between the layers, and what they are called:
# forward, backward
FLOWS = [
    (0.62, 0.9, "", ""),
    (1.8, 2.3, "$a^{[1]}$", "$da^{[1]}$"),
    (3.2, 3.56, "$a^{[2]}$", "$da^{[2]}$"),
    (3.92, 4.35, "$a^{[L-1]}$", "$da^{[L-1]}$"),
    (5.25, 5.5, "", ""),
]


@book_style()
def draw_two_rows() -> Figure:
    """Draw forward propagation and backpropagation as two rows of layers.

    Forward propagation is the upper row, backpropagation the lower, and the
    caches stand between them.
    """
    figure, sheet = blank_axes(6.2, 3.5)
    for l, x in COLUMNS.items():
        _box(
            sheet, (x, UPPER), f"$W^{{[{l}]}},\\ b^{{[{l}]}}$", PALETTE["blue"]
        )
        _box(sheet, (x, LOWER), f"$dz^{{[{l}]}}$", PALETTE["orange"])
        _arrow(sheet, (x, UPPER - 0.27), (x, LOWER + 0.27), "--")
        before = "L-1" if l == "L" else int(l) - 1
        sheet.text(
            x + 0.07, 2.3, f"$a^{{[{before}]}},\\ z^{{[{l}]}}$", va="center"
        )
        sheet.text(x + 0.07, 2.06, f"$W^{{[{l}]}},\\ b^{{[{l}]}}$", va="center")
        _arrow(sheet, (x, LOWER - 0.27), (x, 0.85), "-")
        sheet.text(
            x, 0.7, f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$", ha="center", va="center"
        )
    for left, right, a, da in FLOWS:
        _arrow(sheet, (left, UPPER), (right, UPPER), "-")
        _arrow(sheet, (right, LOWER), (left, LOWER), "-")
        sheet.text((left + right) / 2, UPPER + 0.1, a, ha="center", va="bottom")
        sheet.text(
            (left + right) / 2, LOWER + 0.1, da, ha="center", va="bottom"
        )
    for y in (UPPER, LOWER):
        sheet.text(3.74, y, "···", ha="center", va="center", fontsize=14)
    sheet.text(0.56, UPPER, "$x = a^{[0]}$", ha="right", va="center")
    sheet.text(0.56, LOWER, "$da^{[0]}$", ha="right", va="center")
    sheet.plot(
        [0.1, 0.6], [LOWER - 0.11, LOWER + 0.14], color=INK, linewidth=1.2
    )
    sheet.text(5.56, UPPER, r"$a^{[L]} = \hat{y}$", ha="left", va="center")
    sheet.text(5.56, LOWER, "$da^{[L]}$", ha="left", va="center")
    rules = (
        r"$W^{[l]} \leftarrow W^{[l]} - \eta\,dW^{[l]} \qquad\quad "
        r"b^{[l]} \leftarrow b^{[l]} - \eta\,db^{[l]}$"
    )
    sheet.text(3.07, 0.2, rules, ha="center", va="center", fontsize=11)
    return figure


def _box(
    sheet: Axes, centre: tuple[float, float], text: str, colour: str
) -> None:
    corner = (centre[0] - 0.4, centre[1] - 0.2)
    sheet.add_patch(
        FancyBboxPatch(
            corner,
            0.8,
            0.4,
            "round,pad=0.03",
            facecolor="none",
            edgecolor=colour,
            linewidth=1.6,
        )
    )
    sheet.text(*centre, text, ha="center", va="center", fontsize=11)


def _arrow(
    sheet: Axes, start: tuple[float, float], end: tuple[float, float], line: str
) -> None:
    sheet.annotate(
        "",
        end,
        start,
        arrowprops={
            "arrowstyle": "-|>",
            "shrinkA": 0,
            "shrinkB": 0,
            "facecolor": INK,
            "linestyle": line,
        },
    )
    # --8<-- [end:draw_two_rows]
