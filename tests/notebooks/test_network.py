"""The lab on the network: its solutions are the book's."""

import re

import torch

from snippets.network import HIDDEN, affine, count_parameters, xor
from snippets.neuron import logical_and, logical_or, step, train_perceptron
from tests.claims import claim
from tests.notebooks.lab import lab

CORNERS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])


@claim(
    "<zero>, <one>, <one_> and <zero_>, from OR and NAND.",
    "The book builds XOR from OR and AND.",
    "Build it another way: from OR and NAND, of which the output computes AND.",
    "Give <layers> layers, each a Layer of weights and biases.",
    "my_layers: return <layers> layers, the first of them like "
    "Layer(W=torch.tensor([[<w_1>, <w_2>], ...]), b=torch.tensor([[<b>], ...])",
    "OR needs <some> of its two inputs, AND needs both, and NAND is AND with "
    "all signs turned.",
)
def test_two_layers_make_xor(said):
    layers = lab("network").names["my_layers"]()
    assert len(layers) == said.layers
    hidden, output = layers
    units = step(affine(CORNERS, hidden))
    answers = step(affine(units, output))
    assert answers.tolist() == xor(CORNERS).tolist()
    wanted = [said.zero, said.one, said.one_, said.zero_]
    assert answers[0].tolist() == wanted
    either, both = logical_or(CORNERS), logical_and(CORNERS)
    assert units.tolist() == [either.tolist(), (1 - both).tolist()]
    assert answers[0].equal(logical_and(units))
    book = step(affine(CORNERS, HIDDEN))
    assert book.tolist() == [either.tolist(), both.tolist()]
    # the hint gives the unit of OR
    assert hidden.W[0].tolist() == [said.w_1, said.w_2]
    assert hidden.b[0] == said.b
    votes = CORNERS.sum(dim=0)
    assert either.equal((votes >= said.some).float())
    assert both.equal((votes >= len(CORNERS)).float())
    turned = hidden.W[1], hidden.b[1]
    assert [(-part).tolist() for part in turned] == [
        output.W[0].tolist(),
        output.b[0].tolist(),
    ]


@claim(
    "A network has <inputs> inputs, a hidden layer of <hidden> units and "
    "<outputs> output.",
    "<hidden> units with <inputs> weights and a bias each make <first>; "
    "<outputs> unit with <weights> weights and a bias makes <then>.",
)
def test_parameters_are_counted(said):
    sizes = int(said.inputs), int(said.hidden), int(said.outputs)
    assert f"count_parameters({sizes})" in lab("network").cells["count"].source
    first, then = map(count_parameters, (sizes[:2], sizes[1:]))
    assert (first, then) == (said.first, said.then)
    assert said.weights == said.hidden
    assert count_parameters(sizes) == first + then


@claim(
    "<units> units, <examples> examples, and the same answers as the book's.",
    "my_layer: multiply W and x, add b, and apply g",
)
def test_the_layer_is_the_books(said):
    names = lab("network").before["xor"]
    W, b, x = names["W"], names["b"], names["x"]
    names = lab("network").names
    assert len(W) == said.units
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, int(said.examples), generator=generator).double()
    mine = names["my_layer"](x, W, b, torch.tanh)
    torch.testing.assert_close(mine, torch.tanh(W @ x + b))
    cell = lab("network").cells["check-layer"].source
    assert f"x = torch.randn(4, {said.examples:g}, " in cell


@claim(
    "A perceptron is trained on XOR, for <passes> passes over its <examples> "
    "examples.",
    "It never has a pass without <mistakes>, for no straight line has "
    "(<x_1>, <x_2>) and (<x_3>, <x_4>) on one side and (<x_5>, <x_6>) and "
    "(<x_7>, <x_8>) on the other.",
)
def test_no_perceptron_learns_xor(said):
    names = lab("network").names
    x, y = names["x"], names["y"].double()
    assert x.shape[1] == said.examples
    found = train_perceptron(x, y, passes=int(said.passes))
    assert len(found.mistakes) == said.passes
    assert min(found.mistakes) >= said.mistakes
    passes = re.search(
        r"passes=(\d+)", lab("network").cells["perceptron"].source
    )
    assert float(passes[1]) == said.passes
    ones = [[said.x_1, said.x_2], [said.x_3, said.x_4]]
    zeros = [[said.x_5, said.x_6], [said.x_7, said.x_8]]
    assert sorted(ones) == sorted(x.T[y == 1].tolist())
    assert sorted(zeros) == sorted(x.T[y == 0].tolist())
    # the middle of a pair is on the pair's side, and both have the same
    assert x.T[y == 1].mean(dim=0).equal(x.T[y == 0].mean(dim=0))
