"""The counts that the book gives, on a small project."""

from pathlib import Path

import pytest

from tests.claims import claim
from tests.mutants import record
from tests.mutants.explained import Verdict

EXPLAINED = """
[[rule]]
keywords = ["alpha"]
why = "how pale"

[[mutant]]
file = "snippets/one.py"
function = "f"
was = "x"
now = ["y"]
why = "the same"
"""


@claim(
    "Each such mutant was noticed by a test when last tried, or is listed "
    "with the reason why it alters nothing that the book says, such as the "
    "thickness of a line.",
)
def test_no_mutant_of_the_book_is_left_unexplained():
    """Nor was a snippet edited since: then its mutants were other ones.

    What is new or edited may wait for the weekly run, and is not counted.
    """
    assert record.faults(but_new=True) == []
    kept = record.read()
    for each in (kept, *kept["files"].values()):
        assert each["mutants"] == each["killed"] + each["explained"]
    assert kept["killed"] > 0.9 * kept["mutants"] > 0
    assert kept["waiting"] == len(record.snippets()) - len(kept["files"])


@pytest.fixture
def recorded(project):
    project(
        {
            "snippets/one.py": "X = 1\n",
            "snippets/two.py": "X = 1\n",
            "snippets/__init__.py": "",
            "tests/mutants/explained.toml": EXPLAINED,
        }
    )
    found = Verdict()
    found.rules["alpha in *"] = 1
    record.write(
        {name: record.counts(name, [], [], found) for name in record.snippets()}
    )


def test_nothing_changed_is_no_fault(recorded):
    assert record.faults() == []
    Path("snippets/one.py").write_bytes(b"X = 1\r\n")
    assert record.faults() == [], "whatever ends a line"
    Path("snippets/one.py").write_text('"""Of one."""\n# so\n\nX = 1\n')
    assert record.faults() == [], "whatever it says of itself"


@pytest.mark.parametrize(
    ("file", "old", "new", "concerned"),
    [
        ("snippets/one.py", "1", "2", ["one"]),
        ("tests/mutants/explained.toml", '"y"', '"z"', ["one"]),
        ("tests/mutants/explained.toml", "alpha", "label", ["one", "two"]),
        ("tests/mutants/explained.toml", "how pale", "how thin", []),
    ],
)
def test_an_edit_asks_for_a_new_run(recorded, file, old, new, concerned):
    text = Path(file).read_text(encoding="utf-8")
    Path(file).write_text(text.replace(old, new), encoding="utf-8")
    said = "edited since its mutants were tried: run make mutants FILES="
    assert record.faults() == [
        f"snippets/{name}.py: {said}snippets/{name}.py" for name in concerned
    ]
    assert record.faults(but_new=True) == record.faults()


def test_a_new_snippet_and_one_that_is_gone_ask_for_a_new_run(recorded):
    Path("snippets/one.py").rename("snippets/three.py")
    new, gone = record.faults()
    assert new.startswith("snippets/three.py: its mutants were never tried")
    assert gone == "snippets/one.py: is gone: run make mutants"
    assert record.faults(but_new=True) == [gone]


def test_a_run_with_a_survivor_leaves_no_record_that_holds(recorded):
    wrong = Verdict(faults=["no test notices"])
    one = record.counts("snippets/one.py", [], [], wrong)
    record.write({"snippets/one.py": one})
    (fault,) = record.faults(but_new=True)
    assert fault.startswith("snippets/one.py: a mutant is not noticed, or ")


def test_a_rule_that_explains_nothing_is_a_fault(recorded):
    none = Verdict()
    record.write(
        {name: record.counts(name, [], [], none) for name in record.snippets()}
    )
    (fault,) = record.faults()
    assert fault.endswith("explained.toml: explains nothing: alpha in *")


def test_other_files_keep_their_counts(recorded):
    before = record.read()["files"]["snippets/two.py"]
    one = before | {"mutants": 5, "killed": 5}
    content = record.write({"snippets/one.py": one})
    assert content["files"]["snippets/two.py"] == before
    assert content["killed"] == 5


def test_what_was_edited_is_not_counted_until_it_is_tried(recorded):
    Path("snippets/two.py").write_text("X = 2\n")
    one = record.read()["files"]["snippets/one.py"]
    content = record.write({"snippets/one.py": one})
    assert [*content["files"]] == ["snippets/one.py"]
    assert content["waiting"] == 1
    assert record.faults(but_new=True) == []
    assert record.faults() == [
        "snippets/two.py: its mutants were never tried: "
        "run make mutants FILES=snippets/two.py"
    ]
