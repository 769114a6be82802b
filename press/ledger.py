"""The ledger: every claim and every equation, each with what backs it.

The page LEDGER has the line

    <!-- ledger -->

and lists them all, chapter by chapter; <!-- counts --> gives their numbers.
Nothing of this stands in a file: it is read from the pages and the tests on
every build, but for the mutants, which take too long: their last run left a
record. Over the built site each chapter gets a page of its own.
"""

import json
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from markdown import Extension, Markdown
from markdown.extensions.toc import slugify
from markdown.preprocessors import Preprocessor

from press.claims import Claim, Test, claims, require_test
from press.numbering import Numbers
from press.references import read_entries
from press.source import Display, displays
from press.wording import CITATION

LEDGER = "about/ledger/index.md"
MUTANTS = Path("tests/mutants/record.json")
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")
_ITEM = re.compile(r"^(?:[-*] |\d+\. |: {3})")
_PART = re.compile(r"<!-- ledger: ([\w-]+) -->(.*?)<!-- end -->\s*", re.DOTALL)
_HEADING = re.compile(r"<h2[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h2>")


class Page:
    """What a page says, and the equations that it displays.

    path: below docs/. claims: its statements, backed or not.
    """

    def __init__(
        self,
        path: str,
        title: str,
        claims: list[Claim],
        displays: list[Display],
    ) -> None:
        self.path, self.title = path, title
        self.claims, self.displays = claims, displays

    @property
    def stem(self) -> str:
        """Return a word for the page: activation/sigmoid.md gives sigmoid."""
        path = Path(self.path)
        if path.stem == "index":
            return slugify(path.parent.name, "-") or "home"
        return slugify(path.stem, "-")

    @cached_property
    def backed(self) -> list[tuple[str, Claim]]:
        """Return what is backed, each with a name, an id in the ledger."""
        seen: Counter[str] = Counter()
        found = []
        for claim in self.claims:
            if claim.tests or claim.references:
                what = (
                    claim.tests[0].words if claim.tests else claim.references[0]
                )
                name = f"claim-{slugify(what, '-')}"
                seen[name] += 1
                more = f"-{seen[name]}" if seen[name] > 1 else ""
                found.append((name + more, claim))
        return found

    @cached_property
    def backing(self) -> dict[int, list[tuple[str, Claim | Display]]]:
        """Return what is backed, by the blocks that take a mark for it."""
        found: dict[int, list[tuple[str, Claim | Display]]] = {}
        for name, claim in self.backed:
            if not claim.statement.is_alternative:
                found.setdefault(claim.statement.block, []).append(
                    (name, claim)
                )
        for display in self.displays:
            block = self.block_beside(display)
            if not display.excuse and not self.is_apart(block):
                name = f"equation-{display.label}"
                found.setdefault(block, []).append((name, display))
        return found

    @cached_property
    def anchors(self) -> dict[int, str]:
        """Return the id of the place where the page marks each block."""
        return {
            block: name if name.startswith("claim") else f"claim-{name}"
            for block, ((name, _), *_) in self.backing.items()
        }

    @cached_property
    def counts(self) -> Counter[int]:
        """Return how many sentences each block has."""
        return Counter(
            c.statement.block
            for c in self.claims
            if not c.statement.is_alternative
        )

    def block_beside(self, display: Display) -> int:
        """Return the block before an equation, or after it if there is none."""
        blocks = [
            claim.statement.block
            for claim in self.claims
            if claim.statement.line < display.line
        ]
        return blocks[-1] if blocks else 1

    def is_apart(self, block: int) -> bool:
        """Say whether a block is in a summary, an exercise or a fold."""
        return all(
            claim.statement.is_apart
            for claim in self.claims
            if claim.statement.block == block
        )

    def has_mark(self, block: int) -> bool:
        """Say whether a block bears a mark: a footnote is one already."""
        return not self.is_apart(block) and any(
            isinstance(backed, Display) or backed.tests
            for _, backed in self.backing[block]
        )

    def last_line(self, block: int) -> int:
        """Return the line at whose end the mark of a block goes."""
        return max(
            claim.statement.line
            for claim in self.claims
            if claim.statement.block == block
            and not claim.statement.is_alternative
        )


def read_page(path: str, text: str) -> Page:
    """Read what a page claims; path is below docs/, text its Markdown."""
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    name = title[1] if title else path
    return Page(path, name, claims(path, text), displays(path, text))


def evaluating_test(path: str) -> str:
    """Return the file whose test_equations evaluates a page's equations."""
    page = Path(path)
    return (Path("tests") / page.with_name(f"test_{page.stem}.py")).as_posix()


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
            if file.suffix != ".md":  # no test quotes a notebook
                continue
            path = file.relative_to(self.docs).as_posix()
            page = read_page(path, file.read_text(encoding="utf-8"))
            if page.backed or page.displays:
                yield page

    def entries(self) -> list[str]:
        """Write all entries, page by page."""
        written = []
        references = self.numbers().pages.get("References")
        if references:
            self.references = _from_ledger(
                references.relative_to(self.docs).as_posix()
            )
            self.authors = {
                key: entry.partition(").")[0] + ")"  # with the year
                for key, entry in read_entries(references).items()
            }
        for page in self.pages():
            self.shown: set[str] = set()  # tests whose code is there already
            number = self.numbers().titles.get(page.title, "")
            heading = f"{number} {page.title} {{: #{page.stem} }}".strip()
            written += [f"<!-- ledger: {page.stem} -->", "", f"## {heading}"]
            written += ["", '<div class="ledger" markdown>', ""]
            for name, claim in page.backed:
                written += self.claim(page, claim, name)
            for display in page.displays:
                written += self.equation(page, display)
            written += ["</div>", "", "<!-- end -->", ""]
        return written

    def claim(self, page: Page, claim: Claim, name: str) -> list[str]:
        at = claim.statement
        back = page.anchors.get(at.block, "")
        if at.is_alternative:
            back = f"figure-{at.figure}"
        backing = [self.test(test.file, test.name) for test in claim.tests]
        backing += [
            f"[{self.authors[key]}]({self.references}#{key})"
            for key in claim.references
        ]
        way = f"{_from_ledger(page.path)}#{back}"
        return [
            f"{_spoken(claim, page.path)} {{: #{page.stem}-{name} }}",
            f":   {'; '.join(backing)}\u00a0[↩]({way})"
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
            f":   [Equation]({_from_ledger(page.path)}#{name}), {backing}",
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
        backed = [claim for page in pages for _, claim in page.backed]
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
                "files of code edited since, which wait for the weekly run": (
                    record["waiting"]
                ),
            }
        rows = [f"| {what} | {number} |" for what, number in counted.items()]
        return ["| what | how many |", "|:--|--:|", *rows]


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


def part_ledger(site: Path) -> None:
    """Give each chapter's part of the built ledger a page of its own."""
    ledger = (site / LEDGER).with_suffix(".html")
    if not ledger.is_file():
        return
    whole = ledger.read_text(encoding="utf-8")
    parts = dict(_PART.findall(whole))
    names = {stem: _HEADING.search(part)[1] for stem, part in parts.items()}
    for stem in parts:
        # what leads to a heading leads to the page
        whole = whole.replace(f'href="#{stem}"', f'href="{stem}.html"')
    for stem in parts:
        page = _PART.sub(lambda f, own=stem: f[2] * (f[1] == own), whole)
        name = re.sub(r"<[^>]+>", "", names[stem])
        page = page.replace("<title>", f"<title>{name} - ", 1)
        ledger.with_name(f"{stem}.html").write_text(page, encoding="utf-8")
    index = _PART.sub(
        lambda f: f'<p><a href="{f[1]}.html">{names[f[1]]}</a></p>\n', whole
    )
    ledger.write_text(index, encoding="utf-8")
    way = re.compile(rf'(href="[^"]*?)index\.html(#({"|".join(parts)})-)')
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "ledger/index.html#" in text:
            page.write_text(way.sub(r"\1\3.html\2", text), encoding="utf-8")


class LedgerExtension(Extension):
    """Registers the ledger. Load it after press.numbering."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "docs": ["docs", "the folder of the pages"],
            "repo": ["", "the address of the repository, if it has one"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        docs, repo = Path(self.getConfig("docs")), self.getConfig("repo") or ""
        # above all that reads Markdown
        ledger = Ledger(md, docs, md.press_numbers, repo)
        md.preprocessors.register(ledger, "press-ledger", 100)


makeExtension = LedgerExtension  # what Python-Markdown looks for
