"""Every small change that a mutation tool would make to a file.

mutmut's operators say what a piece of code is changed into. Its own run would
leave out what stands here most: functions with a decorator, which are all
figures, and what a module defines outside functions.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import libcst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper
from mutmut.mutation.mutators import mutation_operators

MODULE = "the module"  # where code stands that is in no function


@dataclass(frozen=True)
class Mutant:
    """One small change to one file."""

    file: str
    line: int
    function: str  # the outermost one around it, or MODULE
    keyword: str  # the argument that changes, where it was given by name
    was: str  # the lines that change, without indentation
    now: str
    text: str  # the whole file, changed

    def __str__(self) -> str:
        """Say where the change is, and what."""
        now = self.now or "nothing"
        return f"{self.file}:{self.line} ({self.function}): {self.was} → {now}"


def mutants_of(file: str) -> list[Mutant]:
    """Return each change to a file that gives another program."""
    source = Path(file).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(libcst.parse_module(source))
    visitor = _Changes(wrapper.module)
    wrapper.visit(visitor)
    found, seen = [], {source}
    for change in visitor.changes:
        text = change.apply(source)
        if text in seen or not _is_python(text):
            continue
        seen.add(text)
        line, was, now = _difference(source, text)
        found.append(
            Mutant(file, line, change.function, change.keyword, was, now, text)
        )
    return found


@dataclass(frozen=True)
class _Change:
    start: int  # in bytes, as libcst counts
    length: int
    code: str
    function: str
    keyword: str

    def apply(self, source: str) -> str:
        data = source.encode()
        end = self.start + self.length
        return (data[: self.start] + self.code.encode() + data[end:]).decode()


class _Changes(libcst.CSTVisitor):
    """Asks every operator about every node, but for types and decorators.

    Neither does anything when the code runs as the book runs it; nor does what
    a module does as a program, which might write into the project.
    """

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, module: libcst.Module) -> None:
        super().__init__()
        self.module = module
        self.changes: list[_Change] = []
        self._around: list[libcst.CSTNode] = []

    def on_visit(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.Annotation | libcst.Decorator):
            return False
        if isinstance(node, libcst.If) and "__name__" in self._code(node.test):
            return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for changed in operator(node):
                    self._note(node, changed)
        self._around.append(node)
        return True

    def on_leave(self, original_node: libcst.CSTNode) -> None:
        if self._around and self._around[-1] is original_node:
            self._around.pop()

    def _note(self, node: libcst.CSTNode, changed: libcst.CSTNode) -> None:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        self.changes.append(
            _Change(
                span.start,
                span.length,
                self._code(changed),
                _function(self._around),
                _keyword([*self._around, *_changed_arguments(node, changed)]),
            )
        )

    def _code(self, node: libcst.CSTNode) -> str:
        return self.module.code_for_node(node)


def _function(around: Sequence[libcst.CSTNode]) -> str:
    """Return the outermost function, after its class where it has one."""
    names = []
    for node in around:
        if isinstance(node, libcst.ClassDef | libcst.FunctionDef):
            names.append(node.name.value)
        if isinstance(node, libcst.FunctionDef):
            return ".".join(names)
    return MODULE


def _changed_arguments(
    node: libcst.CSTNode, changed: libcst.CSTNode
) -> Iterator[libcst.Arg]:
    """Give the argument of a call that another call does not have."""
    if isinstance(node, libcst.Call) and isinstance(changed, libcst.Call):
        for argument in node.args:
            if not any(argument is kept for kept in changed.args):
                yield argument


def _keyword(around: Sequence[libcst.CSTNode]) -> str:
    """Return the name of the innermost argument that was given by name.

    An argument without a name hides those around the call that it is for.
    """
    for node in reversed(around):
        if isinstance(node, libcst.Arg):
            return node.keyword.value if node.keyword else ""
    return ""


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _difference(source: str, text: str) -> tuple[int, str, str]:
    """Return the line of a change, and the lines that go and that come."""
    old, new = (
        [line.strip() for line in each.splitlines()] for each in (source, text)
    )
    same = _common(old, new)
    shorter = min(len(old), len(new)) - same
    end = _common(old[::-1][:shorter], new[::-1][:shorter])
    was, now = old[same : len(old) - end], new[same : len(new) - end]
    return same + 1, " ".join(was), " ".join(now)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts share at the start."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
