"""Numbers chapters, figures and equations by their order in the navigation.

A page of the navigation is a chapter; a section of it is a chapter too, whose
first page bears its number and whose other pages are 3.1, 3.2 and so on. What
may be skipped before the first chapter has the pages 0.1, 0.2 and so on.
Figures are counted through a chapter, and so are equations. An author names
them, a figure in its block, an equation by TeX's own \\label{xor}, and writes
`[Figure](network.md#figure-xor)`; the page then says "Figure 2.2".
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor

from press import notebook
from press.fault import Fault, locate
from press.source import CODE

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
# how each kind of thing that is counted bears its name in a page
_NAMED = {
    "figure": re.compile(r"^ *///+ (figure \| ([\w-]+)) *$", re.MULTILINE),
    "equation": re.compile(r"(\\label\{([\w-]+)\})"),
}
_LINK = re.compile(r"#(figure|equation)-([\w-]+)$")


class Numbers:
    """The number of each chapter, by its title, and each thing, by its name.

    pages: each page of the book with its number, "2" or "3.1", in order; a
    page that is no chapter has "".
    Raises Fault for a page without a title and for a name given twice.
    """

    def __init__(self, pages: Iterable[tuple[str, Path]]) -> None:
        self.titles: dict[str, str] = {}
        self.pages: dict[str, Path] = {}  # of all pages, by title, in order
        # "3.2" for ("figure", "tanh") and so on
        self.named: dict[tuple[str, str], str] = {}
        counts: Counter[tuple[str, str]] = Counter()
        for number, page in pages:
            text = page.read_text(encoding="utf-8")
            title = _title(text, page, is_chapter=bool(number))
            self.pages[title] = page
            if not number:
                continue
            self.titles[title] = number
            chapter = number.partition(".")[0]
            for kind, pattern in _NAMED.items():
                for source, name in pattern.findall(CODE.sub("", text)):
                    if (kind, name) in self.named:
                        raise Fault(
                            f"{locate(source)}: two {kind}s are "
                            f"named {name!r}; give one of them another name"
                        )
                    counts[kind, chapter] += 1
                    self.named[kind, name] = (
                        f"{chapter}.{counts[kind, chapter]}"
                    )

    def of(self, kind: str, name: str) -> str:
        """Return a number; raise Fault if no chapter has what is asked for.

        kind: "figure" or "equation".
        """
        if (kind, name) not in self.named:
            raise Fault(
                f"{locate(f'{kind}-{name}')}: no chapter in the navigation "
                f"has {_article(kind)} {kind} named {name!r}"
            )
        return self.named[kind, name]


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _title(text: str, page: Path, is_chapter: bool) -> str:
    if page.suffix == ".ipynb":
        return notebook.title(page)
    title = _TITLE.search(text)
    if title is None and not is_chapter:
        return page.stem  # it takes its title from elsewhere
    if title is None:
        raise Fault(
            f"{page.as_posix()}: this page has no title; "
            "a chapter starts with a line '# ...'"
        )
    return title[1].strip()


class NumberTitlesAndLinks(Treeprocessor):
    """Numbers a chapter's title, and links that say "Figure" or "Equation"."""

    def __init__(self, md: Markdown, numbers: Callable[[], Numbers]) -> None:
        super().__init__(md)
        self.numbers = numbers

    def run(self, root: Element) -> None:
        for title in root.iter("h1"):
            self.number_title(title)
        for link in root.iter("a"):
            target = _LINK.search(link.get("href", ""))
            if target and link.text == target[1].capitalize():
                link.text += f" {self.numbers().of(*target.groups())}"

    def number_title(self, title: Element) -> None:
        words = "".join(title.itertext()).strip()
        if words in self.numbers().titles:
            # an address without the number, which may change
            title.set("id", slugify(words, "-"))
            number = Element("span", {"class": "chapter-number"})
            number.text = self.numbers().titles[words]
            number.tail, title.text = f" {title.text}", ""
            title.insert(0, number)


class NumberingExtension(Extension):
    """Counts through the navigation, and tells figures and equations."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "nav": [[], "the site's navigation"],
            "docs": ["docs", "the folder of the pages"],
            "unnumbered": [
                [],
                "pages of the navigation that are no chapters, or folders/",
            ],
            "before": [[], "pages before the first chapter, or folders/"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        md.press_numbers = lambda: self.numbers
        # below MathML (15), above the table of contents (5)
        md.treeprocessors.register(
            NumberTitlesAndLinks(md, lambda: self.numbers),
            "press-numbering",
            10,
        )

    @cached_property
    def numbers(self) -> Numbers:
        """Count, when a page asks for it: it is then the page with a fault."""
        docs = Path(self.getConfig("docs"))
        pages = [
            (number, docs / page, (docs / page).stat().st_mtime_ns)
            for number, page in _numbered(
                self.getConfig("nav"),
                self.getConfig("unnumbered"),
                self.getConfig("before"),
            )
            if (docs / page).is_file()  # MkDocs reports those that are missing
        ]
        return _numbers(tuple(pages))


@lru_cache(maxsize=1)
def _numbers(pages: tuple[tuple[str, Path, int], ...]) -> Numbers:
    """Count once for all pages of a build, and anew when one has changed."""
    return Numbers((number, page) for number, page, _ in pages)


def _numbered(
    nav: list, unnumbered: list, before: list
) -> Iterator[tuple[str, str]]:
    """Yield the number and the path of each page; "" for what is no chapter.

    An entry is a path, or a title with a path, or a title with more entries.
    """
    chapter = part_before = 0
    for entry in nav:
        pages = [*paths(entry)]
        for page in pages:
            if _is_in(page, before):
                part_before += 1
                yield f"0.{part_before}", page
        pages = [page for page in pages if not _is_in(page, before)]
        numbered = [page for page in pages if not _is_in(page, unnumbered)]
        chapter += bool(numbered)
        for page in pages:
            part = numbered.index(page) if page in numbered else None
            number = f"{chapter}.{part}" if part else str(chapter)
            yield ("" if part is None else number), page


def _is_in(page: str, unnumbered: list) -> bool:
    folders = tuple(name for name in unnumbered if name.endswith("/"))
    return page in unnumbered or page.startswith(folders)


def paths(entry: str | dict | list) -> Iterator[str]:
    """Yield the pages of an entry of the navigation, in order."""
    if isinstance(entry, str):
        yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from paths(part)


makeExtension = NumberingExtension  # what Python-Markdown looks for
