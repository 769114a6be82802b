"""Mistakes that a contributor makes, each planted alone in a small sound book.

Each must stop the build with a message that names the place and says what to
do, and must leave no site. For mistakes that only tests of the book can see, as
wrong numbers are, see test_planted_faults.py.
"""

import gzip
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_exec import formatters

from press import __main__ as press
from press.running import execution
from press.website.explorables import needed

Files = dict[str, str | bytes]

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
    "docs/glossary.md": GLOSSARY,
    "docs/assets/dot.png": b"dot",
    "docs/assets/book.css": "p {color: red}",
    f"{SCRIPTS}/a-bend.js": "// needs numbers\n",
    f"{SCRIPTS}/numbers.js": "",
    f"{SCRIPTS}/explorable.js": "",
    f"{SCRIPTS}/explorable.css": "",
    "snippets/a.json": "[1, 2]",
    "snippets/two.py": "import gzip\nimport json\n\n\ndef table(name):\n"
    "    data = open(f'snippets/{name}', 'rb').read()\n"
    "    return json.loads(data if 'json' in name else gzip.decompress(data))\n",
    "tests/test_two.py": f"{TEST}\n\ndef test_equations():\n    assert table\n",
    "theme/main.html": "<!doctype html><html lang=en><head>{% for sheet in "
    "config.extra_css %}<link rel=stylesheet href={{ sheet }}>{% endfor %}"
    "</head><article>{{ page.content }}</article>",
}


def fence(code: str) -> str:
    return FENCE.format(code)


def cell(kind: str, name: str, source: str, *tags: str) -> dict:
    written = {"cell_type": kind, "id": name, "source": source}
    if kind == "code":
        written |= {"execution_count": None, "outputs": []}
    return written | {"metadata": {"tags": [*tags]}}


def notebook(*cells: dict) -> Files:
    title = cell("markdown", "title", "# A lab\n\nWith $x_1$.")
    written = {"cells": [title, *cells], "metadata": {"description": "It."}}
    written |= {"nbformat": 4, "nbformat_minor": 5}
    return {"docs/notebooks/lab.ipynb": json.dumps(written)}


def picture(label: str) -> str:
    svg = f'<svg role="img" aria-label="{label}"></svg>'
    method = f"def _repr_html_(self):\n        return '{svg}'"
    return f"class Picture:\n    {method}\n\nPicture()"


FORTY_TWO = cell("code", "forty-two", "6 * 7")
LAB = notebook(FORTY_TWO, cell("code", "seen", picture("A line.")))
AT = "docs/notebooks/lab.ipynb, cell 2 "
NO_SITE = "no page, file or heading of the book has this address"
COPY = "is on another host; put a copy below docs/"
SAY = "a picture has no text alternative; say what is to be seen"
PLAIN = "this is not plain UTF-8; save the file as UTF-8, without a byte-order"
LEDGER = {"docs/about/ledger/index.md": "# Ledger\n\n<!-- ledger -->\n"}
BLOCK = "/// figure | c\n    alt: A line.\n"

# by name: text for page one, or files; and what must be said, in this order
FAULTS: dict[str, tuple[str | Files, *tuple[str, ...]]] = {
    # fences
    "a fence that raises": (
        fence("x = 1\nprint(x / 0)"),
        f"{ONE}:7: the fence raised ZeroDivisionError: division by zero",
    ),
    "a fence that does not parse": (
        fence("print('a')\nprint('b'"),
        f"{ONE}:7: the fence raised SyntaxError: '(' was never closed",
    ),
    "a fence that prints nothing": (
        fence("x = 1"),
        f"{ONE}:6: the fence printed nothing; print what the page is to show",
    ),
    "a fence that hangs": (
        fence("x = 1\nwhile x:\n    pass"),
        f"{ONE}:",
        "the fence raised TimeoutError: more than 1 s; make it faster, or set",
    ),
    "a fence that hangs in a library": (
        fence("print(1)\nprint(sum(range(10**12)))"),
        f"{ONE}:6: the fence raised an end of its process: more than 1 s; make",
    ),
    "a fence that sleeps in a snippet": (
        {
            ONE: PAGE + fence("import snippets.three\nprint(1)"),
            "snippets/three.py": "import time\n\ntime.sleep(99)\n",
        },
        f"{ONE}:6: the fence raised TimeoutError, at snippets/three.py:3: more",
    ),
    "a cell that hangs": (
        notebook(cell("code", "a", "6\n"), cell("code", "b", "while 1:\n  6")),
        "lab.ipynb, cell 3 (b), line ",
        "the cell raised TimeoutError: more than 1 s; make it faster, or set",
    ),
    "a fence that shows too much": (
        fence("print(1)\nprint('a' * 400_000)"),
        f"{ONE}:7: the fence raised OverflowError: more than 300 kB to show; "
        "print less",
    ),
    "a fence that prints for ever": (
        fence("while True:\n    print(1)"),
        f"{ONE}:7: the fence raised OverflowError: more than 300 kB to show",
    ),
    "a cell that shows too much": (
        notebook(cell("code", "a", picture("a" * 400_000))),
        f"{AT}(a), line 1: the cell raised OverflowError: more than 300 kB",
    ),
    "a fence that ends its process": (
        fence("import os\nos._exit(3)"),
        f"{ONE}:6: the fence raised an end of its process: exit code 3",
    ),
    "a fence that starts another program": (
        fence("import os\nprint(os.system('true'))"),
        f"{ONE}:7: the fence raised PermissionError: what a page shows never",
    ),
    "a fence that asks another host": (
        fence("from urllib.request import urlopen\nurlopen('http://a.org')"),
        f"{ONE}:7: the fence raised",
        "what a page shows never asks another host",
    ),
    "a fence with a session": (
        '```python exec="1" session="s"\nprint(1)\n```\n',
        f"{ONE}:6: fences share nothing",
        "write what they share into a snippet",
    ),
    "a fence that prints no table": (
        '```python exec="1" result="table"\nprint("a  b\\n1")\n```\n',
        f"{ONE}:6: the fence prints no table: ",
        "part columns by two spaces or more",
    ),
    "a fence that is not closed": (
        '```python exec="1"\nprint(1)\n\nA sentence.\n',
        f"{ONE}:5: the fence",
        "close it",
    ),
    "a listing that is not closed": (
        "```python\nx = 1\n\nA sentence.\n",
        f"{ONE}:5: the fence",
        "close it",
    ),
    "a snippet that raises": (
        {"snippets/two.py": "def table(name):\n    return {}[name]\n"},
        "docs/two.md:34: the fence raised KeyError, at snippets/two.py:2: 'a.",
    ),
    # data
    "damaged JSON": (
        {"snippets/a.json": "[1, 2"},
        "docs/two.md:34: the fence raised JSONDecodeError, at snippets/two.py:7",
        "(the last file it opened: snippets/a.json)",
    ),
    "a damaged archive": (
        {
            ONE: PAGE + fence("import snippets.two as t\nprint(t.table('b'))"),
            "snippets/b": gzip.compress(b"[1, 2]")[:-9],
        },
        f"{ONE}:7: the fence raised EOFError, at snippets/two.py:7: ",
        "(the last file it opened: snippets/b)",
    ),
    "data that is not there": (
        fence("import snippets.two as t\nprint(t.table('none'))"),
        f"{ONE}:7: the fence raised FileNotFoundError, at snippets/two.py:6: "
        "No such file or directory: 'snippets/none'",
    ),
    "a file outside the site": (
        '<template data-file="../b.png">YQ==</template>\n',
        "one.html: the file '../b.png' lies outside the site; give a path",
    ),
    "a file that the site has": (
        '<template data-file="assets/dot.png">YQ==</template>\n',
        "one.html: the file 'assets/dot.png' exists already; give it another",
    ),
    "a file that is not base64": (
        '<template data-file="b.png">?</template>\n',
        "one.html: the file 'b.png' is not base64",
    ),
    # includes
    "an include of no section": (
        '```python\n--8<-- "snippets/two.py:gone"\n```\n',
        f"{ONE}:6: Snippet section 'gone' could not be located",
    ),
    "an include of no file": (
        '```python\n--8<-- "snippets/three.py"\n```\n',
        f"{ONE}:6: Snippet at path 'snippets/three.py' could not be found",
    ),
    # formulas
    "bad TeX in a line": (
        "For $a = \\frac{1}{$ see.\n",
        f"{ONE}:5: bad TeX, character ",
    ),
    "bad TeX in a display": (
        "$$\na = \\sigm(z)\n$$\n",
        f"{ONE}:6: bad TeX, character 4 of 'a = \\\\sigm(z)'",
    ),
    "bad TeX below a label": (
        "$$\n\\label{a}\na = \\sigm\n$$\n",
        f"{ONE}:7: bad TeX, character",
    ),
    "a formula in a heading": (
        "## The slope $a'$\n",
        f"{ONE}:5: a heading holds the formula",
        "write it in words",
    ),
    "a display that is not closed": (
        "$$\na = b\n\nA sentence.\n",
        f"{ONE}:5: ",
        "close it",
    ),
    "a label with a blank": (
        EQUATION.format("A b"),
        f"{ONE}:6: a label stands at the start of a formula",
    ),
    "a label within a line": (
        "A formula $\\label{a} b$ here.\n",
        f"{ONE}:5: a label stands at the start of a formula",
    ),
    "an equation named twice": (
        EQUATION.format("a") + "\n" + EQUATION.format("a"),
        f"{ONE}:6, {ONE}:11: two equations are named 'a'",
    ),
    # links
    "a link to no page": (
        "[none](none.md)\n",
        "'one.md' contains a link 'none.md', but the target is not found",
    ),
    "a link in other case": (
        "[two](Two.md)\n",
        "'one.md' contains a link 'Two.md', but the target is not found",
    ),
    "a link to no heading": (
        "[below](#below)\n",
        "'one.md' contains a link '#below', but there is no such anchor",
    ),
    "a link to no heading of another page": (
        "[two](two.md#none)\n",
        "'one.md' contains a link 'two.md#none'",
        "no anchor 'none'",
    ),
    "a link to a page without its ending": (
        "[two](two)\n",
        "'one.md' contains an unrecognized relative link 'two'",
        "Did you mean 'two.md'?",
    ),
    "a link from the root": (
        "[two](/two.md)\n",
        "'one.md' contains an absolute link '/two.md'",
        "Did you mean 'two.md'?",
    ),
    "a link to no file of the project": (
        "[its licence](../GONE)\n",
        f"{ONE}:5: there is no file GONE",
    ),
    "a link to no figure": (
        "[Figure](#figure-none)\n",
        f"{ONE}:5: no chapter in the navigation has a figure named 'none'",
    ),
    "a link to no equation": (
        "[Equation](two.md#equation-none)\n",
        f"{ONE}:5: no chapter in the navigation has an equation named 'none'",
    ),
    "a link in HTML to no page": (
        '<p><a href="none.html">none</a></p>\n',
        f"{ONE}:5: 'none.html' leads nowhere: {NO_SITE}",
    ),
    "a link in HTML to no heading": (
        '<p><a href="two.html#none">none</a></p>\n',
        f"{ONE}:5: 'two.html#none' leads nowhere: {NO_SITE}",
    ),
    "a picture that is not there": (
        "![A dot](assets/none.png)\n",
        "'one.md' contains a link 'assets/none.png', but the target is not",
    ),
    "a picture in HTML that is not there": (
        '<img src="assets/Dot.png" alt="A dot">\n',
        f"{ONE}:5: 'assets/Dot.png' leads nowhere: {NO_SITE}",
    ),
    "a citation of nothing": (
        "It is so.[^nobody1900]\n",
        f"{ONE}:5: docs/about/references.md has no entry with the key",
    ),
    "an entry that is there twice": (
        {"docs/about/references.md": f"{REFERENCES}{REFERENCES[13:]}"},
        "docs/about/references.md:4, 6: the id 'smith2001' is given 2 times; "
        "rename the others",
    ),
    "minutes of no chapter": (
        "<!-- minutes: gone.md -->\n",
        "<!-- minutes: gone.md -->: gone.html is no chapter with a time",
    ),
    # figures
    "a figure without an alternative": (
        BLOCK.replace("A line.", "") + "\nP\n\nC\n///\n",
        f"{ONE}:5: figure 'c' has no text alternative; add '    alt: >-' below",
    ),
    "a figure whose alternative is misspelt": (
        BLOCK.replace("alt", "atl") + "\nP\n\nC\n///\n",
        f"{ONE}:5: the block '/// figure | c' cannot be read; write '    alt",
    ),
    "a figure without a name": (
        "/// figure\n    alt: A line.\n\nP\n\nC\n///\n",
        f"{ONE}:5: the block '/// figure' cannot be read",
    ),
    "a figure without a caption": (
        BLOCK + "\nP\n///\n",
        f"{ONE}:5: figure 'c' needs a fence that prints the picture and, after",
    ),
    "a figure that is not closed": (
        BLOCK + "\nP\n\nC\n\n## Two\n",
        f"{ONE}:5: the block '/// figure | c' is not closed; end it with",
    ),
    "a figure within a figure": (
        BLOCK + "\nP\n\n/// figure | d\n\nC\n///\n",
        f"{ONE}:5: the block '/// figure | c' is not closed; end it with",
    ),
    "a figure named twice": (
        FIGURE.format("curve"),
        f"{ONE}:5, docs/two.md:10: two figures are named 'curve'",
    ),
    "a picture without an alternative": (
        "![](assets/dot.png)\n",
        f"{ONE}:5: {SAY}",
    ),
    "a picture in HTML without an alternative": (
        '<img src="assets/dot.png">\n',
        f"{ONE}:5: {SAY}",
    ),
    "a drawing that is in no figure": (
        fence("print('<svg><path/></svg>')").replace('"1"', '"1" html="1"'),
        f"{ONE}: {SAY}",
    ),
    "a heavy picture": (
        {"docs/assets/dot.png": b"dot" * 200_000},
        "docs/assets/dot.png: 600 kB are heavy for a picture; make it 300",
    ),
    # names and hosts
    "an id that is there twice": (
        '<div id="a"></div>\n\n<div id="a"></div>\n',
        f"{ONE}:5, 7: the id 'a' is given 2 times; rename the others",
    ),
    "a heading with the id of another": (
        "## One {: #part }\n\n## Two {: #part }\n",
        f"{ONE}:5, 7: the id 'part' is given 2 times; rename the others",
    ),
    "a script of another host": (
        '<script src="https://a.org/a.js"></script>\n',
        f"{ONE}:5: 'https://a.org/a.js' {COPY}",
    ),
    "a picture of another host": (
        "![A dot](https://a.org/dot.png)\n",
        f"{ONE}:5: 'https://a.org/dot.png' {COPY}",
    ),
    "a frame of another host": (
        '<iframe title="A" src="//a.org/a.html"></iframe>\n',
        f"{ONE}:5: '//a.org/a.html' {COPY}",
    ),
    "a form that another host gets": (
        '<form action="https://a.org/"></form>\n',
        f"{ONE}:5: 'https://a.org/' {COPY}",
    ),
    "a style sheet of another host": (
        {"mkdocs.yml": "extra_css: ['https://a.org/a.css']\n"},
        f"{ONE}: 'https://a.org/a.css' {COPY}",
    ),
    "a style sheet that imports another host's": (
        {"docs/assets/book.css": "@import 'https://a.org/a.css';"},
        f"docs/assets/book.css:1: 'https://a.org/a.css' {COPY}",
    ),
    "a font of another host": (
        {"docs/assets/book.css": "a {\n  src: url(//a.org/a.woff2);\n}"},
        f"docs/assets/book.css:2: '//a.org/a.woff2' {COPY}",
    ),
    # files
    "a byte-order mark in a page": (
        {ONE: f"\ufeff{PAGE}"},
        f"{ONE}:1: {PLAIN}",
    ),
    "a byte-order mark in a snippet": (
        {"snippets/three.py": "\ufeffX = 1\n"},
        f"snippets/three.py:1: {PLAIN}",
    ),
    "a page in another encoding": (
        {ONE: f"{PAGE}Gauß.\n".encode("latin-1")},
        f"{ONE}:5: {PLAIN}",
    ),
    "two names that differ in case": (
        {"docs/assets/Dot.png": b"dot"},
        "docs/assets/dot.png: only case tells this name from docs/assets/Dot",
        "rename one of them",
    ),
    "a page without a title": (
        {ONE: "Text.\n"},
        f"{ONE}: this page has no title",
    ),
    "a page that is in no navigation": (
        {"docs/three.md": "# Three\n"},
        'not included in the "nav" configuration',
        "three.md",
    ),
    "a navigation that names no page": (
        {"docs/two.md": b""},
        "docs/two.md: this page has no title",
    ),
    "settings that cannot be read": (
        {"mkdocs.yml": "extra: {a: b\n"},
        "mkdocs.yml",
        "line",
    ),
    "an extension that nobody has": (
        {"mkdocs.yml": "markdown_extensions: [nought]\n"},
        "'markdown_extensions'",
        "nought",
    ),
    "an old address that leads nowhere": (
        {"mkdocs.yml": "extra: {moved: {old.html: none.html}}\n"},
        "mkdocs.yml: `moved:` sends old.html to none.html, which the book",
    ),
    "an old address that leads to no heading": (
        {"mkdocs.yml": "extra: {moved: {old.html: one.html#none}}\n"},
        "mkdocs.yml: `moved:` sends old.html to one.html#none, which the book",
    ),
    "an old address that a page has": (
        {"mkdocs.yml": "extra: {moved: {one.html: two.html}}\n"},
        "mkdocs.yml: `moved:` sends one.html away, but the book has a page",
    ),
    # glossary and tests
    "a term that is there twice": (
        {"docs/glossary.md": f"{GLOSSARY}\nunit\n:   Again.\n"},
        "docs/glossary.md:6: 'unit' is in the glossary twice",
    ),
    "a term without a blank line before it": (
        {"docs/glossary.md": f"{GLOSSARY}term\n:   A part of it.\n"},
        "docs/glossary.md:5: put a blank line before 'term'",
    ),
    "a formula in a definition": (
        {"docs/glossary.md": f"{GLOSSARY}\nsum\n:   It is $z$.\n"},
        "docs/glossary.md:6: the definition of 'sum' is shown as plain text; ",
    ),
    "a quoting test that is skipped": (
        {"tests/test_two.py": f"@skip\n{TEST}"},
        "tests/test_two.py:2: tests/test_two.py skips test_it",
    ),
    "a quoting test that asserts nothing": (
        {"tests/test_two.py": TEST.replace("assert n == 2", "assert True")},
        "tests/test_two.py:1: test_it in tests/test_two.py asserts nothing",
    ),
    "a quoting test that names two numbers alike": (
        {"tests/test_two.py": TEST.replace("A part", "<n> parts")},
        "tests/test_two.py:1: test_it reads two numbers of one sentence as <n>",
        "give each a name of its own",
    ),
    "an equation without a test": (
        LEDGER | {"tests/test_two.py": TEST},
        "docs/two.md:9: tests/test_two.py has no test test_equations",
    ),
    # notebooks
    "a cell that raises": (
        notebook(cell("code", "raises", "x = 1\n\nx / 0")),
        f"{AT}(raises), line 3: the cell raised ZeroDivisionError: division by",
    ),
    "a cell that Jupyter alone can run": (
        notebook(cell("code", "magic", "%matplotlib inline")),
        f"{AT}(magic), line 1: the cell raised SyntaxError",
    ),
    "a cell whose picture has no alternative": (
        notebook(cell("code", "unnamed", picture(""))),
        f"{AT}(unnamed): its picture has no text alternative; let the figure's",
    ),
    "a blank without a solution": (
        notebook(cell("code", "blank", "", "blank")),
        f"{AT}(blank): this blank has no solution; the text after it folds",
    ),
    "bad TeX in a notebook": (
        notebook(cell("markdown", "tex", "Bad: $\\frac{1$"), FORTY_TWO),
        f"{AT}(tex), line 1: bad TeX",
    ),
    "a link of a notebook to no page": (
        notebook(cell("markdown", "link", "[no](none.md)"), FORTY_TWO),
        "'notebooks/lab.ipynb' contains a link 'none.md'",
    ),
    "a notebook whose cells have one id": (
        notebook(FORTY_TWO, FORTY_TWO),
        "docs/notebooks/lab.ipynb: this is no notebook of format 4.5",
        "save it anew with Jupyter",
    ),
    "a damaged notebook": (
        {"docs/notebooks/lab.ipynb": '{"cells": ['},
        "docs/notebooks/lab.ipynb: this is no notebook of format 4.5",
        "save it anew with Jupyter",
    ),
    # figures that move
    "an explorable without its script": (
        {f"{SCRIPTS}/a-bend.js": None},
        f"docs/two.md:18: there is no {SCRIPTS}/a-bend.js to make the figure",
        "add it, or take the line 'live:' away",
    ),
    "an explorable without what its script needs": (
        {f"{SCRIPTS}/numbers.js": None},
        f"there is no {SCRIPTS}/numbers.js, which another script needs; add it",
    ),
    "an explorable without what all share": (
        {f"{SCRIPTS}/explorable.css": None},
        "docs/two.md: 'assets/explorables/explorable.css' leads nowhere",
    ),
    "an explorable without its still figure": (
        LIVE.replace("bend", "still", 1).replace("`svg`\n\n", ""),
        f"{ONE}:5: figure 'still' needs a fence that prints the picture and",
    ),
}


@pytest.fixture
def build(project: Callable, monkeypatch, capsys) -> Callable:
    """Build the book with some of its files others; return what is told."""

    def run(planted: str | Files) -> tuple[int, str]:
        if isinstance(planted, str):
            planted = {ONE: PAGE + planted}
        files = BOOK | planted
        pages = [f for f in files if f.endswith((".md", ".ipynb"))]
        pages = [p for p in pages if p != "docs/three.md"]
        project({p.removeprefix("docs/"): "" for p in pages})
        settings = Path("mkdocs.yml").read_text()
        settings = settings.replace("material, font: false", PLAIN_THEME)
        files["mkdocs.yml"] = settings + files.get("mkdocs.yml", "")
        for name, content in files.items():
            if content is not None:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                data = content if isinstance(content, bytes) else None
                Path(name).write_bytes(data or content.encode())
        return press.main(), capsys.readouterr().err

    monkeypatch.setenv("FENCE_SECONDS", "30")
    monkeypatch.setitem(formatters, "python", None)
    needed.cache_clear()
    yield run
    execution.OUTPUTS.close()
    logging.getLogger("mkdocs").handlers.clear()


PLAIN_THEME = "null, custom_dir: theme"


@pytest.mark.filterwarnings("ignore")  # of libraries, which the press hides
@pytest.mark.parametrize("more", [{}, LAB, LEDGER], ids=["plain", "lab", "ledger"])
def test_the_sound_book_builds_without_a_warning(build, more):
    code, said = build(more)
    assert code == 0, said
    assert not [line for line in said.splitlines() if line[:4] != "INFO"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_build(build, fault, monkeypatch):
    planted, *wanted = FAULTS[fault]
    if {"hangs", "sleeps"} & {*fault.split()}:
        monkeypatch.setenv("FENCE_SECONDS", "1")
    code, said = build(planted)
    assert code == 1
    rest = said
    for words in wanted:
        assert words in rest, said
        rest = rest.partition(words)[2]
    assert "Traceback" not in said
    assert 'File "' not in said
    assert said.endswith("press: no site was built\n")
    assert not Path("site").exists()
