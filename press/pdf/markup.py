"""Writes text so that Typst takes it for text."""

import re

# these begin something in Typst's markup
_SPECIAL = re.compile(r"([\\#$*_`<>@\[\]~=+/\-'\"])")
# a paragraph that begins like this would be a list
_NUMBER = re.compile(r"^(\d+)([.)])")


def escape(text: str) -> str:
    """Return `text` as Typst markup that prints just this text."""
    spaced = re.sub(r"[ \t\r\n]+", " ", text)
    return _SPECIAL.sub(r"\\\1", spaced).replace("\u00a0", "~")


def paragraph(markup: str) -> str:
    """Return the markup of a paragraph, which is never taken for a list."""
    return _NUMBER.sub(r"\1\\\2", markup.strip())


def quote(text: str) -> str:
    """Return `text` as a string of Typst's."""
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(sign, written)
    return '"' + text.replace("\t", "\\t") + '"'


def array(items: list[str]) -> str:
    """Return an array of Typst's with these expressions."""
    return f"({''.join(f'{item}, ' for item in items)})"


def label(name: str) -> str:
    """Return the label of this name, as an expression."""
    return f"label({quote(name)})"
