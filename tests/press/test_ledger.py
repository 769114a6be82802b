"""Marks in the pages, and the ledger that they lead to."""

import pytest
from bs4 import BeautifulSoup

TEST = """
def test_it_holds():
    assert 1 + 1 == 2


def test_equations():
    assert 2 + 2 == 4
"""
PAGE = """\
# Page

Two claims stand here. [✓](../tests/test_page.py#test_it_holds)
See [another](other.md#place) | it says so.[^smith2001]

$$
\\label{sum}
a = b
$$

And again. [✓](../tests/test_page.py#test_it_holds)

<!-- not evaluated: it is a definition -->
$$
\\label{set}
a = c
$$
"""
PAGES = {
    "page.md": PAGE,
    "other.md": "# Other\n\n## Place\n\nText.\n",
    "about/ledger/index.md": "# The ledger\n\n<!-- ledger -->\n\n"
    "<!-- counts -->\n",
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


@pytest.fixture
def site(built):
    folder, done = built()
    assert done.returncode == 0, done.stderr
    return {
        name: BeautifulSoup(
            (folder / f"site/{path}.html").read_text("utf-8"), "html.parser"
        )
        for name, path in (("page", "page"), ("ledger", "about/ledger/index"))
    }


def test_a_mark_leads_to_its_entry_and_back(site):
    marks = site["page"].select("article p a.claim[data-test]")
    assert len(marks) == 2
    for mark in marks:
        assert mark["data-test"] == "tests/test_page.py::test_it_holds"
        assert mark["aria-label"] == "backed by a test: it holds"
        page, _, name = mark["href"].partition("#")
        assert page == "about/ledger/index.html"
        entry = site["ledger"].find(id=name)
        back = entry.find_next("a", class_="back")
        assert back["href"] == f"../../page.html#{mark['id']}"
    assert len({mark["id"] for mark in marks}) == 2


def test_a_mark_stays_on_the_line_of_its_sentence(site):
    for mark in site["page"].select("article p a.claim[data-test]"):
        assert mark.previous_sibling.endswith(".\u00a0")


def test_the_ledger_says_what_backs_each_sentence(site):
    entries = {
        term.get_text(): term.find_next_sibling("dd").get_text(" ")
        for term in site["ledger"].find_all("dt")
    }
    assert (
        "tests/test_page.py::test_it_holds" in entries["Two claims stand here."]
    )
    assert "assert 1 + 1 == 2" in " ".join(
        site["ledger"].find("dl").get_text().split()
    )
    (cited,) = [v for k, v in entries.items() if "it says so" in k]
    assert "A. Smith (2001)" in cited
    evaluated = [v for v in entries.values() if "evaluated by" in v]
    assert len(evaluated) == 1
    assert "tests/test_page.py::test_equations" in evaluated[0]
    assert any(
        "not evaluated: it is a definition" in v for v in entries.values()
    )


def test_a_reference_leads_both_ways(site):
    note = site["page"].find(id="fn:smith2001")
    link = note.find("a", class_="claim")
    entry = site["ledger"].find(id=link["href"].partition("#")[2])
    assert "it says so" in entry.get_text()
    assert (
        entry.find_next("a", class_="back")["href"]
        == "../../page.html#fnref:smith2001"
    )


def test_an_equation_bears_a_mark_unless_it_is_excused(site):
    marked = site["page"].select(".equation > a.claim")
    assert [mark.parent["id"] for mark in marked] == ["equation-sum"]
    name = marked[0]["href"].partition("#")[2]
    assert site["ledger"].find(id=name)


def test_links_of_sentences_are_those_of_the_ledger(site):
    (link,) = site["ledger"].select("dt a[href*=other]")
    assert link["href"] == "../../other.html#place"


COUNTED = {
    "equations on lines of their own": 2,
    "of these, evaluated": 1,
    "sentences backed by a test": 2,
    "sentences backed by a reference": 1,
}


def counted(ledger):
    return {
        row.td.get_text(): int(row.find_all("td")[1].get_text())
        for row in ledger.select("table tbody tr")
    }


def test_what_is_checked_is_counted(site):
    assert counted(site["ledger"]) == COUNTED


def test_mutants_are_counted_where_there_is_a_record(built):
    record = '{"mutants": 30, "killed": 28, "explained": 2, "untried": 1}'
    folder, done = built(record=record)
    assert done.returncode == 0, done.stderr
    ledger = (folder / "site/about/ledger/index.html").read_text(
        encoding="utf-8"
    )
    assert [*counted(BeautifulSoup(ledger, "html.parser")).values()] == [
        *COUNTED.values(),
        *(30, 28, 1, 1),
    ]


def test_a_claim_without_its_test_leaves_no_site(built):
    folder, done = built(test=TEST.replace("it_holds", "it_fails"))
    assert done.returncode == 1
    assert "docs/page.md:3: tests/test_page.py has no test" in done.stderr
    assert not (folder / "site").exists()


def test_an_equation_without_its_test_leaves_no_site(built):
    folder, done = built(test=TEST.replace("test_equations", "test_others"))
    assert done.returncode == 1
    assert "docs/page.md:8: tests/test_page.py has no test" in done.stderr
    assert not (folder / "site").exists()
