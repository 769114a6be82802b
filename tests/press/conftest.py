"""A small site, built with the book's own settings in a folder of its own."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown
from mkdocs.utils.yaml import yaml_load

from tests.conftest import ROOT


@pytest.fixture
def root() -> Path:
    """Return the folder of the book's own project, where press is."""
    return ROOT


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
def build(project: Callable, press: Callable) -> Callable:
    """Write a project, build it as `make site` does, return what came of it."""

    def run(pages: dict, snippets: dict | None = None) -> CompletedProcess:
        project(pages, snippets)
        return press()

    return run
