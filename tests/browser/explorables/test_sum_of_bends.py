"""Units are those of the page's own least squares, and so are the errors."""

import pytest
from torch.testing import assert_close

from snippets.activation.index import curve, relu_fit, weighted_units
from tests.browser.explorables.driving import WAYS, opened, pull
from tests.tensors import double

PAGE = "activation/index.html"


def test_units_and_errors_are_those_of_the_fit(page, address):
    """The page tells the browser four decimals."""
    page.goto(address + PAGE)
    figure = page.locator("sum-of-bends")
    x, y = curve()
    told = figure.evaluate("(figure) => figure.numbers.ends")
    assert len(told) == 27
    for units, ends in enumerate(told, 1):
        rows = weighted_units(x, y, units)
        end = double(ends)
        assert_close(end, rows[:, -1], rtol=0, atol=6e-5)
        heights, errors, changed = page.evaluate(
            """([ends, xs]) => {
                const rows = book.bends.hinges(ends, 0, 0);
                return [rows.map(({ height }) => xs.map(height)),
                    book.bends.errors(rows),
                    book.bends.errors(book.bends.hinges(ends, 0, -0.1))];
            }""",
            [ends, x.tolist()],
        )
        found = double(heights)
        scaled = rows * (end / rows[:, -1]).unsqueeze(1)
        assert_close(found, scaled, rtol=1e-12, atol=1e-12)
        for own, wrong in (
            (errors, found.sum(dim=0) - y),
            (changed, found.sum(dim=0) - 0.1 * (x + 3) - y),
        ):
            mean = wrong.square().mean().item()
            largest = wrong.abs().max().item()
            assert own["mean"] == pytest.approx(mean, abs=1e-12)
            assert own["largest"] == pytest.approx(largest, abs=1e-12)
        wrong = relu_fit(x, y, units) - y
        assert errors["largest"] == pytest.approx(
            wrong.abs().max().item(), abs=1e-5
        )


@pytest.mark.parametrize("way", WAYS)
def test_a_weight_is_changed_by_hand(browser, address, way):
    with opened(browser, address + PAGE) as page:
        figure = page.locator("sum-of-bends")
        figure.locator("[name=units]").fill("9")
        assert "9 units: the largest error is 0.14" in (
            figure.locator(".readout").inner_text()
        )
        figure.locator("[name=unit]").press("End")
        figure.locator("[name=units]").fill("4")
        assert figure.locator("[name=unit]").input_value() == "4"
        figure.locator("[name=unit]").fill("1")
        if way == "keys":
            figure.locator("[name=change]").press("ArrowRight")
        else:
            pull(page, figure.locator("rect.handle"), (40, 10), way)
        said = figure.locator(".readout")
        assert "instead of −0.65" in said.inner_text()
        figure.locator("[name=unit]").fill("2")
        assert "instead of" not in said.inner_text(), "it was the other's"
        figure.get_by_role("button", name="Reset").click()
        assert "5 units: the largest error is 0.57" in (
            figure.locator(".readout").inner_text()
        )
