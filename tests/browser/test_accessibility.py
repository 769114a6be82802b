"""What axe, a keyboard and a reader who wants no motion find."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from press.markup.glossary import read_terms
from tests.book.conftest import DOCS
from tests.browser.conftest import KINDS, LEDGER, PAGES, each, settle

WEEKLY = pytest.mark.weekly
SIZES = {1280: 800, 390: 844}
# of WCAG 2.2, and the only rule of AA that axe leaves out unless asked
RULES = {
    "resultTypes": ["violations"],  # of the others it need not tell all
    "rules": {"target-size": {"enabled": True}},
}
# where the focus is, and whether it shows: a part of it, at least, with a ring
FOCUS = """() => {
    const active = document.activeElement;
    // a choice is drawn by its label, and the form around shows the focus
    const e = active.matches(".md-option") ? active.form : active;
    const style = getComputedStyle(e);
    const parts = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]];
    const seen = [...e.getClientRects()].some(box => parts.some(([x, y]) =>
        e.contains(document.elementFromPoint(
            box.left + x * box.width, box.top + y * box.height))));
    const visited = window.visited;
    const end = active === document.body || visited.has(active);
    visited.add(active);
    return {
        name: e.outerHTML.slice(0, 120),
        end,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth),
        seen,
    };
}"""
MISSED = """() => [...document.querySelectorAll(
        "article :is(a[href], button:enabled, summary, [tabindex='0'])")]
    .filter(e => e.checkVisibility({visibilityProperty: true}))
    .filter(e => !window.visited.has(e))
    .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def still_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return what opens a page of some width on which nothing is on its way."""
    contexts = []

    def open_page(width: int, scheme: str = "light") -> Page:
        contexts.append(
            browser.new_context(
                color_scheme=scheme,
                viewport={"width": width, "height": SIZES[width]},
                reduced_motion="reduce",
            )
        )
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


EVERY = [*PAGES, LEDGER[-1], "404.html"]
# those that one page of each kind is looked at in on every change; that and
# tests/browser/test_layout.py, which asks of each page all but two rules, leave
# for once a week all rules on all pages in all looks
LOOKS = {("dark", 390), ("light", 1280)}


@pytest.mark.parametrize(
    ("path", "scheme", "width"),
    [
        pytest.param(path, *look, marks=[] if is_daily else [WEEKLY])
        for look in product(("light", "dark"), SIZES)
        for path in EVERY
        for is_daily in [look in LOOKS and path in KINDS]
    ],
)
def test_axe_finds_nothing(still_page, address, path, scheme, width):
    page = still_page(width, scheme)
    open_whole(page, address + path)
    dark = page.locator("body").get_attribute("data-md-color-scheme")
    assert dark == {"light": "default", "dark": "slate"}[scheme]
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["activation/relu.html"])
def test_axe_finds_nothing_in_what_opens(still_page, address, path, scheme):
    """The navigation of a phone, the search, the notes on terms and sources.

    What the search finds stands on other pages; while they change, this rests
    in `make check`, as the look of a result does not depend on its words.
    """
    phone = still_page(390, scheme)
    open_whole(phone, address + path)
    phone.locator("label.md-header__button[for=__drawer]").click()
    expect(phone.locator(".md-nav--primary a").first).to_be_visible()
    assert violations(phone, ".md-sidebar--primary") == []
    for width in SIZES:
        page = still_page(width, scheme)
        open_whole(page, address + path)
        page.locator("a.term").first.focus()
        expect(page.locator("[role=tooltip]")).to_be_visible()
        assert violations(page, "[role=tooltip]") == []
        page.locator(".footnote-ref").first.focus()
        expect(page.locator(".md-tooltip2")).to_be_visible()
        assert violations(page, ".md-tooltip2") == []
        page.keyboard.press("/")
        page.keyboard.type("dead unit")
        result = page.locator(".md-search-result__link").first
        expect(result).to_be_visible(timeout=20_000)
        assert violations(page, ".md-search") == []


def open_whole(page: Page, address: str) -> None:
    """Open a page with nothing in it folded."""
    page.goto(address)
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    settle(page)


def violations(
    page: Page, within: str | None = None, slow: bool = True
) -> list[str]:
    """Return what axe finds on a page or a part of it, rule by rule.

    slow: the two rules that take longer than all others together. Contrast is
    the style sheet's affair, and it is the template that has the regions.
    """
    rules = RULES["rules"] | {
        rule: {"enabled": slow} for rule in ("color-contrast", "region")
    }
    options = RULES | {"rules": rules}
    response = Axe().run(page, context=within, options=options).response
    assert len(response["passes"]) > (2 if within else 15)
    return [
        f"{v['id']}: {[n['html'][:120] for n in v['nodes']][:4]}"
        for v in response["violations"]
    ]


@pytest.mark.parametrize("width", SIZES)
@each(PAGES)
def test_keyboard_reaches_everything_and_shows_where_it_is(
    still_page, address, path, width
):
    page = still_page(width)
    page.goto(address + path)
    settle(page)
    seen = stops(page, "Tab")
    assert page.evaluate(MISSED) == []
    assert "md-skip" in seen[0]
    reached = "\n".join(seen)
    for part in ("md-option", "md-search__input", "md-footer__link"):
        assert part in reached, part
    # on a phone it is put away
    assert ("md-nav__link" in reached) == (width > 1000)


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("path", ["glossary.html", "activation/relu.html"])
def test_nothing_hides_what_the_keyboard_goes_back_to(
    still_page, address, path, width
):
    """Upwards, header and button to the top are in the way."""
    page = still_page(width)
    page.goto(address + path)
    settle(page)
    stops(page, "Shift+Tab")
    assert page.evaluate(MISSED) == []


def stops(page: Page, key: str) -> list[str]:
    """Press a key until the focus has been everywhere; return where it was."""
    page.evaluate("window.visited = new Set()")
    seen = []
    for _ in range(2000):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        if focus["end"]:
            return seen
        for _ in range(20):
            if focus["seen"]:
                break
            # a note on what had the focus still fades, or a busy browser has
            # not scrolled yet; what lies in front stays in front
            page.wait_for_timeout(100)
            page.evaluate(
                "document.activeElement.scrollIntoView({block: 'nearest'})"
            )
            focus = page.evaluate(FOCUS)
        assert focus["ring"], focus
        assert focus["seen"], focus
        seen.append(focus["name"])
    raise AssertionError("the keyboard is caught")


def test_folded_parts_open_by_keyboard(page, address):
    page.goto(address + "activation/sigmoid.html")
    solutions = page.locator("details.success")
    solutions.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(solutions.locator("li").first).to_be_visible()


def test_a_term_is_explained_on_focus_and_on_hover(page, address):
    page.goto(address + "activation/relu.html")
    terms = read_terms(DOCS / "glossary.md", 0)
    definitions = {term.name: term.definition for term in terms}
    term = page.locator("a.term", has_text="learning rate")
    note = page.locator("[role=tooltip]#term-definition")
    term.focus()
    expect(note).to_have_text(definitions["learning rate"])
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
    code = page.locator(".highlight", has_text="def sigmoid(").first
    code.locator(".md-code__button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    shown = code.locator("code").inner_text()
    context.close()
    assert "def sigmoid(z: " in copied
    assert copied.strip() == shown.strip()


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
