"""With `--kept`, a test that passed rests until something behind it changes.

What is behind a test is said here for its folder, and generously: all of the
project, but for what cannot matter. Behind the tests of a snippet stand, of the
pages, those that they back; behind the browser's tests the page as it is built,
with all that pages share. `make check` runs so; `make test` and CI run every
test.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from press.reading.claims import quotations
from press.reading.source import CODE, statements
from press.reading.wording import plain

ROOT = Path(__file__).parents[1]
PASSED = ROOT / ".press" / "passed.json"
# made by tools, or holding nothing that a test reads
IGNORED = {
    *(".git", ".venv", ".press", "site", "__pycache__"),
    *(".pytest_cache", ".ruff_cache", ".hypothesis"),
}
# behind every test
COMMON = (
    *("tests/conftest.py", "tests/kept.py"),
    *("pyproject.toml", "requirements.txt"),
)
CODE_OF_PAGES = "the code of docs"  # not their words
# what tests of a folder may depend on, where that is not the whole project
BEHIND = {
    "tests/press/test_chapter.py": (
        *("docs/assets", "docs/notebooks", "snippets", "press"),
        *("mkdocs.yml", "CITATION.cff", "CONTRIBUTING.md"),
        *("HOSTING.md", "tests"),
        *COMMON,
    ),
    "tests/press": (
        *("press", "docs/assets", "mkdocs.yml", "tests/press"),
        *COMMON,
    ),
    "tests/notebooks/test_wheel.py": (".",),
    "tests/notebooks": (
        *("docs/notebooks", "snippets", "press", "mkdocs.yml"),
        *("tests/notebooks", "tests/equations", "tests/book/conftest.py"),
        *COMMON,
    ),
    "tests/mutants/test_run.py": ("tests/mutants", "press", *COMMON),
    "tests/book/test_kept.py": ("tests/book", *COMMON),
    "tests/book/test_site.py::test_a_build_without_the_store_gives_the_same"
    "_bytes": (
        *(CODE_OF_PAGES, "docs/notebooks", "docs/assets", "mkdocs.yml"),
        *("snippets", "press", "tests/book/test_site.py"),
        *COMMON,
    ),
}
# behind the tests of a snippet, beside the pages that they back
SNIPPET = (
    "snippets",
    "press",
    "docs/assets",
    "tests/book/conftest.py",
    *COMMON,
)
APART = {"book", "browser", "mutants", "notebooks", "press"}
# the folder of pages that repeat the words of others: for a browser, their
# form counts
REPEATING = "ledger"
BROWSER = (
    *("tests/browser", "tests/book/conftest.py"),
    *("HOSTING.md", "requirements.txt"),
)


class Kept:
    """What passed before, and under which digest of what is behind it.

    new: what passed in this run. rested: how many tests did not have to run.
    """

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.rested = 0
        if PASSED.exists():
            self.known = json.loads(PASSED.read_text(encoding="utf-8"))

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what would pass again."""
        resting = []
        for item in items:
            if not _is_in_browser(item):
                digest = _digest(_behind(item.nodeid))
                item.user_properties.append(("behind", digest))
                if self.known.get(item.nodeid) == digest:
                    resting.append(item)
        if resting:
            config.hook.pytest_deselected(items=resting)
            items[:] = [item for item in items if item not in set(resting)]
        self.rested += len(resting)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Take a page for seen that is the same as when its test passed."""
        if not _is_in_browser(pyfuncitem):
            return None
        digest = _digest_of_page(pyfuncitem)
        pyfuncitem.user_properties.append(("behind", digest))
        return True if self.known.get(pyfuncitem.nodeid) == digest else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what passed; forget what did not."""
        if not report.passed:
            self.known.pop(report.nodeid, None)
            self.new.pop(report.nodeid, None)
        elif report.when == "call":
            self.new[report.nodeid] = dict(report.user_properties)["behind"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write it down, in the process that sees the whole run."""
        if not hasattr(session.config, "workerinput"):
            PASSED.parent.mkdir(exist_ok=True)
            text = json.dumps(self.known | self.new, indent=0, sort_keys=True)
            part = PASSED.with_suffix(f".{os.getpid()}")
            part.write_text(text, encoding="utf-8")
            part.replace(PASSED)

    def pytest_report_header(self) -> str:
        """Say what a run leaves out."""
        return (
            "kept: tests that passed rest until something behind them changes; "
            "make test runs all"
        )


def _is_in_browser(item: pytest.Item) -> bool:
    used = getattr(item, "fixturenames", ())
    return {"site_folder", "browser_type_launch_args"} <= set(used)


def _behind(nodeid: str) -> tuple[str, ...]:
    for folder, paths in BEHIND.items():
        if nodeid == folder or nodeid.startswith((f"{folder}/", f"{folder}::")):
            return paths
    test = Path(nodeid.partition("::")[0])
    if _twin(test, "snippets", ".py").exists():
        return _behind_snippet(test)
    return (".",)


def _twin(test: Path, folder: str, suffix: str) -> Path:
    """Return the file that one word ties to a test."""
    name = test.stem.removeprefix("test_") + suffix
    return ROOT / folder / test.relative_to("tests").with_name(name)


@cache
def _behind_snippet(test: Path) -> tuple[str, ...]:
    """Return what is behind the tests of a snippet.

    Of the pages it is those that they quote, and the snippet's own; of
    the other tests those of snippets, which lend each other what they need.
    """
    own = _twin(test, "docs", ".md")
    pages = {
        page
        for page in (ROOT / "docs").rglob("*.md")
        if page == own or _is_quoted(page, test.as_posix())
    }
    others = {
        file
        for file in (ROOT / "tests").rglob("*")
        if file.is_file() and file.relative_to(ROOT).parts[1] not in APART
    }
    files = sorted(f.relative_to(ROOT).as_posix() for f in pages | others)
    return (*SNIPPET, *(f for f in files if "__pycache__" not in f))


def _is_quoted(page: Path, test: str) -> bool:
    return any(
        backing.file == test
        for said in statements(page.name, page.read_text(encoding="utf-8"))
        for backing in quotations().tests(plain(said.text))
    )


def _digest_of_page(item: pytest.Function) -> str:
    """Return a digest of the page that a test looks at, or of all pages."""
    browser = item.funcargs["browser_type_launch_args"]["executable_path"]
    stat = Path(browser).resolve().stat()
    tools = f"{stat.st_size} {stat.st_mtime_ns}"
    behind = _digest(BROWSER)
    site = item.funcargs["site_folder"]
    pages = [site]
    if hasattr(item, "callspec") and "path" in item.callspec.params:
        page = site / item.callspec.params["path"]
        pages = [page, site / "assets", site / "policy.conf"]
        if page.parent.name == REPEATING:
            behind += form(pages.pop(0))
    return _hash([tools, behind, *(_contents(page) for page in pages)])


def form(page: Path) -> str:
    """Return what a page has beside words: its tags."""
    return re.sub(r">[^<]+<", "><", page.read_text(encoding="utf-8"))


@cache
def _digest(paths: tuple[str, ...]) -> str:
    contents = (
        _code() if path == CODE_OF_PAGES else _contents(ROOT / path)
        for path in paths
    )
    return _hash([sys.version, *contents])


@cache
def _code() -> str:
    """Return a digest of the code in all pages."""
    return _hash(
        block[0]
        for page in sorted((ROOT / "docs").rglob("*.md"))
        for block in CODE.finditer(page.read_text(encoding="utf-8"))
    )


@cache
def _contents(path: Path) -> str:
    """Return a digest of a file, or of a folder's files with their names."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return _hash(
        f"{inside.name} {_contents(inside)}"
        for inside in sorted(path.iterdir())
        if inside.name not in IGNORED and inside.suffix not in (".pdf", ".epub")
    )


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
