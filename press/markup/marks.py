"""One quiet mark to a paragraph, list, table or figure that something backs.

It is a button that opens a note, by the platform's own popover and so without
a script, too. The note says sentence by sentence what backs it, an equation's
in the paragraph before it, and leads on to the ledger. Summaries, exercises and
what is folded bear none, nor does what only cites, as its footnote shows; there
the ledger finds but a place to lead back to.
"""

import posixpath
import re
from xml.etree.ElementTree import Element, SubElement

from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.markup.backing import Block, Page
from press.markup.ledger import LEDGER
from press.markup.references import FILE, authors_of, read_entries
from press.reading.book import DOCS, path_of
from press.reading.claims import Claim
from press.reading.source import Display

WORDS = 6  # of a sentence that a note quotes
# where a mark goes, until the page is parsed; no text has these signs
_TOKEN = re.compile("\ue000(\\d+)\ue001")


class Places(Preprocessor):
    """Notes in a page's Markdown, at the end of each block, where marks go."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        file = self.md.press_book.page(text)
        # a notebook bears no marks
        if not file or file.suffix != ".md" or not (DOCS / LEDGER).is_file():
            return lines
        self.md.press_page = Page(path_of(file), text)
        for number, block in self.md.press_page.blocks.items():
            if block.backing:
                line, token = lines[block.last - 1], f"\ue000{number}\ue001"
                # a table scrolls, so that its mark goes below it
                indent, row = re.fullmatch(r"( *)(\|.+)?.*", line).groups()
                if row:
                    token = (
                        f"\n\n{indent}{token}\n{indent}{{: .below .no-print }}"
                    )
                lines[block.last - 1] = line.rstrip() + token
        return lines


class Marks(Treeprocessor):
    """Puts the marks there, with their notes, whose Markdown is then read."""

    def run(self, root: Element) -> None:
        page = getattr(self.md, "press_page", None)
        for element in [*root.iter()] if page else ():
            if found := _TOKEN.search(element.text or ""):
                mark = self.mark(page, int(found[1]))
                mark.tail = element.text[found.end() :]
                element.text = element.text[: found.start()]
                element.insert(0, mark)

    def mark(self, page: Page, number: int) -> Element:
        """Make a mark with its note, or but a place that links lead to."""
        block = page.blocks[number]
        if not block.has_mark:
            return Element("span", {"id": block.anchor, "class": "no-print"})
        # no span, or the search would leave out no more than up to the end of
        # the first span in it
        mark = Element("small", {"class": "backed no-print"})
        mark.set("data-search-exclude", "")
        note = f"note-{block.anchor}"
        opening = {"class": "mark", "id": block.anchor, "type": "button"}
        opening |= {"popovertarget": note, "aria-label": "What backs this"}
        SubElement(mark, "button", opening)
        shown = {"class": "note", "role": "note", "id": note, "popover": ""}
        lines = SubElement(mark, "span", shown)
        for text in self.note(page, block):
            SubElement(lines, "span", {"class": "note-line"}).text = text
        return mark

    def note(self, page: Page, block: Block) -> list[str]:
        """Say what backs each sentence and equation, in Markdown.

        What the same tests back, such as rows of a table, is on one line.
        """
        up = posixpath.dirname(page.path) or "."
        ledger = f"{posixpath.relpath(LEDGER, up)}#{page.stem}"
        lines = {}
        for name, backed in block.backing:
            entry = f"{ledger}-{name}"
            if isinstance(backed, Display):
                named = self.md.press_book.numbers.named
                number = named.get(("equation", backed.label), "")
                said = f"Equation {number}"
                by = f": [evaluated by a test]({entry})"
            else:
                by = " " + "; ".join(self.backing(backed, entry, up))
                said = f"“{shortened(backed.words)}”" * (block.sentences > 1)
            _, quoted = lines.setdefault(by.replace(entry, ""), (by, []))
            quoted.append(said)
        return [(", ".join(q) + by).strip() for by, q in lines.values()]

    def backing(self, claim: Claim, entry: str, up: str) -> list[str]:
        """Name the tests and the references that back a sentence."""
        said = []
        for test in claim.tests:
            source = self.md.press_book.source(test.file)
            more = f" ([source]({source}))" if source else ""
            said.append(f"test: [{test.words}]({entry}){more}")
        entries, file = read_entries(), posixpath.relpath(path_of(FILE), up)
        for key in filter(entries.get, claim.references):
            said.append(f"[{authors_of(entries[key])}]({file}#{key})")
        return said


def shortened(words: str) -> str:
    """Return the first words of a sentence, or the first cell of a row.

    A formula counts as one.
    """
    words = words.partition(" | ")[0]
    parts = re.findall(r"(?:[^\s$]*\$[^$]+\$)+[^\s$]*|\S+", words)
    if len(parts) <= WORDS + 2:
        return words
    return " ".join(parts[:WORDS]).rstrip(",;:.") + " …"
