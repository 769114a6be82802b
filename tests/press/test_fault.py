"""Faults name every place; all errors are told in a line."""

import pytest
from click import Abort, ClickException
from pymdownx.snippets import SnippetMissingError
from pymdownx.superfences import SuperFencesException

from press.fault import Fault, locate, tell


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


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("$c$", 0, "docs/deep/two.md:3"),
        ("a = b", 0, "docs/deep/two.md:3, docs/one.md:3"),
        ("x = 1\ny = 2", 0, "docs/one.md:5"),
        ("x = 1\ny = 2", 1, "docs/one.md:6"),
        ("x = 1\ny = 3", 0, "a generated text"),
        ("  ", 0, "a generated text"),
    ],
)
def test_a_text_is_found_wherever_it_stands(text, offset, place):
    assert locate(text, offset) == place


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SnippetMissingError("Snippet 'a = b' gone"), "docs/deep/two.md:3, "),
        (Abort(), "interrupted"),
        (Fault("what is wrong"), "what is wrong"),
        (OSError(28, "No space left"), "[Errno 28] No space left"),
        (ValueError("no"), "ValueError: no"),
    ],
)
def test_an_error_is_told_in_a_line(error, said):
    assert tell(error).startswith(said)
