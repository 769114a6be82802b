"""The whole book as one PDF, as a reader gets it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import Destination

from press.glossary import read_terms
from press.pdf.fonts import dejavu
from tests.book.conftest import DOCS, chapters, navigation, notebooks
from tests.press.pdf.conftest import destination, elements, links

NAME = "introduction-to-neural-networks.pdf"
# what stands at the back and on no page of the site
BACK = ["On the website", "Solutions", "Further code", "Index"]

FOOT = 62  # points; below it stands the page's number
HEAD = 780  # above it stands the running head


@pytest.fixture(scope="session")
def reader(site_folder: Path) -> PdfReader:
    """Return the PDF of the site."""
    return PdfReader(site_folder / NAME)


class Reading(NamedTuple):
    """What the PDF says, page by page.

    pieces: each piece of text and where it starts, in points.
    """

    pages: list[str]
    pieces: list[list[tuple[float, float, str]]]


@pytest.fixture(scope="session")
def reading(reader: PdfReader) -> Reading:
    """Read it once."""
    read = Reading([], [])

    def visit(words, matrix, at, *_):
        x = matrix[0] * at[4] + matrix[2] * at[5] + matrix[4]
        y = matrix[1] * at[4] + matrix[3] * at[5] + matrix[5]
        read.pieces[-1].append((x, y, words))

    for page in reader.pages:
        read.pieces.append([])
        text = page.extract_text(visitor_text=visit)
        read.pages.append(" ".join(text.split()))
    return read


@pytest.fixture(scope="session")
def pages(reading: Reading) -> list[str]:
    """Return what each of its pages says."""
    return reading.pages


@pytest.fixture(scope="session")
def pieces(reading: Reading) -> list[list[tuple[float, float, str]]]:
    """Return each piece of text on each page and where it starts."""
    return reading.pieces


@pytest.fixture(scope="session")
def said(pages: list[str]) -> str:
    """Return what it says, without the breaks that its lines made."""
    return squeezed("".join(pages))


def squeezed(words: str) -> str:
    """Return words without spaces, and without hyphens and quotes' forms."""
    plain = words.replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff")
    return re.sub(r"[\s\u2060\u00ad-]", "", plain)


def titles(outline: list) -> list:
    """Return the titles of an outline, in lists as deep as it is."""
    return [
        titles(entry) if isinstance(entry, list) else entry.title
        for entry in outline
    ]


def heading(page: BeautifulSoup, level: str) -> list[str]:
    """Return the headings of a page without the signs that link to them."""
    return [
        " ".join(h.get_text().replace("¶", "").split())
        for h in page.article.find_all(level)
    ]


def printed() -> list[str]:
    """Return the pages that the PDF holds."""
    left = {"about/ledger/index.md", *notebooks()}
    return [name for name in navigation() if name not in left]


def outline_of(site: dict[str, BeautifulSoup]) -> list:
    """Return the titles of the pages, each with its sections in a list."""
    expected = []
    for name in printed():
        (title,) = heading(site[name], "h1")
        within = re.match(r"[1-9]\d*\.", title)  # 0.1 is within no chapter
        place = expected[-1] if within else expected
        place.append("Preface" if name == "index.md" else title)
        sections = heading(site[name], "h2")
        if sections:
            place.append(sections)
    return expected


def pages_and_sections(outline: list, top: bool = True) -> list:
    """Leave out what stands below the sections of a page."""
    kept, title = [], ""
    for entry in outline:
        if isinstance(entry, str):
            title = entry
            kept.append(entry)
        elif top or re.match(r"\d+\.\d+ ", title):
            kept.append(pages_and_sections(entry, top=False))
    return kept


def test_outline_is_the_navigation_and_the_back(site, reader):
    expected = outline_of(site)
    found = pages_and_sections(titles(reader.outline))
    assert found[: len(expected)] == expected
    back = [t for t in found[len(expected) :] if isinstance(t, str)]
    assert back == BACK


def test_every_link_lands(reader, site_folder):
    inside = outside = 0
    for _, link in links(reader):
        there = destination(reader, link)
        if isinstance(there, int):
            assert 0 <= there < len(reader.pages)
            inside += 1
        else:
            on_site = site_folder / there.partition("#")[0]
            assert re.match(r"https?://\w", there) or on_site.is_file()
            outside += 1
    assert inside > 300
    assert outside > 10, "the notebooks are on the website"


def test_links_to_figures_and_equations_land_on_their_pages(
    reader, pages, pieces
):
    """By the words: a link says "Figure 3.2", the page there bears them."""
    checked = 0
    for at, link in links(reader):
        there = destination(reader, link)
        shown = text_within(pieces[at], *map(float, link["/Rect"]))
        found = re.search(r"(?:Figure|Equation) (\d+\.\d+)", shown)
        if found and isinstance(there, int):
            kind = "Figure {}" if "Figure" in shown else "({})"
            assert kind.format(found[1]) in pages[there]
            checked += 1
    assert checked >= 5  # those that no line breaks


def text_within(pieces: list, left, bottom, right, top) -> str:
    """Return the text that starts in a rectangle of a page."""
    words = "".join(
        words
        for x, y, words in pieces
        if left - 1 <= x <= right and bottom - 3 <= y <= top
    )
    return " ".join(words.split())


def test_every_figure_and_formula_has_its_alternative(site, reader):
    pages = [site[name] for name in printed()]
    pictures = [d for page in pages for d in page.select("figure .picture")]
    # of a formula that is cut into pieces, the first
    formulas = [
        m
        for page in pages
        for m in page.article.find_all("math")
        if m is (m.find_parent(class_="pieces") or m.parent).find("math")
        and not m.find_parent(class_=["backed", "web-only", "no-print"])
    ]
    figures = elements(reader, "/Figure")
    assert {f["/Alt"] for f in figures} == {d["aria-label"] for d in pictures}
    assert len(figures) == len(pictures) == len(elements(reader, "/Caption"))
    given = [f["/Alt"] for f in elements(reader, "/Formula")]
    written = {" ".join(m["data-tex"].split()) for m in formulas}
    assert written <= set(given)
    assert len(given) >= len(formulas)
    assert all(given)


@pytest.mark.parametrize("name", chapters())
def test_a_chapter_can_be_read_whole(site, text_of_pages, name):
    """All of its text, but for what stands between formulas and is short."""
    written = [run for run in runs(site[name]) if len(run) > 9]
    assert len(written) > 8
    assert [run for run in written if not is_in(text_of_pages, run)] == []
    assert squeezed(heading(site[name], "h1")[0]) in text_of_pages


@pytest.fixture(scope="session")
def text_of_pages(pieces) -> str:
    """Return what its pages say between running head and foot."""
    return squeezed(
        "".join(
            words for page in pieces for _, y, words in page if FOOT < y < HEAD
        )
    )


def runs(page: BeautifulSoup) -> Iterator[str]:
    """Yield the text of each paragraph, parted by its formulas and marks."""
    for part in page.article.find_all(["p", "li", "dd", "summary"]):
        if part.find(["p", "li", "pre", "table"]):
            continue
        kinds = {k for at in (part, *part.parents) for k in at.get("class", ())}
        if kinds & {"no-print", "web-only", "footnote"}:
            continue
        pieces = [
            "\0"
            if node.find_parent(["math", "sup"])
            or node.find_parent(["a", "span"], ["headerlink", "no-print"])
            else node
            for node in part.find_all(string=True)
        ]
        yield from filter(None, map(squeezed, "".join(pieces).split("\0")))


def is_in(said: str, run: str) -> bool:
    """Say whether a text holds a piece, which one page break may part."""
    return any(
        run[:place] in said and run[place:] in said for place in range(len(run))
    )


@pytest.mark.parametrize("name", chapters())
def test_code_of_a_chapter_is_there(site, said, name):
    blocks = site[name].article.find_all("pre")
    lines = [
        line
        for block in blocks
        for line in block.get_text().splitlines()
        if line.strip()
    ]
    assert len(lines) > 10
    assert [x for x in lines if squeezed(x) not in said] == []


def test_size_is_sane(reader, pages):
    assert 40 < len(pages) < 200
    assert all(len(page) > 40 for page in pages)
    for page in reader.pages:
        width, height = page.mediabox.width, page.mediabox.height
        assert (round(width), round(height)) == (595, 842), "A4"


def test_no_text_leaves_its_page(pieces):
    places = [x for page in pieces for x, _, words in page if words.strip()]
    assert len(places) > 5000
    assert min(places) >= 60
    assert max(places) <= 535


def test_only_open_fonts_are_embedded(reader):
    known = {"STIXTwoText", "STIXTwoMath", "STIXTwoTextSemiBold"}
    known |= {font.stem.partition("-")[0] for font in dejavu()}
    known.add("NewCMMath")  # Typst's own, for an italic ∂
    found = set()
    for page in reader.pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            (descendant,) = font["/DescendantFonts"]
            name = descendant["/BaseFont"].partition("+")[2]
            found.add(name.partition("-")[0])
            descriptor = descendant["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys(), name
            assert "/ToUnicode" in font
    assert {"STIXTwoText", "STIXTwoMath", "DejaVuSansMono"} <= found <= known


def test_what_is_left_to_the_website_is_listed(site, said):
    for name in navigation():
        if name not in printed():
            (title,) = heading(site[name], "h1")
            shown = squeezed(title)
            if not name.startswith("about/ledger/"):
                shown += "," + squeezed(Path(name).stem + ".ipynb")
            assert shown in said.partition("Thesestandonthe")[2], name


def test_its_text_can_be_searched(pages):
    """Nothing that nobody types stands within words."""
    assert [n for n, said in enumerate(pages) if "\u200b" in said] == []


def test_the_index_leads_to_pages_that_have_the_term(reader, pieces, pages):
    terms = {t.name: t.forms for t in read_terms(DOCS / "glossary.md", 0)}
    index = len(pages) - 1
    name, checked = "", set()
    for at, link in links(reader):
        shown = text_within(pieces[at], *map(float, link["/Rect"]))
        if at == index and shown in terms:
            name = shown
        elif at == index and shown.isdigit():
            there = destination(reader, link)
            assert reader.page_labels[there] == shown
            forms = [letters(form).lower() for form in terms[name]]
            said = letters(pages[there]).lower()
            assert any(form in said for form in forms), (name, shown)
            checked.add(name)
    assert checked == terms.keys()


def test_every_note_stands_with_its_mark(reader):
    pages = {
        link["/Contents"]: (at, destination(reader, link))
        for at, link in links(reader)
        if link.get("/Contents", "").startswith("Footnote ")
    }
    assert len(pages) > 20
    assert {n: at for n, at in pages.items() if at[0] != at[1]} == {}


def test_title_page_has_licence_and_source(pages):
    for words in ("CC BY-NC-SA 4.0", "MIT", "PyTorch handbook"):
        assert words in pages[0]


def test_every_exercise_has_its_solution_at_the_back(reader, pages):
    asked, solved = (
        {n for n, said in enumerate(pages) if f"{word}: page" in said}
        for word in ("Solutions", "Exercises")
    )
    led = [(at, destination(reader, link)) for at, link in links(reader)]
    assert len(asked) >= len(chapters()) - 2, "some share a page"
    assert asked <= {there for at, there in led if at in solved}
    for page in asked:
        assert solved & {there for at, there in led if at == page}


@pytest.mark.parametrize("name", navigation())
def test_every_page_leads_to_it(site, site_folder, name):
    (link,) = site[name].footer.find_all("a", "pdf")
    target = (site_folder / name).parent / link["href"]
    assert target.resolve() == (site_folder / NAME).resolve()


def test_home_page_offers_it(site):
    (link,) = site["index.md"].select(".ways a[href$='.pdf']")
    assert link["href"] == NAME


def body(pieces: list) -> list[float]:
    """Return how high each piece of a page's text stands, in points."""
    return [y for _, y, words in pieces if words.strip() and FOOT < y < HEAD]


def entries(outline: list) -> Iterator[Destination]:
    """Yield the entries of an outline, of all levels."""
    for entry in outline:
        if isinstance(entry, list):
            yield from entries(entry)
        else:
            yield entry


def sections(outline: list) -> Iterator[str]:
    """Yield each part of the book, alone and followed by each of its sections.

    As running heads name them: a chapter's pages are sections of it.
    """
    part = ""
    for entry in outline:
        if not isinstance(entry, list):
            part = entry.title
            yield letters(part)
        else:
            for inner in entry:
                if not isinstance(inner, list):
                    yield letters(part + inner.title)


def test_running_heads_name_a_part_and_a_section_of_it(reader, pieces):
    known = {*sections(reader.outline)}
    heads = [
        letters("".join(words for _, y, words in page if y > HEAD))
        for page in pieces[3:]
    ]
    assert sum(bool(head) for head in heads) > 60
    assert [head for head in heads if head and head not in known] == []


def tops_of_notes(reader: PdfReader) -> list[float]:
    """Return how high the notes of each page reach, in points."""
    tops = [0.0] * len(reader.pages)
    for at, link in links(reader):
        if link.get("/Contents", "").isdigit():  # which leads to the mark
            tops[at] = max(tops[at], float(link["/Rect"][3]))
    assert sum(top > 0 for top in tops) > 15
    return tops


def test_no_page_is_half_empty(reader, pieces):
    """But for the last of the chapters, and of the book."""
    preface, back = (
        reader.get_destination_page_number(entry)
        for entry in reader.outline
        if not isinstance(entry, list)
        and entry.title in {"Preface", "Notation"}
    )
    pages = {*range(preface, len(pieces) - 1)} - {back - 1}
    half = reader.pages[0].mediabox.height / 2
    notes = tops_of_notes(reader)
    ends = {n: min(y for y in body(pieces[n]) if y > notes[n]) for n in pages}
    assert [n for n, end in ends.items() if end > half] == []
    assert len(pages) > 60


def test_no_heading_is_stranded(reader, pieces):
    """Below each stand two lines at least, on the same page, besides notes."""
    notes = tops_of_notes(reader)
    found = [*entries(reader.outline)]
    assert len(found) > 100
    for entry in found:
        at = reader.get_destination_page_number(entry)
        text = [y for y in body(pieces[at]) if y > notes[at]]
        below = {round(y) for y in text if y < float(entry.top) - 24}
        assert len(below) >= 2, entry.title


def letters(words: str) -> str:
    """Return letters and digits alone, in no other form than the usual."""
    return re.sub(r"\W", "", normalize("NFKC", words))


def test_no_caption_is_torn(site, pages):
    checked, said = 0, [*map(letters, pages)]
    for name in chapters():
        for caption in site[name].select("figure.figure figcaption"):
            runs = "".join(
                "\0"  # notes' marks, and notes of the website
                if node.find_parent("sup") or node.find_parent(class_="backed")
                else node
                for node in caption.find_all(string=True)
            ).split("\0")
            assert any(
                all(letters(run) in page for run in runs) for page in said
            ), runs
            checked += 1
    assert checked > 10
