"""The notebooks as files, and the pages that show them."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from press.reading.numbers import title_of
from press.reading.source import displays
from press.running.notebook import notebooks as files_of
from press.running.notebook import read, tagged
from tests.book.conftest import DOCS, chapters, notebooks, prose
from tests.notebooks.lab import LABS, cells_of

FILES = files_of(DOCS)
SETUP = """\
import sys

sys.path.append("../..")  # where the book's code is; copies install it"""


def test_every_notebook_has_its_page():
    files = [file.relative_to(DOCS).as_posix() for file in FILES]
    assert sorted(notebooks()) == files
    assert {f"notebooks/{lab}.ipynb" for lab in LABS} < set(files)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_notebook_is_kept_without_outputs_and_with_stable_ids(file):
    text = file.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    kept = {"description", "kernelspec", "language_info"}
    assert set(notebook.metadata) == kept
    assert notebook.metadata.kernelspec.name == "python3"
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids)) >= 15
    for cell in notebook.cells:
        # words, and none of the eight random digits that an editor gives
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), cell.id
        assert not re.fullmatch(r"[0-9a-f]{8}", cell.id), cell.id
        assert set(cell.metadata) <= {"tags"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    # as Jupyter writes it, so that saving it changes nothing else
    again = json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert text == again


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_begins_with_where_the_code_is(file):
    first, setup, *others = read(file).cells
    assert first.source.startswith(f"# {title_of(file, 0)}\n")
    assert tagged(setup, "setup")
    assert setup.source == SETUP
    assert not any(tagged(cell, "setup") for cell in others)


@pytest.mark.parametrize("page", notebooks())
def test_its_head_says_what_it_takes_and_its_foot_what_is_next(site, page):
    article = site[page].article
    said = [item.get_text() for item in article.find("ul").find_all("li")]
    starts = ("Time: about ", "Needs: ", "Afterwards you ")
    for item, start in zip(said, starts, strict=True):
        assert item.startswith(start)
    (foot,) = (p for p in article.find_all("p") if "Next: " in p.get_text())
    order = [*notebooks(), notebooks()[0]]
    following = order[order.index(page) + 1]
    link = foot.a["href"].replace(".html", ".ipynb")
    assert f"notebooks/{link}" == following
    assert foot.a.get_text() in title_of(DOCS / following, 0)


@pytest.mark.parametrize("lab", [*LABS, "mutant_clinic"])
def test_every_blank_is_checked_and_has_its_solution(lab):
    cells = cells_of(lab)
    blanks = [n for n, cell in enumerate(cells) if tagged(cell, "blank")]
    assert len(blanks) >= 2
    for place in blanks:
        blank, check, text = cells[place : place + 3]
        assert check.id.startswith("check-")
        # nothing of the reader's is called outside of it
        first = re.search(r"^with check\(", check.source, re.M).start()
        for line in re.findall(r"^def (\w+)", blank.source, re.M):
            before = re.sub(r"^ .*", "", check.source[:first], flags=re.M)
            assert not re.search(rf"\b{line}\b", before)
            assert line in text.source
        assert "<summary>Solution</summary>" in text.source
        # in the clinic, it is filled with what is to be mended
        is_lab = lab != "mutant_clinic"
        assert ("raise NotImplementedError" in blank.source) == is_lab
        # it fills the blank and nothing else: the same names, the same call
        for line in re.findall(r"^def .+", blank.source, re.M):
            assert line in text.source


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_asks_for_a_prediction(lab):
    cells = cells_of(lab)
    asked = [n for n, cell in enumerate(cells) if tagged(cell, "predict")]
    assert asked
    for place in asked:
        before = cells[place - 1]
        assert "## " in before.source
        assert before.source.rstrip().splitlines()[-1].endswith(("?", "0."))


@pytest.mark.parametrize("page", notebooks())
def test_page_shows_the_whole_notebook(site, page):
    article = site[page].article
    shown = "\n".join(code.get_text() for code in article.select("pre code"))
    for cell in read(DOCS / page).cells:
        if cell.cell_type == "code" and not tagged(cell, "setup"):
            assert cell.source in shown, cell.id
    assert "%pip install --quiet ./neural_networks_book-" in shown
    assert "NotImplementedError" not in article.find_all("p")[0].get_text()
    # nothing that a solution prints is to be seen before it is asked for
    for block in article.find_all("code", string=re.compile("^Right:")):
        assert block.find_parent("details", class_="question")
    assert all(math.get_text(strip=True) for math in article.select("math"))


def test_formulas_of_notebooks_are_typeset(site):
    for page in notebooks():
        displays = len(re.findall(r"^\$\$$", prose(page), re.M)) // 2
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
    links = [link["href"] for link in site[page].select("p.ways a")]
    name, code = links
    assert code == "neural_networks_book-0-py3-none-any.whl"
    assert (site_folder / "notebooks" / code).is_file()
    own, copy = (read(folder / page) for folder in (DOCS, site_folder))
    assert name == Path(page).name
    for one, other in zip(own.cells, copy.cells, strict=True):
        assert one.id == other.id
        assert one.source == other.source or not tagged(one, "blank")
        assert not other.get("outputs")
        # which would lead nowhere there
        assert not re.search(r"\]\((?!https:)", other.source)


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
