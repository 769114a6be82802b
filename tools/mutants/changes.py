"""Every small change that a mutation tool would make to a file.

mutmut's operators say what a piece of code is changed into. Its own run would
leave out what stands here most: functions with a decorator, which are all
figures, and what a module defines outside functions.
"""

import ast
from collections.abc import Sequence
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
    visitor = _Changes(wrapper.module, file, source)
    wrapper.visit(visitor)
    return list(visitor.found.values())


class _Changes(libcst.CSTVisitor):
    """Asks every operator about every node, but for types and decorators.

    Neither does anything when the code runs as the book runs it; nor does what
    a module does as a program, which might write into the project.
    """

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, module: libcst.Module, file: str, source: str) -> None:
        super().__init__()
        self.module, self.file, self.source = module, file, source
        self.found: dict[str, Mutant] = {}  # by the whole changed text
        self.around: list[libcst.CSTNode] = []

    def on_visit(self, node: libcst.CSTNode) -> bool:
        if isinstance(node, libcst.Annotation | libcst.Decorator):
            return False
        code = self.module.code_for_node
        if isinstance(node, libcst.If) and "__name__" in code(node.test):
            return False
        for kind, operator in mutation_operators:
            for changed in operator(node) if isinstance(node, kind) else ():
                self._note(node, changed)
        self.around.append(node)
        return True

    def on_leave(self, original_node: libcst.CSTNode) -> None:
        if self.around and self.around[-1] is original_node:
            self.around.pop()

    def _note(self, node: libcst.CSTNode, changed: libcst.CSTNode) -> None:
        span = self.get_metadata(ByteSpanPositionProvider, node)
        data, new = self.source.encode(), self.module.code_for_node(changed)
        end = data[span.start + span.length :]
        text = (data[: span.start] + new.encode() + end).decode()
        if text != self.source and text not in self.found and _is_python(text):
            given = [*self.around, *_changed_arguments(node, changed)]
            line, was, now = _difference(self.source, text)
            place = self.file, line, _function(self.around), _keyword(given)
            self.found[text] = Mutant(*place, was, now, text)


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
) -> list[libcst.Arg]:
    """Return the arguments of a call that another call does not have."""
    if not isinstance(node, libcst.Call) or not hasattr(changed, "args"):
        return []
    kept = {id(argument) for argument in changed.args}
    return [argument for argument in node.args if id(argument) not in kept]


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
    sides = [[s.strip() for s in each.splitlines()] for each in (source, text)]
    same = _common(*sides)
    sides = [side[same:] for side in sides]
    end = _common(*(side[::-1] for side in sides))
    was, now = (" ".join(side[: len(side) - end]) for side in sides)
    return same + 1, was, now


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts share at the start."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
