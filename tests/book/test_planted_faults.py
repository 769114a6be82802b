"""Faults planted in the text: each must be caught, at its place.

Words that are changed no test quotes any more, which is seen at once. For what
tests compute, formulas and numbers, faults are planted together in a copy of
the project, and its tests are run there.
"""

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from press.reading.claims import Claim, quotations
from press.reading.wording import plain
from tests.book.conftest import ROOT, source
from tests.claims import backed, claim, labels, pages, unheld

FOLDERS = ("docs", "press", "snippets", "tests")

WEEKLY = pytest.mark.weekly
HELD = "tests/book/test_claims.py::test_every_sentence_is_quoted_or_listed"


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
        "and the sigmoid's is one quarter at most.",
        "and the sigmoid's is one third at most.",
        "tests/activation/test_sigmoid.py::test_slope_is_largest_at_zero",
        "^(E +)?{place}: .*one third at most",
    ),
    "a wrong number in a text alternative": Fault(
        "propagation/descent.md",
        "A dotted level line marks the loss before the step, about 0.72.",
        "A dotted level line marks the loss before the step, about 0.74.",
        "tests/propagation/test_descent.py",
        "^(E +)?{place}: A dotted level line .*0.74",
    ),
    "a caption of another figure": Fault(
        "activation/sigmoid.md",
        "\nThe sigmoid and its derivative.",
        "\ntanh and its derivative.",
        "tests/activation/test_sigmoid.py"
        "::test_figure_shows_function_and_derivative",
        "FAILED .*::test_figure_shows_function_and_derivative",
    ),
    "a number that nothing backs": Fault(
        "propagation/forward.md",
        "This is *forward propagation*: one function inside another",
        "This is *forward propagation*: 9 functions inside another",
        HELD,
        "{place}: no test quotes this",
    ),
}
FORMULA = re.compile(r"\$[^$]+\$")
OTHER = {"one": "two", "two": "three", "three": "two", "four": "five"}
CHANGES = {
    "a word": (r"\b[a-z]{4,}\b", lambda word: f"un{word[0]}"),
    "a claim reversed": (
        r"\b(?:is|are|has|have|can|does|do|may|will)\b",
        lambda word: f"{word[0]} not",
    ),
    "a number": (r"\b\d", lambda digit: str(int(digit[0]) % 9 + 1)),
    "a number word": (
        rf"\b(?:{'|'.join(OTHER)})\b",
        lambda word: OTHER[word[0]],
    ),
}


def changed(change: str, count: int) -> list[tuple[Claim, str]]:
    """Return some sentences, drawn by chance, each with its faulty line."""
    draw, found = random.Random(change), []
    for said in draw.sample(backed(), len(backed())):
        places = [*re.finditer(CHANGES[change][0], said.statement.text)]
        if not places or len(found) == count:
            continue
        place, text = draw.choice(places), said.statement.text
        fault = CHANGES[change][1](place)
        faulty = text[: place.start()] + fault + text[place.end() :]
        if plain(faulty) != said.words:  # or it is in an address
            found.append((said, faulty))
    return found


def handed_over(count: int) -> dict[str, Fault]:
    """Return faults in numbers that a test is given, drawn by chance."""
    found = {}
    for change in ("a number", "a number word"):
        given = [
            (said, faulty, test)
            for said, faulty in changed(change, len(backed()))
            for test in said.tests
            if not test.file.startswith("tests/book/")  # which read more
            and test in quotations().tests(plain(faulty))
            and source(said.statement.page).count(said.statement.text) == 1
            # a test_equations that misses a formula would look at no other
            and FORMULA.findall(faulty) == FORMULA.findall(said.statement.text)
            and not any(f.sound in said.statement.text for f in FAULTS.values())
            # two faults in one test would hide each other
            and f"{test.file}::{test.name}"
            not in {f.test for f in FAULTS.values()}
        ]
        for said, faulty, test in given[:count]:
            found[said.place] = Fault(
                said.statement.page,
                said.statement.text,
                faulty,
                f"{test.file}::{test.name}",
                "^(E +)?{place}: .*[a-z]",
            )
    return found


@pytest.mark.parametrize("count", [10, pytest.param(60, marks=WEEKLY)])
@pytest.mark.parametrize("change", CHANGES)
def test_no_sentence_can_be_changed_unseen(change, count):
    """A number may be a test's to check, which is then given another."""
    faults = changed(change, count)
    assert len(faults) == count
    for said, faulty in faults:
        at, text = said.statement, pages()[said.statement.page]
        lines = text.splitlines()
        lines[at.line - 1] = lines[at.line - 1].replace(at.text, faulty)
        (message,) = unheld(at.page, "\n".join(lines)) or [""]
        is_given = "number" in change and quotations().tests(plain(faulty))
        assert message.startswith(f"{said.place}: ") or is_given, faulty


@pytest.mark.parametrize("page", pages())
def test_no_label_can_be_changed_unseen(page):
    """A heading, a description, the title of a fold, a table's head."""
    lines, draw = pages()[page].splitlines(), random.Random(page)
    line, label = draw.choice(
        [at for at in labels(pages()[page]) if at[1] in lines[at[0] - 1]]
    )
    faulty = f"{label[:8]}un{label[8:]}"
    lines[line - 1] = lines[line - 1].replace(label, faulty)
    (message,) = unheld(page, "\n".join(lines))
    assert message.startswith(f"docs/{page}:{line}: ")


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


def run_faulty_book(project: Path) -> tuple[dict[str, str], str]:
    """Plant the faults in a copy of the book; return places and test report."""
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, project / folder, ignore=ignored)
    for file in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / file, project)
    faults = FAULTS | handed_over(6)
    places = {name: plant(f, project / "docs") for name, f in faults.items()}
    # in one process, and without what a browser would need
    quiet = ["-p", "no:cacheprovider", "-p", "no:playwright", "--tb=short"]
    tests = {fault.test for fault in faults.values()}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *sorted(tests)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    return places, done.stdout


@claim(
    "The text is treated likewise: faults are planted in its formulas, "
    "sentences and captions, and each must be caught.",
)
@pytest.mark.weekly
def test_a_planted_fault_is_caught(tmp_path):
    places, said = run_faulty_book(tmp_path)
    missed = []
    for name, fault in (FAULTS | handed_over(6)).items():
        wanted = fault.said.replace("{place}", re.escape(places[name]))
        if not re.search(f"(?m){wanted}\\b", said):
            missed.append(name)
    assert not missed, said[-6000:]
