"""Claims: sentences that name what backs them.

A sentence is backed by a test, to which a small mark leads,

    Units learn. [✓](../tests/test_neuron.py#test_training_changes_weights)

or by a reference, which stands as a footnote. The marks of a figure's caption
back its text alternative too, and those of a line "See ..." in the glossary
back the definition above it. A mark whose test is missing, is skipped or
asserts nothing is a Fault.
"""

import ast
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from press.fault import Fault
from press.source import Statement, statements

MARK = re.compile(r" ?\[✓\]\(([^)\s]*)\)")
CITATION = re.compile(r"\[\^(\w+)\](?!:)")
_TARGET = re.compile(r"((?:\.\./)+tests/[\w/]+\.py)#(test_\w+)$")


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
    references: tuple[str, ...]  # keys of docs/about/references.md
    is_shared: bool = False  # the marks stand with another sentence

    @property
    def place(self) -> str:
        """Return the place of the statement, for messages."""
        return f"docs/{self.statement.page}:{self.statement.line}"


def claims(page: str, text: str) -> list[Claim]:
    """Return the statements of a page, each with what backs it, if anything.

    page: its path below docs/. text: its Markdown.
    Raises Fault for a mark without a test that runs and asserts.
    """
    found = [_claim(statement) for statement in statements(page, text)]
    by_figure: dict[str, tuple[Test, ...]] = {}
    for claim in found:
        figure = claim.statement.figure
        by_figure[figure] = by_figure.get(figure, ()) + claim.tests
    for place, claim in enumerate(found):
        if claim.statement.is_alternative:
            tests = by_figure[claim.statement.figure]
            found[place] = claim._replace(tests=tests, is_shared=True)
        elif claim.statement.text.startswith("See [") and claim.tests and place:
            above = found[place - 1]
            found[place - 1] = above._replace(tests=claim.tests)
            found[place] = claim._replace(tests=())
    return found


def _claim(statement: Statement) -> Claim:
    place = f"docs/{statement.page}:{statement.line}"
    tests = tuple(
        find_test(target, statement.page, place)
        for target in MARK.findall(statement.text)
    )
    return Claim(statement, tests, tuple(CITATION.findall(statement.text)))


def find_test(target: str, page: str, place: str) -> Test:
    """Return the test that a mark leads to.

    target: the mark's address, relative to its page below docs/.
    place: where the mark stands, for messages.
    Raises Fault if there is no such test, or if it proves nothing.
    """
    parts = _TARGET.match(target)
    path = posixpath.join(
        "docs", posixpath.dirname(page), parts[1] if parts else ""
    )
    file = posixpath.normpath(path)
    if not parts or not file.startswith("tests/"):
        raise Fault(
            f"{place}: the mark leads to {target!r}; write the way from the "
            "page to the test, like ../../tests/test_neuron.py#test_name"
        )
    return require_test(file, parts[2], place)


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
