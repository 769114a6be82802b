"""The site as a reader gets it."""

import base64
import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from snippets.figure import italic
from tests.book.conftest import DOCS, chapters, navigation, source
from tests.conftest import build_site

FONT = DOCS / "assets/fonts/stix-two-math.woff2"
LEAF = "math :is(mi, mn, mo), svg [font-family*=STIX]"
SMALL = ":is(msub, msup, msubsup, munder, munderover) > :nth-child(n + 2)"
SMALL = f"{SMALL}, {SMALL} *"


def visible(page: BeautifulSoup) -> str:
    """Return what a page says, apart from code."""
    copy = BeautifulSoup(str(page.find("article")), "html.parser")
    for code in copy.find_all(["code", "pre"]):
        code.decompose()
    return copy.get_text(" ")


@pytest.mark.parametrize("page", navigation())
def test_nothing_raw_is_published(site, page):
    text = visible(site[page])
    is_list = page == "about/ledger/index.md"  # of links, and little else
    assert len(text.split()) > (50 if is_list else 100)
    for raw in ("\\", "$", "///", "--8<--", "Traceback", "[^", "{:", "```"):
        assert raw not in text, f"{raw} stands in the text of {page}"
    assert "Traceback" not in site[page].get_text()
    if not page.startswith("about/ledger/"):  # which shows code of tests
        assert not re.search(r": False\b|\bnan, nan", site[page].get_text())


@pytest.mark.parametrize("page", chapters())
def test_the_search_leaves_out_notes_and_numbers_of_equations(
    site, site_folder, page
):
    index = (site_folder / "search/search_index.json").read_text("utf-8")
    place = str(Path(page).with_suffix(".html"))
    found = "".join(
        BeautifulSoup(entry["text"], "html.parser").get_text()
        for entry in json.loads(index)["docs"]
        if entry["location"].startswith(place)
    )
    notes = site[page].select(".note a[href*=ledger]")
    numbers = site[page].select(".equation-number")
    left_out = [f"test: {note.get_text()}" for note in notes]
    left_out += ["evaluated by a test", *(n.get_text() for n in numbers)]
    assert len(found) > 1000
    assert len(left_out) > 5
    assert [words for words in left_out if words in found] == []


@pytest.mark.parametrize("page", chapters())
def test_every_formula_is_typeset(site, page):
    markdown = re.sub(
        r"^ *```.*?^ *```$|`[^`\n]+`", "", source(page), flags=re.M | re.S
    )
    displays = len(re.findall(r"^ *\$\$$", markdown, flags=re.M)) // 2
    in_lines = len(re.findall(r"\$[^$\n]+\$", markdown))
    maths = site[page].find_all("math")
    assert len(site[page].select(".equation > .wide")) == displays
    assert len(maths) >= displays + in_lines > 0
    assert all(m["data-tex"] and m.get_text(strip=True) for m in maths)


@pytest.mark.parametrize("page", chapters())
def test_every_picture_is_a_figure(site, page):
    """With a number, a caption and a text alternative; and none outside."""
    figures = site[page].find_all("figure")
    assert len(figures) == source(page).count("\n/// figure | ")
    for figure in figures:
        (picture,) = figure.find_all("div", role="img")
        assert picture.svg.find(["path", "text"])
        assert len(picture["aria-label"].split()) >= 15
        caption = figure.figcaption.get_text(" ", strip=True)
        assert re.match(r"Figure \d+\.\d+ \w", caption)
        assert len(caption.split()) >= 5
    drawn = site[page].article.find_all("svg", recursive=True)
    inside = [svg for svg in drawn if svg.find_parent("figure")]
    icons = [svg for svg in drawn if svg not in inside]
    assert not [svg for svg in icons if svg.find("text")]


@pytest.mark.parametrize("page", chapters())
def test_no_figure_has_a_fixed_colour(site, page):
    """Or it would vanish on a dark page."""
    for svg in site[page].select("figure svg"):
        without_variables = re.sub(r"var\([^)]*\)", "", str(svg))
        assert not re.search(r"(fill|stroke)=\"#|\bblack\b", without_variables)
        assert "currentColor" in str(svg)


def test_figures_are_numbered_in_order(site):
    numbers = [
        link.get_text()
        for page in chapters()
        for link in site[page].select("figcaption .figure-number")
    ]
    pairs = [tuple(map(int, n.split()[1].split("."))) for n in numbers]
    assert pairs == sorted(set(pairs))
    assert [n for n, _ in pairs] == sorted(n for n, _ in pairs)
    assert {c for c, _ in pairs} == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize("page", navigation())
def test_what_a_drawing_uses_is_there(site, page):
    ids = [element["id"] for element in site[page].find_all(id=True)]
    for reference in re.findall(r"url\(#([^)]+)\)", str(site[page].article)):
        assert reference in ids


def test_font_has_every_character_of_the_formulas(site):
    """A lone letter is italic; an index or exponent has a form of its own."""
    font = TTFont(FONT)
    names = font.getBestCmap()
    forms = font["GSUB"].table.LookupList.Lookup[0].SubTable[0].alternates
    glyphs = {"\ufe00", *map(chr, names)}  # it chooses one of two forms
    small = {"\ufe00", "ˆ"} | {c for c in glyphs if names.get(ord(c)) in forms}
    needed, missing = set(), {}
    for page in chapters():
        raised = {id(element) for element in site[page].select(SMALL)}
        for leaf in site[page].select(LEAF):
            text = leaf.get_text()
            is_upright = leaf.get("mathvariant") == "normal"
            if leaf.name == "mi" and len(text) == 1 and not is_upright:
                text = italic(text)
            needed.update(text)
            there = small if id(leaf) in raised else glyphs
            missing |= dict.fromkeys(set(text) - there, page)
    assert "𝑧" in needed
    assert not missing, "add them to tools/font.py and make the font anew"


def test_font_has_every_character_of_the_text(site):
    """But for signs that the whole font has not, or that no text needs."""
    text = FONT.with_name("stix-two-text.woff2")
    there = {*map(chr, TTFont(text).getBestCmap()), "\n"}
    there |= {*"¶↩", *"şı", *"αη∞"}
    for page, parsed in site.items():
        words = parsed.article.find_all(string=True)
        apart = ["code", "pre", "script", "style", "math", "svg"]
        shown = {*"".join(w for w in words if not w.find_parent(apart))}
        assert shown <= there, f"{page}: add {shown - there} to tools/font.py"


def test_fonts_come_with_the_style(site_folder):
    sheet = (site_folder / "assets/book.css").read_text("utf-8")
    brought = re.findall(r"base64,([^\"]+)", sheet)
    fonts = {file.read_bytes() for file in FONT.parent.glob("*.woff2")}
    assert {base64.b64decode(font) for font in brought} == fonts
    assert re.search(r"^math \{\n  font-family: .STIX Two Math", sheet, re.M)


def test_a_page_is_light(site_folder):
    """Beside what all share it weighs little; tests/browser adds all up."""
    for file in site_folder.rglob("*.html"):
        assert len(gzip.compress(file.read_bytes())) < 35_500, file


def test_licences_are_named_where_the_reader_meets_them(site, site_folder):
    for page in navigation():
        foot = site[page].footer.get_text(" ")
        assert "CC BY-NC-SA 4.0" in foot
        assert "MIT" in foot
        assert "PyTorch handbook" in foot
    assert (
        "SIL OPEN FONT LICENSE"
        in (site_folder / "assets/fonts/OFL.txt").read_text()
    )
    root = Path(DOCS).parent
    for file in ("README.md", "LICENSE"):
        text = (root / file).read_text("utf-8")
        assert "MIT" in text
        assert "CC BY-NC-SA 4.0" in text


@pytest.mark.weekly
def test_a_build_without_the_store_gives_the_same_bytes(site_folder, tmp_path):
    """In a copy of the project every fence is run anew."""
    root, site = DOCS.parent, tmp_path / "site"
    for folder in ("docs", "snippets", "press", "tests"):
        shutil.copytree(root / folder, tmp_path / folder)
    files = ("mkdocs.yml", "pyproject.toml", "LICENSE", "CITATION.cff")
    for file in (*files, "CONTRIBUTING.md", "HOSTING.md"):
        shutil.copy(root / file, tmp_path)
    build_site(tmp_path, site)
    assert len(list((tmp_path / ".press/store").iterdir())) >= 25
    pages = [*site_folder.rglob("*.html"), *site_folder.glob("*.pdf")]
    pages += site_folder.glob("*.epub")
    assert len(pages) >= 14
    for page in pages:
        again = site / page.relative_to(site_folder)
        assert again.read_bytes() == page.read_bytes(), page.name
