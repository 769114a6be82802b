"""The chapter as one notebook: it mirrors its source, and it runs."""

import pytest
import torch

from snippets.activation.plot import samples
from tests.notebooks.kernel import Finished, as_on_the_page, cells_of

NAME = "introduction_to_neural_networks"
# the six code cells of the source, in its order, among its headings
ORDER = [
    "setup",  # %matplotlib inline
    "# The book in one notebook",
    "## Overview",
    "## Representation of a neural network",
    "## Activation function",
    "### Why activation functions are not linear",
    "start",  # the imports, and x
    "### The sigmoid function",
    "sigmoid",
    "### The tanh function",
    "tanh",
    "### The ReLU function",
    "relu",
    "### The Leaky ReLU function",
    "leaky-relu",
    "## Forward propagation and backpropagation",
    "### Forward propagation",
    "### Backpropagation",
]
# its three pictures, each after the heading that it illustrates
PICTURES = {
    "picture-neuron": "## Overview",
    "picture-network": "## Representation of a neural network",
    "picture-propagation": "## Forward propagation and backpropagation",
}
RESULTS = '{"x": x.tolist(), "a": a.tolist()}'


@pytest.fixture(scope="module")
def finished() -> Finished:
    return Finished(cells_of(NAME), RESULTS)


def outline() -> list[str]:
    """Return headings and the ids of code cells, in their order."""
    found = []
    for cell in cells_of(NAME):
        if cell.is_code:
            found.append(cell.id)
        else:
            lines = cell.source.splitlines()
            found += [line for line in lines if line.startswith("#")]
    return found


def test_it_mirrors_the_source_cell_by_cell():
    found = outline()
    assert [entry for entry in found if entry not in PICTURES] == ORDER
    for picture, heading in PICTURES.items():
        assert found.index(picture) == found.index(heading) + 1


def test_it_runs_in_a_clean_kernel(finished):
    assert finished.error is None
    x = samples()
    assert finished.results["x"] == x.tolist()
    wanted = torch.nn.functional.leaky_relu(x, 0.1)
    assert finished.results["a"] == wanted.tolist()


def test_it_draws_the_figures_of_the_chapters(finished):
    drawn = [
        name
        for name, outputs in finished.outputs.items()
        if any(output.content.startswith("<svg") for output in outputs)
    ]
    plots = ["sigmoid", "tanh", "relu", "leaky-relu"]
    assert sorted(drawn) == sorted([*PICTURES, *plots])


def test_page_shows_what_a_kernel_shows(finished):
    assert as_on_the_page(cells_of(NAME)) == finished.outputs
