"""Walks the blocks of a page: paragraphs, lists, tables, figures, code."""

import re
from collections.abc import Callable, Iterable, Iterator

from bs4 import Tag

from press.pdf.code import listing, source
from press.pdf.inlines import FURTHER, Inlines
from press.pdf.markup import array, label, paragraph, quote

BLOCKS = {
    *("p", "div", "ul", "ol", "dl", "table", "pre", "figure", "blockquote"),
    *("details", "hr", "section", "article", "main", "aside"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
# what a div of this class is, by the method that sets it
DIVISIONS = {
    "equation": "equation",
    "highlight": "code",
    "tabbed-set": "tabs",
    "admonition": "admonition",
    "picture": "lone_picture",
}
KINDS = {
    "note": "note abstract info todo summary tldr quote cite example",
    "good": "tip hint important success check done question help faq",
    "bad": "warning caution attention failure fail missing danger error bug",
}
# the parts at the back of the book that folded blocks go to
BACK = {"solutions": "Solutions", "code": "Further code"}
# headings that every chapter has, which the contents need not list
REPEATED = {"summary", "exercises"}
_BOXES = re.compile(r"^(admonition|tabbed-block)$")
ROWS, CHARACTERS = 12, 600  # of a table that a page keeps together
# the beginnings of blocks, each after a place for links to land on
_MARK = r"(?:#metadata\(none\)[^;]*;)?"
_LEADS = re.compile(
    _MARK + r"#(?:heading\(level: (?P<level>[2-4])|leading-to|opening)\b"
)
_WITH_NOTES = re.compile(_MARK + "#with-notes")
_ALIGN = re.compile(r"text-align:\s*(\w+)")


class Blocks(Inlines):
    """Turns a page into Typst's markup."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)
        # what stands at the back of the book, by its part
        self.back: dict[str, list[str]] = {part: [] for part in BACK}

    @property
    def title(self) -> str:
        """Return the title of the page."""
        return paragraph(self.inlines(self.page.article.h1))

    def convert(self) -> str:
        """Return the whole page."""
        made = self.blocks(self.page.article)
        self.check_all_is_set()
        return made

    def blocks(self, element: Tag) -> str:
        made, line = [], []
        for node in element.children:
            if isinstance(node, Tag) and is_block(node):
                made.append(self.text(line))
                made.append(self.block(node))
                line = []
            else:
                line.append(node)
        made.append(self.text(line))
        return "\n\n".join(led_to_notes(filter(None, made)))

    def text(self, nodes: list) -> str:
        """Set a run of text without a paragraph of its own."""
        return self.whole(lambda: paragraph("".join(map(self.inline, nodes))))

    def block(self, element: Tag) -> str:
        if element.name in ("div", "section", "article", "main", "aside"):
            return self.division(element)
        if "-" in element.name:  # a figure around which scripts are at work
            return self.mark(element) + self.blocks(element)
        made = getattr(self, f"block_{element.name}", self.block_heading)
        return made(element)

    def division(self, element: Tag) -> str:
        for kind in element.get("class") or []:
            if kind in DIVISIONS:
                return getattr(self, DIVISIONS[kind])(element)
        return self.mark(element) + self.blocks(element)

    def whole(self, make: Callable[[], str]) -> str:
        """Set a block, and keep it on one page if it has notes."""
        if self.together is not None:  # the block around it does so
            return make()
        self.together = []
        made, notes = make(), self.together
        self.together = None
        if not notes:
            return made
        made = made.replace(FURTHER, "".join(notes[1:]))
        return f"#with-notes[{made}]"

    # --- text ---

    def block_p(self, element: Tag) -> str:
        made = self.whole(lambda: paragraph(self.inlines(element)))
        before = element.find_previous_sibling()
        if before is not None and before.name == "h1":
            made = f"#opening[{made}]"
        elif element.get_text().rstrip("\u2713 \n").endswith(":"):
            made = f"#leading-to[{made}]"
        return self.mark(element) + made

    def block_heading(self, element: Tag) -> str:
        level = int(element.name[1]) + self.page.depth
        listed = element.name == "h1" or (
            self.page.number and element.get("id") not in REPEATED
        )
        return (
            f"#heading(level: {level}, "
            f"outlined: {'true' if listed else 'false'}, bookmarked: true"
            f"{'' if element.name == 'h1' else ', supplement: [section]'})"
            f"[{paragraph(self.inlines(element))}]{self.label(element)}"
        )

    def block_hr(self, _: Tag) -> str:
        return "#rule"

    def block_blockquote(self, element: Tag) -> str:
        return f"#quote(block: true)[{self.blocks(element)}]"

    # --- lists ---

    def block_ul(self, element: Tag) -> str:
        made = self.whole(lambda: f"#list({self.items(element)})")
        before = element.find_previous_sibling()
        if before is not None and before.get("id") == "summary":
            made = f"#summary[{made}]"
        return self.mark(element) + made

    def block_ol(self, element: Tag) -> str:
        given = f'numbering: "{element.get("type", "1")}.", '
        if element.get("start"):
            given += f"start: {int(element['start'])}, "
        made = self.whole(lambda: f"#enum({given}{self.items(element)})")
        made = self.mark(element) + made
        after = element.find_next_sibling()
        if after is not None and is_solution(after):
            where = self.to_back("solutions", after.extract(), "Exercises")
            return f"#annotated(turn-to({where}))[{made}]"
        return made

    def items(self, element: Tag) -> str:
        items = element.find_all("li", recursive=False)
        loose = any(item.find("p", recursive=False) for item in items)
        made = (f"[{self.mark(i)}{self.blocks(i)}]" for i in items)
        return f"tight: {'false' if loose else 'true'}, {', '.join(made)}"

    def block_dl(self, element: Tag) -> str:
        return self.mark(element) + self.whole(lambda: self.terms(element))

    def terms(self, element: Tag) -> str:
        items: list[tuple[list[str], list[str]]] = []
        for part in element.find_all(["dt", "dd"], recursive=False):
            if part.name == "dt" and (not items or items[-1][1]):
                items.append(([], []))
            if part.name == "dt":
                made = self.mark(part) + paragraph(self.inlines(part))
                items[-1][0].append(made)
            else:
                items[-1][1].append(self.mark(part) + self.blocks(part))
        made = (
            f"defined([{', '.join(terms)}], [{chr(10).join(said)}])"
            for terms, said in items
        )
        return f"#terms({', '.join(made)})"

    # --- tables ---

    def block_table(self, element: Tag) -> str:
        return self.mark(element) + self.whole(lambda: self.table(element))

    def table(self, element: Tag) -> str:
        rows = element.find_all("tr")
        if not element.thead:
            self.fault(element, "the table has no row of headings")
        columns = max(len(cells(row)) for row in rows)
        styles = [_ALIGN.search(c.get("style", "")) for c in cells(rows[0])]
        align = array([found[1] if found else "left" for found in styles])
        made = "".join(map(self.table_row, rows))
        is_short = len(rows) <= ROWS and len(element.get_text()) <= CHARACTERS
        short = "true" if is_short else "false"
        return f"#tabular({columns}, {align}, {short}, {made})"

    def table_row(self, row: Tag) -> str:
        made = ", ".join(self.table_cells(row))
        if row.find_parent("thead"):
            return f"table.header({made}), "
        return f"{made}, "

    def table_cells(self, row: Tag) -> Iterator[str]:
        for cell in cells(row):
            spans = "".join(
                f", {kind}: {cell[kind]}"
                for kind in ("colspan", "rowspan")
                if cell.get(kind, "1") != "1"
            )
            body = f"[{self.mark(cell)}{self.blocks(cell)}]"
            yield f"table.cell({body}{spans})" if spans else body

    # --- figures ---

    def block_figure(self, element: Tag) -> str:
        image, caption = element.find("img"), element.figcaption
        if image is None:
            self.fault(element, "the figure has no picture")
            return ""
        number = caption.find("a", "figure-number") if caption else None
        numbered = quote(number.extract().get_text()) if number else "none"
        said = self.blocks(caption) if caption else ""
        given = ", ".join(
            (
                f"[#metadata(none){self.label(element)}]",
                self.picture(image),
                numbered,
                f"[{said}]",
                array(self.notes_of(element)),
                self.live(element),
            )
        )
        return f"#drawing({given})"

    def live(self, figure: Tag) -> str:
        """Return where a figure moves, as an expression.

        A figure within an element of the page's own, like <sigmoid-explorer>,
        moves; of others return none.
        """
        if not any("-" in around.name for around in figure.parents):
            return "none"
        address = f"{self.page.address}#{figure.get('id', '')}"
        return self.links.on_the_web(address)

    def notes_of(self, figure: Tag) -> list[str]:
        """Return where the code of a figure is, if it stands below it."""
        around = figure.parent if "-" in figure.parent.name else figure
        said = (e for e in around.find_next_siblings() if e.find(True))
        after = next(said, None)
        if after is None or "code" not in after.get("class", ()):
            return []
        where = self.to_back("code", after.extract())
        return [f"turn-to({where})"]

    def lone_picture(self, element: Tag) -> str:
        return f"#{self.picture(element.find('img'))}"

    # --- formulas, code ---

    def equation(self, element: Tag) -> str:
        math = element.find("math")
        number = element.find("a", "equation-number")
        numbered = quote(self.take(number)) if number else "none"
        self.check(math.get_text(), math)
        alternative, made = self.alternative(math), self.maths(math)

        def set_it() -> str:
            marks = element.find_all("a", "claim")
            for mark in marks:
                self.claim(mark)  # it stands in the margin alone
            return "".join(map(self.mark, marks)) + (
                f"#equation({alternative}, {numbered}, $ {made} $)"
                f"{self.label(element)}"
            )

        return self.whole(set_it)

    def code(self, element: Tag) -> str:
        # the last, as numbers of lines stand before the code
        *_, block = element.select("pre") or [element]
        written = self.page.code[int(block["data-code"])]
        file = element.find(class_="filename")
        title = self.take(file) if file else ""
        self.check(title + source(written), element)
        return self.mark(element) + listing(
            written,
            title=title,
            before=is_before_output(element),
            narrow=element.find_parent(class_=_BOXES) is not None,
        )

    block_pre = code

    # --- boxes ---

    def block_details(self, element: Tag) -> str:
        if "code" in element.get("class", ()):
            return f"#to-back({self.to_back('code', element)})"
        return self.boxed(element, element.find("summary", recursive=False))

    def to_back(self, part: str, element: Tag, title: str = "") -> str:
        """Move what is folded away to the back of the book.

        Return the arguments of what leads there: both places and the words.
        title: what leads back, or "" for the same words.
        """
        summary = element.find("summary", recursive=False)
        if summary is None:
            self.fault(element, "it has no summary, which would lead to it")
            return "none, none, []"
        said = paragraph(self.inlines(summary.extract()))
        # "prints it: `this`" and a colon would be one too many
        sign = "," if ":" in summary.get_text() else ":"
        name = f"{self.page.address} {part} {len(self.back[part])}"
        here, there = label(f"{name}, here"), label(f"{name}, there")
        self.back[part].append(
            f"#from-back({here}, {there})[{title or said}{sign}]\n\n"
            + self.mark(element)
            + self.blocks(element)
        )
        return f"{here}, {there}, [{said}{sign}]"

    def admonition(self, element: Tag) -> str:
        return self.boxed(element, element.find("p", "admonition-title"))

    def boxed(self, element: Tag, title: Tag | None) -> str:
        kinds = element.get("class", [])
        kind = next(
            (k for k, names in KINDS.items() if {*names.split()} & {*kinds}),
            "note",
        )
        said = paragraph(self.inlines(title.extract())) if title else ""
        body = self.blocks(element)
        return f"{self.mark(element)}#boxed({quote(kind)}, [{said}])[{body}]"

    def tabs(self, element: Tag) -> str:
        labels = element.select(".tabbed-labels > label")
        panes = element.select(".tabbed-content > .tabbed-block")
        for button in element.find_all("input", recursive=False):
            button.extract()
        if len(labels) != len(panes):
            self.fault(element, "it has more labels than tabs, or fewer")
        return "\n\n".join(
            f"#tab([{self.inlines(name)}])[{self.blocks(pane)}]"
            for name, pane in zip(labels, panes, strict=False)
        )


def led_to_notes(blocks: Iterable[str]) -> list[str]:
    """Put what leads to a block with notes into it.

    Where the notes send the block to the next page, what is merely sticky
    would stay behind.
    """
    put: list[str] = []
    for block in blocks:
        if _WITH_NOTES.match(block):
            leading = len(put)
            while leading and _LEADS.match(put[leading - 1]):
                leading -= 1
            if leading < len(put):
                level = _LEADS.match(put[leading])["level"] or 0
                put[leading:] = [*put[leading:], block]
                whole = "\n\n".join(put[leading:])
                put[leading:] = [f"#with-notes(level: {level})[{whole}]"]
                continue
        put.append(block)
    return put


def is_block(element: Tag) -> bool:
    """Whether an element stands by itself, not in a line of text.

    Elements with a hyphen in their name are the page's own, which live only on
    the web; they are blocks if they hold a figure.
    """
    if "-" in element.name:
        return element.find("figure") is not None
    return element.name in BLOCKS


def is_solution(element: Tag) -> bool:
    """Whether an element folds solutions away."""
    return (
        element.name == "details"
        and "success" in element.get("class", ())
        and element.summary.get_text().strip() == "Solutions"
    )


def is_before_output(element: Tag) -> bool:
    """Whether a block of code is followed by what it prints."""
    after = element.find_next_sibling()
    return after is not None and "highlight" in after.get("class", ())


def cells(row: Tag) -> list[Tag]:
    """Return the cells of a row."""
    return row.find_all(["th", "td"], recursive=False)
