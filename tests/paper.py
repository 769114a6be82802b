"""Reads the PDF and the EPUB of a site."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader


def elements(reader: PdfReader) -> Iterator[dict]:
    """Yield the elements of a PDF's tree of tags, in order."""

    def visit(node: object) -> Iterator[dict]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                yield from visit(kid)
        elif isinstance(node, dict):
            yield node
            yield from visit(node.get("/K", []))

    return visit(reader.trailer["/Root"]["/StructTreeRoot"])


def links(reader: PdfReader) -> list[str]:
    """Return where a PDF's links lead on the web; '' stands for the book."""
    notes = (note for page in reader.pages for note in page.get("/Annots", []))
    actions = (note.get_object().get("/A", {}) for note in notes)
    return [action.get("/URI", "") for action in actions]


def chapters(epub: Path) -> list[str]:
    """Return the text of an EPUB's chapters, in order."""
    with zipfile.ZipFile(epub) as packed:
        names = sorted(n for n in packed.namelist() if "/text/ch" in n)
        return [packed.read(name).decode() for name in names]
