"""The lab on the neuron, in a kernel, with its solutions and without."""

import pytest
import torch

from snippets.neuron import logical_and, train_perceptron, two_groups
from tests.notebooks.kernel import Finished, as_on_the_page, cells_of

RESULTS = """{
    "decision": neuron(x=torch.tensor([[0., 0., 1., 1.], [0., 1., 0., 1.]]),
                       w=torch.ones(2), b=torch.tensor(-1.5), g=step).tolist(),
    "learnt": [*w.tolist(), b.item()],
}"""


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
