"""Refuses what would fail some reader, in the sources and in the built site.

MkDocs looks at the links of Markdown alone, and on the system where it runs.
"""

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from press.fault import Fault
from press.reading.book import DOCS
from press.website.steps import read_pages

HEAVY = 300  # kB of a picture, a second of a slow line
PICTURES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
TEXTS = (".css", ".js", ".md", ".py")
_MARK = re.compile(r"`{3,}|\$\$$")
_ID = re.compile(r'<[a-z][^<>]*\sid="?([^"\s>]+)')
_LINK = re.compile(
    r'<([a-z][^<>]*?)\s(?:src|href|action|data|poster)="?([^"\s>]+)'
)
_LET = re.compile(r"a(?:\s|$)|link rel=.?canonical")  # lead elsewhere
_SHEET = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)")
_SCRIPT = re.compile(r"(?<=<script)(\b[^>]*>).*?</script>", re.DOTALL)
_ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
_PICTURE = re.compile(r"(<[^<>]*>)?\s*(<(?:img|svg)\b[^<>]*>)")
_SAID = re.compile(r'aria-hidden="true"|\b(?:alt|aria-label)="[^"]')


def check_sources() -> None:
    """Raise Fault for a file that another system or editor takes otherwise."""
    seen: dict[str, str] = {}
    files = [*DOCS.rglob("*"), *Path("snippets").rglob("*")]
    for file in sorted(file for file in files if file.is_file()):
        place = file.as_posix()
        other = seen.setdefault(place.lower(), place)
        if other != place:
            raise Fault(
                f"{place}: only case tells this name from {other}, and on "
                "some systems it does not; rename one of them"
            )
        data = file.read_bytes() if file.suffix in TEXTS else b""
        try:
            data.decode("ascii" if data.startswith(BOM_UTF8) else "utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise Fault(
                f"{place}:{line}: this is not plain UTF-8; save the file as "
                "UTF-8, without a byte-order mark"
            ) from None
        if file.suffix == ".md":
            _check_ends(place, data.decode())


def _check_ends(place: str, text: str) -> None:
    """Raise Fault for a fence or a display that swallows what follows."""
    opened, start = "", 0
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        mark = _MARK.match(line)
        if line == opened:
            opened = ""
        elif (opened == "$$" and not line) or (
            opened == "```" and mark and mark[0] == opened
        ):
            break
        elif mark and not opened:
            opened, start = mark[0], number
    if opened:
        raise Fault(
            f"{place}:{start}: what begins here is not closed; end it with a "
            f"line '{opened}'"
        )


def check_site(site: Path) -> None:
    """Raise Fault for what a built site must not have."""
    files = {f.relative_to(site).as_posix(): f for f in site.rglob("*")}
    pages = {a: _SCRIPT.sub(r"\1", t) for a, t in read_pages(site).items()}
    ids = {address: Counter(_ID.findall(t)) for address, t in pages.items()}
    wrong = [fault for given in files.items() for fault in _in_file(*given)]
    for address, text in pages.items():
        wrong += _in_page(address, text, files, ids)
    if wrong:
        told = dict.fromkeys(f"{_place(*at)}: {said}" for *at, said in wrong)
        raise Fault("\n".join(told))


# of a file or a page: its address, a pattern for the place, what to say
Faults = Iterator[tuple[str, str, str]]


def _in_file(address: str, file: Path) -> Faults:
    weight = file.stat().st_size // 1000
    if file.suffix in PICTURES and weight > HEAVY:
        said = f"{weight} kB are heavy for a picture; make it {HEAVY} at most"
        yield address, "", said
    text = file.read_text("utf-8") if file.suffix == ".css" else ""
    for link in _SHEET.findall(text):
        yield address, re.escape(link), _elsewhere(link)


def _elsewhere(link: str) -> str:
    return f"{link!r} is on another host; put a copy below docs/"


def _in_page(address: str, text: str, files: dict, ids: dict) -> Faults:
    for name, count in ids[address].items():
        if count > 1:
            said = f"the id {name!r} is given {count} times; rename the others"
            yield address, rf'(?:id="?|#){re.escape(name)}', said
    for tag, link in _LINK.findall(text):
        link, is_met = unescape(link), not _LET.match(tag)
        if is_met and urlsplit(link).netloc:
            yield address, re.escape(link), _elsewhere(link)
        elif not _leads(link, address, files, ids):
            said = "no page, file or heading of the book has this address"
            yield address, re.escape(link), f"{link!r} leads nowhere: {said}"
    for around, picture in _PICTURE.findall("".join(_ARTICLE.findall(text))):
        if not _SAID.search(around + picture):
            words = _LINK.search(picture)
            said = "say what is to be seen, by a figure block or in its alt"
            yield (
                *(address, re.escape(words[2]) if words else "<svg"),
                f"a picture has no text alternative; {said}",
            )


def _leads(link: str, address: str, files: dict, ids: dict) -> bool:
    parts = urlsplit(link)
    path = unquote(urljoin(address, parts.path)) if parts.path else address
    if parts.scheme or path.startswith("/"):  # the host's, or of a lost page
        return True
    name = unquote(parts.fragment)
    return path in files and (not name or name in ids.get(path, name))


def _place(address: str, words: str) -> str:
    """Return the source of a file of the site, by its lines with the words."""
    file = DOCS / address
    for ending in (".md", ".ipynb") if file.suffix == ".html" else ():
        source = file.with_suffix(ending)
        file = source if source.is_file() else file
    if not words or not file.is_file():
        return file.as_posix()
    there = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])")
    lines = file.read_text("utf-8").splitlines()
    found = [n for n, line in enumerate(lines, 1) if there.search(line)]
    return f"{file.as_posix()}:{', '.join(map(str, found))}".rstrip(":")
