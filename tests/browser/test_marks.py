"""Marks are quiet, easy to hit, and open a note on the spot."""

import pytest
from playwright.sync_api import expect

from tests.book.conftest import chapters
from tests.browser.conftest import each, settle
from tests.browser.test_accessibility import violations

CHAPTERS = [page.replace(".md", ".html") for page in chapters()]


@each(CHAPTERS)
def test_a_note_opens_by_touch_and_fits(browser, address, path):
    """Without JavaScript, on the narrowest screen, each of them."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640},
        has_touch=True,
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto(address + path)
    for mark in page.locator(".mark").all():
        mark.tap()
        note = page.locator(".note:popover-open")
        expect(note).to_have_count(1)
        box = note.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640
        assert note.locator("a").count()
        mark.tap()
        expect(note).to_have_count(0)
    context.close()


def test_a_note_opens_by_mouse_and_by_keyboard(page, address):
    page.goto(address + "neuron.html")
    mark = page.locator(".mark").first
    note = page.locator(".note").first
    mark.click()
    expect(note).to_be_visible()
    page.mouse.click(5, 400)  # a click elsewhere closes it
    expect(note).not_to_be_visible()
    for key in ("Enter", "Space"):
        mark.focus()
        page.keyboard.press(key)
        expect(note).to_be_visible()
        page.keyboard.press("Tab")
        expect(note.locator("a").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(note).not_to_be_visible()
        expect(mark).to_be_focused()
    mark.click()
    note.locator("a").first.click()
    assert "/about/ledger/neuron.html#" in page.url
    entry = page.locator("dt:target")
    expect(entry).to_be_visible()
    page.locator("dt:target + dd a.back").first.click()
    assert "/neuron.html#claim-" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_note(browser, address, scheme):
    for width in (390, 1280):
        context = browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 800}
        )
        page = context.new_page()
        page.goto(address + "propagation/backward.html")
        settle(page)
        page.locator(".mark").nth(3).click()
        expect(page.locator(".note:popover-open")).to_be_visible()
        assert violations(page, ".note:popover-open") == []
        context.close()


def test_marks_are_neither_copied_nor_printed(page, address):
    page.goto(address + "neuron.html")
    page.keyboard.press("Control+A")
    copied = page.evaluate("getSelection().toString()")
    assert "What backs this" not in copied
    assert "test:" not in copied
    page.emulate_media(media="print")
    for mark in page.locator(".backed").all():
        expect(mark).not_to_be_visible()
