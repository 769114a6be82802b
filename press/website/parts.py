"""Gives each chapter's part of the built ledger a page of its own."""

import re

from press.markup.ledger import LEDGER

FOLDER, INDEX = "about/ledger/", LEDGER.replace(".md", ".html")
_PART = re.compile(r"<!-- ledger: ([\w-]+) -->(.*?)<!-- end -->\s*", re.DOTALL)
_HEADING = re.compile(r"<h2[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h2>")
_TAG = re.compile(r"<[^>]+>")


def part_ledger(pages: dict[str, str]) -> None:
    """Part the ledger, and lead to its parts what led to it."""
    whole = pages.get(INDEX, "")
    parts = dict(_PART.findall(whole))
    if not parts:
        return
    names = {stem: _HEADING.search(part)[1] for stem, part in parts.items()}
    # what leads to a heading leads to the page
    heading = re.compile(rf'href="#({"|".join(parts)})"')
    whole = heading.sub(r'href="\1.html"', whole)
    for stem in parts:
        page = _PART.sub(lambda f, own=stem: f[2] * (f[1] == own), whole)
        title = f"<title>{_TAG.sub('', names[stem])} - "
        pages[f"{FOLDER}{stem}.html"] = page.replace("<title>", title, 1)
    pages[INDEX] = _PART.sub(
        lambda f: f'<p><a href="{f[1]}.html">{names[f[1]]}</a></p>\n', whole
    )
    way = re.compile(rf'(href="[^"]*?)index\.html(#({"|".join(parts)})-)')
    for address, text in pages.items():
        if "ledger/index.html#" in text:
            pages[address] = way.sub(r"\1\3.html\2", text)
