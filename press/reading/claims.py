"""Claims: sentences, each with what backs it.

A sentence is backed by the tests that quote it, whole,

    @claim("Units learn.")
    def test_training_changes_weights(): ...

or by a reference, which stands as a footnote. The pages hold nothing of it: the
decorators of all tests are read. One of a test that is skipped or asserts
nothing is a Fault.
"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from press.fault import Fault
from press.reading.source import Statement, statements
from press.reading.wording import CITATION, NAME, pattern, plain

TESTS = Path("tests")
_SKIPS = {"skip", "skipif", "xfail", "importorskip"}
Functions = dict[str, ast.FunctionDef]


class Test(NamedTuple):
    """A test function: where it stands, and the function's syntax tree."""

    file: str  # below the project's folder, "tests/test_neuron.py"
    name: str
    function: ast.FunctionDef

    @property
    def words(self) -> str:
        """Return the test's name in words."""
        return self.name.removeprefix("test_").replace("_", " ")

    @property
    def code(self) -> str:
        """Return the source of the function, with its decorators."""
        lines = Path(self.file).read_text(encoding="utf-8").splitlines()
        nodes = [self.function, *self.function.decorator_list]
        first = min(node.lineno for node in nodes)
        return "\n".join(lines[first - 1 : self.function.end_lineno])


class Claim(NamedTuple):
    """A statement with what backs it."""

    statement: Statement
    tests: tuple[Test, ...]
    references: tuple[str, ...]  # keys of the list of references

    @property
    def place(self) -> str:
        """Return the place of the statement, for messages."""
        return f"docs/{self.statement.page}:{self.statement.line}"

    @property
    def words(self) -> str:
        """Return the statement as a test quotes it."""
        return plain(self.statement.text)


def claims(page: str, text: str) -> list[Claim]:
    """Return the statements of a page, each with what backs it, if anything.

    page: its path below docs/. text: its Markdown.
    Raises Fault for a quoting test that is skipped or asserts nothing.
    """
    found = quotations()
    return [
        Claim(
            statement,
            found.tests(plain(statement.text)),
            tuple(CITATION.findall(statement.text)),
        )
        for statement in statements(page, text)
    ]


class Quotations:
    """All sentences that tests quote, each with its tests."""

    def __init__(self, files: tuple[tuple[Path, int], ...]) -> None:
        self.by_text: dict[str, list[Test]] = {}
        for file, changed in files:
            if file.name.startswith("test_"):
                for text, test in _quoted(file, changed):
                    self.by_text.setdefault(text, []).append(test)
        self.named = [text for text in self.by_text if NAME.search(text)]

    def tests(self, words: str) -> tuple[Test, ...]:
        """Return the tests that quote a plain sentence."""
        found = self.by_text.get(words, [])
        for text in self.named:
            start, end = text.partition("<")[0], text.rpartition(">")[2]
            # first, for to compile a pattern takes a hundred times as long
            is_like = words.startswith(start) and words.endswith(end)
            if is_like and pattern(text).fullmatch(words):
                found = found + self.by_text[text]
        return tuple(found)


def quotations() -> Quotations:
    """Read what all tests quote."""
    files = sorted(TESTS.rglob("*.py"))
    return _quotations(tuple((f, f.stat().st_mtime_ns) for f in files))


_quotations = lru_cache(maxsize=1)(Quotations)


@lru_cache(maxsize=256)
def _quoted(file: Path, changed: int) -> tuple[tuple[str, Test], ...]:
    found = []
    for name, function in _functions(file, changed).items():
        for line, text in _quoted_by(function):
            place = f"{file.as_posix()}:{line}"
            names = NAME.findall(text)
            for twice in names:
                if names.count(twice) > 1:
                    raise Fault(
                        f"{place}: {name} reads two numbers of one sentence "
                        f"as <{twice}>; give each a name of its own"
                    )
            found.append((text, require_test(file.as_posix(), name, place)))
    return tuple(found)


def _quoted_by(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "claim":
            for text in decorator.args:
                yield text.lineno, ast.literal_eval(text)


def require_test(file: str, name: str, place: str) -> Test:
    """Return the test `name` of `file`; raise Fault if it proves nothing."""
    functions = _functions_of(Path(file))
    if name not in functions:
        raise Fault(f"{place}: {file} has no test {name}")
    function = functions[name]
    if _SKIPS & set(map(_name, ast.walk(function))):
        raise Fault(f"{place}: {file} skips {name}, so that it backs nothing")
    if not _asserts(function, functions):
        raise Fault(f"{place}: {name} in {file} asserts nothing")
    return Test(file, name, function)


def _functions_of(path: Path) -> Functions:
    return _functions(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=512)
def _functions(path: Path, changed: int) -> Functions:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}


def _asserts(function: ast.FunctionDef, own: Functions, depth: int = 3) -> bool:
    """Say whether a test asserts something: itself, or a helper it calls.

    own: the functions of its file. Others are looked for in what serves tests.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            if not isinstance(node.test, ast.Constant):
                return True
        elif isinstance(node, ast.Raise):
            if "AssertionError" in ast.unparse(node):
                return True
        elif isinstance(node, ast.Call):
            called = _name(node.func)
            if re.match(r"raises$|assert_\w", called):
                return True
            if depth and any(
                _asserts(found[called], found, depth - 1)
                for found in (own, *_helpers())
                if called in found
            ):
                return True
    return False


def _helpers() -> Iterator[Functions]:
    for path in TESTS.rglob("*.py"):
        if not path.name.startswith("test_"):
            yield _functions_of(path)


def _name(node: ast.AST) -> str:
    """Return the last word of a name: "raises" of `pytest.raises`."""
    return getattr(node, "attr", None) or getattr(node, "id", "")
