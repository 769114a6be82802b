"""Bad input in general; the tests of each snippet hold its own checks."""

import sys
from fractions import Fraction

import pytest
import torch

from snippets.require import (
    require_callable,
    require_count,
    require_finite,
    require_generator,
    require_layer_sizes,
    require_layers,
    require_number,
    require_same_dtype,
    require_shape,
    require_values,
)


def test_finite_names_what_is_not():
    require_finite(x=torch.zeros(2, 2))
    with pytest.raises(ValueError, match="y must be finite, but holds -inf"):
        require_finite(x=torch.zeros(1), y=torch.tensor([1.0, -torch.inf]))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (
            lambda: require_generator(7),
            "generator must be a torch.Generator, but a int was given",
        ),
        (
            lambda: require_callable("g", 7),
            "g must be a function, but a int was given",
        ),
        (
            lambda: require_layers([7]),
            "a layer must be a pair of weights and biases, but is int",
        ),
        (
            lambda: require_layers([]),
            "layers must hold at least one layer, but is empty",
        ),
        (
            lambda: require_layer_sizes([3]),
            "sizes must name the inputs and at least one layer, "
            "but has 1 entries",
        ),
    ],
)
def test_says_what_is_wanted_and_what_was_given(check, said):
    with pytest.raises((TypeError, ValueError), match=f"^{said}$"):
        check()


def test_chance_needs_a_generator():
    require_generator(torch.Generator())
    with pytest.raises(TypeError, match=r"torch.Generator, but a NoneType"):
        require_generator(None)


def test_good_input_passes_in_silence():
    x = torch.zeros(2, 3)
    require_same_dtype(x=x, y=x)
    require_shape("x", x, (2, "m"))
    require_shape("b", torch.tensor(0.0), ())
    require_values("x", x, (0, 1))
    require_number("alpha", 0.5, above=0, at_most=1)
    require_number("alpha", 1, above=0, at_most=1)
    require_count("count", 1)
    require_layer_sizes([1, 1])


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ((2,), r"x must have shape \(2,\), but has \(2, 3\)"),
        ((2, 4), r"x must have shape \(2, 4\), but has \(2, 3\)"),
        (("n", 1), r"x must have shape \(n, 1\), but has \(2, 3\)"),
        ((), r"x must have shape \(\), but has \(2, 3\)"),
    ],
)
def test_shape_says_what_was_wanted_and_given(wanted, said):
    with pytest.raises(ValueError, match=said):
        require_shape("x", torch.zeros(2, 3), wanted)


def test_dtypes_are_named_when_they_differ():
    with pytest.raises(
        TypeError,
        match=r"x and y must share one dtype, but x has torch.float32, "
        r"y has torch.float16",
    ):
        require_same_dtype(x=torch.zeros(1), y=torch.zeros(1).half())


def test_nan_is_none_of_the_values():
    with pytest.raises(ValueError, match="x must hold only 0 and 1, .* nan"):
        require_values("x", torch.tensor([0.0, torch.nan]), (0, 1))


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (0, ValueError, "finite and above 0 and at most 1, but is 0"),
        (1.5, ValueError, "but is 1.5"),
        (float("inf"), ValueError, "but is inf"),
        (10**400, ValueError, "but is 1000"),
        (Fraction(1, 2), TypeError, "must be a number, but a Fraction"),
        (False, TypeError, "must be a number, but a bool was given"),
        (1j, TypeError, "must be a number, but a complex was given"),
    ],
)
def test_number_says_its_bounds(value, error, said):
    with pytest.raises(error, match=said):
        require_number("alpha", value, above=0, at_most=1)


def test_number_without_bounds_must_be_finite():
    require_number("theta", -3)
    require_number("theta", sys.float_info.max)
    with pytest.raises(ValueError, match="theta must be finite, but is nan"):
        require_number("theta", float("nan"))
