"""Addresses of old lead to where the pages are now."""

import pytest
from bs4 import BeautifulSoup

from press.fault import Fault
from press.moved import write_moved


@pytest.fixture
def move(tmp_path, monkeypatch):
    """Write a site with one page, and pages for what has moved there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site/new").mkdir(parents=True)
    (tmp_path / "site/new/page.html").write_text('<h2 id="part">Part</h2>')

    def run(old, new, home=""):
        settings = f"extra:\n  moved:\n    {old}: {new}\n"
        (tmp_path / "mkdocs.yml").write_text(settings)
        write_moved(tmp_path / "site", home)
        text = (tmp_path / "site" / old).read_text()
        return BeautifulSoup(text, "html.parser")

    return run


@pytest.mark.parametrize(
    ("old", "new", "to"),
    [
        ("page.html", "new/page.html", "new/page.html"),
        ("old/page.html", "new/page.html#part", "../new/page.html#part"),
    ],
)
def test_it_sends_on_with_and_without_scripts(move, old, new, to):
    page = move(old, new)
    refresh = page.find("meta", attrs={"http-equiv": "refresh"})
    assert refresh["content"] == f"0; url={to}"
    assert page.body.a["href"] == page.script["data-to"] == to
    assert page.script["src"] == "../" * old.count("/") + "assets/moved.js"
    assert not page.script.get_text(), "the policy would have to allow it"
    assert page.find("link", rel="canonical")["href"] == to


def test_search_engines_are_told_the_whole_address(move):
    page = move("page.html", "new/page.html#part", "https://example.org/book/")
    canonical = page.find("link", rel="canonical")["href"]
    assert canonical == "https://example.org/book/new/page.html"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("new/page.html", "new/page.html", "the book has a page there"),
        ("page.html", "new/none.html", "which the book does not have"),
        ("page.html", "new/page.html#none", "which the book does not have"),
    ],
)
def test_what_leads_nowhere_is_a_fault(move, old, new, message):
    with pytest.raises(Fault, match=f"mkdocs.yml: `moved:`.* {message}"):
        move(old, new)
