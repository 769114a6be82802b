"""A notebook as a file: its cells, its solutions, and the program it makes.

A page names the notebook that it shows, by its path below docs/:

    <!-- notebook: notebooks/neuron.ipynb -->

A cell is known by its id, and tags say what it is to the reader:

    setup    finds the book's code; folded away on the page
    blank    to be filled in; the solution is folded in the text after it
    predict  asks a question first, so that its output is folded away

A text folds something away as GitHub and Jupyter understand it:

    <details>
    <summary>Solution</summary>

    what is folded

    </details>
"""

import ast
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from press.fault import Fault

MARKER = re.compile(r"^<!-- notebook: (\S+\.ipynb) -->$", re.MULTILINE)
FOLDED = re.compile(
    r"^<details>\n<summary>(.+?)</summary>\n\n(.*?)\n\n</details>$",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"^```python\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
HEAD = "from press.display import begin as _begin, show as _show"


class Cell(NamedTuple):
    """One cell, and the place of its file for messages."""

    file: Path
    number: int  # from 1, as a reader counts
    id: str
    is_code: bool
    source: str
    tags: frozenset[str] = frozenset()
    figure: str = ""  # the figure of a chapter that it draws
    alternative: str = ""  # says what another picture shows

    @property
    def place(self) -> str:
        """Say where the cell is: "docs/notebooks/neuron.ipynb, cell 3"."""
        return f"{self.file.as_posix()}, cell {self.number} ({self.id})"


class Program(NamedTuple):
    """The code of all cells as one, and where each of its lines comes from."""

    name: str
    code: str
    lines: list[tuple[Cell | None, int]]

    def place(self, line: int) -> str:
        """Say which cell a line of the program, from 1, belongs to."""
        cell, inside = self.lines[line - 1]
        if cell is None:
            return f"{self.name}: the notebook"
        return f"{cell.place}, line {inside}: the cell"


def read_cells(file: Path) -> list[Cell]:
    """Return the cells of a notebook; raise Fault if it is none."""
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        return [
            Cell(
                file=file,
                number=number,
                id=cell["id"],
                is_code=cell["cell_type"] == "code",
                source="".join(cell["source"]),
                tags=frozenset(cell["metadata"].get("tags", ())),
                figure=cell["metadata"].get("figure", ""),
                alternative=cell["metadata"].get("alt", ""),
            )
            for number, cell in enumerate(cells, start=1)
        ]
    except FileNotFoundError:
        raise Fault(f"{file.as_posix()}: there is no such notebook") from None
    except (ValueError, KeyError, TypeError) as error:
        raise Fault(
            f"{file.as_posix()}: this is no notebook of format 4.5 "
            f"({type(error).__name__}: {error}); save it anew with Jupyter"
        ) from None


def fill(cells: Sequence[Cell]) -> list[Cell]:
    """Put its solution in the place of each blank.

    Raises Fault for a blank without a solution in the text after it.
    """
    filled = list(cells)
    for place, cell in enumerate(cells):
        if "blank" not in cell.tags:
            continue
        after = next((c for c in cells[place + 1 :] if not c.is_code), None)
        folded = FOLDED.search(after.source) if after else None
        solution = _CODE.search(folded[2]) if folded else None
        if solution is None:
            raise Fault(
                f"{cell.place}: this blank has no solution; the text after it "
                "folds one away, as a block of python in <details>"
            )
        filled[place] = cell._replace(source=solution[1])
    return filled


def program(cells: Sequence[Cell]) -> Program:
    """Join the code of the cells so that it prints what each shows.

    As in Jupyter, a cell shows what it prints and the value of its last line.
    """
    code: list[str] = [HEAD]
    lines: list[tuple[Cell | None, int]] = [(None, 1)]
    for cell in cells:
        if not cell.is_code:
            continue
        code.append(f"_begin({cell.id!r})")
        lines.append((cell, 1))
        shown = _show_last(cell.source).split("\n")
        code += shown
        lines += [(cell, inside) for inside, _ in enumerate(shown, start=1)]
    name = cells[0].file.as_posix() if cells else "a notebook without cells"
    return Program(name, "\n".join(code), lines)


def _show_last(source: str) -> str:
    """Let a cell show the value of its last line, on the same lines."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # running it will say so
        return source
    if not statements or not isinstance(statements[-1], ast.Expr):
        return source
    last = statements[-1]
    lines = source.encode().split(b"\n")  # in which ast counts columns
    end = last.end_lineno - 1
    after = lines[end][last.end_col_offset :]
    if after.lstrip().startswith(b";"):  # Jupyter's way to show nothing
        return source
    lines[end] = lines[end][: last.end_col_offset] + b")" + after
    start = last.lineno - 1
    column = last.col_offset
    lines[start] = lines[start][:column] + b"_show(" + lines[start][column:]
    return b"\n".join(lines).decode()
