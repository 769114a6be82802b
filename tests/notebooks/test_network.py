"""The lab on the network: its solutions are the book's."""

import torch

from snippets.network import affine, count_parameters, xor
from snippets.neuron import step, train_perceptron
from tests.notebooks.lab import lab


def test_two_layers_make_xor():
    x = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    hidden, output = lab("network").names["my_layers"]()
    answers = step(affine(step(affine(x, hidden)), output))
    assert answers.tolist() == xor(x).tolist()


def test_predictions_come_out_as_the_text_says():
    assert count_parameters((2, 3, 1)) == 9 + 4 == 13
    names = lab("network").names
    found = train_perceptron(names["x"], names["y"].double(), passes=1000)
    assert min(found.mistakes) > 0
