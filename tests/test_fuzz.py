"""Every checked function with arguments of any kind: an answer or its error.

Half of them fit the signature, so that a call gets through, and some of those
are odd: empty, huge, of a narrow dtype, NaN.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import signature
from operator import neg
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jaxtyping import AbstractArray

import snippets
from snippets.propagation.autograd import Value
from tests.fuzz import OFTEN, within

ODD = [float("nan"), float("inf"), -float("inf"), -0.0, 5e-324, 1e308, -1e300]
POOLS = [[0.0, 1.0], [-1.0, 1.0], [0.25, 0.5, 1.0], [-3.0, 0.5, 2.0], ODD]
FLOATING = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
OTHERS = [torch.int64, torch.bool, torch.uint8, torch.complex64]
OTHERS += [torch.float8_e5m2]
WORDS = ["relu", "sigmoid", "tanh", "leaky_relu", "softmax", "identity"]
MADE = {
    Value: st.builds(Value, st.sampled_from(POOLS[3])),
    torch.Generator: st.builds(torch.Generator),
    Callable: st.sampled_from([abs, neg]),
    bool: st.booleans(),
    str: st.sampled_from(WORDS),
    int: st.integers(-1, 4),
    float: st.sampled_from([0.1, 0.5, 1, *ODD]),
}
# what trains for long, whatever it is given, is given what does not fit
LONG = {"learn_digits", "compare", "calibration", "try_rate", "times"}


def functions() -> Iterator[Callable]:
    """Yield each checked function of the snippets that takes something."""
    for found in pkgutil.walk_packages(snippets.__path__, "snippets."):
        module = importlib.import_module(found.name)
        for function in vars(module).values():
            code = getattr(function, "__code__", None)
            of = getattr(code, "co_qualname", "") == "checked.<locals>.call"
            of = of and function.__module__ == found.name
            if of and signature(function).parameters:
                yield function


def tensors(dtypes: list, shapes: st.SearchStrategy) -> st.SearchStrategy:
    """Return tensors with numbers of one pool."""

    def fill(dtype: torch.dtype, shape: tuple, pool: list) -> torch.Tensor:
        places = torch.arange(torch.Size(shape).numel()) % len(pool)
        return torch.tensor(pool)[places].reshape(shape).to(dtype)

    return st.builds(
        fill, st.sampled_from(dtypes), shapes, st.sampled_from(POOLS)
    )


SHAPES = st.lists(st.integers(0, 3), max_size=3).map(tuple)
WILD = st.one_of(
    tensors(FLOATING + OTHERS, SHAPES),
    st.sampled_from([None, True, -1, 0, 1j, "", "relu", b"x"]),
    st.sampled_from([*ODD, [], (), {}, [1.0], ("sigmoid",), {"w": None}, len]),
    st.lists(tensors(FLOATING, SHAPES), max_size=3),
    st.lists(st.tuples(tensors(FLOATING, SHAPES), tensors(FLOATING, SHAPES))),
)

HUGE = st.sampled_from([2**64, 10**400])


class Fitting:
    """Draws values that fit the types of one signature, sizes and all."""

    def __init__(self, draw: Callable) -> None:
        self.draw, self.sizes = draw, {}
        self.dtypes = [draw(st.sampled_from(FLOATING))]
        self.layers = draw(st.integers(1, 2))

    def value(self, hint: Any, layer: int = 0) -> Any:
        """Return a value of a type."""
        kind, parts = get_origin(hint), get_args(hint)
        if kind is Annotated:
            value = self.annotated(parts[0], parts[1:], layer)
        elif isinstance(hint, type) and issubclass(hint, AbstractArray):
            value = self.draw(self.tensors(hint, layer))
        elif hasattr(hint, "_fields"):
            hints = (hint.__annotations__[field] for field in hint._fields)
            value = hint(*(self.value(each, layer) for each in hints))
        elif kind is tuple:
            value = tuple(self.value(part, layer) for part in parts)
        elif kind in (list, Sequence):
            value = [self.value(parts[0]) for _ in range(2)]
        elif kind in (dict, Mapping):
            value = {word: self.value(parts[1]) for word in WORDS[:2]}
        elif kind is Literal:
            value = self.draw(st.sampled_from(parts))
        else:
            value = self.draw(MADE.get(kind or hint, WILD))
        return value

    def annotated(self, hint: Any, notes: tuple, layer: int) -> Any:
        """Return a value for which its validators hold."""
        if isinstance(notes[0], str):  # one for each layer
            (each,) = get_args(hint)
            return [self.value(each, n + 1) for n in range(self.layers)]
        value = self.value(hint, layer)
        assume(all(validator.is_valid(value) for validator in notes))
        return value

    def tensors(self, hint: Any, layer: int) -> st.SearchStrategy:
        """Return tensors of a type, their sizes as known so far."""
        ends = {"inputs": layer - 1, "units": layer}
        shape = []
        for name in hint.dim_str.split():
            size = self.draw(st.integers(0, 3))
            if layer and 0 < ends.get(name, -1) < self.layers:
                name = f"units {ends[name]}"
            elif layer and name == "units":
                name = "outputs"
            if name[0] != "*":
                known = self.sizes.setdefault(name, size)
                shape.append(int(name) if name.isdigit() else known)
            else:
                shape += self.sizes.setdefault(name, [3] * (size % 3))
        dtypes = self.dtypes
        if len(hint.dtypes) == 1:
            dtypes = [getattr(torch, hint.dtypes[0])]
        return tensors(dtypes, st.just(tuple(shape)))


@st.composite
def arguments(draw: Callable, function: Callable) -> dict[str, Any]:
    """Return arguments: all fit, or one or more do not."""
    fitting = Fitting(draw)
    chosen = {}
    for name, parameter in signature(function).parameters.items():
        hint = parameter.annotation
        how = draw(st.integers(0, 9))
        if how == 0 and (name == "seed" or int not in get_args(hint)):
            chosen[name] = draw(HUGE)  # so many steps would take for ever
        else:
            chosen[name] = draw(WILD) if how < 3 else fitting.value(hint)
    if function.__name__ in LONG:
        chosen["unknown"] = None
    return chosen


def called(function: Callable) -> str:
    return (
        f"{function.__module__.removeprefix('snippets.')}.{function.__name__}"
    )


@pytest.mark.parametrize("function", [*functions()], ids=called)
@pytest.mark.parametrize("often", OFTEN)
def test_a_call_gives_an_answer_or_its_error(function, often):
    @given(arguments(function))
    @settings(max_examples=often)
    def hold(chosen: dict[str, Any]) -> None:
        try:
            values = [v for v in chosen.values() if callable(v)]
            with within(5):
                function(**chosen)
        except ArithmeticError:  # which keeps its own words
            pass
        except (TypeError, ValueError) as error:
            said, name = str(error), f"{function.__name__}: "
            own = isinstance(error, TypeError) and {abs, neg} & {*values}
            assert own or said.startswith(name), said
            assert "\n" not in said

    hold()
