"""What one can do after the chapters on propagation."""

import torch

from snippets.network import Layer
from snippets.primer.slopes import slope_between
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import update
from snippets.propagation.forward import Cache
from snippets.propagation.loss import cross_entropy
from snippets.questions import Question, formula


def table(*rows: list[float]) -> torch.Tensor:
    """Return rows as a matrix in double precision."""
    return torch.tensor(rows, dtype=torch.float64)


def questions() -> list[Question]:
    """Return the five questions at the end of Propagation."""
    loss = cross_entropy(table([0.5]), table([1.0]))
    dz = table([0.8]) - table([1.0])
    layer = Layer(table([0.5, 1.0]), table([0.0]))
    cache = Cache(table([3.0], [0.5]), table([0.0]), *layer)
    ((dW, db),) = backward(dz, [cache], ["sigmoid"])
    ((W, _),) = update([layer], [Gradient(dW, db)], 0.1)
    right = slope_between(lambda z: z**3, 0.9, 0.2)
    return [
        Question(
            "The target is 1 and the prediction 0.5. "
            "How large is the cross-entropy?",
            formula(loss),
            (formula(0.5), formula(0.25), formula(-0.693)),
            "It is $-\\log 0.5$.",
        ),
        Question(
            "An output unit with the sigmoid predicts 0.8, and the target is "
            "1. With cross-entropy, what is $dz$?",
            formula(dz),
            (formula(0.2), formula(-1.25), formula(0.8)),
            "$\\hat{y} - y$; $-1.25$ is $da$, before the slope of the sigmoid.",
        ),
        Question(
            "That unit's inputs were 3 and 0.5. What is $dW$?",
            f"$({dW[0, 0]:g}, {dW[0, 1]:g})$",
            ("$(0.6, 0.1)$", "$(2.8, 0.3)$", "$(-0.2, -0.2)$"),
            "$dz$ times each input.",
        ),
        Question(
            "Its first weight is 0.5, and the learning rate 0.1. "
            "What is the weight after a step of gradient descent?",
            formula(W[0, 0]),
            (formula(0.44), formula(-0.1), formula(1.1)),
            "$0.5 - 0.1 \\cdot (-0.6)$: against the slope, the loss falls.",
        ),
        Question(
            "A gradient check measures the slope of $z^3$ at $z = 1$ from the "
            "points 0.9 and 1.1. What does it find?",
            formula(right),
            (formula(3), formula(3.31), formula(2.71)),
            "$(1.331 - 0.729) / 0.2$, a little more than the true slope 3; "
            "from 1 and 1.1 it would find 3.31.",
        ),
    ]
