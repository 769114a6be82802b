"""Each figure as a file of its own, for slides and sheets.

A page with a line such as

    <!-- figures: Introduction to Neural Networks, CC BY-NC-SA 4.0 -->

gets a list of them all there, each shown small, from its file and not before it
is in sight. Each file says what stands behind the colon.
"""

import posixpath
import re
from pathlib import Path

INK = "#1d232a"  # of figures, whose ground is white
LETTERS = "DejaVu Sans, Verdana, sans-serif"
FOLDER = "figures"
_ASKED = re.compile(r"<!-- figures: (.*?) -->")
_START = (
    f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" font-family="{LETTERS}"'
)
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*))?\)|(currentColor)")
_TITLE = re.compile(r'<h1 id="[^"]*">(.*?)<a class="headerlink"', re.DOTALL)
_FIGURE = re.compile(
    r'<figure [^>]*id="figure-([\w-]+)".*?</figure>', re.DOTALL
)
_PICTURE = re.compile(
    r'aria-label="([^"]*)"[^>]*>\s*(<svg\b.*?</svg>)', re.DOTALL
)
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r'<a class="figure-number"[^>]*>(.*?)</a>')


def alone(svg: str) -> str:
    """Return an SVG of a page as one that stands by itself, on white."""
    colours = {"--figure-paper": "white"}
    text = _VARIABLE.sub(lambda v: colours.get(v[1], v[2] or INK), svg)
    return text.replace("<svg", _START, 1)


def add_figures(site: Path, pages: dict[str, str]) -> None:
    """Write the figures' files, and their list where a page asks for it."""
    for asking, text in pages.items():
        if asked := _ASKED.search(text):
            here = posixpath.dirname(asking)
            lines = {}
            for address, page in pages.items():
                named = write_figures(site, page, asked[1])
                if named:
                    way = posixpath.relpath(address, here)
                    title = _TITLE.search(page)[1].strip()
                    links = " ".join(
                        _link(posixpath.relpath(file, here), number)
                        for file, number in named.items()
                    )
                    number = next(iter(named.values()))
                    first = [*map(int, _DIGITS.findall(number))]
                    lines[f'<a href="{way}">{title}</a> {links}'] = first
            items = "".join(
                f"<li>{line}</li>" for line in sorted(lines, key=lines.get)
            )
            pages[asking] = text.replace(
                asked[0], f'<ul class="figures">{items}</ul>'
            )


def _link(file: str, number: str) -> str:
    """Return a link to a figure's file, which shows it."""
    return (
        f'<a href="{file}" download>'
        f'<img src="{file}" alt="" aria-hidden="true" loading="lazy">'
        f"{number}</a>"
    )


def write_figures(site: Path, page: str, said: str) -> dict[str, str]:
    """Write the numbered figures of a page; return their numbers, by file."""
    named = {}
    for figure in _FIGURE.finditer(page):
        picture, number = _PICTURE.search(figure[0]), _NUMBER.search(figure[0])
        if picture and number:
            file = f"{FOLDER}/{figure[1]}.svg"
            named[file] = number[1]
            start, sign, rest = alone(picture[2]).partition(">")
            told = f"<desc>{picture[1]}</desc><metadata>{said}, {number[1]}"
            (site / FOLDER).mkdir(exist_ok=True)
            text = f"{start}{sign}{told}</metadata>{rest}"
            (site / file).write_text(text, encoding="utf-8")
    return named
