"""What one can do after the chapters on training."""

import math

import torch

from snippets.propagation.softmax import softmax_cross_entropy
from snippets.questions import Question, formula
from snippets.training.index import Memory, adam, momentum


def first_step(gradient: float, learning_rate: float) -> float:
    """Return how far Adam's first step goes."""
    nothing = torch.zeros((), dtype=torch.float64)
    slope = torch.tensor(gradient, dtype=torch.float64)
    direction, _ = adam(slope, Memory(nothing, nothing, 0))
    return learning_rate * direction.item()


def last_velocity(steps: int = 200) -> float:
    """Return the velocity after many gradients of 1."""
    nothing = torch.zeros((), dtype=torch.float64)
    memory = Memory(nothing, nothing, 0)
    for _ in range(steps):
        velocity, memory = momentum(nothing + 1, memory)
    return velocity.item()


def loss_of_equal_scores(classes: int = 10) -> float:
    """Return the loss of a network that finds all classes equally likely."""
    y = torch.zeros(classes, 1, dtype=torch.float64)
    y[0] = 1
    return softmax_cross_entropy(torch.zeros_like(y), y).item()


def predict() -> Question:
    """Ask what a variance does in fifty layers, before the figure shows it."""
    left = (1 / 2) ** (50 / 2)
    return Question(
        "Fifty layers of ReLU units, and weights with the variance $1/n$. "
        "About how much of their size is left to the activations at the end?",
        f"${left * 1e8:.0f} \\cdot 10^{{-8}}$ of it",
        ("all of it", "half of it", "a fiftieth of it"),
        "Each layer halves the mean square, so fifty leave $2^{-25}$ of "
        "the size on average. The figure has only 64 units to a layer, and "
        "there a tenth of that is left.",
    )


def questions() -> list[Question]:
    """Return the five questions at the end of Training."""
    return [
        Question(
            "The gradient is 100 and the learning rate 0.001. "
            "How far does Adam's first step move the weight?",
            formula(first_step(100.0, 0.001)),
            (formula(0.1), formula(100), formula(0.01)),
            "The gradient is divided by its own size.",
        ),
        Question(
            "The gradient is 1 in every step. With $p = 0.9$, which number "
            "does the velocity of momentum come closer and closer to?",
            formula(last_velocity()),
            (formula(1), formula(0.9), formula(1.9)),
            "$1 + 0.9 + 0.9^2 + \\dots = 1 / (1 - 0.9)$.",
        ),
        Question(
            "A network for ten classes has just been initialised, and finds "
            "all about equally likely. How large is its cross-entropy?",
            formula(loss_of_equal_scores()),
            (formula(math.log(2)), formula(0.1), formula(10)),
            "It is $\\log 10$. Where a first loss is far from it, find out "
            "why.",
        ),
        Question(
            "A ReLU layer has 200 inputs. "
            "Which variance of its weights keeps the sums as large as before?",
            formula(2 / 200),
            (formula(0.005), formula(0.1), formula(2)),
            "He's rule: $2/n$, as ReLU lets half of the square through.",
        ),
        Question(
            "You have tried twenty learning rates. "
            "Which part of the data says which of them to keep?",
            "the validation part",
            ("the training part", "the test part", "all three together"),
            "The training part rewards learning by heart, "
            "and the test part is looked at once, at the end.",
        ),
    ]
