"""No sentence states what nothing backs."""

import re

import pytest

from press.claims import Claim
from tests.book.conftest import chapters, source
from tests.claims import STATED, backed, pattern, plain, wordings

_FORMULA = re.compile(r"\$([^$]+)\$")
# the formulas that state nothing but a value: z = 0, 10^{-6}, (5, 3)
_VALUE = re.compile(r"(?:\\?\w+(?:[_^]\{?[^=]*)? = )?[^a-zA-Z=]*$")
_LIST_ITEM = re.compile(r"^(?:[-*]|\d+\.) ")
# what lists, counts or tells how to work on the book, and is no prose of it
_ASIDE = {"about/index.md", "about/references.md", "about/ledger/index.md"}


def unbacked(claim: Claim) -> list[str]:
    """Return the numbers of a sentence that no test and no reference backs.

    Formulas with letters state no number; tests/equations checks them.
    """
    is_question = claim.statement.is_question or claim.statement.text[-1] == "?"
    if claim.references or is_question:
        return []
    text = _LIST_ITEM.sub("", plain(claim.statement.text))
    text = _FORMULA.sub(
        lambda f: f[0] if _VALUE.match(f[1]) else "·" * len(f[0]), text
    )
    spoken = plain(claim.statement.text)[-len(text) :]
    said = [
        match.span()
        for test in claim.tests
        for wording in wordings(test)
        for match in pattern(wording).finditer(spoken)
    ]
    return [
        number[0]
        for number in STATED.finditer(text)
        if not any(a <= number.start() and number.end() <= b for a, b in said)
    ]


@pytest.mark.parametrize(
    "claim",
    [c for c in backed() if c.statement.page not in _ASIDE],
    ids=lambda claim: f"{claim.statement.page}:{claim.statement.line}",
)
def test_every_number_is_backed(claim):
    missing = unbacked(claim)
    assert not missing, (
        f"{claim.place}: nothing backs {', '.join(missing)}; end the sentence "
        "with a mark that leads to a test, and give the test the words: "
        "@claim(...), as tests/claims.py says, or cite a reference"
    )


@pytest.mark.parametrize(
    "claim",
    [c for c in backed() if c.tests and not c.is_shared],
    ids=lambda claim: f"{claim.statement.page}:{claim.statement.line}",
)
def test_every_mark_leads_to_a_test_of_these_words(claim):
    words = plain(claim.statement.text)
    for test in claim.tests:
        assert any(pattern(w).search(words) for w in wordings(test)), (
            f"{claim.place}: {test.name} in {test.file} backs other words; "
            f"give it @claim(...) with words of: {words}"
        )


@pytest.mark.parametrize("page", chapters())
def test_every_chapter_has_claims(page):
    claims = [c for c in backed() if c.statement.page == page and c.tests]
    assert len(claims) >= 3


def test_there_are_many():
    assert len([c for c in backed() if c.tests]) >= 60
    assert "✓" in source("neuron.md")
