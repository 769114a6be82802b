"""Runs the notebooks as a reader does: in a clean kernel, in their folder."""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from press.display import Output, read_outputs
from press.notebook import Cell, fill, program, read_cells
from press.worker import run
from press.workers import ONE_THREAD

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"


def cells_of(name: str, *, filled: bool = True) -> list[Cell]:
    """Return the cells of a notebook, with its solutions or as it is."""
    cells = read_cells(FOLDER / f"{name}.ipynb")
    return fill(cells) if filled else cells


class Finished:
    """A notebook after its run.

    outputs: what each cell showed, by its id. results: what an added cell
    found. error: of the cell that raised, or None.
    """

    def __init__(self, cells: Sequence[Cell], results: str = "None") -> None:
        self.outputs: dict[str, list[Output]] = {}
        self.error: CellExecutionError | None = None
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [
            nbformat.v4.new_code_cell(cell.source, id=cell.id)
            for cell in cells
            if cell.is_code
        ]
        asked = f"import json\nprint(json.dumps({results}))"
        notebook.cells.append(nbformat.v4.new_code_cell(asked, id="asked"))
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=120,
            resources={"metadata": {"path": str(FOLDER)}},
        )
        try:
            client.execute(env=os.environ | ONE_THREAD)
        except CellExecutionError as error:
            self.error = error
        for cell in notebook.cells:
            self.outputs[cell.id] = _joined(map(_output, cell.outputs))
        self.results = None
        if self.error is None:
            self.results = json.loads(self.outputs.pop("asked")[0].content)


def _joined(outputs: Iterable[Output]) -> list[Output]:
    """Join texts that follow each other; a kernel sends them in pieces."""
    joined: list[Output] = []
    for output in outputs:
        if joined and joined[-1].kind == output.kind == "text":
            output = Output("text", joined.pop().content + output.content)
        joined.append(output)
    return joined


def _output(output: nbformat.NotebookNode) -> Output:
    if output.output_type == "error":
        return Output("error", f"{output.ename}: {output.evalue}")
    if output.output_type == "stream":
        kind = "text" if output.name == "stdout" else output.name
        return Output(kind, output.text)
    if "text/html" in output.data:
        return Output("html", output.data["text/html"])
    return Output("text", f"{output.data['text/plain']}\n")


def as_on_the_page(cells: Sequence[Cell]) -> dict[str, list[Output]]:
    """Return what each cell shows when the press runs the notebook."""
    answer = run(program(cells).code)
    assert "output" in answer, answer
    return read_outputs(answer["output"])


def stop_of(cells: Sequence[Cell]) -> tuple[str, str]:
    """Run cells; return the id of the one that raises, and what it says."""
    whole = program(cells)
    answer = run(whole.code)
    assert "error" in answer, "nothing was noticed"
    stopped, _ = whole.lines[answer["line"] - 1]
    return stopped.id, f"{answer['error']}: {answer['said']}"


def spoilt(name: str, blank: str, old: str, new: str) -> list[Cell]:
    """Fill a notebook with its solutions, one of them changed."""
    return [
        cell._replace(source=_replaced(cell.source, old, new))
        if cell.id == blank
        else cell
        for cell in cells_of(name)
    ]


def _replaced(source: str, old: str, new: str) -> str:
    assert old in source, f"the solution does not say {old!r}"
    return source.replace(old, new)
