"""The words of a sentence, as tests quote them, and the numbers in it.

A quotation is the whole sentence in plain words. A name in angle brackets
stands for a number, in digits or in words:

    The sigmoid's slope is <best> at best.
"""

import re
from functools import cache

CITATION = re.compile(r"\[\^(\w+)\](?!:)")
NAME = re.compile(r"<(\w+)>")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
_ITEM = re.compile(r"^(?:[-*] |\d+\. |: {3})")

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight"),
    *("nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_WORDS = {word: float(count) for count, word in enumerate(_SMALL)} | {
    **{"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0},
    **{"seventy": 70.0, "eighty": 80.0, "ninety": 90.0},
    **{"half": 0.5, "once": 1.0, "twice": 2.0, "both": 2.0},
    **{"first": 1.0, "second": 2.0},
}
_PARTS = {
    **{"half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3},
    **{"quarter": 1 / 4, "quarters": 1 / 4, "tenth": 1 / 10, "tenths": 1 / 10},
    **{"hundredth": 1e-2, "thousandth": 1e-3, "millionth": 1e-6},
    **{"billionth": 1e-9, "dozen": 12.0, "hundred": 1e2, "thousand": 1e3},
    "million": 1e6,
}
_COUNT = "|".join(["a", *_SMALL])
_NUMERAL = (
    r"(?<![\w.^_{])[−-]?\d+(?:(?:\\,| (?=\d{3}\b))\d{3})*(?:\.\d+)?(?![\w.]*\d)"
)
# in digits, or in more than one word
STATED = (
    r"10\^\{?-?\d+\}?"
    rf"|\b(?:{_COUNT}) in (?:(?:a|one) million|{_COUNT})\b"
    rf"|\b(?:{_COUNT}) (?:{'|'.join(_PARTS)})\b"
    rf"|{_NUMERAL}"
)
_NUMBER = re.compile(rf"{STATED}|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_NUMBERLIKE = re.compile(
    rf"<\w+>|\b(?:a|in|{'|'.join(_WORDS | _PARTS)})\b|[\W\d]", re.IGNORECASE
)


def plain(statement: str) -> str:
    """Return a sentence as tests quote it.

    Links, emphasis, references and the signs of a list or a table are left
    out, and spaces are usual ones; formulas stay as they are in the source.
    """
    text = CITATION.sub("", statement).replace("\N{NO-BREAK SPACE}", " ")
    text = _ITEM.sub("", text)
    text = re.sub(r"(?<!\\)\*|`", "", _LINK.sub(r"\1", text))
    return text.strip("| ")


def skeleton(text: str) -> str:
    """Return what a quotation and what it quotes have in common: no number."""
    return _NUMBERLIKE.sub("", text)


def read(quotation: str, words: str) -> dict[str, str] | None:
    """Return the numbers that a quotation names, if it quotes these words."""
    found = _pattern(quotation).fullmatch(words)
    spans = found and {name: found.span(name) for name in found.groupdict()}
    if not found or not all(
        _NUMBER.fullmatch(words, *s) for s in spans.values()
    ):
        return None
    return found.groupdict()


@cache
def _pattern(quotation: str) -> re.Pattern:
    # what is a number is seen later, for to compile it takes a hundred times
    # as long
    parts = NAME.split(quotation)
    return re.compile(
        "".join(
            f"(?P<{part}>.+?)" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
    )


def number(text: str) -> float:
    """Return the value of a number as the book writes it: −2.5, one quarter."""
    text = text.lower().replace("−", "-").replace("\\,", "")
    if text.startswith("10^"):
        return 10.0 ** int(text[3:].strip("{}"))
    if " in " in text:
        share, _, of = text.partition(" in ")
        one = {"a million": 1e6, "one million": 1e6}
        return _count(share) / (one.get(of) or _count(of))
    count, _, part = text.rpartition(" ")
    if count and part in _PARTS:
        return _PARTS[part] * _count(count)
    if text in _WORDS:
        return _WORDS[text]
    return float(text.replace(" ", ""))


def _count(word: str) -> float:
    return 1.0 if word == "a" else _WORDS[word]
