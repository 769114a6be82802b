"""Takes out of the built pages what no reader meets.

That is the blanks in which the theme's templates are laid out, and the marks of
names and blanks in code, which look like what bears no mark.
"""

import re

_BLANKS = re.compile(r"(<(pre|script|textarea)\b.*?</\2>)|\s*\n\s*", re.DOTALL)
_PLAIN = re.compile(r'<span class="(?:n|w)">([^<]*)</span>')


def take_blanks(pages: dict[str, str]) -> None:
    """Leave one line break where there were several, but not in code."""
    for address, text in pages.items():
        plain = _PLAIN.sub(r"\1", text)
        pages[address] = _BLANKS.sub(lambda found: found[1] or "\n", plain)
