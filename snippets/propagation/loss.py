"""How wrong a prediction is, in one number."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.contract import Examples, Share, checked
from snippets.figure import INK, PALETTE, book_style, new_axes


# --8<-- [start:half_squared_error]
@checked
def half_squared_error(
    y_hat: Examples["outputs m"], y: Examples["outputs m"]
) -> Float[Tensor, ""]:
    """Return the mean loss: (y_hat - y)^2 / 2."""
    losses = (y_hat - y) ** 2 / 2
    return losses.sum(dim=0).mean()
    # --8<-- [end:half_squared_error]


# --8<-- [start:cross_entropy]
@checked
def cross_entropy(
    y_hat: Share["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, ""]:
    """Return the mean loss: -(y log y_hat + (1 - y) log(1 - y_hat))."""
    yes = torch.xlogy(y, y_hat)  # y log y_hat, but 0 where y is 0
    no = torch.xlogy(1 - y, 1 - y_hat)
    return -(yes + no).sum(dim=0).mean()
    # --8<-- [end:cross_entropy]


# --8<-- [start:cross_entropy_derivative]
@checked
def cross_entropy_derivative(
    y_hat: Share["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, "outputs m"]:
    """Slope of each loss: da = -y / y_hat + (1 - y) / (1 - y_hat)."""
    return -y / y_hat + (1 - y) / (1 - y_hat)
    # --8<-- [end:cross_entropy_derivative]


# --8<-- [start:cross_entropy_of_z]
@checked
def cross_entropy_of_z(
    z: Examples["outputs m"], y: Share["outputs m"]
) -> Float[Tensor, ""]:
    """Cross-entropy of a sigmoid: y log(1 + e^-z) + (1 - y) log(1 + e^z)."""
    zero = torch.zeros_like(z)
    yes = zero.logaddexp(-z)  # log(e^0 + e^-z), and nothing overflows
    no = zero.logaddexp(z)
    return (y * yes + (1 - y) * no).sum(dim=0).mean()
    # --8<-- [end:cross_entropy_of_z]


# --8<-- [start:draw_losses]
@book_style()
def draw_losses() -> Figure:
    """Draw both losses for both targets, on one scale."""
    figure, panels = new_axes(height=3.4, columns=2)
    y_hat = torch.arange(1, 200, dtype=torch.float64) / 200
    for axes, loss in zip(
        panels, (cross_entropy, half_squared_error), strict=True
    ):
        _draw_for_both_targets(axes, loss, y_hat)
        axes.set(xlim=(0, 1), ylim=(0, 5), xlabel=r"$\hat{y}$")
        axes.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
    panels[0].set(title="surprise", ylabel="loss")
    panels[0].legend(loc="upper center")
    panels[0].plot(0.58, -math.log(0.58), "o", color=PALETTE["orange"])
    panels[0].annotate(
        "0.54",
        (0.58, -math.log(0.58)),
        (0.5, 1.7),
        ha="center",
        arrowprops={"arrowstyle": "-", "linewidth": 0.8},
    )
    panels[1].set(title="half the squared error")
    return figure


def _draw_for_both_targets(
    axes: Axes, loss: Callable[[Tensor, Tensor], Tensor], y_hat: Tensor
) -> None:
    """Draw the loss of single predictions, each in the colour of its class."""
    for target, colour, line in ((1.0, "orange", "-"), (0.0, "blue", "--")):
        y = torch.full((1, 1), target, dtype=y_hat.dtype)
        losses = [loss(prediction.view(1, 1), y) for prediction in y_hat]
        axes.plot(
            y_hat,
            losses,
            line,
            color=PALETTE[colour],
            label=f"target {target:g}",
        )
    # --8<-- [end:draw_losses]


# --8<-- [start:draw_partners]
@book_style()
def draw_partners() -> Figure:
    """Draw dz of a sigmoid whose target is 0, for both losses."""
    figure, (axes,) = new_axes(height=3.2)
    z = torch.arange(-80, 81, dtype=torch.float64) / 10
    y_hat, y = sigmoid(z), torch.zeros_like(z)
    by_surprise = cross_entropy_derivative(y_hat[None], y[None])[0]
    for da, name, colour, line, above in (
        (by_surprise, "cross-entropy", "blue", "-", -0.08),
        (y_hat - y, "half the squared error", "orange", "--", 0.04),
    ):
        dz = da * sigmoid_derivative(z)
        axes.plot(z, dz, line, color=PALETTE[colour], label=name)
        (there,) = dz[z == 5].tolist()
        axes.plot(5, there, "o", color=PALETTE[colour])
        axes.text(5.2, there + above, f"{there:.4f}")
    axes.axvline(5, color=INK, linewidth=0.8, linestyle=":")
    axes.set(xlabel="$z$", ylabel="$dz$", xlim=(-8, 8), ylim=(0, 1.05))
    axes.legend(loc="upper left")
    return figure
    # --8<-- [end:draw_partners]
