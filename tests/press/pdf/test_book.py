"""What the pages hold is set, and linked; what cannot be set is told."""

import io
import os
import re
import subprocess
import sys

import pytest
from pypdf import PdfReader

from press.__main__ import finish
from press.fault import Fault
from press.pdf.book import set_book
from press.pdf.settings import read_settings
from tests.press.conftest import ROOT
from tests.press.pdf.conftest import destination, elements, links, text

MATH = '<math data-tex="a"><mi>a</mi></math>'
PICTURE = (
    '<div aria-label="A line." class="picture" role="img">'
    '<svg viewBox="0 0 90 40" width="90"><path d="M 0 0 L 90 40" '
    'stroke="currentColor"/></svg></div>'
)
FIGURE = (
    f'<figure class="figure" id="figure-line">{PICTURE}<figcaption>'
    '<a class="figure-number" href="#figure-line">Figure 1.1</a>'
    "<p>The line.</p></figcaption></figure>"
)
CODE = '<div class="highlight"><pre><code>x = 1\n</code></pre></div>'
FULL = "x<br>" * 45  # so that what comes next stands on another page


def pages_that_say(reader, words):
    return [
        number
        for number, page in enumerate(reader.pages)
        if words in " ".join(page.extract_text().split())
    ]


def led_from(reader, page):
    return {
        destination(reader, link) for at, link in links(reader) if at == page
    }


# --- what is set ---


def test_lists_tables_and_boxes_keep_their_text(read):
    said = text(
        read(
            "<ul><li>in a list</li></ul><ol start='3'><li>third</li></ol>"
            "<dl><dt>word</dt><dd><p>its sense</p></dd></dl>"
            "<table><thead><tr><th>head</th></tr></thead>"
            "<tbody><tr><td>cell</td></tr></tbody></table>"
            "<blockquote><p>quoted</p></blockquote><hr/>"
            "<div class='admonition warning'><p class='admonition-title'>Mind"
            "</p><p>the gap</p></div>"
            "<details class='note'><summary>More</summary><p>folded</p>"
            f"</details><pre>a  b</pre>{CODE}"
            "<p>H<sub>2</sub>O, <kbd>Esc</kbd>, <del>gone</del>, "
            "<code>f(x)</code><br>below</p>"
        )
    )
    for words in (
        "• in a list", "3. third", "word its sense", "head cell", "quoted",
        "Mind the gap", "More folded", "a b", "x = 1", "H2O", "Esc", "gone",
        "f(x) below",
    ):  # fmt: skip
        assert words in said


def test_numbers_of_lines_and_what_is_hidden_are_left_out(read):
    said = text(
        read(
            '<div class="highlight"><table class="highlighttable"><tr>'
            '<td class="linenos"><pre>1</pre></td><td class="code"><pre>'
            "x = 7\n</pre></td></tr></table></div><p hidden>gone</p>"
            "<p>He <q>said</q> so.</p>"
            '<ol type="a"><li>first</li></ol>'
        )
    )
    assert "x = 7 He “said” so. a. first" in said
    assert "gone" not in said


def test_every_tab_is_a_labelled_box(read):
    said = text(
        read(
            "<div class='tabbed-set'><input type='radio'>"
            "<div class='tabbed-labels'><label>torch</label>"
            "<label>numpy</label></div><div class='tabbed-content'>"
            f"<div class='tabbed-block'>{CODE}</div>"
            "<div class='tabbed-block'><p>Two.</p></div></div></div>"
        )
    )
    assert "torch x = 1 numpy Two." in said


@pytest.mark.parametrize("kind", ["no-print", "web-only"])
def test_what_is_not_for_print_is_left_out(read, kind):
    said = text(
        read(f"<p>Seen.</p><div class='{kind}'><iframe>x</iframe></div>")
    )
    assert "Seen." in said
    assert "x" not in said.partition("Seen.")[2]


def test_a_figure_has_its_number_caption_and_alternative(read):
    reader = read(f'<p><a href="#figure-line">Figure 1.1</a></p>{FIGURE}')
    assert "Figure 1.1 The line." in text(reader)
    (figure,) = elements(reader, "/Figure")
    assert figure["/Alt"] == "A line."
    assert len(elements(reader, "/Caption")) == 1


def test_a_figure_that_moves_says_where(read):
    html = f"<line-explorer>{FIGURE}</line-explorer>"
    reader = read(html, "site_url: https://book.example/\n")
    assert "This figure moves on the book’s website." in text(reader)
    there = {destination(reader, link) for _, link in links(reader)}
    assert "https://book.example/one.html#figure-line" in there
    there = {destination(reader, link) for _, link in links(read(html))}
    assert "one.html#figure-line" in there, "the PDF lies beside the page"
    assert "This figure moves" not in text(read(FIGURE))


def test_an_equation_keeps_its_number(read):
    reader = read(
        '<div class="equation" id="equation-a"><div class="wide">'
        f'{MATH}</div><a class="equation-number" href="#equation-a">(3.1)</a>'
        '</div><p><a href="#equation-a">Equation 3.1</a></p>'
    )
    assert "(3.1)" in text(reader)
    assert elements(reader, "/Formula")[0]["/Alt"] == "a"


def test_solutions_stand_at_the_back_linked_both_ways(read):
    reader = read(
        '<h2 id="exercises">Exercises</h2><ol><li>Why?</li></ol>'
        '<details class="success"><summary>Solutions</summary>'
        f"<ol><li>Because.</li></ol></details><p>After.</p>{FULL}"
    )
    (asked,), (solved,) = (
        pages_that_say(reader, words) for words in ("Why?", "Because.")
    )
    assert asked < solved
    assert solved in led_from(reader, asked)
    assert asked in led_from(reader, solved)
    said = " ".join(reader.pages[asked].extract_text().split())
    assert f"Solutions: page {reader.page_labels[solved]}" in said


def test_code_of_the_figure_of_the_title_page_leads_there(read):
    code = f'<details class="code"><summary>Its code</summary>{CODE}</details>'
    figure = f"<figure>{PICTURE}<figcaption><p>So.</p></figcaption></figure>"
    said = text(read({"index": figure + code, "one": "<p>x</p>"}))
    assert "Its code: title page" in said


def test_code_of_a_figure_stands_at_the_back_linked_both_ways(read):
    reader = read(
        FIGURE + '<details class="code"><summary>The code of this</summary>'
        f"{CODE}</details>{FULL}"
    )
    (shown,) = pages_that_say(reader, "The line.")
    (coded,) = pages_that_say(reader, "x = 1")
    assert shown < coded
    assert coded in led_from(reader, shown)
    assert shown in led_from(reader, coded)


def test_the_index_says_where_terms_stand(read):
    term = '<p>A <a class="term" href="two.html#term-unit">unit</a>.</p>'
    reader = read(
        {
            "one": f"{term}<h2 id='unit'>Units</h2>",
            "two": '<dl><dt id="term-unit">unit (units)</dt>'
            '<dd>A neuron. See <a href="one.html#unit">Units</a>, '
            '<a href="https://a.b/">more</a>.</dd></dl>',
            "three": term,
        }
    )
    (page,) = pages_that_say(reader, "uses it. unit")
    used = [
        pages_that_say(reader, f"Page {name}")[-1] for name in ("one", "three")
    ]
    numbers = ", ".join(reader.page_labels[number] for number in used)
    assert f"uses it. unit {numbers}" in text(reader)
    assert f"See Units, page {reader.page_labels[used[0]]}, more." in text(
        reader
    )
    assert {*used, pages_that_say(reader, "Page two")[-1]} <= led_from(
        reader, page
    )


def test_the_index_leads_to_the_words_that_explain_a_term(read):
    """And not to the heading above them, which may be on another page."""
    reader = read(
        {
            "one": "<h2 id='unit'>Units</h2>" + "x<br>" * 60 + "<p>This is a "
            "<dfn data-term='term-unit'>unit</dfn>, <em>and</em> this a "
            "<dfn data-term='term-gone'>thing</dfn>.</p>",
            "two": '<dl><dt id="term-unit">unit</dt><dd>A neuron. See '
            '<a href="one.html#unit">Units</a>.</dd></dl>',
        }
    )
    (page,) = pages_that_say(reader, "uses it. unit")
    (there,) = pages_that_say(reader, "This is a unit, and this a thing.")
    assert text(reader).endswith(
        f"uses it. unit {reader.page_labels[there]} {reader.page_labels[page]}"
    )
    assert there in led_from(reader, page)


@pytest.mark.parametrize("address", ["https://book.example/", ""])
def test_what_is_left_to_the_website_is_listed(make_site, address):
    site = make_site(
        {
            "notebooks/lab": '<h1 id="lab">A lab</h1><p>Run me.</p>',
            "long": '<meta name="description" content="All of it.">'
            '<h1 id="long">A <em>long</em> list</h1><p>Scroll me.</p>',
            "one": '<p>See <a href="long.html">the list</a>.</p>',
        },
        f"site_url: {address}\n" if address else "",
    )
    config = site.parent / "mkdocs.yml"
    kept_out = "extra: {web_only: [long.md], "
    config.write_text(config.read_text().replace("extra: {", kept_out))
    (site / "notebooks/lab.ipynb").write_text("{}")
    reader = PdfReader(io.BytesIO(set_book(read_settings(), site)))
    said = text(reader).partition("See the list.")[2]
    assert "A lab, lab.ipynb" in said
    assert "A long list" in said
    assert "Run me." not in text(reader)
    assert "Scroll me." not in text(reader)
    assert "All of it." in said
    there = {destination(reader, link) for _, link in links(reader)}
    assert {f"{address}notebooks/lab.html", f"{address}long.html"} <= there


def test_only_pages_of_nav_are_left_to_the_website(make_site):
    config = make_site({}).parent / "mkdocs.yml"
    kept_out = "extra: {web_only: [lnog.md], "
    config.write_text(config.read_text().replace("extra: {", kept_out))
    with pytest.raises(Fault, match=r"mkdocs.yml: `web_only:` has lnog.md"):
        read_settings()


def test_footnotes_are_set_once_and_marked_each_time(read):
    mark = (
        '<sup id="fnref{}:a"><a class="footnote-ref" href="#fn:a">1</a></sup>'
    )
    html = (
        f"<p>One.{mark.format('')} Two.{mark.format('2')}</p>{FULL}"
        f"<p>Three.{mark.format('3')}</p>"
        '<div class="footnote"><hr/><ol><li id="fn:a"><p>The paper.'
        '<a class="footnote-backref" href="#fnref:a">↩</a></p></li></ol>'
        "</div>"
    )
    said = text(read({"one": html, "two": html}))
    assert said.count("The paper.") == 2
    assert "One.1 Two.1" in said
    assert "Three.note 1, p. 1" in said, "it says where the note is"
    assert "One.2 Two.2" in said, "numbers go through the book"
    assert "↩" not in said


def test_notes_of_one_block_lead_there_and_back(read):
    mark = '<sup><a class="footnote-ref" href="#fn:{0}">1</a></sup>'
    note = '<li id="fn:{0}"><p>The paper {0}.</p></li>'
    reader = read(
        f"<p>One.{mark.format('a')} Two.{mark.format('b')}</p>"
        f'<div class="footnote"><ol>{note.format("a")}{note.format("b")}</ol>'
        "</div>"
    )
    (page,) = pages_that_say(reader, "The paper b.")
    ways = [
        destination(reader, link) for at, link in links(reader) if at == page
    ]
    assert ways == [page] * 4


def test_long_names_break_without_a_trace(read):
    name = "leaky_relu_derivative" * 5
    reader = read(f"<p><code>{name}</code></p><pre>{'x' * 200}</pre>")
    said = "".join(page.extract_text() for page in reader.pages)
    assert name not in said, "it is broken"
    assert name in said.replace("\n", "")
    assert "x" * 200 in said.replace("\n", "")


def test_ids_of_different_pages_do_not_collide(read):
    here = '<h2 id="same">{}</h2><p><a href="#same">go</a></p>' + "<br>" * 99
    reader = read({"one": here.format("A"), "two": here.format("B")})
    goes = [pages_that_say(reader, f"{name} go")[0] for name in "AB"]
    for page in goes:
        assert page in led_from(reader, page)


def test_a_page_of_a_chapter_stands_below_it(read):
    title = '<h1 id="{0}"><span class="chapter-number">{1}</span> {0}</h1>'
    reader = read(
        {
            "one": title.format("Chapter", "1") + "<h2 id='a'>First</h2>",
            "two": title.format("Page", "1.1") + "<h2 id='b'>Second</h2>",
        }
    )
    home, chapter, (first, page, (second,)) = reader.outline
    assert home.title == "Preface"
    assert chapter.title == "1 Chapter"
    assert [first.title, page.title, second.title] == [
        "First",
        "1.1 Page",
        "Second",
    ]


TOGETHER = {
    "what ends in a colon and what follows": (
        "<p>So it begins:</p>",
        f'<div class="equation"><div class="wide">{MATH}</div>'
        '<a class="equation-number" href="#x">(so it ends)</a></div>',
    ),
    "a term and its explanation": (
        "<dl><dt>So it begins</dt>",
        "<dd>So it ends.</dd></dl>",
    ),
    "the mark of a note and the note": (
        f"<p>{'Words. ' * 60} So it begins.<sup>"
        '<a class="footnote-ref" href="#fn:a">1</a></sup></p>',
        '<div class="footnote"><ol><li id="fn:a"><p>So it ends.</p></li></ol>'
        "</div>",
    ),
    "the marks of two notes and the notes": (
        f"<p>{'Words. ' * 40}So it begins.<sup>"
        '<a class="footnote-ref" href="#fn:a">1</a></sup> Or so.<sup>'
        f'<a class="footnote-ref" href="#fn:b">2</a></sup></p>',
        '<div class="footnote"><ol><li id="fn:a"><p>One.</p></li>'
        '<li id="fn:b"><p>So it ends.</p></li></ol></div>',
    ),
    "the marks of notes in a list and the notes": (
        "<dl><dt>Word</dt><dd>So it begins.<sup>"
        '<a class="footnote-ref" href="#fn:a">1</a></sup>'
        "</dd><dt>Term</dt><dd>Or so.<sup>"
        '<a class="footnote-ref" href="#fn:b">2</a></sup></dd></dl>',
        '<div class="footnote"><ol><li id="fn:a"><p>One.</p></li>'
        '<li id="fn:b"><p>So it ends.</p></li></ol></div>',
    ),
    "headings and what they lead to, with its note": (
        "<h2 id='z'>Z</h2><h3 id='a'>So it begins</h3><h4 id='b'>Then</h4>",
        "<dl><dt>Word</dt><dd>Thing.</dd><dt>Term</dt><dd>So it ends."
        '<sup><a class="footnote-ref" href="#fn:a">1</a></sup></dd></dl>'
        '<div class="footnote"><ol><li id="fn:a">'
        f"<p>{'One. ' * 60}</p></li></ol></div>",
    ),
    "the first lines of a long function": (
        "<div class='highlight'><pre>\ndef so_it_begins():\n",
        "    2\n    3\n    so_it_ends()\n" + "    x\n" * 30 + "</pre></div>",
    ),
    "its last lines": (
        "<div class='highlight'><pre>\n" + "x\n" * 12 + "so_it_begins()\n",
        "2\n3\nso_it_ends()\n</pre></div>",
    ),
}


@pytest.mark.parametrize("what", TOGETHER)
def test_a_page_keeps_together(read, what):
    """Wherever it stands: each chapter puts it a line further down."""
    chapters = {
        f"c{lines}": '<h1 id="t"><span class="chapter-number">1</span> '
        + f"T{lines}</h1>"
        + "x<br>" * lines
        + re.sub("(begins|ends)", rf"\g<1>{lines}", "".join(TOGETHER[what]))
        for lines in range(30, 50)
    }
    reader = read(chapters)
    said = [
        re.sub(r"\W|_", "", page.extract_text().lower())
        for page in reader.pages
    ]
    titled, begun, ended = (
        [
            next(
                n
                for n, words in enumerate(said[2:])
                if f"{sign}{lines}" in words
            )
            for lines in range(30, 50)
        ]
        for sign in ("1t", "soitbegins", "soitends")
    )
    assert begun == ended
    assert begun != titled, "some go over to the next page"


@pytest.mark.parametrize(("lines", "further"), [(60, 0), (80, 1)])
def test_a_chapter_begins_on_a_new_page_or_where_half_a_page_is_empty(
    read, lines, further
):
    title = '<h1 id="{0}"><span class="chapter-number">{1}</span> {0}</h1>'
    reader = read(
        {
            "one": title.format("First", 1) + "x<br>" * lines,
            "two": title.format("Second", 2)
            + FIGURE.replace("line", "curve").replace("1.1", "2.1"),
        }
    )
    _, first, second = map(reader.get_destination_page_number, reader.outline)
    assert second - first == 1 + further
    said = reader.pages[second].extract_text()
    assert said.index("2 Second") < said.index("Figure 2.1")


def test_no_running_head_stands_above_the_title_of_a_part(read):
    title = '<h1 id="t"><span class="chapter-number">1</span> Chapter</h1>'
    reader = read(
        {
            "one": f"{title}<h2 id='a'>Section</h2>" + "x<br>" * 80,
            "two": "<h1 id='b'>Back</h1>",
            "three": "<h1 id='c'>Further</h1>" + "x<br>" * 41,
            "four": "<h1 id='d'>Then</h1>" + "x<br>" * 55,
            "five": "<h1 id='e'>Last</h1>",
        }
    )
    pages = [
        " ".join(page.extract_text().replace("x", "").split())
        for page in reader.pages
    ]
    assert pages[2:] == [
        "Preface Home. 1 Chapter Section 1",
        "1 Chapter Section 2",
        "Back Further 3",
        "Then 4",
        "Then Last 5",
    ]


def test_it_is_an_accessible_file(read):
    reader = read("<p>x</p>")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert reader.metadata.title == "A small book"
    assert "Free for all." in text(reader)


def test_two_runs_give_the_same_bytes_with_the_date_of_the_commit(
    make_site, monkeypatch
):
    site = make_site({"one": f"<p>x</p>{FIGURE}"})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first, second = (set_book(read_settings(), site) for _ in range(2))
    assert first == second
    reader = PdfReader(io.BytesIO(first))
    assert reader.metadata.creation_date.isoformat().startswith("2001-09-09")
    assert "9 September 2001" in text(reader)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    reader = PdfReader(io.BytesIO(set_book(read_settings(), site)))
    assert "1970" not in text(reader)


# --- what is not ---

FAULTS = {
    "bad maths": (
        '<p><math data-tex="\\a"><mglyph></mglyph></math></p>',
        r"one.html: <math> '\\a': <mglyph> is not known in formulas",
    ),
    "broken MathML": (
        '<p><math data-tex="a"><mfrac><mi>a</mi></mfrac></math></p>',
        "one.html: <math> 'a': its MathML is broken",
    ),
    "a formula without an alternative": (
        "<p><math><mi>a</mi></math></p>",
        "one.html: <math> 'a': it has no text alternative",
    ),
    "an unknown element": (
        '<p>See <video class="clip">this</video></p>',
        "one.html: <video class=\"clip\"> 'this': it has no form in print",
    ),
    "a broken link to a page": (
        '<p><a href="three.html">go</a></p>',
        "one.html: <a> 'go': it leads to three.html, which the site does not",
    ),
    "a broken link to a place": (
        '<p><a href="index.html#gone">go</a></p>',
        "one.html: <a> 'go': index.html has nothing with the id 'gone'",
    ),
    "a link to what is not set": (
        '<p><a href="#in">go</a> <math data-tex="a" id="in"><mi>a</mi></math>',
        "one.html: <a> 'go': nothing that can be set bears the id",
    ),
    "a missing character": (
        "<p>The sign 中.</p>",
        "one.html: <p> 'The sign 中.': no font has '中' (U+4E2D)",
    ),
    "a missing character in code": (
        "<div class='highlight'><pre>中</pre></div>",
        "one.html: <div class=\"highlight\">: no font has '中'",
    ),
    "a picture without an alternative": (
        '<p><svg viewBox="0 0 9 9"></svg></p>',
        "one.html: <img>: the picture has no text alternative",
    ),
    "a picture that is not there": (
        '<p><img src="a.png" alt="A line."></p>',
        "one.html: <img>: the site has no picture a.png",
    ),
    "a figure without a picture": (
        '<figure id="f"><figcaption>x</figcaption></figure>',
        "one.html: <figure id=\"f\"> 'x': the figure has no picture",
    ),
    "a footnote that is not there": (
        '<p>x<sup><a class="footnote-ref" href="#fn:a">1</a></sup></p>',
        "one.html: <a class=\"footnote-ref\"> '1': the page has no such",
    ),
    "a table without headings": (
        "<table><tr><td>1</td></tr></table>",
        "one.html: <table> '1': the table has no row of headings",
    ),
    "a missing character in a picture": (
        PICTURE.replace("<path", "<text>中</text><path"),
        "one.html: <img>: no font has '中'",
    ),
    "a missing character in the name of a listing": (
        '<div class="highlight"><span class="filename">中</span>'
        "<pre>x</pre></div>",
        "one.html: <div class=\"highlight\"> '中': no font has '中'",
    ),
    "a caption of a table": (
        "<table><caption>So.</caption><thead><tr><th>a</th></tr></thead>"
        "<tr><td>1</td></tr></table>",
        "one.html: <caption> 'So.': 'So.' has no place here in print",
    ),
    "text in a list beside its items": (
        "<ul>So.<li>x</li></ul>",
        "one.html: <ul> 'So. x': 'So.' has no place here in print",
    ),
    "a group in a list of terms": (
        "<dl><div><dt>a</dt><dd>b</dd></div></dl>",
        "one.html: <dt> 'a': 'a' has no place here in print",
    ),
    "text beside a picture": (
        FIGURE.replace("<figcaption>", "<p>So.</p><figcaption>"),
        "one.html: <p> 'So.': 'So.' has no place here in print",
    ),
    "a second picture in a figure": (
        FIGURE.replace("<figcaption>", f"{PICTURE}<figcaption>"),
        "one.html: <img>: the picture has no place here in print",
    ),
    "a second formula in an equation": (
        f'<div class="equation">{MATH}{MATH}</div>',
        "has no place here in print",
    ),
    "an element that only scripts fill": (
        "<p>See <line-explorer></line-explorer>.</p>",
        "one.html: <line-explorer>: it has no form in print",
    ),
    "an input": (
        '<p>Move <input type="range"> it.</p>',
        "one.html: <input>: it has no form in print",
    ),
    "folded code without a summary": (
        f'<details class="code">{CODE}</details>',
        'one.html: <details class="code">: it has no summary',
    ),
    "tabs without their labels": (
        "<div class='tabbed-set'><div class='tabbed-labels'></div>"
        "<div class='tabbed-content'><div class='tabbed-block'>x</div></div>"
        "</div>",
        "<div class=\"tabbed-set\"> 'x': it has more labels than tabs",
    ),
    "a picture that is broken": (
        '<p><svg viewBox="0 0 9 9" aria-label="A line."><path></svg></p>',
        "one.html: Typst cannot set the PDF",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_its_page_and_element(make_site, fault):
    html, said = FAULTS[fault]
    site = make_site({"one": html})
    with pytest.raises(Fault) as raised:
        set_book(read_settings(), site)
    assert said in str(raised.value)


def test_a_missing_character_in_the_settings_is_told(make_site):
    site = make_site({"one": "<p>x</p>"})
    config = site.parent / "mkdocs.yml"
    config.write_text(
        config.read_text("utf-8").replace("A small", "A 中"), "utf-8"
    )
    with pytest.raises(
        Fault, match="mkdocs.yml: no font has '中' of 'A 中 book'"
    ):
        set_book(read_settings(), site)


def test_all_faults_are_told_at_once(make_site):
    broken = FAULTS["an unknown element"][0] + FAULTS["a missing character"][0]
    site = make_site(
        {"one": broken, "two": FAULTS["a broken link to a page"][0]}
    )
    with pytest.raises(Fault) as raised:
        set_book(read_settings(), site)
    first, *found = str(raised.value).splitlines()
    assert first == "3 faults keep the PDF from being set"
    assert [line.split(":")[0].strip() for line in found] == [
        "one.html", "one.html", "two.html",
    ]  # fmt: skip


def test_a_fault_stops_the_build(make_site, capsys):
    site = make_site({"one": "<p>中</p>"})
    assert finish(site) is False
    assert "press: a fault keeps the PDF" in capsys.readouterr().err
    assert not (site / "book.pdf").exists()


def run(folder):
    return subprocess.run(
        [sys.executable, "-m", "press.pdf"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_sets_a_site_that_is_there(make_site):
    site = make_site({"one": "<p>x</p>"})
    done = run(site.parent)
    assert done.returncode == 0, done.stderr
    assert (site / "book.pdf").read_bytes().startswith(b"%PDF-")
    assert "press: the book is in" in done.stdout


def test_the_command_says_what_is_wrong(make_site):
    site = make_site({"one": "<p>中</p>"})
    done = run(site.parent)
    assert done.returncode == 1
    assert "one.html: <p> '中'" in done.stderr
    assert "Traceback" not in done.stderr
    site.rename(site.with_name("elsewhere"))
    done = run(site.parent)
    assert done.returncode == 1
    assert "make it with `make site`" in done.stderr
