"""A process that runs fences: `python -m press.worker`.

It reads jobs from standard input, one line of JSON each, {"code", "options"},
and answers each with one line: {"output": ...}, or what went wrong and where,
and in both the digest that the job had from its start to its end, if it kept
it. It ends with its input, so it does not outlive the build that started it.

A process of its own keeps torch and matplotlib out of a build that draws
nothing, and lets a build draw on all cores. It forgets the project's modules
before each fence, so that none finds what another left in them.

What it cannot notice: the output of other programs, listings of folders, files
that a library opens without Python, the clock, the network; a thread that goes
on after its fence; a library whose state a fence changed. A fence must not
depend on the first, nor do the second.
"""

import importlib
import io
import json
import os
import signal
import sys
import time
from contextlib import redirect_stdout
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from threading import Thread
from traceback import extract_tb
from types import TracebackType

from press.dependencies import digest, files

ROOT = Path.cwd()
FENCE = "<fence>"
_WITHIN = f"{ROOT}{os.sep}"
_WITHOUT = (
    f"{Path(__file__).parent}{os.sep}",
    f"{os.path.abspath(sys.prefix)}{os.sep}",
)


def main() -> None:
    """Answer jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it
    Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    jobs = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # nobody is there to ask
    os.dup2(2, 1)  # what a library prints must not get among the answers
    load_from_source()
    watch, me = Watch(), os.getpid()
    for line in jobs:
        job = json.loads(line)
        before = digest(job["code"], job["options"])
        forget_modules()
        os.chdir(ROOT)
        answer = watch.over(job["code"])
        kept = before == digest(job["code"], job["options"])
        if os.getpid() != me:  # a copy that the fence made of this process
            os._exit(0)
        answer["digest"] = before if kept else None
        print(json.dumps(answer), file=answers, flush=True)


def end_with(parent: int) -> None:
    """End when the build does, even in the middle of a fence."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def run(code: str) -> dict:
    """Run `code` in a namespace of its own.

    Returns its output, or the kind, the text and the place of its error: the
    line of the fence, and the innermost line of the project's own code.
    """
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile(code, FENCE, "exec"), {"__name__": "fence"})
        printed.getvalue().encode()  # or no page could hold it
    except BaseException as error:  # a build must not die of a fence
        return _explain(error)
    return {"output": printed.getvalue()}


def _explain(error: BaseException) -> dict:
    line, inside = _places(error.__traceback__)
    if isinstance(error, SyntaxError) and error.filename == FENCE:
        line = error.lineno or 1
    elif isinstance(error, SyntaxError) and error.filename:
        inside = f"{_relative(error.filename)}:{error.lineno}"
    try:
        said = getattr(error, "msg", None) or str(error)
    except Exception:
        said = "(its text raised another error)"
    return _answer(type(error).__name__, said, line, inside)


def _answer(error: str, said: str, line: int = 1, inside: str = "") -> dict:
    return {"error": error, "said": said, "line": line, "inside": inside}


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
    return file.startswith(_WITHIN) and not file.startswith(_WITHOUT)


def _relative(file: str) -> str:
    return Path(file).relative_to(ROOT).as_posix() if _is_ours(file) else file


class Watch:
    """Notices a file of the project that a fence uses and does not name.

    Its changes would go unseen, and an old figure be published. The fence
    fails instead, with what to do about it.
    """

    def __init__(self) -> None:
        self.allowed: set[str] | None = None  # None: nothing is running
        self.refused = ""
        sys.addaudithook(self._hook)

    def over(self, code: str) -> dict:
        """Run `code` and return its answer, unless it used such a file."""
        self.refused = ""
        self.allowed = set(map(os.path.realpath, files(code)))
        answer = run(code)
        self.allowed = None
        if self.refused and "error" not in answer:  # the fence caught it
            return _answer("RuntimeError", self.refused)
        return answer

    def _hook(self, event: str, arguments: tuple) -> None:
        if self.allowed is None or event != "open":
            return
        path, mode, flags = arguments
        if not isinstance(path, str | bytes) or not _reads(mode, flags):
            return
        file = os.path.abspath(os.fsdecode(path))
        if not _is_ours(file) or not os.path.isfile(file):
            return
        if os.path.realpath(file) not in self.allowed:
            self.refused = (
                f"{_relative(file)} is used, but neither an import statement "
                "nor a string in the code names it, so that a change of it "
                "would go unseen; write its path in one string, from the "
                "project's folder or the module's, or import it by its name"
            )
            raise RuntimeError(self.refused)


def _reads(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return "r" in mode or "+" in mode
    return flags & (os.O_WRONLY | os.O_CREAT) == 0


class FromSource(SourceFileLoader):
    """Compiles a module from its source, every time.

    Python takes bytecode for current if its source has the same size and was
    written in the same second, and that may be the edit before the last.
    """

    def path_stats(self, path: str) -> dict:
        raise OSError("bytecode is not asked for")


def load_from_source() -> None:
    """Load the project's own modules by FromSource."""

    def finder(folder: str) -> FileFinder:
        if not _is_ours(os.path.abspath(os.path.join(folder, "module.py"))):
            raise ImportError
        return FileFinder(folder, (FromSource, [".py"]))

    sys.dont_write_bytecode = True
    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()


def forget_modules() -> None:
    """Forget all modules of the project, so that a fence finds them new."""
    ours = [name for name, module in sys.modules.items() if _is_module(module)]
    for name in ours:
        del sys.modules[name]
    importlib.invalidate_caches()


def _is_module(module: object) -> bool:
    """Tell whether a module is the project's; a package may have no file."""
    places = [getattr(module, "__file__", None)]
    spec = getattr(module, "__spec__", None)
    places += list(getattr(spec, "submodule_search_locations", None) or [])
    return any(place and _is_ours(os.path.join(place, "")) for place in places)


if __name__ == "__main__":
    main()
