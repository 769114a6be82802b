"""The lab on propagation: its solutions learn as the book's do."""

import re

import pytest
import torch

from press.reading.source import displays
from snippets.activation.tanh import tanh
from snippets.propagation.descent import (
    XOR,
    XOR_NAMES,
    XOR_TARGETS,
    draw_one_step,
    loss_and_gradients,
    train_on_xor,
    update,
)
from snippets.propagation.forward import ACTIVATIONS, forward
from tests.claims import agree, claim
from tests.notebooks.lab import lab
from tests.tensors import random


@claim(
    "Forward, backward, update, <steps> times: your own code learns what one "
    "layer could not do.",
)
def test_a_thousand_steps_are_the_books(said):
    generator = torch.Generator().manual_seed(2)
    layers, _ = train_on_xor(
        int(said.steps), learning_rate=1.0, generator=generator
    )
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    names = lab("propagation").names
    assert torch.allclose(names["y_hat"], y_hat, rtol=0, atol=1e-9)
    for mine, wanted in zip(names["layers"], layers, strict=True):
        assert torch.allclose(mine.W, wanted.W, rtol=0, atol=1e-9)
    assert y_hat.round().equal(XOR_TARGETS)


@claim(
    "and keeps $a^{[l-1]}$ and $z^{[l]}$ for the way back.",
    'The activation functions are given by name: ACTIVATIONS["tanh"].g is '
    "tanh.",
)
def test_each_layer_keeps_what_it_was_given_and_its_sum():
    names = lab("propagation").names
    layers = lab("propagation").before["backward"]["layers"]
    a = x = random(3, 7)
    y_hat, kept = names["my_forward"](x, layers, XOR_NAMES + XOR_NAMES[:1])
    by_name = XOR_NAMES + XOR_NAMES[:1]
    for (W, b), name, (a_previous, z) in zip(
        layers, by_name, kept, strict=True
    ):
        assert a_previous.equal(a)
        torch.testing.assert_close(z, W @ a + b)
        a = ACTIVATIONS[name].g(z)
    assert y_hat.equal(a)
    z = random(20)
    torch.testing.assert_close(ACTIVATIONS["tanh"].g(z), torch.tanh(z))
    torch.testing.assert_close(tanh(z), torch.tanh(z))


@claim(
    "<layers> layer, <equations> equations:",
    "The slopes $g'(z)$ are given to you.",
    "Then check the shapes: each derivative has the shape of what it belongs "
    "to.",
    "my_layer_backward: <lines> lines for <equations> equations; m is "
    "da.shape[1], and  multiplies place by place",
)
def test_a_layer_is_taken_back_by_four_equations(said):
    text = lab("propagation").cells["forward-solution"].source
    (display,) = displays("", text)
    rows = re.split(r"\\\\", display.tex)
    assert len(rows) == said.equations == said.lines
    solution = lab("propagation").solutions["backward"]
    signs = re.findall(r"\b(dz|dW|db) = |, (W\.T @ dz)", solution)
    assert len(signs) == said.lines
    a_previous, W = random(4, 7), random(3, 4, seed=1)
    da, slope = random(2, 3, 7, seed=2)
    back = lab("propagation").names["my_layer_backward"]
    dW, db, before = back(da, slope, a_previous, W)
    assert said.layers == 1, "one call, one layer"
    assert (dW.shape, db.shape) == (W.shape, (3, 1))
    assert before.shape == a_previous.shape
    assert da.shape[1] == 7, "m, the examples"
    products = [x * y for x, y in zip(da[0], slope[0], strict=True)]
    assert (da * slope)[0].tolist() == products


@claim(
    "all six gradients agree with autograd's, for <few> and <many> examples.",
)
def test_gradients_are_compared_for_two_numbers_of_examples(said):
    assert (
        "for m in (7, 3):" in lab("propagation").cells["check-backward"].source
    )
    assert {said.few, said.many} == {7, 3}
    assert len(lab("propagation").names["by_torch"]) == 6


@claim(
    "Its loss is about <before>.",
    "What happens with a learning rate of <short>, and what with one of "
    "<long>?",
    "For all rates from <least> to <long>:",
    "The gradient is the slope at the network's present weights.",
    "A long step leads to where the slope is different.",
)
def test_a_long_step_does_harm_as_the_text_says(said):
    shown = lab("propagation").said["one-step"].splitlines()
    before, short, long = (float(line.split()[-1]) for line in shown)
    agree([said.before], before)
    assert short < before < long
    rates = [float(re.search(r"rate (\d+):", line)[1]) for line in shown[1:]]
    assert rates == [said.short, said.long]
    layers = lab("propagation").names["start"]
    loss, gradients = loss_and_gradients(layers)
    squares = sum(float((part**2).sum()) for pair in gradients for part in pair)
    near, far = (
        loss_and_gradients(update(layers, gradients, rate))
        for rate in (1e-6, said.long)
    )
    # here the slope along the step is that of the gradient, there it is not
    assert (loss - near[0]) / 1e-6 == pytest.approx(squares, rel=1e-4)
    there = sum(
        float((one * other).sum())
        for pair, others in zip(gradients, far[1], strict=True)
        for one, other in zip(pair, others, strict=True)
    )
    assert abs(there - squares) > squares
    (axes,) = draw_one_step().axes
    drawn = axes.lines[1].get_xdata()
    assert (min(drawn), max(drawn)) == (said.least, said.long)
