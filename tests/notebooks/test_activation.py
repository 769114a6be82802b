"""The lab on activation functions, in a kernel, filled in and not."""

import pytest
import torch

from snippets.activation.leaky_relu import leaky_relu
from snippets.activation.sigmoid import sigmoid, sigmoid_derivative
from snippets.activation.tanh import tanh
from tests.notebooks.kernel import Finished, as_on_the_page, cells_of

RESULTS = """{
    "sigmoid": my_sigmoid(z).tolist(),
    "slope": my_sigmoid_derivative(z).tolist(),
    "tanh": my_tanh(z).tolist(),
    "leaky": my_leaky_relu(z, 0.2).tolist(),
}"""


@pytest.fixture(scope="module")
def finished() -> Finished:
    return Finished(cells_of("activation"), RESULTS)


def test_solutions_run_green(finished):
    assert finished.error is None
    z = torch.arange(-40, 41, dtype=torch.float64) / 4
    wanted = {
        "sigmoid": sigmoid(z),
        "slope": sigmoid_derivative(z),
        "tanh": tanh(z),
        "leaky": leaky_relu(z, 0.2),
    }
    for name, values in wanted.items():
        mine = finished.results[name]
        assert mine == pytest.approx(values.tolist(), abs=1e-14), name


def test_predictions_come_out_as_the_text_says(finished):
    said = {name: o[0].content for name, o in finished.outputs.items() if o}
    slopes = [float(line.split()[-1]) for line in said["flat"].splitlines()]
    assert slopes[2] < slopes[0] / 30
    assert said["overflow"] == "by the textbook nan, by yours 1\n"


def test_page_shows_what_a_kernel_shows(finished):
    assert as_on_the_page(cells_of("activation")) == finished.outputs
