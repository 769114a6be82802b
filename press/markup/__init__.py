"""The third room: what the book adds to Markdown, in the order it is done.

Load it beside pymdownx.arithmatex with `generic: true`, and `footnotes`.
"""

from markdown import Markdown
from pymdownx.blocks import BlocksExtension

from press.markup import figure, formula, glossary, ledger, links, marks
from press.markup import references as refs
from press.markup.reading_time import ReadingTime
from press.reading.book import Book

# while a page is Markdown: above all that reads it (100), or below fenced code
# (25), which is out of sight by then
BEFORE = {
    marks.Places: 101,
    ledger.Ledger: 100,
    figure.Blocks: 20,
    refs.Footnotes: 20,
}
# when it is a tree: above inline parsing (20), which reads the notes, or below
# it, and above the table of contents (5); titles change last
AFTER = {
    marks.Marks: 21,
    formula.MathML: 15,
    refs.Commas: 15,
    ReadingTime: 13,
    links.Leave: 12,
    glossary.Explain: 11,
    links.Number: 10,
}


class MarkupExtension(BlocksExtension):
    """Registers all of it; `md.press_book` is the book for each step."""

    def __init__(self, **options: object) -> None:
        self.config = {
            "nav": [[], "the site's navigation"],
            "before": [[], "pages before the first chapter, or folders/"],
            "unnumbered": [[], "pages that are no chapters, or folders/"],
            "repo": ["", "the address of the repository, if it has one"],
            "quiet": [[], "titles of pages on which no term is explained"],
            "other": [[], "phrases in which a term's word is no term"],
        }
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_manager: object) -> None:
        md.press_book = Book(**self.getConfigs())
        block_manager.register(figure.Figure, {})
        # below code and links, which keep theirs
        whole = formula.Whole(formula.WHOLE, md)
        md.inlinePatterns.register(whole, "press-whole", 70)
        for steps, registry in (
            (BEFORE, md.preprocessors),
            (AFTER, md.treeprocessors),
        ):
            for step, priority in steps.items():
                name = f"press-{step.__name__.lower()}"
                registry.register(step(md), name, priority)


makeExtension = MarkupExtension  # what Python-Markdown looks for
