"""One mark to a block, with a note of what backs it."""

import pytest

from press.markup.marks import shortened

TEST = """
@claim(
    "One is so.",
    "Alone it is so.", "Another is <n> of them.", "A row | so", "More | so",
    "It is seen.", "It is in a list.", "Short.", "Folded.", "The curve rises.",
)
def test_it_holds(n):
    assert n == 3


def test_equations():
    assert 2 + 2 == 4
"""
PAGE = """\
# Page

Nothing backs this.
One is so.
Another is *three* of them.[^smith2001]

$$
\\label{sum}
a = b
$$

Only a reference.[^smith2001]

Alone it is so.

| A | head |
|:--|:--|
| A row | so |
| More | so |

- It is in a list.

- So it goes on.

/// figure | curve
    alt: >-
        The curve rises.

`svg`

It is seen.
///

## Summary

- Short.

## Exercises

1. One?

??? success "Solutions"

    1. Folded.
"""
PAGES = {
    "page.md": PAGE,
    "about/ledger/index.md": "# The ledger\n\n<!-- ledger -->\n",
    "about/references.md": "# References\n\n"
    '- Ann Smith, B. Lee and Cy Orr (2001). "On it."\n  {: #smith2001 }\n',
}


@pytest.fixture
def page(project, render):
    folder = project(PAGES)
    (folder / "tests").mkdir()
    (folder / "tests/test_page.py").write_text(TEST)
    return render(PAGES, "page.md")


def test_each_block_that_a_test_backs_has_one_mark_at_its_end(page):
    parents = [mark.parent for mark in page.select(".backed")]
    assert [parent.name for parent in parents] == ["p", "p", "p", "p", "p"]
    assert parents[2].find_previous_sibling().name == "table"
    table = parents[2].select_one(".note-line").get_text()
    assert table == "“A row”, “More” test: it holds"
    assert [p.contents[0].strip() for p in parents[3:]] == [
        "So it goes on.",
        "It is seen.",
    ]
    assert not page.select("details .mark")
    assert not page.select("#summary ~ ul .mark")


def test_a_note_says_sentence_by_sentence_what_backs_it(page):
    note = page.select_one(".note")
    assert note.has_attr("popover")
    assert note["role"] == "note"
    button = note.find_previous_sibling("button")
    assert button["popovertarget"] == note["id"]
    assert button["aria-label"] == "What backs this"
    assert [line.get_text() for line in note.select(".note-line")] == [
        "“One is so.” test: it holds",
        "“Another is three of them.” test: it holds; Smith et al. (2001)",
        "Equation 1.1: evaluated by a test",
    ]
    assert [link["href"].partition("#")[0] for link in note.find_all("a")] == [
        *["about/ledger/index.md"] * 2,
        "about/references.md",
        "about/ledger/index.md",
    ]


def test_a_block_of_one_sentence_needs_no_quotation(page):
    note = page.select(".note")[1]
    assert note.get_text() == "test: it holds"


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("Then $z$ rises by $w \\cdot w$.", "Then $z$ rises by $w \\cdot w$."),
        (
            "A step of $w_1 \\cdot w_1 / |w|$ ($i = 1$, $i = 2$): it is long.",
            "A step of $w_1 \\cdot w_1 / |w|$ ($i = 1$, $i = 2$) …",
        ),
    ],
)
def test_a_quotation_keeps_formulas_whole(words, quoted):
    assert shortened(words) == quoted


def test_search_and_paper_leave_marks_out(page):
    for mark in page.select(".backed"):
        assert mark.has_attr("data-search-exclude")
        assert "no-print" in mark["class"]
