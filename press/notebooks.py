"""Shows a notebook on a page, with what its cells show when they are run.

Where a page names it, its cells become Markdown of the book: text, blocks of
code, and their output, which is kept and drawn anew like that of a fence. A
notebook with blanks is run with its solutions, and shown without them. The
chapters lead to the notebook that bears the first word of their path,
activation/relu.md to notebooks/activation.md.
"""

import html
import json
import os
import posixpath
import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from textwrap import indent
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from press.display import Output, read_outputs
from press.execution import OUTPUTS
from press.fault import Fault
from press.notebook import FOLDED, MARKER, Cell, fill, program, read_cells

FOLDER = "notebooks"
COLAB = "https://colab.research.google.com/github"
ADDRESS = 'REPOSITORY = ""'  # stands in the first cell of every notebook
_TITLE = re.compile(r"\A# (.+)\n*")
_ALTERNATIVE = re.compile(
    r"^/// figure \| ([\w-]+)\n    alt: >-\n((?: {8}.+\n)+)", re.MULTILINE
)
# a link to a page of the book, its address seen from the notebooks' folder
_PAGE = re.compile(
    r"\[(?P<text>[^]]+)\]\((?![a-z]+:)(?P<page>[^)#\s]+)\.md(?P<part>(?:#[^)]*)?)\)"
)
_OWN_IDS = re.compile(r'(\bid="|url\(#|href="#)')


class Notebooks(Preprocessor):
    """Puts a notebook where a page names it."""

    def __init__(self, md: Markdown, docs: Path, repo: str) -> None:
        super().__init__(md)
        self.docs, self.repo = docs, repo

    def run(self, lines: list[str]) -> list[str]:
        written: list[str] = []
        for line in lines:
            marker = MARKER.fullmatch(line)
            written += self.notebook(marker[1], lines) if marker else [line]
        return written

    def notebook(self, name: str, page: list[str]) -> list[str]:
        """Write a notebook as Markdown; the page bears its title already."""
        file = self.docs / name
        cells = read_cells(file)
        whole = program(fill(cells))
        outputs = read_outputs(OUTPUTS.of(whole.code, {}, whole.place))
        parts = [self.buttons(file)]
        answers = False  # whether what is shown would give a solution away
        for cell in cells:
            if cell.is_code:
                parts += self.code(cell, outputs[cell.id], answers)
                answers = answers or "blank" in cell.tags
            else:
                parts.append(_text(cell, page))
                answers = False
        return "\n\n".join(parts).split("\n")

    def buttons(self, file: Path) -> str:
        links = [f"[Download this notebook]({file.name})"]
        address = urlsplit(self.repo)
        if address.netloc == "github.com":  # Colab opens no other
            path = f"{address.path.rstrip('/')}/blob/HEAD/{file.as_posix()}"
            links.append(f"[Open it in Colab]({COLAB}{path})")
        return " ".join(links) + "\n{: .ways }"

    def code(
        self, cell: Cell, outputs: list[Output], answers: bool
    ) -> list[str]:
        """Write a cell of code, and what it shows."""
        block = f"```python\n{cell.source}\n```"
        if "setup" in cell.tags:
            return [_fold("code", "Set up", block)]
        shown = [self.output(cell, output) for output in outputs]
        if shown and (answers or "predict" in cell.tags):
            summary = "What a solution prints" if answers else "The answer"
            shown = [_fold("question", summary, "\n\n".join(shown))]
        return [block, *shown]

    def output(self, cell: Cell, output: Output) -> str:
        if output.kind == "text":
            return f"```text\n{output.content.rstrip()}\n```"
        alternative = cell.alternative or self.alternatives.get(cell.figure)
        if not alternative:
            raise Fault(
                f"{cell.place}: its picture has no text alternative; name in "
                "the cell's metadata, as 'figure', the figure of a chapter "
                "that it shows, or say, as 'alt', what is to be seen"
            )
        # figures of other cells may bear the same ids
        picture = _OWN_IDS.sub(rf"\g<1>{cell.id}-", output.content)
        return self.md.htmlStash.store(
            f'<div class="picture" id="picture-{cell.id}" role="img" '
            "data-search-exclude "
            f'aria-label="{html.escape(alternative)}">{picture}</div>'
        )

    @cached_property
    def alternatives(self) -> dict[str, str]:
        """Return the text alternatives of the chapters' figures, by name."""
        texts = (
            page.read_text(encoding="utf-8")
            for page in self.md.press_numbers().pages.values()
        )
        return {
            name: " ".join(lines.split())
            for text in texts
            for name, lines in _ALTERNATIVE.findall(text)
        }


def _text(cell: Cell, page: list[str]) -> str:
    """Return a cell's text, folded as the book does, without the title."""
    title = _TITLE.match(cell.source)
    if title and f"# {title[1]}" not in page:
        raise Fault(
            f"{cell.place}: the notebook is called {title[1]!r} "
            "but its page is not; give both one title"
        )
    source = _TITLE.sub("", cell.source)
    return FOLDED.sub(
        lambda folded: _fold("success", folded[1], folded[2]), source
    )


def _fold(kind: str, summary: str, content: str) -> str:
    return f'??? {kind} "{summary}"\n\n{indent(content, " " * 4)}'


class Links(Treeprocessor):
    """Lets each chapter lead to its notebook, below its title."""

    def __init__(self, md: Markdown, docs: Path) -> None:
        super().__init__(md)
        self.docs = docs

    def run(self, root: Element) -> None:
        time = next(filter(_is_reading_time, root.iter("p")), None)
        heading = root.find("h1")
        if time is None or heading is None:
            return  # it is no chapter
        pages = self.md.press_numbers().pages
        chapter = pages["".join(heading.itertext()).strip()]
        path = PurePosixPath(chapter.relative_to(self.docs).as_posix())
        own = self.docs / FOLDER / f"{path.parts[0].removesuffix('.md')}.md"
        title = next((t for t, page in pages.items() if page == own), None)
        if title:
            time.text = f"{time.text} · "
            href = Path(os.path.relpath(own, chapter.parent)).as_posix()
            SubElement(time, "a", {"href": href}).text = title


def _is_reading_time(paragraph: Element) -> bool:
    return "reading-time" in paragraph.get("class", "").split()


def write_addresses(site: Path, repo: str = "", home: str = "") -> None:
    """Tell the site's notebooks where the book is: they leave its folder.

    repo: the address of the repository, to fetch the code from. home: that of
    the site, where links to pages then lead; failing it, to the repository's
    copy of a page; failing both, there is no link. The repository's own
    notebooks cannot know: its address is not fixed.
    Raises Fault for a notebook that does not ask for the code.
    """
    repo, home = repo.rstrip("/"), home.rstrip("/")

    def lead(link: re.Match) -> str:
        page = posixpath.normpath(posixpath.join(FOLDER, link["page"]))
        if home:
            return f"[{link['text']}]({home}/{page}.html{link['part']})"
        if repo:
            path = f"blob/HEAD/docs/{page}.md{link['part']}"
            return f"[{link['text']}]({repo}/{path})"
        return link["text"]

    for file in sorted((site / FOLDER).glob("*.ipynb")):
        content = json.loads(file.read_text(encoding="utf-8"))
        asked = 0
        for cell in content["cells"]:
            source = "".join(cell["source"])
            asked += source.count(ADDRESS)
            if cell["cell_type"] == "code":
                told = f'REPOSITORY = "{repo}"'
                source = source.replace(ADDRESS, told)
            else:
                source = _PAGE.sub(lead, source)
            cell["source"] = source.splitlines(keepends=True)
        if repo and asked != 1:
            raise Fault(
                f"docs/{FOLDER}/{file.name}: the line {ADDRESS} must stand in "
                "it once, for the address of the repository"
            )
        text = json.dumps(content, indent=1, ensure_ascii=False)
        file.write_text(f"{text}\n", encoding="utf-8")


class NotebooksExtension(Extension):
    """Registers both. Load it after press.numbering and press.execution."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "docs": ["docs", "the folder of the pages"],
            "repo": ["", "the address of the repository, if it has one"],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        docs = Path(self.getConfig("docs"))
        notebooks = Notebooks(md, docs, self.getConfig("repo") or "")
        # below normalize_whitespace (30), which would spoil what is stashed,
        # above fenced code (25)
        md.preprocessors.register(notebooks, "press-notebooks", 28)
        # below the reading time (12), above numbering (10), which changes
        # titles
        md.treeprocessors.register(Links(md, docs), "press-links", 11)


makeExtension = NotebooksExtension  # what Python-Markdown looks for
