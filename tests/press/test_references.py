import pytest
from markdown import Markdown

from press.fault import Fault

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
    return Markdown(extensions=["footnotes", "press.references"]).convert


def test_a_page_gets_the_footnotes_that_it_cites(convert):
    html = convert("So it is.[^body2001]")
    assert "Sam Body (2001)" in html
    assert "Ann Other" not in html


def test_a_footnote_of_the_pages_own_stands_beside_them(convert):
    html = convert("So.[^body2001] And so.[^mine]\n\n[^mine]: My note.")
    assert "Sam Body (2001)" in html
    assert "My note." in html


def test_a_page_that_cites_nothing_has_no_footnotes(convert):
    assert "footnote" not in convert("So it is.")


def test_marks_side_by_side_have_a_comma_between_them(convert):
    html = convert("So.[^body2001][^other1999] And[^body2001] so.[^other1999]")
    assert html.count("<sup>, </sup>") == 1
    assert ">1</a></sup><sup>, </sup><sup" in html


def test_an_unknown_key_is_a_fault(convert):
    with pytest.raises(Fault, match=r"docs/one.md:3: .* the key 'gone'"):
        convert("A[^gone].")
