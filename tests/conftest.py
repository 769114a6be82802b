import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import torch
from filelock import FileLock
from hypothesis import settings

from tests.claims import Numbers, placed
from tests.kept import Kept

# The same examples on every run and every machine, however slow it is.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

# Small tensors gain nothing from threads, and lose on a busy machine.
torch.set_num_threads(1)

ROOT = Path(__file__).parents[1]
BUILD = """
import sys
from pathlib import Path
from press.__main__ import build

sys.exit(not build(Path(sys.argv[1])))
"""

SETTINGS = """\
site_name: A small site
strict: true
use_directory_urls: false
theme: {name: material, font: false}
plugins: [search, markdown-exec: {languages: [python]}]
repo_url: &repo ""
nav: &nav
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kept",
        action="store_true",
        help="let tests rest that passed with the same files behind them",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("kept") and not os.environ.get("CI"):
        config.pluginmanager.register(Kept())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process build the site while another tests what needs none."""
    items.sort(key=lambda item: "site_folder" not in item.fixturenames)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Let a test that fails name page, line and words of what it backs.

    One that was handed a number and never looked at it fails, too.
    """
    said = getattr(item, "callspec", None) and item.callspec.params.get("said")
    given = said.by_name if isinstance(said, Numbers) else {}
    try:
        result = yield
        unread = ", ".join(f"<{name}>" for name in said.unread) if given else ""
        assert not unread, f"the test never looks at {unread}"
        return result
    except Exception as error:
        for mark in item.iter_markers("claim"):
            for sentence in placed(mark.args, given):
                error.add_note(sentence)
        raise


def build_site(root: Path, folder: Path, **addresses: str) -> None:
    """Build the site of the project in `root`, as it would be published.

    addresses: SITE_URL, REPO_URL, EDITION and PAPER; those of the tests' own
    surroundings do not count.
    """
    own = ("SITE_URL", "REPO_URL", "EDITION", "PAPER")
    kept = {k: v for k, v in os.environ.items() if k not in own}
    done = subprocess.run(
        [sys.executable, "-c", BUILD, folder],
        cwd=root,
        env=kept | addresses,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """Make a folder that all processes of a run share."""
    shared = factory.getbasetemp()
    if shared.name.startswith("popen-"):  # one of several processes
        shared = shared.parent
    folder = shared / f"{name}-once"
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            new = factory.mktemp(name)
            make(new)
            new.rename(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Write pages, given by their paths, into a new project and enter it."""

    def write(pages: dict[str, str], snippets: dict[str, str] | None = None):
        pages = {"about/references.md": "# References\n"} | pages
        book = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        shared = book[book.index("\nmarkdown_extensions:") :]
        shown = [p for p in pages if p.endswith((".md", ".ipynb"))]
        nav = "".join(f"  - {page}\n" for page in shown)
        files = {"mkdocs.yml": SETTINGS + nav + shared}
        if any(page.endswith(".ipynb") for page in pages):
            jupyter = book[book.index("  - mkdocs-jupyter") : -len(shared)]
            listed = (
                "plugins:\n  - search\n  - markdown-exec: {languages: [python]}"
            )
            hooks = f"hooks: [{ROOT}/press/website/notebooks.py]\n"
            plain = next(x for x in SETTINGS.splitlines(True) if "exec" in x)
            files["mkdocs.yml"] = files["mkdocs.yml"].replace(
                plain, f"{listed}\n{jupyter}\n{hooks}"
            )
            for name in ("pyproject.toml", "LICENSE"):
                files[name] = (ROOT / name).read_text(encoding="utf-8")
        files |= {f"docs/{page}": text for page, text in pages.items()}
        files |= {f"snippets/{name}": t for name, t in (snippets or {}).items()}
        files["snippets/__init__.py"] = ""
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return write


@pytest.fixture
def press(capsys: pytest.CaptureFixture) -> Callable:
    """Build the site of the current folder as a process of its own would."""
    from markdown_exec import formatters  # slow, and few tests build
    from mkdocs.commands.build import log

    from press.__main__ import main
    from press.website.explorables import needed

    def run() -> subprocess.CompletedProcess:
        formatters["python"] = None
        needed.cache_clear()
        log.filters.clear()  # which tell nothing twice
        logging.getLogger("mkdocs").handlers.clear()  # of closed streams
        quiet = warnings.catch_warnings(action="ignore")  # of libraries
        with quiet, patch.dict(os.environ):
            code = main()
        return subprocess.CompletedProcess([], code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the whole site once."""
    return once(tmp_path_factory, "site", lambda to: build_site(ROOT, to))
