"""What the snippets ask of their arguments: the types of their signatures.

A shape names its sizes, and one name is one number in the whole call. In a list
with an entry for each layer, the inputs of a layer are the units of the one
before; `inputs` are then those of the first, `outputs` the units of the last.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache, wraps
from inspect import Signature, signature
from textwrap import shorten
from typing import Annotated, Any, TypeVar, get_args, get_origin

import torch
from beartype import BeartypeConf
from beartype.door import is_bearable
from beartype.vale import Is
from jaxtyping import AbstractArray, Float, jaxtyped
from torch import Tensor

Element = TypeVar("Element")
_LAYERS = "one for each layer"
PerLayer = Annotated[Sequence[Element], _LAYERS]

_NUMBERS = BeartypeConf(is_pep484_tower=True)  # 1 is a float, too
_WORDS = {
    float: "a number",
    int: "a whole number",
    str: "a word",
    Callable: "a function",
    torch.Generator: "a torch.Generator",
}
_MISFITS = LookupError, RuntimeError, ValueError
_wanted: dict[object, str] = {}  # what each validator asks for
_inside: ContextVar[bool] = ContextVar("inside a checked call", default=False)


def named(hint: Any, wanted: str, holds: Callable[[Any], bool]) -> Any:
    """Return a type: the values of another one for which something holds.

    wanted: what a message says of them, after "must".
    """
    validator = Is[holds]
    _wanted[validator] = wanted
    return Annotated[hint, validator]


class Numbers:
    """Tensors of which something holds: `Bit["m"]` has m numbers, 0 or 1."""

    def __init__(
        self,
        wanted: str,
        holds: Callable[[Tensor], Any],
        among: "Numbers | None" = None,
    ) -> None:
        self.wanted = wanted
        self.holds = holds
        self.among = among

    def __getitem__(self, shape: str) -> Any:
        """Return the type of such tensors of one shape."""
        return named(
            self.among[shape] if self.among else Float[Tensor, shape],
            self.wanted,
            lambda x: bool(torch.as_tensor(self.holds(x)).all()),
        )


Bit = Numbers("hold only 0 and 1", lambda x: (x == 0) | (x == 1))
Sign = Numbers("hold only -1 and 1", lambda w: (w == -1) | (w == 1))
Examples = Numbers("hold at least one example", lambda x: x.numel() > 0)
Share = Numbers(
    "lie between 0 and 1", lambda y: ~((y < 0) | (y > 1)), among=Examples
)
Finite = Numbers("be finite", torch.isfinite, among=Examples)

_LARGEST = sys.float_info.max
Number = named(float, "be finite", lambda x: abs(x) <= _LARGEST)
LearningRate = named(
    float, "be finite and above 0", lambda rate: 0 < rate <= _LARGEST
)
Variance = named(
    float,
    "be finite and at least 0",
    lambda variance: 0 <= variance <= _LARGEST,
)
Slope = named(float, "be above 0 and at most 1", lambda alpha: 0 < alpha <= 1)
Count = named(int, "be at least 1", lambda count: count >= 1)
Steps = named(int, "be at least 0", lambda steps: steps >= 0)
Sizes = named(
    Sequence[Count],
    "name the inputs and at least one layer",
    lambda sizes: len(sizes) >= 2,
)


def checked(function: Callable) -> Callable:
    """Hold each call of a function against its signature, and its result.

    What the function calls is not checked again. Raises TypeError for a wrong
    kind or dtype, ValueError for a wrong shape or value, or where PyTorch finds
    that what was given does not fit together.
    """
    wanted = signature(function)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        """Check the call, unless it comes from within another."""
        if _inside.get():
            return function(*args, **kwargs)
        before = _inside.set(True)
        try:
            with jaxtyped("context"):
                return _call(function, wanted, args, kwargs)
        finally:
            _inside.reset(before)

    return call


def _call(
    function: Callable, wanted: Signature, args: tuple, kwargs: dict
) -> Any:
    """Check what is given, call the function, check what it returns."""
    agreed = _Agreed()
    try:
        given = wanted.bind(*args, **kwargs)
        for name, value in given.arguments.items():
            agreed.check(wanted.parameters[name].annotation, value, name)
        agreed.check_dtypes()
    except (TypeError, ValueError) as error:
        raise type(error)(f"{function.__name__}: {error}") from None
    try:
        result = function(*args, **kwargs)
    except _MISFITS as error:  # sizes that no signature compares
        said = " ".join(str(error).split())
        raise ValueError(f"{function.__name__}: {said}") from error
    try:
        agreed.check(wanted.return_annotation, result, "the result")
        agreed.check_dtypes()
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"{function.__name__}: {error}: a fault of the book, not of "
            "your call"
        ) from None
    return result


class _Agreed:
    """What the arguments of one call agree on: sizes, dtypes, layers."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.dtypes: dict[str, torch.dtype] = {}
        self.layers = 0

    def check(self, hint: Any, value: Any, name: str, layer: int = 0) -> None:
        """Raise unless a value is of a type.

        layer: which one the value belongs to, from 1; 0 is none.
        """
        kind, parts = get_origin(hint), get_args(hint)
        if kind is Annotated:
            parts, notes = parts[:1], parts[1:]
            if _LAYERS in notes:
                self._check_layers(get_args(parts[0])[0], value, name)
                notes = notes[1:]
            else:
                self.check(parts[0], value, name, layer)
            for validator in notes:
                _check_value(validator, value, name)
        elif isinstance(hint, type) and issubclass(hint, AbstractArray):
            self._check_tensor(hint, value, name, layer)
        elif kind in (list, Sequence):
            self._check_list(value, name)
            for place, entry in enumerate(value):
                self.check(parts[0], entry, f"{name}[{place}]")
        elif kind in (dict, Mapping):
            _require(isinstance(value, Mapping), "a dictionary", value, name)
            for key, entry in value.items():
                self.check(parts[1], entry, f"{name}[{key!r}]")
        elif kind is tuple or hasattr(hint, "_fields"):
            self._check_tuple(hint, value, name, layer)
        else:
            fits = is_bearable(value, hint, conf=_NUMBERS)
            if isinstance(value, bool) and hint is not bool:
                fits = False  # True is no 1
            _require(fits, _word(kind or hint), value, name)

    def check_dtypes(self) -> None:
        """Raise unless all share a floating dtype: a mix would be rounded."""
        first = next(iter(self.dtypes), None)
        for name, dtype in self.dtypes.items():
            if dtype != self.dtypes[first]:
                raise TypeError(
                    f"{first} and {name} must share one dtype, but {first} has "
                    f"{self.dtypes[first]} and {name} has {dtype}"
                )

    def _check_list(self, value: Any, name: str) -> None:
        fits = isinstance(value, Sequence) and not isinstance(value, str)
        _require(fits, "a list", value, name)

    def _check_layers(self, hint: Any, value: Any, name: str) -> None:
        self._check_list(value, name)
        if not value:
            raise ValueError(f"{name} must hold at least one, but is empty")
        self.layers = self.layers or len(value)
        if len(value) != self.layers:
            raise ValueError(
                f"{name} must hold one for each of {self.layers} layers, "
                f"but holds {len(value)}"
            )
        for place, entry in enumerate(value):
            self.check(hint, entry, f"{name}[{place}]", place + 1)

    def _check_tuple(
        self, hint: Any, value: Any, name: str, layer: int
    ) -> None:
        """Check the parts of a tuple, which may have names."""
        if hasattr(hint, "_fields"):
            parts = [hint.__annotations__[field] for field in hint._fields]
            names = [f"{name}.{field}" for field in hint._fields]
            said = f"{_word(hint)} of {' and '.join(hint._fields)}"
        else:
            parts = get_args(hint)
            names = [f"{name}[{place}]" for place in range(len(parts))]
            said = f"a tuple of {len(parts)}"
        fits = isinstance(value, tuple) and len(value) == len(parts)
        _require(fits, said, value, name)
        for part, entry, each in zip(parts, value, names, strict=True):
            self.check(part, entry, each, layer)

    def _check_tensor(
        self, hint: Any, value: Any, name: str, layer: int
    ) -> None:
        _require(isinstance(value, Tensor), "a torch.Tensor", value, name)
        if str(value.dtype).removeprefix("torch.") not in hint.dtypes:
            wanted = "have a floating dtype such as torch.float64"
            if len(hint.dtypes) == 1:
                wanted = f"have the dtype torch.{hint.dtypes[0]}"
            raise TypeError(f"{name} must {wanted}, but has {value.dtype}")
        if value.is_floating_point():  # labels have a dtype of their own
            self.dtypes[name] = value.dtype
        here = _in_layer(hint, layer, self.layers)
        names = here.dim_str.split()
        too_many = "*m" in names and value.dim() > len(names)
        if too_many or not is_bearable(value, here):
            raise ValueError(
                f"{name} must have shape {self._shape(hint, here)}, "
                f"but has {_sizes(value.shape)}"
            )
        if "*" not in here.dim_str:
            self.sizes |= zip(names, value.shape, strict=True)
        elif names[0][0] != "*":
            self.sizes[names[0]] = value.shape[0]

    def _shape(self, hint: Any, here: Any) -> str:
        """Say which shape is wanted, and what is known of its sizes."""
        names = hint.dim_str.split()
        said = _sizes([name for name in names if name[0] != "*"])
        if "*m" in names:
            said += f" or {_sizes([name.strip('*') for name in names])}"
        known = [
            f"{name} = {self.sizes[size]}"
            for name, size in zip(names, here.dim_str.split(), strict=True)
            if size in self.sizes
        ]
        return f"{said} with {' and '.join(known)}" if known else said


@lru_cache
def _in_layer(hint: Any, layer: int, layers: int) -> Any:
    """Return the type of a tensor in one of several layers."""
    if not layer:
        return hint
    names = {
        "inputs": f"units{layer - 1}" if layer > 1 else "inputs",
        "units": f"units{layer}" if layer < layers else "outputs",
    }
    shape = " ".join(names.get(name, name) for name in hint.dim_str.split())
    return hint.dtype[hint.array_type, shape]


def _check_value(validator: Any, value: Any, name: str) -> None:
    if validator.is_valid(value):
        return
    said = f"is {shorten(repr(value), 80)}"
    if isinstance(value, Tensor):
        said = f"has shape {_sizes(value.shape)}"
        for number in value.flatten():
            if not validator.is_valid(number):
                said = f"holds {number.item():g}"
                break
    raise ValueError(f"{name} must {_wanted[validator]}, but {said}")


def _require(fits: bool, wanted: str, value: Any, name: str) -> None:
    if not fits:
        given = "None" if value is None else _article(type(value).__name__)
        raise TypeError(f"{name} must be {wanted}, but {given} was given")


def _word(kind: Any) -> str:
    return _WORDS.get(kind) or _article(getattr(kind, "__name__", str(kind)))


def _article(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _sizes(shape: Sequence[int | str]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
