"""Puts each mutant before the tests, in a process of its own.

One process imports the libraries; a child of it collects the tests and finds
out which function each of them calls; and a child of that is a mutant. This
takes os.fork, which Windows has not.
"""

import gc
import inspect
import os
import re
import resource
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import spec_from_loader
from multiprocessing import connection, get_context
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from press.fault import Fault
from tools.mutants.changes import MODULE, Mutant

OPTIONS = ("-p", "no:cacheprovider", "--quiet", "--no-summary", "--tb", "no")
OPTIONS += ("--assert", "plain", "--capture", "no")
OPTIONS += ("--hypothesis-profile", "mutants")
phases = (Phase.explicit, Phase.generate)  # any failure will do
settings.register_profile(
    "mutants", deadline=None, derandomize=True, phases=phases
)
FORK = get_context("fork")
SECONDS = 2  # of the processor, that a mutant has beyond its tests' own time
TIMES = 5  # and how much slower than without it they may be


def survivors(mutants: Sequence[Mutant], tests: Sequence[str]) -> set[Mutant]:
    """Return the mutants that no test notices.

    A mutant is noticed if a test fails, or takes the processor far longer.
    tests: files and folders for pytest, seen from the current folder.
    Raises Fault if a test fails without any mutant.
    """
    for file in {mutant.file for mutant in mutants}:
        text = Path(file).read_text(encoding="utf-8")
        for name in re.findall(r"^(?:from|import) (\w+)", text, re.M):
            if name != Path(file).parts[0]:
                import_module(name)
    inside = [m for m in mutants if m.function != MODULE]
    outside = [m for m in mutants if m.function == MODULE]
    alive = _in_child(_change_in_place, inside, tests)
    return alive | _try_all(outside, lambda m: _import_changed(m, tests))


def _in_child(action: Callable, *given: object) -> set[Mutant]:
    """Return what an action returns in another process, or raise its Fault."""
    mine, process = _start(action, *given)
    found = mine.recv()
    process.join()
    if isinstance(found, Fault):
        raise found
    return found


def _start(action: Callable, *given: object) -> tuple:
    mine, its = FORK.Pipe(duplex=False)

    def work() -> None:
        try:
            its.send(action(*given))
        except BaseException as error:
            its.send(error if isinstance(error, Fault) else Fault(repr(error)))

    process = FORK.Process(target=work)
    process.start()
    its.close()
    return mine, process


def _try_all(
    mutants: Sequence[Mutant], attempt: Callable[[Mutant], str | None]
) -> set[Mutant]:
    """Return those that an attempt does not notice, as many at once as cores.

    attempt: returns what notices a mutant, in a process of its own.
    """
    waiting, running, alive = [*mutants][::-1], {}, set()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            if len(waiting) % 100 == 0:
                print(f"{len(waiting)} more mutants", file=sys.stderr)
            mine, process = _start(_quietly, attempt, waiting[-1])
            running[mine] = waiting.pop(), process
        for mine in connection.wait(running):
            mutant, process = running.pop(mine)
            try:
                killer = mine.recv()
            except EOFError:  # a crash, or out of time
                killer = "the system"
            process.join()
            if isinstance(killer, Fault):
                raise Fault(f"could not try {mutant}: {killer}")
            if killer:
                KILLERS[mutant.file, mutant.function][killer] += 1
            else:
                alive.add(mutant)
                print("alive:", mutant, file=sys.stderr, flush=True)
    return alive


# what noticed mutants of a function, and how often: worth asking first
KILLERS: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)


def _quietly(attempt: Callable, mutant: Mutant) -> str | None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return attempt(mutant)


def _limit(seconds: float) -> None:
    """End this process where its tests take far longer than they should."""
    most = int(SECONDS + TIMES * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _change_in_place(
    mutants: Sequence[Mutant], tests: Sequence[str]
) -> set[Mutant]:
    """Try changes to functions, with all else imported and collected once."""
    session = _Session(mutants)
    code = pytest.main([*OPTIONS, *tests], plugins=[session])
    if session.fault:
        raise session.fault
    if session.failed or code != pytest.ExitCode.OK:
        names = ", ".join(session.failed) or "no test was run"
        raise Fault(f"the tests must pass before anything is changed: {names}")
    return session.alive


class _Session:
    """Runs each test once as it is, and then those that a mutant concerns."""

    def __init__(self, mutants: Sequence[Mutant]) -> None:
        self.mutants, self.fault = mutants, None
        self.alive: set[Mutant] = set()
        self.failed: list[str] = []
        self.seconds: dict[str, float] = {}
        self.tests: defaultdict[tuple, list[pytest.Item]] = defaultdict(list)

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
            name = frame.f_code.co_qualname.split(".<locals>")[0]
            called.add((frame.f_code.co_filename, name))

        start = time.process_time()
        sys.settrace(note)
        _run(item)
        sys.settrace(None)
        self.seconds[item.nodeid] = time.process_time() - start
        for function in called:
            self.tests[function].append(item)

    def _try(self, mutant: Mutant) -> str | None:
        """Return the test that notices a mutant; None if there is none."""
        killers = KILLERS[mutant.file, mutant.function]
        items = sorted(
            self.tests[str(Path(mutant.file).resolve()), mutant.function],
            key=lambda i: (-killers[i.nodeid], self.seconds[i.nodeid]),
        )
        _limit(sum(self.seconds[item.nodeid] for item in items))
        if not _put_in_place(mutant):
            return "import"
        for item in items:
            _run(item)
            if self.failed:
                return item.nodeid
        return None


def _run(item: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _put_in_place(mutant: Mutant) -> bool:
    """Give a function its changed code; return whether there is such code.

    All that hold the function, whatever they call it, have the new one then,
    and no function remembers what it found before.
    """
    find = attrgetter(mutant.function)
    module = sys.modules[_module(mutant.file)]
    changed = types.ModuleType(module.__name__)
    changed.__file__ = module.__file__
    try:
        exec(compile(mutant.text, module.__file__, "exec"), vars(changed))
    except Exception:
        return False
    old, new = inspect.unwrap(find(module)), inspect.unwrap(find(changed))
    for part in ("__code__", "__defaults__", "__kwdefaults__"):
        setattr(old, part, getattr(new, part))
    package = Path(mutant.file).parts[0]
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith(package) else ():
            if hasattr(value, "cache_clear"):
                value.cache_clear()
    return True


def _import_changed(mutant: Mutant, tests: Sequence[str]) -> str | None:
    """Try a change to what a module defines: all is imported anew."""
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


class _Finder:
    """Lets a module be imported as a mutant has it."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, *_: object) -> object:
        if name != _module(self.mutant.file):
            return None
        path = str(Path(self.mutant.file).resolve())
        spec = spec_from_loader(name, self, origin=path)
        spec.has_location = True
        return spec

    def create_module(self, _: object) -> None:
        """Leave it to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        text, path = self.mutant.text, module.__file__
        exec(compile(text, path, "exec"), vars(module))


def _module(file: str) -> str:
    return ".".join(Path(file).with_suffix("").parts)
