import io
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from snippets.activation.sigmoid import draw_sigmoid
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    draw_classes,
    draw_line,
    draw_vector,
    italic,
    new_axes,
    shade_class,
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
    text = re.sub(r">[^<]*<", "><", text)  # words may say what they like
    assert not re.search(r"\d\.\d{3}", text)
    assert not re.search(r"\.\d?0\b", text)
    assert not re.search(r"-0(?![.\d])", text)
    assert "rotate(0 " not in text
    assert not re.search(r'[\w-]="( |[^"]*( "|  |\n))', text)


def test_words_stand_apart_and_within_the_figure(book_figure):
    """By a hundredth of an inch: a box reaches a little beyond its letters."""
    drawing.lay_out(book_figure)  # again, for an SVG has other pixels
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
    """Each takes its whole measure, 640 pixels, at 96 to the inch."""
    width, height = book_figure.get_size_inches()
    if width not in (12, 3.6):  # the pictures of links and of a card
        assert width * 96 == pytest.approx(640)
        assert 2.5 < height < 4.5


def test_letters_can_be_read_on_a_phone(book_figure):
    """There a figure is 358 pixels wide, and 9.5 of them are the least."""
    width, _ = book_figure.get_size_inches()
    drawing.lay_out(book_figure)
    for text in book_figure.findobj(Text) if width < 12 else ():
        assert text.get_fontsize() / 72 * 358 / width > 9.5, text.get_text()


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
    assert set(re.findall('font-size="([^"]+)"', text)) == {"13px"}


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
        (TypeError, ValueError), match="^svg: name must be .*, but "
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
        match="^svg: figure must be a Figure, but an int was given$",
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
        assert list(figure.get_size_inches()) == [640 / 96, 3.6]
        figure, three = new_axes(5, 2, columns=3)
    assert only.spines["left"].get_visible()
    assert list(figure.get_size_inches()) == [5, 2]
    drawing.lay_out(figure)
    boxes = [axes.get_window_extent() for axes in three]
    assert len({box.y0 for box in boxes}) == 1
    assert boxes[0].x1 < boxes[1].x0 < boxes[1].x1 < boxes[2].x0
    assert boxes[0].x0 < 60, "the room is used"


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


SQUARE = torch.tensor([[0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0]]).double()


def test_classes_have_one_look():
    with book_style():
        _, (axes,) = new_axes()
        draw_classes(axes, SQUARE, torch.tensor([0, 1, 0, 1]), size=5)
        legend = axes.legend()
    points = drawing.classes(axes)
    assert points[1].tolist() == [[1, 1], [3, 3]]
    assert points[0].tolist() == [[0, 0], [2, 2]]
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["target 1", "target 0"]
    assert {line.get_markersize() for line in axes.lines} == {5}


def test_classes_are_drawn_alike_in_every_figure(book_figure):
    """Where squares and circles are drawn, they are those of the classes."""
    for axes in book_figure.axes:
        markers = {line.get_marker() for line in axes.lines}
        if "s" in markers:
            assert drawing.classes(axes).keys() == {0, 1}


def test_region_of_a_class_is_shaded_where_its_score_is_positive():
    with book_style():
        _, (axes,) = new_axes()
        axes.set(xlim=(0, 4), ylim=(-1, 3))
        shade_class(axes, lambda x: x[0] - x[1], name="here")
        legend = axes.legend()
    points = torch.tensor([[1, 0.5], [3.9, 2.9], [0.5, 1], [0.1, 2.9]])
    assert drawing.shaded(axes, points).tolist() == [True, True, False, False]
    (region, named) = axes.collections
    for patch in (region, named):
        assert to_hex(patch.get_facecolor()[0]) == PALETTE["orange"]
        assert 0.1 < patch.get_alpha() < 0.4, "points can be seen on it"
    assert [text.get_text() for text in legend.get_texts()] == ["here"]


def test_a_region_that_is_empty_or_nameless_is_drawn_as_such():
    with book_style():
        _, (axes,) = new_axes()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        shade_class(axes, lambda x: -1 - x[0])
    assert not drawing.shaded(axes, torch.tensor([[0.5, 0.5]])).any()
    assert axes.get_legend_handles_labels() == ([], [])


@pytest.mark.parametrize(
    ("w", "b"), [((3, 4), -5), ((1, 0), 2), ((0, -2), 1), ((1, 1), 0)]
)
def test_line_of_a_unit_runs_across_the_frame(w, b):
    w, b = torch.tensor(w).double(), torch.tensor(b).double()
    with book_style():
        _, (axes,) = new_axes()
        axes.set(xlim=(-2, 3), ylim=(-3, 1))
        draw_line(axes, w, b, linestyle="--", label="z = 0")
    (line,) = axes.lines
    ends = torch.tensor(line.get_xydata())
    assert (ends @ w + b).abs().max() < 1e-9
    assert ends.norm(dim=1).min() > 13**0.5, "beyond the corners"
    assert (ends.mean(dim=0) @ (ends[1] - ends[0])).abs() < 1e-9
    assert (line.get_linestyle(), line.get_label()) == ("--", "z = 0")
    assert line.get_color() == INK


def test_arrow_of_the_weights_has_its_name_at_its_tip():
    with book_style():
        figure, (axes,) = new_axes()
        axes.set(xlim=(0, 5), ylim=(0, 5))
        draw_vector(axes, torch.tensor([3.0, 4.0]), "$w$")
    drawing.lay_out(figure)
    assert drawing.arrows(axes) == [((0, 0), (3, 4), "-")]
    box = dict(drawing.words(figure))["$w$"]
    x, y = axes.transData.transform((3, 4)) / 100
    assert 0 < box.x0 - x < 0.15
    assert box.y0 < y < box.y1 + 0.1


def test_page_and_figures_share_one_palette():
    sheet = (Path(__file__).parents[1] / "docs/assets/book.css").read_text()
    for name, colour in PALETTE.items():
        first = re.search(rf"--figure-{name}: light-dark\((#\w+),", sheet)
        assert first[1] == colour, name


@book_style()
def draw_two_dots(label: str = "") -> Figure:
    figure, _ = blank_axes()
    figure.set_label(label)
    return figure


def test_a_figure_is_called_what_its_page_calls_it():
    assert draw_two_dots().get_label() == "two-dots"
    assert draw_two_dots("Two dots.").get_label() == "Two dots."


@book_style()
def draw_again() -> Figure:
    return draw_two_dots()


def test_the_outermost_function_names_a_figure():
    assert draw_again().get_label() == "again"


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("", "A dot & a dot."),
        ("Two > one.", "Two > one."),
    ],
)
def test_a_notebook_is_told_what_is_to_be_seen(
    label, told, tmp_path, monkeypatch
):
    texts = tmp_path / "alternatives.json"
    monkeypatch.setattr("snippets.figure.ALTERNATIVES", texts)
    figure = draw_two_dots(label)
    named = ElementTree.fromstring(figure._repr_html_())
    assert named.get("role") == "img"
    assert named.get("aria-label") == figure.get_label(), "in the project"
    texts.write_text('{"two-dots": "A dot & a dot."}')
    named = ElementTree.fromstring(figure._repr_html_())
    assert named.get("aria-label") == told, "from the wheel"


def test_the_style_gives_back_what_was_before():
    before = matplotlib.rcParams["font.size"]
    with matplotlib.rc_context({"font.size": before + 1}):
        with book_style():
            assert matplotlib.rcParams["font.size"] == 13
        assert matplotlib.rcParams["font.size"] == before + 1
    assert matplotlib.rcParams["font.size"] == before
