"""The one drawing style of the book, and the writers of its pictures.

Figures are drawn without pyplot, so nothing is shared between them. Black
becomes the colour of the text around the figure and each colour of PALETTE a
CSS variable, so that one drawing serves light pages, dark pages and print.
"""

import base64
import io
import json
import re
from collections.abc import Callable
from functools import wraps
from html import escape
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import matplotlib
import matplotlib.style
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import checked, named

# After Okabe and Ito's colours, told apart by colour-blind readers, two of them
# darker for contrast; lines differ in style as well, for print. The light
# scheme of docs/assets/book.css has the same values.
PALETTE = {
    "blue": "#0072b2",
    "orange": "#c95300",
    "green": "#007d5a",
    "paper": "#fffefa",
}
INK = "#000000"
WIDTH = (
    640 / 96
)  # inches: as wide as the text of a page, whose measure is 640 px


class Look(NamedTuple):
    """How the points of one class are drawn, in every figure of the book."""

    marker: str
    colour: str
    filling: str


# the class that a unit is to find, 1, and the other, 0
CLASSES = {
    1: Look("s", PALETTE["orange"], PALETTE["orange"]),
    0: Look("o", PALETTE["blue"], PALETTE["paper"]),
}

STYLE = {
    "svg.fonttype": "none",  # text stays text, to search, scale and read
    "mathtext.fontset": "stix",  # letters as wide as in a page's formulas
    "font.size": 13,  # 9.7 px on a phone, which shows a figure at 56 %
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "lines.linewidth": 1.8,
    "legend.frameon": False,
}

Word = named(
    str,
    "be lower-case letters, digits and hyphens",
    lambda name: re.fullmatch(r"[a-z][a-z0-9-]*", name) is not None,
)

ALTERNATIVES = Path(__file__).with_name("alternatives.json")
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_ITALIC_H = (
    "\u210e"  # Unicode had Planck's constant before it had the italic alphabet
)


class book_style:  # noqa: N801, its use is that of a function
    """Draw in the book's style, whatever the reader's matplotlibrc says.

    It is also a decorator, `@book_style()`: a figure that `draw_two_rows` draws
    is then labelled "two-rows", as its page calls it, unless it has words.
    """

    def __enter__(self) -> None:
        self.style = matplotlib.style.context(["default", STYLE])
        self.style.__enter__()

    def __exit__(self, *error: object) -> None:
        self.style.__exit__(*error)

    def __call__(self, draw: Callable) -> Callable:
        @wraps(draw)
        def drawn(*arguments: object, **named: object) -> object:
            """Draw in the style, and label a figure that has no words yet."""
            with book_style():
                figure = draw(*arguments, **named)
            if isinstance(figure, Figure) and " " not in figure.get_label():
                name = draw.__name__.removeprefix("draw_")
                figure.set_label(name.replace("_", "-"))
            return figure

        return drawn


class Picture(Figure):
    """A figure that a notebook shows as the pages do, without pyplot.

    Its label says what is to be seen, or names the figure of a page, whose text
    alternative is then told: the wheel of the book's code has them all.
    """

    def _repr_html_(self) -> str:
        label = self.get_label()
        if ALTERNATIVES.is_file():
            label = json.loads(ALTERNATIVES.read_text("utf-8")).get(
                label, label
            )
        named = f'<svg role="img" aria-label="{escape(label)}"'
        return svg(self, "notebook").replace("<svg", named, 1)


def new_axes(
    width: float = WIDTH, height: float = 3.6, columns: int = 1, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure of `width` by `height` inches, and its axes.

    columns: how many axes there are, side by side, in each of the rows.
    """
    _require_book_style()
    figure = Picture(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def blank_axes(
    width: float = WIDTH, height: float = 3.6
) -> tuple[Figure, Axes]:
    """Return a figure whose one axes has no frame: a sheet for diagrams.

    The axes counts in inches, y upwards.
    """
    _require_book_style()
    figure = Picture(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def draw_arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    line: str = "-",
    bend: float = 0,
) -> None:
    """Draw an arrow from `start` to `end`, in the units of the axes.

    line: its style. bend: how far it leaves the straight way, 0 for not.
    """
    style = {
        "arrowstyle": "-|>",
        "connectionstyle": f"arc3,rad={bend}",
        "facecolor": INK,
        "linestyle": line,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", end, start, arrowprops=style)


def draw_classes(
    axes: Axes,
    x: Tensor,
    y: Tensor,
    *,
    names: tuple[str, str] = ("target 0", "target 1"),
    size: float = 7,
) -> None:
    """Draw points, of shape (2, m), by their classes y, 0 or 1, of shape (m,).

    Those of class 1 are filled orange squares, the others open blue circles.
    names: what a legend calls the classes 0 and 1.
    """
    for target, look in CLASSES.items():
        axes.plot(
            *x[:, y == target],
            look.marker,
            color=look.colour,
            markerfacecolor=look.filling,
            markersize=size,
            label=names[target],
        )


def shade_class(
    axes: Axes, score: Callable[[Tensor], Tensor], *, name: str = ""
) -> None:
    """Shade the region of class 1, where the score of a point is above 0.

    It fills the frame, which has to be set before.
    score: takes points, of shape (2, m), and gives a number for each, (m,).
    name: what a legend calls the region.
    """
    across, up = (
        torch.linspace(*limits, 116, dtype=torch.float64)
        for limits in (axes.get_xlim(), axes.get_ylim())
    )
    points = torch.stack(torch.meshgrid(across, up, indexing="xy"))
    scores = score(points.flatten(start_dim=1)).reshape(points.shape[1:])
    top = float(scores.max().clamp(min=0)) + 1
    look = {"alpha": 0.2, "zorder": 0}
    colour = CLASSES[1].colour
    axes.contourf(across, up, scores, (0, top), colors=colour, **look)
    if name:  # contours are in no legend by themselves
        axes.fill_between([], [], color=colour, label=name, **look)


def draw_line(axes: Axes, w: Tensor, b: Tensor, **style: object) -> None:
    """Draw the line on which w_1 x_1 + w_2 x_2 + b is 0, across the frame.

    The frame has to be set before.
    """
    nearest = -b / (w @ w) * w  # to the point (0, 0)
    along = torch.stack((-w[1], w[0])) / torch.linalg.vector_norm(w)
    corners = (*axes.get_xlim(), *axes.get_ylim())
    reach = 2 * max(map(abs, corners))
    ends = torch.stack((nearest - reach * along, nearest + reach * along))
    axes.plot(*ends.T, **{"color": INK, "linewidth": 1.2} | style)


def draw_vector(axes: Axes, w: Tensor, name: str) -> None:
    """Draw an arrow from (0, 0) to the point w, and its name beyond the tip."""
    draw_arrow(axes, (0, 0), tuple(w.tolist()))
    beyond = (9 * w / w.norm().clamp(min=1e-9)).tolist()
    place = {"xytext": beyond, "textcoords": "offset points"}
    axes.annotate(name, w.tolist(), **place, ha="center", va="center")


def _require_book_style() -> None:
    if matplotlib.rcParams["svg.fonttype"] != STYLE["svg.fonttype"]:
        raise RuntimeError(
            "this figure would not look like the others; "
            "put @book_style() above the function that draws it"
        )


@checked
def svg(figure: Figure, name: Word) -> str:
    """Return `figure` as an SVG element for a page.

    The same figure and name always give the same text.
    name: a word that no other figure of the book bears; it keeps apart the ids
    of figures on one page.
    """
    buffer = io.StringIO()
    with book_style(), matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg")
    root = ElementTree.fromstring(buffer.getvalue())
    referenced = set(
        re.findall(r'(?:url\(#|href="#)([^")]+)', buffer.getvalue())
    )
    _clean(root, referenced)
    _set_size(root)
    return ElementTree.tostring(root, encoding="unicode")


@checked
def live(figure: Figure, name: Word, **numbers: object) -> str:
    """Return `figure` as svg does, for a page that lets readers touch it.

    The element has the frame of each axes: left, top, width and height, then
    x0, dx, y0, dy, so that a data point is drawn at (x0 + x dx, y0 + y dy). An
    artist whose gid is "live-curve" is found there as data-part "curve".
    numbers: what the script of the figure needs, told beside it as JSON.
    """
    drawing = svg(figure, name)
    frames = json.dumps([_frame(axes) for axes in figure.axes])
    told = json.dumps(numbers, separators=(",", ":")).replace("</", "<\\/")
    return (
        drawing.replace("<svg ", f'<svg data-frames="{frames}" ', 1)
        + f'<script type="application/json">{told}</script>'
    )


def _frame(axes: Axes) -> list[float]:
    """Return where the axes and its data are, in the units of the SVG."""
    scale = 72 / axes.figure.dpi
    height = axes.figure.bbox.height * scale
    (x0, y0), (x1, y1) = scale * axes.transData.transform([(0, 0), (1, 1)])
    box = axes.bbox
    place = (box.x0 * scale, height - box.y1 * scale)
    size = (box.width * scale, box.height * scale)
    data = (x0, x1 - x0, height - y0, y0 - y1)
    return [round(float(number), 3) for number in (*place, *size, *data)]


def png(figure: Figure, file: str) -> str:
    """Return `figure` as a picture that becomes a file of the site.

    The build takes it out of the page. It is drawn at 100 pixels to the inch.
    file: its path in the site, "assets/share.png" for instance.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, metadata={"Software": None})
    picture = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<template data-file="{file}" data-search-exclude>{picture}</template>'
    )


def _clean(root: ElementTree.Element, referenced: set[str]) -> None:
    """Leave only what a page needs.

    Ids that nothing refers to, fixed colours, and what shows nothing go.
    """
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        element.text = (
            (element.text or "").strip()
            if element.tag not in ("text", "tspan")
            else element.text
        )
        element.tail = None
        element.attrib = _attributes(element, referenced)
        _use_page_fonts(element)
    _thin(root)


def _thin(parent: ElementTree.Element) -> None:
    """Take out groups that say nothing, and what shows nothing."""
    kept: list[ElementTree.Element] = []
    for child in parent:
        _thin(child)
        look = child.attrib
        idle = {
            "metadata": True,
            "style": True,
            "defs": not len(child),
            "path": look.get("fill") == "none" and "stroke" not in look,
        }
        if child.tag == "g" and not look:
            kept += child
        elif not idle.get(child.tag):
            kept.append(child)
    parent[:] = kept


def _attributes(
    element: ElementTree.Element, referenced: set[str]
) -> dict[str, str]:
    """Return the element's attributes with its style spread over them.

    A strict content policy wants it so.
    """
    attributes = {}
    for key, value in element.attrib.items():
        if key == "style":
            declarations = (
                part.split(":") for part in value.split(";") if part.strip()
            )
            attributes |= {
                name.strip(): _themed(text.strip())
                for name, text in declarations
            }
        elif key == "id" and value.startswith("live-"):
            attributes["data-part"] = value.removeprefix("live-")
        elif key != "id" or value in referenced:
            attributes[key.removeprefix(_XLINK)] = _rounded(key, value)
    if attributes.get("transform", "").startswith("rotate(0 "):
        del attributes["transform"]
    return attributes


def _themed(value: str) -> str:
    if value == INK:
        return "currentColor"
    for name, colour in PALETTE.items():
        if value == colour:
            return f"var(--figure-{name}, {colour})"
    return value


def _rounded(key: str, value: str) -> str:
    """Round coordinates to a hundredth of a point.

    That gives smaller files, and no trace of the processor's last digit.
    """
    if key not in ("d", "x", "y", "transform", "width", "height"):
        return value
    short = re.sub(
        r"-?\d+\.\d+",
        lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."),
        value,
    )
    short = " ".join(re.sub(r"-0(?![.\d])", "0", short).split())
    return _relative(_corners(short)) if key == "d" else short


def _corners(path: str) -> str:
    """Leave out points that lie on a straight line between two others."""
    kept: list[tuple[str, complex | None]] = []
    passed: list[complex] = []  # the points left out since the last one kept
    for part in re.findall(r"[A-Za-z][^A-Za-z]*", path):
        letter, *numbers = part.split()
        is_point = letter in ("M", "L") and len(numbers) == 2
        point = complex(*map(float, numbers)) if is_point else None
        before = [at for _, at in kept[-2:] if at is not None]
        middle = kept[-1][0].startswith("L") if kept else False
        if letter == "L" and middle and len(before) == 2:
            passed.append(before[1])
            if all(_between(before[0], at, point) for at in passed):
                kept.pop()
            else:
                passed = []
        else:
            passed = []
        kept.append((part.strip(), point))
    return " ".join(part for part, _ in kept)


def _between(start: complex, at: complex, end: complex) -> bool:
    """Whether a point is on the way from one to another, to a hundredth."""
    way = end - start
    along = (at - start) * way.conjugate()
    is_near = abs(along.imag) <= 0.01 * abs(way) > 0
    return is_near and 0 <= along.real <= abs(way) ** 2


def _relative(path: str) -> str:
    """Write each point as the way from the one before, which is shorter."""
    made, here, start = "", (0, 0), (0, 0)  # in hundredths, to add up exactly
    for letter, told in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [round(100 * float(number)) for number in told.split()]
        ways = [n - h for n, h in zip(numbers, cycle(here), strict=False)]
        here = tuple(numbers[-2:]) or start
        start = here if letter == "M" else start
        if letter == "L" and 0 in ways:
            letter, ways = ("H", ways[:1]) if ways[0] else ("V", ways[1:])
        made += letter.lower() + " ".join(f"{way / 100:g}" for way in ways)
    return re.sub(r" (?=-)|(?<!\d)0(?=\.)", "", made)


def _use_page_fonts(element: ElementTree.Element) -> None:
    """Set words in the page's font, mathematics in that of its formulas."""
    family = element.attrib.pop("font-family", "")
    if "STIX" not in family:
        return
    element.set("font-family", "STIX Two Math, math, serif")
    if element.attrib.pop("font-style", "") == "italic":
        element.text = italic(element.text)  # matplotlib sets each by itself


def italic(letter: str) -> str:
    """Return the letter of the mathematical italic alphabet.

    That is where the font of the formulas keeps its italics.
    """
    for first, last, start in (
        ("A", "Z", 0x1D434),
        ("a", "z", 0x1D44E),
        ("α", "ω", 0x1D6FC),
    ):
        if first <= letter <= last:
            return (
                _ITALIC_H
                if letter == "h"
                else chr(start + ord(letter) - ord(first))
            )
    return letter


def _set_size(root: ElementTree.Element) -> None:
    """Give the size in CSS pixels, and the properties of the whole drawing."""
    width, height = (
        float(number) for number in root.attrib["viewBox"].split()[2:]
    )
    root.attrib = {
        "xmlns": _SVG[1:-1],
        "viewBox": f"0 0 {width:g} {height:g}",
        "width": f"{width * 4 / 3:g}",
        "height": f"{height * 4 / 3:g}",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
