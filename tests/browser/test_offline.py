"""No page asks another host for anything, and a folder is enough."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAGES, each, settle
from tests.claims import claim

RESULT = ".md-search-result__item > a"
# what a reader may look for, and the page to be among the first three
QUESTIONS = {
    "dead unit": "activation/relu.html",
    "vanishing gradient": "activation/sigmoid.html",
    "learning rate": "propagation/descent.html",
    "XOR": "network.html",
    "pre-activation": "neuron.html",
}
# whether words are as wide in a family as without it
IS_SHOWN = """async family => {
    await document.fonts.load(`16px "${family}"`);
    const width = font => {
        const word = document.createElement("span");
        word.textContent = "a word in a certain type";
        word.style.cssText = `position: absolute; font: 40px ${font}`;
        document.body.append(word);
        return word.getBoundingClientRect().width;
    };
    return width(`"${family}", monospace`) !== width("monospace");
}"""


@claim(
    "The book is a folder of files, which any web server can serve, and "
    "which can be read without one.",
)
@each(PAGES)
def test_folder_is_enough(page, site_folder, requested, path):
    messages = []
    page.on("console", lambda message: messages.append(message))
    page.goto((site_folder / path).as_uri())
    settle(page)
    assert len(requested) >= 5
    for url in requested:
        assert url.startswith(("file:", "data:", "blob:")), url
    for family in ("STIX Two Text", "STIX Two Math"):
        assert page.evaluate(IS_SHOWN, family), family
    assert not [m.text for m in messages if m.type == "error"]


def ask(page: Page, words: str) -> None:
    """Type into the search as a reader does, who clicks its field."""
    field = page.locator("[data-md-component=search-query]")
    field.click()
    field.fill("")
    expect(page.locator(RESULT)).to_have_count(0)
    page.keyboard.type(words)
    expect(page.locator(RESULT).first).to_be_visible(timeout=20_000)


def found(page: Page) -> list[str]:
    """Return the pages that the search shows at the moment, best first."""
    links = page.locator(RESULT).evaluate_all("all => all.map(a => a.href)")
    return list(dict.fromkeys(re.split("[?#]", a)[0] for a in links))


@pytest.mark.parametrize("where", ["server", "folder"])
def test_search_finds(page, address, site_folder, where):
    base = address if where == "server" else site_folder.as_uri() + "/"
    page.goto(base + "activation/tanh.html")
    for words, wanted in QUESTIONS.items():
        ask(page, words)
        for _ in range(100):  # the list follows the letters as they come
            if base + wanted in found(page)[:3]:
                break
            page.wait_for_timeout(100)
        else:
            pytest.fail(f"{words!r} finds {found(page)}")


def test_search_is_loaded_when_it_is_wanted(page, address, sent):
    page.goto(address + "neuron.html")
    settle(page)
    assert not [name for name, _ in sent if "search_index" in name]
    ask(page, "neuron")
    assert [name for name, _ in sent if "search_index" in name]


def test_unknown_address_leads_on(page, address):
    answer = page.goto(address + "no/such/page.html")
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("This page is not in the book")
    page.locator("article a", has_text="Sigmoid").click()
    expect(page.locator("h1")).to_contain_text("Sigmoid")
