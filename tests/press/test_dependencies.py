"""What changes the key of an output, and what does not."""

import os

import pytest

from press import dependencies
from press.dependencies import digest, files

SNIPPETS = {
    "direct.py": "from snippets.package import inner\n\nVALUE = inner.VALUE\n",
    "package/__init__.py": "",
    "package/inner.py": "from .. import far\n\nVALUE = far.VALUE\n",
    "far.py": 'from pathlib import Path\n\nTABLE = "table.csv"\nVALUE = 1\n',
    "table.csv": "1,2\n",
    "stranger.py": "VALUE = 5\n",
}
CODE = (
    "from snippets.direct import VALUE\n"
    "print(VALUE, open('data/words.txt').read())"
)


@pytest.fixture
def folder(project):
    root = project({"one.md": "# One\n"}, SNIPPETS)
    (root / "data").mkdir()
    (root / "data/words.txt").write_text("words")
    return root


def edit(path, text="# another text\n"):
    """Change a file, even if the clock of the file system has not moved."""
    path.write_text(text)
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


def test_finds_modules_packages_and_data(folder):
    found = [os.path.relpath(file) for file in files(CODE)]
    assert found == [
        "data/words.txt",
        "snippets/__init__.py",
        "snippets/direct.py",
        "snippets/far.py",
        "snippets/package/__init__.py",
        "snippets/package/inner.py",
        "snippets/table.csv",
    ]


@pytest.mark.parametrize(
    "file",
    [
        "snippets/direct.py",
        "snippets/package/inner.py",
        "snippets/package/__init__.py",
        "snippets/__init__.py",
        "snippets/far.py",
        "snippets/table.csv",
        "data/words.txt",
    ],
)
def test_an_edit_of_what_it_depends_on_changes_the_key(folder, file):
    before = digest(CODE)
    edit(folder / file)
    assert digest(CODE) != before


@pytest.mark.parametrize(
    "file", ["snippets/stranger.py", "docs/one.md", "mkdocs.yml"]
)
def test_an_edit_of_anything_else_does_not(folder, file):
    before = digest(CODE)
    edit(folder / file)
    assert digest(CODE) == before


def test_writing_the_same_text_again_does_not(folder):
    before = digest(CODE)
    edit(folder / "snippets/far.py", SNIPPETS["far.py"])
    assert digest(CODE) == before


def test_fence_and_option_change_the_key(folder):
    assert digest(CODE) != digest(CODE + "\n")
    assert digest(CODE, "html") != digest(CODE)


@pytest.mark.parametrize("library", ["torch", "numpy", "matplotlib"])
def test_version_of_a_library_changes_the_key(folder, monkeypatch, library):
    before = digest(CODE)
    real = dependencies.version
    monkeypatch.setattr(
        dependencies,
        "version",
        lambda name: "99" if name == library else real(name),
    )
    dependencies.versions.cache_clear()
    changed = digest(CODE)
    dependencies.versions.cache_clear()
    assert changed != before


def test_version_of_python_changes_the_key(folder, monkeypatch):
    before = digest(CODE)
    monkeypatch.setattr(dependencies.sys, "version", "4.0")
    dependencies.versions.cache_clear()
    changed = digest(CODE)
    dependencies.versions.cache_clear()
    assert changed != before


@pytest.mark.parametrize("module", dependencies.RUNNING)
def test_press_changes_the_key(folder, monkeypatch, module):
    before = digest(CODE)
    real = dependencies._hash
    monkeypatch.setattr(
        dependencies,
        "_hash",
        lambda file: "new" if file.endswith(f"/{module}.py") else real(file),
    )
    assert digest(CODE) != before


def test_a_module_that_appears_is_seen(folder):
    """`from snippets import new` may have meant an attribute until then."""
    code = "from snippets import new\nprint(new)"
    before = digest(code)
    (folder / "snippets/new.py").write_text("x = 1\n")
    assert digest(code) != before


@pytest.mark.parametrize(
    "name", ["data/LICENSE", "./data/LICENSE", "snippets/stranger.py"]
)
def test_any_file_that_a_string_names_counts(folder, name):
    (folder / "data/LICENSE").write_text("text")
    found = files(f"open({name!r})")
    assert found == [str(folder / name.removeprefix("./"))]


def test_imports_within_functions_count(folder):
    code = "def f():\n    import snippets.stranger\nf()"
    assert any(file.endswith("stranger.py") for file in files(code))


def test_circles_end(folder):
    (folder / "snippets/a.py").write_text("import snippets.b\n")
    (folder / "snippets/b.py").write_text("import snippets.a\n")
    found = [os.path.basename(file) for file in files("import snippets.a")]
    assert found == ["__init__.py", "a.py", "b.py"]


def test_code_that_does_not_parse_depends_on_itself(folder):
    assert files("from snippets.direct import (") == []
    assert digest("x = (") != digest("y = (")


def test_the_machine_does_not_matter(folder, tmp_path_factory):
    """The same project in another folder has the same keys."""
    before = digest(CODE)
    other = tmp_path_factory.mktemp("other")
    for file in files(CODE):
        copy = other / os.path.relpath(file)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((folder / file).read_bytes())
    os.chdir(other)
    assert digest(CODE) == before
