"""The book as a whole: its source, and the site that is made of it."""

import subprocess
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from press.reading.source import CODE
from press.running.notebook import read

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


class _Settings(yaml.SafeLoader):
    """Reads mkdocs.yml; the tags that only MkDocs understands become None."""


_Settings.add_multi_constructor("", lambda *_: None)


def settings_of_the_book() -> dict:
    """Return what mkdocs.yml says."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Settings)


def navigation() -> list[str]:
    """Return the pages of the book in reading order."""

    def pages(entry):
        if isinstance(entry, str):
            yield entry
        else:  # a list, or a title with what it stands for
            for part in entry.values() if isinstance(entry, dict) else entry:
                yield from pages(part)

    return list(pages(settings_of_the_book()["nav"]))


def chapters() -> list[str]:
    """Return the pages that are chapters: between the home page and the end."""
    around = ("index.md", "where_next.md", "notation.md", "glossary.md")
    around += ("notebooks/", "about/")
    return [page for page in navigation() if not page.startswith(around)]


def notebooks() -> list[str]:
    """Return the pages that show a notebook."""
    return [page for page in navigation() if page.startswith("notebooks/")]


def source(page: str) -> str:
    """Return the Markdown of a page."""
    return (DOCS / page).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """Return the Markdown of a page or a notebook, without code blocks."""
    if page in notebooks():
        text = "\n\n".join(
            cell.source
            for cell in read(DOCS / page).cells
            if cell.cell_type == "markdown"
        )
    else:
        text = source(page)
    return CODE.sub("", text)


def parsed(folder: Path) -> dict[str, BeautifulSoup]:
    """Return each page of a site, by its path in docs/, parsed."""
    return {
        page: BeautifulSoup(
            (folder / page).with_suffix(".html").read_text("utf-8"),
            "html.parser",
        )
        for page in navigation()
    }


def dry_run(*wanted: str, folder: Path = ROOT) -> str:
    """Return what make would run."""
    done = subprocess.run(
        ["make", "--dry-run", *wanted],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="session")
def site(site_folder: Path) -> dict[str, BeautifulSoup]:
    """Return each page of the book's site."""
    return parsed(site_folder)
