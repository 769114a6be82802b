"""The lab on activation functions: its solutions are the book's."""

import pytest
import torch

from snippets.activation.leaky_relu import leaky_relu
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh
from tests.notebooks.lab import lab


def test_the_functions_are_the_books():
    z = torch.arange(-40, 41, dtype=torch.float64) / 4
    names = lab("activation").names
    for mine, wanted in (
        (names["my_sigmoid"](z), sigmoid(z)),
        (names["my_sigmoid_derivative"](z), sigmoid_derivative(z)),
        (names["my_tanh"](z), tanh(z)),
        (names["my_leaky_relu"](z, 0.2), leaky_relu(z, 0.2)),
    ):
        assert mine.tolist() == pytest.approx(wanted.tolist(), abs=1e-14)


@pytest.mark.parametrize("folds", range(12))
def test_each_fold_divides_the_error_by_four(folds):
    needed = lab("activation").names["folds_needed"]
    assert needed(1 / 4 ** (folds + 1)) == folds
    assert needed(0.99 / 4 ** (folds + 1)) == folds + 1


def test_predictions_come_out_as_the_text_says():
    said = lab("activation").said
    slopes = [float(line.split()[-1]) for line in said["flat"].splitlines()]
    assert slopes[2] < slopes[0] / 30
    assert said["overflow"] == "by the textbook nan, by yours 1\n"
