"""What a first visit costs: bytes, requests, and how much the page jumps."""

import pytest

from tests.browser.conftest import PAGES, settle

SHIFT = """new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, shift) => sum + shift.value, 0)
)).observe({type: "layout-shift", buffered: true})
|| setTimeout(() => done(0), 300))"""


@pytest.mark.parametrize("path", PAGES)
def test_first_visit_is_light(page, address, sent, path):
    page.goto(address + path)
    settle(page)
    page.wait_for_timeout(300)
    names = [name for name, _ in sent]
    assert any("stix-two-text" in name for name in names)
    assert len(names) <= 14, names
    assert sum(size for _, size in sent) <= 150_000, sent
    assert page.evaluate(SHIFT) <= 0.02


@pytest.mark.parametrize("path", ["propagation/backward.html"])
def test_formulas_bring_their_font(page, address, sent, path):
    page.goto(address + path)
    settle(page)
    assert any("stix-two-math" in name for name, _ in sent)
