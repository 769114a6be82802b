"""The lab on loss and gradients: its solutions are the book's."""

import re

import pytest
import torch

from snippets.propagation.gradient_check import relative_error
from snippets.propagation.loss import cross_entropy_of_z
from snippets.propagation.softmax import softmax
from tests.notebooks.lab import lab


def test_loss_and_softmax_are_the_books():
    names = lab("gradients").names
    z = torch.linspace(-800, 800, 41, dtype=torch.float64)
    for value in z:
        wanted = cross_entropy_of_z(
            value.view(1, 1), torch.zeros(1, 1).double()
        )
        assert names["my_loss"](value).item() == pytest.approx(wanted.item())
    scores = z[:40].view(4, 10)
    assert torch.allclose(names["my_softmax"](scores), softmax(scores))


def test_the_loss_as_written_is_infinite_from_710_on():
    z = torch.tensor([709.0, 710.0], dtype=torch.float64)
    assert torch.log(1 + torch.exp(z)).isfinite().tolist() == [True, False]


def test_the_relative_error_is_the_books():
    generator = torch.Generator().manual_seed(0)
    mine = lab("gradients").names["my_relative_error"]
    for _ in range(20):
        p, q = torch.randn(2, 5, generator=generator, dtype=torch.float64)
        assert float(mine(p, q)) == pytest.approx(relative_error(p, q))


def test_predictions_come_out_as_the_text_says():
    said = lab("gradients").said
    before, after = said["shift"].splitlines()
    assert before == after
    right, wrong = map(float, said["judge"].splitlines())
    assert right < 1e-6
    assert wrong == 0.74
    entries, faulty = (
        torch.cat([part.flatten() for pair in pairs for part in pair])
        for pairs in map(lab("gradients").names.get, ("right", "wrong"))
    )
    assert len(entries) == 17
    assert (entries == faulty).sum() == 12
    losses = [*map(float, re.findall(r"loss (\S+)", said["learn"]))]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01 < losses[0]
