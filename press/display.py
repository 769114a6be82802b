"""What the cells of a notebook show: written while they run, read afterwards.

The output of a whole notebook is one text. Signs that no text contains part it
into cells, and the output of a cell into printed text, values and pictures.
"""

import re
from typing import NamedTuple

_CELL, _PART = "\x1e", "\x1f"
_PARTS = re.compile(rf"{_PART}(text|html)\n")


class Output(NamedTuple):
    """A part of what a cell shows."""

    kind: str  # "text" or "html"
    content: str


def begin(cell: str) -> None:
    """Say that what follows is shown by the cell of this id."""
    print(f"{_CELL}{cell}\n{_PART}text\n", end="")


def show(value: object) -> None:
    """Show the value of a cell's last line as Jupyter does."""
    if value is None:
        return
    html = getattr(value, "_repr_html_", None)
    if html is None:
        print(repr(value))
    else:
        print(f"{_PART}html\n{html()}{_PART}text\n", end="")


def read_outputs(printed: str) -> dict[str, list[Output]]:
    """Return what each cell showed, by its id."""
    shown = {}
    for part in printed.split(_CELL)[1:]:
        cell, _, rest = part.partition("\n")
        kinds = _PARTS.split(rest)[1:]
        outputs = map(Output, kinds[::2], kinds[1::2])
        shown[cell] = [output for output in outputs if output.content.strip()]
    return shown
