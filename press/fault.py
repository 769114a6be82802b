"""One kind of error for all that an author can mend.

It names file and line, and stops the build without a traceback.
"""

import errno
import json
from collections.abc import Iterator
from pathlib import Path

from click import Abort, ClickException
from pymdownx.snippets import SnippetMissingError
from pymdownx.superfences import SuperFencesException

WRITABLE = "; let it be written, and build again"
HELP = {
    errno.EACCES: WRITABLE,
    errno.EEXIST: "; move this file away, for it must be a folder",
    errno.EFBIG: "; make room for it, and build again",
    errno.ENOSPC: "; make room on the disk, and build again",
    errno.EROFS: WRITABLE,
}


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
    wanted = "\n".join(line.strip() for line in text.strip().splitlines())
    places = []
    for place, source in _texts() if wanted else ():
        lines = "\n".join(line.strip() for line in source.splitlines())
        start = lines.find(wanted)
        while start >= 0:
            line = lines.count("\n", 0, start) + 1
            places.append(f"{place}{line + offset}")
            start = lines.find(wanted, (lines + "\n").index("\n", start) + 1)
    return ", ".join(places) or "a generated text"


def _texts() -> Iterator[tuple[str, str]]:
    """Yield the source of each page and each cell of text, after its place."""
    for page in sorted(Path("docs").rglob("*.md")):
        yield f"{page.as_posix()}:", page.read_text(encoding="utf-8")
    for page in sorted(Path("docs").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in page.parts:  # Jupyter's own copies
            continue
        try:
            cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
            for number, cell in enumerate(cells, start=1):
                if cell["cell_type"] == "markdown":
                    place = f"{page.as_posix()}, cell {number} ({cell['id']})"
                    yield f"{place}, line ", "".join(cell["source"])
        except (ValueError, KeyError, TypeError):  # another message says so
            continue


def tell(error: Exception) -> str:
    """Say in a line what is wrong, of whatever kind it is."""
    if isinstance(error, SnippetMissingError):
        name = str(error).split("'")[1]
        return f"{locate(name)}: {error}"
    if isinstance(error, Abort):
        return "interrupted"
    if isinstance(error, ClickException):
        return error.format_message()
    if isinstance(error, OSError):  # a full disk, a program that cannot be run
        return f"{error}{HELP.get(error.errno, '')}"
    return f"{type(error).__name__}: {error}"
