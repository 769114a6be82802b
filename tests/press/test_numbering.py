import os
import re

import pytest
from markdown import Markdown

from press.fault import Fault

BLOCK = "/// figure | {}\n    alt: x\n\nPicture\n\nCaption\n///\n"
NAV = [
    {"Start": "home.md"},
    {"Before": ["zero.md", {"Half": "half.md"}]},
    {"First": "one.md"},
    {"Part": ["two.md", {"Third": "three.md"}]},
    {"End": ["last.md"]},
]


@pytest.fixture
def md(project):
    folder = project(
        {
            "home.md": "# Home\n",
            "zero.md": "# Zero\n\n" + BLOCK.format("y"),
            "half.md": "# Half\n\n" + BLOCK.format("z"),
            "one.md": "# One\n\n"
            + BLOCK.format("a")
            + "\n"
            + BLOCK.format("b"),
            "two.md": "# Two\n\n" + BLOCK.format("c"),
            "three.md": "# Three\n\n" + BLOCK.format("d"),
            "last.md": "# Last\n",
        }
    )
    options = {
        "nav": NAV,
        "unnumbered": ["home.md", "last.md"],
        "before": ["zero.md", "half.md"],
    }

    def new():
        return Markdown(
            extensions=["press.numbering", "press.figure", "toc"],
            extension_configs={"press.numbering": options},
        )

    new.folder = folder
    return new


@pytest.mark.parametrize(
    ("title", "number"),
    [
        *(("Zero", "0.1"), ("Half", "0.2")),
        *(("One", "1"), ("Two", "2"), ("Three", "2.1")),
    ],
)
def test_chapters_are_numbered_in_the_order_of_the_navigation(
    md, title, number
):
    html = md().convert(f"# {title}")
    assert f'<span class="chapter-number">{number}</span> {title}' in html
    assert f'id="{title.lower()}"' in html, "the address has no number"


@pytest.mark.parametrize("title", ["Home", "Last", "Elsewhere"])
def test_other_pages_have_no_number(md, title):
    assert "chapter-number" not in md().convert(f"# {title}")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("y", "0.1"), ("z", "0.2")),
        *(("a", "1.1"), ("b", "1.2"), ("c", "2.1"), ("d", "2.2")),
    ],
)
def test_links_are_filled_with_the_figures_number(md, name, number):
    html = md().convert(f"See [Figure](one.md#figure-{name}).")
    assert f"Figure {number}</a>" in html


def test_links_with_their_own_words_are_left_alone(md):
    assert ">the curve</a>" in md().convert("[the curve](#figure-a)")


def test_an_unknown_figure_is_a_fault(md):
    with pytest.raises(Fault, match="has a figure named 'gone'"):
        md().convert("[Figure](#figure-gone)")


def test_a_name_given_twice_is_a_fault(md):
    page = md.folder / "docs/three.md"
    page.write_text("# Three\n\n" + BLOCK.format("a"))
    with pytest.raises(Fault, match=r"one.md:3, .*three.md:3: two figures are"):
        md().convert("# One")


def test_an_edited_page_is_counted_anew(md):
    assert "Figure 2.2</a>" in md().convert("[Figure](#figure-d)")
    page = md.folder / "docs/two.md"
    page.write_text("# Two\n\nNo figure.\n")
    os.utime(page, ns=(1, 1))
    assert "Figure 2.1</a>" in md().convert("[Figure](#figure-d)")


EQUATION = "$$\n\\label{{{}}}\na = b\n$$\n"


@pytest.fixture
def equations(build, tmp_path):
    """Build two chapters and return the last one's page."""

    def run(first, second="More."):
        pages = {"one.md": f"# One\n\n{first}\n"}
        done = build(pages | {"two.md": f"# Two\n\n{second}\n"})
        if done.returncode:
            return done.stderr
        return (tmp_path / "site/two.html").read_text()

    return run


def test_equations_are_counted_through_a_chapter_and_linked(equations):
    two = equations(
        EQUATION.format("a"),
        EQUATION.format("b")
        + "\n$$\nc = d\n$$\n\n"
        + EQUATION.format("e")
        + "\nSee [Equation](#equation-e) and [Equation](one.md#equation-a).",
    )
    assert 'id="equation-e"' in two
    assert two.count('class="equation-number"') == 2  # one has no name
    assert ">(3.2)<" in two or ">(2.2)<" in two
    assert "label" not in re.search("<math.*?</math>", two)[0]
    numbers = re.findall(r">Equation (\d\.\d)<", two)
    assert len(numbers) == 2
    assert [n.partition(".")[2] for n in numbers] == ["2", "1"]


def test_labels_in_code_are_not_counted(equations):
    shown = "```text\n" + EQUATION.format("a") + "```\n\n"
    two = equations("More.", shown + EQUATION.format("a"))
    assert 'id="equation-a"' in two


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (EQUATION.format("a") + "\n") * 2,
            "docs/one.md:4, docs/one.md:9: two equations",
        ),
        ("See [Equation](#equation-z).", "docs/one.md:3: no chapter"),
        (EQUATION.format("A b"), "docs/one.md:4: a label stands at the start"),
        ("A formula $\\label{a} b$ here.", "docs/one.md:3: a label stands"),
        ("$$\n\\label{a}\na = \\sigm\n$$\n", "docs/one.md:5: bad TeX"),
    ],
)
def test_faults_in_equations_name_the_line(equations, text, message):
    assert message in equations(text)
