"""The ledger, which says of each sentence and equation what backs it."""

import pytest
from bs4 import BeautifulSoup

TEST = """
@claim("Two claims are here.", "And again.", "It is one of <n>.")
def test_it_holds():
    assert 1 + 1 == 2


def test_equations():
    assert 2 + 2 == 4
"""
PAGE = """\
# Page

Two claims are here.
See [another](other.md#place), it says so.[^smith2001]

$$
\\label{sum}
a = b
$$

And again.

<!-- not evaluated: it is a definition -->
$$
\\label{set}
a = c
$$

## Summary

- It is one of 3.
"""
LEDGER = "about/ledger/index.md"
PAGES = {
    "page.md": PAGE,
    "other.md": "# Other\n\n## Place\n\nIt is one of five.\nWho says so?\n",
    LEDGER: "# The ledger\n\n<!-- ledger -->\n\n<!-- counts -->\n",
    "about/references.md": '# References\n\n- A. Smith (2001). "On it."\n'
    "  {: #smith2001 }\n",
}


PARTS = ("index", "page", "other")
RECORD = (
    '{"mutants": 30, "killed": 28, "explained": 2, "untried": 1, "waiting": 4}'
)


@pytest.fixture
def built(project, build):
    def run(test=TEST, record=None):
        folder = project(PAGES)
        (folder / "tests/mutants").mkdir(parents=True)
        (folder / "tests/test_page.py").write_text(test)
        if record:
            (folder / "tests/mutants/record.json").write_text(record)
        return folder, build(PAGES)

    return run


def entries(page):
    return {
        term.get_text(): term.find_next_sibling("dd").get_text(" ")
        for term in page.find_all("dt")
    }


COUNTED = {
    "equations on lines of their own": 2,
    "of these, evaluated": 1,
    "sentences backed by a test": 4,
    "sentences backed by a reference": 1,
    "sentences backed by neither": 1,
}


def test_each_page_has_its_part_which_says_what_backs_it(built):
    """One build for all of it, as it takes a while."""
    folder, done = built(record=RECORD)
    assert done.returncode == 0, done.stderr
    chapter, index, page, other = (
        BeautifulSoup(
            (folder / f"site/{name}.html").read_text("utf-8"), "html.parser"
        )
        for name in ("page", *(f"about/ledger/{part}" for part in PARTS))
    )
    parts = [a["href"] for a in index.select("article p a")]
    assert parts == ["page.html", "other.html"]
    assert not entries(index)
    assert [*entries(other)] == ["It is one of five."]
    assert page.title.get_text() == "1 Page - The ledger - A small site"
    for contents in (index, page):
        found = contents.select(".md-nav--secondary a[href$='.html']")
        assert {link["href"] for link in found} == {"page.html", "other.html"}

    found = entries(page)
    assert len(found) == 6
    assert "tests/test_page.py::test_it_holds" in found["Two claims are here."]
    assert "assert 1 + 1 == 2" in " ".join(page.dl.get_text().split())
    (cited,) = [v for k, v in found.items() if "it says so" in k]
    assert "A. Smith (2001)" in cited
    (evaluated,) = [v for v in found.values() if "evaluated by" in v]
    assert "tests/test_page.py::test_equations" in evaluated
    assert any("not evaluated: it is a definition" in v for v in found.values())

    for back in page.select("a.back"):
        address, _, name = back["href"].partition("#")
        assert address == "../../page.html"
        assert chapter.find(id=name), name
    (link,) = page.select("dt a[href*=other]")
    assert link["href"] == "../../other.html#place"
    for mark in chapter.select(".note a[href*=ledger]"):
        address, _, name = mark["href"].partition("#")
        assert address == "about/ledger/page.html"
        assert page.find(id=name), name

    counts = [row.find_all("td") for row in index.select("table tbody tr")]
    counted = {what.get_text(): int(n.get_text()) for what, n in counts}
    assert counted.items() > COUNTED.items()
    assert [*counted.values()][len(COUNTED) :] == [30, 28, 1, 1, 4]
