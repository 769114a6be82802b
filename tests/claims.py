"""Ties a test to the sentences of the book that it backs, and holds the rest.

    @claim("The sigmoid's slope is <best> at best.")
    def test_slope_is_largest_at_zero(said):
        agree(said, slope(0))

A test quotes a whole sentence, in plain words, as press/reading/wording.py
says; a page must say it. A number in angle brackets is read from the page and
handed to the test as `said.best`: the page says it, the test compares it with
what the code computes. `agree` holds all of them, in the order in which the
sentences say them, each as the page rounds it. A test that leaves one of them
unread fails.

Each sentence that no test quotes is in tests/book/unquoted.txt, word for word,
so that whoever changes a sentence must change the other place, too. So is each
label: a title, a description, the head of a table that code prints.
"""

import ast
import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from press.reading.claims import Claim, claims, quotations
from press.reading.wording import number, read, skeleton

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests/book/unquoted.txt"
KINDS = ("label", "cited", "said", "open")
SHARED = "several pages"  # where the list has labels such as Summary
# what lists, counts or tells how to work on the book, and is no prose of it
_ASIDE = {"references", "contributing", "hosting", "ledger", "teaching"}
_LABEL = re.compile(
    r'#+ (.+?)(?: \{:.*)?$|(?:description|tags): "?(.+?)"?$'
    r'|\?{3}\+? \w+ "(.+)"$|<summary>(.+)</summary>$'
)
_TELLS = {"NotImplementedError", "check"}  # a lab's hint, and what is right
_ASKED = re.compile(r"from (snippets\.questions\.\w+) import (\w+)")
_INCLUDED = re.compile(r'--8<-- "(snippets/.+\.py):(\w+)"')
_PRINTED = re.compile(r'(print\(f?"[^"{]*[A-Za-z]{2}.*)')


@cache
def pages() -> dict[str, str]:
    """Return the text of each page and notebook that is held, by its path."""
    docs = ROOT / "docs"
    return {
        page.relative_to(docs).as_posix(): page.read_text(encoding="utf-8")
        for page in sorted(docs.rglob("*.md"))
        if not _ASIDE & {*page.relative_to(docs).with_suffix("").parts}
    } | {
        page.relative_to(docs).as_posix(): words_of(page)
        for page in sorted(docs.glob("notebooks/*.ipynb"))
    }


def words_of(notebook: Path) -> str:
    """Return what a notebook says, each line where its file has it.

    That is the text of its cells, and of its code each hint in a blank and what
    a check says of a right answer. Jupyter gives each line of a cell a line of
    the file.
    """
    file = notebook.read_text(encoding="utf-8")
    found = [""] * len(file.splitlines())
    starts = [at.start() for at in re.finditer(r'\n   "source": \[\n', file)]
    cells = json.loads(file)["cells"]
    for cell, start in zip(cells, starts, strict=True):
        first = file.count("\n", 0, start) + 2
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for line, words in enumerate(source.splitlines(), start=first):
                found[line] = words
            continue
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in _TELLS:
                told = call.args[0]
                found[first + told.lineno - 1] = ast.literal_eval(told)
    return "\n".join(found)


@cache
def backed() -> list[Claim]:
    """Return all sentences of the book, each with what backs it."""
    return [claim for page in pages().items() for claim in claims(*page)]


def claim(*texts: str) -> Callable:
    """Mark a test as backing the sentences that it quotes.

    If no page says one of them, the test fails. Sentences that hand over
    numbers of one name must agree about them. A test that fails names the
    places of its sentences, by tests/conftest.py.
    """
    mark = pytest.mark.claim.with_args(*texts)

    def decorate(test: Callable) -> Callable:
        read: dict[frozenset[str], list[dict[str, float]]] = {}
        for text in texts:
            rows = [numbers for _, numbers in quoted(text)]
            if not rows:
                return mark(
                    _failing(test, f"no page says {text!r}{nearest(text)}")
                )
            read.setdefault(frozenset(rows[0]), []).extend(rows)
        rows = [*joined(read.values())]
        every = [one.items() for table in read.values() for one in table]
        if not all(any(one <= row.items() for row in rows) for one in every):
            lines = ["these differ in their numbers:", *placed(texts)]
            return mark(_failing(test, "\n".join(lines)))
        if any(rows):
            said = {tuple(row.items()): Numbers(row) for row in rows}
            test = pytest.mark.parametrize("said", said.values())(test)
        return mark(test)

    return decorate


def quoted(text: str) -> Iterator[tuple[Claim, dict[str, float]]]:
    """Yield each sentence that is quoted, with its numbers by their names."""
    for said in _alike().get(skeleton(text), []):
        if (found := read(text, said.words)) is not None:
            yield said, {name: Said(n) for name, n in found.items()}


class Said(float):
    """A number of a page; half a unit of its last decimal, if any, is near."""

    def __new__(cls, text: str) -> "Said":
        said = super().__new__(cls, number(text))
        places = len(text.partition(".")[2])
        said.near = 1e-9 + (0.5 * 10.0**-places if places else 0)
        return said


class Numbers:
    """The numbers of quoted sentences by name; knows which nobody has read."""

    def __init__(self, row: Mapping[str, float]) -> None:
        self.by_name, self.unread = row, set(row)

    def __getattr__(self, name: str) -> float:
        if name not in self.by_name:
            raise AttributeError(f"no sentence of this test says <{name}>")
        self.unread.discard(name)
        return self.by_name[name]

    def __iter__(self) -> Iterator[float]:
        return (getattr(self, name) for name in self.by_name)


def agree(said: Iterable[float], *found: Any) -> None:
    """Hold numbers of a page against numbers, tensors or lists, in a row."""
    said = list(said)
    parts = [torch.as_tensor(part, dtype=torch.float64) for part in found]
    row = [value for part in parts for value in part.flatten().tolist()]
    assert len(said) == len(row), f"{said} against {row}"
    near = [getattr(number, "near", 1e-9) for number in said]
    wrong = [
        f"{number} of the page is {value}"
        for number, value, within in zip(said, row, near, strict=True)
        if abs(number - value) > within
    ]
    assert not wrong, "; ".join(wrong)


def placed(texts: Iterable[str], given: Mapping | None = None) -> list[str]:
    """Return the sentences that are quoted, each after its place.

    given: numbers; of sentences that hand over others nothing is told.
    """
    return [
        f"{said.place}: {said.words}"
        for text in texts
        for said, numbers in quoted(text)
        if given is None or numbers.items() <= given.items()
    ]


@cache
def _alike() -> dict[str, list[Claim]]:
    """Return the sentences of the book by their words without numbers."""
    found: dict[str, list[Claim]] = {}
    for said in backed():
        found.setdefault(skeleton(said.words), []).append(said)
    return found


def joined(
    tables: Iterable[list[dict[str, float]]],
) -> Iterator[dict[str, float]]:
    """Yield each combination of rows that agree where they share a name."""
    rows: list[dict[str, float]] = [{}]
    for table in tables:
        rows = [
            row | more
            for row in rows
            for more in table
            if all(row.get(name, n) == n for name, n in more.items())
        ]
    yield from rows


def _failing(test: Callable, message: str) -> Callable:
    """Return a test that fails with a message."""

    @wraps(test)
    def fail() -> None:
        pytest.fail(message, pytrace=False)

    del fail.__wrapped__  # or pytest would ask for what the test takes
    # nor is there anything to try it with
    fail.pytestmark = []
    return fail


def nearest(words: str) -> str:
    """Say which sentence of the book is most like some words."""
    places = {claim.words: claim.place for claim in backed()}
    found = difflib.get_close_matches(words, places, 1, 0.5)
    return f"; the nearest is\n{places[found[0]]}: {found[0]}" if found else ""


class Listed(NamedTuple):
    """A sentence of the list: where it stands there, and its kind."""

    line: int
    kind: str


@cache
def listed() -> dict[tuple[str, str], Listed]:
    """Return what is listed, by page and plain words."""
    found, page = {}, ""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    for line, text in enumerate(lines, start=1):
        kind, _, words = text.partition(" ")
        if text.startswith("["):
            page = text.strip("[]")
        elif text and not text.startswith("#"):
            assert kind in KINDS, f"{LIST.name}:{line}: {kind} is no kind"
            found[page, words.strip()] = Listed(line, kind)
    return found


def labels(text: str) -> Iterator[tuple[int, str]]:
    """Yield what a page says beside its sentences, with its line.

    That is headings and their like, questions, heads of tables that code
    prints, and the docstrings of code that is shown.
    """
    fence = ""
    for line, whole in enumerate(text.splitlines(), start=1):
        words = whole.strip()
        if words.startswith("```"):
            fence = "" if fence else words
            continue
        if fence and (asked := _ASKED.fullmatch(words)):
            questions = getattr(import_module(asked[1]), asked[2])()
            for one in (
                questions if isinstance(questions, list) else [questions]
            ):
                yield line, " | ".join((one.asked, *one.choices, one.because))
        if (code := _INCLUDED.fullmatch(words)) and "draw" not in words:
            for said in docstrings(*code.groups()):
                yield line, said
        kind = _PRINTED if "result=" in fence else _LABEL
        if (kind is _PRINTED or not fence) and (found := kind.match(words)):
            yield line, next(filter(None, found.groups()))


@cache
def docstrings(file: str, name: str) -> list[str]:
    """Return what the docstrings of a section of a snippet say."""
    text = (ROOT / file).read_text(encoding="utf-8")
    section = text.partition(f"[start:{name}]")[2].partition("[end:")[0]
    said = re.findall(r'^ +"""(.+?)"""$', section, re.M | re.S)
    return [" ".join(words.split()) for words in said]


def unheld(page: str, text: str) -> list[str]:
    """Return a message for each sentence or label that nothing holds."""
    said = [(c.place, c.words) for c in claims(page, text) if not c.tests]
    said += [(f"docs/{page}:{line}", words) for line, words in labels(text)]
    return [
        f"{place}: no test quotes this, nor is it listed:\n"
        f"{words}\n{held_near(page, words)}"
        for place, words in said
        if not {(page, words), (SHARED, words)} & listed().keys()
    ]


def held_near(page: str, words: str) -> str:
    """Say what to do about a sentence or a label that nothing holds."""
    kept = {
        words: at.line for (of, words), at in listed().items() if of == page
    }
    quoted = quotations().by_text
    near = difflib.get_close_matches(words, [*kept, *quoted], 1, 0.6)
    paste = (
        f"list it below [{page}] in {LIST.relative_to(ROOT)}, as said or label"
    )
    if near and near[0] in kept:
        where = f"{LIST.relative_to(ROOT)}:{kept[near[0]]} lists"
    elif near:
        test = quoted[near[0]][0]
        where = f"{test.file}, {test.name}, quotes"
    else:
        return f"let a test quote it by @claim, or {paste}"
    return f"{where} this, perhaps to be changed too:\n{near[0]}\nor {paste}"
