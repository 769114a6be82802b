"""The judge of the formulas is judged: what it must see, and what refuse."""

import pytest
import torch

from tests.claims import claim
from tests.equations import check
from tests.equations.evaluate import shape

W = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).double()
SYMBOLS = {
    "W": {None: W, 1: W},
    "x": torch.tensor([[1.0, -1.0], [2.0, 0.5]]).double(),
    "b": torch.tensor([[1.0], [2.0], [3.0]]).double(),
    "u": torch.tensor([-2.0, 0.5, 3.0]).double(),
    "v": [torch.tensor(2.0), torch.tensor(3.0)],
    "w": [[torch.tensor(1.0), torch.tensor(2.0)]] * 2,
    r"\frac{\partial g}{\partial w}": [[3.0, 4.0], [5.0, 6.0]],
    "j": range(1, 3),
    "k": range(1, 3),
    "g": torch.abs,
    "m": 2,
}


@pytest.fixture
def holds(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "DOCS", tmp_path)

    def hold(tex, **options):
        text = f"# Page\n\n$$\n\\label{{one}}\n{tex}\n$$\n"
        (tmp_path / "page.md").write_text(text, encoding="utf-8")
        check.hold("page.md", SYMBOLS, **options)

    return hold


@pytest.mark.parametrize(
    "tex",
    [
        r"u^2 - 1 = (u + 1)(u - 1)",
        r"g(u) = |u| = \max(u, -u)",
        r"u / 2 = \frac{1}{2} \cdot u = 0.5 u",
        r"W x + b = b + W^{[1]} x",
        r"(W x)^\top = x^\top W^\top",
        r"\sum_{i=1}^{m} v_i = v_1 + v_2 = 5",
        r"u \odot u = u^2",
        r"|u| = \begin{cases} u & u > 0 \\ -u & u < 0 \end{cases}",
        r"\begin{pmatrix} 1 & 2 \end{pmatrix} x "
        r"= \begin{pmatrix} 5 & 0 \end{pmatrix}",
        "\\begin{aligned}\n(u + 1)^2 &= u^2 + 2 u + 1 \\\\\n"
        "&= u (u + 2) + 1\n\\end{aligned}",
        r"\log(2 m) = \log 4",
        r"w_{11} = 1",
        r"\frac{\partial g}{\partial w_{jk}} = 2 j + w_{jk} ",
        r"\log 2 \approx 0.69",
        r"0.693 \cdot 2 - 1 \approx 0.386",
        r"2 \log 2 \approx 0.693 + 0.693",
    ],
)
def test_what_is_true_holds(holds, tex):
    holds(tex)


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"u^2 - 1 = (u + 1)(u + 1)", "5: .*the sides differ by"),
        (r"u = u + 0.00000001", "the sides differ by 1e-08"),
        (r"\log 2 \approx 0.70", "the sides differ by"),
        (r"0.693 \cdot 2 \approx 1.387", "the sides differ by"),
        (r"\log 2 \approx 0.83^2", "a power is no rounded number"),
        (r"w_{12} = 1", "the sides differ by"),
        (r"\frac{\partial g}{\partial w_{jk}} = 3", "the sides differ by"),
        (r"\frac{\partial u}{\partial w_{jk}} = 3", "nobody has said what"),
        (r"W x = x W", "no matrix product of"),
        (r"W = W^\top", r"\(3, 2\) is not \(2, 3\)"),
        (r"W x + x = W x", "does not fit"),
        (r"u = q", "nobody has said what q is"),
        (r"W^{[2]} x = W x", "nobody has said what W at 2 is"),
        (r"u = \begin{cases} u & u > 0 \end{cases}", "no case holds"),
        (
            r"u = \begin{cases} u & u \ge 9 \\ u & u < 9 \end{cases}",
            "no sample is at the edge of a case",
        ),
        (r"u \neq u", "cannot be read at"),
        (r"u < 1", "nobody has said when it is true"),
        (r"u", "states nothing"),
        (
            "\\begin{aligned}\n(u + 1)^2 &= u^2 + 2 u + 1 \\\\\n"
            "&= u (u - 2) + 1\n\\end{aligned}",
            "7: .*the sides differ by",
        ),
    ],
)
def test_what_is_not_is_reported_with_its_line(holds, tex, said):
    with pytest.raises(AssertionError, match=f"(?s)docs/page.md:.*{said}"):
        holds(tex)


@claim(
    "A derivation is checked line by line, and equalities within sentences "
    "are checked as well.",
)
@pytest.mark.parametrize(
    ("true", "false"),
    [
        (
            "$$\n\\label{one}\n\\begin{aligned}\n2 m &= m + m \\\\\n"
            "&= 4\n\\end{aligned}\n$$",
            "= 5",
        ),
        ("Both add up to $2 m = 4$.", "= 5"),
    ],
)
def test_lines_and_sentences_are_checked(tmp_path, monkeypatch, true, false):
    monkeypatch.setattr(check, "DOCS", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{true}\n", encoding="utf-8")
    check.hold("page.md", SYMBOLS)
    page.write_text(page.read_text().replace("= 4", false), encoding="utf-8")
    with pytest.raises(AssertionError, match="the sides differ by"):
        check.hold("page.md", SYMBOLS)


@claim(
    "A test reads each displayed equation as it is printed on the page, puts "
    "numbers that the chapter's own code has computed in the place of its "
    "signs, and demands that both sides agree to within <share>.",
)
def test_sides_may_differ_by_a_billionth(said, holds):
    holds(f"v_1 = v_1 + {said.share / 2:.12f}")
    with pytest.raises(AssertionError, match="the sides differ by"):
        holds(f"v_1 = v_1 + {3 * said.share:.12f}")


def test_inequalities_hold_where_they_should(holds):
    u = SYMBOLS["u"]
    edge = {"q": torch.tensor([0.0, 1.0, 2.0])}
    holds("q < 1", here={"one": edge}, truths={"one": [edge["q"] < 1]})
    with pytest.raises(AssertionError, match="holds where it should not"):
        holds("u < 1", truths={"one": [u < 0]})
    with pytest.raises(AssertionError, match="no sample has both sides equal"):
        holds("u < 1", truths={"one": [u < 1]})


def test_names_of_formulas_that_are_not_there_are_reported(holds):
    with pytest.raises(AssertionError, match="has no formula two"):
        holds("u = u", here={"two": {}})


def test_an_empty_page_does_not_pass(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "DOCS", tmp_path)
    (tmp_path / "page.md").write_text("# Page\n")
    with pytest.raises(AssertionError, match="no formula to evaluate"):
        check.hold("page.md", {})


def test_shapes_are_worked_out():
    assert shape("(n^{[l]}, m)", {"n": {1: 5}, "l": 1, "m": 7}) == (5, 7)
