"""Reads a page of the built site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from press.fault import Fault
from press.mathml import join_pieces
from press.pdf.code import take_code
from press.pdf.picture import take_pictures

_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_TITLE = re.compile(r"<h1\b.*?</h1>", re.DOTALL)
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
# by class; what is web-only, a browser's print still shows
_LEFT_OUT = {"no-print", "web-only", "headerlink", "footnote-backref"}
_SILENT = {"script", "style", "template"}


def address(file: str) -> str:
    """Return where the site has the page that a file of nav becomes."""
    return str(PurePosixPath(file).with_suffix(".html"))


@dataclass(eq=False)
class Page:
    """One page of the built site, without what is not printed.

    site: the folder of the built site.
    address: "activation/sigmoid.html", relative to it.
    folder: where the pictures go.
    Raises Fault for a page that is not there or has no title.
    """

    site: Path
    address: str
    folder: Path
    ids: set[str] = field(init=False)  # of what is printed
    left_out: set[str] = field(init=False)  # ids of what is not
    code: list[str] = field(init=False)  # its blocks of code

    def __post_init__(self) -> None:
        ids = _ids(self.article)
        for element in list(filter(_is_left_out, tags(self.article))):
            element.extract()
        self.ids = _ids(self.article)
        self.left_out = ids - self.ids

    @cached_property
    def article(self) -> Tag:
        """Return the page's text, its SVGs replaced by <img data-file>."""
        found = _ARTICLE.search(_read(self.site, self.address))
        if not found:
            raise Fault(f"{self.address}: the page has no <article>")
        html = take_pictures(found[0], self.folder)
        html, self.code = take_code(html)
        article = BeautifulSoup(html, "html.parser").article
        join_pieces(article)
        if article.h1 is None or not article.h1.get("id"):
            raise Fault(f"{self.address}: the page has no <h1> with an id")
        return article

    @property
    def top(self) -> str:
        """Return the id of the page's title."""
        return self.article.h1["id"]

    @property
    def number(self) -> str:
        """Return "3" for a chapter, "3.1" for a page of it, "" for others."""
        number = self.article.h1.find("span", "chapter-number")
        return number.get_text() if number else ""

    @property
    def depth(self) -> int:
        """Return 1 for a page within a chapter, 0 for others.

        0.1 is within none.
        """
        return int("." in self.number and not self.number.startswith("0."))

    def anchor(self, id: str) -> str:
        """Return a name for an id that no other page has."""
        return f"{self.address.removesuffix('.html')}#{id}"

    def resolve(self, href: str) -> tuple[str, str]:
        """Return the address and the fragment that a link of it leads to.

        The address is relative to the site, or another site's as it stands.
        """
        if urlsplit(href).scheme:
            return href, ""
        parts = urlsplit(urljoin(f"http://site/{self.address}", href))
        return unquote(parts.path).lstrip("/"), unquote(parts.fragment)


def title_of(site: Path, address: str) -> tuple[str, str]:
    """Return title and description of a page that is not printed itself.

    Raises Fault for a page that is not there or has no title.
    """
    html = _read(site, address)
    found, told = _TITLE.search(html), _DESCRIPTION.search(html)
    if not found:
        raise Fault(f"{address}: the page has no <h1>")
    title = BeautifulSoup(found[0], "html.parser")
    for link in title.find_all("a", "headerlink"):
        link.extract()
    description = unescape(told[1]) if told else ""
    return " ".join(title.get_text().split()), description


def _read(site: Path, address: str) -> str:
    file = site / address
    if not file.is_file():
        raise Fault(f"{address}: the site has no such page")
    return file.read_text(encoding="utf-8")


def _is_left_out(element: Tag) -> bool:
    return (
        element.name in _SILENT
        or element.has_attr("hidden")
        or not _LEFT_OUT.isdisjoint(element.get("class", ()))
    )


def _ids(element: Tag) -> set[str]:
    return {tag["id"] for tag in tags(element) if tag.has_attr("id")}


def tags(element: Tag) -> Iterator[Tag]:
    """Yield all elements within one, faster than find_all does."""
    return (node for node in element.descendants if isinstance(node, Tag))
