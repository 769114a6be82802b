"""The book in one notebook: mirrors its source, and runs."""

import re

import pytest
import torch

from snippets.activation.plot import samples
from tests.book.conftest import chapters
from tests.claims import claim
from tests.notebooks.lab import cells_of, lab

NAME = "introduction_to_neural_networks"
# the six code cells of the source, in its order, among its headings
ORDER = [
    "# The book in one notebook",
    "setup",  # %matplotlib inline
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
BEYOND = "## What the other chapters compute"


def outline() -> list[str]:
    """Return headings and the ids of code cells, in their order."""
    found = []
    for cell in cells_of(NAME):
        if cell.cell_type == "code":
            found.append(cell.id)
        else:
            lines = cell.source.splitlines()
            found += [line for line in lines if line.startswith("#")]
    return found


def test_it_mirrors_the_source_cell_by_cell():
    found = outline()
    found = found[: found.index(BEYOND)]
    assert [entry for entry in found if entry not in PICTURES] == ORDER
    for picture, heading in PICTURES.items():
        assert found.index(picture) == found.index(heading) + 1


def test_it_computes_with_the_sources_points():
    names = lab(NAME).names
    assert names["samples"]().equal(samples())
    assert 0 in samples()
    wanted = torch.nn.functional.leaky_relu(samples(), 0.1)
    assert names["a"].data == 3.0, "a later cell's"
    assert names["leaky_relu"](samples(), alpha=0.1).equal(wanted)


@claim(
    "The book in one notebook calls functions of the book from the primer to "
    "the digits, and runs from top to bottom.",
)
@pytest.mark.parametrize("page", chapters())
def test_it_has_the_code_of_every_chapter(page):
    package, _, module = f"snippets/{page}".removesuffix(".md").rpartition("/")
    package = package.replace("/", ".")
    code = [c.source for c in cells_of(NAME) if c.cell_type == "code"]
    imported = f"^from {package}(.{module} import| import {module}$)"
    assert re.search(imported, "\n".join(code), re.M)
    assert lab(NAME).names, "it runs"
