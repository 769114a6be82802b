"""A small site, built with the book's own settings in a folder of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parents[2]
SETTINGS = """\
site_name: A small site
strict: true
use_directory_urls: false
theme: {name: material, font: false}
plugins: [search, markdown-exec]
repo_url: &repo ""
nav: &nav
"""
JUPYTER = f"""\
plugins:
  - search
  - markdown-exec
  - mkdocs-jupyter:
      include: ["*.ipynb"]
      ignore: ["*.md"]
      include_source: true
      ignore_h1_titles: true
      cache_dir: .press/notebooks
hooks: [{ROOT}/press/website/notebooks.py]
"""


@pytest.fixture
def root() -> Path:
    """Return the folder of the book's own project, where press is."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Write pages, given by their paths, into a new project and enter it."""

    def write(pages: dict[str, str], snippets: dict[str, str] | None = None):
        pages = {"about/references.md": "# References\n"} | pages
        book = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        shared = book[book.index("\nmarkdown_extensions:") :]
        shown = [p for p in pages if p.endswith((".md", ".ipynb"))]
        nav = "".join(f"  - {page}\n" for page in shown)
        files = {"mkdocs.yml": SETTINGS + nav + shared}
        if any(page.endswith(".ipynb") for page in pages):
            plain = "plugins: [search, markdown-exec]\n"
            files["mkdocs.yml"] = files["mkdocs.yml"].replace(plain, JUPYTER)
            for name in ("pyproject.toml", "LICENSE"):
                files[name] = (ROOT / name).read_text(encoding="utf-8")
        files |= {f"docs/{page}": text for page, text in pages.items()}
        files |= {f"snippets/{name}": t for name, t in (snippets or {}).items()}
        files["snippets/__init__.py"] = ""
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return write


@pytest.fixture
def render(project: Callable) -> Callable:
    """Write a project and return a page as the book's Markdown makes it."""

    def run(pages: dict, page: str = "one.md", repo: str = "") -> BeautifulSoup:
        project(pages)
        with open("mkdocs.yml", encoding="utf-8") as file:
            listed = yaml_load(file)["markdown_extensions"]
        named = [e if isinstance(e, dict) else {e: {}} for e in listed]
        settings = {name: of for one in named for name, of in one.items()}
        settings["press.markup"]["repo"] = repo
        md = Markdown(extensions=[*settings], extension_configs=settings)
        return BeautifulSoup(md.convert(pages[page]), "html.parser")

    return run


@pytest.fixture
def build(project: Callable) -> Callable:
    """Write a project, build it as `make site` does, return what came of it."""

    def run(pages, snippets=None, settings=None) -> subprocess.CompletedProcess:
        folder = project(pages, snippets)
        if settings:
            (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-m", "press"],
            cwd=folder,
            env={"PYTHONPATH": f"{folder}:{ROOT}", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
