from matplotlib.colors import to_hex
from matplotlib.text import Annotation

from snippets.figure import PALETTE
from snippets.propagation.index import LOWER, UPPER, draw_two_rows


def words_at(sheet):
    return {
        text.get_text(): text.get_position()
        for text in sheet.texts
        if text.get_text()
    }


def test_figure_has_two_rows_of_boxes():
    (sheet,) = draw_two_rows().axes
    rows = {}
    for box in sheet.patches:
        middle = box.get_bbox().y0 + box.get_bbox().height / 2
        colour = to_hex(box.get_edgecolor())
        rows.setdefault((round(middle, 2), colour), []).append(box)
    assert {key: len(boxes) for key, boxes in rows.items()} == {
        (UPPER, PALETTE["blue"]): 3,
        (LOWER, PALETTE["orange"]): 3,
    }


def test_figure_names_what_passes():
    (sheet,) = draw_two_rows().axes
    where = words_at(sheet)
    for a in ("a^{[1]}", "a^{[2]}", "a^{[L-1]}"):
        assert where[f"${a}$"][1] > UPPER > where[f"$d{a}$"][1] > LOWER
        assert where[f"${a}$"][0] == where[f"$d{a}$"][0]
    for l in "12L":
        assert where[f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$"][1] < LOWER
        assert where[f"$W^{{[{l}]}},\\ b^{{[{l}]}}$"][1] > LOWER
    for l, before in (("1", "0"), ("2", "1"), ("L", "L-1")):
        for cached in (
            f"$a^{{[{before}]}},\\ z^{{[{l}]}}$",
            f"$W^{{[{l}]}},\\ b^{{[{l}]}}$",
        ):
            assert where[cached][1] > LOWER
    assert r"$x = a^{[0]}$" in where
    assert r"$a^{[L]} = \hat{y}$" in where
    assert any(r"\eta\,dW" in text and r"\eta\,db" in text for text in where)


def test_figure_sends_values_right_and_derivatives_left():
    (sheet,) = draw_two_rows().axes
    arrows = [text for text in sheet.texts if isinstance(text, Annotation)]
    level = [arrow for arrow in arrows if arrow.xyann[1] == arrow.xy[1]]
    for arrow in level:
        rightwards = arrow.xy[0] > arrow.xyann[0]
        assert rightwards == (arrow.xy[1] == UPPER)
    assert len(level) == 10
    down = [arrow for arrow in arrows if arrow not in level]
    assert len(down) == 6
    assert all(arrow.xy[1] < arrow.xyann[1] for arrow in down)


def test_figure_crosses_out_what_nobody_needs():
    (sheet,) = draw_two_rows().axes
    (stroke,) = sheet.lines
    x, y = words_at(sheet)["$da^{[0]}$"]
    (left, right), (low, high) = stroke.get_data()
    assert left < x <= right
    assert low < y < high
