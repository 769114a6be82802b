"""Ties a test to the sentences of the book that it backs.

    @claim("the sigmoid's is <best> at best")
    def test_slope_is_largest_at_zero(best): ...

A sentence whose mark leads to the test must hold these words. A number in
angle brackets is read from the sentence and handed to the test: the page says
it, the test compares it with what the code computes. Links, emphasis and marks
of the sentence are left out; formulas stay as they are in the source.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from pathlib import Path

import pytest

from press.claims import CITATION, MARK, Claim, Test, claims

ROOT = Path(__file__).parents[1]

_WORDS = {
    word: count
    for count, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six"),
            *("seven", "eight", "nine", "ten", "eleven", "twelve"),
        )
    )
}
_PARTS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "quarters": 1 / 4,
    "tenth": 1 / 10,
    "hundredth": 1e-2,
    "thousandth": 1e-3,
    "millionth": 1e-6,
    "billionth": 1e-9,
    "dozen": 12.0,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
}
_COUNT = "|".join(["a", *_WORDS])
_NUMERAL = (
    r"(?<![\w.^_{])[−-]?\d+(?:(?:\\,| (?=\d{3}\b))\d{3})*(?:\.\d+)?(?![\w.]*\d)"
)
_POWER = r"10\^\{?-?\d+\}?"
_AMOUNT = rf"\b(?:{_COUNT}) (?:{'|'.join(_PARTS)})\b"
_RATIO = (
    rf"\b(?:{_COUNT}) in (?:a|one) million\b|\b(?:{_COUNT}) in (?:{_COUNT})\b"
)
# numbers that a sentence may not state without a test or a reference
STATED = re.compile(f"{_POWER}|{_RATIO}|{_AMOUNT}|{_NUMERAL}", re.IGNORECASE)
# what a name in angle brackets stands for: these, and small numbers as words
NUMBER = (
    f"(?:{_POWER}|{_RATIO}|{_AMOUNT}|{_NUMERAL}|\\b(?:{'|'.join(_WORDS)})\\b)"
)
_NAME = re.compile(r"<(\w+)>")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def number(text: str) -> float:
    """Return the value of a number as the book writes it: −2.5, one quarter."""
    text = text.lower().replace("−", "-").replace("\\,", "")
    if text.startswith("10^"):
        return 10.0 ** int(text[3:].strip("{}"))
    if " in " in text:
        share, _, of = text.partition(" in ")
        return number(share) / number(of.replace("a million", "million"))
    count, _, part = text.rpartition(" ")
    if part in _PARTS:
        return _PARTS[part] * _WORDS.get(count, 1)
    if text in _WORDS:
        return float(_WORDS[text])
    return float(text.replace(" ", ""))


def plain(statement: str) -> str:
    """Return a sentence as wordings see it: no marks, links or emphasis."""
    text = CITATION.sub("", MARK.sub("", statement))
    text = _LINK.sub(r"\1", text)
    return re.sub(r"(?<!\\)\*|`", "", text).strip("| ")


def pattern(wording: str) -> re.Pattern:
    """Return what finds a wording in a plain sentence."""
    parts = _NAME.split(wording)
    return re.compile(
        "".join(
            f"(?P<{part}>{NUMBER})" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        ),
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def backed() -> list[Claim]:
    """Return all sentences of the book, each with what backs it."""
    docs = ROOT / "docs"
    return [
        claim
        for page in sorted(docs.rglob("*.md"))
        for claim in claims(
            page.relative_to(docs).as_posix(), page.read_text("utf-8")
        )
    ]


def wordings(test: Test) -> Iterator[str]:
    """Yield the wordings that a test's decorators give."""
    for decorator in test.function.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and ast.unparse(decorator.func) == "claim"
        ):
            yield from map(ast.literal_eval, decorator.args)


def claim(*texts: str) -> Callable:
    """Mark a test as backing the sentences that say these words.

    Each text is a wording, as at the top of this module. If no sentence that
    leads to the test says it, the test fails.
    """

    def decorate(test: Callable) -> Callable:
        file = Path(test.__code__.co_filename).relative_to(ROOT).as_posix()
        leading = [
            sentence
            for sentence in backed()
            if any(
                (backing.file, backing.name) == (file, test.__name__)
                for backing in sentence.tests
            )
        ]
        sentences = [plain(sentence.statement.text) for sentence in leading]
        unsaid = []
        for text in texts:
            found = [*filter(None, map(pattern(text).search, sentences))]
            names = _NAME.findall(text)
            if not found:
                unsaid.append(text)
            if names:
                said = {tuple(map(number, match.groups())) for match in found}
                test = pytest.mark.parametrize(
                    names, sorted(said) or [(None,) * len(names)]
                )(test)
        if unsaid:
            test = _failing(test, unsaid, leading)
        return pytest.mark.claim(test)

    return decorate


def _failing(
    test: Callable, unsaid: list[str], leading: list[Claim]
) -> Callable:
    """Return a test that fails and says which words no sentence says."""
    said = [f"  {c.place}: {plain(c.statement.text)}" for c in leading]

    @wraps(test)
    def fail(**_: object) -> None:
        pytest.fail(
            f"no sentence whose mark leads to {test.__name__} says "
            f"{' or '.join(map(repr, unsaid))}; those that lead to it:\n"
            + ("\n".join(said) or "  none"),
            pytrace=False,
        )

    return fail
