"""Where the links of the book lead: into the PDF, or out of it."""

from collections.abc import Iterator
from urllib.parse import urljoin

from bs4 import Tag

from press.pdf.faults import Faults
from press.pdf.markup import label, quote
from press.pdf.page import Page, tags


class Links:
    """The links between the pages of the book.

    pages: those that are printed, by their addresses.
    site_address: where the site is on the web, or "".
    """

    def __init__(
        self, pages: dict[str, Page], site_address: str, faults: Faults
    ) -> None:
        self.pages, self.site_address = pages, site_address
        self.faults = faults
        self.led: dict[str, tuple[Page, Tag]] = {}  # the links to each anchor
        self.landed: set[str] = set()  # anchors that are in the PDF
        self.wanted: set[tuple[str, str]] = set()
        for page in pages.values():
            self.wanted.update(self._wanted_by(page))

    def _wanted_by(self, page: Page) -> Iterator[tuple[str, str]]:
        """Yield the places that a page leads to, and those of its terms."""
        for tag in tags(page.article):
            if tag.name == "a" and tag.has_attr("href"):
                target = self._in_book(page, tag["href"])
                if target:
                    yield target
            elif tag.name == "dt" and tag.has_attr("id"):
                yield page.address, tag["id"]  # the index leads there

    def _in_book(self, page: Page, href: str) -> tuple[str, str] | None:
        address, fragment = page.resolve(href)
        if address not in self.pages:
            return None
        return address, fragment or self.pages[address].top

    def destination(self, page: Page, link: Tag) -> str | None:
        """Return where a link leads, as an expression, or None for nowhere.

        Nowhere is where only the site has what it leads to, and nobody knows
        where the site is.
        """
        target = self._in_book(page, link["href"])
        if target is None:
            return self._outside(page, link)
        address, fragment = target
        there = self.pages[address]
        if fragment in there.ids:
            anchor = there.anchor(fragment)
            self.led.setdefault(anchor, (page, link))
            return label(anchor)
        if fragment not in there.left_out:
            message = f"{address} has nothing with the id {fragment!r}"
            self.faults.add(page.address, link, message)
        return self.on_the_web(f"{address}#{fragment}")

    def place(self, page: Page, link: Tag) -> str | None:
        """Return the place in print that a link leads to, or None."""
        target = self._in_book(page, link["href"])
        if target is None or target[1] not in self.pages[target[0]].ids:
            return None
        return self.destination(page, link)

    def _outside(self, page: Page, link: Tag) -> str | None:
        address, fragment = page.resolve(link["href"])
        if "://" in address or address.startswith("mailto:"):
            return quote(address)
        if not (page.site / address).exists():
            message = f"it leads to {address}, which the site does not have"
            self.faults.add(page.address, link, message)
        return self.on_the_web(address + ("#" + fragment) * bool(fragment))

    def on_the_web(self, address: str) -> str | None:
        """Return where the site has something, or None if nobody knows."""
        if not self.site_address:
            return None
        return quote(urljoin(self.site_address, address))

    def check(self) -> None:
        """Note the links to what bears an id on its page but not in print."""
        for anchor, (page, link) in self.led.items():
            if anchor not in self.landed:
                message = f"nothing that can be set bears the id of {anchor}"
                self.faults.add(page.address, link, message)

    def is_wanted(self, page: Page, id: str) -> bool:
        """Whether any link leads to this id."""
        return (page.address, id) in self.wanted
