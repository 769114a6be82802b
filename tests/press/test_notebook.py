"""Reading a notebook, filling its blanks, and running its cells."""

import json
from pathlib import Path

import nbformat
import pytest

from press.fault import Fault
from press.reading.numbers import title_of
from press.running.notebook import cells, job, jobs, read
from press.running.worker import run

SOLUTION = (
    "<details>\n<summary>Solution</summary>\n\nLike this.\n\n"
    "```python\nx = 2\n```\n\n</details>"
)
TABLE = "class Table:\n    def _repr_html_(self):\n        return '<b>1</b>'\n"


def code(source, name="a", tags=()):
    metadata = {"tags": [*tags]}
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def text(source):
    return nbformat.v4.new_markdown_cell(source, id="t")


def ran(*parts):
    notebook = nbformat.v4.new_notebook(cells=parts)
    return [*cells(Path("n.ipynb"), notebook)]


def shown(*parts):
    answer = run(job(ran(*parts)))
    return [[tuple(output) for output in cell] for cell in answer["shown"]]


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("1 + 1", [("text", "2\n")]),
        ("print('a')\n'b'", [("text", "a\n'b'\n")]),
        ("x = 1", []),
        ("None", []),
        ("1;", []),
        ("1  # one", [("text", "1\n")]),
        ("print(end='')", []),
        ("(1,\n 2)", [("text", "(1, 2)\n")]),
        ("'é' + 'ö'\n# for now", [("text", "'éö'\n")]),
        ("if True:\n    5", []),
        ("", []),
        (TABLE + "Table()", [("html", "<b>1</b>")]),
        (
            f"{TABLE}print('a')\nTable()",
            [("text", "a\n"), ("html", "<b>1</b>")],
        ),
    ],
)
def test_a_cell_shows_what_jupyter_shows(source, output):
    assert shown(code(source)) == [output]


def test_cells_share_their_names_and_keep_their_outputs_apart():
    outputs = shown(code("x = 3\nx"), text("words"), code("x + 1", "b"))
    assert outputs == [[("text", "3\n")], [("text", "4\n")]]


@pytest.mark.parametrize(
    ("last", "error", "place"),
    [
        ("x\n1 / 0", "ZeroDivisionError", (1, 2)),
        ("%matplotlib inline", "SyntaxError", (1, 1)),
        ("x\n\nf()", "ZeroDivisionError", (0, 3)),
    ],
)
def test_an_error_is_found_in_its_cell(last, error, place):
    first = code("x = 1\ndef f():\n    1 / 0")
    answer = run(job(ran(first, text("words"), code(last, "b"))))
    assert answer["error"] == error
    assert (answer["cell"], answer["line"]) == place


def test_blanks_are_filled_and_the_setup_is_not_run():
    cells = [code("1 / 0", "s", {"setup"}), code("", "b", {"blank"})]
    outputs = shown(*cells, text(SOLUTION), code("x", "c"))
    assert outputs == [[], [("text", "2\n")]]


@pytest.mark.parametrize(
    "after", [[], [text("No.")], [text(SOLUTION.replace("python", "text"))]]
)
def test_a_blank_without_a_solution_is_a_fault(after):
    with pytest.raises(Fault, match=r"n.ipynb, cell 1 \(b\): this blank has"):
        ran(code("", "b", {"blank"}), *after)


CELL = {"cell_type": "markdown", "metadata": {}, "source": ""}
FORMAT = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        json.dumps(FORMAT | {"cells": [{}]}),
        json.dumps(FORMAT | {"cells": [CELL]}),
        json.dumps(FORMAT | {"cells": 2 * [CELL | {"id": "a"}]}),
        json.dumps(FORMAT | {"cells": [], "nbformat_minor": 4}),
    ],
)
def test_what_is_no_notebook_is_a_fault(tmp_path, content):
    file = tmp_path / "n.ipynb"
    file.write_text(content)
    with pytest.raises(Fault, match="n.ipynb: this is no notebook of format"):
        read(file)
    assert title_of(file, 0) == ""


def test_what_is_run_is_all_notebooks_without_a_fault(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    for name in ("b", "a", ".ipynb_checkpoints/a"):
        lab = nbformat.v4.new_notebook(
            cells=[text(f"# Lab {name}\n\nWords."), code(f"{name[-1]} = 1")]
        )
        nbformat.write(lab, folder / f"{name}.ipynb")
    (folder / "c.ipynb").write_text("{}")
    assert [job.cells for job in jobs(tmp_path)] == [("a = 1",), ("b = 1",)]
    assert title_of(folder / "a.ipynb", 0) == "Lab a"
