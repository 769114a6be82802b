"""Makes the style sheets of the built site lighter, and puts the fonts in.

The theme's sheets serve every site there is; what names a class or a value that
is found nowhere in this one is left out. The book's own sheet takes its fonts
in: a page that waits for its style then has its letters, too, and no line of
formulas or figures is ever shown in others, or jumps.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

OWN = Path("assets/book.css")
_QUOTED = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_TOKEN = re.compile(rf"(?:{_QUOTED}|\([^()\"']*\)|[^{{}};\"'()]|[()])+|[{{}};]")
_COMMA = re.compile(r",(?![^(]*\))")
_WORD = re.compile(r"[\w-]+")
_VALUES = re.compile(r'="([^"]*)"')
# what a selector asks for: a class, or a value of an attribute
_ASKED = re.compile(r"\.(-?[A-Za-z_][\w-]*)|\[[\w-]+[~|^$*]?=[\"']?([\w-]+)")
_NEGATED = re.compile(r":not\([^()]*(?:\([^()]*\)[^()]*)*\)")
_FONT = re.compile(r'url\("(fonts/[^"]+\.woff2)"\)')
_RIGHT_TO_LEFT = "rtl"  # the scripts know it; the book is written the other way


def lighten(site: Path, pages: dict[str, str]) -> None:
    """Lighten the theme's sheets of a built site; put the fonts into ours."""
    if (site / OWN).is_file():
        (site / OWN).write_text(_with_fonts(site / OWN), encoding="utf-8")
    words: set[str] = set()
    for text in pages.values():
        words.update(_WORD.findall(" ".join(_VALUES.findall(text))))
    for script in (site / "assets").rglob("*.js"):
        words.update(_WORD.findall(script.read_text("utf-8")))
    words.discard(_RIGHT_TO_LEFT)
    for sheet in site.glob("assets/stylesheets/*.css"):
        text = without(sheet.read_text("utf-8"), words)
        sheet.write_text(text, encoding="utf-8")


def _with_fonts(sheet: Path) -> str:
    def inline(url: re.Match[str]) -> str:
        data = base64.b64encode((sheet.parent / url[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    return _FONT.sub(inline, _COMMENT.sub("", sheet.read_text("utf-8")))


def without(sheet: str, words: set[str]) -> str:
    """Return a sheet without rules for what is not among the words."""
    made = []
    tokens = iter(_TOKEN.findall(_COMMENT.sub("", sheet)))
    for token in tokens:
        following = next(tokens, ";") if token not in "{};" else ""
        if following != "{":
            made.append(token + following)
            continue
        body = "".join(_body(tokens))
        if token.startswith(("@media", "@supports")):
            body = without(body, words)
        elif not token.startswith("@"):
            token = ",".join(
                s for s in _COMMA.split(token) if _is_met(s, words)
            )
        if token and body:
            made.append(f"{token}{{{body}}}")
    return "".join(made)


def _body(tokens: Iterator[str]) -> Iterator[str]:
    """Yield what stands between a brace that was opened and its other one."""
    depth = 1
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token, 0)
        if not depth:
            return
        yield token


def _is_met(selector: str, words: set[str]) -> bool:
    asked = _ASKED.findall(_NEGATED.sub("", selector))
    return all((name or value) in words for name, value in asked)
