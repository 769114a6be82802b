"""Formulas: from TeX over the page's MathML to Typst."""

import re

import pytest
from bs4 import BeautifulSoup
from math_core import LatexToMathML

from press.pdf.fonts import Fonts
from press.pdf.maths import MathsError, formula
from tests.press.pdf.conftest import elements

# what Typst is to be given
FORMS = {
    r"\frac{a}{b}": "frac(a, b)",
    r"a^{[l]}": r"a^(\[ l \])",
    r"x_{1}^2": "x_(1)^(2)",
    r"-1": r'class("normal", −) 1',
    r"1,000": r"1 \, 000",
    r"\sqrt{x + 1}": r"sqrt(x \+ 1)",
    r"\sqrt[3]{x}": "root(3, x)",
    r"\hat y": "accent(y, hat)",
    r"\overline{ab}": "overline(a b)",
    r"\mathcal{L}": "cal(L)",
    r"\mathrm{d}": "upright(d)",
    r"\tanh(z)": r'op("tanh") \( z \)',
    r"\left( x \right)": r"lr(\( x \))",
    r"\bigl(x\bigr)": r"lr(size: #1.2em, \() x lr(size: #1.2em, \))",
    r"{ab}^2": 'class("normal", a b)^(2)',
    r"\sum_{i=1}^n i": r'∑_(i class("normal", \=) 1)^(n) i',
    r"\text{if }x": "upright(i f #h(0.25em)) x",
    r"a \quad b": "a #h(1em) b",
    r"\underbrace{x}_{y}": "underbrace(x, y)",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}": "a & \\= b \\\nc & \\= d",
    r"\begin{pmatrix}a&b\\c&d\end{pmatrix}": (
        r"lr(\( mat(delim: #none, a, b; c, d) \))"
    ),
}
# more that an author may write; all of it must at least be set
MORE = [
    r"\begin{cases}1 & z > 0\\ 0 & z < 0\end{cases}",
    r"\begin{vmatrix}a&b\\c&d\end{vmatrix}",
    r"\begin{array}{c|c}a&b\\\hline c&d\end{array}",
    r"\lim_{x \to 0} \frac{\sin x}{x}",
    r"\max_{i} |x_i| \cdot \lVert w \rVert",
    r"\int_0^1 f(x)\,dx \approx \sum\nolimits_k f_k",
    r"\vec{v} + \tilde{x} + \bar{x} + \dot{x} + \underline{x}",
    r"W^{[l]} \odot (a^{[l-1]})^\top \leftarrow \nabla_\theta J",
    r"\overset{!}{=} \underset{x}{y} \stackrel{a}{b}",
    r"\binom{n}{k} \mathbb{R}^{n \times m} \boxed{x} \cancel{y}",
    r"\operatorname{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
    r"f'(x) = 2x'' \pm 1 \neq \infty \% \# \$ \_ \{ \}",
    r"\textbf{bold} \mathbf{w} \phantom{x} \text{a \textit{b}}",
    r"\left\{ \frac{1}{2} \middle| x \right.",
    r"\overbrace{a + b}^{c} \prod_{i} x_i \bigl\| y \bigr\|",
]


def mathml(tex, display=True):
    translator = LatexToMathML(fancy_error=False)
    html = translator.convert_with_local_state(tex, displaystyle=display)
    return html.replace("<math", '<math data-tex="x"', 1)


def typst(tex, display=True):
    return formula(BeautifulSoup(mathml(tex, display), "html.parser").math)


@pytest.mark.parametrize(("tex", "expected"), FORMS.items())
def test_a_formula_keeps_its_form(tex, expected):
    assert typst(tex) == expected


def test_whatever_math_core_makes_can_be_set(read, monkeypatch):
    """With Typst's own fonts for what the book's subset lacks."""
    monkeypatch.setattr(Fonts, "missing", lambda *_: [])
    formulas = [*FORMS, *MORE]
    html = "".join(
        f'<div class="equation"><div class="wide">{mathml(tex)}</div></div>'
        f'<p>In a line <span class="formula">{mathml(tex, False)}</span>.</p>'
        for tex in formulas
    )
    set_ = elements(read(html), "/Formula")
    assert len(set_) >= 2 * len(formulas)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<math><mglyph></mglyph></math>", "<mglyph> is not known"),
        ("<math><mover accent='true'><mi>x</mi><mo>⌢</mo></mover></math>",
         "the accent U+2322 is not known"),
        ("<math><menclose notation='radical'><mi>x</mi></menclose></math>",
         "'radical'"),
        ("<math><mtext><a href='#x'>x</a></mtext></math>",
         "cannot refer to another"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_an_error(html, said):
    with pytest.raises(MathsError, match=re.escape(said)):
        formula(BeautifulSoup(html, "html.parser").math)
