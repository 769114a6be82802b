"""Running a page's fences, and not running them again while nothing changed.

markdown-exec finds the fences and shows what they print. Here their output is
kept, missing output is made by processes of their own while the pages are still
being read, and a fence that raises stops the build: markdown-exec would only
warn, and publish the traceback.

Output is kept under a digest of the code, of the versions of the libraries and
of each file that the code read; which those are is kept under the code's alone.
"""

import hashlib
import json
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from textwrap import dedent

from markdown import Extension, Markdown
from markdown_exec import base_format, formatters, validator
from markupsafe import Markup

from press.fault import Fault, locate
from press.running import noting, store, worker
from press.running.notebook import jobs
from press.running.table import table
from press.running.worker import LIBRARIES, Job, Output

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>python|py) (?P<options>.*exec=.*)\n"
    r"(?P<code>(?:.*\n)*?)(?P=indent)```$",
    re.MULTILINE,
)
ATTEMPTS = 3  # for an edit while a fence runs
FEW = 3  # jobs, which may import the libraries each for itself
Shown = list[list[Output]]  # what each cell of a job shows
Place = Callable[[int, int], str]  # says of a cell and its line where it is
_OPTION = re.compile(r'(\w+)="([^"]*)"')


class Outputs:
    """Gives the output of jobs: from the store, or from a process."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = None
        self.running: dict[Job, Future] = {}

    def expect(self, jobs: Iterable[Job]) -> None:
        """Start to do those jobs that the store lacks."""
        jobs = dict.fromkeys(jobs)
        missing = [j for j in jobs if j not in self.running and not kept(j)]
        if len(missing) > FEW:
            worker.prepare()
        for job in missing:
            self.start(job)

    def start(self, job: Job) -> Future:
        """Hand a job to a process as soon as a core is free."""
        self.pool = self.pool or ThreadPoolExecutor(os.cpu_count())
        self.running[job] = self.pool.submit(answer, job)
        return self.running[job]

    def close(self) -> None:
        """End all processes, whatever they do; what comes after starts more."""
        if self.pool:
            self.pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.kill()
        self.pool = None
        self.running.clear()

    def of(self, job: Job, place: Place) -> Shown:
        """Return what a job shows; raise Fault if it raises."""
        for _ in range(ATTEMPTS):
            shown = kept(job)
            if shown is not None:
                return shown
            told = (self.running.get(job) or self.start(job)).result()
            del self.running[job]
            if "error" in told:
                self.close()
                inside = f", at {told['inside']}" if told["inside"] else ""
                for file in [*filter(is_data, told.get("read", ()))][-1:]:
                    told["said"] += f" (the last file it opened: {file})"
                raise Fault(
                    f"{place(told['cell'], told['line'])} raised "
                    f"{told['error']}{inside}: {told['said']}"
                )
            keep(job, told["shown"], told["read"])
        raise Fault(
            f"{place(0, 1)} depends on what changed {ATTEMPTS} times while it "
            "ran; build again when the edit is done"
        )


OUTPUTS = Outputs()


def is_data(file: str) -> bool:
    """Say whether a file that was read may be damaged, and is no code."""
    return os.path.isfile(file) and not file.endswith(".py")


def answer(job: Job) -> dict:
    """Let a process do a job, and return its answer, see press.running.worker.

    Each thread of the pool waits for one process.
    """
    process, receiver = worker.start(job)
    try:
        is_late = not receiver.poll(worker.patience() + 2)
        if is_late:  # deaf, inside a library
            process.kill()
        return receiver.recv()
    except EOFError:
        process.join()
        said = f"exit code {process.exitcode}"
        if is_late:
            said = worker.LATE.format(worker.patience())
        place = {"cell": 0, "line": 1, "inside": ""}
        return {"error": "an end of its process", "said": said, **place}


def kept(job: Job) -> Shown | None:
    """Return what a job showed, if all that it read is as it was then."""
    read = read_as_now(job)
    shown = None if read is None else store.get(_name(job, read))
    return shown and [[Output(*o) for o in cell] for cell in json.loads(shown)]


def keep(job: Job, shown: Shown, read: dict[str, str]) -> None:
    """Keep what a job showed, with what it read."""
    store.put(_name(job), json.dumps(sorted(read)))
    store.put(_name(job, dict(sorted(read.items()))), json.dumps(shown))


def read_as_now(job: Job) -> dict[str, str] | None:
    """Return what a job read of the project, if it was run, as it is now."""
    files = store.get(_name(job))
    return files and {file: _digest(file) for file in json.loads(files)}


def _name(job: Job, read: dict[str, str] | None = None) -> str:
    rules = [_digest(module.__file__) for module in (worker, noting)]
    parts = job, versions(), rules, read
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def versions() -> list[str]:
    """Return the versions of Python and of the libraries."""
    return [sys.version, *map(version, LIBRARIES)]


def _digest(file: str) -> str:
    try:
        status = os.stat(file)
    except OSError:
        return ""
    return _digest_once(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _digest_once(file: str, changed: int, size: int) -> str:
    return noting.digest(file)


def all_jobs(docs: Path) -> Iterator[Job]:
    """Yield all that the pages in `docs` run."""
    for page in sorted(docs.rglob("*.md")):
        for code in fences(page.read_text(encoding="utf-8")):
            yield Job((code,))
    yield from jobs(docs)


def fences(page: str) -> list[str]:
    """Return the code of the fences that a page runs."""
    found = []
    for fence in FENCE.finditer(page):
        given = dict(_OPTION.findall(fence["options"]))
        if validator(fence["language"], given, {}, {}, None):
            found.append(dedent(fence["code"]).rstrip("\n"))
    return found


def printed(code: str) -> str:
    """Return what a fence prints; raise Fault if it raises or is silent."""
    (shown,) = OUTPUTS.of(Job((code,)), partial(_in_page, code))
    if not shown:
        raise Fault(
            f"{_in_page(code)} printed nothing; print what the page is to show"
        )
    return shown[0].content


def _in_page(code: str, _: int = 0, line: int = 1) -> str:
    return f"{locate(code, offset=line - 1)}: the fence"


def python(*, code: str, md: Markdown, **options: object) -> Markup:
    """Format a Python fence as markdown-exec does, but with `OUTPUTS`."""
    if options.get("session"):
        raise Fault(
            f"{locate(code)}: fences share nothing, and know no session; "
            "write what they share into a snippet"
        )
    output = printed(code)
    if options.get("result") == "table":
        output = table(output, partial(_in_page, code))
        options = options | {"result": None}
    return base_format(
        language="python",
        run=lambda *_, **__: output,
        code=code,
        md=md,
        **options,
    )


class ExecutionExtension(Extension):
    """Puts our formatter in the place of markdown-exec's own."""

    def extendMarkdown(self, md: Markdown) -> None:
        if formatters["python"] is not python:  # the first page of a build
            formatters["python"] = formatters["py"] = python
            store.drop_unused()
            OUTPUTS.expect(all_jobs(Path("docs")))


makeExtension = ExecutionExtension  # what Python-Markdown looks for
