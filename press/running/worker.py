"""Runs code in a process of its own, and notes which files it read.

Each fence has a new process, so that it finds nothing that another left. It is
a fork of one that has imported the libraries already, which takes a twentieth
of a second; the build itself imports none of them.

It sees no environment but what libraries need, and must come to an end, with no
more to show than a page can hold. What it reads is noted, see
press.running.noting.
"""

import ast
import io
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout, suppress
from importlib.machinery import SourceFileLoader
from multiprocessing.connection import Connection
from threading import Thread, get_ident
from traceback import walk_stack, walk_tb
from typing import NamedTuple

from press.fault import Fault
from press.running.noting import noting, ours

LIBRARIES = ("torch", "numpy", "matplotlib", "jaxtyping", "beartype")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# all that is left of the environment: what libraries need to start
NEEDED = {*ONE_THREAD, "HOME", "PATH", "TMPDIR", "MPLCONFIGDIR"}
NEEDED |= {"SYSTEMROOT", "USERPROFILE", "TEMP"}  # on Windows
MOST = 300  # kB that a cell may show, twice what the largest figure is
LATE = "more than {} s; make it faster, or set FENCE_SECONDS to wait longer"
_CELL = re.compile(r"<cell (\d+)>")
_METHODS = multiprocessing.get_all_start_methods()
# a fork where there are forks
CONTEXT = multiprocessing.get_context(
    "forkserver" if "forkserver" in _METHODS else "spawn"
)


class Job(NamedTuple):
    """Code to run: a fence alone, or the cells of a notebook in order.

    As in Jupyter, a cell shows what it prints and the value of its last line.
    """

    cells: tuple[str, ...]
    is_notebook: bool = False


class Printed(io.StringIO):
    """What a cell prints; raises before it is more than a page can hold."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > 1000 * MOST:
            raise OverflowError(f"more than {MOST} kB to show; print less")
        return super().write(text)


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
    arguments = sender, job, os.getcwd(), patience()
    process = CONTEXT.Process(target=_answer, args=arguments, daemon=True)
    process.start()
    sender.close()
    return process, receiver


def patience() -> int:
    """Return how many seconds a job may take."""
    seconds = os.environ.get("FENCE_SECONDS", "300")
    if not seconds.isdecimal():
        said = "say how many seconds a fence may take, a whole number"
        raise Fault(f"FENCE_SECONDS={seconds}: {said}")
    return int(seconds)


def _answer(sender: Connection, job: Job, root: str, seconds: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build hears it
    watching = sender, seconds, get_ident()
    Thread(target=_end_in_time, args=watching, daemon=True).start()
    os.dup2(2, 1)  # what a library prints is for the author, not the page
    me = os.getpid()
    os.chdir(root)
    sys.path.insert(0, root)
    for name in os.environ.keys() - NEEDED:
        del os.environ[name]
    read: dict[str, str] = {}
    _load_from_source()
    sys.addaudithook(noting(read))
    answer = run(job)
    if os.getpid() == me:  # and no copy that the code made of this process
        sender.send(answer | {"read": dict(read)})
    os._exit(0)  # whatever the code left running


def _end_in_time(sender: Connection, seconds: int, thread: int) -> None:
    """End with the build, or when time is over, wherever the code then is."""
    multiprocessing.parent_process().join(seconds)
    frames = reversed([*walk_stack(sys._current_frames()[thread])])
    with suppress(OSError):  # nobody may be there any more
        sender.send(_explain(TimeoutError(LATE.format(seconds)), 0, frames))
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
        printed, value = Printed(), None
        try:
            with redirect_stdout(printed):
                value = _execute(source, number, names, job.is_notebook)
                html = getattr(value, "_repr_html_", str)()
                if value is not None and not html:
                    print(repr(value))
            printed.getvalue().encode()  # or no page could hold it
            Printed().write(html)
        except BaseException as error:  # a build must not die of a fence
            return _explain(error, number, walk_tb(error.__traceback__))
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


def _explain(error: BaseException, number: int, stack: Iterable) -> dict:
    place = {"cell": number, "line": 1, "inside": ""}
    frames = [(frame.f_code.co_filename, line) for frame, line in stack]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno or 1))
    for file, line in frames:
        if cell := _CELL.fullmatch(file):
            place |= {"cell": int(cell[1]), "line": line}
        elif own := ours(file):
            place["inside"] = f"{own}:{line}"
    try:
        said = getattr(error, "msg", None) or str(error)
    except Exception:
        said = "(its text raised another error)"
    return {"error": type(error).__name__, "said": said, **place}


def _load_from_source() -> None:
    """Let no bytecode of the project be read, nor any be written.

    Python takes it for current if its source has the same size and was written
    in the same second, and that may be the edit before the last.
    """
    get_data = SourceFileLoader.get_data

    def from_source(loader: SourceFileLoader, path: str) -> bytes:
        if path.endswith(".pyc") and ours(path):
            raise OSError("bytecode is not asked for")
        return get_data(loader, path)

    SourceFileLoader.get_data = from_source
    sys.dont_write_bytecode = True
