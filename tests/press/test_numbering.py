"""Chapters, figures and equations are counted, links and titles filled in."""

import os
import re

import pytest
from markdown import Markdown

BLOCK = "/// figure | {}\n    alt: x\n\nPicture\n\nCaption\n///\n"
PAGES = {
    "home": "",
    "zero": "y",
    "half": "z",
    "one": "ab",
    "two": "c",
    "three": "d",
    "last": "",
}
NAV = [
    {"Start": "home.md"},
    {"Before": ["zero.md", {"Half": "half.md"}]},
    {"First": "one.md"},
    {"Part": ["two.md", {"Third": "three.md"}]},
    {"End": ["last.md"]},
]


@pytest.fixture
def convert(project):
    project(
        {
            f"{name}.md": f"# {name.capitalize()}\n\n"
            + "\n".join(map(BLOCK.format, figures))
            for name, figures in PAGES.items()
        }
    )
    options = {
        "nav": NAV,
        "unnumbered": ["home.md", "last.md"],
        "before": ["zero.md", "half.md"],
    }
    return lambda text: Markdown(
        extensions=["press.markup", "toc"],
        extension_configs={"press.markup": options},
    ).convert(text)


NUMBERS = {"Zero": "0.1", "Half": "0.2", "One": "1", "Two": "2", "Three": "2.1"}


@pytest.mark.parametrize("title", [*NUMBERS, "Home", "Last", "Elsewhere"])
def test_chapters_are_numbered_in_the_order_of_the_navigation(convert, title):
    html = convert(f"# {title}")
    number = NUMBERS.get(title)
    assert ("chapter-number" in html) == bool(number)
    assert f'id="{title.lower()}"' in html, "the address has no number"
    assert not number or f'"chapter-number">{number}</span> {title}' in html


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("y", "0.1"), ("z", "0.2")),
        *(("a", "1.1"), ("b", "1.2"), ("c", "2.1"), ("d", "2.2")),
    ],
)
def test_links_are_filled_with_the_figures_number(convert, name, number):
    html = convert(f"See [Figure](one.md#figure-{name}), [it](#figure-{name}).")
    assert f"Figure {number}</a>" in html
    assert ">it</a>" in html


def test_an_edited_page_is_counted_anew(convert):
    assert "Figure 2.2</a>" in convert("[Figure](#figure-d)")
    with open("docs/two.md", "w") as page:
        page.write("# Two\n\nNo figure.\n")
    os.utime("docs/two.md", ns=(1, 1))
    assert "Figure 2.1</a>" in convert("[Figure](#figure-d)")


EQUATION = "$$\n\\label{{{}}}\na = b\n$$\n"


def test_equations_are_counted_through_a_chapter_and_linked(render):
    shown = "```text\n" + EQUATION.format("a") + "```\n\n"  # not counted
    text = [shown, EQUATION.format("b"), "\n$$\nc = d\n$$\n"]
    text += ["", EQUATION.format("e"), "\nSee [Equation](#equation-e) and"]
    pages = {
        "one.md": "# One\n\n" + EQUATION.format("a"),
        "two.md": "\n".join(
            ["# Two\n", *text, "[Equation](one.md#equation-a)"]
        ),
    }
    page = render(pages, "two.md")
    assert page.find(id="equation-e")
    found = [a.get_text() for a in page.select(".equation-number")]
    assert [number[-3:] for number in found] == [".1)", ".2)"]  # one is none
    assert "label" not in str(page.math)
    linked = re.findall(r">Equation \d\.(\d)<", str(page))
    assert linked == ["2", "1"]
