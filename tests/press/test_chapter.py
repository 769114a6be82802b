"""A new chapter, begun in a copy of the book, passes what all chapters pass."""

import os
import shutil
import subprocess
import sys

import pytest

FOLDERS = ("docs", "snippets", "press", "tests")
FILES = (
    *("mkdocs.yml", "pyproject.toml", "LICENSE"),
    *("CITATION.cff", "CONTRIBUTING.md", "HOSTING.md"),
    *("requirements.in", "requirements.txt"),
)
ADDED = {
    "docs/activation/bent_line.md",
    "snippets/activation/bent_line.py",
    "tests/activation/test_bent_line.py",
}
# checks of the whole book that a page could fail, beside those of each page
WHOLE = (
    "figures_are_numbered",
    "every_snippet_has_a_page",
    "navigation_holds",
    "pages_follow",
    "equations_say_their_number",
)


def run(folder, *command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def book(tmp_path, root):
    """Return a copy of the book, with what its fences have printed."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in (*FOLDERS, ".press/store"):
        if (root / name).is_dir():
            shutil.copytree(root / name, tmp_path / name, ignore=ignored)
    for name in FILES:
        shutil.copy(root / name, tmp_path)
    return tmp_path


def test_a_new_chapter_builds_and_passes(book):
    before = files(book)
    done = run(book, "press.chapter", "activation/bent_line")
    assert done.returncode == 0, done.stderr
    for path in ADDED:
        assert path in done.stdout
    after = files(book)
    assert set(after) - set(before) == ADDED
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"mkdocs.yml", "tests/book/unquoted.txt"}
    for path in ADDED:
        assert b"ext: " in after[path], "it says what is next"

    for command in (["check", "."], ["format", "--check", "."]):
        done = run(book, "ruff", *command)
        assert done.returncode == 0, done.stdout
    wanted = ["-k", " or ".join(("bent_line", "bent-line", *WHOLE))]
    quiet = ["-p", "no:cacheprovider", "-p", "no:playwright", "--tb=short"]
    own = "tests/activation/test_bent_line.py"
    tests = ["tests/book", "tests/mutants/test_record.py", own]
    done = run(book, "pytest", "-vv", *quiet, *tests, *wanted)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert done.stdout.count("bent_line") > 30
    for name in WHOLE:
        assert name in done.stdout


def test_navigation_is_changed_by_one_line(book):
    old = (book / "mkdocs.yml").read_text().splitlines()
    assert run(book, "press.chapter", "activation/bent_line").returncode == 0
    new = (book / "mkdocs.yml").read_text().splitlines()
    (place,) = [n for n, line in enumerate(new) if "bent_line" in line]
    assert new[place] == "      - activation/bent_line.md"
    assert "activation/" in new[place - 1]
    assert "activation/" not in new[place + 1]
    assert new[:place] + new[place + 1 :] == old


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
        ("activation/slope", "means something else in the chapter's code"),
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
    tmp_path, root, name, said
):
    for folder in ("docs", "snippets", "press"):
        shutil.copytree(root / folder, tmp_path / folder)
    shutil.copy(root / "mkdocs.yml", tmp_path)
    known = tmp_path / "docs/known.md"
    known.write_text("# Soft step\n\n/// figure | knee\n", encoding="utf-8")
    before = files(tmp_path)
    done = run(tmp_path, "press.chapter", name)
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert files(tmp_path) == before
