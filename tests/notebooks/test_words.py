"""What all labs say of themselves, and in the same words."""

import ast
import re
from pathlib import Path

import pytest

from tests.claims import backed, claim
from tests.notebooks.lab import LABS, lab
from tests.notebooks.test_checks import BLANKS, functions


def blanks_where(words: str) -> list[int]:
    """Return the number of blanks of each lab that says so."""
    labs = [
        Path(said.statement.page).stem
        for said in backed()
        if said.words.startswith(words)
    ]
    return [sum(name == one for one, _ in BLANKS) for name in labs]


@claim("Time: about <minutes> minutes.")
def test_a_lab_takes_some_minutes_for_each_blank(said):
    counts = blanks_where(f"Time: about {said.minutes:g} minutes.")
    assert counts
    for count in counts:
        assert 5 <= said.minutes / count <= 15


@claim("Time: about <minutes> minutes, <each> for a part.")
def test_a_lab_in_parts_says_how_long_each_takes(said):
    counts = blanks_where(f"Time: about {said.minutes:g} minutes, ")
    assert {said.each * count for count in counts} == {said.minutes}


@claim(
    "<neuron> functions of the first chapter, to be written by you.",
    "<gradients> short functions, from the loss to a network in plain PyTorch.",
    "<training> short functions, from mini-batches to a network that reads "
    "digits.",
)
def test_a_lab_says_how_many_functions_are_to_be_written(said):
    for name in ("neuron", "gradients", "training"):
        solutions = lab(name).solutions.values()
        written = [one for code in solutions for one in functions(code)]
        assert len(written) == getattr(said, name)


@claim("at <points> points from <least> to <most>, and far outside.")
def test_functions_are_asked_at_many_points(said):
    for name, blank in (("activation", "slope"), ("gradients", "softmax")):
        names = lab(name).before[blank]
        near, z = names["near"], names["z"]
        assert len(near) == said.points
        assert (near.min(), near.max()) == (said.least, said.most)
        far = z[len(near) :]
        assert (far.abs() > 50 * near.max()).all()
        assert set(far.sign().tolist()) == {-1, 1}


@pytest.mark.parametrize("name", LABS)
def test_a_blank_promises_what_its_solution_does(name):
    """Both have the same description, and so has each check its words."""
    for blank, solution in lab(name).solutions.items():
        descriptions = [
            [ast.get_docstring(part) for part in ast.parse(code).body[-1:]]
            for code in (lab(name).cells[blank].source, solution)
        ]
        assert descriptions[0] == descriptions[1] != [None]
        check = lab(name).cells[lab(name).check_of(blank)].source
        (right,) = re.findall(r'^with check\("(.+)"\):$', check, re.M)
        assert lab(name).said[f"check-{blank}"].endswith(f"Right: {right}\n")
