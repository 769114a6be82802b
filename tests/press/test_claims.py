"""A mark leads to a test that runs and asserts, or is a fault."""

import pytest

from press.claims import claims
from press.fault import Fault

TESTS = """
import pytest
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


@pytest.fixture(autouse=True)
def tests(tmp_path, monkeypatch):
    folder = tmp_path / "tests/unit"
    folder.mkdir(parents=True)
    (folder / "test_unit.py").write_text(TESTS)
    (folder / "helpers.py").write_text(HELPERS)
    monkeypatch.chdir(tmp_path)


def mark(name, way="../../tests/unit/test_unit.py"):
    return f"[✓]({way}#{name})"


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
def test_a_test_that_asserts_backs_its_sentence(name):
    (claim,) = claims("part/page.md", f"# Page\n\nSo it is. {mark(name)}\n")
    (test,) = claim.tests
    assert (test.file, test.name) == ("tests/unit/test_unit.py", name)
    assert claim.place == "docs/part/page.md:3"
    assert test.code.startswith(f"def {name}")
    assert test.words == name[5:].replace("_", " ")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (mark("test_missing"), "has no test test_missing"),
        (mark("test_asserts", "../../tests/unit/gone.py"), "has no test"),
        (mark("test_prints"), "asserts nothing"),
        (mark("test_asserts_a_constant"), "asserts nothing"),
        (mark("test_is_skipped"), "skips test_is_skipped"),
        (mark("test_is_skipped_sometimes"), "skips test_is_skipped_some"),
        (mark("test_skips_itself"), "skips test_skips_itself"),
        (mark("test_asserts", "tests/unit/test_unit.py"), "write the way"),
        (mark("asserts"), "write the way"),
    ],
)
def test_what_proves_nothing_is_a_fault_at_its_line(link, said):
    with pytest.raises(Fault, match=rf"docs/part/page\.md:4: .*{said}"):
        claims("part/page.md", f"# Page\n\nOne.\nTwo. {link}\n")


def test_a_reference_backs_its_sentence():
    one, two = claims("page.md", "# Page\n\nOne.[^a2001][^b2002]\nTwo.\n")
    assert one.references == ("a2001", "b2002")
    assert not two.references
    assert not two.tests


def test_a_caption_backs_the_alternative_too():
    text = (
        "# Page\n\n/// figure | curve\n    alt: >-\n        A curve.\n\n"
        f"The caption. {mark('test_asserts', '../tests/unit/test_unit.py')}\n"
        "///\n"
    )
    alternative, caption = claims("page.md", text)
    assert alternative.tests == caption.tests != ()
    assert alternative.is_shared
    assert not caption.is_shared


def test_a_line_that_says_see_backs_the_definition_above():
    way = mark("test_asserts", "../tests/unit/test_unit.py")
    text = f"# Glossary\n\nword\n:   A thing.\n    See [it](a.md). {way}\n"
    _, definition, see = claims("glossary.md", text)
    assert [test.name for test in definition.tests] == ["test_asserts"]
    assert not see.tests
