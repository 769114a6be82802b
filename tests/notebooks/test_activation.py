"""The lab on activation functions: its solutions are the book's."""

import pytest
import torch

from snippets.activation.depth import fold, square
from snippets.activation.leaky_relu import leaky_relu
from snippets.activation.relu import relu
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh
from tests.claims import claim
from tests.notebooks.lab import lab
from tests.tensors import double

POINTS = torch.arange(-40, 41, dtype=torch.float64) / 4
STRIP = torch.arange(2**12 + 1, dtype=torch.float64) / 2**12


@claim(
    "Formulas become code: sigmoid, tanh and Leaky ReLU, each checked against "
    "torch's own.",
    "my_sigmoid: the formula has <powers> torch.exp in it",
    "my_leaky_relu: torch.maximum compares two tensors, number by number",
)
def test_the_functions_are_the_books(said):
    names = lab("activation").names
    for mine, wanted in (
        (names["my_sigmoid"](POINTS), sigmoid(POINTS)),
        (names["my_sigmoid_derivative"](POINTS), sigmoid_derivative(POINTS)),
        (names["my_tanh"](POINTS), tanh(POINTS)),
        (names["my_leaky_relu"](POINTS, 0.2), leaky_relu(POINTS, 0.2)),
    ):
        assert mine.tolist() == pytest.approx(wanted.tolist(), abs=1e-14)
    cells, solutions = lab("activation").cells, lab("activation").solutions
    for blank, own in (
        ("sigmoid", "torch.sigmoid("),
        ("tanh", "torch.tanh("),
        ("leaky", "torch.nn.functional.leaky_relu("),
    ):
        assert own in cells[f"check-{blank}"].source
    assert solutions["sigmoid"].count("torch.exp") == said.powers
    assert "torch.maximum" in solutions["leaky"]
    larger = torch.maximum(POINTS, -POINTS).tolist()
    assert larger == [max(z, -z) for z in POINTS.tolist()]


@claim(
    "The slope follows from the value alone: $a' = a (1 - a)$.",
    "One is the other, stretched: $\\tanh(z) = 2 \\sigma(2 z) - 1$.",
    "my_tanh: call my_sigmoid with twice z, then stretch and shift",
)
def test_slope_and_tanh_follow_from_the_sigmoid():
    z = POINTS.clone().requires_grad_()
    a = torch.sigmoid(z)
    (slope,) = torch.autograd.grad(a.sum(), z)
    torch.testing.assert_close(slope, a * (1 - a))
    stretched = 2 * torch.sigmoid(2 * POINTS) - 1
    torch.testing.assert_close(torch.tanh(POINTS), stretched)


@claim("Write it, for an $\\alpha$ between <least> and <most>.")
def test_leaky_relu_is_a_maximum_up_to_alpha_1(said):
    mine = lab("activation").names["my_leaky_relu"]
    for alpha in (said.least, 0.3, said.most):
        wanted = torch.nn.functional.leaky_relu(POINTS, alpha)
        assert mine(POINTS, alpha).equal(wanted)
    wanted = torch.nn.functional.leaky_relu(POINTS, said.most + 0.1)
    assert not mine(POINTS, said.most + 0.1).equal(wanted)


@claim(
    "Each fold divides it by <four>: $m$ folds leave $1 / 4^{m+1}$.",
    "The largest error is halfway between the bends, so the points must be "
    "dense.",
)
@pytest.mark.parametrize("folds", range(11))
def test_each_fold_divides_the_error_by_four(said, folds):
    needed = lab("activation").names["folds_needed"]
    assert needed(1 / said.four ** (folds + 1)) == folds
    assert needed(0.99 / said.four ** (folds + 1)) == folds + 1
    error = (square(STRIP, folds) - STRIP**2).abs()
    assert error.max() == pytest.approx(1 / 4 ** (folds + 1))
    halfway = STRIP * 2**folds % 1 == 0.5
    assert (error == error.max()).equal(halfway)


@claim(
    "Two ReLU units fold the strip from <start> to <end> in its middle, and "
    "folds upon folds square numbers: square(x, folds) is the closer to $x^2$ "
    "the more folds it may make.",
    "folds_needed: try <first>, <second>, <third> and so on, and let "
    "square(x, folds) of many x from <start> to <end> say when it is close "
    "enough",
    "<none>, <one>, <four> and <nine> folds; nine for one millionth.",
)
def test_folds_square_the_strip(said):
    assert STRIP[[0, -1]].tolist() == [said.start, said.end]
    folded = 2 * relu(STRIP) - 4 * relu(STRIP - 0.5)
    assert fold(STRIP).equal(folded)
    assert folded.equal(folded.flip(0)), "its middle is the fold"
    errors = [(square(STRIP, m) - STRIP**2).abs().max() for m in range(11)]
    assert errors == sorted(errors, reverse=True)
    needed = lab("activation").names["folds_needed"]
    found = [needed(4.0 ** -(m + 1)) for m in range(3)]
    assert found == [said.first, said.second, said.third]
    asked = [needed(error) for error in (0.25, 0.2, 1e-3, 1e-6)]
    assert asked == [said.none, said.one, said.four, said.nine]
    assert "(0.25, 0), (0.2, 1), (1e-3, 4), (1e-6, 9)" in (
        lab("activation").cells["check-folds"].source
    )


@claim(
    "How steep is the sigmoid at <zero>, at <near> and at <far>?",
    "Say roughly how much is left at <far> of the slope at <zero>.",
    "The slope is $a (1 - a)$, and at <far> the second factor is nearly "
    "<nothing>: less than a thirtieth is left.",
)
def test_little_is_left_of_the_slope_far_from_0(said):
    shown = dict(
        line.removeprefix("slope at ").split(": ")
        for line in lab("activation").said["flat"].splitlines()
    )
    assert [*map(float, shown)] == [said.zero, said.near, said.far]
    a = torch.sigmoid(double([*map(float, shown)]))
    slopes = a * (1 - a)
    assert [*map(float, shown.values())] == pytest.approx(slopes, abs=5e-5)
    assert 1 / 40 < slopes[2] / slopes[0] < 1 / 30
    assert abs(1 - a[2] - said.nothing) < 0.01


@claim(
    "In <bits> bits, what does the textbook's formula for tanh, "
    "$(e^z - e^{-z}) / (e^z + e^{-z})$, give at $z = <z>$?",
    "$e^{100}$ is too large for <bits> bits, and infinity divided by infinity "
    "is not a number.",
    "Your way asks for $e^{-200}$ only, which rounds to <rounded> and does no "
    "harm.",
)
def test_the_textbooks_tanh_overflows(said):
    large = lab("activation").names["large"]
    assert torch.finfo(large.dtype).bits == said.bits
    assert large.item() == said.z == 100
    assert torch.exp(large).isinf()
    assert (torch.exp(large) / torch.exp(large)).isnan()
    assert torch.exp(-2 * large) == said.rounded
    shown = lab("activation").said["overflow"]
    assert shown == "by the textbook nan, by yours 1\n"
