"""Makes PDF and EPUB of a built site: Pandoc reads it, Typst sets the PDF."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import uuid
from datetime import UTC, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import typst
from fontTools.ttLib import TTFont
from lxml.html import fromstring

from press.fault import Fault, locate
from press.paper.page import Page
from press.running import store

HERE = Path(__file__).parent
(PANDOC,) = Path(find_spec("pypandoc").origin).parent.glob("files/pandoc*")
# fonts of figures, laid out by their widths, and of code; not its LastResort
FIGURES = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf"
FEATURES = "alternativeText describedMath MathML readingOrder tableOfContents"
SUMMARY = "Formulas are MathML, with their TeX; figures have alternative texts."
_HEADING = r"(?=(?s:.*?)<h1>(?:<span[^>]*>(.*?)</span>)?(.*?)</h1>)"
_TITLE = re.compile(r"(<title>)ch\d+\.xhtml" + _HEADING)
_SOURCE = re.compile(r'(?<=src=")\.\./media/[^"]*')
_LINK = re.compile(r'(?<=href=\\")[^"#:]*(?=#([^"]*?)--)')  # in JSON
_TEX = re.compile(r"Could not convert TeX math (.*), rendering", re.DOTALL)


def make(settings: dict, addresses: list[str], site: Path) -> list[bytes]:
    """Return the PDF and the EPUB of pages of a site, the home page first.

    settings: those of mkdocs.yml. Raises Fault for all that cannot be set.
    """
    pages = {address: Page(site, address) for address in addresses}
    home = pages[addresses[0]]
    home.title.text = "Preface"  # what a home page is in a book
    base = (settings.get("site_url") or "").rstrip("/")
    texts = {p.slug: p.convert(pages, base) for p in pages.values()}
    with TemporaryDirectory(prefix="press-paper-") as name:
        folder = Path(name)
        for file in [*HERE.glob("book.*"), *FIGURES.glob("DejaVuSans*.ttf")]:
            shutil.copy(file, folder)
        for page in pages.values():
            for picture, data in page.pictures.items():
                (folder / picture).write_bytes(data)
        unpack_fonts(site, folder)
        told = {"hero": next(iter(home.pictures), ""), "chapters": [*texts]}
        (folder / "about.json").write_text(json.dumps(about(settings) | told))
        frame, chapters = packed(convert(texts, folder))
        (folder / "book.json").write_text(frame)
        return typeset_and_pack(folder, chapters)


def convert(texts: dict[str, str], folder: Path) -> dict[str, str]:
    """Let Pandoc make NAME.typ of a text, if none is kept; return its JSON."""
    script = HERE / "paper.lua"
    whole = script.read_text(encoding="utf-8")
    seals = {
        name: hashlib.sha256(f"{whole}{name}{text}".encode()).hexdigest()
        for name, text in texts.items()
    }
    made = {name: store.get(seal) for name, seal in seals.items()}
    stale = [name for name in made if made[name] is None]
    for name in stale:
        (folder / f"{name}.html").write_text(texts[name], "utf-8")
    halves = [half for half in (stale[::2], stale[1::2]) if half]
    finish([start(folder, "lua", script, *half) for half in halves])
    for name in stale:
        made[name] = (folder / f"{name}.typ").read_text("utf-8")
        store.put(seals[name], made[name])
    for name, typ in made.items():
        (folder / f"{name}.typ").write_text(typ, "utf-8")
    return {name: typ[2 : typ.index("\n")] for name, typ in made.items()}


def start(folder: Path, *arguments: str | Path) -> subprocess.Popen:
    """Start Pandoc; with much memory it takes half the time."""
    return subprocess.Popen(
        [PANDOC, *arguments, "+RTS", "-A128m", "-RTS"],
        cwd=folder,
        env={"SOURCE_DATE_EPOCH": "315532800"} | os.environ,  # or it says now
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def packed(made: dict[str, str]) -> tuple[str, list[str]]:
    """Return a frame for the EPUB, as Pandoc's JSON, and its chapters."""
    files = {name: f"ch{place:03}.xhtml" for place, name in enumerate(made, 1)}
    parts = [
        json.loads(_LINK.sub(lambda link: files.get(link[1], ""), part))
        for part in made.values()
    ]
    whole = {"blocks": [b for p in parts for b in p["frame"]["blocks"]]}
    return json.dumps(parts[0]["frame"] | whole), [p["xhtml"] for p in parts]


def typeset_and_pack(folder: Path, chapters: list[str]) -> list[bytes]:
    """Let Pandoc pack the EPUB while Typst sets the PDF."""
    cover = typeset(folder / "book.epub-cover.typ", format="png", ppi=150.0)
    (folder / "cover.png").write_bytes(cover)
    options = "--from=json --to=epub3 --split-level=1 --toc-depth=2"
    options += " --metadata-file=about.json --output=book.epub book.json"
    with start(folder, *options.split()) as packing:
        pdf = typeset(folder / "book.main.typ", pdf_standards=["ua-1"])
        finish([packing])
    return [pdf, filled(folder / "book.epub", chapters)]


def filled(epub: Path, chapters: list[str]) -> bytes:
    """Return an EPUB with its chapters, which bear their titles."""
    made, rest = BytesIO(), iter(chapters)
    with ZipFile(epub) as old, ZipFile(made, "w") as new:
        for file in old.infolist():
            data = old.read(file)
            if file.filename.startswith("EPUB/text/ch"):
                head, _, frame = data.decode().partition("<section")
                pictures = iter(_SOURCE.findall(frame))
                body = _SOURCE.sub(
                    lambda _, all=pictures: next(all), next(rest)
                )
                data = _TITLE.sub(r"\1\2\3", f"{head}{body}</body></html>", 1)
            new.writestr(file, data)
    return made.getvalue()


def typeset(file: Path, **options: object) -> bytes:
    """Return what Typst makes of a file; what it warns of is a Fault."""
    try:
        made, faults = typst.compile_with_warnings(
            file,
            root=file.parent,
            font_paths=[file.parent],
            ignore_system_fonts=True,
            timestamp=int(os.environ.get("SOURCE_DATE_EPOCH") or 0),
            **options,
        )
    except typst.TypstError as error:
        faults = [error]
    if faults:
        said = "\n".join(f.diagnostic or f.message for f in faults)
        raise Fault(f"Typst cannot set the book\n{said}")
    return made


def finish(processes: list[subprocess.Popen]) -> None:
    """Wait for Pandoc; what it fails at, or warns of, is a Fault."""
    said = "".join([process.communicate()[1] for process in processes])
    if bad := _TEX.search(said):
        raise Fault(f"{locate(bad[1])}: Pandoc cannot set the TeX {bad[1]!r}")
    if said or any(process.returncode for process in processes):
        raise Fault(f"Pandoc cannot set the book: {said.strip()}")


def about(settings: dict) -> dict:
    """Return what the book is, for Typst and for e-readers."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    date = seconds and f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d}"
    title, rights = settings["site_name"], settings.get("copyright") or "<p>"
    return {
        "title": title,
        "description": settings.get("site_description") or "",
        "author": settings.get("site_author") or "",
        "site": settings.get("site_url") or "",
        **({"date": date} if date else {}),
        "lang": settings["theme"].get("language", "en") + "-GB",
        "rights": fromstring(rights).text_content(),
        "identifier": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, title)}",
        "css": "book.css",
        "cover-image": "cover.png",
        "accessModes": ["textual", "visual"],
        "accessibilityFeatures": FEATURES.split(),
        "accessibilitySummary": SUMMARY,
    }


def unpack_fonts(site: Path, folder: Path) -> None:
    """Unpack the site's fonts, with the names that a PDF gives them."""
    for packed in (site / "assets/fonts").glob("*.woff2"):
        with TTFont(packed, recalcTimestamp=False) as font:
            font.flavor = None
            family, style = (font["name"].getDebugName(n) for n in (1, 2))
            name = f"{family}-{style}".replace(" ", "")
            font["name"].setName(name, 6, 3, 1, 0x409)
            font.save(folder / f"{packed.stem}.ttf", reorderTables=False)
