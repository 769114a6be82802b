"""Takes files that pages made out of the built pages and puts them beside.

Markdown can only print into its page. A fence that makes a picture for others
than the page's readers, the one that a shared link shows for instance, prints

    <template data-file="assets/share.png">base64</template>

which browsers ignore. After the build the file is at its path in the site.
"""

import base64
import binascii
import re
from pathlib import Path

from press.fault import Fault

_TEMPLATE = re.compile(
    r'<template data-file="([^"]*)"[^>]*>([^<]*)</template>\s*'
)


def take_files(site: Path, pages: dict[str, str]) -> None:
    """Write each file that a page of `site` holds, and take it out.

    Raises Fault for a path that leaves the site or is taken, and for what is
    not base64.
    """
    for address, text in pages.items():
        for name, content in _TEMPLATE.findall(text):
            _write(site, name, content, f"{address}: the file {name!r}")
        pages[address] = _TEMPLATE.sub("", text)


def _write(site: Path, name: str, content: str, where: str) -> None:
    file = (site / name).resolve()
    if not name or not file.is_relative_to(site.resolve()):
        raise Fault(f"{where} lies outside the site; give a path within it")
    if file.exists():
        raise Fault(f"{where} exists already; give it another name")
    try:
        data = base64.b64decode(content, validate=True)
    except binascii.Error:
        raise Fault(f"{where} is not base64") from None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
