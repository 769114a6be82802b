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


def write_moved(site: Path, home: str = "") -> None:
    """Write a page for each address of old.

    home: the site's address, if it is known, for search engines.
    Raises Fault for an address that a page has, and for one that leads nowhere.
    """
    with SETTINGS.open(encoding="utf-8") as file:
        moved = (yaml_load(file).get("extra") or {}).get("moved") or {}
    for old, new in moved.items():
        where = f"{SETTINGS}: `moved:` sends {old}"
        if (site / old).exists():
            raise Fault(f"{where} away, but the book has a page there")
        if not _leads_to_a_page(site, new):
            raise Fault(f"{where} to {new}, which the book does not have")
        folder = posixpath.dirname(old)
        page, at, part = new.partition("#")
        to = posixpath.relpath(page, folder or ".") + at + part
        canonical = f"{home.rstrip('/')}/{page}" if home else to
        (site / folder).mkdir(parents=True, exist_ok=True)
        (site / old).write_text(
            PAGE.format(
                canonical=escape(canonical),
                up="../" * old.count("/"),
                to=escape(to),
            ),
            encoding="utf-8",
        )


def _leads_to_a_page(site: Path, address: str) -> bool:
    page, _, part = address.partition("#")
    if not page or not (site / page).is_file():
        return False
    text = (site / page).read_text(encoding="utf-8")
    return not part or bool(re.search(rf'\bid="?{re.escape(part)}[\s">]', text))
