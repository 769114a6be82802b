"""Computational graphs: values above their edges, gradients below."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from snippets.contract import checked
from snippets.figure import INK, PALETTE, WIDTH, blank_axes, book_style

MARGIN, BOX = 0.25, 0.25  # inches: around the graph, and half a box's width


class Node(NamedTuple):
    """A value of a graph, and how it is computed.

    slopes: how fast it changes with each value that it is computed from, by
    that value's name; none for a value that is given.
    """

    value: float
    slopes: Mapping[str, float] = {}
    operation: str = ""


Graph = Mapping[str, Node]  # by name, in the order in which they are computed
Edge = tuple[str, str]
Place = tuple[float, float]


# --8<-- [start:flows]
@checked
def flows(graph: Graph) -> dict[Edge, float]:
    """Return what each edge carries back: a gradient times a slope."""
    *_, last = graph
    gradients = dict.fromkeys(graph, 0.0) | {last: 1.0}
    carried = {}
    for name in reversed(graph):
        for source, slope in graph[name].slopes.items():
            carried[source, name] = slope * gradients[name]
            gradients[source] += carried[source, name]
    return carried
    # --8<-- [end:flows]


# --8<-- [start:draw_graph]
@book_style()
def draw_graph(graph: Graph, height: float = 2.6) -> Figure:
    """Draw any small graph, with all that flows forward and back."""
    figure, sheet = blank_axes(height=height)
    *_, last = graph
    places = _places(graph, height)
    x, y = places[last]
    _write(sheet, x + BOX, WIDTH - MARGIN, y, graph[last].value, 1.0)
    sheet.plot([x, WIDTH - MARGIN], [y, y], color=INK, linewidth=0.9)
    for (source, name), gradient in flows(graph).items():
        start, end = places[source], places[name]
        bends = _bends(start, end, _forks(graph, source))
        sheet.plot(*zip(*bends, strict=True), color=INK, linewidth=0.9)
        (left, y), (right, _) = bends[1:3]
        _write(sheet, left, right, y, graph[source].value, gradient)
    for name, node in graph.items():
        _draw_node(sheet, places[name], f"${name}$", node.operation)
        if _forks(graph, name):
            _write_sum(sheet, places[name], name, flows(graph))
    return figure


def _places(graph: Graph, height: float) -> dict[str, Place]:
    """Place each value left of all that is computed from it."""
    *_, last = graph
    columns, wanted = {last: 1}, {last: [0.0]}
    rows = {}
    for name in reversed(graph):
        rows[name] = sum(wanted[name]) / len(wanted[name])
        slopes = graph[name].slopes
        for source, offset in zip(slopes, _offsets(graph, name), strict=True):
            columns[source] = max(columns.get(source, 0), columns[name] + 1)
            wanted.setdefault(source, []).append(rows[name] + offset)
    top = min(rows.values())
    wide = (WIDTH - 2 * MARGIN) / max(columns.values())
    high = height / (max(rows.values()) - top + 1)
    return {
        name: (
            WIDTH - MARGIN - wide * columns[name],
            height - high * (rows[name] - top + 0.5),
        )
        for name in graph
    }


def _offsets(graph: Graph, name: str) -> list[float]:
    """Say on which rows, from that of a value, those are that it comes from.

    A computed one among given ones keeps the row; others stand evenly apart.
    """
    sources = graph[name].slopes
    computed = [bool(graph[source].slopes) for source in sources]
    if sum(computed) == 1:
        free = iter((-1.0, 1.0))
        return [0.0 if is_computed else next(free) for is_computed in computed]
    wide = any(computed) or any(_forks(graph, source) for source in sources)
    apart = 2.0 if wide else 1.0
    middle = (len(sources) - 1) / 2
    return [apart * (place - middle) for place in range(len(sources))]


def _forks(graph: Graph, name: str) -> bool:
    return sum(name in node.slopes for node in graph.values()) > 1


def _bends(start: Place, end: Place, forks: bool) -> list[Place]:
    """Return the corners of an edge, whose middle piece is level.

    It keeps the row of its start, or, where it forks, that of its end.
    """
    (left, low), (right, high) = start, end
    level = high if forks else low
    near, far = (0.3, BOX) if forks else (0.12, 0.33)
    if low == high:
        near = far = BOX
    return [start, (left + near, level), (right - far, level), end]


def _write(
    sheet: Axes, left: float, right: float, y: float, value: float, back: float
) -> None:
    """Write a value above the middle of a level line, and a gradient below."""
    for number, colour, away, va in (
        (value, INK, 0.04, "bottom"),
        (back, PALETTE["orange"], -0.06, "top"),
    ):
        text = f"{round(number, 3):g}".replace("-", "−")
        place = ((left + right) / 2, y + away)
        sheet.text(*place, text, color=colour, ha="center", va=va)


def _write_sum(
    sheet: Axes, place: Place, name: str, carried: Mapping[Edge, float]
) -> None:
    """Write beside a value that forks the sum of what comes back to it."""
    total = sum(back for (source, _), back in carried.items() if source == name)
    text = f"sum {round(total, 3):g}".replace("-", "−")
    style = {"color": PALETTE["orange"], "ha": "left", "va": "center"}
    sheet.text(place[0] + 0.25, place[1], text, **style)


def _draw_node(sheet: Axes, place: Place, name: str, operation: str) -> None:
    """Draw an operation in a box with its result's name above, or a name."""
    frame = {"boxstyle": "round,pad=0.3", "facecolor": PALETTE["paper"]}
    frame |= {"edgecolor": INK if operation else "none", "linewidth": 1.2}
    sheet.text(
        *place,
        operation or name,
        ha="center",
        va="center",
        bbox=frame,
    )
    if operation:
        above = (place[0], place[1] + 0.24)
        # matplotlib's letter is wider than the page's
        near = re.sub(r"ℒ_(\d)", r"ℒ_{\\hspace{-0.3}\1}", name)
        sheet.text(*above, near, ha="center", va="bottom")
    # --8<-- [end:draw_graph]
