"""Puts each mutant before the tests, in a process of its own.

One process imports the libraries; a child of it collects the tests and finds
out which function each of them calls; and a child of that is a mutant. This
takes os.fork, which Windows has not.
"""

import ast
import gc
import importlib.util
import inspect
import os
import resource
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from press.fault import Fault
from tests.mutants.changes import MODULE, Mutant

OPTIONS = (
    *("-p", "no:cacheprovider"),
    *("--quiet", "--no-summary", "--tb", "no"),
    *("--assert", "plain"),  # nobody reads what a mutant fails with
    *("--capture", "no"),
    *("--hypothesis-profile", "mutants"),
)
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # any failure will do
)
SURVIVED, KILLED = 0, 1
SECONDS = 2  # of the processor, that a mutant has beyond its tests' own time
TIMES = 5  # and how much slower than without it they may be


def survivors(mutants: Sequence[Mutant], tests: Sequence[str]) -> list[Mutant]:
    """Return the mutants that no test notices, in their order.

    A mutant is noticed if a test fails, or takes the processor far longer.
    tests: files and folders for pytest, seen from the current folder.
    Raises Fault if a test fails without any mutant.
    """
    _import_libraries({mutant.file for mutant in mutants})
    in_functions = [m for m in mutants if m.function != MODULE]
    elsewhere = [m for m in mutants if m.function == MODULE]
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as another:
        alive = another.submit(_change_in_place, in_functions, tests).result()
    alive |= _import_changed(elsewhere, tests)
    return [mutant for mutant in mutants if mutant in alive]


def _import_libraries(files: set[str]) -> None:
    """Import what files import, but for the code that will be changed."""
    for file in files:
        for node in ast.walk(ast.parse(Path(file).read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                if name.split(".")[0] != Path(file).parts[0]:
                    import_module(name)


def _change_in_place(
    mutants: Sequence[Mutant], tests: Sequence[str]
) -> set[Mutant]:
    """Try changes to functions, with all else imported and collected once."""
    session = _Session(mutants)
    code = pytest.main([*OPTIONS, *tests], plugins=[session])
    if session.fault:
        raise session.fault
    if session.failed or code != 0:
        names = ", ".join(session.failed) or "no test was run"
        raise Fault(f"the tests must pass before anything is changed: {names}")
    return session.alive


class _Session:
    """Runs each test once as it is, and then those that a mutant concerns."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants = mutants
        self.alive: set[Mutant] = set()
        self.failed: list[str] = []
        self.fault: Fault | None = None
        self.seconds: dict[str, float] = {}
        self.tests: defaultdict[tuple, list[pytest.Item]] = defaultdict(list)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for item in session.items:
            self._watch(item)
        gc.freeze()  # so that a child shares these objects' memory
        if not self.failed:
            try:
                self.alive = _try_all(self.mutants, self._try)
            except Fault as fault:  # which pytest would call its own
                self.fault = fault
        return True

    def _watch(self, item: pytest.Item) -> None:
        """Run a test; note how long it took and what functions it called."""
        called = set()

        def note(frame: types.FrameType, *_: object) -> None:
            code = frame.f_code
            name = code.co_qualname.split(".<locals>")[0]
            called.add((code.co_filename, name))

        start = time.process_time()
        sys.settrace(note)
        _run(item)
        sys.settrace(None)
        self.seconds[item.nodeid] = time.process_time() - start
        for function in called:
            self.tests[function].append(item)

    def _try(self, mutant: Mutant, killers: Counter[str]) -> str | None:
        """Return the test that notices a mutant; None if there is none."""
        place = str(Path(mutant.file).resolve()), mutant.function
        items = sorted(
            self.tests[place],
            key=lambda i: (-killers[i.nodeid], self.seconds[i.nodeid]),
        )
        _limit(sum(self.seconds[item.nodeid] for item in items))
        if not _put_in_place(mutant):
            return "import"
        _forget_results(Path(mutant.file).parts[0])
        for item in items:
            _run(item)
            if self.failed:
                return item.nodeid
        return None


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _put_in_place(mutant: Mutant) -> bool:
    """Give a function its changed code; return whether there is such code.

    All that hold the function, whatever they call it, have the new one then.
    """
    find = attrgetter(mutant.function)
    module = sys.modules[_module(mutant.file)]
    old = inspect.unwrap(find(module))
    changed = types.ModuleType(module.__name__)
    changed.__file__ = module.__file__
    try:
        exec(compile(mutant.text, module.__file__, "exec"), vars(changed))
    except Exception:
        return False
    new = inspect.unwrap(find(changed))
    old.__code__ = new.__code__
    old.__defaults__ = new.__defaults__
    old.__kwdefaults__ = new.__kwdefaults__
    return True


def _forget_results(package: str) -> None:
    """Let no function return what it found before something was changed."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == package:
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _import_changed(
    mutants: Sequence[Mutant], tests: Sequence[str]
) -> set[Mutant]:
    """Try changes to what a module defines: all is imported for each."""

    def attempt(mutant: Mutant, _: Counter[str]) -> str | None:
        _limit(60)
        sys.meta_path.insert(0, _Finder(mutant))
        own = Path("tests", *Path(mutant.file).parts[1:])
        own = own.with_name(f"test_{own.name}")
        noticed = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
        for chosen in ([str(own)], tests) if own.exists() else (tests,):
            code = pytest.main([*OPTIONS, "--exitfirst", *chosen])
            if code in noticed:
                return "a test"
            if code != pytest.ExitCode.OK:
                raise Fault(f"pytest gave {code!r}")
        return None

    return _try_all(mutants, attempt)


@dataclass
class _Finder:
    """Lets a module be imported as a mutant has it."""

    mutant: Mutant
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = _module(self.mutant.file)

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.name:
            return None
        path = str(Path(self.mutant.file).resolve())
        loader = SourceFileLoader(name, path)
        loader.get_code = lambda _: compile(self.mutant.text, path, "exec")
        return importlib.util.spec_from_file_location(name, path, loader=loader)


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts)


def _try_all(
    mutants: Sequence[Mutant],
    attempt: Callable[[Mutant, Counter[str]], str | None],
) -> set[Mutant]:
    """Try mutants in child processes, as many at a time as there are cores.

    attempt: returns what noticed the mutant. It is told what noticed others in
    the same function, and how often: that is worth asking first.
    """
    running: dict[int, tuple[Mutant, int]] = {}
    killers: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    alive = set()

    def wait() -> None:
        child, status = os.wait()
        mutant, pipe = running.pop(child)
        with os.fdopen(pipe, encoding="utf-8") as said:
            killer = said.read()
        if os.waitstatus_to_exitcode(status) == SURVIVED:
            alive.add(mutant)
            print("alive:", mutant, file=sys.stderr, flush=True)
        elif os.waitstatus_to_exitcode(status) == KILLED:
            killers[mutant.file, mutant.function][killer] += 1
        elif not os.WIFSIGNALED(status):  # a crash, or out of time
            raise Fault(f"could not try {mutant}: {killer}")

    for count, mutant in enumerate(mutants):
        if count % 100 == 0:
            print(f"{count} of {len(mutants)}", file=sys.stderr)
        if len(running) == (os.cpu_count() or 1):
            wait()
        before = killers[mutant.file, mutant.function]
        running_one = _fork(lambda m=mutant, b=before: attempt(m, b))
        running[running_one[0]] = mutant, running_one[1]
    while running:
        wait()
    return alive


def _fork(attempt: Callable[[], str | None]) -> tuple[int, int]:
    """Start a child; return its number and the end of a pipe to read from."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 70
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        killer = attempt()
        os.write(writing, (killer or "").encode())
        code = KILLED if killer else SURVIVED
    except BaseException as error:
        os.write(writing, repr(error).encode())
    finally:
        os._exit(code)


def _limit(seconds: float) -> None:
    """End this process where its tests take far longer than they should."""
    most = int(SECONDS + TIMES * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
