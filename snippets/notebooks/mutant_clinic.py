"""Eight wrong backpropagations as people write them, and what finds them.

The network has three inputs, two hidden layers and an output layer, of three
units each. What the first hidden layer answers goes two ways, through the
second and past it: there is a fork. One step of learning is made of six parts,
and a patient is a step of which one part is wrong.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.leaky_relu import leaky_relu, leaky_relu_derivative
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh, tanh_derivative
from snippets.contract import Count, checked, named
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.gradient_check import relative_error
from snippets.propagation.loss import cross_entropy

ALPHA = 0.1
LEARNING_RATE = 0.5
TOLERANCE = 1e-6  # centred differences in float64 agree to about 1e-8

# the six parts of a step, as they should be


def activate(z: Tensor) -> Tensor:
    """Apply the activation function of the second layer."""
    return tanh(z)


def leaky_slope(z: Tensor) -> Tensor:
    """Return the slopes of the first layer, which is Leaky ReLU."""
    return leaky_relu_derivative(z, ALPHA)


def output_error(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return dz of the output; the loss adds up over the outputs."""
    return y_hat - y


def through_activation(da: Tensor, slope: Tensor) -> Tensor:
    """Return dz from da, and the slope of the activation function."""
    return da * slope


def join(ways: Sequence[Tensor]) -> Tensor:
    """Return da before a fork, from the da that each way brings back."""
    da = torch.zeros_like(ways[0])
    for way in ways:
        da += way
    return da


def one_layer(
    layer: Layer, dz: Tensor, a_previous: Tensor, learning_rate: float
) -> tuple[Layer, Tensor]:
    """Return the layer after the step, and da of the layer before."""
    W, b = layer
    m = dz.shape[1]
    dW = dz @ a_previous.T / m
    db = dz.sum(dim=1, keepdim=True) / m
    da = W.T @ dz
    W = W - learning_rate * dW
    b = b - learning_rate * db
    return Layer(W, b), da


class Step(NamedTuple):
    """The parts that make one step of learning."""

    activate: Callable = activate
    leaky_slope: Callable = leaky_slope
    output_error: Callable = output_error
    through_activation: Callable = through_activation
    join: Callable = join
    one_layer: Callable = one_layer


# parts with one fault each; PATIENTS, at the end, gives the faults away


def one_layer_of_a(
    layer: Layer, dz: Tensor, a_previous: Tensor, learning_rate: float
) -> tuple[Layer, Tensor]:
    """Return the layer after the step, and da of the layer before."""
    W, b = layer
    m = dz.shape[1]
    dW = dz @ a_previous.T / m
    db = dz.sum(dim=1, keepdim=True) / m
    da = W @ dz
    W = W - learning_rate * dW
    b = b - learning_rate * db
    return Layer(W, b), da


def through_activation_of_b(da: Tensor, slope: Tensor) -> Tensor:
    """Return dz from da, and the slope of the activation function."""
    return da


def join_of_c(ways: Sequence[Tensor]) -> Tensor:
    """Return da before a fork, from the da that each way brings back."""
    da = torch.zeros_like(ways[0])
    for way in ways:
        da = way
    return da


def output_error_of_d(y_hat: Tensor, y: Tensor) -> Tensor:
    """Return dz of the output; the loss adds up over the outputs."""
    return (y_hat - y) / len(y)


def one_layer_of_e(
    layer: Layer, dz: Tensor, a_previous: Tensor, learning_rate: float
) -> tuple[Layer, Tensor]:
    """Return the layer after the step, and da of the layer before."""
    W, b = layer
    m = dz.shape[1]
    dW = dz @ a_previous.T / m
    db = dz / m
    da = W.T @ dz
    W = W - learning_rate * dW
    b = b - learning_rate * db
    return Layer(W, b), da


def activate_of_f(z: Tensor) -> Tensor:
    """Apply the activation function of the second layer."""
    return z.tanh_()


def one_layer_of_g(
    layer: Layer, dz: Tensor, a_previous: Tensor, learning_rate: float
) -> tuple[Layer, Tensor]:
    """Return the layer after the step, and da of the layer before."""
    W, b = layer
    m = dz.shape[1]
    dW = dz @ a_previous.T / m
    db = dz.sum(dim=1, keepdim=True) / m
    W = W - learning_rate * dW
    b = b - learning_rate * db
    da = W.T @ dz
    return Layer(W, b), da


def leaky_slope_of_h(z: Tensor) -> Tensor:
    """Return the slopes of the first layer, which is Leaky ReLU."""
    return torch.where(z > 0, ALPHA, torch.ones_like(z))


def examples() -> tuple[Tensor, Tensor]:
    """Return 60 points in a cube, as columns, and three answers for each.

    Do the first two coordinates share a sign? Is the point in the unit ball? Is
    the sum of the coordinates positive? Both tensors have the shape (3, 60).
    """
    generator = torch.Generator().manual_seed(0)
    x = 2 * torch.rand(3, 60, generator=generator, dtype=torch.float64) - 1
    answers = x[0] * x[1] > 0, (x**2).sum(dim=0) < 1, x.sum(dim=0) > 0
    return x, torch.stack(answers).to(x.dtype)


def new_layers() -> list[Layer]:
    """Return the three layers with which each patient starts."""
    return initialise((3, 3, 3, 3), torch.Generator().manual_seed(1))


class Values(NamedTuple):
    """What the way forward computes."""

    z1: Tensor
    a1: Tensor
    z2: Tensor
    a2: Tensor
    y_hat: Tensor


def forward(
    layers: Sequence[Layer], x: Tensor, activate: Callable = activate
) -> Values:
    """Go forward through the three layers; a1 goes two ways."""
    first, second, third = layers
    z1 = first.W @ x + first.b
    a1 = leaky_relu(z1, ALPHA)
    z2 = second.W @ a1 + second.b
    a2 = activate(z2)
    y_hat = sigmoid(third.W @ (a1 + a2) + third.b)
    return Values(z1, a1, z2, a2, y_hat)


def learn(
    layers: Sequence[Layer], step: Step, x: Tensor, y: Tensor
) -> list[Layer]:
    """Take one step of gradient descent, forward and backward."""
    first, second, third = layers
    z1, a1, z2, a2, y_hat = forward(layers, x, step.activate)
    dz3 = step.output_error(y_hat, y)
    third, da2 = step.one_layer(third, dz3, a1 + a2, LEARNING_RATE)
    dz2 = step.through_activation(da2, tanh_derivative(z2))
    second, through_second = step.one_layer(second, dz2, a1, LEARNING_RATE)
    da1 = step.join([da2, through_second])  # a1 went past it, too
    dz1 = step.through_activation(da1, step.leaky_slope(z1))
    first, _ = step.one_layer(first, dz1, x, LEARNING_RATE)
    return [first, second, third]


class Check(NamedTuple):
    """The gradient of one parameter: what a step took, against differences."""

    name: str
    wanted: tuple[int, ...]  # its shape
    shape: tuple[int, ...]  # that of the gradient
    error: float | None  # relative, from 0 to 2; None if the shapes differ


def check_gradients(step: Step) -> list[Check]:
    """Compare a step with centred differences of the loss.

    What the step took from a parameter, divided by the learning rate, must be
    the slope of the loss. The error is NaN if a gradient is.
    """
    x, y = examples()
    before = new_layers()
    after = learn(before, step, x, y)
    checks = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        for part, name in enumerate("Wb"):
            taken = (old[part] - new[part]) / LEARNING_RATE
            slope = slopes(before, number, part, x, y)
            wanted, shape = tuple(slope.shape), tuple(taken.shape)
            error = None
            if shape == wanted:
                error = relative_error(taken.flatten(), slope.flatten())
            checks.append(Check(f"{name}{number + 1}", wanted, shape, error))
    return checks


def slopes(
    layers: Sequence[Layer], number: int, part: int, x: Tensor, y: Tensor
) -> Tensor:
    """Return the slopes of the loss by centred differences.

    number: which layer, from 0. part: 0 for its weights, 1 for its biases.
    """
    values = layers[number][part]
    found = torch.empty_like(values)
    h = 1e-6
    for place in range(values.numel()):
        losses = []
        for change in (h, -h):
            moved = values.clone()
            moved.view(-1)[place] += change
            layer = Layer(
                *(moved if i == part else layers[number][i] for i in range(2))
            )
            changed = [*layers[:number], layer, *layers[number + 1 :]]
            losses.append(cross_entropy(forward(changed, x).y_hat, y))
        found.view(-1)[place] = (losses[0] - losses[1]) / (2 * h)
    return found


def complaints(step: Step) -> list[str]:
    """Return what the gradient check finds wrong, parameter by parameter."""
    found = []
    for name, wanted, shape, error in check_gradients(step):
        if error is None:
            found.append(f"d{name} has shape {shape}, {name} has {wanted}")
        elif not error < TOLERANCE:  # so is NaN
            found.append(f"d{name} is off by {error:.2g}")
    return found


@lru_cache
@checked
def losses(step: Step, steps: Count = 200) -> list[float]:
    """Return the loss before each of so many steps."""
    x, y = examples()
    layers, found = new_layers(), []
    for _ in range(steps):
        found.append(cross_entropy(forward(layers, x).y_hat, y).item())
        layers = learn(layers, step, x, y)
    return found


class Patient(NamedTuple):
    """One wrong part in an otherwise healthy step."""

    fault: str
    part: str  # its name in a step
    function: Callable


def step_of(patient: Patient) -> Step:
    """Return the whole step of a patient, one of its parts wrong."""
    return Step()._replace(**{patient.part: patient.function})


PATIENTS = {
    "A": Patient("a transpose is missing", "one_layer", one_layer_of_a),
    "B": Patient(
        "the slope is left out", "through_activation", through_activation_of_b
    ),
    "C": Patient("a fork sets instead of adding", "join", join_of_c),
    "D": Patient("a mean in place of a sum", "output_error", output_error_of_d),
    "E": Patient(
        "the gradient of the biases is not summed", "one_layer", one_layer_of_e
    ),
    "F": Patient("the cache is overwritten", "activate", activate_of_f),
    "G": Patient("the update comes too early", "one_layer", one_layer_of_g),
    "H": Patient(
        "the slope is on the wrong side", "leaky_slope", leaky_slope_of_h
    ),
}
FAULTS = sorted(patient.fault for patient in PATIENTS.values())
PatientName = named(
    str, f"be one of {', '.join(PATIENTS)}", lambda name: name in PATIENTS
)


@checked
def examine(name: PatientName) -> Figure:
    """Print what the gradient check says of a patient; draw how it learns."""
    step = step_of(PATIENTS[name])
    print("    relative error  shape of the gradient")
    for parameter, wanted, shape, error in check_gradients(step):
        if error is None:
            print(f"{parameter:<4}{'none':<16}{shape}, not {wanted}")
        else:
            print(f"{parameter:<4}{error:<16.2g}{shape}")
    return draw_losses(name)


@checked
def discharge(name: PatientName, fault: str, mended: Callable) -> None:
    """Raise AssertionError unless a fault is named and mended.

    fault: one of FAULTS. mended: takes the place of the wrong part.
    """
    patient = PATIENTS[name]
    assert fault in FAULTS, (
        f"name the fault of patient {name} in the words of the list: "
        f"{'; '.join(FAULTS)}"
    )
    assert fault == patient.fault, (
        f"patient {name} has another fault than {fault!r}; "
        "compare the code with the formulas once more"
    )
    found = complaints(Step()._replace(**{patient.part: mended}))
    assert not found, f"patient {name} is not well yet: {'; '.join(found)}"


@book_style()
def draw_losses(name: str) -> Figure:
    """Draw how the loss of a patient falls, and that of a healthy step."""
    figure, (axes,) = new_axes(height=2.8)
    healthy, ill = losses(Step()), losses(step_of(PATIENTS[name]))
    dashed = {"color": INK, "linewidth": 1, "linestyle": "--"}
    axes.plot(healthy, label="healthy", **dashed)
    axes.plot(ill, color=PALETTE["orange"], label=f"patient {name}")
    figure.set_label(
        f"The loss over {len(ill)} steps, from {ill[0]:.1f} on. That of a "
        f"healthy step, dashed, ends at {healthy[-1]:.2f}; that of patient "
        f"{name}, solid, ends at {ill[-1]:.2f}."
    )
    axes.set(xlabel="steps", ylabel="loss", ylim=(0, None))
    axes.legend(loc="upper right")
    return figure
