import io
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.transforms import Bbox

from snippets.activation.sigmoid import draw_sigmoid
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    italic,
    new_axes,
    svg,
)
from snippets.network import draw_xor
from tests import drawing

FIGURES = drawing.all_figures()


@pytest.fixture(scope="module", params=FIGURES)
def book_figure(request):
    """Each figure of the book by itself, drawn once and laid out."""
    figure = FIGURES[request.param]()
    drawing.lay_out(figure)
    return figure


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
    assert "xlink" not in text, "an old way to write it"


def test_ink_becomes_the_colour_of_the_text():
    text = svg(one_line(), "line")
    assert INK not in text
    assert 'stroke="currentColor"' in text
    assert 'fill="currentColor"' in text.split(">")[0], "for text, too"


@pytest.mark.parametrize("name", PALETTE)
def test_palette_becomes_css_variables(name):
    text = svg(one_line(PALETTE[name]), "line")
    assert f'stroke="var(--figure-{name}, {PALETTE[name]})"' in text


def test_no_colour_is_fixed_in_the_books_figures(book_figure):
    """All are the text's or the palette's, which dark pages change."""
    text = svg(book_figure, "figure")
    without_variables = re.sub(r"var\([^)]*\)", "", text)
    assert not re.search(r"#[0-9a-f]{6}\b", without_variables)


def test_no_byte_is_spent_on_what_nobody_sees(book_figure):
    """No thousandth of a point, no turn by nothing, no blank at an end."""
    text = svg(book_figure, "figure")
    assert not re.search(r"\d\.\d{3}", text)
    assert not re.search(r"\.\d?0\b", text)
    assert not re.search(r"-0(?![.\d])", text)
    assert "rotate(0 " not in text
    assert not re.search(r'[\w-]="( |[^"]*( "|  |\n))', text)


def test_words_stand_apart_and_within_the_figure(book_figure):
    """By a hundredth of an inch: a box reaches a little beyond its letters."""
    placed = drawing.words(book_figure)
    for word, box in placed:
        width, height = book_figure.get_size_inches()
        assert -0.01 <= box.x0 < box.x1 <= width + 0.01, word
        assert -0.01 <= box.y0 < box.y1 <= height + 0.01, word
    for (one, box), (other, that) in combinations(placed, 2):
        assert not box.padded(-0.01).overlaps(that.padded(-0.01)), (one, other)


@pytest.mark.parametrize(
    "name", ["draw_neuron", "draw_network", "draw_two_rows"]
)
def test_diagrams_fill_their_sheets(name):
    """Without much blank paper around: half an inch is a line and a half."""
    figure = FIGURES[name]()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    boxes = [box for _, box in drawing.words(figure)]
    drawn = Bbox.union(boxes + [drawing.box(patch) for patch in sheet.patches])
    width, height = figure.get_size_inches()
    margins = drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1
    assert min(margins) > 0
    assert max(margins) < 0.5


def test_legend_covers_no_curve(book_figure):
    for axes in book_figure.axes:
        if axes.get_legend():
            box = axes.get_legend().get_window_extent()
            for line in axes.lines:
                points = axes.transData.transform(line.get_xydata())
                assert not box.count_contains(points), line.get_label()


def test_figures_fit_a_column_of_text(book_figure):
    """Of its 640 pixels each takes about the same: 96 to the inch."""
    width, height = book_figure.get_size_inches()
    if width != 12:  # the picture of links, which stands on no page
        assert 4.8 <= width < 5.5
        assert 2 < height < 4


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


def test_only_words_hold_text_and_keep_their_spaces():
    with book_style():
        figure, sheet = blank_axes(2, 1)
        sheet.text(1, 0.5, " cell body ")
        sheet.text(1, 0.2, "one more $a$")
    _, elements = parsed(svg(figure, "words"))
    said = {}
    for element in elements:
        if element.text:
            kind = element.tag.rpartition("}")[2]
            said[kind] = said.get(kind, "") + element.text
    assert said.keys() == {"text", "tspan"}
    assert said["text"].strip() == "cell body"
    assert " cell body " in said["text"]
    spaced = said["tspan"].replace("\N{NO-BREAK SPACE}", " ")
    assert spaced == "one more 𝑎", "to be searched and copied"
    assert not any(element.tail for element in elements)


def test_mathematics_is_text_in_the_font_of_the_formulas():
    with book_style():
        figure, sheet = blank_axes(2, 1)
        sheet.text(1, 0.5, r"$\eta\,W^{[h]} 2$")
        sheet.text(1, 0.2, "$da$")
    _, elements = parsed(svg(figure, "mathematics"))
    spans = {e.text: e for e in elements if e.tag.endswith("}tspan")}
    assert {"𝜂", "𝑊", "ℎ", "[", "]", "2", "𝑑", "𝑎"} == set(spans)
    for span in spans.values():
        assert span.get("font-family") == "STIX Two Math, math, serif"
        assert span.get("font-style") is None, "the letters are italic"


@pytest.mark.parametrize(
    ("letters", "italics"),
    [("AZ", "𝐴𝑍"), ("azgi", "𝑎𝑧𝑔𝑖"), ("h", "ℎ"), ("αω", "𝛼𝜔")],
)
def test_letters_have_italics_of_their_own(letters, italics):
    assert "".join(map(italic, letters)) == italics


@pytest.mark.parametrize("sign", "@[`{ΰϊ19+ℎ")
def test_signs_around_the_alphabets_stay(sign):
    assert italic(sign) == sign


def test_style_of_the_book():
    with book_style():
        figure, (axes,) = new_axes()
        axes.plot([0, 1], [0, 1], color=INK, label="a line")
        legend = axes.legend()
    assert not legend.get_frame_on()
    assert not axes.spines["top"].get_visible()
    assert not axes.spines["right"].get_visible()
    assert axes.get_facecolor()[3] == figure.get_facecolor()[3] == 0
    text = svg(figure, "style")
    assert set(re.findall('font-size="([^"]+)"', text)) == {"10px"}


def test_lines_join_and_end_as_matplotlib_has_them():
    """It says so in a style for all pages, which is not kept."""
    buffer = io.StringIO()
    with book_style():
        one_line().savefig(buffer, format="svg")
    root, _ = parsed(svg(one_line(), "line"))
    join, cap = root.get("stroke-linejoin"), root.get("stroke-linecap")
    assert join
    assert cap
    assert f"stroke-linejoin: {join}; stroke-linecap: {cap}" in (
        buffer.getvalue()
    )


def test_size_is_given_in_css_pixels():
    with book_style():
        figure, _ = new_axes(width=4.5, height=3)
    root, _ = parsed(svg(figure, "size"))
    assert root.get("viewBox") == "0 0 324 216"
    assert (root.get("width"), root.get("height")) == ("432", "288")


def test_coordinates_are_rounded_and_stay_where_they_are():
    with book_style():
        figure, sheet = blank_axes(4, 3)
        sheet.plot([1 / 7, 3], [0.5, 8 / 3])
    text = svg(figure, "line")
    assert not re.search(r"\d\.\d{3}", text)
    (path,) = re.findall(r'<path d="M ([^"]+)" clip-path', text)
    numbers = [float(number) for number in path.replace("L", "").split()]
    expected = [72 / 7, 72 * 2.5, 72 * 3, 72 / 3]
    assert numbers == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("name", ["", "Two Words", "1st", 'a"b', 5])
def test_refuses_names_that_are_no_words(name):
    with pytest.raises(
        ValueError,
        match="^a figure's name is made of lower-case letters, digits and "
        f"hyphens, but {name!r} was given$",
    ):
        svg(one_line(), name)


def test_takes_names_with_digits_and_hyphens():
    assert svg(one_line(), "z-1").startswith("<svg")


@pytest.mark.parametrize("new", [new_axes, lambda: blank_axes(4, 3)])
def test_a_figure_in_another_style_is_refused(new):
    with pytest.raises(
        RuntimeError,
        match="^this figure would not look like the others; "
        r"put @book_style\(\) above the function that draws it$",
    ):
        new()


def test_refuses_what_is_no_figure():
    with pytest.raises(
        TypeError,
        match="^figure must be a matplotlib Figure, but a int was given$",
    ):
        svg(7, "nothing")


def test_blank_axes_count_in_inches():
    with book_style():
        _, sheet = blank_axes(4, 3)
    assert sheet.get_xlim() == (0, 4)
    assert sheet.get_ylim() == (0, 3)
    assert not sheet.axison

    assert sheet.get_position().bounds == (0, 0, 1, 1)
    assert list(sheet.figure.get_size_inches()) == [4, 3]


def test_axes_stand_side_by_side():
    with book_style():
        figure, (only,) = new_axes()
        assert list(figure.get_size_inches()) == [4.8, 3]
        figure, three = new_axes(5, 2, columns=3)
    assert only.spines["left"].get_visible()
    assert list(figure.get_size_inches()) == [5, 2]
    drawing.lay_out(figure)
    boxes = [axes.get_window_extent() for axes in three]
    assert len({box.y0 for box in boxes}) == 1
    assert boxes[0].x1 < boxes[1].x0 < boxes[1].x1 < boxes[2].x0
    assert boxes[0].x0 < 40, "the room is used"


@pytest.mark.parametrize(
    ("options", "style", "bend"),
    [({}, "-", 0), ({"line": "--", "bend": 0.2}, "--", 0.2)],
)
def test_arrows_reach_from_start_to_end(options, style, bend):
    with book_style():
        figure, sheet = blank_axes(4, 3)
        draw_arrow(sheet, (1, 1), (3, 2), **options)
    drawing.lay_out(figure)
    (annotation,) = sheet.texts
    arrow = annotation.arrow_patch
    assert arrow.get_linestyle() == style
    assert arrow.get_connectionstyle().rad == bend
    (line, head), (_, filled) = arrow._get_path_in_displaycoord()
    assert filled, "the head is no mere hook"
    first, tip = line.vertices[0] / 100, head.vertices[1] / 100
    assert first == pytest.approx((1, 1), abs=0.01)
    assert tip == pytest.approx((3, 2), abs=0.05)


def test_page_and_figures_share_one_palette():
    sheet = (Path(__file__).parents[1] / "docs/assets/book.css").read_text()
    for name, colour in PALETTE.items():
        first = re.search(rf"--figure-{name}: light-dark\((#\w+),", sheet)
        assert first[1] == colour, name
