"""Live preview: after an edit, only what depends on it is made anew.

The first build makes all pages. Then a page is made anew if its key changes:
its text, the code that it includes or that its fences read, what tests quote of
it, numbers, glossary or references. Other edits, of settings or pictures, make
everything anew, and one of the press starts MkDocs again. The ledger is that of
the last such build, and PDF and EPUB are the last of all.

A book that does not build is served, too: each page shows on its top what is
wrong, until it is mended.
"""

import html
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from mkdocs.commands import build as mkdocs
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from press.fault import Fault, tell
from press.markup.backing import Page as Backed
from press.markup.ledger import LEDGER
from press.reading.book import DOCS, Book, path_of
from press.reading.claims import Quotations, quotations
from press.running.execution import OUTPUTS, fences, read_as_now
from press.running.notebook import cells, job, read
from press.running.worker import Job
from press.website.edition import SITE
from press.website.sound import check_sources
from press.website.steps import preview, read_pages, write_pages

IMPORTS = "import press.__main__, press.markup, press.website.notebooks"
SHARED = ("docs/about/references.md", "docs/glossary.md")
EMPTY = "<!doctype html><html lang='en'><title>The book</title><body></body>"
BANNER = (
    '<pre role="alert" style="position: fixed; inset: 0 0 auto; z-index: 9; '
    "margin: 0; padding: 1em; background: #b00020; color: white; "
    'font-size: 16px; white-space: pre-wrap">{}</pre>'
)
PAGES = (".md", ".ipynb")
_INCLUDED = re.compile(r'--8<-- "([^":]+)')
_BODY = re.compile(r"<body[^>]*>")


class Live(logging.Handler):
    """What is being served; hears what MkDocs warns of meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.made: dict = {}  # of MkDocs: config, files, nav and env
        self.keys: dict[str, list] = {}  # of each page, by its address
        self.others: dict[str, int] = {}
        self.pages: dict[str, str] = {}  # as MkDocs wrote them
        self.told: list[str] = []
        self.again: Callable[[], None] = lambda: None  # asks for a rebuild

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning."""
        self.told.append(record.getMessage())

    def build(self, config: MkDocsConfig, **options: object) -> None:
        """Make everything, in the place of MkDocs' own build."""
        self.keys, self.made = {}, {"config": config}
        self.others = others()

        def make() -> None:
            mkdocs.build(config, **options)
            for last in SITE.glob(f"{config.extra.get('paper')}.*"):
                shutil.copy(last, config.site_dir)
            self.pages = read_pages(Path(config.site_dir))
            self.keys = self.new_keys()

        self.attempt(make)

    def rebuild(self, builder: Callable[[], None]) -> None:
        """Make anew what depends on an edit; builder: makes everything."""
        changed = dict(others().items() ^ self.others.items())
        if any(file.startswith("press/") for file in changed):
            self.attempt(self.restart)
        elif changed or not self.keys:
            self.attempt(builder)
        else:
            self.attempt(self.refresh)

    def restart(self) -> None:
        """Start MkDocs again, if the press can be imported."""
        command = [sys.executable, "-c", IMPORTS]
        tried = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if tried.returncode:
            raise Fault(tried.stderr.strip().rpartition("\n")[2])
        OUTPUTS.close()
        shutil.rmtree(self.made["config"].site_dir)
        command = [sys.executable, "-m", "mkdocs", *sys.argv[1:]]
        os.execv(sys.executable, command)

    def new_keys(self) -> dict[str, list]:
        """Return the keys of all pages that are made anew by themselves."""
        settings = self.made["config"].mdx_configs["press.markup"]
        numbers = Book(**settings).numbers
        shared = [dict(numbers.named), dict(numbers.titles), _times(*SHARED)]
        return {
            page.file.dest_uri: [shared, *key(DOCS / page.file.src_uri)]
            for page in self.documents()
        }

    def documents(self) -> list[Page]:
        files = self.made["files"].documentation_pages()
        return [file.page for file in files if file.src_uri != LEDGER]

    def refresh(self) -> None:
        """Make a page whose key is another one, and ask for the next."""
        new = self.new_keys()
        stale = [
            page
            for page in self.documents()
            if new[page.file.dest_uri] != self.keys[page.file.dest_uri]
        ]
        if not stale:
            return
        page = max(stale, key=edited)
        address = page.file.dest_uri
        OUTPUTS.expect(jobs_of(DOCS / page.file.src_uri))
        config, files, nav, env = map(
            self.made.get, ("config", "files", "nav", "env")
        )
        mkdocs._populate_page(page, config, files)
        mkdocs._build_page(page, config, files.documentation_pages(), nav, env)
        page.validate_anchor_links(files=files, log_level=logging.WARNING)
        self.pages[address] = Path(page.file.abs_dest_path).read_text("utf-8")
        if not self.told:
            # its fences may have read other files than before
            own = key(DOCS / page.file.src_uri)
            self.keys[address] = [*new[address][:1], *own]
            if len(stale) > 1:
                self.again()

    def attempt(self, make: Callable[[], None]) -> None:
        """Make pages; show them, or above them what is wrong."""
        self.told.clear()
        logging.getLogger("mkdocs").addHandler(self)
        try:
            check_sources()
            make()
        except Exception as error:
            self.told.append(tell(error))
            print(f"press: {tell(error)}", file=sys.stderr)
        finally:
            logging.getLogger("mkdocs").removeHandler(self)
        shown = preview(self.pages)
        if self.told:
            banner = BANNER.format(
                html.escape("\n".join(self.told), quote=False)
            )
            for page in DOCS.rglob("*.md"):
                address = page.relative_to(DOCS).with_suffix(".html")
                shown.setdefault(address.as_posix(), EMPTY)
            for address, text in shown.items():
                shown[address] = _BODY.sub(
                    lambda body: body[0] + banner, text, count=1
                )
        site = Path(self.made["config"].site_dir)
        write_pages(site, shown, read_pages(site))


LIVE = Live()


def _times(*files: str | Path) -> dict[str, int]:
    """Return when files were changed, of those that are there."""
    there = [Path(file) for file in files if Path(file).is_file()]
    return {file.as_posix(): file.stat().st_mtime_ns for file in there}


def others() -> dict[str, int]:
    """Return when all was changed that is not of some pages alone.

    Of pages it counts that they are there, as their keys tell the rest.
    """
    found = _times("mkdocs.yml", *DOCS.rglob("*"), *Path("press").rglob("*"))
    pages = dict.fromkeys((f for f in found if f.endswith(PAGES)), 0)
    return {f: t for f, t in found.items() if "__pycache__" not in f} | pages


def key(file: Path) -> list:
    """Return all that a page is made of by itself."""
    text = file.read_text(encoding="utf-8")
    ran = [read_as_now(job) for job in jobs_of(file)]
    if file.suffix == ".ipynb":
        return [text, ran]
    backing = quoted(path_of(file), text, quotations())
    return [text, ran, backing, _times(*_INCLUDED.findall(text))]


def jobs_of(file: Path) -> list[Job]:
    """Return all that a page runs."""
    if file.suffix == ".ipynb":
        return [job([*cells(file, read(file))])]
    return [Job((code,)) for code in fences(file.read_text(encoding="utf-8"))]


def edited(page: Page) -> int:
    """Return when a page, or the code of the same name, was last edited."""
    word = Path(page.file.src_uri).with_suffix("")
    files = DOCS / page.file.src_uri, Path("snippets", word).with_suffix(".py")
    return max(file.stat().st_mtime_ns for file in files if file.is_file())


@lru_cache(maxsize=128)
def quoted(path: str, text: str, by: Quotations) -> list:
    """Return what backs a page, by name."""
    backed = Backed(path, text).backed
    return [(n, [test.words for test in c.tests]) for n, c in backed]
