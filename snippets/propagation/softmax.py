"""Probabilities of several classes, from their scores, and their loss."""

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import Examples, Share, checked
from snippets.figure import INK, PALETTE, book_style, new_axes


# --8<-- [start:softmax]
@checked
def softmax(z: Examples["classes m"]) -> Share["classes m"]:
    """Turn the scores of each column into probabilities: e^z_k / sum e^z_j."""
    powers = torch.exp(z - z.amax(dim=0))  # e^0 at most: none overflows
    return powers / powers.sum(dim=0)
    # --8<-- [end:softmax]


# --8<-- [start:softmax_cross_entropy]
@checked
def softmax_cross_entropy(
    z: Examples["classes m"], y: Share["classes m"]
) -> Float[Tensor, ""]:
    """Cross-entropy of a softmax: the mean of sum y_k (log sum e^z_j - z_k)."""
    surprises = z.logsumexp(dim=0) - z  # at each class, if it were the target
    return (y * surprises).sum(dim=0).mean()
    # --8<-- [end:softmax_cross_entropy]


# --8<-- [start:draw_softmax]
@book_style()
def draw_softmax() -> Figure:
    """Draw three scores, their powers of e, and the probabilities they make."""
    z = torch.tensor([[2.0], [0.0], [-1.0]], dtype=torch.float64)
    figure, panels = new_axes(height=3.2, columns=3)
    for axes, title, heights, digits, marks in zip(
        panels,
        ("scores $z$", "powers $e^z$", r"probabilities $\hat{y}$"),
        (z, z.exp(), softmax(z)),
        (0, 2, 3),
        ((-1, 0, 1, 2), (0, 2, 4, 6, 8), (0, 0.2, 0.4, 0.6, 0.8, 1)),
        strict=True,
    ):
        sizes = heights[:, 0].tolist()
        bars = axes.bar(("cat", "dog", "cow"), sizes, color=PALETTE["blue"])
        numbers = [f"{size:.{digits}f}" for size in sizes]
        axes.bar_label(
            bars,
            [text.replace("-", "\N{MINUS SIGN}") for text in numbers],
            padding=3,
        )
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.margins(y=0.2)  # room for the numbers
        axes.set(title=title, yticks=marks)
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
    return figure
    # --8<-- [end:draw_softmax]
