"""Reading a notebook, filling its blanks, and making a program of it."""

import json
from pathlib import Path

import nbformat
import pytest

from press.display import Output, read_outputs
from press.fault import Fault
from press.notebook import Program, notebooks, program, programs, read, title
from press.worker import run

SOLUTION = (
    "<details>\n<summary>Solution</summary>\n\nLike this.\n\n"
    "```python\nx = 2\n```\n\n</details>"
)
FILE = Path("n.ipynb")


def code(source, name="a", tags=()):
    metadata = {"tags": [*tags]}
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def text(source):
    return nbformat.v4.new_markdown_cell(source, id="t")


def whole(*cells) -> Program:
    return program(FILE, nbformat.v4.new_notebook(cells=cells))


def shown(*cells):
    answer = run(whole(*cells).code)
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
        ("'é' + 'ö'\n# for now", [Output("text", "'éö'\n")]),
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
    made = whole(code("x = 1\ny = 2"), text("words"), code("x\n1 / 0", "b"))
    answer = run(made.code)
    assert answer["error"] == "ZeroDivisionError"
    place = made.place(answer["line"])
    assert place == "n.ipynb, cell 3 (b), line 2: the cell"


def test_a_cell_that_is_no_python_is_found_too():
    made = whole(code("x = 1"), code("%matplotlib inline", "b"))
    answer = run(made.code)
    assert answer["error"] == "SyntaxError"
    assert "(b), line 1" in made.place(answer["line"])


def test_blanks_are_filled_from_the_text_after_them():
    cells = [code("x = 1"), code("", "b", {"blank"}), text(SOLUTION)]
    assert shown(*cells, code("x", "c"))["c"] == [("text", "2\n")]


def test_the_setup_is_not_run():
    assert shown(code("1 / 0", "s", {"setup"}), code("3")) == {
        "a": [("text", "3\n")]
    }


@pytest.mark.parametrize(
    "after", [[], [text("No.")], [text(SOLUTION.replace("python", "text"))]]
)
def test_a_blank_without_a_solution_is_a_fault(after):
    with pytest.raises(Fault, match=r"n.ipynb, cell 1 \(b\): this blank has"):
        whole(code("", "b", {"blank"}), *after)


def test_a_notebook_is_called_what_its_first_line_says(tmp_path):
    file = tmp_path / "n.ipynb"
    lab = nbformat.v4.new_notebook(cells=[text("# A lab\n\nWords.")])
    nbformat.write(lab, file)
    assert title(file) == "A lab"


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


def test_the_code_of_all_is_that_of_those_without_a_fault(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    for name in ("b", "a", ".ipynb_checkpoints/a"):
        cells = [code("x = 1", name[-1])]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb"
        )
    (folder / "c.ipynb").write_text("{}")
    assert [file.stem for file in notebooks(tmp_path)] == ["a", "b", "c"]
    assert [c.splitlines()[1] for c in programs(tmp_path)] == [
        "_begin('a')",
        "_begin('b')",
    ]
