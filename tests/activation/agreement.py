"""What every activation function of the book has to hold, written once."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

Function = Callable[[Tensor], Tensor]

DTYPES = (torch.float16, torch.float32, torch.float64)
FINITE = st.lists(st.floats(-700, 700, width=64), min_size=1, max_size=20)


def agrees_with(ours: Function, torchs: Function, dtype: torch.dtype) -> None:
    """Hold `ours` against torch's own, from tiny to huge, to a few roundings.

    Both round each intermediate result, torch's half precision fewer of them:
    four units in the last place of the largest value, 1, allow for that.
    """
    tiny = torch.finfo(dtype).tiny
    grid = torch.linspace(-12, 12, 97, dtype=torch.float64)
    edges = torch.tensor([0.0, -0.0, tiny, -tiny, 1e-4, -1e-4, 1e4, -1e4])
    z = torch.cat([grid, edges.double()]).to(dtype)
    close = 4 * torch.finfo(dtype).eps
    torch.testing.assert_close(ours(z), torchs(z), rtol=close, atol=close)


def agrees_with_everywhere(ours: Function, torchs: Function) -> None:
    """Hold `ours` against torch's own at random points, tiny to huge.

    What is below 1e-300 may underflow in one formula and not in the other.
    """

    @given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
    def check(numbers: list[float]) -> None:
        z = torch.tensor(numbers, dtype=torch.float64)
        torch.testing.assert_close(ours(z), torchs(z), rtol=1e-14, atol=1e-300)

    check()


def slope_agrees_with_autograd(ours: Function, torchs: Function) -> None:
    """Hold a derivative against torch's, at random points in float64."""

    @given(FINITE)
    def check(numbers: list[float]) -> None:
        z = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(torchs(z).sum(), z)
        torch.testing.assert_close(
            ours(z.detach()), slope, rtol=1e-12, atol=1e-15
        )

    check()


def autograd_agrees_with(
    ours: Function, torchs: Function, dtype: torch.dtype
) -> None:
    """Hold the slopes that autograd finds through `ours` against torch's own.

    From infinity to infinity, and at both zeros: all are finite. NaN stays.
    """
    far = torch.cat([torch.linspace(0, 1000, 2001), torch.tensor([torch.inf])])
    z = torch.cat([far, -far]).to(dtype)
    slopes = []
    for function in (ours, torchs):
        leaf = z.clone().requires_grad_()
        slopes += torch.autograd.grad(function(leaf).sum(), leaf)
    assert slopes[0].isfinite().all()
    close = 4 * torch.finfo(dtype).eps
    torch.testing.assert_close(*slopes, rtol=close, atol=close)
    assert ours(torch.tensor([torch.nan], dtype=dtype)).isnan().all()


def slope_agrees_with_differences(
    function: Function, derivative: Function
) -> None:
    """Hold a derivative against centred differences, away from z = 0.

    With a step h the error is about h^2 times the third derivative, below 1
    here, plus a rounding of the value divided by h: 1e-10 + 1e-11 at h = 1e-5.
    """
    generator = torch.Generator().manual_seed(0)
    z = 8 * torch.rand(500, generator=generator, dtype=torch.float64) - 4
    z, h = z[z.abs() > 1e-3], 1e-5
    differences = (function(z + h) - function(z - h)) / (2 * h)
    torch.testing.assert_close(derivative(z), differences, rtol=0, atol=1e-9)


def keeps_shape_and_dtype(function: Function) -> None:
    """Scalars, empty tensors and any number of dimensions go through."""
    for dtype in DTYPES:
        for shape in ((), (0,), (3, 0), (2, 3, 4)):
            result = function(torch.zeros(shape, dtype=dtype))
            assert result.shape == shape
            assert result.dtype == dtype


def leaves_its_argument_alone(function: Function) -> None:
    """A function returns a new tensor and changes nothing."""
    z = torch.tensor([-2.0, 0.0, 3.0], dtype=torch.float64)
    before = z.clone()
    function(z).mul_(7)
    assert torch.equal(z, before)


def passes_nan(function: Function) -> None:
    """NaN comes out as NaN, and only there."""
    z = torch.tensor([torch.nan, 0.5], dtype=torch.float64)
    assert function(z).isnan().tolist() == [True, False]


def refuses_other_than_floating(function: Function) -> None:
    """A list, an integer tensor: TypeError says what is wanted."""
    with pytest.raises(
        TypeError, match=r"z must be a torch.Tensor, but a list"
    ):
        function([1.0, 2.0])
    with pytest.raises(TypeError, match=r"floating dtype .* has torch.int64"):
        function(torch.tensor([1, 2]))


ALWAYS = (
    keeps_shape_and_dtype,
    leaves_its_argument_alone,
    passes_nan,
    refuses_other_than_floating,
)


def samples(seed: int) -> Tensor:
    """Return numbers on both sides of 0, and none near it."""
    generator = torch.Generator().manual_seed(seed)
    z = 4 * torch.rand(100, generator=generator, dtype=torch.float64) + 0.01
    return torch.cat([z, -z])
