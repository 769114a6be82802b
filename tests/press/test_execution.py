"""Never stale: through edits of every kind, kills, and two builds at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from press import store
from press.execution import fences

PAGE = """\
# One

```python exec="1" html="1"
from snippets.figure import draw

print(draw())
```

And a word.
"""
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


def fence(code):
    return f'\n# One\n\n```python exec="1"\n{code}\n```\n'


def python(code, folder, root):
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
        capture_output=True,
        text=True,
        check=True,
    )


def entries():
    return {file.name for file in Path(store.FOLDER).glob("*")}


def shown():
    return Path("site/one.html").read_text()


def test_a_second_build_runs_nothing(build):
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert "a blue curve through 7" in shown()
    (kept,) = entries()
    # were it run again, the page would say otherwise
    store.put(kept, "<p>from the store</p>")
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert "from the store" in shown()


@pytest.mark.parametrize(
    ("file", "text", "new"),
    [
        ("colour.py", "COLOUR = 'red'\n", "a red curve through 7"),
        ("table.txt", "8\n", "a blue curve through 8"),
        (
            "figure.py",
            SNIPPETS["figure.py"].replace("curve", "line"),
            "a blue line through 7",
        ),
    ],
)
def test_an_edit_shows_at_once(build, file, text, new):
    build({"one.md": PAGE}, SNIPPETS)
    assert build({"one.md": PAGE}, SNIPPETS | {file: text}).returncode == 0
    assert new in shown()
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert "a blue curve through 7" in shown(), "and so does its undoing"


def test_an_edit_elsewhere_draws_nothing(build):
    counting = SNIPPETS["figure.py"] + "\n\nopen('ru' + 'ns', 'a').write('x')\n"
    snippets = SNIPPETS | {"figure.py": counting}
    build({"one.md": PAGE}, snippets)
    changed = snippets | {"other.py": "X = 2\n"}
    build({"one.md": PAGE.replace("a word", "another word")}, changed)
    assert "another word" in shown()
    assert Path("runs").read_text() == "x"
    build({"one.md": PAGE}, snippets | {"colour.py": "COLOUR = 'red'\n"})
    assert Path("runs").read_text() == "xx"


def test_the_page_is_the_same_with_the_store_and_without(build):
    build({"one.md": PAGE}, SNIPPETS)
    cold = shown()
    build({"one.md": PAGE}, SNIPPETS)
    assert shown() == cold


def test_a_snippet_that_raises_after_a_good_build(build):
    """The old figure is in the store; it must not be published."""
    build({"one.md": PAGE}, SNIPPETS)
    before = entries()
    broken = SNIPPETS | {"colour.py": "raise ValueError('no colour')\n"}
    done = build({"one.md": PAGE}, broken)
    assert done.returncode == 1
    said = "docs/one.md:4: the fence raised ValueError, at snippets/colour.py:1"
    assert said in done.stderr
    assert not Path("site").exists()
    assert entries() == before, "nothing that raised is kept"
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0


def test_a_damaged_entry_is_made_anew(build):
    build({"one.md": PAGE}, SNIPPETS)
    (kept,) = entries()
    (Path(store.FOLDER) / kept).write_text("half an ent")
    assert build({"one.md": PAGE}, SNIPPETS).returncode == 0
    assert "a blue curve through 7" in shown()


def test_two_builds_at_once_are_both_right(project, root):
    slow = SNIPPETS["figure.py"] + "\n\nimport time\n\ntime.sleep(0.3)\n"
    folder = project({"one.md": PAGE}, SNIPPETS | {"figure.py": slow})
    environment = os.environ | {"PYTHONPATH": f"{folder}:{root}"}
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "press"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(3)
    ]
    assert [build.wait() for build in builds] == [0, 0, 0]
    assert "a blue curve through 7" in shown()
    assert len(entries()) == 1
    assert sorted(os.listdir(".press")) == ["store"]


def test_after_a_build_was_killed_the_next_is_right(project, build, root):
    """The same snippet, and so the same key; only the first time it is slow."""
    slow = (
        SNIPPETS["figure.py"] + "\n\nimport os, time\n\n"
        "if not os.path.exists('/'.join(['be', 'quick'])):\n"
        "    time.sleep(60)\n"
    )
    page = PAGE + fence("print('quick')")
    folder = project({"one.md": page}, SNIPPETS | {"figure.py": slow})
    killed = subprocess.Popen(
        [sys.executable, "-m", "press"],
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        killed.wait(timeout=4)
    killed.kill()
    killed.wait()
    assert not Path("site").exists()
    Path("be/quick").mkdir(parents=True)
    done = build({"one.md": page}, SNIPPETS | {"figure.py": slow})
    assert done.returncode == 0, done.stderr
    assert "a blue curve through 7" in shown()
    assert "quick" in shown()


def test_an_unchanged_build_imports_neither_torch_nor_matplotlib(project, root):
    page = fence("import torch, matplotlib\nprint('x')")
    folder = project({"one.md": page})
    code = (
        "import sys\nfrom mkdocs.__main__ import cli\n"
        "cli.main(['build', '-q'], standalone_mode=False)\n"
        "print(sorted({'torch', 'matplotlib', 'numpy'} & set(sys.modules)))"
    )
    for _ in range(2):
        done = python(code, folder, root)
        assert done.stdout == "[]\n"


TWO_FENCES = """\
# One

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


def test_fences_are_found_as_superfences_finds_them():
    found = fences(TWO_FENCES)
    assert [code for code, _ in found] == [
        "print(1)\n\nprint(2)",
        'if True:\n    print("<p>3</p>")',
    ]
    assert [options["html"] for _, options in found] == [False, True]


def test_every_fence_of_a_page_is_expected(project, root):
    """The key made from the source is the key made while the page is read."""
    folder = project({"one.md": TWO_FENCES})
    code = (
        "from press import execution, store\nfrom pathlib import Path\n"
        "execution.OUTPUTS.start = lambda name, code, options: "
        "execution.OUTPUTS.running.setdefault(name, None)\n"
        "execution.OUTPUTS.expect(Path('docs'))\n"
        "for name in execution.OUTPUTS.running: store.put(name, 'kept')\n"
        "from mkdocs.__main__ import cli\n"
        "cli.main(['build', '-q'], standalone_mode=False)\n"
        "print(Path('site/one.html').read_text().count('kept'))"
    )
    done = python(code, folder, root)
    assert done.stdout == "2\n"
