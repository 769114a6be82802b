"""What one reads is whole, ends where the rest ends, and hides nothing."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.book.conftest import chapters
from tests.browser.conftest import PAGES, settle
from tests.browser.test_accessibility import violations

WIDTHS = (320, 390, 768, 1280)  # the first is also a screen at 400 %
CHAPTERS = [str(Path(page).with_suffix(".html")) for page in chapters()]
# each kind of fault with the elements that have it
FAULTS = """isChapter => {
    const found = {};
    const all = selector => [...document.querySelectorAll(selector)]
        .filter(e => e.checkVisibility());
    const note = (kind, elements) => {
        if (elements.length)
            found[kind] = elements.map(e => e.outerHTML.slice(0, 120));
    };
    const cut = e => e.scrollWidth > e.clientWidth + 1;
    const box = e => e.getBoundingClientRect();
    const scrolls = e =>
        ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
    const boxed = e => e && (scrolls(e) && box(e).right <= innerWidth + 1
        || boxed(e.parentElement));
    note("wider than the screen", cut(document.documentElement)
        ? [document.documentElement] : []);
    note("sticks out", all("article *").filter(e => box(e).width > 1
        && box(e).right > innerWidth + 1 && !boxed(e)));
    note("takes the focus and scrolls not, or the reverse", all("article *")
        .filter(scrolls).filter(e => cut(e) !== (e.tabIndex === 0)));
    const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
    note("an id twice", all("[id]").filter(e =>
        ids.indexOf(e.id) !== ids.lastIndexOf(e.id)));
    note("more marks than one", all("p, ul, ol, dd, table, figure").filter(
        block => block.querySelectorAll(".mark").length > 1));
    note("a mark where none belongs",
        all("details .mark, #summary ~ * .mark, .summary .mark"));
    note("a mark that is hard to hit", all(".mark").filter(e => box(e).left < 0
        || Math.min(box(e).width, box(e).height) < 24
        || box(e).right > innerWidth));
    note("a mark on another line than its words", all(".backed").filter(e => {
        const range = document.createRange();
        range.selectNodeContents(e.parentElement);
        range.setEndBefore(e);
        const words = [...range.getClientRects()].filter(r => r.width > 1);
        const [before, mark] = [words.at(-1), box(e.querySelector(".mark"))];
        return before
            && (mark.top >= before.bottom || mark.bottom <= before.top);
    }));
    if (!isChapter) return found;
    note("formula that is cut", all(".equation .wide").filter(cut));
    note("formula that leaves its column", all("article .formula").filter(e =>
        box(e).right > box(e.parentElement.closest(
            "p, li, dd, dt, td, th, figcaption, div")).right + 1
        && !e.closest(".md-typeset__scrollwrap, dt")));
    note("formula on two lines", all("article .formula").filter(e =>
        !e.querySelector("math") && e.getClientRects().length > 1));
    note("goes on without a sign", all("pre > code, .md-typeset__scrollwrap")
        .filter(cut).filter(e => {
            const style = getComputedStyle(e);
            return style.backgroundAttachment !== "local, scroll"
                || !style.backgroundImage.includes("linear-gradient")
                || e.tabIndex !== 0;
        }));
    note("button over text", all(".md-code__button").filter(button => {
        const code = button.closest("pre").querySelector("code");
        return box(button).left < box(code).right - 1
            && box(button).top < box(code).bottom;
    }));
    const right = box(document.querySelector("article")).right;
    note("another right edge", all(
        "article > :is(p, .highlight, .equation, figure, details, .footnote)"
    ).filter(e => !e.matches(".ways, .reading-time")
        && Math.abs(box(e).right - right) > 1));
    note("picture of another width", all("article > figure svg").filter(e =>
        Math.abs(box(e).width - box(e.closest("figure")).width) > 1));
    return found;
}"""
CONTRAST = """e => {
    const paint = document.createElement("canvas").getContext("2d");
    const light = colour => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data]
            .slice(0, 3).map(v => v / 255).map(v =>
                v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const pair = [light(getComputedStyle(e).color), light(
        getComputedStyle(e.closest("pre")).backgroundColor)];
    return Math.max(...pair) / Math.min(...pair);
}"""
# how an element of each kind looks, and what is drawn before and after it
LOOK = """() => {
    const looks = {};
    for (const e of document.querySelectorAll("body, body *")) {
        const kind = [e.parentElement, e].map(
            o => `${o.localName}.${o.getAttribute("class")}`).join(" ");
        if (kind in looks || e.closest("svg, math")) continue;
        looks[kind] = [null, "::before", "::after"].map(part => {
            const style = getComputedStyle(e, part);
            return part && style.content === "none" ? "" :
                [...style].filter(name => !name.startsWith("--"))
                    .map(name => name + style[name]).join();
        }).join();
    }
    return looks;
}"""


@pytest.fixture
def open_page(browser: Browser) -> Iterator:
    """Return what opens a page in a window of its own."""
    contexts = []

    def open_it(address: str, width: int, **options: object) -> Page:
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, **options))
        page = contexts[-1].new_page()
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        settle(page)
        return page

    yield open_it
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_at_every_width(open_page, address, path):
    """And axe finds nothing on it, but for its slow rules."""
    page = open_page(address + path, WIDTHS[0])
    assert page.locator(".mark").count() > 1 or path not in CHAPTERS
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        assert page.evaluate(FAULTS, path in CHAPTERS) == {}, width
    assert violations(page, slow=False) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_to_copy_is_seen_at_rest(open_page, address, scheme):
    page = open_page(address + "neuron.html", 390, color_scheme=scheme)
    button = page.locator(".md-code__button").first
    assert button.evaluate(CONTRAST) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_is_read_in_all_its_colours(open_page, address, scheme):
    """axe does not judge what stands on a shadow, as code does."""
    page = open_page(address + "neuron.html", 390, color_scheme=scheme)
    parts = page.locator("pre code span")
    kinds = set(parts.evaluate_all("all => all.map(e => e.className)"))
    for kind in kinds - {""}:
        part = page.locator(f"pre code span[class='{kind}']").first
        assert part.evaluate(CONTRAST) >= 4.5, kind
    assert {"c1", "k", "nf", "sd"} <= kinds


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_choice_of_a_scheme_says_what_it_brings(open_page, address, scheme):
    page = open_page(address + "neuron.html", 1280, color_scheme=scheme)
    other = {"light": "dark", "dark": "light"}[scheme]
    page.get_by_title(f"Switch to {other}").first.click()
    name = {"light": "default", "dark": "slate"}[other]
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", name)


@pytest.mark.parametrize("path", ["activation/relu.html", "neuron.html"])
def test_the_menu_of_a_phone_opens_at_the_contents(open_page, address, path):
    page = open_page(address + path, 390)
    page.locator("label.md-header__button[for=__drawer]").click()
    menu = page.locator(".md-nav--primary > .md-nav__list > li")
    for entry in ("Home", "1 The neuron", "3 Activation functions"):
        expect(menu.get_by_text(entry, exact=True).first).to_be_in_viewport()


def test_a_system_with_colours_of_its_own_shows_what_opens(open_page, address):
    page = open_page(address + "neuron.html", 1280, forced_colors="active")
    for part in ("::before", "::after"):
        mask, colour, ground = page.locator("summary").first.evaluate(
            """(e, part) => [getComputedStyle(e, part).maskImage,
                getComputedStyle(e, part).backgroundColor,
                getComputedStyle(document.body).backgroundColor]""",
            part,
        )
        assert mask.startswith("url")
        assert colour != ground
    border = page.locator("pre").first.evaluate(
        "e => getComputedStyle(e).borderTopWidth"
    )
    assert float(border.removesuffix("px")) >= 1


def test_the_choice_of_a_scheme_has_one_ring(open_page, address):
    page = open_page(address + "neuron.html", 1280)
    page.locator(".md-option:not([hidden])").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-option')")
    rings = page.evaluate(
        """[...document.querySelectorAll("form, form *")].filter(e =>
            getComputedStyle(e).outlineStyle !== "none"
            && getComputedStyle(e).visibility === "visible"
            && parseFloat(getComputedStyle(e).outlineWidth)).length"""
    )
    assert rings == 1


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path.endswith("departures.html")]
)
def test_contents_of_a_page_are_its_own_headings(open_page, address, path):
    """Even where a section of the book is called as one of them."""
    page = open_page(address + path, 1280)
    contents = page.locator(".md-sidebar--secondary .md-nav__link")
    headings = page.locator("article :is(h2, h3)").all_inner_texts()
    said = [" ".join(t.split()) for t in contents.all_inner_texts()]
    assert len(said) > 5
    assert set(said) <= {h.rstrip("¶").strip() for h in headings}


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["activation/relu.html"])
def test_what_the_theme_loses_nothing_shows(open_page, address, path, width):
    """Its whole sheets, as the package has them, give the same look."""
    page = open_page(address + path, width, reduced_motion="reduce")
    lightened = page.evaluate(LOOK)
    (package,) = find_spec("material").submodule_search_locations
    whole = Path(package, "templates/assets/stylesheets")

    def serve_whole(route: Route) -> None:
        (file,) = whole.rglob(route.request.url.rpartition("/")[2])
        route.fulfill(path=file, content_type="text/css")

    page.route("**/stylesheets/*.css", serve_whole)
    page.reload()
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    settle(page)
    assert len(lightened) > 100
    assert page.evaluate(LOOK) == lightened
