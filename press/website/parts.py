"""Gives each chapter's part of the built ledger a page of its own."""

import re
from functools import lru_cache

from press.markup.ledger import LEDGER

FOLDER, INDEX = "about/ledger/", LEDGER.replace(".md", ".html")
_PART = re.compile(r"<!-- ledger: ([\w-]+) -->(.*?)<!-- end -->\s*", re.DOTALL)
_HEADING = re.compile(r"<h2[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h2>")
_TAG = re.compile(r"<[^>]+>")


def part_ledger(pages: dict[str, str]) -> None:
    """Part the ledger, and lead to its parts what led to it."""
    parts = parted(pages.get(INDEX, ""))
    pages |= parts
    stems = "|".join(re.escape(address[len(FOLDER) : -5]) for address in parts)
    way = re.compile(rf'(href="[^"]*?)index\.html(#({stems})-)')
    for address, text in pages.items():
        if "ledger/index.html#" in text:
            pages[address] = way.sub(r"\1\3.html\2", text)


@lru_cache(maxsize=1)
def parted(whole: str) -> dict[str, str]:
    """Return the page of each part by its address, and what is left."""
    parts = dict(_PART.findall(whole))
    if not parts:
        return {}
    names = {stem: _HEADING.search(part)[1] for stem, part in parts.items()}
    # what leads to a heading leads to the page
    heading = re.compile(rf'href="#({"|".join(parts)})"')
    whole = heading.sub(r'href="\1.html"', whole)
    made = {}
    for stem in parts:
        page = _PART.sub(lambda f, own=stem: f[2] * (f[1] == own), whole)
        title = f"<title>{_TAG.sub('', names[stem])} - "
        made[f"{FOLDER}{stem}.html"] = page.replace("<title>", title, 1)
    made[INDEX] = _PART.sub(
        lambda f: f'<p><a href="{f[1]}.html">{names[f[1]]}</a></p>\n', whole
    )
    return made
