"""The perceptron of the page learns in the browser, step by step."""

import torch
from torch.testing import assert_close

from snippets.neuron import neuron, step, train_perceptron, two_groups
from tests.tensors import double

PAGE = "neuron.html"


def test_steps_are_those_of_the_page(page, address):
    page.goto(address + PAGE)
    for seed in (216, 1, 2, 3):
        x, y = two_groups(torch.Generator().manual_seed(seed))
        for passes in (1, 2, 3, 50):
            w, b, mistakes = train_perceptron(x, y, passes)
            found = page.evaluate(
                "([x, y, passes]) => book.trainPerceptron(x, y, passes)",
                [x.tolist(), y.tolist(), passes],
            )
            assert found["mistakes"] == mistakes
            assert_close(
                double([*found["w"], found["b"]]),
                torch.stack([*w, b]),
                rtol=0,
                atol=1e-12,
            )
        assert len(found["steps"]) == len(y) * len(mistakes)
        for one in found["steps"][:100]:
            before = [double(one["before"][key]) for key in "wb"]
            example = double(one["example"])
            a = neuron(example, *before, step)
            assert one["error"] == one["target"] - a


def test_a_reader_goes_from_mistake_to_mistake(page, address):
    page.goto(address + PAGE)
    figure = page.locator("perceptron-explorer")
    said = figure.locator(".readout")
    assert "w = (1.76, 3.38), b = −2. Mistakes: 8." in said.inner_text()
    following = figure.get_by_role("button", name="Next mistake")
    for count in range(1, 9):
        following.press("Enter") if count % 2 else following.click()
        assert "a mistake. w = " in said.inner_text()
        assert f"Mistakes so far: {count}." in said.inner_text()
        ring = figure.locator("circle.added")
        assert ring.is_visible()
    figure.get_by_role("button", name="Next point").click()
    assert "right, nothing changes" in said.inner_text()
    following.click()
    assert "Pass 3 brought no mistake" in said.inner_text()
    figure.get_by_role("button", name="Start").click()
    assert "No point shown yet" in said.inner_text()
    figure.locator("[name=shown]").press("ArrowRight")
    assert "Pass 1, point 1: z = 0.00, it fires; target 0" in said.inner_text()
