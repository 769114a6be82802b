"""What holds for every figure that answers when touched.

That axe finds nothing in the dark, tests/browser/test_accessibility.py sees.
"""

import gzip
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Locator

from press.reading.book import SCRIPTS
from tests.book.conftest import ROOT, navigation, source
from tests.browser.conftest import settle
from tests.browser.test_accessibility import violations

FOUND = sorted(
    {
        (str(Path(page).with_suffix(".html")), name)
        for page in navigation()
        for name in re.findall(r"^    live: (\S+)$", source(page), re.M)
    }
)
every = pytest.mark.parametrize(("path", "name"), FOUND)

# what sticks out of a narrow screen, and what is too small for a finger
FAULTS = """figure => [...figure.querySelectorAll("*")].filter(e => {
    const box = e.getBoundingClientRect();
    if (!e.checkVisibility() || e.closest("svg, pre, .spoken")) return false;
    const target = e.matches("input, select, button, summary");
    return box.right > innerWidth + 1
        || target && Math.min(box.width, box.height) < 24;
}).map(e => e.outerHTML.slice(0, 120))"""
# sliders of which a screen reader says something else than what stands there
MISHEARD = """figure => [...figure.querySelectorAll("input[type=range]")]
    .filter(e => e.ariaValueText !== e.nextElementSibling.textContent)
    .map(e => e.outerHTML.slice(0, 120))"""
# give every control another value, as a reader would
CHANGE = """figure => {
    for (const input of figure.inputs) {
        if (input.type === "checkbox") input.click();
        else if (input.options) input.selectedIndex =
            (input.selectedIndex + 1) % input.options.length;
        else {
            const before = input.value;
            input.stepDown(2);
            if (input.value === before) input.stepUp(2);
        }
        input.dispatchEvent(new Event("input", { bubbles: true }));
    }
}"""
LOOK = """figure => [figure.innerHTML,
    figure.querySelector('.readout').innerText, figure.ariaBusy === 'true']"""
IN_SIGHT = """figure => {
    const { top, bottom } = figure.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
}"""
SAVED = "figure => JSON.stringify(figure.save())"


def rested(figure: Locator, changed: bool = False) -> str:
    """Bring it near, wait until it rests, and return what the figure says.

    One that was changed keeps its state after a pause.
    """
    figure.scroll_into_view_if_needed()
    before = None
    for _ in range(100):
        now = figure.evaluate(LOOK)
        _, said, busy = now
        if now == before and said and not busy:
            return said
        before = now
        figure.page.wait_for_timeout(500 if changed else 100)
    raise AssertionError("the figure does not come to rest")


@every
def test_nobody_is_shut_out(browser, address, path, name):
    """On a narrow screen, with all folds open; and nothing moves by itself."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address + path)
    settle(page)
    figure = page.locator(name).first
    figure.scroll_into_view_if_needed()
    figure.evaluate(
        "e => e.querySelectorAll('details').forEach(d => d.open = 1)"
    )
    first = rested(figure)
    page.wait_for_timeout(500)
    assert rested(figure) == first
    assert first
    assert figure.evaluate(FAULTS) == []
    assert figure.evaluate(MISHEARD) == []
    found = violations(page, name)
    context.close()
    assert found == []


@every
def test_it_is_whole_without_scripts(browser, address, path, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + path)
    figure = page.locator(name).first
    picture = figure.locator(".picture > svg")
    assert picture.bounding_box()["height"] > 100
    assert figure.locator("figcaption").inner_text()
    assert figure.locator(".hidden, .controls").count() == 0
    context.close()


@pytest.mark.parametrize(
    ("place", "path", "name"),
    # from a folder one is as another
    [*(("http", *one) for one in FOUND), ("file", *FOUND[0])],
)
def test_the_address_brings_a_state_back_and_reset_the_first(
    browser, address, site_folder, path, name, place
):
    base = {"http": address, "file": f"{site_folder.as_uri()}/"}[place]
    context = browser.new_context()
    page = context.new_page()
    page.goto(base + path)
    settle(page)
    figure = page.locator(name).first
    first, usual = rested(figure), figure.evaluate(SAVED)
    figure.evaluate(CHANGE)
    changed, saved = rested(figure, changed=True), figure.evaluate(SAVED)
    assert saved != usual
    query = page.url.split("?")[1]
    page.goto("about:blank")
    page.goto(f"{base}{path}?{query}")
    settle(page)
    assert figure.evaluate(IN_SIGHT), "who follows a link wants to see it"
    assert rested(figure) == changed
    assert figure.evaluate(SAVED) == saved
    figure.get_by_role("button", name="Reset").click()
    assert rested(figure, changed=True) == first
    assert figure.evaluate(SAVED) == usual
    assert "?" not in page.url
    context.close()


@pytest.mark.parametrize("path", sorted({path for path, _ in FOUND}))
def test_scripts_are_small(site_folder, path):
    text = (site_folder / path).read_text(encoding="utf-8")
    tags = BeautifulSoup(text, "html.parser").find_all("script", src=True)
    names = [
        Path(tag["src"]).name for tag in tags if SCRIPTS.name in tag["src"]
    ]
    sizes = {
        name: len(gzip.compress((ROOT / SCRIPTS / name).read_bytes()))
        for name in names
    }
    assert max(sizes.values()) <= 5_000, sizes
    assert sum(sizes.values()) <= 15_000, sizes
