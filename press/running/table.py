"""Shows what a fence prints in columns as a table of the page.

The fence prints what one would like to read at a Python prompt: a line of heads
and, below it, a line for each row, its columns two spaces apart or more. With
`result="table"` the page shows them as a table, where a sign such as x1, in a
head or alone, is a formula, a word such as torch.tanh is code, and a hyphen
before a number is a minus. A blank line ends the table, and text follows.
"""

import re
from collections.abc import Callable

from press.fault import Fault

_GAP = re.compile(r" {2,}")
# not the article, as in "points in a batch", nor what follows an apostrophe
_SIGN = re.compile(
    r"(?<![\w`.'$])(?!a [a-z]{2})([A-Za-z])(\d{0,2})('?)(?![\w`.(])"
)
_CODE = re.compile(r"[A-Za-z][\w.]*[._]\w+(?:\([^)]*\))?|[A-Za-z]\w*\([^)]*\)")
_MINUS = re.compile(r"(?<!\w)-(?=\d|inf)|(?<=\de)-(?=\d)")
_NUMBER = re.compile(
    r"[-−]?[\d.,e+-]+(?:·10[⁻⁰¹²³⁴-⁹]+|\s±\s[\d.]+|\s?%)?"
    r"|[-−]?(?:inf|nan|∞)|\(.*\)"
)


def table(printed: str, place: Callable[[], str]) -> str:
    """Return the Markdown of the table that a fence printed.

    place: says where the fence is, for messages.
    Raises Fault for rows with more or fewer columns than there are heads.
    """
    above, _, below = printed.strip("\n").partition("\n\n")
    lines = above.splitlines() or [""]
    heads, *rows = (_GAP.split(line.strip()) for line in lines)
    for row in rows or [[]]:
        if len(row) != len(heads) or len(heads) < 2:
            raise Fault(
                f"{place()} prints no table: {'  '.join(row)!r} has "
                f"{len(row)} columns and {'  '.join(heads)!r} has "
                f"{len(heads)}; part columns by two spaces or more"
            )
    columns = list(zip(*rows, strict=True))
    lines = [
        map(_formula, heads),
        (":-:" if all(map(_NUMBER.fullmatch, c)) else ":--" for c in columns),
        *(map(_code, row) for row in rows),
    ]
    written = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{written}\n\n{below}".rstrip() + "\n"


def _formula(head: str) -> str:
    return _SIGN.sub(_sign, _code(head))


def _sign(found: re.Match) -> str:
    letter, index, prime = found.groups()
    return f"${letter}{f'_{{{index}}}' * bool(index)}{prime}$"


def _code(cell: str) -> str:
    if _NUMBER.fullmatch(cell) or all(map(_NUMBER.fullmatch, cell.split())):
        return _MINUS.sub("−", cell)
    if found := _SIGN.fullmatch(cell):
        return _sign(found)
    return _CODE.sub(r"`\g<0>`", cell)
