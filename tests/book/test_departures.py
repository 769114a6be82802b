"""Each departure from the source is a claim."""

import re

import pytest

from tests.book.conftest import source
from tests.claims import backed

COUNT = 26
PAGE = "departures.md"


def departures() -> dict[int, str]:
    parts = re.split(r"^### (\d+)\. ", source(PAGE), flags=re.M)[1:]
    return dict(zip(map(int, parts[::2]), parts[1::2], strict=True))


def test_all_are_listed_in_order():
    assert list(departures()) == list(range(1, COUNT + 1))


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_each_says_what_stood_there_what_stands_here_and_why(number):
    text = departures()[number]
    terms = re.findall(r"^(.+)\n:   ", text, re.M)
    assert terms == ["The source", "This book", "Because"]
    assert re.search(r"\]\([\w/]+\.md(#[\w-]+)?\)", text), (
        "it links to the page"
    )


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_each_is_backed_by_a_test_or_a_reference(number):
    first = source(PAGE).index(f"\n### {number}. ")
    start = source(PAGE).count("\n", 0, first) + 1
    end = start + departures()[number].count("\n") + 1
    claims = [
        claim
        for claim in backed()
        if claim.statement.page == PAGE
        and start <= claim.statement.line <= end
        and (claim.tests or claim.references)
    ]
    assert claims, f"nothing backs departure {number}"
