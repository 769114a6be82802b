"""Tells a reader of a lab whether an answer is right, and where it is not.

A check never raises: what a reader's code gives, or does, is told in a line.
Within it what is wrong is an AssertionError.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor


@contextmanager
def check(right: str) -> Iterator[None]:
    """Print what is right if all that stands below it is, or what is not."""
    try:
        yield
    except AssertionError as error:
        print(f"Not yet: {error}")
    except (Exception, SystemExit) as error:
        # a blank says its name first; torch raises NotImplementedError, too
        blank = isinstance(error, NotImplementedError)
        blank = blank and re.match(r"\w+: ", str(error))
        stop = f"Your code stops with {type(error).__name__}"
        print(f"{'Still blank' if blank else stop}: {error}")
    else:
        print(f"Right: {right}")


def ask(function: Callable, *given: Any) -> Any:
    """Call a reader's function with copies, which it may write into."""
    return function(*deepcopy(given))


def require_answer(
    name: str, mine: Any, wanted: Tensor, hint: str, at: Tensor | None = None
) -> None:
    """Raise AssertionError unless an answer has the numbers of a tensor.

    name: what the answer is called in the text. mine: what the reader's code
    gave, which may be anything: numbers from NumPy and 32 bits will do. hint: a
    question that helps where the numbers differ. at: what the numbers were
    computed for: one for each, in columns if there are several.
    """
    with suppress(TypeError, ValueError, RuntimeError):  # what is no numbers
        mine = numbers(torch.as_tensor(mine))
    assert isinstance(mine, Tensor), f"{name} must be numbers: {_said(mine)}"
    assert mine.shape == wanted.shape, (
        f"{name} has the shape {tuple(mine.shape)}, not {tuple(wanted.shape)}"
    )
    wanted = wanted.double()
    right = torch.isclose(mine, wanted, rtol=1e-4, atol=1e-6).flatten()
    if not right.all():
        place = int(right.int().argmin())
        raise AssertionError(
            f"{_place(wanted, place, at)}{name} is "
            f"{wanted.flatten()[place]:.4g}, but yours is "
            f"{mine.flatten()[place]:.4g}; {hint}"
        )


def require_parts(name: str, mine: Any, *parts: str) -> list[Any]:
    """Return an answer that has these parts, in a tuple or a list.

    Parts that are numbers become tensors of 64 bits. Raises AssertionError if
    it is nothing of the kind.
    """
    wanted = ", ".join(parts)
    assert isinstance(mine, tuple | list), (
        f"{name} must give {wanted}: {_said(mine)}"
    )
    assert len(mine) == len(parts), (
        f"{name} must give {wanted}: it gives {len(mine)}, not {len(parts)}"
    )
    return [numbers(part) for part in mine]


def numbers(mine: Any) -> Any:
    """Turn a tensor, an array or a number into a tensor of 64 bits."""
    if isinstance(mine, Tensor):
        return mine.detach().double()
    if isinstance(mine, np.ndarray | np.generic | float | int):
        return torch.from_numpy(np.array(mine, dtype=np.float64))
    return mine


def _said(mine: Any) -> str:
    if mine is None:
        return "it gives None; is there a return?"
    return f"it gives one {type(mine).__name__}"


def _place(wanted: Tensor, place: int, at: Tensor | None) -> str:
    """Say which number is meant: the one for these inputs, or at this place."""
    if at is not None:
        inputs = at.reshape(-1, wanted.numel())[:, place].tolist()
        said = ", ".join(f"{number:g}" for number in inputs)
        return f"for ({said}) " if len(inputs) > 1 else f"for z = {said} "
    index = torch.unravel_index(torch.tensor(place), wanted.shape)
    said = ", ".join(str(int(number)) for number in index)
    return f"at [{said}] " if said else ""
