"""What every activation function of the book has to hold, written once."""

from collections.abc import Callable

import torch
from torch import Tensor

from snippets.network import Layer
from snippets.propagation.backward import Gradient
from snippets.propagation.forward import Cache, forward
from tests.propagation.passes import backward_from
from tests.tensors import double, refuses

Function = Callable[[Tensor], Tensor]

DTYPES = (torch.float16, torch.float32, torch.float64)
ONE = torch.ones(1, 1, dtype=torch.float64)


def keeps_shape_and_dtype(function: Function) -> None:
    """Scalars, empty tensors and any number of dimensions go through."""
    for dtype in DTYPES:
        for shape in ((), (0,), (3, 0), (2, 3, 4)):
            result = function(torch.zeros(shape, dtype=dtype))
            assert (result.shape, result.dtype) == (shape, dtype)


def leaves_its_argument_alone(function: Function) -> None:
    """A function returns a new tensor and changes nothing."""
    z = double([-2, 0, 3])
    function(z).mul_(7)
    assert z.tolist() == [-2, 0, 3]


def passes_nan(function: Function) -> None:
    """NaN comes out as NaN, and only there."""
    assert function(double([torch.nan, 0.5])).isnan().tolist() == [True, False]


def refuses_other_than_floating(function: Function) -> None:
    """A list, an integer tensor: TypeError says what is wanted."""
    refuses(TypeError, "z must be a torch.Tensor, but a list", function, [1.0])
    said = "floating dtype .* has torch.int64"
    refuses(TypeError, said, function, torch.tensor([1, 2]))


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


def slope_by_autograd(function: Function, z: Tensor) -> Tensor:
    """Return the slope that autograd finds at each number."""
    leaf = z.clone().requires_grad_()
    return torch.autograd.grad(function(leaf).sum(), leaf)[0]


def row_of_units(
    name: str, count: int, x: float = 1
) -> tuple[list[Cache], list[Gradient]]:
    """Send a number and an error of 1 through units in a row, weights 1."""
    layers, names = [Layer(ONE, 0 * ONE)] * count, [name] * count
    _, caches = forward(x * ONE, layers, names)
    return caches, backward_from(ONE, caches, names)
