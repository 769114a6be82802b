"""Tells a reader of a lab whether an answer is right, and where it is not.

What is wrong is an AssertionError, as everywhere in the labs: a reader's answer
is checked, not the use of a function.
"""

from typing import Any

import torch
from torch import Tensor


def require_answer(
    name: str, mine: Any, wanted: Tensor, hint: str, at: Tensor | None = None
) -> None:
    """Raise AssertionError unless an answer is the wanted tensor.

    name: what the answer is called in the text. mine: what the reader's code
    gave, which may be anything. hint: a question that helps where the numbers
    differ. at: what the numbers were computed for: one for each, in columns if
    there are several.
    """
    assert isinstance(mine, Tensor), f"{name} must be a tensor: {_said(mine)}"
    assert mine.shape == wanted.shape, (
        f"{name} has the shape {tuple(mine.shape)}, not {tuple(wanted.shape)}"
    )
    mine = mine.detach().to(wanted.dtype)
    right = torch.isclose(mine, wanted).flatten()
    if not right.all():
        place = int(right.int().argmin())
        raise AssertionError(
            f"{_place(wanted, place, at)}{name} is "
            f"{wanted.flatten()[place]:.4g}, but yours is "
            f"{mine.flatten()[place]:.4g}; {hint}"
        )


def require_parts(name: str, mine: Any, *parts: str) -> Any:
    """Return an answer that has these parts, in a tuple or a list.

    Raises AssertionError if it is nothing of the kind.
    """
    wanted = ", ".join(parts)
    assert isinstance(mine, tuple | list), (
        f"{name} must give {wanted}: {_said(mine)}"
    )
    assert len(mine) == len(parts), (
        f"{name} must give {wanted}: it gives {len(mine)}, not {len(parts)}"
    )
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
