"""Takes the SVGs out of a page, and makes them ready for paper."""

import hashlib
import re
from pathlib import Path

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_NAME = re.compile(r'\baria-label="([^"]*)"')
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*))?\)")
INK = "#1d232a"
PAPER = {"--figure-paper": "#ffffff"}  # paper is whiter than a page
LETTERS = "DejaVu Sans"
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2000/svg",
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
}


def take_pictures(html: str, folder: Path) -> str:
    """Write each SVG of a page to `folder`; leave <img>s in their place.

    It is done before the page is parsed, or viewBox would become viewbox.
    """

    def take(found: re.Match) -> str:
        svg = for_paper(found[0])
        name = f"{hashlib.sha256(svg.encode()).hexdigest()[:16]}.svg"
        (folder / name).write_text(svg, encoding="utf-8")
        named = _NAME.search(found[0][: found[0].index(">")])
        alternative = f' alt="{named[1]}"' if named else ""
        return f'<img data-file="{name}"{alternative}>'

    return _SVG.sub(take, html)


def for_paper(svg: str) -> str:
    """Return an SVG with print's colours and fonts, to stand by itself."""
    svg = _VARIABLE.sub(lambda v: PAPER.get(v[1], v[2] or INK), svg)
    svg = svg.replace("currentColor", INK)
    start, rest = svg[: svg.index(">")], svg[svg.index(">") :]
    missing = "".join(
        f' {name}="{address}"'
        for name, address in _NAMESPACES.items()
        if f"{name}=" not in start
    )
    return f'{start}{missing} font-family="{LETTERS}"{rest}'
