"""Running a page's fences, and not running them again while nothing changed.

markdown-exec finds the fences and shows what they print. Here their output is
kept under a digest of all that it depends on, missing output is drawn by worker
processes while the pages are still being read, and a fence that raises stops
the build: markdown-exec would only warn, and publish the traceback.
"""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from textwrap import dedent

from markdown import Extension, Markdown
from markdown_exec import base_format, formatters, validator
from markupsafe import Markup

from press import store
from press.dependencies import digest
from press.fault import Fault, locate
from press.notebook import programs
from press.table import table
from press.workers import Workers, cores

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>python|py) (?P<options>.*exec=.*)\n"
    r"(?P<code>(?:.*\n)*?)(?P=indent)```$",
    re.MULTILINE,
)
# a process first needs a second to import torch, and takes it from the others
FENCES_PER_WORKER = 12
ATTEMPTS = 3  # for an edit while a fence runs
_OPTION = re.compile(r'(\w+)="([^"]*)"')


class Outputs:
    """Gives the output of fences: from the store, or from a worker."""

    def __init__(self) -> None:
        self.workers: Workers | None = None
        self.running: dict[str, Future] = {}

    def expect(self, docs: Path) -> None:
        """Start to draw what the store lacks of the pages in `docs`."""
        store.drop_unused()
        missing = {}
        for code, options in all_code(docs):
            name = digest(code, _text(options))
            if name not in self.running and store.get(name) is None:
                missing[name] = (code, _text(options))
        if missing:
            wanted = 1 + len(missing) // FENCES_PER_WORKER
            self.workers = self.workers or Workers(min(wanted, cores()))
        for name, (code, text) in missing.items():
            self.start(name, code, text)

    def cancel(self) -> None:
        """Give up what was expected and has not been started."""
        for future in self.running.values():
            future.cancel()
        self.running.clear()

    def close(self) -> None:
        """End the workers, at once; what comes after starts others."""
        self.cancel()
        if self.workers:
            self.workers.close()
        self.workers = None

    def start(self, name: str, code: str, options: str) -> Future:
        """Hand a fence to a worker."""
        self.workers = self.workers or Workers(1)
        self.running[name] = self.workers.submit(code, options)
        return self.running[name]

    def of(
        self,
        code: str,
        options: dict,
        place: Callable[[int], str] | None = None,
    ) -> str:
        """Return what a fence prints; raise Fault if it raises or is silent.

        place: says of a line of the code, from 1, where it stands; without it
        the code is looked for in the pages.
        """
        place = place or partial(_in_page, code)
        text = _text(options)
        for _ in range(ATTEMPTS):
            name = digest(code, text)
            output = store.get(name)
            if output is not None:
                return output
            future = self.running.get(name) or self.start(name, code, text)
            answer = future.result()
            del self.running[name]
            fault = _fault(place, answer)
            if fault:
                self.cancel()
                raise fault
            if answer["digest"] == name == digest(code, text):
                store.put(name, answer["output"])
                return answer["output"]
        raise Fault(
            f"{place(1)} depends on what changed {ATTEMPTS} times while it "
            "ran; build again when the edit is done"
        )


def fences(page: str) -> list[tuple[str, dict]]:
    """Return the code and the options of the fences that a page runs."""
    found = []
    for fence in FENCE.finditer(page):
        options: dict = {}
        given = dict(_OPTION.findall(fence["options"]))
        if validator(fence["language"], given, options, {}, None):
            found.append((dedent(fence["code"]).rstrip("\n"), options))
    return found


def _text(options: dict) -> str:
    return repr(sorted((key, str(value)) for key, value in options.items()))


def all_code(docs: Path) -> Iterator[tuple[str, dict]]:
    """Yield the code and the options of all that the pages in `docs` run."""
    for page in sorted(docs.rglob("*.md")):
        yield from fences(page.read_text(encoding="utf-8"))
    for code in programs(docs):
        yield code, {}


def _in_page(code: str, line: int) -> str:
    return f"{locate(code, offset=line - 1)}: the fence"


def _fault(place: Callable[[int], str], answer: dict) -> Fault | None:
    """Return what is wrong with a worker's answer, or None."""
    if "error" in answer:
        inside = f", at {answer['inside']}" if answer["inside"] else ""
        error = f"{answer['error']}{inside}: {answer['said']}"
        return Fault(f"{place(answer['line'])} raised {error}")
    if not answer["output"].strip():
        return Fault(
            f"{place(1)} printed nothing; print what the page is to show"
        )
    return None


OUTPUTS = Outputs()


def python(*, code: str, md: Markdown, **options: object) -> Markup:
    """Format a Python fence as markdown-exec does, but with `OUTPUTS`."""
    if options.get("session"):
        raise Fault(
            f"{locate(code)}: fences share nothing, and know no session; "
            "write what they share into a snippet"
        )
    output = OUTPUTS.of(code, options)
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
            OUTPUTS.expect(Path("docs"))


makeExtension = ExecutionExtension  # what Python-Markdown looks for
