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
    "other.md": "# Other\n\n## Place\n\nIt is one of five.\n",
    LEDGER: "# The ledger\n\n<!-- ledger -->\n\n<!-- counts -->\n",
    "about/references.md": '# References\n\n- A. Smith (2001). "On it."\n'
    "  {: #smith2001 }\n",
}


@pytest.fixture
def built(project, build):
    def run(pages=PAGES, test=TEST, record=None):
        folder = project(pages)
        (folder / "tests/mutants").mkdir(parents=True)
        (folder / "tests/test_page.py").write_text(test)
        if record:
            (folder / "tests/mutants/record.json").write_text(record)
        return folder, build(pages)

    return run


PARTS = ("index", "page", "other")


@pytest.fixture
def site(built):
    folder, done = built()
    assert done.returncode == 0, done.stderr
    return {
        name: BeautifulSoup(
            (folder / f"site/{name}.html").read_text("utf-8"), "html.parser"
        )
        for name in ("page", *(f"about/ledger/{n}" for n in PARTS))
    }


def entries(page):
    return {
        term.get_text(): term.find_next_sibling("dd").get_text(" ")
        for term in page.find_all("dt")
    }


def test_each_page_has_its_own_part(site):
    index, page, other = (site[f"about/ledger/{name}"] for name in PARTS)
    assert [a["href"] for a in index.select("article p a")] == [
        "page.html",
        "other.html",
    ]
    assert not entries(index)
    assert [*entries(other)] == ["It is one of five."]
    assert len(entries(page)) == 6
    assert page.title.get_text() == "1 Page - The ledger - A small site"
    for contents in (index, page):
        found = contents.select(".md-nav--secondary a[href$='.html']")
        assert {link["href"] for link in found} == {"page.html", "other.html"}


def test_the_ledger_says_what_backs_each_sentence(site):
    found = entries(site["about/ledger/page"])
    assert "tests/test_page.py::test_it_holds" in found["Two claims are here."]
    assert "assert 1 + 1 == 2" in " ".join(
        site["about/ledger/page"].find("dl").get_text().split()
    )
    (cited,) = [v for k, v in found.items() if "it says so" in k]
    assert "A. Smith (2001)" in cited
    evaluated = [v for v in found.values() if "evaluated by" in v]
    assert len(evaluated) == 1
    assert "tests/test_page.py::test_equations" in evaluated[0]
    assert any("not evaluated: it is a definition" in v for v in found.values())


def test_each_entry_leads_back(site):
    for back in site["about/ledger/page"].select("a.back"):
        page, _, name = back["href"].partition("#")
        assert page == "../../page.html"
        assert site["page"].find(id=name), name


def test_links_of_sentences_are_those_of_the_ledger(site):
    (link,) = site["about/ledger/page"].select("dt a[href*=other]")
    assert link["href"] == "../../other.html#place"


COUNTED = {
    "equations on lines of their own": 2,
    "of these, evaluated": 1,
    "sentences backed by a test": 4,
    "sentences backed by a reference": 1,
}


def counted(ledger):
    return {
        row.td.get_text(): int(row.find_all("td")[1].get_text())
        for row in ledger.select("table tbody tr")
    }


def test_what_is_checked_is_counted(site):
    assert counted(site["about/ledger/index"]) == COUNTED


def test_mutants_are_counted_where_there_is_a_record(built):
    record = (
        '{"mutants": 30, "killed": 28, "explained": 2, "untried": 1,'
        ' "waiting": 4}'
    )
    folder, done = built(record=record)
    assert done.returncode == 0, done.stderr
    ledger = (folder / "site/about/ledger/index.html").read_text("utf-8")
    assert [*counted(BeautifulSoup(ledger, "html.parser")).values()] == [
        *COUNTED.values(),
        *(30, 28, 1, 1, 4),
    ]


def test_a_claim_whose_test_is_skipped_leaves_no_site(built):
    folder, done = built(test=TEST.replace("@claim", "@skip\n@claim", 1))
    assert done.returncode == 1
    assert "tests/test_page.py:3: tests/test_page.py skips" in done.stderr
    assert not (folder / "site").exists()


def test_an_equation_without_its_test_leaves_no_site(built):
    folder, done = built(test=TEST.replace("test_equations", "test_others"))
    assert done.returncode == 1
    assert "docs/page.md:8: tests/test_page.py has no test" in done.stderr
    assert not (folder / "site").exists()
