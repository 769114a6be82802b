"""What the output of a piece of code depends on, read from the source alone.

Nothing is imported to find out. Counted are the code itself, every module of
the project that it imports, directly or through others, the files of the
project that any of them names in a string, the versions of Python and of the
libraries that compute and draw, and the part of the press that runs code.
"""

import ast
import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("torch", "numpy", "matplotlib", "jaxtyping", "beartype")
RUNNING = (
    "dependencies",
    "display",
    "execution",
    "store",
    "worker",
    "workers",
)


def digest(code: str, options: str = "") -> str:
    """Return a name for the output of `code`: another one if it may differ.

    options: how the fence asks for the output to be shown.
    Code that does not parse depends on nothing but itself.
    """
    parts = [code, options, versions(), press()]
    parts += [f"{os.path.relpath(file)} {_hash(file)}" for file in files(code)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def files(code: str) -> list[str]:
    """Return the paths of the project's files that `code` depends on, in order.

    They are the modules that it imports, with what these import in turn, and
    the files that it or one of these names.
    """
    root = os.getcwd()
    ours = {name.removesuffix(".py") for name in os.listdir(root)}
    found: set[str] = set()
    modules: set[str] = set()
    todo = [_read_source(code, "", root)]
    while todo:
        names = todo.pop()
        for folder in {root, names.folder}:
            found.update(_data(names.strings, folder, root))
        for name in names.imports:
            if name.partition(".")[0] in ours:
                for module, file in _modules(name, root):
                    if file not in modules:
                        modules.add(file)
                        changed = os.stat(file).st_mtime_ns
                        todo.append(_read_module(file, module, changed))
    return sorted(found | modules)


@lru_cache(maxsize=1)
def versions() -> str:
    """Return the versions of Python and of the libraries."""
    return "\n".join([sys.version, *map(_version, LIBRARIES)])


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"{library} is not installed"


def press() -> str:
    """Return a digest of the part of the press that runs code."""
    here = os.path.dirname(__file__)
    files = (os.path.join(here, f"{module}.py") for module in RUNNING)
    return " ".join(map(_hash, files))


@dataclass(frozen=True)
class _Names:
    """What a source names: modules, and strings that may be files."""

    folder: str
    imports: frozenset[str]
    strings: frozenset[str]


@lru_cache(maxsize=1024)
def _read_module(file: str, module: str, changed: int) -> _Names:
    """Read a module once for each time that it was changed."""
    package = (
        module if file.endswith("__init__.py") else module.rpartition(".")[0]
    )
    source = Path(file).read_text(encoding="utf-8")
    return _read_source(source, package, os.path.dirname(file))


@lru_cache(maxsize=1024)
def _read_source(source: str, package: str, folder: str) -> _Names:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # running it will say so
        nodes = []
    imports = (name for node in nodes for name in _imports(node, package))
    strings = (
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "\n" not in node.value
        and "\0" not in node.value
    )
    return _Names(folder, frozenset(imports), frozenset(strings))


def _imports(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            up = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*up, *filter(None, [node.module])])
        yield base
        # a name that is imported from a package may be a module of it
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _modules(name: str, root: str) -> Iterator[tuple[str, str]]:
    """Yield the modules of the project that `name` stands for, outermost first.

    To import a module is to import the packages around it.
    """
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        path = os.path.join(root, *parts[:end])
        for file in (f"{path}.py", os.path.join(path, "__init__.py")):
            if os.path.isfile(file):
                yield ".".join(parts[:end]), file


def _data(strings: frozenset[str], folder: str, root: str) -> Iterator[str]:
    """Yield the files of the project that strings name, seen from a folder."""
    here = set(os.listdir(folder))
    for text in strings:
        first = text.removeprefix("./").partition("/")[0]
        if first in here or first == ".." or os.path.isabs(text):
            file = os.path.normpath(os.path.join(folder, text))
            if file.startswith(root + os.sep) and os.path.isfile(file):
                yield file


def _hash(file: str) -> str:
    status = os.stat(file)
    return _hash_once(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _hash_once(file: str, changed: int, size: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()
