"""What a fence prints in columns is a table of its page."""

import re

import pytest

from press.running.table import table
from tests.book.conftest import DOCS, chapters

PRINTED = """\
input x1  slope a'  torch.tanh
       0   0.25000         nan
      -1   1.5e-05         inf

The last two: 3.
"""


def place():
    return "docs/one.md:1: the fence"


def test_columns_become_cells_and_signs_formulas():
    assert table(PRINTED, place).splitlines() == [
        "| input $x_{1}$ | slope $a'$ | `torch.tanh` |",
        "| :-: | :-: | :-: |",
        "| 0 | 0.25000 | nan |",
        "| −1 | 1.5e−05 | inf |",
        "",
        "The last two: 3.",
    ]


def test_words_stay_words_and_calls_become_code():
    rows = table(
        "as   at 0\nmax(z, 0)   0.5\nour way  (3, 5)\nw12  0.0 ± 1\n", place
    )
    assert rows.splitlines()[1:] == [
        "| :-- | :-: |",
        "| `max(z, 0)` | 0.5 |",
        "| our way | (3, 5) |",
        "| $w_{12}$ | 0.0 ± 1 |",
    ]


def test_numbers_of_one_cell_have_a_minus_each():
    rows = table("scores  from-to\n2 0 -1  1-2\n", place).splitlines()
    assert rows[2] == "| 2 0 −1 | 1-2 |"


def test_a_word_of_one_letter_is_no_sign():
    head = table("points in a batch  a  torch's own\n1  2  3\n", place)
    assert head.startswith("| points in a batch | $a$ | torch's own |")


def test_the_page_shows_the_table(build):
    code = "print('z1  a')\nprint(' 3  4')"
    fence = f'```python exec="1" result="table"\n{code}\n```'
    assert build({"one.md": f"# One\n\n{fence}\n"}).returncode == 0
    with open("site/one.html", encoding="utf-8") as page:
        html = page.read()
    assert re.search(r"<td[^>]*>3</td>\s*<td[^>]*>4</td>", html)


@pytest.mark.parametrize("page", chapters())
def test_no_chapter_shows_how_a_table_is_written(page):
    assert not re.search(r"print\(\s*f?[\"']\|", (DOCS / page).read_text())
