"""Links that say a number, and links to files of the project; numbered titles.

`[Figure](network.md#figure-xor)` says "Figure 2.2" on the page. A page writes
[CONTRIBUTING.md](../../CONTRIBUTING.md), which works where the repository is
read. On the site the file is not there: the link leads to the repository, or,
where its address is not known, is no link.
"""

import posixpath
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor

from press.fault import Fault, locate
from press.reading.book import DOCS

_NUMBERED = re.compile(r"#(figure|equation)-([\w-]+)$")


class Leave(Treeprocessor):
    """Turns links that leave the folder of the pages."""

    def run(self, root: Element) -> None:
        page = self.md.press_book.page(root)
        for link in root.iter("a") if page else ():
            address = urlsplit(link.get("href", ""))
            path = posixpath.normpath(
                posixpath.join(page.parent.as_posix(), address.path)
            )
            is_outside = not path.startswith(f"{DOCS.as_posix()}/")
            if is_outside and address.path and not address.scheme:
                self.lead(link, path)

    def lead(self, link: Element, path: str) -> None:
        if not Path(path).is_file():
            raise Fault(
                f"{locate(link.get('href'))}: there is no file {path}; write "
                "the way to one from the folder of this page"
            )
        del link.attrib["href"]
        if source := self.md.press_book.source(path):
            link.set("href", source)
        else:
            link.tag = "span"


class Number(Treeprocessor):
    """Numbers a chapter's title, and links that say "Figure" or "Equation"."""

    def run(self, root: Element) -> None:
        numbers = self.md.press_book.numbers
        for link in root.iter("a"):
            target = _NUMBERED.search(link.get("href", ""))
            if target and link.text == target[1].capitalize():
                link.text += f" {numbers.of(*target.groups())}"
        for title in root.iter("h1"):
            words = "".join(title.itertext()).strip()
            if words in numbers.titles:
                # an address without the number, which may change
                title.set("id", slugify(words, "-"))
                number = Element("span", {"class": "chapter-number"})
                number.text = numbers.titles[words]
                number.tail, title.text = f" {title.text}", ""
                title.insert(0, number)
