"""What stands in a page's Markdown, by line, with code out of the way."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CODE = re.compile(r"^ *(`{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---\n.*?^---$", re.MULTILINE | re.DOTALL)
_DISPLAY = re.compile(r"^ *\$\$\n(.*?)^ *\$\$$", re.MULTILINE | re.DOTALL)
_LABEL = re.compile(r"\s*\\label\{([\w-]+)\}\s*")
_EXCUSE = re.compile(r"<!-- not evaluated: (.+?) -->\n*\Z")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")
_FIGURE = re.compile(r"/// figure \| ([\w-]+)$")
_ALTERNATIVE = re.compile(
    r"^/// figure \| ([\w-]+)\n    alt: >-\n((?: {8}.+\n)+)", re.MULTILINE
)
# lines that say nothing themselves
_AROUND = re.compile(
    r"$|#|///|[?!]{3}|\{:|<!--|</?(?:div|details)\b[^>]*>$|--8<--|\|[:|-]+$"
    r"|<summary>|\w+: >-$|live: [\w-]+$"
)


class Display(NamedTuple):
    """A formula on its own: its TeX without the label, and where it stands."""

    page: str
    line: int  # of its first formula
    label: str
    tex: str
    excuse: str  # why it cannot be evaluated, or ""


class Statement(NamedTuple):
    """A line of prose, which holds one sentence."""

    page: str
    line: int
    text: str
    block: int  # which paragraph, list, table or figure it is part of
    figure: str  # the name of the figure in whose block it stands
    is_alternative: bool  # part of that figure's text alternative
    is_question: bool  # of an exercise, which claims nothing
    is_apart: bool  # in a summary, an exercise or what is folded


def displays(page: str, text: str) -> list[Display]:
    """Return the formulas of a page that stand on their own, in order.

    page: its path below docs/. text: its Markdown.
    """
    text = _blank(CODE, text)
    found = []
    for display in _DISPLAY.finditer(text):
        label = _LABEL.match(display[1])
        tex = display[1][label.end() :] if label else display[1]
        line = text.count("\n", 0, display.end(1) - len(tex)) + 1
        excuse = _EXCUSE.search(text[: display.start()])
        found.append(
            Display(
                page,
                line,
                label[1] if label else "",
                tex.rstrip(),
                excuse[1] if excuse else "",
            )
        )
    return found


def statements(page: str, text: str) -> Iterator[Statement]:
    """Yield the sentences of a page, in order.

    Text alternatives of figures and rows of tables count; code, formulas on
    their own, headings and what stands above the page do not.
    """
    for pattern in (_FRONT_MATTER, CODE, _DISPLAY):
        text = _blank(pattern, text)
    figure, is_alternative, section, is_folded = "", False, "", False
    block, is_new, is_list = 0, True, False
    for number, whole in enumerate(text.splitlines(), start=1):
        line, is_indented = whole.strip(), whole.startswith(" ")
        is_folded = line.startswith("??? ") or (
            is_folded and (is_indented or not line)
        )
        if opened := _FIGURE.match(line):
            figure, block, is_new = opened[1], block + 1, False
        elif line == "///":
            figure = ""
        elif line.startswith("## "):
            section = line
        if line.startswith("alt:") or not line:
            is_alternative = bool(line)
        if _AROUND.match(line):
            # the rule below the head of a table is part of it
            is_new = is_new or not (figure or line.startswith("|"))
            is_list = is_list and (is_indented or not line)
            continue
        is_item = bool(_ITEM.match(line))
        if is_new and not (is_list and (is_indented or is_item)):
            block, is_list = block + 1, False
        is_new, is_list = False, is_list or is_item
        yield Statement(
            page,
            number,
            line,
            block,
            figure,
            is_alternative,
            is_question=section == "## Exercises" and not is_folded,
            is_apart=is_folded or section in ("## Summary", "## Exercises"),
        )


def alternatives() -> dict[str, str]:
    """Return the text alternatives of the pages' figures, by name."""
    return {
        name: " ".join(lines.split())
        for page in sorted(Path("docs").rglob("*.md"))
        for name, lines in _ALTERNATIVE.findall(page.read_text("utf-8"))
    }


def _blank(pattern: re.Pattern, text: str) -> str:
    """Empty what matches, but keep its lines, so that numbers stay right."""
    return pattern.sub(lambda found: "\n" * found[0].count("\n"), text)
