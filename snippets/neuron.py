"""The artificial neuron in three forms.

They are a McCulloch-Pitts unit, a neuron with weights and bias, and a
perceptron that learns.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch
from torch import Tensor

from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    new_axes,
)
from snippets.require import (
    require_callable,
    require_count,
    require_floating,
    require_generator,
    require_number,
    require_same_dtype,
    require_shape,
    require_values,
)


# --8<-- [start:step]
def step(z: Tensor) -> Tensor:
    """Fire or stay silent: 1 where z >= 0, otherwise 0.

    z: floating, any shape; the result has the same shape and dtype.
    NaN stays NaN.
    Raises TypeError if z is not a floating tensor.
    """
    require_same_dtype(z=z)
    return torch.where(z.isnan(), z, (z >= 0).to(z.dtype))
    # --8<-- [end:step]


# --8<-- [start:pre_activation]
def pre_activation(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    """Weigh the inputs, add them up, add the bias: z = sum of w_i x_i, plus b.

    x: the n inputs, shape (n,), or m examples of them as columns, shape (n, m).
    w: one weight for each input, shape (n,). b: the bias, a tensor of shape ().
    All of one floating dtype.
    Returns z of shape (), or (m,) for m examples. Infinities and NaN spread as
    in any sum.
    Raises TypeError for a wrong dtype, ValueError for shapes that do not fit.
    """
    require_same_dtype(x=x, w=w, b=b)
    require_shape("w", w, ("n",))
    require_shape("x", x, (w.shape[0],) if x.dim() < 2 else (w.shape[0], "m"))
    require_shape("b", b, ())
    return w @ x + b
    # --8<-- [end:pre_activation]


# --8<-- [start:neuron]
def neuron(
    x: Tensor, w: Tensor, b: Tensor, g: Callable[[Tensor], Tensor]
) -> Tensor:
    """Return the output of one neuron, a = g(z).

    z is the pre-activation of x, and g the activation function. Shapes and
    errors are those of pre_activation; TypeError if g is no function.
    """
    require_callable("g", g)
    return g(pre_activation(x, w, b))
    # --8<-- [end:neuron]


# --8<-- [start:mcculloch_pitts]
def mcculloch_pitts(x: Tensor, w: Tensor, theta: float) -> Tensor:
    """Fire, with a 1, where the weighted sum of the inputs reaches theta.

    After McCulloch and Pitts (1943), but for inhibition, which is a vote
    against and no veto. theta is the threshold.
    x: n inputs of 0 or 1, shape (n,), or m examples as columns, shape (n, m).
    w: n weights, 1 or -1, shape (n,).
    Returns 0 or 1, of shape () or (m,).
    Raises ValueError for other inputs, weights or shapes, TypeError for a wrong
    dtype or threshold.
    """
    require_number("theta", theta)
    require_same_dtype(x=x, w=w)
    require_values("x", x, (0, 1))
    require_values("w", w, (-1, 1))
    return neuron(x, w, b=torch.tensor(-theta, dtype=x.dtype), g=step)
    # --8<-- [end:mcculloch_pitts]


# --8<-- [start:logical_and]
def logical_and(x: Tensor) -> Tensor:
    """Return 1 where both inputs are 1, and 0 elsewhere.

    x: 0s and 1s, shape (2,) or (2, m). Errors as for mcculloch_pitts.
    """
    require_floating(x=x)
    return mcculloch_pitts(x, w=torch.ones(2, dtype=x.dtype), theta=2)
    # --8<-- [end:logical_and]


# --8<-- [start:logical_or]
def logical_or(x: Tensor) -> Tensor:
    """Return 1 where at least one input is 1, and 0 elsewhere.

    x: 0s and 1s, shape (2,) or (2, m). Errors as for mcculloch_pitts.
    """
    require_floating(x=x)
    return mcculloch_pitts(x, w=torch.ones(2, dtype=x.dtype), theta=1)
    # --8<-- [end:logical_or]


# --8<-- [start:logical_not]
def logical_not(x: Tensor) -> Tensor:
    """Return 1 where the only input is 0, and 0 elsewhere.

    x: 0s and 1s, shape (1,) or (1, m). Errors as for mcculloch_pitts.
    """
    require_floating(x=x)
    return mcculloch_pitts(x, w=-torch.ones(1, dtype=x.dtype), theta=0)
    # --8<-- [end:logical_not]


# --8<-- [start:train_perceptron]
class Trained(NamedTuple):
    """A trained perceptron, and its mistakes in each pass over the data."""

    w: Tensor
    b: Tensor
    mistakes: list[int]


def train_perceptron(x: Tensor, y: Tensor, passes: int) -> Trained:
    """Learn weights and bias by Rosenblatt's rule (1962), starting from 0.

    x: m examples with n inputs each, as columns, shape (n, m).
    y: their m targets, 0 or 1, shape (m,).
    passes: how often to go over all examples, at most; a pass without a
    mistake is the last.
    Infinities and NaN in x spread to the weights. Raises TypeError for a wrong
    dtype or number of passes, ValueError for shapes that do not fit or targets
    other than 0 and 1.
    """
    require_same_dtype(x=x, y=y)
    require_shape("x", x, ("n", "m"))
    require_shape("y", y, (x.shape[1],))
    require_values("y", y, (0, 1))
    require_count("passes", passes)
    w = torch.zeros(x.shape[0], dtype=x.dtype)
    b = torch.zeros((), dtype=x.dtype)
    mistakes = []
    while len(mistakes) < passes and (not mistakes or mistakes[-1] > 0):
        mistakes.append(0)
        for example, target in zip(x.T, y, strict=True):
            error = target - neuron(example, w, b, step)
            w = w + error * example
            b = b + error
            mistakes[-1] += int(error != 0)
    return Trained(w, b, mistakes)
    # --8<-- [end:train_perceptron]


# --8<-- [start:two_groups]
def two_groups(
    generator: torch.Generator, count: int = 80
) -> tuple[Tensor, Tensor]:
    """Scatter points over a square, and give 1 to those above a line.

    Points close to the line, x1 + 2 x2 = 1, are left out, so that there is
    room for a line between the two groups.
    count: how many points to scatter. Returns those that were kept, as
    columns, shape (2, m), and their targets, 0 or 1, shape (m,).
    Raises TypeError or ValueError unless given a torch.Generator and a whole
    number of at least 1.
    """
    require_generator(generator)
    require_count("count", count)
    x = 6 * torch.rand(2, count, generator=generator, dtype=torch.float64) - 3
    height = x[0] + 2 * x[1] - 1
    kept = height.abs() > 0.5
    return x[:, kept], (height > 0)[kept].to(x.dtype)
    # --8<-- [end:two_groups]


# --8<-- [start:draw_perceptron]
@book_style()
def draw_perceptron() -> Figure:
    """Draw two groups of points and the line a perceptron put between them."""
    x, y = two_groups(torch.Generator().manual_seed(1))
    w, b, _ = train_perceptron(x, y, passes=100)
    figure, (axes,) = new_axes(height=3.4)
    axes.plot(
        *x[:, y == 0],
        "o",
        color=PALETTE["orange"],
        markerfacecolor=PALETTE["paper"],
        label="target 0",
    )
    axes.plot(*x[:, y == 1], "s", color=PALETTE["blue"], label="target 1")
    x1 = torch.tensor([-3.5, 3.5], dtype=torch.float64)
    axes.plot(
        x1,
        -(w[0] * x1 + b) / w[1],
        color=INK,
        linewidth=1.2,
        label="$w_1 x_1 + w_2 x_2 + b = 0$",
    )
    axes.set(xlabel="$x_1$", xlim=(-3.5, 3.5), ylim=(-3.5, 3.5))
    axes.set_ylabel("$x_2$", rotation=0)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
    # --8<-- [end:draw_perceptron]


# --8<-- [start:draw_neuron]
@book_style()
def draw_neuron() -> Figure:
    """Draw the artificial neuron in the terms of the living one.

    Those terms are dendrites, cell body and axon.
    """
    figure, sheet = blank_axes(4.8, 2.7)
    centre, radius = (3.05, 1.35), 0.62
    for i, height in enumerate((2.2, 1.35, 0.5), start=1):
        draw_arrow(sheet, (0.32, height), (0.7, height))
        sheet.text(
            0.2, height, f"$x_{i}$", ha="center", va="center", fontsize=12
        )
        sheet.add_patch(
            FancyBboxPatch(
                (0.74, height - 0.16),
                0.44,
                0.32,
                "round,pad=0.02",
                facecolor="none",
            )
        )
        sheet.text(
            0.96, height, f"$w_{i}$", ha="center", va="center", fontsize=12
        )
        draw_arrow(
            sheet,
            (1.22, height),
            (centre[0] - radius - 0.03, centre[1] + 0.25 * (2 - i)),
            bend=0.12 * (i - 2),
        )
    sheet.add_patch(
        Circle(
            centre,
            radius,
            facecolor="none",
            edgecolor=PALETTE["blue"],
            linewidth=1.8,
        )
    )
    sheet.plot(
        [centre[0]] * 2,
        [centre[1] - radius, centre[1] + radius],
        color=PALETTE["blue"],
        linewidth=1,
    )
    sheet.text(
        centre[0] - 0.29,
        centre[1],
        r"$\sum$",
        ha="center",
        va="center",
        fontsize=15,
    )
    left, middle, right = centre[0] + 0.1, centre[0] + 0.29, centre[0] + 0.48
    low, high = centre[1] - 0.2, centre[1] + 0.2
    sheet.plot(
        [left, middle, middle, right],
        [low, low, high, high],
        color=PALETTE["orange"],
    )
    draw_arrow(sheet, (centre[0] + radius + 0.03, centre[1]), (4.5, centre[1]))
    sheet.text(4.62, centre[1], "$a$", ha="center", va="center", fontsize=12)
    for word, x, y in (
        ("weights", 0.96, 2.57),
        ("dendrites", 1.85, 2.3),
        ("cell body", 3.05, 2.3),
        ("axon", 4.1, 1.5),
    ):
        sheet.text(x, y, word, ha="center", va="center")
    sheet.text(centre[0] - 0.06, 0.5, "summation", ha="right", va="center")
    sheet.text(centre[0] + 0.06, 0.5, "threshold", ha="left", va="center")
    return figure
    # --8<-- [end:draw_neuron]
