"""The notebooks as files, and the pages that show them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from press.notebook import fill, read_cells
from press.notebooks import ADDRESS, write_addresses
from press.source import displays
from tests.book.conftest import DOCS, ROOT, chapters, notebooks, prose
from tests.conftest import BUILD

FILES = sorted((DOCS / "notebooks").glob("*.ipynb"))
LABS = ("neuron", "network", "activation", "propagation")
WHERE = """
import builtins, sys
builtins.input = lambda prompt: sys.argv[2]
exec(open(sys.argv[1]).read())
import snippets.figure
print(snippets.figure.__file__)
"""
GIT = """#!/bin/sh
echo "$@" > asked
mkdir -p book/snippets
touch book/snippets/figure.py
"""


def setup_of(file: Path) -> str:
    return next(c for c in read_cells(file) if c.is_code).source


def test_every_page_has_its_notebook_and_none_is_left_over():
    pages = [page.removesuffix(".md") for page in notebooks()]
    files = [f.relative_to(DOCS).with_suffix("").as_posix() for f in FILES]
    assert sorted(pages) == files
    assert {f"notebooks/{lab}" for lab in LABS} < set(pages)
    for page in pages:
        marker = f"<!-- notebook: {page}.ipynb -->"
        assert marker in (DOCS / f"{page}.md").read_text().splitlines()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_notebook_is_kept_without_outputs_and_with_stable_ids(file):
    text = file.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids)) >= 15
    for cell in notebook.cells:
        # words, and none of the eight random digits that an editor gives
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), cell.id
        assert not re.fullmatch(r"[0-9a-f]{8}", cell.id), cell.id
        assert set(cell.metadata) <= {"tags", "figure", "alt"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    # as Jupyter writes it, so that saving it changes nothing else
    again = json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert text == again


def test_all_begin_with_the_same_code():
    (code,) = {setup_of(file) for file in FILES}
    assert code.count(ADDRESS) == 1
    for file in FILES:
        (cell,) = (c for c in read_cells(file) if "setup" in c.tags)
        assert cell.source == code
        assert cell.number <= 2


@pytest.mark.parametrize("lab", [*LABS, "mutant_clinic"])
def test_every_blank_is_checked_and_has_its_solution(lab):
    cells = read_cells(DOCS / f"notebooks/{lab}.ipynb")
    blanks = [cell for cell in cells if "blank" in cell.tags]
    assert len(blanks) >= 2
    filled = fill(cells)
    for blank in blanks:
        check, text = cells[blank.number], cells[blank.number + 1]
        assert check.id.startswith("check-")
        assert re.search(r"\b(assert|require_\w+|discharge)\b", check.source)
        assert "<summary>Solution</summary>" in text.source
        # in the clinic, it is filled with what is to be mended
        is_lab = lab != "mutant_clinic"
        assert ("raise NotImplementedError" in blank.source) == is_lab
        solution = filled[blank.number - 1].source
        assert "NotImplementedError" not in solution
        assert solution != blank.source
        # it fills the blank and nothing else: the same names, the same call
        for line in re.findall(r"^def .+", blank.source, re.M):
            assert line in solution


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_asks_for_a_prediction(lab):
    cells = read_cells(DOCS / f"notebooks/{lab}.ipynb")
    asked = [cell for cell in cells if "predict" in cell.tags]
    assert asked
    for cell in asked:
        before = cells[cell.number - 2]
        assert "## " in before.source
        assert before.source.rstrip().splitlines()[-1].endswith(("?", "0."))


@pytest.mark.parametrize("page", notebooks())
def test_page_shows_the_whole_notebook(site, page):
    article = site[page].article
    shown = "\n".join(code.get_text() for code in article.select("pre code"))
    for cell in read_cells((DOCS / page).with_suffix(".ipynb")):
        if cell.is_code:
            assert cell.source in shown, cell.id
    assert "NotImplementedError" not in article.find_all("p")[0].get_text()
    # nothing that a solution prints is to be seen before it is asked for
    for block in article.find_all("code", string=re.compile("Right|is well:")):
        assert block.find_parent("details", class_="question")
    assert all(math.get_text(strip=True) for math in article.select("math"))
    assert article.select("details.code summary")[0].get_text() == "Set up"


def test_formulas_of_notebooks_are_typeset(site):
    for page in notebooks():
        cells = read_cells((DOCS / page).with_suffix(".ipynb"))
        text = "\n\n".join(c.source for c in cells if not c.is_code)
        displays = len(re.findall(r"^\$\$$", text, re.M)) // 2
        maths = site[page].select(".wide")  # a long one is in pieces
        assert len(maths) == displays
        assert displays or "mutant" not in page


def equations(text: str) -> set[str]:
    """Return the equations on lines of their own, without their layout."""
    found = set()
    for display in displays("", text):
        tex = re.sub(r"\\(begin|end)\{aligned\}|&|\s", "", display.tex)
        found |= set(re.split(r"\\qquad|\\\\", tex)) - {""}
    return found


def test_equations_of_notebooks_are_those_of_the_chapters():
    """There each is evaluated; the clinic's test evaluates its own four."""
    known = set().union(*(equations(prose(page)) for page in chapters()))
    for page in notebooks():
        own = equations(prose(page)) - known
        if "mutant_clinic" in page:
            assert len(own) == 4
        else:
            assert own == set(), page


@pytest.mark.parametrize("page", notebooks())
def test_pictures_have_an_alternative_and_no_fixed_colour(site, page):
    pictures = site[page].select("div.picture")
    assert pictures
    for picture in pictures:
        assert picture["role"] == "img"
        assert len(picture["aria-label"].split()) >= 15
        without = re.sub(r"var\([^)]*\)", "", str(picture.svg))
        assert not re.search(r"(fill|stroke)=\"#|\bblack\b", without)


@pytest.mark.parametrize("page", notebooks())
def test_notebook_can_be_downloaded(site, site_folder, page):
    links = site[page].select("p.ways a")
    (download,) = [link for link in links if link["href"].endswith("ipynb")]
    file = (site_folder / page).parent / download["href"]
    own, copy = (
        read_cells((DOCS / page).with_suffix(".ipynb")),
        read_cells(file),
    )
    assert [c.id for c in own] == [c.id for c in copy]
    for one, other in zip(own, copy, strict=True):
        assert one.source == other.source or not one.is_code
        assert ".md" not in other.source  # which would lead nowhere there
    # nothing leads to a place that is not known
    assert [link["href"] for link in links] == [download["href"]]


@pytest.mark.parametrize(
    "page",
    # the primer has no lab
    [p for p in (*chapters(), "index.md") if not p.startswith("primer/")],
)
def test_page_leads_to_its_notebook(site, page):
    name = page.split("/")[0].removesuffix(".md")
    own = "introduction_to_neural_networks" if name == "index" else name
    links = [link.get("href", "") for link in site[page].article.select("a")]
    assert any(link.endswith(f"notebooks/{own}.html") for link in links)


def test_with_an_address_colab_can_open_them(tmp_path):
    """The address of the repository is all that is given."""
    env = os.environ | {"REPO_URL": "https://github.com/owner/name"}
    subprocess.run(
        [sys.executable, "-c", BUILD, tmp_path], cwd=ROOT, env=env, check=True
    )
    page = (tmp_path / "notebooks/neuron.html").read_text(encoding="utf-8")
    assert (
        'href="https://colab.research.google.com/github/owner/name/blob/HEAD/'
        'docs/notebooks/neuron.ipynb"'
    ) in page
    setup = setup_of(tmp_path / "notebooks/neuron.ipynb")
    assert 'REPOSITORY = "https://github.com/owner/name"' in setup


@pytest.mark.skipif(sys.platform == "win32", reason="git is a shell script")
@pytest.mark.parametrize("knows", [True, False])
def test_elsewhere_the_first_code_fetches_the_book(tmp_path, knows):
    """In Colab the reader gives the page's address, unless the copy knows."""
    (tmp_path / "notebooks").mkdir()
    copy = tmp_path / "notebooks/neuron.ipynb"
    copy.write_bytes((DOCS / "notebooks/neuron.ipynb").read_bytes())
    if knows:
        write_addresses(tmp_path, "https://example.org/book")
    cell = tmp_path / "cell.py"
    cell.write_text(setup_of(copy), encoding="utf-8")
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(GIT)
    git.chmod(0o755)
    page = "https://colab.research.google.com/github/owner/name/blob/HEAD/x"
    for _ in range(2):  # the second time it is there
        done = subprocess.run(
            [sys.executable, "-c", WHERE, cell, page],
            cwd=tmp_path,
            env={"PATH": f"{git.parent}:/bin:/usr/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        fetched = tmp_path.resolve() / "book/snippets/figure.py"
        assert done.stdout == f"{fetched}\n"
    address = "example.org/book" if knows else "github.com/owner/name"
    asked = (tmp_path / "asked").read_text().split()
    assert asked[0] == "clone"
    assert asked[-2:] == [f"https://{address}", "book"]


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
def test_an_address_of_no_repository_is_told_so(tmp_path):
    cell = tmp_path / "cell.py"
    cell.write_text(setup_of(FILES[0]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", WHERE, cell, "https://colab.google/drive/1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "there is no /github/OWNER/NAME/ in that address" in done.stderr
