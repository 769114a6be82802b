"""A site of a few lines, and the PDF that is set of it."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from press.pdf.book import set_book
from press.pdf.settings import read_settings
from tests.press.conftest import ROOT

PAGE = """<html><body><article class="md-content__inner md-typeset">
{}</article></body></html>"""
SETTINGS = """\
site_name: A small book
site_description: Of a few lines.
copyright: Free for <a href="https://example.org/">all</a>.
theme: {{name: material, language: en}}
extra: {{pdf: book.pdf}}
{}nav:
"""


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Write a site of the HTML of its articles, enter its project.

    pages: HTML by the page's name; a title is added where there is none.
    """

    def make(pages: dict[str, str], settings: str = "") -> Path:
        pages = {"index": "<p>Home.</p>"} | pages
        site = tmp_path / "site"
        assets = ROOT / "docs/assets"
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(assets / "fonts", site / "assets/fonts")
        shutil.copy(assets / "book.css", site / "assets")
        for name, html in pages.items():
            if "<h1" not in html:
                html = f'<h1 id="{name}">Page {name}</h1>{html}'
            file = site / f"{name}.html"
            file.parent.mkdir(exist_ok=True)
            file.write_text(PAGE.format(html), encoding="utf-8")
        nav = "".join(f"  - {name}.md\n" for name in pages)
        (tmp_path / "mkdocs.yml").write_text(SETTINGS.format(settings) + nav)
        monkeypatch.chdir(tmp_path)
        return site

    return make


@pytest.fixture
def read(make_site: Callable) -> Callable:
    """Set the site of one page, or of several by name, and read its PDF."""

    def read(html: str | dict[str, str], settings: str = "") -> PdfReader:
        pages = html if isinstance(html, dict) else {"one": html}
        site = make_site(pages, settings)
        return PdfReader(io.BytesIO(set_book(read_settings(), site)))

    return read


def text(reader: PdfReader) -> str:
    """Return what a PDF says, in one line."""
    said = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(said.split())


def elements(reader: PdfReader, kind: str) -> list[dict]:
    """Return the elements of the tag tree of a kind, "/Figure" for instance."""
    found = []

    def visit(node: object) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for kid in node:
                visit(kid)
        elif isinstance(node, dict):
            if node.get("/S") == kind:
                found.append(node)
            visit(node.get("/K", []))

    visit(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def links(reader: PdfReader) -> Iterator[tuple[int, dict]]:
    """Yield each link of a PDF with the number of its page, from 0."""
    for number, page in enumerate(reader.pages):
        for reference in page.get("/Annots") or []:
            annotation = reference.get_object()
            if annotation["/Subtype"] == "/Link":
                yield number, annotation


def destination(reader: PdfReader, link: dict) -> int | str:
    """Return the number of the page, or the address, that a link leads to."""
    action = link.get("/A")
    if action and action["/S"] == "/URI":
        return action["/URI"]
    where = link["/Dest"] if "/Dest" in link else action["/D"]
    if isinstance(where, str | bytes):
        where = reader.named_destinations[where].dest_array
    first = list.__getitem__(where.get_object(), 0)  # not resolved
    return reader.get_page_number(first.get_object())
