"""The four activation functions against torch's own, and their slopes."""

from decimal import Decimal, localcontext
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.activation.leaky_relu import leaky_relu, leaky_relu_derivative
from snippets.activation.relu import relu, relu_derivative
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh, tanh_derivative, textbook_tanh
from tests.activation.agreement import ALWAYS, DTYPES, slope_by_autograd
from tests.claims import claim
from tests.tensors import double, grid, random

FUNCTIONS = {
    "sigmoid": (sigmoid, torch.sigmoid, sigmoid_derivative),
    "tanh": (tanh, torch.tanh, tanh_derivative),
    "relu": (relu, torch.relu, relu_derivative),
}
for alpha in (0.01, 0.1, 0.5, 1):
    FUNCTIONS[f"leaky_relu {alpha}"] = (
        partial(leaky_relu, alpha=alpha),
        partial(torch.nn.functional.leaky_relu, negative_slope=alpha),
        partial(leaky_relu_derivative, alpha=alpha),
    )
each = pytest.mark.parametrize(
    ("ours", "torchs", "slope"), FUNCTIONS.values(), ids=FUNCTIONS
)
SINGLE = [sigmoid, sigmoid_derivative, tanh, tanh_derivative, textbook_tanh]
SINGLE += [relu, relu_derivative, leaky_relu, leaky_relu_derivative]


@claim(
    "In real work call torch.relu: its values and slopes are the same, at 0 "
    "too.",
    "In real work call torch.nn.functional.leaky_relu, which gives the same "
    r"values and slopes and calls $\alpha$ negative_slope.",
)
@each
@pytest.mark.parametrize("dtype", DTYPES)
def test_values_and_slopes_are_torchs_in_every_dtype(
    ours, torchs, slope, dtype
):
    """Slopes are those that autograd takes, from infinity to infinity.

    To a few roundings: four units in the last place of the largest, 1.
    """
    tiny, close = torch.finfo(dtype).tiny, 4 * torch.finfo(dtype).eps
    edges = double([0.0, -0.0, tiny, -tiny, 1e-4, -1e-4, 1e4, -1e4])
    z = torch.cat([grid(-12, 12, 97), edges]).to(dtype)
    assert_close(ours(z), torchs(z), rtol=close, atol=close)
    far = torch.cat([grid(0, 1000, 2001), double([torch.inf])]).to(dtype)
    found = slope_by_autograd(ours, torch.cat([far, -far]))
    assert found.isfinite().all()
    wanted = slope_by_autograd(torchs, torch.cat([far, -far]))
    assert_close(found, wanted, rtol=close, atol=close)


@each
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_values_and_slopes_are_torchs_everywhere(ours, torchs, slope, numbers):
    """What is below 1e-300 may underflow in one formula and not the other."""
    z = double(numbers)
    assert_close(ours(z), torchs(z), rtol=1e-14, atol=1e-300)
    wanted = slope_by_autograd(torchs, z)
    assert_close(slope(z), wanted, rtol=1e-12, atol=1e-15)


@each
def test_slopes_are_those_of_differences(ours, torchs, slope):
    """Away from 0, to h^2 times a third derivative and a rounding over h."""
    z, h = 2 * random(500), 1e-5
    z = z[z.abs() > 1e-3]
    differences = (ours(z + h) - ours(z - h)) / (2 * h)
    assert_close(slope(z), differences, rtol=0, atol=1e-9)


@pytest.mark.parametrize("property_", ALWAYS)
@pytest.mark.parametrize("function", SINGLE)
def test_is_well_behaved(function, property_):
    property_(function)


@claim(
    "The values lie in the open interval from <low> to <high>: the limits are "
    "approached and never reached.",
    "The values lie in the open interval from <lower> to <higher>.",
    "That is a limit, which no input reaches: with enough digits, something "
    "is always missing, however far out one looks.",
)
def test_limits_are_never_reached_with_digits_enough(said):
    """With a thousand digits; in float64 they are reached by rounding."""
    with localcontext() as context:
        context.prec = 1000
        for z in map(Decimal, (1, 10, 100, 1000)):
            up, down = z.exp(), (-z).exp()
            here, tanh_of_z = double([-z, z]), (up - down) / (up + down)
            for function, left, right, low, high in (
                (sigmoid, 1 / (1 + up), 1 / (1 + down), said.low, said.high),
                (tanh, -tanh_of_z, tanh_of_z, said.lower, said.higher),
            ):
                assert low < left < right < high
                assert max(left - int(low), int(high) - right) < 2 * down
                exact = pytest.approx([float(left), float(right)], rel=1e-14)
                assert function(here).tolist() == exact
