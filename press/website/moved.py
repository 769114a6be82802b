"""Lets the addresses that pages once had lead to where the pages are now.

mkdocs.yml has them in `extra.moved`. Each becomes a small page that sends its
visitors on: by a script, which takes the part after # along, or without scripts
to the new page's beginning; by hand where a browser does neither. The plugin
mkdocs-redirects puts a script into each such page, which the policy would have
to allow, and Zensical does not know it.
"""

import posixpath
import re
from html import escape
from pathlib import Path

from mkdocs.utils.yaml import yaml_load

from press.fault import Fault

SETTINGS = Path("mkdocs.yml")
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>This page has moved</title>
<link rel="canonical" href="{canonical}">
<script src="{up}assets/moved.js" data-to="{to}"></script>
<meta http-equiv="refresh" content="0; url={to}">
</head>
<body><p>This page has moved: <a href="{to}">here it is now</a>.</p></body>
</html>
"""


def add_moved(pages: dict[str, str], home: str = "") -> None:
    """Add a page for each address of old.

    home: the site's address, if it is known, for search engines.
    Raises Fault for an address that a page has, and for one that leads nowhere.
    """
    settings = yaml_load(SETTINGS.read_text(encoding="utf-8"))
    moved = (settings.get("extra") or {}).get("moved") or {}
    for old, new in moved.items():
        where = f"{SETTINGS}: `moved:` sends {old}"
        page, at, part = new.partition("#")
        if old in pages:
            raise Fault(f"{where} away, but the book has a page there")
        place = rf'\bid="?{re.escape(part)}[\s">]' if part else ""
        if page not in pages or not re.search(place, pages[page]):
            raise Fault(f"{where} to {new}, which the book does not have")
        to = posixpath.relpath(page, posixpath.dirname(old) or ".") + at + part
        canonical = f"{home.rstrip('/')}/{page}" if home else to
        pages[old] = PAGE.format(
            canonical=escape(canonical),
            up="../" * old.count("/"),
            to=escape(to),
        )
