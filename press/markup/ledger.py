"""The ledger: every claim and every equation, each with what backs it.

The page LEDGER has the line

    <!-- ledger -->

and lists them all, chapter by chapter; <!-- counts --> gives their numbers.
Nothing of this stands in a file: it is read from the pages and the tests on
every build, but for the mutants, which take too long: their last run left a
record. In the built site each chapter gets a page of its own, by
press.website.parts.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from markdown.preprocessors import Preprocessor

from press.markup.backing import Page
from press.markup.references import FILE, read_entries
from press.reading.book import path_of
from press.reading.claims import Claim, Test, require_test
from press.reading.source import Display
from press.reading.wording import CITATION

LEDGER = "about/ledger/index.md"
MUTANTS = Path("tests/mutants/record.json")
RECORDED = {
    "mutants, small changes to the code": "mutants",
    "of these, noticed by a test": "killed",
    "of these, explained: they alter nothing that the book says": "tried",
    "of these, explained likewise and not tried": "untried",
    "files of code edited since, which wait for the weekly run": "waiting",
}
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")
_ITEM = re.compile(r"^(?:[-*] |\d+\. |: {3})")
_BACK = "{: .back title='Back to the page' aria-label='Back to the page' }"


def evaluating_test(path: str) -> str:
    """Return the file whose test_equations evaluates a page's equations."""
    page = Path(path)
    return (Path("tests") / page.with_name(f"test_{page.stem}.py")).as_posix()


class Ledger(Preprocessor):
    """Puts the entries, or their numbers, where a page asks for them."""

    def run(self, lines: list[str]) -> list[str]:
        wanted = {
            "<!-- ledger -->": self.entries,
            "<!-- counts -->": self.counts,
        }
        for place, line in reversed([*enumerate(lines)]):
            if line in wanted:
                lines[place : place + 1] = wanted[line]([*self.pages()])
        return lines

    def pages(self) -> Iterator[Page]:
        for file in self.md.press_book.numbers.pages.values():
            if file.suffix == ".md":  # a notebook bears no marks
                page = Page(path_of(file), file.read_text(encoding="utf-8"))
                if page.backed or page.displays:
                    yield page

    def entries(self, pages: list[Page]) -> Iterator[str]:
        """Write all entries, page by page."""
        titles = self.md.press_book.numbers.titles
        for page in pages:
            self.shown: set[Test] = set()  # tests whose code is there already
            heading = f"{titles.get(page.title, '')} {page.title}".strip()
            yield from (f"<!-- ledger: {page.stem} -->", "")
            yield from (f"## {heading} {{: #{page.stem} }}", "")
            yield from ('<div class="ledger" markdown>', "")
            for name, claim in page.backed:
                yield from self.claim(page, claim, name)
            for display in page.displays:
                yield from self.equation(page, display)
            yield from ("</div>", "", "<!-- end -->", "")

    def claim(self, page: Page, claim: Claim, name: str) -> Iterator[str]:
        at, entries = claim.statement, read_entries()
        back = page.blocks[at.block].anchor
        if at.is_alternative:
            back = f"figure-{at.figure}"
        backing = [self.named(test) for test in claim.tests]
        for key in claim.references:
            authors = entries[key].partition(").")[0] + ")"  # with the year
            backing.append(f"[{authors}]({_from_ledger(path_of(FILE))}#{key})")
        yield f"{_spoken(claim, page.path)} {{: #{page.stem}-{name} }}"
        way = f"[↩]({_from_ledger(page.path)}#{back}){_BACK}"
        yield from (f":   {'; '.join(backing)}\u00a0{way}", "")
        for test in claim.tests:
            if test not in self.shown:
                self.shown.add(test)
                yield from _folded(test)

    def equation(self, page: Page, display: Display) -> Iterator[str]:
        name = f"equation-{display.label}"
        backing = f"not evaluated: {display.excuse}"
        if not display.excuse:
            place = f"docs/{page.path}:{display.line}"
            file = evaluating_test(page.path)
            test = require_test(file, "test_equations", place)
            backing = f"evaluated by {self.named(test)}"
        yield f"${' '.join(display.tex.split())}$ {{: #{page.stem}-{name} }}"
        way = f"{_from_ledger(page.path)}#{name}"
        yield from (f":   [Equation]({way}), {backing}", "")

    def named(self, test: Test) -> str:
        """Name a test, with the way to it where the repository is known."""
        called = f"`{test.file}::{test.name}`"
        source = self.md.press_book.source(test.file)
        return f"[{called}]({source})" if source else called

    def counts(self, pages: list[Page]) -> Iterator[str]:
        """Count what is checked."""
        found = [display for page in pages for display in page.displays]
        backed = [claim for page in pages for _, claim in page.backed]
        cited = sum(bool(claim.references) for claim in backed)
        counted = {
            "equations on lines of their own": len(found),
            "of these, evaluated": sum(not d.excuse for d in found),
            "sentences backed by a test": sum(bool(c.tests) for c in backed),
            "sentences backed by a reference": cited,
            "sentences backed by neither": sum(p.unbacked for p in pages),
        }
        if MUTANTS.exists():
            record = json.loads(MUTANTS.read_text(encoding="utf-8"))
            record["tried"] = record["explained"] - record["untried"]
            counted |= {what: record[key] for what, key in RECORDED.items()}
        yield from ("| what | how many |", "|:--|--:|")
        yield from (f"| {what} | {count} |" for what, count in counted.items())


def _folded(test: Test) -> Iterator[str]:
    """Fold the code of a test away below the first claim that it backs.

    It is not coloured, which would double the weight of the page.
    """
    yield from (f'    ??? code no-print "{test.words}"', "", "        ```text")
    yield from (f"        {line}".rstrip() for line in test.code.splitlines())
    yield from ("        ```", "")


def _from_ledger(path: str) -> str:
    return posixpath.relpath(path, posixpath.dirname(LEDGER))


def _spoken(claim: Claim, path: str) -> str:
    """Return a statement without footnotes, its links as the ledger's."""
    text = CITATION.sub("", claim.statement.text)
    text = _ITEM.sub("", text).strip("| ").replace(" | ", " — ")
    folder = posixpath.dirname(path)

    def rebase(link: re.Match) -> str:
        target = posixpath.join(folder, link[1]) if link[1] else path
        return f"]({_from_ledger(target)}{link[2] or ''})"

    return _LINK.sub(rebase, text)
