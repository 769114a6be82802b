"""What a wrong call gets; the tests of each snippet hold its own checks."""

import ast
import inspect
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy
import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from snippets.contract import (
    Count,
    LearningRate,
    Number,
    PerLayer,
    Slope,
    checked,
)
from snippets.graph import flows
from snippets.network import Layer, affine, count_parameters, initialise
from snippets.neuron import mcculloch_pitts, neuron, pre_activation
from snippets.propagation.backward import backward
from snippets.propagation.descent import loss_and_gradients, update
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy

ROOT = Path(__file__).parents[1]
ONE = torch.tensor(1.0)
LAYERS = initialise((2, 4, 1), torch.Generator().manual_seed(0))
X = torch.zeros(2, 3, dtype=torch.float64)
BOTH = ("tanh", "sigmoid")

WRONG = [
    (
        lambda: pre_activation([1.0], torch.ones(1), ONE),
        TypeError,
        "pre_activation: x must be a torch.Tensor, but a list was given",
    ),
    (
        lambda: pre_activation(torch.ones(1).long(), torch.ones(1), ONE),
        TypeError,
        "pre_activation: x must have a floating dtype such as torch.float64, "
        "but has torch.int64",
    ),
    (
        lambda: pre_activation(torch.ones(2), torch.ones(2).double(), ONE),
        TypeError,
        "pre_activation: x and w must share one dtype, but x has "
        "torch.float32 and w has torch.float64",
    ),
    (
        lambda: pre_activation(torch.ones(3, 5), torch.ones(2), ONE),
        ValueError,
        "pre_activation: w must have shape (n,) with n = 3, but has (2,)",
    ),
    (
        lambda: pre_activation(torch.ones(2, 2, 5), torch.ones(2), ONE),
        ValueError,
        "pre_activation: x must have shape (n,) or (n, m), but has (2, 2, 5)",
    ),
    (
        lambda: pre_activation(torch.ones(2), torch.ones(2)),
        TypeError,
        "pre_activation: missing a required argument: 'b'",
    ),
    (
        lambda: neuron(torch.ones(2), torch.ones(2), ONE, 7),
        TypeError,
        "neuron: g must be a function, but an int was given",
    ),
    (
        lambda: mcculloch_pitts(torch.tensor([0, 0.5]), torch.ones(2), 1),
        ValueError,
        "mcculloch_pitts: x must hold only 0 and 1, but holds 0.5",
    ),
    (
        lambda: count_parameters([3]),
        ValueError,
        "count_parameters: sizes must name the inputs and at least one layer, "
        "but is [3]",
    ),
    (
        lambda: initialise((2, 1), None),
        TypeError,
        "initialise: generator must be a torch.Generator, but None was given",
    ),
    (
        lambda: affine(X, 7),
        TypeError,
        "affine: layer must be a Layer of W and b, but an int was given",
    ),
    (
        lambda: forward(X, LAYERS[::-1], BOTH),
        ValueError,
        "forward: layers[0].W must have shape (units, inputs) with inputs = 2, "
        "but has (1, 4)",
    ),
    (
        lambda: forward(X, [*LAYERS, LAYERS[0]], (*BOTH, "relu")),
        ValueError,
        "forward: layers[2].W must have shape (units, inputs) with inputs = 1, "
        "but has (4, 2)",
    ),
    (
        lambda: forward(X, LAYERS, ("tanh", "gelu")),
        ValueError,
        "forward: activations[1] must be one of sigmoid, tanh, relu, "
        "leaky_relu, but is 'gelu'",
    ),
    (
        lambda: forward(X, LAYERS, ("tanh",)),
        ValueError,
        "forward: activations must hold one for each of 2 layers, but holds 1",
    ),
    (
        lambda: flows({"a": 3.0}),
        TypeError,
        "flows: graph['a'] must be a Node of value and slopes and operation, "
        "but a float was given",
    ),
    (
        lambda: flows(7),
        TypeError,
        "flows: graph must be a dictionary, but an int was given",
    ),
    (
        lambda: forward(X, [], ()),
        ValueError,
        "forward: layers must hold at least one, but is empty",
    ),
    (
        lambda: cross_entropy(torch.tensor([[2.0]]), torch.ones(1, 1)),
        ValueError,
        "cross_entropy: y_hat must lie between 0 and 1, but holds 2",
    ),
    (
        lambda: cross_entropy(torch.ones(1, 0), torch.ones(1, 0)),
        ValueError,
        "cross_entropy: y_hat must hold at least one example, but has shape "
        "(1, 0)",
    ),
    (
        lambda: backward(X, forward(X, LAYERS, BOTH)[1], BOTH),
        ValueError,
        "backward: caches[1].z must have shape (units, m) with units = 2 and "
        "m = 3, but has (1, 3)",
    ),
    (
        lambda: update(LAYERS, loss_and_gradients(LAYERS)[1], torch.nan),
        ValueError,
        "update: learning_rate must be finite and above 0, but is nan",
    ),
    (
        lambda: loss_and_gradients(LAYERS[:1]),
        ValueError,
        "loss_and_gradients: layers must be two layers in float64, from two "
        "inputs to one output",
    ),
]


@pytest.mark.parametrize(("call", "error", "said"), WRONG)
def test_one_line_says_what_is_wanted_and_what_was_given(call, error, said):
    with pytest.raises(error) as raised:
        call()
    whole = str(raised.value)
    assert type(raised.value) is error
    assert whole.startswith(said)
    assert whole == said or "in float64" in said


@checked
def give(
    rate: LearningRate = 1,
    slope: Slope = 1,
    number: Number = 0,
    count: Count = 1,
) -> float:
    return rate + slope + number + count


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rate", 3),
        ("rate", numpy.float64(0.1)),
        ("slope", 1),
        ("number", -3),
        ("number", numpy.finfo(numpy.float64).max),
        ("count", 1),
    ],
)
def test_whole_numbers_are_numbers_and_so_are_numpys_doubles(name, value):
    give(**{name: value})


@pytest.mark.parametrize("name", ["rate", "slope", "number"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (torch.inf, ValueError),
        (torch.nan, ValueError),
        (10**400, ValueError),
        (True, TypeError),
        ("1", TypeError),
        (1j, TypeError),
        (numpy.float32(1), TypeError),
        (numpy.int64(1), TypeError),
        (torch.ones(()), TypeError),
    ],
)
def test_what_is_no_finite_number_is_refused(name, value, error):
    with pytest.raises(error, match=f"^give: {name} must be "):
        give(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate", 0), ("slope", 0), ("slope", 1.01), ("count", 0)],
)
def test_what_is_out_of_range_is_refused(name, value):
    with pytest.raises(ValueError, match=f"^give: {name} .* but is {value}$"):
        give(**{name: value})


@pytest.mark.parametrize("place", range(30))
def test_each_entry_of_a_list_is_checked(place):
    layers = initialise((2,) * 31, torch.Generator())
    layers[place] = Layer(layers[place].W, layers[place].b[:1])
    said = rf"^forward: layers\[{place}\].b must have shape \(units, 1\)"
    for _ in range(3):
        with pytest.raises(ValueError, match=said):
            forward(X, layers, ["tanh"] * 30)


class Pair(NamedTuple):
    """One tensor."""

    one: Float[Tensor, "m"]


@checked
def careless(x: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    return x[1:]


@checked
def rounding(layers: PerLayer[Pair]) -> Float[Tensor, "m"]:
    return layers[0].one.float()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: careless(torch.ones(3)), r"must .* m = 3, but has \(2,\)"),
        (lambda: rounding([Pair(torch.ones(3).double())]), "must share one"),
    ],
)
def test_a_wrong_result_is_a_fault_of_the_book(call, said):
    with pytest.raises(AssertionError, match=said) as raised:
        call()
    assert "a fault of the book, not of your call" in str(raised.value)


@checked
def outer(x: Float[Tensor, "m"], call: Callable) -> Float[Tensor, "m"]:
    call()
    return x


def test_only_the_outermost_call_is_checked():
    outer(torch.ones(3), lambda: give(slope=2))
    with pytest.raises(ValueError, match="slope"):
        give(slope=2)


def test_an_error_leaves_the_checks_in_force():
    def fail():
        raise KeyError("of the function's own")

    for _ in range(2):
        with pytest.raises(KeyError):
            outer(torch.ones(3), fail)
        with pytest.raises(ValueError, match="slope"):
            give(slope=2)


def test_threads_are_checked_each_by_itself():
    raised = []

    def call():
        try:
            give(slope=2)
        except ValueError as error:
            raised.append(str(error))

    def in_another_thread():
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()

    outer(torch.ones(3), in_another_thread)
    assert raised == ["give: slope must be above 0 and at most 1, but is 2"]


def test_a_checked_function_looks_as_it_was_written():
    assert inspect.getsource(affine).startswith("@checked\ndef affine(")
    assert [*inspect.signature(affine).parameters] == ["x", "layer"]
    assert affine.__doc__.startswith("Pre-activations")


@pytest.mark.parametrize(
    "file",
    sorted(
        path.relative_to(ROOT).as_posix()
        for folder in ("", "activation", "propagation", "training")
        for path in (ROOT / "snippets" / folder).glob("*.py")
        if path.name not in ("contract.py", "figure.py", "plot.py")
    ),
)
def test_all_that_computes_is_checked(file):
    """What draws takes no numbers of a reader's."""
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            free = node.name.startswith(("_", "draw_"))
            free |= node.name in ("cost_tables", "thumbnail")
            decorators = [ast.unparse(each) for each in node.decorator_list]
            assert free or "checked" in decorators, node.name
