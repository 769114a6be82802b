"""Writes the PDF into the site, and sets it only when it would be another.

The last few are kept in .press/pdf, each under a digest of all that it is made
of: the tests set the book with an address, and without.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

from press.pdf.settings import Settings, read_settings

FOLDER = Path(".press/pdf")
FEW = 3
HERE = Path(__file__).parent
# the files of a site that the PDF is made of
KINDS = ("*.html", "*.ipynb", "*.css", "*.woff2", "*.png", "*.jpg", "*.svg")
LIBRARIES = ("typst", "beautifulsoup4", "fonttools", "matplotlib")


def write_pdf(site: Path) -> Path | None:
    """Write the book's PDF into a built site, and return its path.

    Its name is `extra: pdf:` in mkdocs.yml; without one there is no PDF.
    Raises Fault for what cannot be set.
    """
    settings = read_settings()
    if not settings.file:
        return None
    file = site / settings.file
    kept = FOLDER / digest(settings, site)
    if not kept.is_file():
        put(kept, settings, site)
    with suppress(OSError):  # another build may remove it, or has it open
        kept.touch()
    shutil.copyfile(kept, file)
    return file


def put(kept: Path, settings: Settings, site: Path) -> None:
    """Set the book and keep its PDF, and the few that were wanted last."""
    from press.pdf.book import set_book  # Typst and all, only when needed

    pdf = set_book(settings, site)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=FOLDER, prefix="new-", delete=False) as new:
        new.write(pdf)
    os.replace(new.name, kept)
    for older in newest()[FEW:]:
        older.unlink(missing_ok=True)


def newest() -> list[Path]:
    """Return the PDFs that are kept, those wanted last first."""
    if not FOLDER.is_dir():
        return []
    whole = [f for f in FOLDER.iterdir() if not f.name.startswith("new-")]
    return sorted(whole, key=_age)


def _age(file: Path) -> float:
    with suppress(OSError):  # another build has removed it
        return -file.stat().st_mtime
    return 0.0


def digest(settings: Settings, site: Path) -> str:
    """Return a digest of all that the PDF is made of."""
    said = repr(settings), os.environ.get("SOURCE_DATE_EPOCH")
    seal = hashlib.sha256(repr((said, *map(version, LIBRARIES))).encode())
    for path, file in _files(site):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        seal.update(repr((path, content)).encode())
    return seal.hexdigest()


def _files(site: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file that counts, behind its path from where it belongs."""
    ours = [file for file in HERE.iterdir() if file.is_file()]
    built = [file for kind in KINDS for file in site.rglob(kind)]
    for folder, files in ((HERE, ours), (site, built)):
        for file in sorted(files):
            yield file.relative_to(folder).as_posix(), file
