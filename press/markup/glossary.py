"""Explains a term where it first appears on a page, from docs/glossary.md.

The glossary is a definition list. Other forms of a term stand behind it in
parentheses; its last line says where it is introduced:

    saturated (saturate, saturation)
    :   Said of a unit whose slope is next to nothing.
        See [Sigmoid](activation/sigmoid.md#what-goes-wrong).

On the other pages the first occurrence becomes a link that carries the
definition, for assets/term.js to show. A page that defines the term itself, in
italics, explains it from there on: the italics become <dfn data-term>, with the
entry's id, where the PDF's index leads. Phrases in which a word means something
else, "for example", are listed in mkdocs.yml as `other`.

Material's own way, `abbr` with `content.tooltips`, would explain every
occurrence, 72 on the page of the neuron instead of 3, in headings and
definitions too, and 7 kB heavier; it knows no plural that is not listed, and
leads nowhere, which is all that a tap, a page without scripts and the PDF's
index have.
"""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor

from press.fault import Fault
from press.reading.book import DOCS

FILE = DOCS / "glossary.md"
_STUCK = re.compile(r"(?<=.\n)(\w.*)\n:   ")  # below a line of text
_ENTRY = re.compile(r"^(\w[^\n]*)\n:   ((?:[^\n]+\n?)+)", re.MULTILINE)
_HEAD = re.compile(r"([^(]+?)(?: \(([^)]+)\))?$")
_QUIET = {"a", "code", "pre", "em", "dfn", "strong", "summary", "button"}
_QUIET |= {"script", *(f"h{level}" for level in range(1, 7))}
_QUIET |= {"picture", "footnote", "card", "backed no-print"}  # classes


class Term(NamedTuple):
    """One entry of the glossary."""

    name: str
    forms: tuple[str, ...]  # the name and what else counts as the term
    definition: str

    @property
    def id(self) -> str:
        """Return the id of the entry on the glossary's page."""
        return f"term-{slugify(self.name, '-')}"


@lru_cache(maxsize=1)
def read_terms(file: Path, changed: int) -> tuple[Term, ...]:
    """Return the terms of the glossary `file`, last changed at `changed`.

    Raises Fault for a term without a blank line before it, which would be
    part of the entry above, for one given twice, and for a definition that
    no explanation in plain words could show.
    """
    terms: dict[str, Term] = {}
    text = file.read_text(encoding="utf-8")

    def place(found: re.Match) -> str:
        return f"{file.as_posix()}:{text.count(chr(10), 0, found.start()) + 1}"

    if stuck := _STUCK.search(text):
        raise Fault(
            f"{place(stuck)}: put a blank line before {stuck[1]!r}, or it is "
            "part of the entry above"
        )
    for found in _ENTRY.finditer(text):
        line, entry = found.groups()
        name, others = _HEAD.match(line).groups()
        lines = [part.strip() for part in entry.splitlines()]
        definition = " ".join(p for p in lines if not p.startswith("See ["))
        if not definition or re.search(r"[$`*\[]", definition):
            raise Fault(
                f"{place(found)}: the definition of {name!r} is shown as "
                "plain text; write it in words, without formulas or links"
            )
        if name in terms:
            raise Fault(f"{place(found)}: {name!r} is in the glossary twice")
        forms = (name, *filter(None, (others or "").split(", ")))
        terms[name] = Term(name, forms, definition)
    return tuple(terms.values())


class Explain(Treeprocessor):
    """Turns the first occurrence of each term on a page into a link."""

    def run(self, root: Element) -> None:
        heading, book = root.find("h1"), self.md.press_book
        if heading is None or not FILE.is_file():
            return  # what a fence printed comes here by itself, and is no page
        terms = read_terms(FILE, FILE.stat().st_mtime_ns)
        title = "".join(heading.itertext()).strip()
        if title == "Glossary":
            self.name_entries(root, terms)
        elif title not in book.quiet:
            self.by_form = {f.lower(): t for t in terms for f in t.forms}
            self.explained: set[str] = set()
            self.defined: set[str] = set()
            phrases = sorted([*self.by_form, *book.other], key=len)
            forms = "|".join(map(re.escape, reversed(phrases))) or "(?!)"
            self.pattern = re.compile(rf"(?<![\w-])({forms})s?(?![\w-])", re.I)
            folder = (book.page(root) or FILE).parent
            self.address = Path(os.path.relpath(FILE, folder)).as_posix()
            self.visit(root)

    def name_entries(self, root: Element, terms: tuple[Term, ...]) -> None:
        """Give each entry of the glossary the id that links lead to."""
        by_head = {_HEAD.match(term.name)[1]: term for term in terms}
        for entry in root.iter("dt"):
            name = _HEAD.match("".join(entry.itertext()).strip())[1]
            if name in by_head:
                entry.set("id", by_head[name].id)

    def visit(self, parent: Element) -> None:
        """Link and mark the terms of `parent`, in reading order."""
        self.link(parent, 0, parent.text, parent)
        for child in list(parent):
            if child.tag == "em":
                self.note_definition(child)
            if child.tag not in _QUIET and child.get("class") not in _QUIET:
                self.visit(child)
            place = list(parent).index(child) + 1
            self.link(parent, place, child.tail, child)

    def note_definition(self, emphasis: Element) -> None:
        words = "".join(emphasis.itertext())
        found = self.pattern.fullmatch(words)
        term = self.by_form.get(found[1].lower()) if found else None
        if term is None:
            return
        if term.name not in self.defined:
            emphasis.tag = "dfn"
            emphasis.set("data-term", term.id)
        self.defined.add(term.name)
        self.explained.add(term.name)

    def link(
        self, parent: Element, place: int, text: str | None, before: Element
    ) -> None:
        """Put links for terms in `text`, which follows `before`."""
        for found in self.pattern.finditer(text or ""):
            term = self.by_form.get(found[1].lower())
            if term is None or term.name in self.explained:
                continue
            self.explained.add(term.name)
            link = Element(
                "a",
                {
                    "class": "term",
                    "href": f"{self.address}#{term.id}",
                    "data-definition": term.definition,
                },
            )
            link.text = found[0]
            link.tail = text[found.end() :]
            head = text[: found.start()]
            if before is parent:
                parent.text = head
            else:
                before.tail = head
            parent.insert(place, link)
            self.link(parent, place + 1, link.tail, link)
            return
