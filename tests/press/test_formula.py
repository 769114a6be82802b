import re
from xml.etree import ElementTree

import pytest
from markdown import Markdown


@pytest.fixture
def convert():
    md = Markdown(
        extensions=["pymdownx.arithmatex", "press.markup", "toc", "tables"],
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
    html = convert("Text.\n\n$$\na = \\frac{1}{2} 'b' < \"c\"\n$$\n\nMore.")
    (math,) = maths(html)
    assert math.get("display") == "block"
    assert re.search(
        r'<div class="equation"[^>]*>\s*<span class="wide"><math', html
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


def pieces(html):
    found = maths(html.replace("<wbr>", ""))
    return ["".join(math.itertext()) for math in found]


def test_a_wide_display_is_cut_at_its_signs(convert):
    html = convert(
        "$$\na = b^2 + c^2 + d^2 + e^2 + f^2 - (g + h) \\cdot -i\n$$"
    )
    assert pieces(html) == ["a", "=b2", "+c2", "+d2", "+e2", "+f2", "−(g+h)⋅−i"]
    assert html.count("<wbr>") == 6
    assert html.count('form="infix"') == 6
    tex = {m.get("data-tex") for m in maths(html.replace("<wbr>", ""))}
    assert len(tex) == 1, "each tells the whole"


def test_what_is_too_wide_even_so_is_cut_within_its_parentheses(convert):
    html = convert(
        "$$\nL = -(yyyy \\log xxxx + (1 - yyyy) \\log(1 - xxxx))\n$$"
    )
    assert pieces(html)[:2] == ["L", "=−(yyyylog\u2061xxxx"]
    assert pieces(html)[2].startswith("+(1")


def test_a_wide_formula_is_rather_cut_between_its_parts(convert):
    tex = r"a = b + c + d \qquad\text{and}\qquad e = f + g + h"
    html = convert(f"$$\n{tex}\n$$")
    assert html.count('<span class="group">') == 3
    assert 'class="pieces">' in convert(f"So ${tex} + i$.")


def test_wide_aligned_lines_are_cut_each(convert):
    tex = r"aaa + bbb + ccc + ddd &= eee + fff + ggg + hhh \\ &= iii"
    html = convert(f"$$\n\\begin{{aligned}}\n{tex}\n\\end{{aligned}}\n$$")
    assert 'class="rows pieces hanging"' in html
    assert pieces(html)[-2:] == ["+hhh", "=iii"]


@pytest.mark.parametrize("tex", ["a = g(z)", "z = W x + b", "a' = 1 - a^2"])
def test_what_is_narrow_stays_whole(convert, tex):
    assert len(maths(convert(f"$$\n{tex}\n$$"))) == 1


def test_a_share_stays_beside_its_sign(convert):
    assert "about 97.0\N{NO-BREAK SPACE}%." in convert("It is about 97.0 %.")


@pytest.mark.parametrize(
    "whole",
    [
        *("(0, 0)", "(−1, 2.5)", "(0, 1, 2)"),
        *("13.5–24.2", "80–90 %", "1958–1962"),
    ],
)
def test_points_ranges_and_shares_stay_on_a_line(convert, whole):
    html = convert(f"At {whole}, (see 1, 2) and `{whole}`.")
    assert html.count('class="formula"') == 1
    assert f'<span class="formula">{whole}</span>' in html
