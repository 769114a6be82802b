"""Notebooks on pages: shown, kept, never stale, and loud when broken."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

SNIPPETS = {"colour.py": "COLOUR = 'blue'\n"}
FIGURE = """\
# One

/// figure | line
    alt: >-
        A line that
        rises.

```python exec="1" html="1"
print("<svg></svg>")
```

A caption.
///
"""
PICTURE = """\
class Picture:
    def _repr_html_(self):
        return (
            '<svg role="img" aria-label="{label}" xmlns="http://www.w3.org/2000/'
            'svg"><clipPath id="a"/><path clip-path="url(#a)"/></svg>'
        )

Picture()"""


def cell(kind, name, source, *tags):
    written = {
        "cell_type": kind,
        "id": name,
        "metadata": {"tags": [*tags]},
        "source": source,
    }
    if kind == "code":
        written |= {"execution_count": None, "outputs": []}
    return written


def notebook(*cells):
    return json.dumps(
        {
            "cells": cells,
            "metadata": {"description": "What it is about."},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def pages(*cells, **others):
    return {
        "one.md": "# One\n\nWords.\n",
        "notebooks/one.ipynb": notebook(*cells),
        **others,
    }


TITLE = cell("markdown", "title", "# A lab\n\nWith $x_1$ & [one](../one.md).")
SETUP = cell("code", "setup", "import nothing", "setup")
BLUE = cell(
    "code", "blue", "from snippets.colour import COLOUR\nprint('a', COLOUR)"
)


def shown():
    return Path("site/notebooks/one.html").read_text(encoding="utf-8")


SOLUTION = """\
<details>
<summary>Solution</summary>

```python
x = 7
```

</details>"""


LAB = [
    TITLE,
    SETUP,
    BLUE,
    *(
        cell("code", name, PICTURE.format(label=f"Picture &lt; {name}."))
        for name in ("x", "y")
    ),
    cell("code", "again", PICTURE.format(label="line")),
    cell("code", "asked", "6 * 7", "predict"),
    cell("markdown", "go-on", "Now you."),
    cell("code", "blank", "raise NotImplementedError", "blank"),
    cell("code", "check", "print('the answer is', 6 * x)"),
    cell("markdown", "solution", SOLUTION),
    cell("code", "after", "print('so it is', x)"),
]


@pytest.fixture
def lab(build):
    done = build(pages(*LAB, **{"one.md": FIGURE}), SNIPPETS)
    assert done.returncode == 0, done.stderr
    return BeautifulSoup(shown(), "html.parser")


def test_a_notebook_becomes_a_page_of_the_book(lab):
    """One build for all that is seen on a page, as it takes a while."""
    page = lab.article
    assert len(page.select("h1")) == 1
    assert lab.title.get_text() == "A lab - A small site"
    description = lab.find("meta", attrs={"name": "description"})
    assert description["content"] == "What it is about."
    assert page.math["data-tex"] == "x_1"
    assert page.find("a", string="one")["href"] == "../one.html"
    assert "print" in [name.get_text() for name in page.select(".nb")]
    assert "a blue\n" in [code.get_text() for code in page.select("code")]
    assert "import nothing" not in page.get_text()
    assert not page.select("style, .reading-time")

    pictures = page.select(".picture")
    labels = [picture["aria-label"] for picture in pictures]
    assert labels == ["Picture < x.", "Picture < y.", "A line that rises."]
    for name, picture in zip(("x", "y"), pictures, strict=False):
        assert f'id="{name}-a"' in str(picture), "ids are kept apart"
        assert f'"url(#{name}-a)"' in str(picture)
        assert "aria-label" not in picture.svg.attrs

    asked, prints = page.select("details.question")
    assert "42" in asked.get_text()
    assert prints.summary.get_text() == "What a solution prints"
    assert "the answer is 42" in prints.get_text()
    solution = page.select_one("details.success")
    assert solution.summary.get_text() == "Solution"
    assert solution.select_one(".mi").get_text() == "7"
    assert page.select_one(".ne").get_text() == "NotImplementedError"
    assert "so it is 7" in page.get_text().rpartition("Solution")[2]

    chapter = Path("site/one.html").read_text(encoding="utf-8")
    assert '<a href="notebooks/one.html">A lab</a></p>' in chapter

    copy = json.loads(Path("site/notebooks/one.ipynb").read_text())
    title, setup, blue, *_ = ("".join(c["source"]) for c in copy["cells"])
    (wheel,) = Path("site/notebooks").glob("*.whl")
    ways = [link["href"] for link in page.select(".ways a")]
    assert ways == ["one.ipynb", wheel.name]
    assert "& one." in title, "a link would lead nowhere"
    assert setup == f"%pip install --quiet ./{wheel.name}"
    assert blue == BLUE["source"]
    assert all(not cell.get("outputs") for cell in copy["cells"])


def test_an_edited_snippet_leaves_no_stale_notebook(build):
    assert build(pages(TITLE, BLUE), SNIPPETS).returncode == 0
    edited = {"colour.py": "COLOUR = 'red'\n"}
    assert build(pages(TITLE, BLUE), edited).returncode == 0
    assert "<code>a red\n</code>" in shown()
    broken = {"colour.py": "COLOUR = 1 / 0\n"}
    done = build(pages(TITLE, BLUE), broken)
    assert done.returncode == 1
    assert not Path("site").exists()
    assert (
        "docs/notebooks/one.ipynb, cell 2 (blue), line 1: the cell raised "
        "ZeroDivisionError, at snippets/colour.py:1: division by zero"
    ) in done.stderr


def test_what_the_plugin_keeps_is_never_stale(build, monkeypatch):
    """Neither with another output nor with another alternative."""
    once = cell("code", "picture", PICTURE.format(label="line"))
    two = {"one.md": FIGURE}
    assert build(pages(TITLE, once, **two)).returncode == 0
    kept = [*Path(".press/notebooks").iterdir()]
    assert len(kept) == 1
    assert build(pages(TITLE, once, **two)).returncode == 0
    assert [*Path(".press/notebooks").iterdir()] == kept
    two = {"one.md": FIGURE.replace("rises", "falls")}
    assert build(pages(TITLE, once, **two)).returncode == 0
    assert 'aria-label="A line that falls."' in shown()
    assert [*Path(".press/notebooks").iterdir()] != kept
