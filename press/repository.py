"""Lets links from a page to files of the project lead to its repository.

A page writes [CONTRIBUTING.md](../../CONTRIBUTING.md), which works where the
repository is read. On the site the file is not there: the link leads to the
repository, or, where its address is not known, is no link.
"""

import posixpath
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from press.fault import Fault, locate


class Leave(Treeprocessor):
    """Turns links that leave the folder of the pages."""

    def __init__(self, md: Markdown, docs: Path, repo: str) -> None:
        super().__init__(md)
        self.docs, self.repo = docs, repo.rstrip("/")

    def run(self, root: Element) -> None:
        heading = root.find("h1")
        if heading is None:
            return  # what a fence printed comes here by itself, and is no page
        title = "".join(heading.itertext()).strip()
        page = self.md.press_numbers().pages.get(title)
        for link in root.iter("a") if page else ():
            address = urlsplit(link.get("href", ""))
            path = posixpath.normpath(
                posixpath.join(page.parent.as_posix(), address.path)
            )
            is_outside = not path.startswith(f"{self.docs.as_posix()}/")
            if is_outside and address.path and not address.scheme:
                self.lead(link, path)

    def lead(self, link: Element, path: str) -> None:
        if not Path(path).is_file():
            raise Fault(f"{locate(link.get('href'))}: there is no file {path}")
        if self.repo:
            link.set("href", f"{self.repo}/blob/HEAD/{path}")
        else:
            link.tag = "span"
            del link.attrib["href"]


class RepositoryExtension(Extension):
    """Registers it. Load it after press.numbering."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "docs": ["docs", "the folder of the pages"],
            "repo": ["", "the address of the repository, if it has one"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        leave = Leave(
            md, Path(self.getConfig("docs")), self.getConfig("repo") or ""
        )
        # below the marks (12), which lead to tests, above numbering (10),
        # which changes titles
        md.treeprocessors.register(leave, "press-repository", 11)


makeExtension = RepositoryExtension  # what Python-Markdown looks for
