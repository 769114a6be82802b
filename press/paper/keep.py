"""Writes PDF and EPUB into the site, and makes them only when they change.

The last ones are in the store, with a digest of what they were made of.
"""

import hashlib
import os
import re
import sys
from base64 import b64decode, b64encode
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from mkdocs.utils.yaml import yaml_load

from press.reading.numbers import paths
from press.running import store

HERE = Path(__file__).parent
KINDS = ("*.html", "*.woff2", "*.png", "*.jpg")  # what they are made of
PACKAGE = "pypandoc_binary"
LIBRARIES = ("typst", "lxml", "fonttools", "matplotlib", "math-core", PACKAGE)


def write_paper(site: Path) -> list[Path]:
    """Write the book's PDF and EPUB into a built site; return their paths.

    Their name is `extra: paper:` in mkdocs.yml; without it there are none.
    Raises Fault for what cannot be set.
    """
    settings = yaml_load(Path("mkdocs.yml").read_text(encoding="utf-8"))
    extra = settings.get("extra") or {}
    name, web_only = extra.get("paper"), tuple(extra.get("web_only") or ())
    if name and not find_spec("pypandoc"):
        print(f"press: no PDF, no EPUB: {PACKAGE} is missing", file=sys.stderr)
        name = None
    if not name:
        forget(site)
        return []
    seal = digest(settings, site)
    kept = f"paper{bool(settings.get('site_url'))}"
    made = (store.get(kept) or "").split()
    if made[:1] != [seal]:
        from press.paper.book import make  # Typst and all, only when needed

        pages = [
            Path(page).with_suffix(".html").as_posix()
            for page in paths({"": settings["nav"]})
            if not page.startswith(web_only) and "://" not in page
        ]
        both = make(settings, pages, site)
        made = [seal, *(b64encode(data).decode() for data in both)]
        store.put(kept, " ".join(made))
    files = [site / f"{name}.pdf", site / f"{name}.epub"]
    for file, data in zip(files, made[1:], strict=True):
        with TemporaryDirectory(dir=site) as folder:  # never half a file
            Path(folder, name).write_bytes(b64decode(data))
            os.replace(Path(folder, name), file)
    return files


def digest(settings: dict, site: Path) -> str:
    """Return a digest of all that PDF and EPUB are made of."""
    said = repr(settings), os.environ.get("SOURCE_DATE_EPOCH")
    seal = hashlib.sha256(repr((said, *map(version, LIBRARIES))).encode())
    files = [file for kind in KINDS for file in site.rglob(kind)]
    files += [file for file in HERE.iterdir() if file.is_file()]
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).digest()
        place = file.name if file.parent == HERE else file.relative_to(site)
        seal.update(repr((str(place), content)).encode())
    return seal.hexdigest()


def forget(site: Path) -> None:
    """Take the links to the site's own PDF and EPUB out of its pages."""
    link = re.compile(r'<a\b[^>]*href="(?![^":]*:)[^"]*\.(pdf|epub)".*?</a>')
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(link.sub("", text), encoding="utf-8")
