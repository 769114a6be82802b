"""What search engines, and those who are sent a link, are told."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from press.running.notebook import read
from tests.book.conftest import DOCS, chapters, navigation, notebooks, parsed
from tests.claims import claim
from tests.conftest import build_site, once

HOME = "https://example.org/book"
REPOSITORY = "https://github.com/owner/name"


@pytest.mark.parametrize("page", navigation())
def test_page_can_be_shared_and_found(site, page):
    head = site[page].head
    description = head.find("meta", attrs={"name": "description"})["content"]
    assert 50 < len(description) < 165
    og = head.find("meta", property="og:description")["content"]
    assert og == description
    assert "og:url" not in str(head)  # no address of the site is known


@pytest.fixture(scope="session")
def addressed(tmp_path_factory) -> Path:
    """Build the site as one that knows where it and its source will stand."""
    known = {"SITE_URL": f"{HOME}/", "REPO_URL": REPOSITORY, "PAPER": ""}
    known["EDITION"] = "2001-09-09"
    return once(
        tmp_path_factory,
        "addressed",
        lambda folder: build_site(DOCS.parent, folder, **known),
    )


def test_a_site_with_an_address_says_it(addressed):
    page = (addressed / "activation/relu.html").read_text()
    address = f"{HOME}/activation/relu.html"
    assert re.search(rf'rel="?canonical"? href="?{address}', page)
    assert f'content="{HOME}/assets/share.png"' in page
    picture = (addressed / "assets/share.png").read_bytes()
    assert picture[1:4] == b"PNG"
    assert address in (addressed / "sitemap.xml").read_text()
    lost = (addressed / "404.html").read_text()
    assert "/book/activation/relu.html" in lost
    assert "/book/assets/book.css" in lost


def test_with_both_addresses_colab_can_open_notebooks(addressed):
    page = (addressed / "notebooks/neuron.html").read_text(encoding="utf-8")
    assert (
        'href="https://colab.research.google.com/github/owner/name/blob/'
        'notebooks/neuron.ipynb"'
    ) in page
    assert ".whl" not in page
    copy = read(addressed / "notebooks/neuron.ipynb")
    first, setup, *_, last = copy.cells
    line = f"-r {HOME}/notebooks/requirements.txt"
    assert setup.source == f"%pip install --quiet {line}"
    assert f"({HOME}/neuron.html)" in first.source
    assert f"({HOME}/notebooks/network.html)" in last.source
    workflow = (DOCS.parent / ".github/workflows/publish.yml").read_text()
    assert "--initial-branch notebooks" in workflow, "which Colab opens"


@pytest.fixture(scope="session")
def pages(addressed) -> dict[str, BeautifulSoup]:
    return parsed(addressed)


@claim(
    "The book has no versions: it is published as it changes, and the foot "
    "of each page names the edition by its date.",
)
@pytest.mark.parametrize("page", navigation())
def test_page_names_its_edition_where_one_is_known(site, pages, page):
    edition = pages[page].footer.find(class_="edition")
    assert edition.get_text() == "Edition 2001-09-09 · How to cite"
    about, _, part = edition.a["href"].partition("#")
    assert (DOCS / page).parent.joinpath(about).resolve() == (
        DOCS / "about/index.html"
    )
    assert "the foot of each page names the edition" in (
        pages["about/index.md"].find(id=part).find_next("p").get_text()
    )
    assert not site[page].footer.find(class_="edition")


def test_the_pages_about_the_book_lead_to_its_repository(addressed, site):
    about = (addressed / "about/index.html").read_text()
    links = re.findall(rf'href="?{REPOSITORY}/blob/HEAD/(\w+\.\w+)"', about)
    assert links == ["CITATION.cff", "CONTRIBUTING.md", "HOSTING.md"]
    assert "CONTRIBUTING.md" in site["about/index.md"].article.get_text()


@pytest.mark.parametrize("page", navigation())
def test_page_leads_to_its_source_to_view_and_to_edit(pages, page):
    sources = pages[page].find("nav", class_="sources")
    links = [link["href"] for link in sources.find_all("a")]
    files = [link.partition("/main/")[2] for link in links[::2]]
    assert links[::2] == [f"{REPOSITORY}/blob/main/{file}" for file in files]
    assert links[1::2] == [f"{REPOSITORY}/edit/main/{file}" for file in files]
    if page in notebooks():
        word = page.removesuffix(".ipynb")
        test = f"tests/{word.replace('/', '/test_')}.py"
        assert files == [f"docs/{page}", test]
    else:
        assert files[0] == f"docs/{page}"
    for file in files:
        assert (DOCS.parent / file).is_file(), file
    if page in chapters() or page == "index.md":
        folder, slash, name = page.removesuffix(".md").rpartition("/")
        snippet = f"snippets/{folder}{slash}{name}.py"
        assert files[1:] == [snippet, f"tests/{folder}{slash}test_{name}.py"]
    # Material's own link makes each reader's browser ask the code host
    assert not pages[page].find(attrs={"data-md-component": "source"})
    assert pages[page].find("a", href=REPOSITORY)


@pytest.mark.parametrize("page", navigation())
def test_what_needs_an_address_is_left_out_without_one(site, page):
    assert not site[page].find(class_=["sources", "md-source"])
    assert not site[page].find("link", rel="canonical")
    for link in site[page].find_all("a", href=True):
        assert not re.search(r"/(edit|blob)/", link["href"])
