"""What a first visit costs: bytes, requests, and how much the page jumps."""

import pytest

from tests.browser.conftest import LEDGER, PAGES, settle

SHIFT = """new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, shift) => sum + shift.value, 0)
)).observe({type: "layout-shift", buffered: true})
|| setTimeout(() => done(0), 300))"""


@pytest.mark.parametrize("path", [*PAGES, *LEDGER])
def test_first_visit_is_light(page, address, sent, path):
    page.goto(address + path)
    settle(page)
    page.wait_for_timeout(300)
    names = [name for name, _ in sent]
    assert any("stix-two-text" in name for name in names)
    assert len(names) <= 14, names
    assert sum(size for _, size in sent) <= 150_000, sent
    assert page.evaluate(SHIFT) <= 0.02


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_sees_nothing_jump(browser, address, path):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + path)
    settle(page)
    page.wait_for_timeout(300)
    shift = page.evaluate(SHIFT)
    context.close()
    assert shift <= 0.02


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_for_its_fonts_by_itself(page, address, requested, path):
    """A font that only a style sheet asks for is too late for a first visit."""
    page.route("**/*.css", lambda route: route.abort())
    page.goto(address + path)
    settle(page)
    fonts = {url.split("stix-two-")[1] for url in requested if "woff2" in url}
    wanted = {"text.woff2", "text-italic.woff2", "text-semibold.woff2"}
    if page.locator("math").count():
        wanted.add("math.woff2")
    assert fonts == wanted
