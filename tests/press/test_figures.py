"""Figures as files, and how long some chapters take."""

import pytest

from press.markup.reading_time import add_total
from press.website.figures import add_figures

FIGURE = """<h1 id="top">{title}<a class="headerlink" href="#top">#</a></h1>
<figure class="figure" id="figure-{name}">
<div class="picture" role="img" aria-label="A line &amp; a dot.">
<svg fill="currentColor" stroke="var(--figure-blue, #00568a)"><path/></svg>
</div>
<figcaption><a class="figure-number" href="#x">Figure {number}</a></figcaption>
</figure>"""
PAGES = {
    "a/late.html": FIGURE.format(title="Late", name="dot", number="10.1"),
    "early.html": FIGURE.format(title="Early", name="line", number="2.1"),
    "a/list.html": "<p>All:</p>\n<!-- figures: A book, CC0 -->",
    "none.html": "<h1>No figure</h1>",
}


def test_figures_become_files_that_say_what_and_whose_they_are(tmp_path):
    pages = dict(PAGES)
    add_figures(tmp_path, pages)
    files = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*.svg"))
    assert [*map(str, files)] == ["figures/dot.svg", "figures/line.svg"]
    text = (tmp_path / files[0]).read_text()
    assert "<desc>A line &amp; a dot.</desc>" in text
    assert "<metadata>A book, CC0, Figure 10.1</metadata><path/>" in text
    assert "var(" not in text
    assert 'stroke="#00568a"' in text
    assert "currentColor" not in text
    assert pages["a/list.html"].splitlines()[1] == (
        '<ul class="figures"><li><a href="../early.html">Early</a> '
        '<a href="../figures/line.svg" download>'
        '<img src="../figures/line.svg" alt="" aria-hidden="true" '
        'loading="lazy">Figure 2.1</a>'
        "</li>"
        '<li><a href="late.html">Late</a> '
        '<a href="../figures/dot.svg" download>'
        '<img src="../figures/dot.svg" alt="" aria-hidden="true" '
        'loading="lazy">Figure 10.1</a>'
        "</li></ul>"
    )
    assert {**pages, "a/list.html": ""} == {**PAGES, "a/list.html": ""}


def test_without_a_list_nothing_is_written(tmp_path):
    pages = {"early.html": PAGES["early.html"]}
    add_figures(tmp_path, pages)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("asked", "said"),
    [("a/b.md c.md", "12 minutes"), ("c.md", "5 minutes")],
)
def test_chosen_chapters_take_so_many_minutes(asked, said):
    time = '<p class="reading-time no-print">{} minutes to read</p>'
    pages = {"a/b.html": time.format(7), "c.html": time.format(5)}
    pages["ask.html"] = f"It takes <!-- minutes: {asked} -->."
    add_total(pages)
    assert pages["ask.html"] == f"It takes {said}."
