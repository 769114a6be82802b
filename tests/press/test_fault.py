import pytest
from click import ClickException
from pymdownx.superfences import SuperFencesException

from press.fault import Fault, locate


@pytest.fixture(autouse=True)
def pages(project):
    project(
        {
            "one.md": "# One\n\nFirst $a = b$.\n\n    x = 1\n    y = 2\n",
            "deep/two.md": "# Two\n\nSecond $a = b$ and $c$.\n",
        }
    )


def test_a_fault_passes_superfences_and_is_shown_by_click():
    assert issubclass(Fault, SuperFencesException)
    assert issubclass(Fault, ClickException)
    assert str(Fault("what is wrong")) == "what is wrong"
    assert Fault("what is wrong").exit_code == 1


def test_finds_part_of_a_line():
    assert locate("$c$") == "docs/deep/two.md:3"


def test_names_every_place():
    assert locate("a = b") == "docs/deep/two.md:3, docs/one.md:3"


def test_finds_several_lines_whatever_their_indentation():
    assert locate("x = 1\ny = 2") == "docs/one.md:5"
    assert locate("x = 1\ny = 2", offset=1) == "docs/one.md:6"


def test_a_text_that_code_made_has_no_place():
    assert locate("x = 1\ny = 3") == "a generated text"
    assert locate("  ") == "a generated text"
