"""Mistakes that a contributor makes, each planted alone in a small sound book.

Each must stop the build with a message that names the place and says what to
do, and must leave no site. For mistakes that only tests of the book can see, as
wrong numbers are, see test_planted_faults.py.
"""

import errno
import gzip
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

Files = dict[str, str | bytes | None]

ONE = "docs/one.md"
FENCE = '```python exec="1"\n{}\n```\n'
FIGURE = "/// figure | {}\n    alt: A line.\n\n`svg`\n\nA caption.\n///\n"
EQUATION = "$$\n\\label{{{}}}\na = b\n$$\n"
# what is planted stands in line 5
PAGE = "# One\n\nIn $a = b$ see [two](two.md#part) and others.[^smith2001]\n\n"
LIVE = FIGURE.format("bend").replace("line.\n", "line.\n    live: a-bend\n", 1)
REFERENCES = '# References\n\n- A. Smith (2001). "On it."\n  {: #smith2001 }\n'
GLOSSARY = "# Glossary\n\nunit\n:   A small part.\n"
TEST = '@claim("A part has <n> units.")\ndef test_it(n):\n    assert n == 2\n'
SCRIPTS = "docs/assets/explorables"
BOOK: Files = {
    ONE: PAGE,
    "docs/two.md": "# Two\n\n## Part\n\nA part has 2 units.\n\n"
    + "\n".join([EQUATION.format("sum"), FIGURE.format("curve"), LIVE])
    + "\n![A dot](assets/dot.png)\n\n"
    + FENCE.format("from snippets.two import table\n\nprint(table('a.json'))"),
    "docs/about/references.md": REFERENCES,
    "docs/about/ledger/index.md": "# Ledger\n\n<!-- ledger -->\n",
    "docs/glossary.md": GLOSSARY,
    "docs/assets/dot.png": b"dot",
    "docs/assets/book.css": "p {color: red}",
    f"{SCRIPTS}/a-bend.js": "// needs numbers\n",
    f"{SCRIPTS}/numbers.js": "",
    f"{SCRIPTS}/explorable.js": "",
    f"{SCRIPTS}/explorable.css": "",
    "snippets/a.json": "[1, 2]",
    "snippets/two.py": "import gzip\nimport json\n\n\ndef table(name):\n"
    "    d = open(f'snippets/{name}', 'rb').read()\n"
    "    return json.loads(d if 'json' in name else gzip.decompress(d))\n",
    "tests/test_two.py": f"{TEST}\n\ndef test_equations():\n    assert table\n",
    "theme/main.html": "<!doctype html><html lang=en><head>{% for sheet in "
    "config.extra_css %}<link rel=stylesheet href={{ sheet }}>{% endfor %}"
    "</head><article>{{ page.content }}</article>",
}


def fence(code: str, option: str = "") -> str:
    return FENCE.format(code).replace('"1"', f'"1" {option}')


def files(planted: str) -> Files:
    """Read what a row plants: text of page one, or a file that is another."""
    if code := re.match(r">>>(\S*) (.*)", planted, re.DOTALL):
        options = {"": "", "html": 'html="1"', "table": 'result="table"'}
        return {ONE: PAGE + fence(code[2], options[code[1]])}
    file = re.match(r"([\w/-]+\.\w+) ([=+-]) ?(.*)", planted, re.DOTALL)
    if not file:
        return {ONE: f"{PAGE}{planted}\n"}
    before = BOOK.get(file[1], "") if file[2] == "+" else ""
    return {file[1]: None if file[2] == "-" else f"{before}{file[3]}\n"}


def text(name: str, source: str) -> dict:
    return {"cell_type": "markdown", "id": name, "source": source} | {
        "metadata": {}
    }


def cell(name: str, source: str, *tags: str) -> dict:
    written = {"cell_type": "code", "execution_count": None, "outputs": []}
    return text(name, source) | written | {"metadata": {"tags": [*tags]}}


def notebook(*cells: dict) -> Files:
    """Return a notebook; its first cell is a title, its second the first."""
    title = text("title", "# A lab\n\nWith $x_1$.")
    written = {"cells": [title, *cells], "metadata": {"description": "It."}}
    written |= {"nbformat": 4, "nbformat_minor": 5}
    return {"docs/notebooks/lab.ipynb": json.dumps(written)}


def picture(label: str) -> str:
    svg = f'<svg role="img" aria-label="{label}"></svg>'
    method = f"def _repr_html_(self):\n        return '{svg}'"
    return f"class Picture:\n    {method}\n\nPicture()"


FORTY_TWO = cell("forty-two", "6 * 7")
LAB = notebook(FORTY_TWO, cell("seen", picture("A line.")))
AT = "docs/notebooks/lab.ipynb, cell 2 "
LOAD = fence("import snippets.two as t\nprint(t.table('b'))")
PLAIN = "this is not plain UTF-8; save the file as UTF-8, without a byte-order"

# In each row a name, what is planted, and below them what must be said, its
# parts in order; ¶ is the end of a line. `>>>` is code that a fence runs, `file
# = text` is a file instead of the book's own, + is added to it, and - is none;
# anything else is text of page one, as is a place that is a line alone.
TABLE = r"""
a fence that raises: >>> x = 1¶print(x / 0)
    7: the fence raised ZeroDivisionError: division by zero
a fence that does not parse: >>> print('a')¶print('b'
    7: the fence raised SyntaxError: '(' was never closed
a fence that prints nothing: >>> x = 1
    6: the fence printed nothing; print what the page is to show
a fence that hangs: >>> x = 1¶while x:¶    pass
    docs/one.md: … the fence raised TimeoutError: more than 1 s; make it
a fence that hangs in a library: >>> print(1)¶print(sum(range(10**12)))
    6: the fence raised an end of its process: more than 1 s; make
a fence that shows too much: >>> print(1)¶print('a' * 400_000)
    7: the fence raised OverflowError: more than 300 kB to show; print less
a fence that prints for ever: >>> while True:¶    print(1)
    7: the fence raised OverflowError: more than 300 kB to show
a fence that ends its process: >>> import os¶os._exit(3)
    6: the fence raised an end of its process: exit code 3
a fence that starts another program: >>> import os¶print(os.system('true'))
    7: the fence raised PermissionError: what a page shows never
a fence that asks a host: >>> import socket¶socket.gethostbyname('a')
    7: the fence raised … what a page shows never asks another host
a fence with a session: ```python exec="1" session="s"¶print(1)¶```
    6: fences share nothing … write what they share into a snippet
a fence that prints no table: >>>table print("a  b\n1")
    6: the fence prints no table: … part columns by two spaces or more
a fence that prints one column: >>>table print("a\n1")
    6: the fence prints no table:
a fence that is not closed: ```python¶x = 1¶¶A sentence.
    5: what begins here is not closed; end it with a line '```'
a fence that another's end closes: ```python¶x = 1¶¶A sentence.¶¶```python¶```
    5: what begins here is not closed; end it with a line '```'
data that is not there: >>> import snippets.two as t¶print(t.table('none'))
    7: the fence raised FileNotFoundError, at snippets/two.py:6: … snippets/none
a file outside the site: <template data-file="../b.png">YQ==</template>
    one.html: the file '../b.png' lies outside the site; give a path
a file that the site has: <template data-file="assets/dot.png">YQ==</template>
    one.html: the file 'assets/dot.png' exists already; give it another
a file without a name: <template data-file="">YQ==</template>
    one.html: the file '' lies outside the site; give a path
a file that is not base64: <template data-file="b.png">?</template>
    one.html: the file 'b.png' is not base64
an include of no section: ```python¶--8<-- "snippets/two.py:gone"¶```
    6: Snippet section 'gone' could not be located
an include of no file: ```python¶--8<-- "snippets/three.py"¶```
    6: Snippet at path 'snippets/three.py' could not be found
bad TeX in a line: For $a = \frac{1}{$ see.
    5: bad TeX, character
bad TeX in a display: $$¶a = \sigm(z)¶$$
    6: bad TeX, character 4 of 'a = \\sigm(z)'
bad TeX below a label: $$¶\label{a}¶a = \sigm¶$$
    7: bad TeX, character
a formula in a heading: ## The slope $a'$
    5: a heading holds the formula … write it in words
a display that is not closed: $$¶a = b¶¶A sentence.
    5: what begins here is not closed; end it with a line '$$'
a label with a blank: $$¶\label{A b}¶a = b¶$$
    6: a label stands at the start of a formula
a label within a line: A formula $\label{a} b$ here.
    5: a label stands at the start of a formula
an equation named twice: $$¶\label{a}¶a = b¶$$¶¶$$¶\label{a}¶a = b¶$$
    6, docs/one.md:11: two equations are named 'a'
a link to no page: [none](none.md)
    'one.md' contains a link 'none.md', but the target is not found
a link in other case: [two](Two.md)
    'one.md' contains a link 'Two.md', but the target is not found
a link to no heading: [below](#below)
    'one.md' contains a link '#below', but there is no such anchor
a link to no heading of another page: [two](two.md#none)
    'one.md' contains a link 'two.md#none' … not contain an anchor '#none'
a link to a page without its ending: [two](two)
    'one.md' contains an unrecognized relative link 'two' … 'two.md'?
a link from the root: [two](/two.md)
    5: there is no file /two.md; write the way to one
a link to no file of the project: [its licence](../GONE)
    5: there is no file GONE; write the way to one from
a link to no figure: [Figure](#figure-none)
    5: no chapter in the navigation has a figure named 'none'
a link to no equation: [Equation](two.md#equation-none)
    5: no chapter in the navigation has an equation named 'none'
a link in HTML to no page: <p><a href="none.html">none</a></p>
    5: 'none.html' leads nowhere: no page, file or heading of
a link in HTML to no heading: <p><a href="two.html#none">none</a></p>
    5: 'two.html#none' leads nowhere: no page, file or heading of
a picture that is not there: ![A dot](assets/none.png)
    'one.md' contains a link 'assets/none.png', but the target is not
a picture in HTML that is not there: <img src="assets/Dot.png" alt="A dot">
    5: 'assets/Dot.png' leads nowhere: no page, file or heading of
a citation of nothing: It is so.[^nobody1900]
    5: docs/about/references.md has no entry with the key
minutes of no chapter: <!-- minutes: gone.md -->
    <!-- minutes: gone.md -->: gone.html is no chapter with a time
a figure without an alternative: /// figure | plan¶    alt: ¶¶P¶¶C¶///
    5: figure 'plan' has no text alternative; add '
a figure with a misspelt option: /// figure | plan¶    atl: A line.¶¶P¶¶C¶///
    5: the block '/// figure | plan' cannot be read; write '
a figure without a name: /// figure-plan¶    alt: A line.¶¶P¶¶C¶///
    5: the block '/// figure-plan' cannot be read
a figure without a caption: /// figure | plan¶    alt: A line.¶¶P¶///
    5: figure 'plan' needs a fence that prints the picture
a figure that is not closed: /// figure | plan¶    alt: A line.¶¶P¶¶C¶¶## Two
    5: the block '/// figure | plan' is not closed; end it with
a figure within a figure: /// figure | plan¶    alt: A.¶¶/// figure | d¶¶C¶///
    5: the block '/// figure | plan' is not closed; end it with
a figure named twice: /// figure | curve¶    alt: A line.¶¶`svg`¶¶A caption.¶///
    5, docs/two.md:12: two figures are named 'curve'
a picture without an alternative: ![](assets/dot.png)
    5: a picture has no text alternative; say what is to be seen
a picture in HTML without an alternative: <img src="assets/dot.png">
    5: a picture has no text alternative; say what is to be seen
a drawing that is in no figure: >>>html print('<svg><path/></svg>')
    6: a picture has no text alternative; say what is to be seen
an id that is there twice: <div id="a"></div>¶¶<div id="a"></div>
    5, 7: the id 'a' is given 2 times; rename the others
a heading with the id of another: ## One {: #part }¶¶## Two {: #part }
    5, 7: the id 'part' is given 2 times; rename the others
a script of another host: <script src="https://a.org/a.js"></script>
    5: 'https://a.org/a.js' is on another host; put a copy below docs/
a picture of another host: ![A dot](https://a.org/dot.png)
    5: 'https://a.org/dot.png' is on another host; put a copy below docs/
a frame of another host: <iframe title="A" src="//a.org/a.html"></iframe>
    5: '//a.org/a.html' is on another host; put a copy below docs/
a form that another host gets: <form action="https://a.org/"></form>
    5: 'https://a.org/' is on another host; put a copy below docs/
an explorable with no still one: /// figure | still¶    live: a-bend¶¶P¶///
    5: the block '/// figure | still' cannot be read; write
a snippet that raises: snippets/two.py = def table(name):¶    return {}[name]
    docs/two.md:34: the fence raised KeyError, at snippets/two.py:2: 'a.json'
a snippet that sleeps: snippets/two.py = import time¶¶time.sleep(99)
    docs/two.md:32: the fence raised TimeoutError, at snippets/two.py:3: more
damaged JSON: snippets/a.json = [1, 2
    docs/two.md:34: the fence raised JSONDecodeError, at snippets/two.py:7: …
    (the last file it opened: snippets/a.json)
an entry that is there twice: docs/about/references.md + - A.¶  {: #smith2001 }
    docs/about/references.md:4, 6: the id 'smith2001' is given 2 times; rename
a style sheet of another host: mkdocs.yml + extra_css: ['https://a.org/a.css']
    docs/one.md: 'https://a.org/a.css' is on another host; put a copy below
a sheet that imports another host's: docs/a.css = @import 'https://a.org/a.css';
    docs/a.css:1: 'https://a.org/a.css' is on another host; put a copy below
a font of another host: docs/a.css = a {¶  src: url(//a.org/a.woff2);¶}
    docs/a.css:2: '//a.org/a.woff2' is on another host; put a copy below docs/
two names that differ in case: docs/assets/Dot.png = dot
    docs/assets/dot.png: only case tells this name … rename one of them
a page without a title: docs/two.md = Text.
    docs/two.md: this page has no title
a page that is in no navigation: docs/three.md = # Three
    not included in the "nav" configuration: …   - three.md
a page that the navigation names: docs/two.md -
    two.md
no settings: mkdocs.yml -
    mkdocs.yml' does not exist
settings that cannot be read: mkdocs.yml + extra: {a: b
    mkdocs.yml … line
an extension that nobody has: mkdocs.yml + markdown_extensions: [nought]
    'markdown_extensions' … nought
an old address to no page: mkdocs.yml + extra: {moved: {a.html: none.html}}
    mkdocs.yml: `moved:` sends a.html to none.html, which the book does not
an old address to no heading: mkdocs.yml + extra: {moved: {a.html: one.html#no}}
    mkdocs.yml: `moved:` sends a.html to one.html#no, which the book does not
an old address of a page: mkdocs.yml + extra: {moved: {one.html: two.html}}
    mkdocs.yml: `moved:` sends one.html away, but the book has a page there
a term that is there twice: docs/glossary.md + ¶unit¶:   Again.
    docs/glossary.md:6: 'unit' is in the glossary twice
a term without a blank line before it: docs/glossary.md + term¶:   A part.
    docs/glossary.md:5: put a blank line before 'term'
a formula in a definition: docs/glossary.md + ¶sum¶:   It is $z$.
    docs/glossary.md:6: the definition of 'sum' is shown as plain text; write
a quoting test that is skipped: tests/test_one.py = @skip¶@claim("A")¶def t(): 1
    tests/test_one.py:2: tests/test_one.py skips t
a quoting test of nothing: tests/test_one.py = @claim("A.")¶def t(): assert True
    tests/test_one.py:1: t in tests/test_one.py asserts nothing
two numbers of one name: tests/test_one.py = @claim("<n> and <n>")¶def t(n): 1
    tests/test_one.py:1: t reads two numbers of one sentence as <n> … give each
an equation without a test: tests/test_two.py -
    docs/two.md:9: tests/test_two.py has no test test_equations
an explorable without its script: docs/assets/explorables/a-bend.js -
    docs/two.md:20: there is no docs/assets/explorables/a-bend.js to make the
an explorable without what it needs: docs/assets/explorables/numbers.js -
    there is no docs/assets/explorables/numbers.js, which another script needs
an explorable without its style: docs/assets/explorables/explorable.css -
    docs/two.md: 'assets/explorables/explorable.css' leads nowhere
a damaged notebook: docs/notebooks/lab.ipynb = {"cells": [
    docs/notebooks/lab.ipynb: this is no notebook … save it anew with Jupyter
"""
# by name: the files that are others, and what must be said, parts in order
FAULTS: dict[str, tuple[Files, str]] = {
    "a damaged archive": (
        {ONE: PAGE + LOAD, "snippets/b": gzip.compress(b"[1, 2]")[:-9]},
        "7: the fence raised EOFError, at snippets/two.py:7: … "
        "(the last file it opened: snippets/b)",
    ),
    "a heavy picture": (
        {"docs/assets/dot.png": b"dot" * 200_000},
        "docs/assets/dot.png: 600 kB are heavy for a picture; make it 300",
    ),
    "a byte-order mark in a page": ({ONE: f"\ufeff{PAGE}"}, f"1: {PLAIN}"),
    "a byte-order mark in a snippet": (
        {"snippets/three.py": "\ufeffX = 1\n"},
        f"snippets/three.py:1: {PLAIN}",
    ),
    "a page in another encoding": (
        {ONE: f"{PAGE}Gauß.\n".encode("latin-1")},
        f"5: {PLAIN}",
    ),
    "a cell that hangs": (
        notebook(cell("b", "while True:\n    pass")),
        f"{AT}(b), line … raised TimeoutError: more than 1 s; make it faster",
    ),
    "a cell that shows too much": (
        notebook(cell("b", picture("a" * 400_000))),
        f"{AT}(b), line 1: the cell raised OverflowError: more than 300 kB",
    ),
    "a cell that raises": (
        notebook(cell("b", "x = 1\n\nx / 0")),
        f"{AT}(b), line 3: the cell raised ZeroDivisionError: division by",
    ),
    "a cell that Jupyter alone can run": (
        notebook(cell("b", "%matplotlib inline")),
        f"{AT}(b), line 1: the cell raised SyntaxError",
    ),
    "a cell whose picture has an empty alternative": (
        notebook(cell("b", picture(""))),
        f"{AT}(b): its picture has no text alternative; let the figure's",
    ),
    "a cell whose picture has no alternative": (
        notebook(cell("b", picture("").replace("role", "class"))),
        f"{AT}(b): its picture has no text alternative; let the figure's",
    ),
    "a blank without a solution": (
        notebook(cell("b", "", "blank")),
        f"{AT}(b): this blank has no solution; the text after it folds",
    ),
    "bad TeX in a notebook": (
        notebook(text("b", "Bad: $a^b^c$"), FORTY_TWO),
        f"{AT}(b), line 1: bad TeX",
    ),
    "a link of a notebook to no page": (
        notebook(text("b", "[no](none.md)"), FORTY_TWO),
        "'notebooks/lab.ipynb' contains a link 'none.md'",
    ),
    "a notebook whose cells have one id": (
        notebook(FORTY_TWO, FORTY_TWO),
        "docs/notebooks/lab.ipynb: this is no notebook … save it anew with",
    ),
}
for fault, said in re.findall(r"^(\w.+)\n((?: {4}.+\n)+)", TABLE, re.M):
    name, _, planted = fault.partition(": ")
    FAULTS[name] = files(planted.replace("¶", "\n")), " ".join(said.split())


PLAIN_THEME = "null, custom_dir: theme"


@pytest.fixture
def plant(project: Callable) -> Callable:
    """Write the book, with some of its files others, and enter it."""

    def write(planted: Files) -> None:
        pages = [f for f in (BOOK | planted) if f in (BOOK | LAB)]
        project({page.removeprefix("docs/"): "" for page in pages})
        settings = Path("mkdocs.yml").read_text()
        settings = settings.replace("material, font: false", PLAIN_THEME)
        for name, content in ({"mkdocs.yml": ""} | BOOK | planted).items():
            file = Path(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                before = settings if name == "mkdocs.yml" else ""
                content = f"{before}{content}".encode()
            file.write_bytes(content or b"")
            if content is None:
                file.unlink()

    return write


@pytest.mark.parametrize("more", [{}, LAB], ids=["plain", "whole"])
def test_the_sound_book_builds_without_a_warning(plant, press, more):
    plant(more)
    done = press()
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    assert not [line for line in said if line[:4] != "INFO"]


def test_ends_of_lines_make_no_difference(plant, press):
    plant({})
    built = []
    for end in (b"\n", b"\r\n"):
        for file in (*Path("docs").rglob("*.md"), *Path("snippets").rglob("*")):
            file.write_bytes(file.read_bytes().replace(b"\n", end))
        assert press().returncode == 0
        files = sorted(Path("site").rglob("*.html"))
        built.append({file: file.read_bytes() for file in files})
    assert built[0] == built[1]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_build(plant, press, fault, monkeypatch):
    planted, wanted = FAULTS[fault]
    if re.search("hangs|sleeps", fault):
        monkeypatch.setenv("FENCE_SECONDS", "1")
    plant(planted)
    done = press()
    assert done.returncode == 1
    said = rest = done.stderr
    for words in wanted.split(" … "):
        words = f"{ONE}:{words}" if words[0].isdigit() else words
        assert words in rest, said
        rest = rest.partition(words)[2]
    assert "Traceback" not in said
    assert 'File "' not in said
    assert said.endswith("press: no site was built\n")
    assert not Path("site").exists()


def test_a_time_that_is_no_number_is_told(plant, press, monkeypatch):
    monkeypatch.setenv("FENCE_SECONDS", "5m")
    plant({ONE: PAGE + fence("print(1)")})
    done = press()
    assert done.returncode == 1
    assert "FENCE_SECONDS=5m: say how many seconds" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("step", "code", "advice"),
    [
        ("mkdir", errno.EACCES, "let it be written, and build again"),
        ("write_text", errno.ENOSPC, "make room on the disk, and build again"),
        ("rename", errno.EROFS, "let it be written, and build again"),
    ],
)
def test_what_cannot_be_written_is_told(
    plant, press, monkeypatch, step, code, advice
):
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    plant({})
    monkeypatch.setattr(Path, step, refuse)
    done = press()
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert said[-2].startswith(f"press: [Errno {code}] ")
    assert said[-2].endswith(f"; {advice}")
    assert said[-1] == "press: no site was built"
    assert not Path("site").exists()
