"""Sees a figure as its reader does: which words stand where, and what lines."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import torch
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from torch import Tensor

from snippets.figure import PALETTE, book_style

ROOT = Path(__file__).parents[1]


def all_figures() -> dict[str, Callable[[], Figure]]:
    """Return every function of the snippets that draws one figure, by name."""
    found = {}
    for file in sorted((ROOT / "snippets").rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        module = import_module(".".join(parts))
        for name, function in vars(module).items():
            if name.startswith("draw_") and _draws_one(function):
                found[name] = function
    return found


def _draws_one(function: Callable) -> bool:
    """Say whether a function draws a figure without being told which."""
    signature = inspect.signature(function)
    told = [p for p in signature.parameters.values() if p.default is p.empty]
    return signature.return_annotation is Figure and not told


def lay_out(figure: Figure) -> None:
    """Put all of a figure in its place, at 100 pixels to the inch."""
    with book_style():
        figure.set_dpi(100)
        FigureCanvasAgg(figure)
        figure.canvas.draw()


def corners(path: str) -> list[float]:
    """Return the coordinates of all points of an SVG path."""
    pen = RecordingPen()
    parse_path(path, pen)
    return [round(n, 3) for _, points in pen.value for p in points for n in p]


def words(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return what a laid-out figure says, each with its box in inches.

    The arrow of an annotation is none of its words.
    """
    return [
        (text.get_text(), inches(Text.get_window_extent(text)))
        for text in _texts(figure)
        if text.get_visible() and text.get_text().strip()
    ]


def inches(box: Bbox) -> Bbox:
    """Return a box that was counted in pixels."""
    return Bbox(box.get_points() / 100)


def _texts(figure: Figure) -> Iterator[Text]:
    yield from figure.texts
    for legend in figure.legends:
        yield from legend.get_texts()
    for axes in figure.axes:
        yield from axes.texts
        if axes.get_legend():
            yield from axes.get_legend().get_texts()
        yield axes.title
        if axes.axison:
            for axis in (axes.xaxis, axes.yaxis):
                yield axis.label
                low, high = axis.get_view_interval()
                for tick in axis.get_major_ticks():
                    if low <= tick.get_loc() <= high:
                        yield tick.label1


def crossed(figure: Figure) -> list[tuple[str, str]]:
    """Return the words that a line of a plot runs through, and the line.

    The figure is laid out. In a diagram, which has no axes, lines may run on
    below a sign, and what the sign stands on hides them.
    """
    found = []
    for axes in figure.axes:
        frame = inches(axes.bbox)
        inside = [w for w in words(figure) if frame.overlaps(w[1])]
        for line in axes.lines if axes.axison else ():
            way = line.get_transform().transform_path(line.get_path())
            way = way.cleaned(remove_nans=True)
            for word, box in inside if line.get_linestyle() != "None" else ():
                part = Bbox(100 * box.get_points())
                if way.intersects_bbox(part, filled=False):
                    found.append((word, line.get_label()))
    return found


def styles(axes: Axes) -> dict[str, str]:
    """Return the style of each line that the legend names, or its marker."""
    return {
        line.get_label(): line.get_linestyle().replace("None", "")
        or line.get_marker()
        for line in axes.lines
        if not line.get_label().startswith("_")
    }


def frame(axes: Axes) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the limits of the horizontal and of the vertical axis."""
    return axes.get_xlim(), axes.get_ylim()


def ticks(axes: Axes) -> tuple[list[float], list[float]]:
    """Return the marks on the horizontal and on the vertical axis."""
    return list(axes.get_xticks()), list(axes.get_yticks())


def arrows(axes: Axes) -> list[tuple[tuple, tuple, str]]:
    """Return where each arrow starts and ends, and the style of its line."""
    return [
        (text.xyann, text.xy, text.arrow_patch.get_linestyle())
        for text in axes.texts
        if isinstance(text, Annotation)
        and text.arrow_patch is not None
        and text.arrow_patch.get_arrowstyle().fillend
    ]


def box(patch: Patch) -> Bbox:
    """Return the box around a patch of a laid-out figure, without its line."""
    path = patch.get_transform().transform_path(patch.get_path())
    return inches(path.get_extents())


def centre(box: Bbox) -> tuple[float, float]:
    """Return the middle of a box."""
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def shaded(axes: Axes, points: Tensor) -> Tensor:
    """Return which points, of shape (m, 2), lie in a panel's shaded region."""
    regions = [c for c in axes.collections if isinstance(c, ContourSet)]
    ((region,),) = (found.get_paths() for found in regions)
    return torch.tensor(region.contains_points(points))


def classes(axes: Axes) -> dict[int, Tensor]:
    """Return the points of each class, of shape (m, 2).

    Those of class 1 must be filled orange squares, the others open blue
    circles: so it is in every figure of the book.
    """
    found = {}
    for target, marker, colour, filling in (
        (1, "s", "orange", "orange"),
        (0, "o", "blue", "paper"),
    ):
        (points,) = [li for li in axes.lines if li.get_marker() == marker]
        assert points.get_linestyle() == "None"
        assert points.get_color() == PALETTE[colour]
        assert points.get_markerfacecolor() == PALETTE[filling]
        found[target] = torch.tensor(points.get_xydata())
    return found
