"""The ledger: every claim and every equation, each with what backs it.

In a chapter a mark becomes a link to its entry, and an equation that a test
evaluates bears one too. The page with the line

    <!-- ledger -->

lists them all, and links back; <!-- counts --> gives their numbers. Nothing of
this stands in a file: it is read from the pages and the tests on every build,
but for the mutants, which take too long: their last run left a record.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.extensions.toc import slugify
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.claims import CITATION, MARK, Claim, Test, claims, require_test
from press.numbering import Numbers
from press.references import read_entries
from press.source import Display, displays

LEDGER, REFERENCES = "about/ledger/index.md", "about/references.md"
UP = "../../"  # from the ledger to the folder of the pages
MUTANTS = Path("tests/mutants/record.json")
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")
_ITEM = re.compile(r"^(?:[-*] |\d+\. |: {3})")


class Page(NamedTuple):
    """What a page claims, and the equations that it displays."""

    path: str
    title: str
    claims: list[Claim]  # those that are backed
    displays: list[Display]

    @property
    def stem(self) -> str:
        """Return a word for the page: activation/sigmoid.md gives sigmoid."""
        path = Path(self.path)
        is_section = path.stem == "index" and len(path.parts) > 1
        return slugify(path.parent.name if is_section else path.stem, "-")

    def names(self) -> Iterator[tuple[Claim, str]]:
        """Yield each claim with its own name, which is an id on two pages."""
        seen: Counter[str] = Counter()
        for claim in self.claims:
            what = claim.tests[0].words if claim.tests else claim.references[0]
            name = f"claim-{slugify(what, '-')}"
            seen[name] += 1
            yield claim, name if seen[name] == 1 else f"{name}-{seen[name]}"


def read_page(path: str, docs: Path) -> Page:
    """Read what a page claims; path is below `docs`."""
    text = (docs / path).read_text(encoding="utf-8")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    backed = [
        claim
        for claim in claims(path, text)
        if (claim.tests or claim.references) and not claim.is_shared
    ]
    return Page(path, title[1] if title else path, backed, displays(path, text))


def evaluating_test(path: str) -> str:
    """Return the file whose test_equations evaluates a page's equations."""
    page = Path(path)
    return (Path("tests") / page.with_name(f"test_{page.stem}.py")).as_posix()


class Marks(Treeprocessor):
    """Turns the marks of a page into links to the ledger."""

    def __init__(self, md: Markdown, docs: Path) -> None:
        super().__init__(md)
        self.docs = docs

    def run(self, root: Element) -> None:
        heading = root.find("h1")
        if heading is None or not (self.docs / LEDGER).is_file():
            return  # what a fence printed comes here by itself, and is no page
        title = "".join(heading.itertext()).strip()
        file = self.md.press_numbers().pages.get(title)
        if file is None:
            return
        path = file.relative_to(self.docs).as_posix()
        self.page = read_page(path, self.docs)
        self.ledger = posixpath.relpath(LEDGER, posixpath.dirname(path) or ".")
        self.mark_claims(root)
        self.mark_references(root)
        self.mark_equations(root)

    def mark_claims(self, root: Element) -> None:
        """Let each ✓ lead to its entry; say to ears what it is."""
        marks = [*filter(_is_mark, root.iter("a"))]
        _keep_with_sentences(root)
        backed = [
            (name, test)
            for claim, name in self.page.names()
            for test in claim.tests
        ]
        marked = set()
        for link, (name, test) in zip(marks, backed, strict=True):
            self.mark(link, name, f"backed by a test: {test.words}")
            link.set("data-test", f"{test.file}::{test.name}")
            if name not in marked:  # a sentence may bear several
                link.set("id", name)
            marked.add(name)

    def mark_references(self, root: Element) -> None:
        """Let the footnote of a reference lead to what it backs."""
        entries = {}
        for claim, name in self.page.names():
            for key in claim.references:
                entries.setdefault(f"fn:{key}", name)
        for note in root.iter("li"):
            if note.get("id") in entries:
                last = note[-1] if len(note) else note
                link = SubElement(last, "a")
                link.text = "✓"
                self.mark(link, entries[note.get("id")], "what this backs")
                link.set("class", "claim no-print")

    def mark_equations(self, root: Element) -> None:
        evaluated = {d.label for d in self.page.displays if not d.excuse}
        for equation in root.iter("div"):
            label = equation.get("id", "").removeprefix("equation-")
            if equation.get("class") == "equation" and label in evaluated:
                link = SubElement(equation, "a")
                link.text = "✓"
                words = "evaluated by a test"
                self.mark(link, f"equation-{label}", words)

    def mark(self, link: Element, name: str, words: str) -> None:
        link.set("class", "claim")
        link.set("href", f"{self.ledger}#{self.page.stem}-{name}")
        link.set("title", words)
        link.set("aria-label", words)
        link.set("data-search-exclude", "")


class Ledger(Preprocessor):
    """Puts the entries, or their numbers, where a page asks for them."""

    def __init__(
        self,
        md: Markdown,
        docs: Path,
        numbers: Callable[[], Numbers],
        repo: str,
    ) -> None:
        super().__init__(md)
        self.docs, self.numbers, self.repo = docs, numbers, repo.rstrip("/")

    def run(self, lines: list[str]) -> list[str]:
        wanted = {
            "<!-- ledger -->": self.entries,
            "<!-- counts -->": self.counts,
        }
        written: list[str] = []
        for line in lines:
            written += wanted[line]() if line in wanted else [line]
        return written

    def pages(self) -> Iterator[Page]:
        for file in self.numbers().pages.values():
            page = read_page(file.relative_to(self.docs).as_posix(), self.docs)
            if page.claims or page.displays:
                yield page

    def entries(self) -> list[str]:
        """Write all entries, page by page."""
        written = []
        self.shown: set[str] = set()  # tests whose code stands there already
        self.references = {
            key: entry.partition(").")[0] + ")"  # the authors and the year
            for key, entry in read_entries(self.docs / REFERENCES).items()
        }
        for page in self.pages():
            number = self.numbers().titles.get(page.title, "")
            written += ["", f"## {number} {page.title}".replace("  ", " "), ""]
            written += ['<div class="ledger" markdown>', ""]
            for claim, name in page.names():
                written += self.claim(page, claim, name)
            for display in page.displays:
                written += self.equation(page, display)
            written += ["</div>", ""]
        return written

    def claim(self, page: Page, claim: Claim, name: str) -> list[str]:
        back = name if claim.tests else f"fnref:{claim.references[0]}"
        backing = [self.test(test.file, test.name) for test in claim.tests]
        backing += [
            f"[{self.references[key]}]({UP}{REFERENCES}#{key})"
            for key in claim.references
        ]
        return [
            f"{_plain(claim, page.path)} {{: #{page.stem}-{name} }}",
            f":   {'; '.join(backing)}\u00a0[↩]({UP}{page.path}#{back})"
            "{: .back title='Back to the page' aria-label='Back to the page' }",
            "",
            *(line for test in claim.tests for line in self.code(test)),
        ]

    def code(self, test: Test) -> list[str]:
        """Fold the code of a test away below the first claim that it backs.

        It is not coloured, which would double the weight of the page.
        """
        name = f"{test.file}::{test.name}"
        if name in self.shown:
            return []
        self.shown.add(name)
        return [
            f'    ??? code no-print "{test.words}"',
            "",
            "        ```text",
            *(f"        {line}".rstrip() for line in test.code.splitlines()),
            "        ```",
            "",
        ]

    def equation(self, page: Page, display: Display) -> list[str]:
        tex = " ".join(display.tex.split())
        name = f"equation-{display.label}"
        place = f"docs/{page.path}:{display.line}"
        if display.excuse:
            backing = f"not evaluated: {display.excuse}"
        else:
            file = evaluating_test(page.path)
            test = require_test(file, "test_equations", place)
            backing = f"evaluated by {self.test(file, test.name)}"
        return [
            f"${tex}$ {{: #{page.stem}-{name} }}",
            f":   [Equation]({UP}{page.path}#{name}), {backing}",
            "",
        ]

    def test(self, file: str, name: str) -> str:
        """Name a test, with the way to it where the repository is known."""
        called = f"`{file}::{name}`"
        if self.repo:
            return f"[{called}]({self.repo}/blob/HEAD/{file})"
        return called

    def counts(self) -> list[str]:
        """Count what is checked."""
        pages = [*self.pages()]
        found = [display for page in pages for display in page.displays]
        backed = [claim for page in pages for claim in page.claims]
        counted = {
            "equations on lines of their own": len(found),
            "of these, evaluated": sum(not d.excuse for d in found),
            "sentences backed by a test": sum(bool(c.tests) for c in backed),
            "sentences backed by a reference": sum(
                bool(c.references) for c in backed
            ),
        }
        if MUTANTS.exists():
            record = json.loads(MUTANTS.read_text(encoding="utf-8"))
            counted |= {
                "mutants, small changes to the code": record["mutants"],
                "of these, noticed by a test": record["killed"],
                "of these, explained: they alter nothing that the book says": (
                    record["explained"] - record["untried"]
                ),
                "of these, explained likewise and not tried": record["untried"],
            }
        rows = [f"| {what} | {number} |" for what, number in counted.items()]
        return ["| what | how many |", "|:--|--:|", *rows]


def _is_mark(element: Element) -> bool:
    return element.text == "✓" and "/tests/" in f"/{element.get('href', '')}"


def _keep_with_sentences(root: Element) -> None:
    """Let no line break stand between a sentence and its mark."""
    for parent in root.iter():
        for place in range(len(parent)):
            if _is_mark(parent[place]):
                before, text = (
                    (parent[place - 1], "tail") if place else (parent, "text")
                )
                words = getattr(before, text) or ""
                if words.endswith(" "):
                    setattr(before, text, f"{words[:-1]}\u00a0")


def _plain(claim: Claim, path: str) -> str:
    """Return a statement without marks, its links as the ledger needs them."""
    text = CITATION.sub("", MARK.sub("", claim.statement.text))
    text = _ITEM.sub("", text).strip("| ").replace(" | ", " — ")
    folder = posixpath.dirname(path)

    def rebase(link: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(folder, link[1]))
        return f"]({UP}{target if link[1] else path}{link[2] or ''})"

    return _LINK.sub(rebase, text)


class LedgerExtension(Extension):
    """Registers both. Load it after press.numbering."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "docs": ["docs", "the folder of the pages"],
            "repo": ["", "the address of the repository, if it has one"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        docs = Path(self.getConfig("docs"))
        ledger = Ledger(
            md, docs, md.press_numbers, self.getConfig("repo") or ""
        )
        # above all that reads Markdown
        md.preprocessors.register(ledger, "press-ledger", 100)
        # below MathML (15) and footnotes (50), above the glossary (11)
        md.treeprocessors.register(Marks(md, docs), "press-marks", 12)


makeExtension = LedgerExtension  # what Python-Markdown looks for
