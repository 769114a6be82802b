"""What mkdocs.yml says of the book."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from mkdocs.utils.yaml import yaml_load

from press.fault import Fault

FILE = Path("mkdocs.yml")


@dataclass(frozen=True)
class Settings:
    """The settings that the PDF needs."""

    title: str
    description: str
    address: str  # of the site, or ""
    rights: str  # HTML
    language: str
    file: str  # the PDF's name, or "" if there is to be none
    files: tuple[str, ...]  # the nav's, in order: pages and notebooks
    web_only: tuple[str, ...] = ()  # those of them that are not printed

    @property
    def base(self) -> str:
        """Return what a link from the PDF to the site begins with.

        Where nobody knows the site's address, it is the way there from the
        PDF, which lies within the site.
        """
        if self.address:
            return self.address.rstrip("/") + "/"
        return "../" * (len(PurePosixPath(self.file).parents) - 1)


def read_settings(file: Path = FILE) -> Settings:
    """Return the book's settings.

    Raises Fault for a page that is kept out of print and that nav lacks.
    """
    with file.open(encoding="utf-8") as opened:
        read = yaml_load(opened)
    theme, extra = read.get("theme"), read.get("extra") or {}
    files = tuple(_files(read.get("nav") or []))
    web_only = tuple(extra.get("web_only") or ())
    for page in web_only:
        if page not in files:
            raise Fault(f"{file}: `web_only:` has {page}, `nav:` does not")
    return Settings(
        title=read["site_name"],
        description=read.get("site_description") or "",
        address=read.get("site_url") or "",
        rights=read.get("copyright") or "",
        language=theme.get("language", "en")
        if isinstance(theme, dict)
        else "en",
        file=extra.get("pdf") or "",
        files=files,
        web_only=web_only,
    )


def _files(entry: str | dict | list) -> Iterator[str]:
    if isinstance(entry, str):
        if not urlsplit(entry).scheme:
            yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from _files(part)
