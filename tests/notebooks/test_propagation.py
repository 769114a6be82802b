"""The lab on propagation: its solutions learn as the book's do."""

import pytest
import torch

from snippets.propagation.descent import XOR, XOR_NAMES, train_on_xor
from snippets.propagation.forward import forward
from tests.notebooks.lab import lab


def test_a_thousand_steps_are_the_books():
    generator = torch.Generator().manual_seed(2)
    layers, _ = train_on_xor(1000, learning_rate=1.0, generator=generator)
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    names = lab("propagation").names
    assert torch.allclose(names["y_hat"], y_hat, rtol=0, atol=1e-9)
    for mine, wanted in zip(names["layers"], layers, strict=True):
        assert torch.allclose(mine.W, wanted.W, rtol=0, atol=1e-9)


def test_a_long_step_does_harm_as_the_text_says():
    shown = lab("propagation").said["one-step"].splitlines()
    before, short, long = (float(line.split()[-1]) for line in shown)
    assert before == pytest.approx(0.72, abs=0.005)
    assert short < before < long
