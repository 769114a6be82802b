"""What `make check` leaves out, and what it runs again."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import kept

BOOK, PRESS = "tests/test_book.py::test", "tests/press/test_fault.py::test"
UNIT, LAB = "tests/activation/test_unit.py::test", "tests/notebooks/test_lab.py"
TOOL = "tests/tools/test_links.py::test"
ALL = {BOOK, PRESS, UNIT, LAB, TOOL}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a small project in which a test backs a page of another name."""
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    monkeypatch.setattr(kept, "PASSED", tmp_path / ".press/passed.json")
    backed = {Path("docs/backed.md"): {"tests/activation/test_unit.py"}}
    monkeypatch.setattr(kept, "quoted", lambda: backed)
    for name in (
        *("snippets/activation/unit.py", "docs/activation/unit.md"),
        *("docs/page.md", "docs/backed.md", "pyproject.toml", "mkdocs.yml"),
        *("docs/notebooks/lab.ipynb", "docs/assets/book.css", "press/fault.py"),
        *("tools/links.py", "tests/claims.py", "site/index.html"),
        *(test.partition("::")[0] for test in ALL),
    ):
        edit(tmp_path / name)
    return tmp_path


def edit(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as text:
        text.write("edited\n")
    for digest in (kept.behind, kept.digest_of, kept._contents):
        digest.cache_clear()


def digests():
    return {test: kept.digest_of(kept.behind(test)) for test in ALL}


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("docs/page.md", {BOOK}),
        ("docs/new.md", {BOOK}),
        ("docs/activation/unit.md", {BOOK, UNIT}),
        ("docs/backed.md", {BOOK, UNIT}),
        ("docs/notebooks/lab.ipynb", {BOOK, LAB}),
        ("docs/assets/book.css", {BOOK, UNIT, PRESS}),
        ("snippets/activation/unit.py", ALL - {PRESS}),
        ("press/fault.py", ALL),
        ("tools/links.py", {BOOK, TOOL}),
        ("mkdocs.yml", ALL - {UNIT}),
        ("tests/claims.py", {BOOK, UNIT}),
        ("tests/press/test_fault.py", {BOOK, PRESS}),
        ("tests/activation/test_unit.py", {BOOK, UNIT}),
        ("pyproject.toml", ALL),
        ("site/index.html", set()),
    ],
)
def test_what_an_edit_concerns_runs_again(project, file, again):
    before = digests()
    edit(project / file)
    after = digests()
    assert {test for test in ALL if before[test] != after[test]} == again


def run(*failing):
    """Play a run of all tests; return which of them ran."""
    plugin = kept.Kept()
    items = [Item(test) for test in sorted(ALL)]
    hook = SimpleNamespace(pytest_deselected=lambda items: None)
    config = SimpleNamespace(hook=hook)
    plugin.pytest_collection_modifyitems(config, items)
    for item in items:
        item.passed = item.nodeid not in failing
        plugin.pytest_runtest_logreport(item)
    plugin.pytest_sessionfinish(SimpleNamespace(config=config))
    return {item.nodeid for item in items}


class Item:
    """A test, and the report of its run."""

    when = "call"

    def __init__(self, nodeid):
        self.nodeid, self.user_properties = nodeid, []


def test_what_passed_rests_and_what_failed_runs_again(project):
    assert run(UNIT) == ALL
    assert run(UNIT) == {UNIT}
    assert run() == {UNIT}
    assert run() == set()
    edit(project / "docs/page.md")
    assert run(BOOK) == {BOOK}
    assert run() == {BOOK}


def test_a_page_that_is_the_same_is_not_looked_at_again(project):
    """Nor all pages, by a test that is given none."""
    site = project / "built"
    for name in ("one.html", "two.html", "assets/book.css", "policy.conf"):
        edit(site / name)

    def looks(**params):
        item = Item(f"tests/browser/test_look.py::test[{params}]")
        item.fixturenames = ["site_folder", "browser_type_launch_args"]
        launched = {"executable_path": __file__}
        item.funcargs = {
            "site_folder": site,
            "browser_type_launch_args": launched,
        }
        item.callspec = SimpleNamespace(params=params)
        plugin = kept.Kept()
        rests = plugin.pytest_pyfunc_call(item)
        item.passed = True
        plugin.pytest_runtest_logreport(item)
        plugin.pytest_sessionfinish(SimpleNamespace(config=None))
        return not rests

    assert [looks(path="one.html"), looks()] == [True, True]
    assert [looks(path="one.html"), looks()] == [False, False]
    edit(site / "two.html")
    assert [looks(path="one.html"), looks()] == [False, True]
    edit(site / "assets/book.css")
    assert [looks(path="one.html"), looks()] == [True, True]


def test_ci_runs_all():
    """Whatever passed on the machine before."""
    conftest = (kept.ROOT / "tests/conftest.py").read_text(encoding="utf-8")
    assert 'getoption("kept") and not os.environ.get("CI")' in conftest
