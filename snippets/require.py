"""What the snippets ask of their arguments.

Each function returns nothing, or says what was given and what is wanted.
"""

import sys
from collections.abc import Sequence

import torch
from torch import Tensor


def require_floating(**tensors: Tensor) -> None:
    """Raise TypeError unless each argument is a tensor of a floating dtype.

    The arguments are given by name.
    """
    for name, value in tensors.items():
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name} must be a torch.Tensor, "
                f"but a {type(value).__name__} was given"
            )
        if not value.dtype.is_floating_point:
            raise TypeError(
                f"{name} must have a floating dtype such as torch.float64, "
                f"but has {value.dtype}"
            )


def require_same_dtype(**tensors: Tensor) -> None:
    """Raise TypeError unless all tensors are floating and of one dtype.

    A mix would be rounded silently.
    """
    require_floating(**tensors)
    if len({value.dtype for value in tensors.values()}) > 1:
        given = ", ".join(
            f"{name} has {value.dtype}" for name, value in tensors.items()
        )
        raise TypeError(
            f"{' and '.join(tensors)} must share one dtype, but {given}"
        )


def require_finite(**tensors: Tensor) -> None:
    """Raise ValueError if a tensor, given by name, holds NaN or infinity."""
    for name, value in tensors.items():
        if not value.isfinite().all():
            raise ValueError(f"{name} must be finite, but holds {_odd(value)}")


def require_generator(generator: torch.Generator) -> None:
    """Raise TypeError unless given a generator; None would hide the seed."""
    if not isinstance(generator, torch.Generator):
        raise TypeError(
            "generator must be a torch.Generator, "
            f"but a {type(generator).__name__} was given"
        )


def require_shape(
    name: str, value: Tensor, wanted: tuple[int | str, ...]
) -> None:
    """Raise ValueError unless `value` has the shape `wanted`.

    A word in place of a number allows any size there.
    """
    fits = len(value.shape) == len(wanted) and all(
        isinstance(size, str) or size == actual
        for size, actual in zip(wanted, value.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"{name} must have shape ({_sizes(wanted)}), "
            f"but has ({_sizes(value.shape)})"
        )


def require_values(name: str, value: Tensor, wanted: Sequence[int]) -> None:
    """Raise ValueError unless `value` holds only numbers out of `wanted`."""
    others = value[~torch.isin(value, torch.tensor(wanted))]
    if others.numel():
        raise ValueError(
            f"{name} must hold only {' and '.join(map(str, wanted))}, "
            f"but holds {others[0].item():g}"
        )


def require_number(
    name: str,
    value: float,
    *,
    above: float | None = None,
    at_most: float | None = None,
) -> None:
    """Raise unless `value` is a finite number with above < value <= at_most.

    TypeError for what is neither an int nor a float, ValueError for others.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(
            f"{name} must be a number, but a {type(value).__name__} was given"
        )
    too_low = above is not None and not value > above
    too_high = at_most is not None and not value <= at_most
    infinite = not abs(value) <= sys.float_info.max  # so is NaN
    if too_low or too_high or infinite:
        raise ValueError(
            f"{name} must be {_bounds(above, at_most)}, but is {value}"
        )


def require_count(name: str, value: int, *, least: int = 1) -> None:
    """Raise unless `value` is an integer of at least `least`.

    Raises TypeError unless it is an integer, ValueError if it is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(
            f"{name} must be an integer, but a {type(value).__name__} was given"
        )
    if value < least:
        raise ValueError(f"{name} must be at least {least}, but is {value}")


def require_callable(name: str, value: object) -> None:
    """Raise TypeError unless `value` can be called."""
    if not callable(value):
        raise TypeError(
            f"{name} must be a function, but a {type(value).__name__} was given"
        )


def require_layers(layers: Sequence[tuple[Tensor, Tensor]]) -> None:
    """Raise unless `layers` is a list of pairs W and b that fit each other.

    TypeError for what is no list or tuple of pairs of tensors of one floating
    dtype, ValueError if there is none or shapes do not fit.
    """
    if not isinstance(layers, list | tuple):
        raise TypeError(
            f"layers must be a list, but a {type(layers).__name__} was given"
        )
    if not layers:
        raise ValueError("layers must hold at least one layer, but is empty")
    inputs: int | str = "inputs"
    for layer in layers:
        if not isinstance(layer, tuple) or len(layer) != 2:
            raise TypeError(
                "a layer must be a pair of weights and biases, "
                f"but is {type(layer).__name__}"
            )
        W, b = layer
        require_same_dtype(W=W, b=b)
        require_shape("W", W, ("units", inputs))
        require_shape("b", b, (W.shape[0], 1))
        inputs = W.shape[0]


def require_layer_sizes(sizes: Sequence[int]) -> None:
    """Raise unless `sizes` lists the inputs and at least one layer.

    Each must be a whole number of units, 1 or more.
    """
    if isinstance(sizes, str) or not isinstance(sizes, Sequence):
        raise TypeError(
            "sizes must be a sequence of integers, "
            f"but a {type(sizes).__name__} was given"
        )
    if len(sizes) < 2:
        raise ValueError(
            "sizes must name the inputs and at least one layer, "
            f"but has {len(sizes)} entries"
        )
    for index, size in enumerate(sizes):
        require_count(f"sizes[{index}]", size)


def _odd(value: Tensor) -> str:
    return f"{value[~value.isfinite()].flatten()[0].item():g}"


def _sizes(shape: Sequence[int | str]) -> str:
    return ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")


def _bounds(above: float | None, at_most: float | None) -> str:
    parts = [f"above {above:g}"] if above is not None else []
    parts += [f"at most {at_most:g}"] if at_most is not None else []
    return " and ".join(["finite", *parts])
