"""What of a page is backed, block by block, for its marks and the ledger."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from markdown.extensions.toc import slugify

from press.reading.claims import Claim, claims
from press.reading.source import TITLE, Display, displays

Backed = tuple[str, Claim | Display]  # with a name, an id in the ledger


class Block:
    """A paragraph, list, table or figure, which takes one mark.

    sentences: how many it has. last: the line at whose end the mark goes.
    """

    def __init__(self) -> None:
        self.sentences = self.last = 0
        self.is_apart = False  # in a summary, an exercise or a fold
        self.backing: list[Backed] = []

    @property
    def anchor(self) -> str:
        """Return the id of the place where the page marks the block."""
        name = self.backing[0][0] if self.backing else ""
        return f"claim-{name}" if name.startswith("equation") else name

    @property
    def has_mark(self) -> bool:
        """Say whether it bears a mark: a footnote is one already."""
        return not self.is_apart and any(
            isinstance(backed, Display) or backed.tests
            for _, backed in self.backing
        )


class Page:
    """What a page says, backed or not, and the equations that it displays.

    path: below docs/. text: its Markdown.
    """

    def __init__(self, path: str, text: str) -> None:
        title = TITLE.search(text)
        self.path, self.title = path, title[1] if title else path
        self.displays = displays(path, text)
        self.blocks: dict[int, Block] = defaultdict(Block)
        self.lines: dict[int, int] = {}  # the block of each line
        said = claims(path, text)
        for at in (claim.statement for claim in said):
            self.lines[at.line] = at.block
            if not at.is_alternative:
                block = self.blocks[at.block]
                block.last, block.is_apart = at.line, at.is_apart
                block.sentences += 1
        self.backed = [*self._named(said)]
        self.unbacked = len(said) - len(self.backed)
        for name, claim in self.backed:
            if not claim.statement.is_alternative:
                block = self.blocks[claim.statement.block]
                block.backing.append((name, claim))
        for display in self.displays:
            block = self._beside(display)
            if block and not display.excuse and not block.is_apart:
                block.backing.append((f"equation-{display.label}", display))

    @property
    def stem(self) -> str:
        """Return a word for the page: activation/sigmoid.md gives sigmoid."""
        path = Path(self.path)
        if path.stem == "index":
            return slugify(path.parent.name, "-") or "home"
        return slugify(path.stem, "-")

    def _beside(self, display: Display) -> Block | None:
        """Return the block before an equation, or after it if none is."""
        before = [b for line, b in self.lines.items() if line < display.line]
        return self.blocks.get(before[-1] if before else 1)

    def _named(self, said: list[Claim]) -> Iterator[tuple[str, Claim]]:
        seen: Counter[str] = Counter()
        for claim in said:
            if claim.tests or claim.references:
                words = [test.words for test in claim.tests] or claim.references
                name = f"claim-{slugify(words[0], '-')}"
                seen[name] += 1
                yield name + f"-{seen[name]}" * (seen[name] > 1), claim
