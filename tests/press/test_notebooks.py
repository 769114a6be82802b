"""Notebooks on pages: shown, kept, never stale, and loud when broken."""

import json
from pathlib import Path

import pytest

from press import store

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
ALONE = """\
class Picture:
    def _repr_html_(self):
        return "<svg></svg>"

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
FORTY_TWO = cell("code", "forty-two", "6 * 7")
BLUE = cell(
    "code", "blue", "from snippets.colour import COLOUR\nprint('a', COLOUR)"
)


def shown():
    return Path("site/notebooks/one.html").read_text(encoding="utf-8")


def test_a_notebook_becomes_a_page_of_the_book(build):
    done = build(pages(TITLE, SETUP, BLUE), SNIPPETS)
    assert done.returncode == 0, done.stderr
    page = shown()
    assert page.count("<h1") == 1
    assert "<title>A lab - A small site</title>" in page
    assert 'content="What it is about."' in page
    assert 'data-tex="x_1"' in page
    assert '&amp; <a href="../one.html">one</a>' in page
    assert '<span class="n">COLOUR</span>' in page
    assert "<code>a blue\n</code>" in page
    assert "import nothing" not in page
    assert "<style>" not in page
    assert 'href="one.ipynb"' in page


def test_what_is_downloaded_installs_the_wheel_beside_it(build):
    assert build(pages(TITLE, SETUP, BLUE), SNIPPETS).returncode == 0
    copy = json.loads(Path("site/notebooks/one.ipynb").read_text())
    title, setup, blue = (cell["source"] for cell in copy["cells"])
    assert "& one." in "".join(title), "a link would lead nowhere"
    (wheel,) = Path("site/notebooks").glob("*.whl")
    assert "".join(setup) == f"%pip install --quiet ./{wheel.name}"
    assert f'href="{wheel.name}"' in shown()
    assert "".join(blue) == BLUE["source"]
    assert all(not cell.get("outputs") for cell in copy["cells"])


def test_a_chapter_leads_to_its_notebook(build):
    done = build(pages(TITLE, FORTY_TWO))
    assert done.returncode == 0, done.stderr
    chapter = Path("site/one.html").read_text(encoding="utf-8")
    assert '<a href="notebooks/one.html">A lab</a></p>' in chapter
    assert 'class="reading-time"' not in shown()


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


def test_an_unchanged_notebook_is_not_run_again(build):
    once = cell("code", "once", "import os\nos.urandom(8).hex()")
    assert build(pages(TITLE, once)).returncode == 0
    first = shown()
    kept = {file.name for file in Path(store.FOLDER).iterdir()}
    words = cell("markdown", "words", "More words.")
    assert build(pages(TITLE, once, words)).returncode == 0
    assert {file.name for file in Path(store.FOLDER).iterdir()} == kept
    (random,) = (w for w in first.split("'") if len(w) == 16 and w.isalnum())
    assert random in shown()
    assert "More words." in shown()


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


SOLUTION = """\
<details>
<summary>Solution</summary>

```python
x = 7
```

</details>"""


def test_blanks_are_shown_empty_and_run_with_their_solutions(build):
    blank = cell("code", "blank", "raise NotImplementedError", "blank")
    check = cell("code", "check", "print(6 * x)")
    solution = cell("markdown", "solution", SOLUTION)
    done = build(pages(TITLE, blank, check, solution))
    assert done.returncode == 0, done.stderr
    page = shown()
    assert '<span class="ne">NotImplementedError</span>' in page
    assert "<code>42\n</code>" in page
    folded = page[page.index('<details class="success">') :]
    assert "<summary>Solution</summary>" in folded
    assert '<span class="mi">7</span>' in folded


def test_what_a_solution_prints_is_folded_away(build):
    blank = cell("code", "blank", "raise NotImplementedError", "blank")
    check = cell("code", "check", "print('the answer is', answer)")
    text = cell("markdown", "text", SOLUTION.replace("x = 7", "answer = 42"))
    after = cell("code", "after", "print('so it is', answer)")
    done = build(pages(TITLE, blank, check, text, after))
    assert done.returncode == 0, done.stderr
    page = shown()
    start = page.index('<details class="question">')
    end = page.index("</details>", start)
    assert start < page.index("the answer is 42") < end
    assert "<summary>What a solution prints</summary>" in page[start:end]
    assert page.index("so it is 42") > end


def test_what_is_to_be_predicted_is_folded_away(build):
    asked = cell("code", "asked", "6 * 7", "predict")
    assert build(pages(TITLE, asked)).returncode == 0
    page = shown()
    folded = page[page.index('<details class="question">') :]
    assert "<code>42\n</code>" in folded


def test_pictures_keep_their_ids_apart(build):
    two = [
        cell("code", name, PICTURE.format(label=f"Picture &lt; {name}."))
        for name in ("x", "y")
    ]
    done = build(pages(TITLE, *two))
    assert done.returncode == 0, done.stderr
    page = shown()
    for name in ("x", "y"):
        assert f'<clipPath id="{name}-a"/>' in page
        assert f'"url(#{name}-a)"' in page
        assert page.count(f'aria-label="Picture &lt; {name}."') == 1


def test_a_picture_of_a_chapter_has_its_alternative(build):
    again = cell("code", "again", PICTURE.format(label="line"))
    done = build(pages(TITLE, again, **{"one.md": FIGURE}))
    assert done.returncode == 0, done.stderr
    assert 'aria-label="A line that rises."' in shown()
    assert "<svg xmlns=" in shown()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [cell("code", "raises", "x = 1\n\nx / 0")],
            "docs/notebooks/one.ipynb, cell 2 (raises), line 3: the cell "
            "raised ZeroDivisionError: division by zero",
        ),
        (
            [cell("code", "magic", "%matplotlib inline")],
            "docs/notebooks/one.ipynb, cell 2 (magic), line 1: the cell "
            "raised SyntaxError",
        ),
        (
            [cell("code", "unseen", ALONE)],
            "docs/notebooks/one.ipynb, cell 2 (unseen): its picture has no "
            "text alternative",
        ),
        (
            [cell("code", "unnamed", PICTURE.format(label=""))],
            "docs/notebooks/one.ipynb, cell 2 (unnamed): its picture has no",
        ),
        (
            [cell("code", "blank", "", "blank")],
            "docs/notebooks/one.ipynb, cell 2 (blank): this blank has no "
            "solution",
        ),
        (
            [cell("markdown", "tex", "Bad: $\\frac{1$"), FORTY_TWO],
            "docs/notebooks/one.ipynb, cell 2 (tex), line 1: bad TeX",
        ),
        (
            [FORTY_TWO, FORTY_TWO],
            "docs/notebooks/one.ipynb: this is no notebook of format 4.5",
        ),
        (
            [cell("markdown", "link", "[no](none.md)"), FORTY_TWO],
            "notebooks/one.ipynb' contains a link 'none.md'",
        ),
    ],
)
def test_a_broken_cell_stops_the_build(build, cells, said):
    done = build(pages(TITLE, *cells))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("site").exists()
