"""Figures have number, name, alternative and caption, or are a fault."""

import pytest
from bs4 import BeautifulSoup
from markdown import Markdown

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
