"""One quiet mark to a paragraph, list, table or figure that something backs.

It is a button that opens a note, by the platform's own popover and so without
a script, too. The note says sentence by sentence what backs it, an equation's
in the paragraph before it, and leads on to the ledger. Summaries, exercises and
what is folded bear none, nor does what only cites, as its footnote shows; there
the ledger finds but a place to lead back to.
"""

import posixpath
import re
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.claims import Claim
from press.ledger import LEDGER, Page, read_page
from press.references import read_entries
from press.source import Display

WORDS = 6  # of a sentence that a note quotes
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
# where a mark goes, until the page is parsed; no text has these signs
_TOKEN = re.compile("\ue000(\\d+)\ue001")


class Places(Preprocessor):
    """Notes in a page's Markdown, at the end of each block, where marks go."""

    def __init__(self, md: Markdown, docs: Path) -> None:
        super().__init__(md)
        self.docs, self.page = docs, Page("", "", [], [])

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        title = _TITLE.search(text)
        file = self.md.press_numbers().pages.get(title[1] if title else "")
        if file is None or not (self.docs / LEDGER).is_file():
            return lines
        if file.suffix != ".md":  # no test quotes a notebook
            return lines
        self.page = read_page(file.relative_to(self.docs).as_posix(), text)
        for block in self.page.backing:
            last = self.page.last_line(block) - 1
            words, bar = re.fullmatch(r"(.*?)( *\|)? *", lines[last]).groups()
            lines[last] = f"{words}\ue000{block}\ue001{bar or ''}"
        return lines


class Marks(Treeprocessor):
    """Puts the marks there, with their notes, whose Markdown is then read."""

    def __init__(self, md: Markdown, places: Places, repo: str) -> None:
        super().__init__(md)
        self.places, self.repo = places, repo

    def run(self, root: Element) -> None:
        self.page = self.places.page
        folder = posixpath.dirname(self.page.path) or "."
        self.ledger = posixpath.relpath(LEDGER, folder)
        file = self.md.press_numbers().pages.get("References")
        self.entries = read_entries(file) if file else {}
        docs = self.places.docs
        self.references = file and posixpath.relpath(file, docs / folder)
        for element in [*root.iter()]:
            found = _TOKEN.search(element.text or "")
            if found:
                mark = self.mark(int(found[1]))
                mark.tail = element.text[found.end() :]
                element.text = element.text[: found.start()]
                element.insert(0, mark)

    def mark(self, block: int) -> Element:
        """Make a mark with its note, or but a place that links lead to."""
        name = self.page.anchors[block]
        if not self.page.has_mark(block):
            return Element("span", {"id": name, "class": "no-print"})
        mark = Element("span", {"class": "backed no-print"})
        mark.set("data-search-exclude", "")
        button = SubElement(mark, "button", {"class": "mark", "id": name})
        button.set("type", "button")
        button.set("popovertarget", f"note-{name}")
        button.set("aria-label", "What backs this")
        note = SubElement(mark, "span", {"class": "note", "role": "note"})
        note.set("id", f"note-{name}")
        note.set("popover", "")
        is_alone = self.page.counts[block] == 1
        for name, backed in self.page.backing[block]:
            line = SubElement(note, "span", {"class": "note-line"})
            line.text = (
                self.equation(name, backed)
                if isinstance(backed, Display)
                else self.claim(name, backed, is_alone)
            )
        return mark

    def claim(self, name: str, claim: Claim, is_alone: bool) -> str:
        """Say what backs a sentence, in Markdown."""
        entry = f"{self.ledger}#{self.page.stem}-{name}"
        backing = []
        for test in claim.tests:
            said = f"test: [{test.words}]({entry})"
            if self.repo:
                said += f" ([source]({self.repo}/blob/HEAD/{test.file}))"
            backing.append(said)
        backing += [
            f"[{cited(self.entries[key])}]({self.references}#{key})"
            for key in claim.references
            if key in self.entries
        ]
        quoted = "" if is_alone else f"“{shortened(claim.words)}” "
        return f"{quoted}{'; '.join(backing)}"

    def equation(self, name: str, display: Display) -> str:
        """Say what backs an equation, in Markdown."""
        named = self.md.press_numbers().named
        number = named.get(("equation", display.label), "")
        return (
            f"Equation {number}: "
            f"[evaluated by a test]({self.ledger}#{self.page.stem}-{name})"
        )


def shortened(words: str) -> str:
    """Return the first words of a sentence; a formula counts as one."""
    parts = re.findall(r"(?:[^\s$]*\$[^$]+\$)+[^\s$]*|\S+", words)
    if len(parts) <= WORDS + 2:
        return words
    return " ".join(parts[:WORDS]).rstrip(",;:.") + " …"


def cited(entry: str) -> str:
    """Return how a note names a reference: Minsky and Papert (1969)."""
    authors, year = re.match(r"(.+?) \((\d+)\)", entry).groups()
    names = [a.split()[-1] for a in re.split(r", | and ", authors)]
    if len(names) > 2 or names[-1] == "others":
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)} ({year})"


class MarksExtension(Extension):
    """Registers both. Load it beside press.numbering."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "docs": ["docs", "the folder of the pages"],
            "repo": ["", "the address of the repository, if it has one"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        places = Places(md, Path(self.getConfig("docs")))
        repo = (self.getConfig("repo") or "").rstrip("/")
        # above all that reads Markdown
        md.preprocessors.register(places, "press-mark-places", 101)
        # above inline parsing (20), which reads the notes
        md.treeprocessors.register(Marks(md, places, repo), "press-marks", 21)


makeExtension = MarksExtension  # what Python-Markdown looks for
