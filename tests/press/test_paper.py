"""PDF and EPUB of small sites: what pages can hold, and what can go wrong."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from press.fault import Fault
from press.paper import book, keep
from press.paper.keep import write_paper
from tests.conftest import ROOT
from tests.paper import chapters, elements, links

PAGE = '<article>{}</article><a href="book.pdf">PDF</a>'
SETTINGS = """\
site_name: A small book
site_url: "{}"
theme: {{name: material}}
extra: {{paper: book, web_only: [web/]}}
nav: [{}]
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
EVERYTHING = r"""# Everything

An *opening* with $a'$, **bold**, `code`, ~~none~~ and a note.[^one]

Once more.[^one] An abbreviation: <abbr title="x">AB</abbr>, <kbd>K</kbd>,
x<sup>2</sup>, <mark>marked</mark>, <q>quoted</q><br>
after a break, [a site](https://example.org/), [a title](#lists):

$$
\label{first}
a' = \begin{cases} 1 & z > 0 \\ |z| & z < 0 \end{cases}
$$

## Lists

- one

    - within

3. three
4. four

Term
:   What it is.

> Said by *someone*.

---

| a | b |
|:--|--:|
| 1 | $x$ |

```python
def f(x):
    '''Say "so".'''
    return x
```

```
printed # <no> code
```

!!! warning "Take *care*"

    A box.

??? note "Folded"

    | c |
    |---|
    | 2 |

/// figure | one
    alt: A square.

<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<path d="M0 0h9" stroke="currentColor" fill="var(--figure-paper)"/></svg>

A caption.
///

![A dot](dot.png)

<div markdown="1">

A [block](#figure-one) of HTML:
$\bigl(x\bigr) = \sum_{i=1}^{n} w_i x_i + b + c + d + e + f + g + h + i$.

</div>

Not here.
{: .no-print }

## Exercises

1. What?

??? success "Solutions"

    1. That.
    2. Or this.

[^one]: The *note*.
"""


@pytest.fixture
def make_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Write a site of the HTML of its articles, and enter its project."""

    def make(pages: dict[str, str] | str, address: str = "") -> Path:
        pages = {"one": pages} if isinstance(pages, str) else pages
        site = tmp_path / "site"
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(ROOT / "docs/assets/fonts", site / "assets/fonts")
        for name, html in ({"index": ""} | pages).items():
            file = site / f"{name}.html"
            file.parent.mkdir(exist_ok=True)
            title = f'<h1 id="top">Page {name}</h1>' * ("<h1" not in html)
            file.write_text(PAGE.format(title + html), encoding="utf-8")
        nav = ", ".join(f"{name}.md" for name in {"index": ""} | pages)
        settings = SETTINGS.format(address, nav)
        (tmp_path / "mkdocs.yml").write_text(settings)
        monkeypatch.chdir(tmp_path)
        return site

    return make


def read(site: Path) -> tuple[PdfReader, str]:
    """Return the PDF of a site, and all text of its EPUB."""
    return PdfReader(site / "book.pdf"), "".join(chapters(site / "book.epub"))


def test_whatever_markdown_can_hold_reaches_both(project):
    folder = project({"index.md": "# Home\n", "every.md": EVERYTHING})
    settings = (folder / "mkdocs.yml").read_text()
    settings += "extra: {paper: book, web_only: [about/]}\n"
    (folder / "mkdocs.yml").write_text(settings)
    shutil.copytree(ROOT / "docs/assets/fonts", folder / "docs/assets/fonts")
    shutil.copy(ROOT / "docs/assets/page.png", folder / "docs/dot.png")
    done = subprocess.run(
        [sys.executable, "-m", "press"],
        env=os.environ | {"PYTHONPATH": f"{folder}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    reader, html = read(folder / "site")
    tags = [element.get("/S") for element in elements(reader)]
    said = " ".join(page.extract_text() for page in reader.pages)
    expected = {"/Formula": 4, "/Figure": 2, "/Table": 2, "/BlockQuote": 1}
    assert {kind: tags.count(kind) for kind in expected} == expected
    assert [html.count(tag) for tag in ("<math", "<table", "<img")] == [4, 2, 2]
    assert html.count('epub:type="noteref"') == 2
    assert html.count("<aside") == 1
    assert html.count("<ol") == 1, "one question alone has no number"
    for text in (said, re.sub(r"<[^>]*>", "", html)):
        text = " ".join(text.split())
        for words in (
            *("opening", "bold", "AB", "K", "marked", "within", "three"),
            *("What it is.", "Said by someone", "Take care", "Folded"),
            *("A caption.", "of HTML", "That.", "The note", "(1.1)"),
        ):
            assert words in text, words
        assert "Not here" not in text
    assert 'Say "so".' in said
    assert '<span class="kw">def</span>' in html, "code has its colours"


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p><img src='no.svg'></p>", "one.html: a picture has no text alt"),
        ("<p><video></video></p>", "one.html: <video> has no form on paper"),
        ("<p><a href='index.html#no'>x</a></p>", "<index--no>"),
        ('<p><math data-tex="\\nought"><mi>x</mi></math></p>', "TeX '"),
        ("<p>\U0001fae8</p>", "Typst cannot set the book"),
    ],
)
def test_what_cannot_be_set_is_one_message(make_site, html, said):
    site = make_site(html)
    with pytest.raises(Fault, match=re.escape(said)):
        write_paper(site)
    assert not [*site.glob("book.*")]


def test_a_page_that_is_not_there_is_named(make_site):
    site = make_site("")
    (site / "one.html").unlink()
    with pytest.raises(Fault, match=r"one\.html: the site has no such page"):
        write_paper(site)


def test_a_failure_of_pandoc_or_a_full_disk_leaves_no_half_file(
    make_site, monkeypatch
):
    site = make_site("<p>Text.</p>")
    monkeypatch.setattr(book, "PANDOC", sys.executable)
    with pytest.raises(Fault, match="Pandoc cannot set the book"):
        write_paper(site)
    monkeypatch.undo()
    monkeypatch.chdir(site.parent)
    write_paper(site)
    before = {file: file.read_bytes() for file in site.glob("book.*")}

    def full(self, data):
        with self.open("wb") as file:
            file.write(data[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    (site / "one.html").write_text(PAGE.format('<h1 id="top">Other</h1>'))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_paper(site)
    assert {file: file.read_bytes() for file in site.glob("book*")} == before


def test_only_what_changed_is_made_again(make_site, monkeypatch):
    pages = {"one": "<p>Text.</p>", "two": "<p>More.</p>"}
    made = []
    start = book.start
    monkeypatch.setattr(
        book, "start", lambda *given: made.append(given[1:]) or start(*given)
    )
    site = make_site(pages)
    first = [file.read_bytes() for file in write_paper(site)]
    assert sum(given[0] == "lua" for given in made) == 2, "two at a time"
    made.clear()
    for file in site.glob("book.*"):
        file.unlink()
    assert [file.read_bytes() for file in write_paper(site)] == first
    assert made == []
    site = make_site(pages | {"two": "<p>Other.</p>"})
    write_paper(site)
    converted = [given[2:] for given in made if given[0] == "lua"]
    assert converted == [("two",)]


def test_links_lead_to_the_website_where_its_address_is_known(make_site):
    moving = f"""<my-explorer><figure id="f"><div aria-label="A square">{SVG}
        </div><figcaption><p>It.</p></figcaption></figure></my-explorer>
        <p><a href="web/page.html">a page</a> <a href="index.html">home</a></p>
    """
    for address, expected in ("https://a.org/b/", True), ("", False):
        site = make_site({"one": moving, "web/page": ""}, address)
        write_paper(site)
        reader, html = read(site)
        assert ('href="https://a.org/b/web/page.html"' in html) is expected
        assert ('href="https://a.org/b/one.html#f"' in html) is expected
        assert "a page" in html
        assert html.count("This figure moves on the book’s website.") == 1
        uris = links(reader)
        assert (f"{address}web/page.html" in uris) is expected


def test_without_pandoc_the_site_has_neither_and_no_link(
    make_site, monkeypatch, capsys
):
    site = make_site("<p>Text.</p>")
    monkeypatch.setattr(keep, "find_spec", lambda _: None)
    assert write_paper(site) == []
    assert "pypandoc_binary" in capsys.readouterr().err
    assert "href" not in (site / "one.html").read_text()


def test_a_book_without_the_setting_has_neither(make_site):
    site = make_site("")
    settings = Path("mkdocs.yml").read_text().replace("paper:", "other:")
    Path("mkdocs.yml").write_text(settings)
    assert write_paper(site) == []
