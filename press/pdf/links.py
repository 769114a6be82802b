"""Where the links of the book lead: into the PDF, or out of it."""

from collections.abc import Iterator

from bs4 import Tag

from press.pdf.faults import Faults
from press.pdf.markup import label, quote
from press.pdf.page import Page, tags


class Links:
    """The links between the pages of the book.

    pages: those that are printed, by their addresses.
    base: what goes before an address on the site: where the site is on the
        web or, if nobody knows, the way from the PDF to it.
    """

    def __init__(
        self, pages: dict[str, Page], base: str, faults: Faults
    ) -> None:
        self.pages, self.base = pages, base
        self.faults = faults
        self.led: dict[str, tuple[Page, Tag]] = {}  # the links to each anchor
        self.landed: set[str] = set()  # anchors that are in the PDF
        self.terms: dict[str, str] = {}  # labels of the glossary's entries
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
                self.terms[tag["id"]] = label(page.anchor(tag["id"]))
                yield page.address, tag["id"]  # the index leads there

    def _in_book(self, page: Page, href: str) -> tuple[str, str] | None:
        address, fragment = page.resolve(href)
        if address not in self.pages:
            return None
        return address, fragment or self.pages[address].top

    def destination(self, page: Page, link: Tag) -> str:
        """Return where a link leads, as an expression."""
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

    def _outside(self, page: Page, link: Tag) -> str:
        address, fragment = page.resolve(link["href"])
        if "://" in address or address.startswith("mailto:"):
            return quote(address)
        if not (page.site / address).exists():
            message = f"it leads to {address}, which the site does not have"
            self.faults.add(page.address, link, message)
        return self.on_the_web(address + ("#" + fragment) * bool(fragment))

    def on_the_web(self, address: str) -> str:
        """Return where the site has something, as an expression."""
        return quote(self.base + address)

    def check(self) -> None:
        """Note the links to what bears an id on its page but not in print."""
        for anchor, (page, link) in self.led.items():
            if anchor not in self.landed:
                message = f"nothing that can be set bears the id of {anchor}"
                self.faults.add(page.address, link, message)

    def is_wanted(self, page: Page, id: str) -> bool:
        """Whether any link leads to this id."""
        return (page.address, id) in self.wanted
