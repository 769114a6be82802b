"""Runs code in a process of its own, and notes which files it read.

Each fence has a new process, so that it finds nothing that another left. It is
a fork of one that has imported the libraries already, which takes a twentieth
of a second; the build itself imports none of them.

What the code read of the project is noted while it reads: files, those that it
looked for in vain, modules and listings of folders. That is what its output
depends on. It sees no environment but what libraries need, and may start no
other program and ask no other host, whose answers could change unseen. Not
noticed are the clock, files that a library opens without Python, and questions
whether a file is there. Code that is to be shown must not depend on these.
"""

import ast
import hashlib
import io
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib.machinery import SourceFileLoader
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread, get_ident
from traceback import walk_tb
from typing import NamedTuple

LIBRARIES = ("torch", "numpy", "matplotlib", "jaxtyping", "beartype")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# all that is left of the environment: what libraries need to start
NEEDED = {*ONE_THREAD, "HOME", "PATH", "TMPDIR", "MPLCONFIGDIR"}
NEEDED |= {"SYSTEMROOT", "USERPROFILE", "TEMP"}  # on Windows
OUTSIDE = {
    "os.exec": "starts another program",
    "os.posix_spawn": "starts another program",
    "os.startfile": "starts another program",
    "os.system": "starts another program",
    "subprocess.Popen": "starts another program",
    "socket.connect": "asks another host",
    "socket.getaddrinfo": "asks another host",
}
_METHODS = multiprocessing.get_all_start_methods()
# a fork where there are forks
CONTEXT = multiprocessing.get_context(
    "forkserver" if "forkserver" in _METHODS else "spawn"
)
_KNOWN = (f"{Path(__file__).parents[1]}{os.sep}", f"{sys.prefix}{os.sep}")


class Job(NamedTuple):
    """Code to run: a fence alone, or the cells of a notebook in order.

    As in Jupyter, a cell shows what it prints and the value of its last line.
    """

    cells: tuple[str, ...]
    is_notebook: bool = False


class Output(NamedTuple):
    """A part of what a cell shows."""

    kind: str  # "text" or "html"
    content: str


def prepare() -> None:
    """Let the libraries be imported once for all jobs to come."""
    drawing = "matplotlib.figure", "matplotlib.backends.backend_svg"
    CONTEXT.set_forkserver_preload([*LIBRARIES, *drawing])


def start(job: Job) -> tuple[multiprocessing.Process, Connection]:
    """Start a process that does a job; it sends one answer, see `run`.

    All compute with one thread each, so that numbers are the same however many
    processes there are.
    """
    os.environ.update(ONE_THREAD)
    receiver, sender = CONTEXT.Pipe(duplex=False)
    arguments = sender, job, os.getcwd()
    process = CONTEXT.Process(target=_answer, args=arguments, daemon=True)
    process.start()
    sender.close()
    return process, receiver


def _answer(sender: Connection, job: Job, root: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it
    Thread(target=_end_with_build, daemon=True).start()
    os.dup2(2, 1)  # what a library prints is for the author, not the page
    me = os.getpid()
    os.chdir(root)
    sys.path.insert(0, root)
    for name in os.environ.keys() - NEEDED:
        del os.environ[name]
    read: dict[str, str] = {}
    _load_from_source()
    sys.addaudithook(_noting(read))
    answer = run(job)
    if os.getpid() == me:  # and no copy that the code made of this process
        sender.send(answer | {"read": dict(read)})
    os._exit(0)  # whatever the code left running


def _end_with_build() -> None:
    """End when the build does, even in the middle of a fence."""
    multiprocessing.parent_process().join()
    os._exit(1)


def run(job: Job) -> dict:
    """Do a job in this process, its cells in one namespace.

    Returns "shown", the outputs of each cell; or the "error", what is "said" of
    it, and its place: the cell, the line in it, and "inside", the innermost
    line of the project's own code.
    """
    names: dict = {"__name__": "fence"}
    shown: list[list[Output]] = []
    for number, source in enumerate(job.cells):
        printed, value = io.StringIO(), None
        try:
            with redirect_stdout(printed):
                value = _execute(source, number, names, job.is_notebook)
                html = getattr(value, "_repr_html_", str)()
                if value is not None and not html:
                    print(repr(value))
            printed.getvalue().encode()  # or no page could hold it
        except BaseException as error:  # a build must not die of a fence
            return _explain(error, number)
        parts = Output("text", printed.getvalue()), Output("html", html)
        shown.append([part for part in parts if part.content.strip()])
    return {"shown": shown}


def _execute(
    source: str, number: int, names: dict, is_notebook: bool
) -> object:
    name, tree, last = _called(number), ast.parse(source, _called(number)), None
    is_shown = is_notebook and not source.endswith(";")
    if is_shown and tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, name, "exec"), names)
    return eval(compile(last, name, "eval"), names) if last else None


def _called(cell: int) -> str:
    return f"<cell {cell}>"


def _explain(error: BaseException, number: int) -> dict:
    place = {"cell": number, "line": 1, "inside": ""}
    frames = [
        (frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno or 1))
    cells = {_called(cell): cell for cell in range(number + 1)}
    for file, line in frames:
        if file in cells:
            place |= {"cell": cells[file], "line": line}
        elif ours := _ours(file):
            place["inside"] = f"{ours}:{line}"
    try:
        said = getattr(error, "msg", None) or str(error)
    except Exception:
        said = "(its text raised another error)"
    return {"error": type(error).__name__, "said": said, **place}


def _ours(file: str) -> str:
    """Return the path of a file of the project, but for the press, or ""."""
    path, root = os.path.abspath(file), os.getcwd()
    if path != root and not path.startswith(root + os.sep):
        return ""
    if path.startswith(_KNOWN):
        return ""
    return Path(path).relative_to(root).as_posix()


def digest(file: str) -> str:
    """Return a digest of a file or a folder as it is now, "" if none is there.

    A folder's is that of its listing.
    """
    try:
        if os.path.isdir(file):
            content = "/".join(sorted(os.listdir(file))).encode()
        else:
            content = Path(file).read_bytes()
        return hashlib.sha256(content).hexdigest()
    except OSError:
        return ""


def _noting(read: dict[str, str]) -> Callable:
    """Return an audit hook that notes what is read, before it is.

    It refuses what could change unseen, as libraries expect that a system may.
    """
    root = os.getcwd()
    noting: set[int] = set()  # threads, for to note a file opens it

    def note(file: str) -> None:
        path = file and _ours(file)
        if path and path not in read:
            read[path] = digest(file)

    def hook(event: str, arguments: tuple) -> None:
        if event in OUTSIDE:
            raise PermissionError(f"what a page shows never {OUTSIDE[event]}")
        if get_ident() in noting:
            return
        noting.add(get_ident())
        if event == "open" and _reads(*arguments):
            note(os.fsdecode(arguments[0]))
        elif event in ("os.listdir", "os.scandir") and not _imports():
            folder = arguments[0] or "."
            note("" if isinstance(folder, int) else os.fsdecode(folder))
        elif event == "import":
            top, *_ = path = arguments[0].split(".")
            if {top, f"{top}.py"} & set(os.listdir(root)):
                place = os.path.join(root, *path)
                note(f"{place}.py")
                note(f"{place}{os.sep}__init__.py")
        noting.discard(get_ident())

    return hook


def _imports() -> bool:
    """Return whether it is Python itself that lists a folder, for modules."""
    return "importlib" in sys._getframe(2).f_code.co_filename


def _reads(path: object, mode: str | None, flags: int) -> bool:
    if not isinstance(path, str | bytes):
        return False
    if mode is not None:
        return "r" in mode or "+" in mode
    return flags & (os.O_WRONLY | os.O_CREAT) == 0


def _load_from_source() -> None:
    """Let no bytecode of the project be read, nor any be written.

    Python takes it for current if its source has the same size and was written
    in the same second, and that may be the edit before the last.
    """
    get_data = SourceFileLoader.get_data

    def from_source(loader: SourceFileLoader, path: str) -> bytes:
        if path.endswith(".pyc") and _ours(path):
            raise OSError("bytecode is not asked for")
        return get_data(loader, path)

    SourceFileLoader.get_data = from_source
    sys.dont_write_bytecode = True
