"""Faults planted in the text: each must be caught, at its place.

All are planted at once, in a copy of the project, and its tests are run there.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.book.conftest import ROOT
from tests.claims import claim
from tests.conftest import once

FOLDERS = ("docs", "press", "snippets", "tests")
SAID, PLACES = "said.txt", "places.json"

MARKS = (
    "tests/book/test_claims.py::test_every_mark_leads_to_a_test_of_these_words"
)


class Fault(NamedTuple):
    """A fault: what stands in a page, what is put there, who must see it."""

    page: str
    sound: str
    faulty: str
    test: str
    said: str = "{place}"  # a pattern for the message


FAULTS = {
    "a sign flipped in a display": Fault(
        "activation/tanh.md",
        "\na' = 1 - a^2\n",
        "\na' = 1 + a^2\n",
        "tests/activation/test_tanh.py::test_equations",
    ),
    "a sign flipped in the second line of a derivation": Fault(
        "activation/index.md",
        "&= W x + b\n",
        "&= W x - b\n",
        "tests/activation/test_index.py::test_equations",
    ),
    "a matrix transposed": Fault(
        "propagation/backward.md",
        "dz^{[l]} (a^{[l-1]})^\\top",
        "dz^{[l]} a^{[l-1]}",
        "tests/propagation/test_backward.py::test_equations",
        "{place}.*no matrix product",
    ),
    "a sign that nobody defined": Fault(
        "network.md",
        "\nz = W x + b\n",
        "\nz = W x + c\n",
        "tests/test_network.py::test_equations",
        "{place}.*what c is",
    ),
    "a sign flipped within a sentence": Fault(
        "activation/relu.md",
        "$|z| = \\max(0, z) + \\max(0, -z)$",
        "$|z| = \\max(0, z) - \\max(0, -z)$",
        "tests/activation/test_relu.py::test_equations",
    ),
    "a wrong constant in a sentence": Fault(
        "activation/sigmoid.md",
        "and the sigmoid's is one quarter at best.",
        "and the sigmoid's is one third at best.",
        "tests/activation/test_sigmoid.py::test_slope_is_largest_at_zero",
        "FAILED .*::test_slope_is_largest_at_zero",
    ),
    "a wrong number in a text alternative": Fault(
        "propagation/backward.md",
        "A dotted level line marks the loss before the step, about 0.72.",
        "A dotted level line marks the loss before the step, about 0.74.",
        "tests/propagation/test_backward.py",
        "FAILED .*::test_figure_shows_the_promise_and_its_end",
    ),
    "a number that nothing backs": Fault(
        "propagation/forward.md",
        "That is all there is to *forward propagation*.",
        "That is all there is to *forward propagation*, in 9 of 10 books.",
        "tests/book/test_claims.py::test_every_number_is_backed",
        "{place}: nothing backs 9, 10",
    ),
    "a caption of another figure": Fault(
        "activation/sigmoid.md",
        "\nThe sigmoid and its derivative.",
        "\ntanh and its derivative.",
        MARKS,
        "{place}",
    ),
    "a claim that points at another test": Fault(
        "network.md",
        "#test_initial_layers_have_the_shapes_of_the_text",
        "#test_affine_is_one_neuron_a_row",
        MARKS,
        "{place}: test_affine_is_one_neuron_a_row",
    ),
}


def plant(fault: Fault, docs: Path) -> str:
    """Plant a fault; return its place."""
    page = docs / fault.page
    text = page.read_text(encoding="utf-8")
    assert text.count(fault.sound) == 1, f"{fault.page}: {fault.sound}"
    start = (
        text.index(fault.sound) + len(fault.sound) - len(fault.sound.lstrip())
    )
    page.write_text(text.replace(fault.sound, fault.faulty), encoding="utf-8")
    return f"docs/{fault.page}:{text.count(chr(10), 0, start) + 1}"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> tuple[str, dict[str, str]]:
    """Return what the tests of the faulty book say, and the faults' places."""
    project = once(tmp_path_factory, "faulty", run_faulty_book)
    said = (project / SAID).read_text(encoding="utf-8")
    return said, json.loads((project / PLACES).read_text(encoding="utf-8"))


def run_faulty_book(project: Path) -> None:
    """Plant the faults in a copy of the book, and note what its tests say."""
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, project / folder, ignore=ignored)
    for file in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / file, project)
    places = {
        name: plant(fault, project / "docs") for name, fault in FAULTS.items()
    }
    (project / PLACES).write_text(json.dumps(places), encoding="utf-8")
    # in one process, and without what a browser would need
    quiet = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:playwright",
        "--tb=short",
    ]
    tests = {fault.test for fault in FAULTS.values()}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *sorted(tests)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    (project / SAID).write_text(done.stdout, encoding="utf-8")


@claim(
    "faults are planted in its formulas, sentences and captions, and each must "
    "be caught"
)
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(report, name):
    said, places = report
    wanted = FAULTS[name].said.replace("{place}", re.escape(places[name]))
    assert re.search(f"(?m){wanted}\\b", said), said[-6000:]
