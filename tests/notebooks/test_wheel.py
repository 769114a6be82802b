"""A reader's copies run in an empty folder, from the wheel beside them."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from email import message_from_bytes
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from packaging.requirements import Requirement

from press.running.notebook import SOLUTION, cells, job, read, tagged
from press.running.worker import ONE_THREAD, Output, run
from press.website import wheel
from press.website.notebooks import for_readers
from tests.notebooks.lab import FOLDER

ROOT = FOLDER.parents[1]
NAMES = sorted(file.stem for file in FOLDER.glob("*.ipynb"))
WEEKLY = pytest.mark.weekly  # a kernel takes seconds to start
RUN = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120).execute()
nbformat.write(notebook, sys.argv[1])
"""


def python_without_the_book(folder: Path) -> Path:
    """Make an environment that has what the wheel needs, and no index."""
    command = [sys.executable, "-m", "venv", "--without-pip", folder]
    subprocess.run(command, check=True)
    paths = sysconfig.get_paths(vars={"base": str(folder)})
    libraries = sysconfig.get_paths()["purelib"]
    Path(paths["purelib"], "libraries.pth").write_text(f"{libraries}\n")
    return Path(paths["scripts"], "python")


def execute(notebook: Path, python: Path) -> nbformat.NotebookNode:
    """Run a notebook where it lies, offline; return it with its outputs."""
    environment = {
        "PATH": os.defpath,
        "HOME": str(notebook.parent),
        "PIP_NO_INDEX": "1",
        **ONE_THREAD,
    }
    done = subprocess.run(
        [python, "-c", RUN, notebook],
        cwd=notebook.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return nbformat.read(notebook, as_version=4)


def copied(name: str, site: Path, to: Path) -> Path:
    """Copy a notebook of the site, its blanks filled by its own solutions."""
    notebook = read(site / f"notebooks/{name}.ipynb")
    texts = (c.source for c in notebook.cells if c.cell_type == "markdown")
    solutions = [found[1] for found in map(SOLUTION.search, texts) if found]
    for cell in notebook.cells:
        if tagged(cell, "blank"):
            cell.source = solutions.pop(0)
    nbformat.write(notebook, to / f"{name}.ipynb")
    return to / f"{name}.ipynb"


def shown(cell: nbformat.NotebookNode) -> list[Output]:
    """Return what a cell shows, as the press tells it."""
    parts: list[Output] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            part = Output("text", output.text)
        elif "text/html" in output.data:
            part = Output("html", output.data["text/html"])
        else:
            part = Output("text", f"{output.data['text/plain']}\n")
        if parts and parts[-1].kind == part.kind == "text":
            part = Output("text", parts.pop().content + part.content)
        parts.append(part)
    return parts


@pytest.mark.parametrize(
    "name",
    [n if n == "neuron" else pytest.param(n, marks=WEEKLY) for n in NAMES],
)
def test_it_runs_from_an_empty_folder(name, site_folder, tmp_path):
    python = python_without_the_book(tmp_path / "environment")
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / wheel.name()).write_bytes(
        (site_folder / "notebooks" / wheel.name()).read_bytes()
    )
    done = execute(copied(name, site_folder, folder), python)
    source = read(FOLDER / f"{name}.ipynb")
    ran = [*cells(FOLDER / name, source)]
    outputs = zip(ran, run(job(ran))["shown"], strict=True)
    on_the_page = {cell.id: shown for cell, shown in outputs}
    with zipfile.ZipFile(folder / wheel.name()) as packed:
        texts = json.loads(packed.read("snippets/alternatives.json"))
    for cell in done.cells:
        if cell.cell_type != "code" or tagged(cell, "setup"):
            continue
        for mine, wanted in zip(shown(cell), on_the_page[cell.id], strict=True):
            if mine.kind == "html":
                start = '<svg role="img" aria-label="'
                label = mine.content.removeprefix(start).partition('"')[0]
                assert len(label.split()) >= 15
                page = wanted.content.removeprefix(start).partition('"')[0]
                assert label in (page, *map(escape, texts.values()))
            else:
                assert mine == wanted


def test_it_finds_the_wheel_where_the_site_is(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path / "site")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        (tmp_path / "site").mkdir()
        wheel.build(tmp_path / "site/notebooks", home)
        notebook = for_readers(FOLDER / "network.ipynb", home)
        (line,) = (c.source for c in notebook.cells if tagged(c, "setup"))
        assert line == (
            f"%pip install --quiet -r {home}notebooks/requirements.txt"
        )
        (tmp_path / "site/notebooks/network.ipynb").write_text(
            nbformat.writes(notebook)
        )
        folder = tmp_path / "empty"
        folder.mkdir()
        python = python_without_the_book(tmp_path / "environment")
        execute(copied("network", tmp_path / "site", folder), python)
        server.shutdown()


def test_it_declares_what_the_code_imports(site_folder):
    with zipfile.ZipFile(site_folder / "notebooks" / wheel.name()) as packed:
        (said,) = (n for n in packed.namelist() if n.endswith("/METADATA"))
        declared = message_from_bytes(packed.read(said))
        files = [n for n in packed.namelist() if n.startswith("snippets/")]
    needed = {Requirement(n).name for n in declared.get_all("Requires-Dist")}
    code = "".join(f.read_text() for f in (ROOT / "snippets").rglob("*.py"))
    assert needed == {"torch", "numpy", "matplotlib", "jaxtyping", "beartype"}
    for library in needed:
        assert f"\nimport {library}" in code or f"\nfrom {library}" in code
    own = [
        p
        for p in (ROOT / "snippets").rglob("*")
        if p.suffix in (".py", ".json", ".gz", ".md")
    ]
    assert len(files) == len(own) + 1


def test_the_same_source_gives_the_same_bytes(
    site_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    wheel.build(tmp_path, "")
    (made,) = tmp_path.iterdir()
    again = site_folder / "notebooks" / made.name
    assert made.name == "neural_networks_book-0-py3-none-any.whl"
    assert made.read_bytes() == again.read_bytes()
    assert made.stat().st_mode & 0o777 == 0o644


def test_its_version_is_the_time_of_the_commit(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795870800")
    wheel.build(tmp_path / "notebooks", "https://example.org/book")
    name = "neural_networks_book-2026.11.28.780-py3-none-any.whl"
    assert (tmp_path / "notebooks" / name).is_file()
    line = (tmp_path / "notebooks/requirements.txt").read_text()
    assert line == f"https://example.org/book/notebooks/{name}\n"
