"""Never stale: through edits of every kind, kills, and builds at once."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from press.fault import Fault
from press.running import execution, store
from press.running.execution import OUTPUTS, all_jobs, fences, kept, printed
from press.running.worker import Job

PAGE = """\
# One

```python exec="1" html="1"
from snippets.figure import draw

print(draw())
```

And a word.
"""
CODE = "from snippets.figure import draw\n\nprint(draw())"
SNIPPETS = {
    "figure.py": (
        "from snippets.colour import COLOUR\n\n\ndef draw():\n"
        "    table = open('snippets/table.txt').read().strip()\n"
        "    return f'<p>a {COLOUR} curve through {table}</p>'\n"
    ),
    "colour.py": "COLOUR = 'blue'\n",
    "table.txt": "7\n",
    "other.py": "X = 1\n",
}
BLUE = "<p>a blue curve through 7</p>\n"


@pytest.fixture
def folder(project):
    yield project({"one.md": PAGE}, SNIPPETS)
    OUTPUTS.close()


def edit(path, text):
    """Change a file, even if the clock of the file system has not moved."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


EDITS = {
    "figure.py": SNIPPETS["figure.py"].replace("curve", "line"),
    "colour.py": "COLOUR = 'red'\n",
    "table.txt": "8\n",
    "colour/__init__.py": "COLOUR = 'red'\n",
    "__init__.py": "# another\n",
}


@pytest.mark.parametrize("file", EDITS)
def test_an_edit_of_what_it_read_is_seen_and_so_is_its_undoing(folder, file):
    assert kept(Job((CODE,))) is None
    assert printed(CODE) == BLUE
    path = folder / "snippets" / file
    before = path.read_text() if path.exists() else None
    edit(path, EDITS[file])
    assert kept(Job((CODE,))) is None
    assert (printed(CODE) != BLUE) == (file != "__init__.py")
    if before is None:
        path.unlink()
        path.parent.rmdir()
    else:
        edit(path, before)
    assert kept(Job((CODE,))) is not None, "nor need it be run again"
    assert printed(CODE) == BLUE


def test_an_edit_of_anything_else_is_no_matter(folder, monkeypatch):
    printed(CODE)
    edit(folder / "snippets/other.py", "X = 2\n")
    edit(folder / "snippets/new.py", "X = 3\n")
    edit(folder / "snippets/colour.py", SNIPPETS["colour.py"])
    monkeypatch.setattr(execution, "answer", None)  # it would be called
    assert printed(CODE) == BLUE


def test_a_file_more_in_a_folder_that_it_listed_is_seen(folder):
    code = (
        "from pathlib import Path\n"
        "print(len([*Path('snippets').rglob('*.txt')]))"
    )
    assert printed(code) == "1\n"
    edit(folder / "snippets/more/two.txt", "2\n")
    assert printed(code) == "2\n"
    edit(folder / "snippets/more/three.txt", "3\n")
    assert printed(code) == "3\n"


def test_other_code_libraries_or_python_are_another_key(folder, monkeypatch):
    printed(CODE)
    assert kept(Job((CODE + "\n",))) is None
    assert kept(Job((CODE,), is_notebook=True)) is None
    for change in (
        {"version": lambda name: version(name) + (name == "torch") * ".1"},
        {"LIBRARIES": ("torch",)},
        {"sys": type("Sys", (), {"version": "4.0"})},
    ):
        with monkeypatch.context() as changed:
            for name, value in change.items():
                changed.setattr(execution, name, value)
            execution.versions.cache_clear()
            assert kept(Job((CODE,))) is None
    execution.versions.cache_clear()
    assert kept(Job((CODE,))) is not None


def test_the_machine_does_not_matter(folder, tmp_path_factory, monkeypatch):
    """The same project in another folder finds the same output."""
    printed(CODE)
    other = tmp_path_factory.mktemp("other")
    for name in ("snippets", ".press"):
        (folder / name).rename(other / name)
    monkeypatch.chdir(other)
    assert kept(Job((CODE,))) is not None


def test_an_edit_while_it_runs_is_noticed(folder):
    code = (
        "from snippets.colour import COLOUR\n"
        "path, new = 'snippets/' + 'colour.py', 'COLOUR = \"red\"'\n"
        "if COLOUR == 'blue':\n    open(path, 'w').write(new)\nprint(COLOUR)"
    )
    assert printed(code) == "red\n"
    endless = code.replace("if COLOUR == 'blue':\n", "if COLOUR:\n").replace(
        "'COLOUR = \"red\"'", "f'COLOUR = {COLOUR * 2!r}'"
    )
    with pytest.raises(Fault, match="what changed 3 times while it ran"):
        printed(endless)


def build_at_once(folder, root):
    return subprocess.Popen(
        [sys.executable, "-m", "press"],
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def shown():
    return Path("site/one.html").read_text()


def test_two_builds_at_once_are_right_and_so_is_one_after_a_kill(
    project, build, root
):
    """The same snippet, and so the same key; only the first time it is slow."""
    slow = SNIPPETS["figure.py"] + (
        "\n\nimport time\n\nopen('star' + 'ted', 'w').close()\n"
        "time.sleep(SECONDS)\n"
    )
    slowest = {"figure.py": slow.replace("SECONDS", "99")}
    folder = project({"one.md": PAGE}, SNIPPETS | slowest)
    killed = build_at_once(folder, root)
    while not Path("started").exists():
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    assert not Path("site").exists()
    Path("snippets/figure.py").write_text(slow.replace("SECONDS", "0.3"))
    builds = [build_at_once(folder, root) for _ in range(2)]
    assert [build.wait() for build in builds] == [0, 0]
    assert "a blue curve through 7" in shown()
    (Path(store.FOLDER) / "new-half").write_text("half an entry")
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert "a blue curve through 7" in shown()


def test_a_snippet_that_raises_after_a_good_build(build):
    """The old figure is in the store; it must not be published."""
    build({"one.md": PAGE}, SNIPPETS)
    cold = shown()
    broken = SNIPPETS | {"colour.py": "raise ValueError('no colour')\n"}
    done = build({"one.md": PAGE}, broken)
    assert done.returncode == 1
    said = "docs/one.md:4: the fence raised ValueError, at snippets/colour.py:1"
    assert said in done.stderr
    assert not Path("site").exists()
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert shown() == cold, "with the store as without"


def test_an_unchanged_build_imports_neither_torch_nor_matplotlib(project, root):
    fence = "\n# One\n\n```python exec='1'\nimport torch\nprint('x')\n```\n"
    folder = project({"one.md": fence.replace("'1'", '"1"')})
    code = (
        "import sys\nfrom mkdocs.__main__ import cli\n"
        "cli.main(['build', '-q'], standalone_mode=False)\n"
        "print(sorted({'torch', 'matplotlib', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


TWO_FENCES = """\
```python exec="1" source="above" result="text"
print(1)

print(2)
```

??? note

    ```python exec="1" html="1"
    if True:
        print("<p>3</p>")
    ```

```python
not(run)
```
"""


def test_fences_are_found_as_superfences_finds_them(project):
    found = ["print(1)\n\nprint(2)", 'if True:\n    print("<p>3</p>")']
    assert fences(TWO_FENCES) == found
    folder = project({"one.md": f"# One\n\n{TWO_FENCES}"})
    OUTPUTS.expect(all_jobs(folder / "docs"))
    assert {job.cells[0] for job in OUTPUTS.running} == set(found)
    OUTPUTS.close()
