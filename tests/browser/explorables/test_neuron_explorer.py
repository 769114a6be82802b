"""A neuron's sum, its line and what it makes of the gates."""

import pytest
import torch
from torch.testing import assert_close

from snippets.neuron import neuron, pre_activation, step
from tests.browser.explorables.driving import WAYS, opened, pull
from tests.tensors import double, random

PAGE = "neuron.html"
FRAME = (10, 20, 200, 100, 60, 40, 90, -25)
COUNT = """(figure) => {
    const { limits, gates } = figure.numbers;
    const range = ([low, high, by]) =>
        Array.from({ length: (high - low) / by + 1 }, (_, i) => low + i * by);
    const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
    const most = { AND: 0, OR: 0, NAND: 0, XOR: 0 };
    for (const w1 of range(limits.w)) for (const w2 of range(limits.w))
        for (const b of range(limits.b)) {
            const a = corners.map((x) => +(book.sum([w1, w2], b, x) >= 0));
            for (const name in gates) {
                const right = a.filter((one, i) => one === gates[name][i]);
                most[name] = Math.max(most[name], right.length);
            }
        }
    return most;
}"""


def test_sum_and_line_are_those_of_the_page(page, address):
    page.goto(address + PAGE)
    for w, b, x in zip(
        4 * random(40, 2),
        random(40, seed=1),
        random(40, 2, seed=2),
        strict=True,
    ):
        w, b, x = ((one * 80).round() / 80 for one in (w, b, x))
        z, half = page.evaluate(
            """([w, b, x, frame]) => [book.sum(w, b, x), book.half(
                new book.Frame(frame), (x) => book.sum(w, b, x))]""",
            [w.tolist(), b.item(), x.tolist(), FRAME],
        )
        assert z == pytest.approx(pre_activation(x, w, b).item(), abs=1e-12)
        assert float(z >= 0) == neuron(x, w, b, step)
        side = double(half["side"]).reshape(-1, 2)
        assert (side @ w + b >= -1e-6).all()
        line = double(half["line"]).reshape(-1, 2)
        assert len(line) in (0, 2)
        assert_close(
            line @ w + b, torch.zeros(len(line)).double(), rtol=0, atol=1e-6
        )


def test_no_setting_finds_xor(page, address):
    page.goto(address + PAGE)
    figure = page.locator("neuron-explorer:has(#figure-gates)")
    most = figure.evaluate(COUNT)
    assert most == {"AND": 4, "OR": 4, "NAND": 4, "XOR": 3}
    assert figure.evaluate("(figure) => figure.right") == [True] * 4


@pytest.mark.parametrize("way", WAYS)
def test_weights_are_dragged_and_gates_set(browser, address, way):
    with opened(browser, address + PAGE) as page:
        figure = page.locator("neuron-explorer:has(#figure-gates)")
        figure.locator("[name=gate]").select_option("NAND")
        said = figure.locator(".readout")
        assert "NAND: right for 0 of 4 inputs" in said.inner_text()
        for name, value in {"w1": "-1", "w2": "-1", "b": "1.5"}.items():
            figure.locator(f"[name={name}]").fill(value)
        assert "NAND: right for 4 of 4 inputs. z = 1.50 for (0, 0)" in (
            said.inner_text()
        )
        figure.locator("[name=gate]").select_option("OR")
        for name, value in {"w1": "1", "w2": "1", "b": "-1"}.items():
            figure.locator(f"[name={name}]").fill(value)
        found = said.inner_text()
        assert "OR: right for 4 of 4" in found, "it fires where z is 0"
        figure.locator("[name=gate]").select_option("NAND")
        for name, value in {"w1": "-2", "w2": "-1.5", "b": "2.75"}.items():
            figure.locator(f"[name={name}]").fill(value)
        assert said.inner_text().startswith("NAND: right for 4 of 4 inputs.")
        tip = figure.evaluate(
            "({ state, frames: [frame] }) => frame.holds("
            "{ x: frame.x(state.w1), y: frame.y(state.w2) })"
        )
        assert tip, "the arrow's tip is in sight"
        figure = page.locator("neuron-explorer:has(#figure-geometry)")
        drawn = figure.locator("[data-part=drawn]").first
        assert drawn.is_visible(), "untouched, it is the page's own picture"
        if way == "keys":
            figure.locator("[name=w1]").press("ArrowRight")
            figure.locator("[name=w2]").press("ArrowDown")
        else:
            pull(page, figure.locator("circle.handle").first, (60, 60), way)
        assert figure.locator(".ghost").count() == 4, "to compare with"
        state = figure.evaluate("(figure) => figure.state")
        said = figure.locator(".readout").inner_text()
        assert not drawn.is_visible()
        figure.get_by_role("button", name="Reset").click()
        assert drawn.is_visible()
        for name in ("w1", "w2"):
            figure.locator(f"[name={name}]").fill("0")
        assert "No line: w is 0, and z = b" in (
            figure.locator(".readout").inner_text()
        )
        name = figure.evaluate("figure => figure.called.checkVisibility()")
        assert not name, "there is no arrow to name"
        ring = figure.evaluate("figure => figure.height.checkVisibility()")
        assert not ring, "there is no distance from no line"
    w = double([state["w1"], state["w2"]])
    assert w[0] > 3
    assert w[1] < 4
    z = pre_activation(w.new_tensor([4, 0]), w, w.new_tensor(-10))
    assert f"= {z:.2f}: it fires, a = 1." in said.replace("−", "-")
    assert f"|w| = {w.norm():.2f}; the line is {10 / w.norm():.2f} from" in said
