"""The lab on the network, in a kernel, with its solutions and without."""

import pytest
import torch

from snippets.network import affine, count_parameters, xor
from snippets.neuron import step
from tests.notebooks.kernel import Finished, as_on_the_page, cells_of

RESULTS = """{
    "count": count_parameters((2, 3, 1)),
    "mistakes": min(train_perceptron(x, y, passes=1000).mistakes),
    "xor": answers.tolist(),
    "layer": my_layer(torch.ones(2, 1), torch.eye(2), torch.ones(2, 1),
                      step).tolist(),
}"""


@pytest.fixture(scope="module")
def finished() -> Finished:
    return Finished(cells_of("network"), RESULTS)


def test_solutions_run_green(finished):
    assert finished.error is None
    x = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    assert finished.results["count"] == count_parameters((2, 3, 1)) == 13
    assert finished.results["mistakes"] > 0
    assert finished.results["xor"] == xor(x)[0].tolist()
    layer = affine(torch.ones(2, 1), (torch.eye(2), torch.ones(2, 1)))
    assert finished.results["layer"] == step(layer).tolist()


def test_page_shows_what_a_kernel_shows(finished):
    assert as_on_the_page(cells_of("network")) == finished.outputs
