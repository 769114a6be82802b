"""The words of the book."""

import re

import pytest

from tests.book.conftest import chapters, navigation, notebooks, prose, source
from tests.claims import claim

# what must not be written, with what is right; about/departures.md may quote it
WRONG = {
    r"(?i)\bsigmod\b": "sigmoid",
    r"\bRelu\b": "ReLU",
    r"\bGoogleNet\b": "GoogLeNet",
    r"Wu Enda": "Andrew Ng",
    r"two classification": "binary classification",
    r"(forward|back) communication": "propagation",
    r"gradient (dispersion|saturation)": "saturate, or vanishing gradient",
    r"\b(normaliz|initializ|generaliz|centers?\b|color\b)": "British spelling",
    r"[,;:][,;:]": "one sign",
}


@claim(
    "It speaks of two classification problems where binary classification, "
    "one decision between two classes, is meant: that is the term, and no "
    "chapter uses the other.",
    "It writes sigmod, Relu and GoogleNet for sigmoid, ReLU and GoogLeNet: "
    "these are their names, and no chapter writes the others.",
)
@pytest.mark.parametrize(
    "page",
    [
        page
        for page in navigation()
        if page not in ("about/departures.md", "about/references.md")
    ],
)
def test_terms_are_right(page):
    text = re.sub(r"`[^`\n]+`", "", prose(page))
    assert len(text.split()) > 70
    found = {right: re.findall(wrong, text) for wrong, right in WRONG.items()}
    assert not {right: hits for right, hits in found.items() if hits}


@pytest.mark.parametrize("page", navigation())
def test_formulas_stand_between_dollars(page):
    """Markdown eats the backslash of others, and leaves their brackets."""
    no_text = r"`[^`\n]+`|^ *\$\$.*?^ *\$\$$|\$[^$\n]+\$"
    assert "\\" not in re.sub(no_text, "", prose(page), flags=re.M | re.S)


def test_terms_are_introduced():
    text = "\n".join(map(source, navigation()))
    for term in (
        "binary classification",
        "ReLU",
        "Leaky ReLU",
        "Andrew Ng",
        "GoogLeNet",
        "forward propagation",
        "Backpropagation",
    ):
        assert term in text


@pytest.mark.parametrize(
    "page", [*chapters(), *notebooks(), "index.md", "about/departures.md"]
)
def test_one_sentence_to_a_line(page):
    """A pull request then shows the sentence that changed."""
    text = re.sub(r"^\$\$.*?^\$\$$", "", prose(page), flags=re.M | re.S)
    starts = re.compile(r"^ *(- |\d+\. |:   |#+ \d+\. )?")
    lines = [
        line
        for line in (starts.sub("", line) for line in text.splitlines())
        if not line.startswith("|")
        and re.search(r"[\w$`*)\]\"][.?!]\)?(\[\^\w+\])* [A-Z$`*(]", line)
    ]
    assert not lines
