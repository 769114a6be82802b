"""References become footnotes of the page that cites them."""

import pytest
from markdown import Markdown

from press.markup.references import authors_of

LIST = """\
# References

- Ann Other (1999). *On things.*
  {: #other1999 }
- Sam Body (2001). "More."
  {: #body2001 }
"""


@pytest.fixture
def convert(project):
    project({"one.md": "# One\n\nA[^gone].\n", "about/references.md": LIST})
    return Markdown(extensions=["footnotes", "press.markup"]).convert


def test_a_page_gets_the_footnotes_that_it_cites(convert):
    assert "footnote" not in convert("So it is.")
    html = convert("So.[^body2001] And so.[^mine]\n\n[^mine]: My note.")
    assert "Sam Body (2001)" in html
    assert "My note." in html
    assert "Ann Other" not in html


def test_marks_side_by_side_have_a_comma_between_them(convert):
    html = convert("So.[^body2001][^other1999] And[^body2001] so.[^other1999]")
    assert html.count("<sup>, </sup>") == 1
    assert ">1</a></sup><sup>, </sup><sup" in html


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("Marvin Minsky (1969). *B*", "Minsky (1969)"),
        ("Marvin Minsky and S. Papert (1969). *B*", "Minsky and Papert (1969)"),
        ("A. B, C. D and E. F (1969). *B*", "B et al. (1969)"),
        ("A. B and others (1969). *B*", "B et al. (1969)"),
    ],
)
def test_a_reference_is_named_by_its_authors(entry, named):
    assert authors_of(entry) == named
