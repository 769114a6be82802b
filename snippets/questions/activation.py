"""What one can do after the chapters on activation functions."""

import torch

from snippets.activation.depth import count_pieces, fold
from snippets.activation.index import collapse
from snippets.activation.relu import relu_derivative
from snippets.activation.sigmoid import sigmoid_derivative
from snippets.activation.tanh import tanh_derivative
from snippets.network import Layer
from snippets.questions import Question, formula


def number(value: float) -> torch.Tensor:
    """Return a number in double precision."""
    return torch.tensor(value, dtype=torch.float64)


def predict() -> Question:
    """Ask which slope is larger far out, before the figure shows both."""
    slopes = {
        "sigmoid": sigmoid_derivative(number(3.0)).item(),
        "tanh": tanh_derivative(number(3.0)).item(),
    }
    right = max(slopes, key=slopes.get)
    return Question(
        "At $z = 3$, which of the two is steeper, the sigmoid or tanh?",
        f"the {right}",
        ("tanh", "both are equally steep", "neither: both slopes are 0"),
        f"Its slope is {slopes['sigmoid']:.3f} there, that of tanh "
        f"{slopes['tanh']:.3f}: tanh is steeper in the middle, "
        "and flat sooner.",
    )


def questions() -> list[Question]:
    """Return the five questions at the end of Activation functions."""
    steep = sigmoid_derivative(number(0.0))
    slope = tanh_derivative(number(0.6).atanh())
    layers = [
        Layer(torch.tensor([[w]]), torch.tensor([[b]]))
        for w, b in ((3.0, -1.0), (2.0, 4.0))
    ]
    W, b = collapse(layers)
    x = torch.linspace(0, 1, 1025, dtype=torch.float64)
    pieces = count_pieces(x, fold(x, 4))
    dead = relu_derivative(torch.tensor([-3.0, -1.0, -0.2])).max()
    return [
        Question(
            "How steep is the sigmoid where it is steepest?",
            formula(steep),
            (formula(0.5), formula(1), formula(4)),
            "At $z = 0$ it is $a (1 - a)$ with $a = 1/2$.",
        ),
        Question(
            "A unit with tanh gives $a = 0.6$. What is its slope there?",
            formula(slope),
            (formula(0.24), formula(0.4), formula(0.36)),
            "The slope is $1 - a^2$; $a (1 - a)$ would be the sigmoid's.",
        ),
        Question(
            "One layer computes $u = 3x - 1$, the next $2u + 4$, with nothing "
            "between them. What do they compute together?",
            f"${W.item():g}x + {b.item():g}$",
            ("$6x + 3$", "$5x + 3$", "what no single layer can"),
            "$2 (3x - 1) + 4$.",
        ),
        Question(
            "A ReLU unit has $z = -3$, $-1$ and $-0.2$ for the three examples "
            "there are. What do they do to its weights?",
            "nothing" if dead == 0 else "something",
            (
                "they make them larger",
                "they make them smaller",
                "only the last changes them, a little",
            ),
            "Its slope is 0 for all of them: the unit is dead.",
        ),
        Question(
            "A strip is folded in the middle four times in a row. "
            "How many straight pieces does the zigzag have?",
            formula(pieces),
            (formula(8), formula(5), formula(4)),
            "Each fold doubles their number: $2^4$.",
        ),
    ]
