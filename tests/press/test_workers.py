"""Fences in processes of their own: what they answer, and how they end."""

import os
import py_compile
import subprocess
import sys
import time

import pytest

from press.workers import Workers


@pytest.fixture
def folder(project):
    return project(
        {"one.md": "# One\n"},
        {
            "value.py": "X = 1\n\n\ndef fail():\n    raise KeyError('gone')\n",
            "reading.py": (
                "from pathlib import Path\n\n\ndef read(name):\n"
                "    return (Path('snippets') / name).read_text()\n"
            ),
            "words.txt": "some words",
        },
    )


@pytest.fixture
def workers(folder, root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{root}")
    workers = Workers(2)
    yield workers
    workers.close()


def answer(workers, code):
    given = workers.submit(code).result(timeout=60)
    del given["digest"]
    return given


def test_answers_with_what_is_printed(workers):
    code = "for i in range(2):\n    print(i, end=';')\nprint()"
    assert answer(workers, code) == {"output": "0;1;\n"}


def test_fences_share_no_names(workers):
    answer(workers, "x = 1; print(x)")
    for _ in range(4):  # whichever process it meets
        assert answer(workers, "print(x)")["error"] == "NameError"


def test_functions_of_a_fence_see_its_names(workers):
    code = "x = 2\ndef f():\n    return x\nprint(f())"
    assert answer(workers, code) == {"output": "2\n"}


def test_an_error_says_where_in_the_fence_and_in_our_code(workers):
    code = "from snippets.value import fail\n\nfail()"
    assert answer(workers, code) == {
        "error": "KeyError",
        "said": "'gone'",
        "line": 3,
        "inside": "snippets/value.py:5",
    }


def test_a_syntax_error_says_its_line(workers):
    found = answer(workers, "x = 1\ny = (")
    assert (found["error"], found["line"]) == ("SyntaxError", 2)


def test_a_syntax_error_in_a_snippet_says_its_place(workers, folder):
    (folder / "snippets/bad.py").write_text("x = 1\ny = (\n")
    found = answer(workers, "\nimport snippets.bad")
    assert (found["line"], found["inside"]) == (2, "snippets/bad.py:2")


def test_an_exit_is_an_error(workers):
    assert answer(workers, "raise SystemExit(0)")["error"] == "SystemExit"


def test_a_process_that_dies_is_an_error_and_is_replaced(workers):
    found = answer(workers, "import os; os._exit(3)")
    assert found["said"] == "exit code 3"
    assert answer(workers, "print('well')") == {"output": "well\n"}


def test_what_libraries_print_does_not_get_among_the_answers(workers):
    code = "import os; os.write(1, b'{}\\n'); print('mine')"
    assert answer(workers, code) == {"output": "mine\n"}


def test_an_edited_snippet_is_imported_anew(workers, folder):
    """Even if size and second are the same, as bytecode would not notice."""
    code = "from snippets.value import X\nprint(X)"
    file = folder / "snippets/value.py"
    second = int(time.time()) * 10**9
    for number in range(2, 8):
        file.write_text(f"X = {number}\n")
        os.utime(file, ns=(second + number, second + number))
        assert answer(workers, code) == {"output": f"{number}\n"}


def test_bytecode_of_others_is_not_trusted(workers, folder):
    file = folder / "snippets/value.py"
    file.write_text("X = 1\n")
    py_compile.compile(str(file))
    status = file.stat()
    file.write_text("X = 2\n")
    os.utime(file, ns=(status.st_mtime_ns, status.st_mtime_ns))
    code = "from snippets.value import X\nprint(X)"
    assert answer(workers, code) == {"output": "2\n"}


def test_a_file_that_is_read_unnamed_is_an_error(workers):
    """Its changes would go unseen."""
    read = "from snippets.reading import read\nprint(read({}))"
    found = answer(workers, read.format("'words' + '.txt'"))
    assert found["error"] == "RuntimeError"
    assert "snippets/words.txt is used, but neither" in found["said"]
    named = read.format("'words.txt'") + "\n'snippets/words.txt'"
    assert answer(workers, named) == {"output": "some words\n"}


def test_a_refused_file_is_an_error_even_if_the_fence_catches_it(workers):
    code = (
        "from snippets.reading import read\n"
        "try:\n    print(read('words' + '.txt'))\n"
        "except Exception:\n    print('never mind')"
    )
    assert "snippets/words.txt is used" in answer(workers, code)["said"]


UNSEEN = {
    "by a computed name": "import importlib\nm = 'snippets.' + 'value'\n"
    "print(importlib.import_module(m).X)",
    "by a star": "from snippets.star import *\nprint(value.X)",
    "by another path": "import sys\nsys.path.insert(0, 'snip' + 'pets')\n"
    "import value\nprint(value.X)",
    "as a text": "print(open('snippets/' + 'value.py').read())",
}


@pytest.mark.parametrize("way", UNSEEN)
def test_a_module_that_is_used_unseen_is_an_error(workers, folder, way):
    (folder / "snippets/star.py").write_text("")
    (folder / "snippets/star.py").unlink()
    (folder / "snippets/star").mkdir(exist_ok=True)
    (folder / "snippets/star/__init__.py").write_text("__all__ = ['value']\n")
    (folder / "snippets/star/value.py").write_text("X = 1\n")
    for _ in range(2):  # by a process that has met it before as well
        found = answer(workers, UNSEEN[way])
        assert ".py is used, but neither" in found["said"], found


STATES = {
    "a file that a module reads": (
        "from snippets.holder import TEXT\nprint(TEXT)",
        {"holder.py": "TEXT = open('snippets/words.txt').read()\n"},
        {"words.txt": "other words"},
    ),
    "a file that a function reads once": (
        "from snippets.holder import text\nprint(text())",
        {
            "holder.py": "import functools\n\n\n@functools.cache\ndef text():\n"
            "    return open('snippets/words.txt').read()\n"
        },
        {"words.txt": "other words"},
    ),
    "a module that becomes a package": (
        "from snippets.holder import TEXT\nprint(TEXT)",
        {"holder.py": "TEXT = 'some words'\n"},
        {"holder/__init__.py": "TEXT = 'other words'\n"},
    ),
    "a module that appears": (
        "try:\n    from snippets.late import TEXT\n"
        "except ImportError:\n    TEXT = 'some words'\nprint(TEXT)",
        {},
        {"late.py": "TEXT = 'other words'\n"},
    ),
    "a folder without __init__.py": (
        "from snippets.space import holder\nprint(holder.TEXT)",
        {"space/holder.py": "TEXT = 'some words'\n"},
        {"space/holder.py": "TEXT = 'other words'\n"},
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_nothing_of_an_earlier_fence_is_left(folder, root, monkeypatch, state):
    """One process, which ran the fence before the edit as well."""
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{root}")
    code, before, after = STATES[state]
    worker = Workers(1)
    try:
        for files, expected in ((before, "some"), (after, "other")):
            for name, text in files.items():
                file = folder / "snippets" / name
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
            found = answer(worker, code)
            assert found == {"output": f"{expected} words\n"}
    finally:
        worker.close()


def test_a_fence_does_not_lean_on_anothers_imports(folder, root, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{root}")
    worker = Workers(1)
    try:
        answer(worker, "import snippets.value\nprint(1)")
        code = "import snippets.reading\nprint(snippets.value.X)"
        assert answer(worker, code)["error"] == "AttributeError"
        answer(worker, "import os\nos.chdir('/')\nprint(1)")
        code = "print(open('snippets/words.txt').read())"
        assert answer(worker, code) == {"output": "some words\n"}
        answer(worker, "import os\npid = os.fork()\nprint('twice')")
        assert answer(worker, "print('B')") == {"output": "B\n"}
        assert answer(worker, "print('C')") == {"output": "C\n"}
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("input()", "EOFError"),
        ("print('\\udc80')", "UnicodeEncodeError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        (
            "class E(Exception):\n"
            "    def __str__(self):\n        1 / 0\n"
            "raise E",
            "E",
        ),
    ],
)
def test_odd_endings_are_errors(workers, code, error):
    assert answer(workers, code)["error"] == error


def test_an_edit_while_a_fence_runs_is_noticed(workers, folder):
    """Even if it is undone before the end is looked at."""
    code = (
        "import os, time\nfrom snippets.value import X\n"
        "open('star' + 'ted', 'w').close()\n"
        "while not os.path.exists('edi' + 'ted'):\n    time.sleep(0.05)\n"
        "print(X)"
    )
    running = workers.submit(code)
    while not (folder / "started").exists():
        time.sleep(0.05)
    (folder / "snippets/value.py").write_text("X = 2\n")
    (folder / "edited").touch()
    assert running.result(timeout=60)["digest"] is None


def test_every_process_computes_with_one_thread(workers):
    code = "import torch; print(torch.get_num_threads())"
    assert answer(workers, code) == {"output": "1\n"}


def test_processes_end_with_the_build(workers):
    pids = {
        int(answer(workers, "import os; print(os.getpid())")["output"])
        for _ in range(3)
    }
    assert all(alive(pid) for pid in pids)
    workers.close()
    assert not any(alive(pid) for pid in pids)


def test_processes_end_when_the_build_is_killed(folder, root):
    endless = "import os; os.write(2, b'%d ' % os.getpid())\nwhile True: pass"
    code = (
        "from press.workers import Workers\n"
        f"Workers(1).submit({endless!r}).result()"
    )
    build = subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
    )
    said = b""
    while not said.endswith(b" "):
        said += build.stderr.read(1)
    pid = int(said)
    assert alive(pid)
    build.kill()
    build.wait()
    build.stderr.close()
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as status:
        return status.read().rpartition(")")[2].split()[0] != "Z"
