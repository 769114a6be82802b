"""Gives each page the scripts of its figures that answer when touched.

A page with <activation-explorer> gets docs/assets/explorables/
activation-explorer.js, after those that its comment "// needs network" names,
what all of them share, and their style sheet.
"""

import posixpath
import re
from functools import lru_cache
from itertools import chain

from press.fault import Fault
from press.reading.book import DOCS, SCRIPTS

SHARED = "explorable"
_ELEMENT = re.compile(r"<([a-z]+(?:-[a-z]+)+)[ >]")
_NEEDS = re.compile(r"^// needs (.+)$", re.MULTILINE)


def add_scripts(pages: dict[str, str]) -> None:
    """Add to each page what its elements need."""
    for address, text in pages.items():
        elements = sorted(filter(is_script, set(_ELEMENT.findall(text))))
        if elements:
            folder = SCRIPTS.relative_to(DOCS).as_posix()
            way = posixpath.relpath(folder, posixpath.dirname(address))
            added = f'<link rel="stylesheet" href="{way}/{SHARED}.css">'
            for name in dict.fromkeys(chain(*map(needed, elements))):
                added += f'<script defer src="{way}/{name}.js"></script>'
            pages[address] = text.replace("</head>", f"{added}</head>", 1)


def is_script(name: str) -> bool:
    """Whether there is a script of that name."""
    return (SCRIPTS / f"{name}.js").is_file()


@lru_cache
def needed(name: str) -> list[str]:
    """Return the scripts that a script needs, in their order, itself last."""
    if not is_script(name):
        raise Fault(
            f"there is no {SCRIPTS}/{name}.js, which another script needs; "
            "add it, or mend the line '// needs' that names it"
        )
    text = (SCRIPTS / f"{name}.js").read_text("utf-8")
    others = " ".join(_NEEDS.findall(text)).split()
    before = [] if name == SHARED else [SHARED]
    return [*before, *(n for other in others for n in needed(other)), name]
