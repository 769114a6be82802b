"""The lab on the neuron, in a kernel, with its solutions and without."""

import pytest
import torch

from snippets.neuron import logical_and, train_perceptron, two_groups
from tests.notebooks.kernel import (
    Finished,
    as_on_the_page,
    cells_of,
    spoilt,
    stop_of,
)

RESULTS = """{
    "decision": neuron(x=torch.tensor([[0., 0., 1., 1.], [0., 1., 0., 1.]]),
                       w=torch.ones(2), b=torch.tensor(-1.5), g=step).tolist(),
    "learnt": [*w.tolist(), b.item()],
}"""
WRONG = {
    "sum": ("w @ x + b", "w @ x", "is the bias there"),
    "nand": ("theta=-1", "theta=-2", "for (1, 1) NAND is 0, but yours is 1"),
    "rule": ("+ error * x", "- error * x", "is it added?"),
}


@pytest.fixture(scope="module")
def finished() -> Finished:
    return Finished(cells_of("neuron"), RESULTS)


def test_solutions_run_green(finished):
    assert finished.error is None
    x = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    assert finished.results["decision"] == logical_and(x).tolist()
    points, targets = two_groups(torch.Generator().manual_seed(1))
    w, b, _ = train_perceptron(points, targets, passes=100)
    assert finished.results["learnt"] == pytest.approx([*w.tolist(), b.item()])


def test_page_shows_what_a_kernel_shows(finished):
    assert as_on_the_page(cells_of("neuron")) == finished.outputs


def test_unfilled_it_stops_at_the_first_blank():
    place, said = stop_of(cells_of("neuron", filled=False))
    assert place == "sum"
    assert said.startswith("NotImplementedError: ")
    assert "weigh the inputs, add them up" in said


@pytest.mark.parametrize("blank", WRONG)
def test_a_wrong_answer_is_told_so(blank):
    old, new, said = WRONG[blank]
    place, message = stop_of(spoilt("neuron", blank, old, new))
    assert place == f"check-{blank}"
    assert message.startswith("AssertionError")
    assert said in message
