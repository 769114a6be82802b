"""References as footnotes, from the list in docs/about/references.md.

A page writes [^hornik1991], and the entry of that list becomes its footnote. An
entry is a list item of two lines, the second of which is its key:

    - Kurt Hornik (1991). "Approximation capabilities ..."
      {: #hornik1991 }
"""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.fault import Fault, locate

_ENTRY = re.compile(r"^- (.+)\n +\{: #(\w+) \}$", re.MULTILINE)
_CITED = re.compile(r"\[\^(\w+)\](?!:)")
_DEFINED = re.compile(r"^\[\^(\w+)\]:", re.MULTILINE)


def read_entries(file: Path) -> dict[str, str]:
    """Return the entries of the list in `file` by their keys."""
    found = _ENTRY.findall(file.read_text(encoding="utf-8"))
    return {key: entry for entry, key in found}


class References(Preprocessor):
    """Appends to a page just the footnotes of the references that it cites."""

    def __init__(self, md: Markdown, file: Path) -> None:
        super().__init__(md)
        self.file = file

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        own = set(_DEFINED.findall(text))
        cited = dict.fromkeys(
            key for key in _CITED.findall(text) if key not in own
        )
        if not cited:
            return lines
        entries = read_entries(self.file)
        for key in cited:
            if key not in entries:
                raise Fault(
                    f"{locate(f'[^{key}]')}: {self.file.as_posix()} "
                    f"has no entry with the key {key!r}"
                )
        return [*lines, "", *(f"[^{key}]: {entries[key]}" for key in cited)]


class Commas(Treeprocessor):
    """Puts a comma between two marks, or 2 and 3 would read as 23."""

    def run(self, root: Element) -> None:
        for parent in root.iter():
            for mark, after in pairwise(list(parent)):
                if _is_mark(mark) and _is_mark(after) and not mark.tail:
                    comma = Element("sup")
                    comma.text = ", "
                    parent.insert(list(parent).index(after), comma)


def _is_mark(element: Element) -> bool:
    return element.tag == "sup" and element.get("id", "").startswith("fnref")


class ReferencesExtension(Extension):
    """Registers References. Load it beside the `footnotes` extension."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "file": [
                "docs/about/references.md",
                "the page that lists the references",
            ]
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        # below fenced code (25), which is out of sight by then
        # below inline parsing (20)
        md.treeprocessors.register(Commas(md), "press-commas", 15)
        md.preprocessors.register(
            References(md, Path(self.getConfig("file"))), "press-references", 20
        )


makeExtension = ReferencesExtension  # what Python-Markdown looks for
