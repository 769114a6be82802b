"""The figure block: a picture, its text alternative and its caption.

A figure is numbered and linkable, and is written like this:

    /// figure | sigmoid
        alt: >-
            An S-shaped curve rises from 0 to 1 ...

    a fence that prints SVG

    The caption.
    ///

press.numbering, loaded before, gives the number.
"""

import re
from pathlib import Path
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension
from pymdownx.blocks.block import Block, type_string

from press.fault import Fault, locate

_ALTERNATIVE = re.compile(
    r"^/// figure \| ([\w-]+)\n    alt: >-\n((?: {8}.+\n)+)", re.MULTILINE
)


def alternatives() -> dict[str, str]:
    """Return the text alternatives of the pages' figures, by name."""
    return {
        name: " ".join(lines.split())
        for page in sorted(Path("docs").rglob("*.md"))
        for name, lines in _ALTERNATIVE.findall(page.read_text("utf-8"))
    }


class Figure(Block):
    """One figure of the book.

    The first paragraph of the block is the picture, the rest the caption.
    """

    NAME = "figure"
    ARGUMENT = True
    OPTIONS: ClassVar[dict[str, tuple]] = {"alt": ("", type_string)}

    def on_create(self, parent: Element) -> Element:
        return SubElement(
            parent,
            "figure",
            {"class": "figure", "id": f"figure-{self.argument}"},
        )

    def on_end(self, block: Element) -> None:
        name, parts = self.argument, list(block)
        where = f"{locate(f'figure | {name}')}: figure {name!r}"
        if not self.options["alt"].strip():
            raise Fault(
                f"{where} has no text alternative; "
                "add '    alt: >-' below its first line "
                "and, indented further, what is to be seen"
            )
        if len(parts) < 2:
            raise Fault(
                f"{where} needs a fence that prints the picture "
                "and, after it, a caption"
            )
        picture = Element(
            "div",
            {
                "class": "picture",
                "role": "img",
                "aria-label": self.options["alt"].strip(),
                "data-search-exclude": "",  # or its labels would be found
            },
        )
        picture.text = parts[0].text  # the placeholder of the fence's output
        caption = Element("figcaption")
        numbers = self.md.press_numbers()
        if ("figure", name) in numbers.named:  # it stands in a chapter
            link = {"class": "figure-number", "href": f"#figure-{name}"}
            number = SubElement(caption, "a", link)
            number.text = f"Figure {numbers.of('figure', name)}"
        caption.extend(parts[1:])
        for part in parts:
            block.remove(part)
        block.extend((picture, caption))


class Unclosed(Preprocessor):
    """Finds figure blocks without an end, which would swallow what follows."""

    def run(self, lines: list[str]) -> list[str]:
        opened = ""
        for line in map(str.strip, lines):
            if line.startswith("///") and opened and line.strip("/"):
                break
            if line.startswith("///"):
                opened = line.strip("/") and line
        else:
            if not opened:
                return lines
        raise Fault(
            f"{locate(opened)}: the block {opened!r} is not closed; "
            "end it with a line '///'"
        )


class LeftOver(Treeprocessor):
    """Finds blocks that were not understood.

    Their source would stay in the page, after a misspelt option for instance.
    """

    def run(self, root: Element) -> None:
        for paragraph in root.iter("p"):
            text = (paragraph.text or "").strip()
            if text.startswith("///"):
                line = text.splitlines()[0]
                raise Fault(
                    f"{locate(line)}: the block {line!r} cannot be read; "
                    "write '    alt: >-' below it, "
                    "and the text below that, indented further"
                )


class FigureExtension(BlocksExtension):
    """Registers the block."""

    def extendMarkdownBlocks(self, md: Markdown, block_manager: object) -> None:
        block_manager.register(Figure, self.getConfigs())
        # below fenced code (25), which is out of sight by then
        md.preprocessors.register(Unclosed(md), "press-figure-unclosed", 20)
        md.treeprocessors.register(LeftOver(md), "press-figure-left-over", 15)


makeExtension = FigureExtension  # what Python-Markdown looks for
