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
from press.reading.wording import CITATION, NAME, plain, read, skeleton

TESTS = Path("tests")
_SKIPS = {"skip", "skipif", "xfail", "importorskip"}
Functions = dict[str, ast.FunctionDef]
Files = tuple[tuple[Path, int], ...]  # each with the time of its last change


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

    def __init__(self, files: Files) -> None:
        self.by_text: dict[str, list[Test]] = {}
        helpers = tuple(f for f in files if not f[0].name.startswith("test_"))
        for file, changed in files:
            if file.name.startswith("test_"):
                for text, test in _quoted(file, changed, helpers):
                    self.by_text.setdefault(text, []).append(test)
        self.alike: dict[str, list[str]] = {}
        for text in self.by_text:
            self.alike.setdefault(skeleton(text), []).append(text)

    def tests(self, words: str) -> tuple[Test, ...]:
        """Return the tests that quote a plain sentence."""
        return tuple(
            test
            for text in self.alike.get(skeleton(words), [])
            if read(text, words) is not None
            for test in self.by_text[text]
        )


def quotations() -> Quotations:
    """Read what all tests quote."""
    return _quotations(_files())


def _files() -> Files:
    files = sorted(TESTS.rglob("*.py"))
    return tuple((file, file.stat().st_mtime_ns) for file in files)


_quotations = lru_cache(maxsize=1)(Quotations)


@lru_cache(maxsize=256)
def _quoted(
    file: Path, changed: int, helpers: Files
) -> tuple[tuple[str, Test], ...]:
    found = []
    for name, function in _functions(file, changed).items():
        quoted = [*_quoted_by(function)]
        for line, text in quoted:
            names = NAME.findall(text)
            for twice in names:
                if names.count(twice) > 1:
                    raise Fault(
                        f"{file.as_posix()}:{line}: {name} reads two numbers "
                        f"of one sentence as <{twice}>; give each a name of "
                        "its own"
                    )
        if quoted:
            place = f"{file.as_posix()}:{quoted[0][0]}"
            test = require_test(file.as_posix(), name, place, helpers)
            found.extend((text, test) for _, text in quoted)
    return tuple(found)


def _quoted_by(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and _name(decorator.func) == "claim":
            for text in decorator.args:
                yield text.lineno, ast.literal_eval(text)


def require_test(
    file: str, name: str, place: str, helpers: Files | None = None
) -> Test:
    """Return the test `name` of `file`; raise Fault if it proves nothing.

    helpers: the files whose functions a test may let assert, with their times.
    """
    functions = _functions_of(Path(file))
    if name not in functions:
        raise Fault(f"{place}: {file} has no test {name}")
    function = functions[name]
    if _SKIPS & set(map(_name, ast.walk(function))):
        raise Fault(f"{place}: {file} skips {name}, so that it backs nothing")
    if not _asserts(function, functions, _merged(helpers or _files())):
        raise Fault(f"{place}: {name} in {file} asserts nothing")
    return Test(file, name, function)


def _functions_of(path: Path) -> Functions:
    return _functions(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=512)
def _functions(path: Path, changed: int) -> Functions:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}


@lru_cache(maxsize=4)
def _merged(files: Files) -> dict[str, list[tuple[ast.FunctionDef, Functions]]]:
    """Return the functions of files by name, with the others of its file."""
    found: dict[str, list[tuple[ast.FunctionDef, Functions]]] = {}
    for functions in (_functions(*file) for file in files):
        for name, function in functions.items():
            found.setdefault(name, []).append((function, functions))
    return found


def _asserts(
    function: ast.FunctionDef, own: Functions, helpers: dict, depth: int = 3
) -> bool:
    """Say whether a test asserts something: itself, or what it calls.

    own: the functions of its file, which come before those that serve tests.
    """
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            if not isinstance(node.test, ast.Constant):
                return True
        elif isinstance(node, ast.Raise):
            if "AssertionError" in ast.unparse(node):
                return True
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if re.match(r"raises$|assert_\w", name):
                return True
            called = (
                [(own[name], own)] if name in own else helpers.get(name, ())
            )
            if depth and any(_asserts(*c, helpers, depth - 1) for c in called):
                return True
    return False


def _name(node: ast.AST) -> str:
    """Return the last word of a name: "raises" of `pytest.raises`."""
    return getattr(node, "attr", None) or getattr(node, "id", "")
