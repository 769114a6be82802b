"""Runs a lab cell by cell, with its solutions or with other answers."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

from nbformat import NotebookNode

from press.running.notebook import SOLUTION, read, tagged

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
LABS = ("neuron", "network", "activation", "propagation", "gradients")
LABS += ("training",)


def cells_of(name: str) -> list[NotebookNode]:
    """Return the cells of a notebook as they are."""
    return read(FOLDER / f"{name}.ipynb").cells


class Lab:
    """A notebook after its run.

    names: what its code defined. said: what each cell printed, by its id.
    before: what was defined before each blank. solutions: by the blank's id.
    """

    def __init__(self, name: str) -> None:
        self.names: dict = {"__name__": name}
        self.said: dict[str, str] = {}
        self.before: dict[str, dict] = {}
        self.solutions: dict[str, str] = {}
        self.cells = {cell.id: cell for cell in cells_of(name)}
        texts = [c for c in self.cells.values() if c.cell_type == "markdown"]
        solutions = (SOLUTION.search(text.source) for text in texts)
        found = [solution[1] for solution in solutions if solution]
        for cell in self.cells.values():
            if cell.cell_type != "code" or tagged(cell, "setup"):
                continue
            code = cell.source
            if tagged(cell, "blank"):
                self.before[cell.id] = dict(self.names)
                code = self.solutions[cell.id] = found.pop(0)
            self.said[cell.id] = run(code, self.names)

    def check_of(self, blank: str) -> str:
        """Return the id of the cell that checks a blank."""
        ids = list(self.cells)
        return ids[ids.index(blank) + 1]

    def checks(self, blank: str, code: str) -> str:
        """Say what the check prints of other code in a blank."""
        names = dict(self.before[blank])
        run(code, names)
        return run(self.cells[self.check_of(blank)].source, names)


@cache
def lab(name: str) -> Lab:
    """Run a lab once."""
    return Lab(name)


def run(code: str, names: dict) -> str:
    """Run code in a namespace; return what it prints."""
    printed = StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "<cell>", "exec"), names)
    return printed.getvalue()


def blanks() -> Iterator[tuple[str, str]]:
    """Yield the blanks of all labs, and of the clinic."""
    for name in (*LABS, "mutant_clinic"):
        for cell in cells_of(name):
            if tagged(cell, "blank"):
                yield name, cell.id
