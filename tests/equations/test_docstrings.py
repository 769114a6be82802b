"""Formulas in docstrings hold, as those of the pages do."""

import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from snippets.activation import depth, index, leaky_relu, relu, sigmoid, tanh
from snippets.network import Layer, affine, count_parameters
from snippets.neuron import neuron, pre_activation, step
from snippets.primer.slopes import slope_between
from snippets.primer.tensors import dot_product, matrix_product
from snippets.propagation import autograd, gradient_check, loss, softmax
from snippets.propagation.backward import Gradient
from snippets.propagation.descent import update
from snippets.training.index import Memory, momentum, rmsprop
from tests.equations.check import CLOSE
from tests.equations.evaluate import Symbols, parse, relations
from tests.tensors import double, random

OTHER = {">": r"\le", r"\ge": "<"}
Z = torch.arange(-8, 9).double() / 2  # with 0
BELOW = Z[:8]
W, V, b, c, x = (
    random(*size) for size in [(2, 3), (4, 2), (2, 1), (4, 1), (3, 5)]
)
BOTH = index.collapse([Layer(W, b), Layer(V, c)])
MOVED = update([Layer(W, b)], [Gradient(2 * W, 3 * b)], 0.1)[0]
POINT = {"w": [*W[0]], "x": [*x[:, 0]]}
p, q = random(2, 6)
OLD = Memory(p, q.abs(), 1)
y, y_hat = random(2, 6).sigmoid()
PAIR = {"y": y, r"\hat y": y_hat, "z": y_hat}
target = double([[0.2], [0.5], [0.3]])
SCORES = {"z": [*x[:, 0]], "y": [*target[:, 0]]}
COMMON = {"e": double(1.0).exp(), **{i: range(1, 4) for i in "ijk"}}


def tex(words: str) -> str:
    """Write a formula of a docstring as the pages write theirs.

    Without a relation it is what the function returns, r.
    """
    words = re.sub(r"\b(alpha|eta|log|max)\b", r"\\\1 ", words)
    words = re.sub(r"\bsum (?:of )?(?=.*?_([a-z]))", r"\\sum_\1 ", words)
    words = re.sub(r"\^(-?\w+)", r"^{\1}", words)
    words = re.sub(r"\b([Wb])(\d)", r"\1^{[\2]}", words)
    words = words.replace("y_hat", r"\hat y").replace(">=", r"\ge")
    if case := re.fullmatch(r"(.+) where z (\S+) 0, \w+ (.+)", words):
        value, sign, other = case.groups()
        words = rf"{value} & z {sign} 0 \\ {other} & z {OTHER[sign]} 0"
        words = rf"\begin{{cases}} {words} \end{{cases}}"
    return words if "=" in words else f"r = {words}"


def of_each(function: Callable) -> Tensor:
    """Return what a loss makes of each pair alone."""
    pairs = zip(y_hat.view(-1, 1, 1), y.view(-1, 1, 1), strict=True)
    return torch.stack([function(*pair).view(()) for pair in pairs])


def of_values(
    function: Callable, wanted: str, *y: float
) -> tuple[Symbols, Tensor]:
    """Return z and a Value that is made of it, and its a or its slope."""
    made = [function(autograd.Value(z), *y) for z in Z.tolist()]
    a = double([one.data for one in made])
    slopes = double([one.sources[0][1] for one in made])
    signs = {"z": Z, "a": a, "y": sum(y)}
    return signs, a if wanted == "a" else slopes


def found_by_moving(h: float, centred: bool) -> Tensor:
    """Return what is taken for the slope of w^3 at 2."""
    layer = Layer(double([[2]]), double([[0]]))
    ((slope, _),) = gradient_check.numerical_gradients(
        lambda layers: layers[0].W[0, 0] ** 3, [layer], h, centred
    )
    return slope[0, 0]


# a function, a formula of its docstring, what the signs stand for, and what the
# function returns, where the formula has no sign for it
MOVING = {"J": lambda w: w**3, "w": 2.0, "h": 0.5}
LEAKY = {"z": Z, r"\alpha": 0.1}
ERRORS = double(
    [
        gradient_check.relative_error(*pair)
        for pair in zip(p.view(-1, 1), q.view(-1, 1), strict=True)
    ]
)
FORMULAS = [
    (
        depth.ramp,
        "max(0, k x) - max(0, k x - 1)",
        {"x": Z, "k": 4},
        depth.ramp(Z, 0, 4),
    ),
    (depth.fold, "2 max(0, x) - 4 max(0, x - 1/2)", {"x": Z}, depth.fold(Z)),
    (index.collapse, "W = W2 W1", {"W": {None: BOTH.W, 1: W, 2: V}}, None),
    (
        index.collapse,
        "b = W2 b1 + b2",
        {"W": {2: V}, "b": {None: BOTH.b, 1: b, 2: c}},
        None,
    ),
    (
        leaky_relu.leaky_relu,
        "max(alpha z, z)",
        LEAKY,
        leaky_relu.leaky_relu(Z, 0.1),
    ),
    (
        leaky_relu.leaky_relu_derivative,
        "1 where z > 0, elsewhere alpha",
        LEAKY,
        leaky_relu.leaky_relu_derivative(Z, 0.1),
    ),
    (relu.relu, "max(0, z)", {"z": Z}, relu.relu(Z)),
    (
        relu.relu_derivative,
        "1 where z > 0, elsewhere 0",
        {"z": Z},
        relu.relu_derivative(Z),
    ),
    (sigmoid.sigmoid, "1 / (1 + e^-z)", {"z": Z}, sigmoid.sigmoid(Z)),
    (
        sigmoid.sigmoid_derivative,
        "a (1 - a)",
        {"a": sigmoid.sigmoid(Z)},
        sigmoid.sigmoid_derivative(Z),
    ),
    (
        tanh.textbook_tanh,
        "(e^z - e^-z) / (e^z + e^-z)",
        {"z": Z},
        tanh.textbook_tanh(Z),
    ),
    (tanh.tanh, "t / (t + 2)", {"t": torch.expm1(2 * BELOW)}, tanh.tanh(BELOW)),
    (
        tanh.tanh,
        "t = e^2z - 1",
        {"z": BELOW, "t": torch.expm1(2 * BELOW)},
        None,
    ),
    (
        tanh.tanh_derivative,
        "1 - a^2",
        {"a": tanh.tanh(Z)},
        tanh.tanh_derivative(Z),
    ),
    (count_parameters, "k n + k", {"n": 3, "k": 5}, count_parameters([3, 5])),
    (affine, "W x + b", {"W": W, "x": x, "b": b}, affine(x, Layer(W, b))),
    (step, "1 where z >= 0, otherwise 0", {"z": Z}, step(Z)),
    (
        pre_activation,
        "sum of w_i x_i + b",
        POINT | {"b": Z[1]},
        pre_activation(x[:, 0], W[0], Z[1]),
    ),
    (
        neuron,
        "g(z)",
        {"g": torch.tanh, "z": W[0] @ x[:, 0] + Z[1]},
        neuron(x[:, 0], W[0], Z[1], tanh.tanh),
    ),
    (
        slope_between,
        "(f(z + h) - f(z)) / h",
        {"f": lambda z: z**3, "z": 2.0, "h": 0.5},
        slope_between(lambda z: z**3, 2, 0.5),
    ),
    (dot_product, "sum of w_i x_i", POINT, dot_product(W[0], x[:, 0])),
    (matrix_product, "W x", {"W": W, "x": x}, matrix_product(W, x)),
    (autograd.sigmoid, "1 / (1 + e^-z)", *of_values(autograd.sigmoid, "a")),
    (autograd.relu, "max(z, 0)", *of_values(autograd.relu, "a")),
    (autograd.softplus, "log(1 + e^z)", *of_values(autograd.softplus, "a")),
    (
        autograd.loss_of_z,
        "log(1 + e^z) - y z",
        *of_values(autograd.loss_of_z, "a", 0.3),
    ),
    (autograd.sigmoid, "a (1 - a)", *of_values(autograd.sigmoid, "slope")),
    (autograd.tanh, "1 - a^2", *of_values(autograd.tanh, "slope")),
    (
        autograd.relu,
        "1 where z > 0, elsewhere 0",
        *of_values(autograd.relu, "slope"),
    ),
    (
        autograd.softplus,
        "1 / (1 + e^-z)",
        *of_values(autograd.softplus, "slope"),
    ),
    (update, "W - eta dW", {"W": W, "dW": 2 * W, r"\eta": 0.1}, MOVED.W),
    (update, "b - eta db", {"b": b, "db": 3 * b, r"\eta": 0.1}, MOVED.b),
    (
        gradient_check.numerical_gradients,
        "(J(w + h) - J(w - h)) / (2 h)",
        MOVING,
        found_by_moving(0.5, True),
    ),
    (
        gradient_check.numerical_gradients,
        "(J(w + h) - J(w)) / h",
        MOVING,
        found_by_moving(0.5, False),
    ),
    (
        gradient_check.relative_error,
        "|p - q| / max(|p|, |q|)",
        {"p": p, "q": q},
        ERRORS,
    ),
    (
        loss.half_squared_error,
        "(y_hat - y)^2 / 2",
        PAIR,
        of_each(loss.half_squared_error),
    ),
    (
        loss.cross_entropy,
        "-(y log y_hat + (1 - y) log(1 - y_hat))",
        PAIR,
        of_each(loss.cross_entropy),
    ),
    (
        loss.cross_entropy_derivative,
        "-y / y_hat + (1 - y) / (1 - y_hat)",
        PAIR,
        of_each(loss.cross_entropy_derivative),
    ),
    (
        loss.cross_entropy_of_z,
        "y log(1 + e^-z) + (1 - y) log(1 + e^z)",
        PAIR,
        of_each(loss.cross_entropy_of_z),
    ),
    (
        softmax.softmax,
        "e^z_k / sum e^z_j",
        SCORES | {"k": 2},
        softmax.softmax(x[:, :1])[1, 0],
    ),
    (
        softmax.softmax_cross_entropy,
        "sum y_k (log sum e^z_j - z_k)",
        SCORES,
        softmax.softmax_cross_entropy(x[:, :1], target),
    ),
    (
        momentum,
        "p v + dw",
        {"p": 0.8, "v": p, "dw": q},
        momentum(q, OLD, 0.8)[1].v,
    ),
    (
        rmsprop,
        "q s + (1 - q) dw^2",
        {"q": 0.8, "s": q.abs(), "dw": p},
        rmsprop(p, OLD, 0.8)[1].s,
    ),
]


@pytest.mark.parametrize(("function", "words", "signs", "found"), FORMULAS)
def test_a_formula_gives_what_the_function_does(function, words, signs, found):
    assert re.search(
        rf"{re.escape(words)}(?=[.,:]| for | and |$)", function.__doc__
    )
    symbols = COMMON | signs | ({} if found is None else {"r": found})
    for relation in relations(parse(tex(words)), symbols, {}):
        assert relation.sign == "="
        torch.testing.assert_close(
            relation.left, relation.right, rtol=CLOSE, atol=CLOSE
        )
