"""The glossary, and the terms that pages explain from it."""

import re

import pytest
import torch
from markdown import Markdown
from markdown.extensions.toc import slugify

from press.markup.glossary import Term, read_terms
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from tests.book.conftest import DOCS, chapters, settings_of_the_book, source
from tests.claims import claim

TERMS = read_terms(DOCS / "glossary.md", 0)


def prose(page: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", source(page), flags=re.M | re.S)


def test_terms_stand_in_order():
    names = [term.name.lower() for term in TERMS]
    assert len(names) > 40
    assert names == sorted(names)


def home(term: Term) -> str:
    """Return the page that the glossary gives for a term."""
    entry = (DOCS / "glossary.md").read_text().split(f"\n{term.name}")[1]
    return re.search(r"See \[[^]]+\]\(([\w/]+\.md)", entry)[1]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_term_is_used_where_the_glossary_says(term):
    page = home(term)
    text = re.sub(r"\s+", " ", prose(page)).lower()
    assert any(form.lower() in text for form in term.forms), page
    entry = (DOCS / "glossary.md").read_text().split(f"\n{term.name}")[1]
    name = re.search(rf"See \[[^]]+\]\({page}(?:#([\w-]+))?\)", entry)[1]
    words = [form.split()[0].lower() for form in term.forms]
    there = section(page, name).lower()
    assert any(word in there for word in words), (page, name)


def section(page: str, name: str | None) -> str:
    """Return what is below a heading, by its address, or the whole page."""
    parts = re.split(r"^##+ (.+)$", source(page), flags=re.M)
    for head, text in zip(parts[1::2], parts[2::2], strict=True):
        given = re.search(r"\{: #([\w-]+)", head)
        words = slugify(head.partition(" {:")[0], "-")
        if name == (given[1] if given else words):
            return f"{head}\n{text}"
    assert not name, f"{page} has no heading with the address {name}"
    return source(page)


# terms that a page uses before the one that defines them, by that page
EARLY = {
    # one of the gates to try, and the one that a single unit cannot be
    "neuron.md": {"XOR"},
    # it names the functions that the next pages explain, and tells their story
    "activation/index.md": {
        *("sigmoid", "tanh", "ReLU", "Leaky ReLU"),
        *("backpropagation", "squared error"),
    },
    # it names a loss that helps
    "activation/sigmoid.md": {"cross-entropy"},
    # it tells what its pages are about
    "propagation/index.md": {"forward propagation"},
}
# each with the terms that it explains: words that also mean something else
SENTENCES = {
    "In the end the step does harm.": [],
    "The step function is flat.": ["step function"],
    "Take two points, for example.": [],
    "It has learnt some examples.": ["examples"],
    "A layer of units without activation.": ["layer", "units"],
    "The rectified linear unit keeps what is positive.": [
        "rectified linear unit"
    ],
    "Both are in LSTM and GRU units.": ["LSTM", "GRU units"],
    "A dead ReLU unit does nothing.": ["dead", "ReLU", "unit"],
    "It has the sigmoid's shape.": [],
    "The shape is that of a matrix.": ["shape", "matrix"],
    "The hyperbolic tangent is no tangent.": ["tangent"],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_word_is_explained_only_where_it_is_the_term(sentence):
    (settings,) = (
        extension["press.markup"]
        for extension in settings_of_the_book()["markdown_extensions"]
        if "press.markup" in extension
    )
    html = Markdown(
        extensions=["press.markup"],
        extension_configs={"press.markup": settings},
    ).convert(f"# A page\n\n{sentence}")
    assert (
        re.findall(r'class="term"[^>]*>([^<]+)<', html) == SENTENCES[sentence]
    )


@claim(
    "The function that raises the number e, about <e>, to a given power.",
    "The power to which the number e, about <e>, must be raised to give a "
    "certain number; it undoes the exponential.",
)
def test_e_is_about_that(said):
    one = torch.tensor(1.0, dtype=torch.float64)
    assert round(one.exp().item(), 3) == said.e
    assert torch.tensor(said.e).log().item() == pytest.approx(1, abs=1e-3)


@claim(
    "The S-shaped function from <bottom> to <top> that replaces a hard step "
    "by a soft one.",
    "The hyperbolic tangent: S-shaped like the sigmoid, but from <low> to "
    "<high> and centred on <c>.",
)
def test_s_shapes_run_between_their_limits(said):
    z = torch.linspace(-12, 12, 241, dtype=torch.float64)
    far = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    for g, limits in (
        (sigmoid, (said.bottom, said.top)),
        (tanh, (said.low, said.high)),
    ):
        assert tuple(g(far).tolist()) == limits
        assert (g(z).diff() > 0).all()
        bends = g(z).diff().diff()
        assert (bends[:119] > 0).all()
        assert (bends[-119:] < 0).all(), "first to the left, then to the right"
    torch.testing.assert_close(tanh(z) - said.c, said.c - tanh(-z))


@pytest.mark.parametrize("page", chapters())
def test_chapter_explains_terms(site, page):
    links = site[page].article.find_all("a", class_="term")
    assert links  # the first chapters define most terms themselves
    ids = [link["href"].partition("#")[2] for link in links]
    assert len(ids) == len(set(ids))


@claim(
    "Read in order: each chapter builds on those before it, and the few words "
    "that come early are explained where they are used."
)
def test_no_term_is_used_before_the_page_that_defines_it(site):
    """Where the glossary leads, or where a page has it in italics.

    What a page uses it explains from the glossary, unless by then it has
    defined it itself.
    """
    defined, early = set(), {}
    for page in chapters():
        article = site[page].article
        defined |= {term.id for term in TERMS if home(term) == page}
        defined |= {term["data-term"] for term in article.find_all("dfn")}
        for link in article.find_all("a", class_="term"):
            used = link["href"].partition("#")[2]
            if used not in defined:
                early.setdefault(used, page)  # the first page of all
    found = {page: set() for page in EARLY}
    for term in TERMS:
        if term.id in early:
            found.setdefault(early[term.id], set()).add(term.name)
    assert found == EARLY
