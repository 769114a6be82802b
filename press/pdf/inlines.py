"""Walks what stands in a line: text, links, formulas, notes, marks."""

import re
from collections.abc import Iterator
from html import unescape

from bs4 import Comment, NavigableString, Tag

from press.pdf.faults import Faults
from press.pdf.fonts import Fonts
from press.pdf.links import Links
from press.pdf.markup import escape, label, quote
from press.pdf.maths import MathsError, formula
from press.pdf.page import Page

# elements that are functions of Typst's, and of book.typ's
WRAPPED = {
    "em": "emph",
    "i": "emph",
    "dfn": "emph",
    "strong": "strong",
    "b": "strong",
    "del": "strike",
    "s": "strike",
    "mark": "highlight",
    "ins": "underline",
    "u": "underline",
    "sup": "super",
    "sub": "sub",
    "small": "small",
    "kbd": "key",
}
PLAIN = {"span", "abbr", "cite", "time", "var", "label", "center"}
_TEXT = re.compile(r"<text\b.*?</text>", re.DOTALL)  # of a picture
_TAG = re.compile(r"<[^>]*>")

FURTHER = "\ue000"  # a sign that no text has


class Inlines:
    """Turns what stands in the lines of a page into Typst's markup."""

    def __init__(
        self,
        page: Page,
        links: Links,
        fonts: Fonts,
        faults: Faults,
        numbers: Iterator[int],
    ) -> None:
        self.page, self.links = page, links
        self.fonts, self.faults = fonts, faults
        self.notes = self.take_notes()
        self.noted: dict[str, int] = {}  # the numbers of those set so far
        self.numbers = numbers  # for the notes of the whole book
        self.set: dict[int, object] = {}  # text and pictures set so far
        # the notes of a block that is not parted; all but the first go into
        # that one, where FURTHER is
        self.together: list[str] | None = None

    def take_notes(self) -> dict[str, Tag]:
        """Take the footnotes out of the page, by their ids."""
        notes = {}
        for block in self.page.article.find_all("div", "footnote"):
            for note in block.find_all("li", id=True):
                notes[note["id"]] = note
            block.extract()
        return notes

    def fault(self, element: Tag, message: str) -> None:
        self.faults.add(self.page.address, element, message)

    def label(self, element: Tag) -> str:
        """Return the label of an element that has an id, or ""."""
        if not element.get("id"):
            return ""
        anchor = self.page.anchor(element["id"])
        self.links.landed.add(anchor)
        return f" #{label(anchor)}"

    def mark(self, element: Tag) -> str:
        """Return a place for links to land on, if any link leads here."""
        id = element.get("id")
        if not id or not self.links.is_wanted(self.page, id):
            return ""
        # ended, or a parenthesis that follows would be taken for a call
        return f"#metadata(none){self.label(element).strip()};"

    def check(self, text: str, element: Tag) -> None:
        """Note the characters that no font has."""
        missing = self.fonts.missing(text)
        if missing:
            names = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing)
            self.fault(element, f"no font has {names}; see press/font.py")

    def take(self, element: Tag) -> str:
        """Return the text of an element that is set in a way of its own."""
        for node in element.find_all(string=True):
            self.set[id(node)] = node
        return element.get_text()

    def check_all_is_set(self) -> None:
        """Note text and pictures of the page that nothing has set."""
        for node in self.page.article.descendants:
            is_text = isinstance(node, NavigableString)
            if is_text and (isinstance(node, Comment) or not node.strip()):
                continue
            if id(node) in self.set or not (is_text or node.name == "img"):
                continue
            self.fault(
                node.parent if is_text else node,
                f"{node.strip()!r} has no place here in print"
                if is_text
                else "the picture has no place here in print",
            )

    def inlines(self, element: Tag) -> str:
        return "".join(map(self.inline, element.children))

    def inline(self, node: Tag | NavigableString) -> str:
        if isinstance(node, Comment):
            return ""
        if isinstance(node, NavigableString):
            self.check(node, node.parent)
            self.set[id(node)] = node
            return escape(node)
        if node.name in WRAPPED:
            return self.wrapped(node)
        if "-" in node.name and is_empty(node):
            return self.refuse(node)  # the page's own, which scripts fill
        if node.name in PLAIN or "-" in node.name:
            return self.mark(node) + self.plain(node)
        made = getattr(self, f"inline_{node.name}", None)
        if made is None:
            return self.refuse(node)
        return made(node)

    def refuse(self, element: Tag) -> str:
        self.take(element)
        message = "it has no form in print; give it the class no-print"
        self.fault(element, message)
        return ""

    def wrapped(self, element: Tag) -> str:
        if element.find("a", "footnote-ref"):
            # it is raised as it is
            return self.mark(element) + self.inlines(element)
        made = f"#{WRAPPED[element.name]}[{self.inlines(element)}];"
        defined = self.links.terms.get(element.get("data-term", ""))
        if defined:
            made = f"#mark-term({defined}, main: true);{made}"
        return self.mark(element) + made

    def plain(self, element: Tag) -> str:
        made = self.inlines(element)
        if "chapter-number" in element.get("class", ()):
            return f"#chapter-number[{made}];"
        return made

    def inline_br(self, _: Tag) -> str:
        return "#linebreak();"

    def inline_code(self, element: Tag) -> str:
        text = self.take(element)
        self.check(text, element)
        return f"#raw({quote(text)});"

    def inline_q(self, element: Tag) -> str:
        return f"\u201c{self.plain(element)}\u201d"

    def inline_input(self, element: Tag) -> str:
        if element.get("type") != "checkbox":
            return self.refuse(element)
        checked = "true" if element.has_attr("checked") else "false"
        return f"#checkbox({checked});"

    def inline_a(self, link: Tag) -> str:
        kinds = link.get("class") or []
        if not link.get("href"):
            return self.mark(link) + self.inlines(link)
        if "footnote-ref" in kinds:
            return self.footnote(link)
        destination = self.links.destination(self.page, link)
        text = self.inlines(link)
        if not text:
            return self.mark(link) + text
        if is_of_glossary(link) and destination.startswith("label"):
            return f"#link({destination})[{text}];#at-page({destination});"
        if "term" in kinds:
            return f"#mark-term({destination});#term({destination})[{text}];"
        return f"{self.mark(link)}#link({destination})[{text}];"

    def footnote(self, link: Tag) -> str:
        self.take(link)
        note = self.notes.get(link["href"].lstrip("#"))
        if note is None:
            self.fault(link, "the page has no such footnote")
            return ""
        anchor = self.page.anchor(note["id"])
        named, told = label(anchor), label(f"{anchor} below")
        if note["id"] in self.noted:
            return f"#noted-before({self.noted[note['id']]}, {named});"
        number = self.noted[note["id"]] = next(self.numbers)
        made = self.blocks(note)
        if self.together is None:
            return f"#[#noted({number})[{made}]#{named}];"
        further = f"#further-note({number}, {named}, {told})[{made}]"
        self.together.append(further)
        if len(self.together) == 1:
            return f"#[#noted({number})[{made}{FURTHER}]#{named}];"
        return f"#[#noted-along({number}, {told})#{named}];"

    def inline_math(self, math: Tag) -> str:
        self.check(math.get_text(), math)
        return f"#formula({self.alternative(math)}, ${self.maths(math)}$);"

    def maths(self, math: Tag) -> str:
        self.take(math)
        try:
            return formula(math)
        except MathsError as unknown:
            self.fault(math, str(unknown))
        except ValueError as broken:
            self.fault(math, f"its MathML is broken: {broken}")
        return ""

    def alternative(self, math: Tag) -> str:
        """Return a formula's text alternative: its TeX."""
        tex = " ".join((math.get("data-tex") or "").split())
        if not tex:
            self.fault(math, "it has no text alternative, data-tex")
        return quote(tex)

    def inline_img(self, image: Tag) -> str:
        if image.find_parent(class_="twemoji"):
            self.set[id(image)] = image
            return f"#icon({quote(image['data-file'])});"
        return f"#{self.picture(image)};"

    def picture(self, image: Tag) -> str:
        """Return a picture with its text alternative, as an expression."""
        named = image.find_parent(attrs={"aria-label": True})
        alternative = named["aria-label"] if named else image.get("alt", "")
        if not alternative.strip():
            self.fault(image, "the picture has no text alternative")
        self.set[id(image)] = image
        file = self.picture_file(image)
        if file.endswith(".svg"):
            svg = (self.page.folder / file).read_text(encoding="utf-8")
            words = " ".join(_TEXT.findall(svg))
            self.check(unescape(_TAG.sub(" ", words)), image)
        return f"picture({quote(file)}, alt: {quote(alternative)})"

    def picture_file(self, image: Tag) -> str:
        if image.get("data-file"):
            return image["data-file"]
        address, _ = self.page.resolve(image.get("src", ""))
        file = self.page.site / address
        if not file.is_file():
            self.fault(image, f"the site has no picture {address}")
            return ""
        copy = address.replace("/", "-")
        (self.page.folder / copy).write_bytes(file.read_bytes())
        return copy


def is_of_glossary(link: Tag) -> bool:
    """Whether a link says where a term is explained."""
    explanation = link.find_parent("dd")
    term = explanation and explanation.find_previous_sibling("dt")
    return bool(term) and term.get("id", "").startswith("term-")


def is_empty(element: Tag) -> bool:
    """Whether an element has nothing to show."""
    return not (
        element.get_text(strip=True) or element.find(["img", "math", "pre"])
    )
