"""The ways down the valley are those that torch takes."""

import re
from itertools import product

import pytest
import torch

from snippets.training import index

OPTIMISERS = {
    "plain": index.plain,
    "momentum": index.momentum,
    "Adam": index.adam,
}


def double(numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def test_paths_losses_and_slopes_are_torchs(page, address):
    page.goto(f"{address}training/index.html")
    starts, rates = [(0.0, 2.0), (2.9, 2.5), (-0.4, -2.0)], (0.01, 0.2, 0.37)
    for (name, optimiser), rate, start in product(
        OPTIMISERS.items(), rates, starts
    ):
        way, losses, slopes = page.evaluate(
            """([name, rate, start]) => {
                const { path, loss, slopes } = book.valley;
                const way = path(name, rate, 40, start);
                return [way, way.map(loss), way.map(slopes)];
            }""",
            [name, rate, start],
        )
        wanted = index.path(optimiser, rate, 40, start)
        assert torch.allclose(double(way), wanted, 1e-12, 1e-12)
        points = double(way).requires_grad_()
        x = double([1, 2, 3])
        w, b = points.T[:, :, None]
        loss = (w * x + b - (2 * x - 1)).square().mean(dim=1) / 2
        (slope,) = torch.autograd.grad(loss.sum(), points)
        for found, by_torch in ((losses, loss), (slopes, slope)):
            assert torch.allclose(double(found), by_torch, 1e-12, 1e-12)


@pytest.mark.parametrize("way", ["mouse", "touch", "keys"])
def test_a_start_is_chosen(browser, address, way):
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(f"{address}training/index.html")
    figure = page.locator("rate-explorer")
    mark = figure.locator("circle.handle")
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if way == "mouse":
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 100, y + 100)
        page.mouse.up()
    elif way == "touch":
        page.touchscreen.tap(x + 100, y + 100)
    else:
        for name, key in (("w", "ArrowRight"), ("b", "ArrowDown")):
            figure.locator(f"[name={name}]").press(key)
    w, b = figure.evaluate("({ state: { w, b } }) => [w, b]")
    said = figure.locator(".readout").inner_text()
    context.close()
    assert w > 0
    assert b < 2
    loss = ((w - 2) * torch.tensor([1, 2, 3]) + b + 1).square().mean() / 2
    (told,) = re.findall(r"where the loss is ([\d.]+),", said)
    assert float(told) == pytest.approx(loss.item(), rel=0.05)  # two digits


def test_numbers_of_any_size_are_brief(page, address):
    """And an address that holds none changes nothing."""
    page.goto(f"{address}training/index.html?surface.w=abc&surface.b=")
    figure = page.locator("rate-explorer")
    assert figure.evaluate("({ state: { w, b } }) => [w, b]") == [0, 2]
    numbers = [0, 3.4e-9, 0.067, 0.1, 1.83, 22.8, 150, 2.8e4]
    wanted = ["0", "3·10⁻⁹", "0.067", "0.10", "1.8", "23", "150", "3·10⁴"]
    assert page.evaluate("all => all.map(book.brief)", numbers) == wanted
