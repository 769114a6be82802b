"""No page asks another host for anything, and a folder is enough."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAGES, settle

# what a reader may look for, and the page to be among the first three
QUESTIONS = {
    "dead unit": "activation/relu.html",
    "vanishing gradient": "activation/sigmoid.html",
    "learning rate": "propagation/backward.html",
    "XOR": "network.html",
    "pre-activation": "neuron.html",
}


@pytest.mark.parametrize("path", [*PAGES, "404.html"])
def test_server_is_the_only_host_asked(page, address, requested, path):
    page.goto(address + path)
    page.mouse.wheel(0, 100_000)
    settle(page)
    assert len(requested) >= 5
    for url in requested:
        assert url.startswith((address, "data:", "blob:")), url


@pytest.mark.parametrize("path", PAGES)
def test_folder_is_enough(page, site_folder, requested, path):
    messages = []
    page.on("console", lambda message: messages.append(message))
    page.goto((site_folder / path).as_uri())
    settle(page)
    assert len(requested) >= 5
    for url in requested:
        assert url.startswith(("file:", "data:", "blob:")), url
    assert page.evaluate("document.fonts.check('16px \"STIX Two Text\"')")
    assert not [m.text for m in messages if m.type == "error"]


def ask(page: Page, words: str) -> list[str]:
    """Type into the search and return where its results lead, best first."""
    # as a reader does: the form opens when its field is clicked
    page.locator("[data-md-component=search-query]").click()
    page.keyboard.type(words)
    results = page.locator(".md-search-result__item > a")
    expect(results.first).to_be_visible(timeout=20_000)
    return [link.get_attribute("href") for link in results.all()]


@pytest.mark.parametrize("where", ["server", "folder"])
@pytest.mark.parametrize("words", QUESTIONS)
def test_search_finds(page, address, site_folder, where, words):
    base = address if where == "server" else site_folder.as_uri() + "/"
    page.goto(base + "activation/tanh.html")
    addresses = (result.split("?")[0] for result in ask(page, words))
    found = list(dict.fromkeys(a.split("#")[0] for a in addresses))
    assert base + QUESTIONS[words] in found[:3], found


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
