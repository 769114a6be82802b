"""What `make check` leaves out, and what it runs again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.conftest import ROOT
from tests.kept import form

CONFTEST = """
import os
from tests.kept import Kept

def pytest_configure(config):
    if not os.environ.get("CI"):
        config.pluginmanager.register(Kept())
"""
CHAPTER = """
from pathlib import Path

def test_page():
    assert "true" in Path("docs/page.md").read_text()

def test_nothing():
    assert True
"""
UNIT = """
from tests.claims import claim

@claim("It is backed.")
def test_unit():
    assert int("1")
"""
SITE = """
def test_a_build_without_the_store_gives_the_same_bytes():
    assert True
"""
FILES = {
    "tests/conftest.py": CONFTEST,
    "tests/test_page.py": CHAPTER,
    "tests/book/test_site.py": SITE,
    "tests/press/test_setting.py": "def test_setting():\n    assert True\n",
    "tests/activation/test_unit.py": UNIT,
    "tests/book/conftest.py": "",
    "snippets/activation/unit.py": "",
    "docs/page.md": "This is true.\n",
    "docs/activation/unit.md": "",
    "docs/backed.md": "It is backed.",
    "tests/claims.py": "def claim(text):\n    return lambda test: test\n",
    "docs/assets/book.css": "",
    "docs/notebooks/lab.ipynb": "",
    "press/setting.py": "",
    "mkdocs.yml": "",
    "pyproject.toml": "",
    "requirements.txt": "",
}


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """Return a small project with five tests, which have passed."""
    monkeypatch.delenv("CI", raising=False)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(ROOT / "tests/kept.py", tmp_path / "tests")
    shutil.copy(ROOT / "press/fault.py", tmp_path / "press")
    shutil.copytree(ROOT / "press/reading", tmp_path / "press/reading")
    assert run(tmp_path) == "5 passed"
    return tmp_path


def run(project: Path, *options: str) -> str:
    """Run the tests; return what pytest sums up, but for the time."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--import-mode=importlib", *options],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1].strip("= ").partition(" in ")[0]


def test_what_passed_rests(project):
    assert run(project) == "5 deselected"
    assert run(project, "-n", "2") == "no tests ran"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("docs/page.md", "2 passed, 3 deselected"),
        ("docs/new.md", "2 passed, 3 deselected"),
        ("docs/activation/unit.md", "3 passed, 2 deselected"),
        ("docs/backed.md", "3 passed, 2 deselected"),
        ("snippets/activation/unit.py", "4 passed, 1 deselected"),
        ("docs/assets/book.css", "5 passed"),
        ("press/setting.py", "5 passed"),
        ("tests/test_page.py", "3 passed, 2 deselected"),
        ("tests/press/test_setting.py", "3 passed, 2 deselected"),
        ("tests/activation/test_unit.py", "3 passed, 2 deselected"),
        ("requirements.txt", "5 passed"),
    ],
)
def test_what_an_edit_concerns_runs_again(project, file, said):
    path = project / file
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}\n# edited, and still true\n")
    assert run(project) == said


def test_an_edit_of_code_runs_all_code_again(project):
    page = project / "docs/page.md"
    page.write_text(FILES["docs/page.md"] + "```python\n1 + 1\n```\n")
    assert run(project) == "3 passed, 2 deselected"


def test_what_failed_runs_again(project):
    page = project / "docs/page.md"
    page.write_text("This is false.")
    assert run(project) == "1 failed, 1 passed, 3 deselected"
    assert run(project) == "1 failed, 4 deselected"
    page.write_text(FILES["docs/page.md"])
    assert run(project) == "2 passed, 3 deselected"
    assert run(project) == "5 deselected"


def test_form_of_a_page_is_all_but_its_words(tmp_path):
    page = tmp_path / "ledger.html"
    forms = []
    for html in ("<p>One.</p>", "<p>Two\nlines.</p>", "<p id='a'>One.</p>"):
        page.write_text(html)
        forms.append(form(page))
    assert forms[0] == forms[1] != forms[2]


def test_ci_runs_all(project, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert run(project) == "5 passed"
