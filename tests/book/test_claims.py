"""Each sentence of the book is quoted by a test or listed, word for word."""

import re

import pytest

from press.reading.wording import STATED
from tests.book.conftest import chapters
from tests.claims import LIST, SHARED, backed, labels, listed, pages, unheld

_FORMULA = re.compile(r"\$[^$]+\$")


@pytest.mark.parametrize("page", pages())
def test_every_sentence_is_quoted_or_listed(page):
    assert not (messages := unheld(page, pages()[page])), "\n\n".join(messages)


def test_every_line_of_the_list_is_on_its_page_and_not_quoted():
    unquoted = {(c.statement.page, c.words): c for c in backed() if not c.tests}
    named = {
        (where, words)
        for page, text in pages().items()
        for _, words in labels(text)
        for where in (page, SHARED)
    }
    for (page, words), at in listed().items():
        claim = unquoted.get((page, words))
        is_there = (page, words) in named if at.kind == "label" else claim
        assert is_there, (
            f"{LIST.name}:{at.line}: leave out what {page} does not say, or a "
            f"test quotes: {words}"
        )
        assert (at.kind == "cited") == bool(claim and claim.references), (
            f"{LIST.name}:{at.line}: cited is what has a footnote, and only "
            f"that: {words}"
        )


@pytest.mark.parametrize("kind", ["open", "said"])
def test_the_list_says_how_many_lines_it_has(kind):
    """The number of open ones may fall, and not rise again."""
    count = sum(at.kind == kind for at in listed().values())
    head = f"# {kind}: {count}\n"
    assert head in LIST.read_text(encoding="utf-8"), (
        f"the head of {LIST.name} must say {head}"
    )


@pytest.mark.parametrize("page", pages())
def test_what_is_merely_said_states_no_number(page):
    """But for questions, and formulas, which tests/equations evaluates."""
    for claim in backed():
        at = listed().get((claim.statement.page, claim.words))
        is_question = claim.statement.is_question or claim.words[-1] in "?:"
        if claim.statement.page == page and at and at.kind == "said":
            stated = re.search(STATED, _FORMULA.sub("·", claim.words))
            assert is_question or not stated, (
                f"{claim.place}: {stated[0]}; let a test quote: {claim.words}"
            )


@pytest.mark.parametrize("page", chapters())
def test_every_chapter_has_claims(page):
    """As many at least as one that has just been begun."""
    assert sum(bool(c.tests) for c in backed() if c.statement.page == page) > 2


def test_no_page_bears_a_mark():
    for page, text in pages().items():
        assert "✓" not in text, page
