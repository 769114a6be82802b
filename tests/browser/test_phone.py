"""On the narrowest screens only boxes of their own scroll sideways."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PAGES, settle

# elements of the article that stick out of it without a box that scrolls
STICKING_OUT = """() => [...document.querySelectorAll("article *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        && e.getBoundingClientRect().width > 1)
    .filter(e => {
        for (let box = e; box; box = box.parentElement)
            if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)
                && box.getBoundingClientRect().right <= innerWidth + 1)
                return false;
        return true;
    })
    .map(e => e.outerHTML.slice(0, 80))"""
BOXES = """() => [...document.querySelectorAll("article *")]
    .filter(e => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .filter(e => e.getClientRects().length)
    .map(e => [e.scrollWidth > e.clientWidth + 1, e.tabIndex,
        e.outerHTML.slice(0, 80)])"""


@pytest.fixture
def phone(browser: Browser) -> Page:
    """Return a page as narrow as screens are, or as 400 % zoom makes them."""
    context = browser.new_context(viewport={"width": 320, "height": 640})
    yield context.new_page()
    context.close()


def open_details(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    settle(page)


@pytest.mark.parametrize("path", PAGES)
def test_only_boxes_scroll_sideways_and_take_the_focus(phone, address, path):
    """Those that need no scrolling do not."""
    phone.goto(address + path)
    open_details(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    phone.evaluate("scrollTo(1000, 0)")
    assert phone.evaluate("scrollX") == 0
    assert phone.evaluate(STICKING_OUT) == []
    for scrolls, tab_index, html in phone.evaluate(BOXES):
        assert (tab_index == 0) == scrolls, html


def test_some_box_scrolls(phone, address):
    phone.goto(address + "propagation/backward.html")
    open_details(phone)
    assert any(scrolls for scrolls, _, _ in phone.evaluate(BOXES))
