"""What a lab says to a reader who has not answered yet, or answers wrongly."""

import re

import pytest

from tests.notebooks.kernel import cells_of, spoilt, stop_of

# the first blank of each lab, and how it helps
FIRST = {
    "neuron": ("sum", "weigh the inputs, add them up"),
    "network": ("layer", "multiply W and x, add b, and apply g"),
    "activation": ("sigmoid", "the formula has one torch.exp in it"),
    "propagation": ("forward", "hand the answer of each layer to the next"),
}
# what of a solution is spoilt, and what is said then
WRONG = [
    ("neuron", "sum", "w @ x + b", "w @ x", "is the bias there"),
    ("neuron", "sum", "w @ x + b", "w + b", "z has the shape (3,), not (5,)"),
    (
        *("neuron", "nand", "theta=-1", "theta=-2"),
        "for (1, 1) NAND is 0, but yours is 1",
    ),
    ("neuron", "rule", "+ error * x", "- error * x", "is it added?"),
    ("neuron", "rule", "error * x, b", "error * x", "corrected must give w, b"),
    ("network", "layer", "g(W @ x + b)", "W @ x + b", "are both b and g there"),
    ("network", "layer", "W @ x + b", "W @ x[:, :1]", "the shape (3, 1), not"),
    ("network", "xor", "[1.5]", "[2.5]", "for (1, 1) XOR is 0, but yours is 1"),
    (
        "network",
        "xor",
        "return hidden, output",
        "return hidden,",
        "it gives 1, not 2",
    ),
    (
        *("activation", "sigmoid", "exp(-z)", "exp(z)"),
        "mind the sign in the exponent",
    ),
    (
        *("activation", "sigmoid", "1 / (1 + torch.exp(-z))"),
        *("torch.exp(z) / (1 + torch.exp(z))", "for z = 1000 the sigmoid is 1"),
    ),
    ("activation", "slope", "(1 - a)", "(1 + a)", "is it a (1 - a)"),
    ("activation", "tanh", "(2 * z)", "(z)", "are both factors of 2 there?"),
    ("activation", "leaky", "maximum", "minimum", "which half does alpha"),
    (
        *("propagation", "forward", "kept.append((a, z))"),
        *("kept.append((z, z))", "a_previous of layer 1"),
    ),
    (
        *("propagation", "forward", "kept.append((a, z))"),
        *("kept.append((a, z.tanh()))", "is it kept before g?"),
    ),
    ("propagation", "backward", "W.T @ dz", "2 * W.T @ dz", "db2 is "),
    (
        "propagation",
        "backward",
        "keepdim=True",
        "keepdim=False",
        "the shape (2",
    ),
    ("propagation", "update", "b - learning_rate * db", "b", "take steps too"),
    ("propagation", "update", "W - learning", "W + learning", "a step goes"),
    (
        *("propagation", "update", "W - learning_rate * dW"),
        *("W.sub_(learning_rate * dW)", "was given have changed"),
    ),
]
BLANKS = [
    (lab, cell.id)
    for lab in FIRST
    for cell in cells_of(lab, filled=False)
    if "blank" in cell.tags
]


@pytest.mark.parametrize("lab", FIRST)
def test_unfilled_it_stops_at_the_first_blank(lab):
    first, help_ = FIRST[lab]
    place, said = stop_of(cells_of(lab, filled=False))
    assert place == first
    assert said.startswith("NotImplementedError: ")
    assert help_ in said


@pytest.mark.parametrize(("lab", "blank", "old", "new", "said"), WRONG)
def test_a_wrong_answer_is_told_so(lab, blank, old, new, said):
    place, message = stop_of(spoilt(lab, blank, old, new))
    assert place == f"check-{blank}"
    assert message.startswith("AssertionError")
    assert said in message


def test_no_blank_goes_without_a_wrong_answer():
    assert {(lab, blank) for lab, blank, *_ in WRONG} == set(BLANKS)


@pytest.mark.parametrize(("lab", "blank"), BLANKS)
def test_an_answer_without_return_is_told_so(lab, blank):
    cells = [
        cell._replace(source=re.sub(r"\breturn\b", "_ =", cell.source))
        if cell.id == blank
        else cell
        for cell in cells_of(lab)
    ]
    place, message = stop_of(cells)
    assert place == f"check-{blank}"
    assert message.startswith("AssertionError")
    assert message.endswith("it gives None; is there a return?")
