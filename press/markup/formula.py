"""TeX to MathML while the page is made, so that formulas need no JavaScript.

pymdownx.arithmatex finds the formulas ($...$ within a line, $$...$$ on their
own); math-core translates them. A formula on its own that begins with
\\label{sigmoid} bears a number and can be linked to as #equation-sigmoid.
"""

import html
import re
from functools import cache
from xml.etree.ElementTree import Element, SubElement

from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from math_core import LatexError, LatexToMathML

from press.fault import Fault, locate
from press.markup.pieces import LINE, NARROW, Groups, cut, cut_lines, is_wide

_DELIMITERS = re.compile(r"\\[(\[](.*)\\[)\]]", re.DOTALL)
# no line begins with these; browsers would break before them, after a formula
_CLINGING = tuple(".,;:!?)")
_LABEL = re.compile(r"\\label\{([a-z][a-z0-9-]*)\}\s*")
# in words: the coordinates of a point, a range, a number with its %
WHOLE = r"\((?:[-−]?[\d.]+, )+[-−]?[\d.]+\)|\d[\d.]*(?:–[\d.]*\d(?: %)?| %)"
_CONTROL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_POSITION = re.compile(r"(\d+): (.*)", re.DOTALL)


class MathML(Treeprocessor):
    """Replaces each formula that arithmatex found by MathML.

    It runs after inline parsing and before the contents are listed.
    """

    def run(self, root: Element) -> None:
        for parent in root.iter():
            for place, child in enumerate(list(parent)):
                if child.get("class") == "arithmatex":
                    self.replace(parent, place, child)

    def replace(self, parent: Element, place: int, formula: Element) -> None:
        display = formula.tag == "div"
        tex = html.unescape(
            _DELIMITERS.fullmatch(formula.text.strip())[1]
        ).strip()
        if parent.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            raise Fault(
                f"{locate(tex)}: a heading holds the formula {tex!r}; "
                "write it in words, for contents and search"
            )
        if display:
            self.display(formula, tex)
        else:
            opening = _take_parenthesis(parent, place)
            self.inline(formula, tex, opening)

    def inline(self, formula: Element, tex: str, opening: str) -> None:
        """Put the formula into a span, which the style sheet keeps whole."""
        after, closing = formula.tail or "", ""
        if after[:1] in _CLINGING:
            closing, formula.tail = after[0], after[1:]
        groups = cut(translate(tex), LINE)
        if len(groups) == len(groups[0]) == 1:
            formula.attrib = {"class": "formula"}
            mathml = self.md.htmlStash.store(groups[0][0])
            formula.text = opening + mathml + closing
        else:
            formula.attrib = {"class": "pieces"}
            groups[0][0] = opening + groups[0][0]
            groups[-1][-1] += closing
            formula.text = self.md.htmlStash.store(_spans(groups))

    def display(self, formula: Element, tex: str) -> None:
        """Put the formula into a box that may scroll, its number beside it."""
        label = _LABEL.match(tex)
        mathml = translate(tex[label.end() :] if label else tex, True)
        formula.text = None
        formula.attrib = {"class": "equation", "data-search-exclude": ""}
        # at the end of a div in this one the search would stop leaving out
        box = SubElement(formula, "span", {"class": "wide"})
        box.text = self.md.htmlStash.store(_lines(mathml))
        if label and ("equation", label[1]) in self.md.press_book.numbers.named:
            name = f"equation-{label[1]}"
            number = self.md.press_book.numbers.of("equation", label[1])
            formula.set("id", name)
            link = {
                "class": "equation-number",
                "href": f"#{name}",
                "aria-label": f"({number}), link to this equation",
            }
            SubElement(formula, "a", link).text = f"({number})"


def translate(tex: str, display: bool = False) -> str:
    """Return `tex` as a <math> element that keeps its source as data-tex.

    Raises Fault if `tex` is not sound TeX.
    """
    if "\\label" in tex:
        raise Fault(
            f"{locate(tex)}: a label stands at the start of a formula "
            "on its own, like \\label{sigmoid}, once, in lower-case "
            "letters, digits and hyphens"
        )
    if control := _CONTROL.search(tex):
        raise Fault(
            f"{locate(tex)}: the formula {tex!r} holds the control character "
            f"{control[0]!r}; delete it"
        )
    try:
        mathml = _translator().convert_with_local_state(
            tex, displaystyle=display
        )
    except LatexError as error:
        position, reason = _POSITION.fullmatch(str(error)).groups()
        raise Fault(
            f"{locate(tex)}: bad TeX, character {position} of {tex!r}: {reason}"
        ) from None
    return mathml.replace("<math", f'<math data-tex="{html.escape(tex)}"', 1)


@cache
def _translator() -> LatexToMathML:
    return LatexToMathML(fancy_error=False)


def _lines(mathml: str) -> str:
    """Let a wide display have more lines than one where a page is narrow."""
    rows = cut_lines(mathml)
    if rows is None:
        groups = cut(mathml, NARROW)
        whole = groups == [[mathml]]
        return mathml if whole else _line(groups, "lines pieces")
    hangs = any(is_wide(left) for left, _ in rows)
    sides = "".join(
        _line(left, "left") + _line(right, "lines") for left, right in rows
    )
    return f'<span class="rows pieces{" hanging" * hangs}">{sides}</span>'


def _line(groups: Groups, kind: str) -> str:
    return f'<span class="{kind}">{_spans(groups)}</span>'


def _spans(groups: Groups) -> str:
    made = [
        "<wbr>".join(f'<span class="formula">{p}</span>' for p in pieces)
        for pieces in groups
    ]
    if len(made) == 1:
        return made[0]
    return "<wbr>".join(f'<span class="group">{g}</span>' for g in made)


def _take_parenthesis(parent: Element, place: int) -> str:
    """Take the "(" from the end of the text before a child, if there is one.

    Browsers would break the line between it and the formula.
    """
    before, text = (parent[place - 1], "tail") if place else (parent, "text")
    words = getattr(before, text) or ""
    if not words.endswith("("):
        return ""
    setattr(before, text, words[:-1])
    return "("


class Whole(InlineProcessor):
    """Keeps what is one number or point, like (0, 1), on one line."""

    def handleMatch(
        self, match: re.Match[str], _: str
    ) -> tuple[Element | str, int, int]:
        if match[0].endswith(" %") and "–" not in match[0]:
            return match[0].replace(" ", "\N{NO-BREAK SPACE}"), *match.span()
        whole = Element("span", {"class": "formula"})
        whole.text = match[0]
        return whole, *match.span()
