import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from snippets.activation.sigmoid import draw_sigmoid
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    new_axes,
    svg,
)
from snippets.network import draw_xor


def parsed(text):
    root = ElementTree.fromstring(text)
    return root, list(root.iter())


def one_line(colour=INK, **options):
    with book_style():
        figure, (axes,) = new_axes()
        axes.plot([0, 1], [0, 1], color=colour, **options)
    return figure


def test_same_figure_gives_the_same_bytes():
    assert svg(draw_xor(), "xor") == svg(draw_xor(), "xor")


def test_style_does_not_hang_on_the_readers_settings():
    expected = svg(draw_sigmoid(), "sigmoid")
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert svg(draw_sigmoid(), "sigmoid") == expected
        assert matplotlib.rcParams["font.size"] == 30, "and leaves them alone"


def test_ids_of_two_figures_do_not_collide():
    ids = [
        set(re.findall(r' id="([^"]+)"', svg(draw_sigmoid(), name)))
        for name in ("one", "two")
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("draw", [draw_sigmoid, draw_xor])
def test_every_id_is_referred_to_and_every_reference_has_an_id(draw):
    text = svg(draw(), "figure")
    ids = re.findall(r' id="([^"]+)"', text)
    references = re.findall(r'(?:url\(#|href="#)([^")]+)', text)
    assert len(ids) == len(set(ids))
    assert set(ids) == set(references)


def test_ink_becomes_the_colour_of_the_text():
    text = svg(one_line(), "line")
    assert INK not in text
    assert 'stroke="currentColor"' in text
    assert 'fill="currentColor"' in text.split(">")[0], "for text, too"


@pytest.mark.parametrize("name", PALETTE)
def test_palette_becomes_css_variables(name):
    text = svg(one_line(PALETTE[name]), "line")
    assert f'stroke="var(--figure-{name}, {PALETTE[name]})"' in text


def test_no_colour_is_fixed_in_the_books_figures():
    for draw in (draw_sigmoid, draw_xor):
        without_variables = re.sub(r"var\([^)]*\)", "", svg(draw(), "figure"))
        assert not re.search(r"#[0-9a-f]{6}\b", without_variables)


def test_nothing_is_left_that_would_leak_into_the_page():
    _, elements = parsed(svg(draw_sigmoid(), "figure"))
    tags = {element.tag.rpartition("}")[2] for element in elements}
    assert not tags & {"style", "metadata", "script", "title"}
    assert not any("style" in element.attrib for element in elements)


def test_words_are_text_in_the_pages_font():
    with book_style():
        figure, sheet = blank_axes(2, 1)
        sheet.text(1, 0.5, "cell body")
    _, elements = parsed(svg(figure, "words"))
    (text,) = [e for e in elements if e.tag.endswith("}text")]
    assert text.text == "cell body"
    assert "font-family" not in text.attrib


def test_mathematics_is_text_in_the_font_of_the_formulas():
    with book_style():
        figure, sheet = blank_axes(2, 1)
        sheet.text(1, 0.5, r"$\eta\,W^{[h]} 2$")
    _, elements = parsed(svg(figure, "mathematics"))
    spans = {e.text: e for e in elements if e.tag.endswith("}tspan")}
    assert {"𝜂", "𝑊", "ℎ", "[", "]", "2"} == set(spans)
    for span in spans.values():
        assert span.get("font-family").startswith("STIX Two Math")


def test_size_is_given_in_css_pixels():
    with book_style():
        figure, _ = new_axes(width=4.5, height=3)
    root, _ = parsed(svg(figure, "size"))
    assert root.get("viewBox") == "0 0 324 216"
    assert (root.get("width"), root.get("height")) == ("432", "288")


def test_coordinates_are_rounded_and_stay_where_they_are():
    with book_style():
        figure, sheet = blank_axes(4, 3)
        sheet.plot([1 / 3, 3], [0.5, 8 / 3])
    text = svg(figure, "line")
    assert not re.search(r"\d\.\d{3}", text)
    (path,) = re.findall(r'<path d="M ([^"]+)" clip-path', text)
    numbers = [float(number) for number in path.replace("L", "").split()]
    expected = [72 / 3, 72 * 2.5, 72 * 3, 72 / 3]
    assert numbers == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("name", ["", "Two Words", "1st", 'a"b', 5])
def test_refuses_names_that_are_no_words(name):
    with pytest.raises(ValueError, match="a figure's name is made of"):
        svg(one_line(), name)


@pytest.mark.parametrize("new", [new_axes, lambda: blank_axes(4, 3)])
def test_a_figure_in_another_style_is_refused(new):
    with pytest.raises(RuntimeError, match=r"put @book_style\(\) above"):
        new()


def test_refuses_what_is_no_figure():
    with pytest.raises(TypeError, match="must be a matplotlib Figure"):
        svg(None, "nothing")


def test_blank_axes_count_in_inches():
    with book_style():
        _, sheet = blank_axes(4, 3)
    assert sheet.get_xlim() == (0, 4)
    assert sheet.get_ylim() == (0, 3)
    assert not sheet.axison


def test_page_and_figures_share_one_palette():
    sheet = (Path(__file__).parents[1] / "docs/assets/book.css").read_text()
    for name, colour in PALETTE.items():
        first = re.search(rf"--figure-{name}: (#\w+);", sheet)
        assert first[1] == colour, name
