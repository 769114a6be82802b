"""A quoting test runs and asserts, or is a fault."""

import pytest

from press.fault import Fault
from press.reading.claims import claims

TESTS = """
import pytest
from tests.claims import claim
from tests.unit import helpers
from tests.unit.helpers import holds, prints


def test_asserts():
    assert 1 + 1 == 2


def test_calls_one_that_asserts():
    holds(1)


def test_calls_by_module():
    helpers.holds(1)


def test_raises():
    with pytest.raises(ValueError):
        int("x")


def test_compares():
    torch.testing.assert_close(1, 1)


def test_prints():
    prints(1)


def test_asserts_a_constant():
    assert True


@pytest.mark.skip
def test_is_skipped():
    assert 1 + 1 == 2


@pytest.mark.skipif(True, reason="never")
def test_is_skipped_sometimes():
    assert 1 + 1 == 2


def test_skips_itself():
    pytest.skip("not today")
    assert 1 + 1 == 2
"""
HELPERS = """
def holds(x):
    assert x == 1


def prints(x):
    print(x)
"""


SENTENCE = "It is <number> times so, in $x = 2$."


@pytest.fixture
def quote(tmp_path, monkeypatch):
    """Let a test of the small project quote a sentence."""
    folder = tmp_path / "tests/unit"
    folder.mkdir(parents=True)
    (folder / "helpers.py").write_text(HELPERS)
    monkeypatch.chdir(tmp_path)

    def write(name, sentence=SENTENCE):
        head = f"def {name}"
        quoting = f'@claim(\n    "{sentence}"\n)\n{head}'
        text = TESTS.replace(head, quoting)
        (folder / "test_unit.py").write_text(text)
        return text.splitlines().index(f'    "{sentence}"') + 1

    return write


@pytest.mark.parametrize(
    "name",
    [
        "test_asserts",
        "test_calls_one_that_asserts",
        "test_calls_by_module",
        "test_raises",
        "test_compares",
    ],
)
def test_a_test_that_asserts_backs_the_sentence_that_it_quotes(quote, name):
    quote(f"{name}(")
    page = "# Page\n\n- It is *two* [times](a.md) so, in $x = 2$.[^a2001]\n"
    (claim,) = claims("part/page.md", page)
    (test,) = claim.tests
    assert (test.file, test.name) == ("tests/unit/test_unit.py", name)
    assert claim.place == "docs/part/page.md:3"
    assert claim.references == ("a2001",)
    assert f"def {name}" in test.code
    assert test.words == name[5:].replace("_", " ")


@pytest.mark.parametrize(
    "sentence",
    [
        "It is twenty times so, in $x = 3$.",
        "It is two times so, in $x = 2$. Or not.",
        "It is many times so, in $x = 2$.",
    ],
)
def test_other_words_are_not_backed(quote, sentence):
    quote("test_asserts(")
    (claim,) = claims("page.md", f"# Page\n\n{sentence}\n")
    assert claim.tests == claim.references == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_prints", "asserts nothing"),
        ("test_asserts_a_constant", "asserts nothing"),
        ("test_is_skipped", "skips test_is_skipped"),
        ("test_is_skipped_sometimes", "skips test_is_skipped_some"),
        ("test_skips_itself", "skips test_skips_itself"),
    ],
)
def test_what_proves_nothing_is_a_fault_at_its_line(quote, name, said):
    line = quote(f"{name}(")
    place = rf"tests/unit/test_unit\.py:{line}: .*{said}"
    with pytest.raises(Fault, match=place):
        claims("page.md", "# Page\n\nOne.\n")
