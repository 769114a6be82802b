import re
from xml.etree import ElementTree

import pytest
from markdown import Markdown

from press.fault import Fault


@pytest.fixture
def convert():
    md = Markdown(
        extensions=["pymdownx.arithmatex", "press.mathml", "toc", "tables"],
        extension_configs={
            "pymdownx.arithmatex": {
                "generic": True,
                "block_syntax": ["dollar"],
                "inline_syntax": ["dollar"],
            }
        },
    )
    return md.convert


def maths(html):
    return list(ElementTree.fromstring(f"<body>{html}</body>").iter("math"))


def test_a_formula_in_a_line_becomes_mathml(convert):
    html = convert("Let $a_1 < b$ be.")
    (math,) = maths(html)
    assert math.get("display") != "block"
    assert "".join(math.itertext()) == "a1<b"
    assert math.get("data-tex") == "a_1 < b"
    assert html.startswith('<p>Let <span class="formula"><math')


def test_a_formula_on_its_own_becomes_a_display(convert):
    html = convert(
        "Text.\n\n$$\na = \\frac{1}{2} & 'b' < \"c\"\n$$\n\nMore.".replace(
            " & ", " "
        )
    )
    (math,) = maths(html)
    assert math.get("display") == "block"
    assert re.search(
        r'<div class="equation"[^>]*>\s*<div class="wide"><math', html
    )
    assert [part.tag for part in math.iter("mfrac")] == ["mfrac"]


def test_several_lines_are_aligned(convert):
    (math,) = maths(
        convert("$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n$$")
    )
    assert len(list(math.iter("mtr"))) == 2
    assert "\\\\" in math.get("data-tex")


def test_punctuation_clings_to_a_formula(convert):
    html = convert("Let $a$; and $b$ more, $c$.")
    assert "</math>;</span> and" in html
    assert "</math></span> more" in html
    assert html.endswith("</math>.</span></p>")


def test_a_parenthesis_clings_to_the_formula_that_it_opens(convert):
    html = convert("($x$) and, ($y$ too), *so* ($z$, $u$).")
    assert html.count('<span class="formula">(<math') == 3
    assert "</math>)</span> and, <span" in html
    assert "<em>so</em> <span" in html
    assert '</span> <span class="formula"><math' in html, "the fourth has none"


def test_formulas_in_tables_and_emphasis(convert):
    html = convert("| $x$ | *the $y$* |\n|--|--|\n| $z^2$ | 1 |")
    assert ["".join(m.itertext()) for m in maths(html)] == ["x", "y", "z2"]


def test_money_and_code_are_left_alone(convert):
    html = convert("It costs 3$ or 4$, says `$x$`.")
    assert "<math" not in html
    assert "$x$" in html


@pytest.mark.parametrize("tex", [r"\frac{1}{", r"\foo", "a^b^c", r"\left( x"])
@pytest.mark.parametrize("text", ["Bad $%s$ TeX.", "$$\n%s\n$$"])
def test_bad_tex_is_a_fault_with_a_position(convert, tex, text):
    with pytest.raises(Fault, match=r"bad TeX, character \d+ of"):
        convert(text % tex)


@pytest.mark.parametrize("heading", ["# On $x$", "## $x$ and *$y$*"])
def test_headings_hold_no_formula(convert, heading):
    with pytest.raises(Fault, match="a heading holds the formula"):
        convert(heading)
