"""The loss, backpropagation, and the update that gradient descent makes of it.

Backpropagation is written out, without autograd.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.forward import (
    ACTIVATIONS,
    Cache,
    forward,
    require_activations,
)
from snippets.require import (
    require_count,
    require_layers,
    require_number,
    require_same_dtype,
    require_shape,
)


# --8<-- [start:cross_entropy]
def cross_entropy(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the mean of the loss over all examples.

    The loss of one is -(y log y_hat + (1 - y) log(1 - y_hat)); 0 log 0 counts
    as 0. Where there are several outputs, their losses add up.
    y_hat: predictions from 0 to 1, shape (outputs, m). y: targets from 0 to 1,
    of the same shape and dtype.
    Returns a tensor of shape (): at least 0, infinite for a confident mistake,
    NaN where y_hat is NaN.
    Raises TypeError for a wrong dtype, ValueError for shapes that differ or a
    number out of its range.
    """
    _require_pair(y_hat, y)
    losses = -(torch.xlogy(y, y_hat) + torch.xlogy(1 - y, 1 - y_hat))
    return losses.sum() / y.shape[1]
    # --8<-- [end:cross_entropy]


# --8<-- [start:cross_entropy_derivative]
def cross_entropy_derivative(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return the derivative of each example's loss by its prediction.

    It is da = -y / y_hat + (1 - y) / (1 - y_hat), of the shape of y_hat. Where
    y_hat is exactly 0 or 1 it is infinite for a mistake and NaN otherwise.
    Shapes, ranges and errors as for cross_entropy.
    """
    _require_pair(y_hat, y)
    return -y / y_hat + (1 - y) / (1 - y_hat)
    # --8<-- [end:cross_entropy_derivative]


def _require_pair(y_hat: Tensor, y: Tensor) -> None:
    require_same_dtype(y_hat=y_hat, y=y)
    require_shape("y_hat", y_hat, ("outputs", "m"))
    require_shape("y", y, tuple(y_hat.shape))
    if y.shape[1] == 0:
        raise ValueError(
            "y must hold at least one example, but has shape "
            + str(tuple(y.shape))
        )
    for name, value in (("y_hat", y_hat), ("y", y)):
        outside = value[(value < 0) | (value > 1)]
        if outside.numel():
            raise ValueError(
                f"{name} must lie between 0 and 1, "
                f"but holds {outside[0].item():g}"
            )


# --8<-- [start:backward]
class Gradient(NamedTuple):
    """How the loss changes with the parameters of one layer.

    The shapes are those of W and b.
    """

    dW: Tensor
    db: Tensor


def backward(
    da: Tensor, caches: Sequence[Cache], activations: Sequence[str]
) -> list[Gradient]:
    """Carry the loss's derivative from the prediction back through all layers.

    da: derivative of each example's loss by the prediction, shape (outputs, m).
    caches, activations: as forward returned and took them.
    Returns dW and db of the mean loss for each layer, first layer first. NaN
    and infinities spread.
    Raises TypeError or ValueError for dtypes, shapes, names or numbers of names
    that do not fit.
    """
    _require_caches(caches)
    require_activations(activations, len(caches))
    gradients = []
    for (a_previous, z, W, _), name in zip(
        reversed(caches), reversed(activations), strict=True
    ):
        require_same_dtype(da=da, z=z)
        require_shape("da", da, tuple(z.shape))
        m = z.shape[1]
        dz = da * ACTIVATIONS[name].derivative(z)  # (n, m)
        dW = dz @ a_previous.T / m  # (n, n_previous)
        db = dz.sum(dim=1, keepdim=True) / m  # (n, 1)
        da = W.T @ dz  # (n_previous, m), the da of the layer before
        gradients.append(Gradient(dW, db))
    return gradients[::-1]
    # --8<-- [end:backward]


def _require_caches(caches: Sequence[Cache]) -> None:
    """Raise unless each cache holds together and there is an example."""
    if not isinstance(caches, list | tuple):
        raise TypeError(
            f"caches must be a list, but a {type(caches).__name__} was given"
        )
    require_layers([(W, b) for _, _, W, b in caches])
    for a_previous, z, W, _ in caches:
        require_same_dtype(a_previous=a_previous, z=z, W=W)
        require_shape("z", z, (W.shape[0], "m"))
        require_shape("a_previous", a_previous, (W.shape[1], z.shape[1]))
        if not z.shape[1]:
            raise ValueError(
                "there must be at least one example, but z is empty"
            )


# --8<-- [start:update]
def update(
    layers: Sequence[Layer], gradients: Sequence[Gradient], learning_rate: float
) -> list[Layer]:
    """Take one step of gradient descent.

    The step is W - eta dW and b - eta db for each layer; the layers given stay
    as they are.
    learning_rate: eta, above 0. Raises TypeError or ValueError for a rate, a
    number of gradients or shapes that do not fit.
    """
    require_number("learning_rate", learning_rate, above=0)
    require_layers(layers)
    if len(layers) != len(gradients):
        raise ValueError(
            f"there must be one gradient for each of {len(layers)} layers, "
            f"but {len(gradients)} were given"
        )
    stepped = []
    for (W, b), (dW, db) in zip(layers, gradients, strict=True):
        require_same_dtype(W=W, b=b, dW=dW, db=db)
        require_shape("dW", dW, tuple(W.shape))
        require_shape("db", db, tuple(b.shape))
        stepped.append(Layer(W - learning_rate * dW, b - learning_rate * db))
    return stepped
    # --8<-- [end:update]


# --8<-- [start:loss_and_gradients]
# the four examples of XOR, as columns, and their targets
X = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=torch.float64)
Y = torch.tensor([[0, 1, 1, 0]], dtype=torch.float64)
NAMES = ("tanh", "sigmoid")


def loss_and_gradients(
    layers: Sequence[Layer],
) -> tuple[Tensor, list[Gradient]]:
    """Go forward and backward once, over the four examples of XOR.

    layers: two, for two inputs and one output, in float64. Errors as for
    forward.
    Returns the loss, and its gradients for each layer.
    """
    y_hat, caches = forward(X, layers, NAMES)
    return cross_entropy(y_hat, Y), backward(
        cross_entropy_derivative(y_hat, Y), caches, NAMES
    )
    # --8<-- [end:loss_and_gradients]


# --8<-- [start:train_on_xor]
def train_on_xor(
    steps: int, learning_rate: float, generator: torch.Generator
) -> tuple[list[Layer], list[float]]:
    """Train a network with four hidden units on XOR.

    steps: how many to take, 0 or more. learning_rate: eta, above 0.
    Returns its layers, and the loss before each step and at the end.
    Raises TypeError or ValueError for arguments out of these ranges.
    """
    require_count("steps", steps, least=0)
    require_number("learning_rate", learning_rate, above=0)
    layers, losses = initialise((2, 4, 1), generator), []
    for _ in range(steps):
        loss, gradients = loss_and_gradients(layers)
        losses.append(loss.item())
        layers = update(layers, gradients, learning_rate)
    return layers, [*losses, loss_and_gradients(layers)[0].item()]
    # --8<-- [end:train_on_xor]


# --8<-- [start:draw_one_step]
@book_style()
def draw_one_step() -> Figure:
    """Draw the loss after one step against the learning rate of that step.

    Drawn as well is the line that the gradient promises.
    """
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    squared_length = sum((dW**2).sum() + (db**2).sum() for dW, db in gradients)
    rates = torch.arange(1, 81, dtype=torch.float64) / 10
    after = [
        loss_and_gradients(update(layers, gradients, rate.item()))[0]
        for rate in rates
    ]
    figure, (axes,) = new_axes()
    axes.axhline(
        loss, color=INK, linewidth=0.8, linestyle=":", label="before the step"
    )
    axes.plot(rates, after, color=PALETTE["blue"], label="after the step")
    axes.plot(
        rates,
        loss - rates * squared_length,
        color=PALETTE["orange"],
        linestyle="--",
        label="what the slope promises",
    )
    axes.set(xlabel="learning rate", ylabel="loss", xlim=(0, 8))
    axes.set_yticks((0.5, 0.6, 0.7, 0.8))
    axes.legend()
    return figure
    # --8<-- [end:draw_one_step]
