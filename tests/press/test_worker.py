"""Code in processes of its own: what they answer, and how they end."""

import os
import py_compile
import subprocess
import sys
import time

import pytest

from press.running.execution import answer
from press.running.worker import Job, Output

SNIPPETS = {
    "value.py": "X = 1\n\n\ndef fail():\n    raise KeyError('gone')\n",
    "bad.py": "x = 1\ny = (\n",
    "late.py": "try:\n    from snippets.missing import X\n"
    "except ImportError:\n    X = 0\n",
}
# a text that a cell shows, or what is wrong: kind, line, place in our code
ANSWERS = {
    "for i in range(2):\n    print(i, end=';')": "0;1;",
    "x = 2\ndef f():\n    return x\nprint(f())": "2\n",
    "print(__name__)": "fence\n",
    "import os; os.write(1, b'{}'); print('mine')": "mine\n",
    "import torch; print(torch.get_num_threads())": "1\n",
    "import os\npid = os.fork()\nprint('once')": "once\n",
    "from snippets.value import fail\n\nfail()": (
        *("KeyError", 3, "snippets/value.py:5"),
    ),
    "x = 1\ny = (": ("SyntaxError", 2, ""),
    "\nimport snippets.bad": ("SyntaxError", 2, "snippets/bad.py:2"),
    "raise SystemExit(0)": ("SystemExit", 1, ""),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", 1, ""),
    "import os; os._exit(3)": ("an end of its process", 1, ""),
    "import os; print(os.environ.get('SITE_URL'), 'PATH' in os.environ)": (
        "None True\n"
    ),
    "import subprocess; subprocess.run(['true'])": ("PermissionError", 1, ""),
    "import os; os.system('true')": ("PermissionError", 1, ""),
    "import socket; socket.create_connection(('127.0.0.1', 9))": (
        *("PermissionError", 1, ""),
    ),
    "input()": ("EOFError", 1, ""),
    "print('\\udc80')": ("UnicodeEncodeError", 1, ""),
    "class E(Exception):\n    def __str__(self):\n        1 / 0\nraise E": (
        *("E", 4, ""),
    ),
}


@pytest.fixture
def folder(project):
    return project({"one.md": "# One\n"}, SNIPPETS)


def shown(code):
    ((output,),) = answer(Job((code,)))["shown"]
    return output.content


@pytest.mark.parametrize("code", ANSWERS)
def test_it_answers_with_what_is_printed_or_wrong(folder, code, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org")
    given, wanted = answer(Job((code,))), ANSWERS[code]
    if isinstance(wanted, str):
        assert given["shown"] == [[Output("text", wanted)]]
    else:
        assert (given["error"], given["line"], given["inside"]) == wanted


def test_jobs_find_nothing_that_another_left(folder):
    shown("import os, snippets.value\nos.chdir('/')\nx = 1\nprint(x)")
    assert answer(Job(("print(x)",)))["error"] == "NameError"
    code = "import snippets\nprint(snippets.value.X)"
    assert answer(Job((code,)))["error"] == "AttributeError"
    assert shown("print(open('snippets/value.py').readline())") == "X = 1\n\n"


def test_an_edited_snippet_is_imported_anew(folder):
    """Even if size and second are the same, as bytecode would not notice."""
    code, file = "import snippets.value as v\nprint(v.X)", "snippets/value.py"
    second = int(time.time()) * 10**9
    for number in (2, 3):
        (folder / file).write_text(f"X = {number}\n")
        os.utime(folder / file, ns=(second, second))
        assert shown(code) == f"{number}\n"
        py_compile.compile(str(folder / file))


READS = {
    "from snippets.value import X": ["snippets/value.py"],
    "def f():\n    import snippets.value\nf()": ["snippets/value.py"],
    "m = 'snippets.' + 'value'\n__import__(m)": ["snippets/value.py"],
    "open('snippets/' + 'value.py').read()": ["snippets/value.py"],
    "import sys\nsys.path.insert(0, 'snippets')\nimport value": (
        ["snippets/value.py"]
    ),
    "try:\n    open('table.csv')\nexcept OSError:\n    pass": ["table.csv"],
    "import os\nos.open('mkdocs.yml', os.O_RDONLY)": ["mkdocs.yml"],
    "from pathlib import Path\n[*Path('docs').rglob('*.md')]": ["docs"],
    "import os\nos.listdir()": ["."],
    "import os\n[*os.walk('docs')]": ["docs"],
    # a module that is not there may appear, or become a package
    "import snippets.late": [
        *("snippets/late.py", "snippets/late/__init__.py"),
        *("snippets/missing.py", "snippets/missing/__init__.py"),
    ],
}
UNREAD = "open('new.txt', 'w').write('x')\nimport os, torch\n" + (
    "os.open('newer.txt', os.O_WRONLY | os.O_CREAT)"
)


@pytest.mark.parametrize("code", READS)
def test_what_is_read_is_noted_however_it_is_done(folder, code):
    assert set(READS[code]) <= set(answer(Job((code,)))["read"])


def test_what_is_written_and_what_libraries_read_is_not(folder):
    assert answer(Job((UNREAD,)))["read"] == {}


def test_all_ends_when_the_build_is_killed(folder, root):
    endless = "import os\nos.write(2, b'%d ' % os.getpid())\nwhile True: pass"
    code = (
        "from press.running.execution import answer\n"
        "from press.running.worker import Job\n"
        f"answer(Job(({endless!r},)))"
    )
    build = subprocess.Popen(
        [sys.executable, "-u", "-c", code],
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
    )
    said = b""
    while not said.endswith(b" "):
        said += build.stderr.read(1)
    build.kill()
    build.wait()
    build.stderr.close()
    deadline = time.monotonic() + 60
    while alive(int(said)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
