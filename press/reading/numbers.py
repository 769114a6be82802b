"""Numbers chapters, figures and equations by their order in the navigation.

A page of the navigation is a chapter; a section of it is a chapter too, whose
first page bears its number and whose other pages are 3.1, 3.2 and so on. What
may be skipped before the first chapter has the pages 0.1, 0.2 and so on.
Figures are counted through a chapter, and so are equations. An author names
them, a figure in its block, an equation by TeX's own \\label{xor}.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from press.fault import Fault, locate
from press.reading.source import CODE, TITLE

# how each kind of thing that is counted bears its name in a page
_NAMED = {
    "figure": re.compile(r"^ *///+ (figure \| ([\w-]+)) *$", re.MULTILINE),
    "equation": re.compile(r"(\\label\{([\w-]+)\})"),
}


class Numbers:
    """The number of each chapter, by its title, and each thing, by its name.

    pages: each page of the book with its number, "2" or "3.1", in order; a
    page that is no chapter has "".
    Raises Fault for a page without a title and for a name given twice.
    """

    def __init__(self, pages: tuple[tuple[str, Path, int], ...]) -> None:
        self.titles: dict[str, str] = {}
        self.pages: dict[str, Path] = {}  # of all pages, by title, in order
        # "3.2" for ("figure", "tanh") and so on
        self.named: dict[tuple[str, str], str] = {}
        self.counts: Counter[tuple[str, str]] = Counter()
        for number, page, changed in pages:
            text = page.read_text(encoding="utf-8")
            title = title_of(page, changed)
            if not title and number:
                raise Fault(
                    f"{page.as_posix()}: this page has no title; "
                    "a chapter starts with a line '# ...'"
                )
            self.pages[title or page.stem] = page
            if number:
                self.titles[title] = number
                self._count(number.partition(".")[0], CODE.sub("", text))

    def _count(self, chapter: str, text: str) -> None:
        for kind, pattern in _NAMED.items():
            for source, name in pattern.findall(text):
                if (kind, name) in self.named:
                    raise Fault(
                        f"{locate(source)}: two {kind}s are "
                        f"named {name!r}; give one of them another name"
                    )
                self.counts[kind, chapter] += 1
                count = self.counts[kind, chapter]
                self.named[kind, name] = f"{chapter}.{count}"

    def of(self, kind: str, name: str) -> str:
        """Return a number; raise Fault if no chapter has what is asked for.

        kind: "figure" or "equation".
        """
        if (kind, name) not in self.named:
            article = "an" if kind == "equation" else "a"
            raise Fault(
                f"{locate(f'{kind}-{name}')}: no chapter in the navigation "
                f"has {article} {kind} named {name!r}"
            )
        return self.named[kind, name]


count = lru_cache(maxsize=1)(Numbers)  # once a build, and anew after an edit


@lru_cache(maxsize=256)
def title_of(page: Path, changed: int) -> str:
    """Return the title of a page, or of a notebook; "" if it has none."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        try:
            text = "".join(json.loads(text)["cells"][0]["source"])
        except (ValueError, LookupError, TypeError):  # its page will say so
            return ""
    title = TITLE.search(text)
    return title[1].strip() if title else ""


def numbered(
    nav: list, unnumbered: list[str], before: list[str]
) -> Iterator[tuple[str, str]]:
    """Yield the number and the path of each page; "" for what is no chapter.

    unnumbered, before: pages, or folders with a slash at their end.
    """
    chapter = part_before = 0
    for entry in nav:
        part = 0
        for page in paths(entry):
            if _is_in(page, before):
                part_before += 1
                yield f"0.{part_before}", page
            elif _is_in(page, unnumbered):
                yield "", page
            else:
                chapter += not part
                yield f"{chapter}.{part}" if part else str(chapter), page
                part += 1


def _is_in(page: str, places: list[str]) -> bool:
    folders = tuple(name for name in places if name.endswith("/"))
    return page in places or page.startswith(folders)


def paths(entry: str | dict | list) -> Iterator[str]:
    """Yield the pages of an entry of the navigation, in order.

    It is a path, or a title with a path, or a title with more entries.
    """
    if isinstance(entry, str):
        yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from paths(part)
