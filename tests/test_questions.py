"""The questions at the end of each part: five, each with one right answer."""

import importlib
import math
import re
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import autograd, nn

from snippets.questions import ask

SUM = re.compile(r"[\d\s.+*/()-]+")  # of numbers alone
FOLDER = Path(__file__).parents[1] / "snippets/questions"
PARTS = sorted(file.stem for file in FOLDER.glob("[!_]*.py"))


def module(part):
    return importlib.import_module(f"snippets.questions.{part}")


def of(part):
    return module(part).questions()


def double(*numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def slope(function, at):
    z = double(at).requires_grad_()
    return autograd.grad(function(z).sum(), z)[0].item()


def adam_step():
    w = nn.Parameter(double(0.0))
    w.grad = double(100.0)
    torch.optim.Adam([w], lr=0.001).step()
    return -w.item()


def parameters(*sizes):
    return sum(
        p.numel()
        for n, k in pairwise(sizes)
        for p in nn.Linear(n, k).parameters()
    )


# each answer found in another way than the snippets take, in their order
RIGHT = {
    "primer": [
        (9 - 1) / (3 - 1),
        slope(torch.square, 3.0),
        slope(lambda z: (3 * z + 1) ** 2, 0.0),
        torch.dot(double(1, 2, 3), double(2, 0, -1)),
        "$(3, 4)$",
    ],
    "network": [
        nn.functional.linear(double(1, 3), double([2, -1]), double(0.5)),
        -1.5,
        "it stays where it is",
        parameters(*map(int, re.findall(r"\d+", of("network")[3].asked))),
        "$1$ and $1$",
    ],
    "activation": [
        slope(torch.sigmoid, 0.0),
        slope(torch.tanh, math.atanh(0.6)),
        "$6x + 2$",
        "nothing",
        2**4,
    ],
    "propagation": [
        nn.functional.binary_cross_entropy(double(0.5), double(1.0)),
        slope(
            lambda z: nn.functional.binary_cross_entropy_with_logits(
                z, double(1.0)
            ),
            math.log(4),
        ),
        "$(-0.6, -0.1)$",
        0.5 + 0.1 * 0.6,
        (1.1**3 - 0.9**3) / 0.2,
    ],
    "training": [
        adam_step(),
        1 / (1 - 0.9),
        nn.functional.cross_entropy(torch.zeros(1, 10), torch.tensor([3])),
        nn.init.calculate_gain("relu") ** 2 / 200,
        "the validation part",
    ],
}


@pytest.mark.parametrize("part", PARTS)
def test_sums_in_questions_and_reasons_come_out(part):
    predict = getattr(module(part), "predict", None)
    for question in [*of(part), *([predict()] if predict else [])]:
        text = f"{question.asked} {question.because}"
        for formula in re.findall(r"\$([^$]*=[^$]*)\$", text):
            sides = formula.replace(r"\cdot", "*").replace("^", "**")
            sides = [side for side in sides.split("=") if SUM.fullmatch(side)]
            values = [eval(side) for side in sides]
            assert values == pytest.approx(values[:1] * len(values)), formula


def test_every_part_has_questions():
    assert set(RIGHT) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_answers_are_right(part):
    for question, right in zip(of(part), RIGHT[part], strict=True):
        if isinstance(right, str):
            assert question.right == right, question.asked
        else:
            said = float(question.right.strip("$"))
            assert said == pytest.approx(float(right), abs=6e-4), question.asked


def test_what_a_figure_then_shows_is_right():
    asked = {
        part: module(part).predict()
        for part in ("network", "activation", "training")
    }
    assert asked["network"].right == f"${(5 + 10) / math.hypot(3, 4):g}$"
    assert asked["activation"].right == "the sigmoid"
    assert slope(torch.sigmoid, 3.0) > 4 * slope(torch.tanh, 3.0)
    assert "0.045 there, that of tanh 0.010" in asked["activation"].because
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(256, 64, generator=generator, dtype=torch.float64)
    size = a.norm()
    for _ in range(50):
        W = torch.randn(256, 256, generator=generator, dtype=torch.float64)
        a = torch.relu(W / 16 @ a)
    assert -9 < math.log10(a.norm() / size) < -6  # chance moves it a little
    assert asked["training"].right == r"$3 \cdot 10^{-8}$ of it"


@pytest.mark.parametrize("part", PARTS)
def test_each_question_has_four_answers_that_differ(part):
    asked = of(part)
    assert len({question.asked for question in asked}) == 5
    for question in asked:
        assert len({*question.choices}) == 4
        assert question.right not in question.wrong
    places = [q.choices.index(q.right) for q in asked]
    assert len(set(places)) > 1, "the place would tell the answer"


def test_a_page_is_told_which_is_right_and_why():
    questions = of("primer")[:2]
    text = ask(questions, then="four?z=3")
    for question in questions:
        assert f"    - {question.right}\n      {{: .right }}\n" in text
        assert text.count(question.asked) == 1
        assert f". **{question.right}.** {question.because}" in text
    assert text.count("{: .right }") == 2
    assert 'data-then="four?z=3"' in text
