"""The picture of the home page: a small network learns to enclose a disc.

The network has one hidden layer of eight ReLU units. Each unit folds the plane
along one straight line, and training moves the folds.
"""

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import disc
from snippets.contract import Bit, PerLayer, Steps, checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.backward import (
    backward,
    cross_entropy_derivative,
    update,
)
from snippets.propagation.forward import forward

NAMES = ("relu", "sigmoid")
SIDE = 1.15  # the pictures go a little beyond the points


# --8<-- [start:learn_disc]
@checked
def learn_disc(
    steps: Steps,
) -> tuple[PerLayer[Layer], Float[Tensor, "2 m"], Bit["1 m"]]:
    """Train eight hidden ReLU units to tell whether a point is in the disc."""
    generator = torch.Generator().manual_seed(1)
    x, y = disc(generator, count=120)
    layers = initialise((2, 8, 1), generator)
    for _ in range(steps):
        y_hat, caches = forward(x, layers, NAMES)
        gradients = backward(cross_entropy_derivative(y_hat, y), caches, NAMES)
        layers = update(layers, gradients, learning_rate=1.0)
    return layers, x, y
    # --8<-- [end:learn_disc]


# --8<-- [start:draw_folds]
@book_style()
def draw_folds() -> Figure:
    """Draw the network's answer before training and after 1000 steps."""
    figure, panels = new_axes(height=2.6, columns=2)
    for axes, steps in zip(panels, (0, 1000), strict=True):
        draw_answer(axes, *learn_disc(steps))
        axes.set_title(f"after {steps} steps" if steps else "before training")
    return figure


def draw_answer(axes: Axes, layers: list[Layer], x: Tensor, y: Tensor) -> None:
    """Draw the points, the fold of each hidden unit, and the region chosen.

    The region is where the network says "in the disc", y_hat above one half.
    """
    along = torch.linspace(-SIDE, SIDE, 116, dtype=torch.float64)
    vertical, horizontal = torch.meshgrid(along, along, indexing="ij")
    plane = torch.stack((horizontal.flatten(), vertical.flatten()))
    answer = forward(plane, layers, NAMES)[0].reshape(116, 116)
    axes.contourf(
        along, along, answer, (0.5, 1), colors=PALETTE["orange"], alpha=0.2
    )
    axes.contour(along, along, answer, (0.5,), colors=PALETTE["orange"])
    for (w_1, w_2), b in zip(*layers[0], strict=True):
        # the line w_1 x_1 + w_2 x_2 + b = 0, from its point nearest to 0
        normal = torch.stack((w_1, w_2)) / torch.hypot(w_1, w_2)
        near = -b / torch.hypot(w_1, w_2) * normal
        far = 4 * torch.stack((-normal[1], normal[0]))
        ends = torch.stack((near - far, near + far))
        axes.plot(*ends.T, color=INK, linewidth=0.7, linestyle="--")
    for inside, colour, marker in ((1, "orange", "s"), (0, "blue", "o")):
        axes.plot(
            *x[:, y[0] == inside],
            marker,
            color=PALETTE[colour],
            markersize=3,
            markerfacecolor=PALETTE[colour] if inside else "none",
        )
    axes.set(xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), aspect="equal")
    axes.set_axis_off()
    # --8<-- [end:draw_folds]


# --8<-- [start:draw_share]
@book_style()
def draw_share() -> Figure:
    """Draw the picture that a link to the book is shown with: 12 by 6.3 in."""
    figure = Figure(figsize=(12, 6.3), facecolor=PALETTE["paper"])
    draw_answer(figure.add_axes((0.53, 0.06, 0.45, 0.88)), *learn_disc(1000))
    for height, size, words in (
        (0.55, 46, "Introduction to\nNeural Networks"),
        (0.33, 22, "A short book that runs\nits own code"),
    ):
        figure.text(0.06, height, words, size=size, family="STIXGeneral")
    return figure
    # --8<-- [end:draw_share]
