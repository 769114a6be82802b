"""What axe, a keyboard and a reader who wants no motion find."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PAGES, settle

SIZES = {1280: 800, 390: 844}
FOCUS = """() => {
    const active = document.activeElement;
    // of a choice that is drawn by its label, the label shows the focus
    const e = active.matches(".md-option")
        ? active.nextElementSibling : active;
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    return {
        name: e.outerHTML.slice(0, 100),
        body: e === document.body,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth),
        seen: box.width > 0 && box.height > 0
            && box.bottom > 0 && box.top < innerHeight,
    };
}"""


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_axe_finds_nothing(browser: Browser, address, path, scheme, width):
    context = browser.new_context(
        color_scheme=scheme,
        viewport={"width": width, "height": SIZES[width]},
        reduced_motion="reduce",  # no colours caught half-way
    )
    page = context.new_page()
    page.goto(address + path)
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    settle(page)
    dark = page.locator("body").get_attribute("data-md-color-scheme")
    assert dark == {"light": "default", "dark": "slate"}[scheme]
    results = Axe().run(page)
    context.close()
    assert len(results.response["passes"]) > 15
    found = [
        f"{v['id']}: {[n['html'][:120] for n in v['nodes']][:4]}"
        for v in results.response["violations"]
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "path", ["index.html", "activation/relu.html", "glossary.html"]
)
def test_keyboard_reaches_everything_and_shows_where_it_is(page, address, path):
    page.goto(address + path)
    settle(page)
    seen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"]:
            break
        seen.append(focus["name"])
        assert focus["ring"], focus
        assert focus["seen"], focus
    assert len(seen) < 400, "the keyboard is caught"
    reached = "\n".join(seen)
    assert "md-skip" in seen[0]
    for part in ("md-search__input", "md-nav__link", "md-footer__link"):
        assert part in reached, part


def test_folded_parts_open_by_keyboard(page, address):
    page.goto(address + "activation/sigmoid.html")
    solutions = page.locator("details.success")
    solutions.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(solutions.locator("li").first).to_be_visible()


def test_a_term_is_explained_on_focus_and_on_hover(page, address):
    page.goto(address + "activation/relu.html")
    term = page.locator("a.term", has_text="learning rate")
    note = page.locator("[role=tooltip]#term-definition")
    term.focus()
    expect(note).to_have_text("How large a step gradient descent takes.")
    assert term.get_attribute("aria-describedby") == "term-definition"
    page.keyboard.press("Escape")
    expect(note).not_to_be_attached()
    assert term.get_attribute("aria-describedby") is None
    term.blur()
    term.hover()
    expect(note).to_be_visible()
    note.hover()  # one may read it with the pointer on it
    page.wait_for_timeout(400)
    expect(note).to_be_visible()
    page.mouse.move(1, 1)
    expect(note).not_to_be_attached()


def test_an_explanation_fits_on_a_phone(browser, address):
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(address + "propagation/backward.html")
    for term in page.locator("a.term").all():
        if not term.is_visible():
            continue
        term.focus()
        box = page.locator("#term-definition").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 640
    context.close()


def test_a_term_leads_to_the_glossary(page, address):
    page.goto(address + "activation/relu.html")
    page.locator("a.term", has_text="learning rate").click()
    assert page.url == address + "glossary.html#term-learning-rate"
    expect(page.locator("dt:target")).to_have_text("learning rate")


def test_code_is_copied_with_one_click(browser, address):
    context = browser.new_context(
        permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.goto(address + "activation/sigmoid.html")
    page.locator(".md-code__button").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()
    assert copied.startswith("def sigmoid(z: Tensor) -> Tensor:")


def test_motion_stops_for_those_who_want_none(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + "index.html")
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter(e => {
            const style = getComputedStyle(e);
            return style.scrollBehavior === "smooth" || [
                style.transitionDuration, style.animationDuration
            ].some(times => times.split(",").some(t => parseFloat(t) > 0.001));
        }).map(e => e.outerHTML.slice(0, 80))"""
    )
    context.close()
    assert moving == []
