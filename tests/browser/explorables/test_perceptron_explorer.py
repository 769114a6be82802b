"""The perceptron of the page learns in the browser, step by step."""

import re
from decimal import Decimal

import torch
from torch.testing import assert_close

from snippets.neuron import neuron, step, train_perceptron, two_groups
from tests.tensors import double

PAGE = "neuron.html"
CROSSES = """figure => figure.crosses.getAttribute("d").split("M").length - 1"""


def sums_are_right_as_printed(said):
    """A reader who adds the printed numbers gets the printed sum."""
    before, example, after = (
        [Decimal(number) for number in pair.split(", ")]
        for pair in re.findall(r"\(([^)]+)\)", said.replace("−", "-"))
    )
    sign = -1 if ") − (" in said else 1
    assert after == [a + sign * b for a, b in zip(before, example, strict=True)]


def test_steps_are_those_of_the_page(page, address):
    page.goto(address + PAGE)
    for seed in (4618, 1, 2, 3):
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
    assert "w = (1.42, 2.92), b = −2. Mistakes: 8." in said.inner_text()
    following = figure.get_by_role("button", name="Next mistake")
    assert following.is_disabled()
    start = figure.get_by_role("button", name="From the start")
    start.click()
    assert "No point shown yet" in said.inner_text()
    for count in range(1, 9):
        following.press("Enter") if count % 2 else following.click()
        assert "a mistake. w = " in said.inner_text()
        sums_are_right_as_printed(said.inner_text())
        wrong = re.search(r"Now (\d+) of 72", said.inner_text())[1]
        crosses = figure.evaluate(CROSSES)
        assert crosses == int(wrong)
        assert figure.get_by_text("before", exact=True).is_visible()
        assert f"Mistakes so far: {count}." in said.inner_text()
        ring = figure.locator("circle.added")
        assert ring.is_visible()
    figure.get_by_role("button", name="Next point").click()
    assert "right, nothing changes" in said.inner_text()
    following.click()
    assert "Pass 3 brought no mistake" in said.inner_text()
    assert start.evaluate("e => e === document.activeElement")
    start.click()
    figure.locator("[name=shown]").press("ArrowRight")
    assert (
        "Pass 1, point 1: before, z = 0.00, it fires; target 0"
        in said.inner_text()
    )
