"""Blocks of code keep their text, and their colours."""

import re

from press.pdf.code import coloured, listing, source, take_code
from tests.press.pdf.conftest import text

BLOCK = (
    '<span></span><code><span class="k">def</span><span class="w"> </span>'
    '<span class="nf">f</span><span class="p">(</span><span class="n">x'
    '</span><span class="p">):</span>\n    <span class="sd">"""Say &lt;a&gt;.'
    '\n\n    More."""</span>\n</code>'
)


def test_code_leaves_its_page_and_is_found_again():
    html, blocks = take_code(f"<p>a</p><pre>{BLOCK}</pre><pre>x</pre>")
    assert html == '<p>a</p><pre data-code="0"></pre><pre data-code="1"></pre>'
    assert blocks == [BLOCK, "x"]


def test_code_keeps_its_text():
    assert source(BLOCK) == 'def f(x):\n    """Say <a>.\n\n    More."""'


def test_lines_keep_their_colours():
    first, second, empty, last, _ = coloured(BLOCK)
    assert first == [("keyword", "def "), ("function", "f"), ("plain", "(x):")]
    assert second == [("plain", "    "), ("comment", '"""Say <a>.')]
    assert empty == []
    assert last == [("comment", '    More."""')]


def test_only_long_lines_wrap():
    assert "long" not in listing("x" * 94)
    assert "long: true" in listing("x" * 95)
    assert "long: true" in listing("x" * 67, narrow=True)


def test_every_line_is_set_within_its_page(read):
    lines = [f"line{n} = {'x' * n}" for n in range(130)]
    reader = read(
        f'<div class="highlight"><pre>{chr(10).join(lines)}</pre></div>'
    )
    said = re.sub(r"\s", "", text(reader))
    assert all(line.replace(" ", "") in said for line in lines[:80])
    right = [end for page in reader.pages for end in line_ends(page)]
    assert 450 < max(right) < 595 - 22 / 25.4 * 72


def line_ends(page):
    """Return where each piece of text on a page ends, in points."""
    ends = []

    def visit(words, matrix, at, *_):
        left = matrix[0] * at[4] + matrix[2] * at[5] + matrix[4]
        ends.append(left + 7.9 * 0.602 * len(words.strip()))

    page.extract_text(visitor_text=visit)
    return ends
