"""What is often said and not quite right: every point of the source is there.

Each keeps the id that it first had, which begins with the point's number.
"""

import re

import pytest

from tests.book.conftest import source
from tests.claims import backed

COUNT = 26
PAGE = "about/departures.md"
ID = re.compile(r"\{: #(\d+)-[\w-]+ \}$", re.M)
HEADED = {  # each with its entry, from its heading to the next one
    int(found[1]): entry
    for entry in re.split(r"^##", source(PAGE), flags=re.M)
    if (found := ID.search(entry.partition("\n")[0]))
}


def test_all_are_there_once():
    points = [int(number) for number in ID.findall(source(PAGE))]
    assert len(HEADED) >= 20
    assert sorted(points) == list(range(1, COUNT + 1))


@pytest.mark.parametrize("number", HEADED)
def test_each_says_what_is_heard_what_is_right_and_where_it_stands(number):
    heading, _, text = HEADED[number].partition("\n")
    assert re.match(r'# ".+[.?]" \{', heading)
    right, fold, said = text.partition('\n??? quote "In the source"\n')
    assert 2 <= len(right.strip().splitlines()) <= 8
    assert re.search(r"\]\(\.\./[\w/]+\.md(#[\w-]+)?\)", right), (
        "it links to the chapter"
    )
    assert fold
    assert said.strip().startswith("The source ")


@pytest.mark.parametrize("number", HEADED)
def test_each_is_backed_by_a_test_or_a_reference(number):
    start = source(PAGE).count("\n", 0, source(PAGE).index(HEADED[number])) + 1
    end = start + HEADED[number].count("\n")
    claims = [
        claim
        for claim in backed()
        if claim.statement.page == PAGE
        and start <= claim.statement.line <= end
        and (claim.tests or claim.references)
    ]
    assert claims, f"nothing backs departure {number}"
