"""The lab on the neuron: its solutions are the book's."""

import pytest
import torch

from snippets.neuron import (
    draw_perceptron,
    logical_and,
    mcculloch_pitts,
    pre_activation,
    train_perceptron,
    two_groups,
)
from snippets.propagation.descent import XOR, XOR_TARGETS
from tests import drawing
from tests.claims import claim
from tests.notebooks.lab import lab, run
from tests.tensors import double

CORNERS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])


@claim(
    "A neuron has the weights <w_1> and <w_2> and the bias <b>, and a step as "
    "activation function.",
    "For which of the inputs (<x_1>, <x_2>), (<x_3>, <x_4>), (<x_5>, <x_6>) "
    "and (<x_7>, <x_8>) does it fire?",
    "It fires only where <both> inputs are <on>: this is AND.",
)
def test_the_prediction_is_and(said):
    decision = lab("neuron").cells["decision"].source.splitlines()[-1]
    assert (
        decision == "neuron(x, w=torch.ones(2), b=torch.tensor(-1.5), g=step)"
    )
    assert (said.w_1, said.w_2, said.b) == (1, 1, -1.5)
    numbers = [getattr(said, f"x_{place}") for place in range(1, 9)]
    x = torch.tensor(numbers).view(4, 2).T
    assert x.equal(CORNERS)
    names = dict(lab("neuron").names, x=x)
    answer = run(f"print(({decision}).tolist())", names).strip()
    assert answer == str(logical_and(x).tolist())
    fires = (x == said.on).sum(dim=0) == said.both
    assert logical_and(x).bool().equal(fires)


@claim(
    "NAND is <off> only where <both> inputs are <on>.",
    "Find weights, <up> or <down>, and a threshold for it.",
    "nand: return mcculloch_pitts(x, w, theta) with a tensor w of <weights> "
    "weights, each <up> or <down_>, and a number theta",
    "<a_1>, <a_2>, <a_3> and <a_4>.",
    "Turn all signs of AND: the sum is <z_1>, <z_2>, <z_3> or <z_4>, and only "
    "the last falls short of <theta>.",
)
def test_nand_is_and_with_all_signs_turned(said):
    answers = lab("neuron").names["nand"](CORNERS)
    assert answers.tolist() == [said.a_1, said.a_2, said.a_3, said.a_4]
    assert answers.equal(1 - logical_and(CORNERS))
    silent = (said.on == CORNERS).sum(dim=0) == said.both
    assert (answers == said.off).equal(silent)
    w = torch.full((int(said.weights),), said.down)
    sums = w @ CORNERS
    assert sums.tolist() == [said.z_1, said.z_2, said.z_3, said.z_4]
    assert (sums < said.theta).tolist() == [False, False, False, True]
    assert mcculloch_pitts(CORNERS, w, said.theta).equal(answers)
    assert mcculloch_pitts(CORNERS, -w, 2.0).equal(logical_and(CORNERS))
    # the function takes these weights only
    assert (said.up, said.down) == (1, -1)
    assert said.down_ == said.down
    with pytest.raises(ValueError, match="w"):
        mcculloch_pitts(CORNERS, 0.5 * w, said.theta)


@claim("the same z as the book's for <examples> examples.")
def test_the_sum_is_asked_for_some_examples(said):
    names = lab("neuron").before["nand"]
    assert names["x"].shape[1] == said.examples


@claim("This is the line that it found:")
def test_what_is_learnt_and_drawn_is_the_books():
    points, targets = two_groups(torch.Generator().manual_seed(4618))
    w, b, mistakes = train_perceptron(points, targets, passes=100)
    names = lab("neuron").names
    assert names["points"].equal(points)
    (axes,) = draw_perceptron().axes
    line = double(axes.lines[0].get_xydata()).T
    assert pre_activation(line, names["w"], names["b"]).abs().max() < 1e-9
    for target, drawn in drawing.classes(axes).items():
        assert drawn.T.equal(names["points"][:, names["targets"] == target])
    learnt = [*names["w"].tolist(), names["b"].item()]
    assert learnt == pytest.approx([*w.tolist(), b.item()])
    assert mistakes[-1] == 0


@claim("<points> points are enough to defeat it.")
def test_few_points_defeat_a_perceptron(said):
    assert XOR.shape[1] == said.points
    found = train_perceptron(XOR, XOR_TARGETS[0], passes=200)
    assert min(found.mistakes) > 0


@claim(
    "The perceptron's rule adds the difference $y - a$ to the bias, and the "
    "difference times the input to the weights:",
    "corrected: let neuron(x, w, b, step) answer, take the difference, and "
    "return w and b with their corrections",
)
def test_a_correction_adds_the_difference():
    corrected = lab("neuron").names["corrected"]
    w, x = torch.tensor([0.5, -2.0]), torch.tensor([3.0, 1.0])
    for b, y in ((0.6, 0.0), (0.6, 1.0), (0.4, 0.0), (0.4, 1.0)):
        a = float(w @ x + b >= 0)
        new_w, new_b = corrected(w, torch.tensor(b), x, torch.tensor(y))
        assert new_w.tolist() == (w + (y - a) * x).tolist()
        assert new_b.item() == pytest.approx(b + y - a)
