"""A process that runs fences: `python -m press.worker`.

It reads jobs from standard input, one JSON string to a line, and answers each
with one line of JSON: {"output": ...}, or what went wrong and where. It ends
with its input, so it does not outlive the build that started it.

A process of its own keeps torch and matplotlib out of a build that draws
nothing, and lets a build draw on all cores.
"""

import importlib
import io
import json
import os
import signal
import sys
from contextlib import redirect_stdout
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import ClassVar

from press import dependencies

ROOT = Path.cwd()
FENCE = "<fence>"


def main() -> None:
    """Answer jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not get among the answers
    load_from_source()
    watch = Watch()
    for line in sys.stdin:
        code = json.loads(line)
        forget_changed()
        watch.allowed = set(map(os.path.realpath, dependencies.files(code)))
        answer = run(code)
        watch.allowed = None
        print(json.dumps(answer), file=answers, flush=True)


def run(code: str) -> dict:
    """Run `code` in a namespace of its own.

    Returns its output, or the kind, the text and the place of its error: the
    line of the fence, and the innermost line of the project's own code.
    """
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile(code, FENCE, "exec"), {"__name__": "fence"})
    except (Exception, SystemExit) as error:
        return _explain(error)
    return {"output": printed.getvalue()}


def _explain(error: BaseException) -> dict:
    line, inside = _places(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename == FENCE:
        line = error.lineno or 1
    elif isinstance(error, SyntaxError) and error.filename:
        inside = f"{_relative(error.filename)}:{error.lineno}"
    said = getattr(error, "msg", None) or str(error)
    return {
        "error": type(error).__name__,
        "said": said,
        "line": line,
        "inside": inside,
    }


def _places(trace: TracebackType | None) -> tuple[int, str]:
    line, inside = 1, ""
    for frame in extract_tb(trace):
        if frame.filename == FENCE:
            line = frame.lineno
        elif _is_ours(frame.filename):
            inside = f"{_relative(frame.filename)}:{frame.lineno}"
    return line, inside


def _is_ours(file: str) -> bool:
    """Tell whether a file is the project's own, and not part of the press."""
    path = Path(file)
    if not path.is_absolute() or path.is_relative_to(Path(__file__).parent):
        return False
    return path.is_relative_to(ROOT) and not path.is_relative_to(sys.prefix)


def _relative(file: str) -> str:
    return Path(file).relative_to(ROOT).as_posix() if _is_ours(file) else file


class Watch:
    """Notices a file of the project that a fence reads but does not name.

    Its changes would go unseen, and an old figure be published. The fence is
    stopped instead, with what to do about it.
    """

    def __init__(self) -> None:
        self.allowed: set[str] | None = None  # None: nothing is running
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple) -> None:
        if self.allowed is None or event != "open":
            return
        path, mode, flags = arguments
        if not isinstance(path, str | bytes) or not _reads(mode, flags):
            return
        file = os.path.abspath(os.fsdecode(path))
        if not _is_ours(file) or file.endswith((".py", ".pyc")):
            return
        if os.path.realpath(file) not in self.allowed and os.path.isfile(file):
            raise RuntimeError(
                f"{_relative(file)} is read, but no string in the code is its "
                "path, so that a change of it would go unseen; write the path "
                "in one string, from the project's folder or the module's"
            )


def _reads(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return "r" in mode or "+" in mode
    return flags & (os.O_WRONLY | os.O_CREAT) == 0


class FromSource(SourceFileLoader):
    """Compiles a module from its source, every time, and notes its age.

    Python takes bytecode for current if its source has the same size and was
    written in the same second, and that may be the edit before the last.
    """

    written: ClassVar[dict[str, int]] = {}

    def path_stats(self, path: str) -> dict:
        raise OSError("bytecode is not asked for")

    def get_data(self, path: str) -> bytes:
        self.written[path] = _written(path)
        return super().get_data(path)


def load_from_source() -> None:
    """Load the project's own modules by FromSource."""

    def finder(folder: str) -> FileFinder:
        if not _is_ours(os.path.abspath(os.path.join(folder, "module.py"))):
            raise ImportError
        return FileFinder(folder, (FromSource, [".py"]))

    sys.dont_write_bytecode = True
    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()


def forget_changed() -> None:
    """Forget the project's modules if one has changed since it was loaded."""
    if any(_written(f) != then for f, then in FromSource.written.items()):
        modules = {
            n: getattr(m, "__file__", None) for n, m in sys.modules.items()
        }
        for name, file in modules.items():
            if file in FromSource.written:
                del sys.modules[name]
        FromSource.written.clear()
        importlib.invalidate_caches()


def _written(file: str) -> int:
    try:
        return os.stat(file).st_mtime_ns
    except FileNotFoundError:
        return 0


if __name__ == "__main__":
    main()
