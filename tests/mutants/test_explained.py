from collections import Counter
from pathlib import Path

import pytest

from press.fault import Fault
from tests.mutants.changes import Mutant
from tests.mutants.explained import Explanations

RULE = """
[[rule]]
keywords = ["linewidth"]
functions = "draw_*"
why = "no sentence speaks of it"
"""


def mutant(keyword, function="draw_it", now="y"):
    return Mutant("snippets/a.py", 3, function, keyword, "x", now, "")


def judge(text, alive, file=Path("explained.toml")):
    file.write_text(text, encoding="utf-8")
    return Explanations.read(file).judge("snippets/a.py", alive, alive)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_rule_explains_an_argument_by_its_name_in_some_functions():
    verdict = judge(RULE, [mutant("linewidth"), mutant("linewidth", now="z")])
    assert not verdict.faults
    assert verdict.rules == {"linewidth in draw_*": 2}


@pytest.mark.parametrize(
    ("line", "excused"), [("", False), ("tried = false", True)]
)
def test_a_mutant_is_tried_unless_its_rule_says_not(line, excused):
    Path("explained.toml").write_text(RULE + line, encoding="utf-8")
    explanations = Explanations.read(Path("explained.toml"))
    assert explanations.excuses(mutant("linewidth")) == excused
    assert not explanations.excuses(mutant("label"))


@pytest.mark.parametrize(
    "other", [mutant("label"), mutant("linewidth", "count"), mutant("")]
)
def test_a_rule_explains_nothing_else(other):
    verdict = judge(RULE, [mutant("linewidth"), other])
    (fault,) = verdict.faults
    assert fault == f"{other}: no test notices"


def test_a_rule_that_explains_nothing_is_wrong():
    Path("explained.toml").write_text(RULE, encoding="utf-8")
    explanations = Explanations.read(Path("explained.toml"))
    assert not explanations.idle(Counter({"linewidth in draw_*": 1}))
    (fault,) = explanations.idle(Counter())
    assert fault == "explained.toml: explains nothing: linewidth in draw_*"


def test_one_explanation_is_enough():
    twice = RULE + RULE.replace("draw_*", "*")
    faults = judge(twice, [mutant("linewidth")]).faults
    assert faults[0].endswith("explained more than once")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace("no sentence speaks of it", " "), "nothing says why"),
        (RULE.replace("why", "because"), "unexpected keyword .* 'because'"),
        (RULE.replace("rule", "rules"), "what is rules?"),
        (RULE.replace("]]", "]"), "explained.toml: "),
    ],
)
def test_what_cannot_be_read_is_refused(text, said):
    with pytest.raises(Fault, match=said):
        judge(text, [])
