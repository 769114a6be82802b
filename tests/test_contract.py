"""What a wrong call gets; the tests of each snippet hold its own checks."""

import ast
import inspect
import re
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import numpy
import pytest
import torch
from jaxtyping import Float
from torch import Tensor

from snippets import graph, network, neuron
from snippets.contract import (
    Count,
    LearningRate,
    Number,
    PerLayer,
    Slope,
    checked,
)
from snippets.network import Layer, affine, initialise
from snippets.propagation import backward, descent, forward, loss
from tests.tensors import refuses

ROOT = Path(__file__).parents[1]
X = torch.zeros(2, 3, dtype=torch.float64)
CALLED = {"X": X, "BOTH": ("tanh", "sigmoid"), "one": torch.tensor(1.0)}
CALLED["LAYERS"] = initialise((2, 4, 1), torch.Generator().manual_seed(0))
for module in (torch, graph, network, neuron, backward, descent, forward, loss):
    CALLED |= vars(module)
# a call, and below it what it raises; * stands for the rest
WRONG = """
pre_activation([1.0], ones(1), one)
    TypeError: x must be a torch.Tensor, but a list was given
pre_activation(ones(1).long(), ones(1), one)
    TypeError: x must have a floating dtype such as torch.float64,
    but has torch.int64
pre_activation(ones(2), ones(2).double(), one)
    TypeError: x and w must share one dtype,
    but x has torch.float32 and w has torch.float64
pre_activation(ones(3, 5), ones(2), one)
    ValueError: w must have shape (n,) with n = 3, but has (2,)
pre_activation(ones(2, 2, 5), ones(2), one)
    ValueError: x must have shape (n,) or (n, m), but has (2, 2, 5)
pre_activation(ones(2), ones(2))
    TypeError: missing a required argument: 'b'
neuron(ones(2), ones(2), one, 7)
    TypeError: g must be a function, but an int was given
mcculloch_pitts(tensor([0, 0.5]), ones(2), 1)
    ValueError: x must hold only 0 and 1, but holds 0.5
count_parameters([3])
    ValueError: sizes must name the inputs and at least one layer, but is [3]
initialise((2, 1), None)
    TypeError: generator must be a torch.Generator, but None was given
affine(X, 7)
    TypeError: layer must be a Layer of W and b, but an int was given
forward(X, LAYERS[::-1], BOTH)
    ValueError: layers[0].W must have shape (units, inputs) with inputs = 2,
    but has (1, 4)
forward(X, [*LAYERS, LAYERS[0]], (*BOTH, "relu"))
    ValueError: layers[2].W must have shape (units, inputs) with inputs = 1,
    but has (4, 2)
forward(X, LAYERS, ("tanh", "gelu"))
    ValueError: activations[1] must be one of sigmoid, tanh, relu, leaky_relu,
    but is 'gelu'
forward(X, LAYERS, ("tanh",))
    ValueError: activations must hold one for each of 2 layers, but holds 1
forward(X, [], ())
    ValueError: layers must hold at least one, but is empty
flows({"a": 3.0})
    TypeError: graph['a'] must be a Node of value and slopes and operation,
    but a float was given
flows(7)
    TypeError: graph must be a dictionary, but an int was given
cross_entropy(tensor([[2.0]]), ones(1, 1))
    ValueError: y_hat must lie between 0 and 1, but holds 2
cross_entropy(ones(1, 0), ones(1, 0))
    ValueError: y_hat must hold at least one example, but has shape (1, 0)
backward(X, forward(X, LAYERS, BOTH)[1], BOTH)
    ValueError: caches[1].z must have shape (units, m) with units = 2 and m = 3,
    but has (1, 3)
update(LAYERS, loss_and_gradients(LAYERS)[1], nan)
    ValueError: learning_rate must be finite and above 0, but is nan
loss_and_gradients(LAYERS[:1])
    ValueError: layers must be two layers in float64,
    from two inputs to one output*
"""


@pytest.mark.parametrize("case", re.split(r"\n(?! )", WRONG.strip()))
def test_one_line_says_what_is_wanted_and_what_was_given(case):
    call, error, said = re.match(r"(.*)\n +(\w+): (.*)", case, re.S).groups()
    with pytest.raises((TypeError, ValueError)) as raised:
        eval(call, CALLED)
    assert raised.type.__name__ == error
    wanted = " ".join([call.partition("(")[0] + ":", *said.split()])
    assert fnmatchcase(str(raised.value), wanted.replace("[", "[[]"))


@checked
def give(
    rate: LearningRate = 1,
    slope: Slope = 1,
    number: Number = 0,
    count: Count = 1,
) -> float:
    return rate + slope + number + count


def test_finite_numbers_in_range_are_taken_and_others_are_refused():
    give(rate=3, slope=1, number=-3, count=1)
    give(rate=numpy.float64(0.1), number=numpy.finfo(numpy.float64).max)
    wrong = {ValueError: [torch.inf, torch.nan, 10**400]}
    wrong[TypeError] = [True, "1", 1j, numpy.float32(1), numpy.int64(1)]
    wrong[TypeError] += [torch.ones(())]
    for error, values in wrong.items():
        for value in values:
            for name in ("rate", "slope", "number"):
                refuses(error, f"^give: {name} must be ", give, **{name: value})
    for name, value in ("rate", 0), ("slope", 0), ("slope", 1.01), ("count", 0):
        said = f"^give: {name} .* but is {value}$"
        refuses(ValueError, said, give, **{name: value})


@pytest.mark.parametrize("place", [0, 1, 15, 29])
def test_each_entry_of_a_list_is_checked(place):
    layers = initialise((2,) * 31, torch.Generator())
    layers[place] = Layer(layers[place].W, layers[place].b[:1])
    said = rf"^forward: layers\[{place}\].b must have shape \(units, 1\)"
    for _ in range(3):
        refuses(ValueError, said, forward.forward, X, layers, ["tanh"] * 30)


class Pair(NamedTuple):
    """One tensor."""

    one: Float[Tensor, "m"]


@checked
def careless(x: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    return x[1:]


@checked
def rounding(layers: PerLayer[Pair]) -> Float[Tensor, "m"]:
    return layers[0].one.float()


def test_a_wrong_result_is_a_fault_of_the_book():
    fault = ".*: a fault of the book, not of your call$"
    said = r"must .* m = 3, but has \(2,\)" + fault
    refuses(AssertionError, said, careless, torch.ones(3))
    pair = [Pair(torch.ones(3).double())]
    refuses(AssertionError, "must share one" + fault, rounding, pair)


@checked
def outer(x: Float[Tensor, "m"], call: Callable) -> Float[Tensor, "m"]:
    call()
    return x


def test_only_the_outermost_call_is_checked_even_after_an_error():
    def fail():
        raise AssertionError("of the function's own")

    outer(torch.ones(3), lambda: give(slope=2))
    for _ in range(2):
        refuses(AssertionError, "own", outer, torch.ones(3), fail)
        refuses(ValueError, "slope", give, slope=2)


def test_what_pytorch_refuses_bears_the_name_of_the_function_in_one_line():
    def fail():
        raise RuntimeError("shapes\ncannot be multiplied")

    def leave():
        raise FloatingPointError("step 6 left the finite numbers")

    said = "^outer: shapes cannot be multiplied$"
    refuses(ValueError, said, outer, torch.ones(3), fail)
    refuses(FloatingPointError, "^step 6", outer, torch.ones(3), leave)


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


# the last is what `make measure` runs
NOT_OF_A_CHAPTER = ("contract.py", "figure.py", "plot.py", "measure.py")


@pytest.mark.parametrize(
    "file",
    sorted(
        path.relative_to(ROOT).as_posix()
        for folder in ("", "activation", "propagation", "training")
        for path in (ROOT / "snippets" / folder).glob("*.py")
        if path.name not in NOT_OF_A_CHAPTER
    ),
)
def test_all_that_computes_is_checked(file):
    """What draws takes no numbers of a reader's."""
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            free = node.name.startswith(("_", "draw_"))
            free |= node.name in ("thumbnail",)
            decorators = [ast.unparse(each) for each in node.decorator_list]
            assert free or "checked" in decorators, node.name
