"""References as footnotes, from the list in docs/about/references.md.

A page writes [^hornik1991], and the entry of that list becomes its footnote. An
entry is a list item of two lines, the second of which is its key:

    - Kurt Hornik (1991). "Approximation capabilities ..."
      {: #hornik1991 }

A list in BibTeX would say no more: pybtex 0.26, with two libraries of its own,
takes capitals from titles that are not braced, and the order, the quotation
marks and the remarks of this list would need a style as long as what is here.
"""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.fault import Fault, locate
from press.reading.book import DOCS
from press.reading.wording import CITATION

FILE = DOCS / "about/references.md"
_ENTRY = re.compile(r"^- (.+)\n +\{: #(\w+) \}$", re.MULTILINE)
_DEFINED = re.compile(r"^\[\^(\w+)\]:", re.MULTILINE)


def read_entries(file: Path = FILE) -> dict[str, str]:
    """Return the entries of the list of references by their keys."""
    found = _ENTRY.findall(file.read_text("utf-8")) if file.is_file() else ()
    return {key: entry for entry, key in found}


def authors_of(entry: str) -> str:
    """Return how a note names a reference: Minsky and Papert (1969)."""
    authors, year = re.match(r"(.+?) \((\d+)\)", entry).groups()
    names = [a.split()[-1] for a in re.split(r", | and ", authors)]
    if len(names) > 2 or names[-1] == "others":
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)} ({year})"


class Footnotes(Preprocessor):
    """Appends to a page just the footnotes of the references that it cites."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        own = set(_DEFINED.findall(text))
        wanted = dict.fromkeys(
            k for k in CITATION.findall(text) if k not in own
        )
        entries = read_entries() if wanted else {}
        for key in wanted:
            if key not in entries:
                raise Fault(
                    f"{locate(f'[^{key}]')}: {FILE.as_posix()} "
                    f"has no entry with the key {key!r}"
                )
        return [*lines, "", *(f"[^{key}]: {entries[key]}" for key in wanted)]


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
