"""Reading a notebook, filling its blanks, and making a program of it."""

import json
from pathlib import Path

import pytest

from press.display import Output, read_outputs
from press.fault import Fault
from press.notebook import Cell, fill, program, read_cells
from press.worker import run

SOLUTION = (
    "<details>\n<summary>Solution</summary>\n\nLike this.\n\n"
    "```python\nx = 2\n```\n\n</details>"
)


def code(source, name="a", tags=()):
    return Cell(Path("n.ipynb"), 1, name, True, source, frozenset(tags))


def text(source):
    return Cell(Path("n.ipynb"), 2, "t", False, source)


def shown(*cells):
    answer = run(program(cells).code)
    assert "output" in answer, answer
    return read_outputs(answer["output"])


class Table:
    """Something that Jupyter shows as HTML."""

    def _repr_html_(self):
        return "<b>1</b>"


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("1 + 1", [Output("text", "2\n")]),
        ("print('a')\n'b'", [Output("text", "a\n'b'\n")]),
        ("x = 1", []),
        ("None", []),
        ("1;", []),
        ("1  # one", [Output("text", "1\n")]),
        ("print(end='')", []),
        ("(1,\n 2)", [Output("text", "(1, 2)\n")]),
        ("'ä'; 'é' + 'ö'", [Output("text", "'éö'\n")]),
        ("if True:\n    5", []),
        ("", []),
    ],
)
def test_a_cell_shows_what_jupyter_shows(source, output):
    assert shown(code(source))["a"] == output


def test_a_picture_stands_between_texts():
    source = (
        "from tests.press.test_notebook import Table\nprint('before')\nTable()"
    )
    assert shown(code(source))["a"] == [
        Output("text", "before\n"),
        Output("html", "<b>1</b>"),
    ]


def test_cells_share_their_names_and_keep_their_outputs_apart():
    outputs = shown(code("x = 3\nx"), text("words"), code("x + 1", "b"))
    assert outputs == {"a": [("text", "3\n")], "b": [("text", "4\n")]}


def test_a_line_of_the_program_is_found_in_its_cell():
    whole = program(
        [code("x = 1\ny = 2"), text("words"), code("x\n1 / 0", "b")]
    )
    answer = run(whole.code)
    assert answer["error"] == "ZeroDivisionError"
    place = whole.place(answer["line"])
    assert place == "n.ipynb, cell 1 (b), line 2: the cell"


def test_a_cell_that_is_no_python_is_found_too():
    whole = program([code("x = 1"), code("%matplotlib inline", "b")])
    answer = run(whole.code)
    assert answer["error"] == "SyntaxError"
    assert "(b), line 1" in whole.place(answer["line"])


def test_blanks_are_filled_from_the_text_after_them():
    cells = [code("x = 1"), code("", "b", {"blank"}), text(SOLUTION)]
    assert [c.source for c in fill(cells)] == ["x = 1", "x = 2", SOLUTION]


@pytest.mark.parametrize(
    "after", [[], [text("No.")], [text(SOLUTION.replace("python", "text"))]]
)
def test_a_blank_without_a_solution_is_a_fault(after):
    with pytest.raises(Fault, match=r"n.ipynb, cell 1 \(b\): this blank has"):
        fill([code("", "b", {"blank"}), *after])


def test_cells_are_read_as_jupyter_writes_them(tmp_path):
    file = tmp_path / "n.ipynb"
    cell = {
        "cell_type": "code",
        "id": "sum",
        "metadata": {"tags": ["blank"], "alt": "A line."},
        "source": ["x = 1\n", "x"],
    }
    file.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    (read,) = read_cells(file)
    assert read == Cell(
        file, 1, "sum", True, "x = 1\nx", frozenset({"blank"}), "", "A line."
    )


@pytest.mark.parametrize("content", ["", "{}", '{"cells": [{}]}', "[1]"])
def test_what_is_no_notebook_is_a_fault(tmp_path, content):
    file = tmp_path / "n.ipynb"
    file.write_text(content)
    with pytest.raises(Fault, match="n.ipynb: this is no notebook of format"):
        read_cells(file)


def test_a_missing_notebook_is_a_fault(tmp_path):
    with pytest.raises(Fault, match="there is no such notebook"):
        read_cells(tmp_path / "n.ipynb")
