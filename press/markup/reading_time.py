"""Says below the title of a chapter how long it takes to read.

A rough guide: 200 words of running text a minute, which is slow for prose and
right for thinking along; a displayed formula counts as 10 seconds, a figure as
20, a line of code as 2. What is folded away, and footnotes, are not counted. A
page that holds `<!-- reading time -->` says there how long all chapters take,
once all of them are built; `<!-- minutes: neuron.md network.md -->` does so for
some.
"""

import math
import re
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, INLINE_PLACEHOLDER_RE

from press.fault import Fault

WORDS_A_SECOND = 200 / 60
SECONDS = {"equation": 10, "figure": 20, "line": 2}
TOTAL = "<!-- reading time -->"
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_SOME = re.compile(r"<!-- minutes: (.*?) -->")
_TIME = re.compile(r'class="reading-time[^>]*>(\d+) minute')


class ReadingTime(Treeprocessor):
    """Adds the time to a page whose title is that of a chapter."""

    def run(self, root: Element) -> None:
        title = root.find("h1")
        words = "" if title is None else "".join(title.itertext()).strip()
        if words in self.md.press_book.numbers.titles:
            minutes = math.ceil(self.seconds(root) / 60)
            time = Element("p", {"class": "reading-time no-print"})
            time.set("data-search-exclude", "")
            time.text = f"{minutes} minute{'s' * (minutes > 1)} to read"
            root.insert(list(root).index(title) + 1, time)

    def seconds(self, element: Element) -> float:
        """Count what a reader reads in `element` and below it."""
        unread = ("picture", "backed no-print", "footnote")
        if element.tag == "details" or element.get("class") in unread:
            return 0
        kind = "figure" if element.tag == "figure" else element.get("class")
        text = f"{element.text or ''} {element.tail or ''}"
        return (
            SECONDS.get(kind, 0)
            + len(INLINE_PLACEHOLDER_RE.sub("", text).split()) / WORDS_A_SECOND
            + self.lines_of_code(text) * SECONDS["line"]
            + sum(map(self.seconds, element))
        )

    def lines_of_code(self, text: str) -> int:
        """Count the lines of the code blocks that `text` stands for."""
        blocks = self.md.htmlStash.rawHtmlBlocks
        found = (
            blocks[int(number)]
            for number in HTML_PLACEHOLDER_RE.findall(text)
            if int(number) < len(blocks)
        )
        return sum(
            code.count("\n")
            for block in found
            if isinstance(block, str) and 'class="highlight"' in block
            for code in _CODE.findall(block)  # beside it may be a table
        )


def add_total(pages: dict[str, str]) -> None:
    """Fill in, over the built pages, how long some or all chapters take."""
    times = {
        address: int(found[1])
        for address, text in pages.items()
        if (found := _TIME.search(text))
    }
    total = about(sum(times.values()))

    def minutes(asked: re.Match) -> str:
        chapters = asked[1].replace(".md", ".html").split()
        for chapter in chapters:
            if chapter not in times:
                raise Fault(f"{asked[0]}: {chapter} is no chapter with a time")
        return f"{sum(times[chapter] for chapter in chapters)} minutes"

    for address, text in pages.items():
        pages[address] = _SOME.sub(minutes, text.replace(TOTAL, total))


def about(minutes: int) -> str:
    """Say a time in words, to the half hour: about an hour and a half."""
    hours, half = divmod(max(1, round(minutes / 30)), 2)
    if hours == 0:
        return "about half an hour"
    if hours == 1:
        return "about an hour" + " and a half" * half
    return f"about {hours}{'½' * half} hours"
