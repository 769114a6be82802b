import json
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Shape
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
    live,
    new_axes,
    shade_class,
    svg,
)
from snippets.network import draw_xor
from tests import drawing
from tests.tensors import double, refuses

FIGURES = drawing.all_figures()


@pytest.fixture(scope="module", params=FIGURES)
def book_figure(request):
    """Each figure of the book by itself, drawn once and laid out."""
    figure = FIGURES[request.param]()
    drawing.lay_out(figure)
    return figure


@book_style()
def one_line(colour=INK):
    figure, (axes,) = new_axes()
    axes.plot([1 / 7, 1], [0, 1], color=colour)
    return figure


@book_style()
def sheet_of(*words):
    figure, sheet = blank_axes(2, 1)
    for height, word in enumerate(words):
        sheet.text(1, 0.2 + 0.3 * height, word)
    return figure


@book_style()
def framed(draw, xlim=(0, 4), ylim=(-1, 3)):
    """Return axes with a frame after something was drawn in it."""
    _, (axes,) = new_axes()
    axes.set(xlim=xlim, ylim=ylim)
    draw(axes)
    return axes


def elements_of(figure):
    """Return the elements of a figure's SVG, the whole first."""
    root = ElementTree.fromstring(svg(figure, "figure"))
    found = list(root.iter())
    for element in found:
        element.tag = element.tag.rpartition("}")[2]
    return found


def test_same_figure_gives_the_same_bytes_whatever_the_readers_settings():
    assert svg(draw_xor(), "xor") == svg(draw_xor(), "xor")
    expected = svg(draw_sigmoid(), "sigmoid")
    before = matplotlib.rcParams["font.size"]
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert svg(draw_sigmoid(), "sigmoid") == expected
        with book_style():
            assert matplotlib.rcParams["font.size"] == 13
        assert matplotlib.rcParams["font.size"] == 30, "and leaves them alone"
    assert matplotlib.rcParams["font.size"] == before


@pytest.mark.parametrize("draw", [draw_sigmoid, draw_xor])
def test_ids_are_those_that_are_referred_to_and_of_one_figure(draw):
    text, other = svg(draw(), "figure"), svg(draw(), "other")
    ids = re.findall(r' id="([^"]+)"', text)
    references = re.findall(r'(?:url\(#|href="#)([^")]+)', text)
    assert ids
    assert len(ids) == len(set(ids))
    assert set(ids) == set(references)
    assert not set(ids) & set(re.findall(r' id="([^"]+)"', other))
    assert "xlink" not in text, "an old way to write it"


@pytest.mark.parametrize(
    ("colour", "theme"),
    [
        (INK, "currentColor"),
        *((c, f"var(--figure-{name}, {c})") for name, c in PALETTE.items()),
    ],
)
def test_colours_become_those_of_the_page(colour, theme):
    text = svg(one_line(colour), "line")
    assert f'stroke="{theme}"' in text
    assert INK not in text
    assert 'fill="currentColor"' in text.split(">")[0], "for text, too"


def test_page_and_figures_share_one_palette():
    sheet = (Path(__file__).parents[1] / "docs/assets/book.css").read_text()
    for name, colour in PALETTE.items():
        first = re.search(rf"--figure-{name}: light-dark\((#\w+),", sheet)
        assert first[1] == colour, name


def test_svg_has_no_fixed_colour_and_no_byte_that_nobody_sees(book_figure):
    """No thousandth of a point, no turn by nothing, no blank at an end."""
    text = svg(book_figure, "figure")
    assert not re.search(r"#[0-9a-f]{6}\b", re.sub(r"var\([^)]*\)", "", text))
    text = re.sub(r">[^<]*<", "><", text)  # words may say what they like
    for spare in (
        *(r"\d\.\d{3}", r"\.\d?0\b", r"-0(?![.\d])", r"rotate\(0 "),
        *(r'[\w-]="( |[^"]*( "|  |\n))', "<g>", "<defs />"),
        r'<path d="[^"]*" fill="none" />',
    ):
        assert not re.search(spare, text)


def test_words_can_be_read_and_figures_fit_a_column_of_text(book_figure):
    """Each takes its whole measure, 640 pixels, at 96 to the inch.

    On a phone a figure is 358 pixels wide, and 9.5 of them are the least for a
    letter. Boxes reach a hundredth of an inch beyond their letters.
    """
    width, height = book_figure.get_size_inches()
    if width not in (12, 3.6):  # the pictures of links and of a card
        assert width * 96 == pytest.approx(640)
        high = {"playground": 5.2, "functions": 6.5, "choice": 7.3}
        assert 2.5 < height < high.get(book_figure.get_label(), 4.5)
    drawing.lay_out(book_figure)  # again, for an SVG has other pixels
    for text in book_figure.findobj(Text) if width < 12 else ():
        assert text.get_fontsize() / 72 * 358 / width > 9.5, text.get_text()
    placed = drawing.words(book_figure)
    for word, box in placed:
        assert -0.01 <= box.x0 < box.x1 <= width + 0.01, word
        assert -0.01 <= box.y0 < box.y1 <= height + 0.01, word
    for (one, box), (other, that) in combinations(placed, 2):
        assert not box.padded(-0.01).overlaps(that.padded(-0.01)), (one, other)
    for axes in book_figure.axes:
        for line in axes.lines if axes.get_legend() else ():
            box = axes.get_legend().get_window_extent()
            points = axes.transData.transform(line.get_xydata())
            assert not box.count_contains(points), line.get_label()
        if "s" in {line.get_marker() for line in axes.lines}:
            assert drawing.classes(axes).keys() == {0, 1}


def test_no_line_of_a_plot_runs_through_a_word(book_figure):
    assert drawing.crossed(book_figure) == []


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
    assert 0 < min(margins) <= max(margins) < 0.5


def test_svg_is_clean_and_drawn_as_matplotlib_would(tmp_path):
    """It says how lines join in a style for all pages, which is not kept."""
    root, *elements = elements_of(one_line())
    tags = {element.tag for element in elements}
    assert not tags & {"style", "metadata", "script", "title"}
    assert not any("style" in element.attrib for element in elements)
    one_line().savefig(tmp_path / "line.svg")
    join, cap = root.get("stroke-linejoin"), root.get("stroke-linecap")
    style = f"stroke-linejoin: {join}; stroke-linecap: {cap}"
    assert style in (tmp_path / "line.svg").read_text()
    root, *_ = elements_of(sheet_of())
    assert root.get("viewBox") == "0 0 144 72"
    assert (root.get("width"), root.get("height")) == ("192", "96")


def test_words_are_text_to_be_searched_and_copied():
    elements = elements_of(sheet_of(" cell body ", "one more $a$"))
    said = {}
    for element in elements:
        assert not element.tail
        if element.text:
            said[element.tag] = said.get(element.tag, "") + element.text
    assert said.keys() == {"text", "tspan"}
    assert " cell body " in said["text"]
    assert said["text"].strip() == "cell body"
    spaced = said["tspan"].replace("\N{NO-BREAK SPACE}", " ")
    assert spaced == "one more 𝑎"
    words = [e for e in elements if e.tag == "text"]
    assert not any("font-family" in e.attrib for e in words), "the page's"


def test_mathematics_is_text_in_the_font_of_the_formulas():
    elements = elements_of(sheet_of(r"$\eta\,W^{[h]} 2$", "$da$"))
    spans = {e.text: e for e in elements if e.tag == "tspan"}
    assert {"𝜂", "𝑊", "ℎ", "[", "]", "2", "𝑑", "𝑎"} == set(spans)
    for span in spans.values():
        assert span.get("font-family") == "STIX Two Math, math, serif"
        assert span.get("font-style") is None, "the letters are italic"
    letters = "AZazgihαω@[`{ΰϊ19+ℎ"
    assert "".join(map(italic, letters)) == "𝐴𝑍𝑎𝑧𝑔𝑖ℎ𝛼𝜔@[`{ΰϊ19+ℎ"


def test_points_stay_where_they_are_and_go_if_they_are_on_a_straight_line():
    ring = Shape.unit_circle(), Shape([[1, 1], [2, 2]])
    steps = torch.arange(201) / 100
    with book_style():
        figure, sheet = blank_axes(4, 3)
        sheet.add_patch(PathPatch(Shape.make_compound_path(*ring)))
        sheet.plot([1 / 7, 3, 1, 1], [0.5, 8 / 3, 8 / 3, 1])
        sheet.plot(steps + 1, (steps - 1).abs() + 1)  # one corner
        sheet.plot(2 + steps.cos() / 9, steps.sin() / 9 + 1)
        sheet.plot([3, 2, 3], [1, 1, 1])  # there and back
    paths = re.findall(r'd="(m[^"]+)" clip', svg(figure, "line"))
    shapes = [re.sub(r"[-\d. ]+", "", path) for path in paths]
    assert [*shapes[:3], shapes[4]] == ["mcccccccczml", "mlhv", "mll", "mhh"]
    ring, line, straight, bent, back = map(drawing.corners, paths)
    assert ring[-6:] == pytest.approx([0, 288, 72, 144, 144, 72], abs=0.006)
    expected = [72 / 7, 180, 216, 24, 72, 24, 72, 144]
    assert line == pytest.approx(expected, abs=0.006)
    assert straight == pytest.approx([72, 72, 144, 144, 216, 72], abs=0.02)
    assert len(bent) > 20
    assert back == [216, 144, 144, 144, 216, 144]


def test_refuses_what_is_no_word_no_figure_and_no_style_of_the_book():
    for name in ("", "Two Words", "1st", 'a"b', 5):
        error = ValueError if isinstance(name, str) else TypeError
        refuses(error, "^svg: name must be .*, but ", svg, one_line(), name)
    assert svg(one_line(), "z-1").startswith("<svg")
    said = "^svg: figure must be a Figure, but an int was given$"
    refuses(TypeError, said, svg, 7, "nothing")
    said = (
        "^this figure would not look like the others; "
        r"put @book_style\(\) above the function that draws it$"
    )
    for new in (new_axes, blank_axes):
        refuses(RuntimeError, said, new)


@book_style()
def test_axes_and_their_sizes():
    figure, sheet = blank_axes(4, 3)
    assert drawing.frame(sheet) == ((0, 4), (0, 3))
    assert not sheet.axison
    assert sheet.get_position().bounds == (0, 0, 1, 1)
    assert list(figure.get_size_inches()) == [4, 3]
    figure, (only,) = new_axes()
    assert list(figure.get_size_inches()) == [640 / 96, 3.6]
    assert only.get_facecolor()[3] == figure.get_facecolor()[3] == 0
    sides = ["left", "bottom", "top", "right"]
    seen = [only.spines[side].get_visible() for side in sides]
    assert seen == [True, True, False, False]
    only.plot([0, 1], [0, 1], label="a line")
    assert not only.legend().get_frame_on()
    sizes = re.findall('font-size="([^"]+)"', svg(figure, "style"))
    assert set(sizes) == {"13px"}
    figure, three = new_axes(5, 2, columns=3)
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
    arrow = sheet.texts[0].arrow_patch
    assert arrow.get_linestyle() == style
    assert arrow.get_connectionstyle().rad == bend
    (line, head), (_, filled) = arrow._get_path_in_displaycoord()
    assert filled, "the head is no mere hook"
    first, tip = line.vertices[0] / 100, head.vertices[1] / 100
    assert first == pytest.approx((1, 1), abs=0.01)
    assert tip == pytest.approx((3, 2), abs=0.05)


def test_classes_have_one_look():
    x, y = double([[0, 1, 2, 3], [0, 1, 2, 3]]), torch.tensor([0, 1, 0, 1])
    axes = framed(lambda axes: draw_classes(axes, x, y, size=5))
    points = drawing.classes(axes)
    assert points[1].tolist() == [[1, 1], [3, 3]]
    assert points[0].tolist() == [[0, 0], [2, 2]]
    assert drawing.styles(axes) == {"target 1": "s", "target 0": "o"}
    assert {line.get_markersize() for line in axes.lines} == {5}


def test_region_of_a_class_is_shaded_where_its_score_is_positive():
    axes = framed(
        lambda axes: shade_class(axes, lambda x: x[0] - x[1], name="here")
    )
    points = torch.tensor([[1, 0.5], [3.9, 2.9], [0.5, 1], [0.1, 2.9]])
    assert drawing.shaded(axes, points).tolist() == [True, True, False, False]
    for patch in axes.collections:
        assert to_hex(patch.get_facecolor()[0]) == PALETTE["orange"]
        assert 0.1 < patch.get_alpha() < 0.4, "points can be seen on it"
    assert axes.get_legend_handles_labels()[1] == ["here"]
    axes = framed(lambda axes: shade_class(axes, lambda x: -5 - x[0]))
    assert not drawing.shaded(axes, torch.tensor([[0.5, 0.5]])).any()
    assert axes.get_legend_handles_labels() == ([], [])


@pytest.mark.parametrize(
    ("w", "b"), [((3, 4), -5), ((1, 0), 2), ((0, -2), 1), ((1, 1), 0)]
)
def test_line_of_a_unit_runs_across_the_frame(w, b):
    w, b, style = double(w), double(b), {"linestyle": "--", "label": "z = 0"}
    axes = framed(lambda axes: draw_line(axes, w, b, **style), (-2, 3), (-3, 1))
    (line,) = axes.lines
    ends = double(line.get_xydata())
    assert (ends @ w + b).abs().max() < 1e-9
    assert ends.norm(dim=1).min() > 13**0.5, "beyond the corners"
    assert (ends.mean(dim=0) @ (ends[1] - ends[0])).abs() < 1e-9
    assert drawing.styles(axes) == {"z = 0": "--"}
    assert line.get_color() == INK


def test_arrow_of_the_weights_has_its_name_at_its_tip():
    axes = framed(lambda axes: draw_vector(axes, double([3, 2]), "$w$"))
    drawing.lay_out(axes.figure)
    assert drawing.arrows(axes) == [((0, 0), (3, 2), "-")]
    box = dict(drawing.words(axes.figure))["$w$"]
    x, y = axes.transData.transform((3, 2)) / 100
    assert 0 < box.x0 - x < 0.15
    assert box.y0 < y < box.y1 + 0.1


@book_style()
def draw_two_dots(label: str = "") -> Figure:
    figure, _ = blank_axes()
    figure.set_label(label)
    return figure


@book_style()
def draw_again() -> Figure:
    return draw_two_dots()


def test_a_figure_is_called_what_its_page_calls_it():
    assert draw_two_dots().get_label() == "two-dots"
    assert draw_two_dots("Two dots.").get_label() == "Two dots."
    assert draw_again().get_label() == "again", "after the outermost function"


def test_a_notebook_is_told_what_is_to_be_seen(tmp_path, monkeypatch):
    texts = tmp_path / "alternatives.json"
    monkeypatch.setattr("snippets.figure.ALTERNATIVES", texts)

    def told(figure):
        named = ElementTree.fromstring(figure._repr_html_())
        assert named.get("role") == "img"
        return named.get("aria-label")

    assert told(draw_two_dots()) == "two-dots", "in the project"
    assert told(draw_two_dots("Two > one.")) == "Two > one."
    texts.write_text('{"two-dots": "A dot & a dot."}')
    assert told(draw_two_dots()) == "A dot & a dot.", "from the wheel"
    assert told(draw_two_dots("Two > one.")) == "Two > one."


@book_style()
def test_a_figure_that_answers_tells_where_its_data_is():
    figure, (axes,) = new_axes()
    axes.set(xlim=(-2, 6), ylim=(1, 3))
    axes.plot([0, 4], [1.5, 2.5], gid="live-line")
    html = live(figure, "tried", words="</script>", numbers=[0.1])
    picture, told = html.split('<script type="application/json">')
    root = ElementTree.fromstring(picture)
    told = told.removesuffix("</script>")
    assert "</" not in told
    assert json.loads(told) == {"words": "</script>", "numbers": [0.1]}
    ((left, top, width, height, x0, dx, y0, dy),) = json.loads(
        root.attrib["data-frames"]
    )
    (line,) = root.iterfind(".//{*}g[@data-part='line']/{*}path")
    drawn = drawing.corners(line.attrib["d"])
    expected = [x0, y0 + 1.5 * dy, x0 + 4 * dx, y0 + 2.5 * dy]
    assert drawn == pytest.approx(expected, abs=0.01)
    ends = [x0 - 2 * dx, x0 + 6 * dx, y0 + 3 * dy, y0 + dy]
    box = [left, left + width, top, top + height]
    assert ends == pytest.approx(box, abs=0.01)
