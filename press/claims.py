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
from press.source import Statement, statements
from press.wording import CITATION, NAME, pattern, plain

TESTS = Path("tests")


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
        first = min(
            [self.function, *self.function.decorator_list],
            key=lambda node: node.lineno,
        )
        return "\n".join(lines[first.lineno - 1 : self.function.end_lineno])


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
            for text, test in _quoted(file, changed):
                self.by_text.setdefault(text, []).append(test)
        self.patterns = {
            text: pattern(text) for text in self.by_text if NAME.search(text)
        }

    def tests(self, words: str) -> tuple[Test, ...]:
        """Return the tests that quote a plain sentence."""
        found = self.by_text.get(words, [])
        for text, sentence in self.patterns.items():
            if sentence.fullmatch(words):
                found = found + self.by_text[text]
        return tuple(found)


def quotations() -> Quotations:
    """Read what all tests quote."""
    files = sorted(TESTS.rglob("test_*.py"))
    return _quotations(tuple((f, f.stat().st_mtime_ns) for f in files))


@lru_cache(maxsize=1)
def _quotations(files: tuple[tuple[Path, int], ...]) -> Quotations:
    return Quotations(files)


@lru_cache(maxsize=256)
def _quoted(file: Path, changed: int) -> tuple[tuple[str, Test], ...]:
    found = []
    for name, function in _parse(file, changed).functions.items():
        for line, text in quoted_by(function):
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


def quoted_by(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Yield what a test quotes, each with its line."""
    for decorator in function.decorator_list:
        if (
            isinstance(decorator, ast.Call)
            and ast.unparse(decorator.func) == "claim"
        ):
            for text in decorator.args:
                yield text.lineno, ast.literal_eval(text)


def require_test(file: str, name: str, place: str) -> Test:
    """Return the test `name` of `file`; raise Fault if it proves nothing."""
    functions = _module(file).functions
    if name not in functions:
        raise Fault(f"{place}: {file} has no test {name}")
    function = functions[name]
    if _is_skipped(function):
        raise Fault(f"{place}: {file} skips {name}, so that it backs nothing")
    if not _asserts(function, file):
        raise Fault(f"{place}: {name} in {file} asserts nothing")
    return Test(file, name, function)


class _Module(NamedTuple):
    """What a test file defines, and what it imports, by its names there."""

    functions: dict[str, ast.FunctionDef]
    imported: dict[str, tuple[str, str]]  # the module and the name in it


def _module(file: str) -> _Module:
    path = Path(file)
    if not path.is_file():
        return _Module({}, {})
    return _parse(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _parse(path: Path, changed: int) -> _Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return _Module(functions, imported)


def _is_skipped(function: ast.FunctionDef) -> bool:
    marks = " ".join(
        ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)
        for mark in function.decorator_list
    )
    called = {call.rpartition(".")[2] for call in _calls(function)}
    return bool(re.search(r"\b(skip|skipif|xfail)\b", marks)) or bool(
        called & {"skip", "xfail", "importorskip"}
    )


def _asserts(function: ast.FunctionDef, file: str, depth: int = 3) -> bool:
    """Say whether a test asserts something: itself, or what it calls."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(
            node.test, ast.Constant
        ):
            return True
        if isinstance(node, ast.Raise) and "AssertionError" in ast.unparse(
            node
        ):
            return True
    calls = _calls(function)
    if any(re.search(r"(^|\.)(raises|assert_\w+)$", call) for call in calls):
        return True
    return depth > 0 and any(
        _asserts(helper, place, depth - 1)
        for call in calls
        for helper, place in _helper(call, file)
    )


def _helper(call: str, file: str) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Find what a test calls, in its own file or where it imports it from."""
    module = _module(file)
    owner, _, name = call.rpartition(".")
    if call in module.functions:
        yield module.functions[call], file
        return
    source, original = module.imported.get(owner or name, ("", ""))
    # "agreement.agrees_with" calls a function of an imported module
    dotted = f"{source}.{original}" if owner else source
    place = f"{dotted.replace('.', '/')}.py"
    found = _module(place).functions.get(name if owner else original)
    if found is not None:
        yield found, place


def _calls(function: ast.FunctionDef) -> list[str]:
    """Return what a function calls, "assert_close" or "pytest.raises"."""
    return [
        ast.unparse(node.func)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]
