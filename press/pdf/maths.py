"""The MathML of a page to Typst's mathematics.

Strict: what it does not know is a fault, never a hole in a formula. It knows
what math-core makes of TeX.
"""

import re
import unicodedata
from collections.abc import Callable

from bs4 import Tag

from press.pdf.markup import quote

ACCENTS = {
    **dict.fromkeys("ˆ^\u0302", "hat"),
    **dict.fromkeys("˜~\u0303", "tilde"),
    **dict.fromkeys("¯‾\u0304\u0305", "macron"),
    **dict.fromkeys("→\u20d7", "arrow"),
    "˙": "dot",
    "¨": "dot.double",
    "ˇ": "caron",
    "˘": "breve",
    "´": "acute",
    "`": "grave",
    "˚": "circle",
}
BRACES = {
    "⏟": "underbrace",
    "⏞": "overbrace",
    "⎵": "underbracket",
    "⎴": "overbracket",
}
FENCES = set("()[]{}|‖⟨⟩⌊⌋⌈⌉⟦⟧⟮⟯⎰⎱/\\↑↓↕⇑⇓⇕")
BIG = set("∑∏∐∫∬∭∮∯∰⋃⋂⋁⋀⨁⨂⨀⨄⨆")
ARROWS = set("→←⇒⇐↔⇔↦↪↩")
APPLY = "\u2061"  # between a function's name and what it is applied to
NOTHING = "\u2063"  # a fence that is not there
INVISIBLE = {APPLY, NOTHING, "\u2062", "\u2064", ""}
# a letter and one of these: the calligraphic or the script form
FORMS = {"\ufe00": "cal", "\ufe01": "scr"}
_SPECIAL = set("\\#$\"&_^/'()[]{},;:.|!<>=-*~`@+")


class MathsError(ValueError):
    """MathML that has no known form in Typst."""


def formula(math: Tag) -> str:
    """Return a <math> element as Typst's mathematics, without its dollars.

    Raises MathsError for an element that is not known.
    """
    parts = _parts(math)
    if len(parts) == 1 and parts[0].name == "mtable":
        return _rows(parts[0])
    return _sequence(math)


def _parts(element: Tag) -> list[Tag]:
    """Return the elements within one, but for empty spaces."""
    return [
        part
        for part in element.contents
        if isinstance(part, Tag) and (part.name != "mspace" or part.attrs)
    ]


def _sequence(element: Tag) -> str:
    parts = _parts(element)
    if _is_fenced(element, parts):
        return _fenced(parts)
    return _joined(parts)


def _joined(parts: list[Tag]) -> str:
    return " ".join(
        filter(None, (_node(p, _is_applied(parts, p)) for p in parts))
    )


def _is_applied(parts: list[Tag], part: Tag) -> bool:
    """Whether a part is the name of a function that is applied."""
    place = next(i for i, other in enumerate(parts) if other is part)
    after = parts[place + 1 : place + 2]
    return bool(after) and after[0].get_text() == APPLY


def _is_fenced(element: Tag, parts: list[Tag]) -> bool:
    return (
        element.name == "mrow"
        and len(parts) >= 2
        and _stretches(parts[0])
        and _stretches(parts[-1])
    )


def _stretches(part: Tag) -> bool:
    return (
        part.name == "mo"
        and part.get("stretchy") != "false"
        and not part.get("minsize")
        and part.get_text() in FENCES | {NOTHING}
    )


def _fenced(parts: list[Tag]) -> str:
    """Set what stands between two fences that grow with it."""
    inner = [
        f"mid({_escape(part.get_text())})"
        if part.name == "mo" and part.get("stretchy") == "true"
        else _node(part, _is_applied(parts, part))
        for part in parts[1:-1]
    ]
    first, last = (
        _escape(part.get_text()) if part.get_text() != NOTHING else ""
        for part in (parts[0], parts[-1])
    )
    return f"lr({' '.join(filter(None, (first, *inner, last)))})"


def _escape(text: str) -> str:
    return " ".join("\\" + sign if sign in _SPECIAL else sign for sign in text)


def _letters(text: str) -> str:
    """Set upright words glyph by glyph.

    Around a quoted string Typst would keep the spaces of the source.
    """
    glyphs = (
        "#h(0.25em)"
        if sign in " \u00a0\u2009"
        else sign
        if sign.isalnum()
        else f'class("normal", {_escape(sign)})'
        for sign in text
    )
    return f"upright({' '.join(glyphs)})"


def _node(element: Tag, applied: bool = False) -> str:
    make = MAKERS.get(element.name)
    if make is None:
        raise MathsError(f"<{element.name}> is not known in formulas")
    return make(element, applied)


def _identifier(element: Tag, applied: bool) -> str:
    text = element.get_text()
    if text[1:] in FORMS:
        letter = unicodedata.normalize("NFKC", text[0])
        return f"{FORMS[text[1:]]}({letter})"
    if len(text) == 1:
        upright = element.get("mathvariant") == "normal"
        return f"upright({_escape(text)})" if upright else _escape(text)
    if applied:
        return f"op({quote(text)})"
    return _letters(text) if text.isascii() else _escape(text)


def _number(element: Tag, _: bool) -> str:
    return element.get_text()


def _text(element: Tag, _: bool) -> str:
    part = element.find(True)
    if part and part.name == "a":
        raise MathsError("a formula cannot refer to another; link to it")
    letters = _letters(element.get_text())
    if part and part.name == "b":
        return f"bold({letters})"
    if part and part.name == "i":
        return "italic" + letters.removeprefix("upright")
    return letters


def _operator(element: Tag, _: bool) -> str:
    text = element.get_text()
    if text in INVISIBLE:
        return ""
    size = element.get("minsize")
    sized = f"lr(size: #{size}, {_escape(text)})" if size else _escape(text)
    if text in ("|", "‖"):
        classes = {"prefix": "opening", "postfix": "closing"}
        kind = classes.get(element.get("form"), "normal")
        return f'class("{kind}", {sized})'
    if size:
        return sized
    if re.fullmatch(r"[A-Za-z ]{2,}", text):
        return f"op({quote(text)})"
    if _is_tight(element):  # a sign, not an operation
        return f'class("normal", {_escape(text)})'
    return sized


def _is_tight(element: Tag) -> bool:
    """Whether no space stands around an operator, like that of -1 or 1,000."""
    spaces = {element.get("lspace"), element.get("rspace")}
    return spaces == {"0"} or (
        element.get_text() == "," and element.get("rspace") == "0"
    )


def _row(element: Tag, applied: bool) -> str:
    parts = _parts(element)
    made = (
        _node(parts[0], applied or element.name == "mpadded")
        if len(parts) == 1
        else _sequence(element)
    )
    return _in_style(element, made)


def _in_style(element: Tag, made: str) -> str:
    style = {"true": "display", "false": "inline"}
    name = style.get(element.get("displaystyle"))
    return f"{name}({made})" if name else made


def _space(element: Tag, _: bool) -> str:
    width = element.get("width")
    if not width:
        margin = re.search(
            r"margin-left:\s*([-\d.]+em)", element.get("style", "")
        )
        width = margin[1] if margin else ""
    return f"#h({width})" if width not in ("", "0") else ""


def _fraction(element: Tag, _: bool) -> str:
    above, below = map(_node, _parts(element))
    if element.get("linethickness") == "0":
        return f"mat(delim: #none, {above}; {below})"
    return _in_style(element, f"frac({above}, {below})")


def _root(element: Tag, _: bool) -> str:
    if element.name == "msqrt":
        return f"sqrt({_sequence(element)})"
    body, degree = map(_node, _parts(element))
    return f"root({degree}, {body})"


def _phantom(element: Tag, _: bool) -> str:
    return f"#hide[${_sequence(element)}$]"


def _enclosed(element: Tag, _: bool) -> str:
    notation = element.get("notation", "")
    body = _joined([p for p in _parts(element) if not p.get("class")])
    if notation == "box":
        return (
            "#box(stroke: .5pt, inset: (x: 5pt, y: 6pt), baseline: 6pt, "
            f"$display({body})$)"
        )
    if notation.endswith("strike"):
        return f"cancel({body})"
    raise MathsError(f"<menclose notation={notation!r}> is not known")


# --- what stands above and below ---


def _scripts(element: Tag, applied: bool) -> str:
    """Set indices and exponents."""
    base, *scripts = _parts(element)
    text = base.get_text()
    made = _base(base, applied) if text else "zws"
    if text in BIG or applied or made.startswith("op("):
        made = f"scripts({made})"
    marks = {"msub": "_", "msup": "^"}.get(element.name, "_^")
    return made + _marked(marks, scripts)


def _marked(marks: str, scripts: list[Tag]) -> str:
    pairs = zip(marks, scripts, strict=True)
    return "".join(f"{mark}({_node(script)})" for mark, script in pairs)


def _base(base: Tag, applied: bool) -> str:
    made = _node(base, applied)
    if len(_parts(base)) > 1 and base.name in ("mrow", "mstyle"):
        # {ab}^2: the script belongs to both
        return made if made.startswith("lr(") else f'class("normal", {made})'
    return made


def _limits(element: Tag, applied: bool) -> str:
    """Set what is above or below: limits, accents, braces, arrows' labels."""
    base, *scripts = _parts(element)
    marks = {"munder": "_", "mover": "^"}.get(element.name, "_^")
    if len(scripts) == 1:
        special = _accent(element, base, scripts[0])
        if special:
            return special
    if base.name == "mo" and base.get_text() in ARROWS:
        made = f"stretch({base.get_text()})"
        return made + _marked(marks, list(map(_label, scripts)))
    made = _base(base, applied)
    moves = base.get("movablelimits") != "false"
    if not (base.get_text() in BIG and moves):
        made = f"limits({made})"
    return made + _marked(marks, scripts)


def _label(element: Tag) -> Tag:
    """Unwrap an arrow's label, which math-core gives a least width."""
    parts = element.find_all(True, recursive=False)
    wraps = element.name in ("mover", "munder") and parts[1].name == "mspace"
    return parts[0] if wraps else element


def _accent(element: Tag, base: Tag, mark: Tag) -> str:
    """Set a brace with its label, a line or an accent; or return ""."""
    sign = mark.get_text()
    if sign in BRACES and mark.name == "mo":
        return f"{BRACES[sign]}({_node(base)})"
    inner = _parts(base)
    if base.name == element.name and inner[1].get_text() in BRACES:
        brace = BRACES[inner[1].get_text()]
        return f"{brace}({_node(inner[0])}, {_node(mark)})"
    if element.get("accentunder") == "true":
        return f"underline({_node(base)})"
    if element.get("accent") != "true":
        return ""
    if sign in "_\u0332" or (
        ACCENTS.get(sign) == "macron" and mark.get("stretchy") == "true"
    ):
        return f"overline({_node(base)})"
    if sign not in ACCENTS:
        raise MathsError(f"the accent U+{ord(sign):04X} is not known")
    return f"accent({_node(base)}, {ACCENTS[sign]})"


# --- tables ---


def _cells(table: Tag) -> list[list[Tag]]:
    """Return the cells of each row, without those that only fill the line."""
    return [
        [c for c in _parts(row) if not _style(c).startswith("width: 50%")]
        for row in _parts(table)
    ]


def _style(cell: Tag) -> str:
    return cell.get("style", "")


def _is_aligned(rows: list[list[Tag]]) -> bool:
    """Whether columns come in pairs that meet at an equals sign."""
    return any("text-align: right" in _style(c) for row in rows for c in row)


def _rows(table: Tag) -> str:
    """Set a table that is a whole display, by Typst's own alignment."""
    rows = _cells(table)
    ruled = any("border" in _style(c) for row in rows for c in row)
    aligned = _is_aligned(rows)
    if ruled or not (aligned or table.get("displaystyle") == "true"):
        return _table(table)
    return " \\\n".join(map(_line, rows))


def _line(row: list[Tag]) -> str:
    made = _sequence(row[0])
    for place, cell in enumerate(row[1:], start=1):
        apart = "#h(2em) " if place % 2 == 0 else ""
        made += f" & {apart}{_sequence(cell)}"
    return made


def _table(table: Tag, _: bool = False) -> str:
    rows = _cells(table)
    large = table.get("displaystyle") == "true"
    if _is_aligned(rows):
        lines = (
            ", ".join(
                f"& {made}" if place % 2 else f"{made} &"
                for place, made in enumerate(_made(row, large))
            )
            for row in rows
        )
        return f"mat(delim: #none, column-gap: #0.2em, {'; '.join(lines)})"
    options = "delim: #none" + _alignment(rows) + _rules(rows)
    lines = (", ".join(_made(row, large)) for row in rows)
    return f"mat({options}, {'; '.join(lines)})"


def _made(row: list[Tag], large: bool) -> list[str]:
    made = map(_sequence, row)
    return [f"display({m})" for m in made] if large else list(made)


def _alignment(rows: list[list[Tag]]) -> str:
    styles = [_style(cell) for row in rows for cell in row]
    if all("text-align: left" in style for style in styles):
        return ", align: #left, row-gap: #0.5em, column-gap: #1em"
    return ""


def _rules(rows: list[list[Tag]]) -> str:
    upright = [
        str(place)
        for place, cell in enumerate(rows[0], start=1)
        if "border-right" in _style(cell)
    ]
    level = [
        str(place)
        for place, row in enumerate(rows)
        if place and row and "border-top" in _style(row[0])
    ]
    if not upright + level:
        return ""
    lines = ("".join(f"{n}, " for n in found) for found in (level, upright))
    return (
        ", augment: #(hline: ({}), vline: ({}), stroke: .5pt), "
        "column-gap: #0.8em, row-gap: #0.5em"
    ).format(*lines)


MAKERS: dict[str, Callable[[Tag, bool], str]] = {
    "mi": _identifier,
    "mn": _number,
    "mtext": _text,
    "mo": _operator,
    "mrow": _row,
    "mpadded": _row,
    "mstyle": _row,
    "mspace": _space,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root,
    "mphantom": _phantom,
    "menclose": _enclosed,
    "msub": _scripts,
    "msup": _scripts,
    "msubsup": _scripts,
    "munder": _limits,
    "mover": _limits,
    "munderover": _limits,
    "mtable": _table,
}
