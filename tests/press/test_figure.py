from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from markdown import Markdown

from press.fault import Fault
from press.numbering import Numbers

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
        folder = project({"one.md": f"# One\n\n{text}"})
        md = Markdown(extensions=["press.figure"])
        md.press_numbers = lambda: Numbers([("4", folder / "docs/one.md")])
        return md.convert(text)

    return run


def elements(html):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append(
        SimpleNamespace(
            tag=tag, **{k.replace("-", "_"): v for k, v in attributes}
        )
    )
    parser.feed(html)
    return found


def test_figure_has_number_name_alternative_and_caption(convert):
    html = convert(FIGURE)
    figure, picture, svg, _, caption, number, *_ = elements(html)
    assert (figure.tag, figure.id) == ("figure", "figure-curve")
    assert picture.role == "img"
    assert picture.aria_label == 'A curve: it rises. It "stops".'
    assert svg.tag == "svg"
    assert caption.tag == "figcaption"
    assert number.href == "#figure-curve"
    assert "Figure 4.1</a>" in html
    assert "The <em>caption</em>." in html


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '        A curve: it rises.\n        It "stops".\n',
            "",
            "no text alternative",
        ),
        ("The *caption*.\n", "", "needs a fence .* and, after it, a caption"),
        ("alt: >-", "atl: >-", "the block '/// figure | curve' cannot be read"),
        (" | curve", "", "the block '/// figure' cannot be read"),
    ],
)
def test_figure_must_be_complete(convert, old, new, said):
    assert old in FIGURE
    with pytest.raises(Fault, match=said.replace("|", r"\|")):
        convert(FIGURE.replace(old, new))


def test_fault_names_the_line(convert):
    with pytest.raises(Fault, match=r"docs/one\.md:3: figure 'curve'"):
        convert(FIGURE.replace("The *caption*.\n", ""))
