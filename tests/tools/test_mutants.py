"""`make mutants` on small projects, and what the book keeps of its run."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from press.fault import Fault
from tests.claims import claim
from tools.mutants import record
from tools.mutants.__main__ import main
from tools.mutants.changes import MODULE, Mutant, mutants_of

ROOT = Path(__file__).parents[2]
ONE, TEXT = "snippets/one.py", "tests/mutants/explained.toml"
CHANGED = '''"""What the module is for."""
LIMIT = 3

@contextmanager
def drawn(x: int = 1) -> None:
    """What the function does."""
    plot(
        x,
        label="the curve",
        width=round(1.5),
    )
    yield x + 1

class Unit:
    def fires(self, z: float) -> bool:
        return z >= 0

if __name__ == "__main__":
    write(LIMIT, 5)
'''
CODE = """
LIMIT = 3


def clipped(z):
    if z < 0:
        return 0
    return min(z, LIMIT)


def count(n):
    i = 0
    while i < n:
        i += 1
    return i
"""
TEST = """
from snippets.one import LIMIT, clipped, count

def test_one():
    assert LIMIT == 3
    assert [clipped(z) for z in (-1, 0, 5)] == [0, 0, 3]
    assert (count(3), count(0)) == (3, 0)
"""
RULE = """
[[rule]]
keywords = ["alpha"]
functions = "draw_*"
why = "how pale"
"""
SINGLE = """
[[mutant]]
file = "snippets/one.py"
function = "clipped"
was = "if z < 0:"
now = ["if z <= 0:", "if z < 1:"]
why = "only whole numbers are clipped, and 0 to itself"
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Enter a small project; return what writes its files."""
    monkeypatch.chdir(tmp_path)

    def write(files=None):
        known = {"snippets/one.py": CODE, "tests/test_one.py": TEST}
        known |= {"snippets/__init__.py": "", TEXT: SINGLE}
        for name, text in (known | (files or {})).items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")

    return write


def test_each_change_is_known_by_its_place_and_its_argument(project):
    project({ONE: CHANGED})
    changes = mutants_of(ONE)
    seen = {(m.function, m.was, m.now) for m in changes}
    assert ("drawn", "yield x + 1", "yield x - 1") in seen, "decorated"
    assert ("drawn", "x,", "") in seen
    assert ("Unit.fires", "return z >= 0", "return z > 0") in seen
    assert (MODULE, "LIMIT = 3", "LIMIT = 4") in seen
    assert f"{ONE}:12 (drawn): yield x + 1 → yield x - 1" in map(str, changes)
    assert f"{ONE}:8 (drawn): x, → nothing" in map(str, changes)
    names = {m.now: m.keyword for m in changes}
    assert names["label=None,"] == names['label="THE CURVE",'] == "label"
    assert names["width=None,"] == "width"
    assert names["width=round(2.5),"] == "", "of round, which names it not"
    # another program each, its types, words and what runs it as they were
    trees = {ast.dump(ast.parse(m.text)) for m in changes}
    assert len(trees - {ast.dump(ast.parse(CHANGED))}) == len(changes) > 15
    kept = ('"What the function does."', "(self, z: float) -> bool")
    for mutant in changes:
        assert all(words in mutant.text for words in kept)
        assert "@contextmanager" in mutant.text
        assert mutant.text.endswith('"__main__":\n    write(LIMIT, 5)\n')


def run(*files):
    return subprocess.run(
        [sys.executable, "-m", "tools.mutants", *files],
        env=os.environ | {"PYTHONPATH": f"{Path.cwd()}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.weekly
def test_all_killed_or_explained_is_recorded(project):
    """A loop without end is noticed by the time that the processor takes.

    Weekly, as are the mutants themselves, on a system that can fork.
    """
    project()
    done = run()
    assert done.returncode == 0, done.stderr
    said = json.loads(record.RECORD.read_text())
    assert said["explained"] == said["one by one"] == 2
    assert said["killed"] == said["mutants"] - 2 > 10
    assert said["files"][ONE]["mutants"] == said["mutants"]
    assert record.faults() == []


@pytest.mark.weekly
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(-1, 0, 5)] == [0, 0, 3]", "(2, 2)] == [2, 2]", "(clipped): return 0"
         " → return 1: no test"),
        ("LIMIT == 3", "LIMIT", f"{ONE}:2 (the module): LIMIT = 3 → LIMIT = 4:"
         " no test notices"),
        ("LIMIT == 3", "clipped(0.5) == 0.5", "a test notices it now: "
         f"{ONE} (clipped): if z < 0: → if z < 1:"),
        ("LIMIT == 3", "LIMIT == 4", "tests must pass before anything is "
         "changed: tests/test_one.py"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(project, old, new, said):
    test = TEST.replace(old, new)
    if "the module" in said:
        test = test.replace("(-1, 0, 5)", "(-1, 0, 3)")
    project({"tests/test_one.py": test})
    done = run()
    assert done.returncode == 1
    assert said in done.stderr
    if record.RECORD.exists():
        kept = record.read()["files"][ONE]["digest"]
        assert kept == record.UNEXPLAINED, "and it does not hold"


def test_a_system_that_cannot_fork_is_told_so(monkeypatch, capsys):
    monkeypatch.delattr(os, "fork")
    assert main([]) == 1
    assert "on Windows, run it in WSL" in capsys.readouterr().err


def mutant(keyword="", function="draw_it", was="x", now="y"):
    return Mutant(ONE, 3, function, keyword, was, now, "")


ZERO = mutant("", "clipped", "if z < 0:", "if z <= 0:")
PALE = mutant("alpha")


@pytest.mark.parametrize(
    ("text", "made", "said"),
    [
        (RULE, [PALE, mutant("alpha", now="z")], []),
        (RULE, [PALE, mutant("label")], ["x → y: no test notices"]),
        (RULE, [PALE, mutant("alpha", "count")], ["x → y: no test notices"]),
        (RULE + RULE.replace("draw_", ""), [PALE], ["more than once"]),
        (SINGLE.replace(', "if z < 1:"', ""), [ZERO], []),
        (SINGLE, [ZERO], ["no such change any more: snippets/one.py (cl"]),
    ],
)
def test_one_explanation_is_enough_and_needed(project, text, made, said):
    project({TEXT: text})
    counts, wrong = record.judge(ONE, made, made)
    assert len(wrong) == len(said)
    assert all(part in fault for part, fault in zip(said, wrong, strict=True))
    assert counts["explained"] == len(made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace("how pale", " "), "nothing says why"),
        (RULE.replace("why", "because"), "unexpected keyword .* 'because'"),
        (RULE.replace("rule", "rules"), "what is rules?"),
        (RULE.replace("]]", "]"), "explained.toml: "),
    ],
)
def test_what_cannot_be_read_is_refused(project, text, said):
    project({TEXT: text})
    with pytest.raises(Fault, match=said):
        record.explanations()


@pytest.fixture
def recorded(project):
    project({"snippets/two.py": "X = 1\n", TEXT: RULE + SINGLE})
    counts, _ = record.judge("snippets/two.py", [PALE], [PALE])
    made = [ZERO, mutant("", "clipped", ZERO.was, "if z < 1:")]
    one, wrong = record.judge(ONE, made, made)
    assert not wrong
    record.write({ONE: one, "snippets/two.py": counts})
    assert record.faults() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "concerned"),
    [
        (ONE, "LIMIT = 3", "LIMIT = 4", ["one"]),
        (ONE, "LIMIT = 3", "LIMIT = 3\r", []),
        (ONE, "LIMIT = 3", '"""Of it."""\n# so\n\nLIMIT = 3', []),
        (TEXT, '"if z < 1:"', '"if z < 2:"', ["one"]),
        (TEXT, "alpha", "label", ["one", "two"]),
        (TEXT, "how pale", "how thin", []),
    ],
)
def test_an_edit_asks_for_a_new_run(recorded, file, old, new, concerned):
    text = Path(file).read_text(encoding="utf-8")
    Path(file).write_bytes(text.replace(old, new).encode())
    said = "edited since its mutants were tried: run make mutants FILES="
    wanted = [f"snippets/{n}.py: {said}snippets/{n}.py" for n in concerned]
    assert record.faults() == record.faults(but_new=True) == wanted
    content = record.write({})  # which lets them wait
    assert content["waiting"] == len(concerned)
    assert record.faults(but_new=True) == []
    assert len(record.faults()) == len(concerned)


def test_a_new_snippet_and_one_that_is_gone_ask_for_a_new_run(recorded):
    Path("snippets/two.py").rename("snippets/three.py")
    new, gone = record.faults()
    assert new.startswith("snippets/three.py: mutants never tried: run make")
    assert gone == "snippets/two.py: is gone: run make mutants"
    assert record.faults(but_new=True) == [gone]


def test_a_rule_that_explains_nothing_is_a_fault(recorded):
    none, _ = record.judge("snippets/two.py", [PALE], [])
    content = record.write({"snippets/two.py": none})
    assert content["killed"] == 1
    (fault,) = record.faults()
    assert fault.endswith("explained.toml: explains nothing: alpha in draw_*")


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
    waiting = len(record.snippets()) - len(kept["files"])
    assert kept["waiting"] == waiting, "run make mutants FILES=none"
