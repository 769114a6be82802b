"""One kind of error for all that an author can mend.

It names file and line, and stops the build without a traceback.
"""

import json
from pathlib import Path

from click import ClickException
from pymdownx.superfences import SuperFencesException


class Fault(SuperFencesException, ClickException):
    """A fault in the book's source.

    SuperFences lets only its own exception through, and MkDocs prints only
    Click's without a traceback: this is both.
    """


def locate(text: str, offset: int = 0) -> str:
    """Say where `text` stands in the pages and notebooks below docs/.

    The place reads "docs/neuron.md:12"; several places are all given. A text
    that stands nowhere, because code made it, gives "a generated text".
    text: one line or several. Lines are compared without their indentation,
    for a block may stand indented in its page.
    offset: how many lines below the first the place is.
    """
    wanted = [line.strip() for line in text.strip().splitlines()]
    places = [
        f"{page.as_posix()}:{line + offset}"
        for page in sorted(Path("docs").rglob("*.md"))
        for line in _lines_of(wanted, page.read_text(encoding="utf-8"))
    ]
    for notebook in sorted(Path("docs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in notebook.parts:  # Jupyter's own copies
            continue
        for number, (name, source) in enumerate(_texts(notebook), start=1):
            places += [
                f"{notebook.as_posix()}, cell {number} ({name}), "
                f"line {line + offset}"
                for line in _lines_of(wanted, source)
            ]
    return ", ".join(places) or "a generated text"


def _texts(notebook: Path) -> list[tuple[str, str]]:
    """Return the id of each cell with its source, if it is a text."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [
            (
                cell["id"],
                "".join(cell["source"])
                if cell["cell_type"] == "markdown"
                else "",
            )
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError):  # another message says so
        return []


def _lines_of(wanted: list[str], source: str) -> list[int]:
    """Return the numbers of the lines at which `wanted` starts.

    Its first and last line may be part of a longer one.
    """
    lines = [line.strip() for line in source.splitlines()]
    joined = "\n".join(wanted)
    return [
        number
        for number, line in enumerate(lines, start=1)
        if wanted
        and wanted[0] in line
        and joined in "\n".join(lines[number - 1 : number - 1 + len(wanted)])
    ]
