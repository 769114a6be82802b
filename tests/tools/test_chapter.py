"""A new chapter, begun in a copy of the book, passes what all chapters pass."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.chapter import main

NAME = "activation/bent_line"
COPIED = ("docs", "snippets", "press", "tools", "tests", "mkdocs.yml")
COPIED += ("pyproject.toml", "LICENSE", "CITATION.cff", "CONTRIBUTING.md")
COPIED += ("HOSTING.md", "requirements.in", "requirements.txt")
OWN = Path("tests/activation/test_bent_line.py")
ADDED = {
    Path("docs/activation/bent_line.md"),
    Path("snippets/activation/bent_line.py"),
    OWN,
}
# checks that need no built site, and those that do
SOURCE = ("test_claims", "test_outline", "test_snippets", "test_text")
WHOLE = "figures_are_numbered or pages_follow or equations_say_their_number"
QUIET = ("-p", "no:cacheprovider", "-p", "no:playwright", "--tb=short")


@pytest.fixture
def book(tmp_path, root, monkeypatch):
    """Return a copy of the book, and enter it."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(root / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder, *command):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return done.stdout


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_new_chapter_passes_what_its_source_must_pass(book, capsys):
    before = files(book)
    assert main(NAME) == 0
    said, after = capsys.readouterr().out, files(book)
    assert set(after) - set(before) == ADDED
    for path in ADDED:
        assert path.as_posix() in said
        assert b"ext: " in after[path], "it says what is next"
    changed = {str(name) for name in before if before[name] != after[name]}
    assert changed == {"mkdocs.yml", "tests/book/unquoted.txt"}

    old, new = (
        each[Path("mkdocs.yml")].splitlines() for each in (before, after)
    )
    (place,) = [n for n, line in enumerate(new) if b"bent_line" in line]
    assert new[place] == b"      - activation/bent_line.md"
    assert b"activation/" in new[place - 1]
    assert b"activation/" not in new[place + 1]
    assert new[:place] + new[place + 1 :] == old

    run(book, "ruff", "check", ".")
    run(book, "ruff", "format", "--check", ".")
    tests = [f"tests/book/{name}.py" for name in SOURCE]
    wanted = ["-k", "bent_line or bent-line or every_snippet or navigation"]
    said = run(book, "pytest", "-vv", *QUIET, OWN, *tests, *wanted)
    assert said.count("bent_line") > 15


@pytest.mark.weekly
def test_a_new_chapter_builds_and_its_page_passes(book, root):
    if (root / ".press/store").is_dir():
        shutil.copytree(root / ".press/store", book / ".press/store")
    assert main(NAME) == 0
    wanted = ["-k", f"bent_line or bent-line or {WHOLE}"]
    said = run(book, "pytest", "-vv", *QUIET, "tests/book", *wanted)
    assert said.count("bent_line") > 25
    for name in WHOLE.split(" or "):
        assert name in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "write, for instance, make chapter PAGE=activation/swish"),
        ("swish", "'swish' is not a section and a word"),
        ("activation/a/b", "nested too deep"),
        ("activation/swish/", "ends with a slash; leave it out"),
        ("poetry/swish", "there is no section 'poetry'; the sections are act"),
        ("../swish", "there is no section '..'"),
        ("activation/Swish", "take small letters, digits"),
        ("activation/swish.md", "take small letters, digits"),
        ("activation/a b", "take small letters, digits"),
        ("activation/" + "a" * 25, "at most 24"),
        ("activation/lambda", "means something else in Python"),
        ("activation/print", "means something else in Python"),
        ("activation/found", "means something else in the chapter's code"),
        ("activation/pytest", "means something else in the chapter's code"),
        ("activation/z", "means something else in the chapter's code"),
        ("activation/book_style", "means something else in the chapter's"),
        ("activation/test_net", "means something else in the chapter's code"),
        ("activation/relu", "docs/activation/relu.md exists already"),
        ("activation/plot", "snippets/activation/plot.py exists already"),
        ("propagation/soft_step", "known.md has '# Soft step' already"),
        ("propagation/knee", "known.md has '/// figure | knee' already"),
    ],
)
def test_a_wrong_name_is_explained_and_touches_nothing(
    tmp_path, root, monkeypatch, capsys, name, said
):
    ignored = shutil.ignore_patterns("assets", "__pycache__")
    for folder in ("docs", "snippets"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(root / "mkdocs.yml", tmp_path)
    known = tmp_path / "docs/known.md"
    known.write_text("# Soft step\n\n/// figure | knee\n", encoding="utf-8")
    before = files(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(name) == 1
    message = capsys.readouterr().err
    assert said in message
    assert len(message.splitlines()) == 1
    assert files(tmp_path) == before
