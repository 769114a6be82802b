"""`make serve`: edits show, faults are on the page, nothing goes round."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
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
        return self.said().count("Reloading browsers")

    def wait(self, until, seconds=180):
        deadline = time.monotonic() + seconds
        while not until():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def wait_again(self, text: str) -> None:
        """Wait for a text while the server may be starting again."""

        def has() -> bool:
            with suppress(OSError):
                return text in self.page()
            return False

        self.wait(has)

    def wait_for(self, text: str) -> None:
        self.wait(lambda: text in self.page())


@pytest.fixture
def folder(project, root):
    folder = project(
        {
            "one.md": PAGE,
            "two.md": '# Two\n\n```python exec="1"\nprint("kept")\n```\n',
            "glossary.md": "# Glossary\n\nword\n:   A part.\n",
        },
        {
            "a.py": "A = 1 / 0\n",
            "b.py": "B = open('snippets/b.txt').read()\n"
            "open('ru' + 'ns', 'a').write('b')\n",
            "b.txt": "first b",
        },
    )
    settings = (folder / "mkdocs.yml").read_text()
    settings += "\nhooks: [press/website/preview.py]\n"
    settings += "watch: [snippets, press]\n"
    settings += "extra_css: [style.css]\nextra: {paper: book}\n"
    (folder / "mkdocs.yml").write_text(settings)
    (folder / "docs/style.css").write_text("p {color: red}")
    shutil.copytree(root / "press", folder / "press")
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


FAULT = "docs/one.md:6: the fence raised ZeroDivisionError, at snippets/a.py:1"


def test_edits_show_and_faults_are_told(server, folder):
    """One server for all, for it takes a while to start."""
    for page in ("one.html", "two.html"):
        assert FAULT in server.page(page), "it starts with a fault"
    (folder / "snippets/a.py").write_text("A = 'second a'\n")
    server.wait_for("second a")
    assert "first b" in server.page()
    assert 'role="alert"' not in server.page()
    assert server.page("book.pdf") == "%PDF, as it was made last"
    runs = (folder / "runs").read_text()
    (folder / "snippets/a.py").write_text("A = 'another a'\n")
    server.wait_for("another a")
    assert (folder / "runs").read_text() == runs, "the other was not run"

    (folder / "snippets/b.txt").write_text("second b")
    server.wait_for("second b")
    assert (folder / "runs").read_text() == f"{runs}b"

    two = (folder / "docs/two.md").read_text()
    (folder / "docs/one.md").write_text(PAGE.replace("A word", "Another"))
    server.wait_for("Another")
    (folder / "docs/two.md").write_text(two + "\n[no](none.md)\n")
    server.wait_for("contains a link 'none.md'")
    (folder / "docs/two.md").write_text(two + "\n```text\nand so on\n")
    server.wait_for("docs/two.md:7: what begins here is not closed")
    (folder / "docs/two.md").write_text(two)
    server.wait(lambda: "not closed" not in server.page())
    assert "Another" in server.page()

    (folder / "snippets/a.py").write_text("A = 1 / 0\n")
    server.wait_for(FAULT)
    assert "Traceback" not in server.said()
    (folder / "snippets/a.py").write_text("A = 'third a'\n")
    server.wait_for("third a")
    assert FAULT not in server.page()

    (folder / "docs/style.css").write_text("p {color: blue}")
    server.wait(lambda: "blue" in server.page("style.css"))

    figure = folder / "press/markup/links.py"
    text = figure.read_text()
    figure.write_text(text + "\nimport nothing\n")
    server.wait_for("No module named")
    figure.write_text(text.replace("chapter-number", "chapter-edited"))
    server.wait_again('"chapter-edited"')

    time.sleep(2)  # ten looks at the folders
    builds = server.builds()
    time.sleep(2)
    assert server.builds() == builds, "no reload without an edit"
