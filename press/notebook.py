"""A notebook as a file: its cells, its solutions, and the program it makes.

A cell is known by its id, and tags say what it is to the reader:

    setup    finds the book's code; a reader's copy installs it instead
    blank    to be filled in; the solution is folded in the text after it
    predict  asks a question first, so that its output is folded away

A text folds something away as GitHub and Jupyter understand it:

    <details>
    <summary>Solution</summary>

    what is folded

    </details>
"""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from press.fault import Fault

FOLDER = "notebooks"
SOLUTION = re.compile(
    r"^<details>\n<summary>Solution</summary>\n.*?^```python\n(.*?)\n```$"
    r".*?^</details>$",
    re.MULTILINE | re.DOTALL,
)
HEAD = "from press.display import begin as _begin, show as _show"


class Program(NamedTuple):
    """The code of all cells as one, and where each of its lines comes from."""

    code: str
    lines: list[tuple[str, int]]  # the cell's place, and a line of it, from 1

    def place(self, line: int) -> str:
        """Say which cell a line of the program, from 1, belongs to."""
        cell, inside = self.lines[line - 1]
        return f"{cell}, line {inside}: the cell"


def notebooks(docs: Path) -> list[Path]:
    """Return the notebooks of a book, in order."""
    return sorted((docs / FOLDER).glob("*.ipynb"))


def read(file: Path) -> NotebookNode:
    """Return a notebook; raise Fault if it is none."""
    try:
        with warnings.catch_warnings(action="error"):  # of what it would repair
            notebook = nbformat.reader.reads(file.read_text(encoding="utf-8"))
            nbformat.validate(notebook, version=4, version_minor=5)
    except Exception as error:  # nbformat does not say which there are
        said = str(error).partition("\n")[0]
        raise Fault(
            f"{file.as_posix()}: this is no notebook of format 4.5 "
            f"({type(error).__name__}: {said}); save it anew with Jupyter"
        ) from None
    return notebook


def title(file: Path) -> str:
    """Return what a notebook is called: the first line of its first cell."""
    return _title(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _title(file: Path, changed: int) -> str:
    first = read(file).cells[0].source
    return first.partition("\n")[0].removeprefix("# ")


def tagged(cell: NotebookNode, tag: str) -> bool:
    """Say whether a cell bears a tag."""
    return tag in cell.metadata.get("tags", ())


def place(file: Path, number: int, cell: NotebookNode) -> str:
    """Say where a cell is: "docs/notebooks/neuron.ipynb, cell 3 (sum)"."""
    return f"{file.as_posix()}, cell {number} ({cell.id})"


def program(file: Path, notebook: NotebookNode) -> Program:
    """Join the code of the cells so that it prints what each shows.

    As in Jupyter, a cell shows what it prints and the value of its last line.
    Raises Fault for a blank without a solution in the text after it.
    """
    code, lines = [HEAD], [(file.as_posix(), 1)]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or tagged(cell, "setup"):
            continue
        where = place(file, number, cell)
        source = cell.source
        if tagged(cell, "blank"):
            source = _solution(where, notebook.cells[number:])
        parts = [f"_begin({cell.id!r})", *_show_last(source).split("\n")]
        code += parts
        lines += [(where, max(1, inside)) for inside in range(len(parts))]
    return Program("\n".join(code), lines)


def _solution(where: str, after: list[NotebookNode]) -> str:
    texts = (cell.source for cell in after if cell.cell_type == "markdown")
    found = SOLUTION.search(next(texts, ""))
    if found is None:
        raise Fault(
            f"{where}: this blank has no solution; the text after it "
            "folds one away, as a block of python in <details>"
        )
    return found[1]


def _show_last(source: str) -> str:
    """Let a cell show the value of its last line, below it."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:  # running it will say so
        return source
    if not last or not isinstance(last[0], ast.Expr) or source.endswith(";"):
        return source
    lines = source.split("\n")
    lines[last[0].lineno - 1] = f"_shown = {lines[last[0].lineno - 1]}"
    return "\n".join([*lines, "_show(_shown)"])


def programs(docs: Path) -> Iterator[str]:
    """Yield the code of each notebook of a book that has no fault."""
    for file in notebooks(docs):
        try:
            yield program(file, read(file)).code
        except Fault:  # its page will say so
            continue
