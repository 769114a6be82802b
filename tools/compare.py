"""What a change does to the site: `python -m tools.compare before site page`.

Prints a summary in Markdown: sizes, figures that changed, and times, which are
handed over as "what=seconds". Writes a page that shows each changed figure as
it was and as it is, side by side; it needs no other file. (pytest-mpl compares
with pictures or hashes that are committed; here no output is.)
"""

import gzip
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

# those of the chapters, and those that cells of a notebook draw
_FIGURE = re.compile(
    r'<figure[^>]* id="(figure-[\w-]+)".*?</figure>'
    r'|<div class="picture" id="(picture-[\w-]+)".*?</div>',
    re.DOTALL,
)
_PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)
# what refers to an id, and the ids themselves, which two pictures may share
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_NOTHING = "<p>There was none.</p>", "<p>There is none any more.</p>"
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Changed figures</title>
<style>
body {{ font-family: sans-serif; color: #222; background: #fff; }}
section > div {{ display: flex; gap: 2rem; }}
section > div > div {{ flex: 1; }}
svg {{ width: 100%; height: auto; }}
</style>
<h1>Changed figures</h1>
{sections}
</html>
"""
_SECTION = """<section>
<h2>{name}</h2>
<div>
<div><h3>Before</h3>{old}</div>
<div><h3>Now</h3>{new}</div>
</div>
</section>
"""


class Change(NamedTuple):
    """A figure, by its address on the site, as it was and as it is.

    "" where there was none, or where there is none any more.
    """

    name: str
    old: str
    new: str


def figures(site: Path) -> dict[str, str]:
    """Return the SVG of every figure of a built site, by its address."""
    return dict(_figures(site))


def _figures(site: Path) -> Iterator[tuple[str, str]]:
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        path = page.relative_to(site).as_posix()
        for figure in _FIGURE.finditer(text):
            pictures = "\n".join(_PICTURE.findall(figure[0]))
            yield f"{path}#{figure[1] or figure[2]}", pictures


def changes(before: Path, now: Path) -> list[Change]:
    """Return what differs between the figures of two built sites, in order."""
    old, new = figures(before), figures(now)
    return [
        Change(name, old.get(name, ""), new.get(name, ""))
        for name in sorted(old | new)
        if old.get(name) != new.get(name)
    ]


def side_by_side(changed: list[Change]) -> str:
    """Return a page that shows what changed; it needs no other file."""
    sections = [
        _SECTION.format(
            name=escape(name),
            old=_ID.sub(r"\1before-", old) or _NOTHING[0],
            new=new or _NOTHING[1],
        )
        for name, old, new in changed
    ]
    return _PAGE.format(sections="".join(sections) or "<p>None changed.</p>")


def sizes(site: Path) -> dict[str, str]:
    """Return how large a built site is, in parts that a reader would notice."""
    pages = [_compressed(page) for page in site.rglob("*.html")]
    files = [file.stat().st_size for file in site.rglob("*") if file.is_file()]
    found = {
        "pages": str(len(pages)),
        "figures": str(len(figures(site))),
        "whole site": f"{sum(files) / 1e6:.2f} MB",
        "largest page, compressed": f"{max(pages, default=0) / 1e3:.1f} kB",
    }
    for kind in ("pdf", "epub"):
        for file in site.glob(f"*.{kind}"):
            found[kind.upper()] = f"{file.stat().st_size / 1e6:.2f} MB"
    return found


def _compressed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), mtime=0))


def summary(before: Path, now: Path, times: dict[str, str]) -> str:
    """Return sizes, changed figures and times as Markdown."""
    new = sizes(now)
    old = sizes(before) if before.is_dir() else {}
    lines = ["## What this changes", "", "| | before | now |", "|:--|--:|--:|"]
    lines += [f"| {n} | {old.get(n, '-')} | {new[n]} |" for n in new]
    lines += ["", "| took | seconds |", "|:--|--:|"]
    lines += [
        f"| {what} | {seconds or '-'} |" for what, seconds in times.items()
    ]
    lines += [""]
    if not old:
        return "\n".join([*lines, "The site as it was could not be built.", ""])
    changed = changes(before, now)
    lines += [f"Figures that changed: {len(changed)}.", ""]
    for name, was, is_now in changed:
        kind = "changed" if was and is_now else "gone" if was else "new"
        lines.append(f"- {name}: {kind}")
    return "\n".join([*lines, ""])


def main(before: str, now: str, page: str, *times: str) -> int:
    """Print the summary, write the page; return the exit code, 0 or 1."""
    if not Path(now).is_dir():
        print(f"press: there is no site in {now}; make site", file=sys.stderr)
        return 1
    taken = dict(time.split("=", 1) for time in times)
    changed = changes(Path(before), Path(now)) if Path(before).is_dir() else []
    Path(page).write_text(side_by_side(changed), encoding="utf-8")
    print(summary(Path(before), Path(now), taken))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
