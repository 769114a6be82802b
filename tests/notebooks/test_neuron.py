"""The lab on the neuron: its solutions are the book's."""

import pytest
import torch

from snippets.neuron import logical_and, train_perceptron, two_groups
from tests.notebooks.lab import lab, run


def test_the_prediction_is_and():
    x = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    names = dict(lab("neuron").names, x=x)
    decision = lab("neuron").cells["decision"].source.splitlines()[-1]
    assert run(f"print(({decision}).tolist())", names).strip() == str(
        logical_and(x).tolist()
    )


def test_what_is_learnt_is_the_books():
    points, targets = two_groups(torch.Generator().manual_seed(1))
    w, b, mistakes = train_perceptron(points, targets, passes=100)
    names = lab("neuron").names
    learnt = [*names["w"].tolist(), names["b"].item()]
    assert learnt == pytest.approx([*w.tolist(), b.item()])
    assert mistakes[-1] == 0
