"""What a lab says to a reader who answers wrongly, otherwise, or not at all."""

import ast
import re
from textwrap import indent

import numpy as np
import pytest

from tests.notebooks.lab import blanks, lab
from tests.notebooks.planted import RIGHT, WRONG

BLANKS = [*blanks()]
# what a function in a blank may do as well
OTHERWISE = {
    "nothing is returned": "None",
    "a text is returned": "'text'",
    "NaN is returned": "float('nan')",
    "a list of nothing is returned": "[None, None, None]",
    "a wrong shape is returned": "np.zeros((9, 9, 9))",
    "it divides by zero": "1 / 0",
    "it leaves Python": "exit()",
    "it calls itself for ever": "{name}(*given)",
    "all is zero": "_changed(_first(*given), 0)",
    "all is NaN": "_changed(_first(*given), np.nan)",
}


def answer(name: str, blank: str, old: str | None, new: str) -> str:
    """Return a solution with a part of it replaced."""
    solution = lab(name).solutions[blank]
    if old is None:
        head, colon, _ = solution.rpartition('"""')
        return f"{head}{colon}\n{indent(new, '    ')}"
    assert old in solution, f"the solution does not say {old!r}"
    return solution.replace(old, new)


def functions(code: str) -> list[str]:
    """Return the names of the functions that code defines."""
    return [
        part.name
        for part in ast.parse(code).body
        if isinstance(part, ast.FunctionDef)
    ]


def changed(value: object, factor: float) -> object:
    """Return an answer of the same form, its numbers multiplied."""
    if isinstance(value, tuple | list):
        return [changed(part, factor) for part in value]
    if hasattr(value, "parameters"):
        return value.apply(lambda part: changed_model(part, factor))
    if hasattr(value, "data") and hasattr(value, "sources"):
        return type(value)(value.data * factor)
    return value * factor


def changed_model(part: object, factor: float) -> None:
    for numbers in part.parameters(recurse=False):
        numbers.data *= factor


def planted(table: dict) -> list[tuple]:
    """Return each answer of a table as a parameter."""
    return [(*key, *one) for key, answers in table.items() for one in answers]


@pytest.mark.parametrize(
    ("name", "blank", "old", "new", "said"), planted(WRONG)
)
def test_a_wrong_answer_is_refused(name, blank, old, new, said):
    told = lab(name).checks(blank, answer(name, blank, old, new))
    assert told.startswith(("Not yet: ", "Your code stops with "))
    assert said in told
    assert told.count("\n") == 1, "one line"
    # it helps, and gives nothing away
    for line in lab(name).solutions[blank].splitlines()[2:]:
        code = line.strip().removeprefix("return ")
        assert code not in told or not re.search(r"[-+*/@=(]", code)


@pytest.mark.parametrize(("name", "blank", "old", "new"), planted(RIGHT))
def test_a_right_answer_may_be_written_otherwise(name, blank, old, new):
    told = lab(name).checks(blank, answer(name, blank, old, new))
    assert told == lab(name).said[lab(name).check_of(blank)]
    assert told.startswith("Right: ")


@pytest.mark.parametrize("what", OTHERWISE)
@pytest.mark.parametrize(("name", "blank"), BLANKS)
def test_a_check_never_raises(name, blank, what):
    code = [lab(name).solutions[blank]]
    helpers = {"_changed": changed, "np": np}
    lab(name).before[blank].update(helpers)
    for function in functions(code[0]):
        body = OTHERWISE[what].replace("_first", f"_first_{function}")
        code.append(
            f"_first_{function} = {function}\n\n"
            f"def {function}(*given):\n    return {body.format(name=function)}"
        )
    told = lab(name).checks(blank, "\n\n".join(code))
    assert told.startswith(("Not yet: ", "Your code stops with ")), told
    if what == "nothing is returned" and name != "mutant_clinic":
        assert re.search("is there a return|must (give|return) a|stops", told)


@pytest.mark.parametrize(("name", "blank"), BLANKS)
def test_a_blank_that_is_blank_is_told_so(name, blank):
    source = lab(name).cells[blank].source
    told = lab(name).checks(blank, source)
    if name == "mutant_clinic":
        assert "in the words of the list" in told
    else:
        assert told.startswith("Still blank: ")
        assert told.removeprefix("Still blank: ").split(":")[0] in source
    told = lab(name).checks(blank, "")
    assert "NameError" in told or name == "mutant_clinic"


@pytest.mark.parametrize("key", BLANKS, ids=":".join)
def test_every_check_has_met_wrong_answers_and_right_ones(key):
    assert len(WRONG[key]) >= 3
    assert RIGHT[key]


def test_no_table_has_answers_to_what_is_not_asked():
    assert set(WRONG) == set(RIGHT) == set(BLANKS)
