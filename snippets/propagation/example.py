"""A network of two inputs, two hidden units and one output, on paper."""

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from torch import Tensor

from snippets.contract import PerLayer, checked
from snippets.figure import INK, PALETTE, blank_axes, book_style
from snippets.network import Layer
from snippets.propagation.backward import backward
from snippets.propagation.forward import forward
from snippets.propagation.loss import (
    cross_entropy_derivative,
    cross_entropy_of_z,
)

# --8<-- [start:LAYERS]
LAYERS = [
    Layer(
        W=torch.tensor([[0.30, -0.20], [-0.50, 0.60]], dtype=torch.float64),
        b=torch.tensor([[0.50], [-1.50]], dtype=torch.float64),
    ),
    Layer(
        W=torch.tensor([[0.80, -1.10]], dtype=torch.float64),
        b=torch.tensor([[0.20]], dtype=torch.float64),
    ),
]
NAMES = ("sigmoid", "sigmoid")
X = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
Y = torch.tensor([[1.0]], dtype=torch.float64)
# the same example and another, side by side
TWO_X = torch.tensor([[1.0, -1.0], [2.0, 1.0]], dtype=torch.float64)
TWO_Y = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
# --8<-- [end:LAYERS]


# --8<-- [start:numbers]
@checked
def numbers(
    x: Float[Tensor, "2 1"] = X,
    y: Float[Tensor, "1 1"] = Y,
    layers: PerLayer[Layer] = LAYERS,
) -> dict[str, tuple[float, float]]:
    """Return each number of the two passes, by its sign, and its gradient."""
    y_hat, (first, last) = forward(x, layers, NAMES)
    hidden, output = backward(y_hat - y, (first, last), NAMES)
    pairs = {
        "w_{11} w_{12} w_{21} w_{22}": (first.W, hidden.dW),
        "b_1 b_2": (first.b, hidden.db),
        "z_1 z_2": (first.z, hidden.db),  # of one example, db is dz
        "a_1 a_2": (last.a_previous, last.W.T @ output.db),
        "w_1 w_2": (last.W, output.dW),
        "b": (last.b, output.db),
        "z": (last.z, output.db),
        r"\hat{y}": (y_hat, cross_entropy_derivative(y_hat, y)),
        "ℒ": (cross_entropy_of_z(last.z, y), torch.ones(())),
    }
    return {
        sign: (value.item(), gradient.item())
        for signs, both in pairs.items()
        for sign, value, gradient in zip(
            signs.split(), *(part.flatten() for part in both), strict=True
        )
    }
    # --8<-- [end:numbers]


# --8<-- [start:draw_example]
LEFT, MIDDLE, RIGHT, END = 0.4, 2.75, 4.9, 6.2  # the columns, in inches
TOP, CENTRE, BOTTOM = 2.85, 1.8, 0.75
WIDE, HIGH = 1.98, 0.5  # a hidden unit's box; the output's is narrower
PLACES = {
    "w_{11}": (1.25, TOP),
    "w_{12}": (1.17, BOTTOM + 0.67),
    "w_{21}": (1.17, TOP - 0.67),
    "w_{22}": (1.25, BOTTOM),
    "b_1": (MIDDLE, TOP + 0.51),
    "b_2": (MIDDLE, BOTTOM - 0.51),
    "z_1": (MIDDLE - 0.47, TOP),
    "z_2": (MIDDLE - 0.47, BOTTOM),
    "a_1": (MIDDLE + 0.51, TOP),
    "a_2": (MIDDLE + 0.51, BOTTOM),
    "w_1": (4.02, TOP - 0.51),
    "w_2": (4.02, BOTTOM + 0.51),
    "b": (RIGHT + 0.4, CENTRE - 0.52),
    "z": (RIGHT - 0.4, CENTRE),
    r"\hat{y}": (RIGHT + 0.4, CENTRE),
    "ℒ": (END, CENTRE),
}
LEVEL = ("w_{11}", "w_{22}")  # above their lines, not on them


@book_style()
def draw_example() -> Figure:
    """Draw the network with every number of its forward pass."""
    return _draw_network(with_gradients=False)


@book_style()
def draw_example_gradients() -> Figure:
    """Draw the network again, a gradient below each number."""
    return _draw_network(with_gradients=True)


def _draw_network(with_gradients: bool) -> Figure:
    figure, sheet = blank_axes(height=3.6)
    for left, x, right in ((LEFT, X, MIDDLE), (MIDDLE, None, RIGHT)):
        for start in (TOP, BOTTOM):
            ends = (TOP, BOTTOM) if x is not None else (CENTRE,)
            for end in ends:
                sheet.plot(
                    [left, right],
                    [start, end],
                    color=INK,
                    linewidth=1,
                    zorder=1,
                )
    if with_gradients:
        sheet.plot(
            [RIGHT, END], [CENTRE, CENTRE], color=INK, linewidth=1, zorder=1
        )
    for y in (TOP, BOTTOM):
        _draw_box(sheet, MIDDLE, y, WIDE)
    _draw_box(sheet, RIGHT, CENTRE, 1.7)
    for k, y in enumerate((TOP, BOTTOM)):
        _lay_paper(sheet, LEFT, y, is_high=False)
        _write(sheet, LEFT, y, f"$x_{k + 1} = {X[k, 0]:g}$", INK)
    if with_gradients:
        _write(sheet, END, CENTRE - 0.52, f"$y = {Y.item():g}$", INK)
    for sign, (value, gradient) in numbers().items():
        if sign == "ℒ" and not with_gradients:
            continue  # it comes later
        x, y = PLACES[sign]
        is_level = sign in LEVEL
        up = 0.15 if is_level else 0.11 if with_gradients else 0
        decimals = 2 if sign[0] in "wb" else 3
        if not is_level:
            _lay_paper(sheet, x, y, with_gradients)
        _write(sheet, x, y + up, f"${sign}$ {value:.{decimals}f}", INK)
        if with_gradients:
            _write(sheet, x, y - up, f"{gradient:.3f}", PALETTE["orange"])
    return figure


def _draw_box(sheet: Axes, x: float, y: float, wide: float) -> None:
    corner = (x - wide / 2, y - HIGH / 2)
    style = {"facecolor": PALETTE["paper"], "edgecolor": PALETTE["blue"]}
    box = FancyBboxPatch(corner, wide, HIGH, "round,pad=0.03", **style)
    sheet.add_patch(box)
    box.set_zorder(2)


def _lay_paper(sheet: Axes, x: float, y: float, is_high: bool) -> None:
    """Interrupt a line where numbers stand on it.

    The page's script does so itself, row by row.
    """
    high = 0.52 if is_high else 0.24
    style = {"facecolor": PALETTE["paper"], "edgecolor": "none", "zorder": 1.9}
    style["gid"] = "live-paper"
    sheet.add_patch(Rectangle((x - 0.42, y - high / 2), 0.84, high, **style))


def _write(sheet: Axes, x: float, y: float, text: str, colour: str) -> None:
    style = {"ha": "center", "va": "center", "color": colour}
    sheet.text(x, y, text.replace("-", "−"), **style)
    # --8<-- [end:draw_example]
