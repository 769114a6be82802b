"""How long a chapter takes to read."""

import pytest

BELOW = "<table>" + "<tr>\n</tr>" * 99 + "</table>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A word.", "1 minute"),
        ("word " * 390, "2 minutes"),
        ("word " * 410, "3 minutes"),
        ("$$\na = b\n$$\n\n" * 13, "3 minutes"),  # 130 seconds
        ("```python\n" + "a = 1\n" * 70 + "```", "3 minutes"),  # 140
        ("One.[^a]\n\n[^a]: " + "word " * 900, "1 minute"),
        (f'<div><pre class="highlight">a\n</pre>{BELOW}</div>', "1 minute"),
        ("One.\n\n??? note\n\n    " + "word " * 900, "1 minute"),
    ],
)
def test_words_formulas_and_code_take_their_time(render, text, said):
    page = render({"one.md": f"# One\n\n{text}\n"})
    (time,) = page.select("h1 + .reading-time")
    assert time.get_text() == f"{said} to read"


def test_what_is_no_chapter_has_no_time(render):
    assert not render({"notation.md": "# Notation\n"}, "notation.md").p
