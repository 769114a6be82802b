"""Each departure from the source names what backs it, and that exists."""

import ast
import re

import pytest

from tests.book.conftest import ROOT, source

COUNT = 26


def departures() -> dict[int, str]:
    parts = re.split(r"^### (\d+)\. ", source("departures.md"), flags=re.M)[1:]
    return dict(zip(map(int, parts[::2]), parts[1::2], strict=True))


def named_tests() -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", source("departures.md"))


def test_all_are_listed_in_order():
    assert list(departures()) == list(range(1, COUNT + 1))


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_each_says_what_stood_there_what_stands_here_and_why(number):
    text = departures()[number]
    terms = re.findall(r"^(.+)\n:   ", text, re.M)
    assert terms == ["The source", "This book", "Because"]
    backed = re.search(
        r"`tests/|\[\^\w+\]|`python -m ", text.split("Because")[1]
    )
    assert backed, "it names a test or a reference"
    assert re.search(r"\]\([\w/]+\.md(#[\w-]+)?\)", text), (
        "it links to the page"
    )


def test_tests_are_named():
    assert len(named_tests()) > 30


@pytest.mark.parametrize("name", named_tests())
def test_each_named_test_exists_and_asserts(name):
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    (found,) = [
        n
        for n in tree.body
        if isinstance(n, ast.FunctionDef) and n.name == function
    ]
    decorators = " ".join(ast.unparse(d) for d in found.decorator_list)
    assert "skip" not in decorators
    assert "xfail" not in decorators
    body = ast.unparse(found)
    assert re.search(r"\bassert\b|assert_close|raises|agrees_with", body)
