"""Sets the book: its pages in order, what goes before them and after."""

import datetime
import json
import os
import re
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from bs4 import BeautifulSoup, Tag

from press.fault import Fault
from press.pdf.blocks import BACK, Blocks
from press.pdf.faults import Faults
from press.pdf.fonts import Fonts
from press.pdf.links import Links
from press.pdf.markup import array, escape, label, quote
from press.pdf.page import Page, address, title_of
from press.pdf.settings import Settings

LOOK = Path(__file__).with_name("book.typ")
STYLE = Path("assets/book.css")
FEW = 12  # of what Typst says, as one fault may have hundreds of echoes
PAGE = "// page "  # a comment before each page in the main file
_TERM = re.compile("^term-")
_COLOUR = re.compile(r"--([\w-]+): (?:light-dark\()?(#[0-9a-f]{6})")


class Book:
    """The book, page by page, in a folder where Typst finds it.

    Raises Fault for all that cannot be set.
    """

    def __init__(self, settings: Settings, site: Path, folder: Path) -> None:
        self.settings, self.site, self.folder = settings, site, folder
        self.faults = Faults()
        self.fonts = Fonts(site)
        pages = [
            Page(site, address(file), folder)
            for file in settings.files
            if not self.is_web_only(file)
        ]
        self.pages = {page.address: page for page in pages}
        self.home = pages[0]

    def write(self) -> Path:
        """Write what Typst reads; return the main file."""
        hero = self.find_hero()
        self.links = Links(self.pages, self.settings.base, self.faults)
        self.name_preface()
        notes = count(1)  # through the book: two of its parts may share a page
        walked = {
            page: Blocks(page, self.links, self.fonts, self.faults, notes)
            for page in self.pages.values()
        }
        parts = [self.head(hero, walked[self.home])]
        numbered = False
        for walk in walked.values():
            chapters_end = numbered and not walk.page.number
            numbered = bool(walk.page.number)
            if chapters_end:
                parts.append("#to-new-page")
            parts.append(f"{PAGE}{walk.page.address}\n{walk.convert()}")
            if chapters_end:
                parts.append("#run-on")
        parts += self.on_the_web(), *self.back(walked), self.index(walked)
        self.check_settings()
        self.links.check()
        self.faults.raise_any()
        shutil.copy(LOOK, self.folder)
        palette = self.folder / "palette.json"
        palette.write_text(json.dumps(self.palette()), encoding="utf-8")
        main = self.folder / "main.typ"
        main.write_text("\n\n".join(filter(None, parts)), encoding="utf-8")
        return main

    def check_settings(self) -> None:
        """Note the characters of mkdocs.yml that no font has."""
        settings = self.settings
        for text in (settings.title, settings.description):
            missing = "".join(self.fonts.missing(text))
            if missing:
                message = f"no font has {missing!r} of {text!r}"
                self.faults.add("mkdocs.yml", None, message)

    def palette(self) -> dict[str, str]:
        """Return the site's colours, those of its light scheme."""
        style = (self.site / STYLE).read_text(encoding="utf-8")
        return dict(reversed(_COLOUR.findall(style)))

    def find_hero(self) -> Tag | None:
        """Find the home page's first figure, which the title page shows."""
        hero = self.home.article.find("figure")
        if hero is not None:
            self.home.ids.discard(hero.get("id"))
            # the title page has no number for the index
            for term in hero.find_all("a", "term"):
                term.unwrap()
        return hero

    def name_preface(self) -> None:
        """Name the home page for what it is in a book."""
        self.home.article.h1.string = "Preface"

    def head(self, hero: Tag | None, walk: Blocks) -> str:
        """Return what stands before the first page's text."""
        settings = self.settings
        rights = BeautifulSoup(settings.rights, "html.parser")
        picture = "none"
        if hero is not None:
            caption = walk.blocks(hero.figcaption) if hero.figcaption else ""
            picture = (
                f"hero({walk.picture(hero.find('img'))}, [{caption}], "
                f"{array(walk.notes_of(hero))})"
            )
            hero.extract()
        options = {
            "title": quote(settings.title),
            "description": quote(settings.description),
            "rights": f"[{walk.inlines(rights)}]",
            "date": typst_date(),
            "language": quote(settings.language),
            "source": quote(settings.address) if settings.address else "none",
            "hero": picture,
        }
        given = ", ".join(f"{name}: {value}" for name, value in options.items())
        return f'#import "{LOOK.name}": *\n#show: book.with({given})'

    def is_notebook(self, file: str) -> bool:
        """Say whether a page of nav shows a notebook that lies beside it."""
        return (self.site / file).with_suffix(".ipynb").is_file()

    def is_web_only(self, file: str) -> bool:
        """Say whether a page of nav is left to the website."""
        return file in self.settings.web_only or self.is_notebook(file)

    def on_the_web(self) -> str:
        """Return the list of what is left to the website."""
        files = [*filter(self.is_web_only, self.settings.files)]
        if not files:
            return ""
        told = "These stand on the book\u2019s website alone."
        folders = {Path(f).parent for f in files if self.is_notebook(f)}
        for folder in sorted(folders):
            told += (
                " The notebooks run in Jupyter, from the folder "
                f"`docs/{folder.as_posix()}` of the repository."
            )
        items = ", ".join(map(self.web_entry, files))
        return f"{chapter('On the website')}\n\n{told}\n\n#terms({items})"

    def web_entry(self, file: str) -> str:
        """Return the title of a page left to the website, and what it is."""
        title, description = title_of(self.site, address(file))
        where = self.links.on_the_web(address(file))
        shown = f"#link({where})[{escape(title)}]"
        if self.is_notebook(file):
            shown += f", `{Path(file).with_suffix('.ipynb').name}`"
        return f"defined([{shown}], [{escape(description)}])"

    def back(self, walked: dict[Page, Blocks]) -> Iterator[str]:
        """Yield the parts that stand at the back, page by page."""
        for part, title in BACK.items():
            made = [
                f"#heading(level: 2, outlined: false, bookmarked: true)"
                f"[{walk.title}]\n\n" + "\n\n".join(walk.back[part])
                for walk in walked.values()
                if walk.back[part]
            ]
            if made:
                yield "\n\n".join([chapter(title), *made])

    def index(self, walked: dict[Page, Blocks]) -> str:
        """Return the index of the terms that the glossary explains."""
        entries = sorted(
            entry
            for page, walk in walked.items()
            for term in page.article.find_all("dt", id=_TERM)
            if (entry := self.index_entry(page, walk, term))
        )
        made = array([f"({', '.join(entry[1:])})" for entry in entries])
        return f"{chapter('Index')}\n\n#index({made})" if entries else ""

    def index_entry(
        self, page: Page, walk: Blocks, term: Tag
    ) -> tuple[str, str, str, str]:
        """Return a term's place in the order, name, entry and introduction."""
        name = term.get_text().partition(" (")[0].strip()
        introduced = [
            destination
            for link in term.find_next_sibling("dd").find_all("a", href=True)
            if (destination := self.links.place(page, link))
        ]
        where = label(page.anchor(term["id"]))
        return name.lower(), quote(name), where, array(introduced)


def chapter(title: str) -> str:
    """Return the heading of a chapter that the site does not have."""
    return f"#heading(level: 1)[{title}]"


def typst_date() -> str:
    """Return the date of the commit, as an expression."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return "none"
    date = datetime.datetime.fromtimestamp(int(seconds), datetime.UTC)
    return f"datetime(year: {date.year}, month: {date.month}, day: {date.day})"


def compile_pdf(main: Path, fonts: Path) -> bytes:
    """Return the PDF that Typst makes of a main file with these fonts.

    It is accessible by the standard PDF/UA-1. Raises Fault for what Typst
    cannot set, or warns of.
    """
    try:
        pdf, warnings = typst.compile_with_warnings(
            main,
            root=main.parent,
            font_paths=[fonts],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(os.environ.get("SOURCE_DATE_EPOCH") or 0),
        )
    except typst.TypstError as error:
        raise Fault(told(main, [error])) from None
    if warnings:
        raise Fault(told(main, warnings))
    return pdf


def told(main: Path, errors: list) -> str:
    """Return what Typst says of the main file, with the pages meant."""
    lines = main.read_text(encoding="utf-8").splitlines()
    said = "\n".join(error.diagnostic or error.message for error in errors)
    places = [int(n) for n in re.findall(rf"{main.name}:(\d+)", said)]
    for picture in re.findall(r"\w+\.svg", said):
        places += [n for n, line in enumerate(lines, 1) if picture in line]
    pages = dict.fromkeys(page_at(lines, place) for place in places)
    where = ", ".join(pages) or "the book"
    # without the lines of the main file, which may be long
    short = re.findall(r"^ *(?:= )?(?:error|warning|hint): .*", said, re.M)
    first = list(dict.fromkeys(short))[:FEW]
    return "\n  ".join((f"{where}: Typst cannot set the PDF", *first))


def page_at(lines: list[str], place: int) -> str:
    """Return the page that a line of the main file belongs to."""
    above = (x for x in reversed(lines[:place]) if x.startswith(PAGE))
    return next(above, "the title page").removeprefix(PAGE)


def set_book(settings: Settings, site: Path) -> bytes:
    """Return the PDF of a built site.

    Raises Fault for all that cannot be set, with page and element.
    """
    with TemporaryDirectory(prefix="press-pdf-") as folder:
        book = Book(settings, site, Path(folder))
        return compile_pdf(book.write(), book.fonts.folder)
