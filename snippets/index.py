"""The pictures of the home page: a small network learns to enclose a disc.

The network has one hidden layer of eight ReLU units. Each unit folds the plane
along one straight line, and training moves the folds. Thumbnails of the
chapters' figures show the way.
"""

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from torch import Tensor

from snippets.activation.relu import disc
from snippets.contract import Bit, PerLayer, Steps, checked
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_classes,
    draw_line,
    new_axes,
    shade_class,
    svg,
)
from snippets.network import Layer, initialise
from snippets.propagation.backward import backward
from snippets.propagation.descent import update
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z

NAMES = ("relu", "sigmoid")
SIDE = 1.15  # the pictures go a little beyond the points


# --8<-- [start:learn_disc]
@checked
def watch_disc(
    steps: Steps,
) -> tuple[list[PerLayer[Layer]], Float[Tensor, "2 m"], Bit["1 m"]]:
    """Train eight hidden ReLU units to tell whether a point is in the disc.

    The network is returned before training and after each step.
    """
    generator = torch.Generator().manual_seed(1)
    x, y = disc(generator, count=120)
    history = [initialise((2, 8, 1), generator)]
    for _ in range(steps):
        y_hat, caches = forward(x, history[-1], NAMES)
        gradients = backward(y_hat - y, caches, NAMES)
        history.append(update(history[-1], gradients, learning_rate=1.0))
    return history, x, y


@checked
def learn_disc(
    steps: Steps,
) -> tuple[PerLayer[Layer], Float[Tensor, "2 m"], Bit["1 m"]]:
    """Return the network after so many steps, and its examples."""
    (*_, layers), x, y = watch_disc(steps)
    return layers, x, y


@checked
def judge(
    layers: PerLayer[Layer], x: Float[Tensor, "2 m"], y: Bit["1 m"]
) -> tuple[float, int]:
    """Return the loss, and for how many examples the network is right."""
    z = forward(x, layers, NAMES)[1][-1].z
    return cross_entropy_of_z(z, y).item(), int(((z > 0) == (y > 0)).sum())
    # --8<-- [end:learn_disc]


# --8<-- [start:draw_folds]
@book_style()
def draw_folds() -> Figure:
    """Draw what the network says after 1000 steps, and its loss till then."""
    history, x, y = watch_disc(1000)
    figure, (answer, curve) = new_axes(height=3.7, columns=2)
    draw_answer(answer, history[-1], x, y)
    losses = [judge(layers, x, y)[0] for layers in history]
    curve.plot(losses, color=PALETTE["blue"], gid="live-loss")
    curve.set(xlabel="steps", title="loss", xlim=(0, 1000), ylim=(0, 0.9))
    curve.set_xticks((0, 500, 1000))
    curve.set_yticks((0, 0.3, 0.6, 0.9))
    figure.legend(
        *answer.get_legend_handles_labels(),
        loc="outside lower center",
        ncols=3,
    )
    return figure


def draw_answer(axes: Axes, layers: list[Layer], x: Tensor, y: Tensor) -> None:
    """Draw the points, the fold of each hidden unit, and the region chosen.

    The region is where the network says "in the disc", y_hat above one half.
    """
    axes.set(xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), aspect="equal")
    axes.set_axis_off()
    shade_class(
        axes,
        lambda points: forward(points, layers, NAMES)[0][0] - 0.5,
        name="the network says “inside”",
    )
    axes.collections[0].set_gid("live-region")
    for w, b in zip(*layers[0], strict=True):
        draw_line(axes, w, b, linewidth=0.7, linestyle="--", gid="live-fold")
    draw_classes(axes, x, y[0], names=("outside", "inside"), size=4)
    for points in axes.lines[-2:]:
        points.set_gid("live-points")
    # --8<-- [end:draw_folds]


@book_style()
def draw_share() -> Figure:
    """Draw the picture that a link to the book is shown with: 12 by 6.3 in."""
    figure = Figure(figsize=(12, 6.3), facecolor=PALETTE["paper"])
    draw_answer(figure.add_axes((0.53, 0.06, 0.45, 0.88)), *learn_disc(1000))
    for height, size, words in (
        (0.55, 46, "Introduction to\nNeural Networks"),
        (0.33, 22, "From one neuron\nto backpropagation"),
    ):
        figure.text(0.06, height, words, size=size, family="STIXGeneral")
    return figure


@book_style()
def draw_signs() -> Figure:
    """Draw the formula of a layer as outlines, which need no font."""
    figure, axes = blank_axes(3.6, 1.6)
    formula = TextPath((0, 0), r"$a = g\,(W x + b)$", size=0.5)
    left, bottom, right, top = formula.get_extents().extents
    to_middle = Affine2D().translate(
        1.8 - (left + right) / 2, 0.8 - (bottom + top) / 2
    )
    outlines = formula.transformed(to_middle)
    axes.add_patch(PathPatch(outlines, facecolor=INK, linewidth=0))
    return figure


@book_style()
def thumbnail(figure: Figure, name: str) -> str:
    """Return `figure` as a small picture for a page that leads to its own.

    Words and ticks, too small to read there, are left out.
    name: as svg takes it.
    """
    for text in figure.findobj(Text):
        text.set_text("")
    for legend in figure.findobj(Legend):
        legend.set_visible(False)
    for axes in figure.axes:
        axes.tick_params(length=0, labelleft=False, labelbottom=False)
    # it says nothing that the words beside it don't
    return svg(figure, name).replace("<svg ", '<svg aria-hidden="true" ', 1)
