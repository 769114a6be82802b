"""The chapters as Zensical makes them, which follows the theme's end in 2027.

Weekly, where `make site-zensical` has installed it. It ignores plug-ins that it
does not know, so all that a reader needs is compared, page by page; what may
differ is named here.
"""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.book.conftest import ROOT, navigation, notebooks
from tests.conftest import once

pytestmark = [
    pytest.mark.weekly,
    pytest.mark.skipif(
        not find_spec("zensical"), reason="it needs make site-zensical"
    ),
]
FOLDER = ".press/zensical"  # it must be within the project
LEDGER = "about/ledger/index.md"  # press parts it, over the built site
PAGES = [page for page in navigation() if page not in (*notebooks(), LEDGER)]
# what is left out on either side, and why
DIFFERENCES = {
    "nav.md-tags": "it shows a page's tags, and the theme does not",
    "#__skip": "it begins a page with a place to skip to",
    ".lab": "a hook of MkDocs adds the link, and it runs none",
    ".reading-time": "which counts the words of that link",
    "strong:-soup-contains('hours')": "filled in over the built site",
    "strong:empty": "which is this place, still empty",
}


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site as Zensical makes it."""

    def make(_: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--clean"],
            cwd=ROOT,
            env=os.environ | {"STRICT": "false", "SITE_DIR": FOLDER},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    once(tmp_path_factory, "zensical", make)
    return ROOT / FOLDER


def article(site: Path, page: str) -> Tag:
    file = (site / page).with_suffix(".html")
    found = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
    for difference in DIFFERENCES:
        for part in found.article.select(difference):
            part.decompose()
    return found.article


def link(address: str) -> str:
    """Return an address without what differs.

    Each chapter's part of the ledger is a page of its own by a step of press,
    and Zensical makes no page of a notebook.
    """
    address = re.sub(r"ledger/\w+\.html", "ledger/index.html", address)
    return re.sub(r"(notebooks/\w+)\.html", r"\1.ipynb", address)


def parts(article: Tag) -> dict[str, list]:
    """Return all of a page that a move must keep."""
    texts = {"headings": "h1, h2, h3, h4", "code": "pre", "marks": ".note"}
    texts |= {"captions": "figcaption", "tables": "td, th", "terms": ".term"}
    names = {"formulas": "math", "pictures": "[role=img]", "ids": "[id]"}
    named = {"formulas": "data-tex", "pictures": "aria-label", "ids": "id"}
    return {
        **{
            k: [e.get_text() for e in article.select(s)]
            for k, s in texts.items()
        },
        **{
            k: [e[named[k]] for e in article.select(s)]
            for k, s in names.items()
        },
        "words": article.get_text().split(),
        "links": [link(a["href"]) for a in article.find_all("a", href=True)],
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_all_that_a_reader_needs(site_folder, other, page):
    was, found = (parts(article(at, page)) for at in (site_folder, other))
    assert len(was["headings"]) > 1
    for kind, there in was.items():
        assert found[kind] == there, kind
