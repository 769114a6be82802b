"""The press with anything: a page, or a fault in one line, and no hang."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymdownx.snippets import SnippetMissingError

from press.fault import Fault, tell
from press.markup.formula import translate
from press.markup.pieces import LINE, cut, cut_lines
from press.paper.page import Page
from press.running.table import table
from tests.fuzz import OFTEN, within

TEX = [
    *("\\frac{", "}", "{", "^", "_", "&", r"\\", "$", "x", "W_{ij}", "1", "="),
    *(r"\sum_i", r"\label{a}", r"\begin{aligned}", r"\end{aligned}", "|", "’"),
    *(r"\left(", r"\right)", r"\sqrt", r"\hat{y}", "+", "-", r"\cdot", "%"),
    *(r"\text{if", r"\begin{cases}", r"\end{cases}", r"\quad", r"\tag{1}"),
    *(r"\unknown", "é", "<", ">", r"^\top", "#", "\x08", r"\mathbf{a}"),
]
MARKDOWN = [
    *("# Title", "## ", "Words. ", "*a* **b** `c`", "$x$", "$$\nx = 1\n$$"),
    *("$$\n\\label{a}\nx\n$$", "$", "$$", "\\eqref{a}", "(0, 1)", "- item"),
    *("1. one", "| a | b |\n|:--|--:|\n| 1 | 2 |", "|", "--8<-- 'nowhere'"),
    *("/// figure | f\n    alt: >-\n        A line.", "<svg></svg>", "///"),
    *("/// figure | f", "/// unknown", "!!! note", "??? note", "    deeper"),
    *("```python", "```", '```python exec="1" session="s"\n1\n```', "~~~"),
    *("[^key]", "[^key]: note", "[a](one.md)", "![a](b.png)", "{: #id }"),
    *("<div markdown>", "</div>", "<details>", "<!-- ", "-->", "&amp;"),
    *("---\ntags: [a]\n---", "term\n: meaning", "\u2028", "\ue0001\ue001"),
    *("é\u0301", "\U0001f600", "\x00", "\ufeff", "\r\n", "[[", "](", "\\"),
]
SVG = [
    *("<svg>", "</svg>", '<svg viewBox="0 0 1 1" role="img">', "<g>", "<use"),
    *('href="#a"', "/>", ">", "var(--figure-ink, #000)", "var(", ")", "</g>"),
    *("currentColor", '<path d="M0"/>', "<text>é &amp; b</text>", "&", "<!--"),
    *("<style>", "</style>", "<![CDATA[", "\x00", "<title>", '"', "<math>"),
]
ROWS = ["a", "  ", "b", "\n", "\n\n", "-1", "x1", "|", "torch.tanh", "\t", "é"]


def made_of(pieces: list[str], *between: str) -> st.SearchStrategy[str]:
    """Return texts made of pieces, and sometimes of any other signs."""
    some = st.sampled_from(pieces) | st.sampled_from(pieces)
    some |= st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    parts = st.tuples(some, st.sampled_from(between)).map("".join)
    return st.lists(parts, max_size=8).map("".join)


@pytest.fixture
def convert(render: Callable) -> Callable:
    return lambda text: render({"one.md": text})


@pytest.fixture
def set_formula() -> Callable:
    def run(tex: str) -> None:
        for display in (False, True):
            mathml = translate(tex, display)
            assert cut(mathml, LINE)
            cut_lines(mathml)

    return run


@pytest.fixture
def set_picture(tmp_path) -> Callable:
    def run(svg: str) -> None:
        head = '<article><h1 id="a">A</h1><p aria-label="A line.">'
        page = f"{head}<svg>{svg}</svg></p></article>"
        (tmp_path / "a.html").write_text(page, encoding="utf-8")
        there = Page(tmp_path, "a.html")
        assert there.convert({"a.html": there}, "")

    return run


@pytest.fixture
def lay_out() -> Callable:
    return lambda printed: table(printed, lambda: "docs/one.md:1: the fence")


@pytest.mark.parametrize("often", OFTEN)
@pytest.mark.parametrize(
    ("press", "texts"),
    [
        ("convert", made_of(MARKDOWN, "\n", "\n\n", "\n    ", " ", "")),
        ("set_formula", made_of(TEX, " ", "")),
        ("set_picture", made_of(SVG, " ", "")),
        ("lay_out", made_of(ROWS, "", "  ")),
    ],
    ids=["convert", "set_formula", "set_picture", "lay_out"],
)
def test_anything_gives_a_page_or_a_fault(press, texts, often, request):
    put = request.getfixturevalue(press)

    @given(texts)
    @settings(
        max_examples=8 * often,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def hold(text: str) -> None:
        said = "a page"
        try:
            with within(5):
                put(text)
        except (Fault, SnippetMissingError) as fault:
            said = tell(fault)
        assert len(said.splitlines()) == 1

    hold()
