"""Text stays text, whatever it means to Typst."""

import html

import pytest

from press.pdf.markup import quote
from tests.press.pdf.conftest import text


@pytest.mark.parametrize(
    "words",
    [
        "$5 #let a_b_c *d* `e` <f> @g [h] ~i //j /*k*/ l=m n\\o",
        "1986. A year; 2) and - no + list / of == any ' kind \"",
        "- x", "= x", "+ x", "/ x: y", "12. x", "https://example.org/a--b",
    ],
)  # fmt: skip
def test_text_is_set_as_it_stands(read, words):
    said = text(read(f"<p>{html.escape(words)}</p>"))
    assert words in said


def test_strings_keep_their_text():
    assert quote('a "b" \\c\nd\te') == r'"a \"b\" \\c\nd\te"'
