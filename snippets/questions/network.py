"""What one can do after The neuron and The network."""

import torch

from snippets.network import HIDDEN, affine, count_parameters
from snippets.neuron import logical_and, pre_activation, step
from snippets.questions import Question, formula

BITS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])


def bias_of_and() -> float:
    """Return which of the biases makes an AND of two weights of 1."""
    w = torch.ones(2)
    (bias,) = (
        b
        for b in (-1.5, -0.5, 0.5, 1.5)
        if torch.equal(
            step(pre_activation(BITS, w, torch.tensor(b))), logical_and(BITS)
        )
    )
    return bias


def predict() -> Question:
    """Ask how far a line moves, before its figure shows it."""
    w = torch.tensor([3.0, 4.0])
    here, beyond = (-b / torch.linalg.vector_norm(w) for b in (-10, 5))
    return Question(
        "The bias of the unit with $w = (3, 4)$ goes from $-10$ to $5$. "
        "How far does its line move?",
        formula(here - beyond),
        (formula(1), formula(15), "not at all: it turns"),
        "From $(0, 0)$ the line is $10 / 5 = 2$ along the arrow at first, and "
        "$5 / 5 = 1$ backwards then, as the length of $w$ is 5.",
    )


def questions() -> list[Question]:
    """Return the five questions at the end of The network."""
    w, x = torch.tensor([2.0, -1.0]), torch.tensor([1.0, 3.0])
    z = pre_activation(x, w, torch.tensor(0.5))
    hidden = step(affine(torch.ones(2, 1), HIDDEN)).flatten()
    count = count_parameters((3, 4, 2))
    return [
        Question(
            "A unit has $w = (2, -1)$ and $b = 0.5$. What is $z$ for the "
            "input $x = (1, 3)$?",
            formula(z),
            (formula(5.5), formula(-1), formula(-1.5)),
            "$2 \\cdot 1 - 1 \\cdot 3 + 0.5$.",
        ),
        Question(
            "A unit with the step function has $w = (1, 1)$. "
            "Which bias makes it an AND?",
            formula(bias_of_and()),
            (formula(-0.5), formula(0.5), formula(1.5)),
            "Two inputs of 1 must lift $z$ to 0 or above, and one must not.",
        ),
        Question(
            "All weights of a unit and its bias are doubled. "
            "What happens to its line?",
            "it stays where it is",
            (
                "it moves to twice its distance from $(0, 0)$",
                "it moves to half its distance from $(0, 0)$",
                "it turns",
            ),
            "$2z$ is 0 where $z$ is 0.",
        ),
        Question(
            "How many parameters are there in a network with 3 inputs, "
            "4 hidden units and 2 outputs?",
            formula(count),
            (formula(20), formula(24), formula(9)),
            "$4 \\cdot 3 + 4$ in the hidden layer, $2 \\cdot 4 + 2$ after it.",
        ),
        Question(
            "In the network for XOR, what are the outputs of the two hidden "
            "units, OR and AND, for the input $(1, 1)$?",
            f"${hidden[0]:g}$ and ${hidden[1]:g}$",
            ("$1$ and $0$", "$0$ and $1$", "$0$ and $0$"),
            "Both fire, and the output unit, OR but not AND, is silent.",
        ),
    ]
