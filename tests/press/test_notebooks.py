"""Notebooks on pages: shown, kept, never stale, and loud when broken."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from press import store
from press.fault import Fault
from press.notebooks import write_addresses

PAGE = "# A lab\n\n<!-- notebook: notebooks/one.ipynb -->\n"
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
MODULES = """
import sys
from pathlib import Path
from press.__main__ import build

assert build(Path("site"))
print(*sys.modules)
"""
PICTURE = """\
class Picture:
    def _repr_html_(self):
        return '<svg><clipPath id="a"/><path clip-path="url(#a)"/></svg>'

Picture()"""


def cell(kind, name, source, **metadata):
    return {
        "cell_type": kind,
        "id": name,
        "metadata": metadata,
        "source": source,
    }


def pages(*cells, page=PAGE, **others):
    notebook = json.dumps({"cells": cells})
    return {
        "one.md": "# One\n\nWords.\n",
        "notebooks/one.md": page,
        "notebooks/one.ipynb": notebook,
        **others,
    }


TITLE = cell("markdown", "title", "# A lab\n\nWith $x_1$ in it.")
FORTY_TWO = cell("code", "forty-two", "6 * 7")
BLUE = cell(
    "code", "blue", "from snippets.colour import COLOUR\nprint('a', COLOUR)"
)


def shown():
    return Path("site/notebooks/one.html").read_text(encoding="utf-8")


def test_a_notebook_becomes_a_page_of_the_book(build):
    done = build(pages(TITLE, BLUE), SNIPPETS)
    assert done.returncode == 0, done.stderr
    page = shown()
    assert page.count("<h1") == 1
    assert 'data-tex="x_1"' in page
    assert '<span class="n">COLOUR</span>' in page
    assert "<code>a blue\n</code>" in page
    assert 'href="one.ipynb"' in page
    assert Path("site/notebooks/one.ipynb").is_file()


def test_a_chapter_leads_to_its_notebook(build):
    done = build(pages(TITLE, FORTY_TWO))
    assert done.returncode == 0, done.stderr
    chapter = Path("site/one.html").read_text(encoding="utf-8")
    assert '<a href="notebooks/one.html">A lab</a>' in chapter
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


def test_a_build_imports_no_jupyter(project, root):
    project(pages(TITLE, FORTY_TWO))
    done = subprocess.run(
        [sys.executable, "-c", MODULES],
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(done.stdout.split())
    assert "press.notebooks" in modules
    heavy = {"jupyter_core", "nbformat", "nbclient", "IPython", "torch"}
    assert not modules & heavy


SOLUTION = """\
<details>
<summary>Solution</summary>

```python
x = 7
```

</details>"""


def test_blanks_are_shown_empty_and_run_with_their_solutions(build):
    blank = cell("code", "blank", "raise NotImplementedError", tags=["blank"])
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
    blank = cell("code", "blank", "raise NotImplementedError", tags=["blank"])
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
    asked = cell("code", "asked", "6 * 7", tags=["predict"])
    assert build(pages(TITLE, asked)).returncode == 0
    page = shown()
    folded = page[page.index('<details class="question">') :]
    assert "<code>42\n</code>" in folded


def test_pictures_keep_their_ids_apart(build):
    two = [cell("code", n, PICTURE, alt=f"Picture {n}.") for n in ("x", "y")]
    done = build(pages(TITLE, *two))
    assert done.returncode == 0, done.stderr
    page = shown()
    for name in ("x", "y"):
        assert f'<clipPath id="{name}-a"/>' in page
        assert f'"url(#{name}-a)"' in page
        assert f'aria-label="Picture {name}."' in page


def test_a_picture_of_a_chapter_has_its_alternative(build):
    again = cell("code", "again", PICTURE, figure="line")
    done = build(pages(TITLE, again, **{"one.md": FIGURE}))
    assert done.returncode == 0, done.stderr
    assert 'aria-label="A line that rises."' in shown()


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
            [cell("code", "unseen", PICTURE)],
            "docs/notebooks/one.ipynb, cell 2 (unseen): its picture has no "
            "text alternative",
        ),
        (
            [cell("code", "unknown", PICTURE, figure="none")],
            "docs/notebooks/one.ipynb, cell 2 (unknown): its picture has no",
        ),
        (
            [cell("code", "blank", "", tags=["blank"])],
            "docs/notebooks/one.ipynb, cell 2 (blank): this blank has no "
            "solution",
        ),
        (
            [cell("markdown", "other", "# Another lab"), FORTY_TWO],
            "docs/notebooks/one.ipynb, cell 2 (other): the notebook is called "
            "'Another lab' but its page is not",
        ),
        (
            [cell("markdown", "tex", "Bad: $\\frac{1$"), FORTY_TWO],
            "docs/notebooks/one.ipynb, cell 2 (tex), line 1: bad TeX",
        ),
    ],
)
def test_a_broken_cell_stops_the_build(build, cells, said):
    done = build(pages(TITLE, *cells))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("site").exists()


def test_a_missing_notebook_stops_the_build(build):
    files = pages(TITLE, page="# A lab\n\n<!-- notebook: none.ipynb -->\n")
    done = build(files)
    assert done.returncode == 1
    assert "docs/none.ipynb: there is no such notebook" in done.stderr


LEADING = """\
Of [the book](../activation/relu.md#what-it-gives), [a lab](neuron.md) and
[a site](https://example.com/x.md)."""


def copy_of(tmp_path: Path, code: str, **addresses: str) -> list[str]:
    """Return the cells of a site's notebook that was told these addresses."""
    (tmp_path / "notebooks").mkdir(exist_ok=True)
    file = tmp_path / "notebooks/one.ipynb"
    cells = [
        {"cell_type": "markdown", "source": LEADING.splitlines(keepends=True)},
        {"cell_type": "code", "source": [code]},
    ]
    file.write_text(json.dumps({"cells": cells}))
    write_addresses(tmp_path, **addresses)
    cells = json.loads(file.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        ({}, "Of the book, a lab and\n"),
        (
            {"repo": "https://example.org/book"},
            "Of [the book](https://example.org/book/blob/HEAD/docs/activation/"
            "relu.md#what-it-gives), [a lab](https://example.org/book/blob/"
            "HEAD/docs/notebooks/neuron.md) and\n",
        ),
        (
            {"repo": "https://example.org/book", "home": "https://x.org/nn/"},
            "Of [the book](https://x.org/nn/activation/relu.html#what-it-gives"
            "), [a lab](https://x.org/nn/notebooks/neuron.html) and\n",
        ),
    ],
)
def test_a_copy_of_a_notebook_knows_where_the_book_is(
    tmp_path, addresses, said
):
    code = 'REPOSITORY = ""  # here'
    text, first = copy_of(tmp_path, code, **addresses)
    assert text == f"{said}[a site](https://example.com/x.md)."
    assert first == f'REPOSITORY = "{addresses.get("repo", "")}"  # here'


def test_a_notebook_that_does_not_ask_where_the_book_is(tmp_path):
    with pytest.raises(Fault, match=r"docs/notebooks/one.ipynb: the line REPO"):
        copy_of(tmp_path, "import sys", repo="https://example.org/book")
