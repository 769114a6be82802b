"""The book as a whole: its pages in order, their numbers, where it is kept."""

from pathlib import Path
from xml.etree.ElementTree import Element

from press.reading.numbers import Numbers, count, numbered
from press.reading.source import TITLE

DOCS = Path("docs")
SCRIPTS = DOCS / "assets/explorables"  # one for each kind of figure that moves


class Book:
    """What each page may ask of the others; for the settings see press.markup.

    They are its attributes as well.
    """

    def __init__(
        self,
        nav: list,
        before: list[str],
        unnumbered: list[str],
        repo: str | None = None,
        quiet: list[str] | None = None,
        other: list[str] | None = None,
    ) -> None:
        self.repo = (repo or "").rstrip("/")
        self.quiet, self.other = quiet or [], other or []
        self.order = [*numbered(nav, unnumbered, before)]

    @property
    def numbers(self) -> Numbers:
        """Count, when a page asks for it: it is then the page with a fault."""
        pages = [(number, DOCS / page) for number, page in self.order]
        return count(
            tuple(
                (number, page, page.stat().st_mtime_ns)
                for number, page in pages
                if page.is_file()  # MkDocs reports those that are missing
            )
        )

    def page(self, text: str | Element) -> Path | None:
        """Return the file of a page, by the title in its Markdown or its tree.

        None for what is no page of the navigation, as what a fence prints.
        """
        if isinstance(text, str):
            found = TITLE.search(text)
            title = found[1] if found else ""
        else:
            heading = text.find("h1")
            title = "" if heading is None else "".join(heading.itertext())
        return self.numbers.pages.get(title.strip())

    def source(self, file: str) -> str:
        """Return the address of a file of the project, or "" without one."""
        return f"{self.repo}/blob/HEAD/{file}" if self.repo else ""


def path_of(page: Path) -> str:
    """Return the path of a page below docs/."""
    return page.relative_to(DOCS).as_posix()
