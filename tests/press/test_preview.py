"""`make serve`: edits show, errors are told, and nothing goes round."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

PAGE = """\
# One

A word.

```python exec="1"
from snippets.a import A

print(A)
```

```python exec="1"
from snippets.b import B

print(B)
```
"""
PRESS_NEXT = """
    def run(self, root):
        for paragraph in root.iter("p"):
            paragraph.set("data-press", "edited")
"""


class Server:
    """A preview of a small project, and what it says."""

    def __init__(self, folder: Path, root: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / "log"
        address = f"127.0.0.1:{self.port}"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mkdocs", "serve", "-a", address],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": f"{folder}:{root}"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def page(self, name: str = "one.html") -> str:
        address = f"http://127.0.0.1:{self.port}/{name}"
        with urlopen(address, timeout=30) as answer:
            return answer.read().decode()

    def said(self) -> str:
        return self.log.read_text()

    def builds(self) -> int:
        return self.said().count("Building documentation")

    def wait(self, until, seconds=60):
        deadline = time.monotonic() + seconds
        while not until():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def wait_for(self, text: str) -> None:
        self.wait(lambda: re.search(text, self.page()))


@pytest.fixture
def folder(project, root):
    folder = project(
        {"one.md": PAGE},
        {
            "a.py": "A = 'first a'\n",
            "b.py": "B = open('snippets/b.txt').read()\n"
            "open('ru' + 'ns', 'a').write('b')\n",
            "b.txt": "first b",
        },
    )
    settings = (folder / "mkdocs.yml").read_text()
    settings += "\nhooks: [press/preview.py]\nwatch: [snippets, press]\n"
    settings += "extra_css: [style.css]\nextra: {paper: book}\n"
    (folder / "mkdocs.yml").write_text(settings)
    (folder / "docs/style.css").write_text("p {color: red}")
    (folder / "press").mkdir()
    for file in (root / "press").glob("*.py"):
        (folder / "press" / file.name).write_text(file.read_text())
    (folder / "site").mkdir()
    (folder / "site/book.pdf").write_text("%PDF, as it was made last")
    return folder


@pytest.fixture
def server(folder, root):
    server = Server(folder, root)
    try:
        server.wait(lambda: "Serving on" in server.said())
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def test_edits_show_and_errors_are_told(server, folder):
    """One server for all, for it takes a while to start."""
    assert "first a" in server.page()
    assert server.page("book.pdf") == "%PDF, as it was made last"
    (folder / "snippets/a.py").write_text("A = 'second a'\n")
    server.wait_for("second a")
    assert "first b" in server.page()
    assert (folder / "runs").read_text() == "b", "the other was not run"

    (folder / "snippets/b.txt").write_text("second b")
    server.wait_for("second b")
    assert (folder / "runs").read_text() == "bb"

    (folder / "docs/one.md").write_text(PAGE.replace("A word", "Another"))
    server.wait_for("Another")

    (folder / "docs/style.css").write_text("p {color: blue}")
    builds = server.builds()
    server.wait(lambda: server.builds() > builds)

    (folder / "snippets/a.py").write_text("A = 1 / 0\n")
    said = "docs/one.md:6: the fence raised ZeroDivisionError"
    server.wait(lambda: said in server.said())
    server.wait(lambda: "until build errors are resolved" in server.said())
    assert "at snippets/a.py:1" in server.said()
    assert "Traceback" not in server.said()

    (folder / "snippets/a.py").write_text("A = 'third a'\n")
    server.wait_for("third a")

    mathml = folder / "press/mathml.py"
    text = mathml.read_text()
    start = text.index("    def run(self, root")
    end = text.index("    def replace(self")
    mathml.write_text(
        text[:start] + PRESS_NEXT.lstrip("\n") + "\n" + text[end:]
    )
    server.wait_for('data-press="edited"')

    time.sleep(2)  # four looks at the folders
    builds = server.builds()
    time.sleep(2)
    assert server.builds() == builds, "no reload without an edit"
