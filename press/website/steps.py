"""The steps over the built site, in their order, in one pass over its pages."""

from pathlib import Path

from press.markup.reading_time import add_total
from press.website.blanks import take_blanks
from press.website.explorables import add_scripts
from press.website.figures import add_figures
from press.website.files import take_files
from press.website.moved import add_moved
from press.website.parts import part_ledger
from press.website.policy import write_policy
from press.website.sheets import lighten

Pages = dict[str, str]  # the HTML of each page, by its address


def read_pages(site: Path) -> Pages:
    """Return the pages of a built site."""
    files = sorted(site.rglob("*.html"))
    return {f.relative_to(site).as_posix(): f.read_text("utf-8") for f in files}


def write_pages(site: Path, pages: Pages, before: Pages) -> None:
    """Write the pages that are not as they were before."""
    for address, text in pages.items():
        if text != before.get(address):
            (site / address).parent.mkdir(parents=True, exist_ok=True)
            (site / address).write_text(text, encoding="utf-8")


def finish(site: Path, home: str = "") -> None:
    """Take all steps. home: the site's address, if it is known.

    Raises Fault, before a page is written, for what an author can mend.
    """
    before = read_pages(site)
    pages = dict(before)
    take_files(site, pages)
    add_total(pages)
    part_ledger(pages)
    add_figures(site, pages)
    add_moved(pages, home)
    add_scripts(pages)
    take_blanks(pages)
    lighten(site, pages)
    write_policy(site, pages)
    write_pages(site, pages, before)


def preview(pages: Pages) -> Pages:
    """Return pages after those steps that an author sees the result of."""
    pages = dict(pages)
    add_total(pages)
    part_ledger(pages)
    add_scripts(pages)
    return pages
