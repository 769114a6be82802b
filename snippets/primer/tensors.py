"""Products of lists and tables of numbers, and how one is drawn."""

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from snippets.contract import checked
from snippets.figure import INK, PALETTE, blank_axes, book_style


# --8<-- [start:dot_product]
@checked
def dot_product(
    w: Float[Tensor, "n"], x: Float[Tensor, "n"]
) -> Float[Tensor, ""]:
    """Multiply place by place and add up: the sum of w_i x_i."""
    return sum((w[i] * x[i] for i in range(len(w))), w.new_zeros(()))
    # --8<-- [end:dot_product]


# --8<-- [start:matrix_product]
@checked
def matrix_product(
    W: Float[Tensor, "k n"], x: Float[Tensor, "n m"]
) -> Float[Tensor, "k m"]:
    """Multiply each row of W with each column of x: W x."""
    product = W.new_zeros(len(W), len(x.T))
    for j, row in enumerate(W):
        for i, column in enumerate(x.T):
            product[j, i] = dot_product(row, column)
    return product
    # --8<-- [end:matrix_product]


# --8<-- [start:draw_product]
PRICES = torch.tensor([[4.0, 5.0, 2.0], [3.0, 6.0, 1.0]])
BASKETS = torch.tensor([[2.0, 0.0], [1.0, 2.0], [3.0, 1.0]])
SIDE = 0.5  # of a cell, in inches


@book_style()
def draw_product() -> Figure:
    """Draw a product of matrices, each number where row and column cross."""
    figure, sheet = blank_axes(height=3)
    W, x, product = PRICES, BASKETS, PRICES @ BASKETS
    _draw_cells(sheet, (0.9, 1.2), W, shaded=(1, None))
    _draw_cells(sheet, (2.6, 2.9), x, shaded=(None, 0))
    _draw_cells(sheet, (2.6, 1.2), product, shaded=(1, 0))
    for across, up, name in ((0.5, 0.7, "$W$"), (2.2, 2.15, "$x$")):
        sheet.text(across, up, name, va="center")
    sheet.text(3.8, 0.95, "$W x$", va="center")
    factors = zip(W[1], x[:, 0], strict=True)
    terms = " + ".join(rf"{p:g} \cdot {q:g}" for p, q in factors)
    said = f"${terms} = {product[1, 0]:g}$"
    sheet.text(3.8, 0.45, said, va="center")
    return figure


def _draw_cells(
    sheet: Axes,
    corner: tuple[float, float],
    numbers: Tensor,
    shaded: tuple[int | None, int | None],
) -> None:
    """Draw a matrix from its upper left corner; shade a row and a column."""
    left, top = corner
    for (j, i), number in zip(
        torch.cartesian_prod(*map(torch.arange, numbers.shape)).tolist(),
        numbers.flatten(),
        strict=True,
    ):
        x, y = left + i * SIDE, top - (j + 1) * SIDE
        if shaded[0] in (j, None) and shaded[1] in (i, None):
            colour = PALETTE["orange" if None not in shaded else "blue"]
            look = {"facecolor": colour, "alpha": 0.25}
            sheet.add_patch(Rectangle((x, y), SIDE, SIDE, **look))
        frame = {"facecolor": "none", "edgecolor": INK}
        sheet.add_patch(Rectangle((x, y), SIDE, SIDE, **frame))
        middle = {"ha": "center", "va": "center"}
        sheet.text(x + SIDE / 2, y + SIDE / 2, f"{number:g}", **middle)
    # --8<-- [end:draw_product]
