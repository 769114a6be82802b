"""The glossary, and the terms that pages explain from it."""

import re
from pathlib import Path

import pytest

from press.glossary import read_terms
from tests.book.conftest import DOCS, chapters, source

TERMS = read_terms(DOCS / "glossary.md", 0)


def prose(page: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", source(page), flags=re.M | re.S)


def test_terms_stand_in_order():
    names = [term.name.lower() for term in TERMS]
    assert len(names) > 40
    assert names == sorted(names)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_term_is_used_where_the_glossary_says(term):
    entry = (DOCS / "glossary.md").read_text().split(f"\n{term.name}")[1]
    page = re.search(r"See \[[^]]+\]\(([\w/]+\.md)", entry)[1]
    text = re.sub(r"\s+", " ", prose(page)).lower()
    assert any(form.lower() in text for form in term.forms), page


@pytest.mark.parametrize("page", chapters())
def test_chapter_explains_terms(site, page):
    links = site[page].article.find_all("a", class_="term")
    assert links  # the first chapters define most terms themselves
    ids = [link["href"].partition("#")[2] for link in links]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", chapters())
def test_every_displayed_equation_has_a_name_and_a_number(site, page):
    equations = site[page].select("article .equation")
    for equation in equations:
        number = equation.find("a", class_="equation-number")
        assert re.fullmatch(r"\(\d\.\d+\)", number.get_text())
        assert number["href"] == f"#{equation['id']}"
        assert number.get_text() in number["aria-label"]
    assert len(equations) == source(page).count("\\label{")


def test_links_to_equations_say_their_number(site):
    numbers = {
        equation["id"]: equation.a.get_text().strip("()")
        for page in chapters()
        for equation in site[page].select(".equation[id]")
    }
    links = [
        link
        for page in chapters()
        for link in site[page].select("article a[href*='#equation-']")
        if "equation-number" not in link.get("class", [])
    ]
    assert len(links) >= 4
    for link in links:
        name = link["href"].partition("#")[2]
        assert link.get_text() == f"Equation {numbers[name]}"
    given = list(numbers.values())
    in_order = sorted(given, key=lambda n: tuple(map(int, n.split("."))))
    assert given == in_order


@pytest.mark.parametrize("page", chapters())
def test_page_can_be_shared_and_found(site, page):
    head = site[page].head
    description = head.find("meta", attrs={"name": "description"})["content"]
    assert 50 < len(description) < 165
    og = head.find("meta", property="og:description")["content"]
    assert og == description
    assert "og:url" not in str(head)  # no address of the site is known


def test_a_site_with_an_address_says_it(tmp_path, monkeypatch):
    from tests.conftest import build_site

    monkeypatch.setenv("SITE_URL", "https://example.org/book/")
    build_site(DOCS.parent, tmp_path)
    page = Path(tmp_path, "activation/relu.html").read_text()
    address = "https://example.org/book/activation/relu.html"
    assert re.search(rf'rel="?canonical"? href="?{address}', page)
    assert 'content="https://example.org/book/assets/share.png"' in page
    picture = Path(tmp_path, "assets/share.png").read_bytes()
    assert picture[1:4] == b"PNG"
    assert address in Path(tmp_path, "sitemap.xml").read_text()
    lost = Path(tmp_path, "404.html").read_text()
    assert "/book/activation/relu.html" in lost
    assert "/book/assets/book.css" in lost
