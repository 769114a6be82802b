"""What a first visit costs: bytes, requests, and how much the page jumps."""

import pytest

from tests.browser.conftest import LEDGER, PAGES, settle

# what all pages share: theme, style, fonts
SHARED = 115_000

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
    assert len(names) <= 10, names
    shared = sum(size for name, size in sent if not name.endswith(path))
    assert shared <= SHARED, sent
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


# the fonts that were not there when the page was shown
WATCH = """window.late = [];
(function look() {
    const sample = document.querySelector("h1");
    if (sample && getComputedStyle(sample).visibility === "visible")
        for (const family of ["STIX Two Text", "STIX Two Math"])
            if (!document.fonts.check(`16px "${family}"`)) late.push(family);
    requestAnimationFrame(look);
})();"""


@pytest.mark.parametrize("path", ["index.html", "neuron.html"])
def test_a_first_visit_over_a_slow_line_shows_its_own_letters(
    browser, address, path
):
    context = browser.new_context()
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"latency": 150, "downloadThroughput": 200_000}
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "uploadThroughput": 90_000, **slow},
    )
    page.add_init_script(WATCH)
    page.goto(address + path)
    settle(page)
    late, shift = page.evaluate("late"), page.evaluate(SHIFT)
    context.close()
    assert late == []
    assert shift <= 0.02
