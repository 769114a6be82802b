"""Cuts a long formula into pieces between which a line may be broken.

Browsers break no formula, and on a phone a long one would be cut off. So each
piece becomes a <math> of its own that begins with a relation or a sign: where
all fit they stand in one line, and where not, the next line begins with "=" or
"+". How wide a formula is can only be guessed here; a test in a browser
measures all of them.
"""

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring, tostring

Row = list[Element]
Groups = list[list[str]]  # pieces; a line is rather broken between groups

NARROW = 11.0  # ems that a phone has for a display, beside its number
LINE = 14.0  # ems of a line of text
_RELATIONS = set("=≠<>≤≥≈≡∼∝∈←→⇒⇔")
_SIGNS = set("+−-±∓")
_PRODUCTS = set("·⋅×⊙∗")
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
_CLOSING = {")": "(", "]": "[", "}": "{"}
_NEVER = 9
# of HTML, but not of XML
_ENTITY = re.compile(r"&(?!lt;|gt;|amp;|quot;)\w+;")


def cut(mathml: str, room: float) -> Groups:
    """Return the pieces of a formula: itself alone, if it is not wide."""
    math = _read(mathml)
    if _width(math) <= room:
        return [[mathml]]
    return _groups(math, list(math), room)


def cut_lines(mathml: str) -> list[list[Groups]] | None:
    """Return the pieces of lines aligned at a sign, each a left, a right side.

    None for what is narrow, or is no such lines.
    """
    math = _read(mathml)
    rows = [list(row) for row in math.findall("mtable/mtr")]
    if (
        len(math) != 1
        or _width(math) <= NARROW
        or any(len(row) != 2 for row in rows)
        or "text-align: right" not in rows[0][0].get("style", "")
    ):
        return None
    return [[_groups(math, list(cell), NARROW) for cell in row] for row in rows]


def is_wide(side: Groups) -> bool:
    """Whether a side is too wide to stand beside another."""
    return sum(_width(_read(p)) for pieces in side for p in pieces) > NARROW / 2


def _read(mathml: str) -> Element:
    return fromstring(_ENTITY.sub(lambda e: html.unescape(e[0]), mathml))


def _math(whole: Element, piece: Row) -> str:
    attributes = {"data-tex": whole.get("data-tex", "")}
    if whole.get("display") == "block":
        attributes["displaystyle"] = "true"
    math = Element("math", attributes)
    math.extend(piece)
    return tostring(math, "unicode", short_empty_elements=False)


def _groups(math: Element, row: Row, room: float) -> Groups:
    groups: list[Row] = [[]]
    for element in row:
        groups[-1].append(element)
        if element.tag == "mspace" and _width(element) >= 1:
            groups.append([])
    return [
        [_math(math, piece) for piece in _pieces(group, room)]
        for group in filter(None, groups)
    ]


def _pieces(row: Row, room: float) -> list[Row]:
    """Cut a row at its relations and signs; further in only if one must."""
    pieces = [row] if row else []
    for rank in range(3):
        pieces = [
            part
            for piece in pieces
            for part in (
                _cut_at(piece, rank)
                if rank == 0 or sum(map(_width, piece)) > room
                else [piece]
            )
        ]
    return pieces


def _cut_at(row: Row, rank: int) -> list[Row]:
    pieces: list[Row] = [[]]
    for element, place in zip(row, _ranks(row), strict=True):
        if place <= rank and pieces[-1]:
            pieces.append([])
            element.set("form", "infix")  # or it would lose its spaces
        pieces[-1].append(element)
    return pieces


def _ranks(row: Row) -> Iterator[int]:
    """Yield how unwelcome a new line is before each part of a row."""
    opened: list[str] = []
    for element in row:
        sign = element.text if element.tag == "mo" else ""
        bar_closes = sign == "|" and "|" in opened
        if opened and (opened[-1] == _CLOSING.get(sign) or bar_closes):
            opened.pop()
        rank = _NEVER
        if sign in _RELATIONS or _is_between(element, _SIGNS):
            rank = len(opened)
        elif _is_between(element, _PRODUCTS):
            rank = len(opened) + 1
        yield rank
        if sign in ("(", "[", "{") or (sign == "|" and not bar_closes):
            opened.append(sign)


def _is_between(element: Element, signs: set[str]) -> bool:
    """Whether it is such a sign between two terms, not that of -1."""
    return (
        element.tag == "mo"
        and element.text in signs
        and element.get("lspace") != "0"
    )


def _width(element: Element) -> float:
    """Guess how wide a part of a formula is, in ems, rather too wide."""
    parts = list(map(_width, element))
    if element.tag == "mspace":
        return float(element.get("width", "0").removesuffix("em") or 0)
    if element.tag == "mo":
        text = element.text or ""
        spaced = text in _RELATIONS or _is_between(element, _SIGNS | _PRODUCTS)
        return 1.2 if spaced else 0.35 * len(text)
    if element.tag in ("mi", "mn", "mtext"):
        return 0.55 * len(element.text or "")
    if element.tag == "mfrac":
        return max(parts) + 0.2
    if element.tag in _SCRIPTS:
        return parts[0] + 0.7 * max(parts[1:])
    if element.tag == "mtable":
        rows = [list(map(_width, row)) for row in element]
        columns = max(map(len, rows))
        return sum(
            max(row[i] for row in rows if i < len(row)) + 0.4
            for i in range(columns)
        )
    return sum(parts)
