"""Without JavaScript, and on paper."""

import pytest

from tests.browser.conftest import PAGES, each

VISIBLE = ".md-content article"
# formulas and pictures without a size, but for what a fold or a note hides
UNSEEN = """article => [...article.querySelectorAll(
        "math, figure svg, figcaption")]
    .filter(e => !e.closest("details, [popover]"))
    .filter(e => Math.min(e.getBoundingClientRect().width,
        e.getBoundingClientRect().height) <= 3)
    .map(e => e.outerHTML.slice(0, 120))"""
# what figures have with scripts alone, to be touched
LEFT_OUT = """article => article
    .querySelectorAll(".controls, .readout, .rules, .added, .questions button")
    .forEach(e => e.remove())"""
# what should be on paper and is not, or should not and is
ON_PAPER = """([wanted, unwanted]) => {
    const seen = e => e.checkVisibility({visibilityProperty: true})
        && e.getClientRects().length > 0;
    const all = css => [...document.querySelectorAll(css)];
    return [...all(wanted).filter(e => !seen(e)), ...all(unwanted).filter(seen)]
        .map(e => e.outerHTML.slice(0, 120));
}"""


@each(PAGES)
def test_all_is_there_without_javascript(browser, address, path):
    with_script, without = (
        browser.new_context(java_script_enabled=enabled)
        for enabled in (True, False)
    )
    texts = []
    for context in (with_script, without):
        page = context.new_page()
        page.goto(address + path)
        page.locator(VISIBLE).evaluate(LEFT_OUT)
        texts.append(page.locator(VISIBLE).inner_text().split())
        assert page.locator(VISIBLE).evaluate(UNSEEN) == []
        context.close()
    is_list = path == "about/ledger/index.html"  # of links, and little else
    assert len(texts[1]) > (50 if is_list else 100)
    assert set(texts[0]) <= set(texts[1])


@each(PAGES)
def test_paper_has_the_text_and_nothing_around_it(page, address, path):
    page.goto(address + path)
    page.emulate_media(media="print", color_scheme="dark")
    wanted = f"{VISIBLE} details.success li"
    around = ".md-header, .md-sidebar, .md-footer__inner, .md-clipboard"
    unwanted = f"{around}, .headerlink, {VISIBLE} details.code"
    assert page.evaluate(ON_PAPER, [wanted, unwanted]) == []
    colours = page.locator("body").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    )
    ink, paper = (sum(map(int, numbers(c)[:3])) for c in colours)
    assert ink < 150
    assert paper > 700 or colours[1].endswith(" 0)")


def numbers(colour: str) -> list[str]:
    """Return the numbers of a colour as CSS computes it, "rgb(1, 2, 3)"."""
    return colour[colour.index("(") + 1 : -1].replace(",", " ").split()


def test_paper_shows_every_page_of_a_chapter(page, address):
    page.goto(address + "activation/relu.html")
    assert page.pdf().count(b"/Type /Page\n") >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scheme_is_the_readers_without_javascript(browser, address, scheme):
    context = browser.new_context(
        java_script_enabled=False, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(address + "activation/relu.html")
    ink, paper = page.locator("body").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    )
    context.close()
    ink, paper = (sum(map(int, numbers(c)[:3])) for c in (ink, paper))
    assert (ink > paper) == (scheme == "dark")
    assert abs(ink - paper) > 400
