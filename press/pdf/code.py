"""A block of code, in the colours that the page gives it."""

import re
from html import unescape

from press.pdf.markup import array, quote

# Material's colours, by the first letters of Pygments' classes; on paper names,
# operators and punctuation are plain
PLAIN = "plain"
WIDTH = 94  # characters that fit into a line
NARROW = 66  # the same in a box
COLOURS = {
    "c": "comment",
    "sd": "comment",
    "k": "keyword",
    "kc": "constant",
    "s": "string",
    "se": "special",
    "sr": "special",
    "m": "number",
    "nb": "constant",
    "bp": "constant",
    "no": "constant",
    "nc": "function",
    "ne": "function",
    "nf": "function",
    "nn": "function",
    "nd": "keyword",
    "nt": "keyword",
}

_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PIECE = re.compile(r"<[^>]*>|[^<]+")
_UNBROKEN = re.compile(r"([^\s<>&;]{50})(?=[^\s<>&;])")
_CLASS = re.compile(r'<span class="(\w+)')


def take_code(html: str) -> tuple[str, list[str]]:
    """Return a page with its blocks of code taken out, and these.

    An empty <pre data-code> with the block's place in the list stays. Most
    elements of a page are the colours of its code, and slow to parse.
    """
    blocks: list[str] = []

    def take(found: re.Match) -> str:
        blocks.append(found[1])
        return f'<pre data-code="{len(blocks) - 1}"></pre>'

    return _PRE.sub(take, html), blocks


def source(block: str) -> str:
    """Return the text of a block of code."""
    return unescape(_TAG.sub("", block)).rstrip("\n")


def listing(
    block: str, title: str = "", before: bool = False, narrow: bool = False
) -> str:
    """Return a block of code as a call of `listing` in book.typ.

    block: what stands within <pre>, highlighted or not.
    before: whether the output of the code follows, to stand on its page.
    narrow: whether it stands in a box.
    """
    text = source(block)
    longest = max(map(len, text.splitlines()), default=0)
    long = longest > (NARROW if narrow else WIDTH)
    if long:  # a word that no line could hold may break anywhere
        block = _UNBROKEN.sub("\\1\u200b", block)
    options = {
        "title": quote(title) if title else "",
        "before": "true" if before else "",
        "narrow": "true" if narrow else "",
        "long": "true" if long else "",
    }
    given = "".join(f"{k}: {value}, " for k, value in options.items() if value)
    lines = [
        array([f"({quote(kind)}, {quote(words)})" for kind, words in line])
        for line in coloured(block)[: text.count("\n") + 1]
    ]
    return f"#listing({given}{quote(text)}, {array(lines)})"


def coloured(block: str) -> list[list[tuple[str, str]]]:
    """Return the pieces of each line, each with the name of its colour."""
    lines: list[list[tuple[str, str]]] = [[]]
    colours = [PLAIN]
    for piece in _PIECE.findall(block):
        if piece.startswith("</"):
            colours.pop()
        elif piece.startswith("<"):
            found = _CLASS.search(piece)
            colours.append(colour(found[1]) if found else colours[-1])
        else:
            first, *others = unescape(piece).split("\n")
            _append(lines[-1], colours[-1], first)
            for text in others:
                lines.append([])
                _append(lines[-1], colours[-1], text)
    return lines


def colour(kind: str) -> str:
    """Return the name of the colour that a class of Pygments has."""
    while kind and kind not in COLOURS:
        kind = kind[:-1]
    return COLOURS.get(kind, PLAIN)


def _append(line: list[tuple[str, str]], kind: str, text: str) -> None:
    """Add a piece to a line, joined with one of the same colour."""
    if not text:
        return
    if line and (line[-1][0] == kind or text.isspace()):
        line[-1] = (line[-1][0], line[-1][1] + text)
    else:
        line.append((kind, text))
