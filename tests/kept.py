"""With `--kept`, a test that passed rests until something behind it changes.

What is behind a test is said here for its folder, and generously: all of the
project, but for what cannot matter. Behind the tests of a snippet stand, of the
pages, those that they back; behind the browser's tests the page as it is built,
with all that pages share. `make check` runs so; `make test` and CI run every
test. pytest-testmon, which finds out by itself what Python code a test runs,
cannot see that it reads a page, a list, a style sheet or the built site.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from press.reading.claims import quotations
from press.reading.source import statements
from press.reading.wording import plain

ROOT = Path(__file__).parents[1]
PASSED = ROOT / ".press" / "passed.json"
# made by tools, or holding nothing that a test reads
IGNORED = {".git", ".venv", ".press", ".cache", "site", "__pycache__"}
IGNORED |= {".pytest_cache", ".ruff_cache", ".hypothesis"}
COMMON = ("tests/conftest.py", "tests/kept.py", "pyproject.toml")
COMMON += ("requirements.txt", "tests/requirements.txt")
# what tests of a folder may depend on, where that is not the whole project
BEHIND = {
    "tests/press": ("press", "docs/assets", "mkdocs.yml", "tests/press"),
    "tests/tools": (
        *("tools", "press", "snippets", "mkdocs.yml"),
        *("tests/tools", "tests/mutants", "tests/book/conftest.py"),
        *("tests/book/test_claims.py", "tests/book/test_outline.py"),
    ),
    "tests/notebooks": (
        *("docs/notebooks", "snippets", "press", "mkdocs.yml", "LICENSE"),
        *("tests/notebooks", "tests/equations", "tests/book/conftest.py"),
    ),
}
# behind the tests of a snippet, beside the pages that they back
SNIPPET = ("snippets", "press", "docs/assets", "tests/book/conftest.py")
APART = {"book", "browser", "mutants", "notebooks", "press", "tools"}
BROWSER = ("tests/browser", "tests/book/conftest.py", "HOSTING.md")


class Kept:
    """What passed before, and under which digest of what is behind it."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        if PASSED.exists():
            self.known = json.loads(PASSED.read_text(encoding="utf-8"))

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what would pass again."""
        resting = []
        for item in items:
            if not _is_in_browser(item):
                digest = digest_of(behind(item.nodeid))
                item.user_properties.append(("behind", digest))
                if self.known.get(item.nodeid) == digest:
                    resting.append(item)
        config.hook.pytest_deselected(items=resting)
        rested = set(resting)
        items[:] = [item for item in items if item not in rested]

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
        elif report.when == "call":
            properties = dict(report.user_properties)
            self.known[report.nodeid] = properties["behind"]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write it down, in the process that sees the whole run."""
        if not hasattr(session.config, "workerinput"):
            PASSED.parent.mkdir(exist_ok=True)
            part = PASSED.with_suffix(f".{os.getpid()}")
            text = json.dumps(self.known, indent=0, sort_keys=True)
            part.write_text(text, encoding="utf-8")
            part.replace(PASSED)

    def pytest_report_header(self) -> str:
        """Say what a run leaves out."""
        return "kept: tests rest until something changes; make test runs all"


def _is_in_browser(item: pytest.Item) -> bool:
    used = getattr(item, "fixturenames", ())
    return {"site_folder", "browser_type_launch_args"} <= set(used)


@cache
def behind(nodeid: str) -> tuple[str, ...]:
    """Return the files and folders that a test depends on."""
    test = Path(nodeid.partition("::")[0])
    for folder, paths in BEHIND.items():
        if folder in map(str, test.parents):
            return (*paths, *COMMON)
    name = test.stem.removeprefix("test_")
    snippet, page = (
        folder / test.relative_to("tests").with_name(name + suffix)
        for folder, suffix in ((Path("snippets"), ".py"), (Path("docs"), ".md"))
    )
    if not (ROOT / snippet).exists():
        return (".",)
    pages = {p for p, tests in quoted().items() if str(test) in tests} | {page}
    # the other tests of snippets, which lend each other what they need
    others = {
        file.relative_to(ROOT)
        for file in (ROOT / "tests").rglob("*.py")
        if file.relative_to(ROOT).parts[1] not in APART
    }
    files = sorted(map(Path.as_posix, pages | others))
    return (*SNIPPET, *COMMON, *files)


@cache
def quoted() -> dict[Path, set[str]]:
    """Return each page with the files of tests that back its sentences."""
    known = quotations()
    return {
        page.relative_to(ROOT): {
            backing.file
            for said in statements(page.name, page.read_text(encoding="utf-8"))
            for backing in known.tests(plain(said.text))
        }
        for page in (ROOT / "docs").rglob("*.md")
    }


def _digest_of_page(item: pytest.Function) -> str:
    """Return a digest of the page that a test looks at, or of all pages."""
    browser = item.funcargs["browser_type_launch_args"]["executable_path"]
    stat = Path(browser).resolve().stat()
    site = item.funcargs["site_folder"]
    pages = [site]
    if hasattr(item, "callspec") and "path" in item.callspec.params:
        page = site / item.callspec.params["path"]
        pages = [page, site / "assets", site / "policy.conf"]
    tools = f"{stat.st_size} {stat.st_mtime_ns}"
    contents = map(_contents, pages)
    return _hash([tools, digest_of((*BROWSER, *COMMON)), *contents])


@cache
def digest_of(paths: tuple[str, ...]) -> str:
    """Return a digest of files and folders, and of Python's version."""
    there = [ROOT / path for path in paths if (ROOT / path).exists()]
    return _hash([sys.version, *map(str, there), *map(_contents, there)])


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
