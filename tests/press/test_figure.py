"""Figures have number, name, alternative and caption, or are a fault."""

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

from press.fault import Fault

FIGURE = """\
/// figure | curve
    alt: >-
        A curve: it rises.
        It "stops".

<svg><path d="M 0 0"/></svg>

The *caption*.
///
"""


@pytest.fixture
def convert(project):
    def run(text):
        scripts = {"assets/explorables/curve-explorer.js": ""}
        project({"one.md": f"# One\n\n{text}"} | scripts)
        settings = {"press.markup": {"nav": ["one.md"]}}
        md = Markdown(extensions=["press.markup"], extension_configs=settings)
        return md.convert(text)

    return run


def test_figure_has_number_name_alternative_and_caption(convert):
    figure = BeautifulSoup(convert(FIGURE), "html.parser").figure
    assert figure["id"] == "figure-curve"
    picture, caption = figure.find_all(recursive=False)
    assert picture["role"] == "img"
    assert picture["aria-label"] == 'A curve: it rises. It "stops".'
    assert picture.svg
    assert caption.name == "figcaption"
    assert caption.a["href"] == "#figure-curve"
    assert caption.a.get_text() == "Figure 1.1"
    assert str(caption.p) == "<p>The <em>caption</em>.</p>"


def test_a_figure_that_answers_is_within_its_element(convert):
    text = FIGURE.replace('stops".\n', 'stops".\n    live: curve-explorer\n')
    (live,) = BeautifulSoup(convert(text), "html.parser").contents
    assert live.name == "curve-explorer"
    still = BeautifulSoup(convert(FIGURE).replace("\n", ""), "html.parser")
    assert live.figure == still.figure


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('stops".\n', 'stops".\n    live: a-b\n', "is no .*/a-b.js to make"),
        (
            '        A curve: it rises.\n        It "stops".\n',
            "",
            "no text alt",
        ),
        ("The *caption*.\n", "", "needs a fence .* and, after it, a caption"),
        ("alt: >-", "atl: >-", "'/// figure | curve' cannot be read"),
        (" | curve", "", "'/// figure' cannot be read"),
        ("///\n", "", "'/// figure | curve' is not closed"),
        ("The *", "/// figure | b\n\nThe *", "'/// figure | curve' is not clo"),
    ],
)
def test_figure_must_be_complete(convert, old, new, said):
    faulty = FIGURE[:1] + FIGURE[1:].replace(old, new)
    assert faulty != FIGURE
    said = rf"docs/one\.md:3: .*{said.replace('|', r'[|]')}"
    with pytest.raises(Fault, match=said):
        convert(faulty)
