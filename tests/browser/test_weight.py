"""A page stays where it is while it comes, on a phone and over a slow line."""

import pytest

from tests.browser.conftest import PAGES, SHIFT, each, settle


@each(PAGES)
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
