"""A notebook as a file: its cells, its solutions, and what of it is run.

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

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from press.fault import Fault
from press.running.worker import Job

FOLDER = "notebooks"
SOLUTION = re.compile(
    r"^<details>\n<summary>Solution</summary>\n.*?^```python\n(.*?)\n```$"
    r".*?^</details>$",
    re.MULTILINE | re.DOTALL,
)


class Cell(NamedTuple):
    """A cell that is run, its blank filled in."""

    id: str
    place: str  # "docs/notebooks/neuron.ipynb, cell 3 (sum)"
    source: str


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


def tagged(cell: NotebookNode, tag: str) -> bool:
    """Say whether a cell bears a tag."""
    return tag in cell.metadata.get("tags", ())


def cells(file: Path, notebook: NotebookNode) -> Iterator[Cell]:
    """Yield the cells that are run.

    Raises Fault for a blank without a solution in the text after it.
    """
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and not tagged(cell, "setup"):
            place = f"{file.as_posix()}, cell {number} ({cell.id})"
            source = cell.source
            if tagged(cell, "blank"):
                source = _solution(place, notebook.cells[number:])
            yield Cell(cell.id, place, source)


def _solution(place: str, after: list[NotebookNode]) -> str:
    texts = (cell.source for cell in after if cell.cell_type == "markdown")
    found = SOLUTION.search(next(texts, ""))
    if found is None:
        raise Fault(
            f"{place}: this blank has no solution; the text after it "
            "folds one away, as a block of python in <details>"
        )
    return found[1]


def job(run: list[Cell]) -> Job:
    """Return what is to be done to run cells."""
    return Job(tuple(cell.source for cell in run), is_notebook=True)


def jobs(docs: Path) -> Iterator[Job]:
    """Yield what is to be done for each notebook that has no fault."""
    for file in notebooks(docs):
        try:
            yield job([*cells(file, read(file))])
        except Fault:  # its page will say so
            continue
