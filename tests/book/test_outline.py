"""The book mirrors its source, and one word ties page, snippet and test."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.book.conftest import DOCS, ROOT, chapters, navigation, source

# the source's headings, in its order, and the pages that mirror them
OUTLINE = {
    "Introduction to Neural Networks": "index.md",
    "Overview": "neuron.md",
    "Representation of Neural Network": "network.md",
    "Activation function": "activation/index.md",
    "sigmod function": "activation/sigmoid.md",
    "tanh function": "activation/tanh.md",
    "ReLU function": "activation/relu.md",
    "Leaky Relu function": "activation/leaky_relu.md",
    "Deep understanding of forward propagation": "propagation/index.md",
    "Forward communication": "propagation/forward.md",
    "Backpropagation": "propagation/backward.md",
}
# its pictures and plots, by the names that their figures have here
PICTURES = {
    "neuron.md": "neuron",
    "network.md": "network",
    "activation/sigmoid.md": "sigmoid",
    "activation/tanh.md": "tanh",
    "activation/relu.md": "relu",
    "activation/leaky_relu.md": "leaky-relu",
    "propagation/index.md": "two-rows",
}
# its formulas, and those it leaves out, as this book writes them
FORMULAS = {
    "neuron.md": [
        r"z = \sum_{i=1}^{n} w_i x_i + b",
        "a = g(z)",
        r"b = -\theta",
        r"w_i &\leftarrow w_i + (y - a)\, x_i",
        r"b &\leftarrow b + (y - a)",
    ],
    "network.md": ["z = W x + b", "k n + k = k (n + 1)"],
    "activation/index.md": [
        "W = W^{[2]} W^{[1]}",
        "b = W^{[2]} b^{[1]} + b^{[2]}",
    ],
    "activation/sigmoid.md": [r"a = \frac{1}{1 + e^{-z}}", "a' = a (1 - a)"],
    "activation/tanh.md": [
        r"a = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
        r"\tanh(z) = 2 \sigma(2 z) - 1",
        "a' = 1 - a^2",
    ],
    "activation/relu.md": [r"a = \max(0, z)", "1 & z > 0", "0 & z < 0"],
    "activation/leaky_relu.md": [
        r"a = \max(\alpha z, z)",
        "1 & z > 0",
        r"\alpha & z < 0",
    ],
    "propagation/forward.md": [
        "a^{[0]} = x",
        "z^{[l]} &= W^{[l]} a^{[l-1]} + b^{[l]}",
        "a^{[l]} &= g^{[l]}(z^{[l]})",
        r"\hat y = a^{[L]}",
    ],
    "propagation/loss.md": [
        r"\mathcal{L} = -\bigl(y \log \hat y + (1 - y) \log(1 - \hat y)\bigr)",
        r"J = \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}_i",
        r"da^{[L]} = -\frac{y}{\hat y} + \frac{1 - y}{1 - \hat y}",
    ],
    "propagation/backward.md": [
        r"dz^{[l]} = da^{[l]} \odot g^{[l]\prime}(z^{[l]})",
        r"dW^{[l]} = \frac{1}{m}\, dz^{[l]} (a^{[l-1]})^\top",
        r"db^{[l]} = \frac{1}{m} \sum_{i=1}^{m} dz_i^{[l]}",
        r"da^{[l-1]} = (W^{[l]})^\top dz^{[l]}",
    ],
    "propagation/descent.md": [
        r"W^{[l]} &\leftarrow W^{[l]} - \eta\, dW^{[l]}",
        r"b^{[l]} &\leftarrow b^{[l]} - \eta\, db^{[l]}",
    ],
}
SNIPPETS = [file.read_text() for file in (ROOT / "snippets").rglob("*.py")]
# modules that serve several chapters
SHARED = {
    "figure.py",
    "contract.py",
    "activation/plot.py",
    "training/dataset.py",
    "training/measure.py",
    "graph.py",
    "propagation/example.py",
    "notebooks/answer.py",
}


def test_pages_follow_the_order_of_the_source():
    order = navigation()
    places = [order.index(page) for page in OUTLINE.values()]
    assert places == sorted(places)
    assert set(OUTLINE.values()) <= {"index.md", *chapters()}


def test_navigation_holds_every_page():
    files = (*DOCS.rglob("*.md"), *DOCS.glob("*/*.ipynb"))
    pages = {file.relative_to(DOCS).as_posix() for file in files}
    assert pages == set(navigation())


@pytest.mark.parametrize(("page", "figure"), PICTURES.items())
def test_every_picture_of_the_source_is_there(page, figure):
    assert f"/// figure | {figure}\n" in source(page)


@pytest.mark.parametrize(("page", "formulas"), FORMULAS.items())
def test_every_formula_of_the_source_is_there(page, formulas):
    displays = "".join(
        re.findall(r"^\$\$\n(.+?)\n\$\$$", source(page), re.M | re.S)
    )
    line = displays.replace("&", "")  # wherever they are aligned
    assert [f for f in formulas if f.replace("&", "") not in line] == []


@pytest.mark.parametrize("page", chapters())
def test_a_figure_block_draws_the_figure_that_it_names(page):
    for block in source(page).split("\n/// figure | ")[1:]:
        name = block.splitlines()[0]
        drawn = re.search(r'\b(?:svg|live)\((draw_\w+)\(\), "(.+?)"[,)]', block)
        assert drawn.groups() == (f"draw_{name.replace('-', '_')}", name)
        # which labels it by this name, for notebooks
        styled = rf"^@book_style\(.*\)\n(@.*\n)*def {drawn[1]}\("
        assert any(re.search(styled, code, re.M) for code in SNIPPETS), name


@pytest.mark.parametrize("page", chapters())
def test_one_word_ties_page_snippet_and_test(page):
    folder, _, name = page.removesuffix(".md").rpartition("/")
    assert (ROOT / "snippets" / folder / f"{name}.py").is_file()
    assert (ROOT / "tests" / folder / f"test_{name}.py").is_file()


def test_every_snippet_has_a_page_or_serves_several():
    modules = {
        path.relative_to(ROOT / "snippets").as_posix()
        for path in (ROOT / "snippets").rglob("*.py")
        if path.name != "__init__.py"
    }
    tied = {page.replace(".md", ".py") for page in chapters()}
    clinic = "notebooks/mutant_clinic.py"  # other notebooks use the chapters'
    assert clinic.replace(".py", ".ipynb") in navigation()
    asked = {module for module in modules if module.startswith("questions/")}
    assert modules == tied | {"index.py", clinic} | SHARED | asked


@pytest.mark.parametrize("page", chapters())
def test_a_chapter_is_whole(page):
    """A title, a question to begin with, summary, exercises, solutions."""
    text = source(page)
    headings = re.findall(
        r"^(#+) (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M
    )
    assert headings[0][0] == "#"
    titles = [title for _, title in headings]
    if titles[-1] == "Test yourself":  # at the end of a part
        titles.pop()
    assert titles[-2:] == ["Summary", "Exercises"]
    assert "?" in text.split("\n## ")[0], "it opens with a question"
    assert all(len(b) - len(a) <= 1 for (a, _), (b, _) in pairwise(headings))
    tail = text[text.index("## Exercises") :]
    asked, solved = tail.split('??? success "Solutions"')
    numbers = re.findall(r"^(\d+)\. ", asked, re.M)
    assert numbers == re.findall(r"^    (\d+)\. ", solved, re.M)
    assert len(numbers) >= 2
    assert not re.search(r"\b(TODO|FIXME|to be written|coming soon)\b", text)


def test_what_is_numbered_is_in_order():
    """In the settings as on the page: a part's own page is its first."""
    order = [Path(page) for page in navigation()]
    for page in order:
        part = [p for p in order if page.parent in p.parents]
        if page.parent.name and page.name == "index.md":
            assert part[0] == page
        at = [order.index(p) for p in part]
        assert not page.parent.name or at == [*range(at[0], at[-1] + 1)]


@pytest.mark.parametrize("tree", ["snippets", "press", "tools"])
def test_snippets_and_press_do_not_know_each_other(tree):
    foreign = {
        "snippets": {"press", "mkdocs", "markdown", "tools"},
        "press": {"snippets", "torch", "matplotlib", "tools"},
        "tools": {"snippets", "torch", "matplotlib"},
    }
    for path in (ROOT / tree).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            roots = {name.split(".")[0] for name in names}
            assert not roots & foreign[tree], path
