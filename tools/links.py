"""Asks every other site that the book links to: `python -m tools.links`.

Links within the book are checked on every build and by tests/book; this is for
those that change without us, and nothing else in this project asks another
host for anything.
"""

import re
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

import requests

SECONDS = 30
_LINK = re.compile(r'href="?(https?://[^\s">]+)')
# what sites answer to programs and not to readers
_REFUSALS = {401, 403, 405, 406, 418, 429, 503, 999}


def external(site: Path) -> dict[str, str]:
    """Return addresses on other sites, each with a page that links to it."""
    found: dict[str, str] = {}
    for page in sorted(site.rglob("*.html")):
        path = page.relative_to(site).as_posix()
        for address in _LINK.findall(page.read_text(encoding="utf-8")):
            found.setdefault(unescape(address).partition("#")[0], path)
    return found


def fault(address: str) -> str:
    """Return what is wrong with an address, or "" if it answers."""
    agent = {"User-Agent": "Mozilla/5.0 (a book's link checker)"}
    try:
        with requests.get(
            address, timeout=SECONDS, headers=agent, stream=True
        ) as answer:
            code = answer.status_code
    except requests.RequestException as error:
        return type(error).__name__
    return "" if code < 400 or code in _REFUSALS else f"answers {code}"


def broken(addresses: Iterable[str]) -> dict[str, str]:
    """Return the addresses that lead nowhere, each with what is wrong."""
    addresses = list(addresses)
    with ThreadPoolExecutor(8) as pool:
        faults = zip(addresses, pool.map(fault, addresses), strict=True)
        return {address: said for address, said in faults if said}


def main(site: str = "site") -> int:
    """Print what is broken, with its page; return the exit code, 0 or 1."""
    pages = external(Path(site))
    if not pages:
        print(f"press: no links in {site}; make site", file=sys.stderr)
        return 1
    wrong = broken(pages)
    for address, said in wrong.items():
        print(f"press: {pages[address]}: {address} {said}", file=sys.stderr)
    print(f"press: {len(pages) - len(wrong)} of {len(pages)} addresses answer")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
