"""`python -m tests.mutants` on small projects with planted faults."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.record import UNEXPLAINED

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="mutants need a system that can fork"
)

TEST = """
from snippets.one import LIMIT, clipped

def test_one():
    assert LIMIT == 3
    assert [clipped(z) for z in (-1, 0, 5)] == [0, 0, 3]
"""
CODE = """
LIMIT = 3


def clipped(z):
    if z < 0:
        return 0
    return min(z, LIMIT)
"""
EXPLAINED = """
[[mutant]]
file = "snippets/one.py"
function = "clipped"
was = "if z < 0:"
now = ["if z <= 0:"]
why = "0 is clipped to itself"

[[mutant]]
file = "snippets/one.py"
function = "clipped"
was = "if z < 0:"
now = ["if z < 1:"]
why = "only whole numbers are clipped"
"""


def run(project, explained=EXPLAINED, code=CODE, test=TEST):
    project(
        {
            "snippets/__init__.py": "",
            "snippets/one.py": code,
            "tests/test_one.py": test,
            "tests/mutants/explained.toml": explained,
            "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        }
    )
    return subprocess.run(
        [sys.executable, "-m", "tests.mutants"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_killed_or_explained_is_recorded(project):
    done = run(project)
    assert done.returncode == 0, done.stderr
    said = json.loads(Path("tests/mutants/record.json").read_text())
    assert said["explained"] == said["one by one"] == 2
    assert said["killed"] == said["mutants"] - 2 > 5
    (file,) = said["files"].values()
    assert file["mutants"] == said["mutants"]


def test_a_survivor_without_explanation_is_named_with_file_and_line(project):
    done = run(
        project,
        test=TEST.replace("(-1, 0, 5)", "(2, 2, 2)").replace(
            "[0, 0, 3]", "[2, 2, 2]"
        ),
    )
    assert done.returncode == 1
    assert "snippets/one.py:7 (clipped): return 0 → return 1: no test" in (
        done.stderr
    )
    record = json.loads(Path("tests/mutants/record.json").read_text())
    (noted,) = record["files"].values()
    assert noted["digest"] == UNEXPLAINED, "and it does not hold"


def test_a_constant_that_no_test_holds_survives(project):
    done = run(
        project,
        test=TEST.replace("LIMIT == 3", "LIMIT").replace(
            "(-1, 0, 5)", "(-1, 0, 3)"
        ),
    )
    assert done.returncode == 1
    assert "snippets/one.py:2 (the module): LIMIT = 3 → LIMIT = 4: no test" in (
        done.stderr
    )


def test_an_explanation_of_what_a_test_notices_is_stale(project):
    done = run(project, test=TEST + "    assert clipped(0.5) == 0.5\n")
    assert done.returncode == 1
    assert "explained.toml: a test notices it now: snippets/one.py" in (
        done.stderr
    )
    assert "if z < 0: → if z < 1:" in done.stderr


def test_an_explanation_of_what_is_gone_is_stale(project):
    done = run(project, EXPLAINED.replace("if z <= 0:", "if z == 0:"))
    assert done.returncode == 1
    assert "no such change any more: snippets/one.py (clipped)" in done.stderr
    assert "if z <= 0:: no test notices" in done.stderr


def test_a_loop_without_end_is_noticed(project):
    """By the time that the processor takes, not by the clock's."""
    code = (
        CODE + "\n\ndef count(n):\n    i = 0\n    while i < n:\n"
        "        i += 1\n    return i\n"
    )
    test = (
        TEST + "    from snippets.one import count\n"
        "    assert (count(3), count(0)) == (3, 0)\n"
    )
    done = run(project, code=code, test=test)
    assert done.returncode == 0, done.stderr


def test_tests_that_fail_by_themselves_prove_nothing(project):
    done = run(project, test=TEST.replace("LIMIT == 3", "LIMIT == 4"))
    assert done.returncode == 1
    assert "must pass before anything is changed: tests/test_one.py" in (
        done.stderr
    )


def test_a_system_that_cannot_fork_is_told_so(monkeypatch, capsys):
    from tests.mutants.__main__ import main

    monkeypatch.delattr(os, "fork")
    assert main([]) == 1
    assert "on Windows, run it in WSL" in capsys.readouterr().err
