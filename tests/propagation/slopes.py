"""Small tensors, and slopes found by torch, for the tests of the losses."""

from collections.abc import Callable

import torch
from torch import Tensor


def row(*numbers: float) -> Tensor:
    """Return several examples with one output."""
    return torch.tensor([numbers], dtype=torch.float64)


def column(*numbers: float) -> Tensor:
    """Return one example with several outputs."""
    return torch.tensor(numbers, dtype=torch.float64)[:, None]


def slope(function: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    """Return how a function changes with each number of a tensor, by torch."""
    leaf = at.clone().requires_grad_()
    return torch.autograd.grad(function(leaf), leaf)[0]
