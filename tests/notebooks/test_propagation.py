"""The lab on propagation, in a kernel, with its solutions and without."""

import pytest
import torch

from snippets.propagation.descent import XOR, XOR_NAMES, train_on_xor
from snippets.propagation.forward import forward
from tests.notebooks.kernel import Finished, as_on_the_page, cells_of

RESULTS = """{
    "predictions": y_hat[0].tolist(),
    "weights": layers[0].W.tolist(),
}"""


@pytest.fixture(scope="module")
def finished() -> Finished:
    return Finished(cells_of("propagation"), RESULTS)


def test_solutions_run_green(finished):
    assert finished.error is None
    generator = torch.Generator().manual_seed(2)
    layers, _ = train_on_xor(1000, learning_rate=1.0, generator=generator)
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    predictions = finished.results["predictions"]
    assert predictions == pytest.approx(y_hat[0].tolist(), abs=1e-9)
    for mine, wanted in zip(
        finished.results["weights"], layers[0].W.tolist(), strict=True
    ):
        assert mine == pytest.approx(wanted, abs=1e-9)


def test_a_long_step_does_harm_as_the_text_says(finished):
    (shown,) = finished.outputs["one-step"]
    before, short, long = (
        float(line.split()[-1]) for line in shown.content.splitlines()
    )
    assert round(before, 2) == 0.72
    assert short < before < long


def test_page_shows_what_a_kernel_shows(finished):
    assert as_on_the_page(cells_of("propagation")) == finished.outputs
