"""The figure block: a picture, its text alternative and its caption.

A figure is numbered and linkable, and is written like this:

    /// figure | sigmoid
        alt: >-
            An S-shaped curve rises from 0 to 1 ...

    a fence that prints SVG

    The caption.
    ///

A line `live: activation-explorer` below the alternative lets readers touch it:
docs/assets/explorables/activation-explorer.js says what then happens.

pymdownx.blocks.caption numbers through one page, not through a chapter, puts
the number into the caption's first paragraph, and knows no text alternative.
"""

import re
from itertools import pairwise
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

from markdown.preprocessors import Preprocessor
from pymdownx.blocks.block import Block, type_string

from press.fault import Fault, locate
from press.reading.book import SCRIPTS

_OPENING = re.compile(r"/{3,} figure \| [\w-]+\n(?:alt:(?: >-| \w[^:]*)?$|$)")


class Figure(Block):
    """One figure of the book.

    The first paragraph of the block is the picture, the rest the caption.
    """

    NAME = "figure"
    ARGUMENT = True
    OPTIONS: ClassVar[dict[str, tuple]] = {
        "alt": ("", lambda given: type_string(given or "")),
        "live": ("", type_string),
    }

    def on_create(self, parent: Element) -> Element:
        if live := self.options["live"]:
            if not (SCRIPTS / f"{live}.js").is_file():
                raise Fault(
                    f"{locate(f'figure | {self.argument}')}: there is no "
                    f"{SCRIPTS}/{live}.js to make the figure live; add it, or "
                    "take the line 'live:' away"
                )
            parent = SubElement(parent, live)
        name = f"figure-{self.argument}"
        return SubElement(parent, "figure", {"class": "figure", "id": name})

    def on_end(self, block: Element) -> None:
        name, parts = self.argument, list(block)
        where = f"{locate(f'figure | {name}')}: figure {name!r}"
        alternative = self.options["alt"].strip()
        if not alternative:
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
        seen = {"class": "picture", "role": "img", "aria-label": alternative}
        # or its labels would be found
        picture = Element("div", seen | {"data-search-exclude": ""})
        picture.text = parts[0].text  # the placeholder of the fence's output
        caption = Element("figcaption")
        numbers = self.md.press_book.numbers
        if ("figure", name) in numbers.named:  # it stands in a chapter
            link = {"class": "figure-number", "href": f"#figure-{name}"}
            number = SubElement(caption, "a", link)
            number.text = f"Figure {numbers.of('figure', name)}"
        caption.extend(parts[1:])
        block[:] = [picture, caption]


class Blocks(Preprocessor):
    """Finds blocks that cannot be read, or whose end is missing.

    They would stay in the page as they are, or swallow what follows.
    """

    def run(self, lines: list[str]) -> list[str]:
        opened = ""
        for line, below in pairwise([*map(str.strip, lines), ""]):
            is_end = not line.strip("/")
            if not line.startswith("///") or (is_end and not opened):
                continue
            if opened and not is_end:
                break
            opened = "" if is_end else line
            if opened and not _OPENING.match(f"{line}\n{below}"):
                raise Fault(
                    f"{locate(line)}: the block {line!r} cannot be read; "
                    "write '    alt: >-' below it, "
                    "and the text below that, indented further"
                )
        if not opened:
            return lines
        raise Fault(
            f"{locate(opened)}: the block {opened!r} is not closed; "
            "end it with a line '///'"
        )
