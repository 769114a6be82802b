"""Tensors in float64 for tests, and what a wrong call gets."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor


def double(values: Any) -> Tensor:
    """Return numbers, in lists or by themselves, as a tensor."""
    return torch.tensor(values, dtype=torch.float64)


def grid(low: float, high: float, count: int) -> Tensor:
    """Return evenly spaced numbers."""
    return torch.linspace(low, high, count, dtype=torch.float64)


def chance(seed: int = 0) -> torch.Generator:
    """Return a generator that always gives the same."""
    return torch.Generator().manual_seed(seed)


def random(*shape: int, seed: int = 0) -> Tensor:
    """Return numbers with mean 0 and variance 1, always the same."""
    return torch.randn(shape, generator=chance(seed), dtype=torch.float64)


def refuses(
    error: type[Exception],
    said: str,
    function: Callable,
    *given: Any,
    **more: Any,
) -> None:
    """Assert that a call raises an error whose message matches `said`."""
    with pytest.raises(error, match=said):
        function(*given, **more)
