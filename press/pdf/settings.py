"""What mkdocs.yml says of the book."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.utils.yaml import yaml_load

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


def read_settings(file: Path = FILE) -> Settings:
    """Return the book's settings."""
    with file.open(encoding="utf-8") as opened:
        read = yaml_load(opened)
    theme = read.get("theme")
    return Settings(
        title=read["site_name"],
        description=read.get("site_description") or "",
        address=read.get("site_url") or "",
        rights=read.get("copyright") or "",
        language=theme.get("language", "en")
        if isinstance(theme, dict)
        else "en",
        file=(read.get("extra") or {}).get("pdf") or "",
        files=tuple(_files(read.get("nav") or [])),
    )


def _files(entry: str | dict | list) -> Iterator[str]:
    if isinstance(entry, str):
        if not urlsplit(entry).scheme:
            yield entry
    else:
        for part in entry.values() if isinstance(entry, dict) else entry:
            yield from _files(part)
