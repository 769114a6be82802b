"""A MkDocs hook that hands the notebooks to mkdocs-jupyter, and takes pages.

The plugin makes a page of each notebook in `nav`, and copies it beside that
page. It converts a notebook that holds already what its cells show, kept and
drawn anew like the output of a fence: so what the plugin keeps, by the bytes of
a notebook, is never stale. A notebook with blanks is run with its solutions,
and shown without them. The template in press/lab writes Markdown, which MkDocs
renders as on any page. What is copied is the reader's own: no outputs, its
first code installs the wheel that lies beside it.

A chapter leads to the notebook that bears the first word of its path,
activation/relu.md to notebooks/activation.ipynb.
"""

import hashlib
import logging
import os
import re
from html import escape, unescape
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs_jupyter.config import settings
from nbformat import NotebookNode

from press.fault import Fault
from press.reading.numbers import title_of
from press.reading.source import TITLE, alternatives
from press.running.execution import OUTPUTS
from press.running.notebook import FOLDER, cells, job, notebooks, read, tagged
from press.running.worker import Output
from press.website import wheel

COLAB = "https://colab.research.google.com/github"
BRANCH = "notebooks"  # where .github/workflows/publish.yml puts the copies
LAB = Path(__file__).with_name("lab")
settings.templates_dir = str(LAB)
_MADE = TemporaryDirectory(prefix="press-notebooks-")
for name in ("mkdocs.plugins.mkdocs_jupyter", "mkdocs.mkdocs-jupyter"):
    logging.getLogger(name).setLevel(logging.WARNING)  # each step of each file
_LABEL = re.compile(r'^<svg role="img" aria-label="([^"]*)"')
_OWN_IDS = re.compile(r'(\bid="|url\(#|href="#)')
# a link to a page of the book, its address seen from the notebooks' folder
_PAGE = re.compile(
    r"\[([^]]+)\]\((?![a-z]+:)([^)#\s]+)\.(?:md|ipynb)(#[^)]*)?\)"
)


@event_priority(100)  # before the plugin reads it
def on_pre_page(page: Page, config: MkDocsConfig, **_: object) -> None:
    """Let the plugin convert a notebook that holds what its cells show."""
    if is_notebook(page):
        file = Path("docs", page.file.src_uri)
        shown = with_outputs(file, config)
        page.file.abs_src_path = _write(shown, "shown", file)


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Tell MkDocs about a notebook; lead from a chapter to its own."""
    if is_notebook(page):
        about = nbformat.reads(markdown, as_version=4).metadata.description
        page.meta = {"description": about, "search": {"exclude": True}}
        return markdown
    path = PurePosixPath(page.file.src_uri)
    lab = Path("docs", FOLDER, path.parts[0]).with_suffix(".ipynb")
    if not lab.is_file():
        return markdown
    up = "../" * (len(path.parts) - 1)
    title = title_of(lab, lab.stat().st_mtime_ns)
    link = f"[{title}]({up}{FOLDER}/{lab.name})\n{{: .lab .no-print }}"
    return TITLE.sub(rf"\g<0>\n\n{link}", markdown, count=1)


def on_page_content(
    html: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Render the Markdown that our template made; copy for the reader."""
    if is_notebook(page):
        page.markdown = unescape(html.rpartition("<style>")[0])
        Page.render(page, config, files)
        file = Path("docs", page.file.src_uri)
        copy = for_readers(file, config.site_url or "")
        page.file.abs_src_path = _write(copy, "copied", file)
        return page.content
    return html


def on_post_build(config: MkDocsConfig, **_: object) -> None:
    """Put the wheel beside the notebooks, if there are any."""
    if notebooks(Path("docs")):
        wheel.build(Path(config.site_dir, FOLDER), config.site_url or "")


def is_notebook(page: Page) -> bool:
    """Say whether a page shows a notebook."""
    return page.file.src_uri.endswith(".ipynb")


def _write(notebook: NotebookNode, kind: str, file: Path) -> str:
    made = Path(_MADE.name, kind, file.name)
    made.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, made)
    return str(made)


def for_readers(file: Path, home: str) -> NotebookNode:
    """Return a notebook that runs without the project around it.

    home: the site's address, where links to pages then lead; failing that,
    there is no link.
    """
    notebook = read(file)
    address = home.rstrip("/")

    def lead(link: re.Match) -> str:
        text, page, part = link.groups("")
        page = os.path.normpath(f"{FOLDER}/{page}")
        return f"[{text}]({address}/{page}.html{part})" if home else text

    for cell in notebook.cells:
        if tagged(cell, "setup"):
            cell.source = wheel.install(home)
        elif cell.cell_type == "markdown":
            cell.source = _PAGE.sub(lead, cell.source)
    return notebook


def with_outputs(file: Path, config: MkDocsConfig) -> NotebookNode:
    """Return a notebook with what its cells show."""
    notebook = read(file)
    run = [*cells(file, notebook)]
    shown = OUTPUTS.of(
        job(run), lambda cell, line: f"{run[cell].place}, line {line}: the cell"
    )
    by_id = {cell.id: cell for cell in notebook.cells}
    for cell in notebook.cells:
        if tagged(cell, "setup"):
            cell.source = wheel.install(config.site_url or "")
    texts = alternatives()
    for cell, outputs in zip(run, shown, strict=True):
        by_id[cell.id].outputs = [
            _output(output, cell.id, cell.place, texts) for output in outputs
        ]
    notebook.cells[0].source = notebook.cells[0].source.replace(
        "\n", f"\n\n{_ways(file.name, config)}\n", 1
    )
    notebook.metadata.template = _template()
    return notebook


def _output(
    output: Output, cell: str, where: str, texts: dict[str, str]
) -> NotebookNode:
    if output.kind == "text":
        return nbformat.v4.new_output("stream", text=output.content)
    label = _LABEL.match(output.content)
    alternative = label and texts.get(label[1], unescape(label[1]))
    if not alternative:
        raise Fault(
            f"{where}: its picture has no text alternative; let the figure's "
            "label, `figure.set_label(...)`, name the figure of a chapter that "
            "it shows, or say what is to be seen"
        )
    # figures of other cells may bear the same ids
    picture = _OWN_IDS.sub(rf"\g<1>{cell}-", output.content)
    html = (
        f'<div class="picture" id="picture-{cell}" role="img" '
        f'aria-label="{escape(alternative)}" data-search-exclude>'
        f"{_LABEL.sub('<svg', picture)}</div>"
    )
    return nbformat.v4.new_output("display_data", {"text/html": html})


def _ways(name: str, config: MkDocsConfig) -> str:
    """Return the links to a reader's copy, and to what it needs beside it."""
    # as HTML: Markdown's link would lead to the page
    links = [f'<a href="{name}" download>Download this notebook</a>']
    repository = urlsplit(config.repo_url or "")
    if not config.site_url:  # the notebook cannot know where the wheel is
        links.append(f'<a href="{wheel.name()}" download>and its code</a>')
    elif repository.netloc == "github.com":  # Colab opens no other
        path = f"{repository.path.rstrip('/')}/blob/{BRANCH}/{name}"
        links.append(f'<a href="{COLAB}{path}">Open it in Colab</a>')
    return f'<p class="ways">{" ".join(links)}</p>'


def _template() -> list[str]:
    """Return what the conversion depends on, beside the notebook."""
    files = sorted(LAB.rglob("*.j2"))
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return [*digests, version("mkdocs-jupyter"), version("nbconvert")]
