import re
from itertools import pairwise
from operator import lt

import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from press.reading.source import statements
from snippets.figure import PALETTE
from snippets.network import Layer, initialise
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.index import LOWER, UPPER, draw_two_rows
from tests import drawing
from tests.claims import claim
from tests.equations.check import DOCS, hold
from tests.equations.evaluate import shape
from tests.propagation.passes import backward_from, problem, symbols_of_a_pass

SHAPE = re.compile(r"\| \$([^$]+)\$ \|.*\| \$(\([^$]+\))\$ \|$")


def words_at(sheet):
    return {
        unspaced(text.get_text()): text.get_position()
        for text in sheet.texts
        if text.get_text()
    }


def unspaced(word):
    """Return a word of the picture without the room between its signs."""
    return re.sub(r"\\hspace\{[\d.]+\}", "", word)


@claim(
    "Forward propagation, above, and backpropagation, below, with the "
    "caches that connect them (dashed).",
    "Two rows of boxes, one box in each row for layer <first>, layer "
    "<second> and, after dots, layer L.",
)
def test_figure_has_two_rows_of_boxes(first, second):
    (sheet,) = draw_two_rows().axes
    where = words_at(sheet)
    layers = [f"{first:g}", f"{second:g}", "L"]
    for row in ("$W^{[l]},\\ b^{[l]}$", "$dz^{[l]}$"):
        places = [where[row.replace("[l]", f"[{layer}]")] for layer in layers]
        assert all(map(lt, places, places[1:])), "from left to right"
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
    for a in ("a^{[1]}", "a^{[L-1]}"):
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
    for a, end, below in (
        ("$a^{[0]}$", "$x$", "$da^{[0]}$"),
        ("$a^{[L]}$", r"$\hat{y}$", r"$\hat{y}-y$"),
    ):
        assert where[a][1] > where[end][1] == UPPER > where[below][1] > LOWER
        assert where[a][0] == where[below][0]
    assert where["$x$"][0] < where["$a^{[0]}$"][0]
    assert where["$a^{[L]}$"][0] < where[r"$\hat{y}$"][0]
    assert any(r"\eta\,dW" in text and r"\eta\,db" in text for text in where)


@claim(
    "Forward propagation, above, and backpropagation, below, with the "
    "caches that connect them (dashed).",
    "The upper row runs from left to right: x, which is a[<start>], enters "
    "the first box, a[<passed>] passes to the second, and so on to a[L], "
    "which is y-hat.",
    "The upper row, read from left to right, goes from the input to the "
    "prediction; the lower row, read from right to left, goes from the "
    "prediction's error to the gradients of the first layer, which are the "
    "derivatives with respect to its weights and biases.",
)
def test_figure_sends_values_right_and_derivatives_left(start, passed):
    (sheet,) = draw_two_rows().axes
    where = words_at(sheet)
    first, second = (where[f"$dz^{{[{layer}]}}$"][0] for layer in "12")
    assert where["$x$"][0] < where[f"$a^{{[{start:g}]}}$"][0] < first
    assert first < where[f"$a^{{[{passed:g}]}}$"][0] < second
    arrows = [text for text in sheet.texts if isinstance(text, Annotation)]
    level = [arrow for arrow in arrows if arrow.xyann[1] == arrow.xy[1]]
    for arrow in level:
        rightwards = arrow.xy[0] > arrow.xyann[0]
        assert rightwards == (arrow.xy[1] == UPPER)
    assert len(level) == 10
    down = [arrow for arrow in arrows if arrow not in level]
    assert len(down) == 6
    assert all(arrow.xy[1] < arrow.xyann[1] for arrow in down)
    dashed = [a for a in down if a.arrow_patch.get_linestyle() == "--"]
    assert len(dashed) == 3, "from each upper box to the one below"
    for arrow in dashed:
        assert arrow.xyann[1] > (UPPER + LOWER) / 2 > arrow.xy[1] > LOWER


@claim(
    "$da^{[0]}$ is crossed out because nobody needs it: the input is not "
    "trained.",
    "The lower row runs from right to left: y-hat minus y enters the last box, "
    "da[L-<back>] and so on pass to the left, and da[<start>], which would "
    "leave the first box, is crossed out.",
)
def test_figure_crosses_out_what_nobody_needs(back, start):
    (sheet,) = draw_two_rows().axes
    (stroke,) = sheet.lines
    where = words_at(sheet)
    x, y = where[f"$da^{{[{start:g}]}}$"]
    passed = where[r"$\hat{y}-y$"][0], where[f"$da^{{[L-{back:g}]}}$"][0]
    assert x < where["$dz^{[1]}$"][0] < passed[1] < passed[0]
    (left, right), (low, high) = stroke.get_data()
    assert left < x <= right
    assert low < y < high


def passed_through(names=("tanh", "sigmoid"), sizes=(3, 5, 2), m=10):
    """Return a derivative of the loss, and what the layers cached."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise(sizes, generator)
    x = torch.randn(sizes[0], m, generator=generator, dtype=torch.float64)
    y_hat, caches = forward(x, layers, names)
    return torch.randn(y_hat.shape, generator=generator).double(), caches


@claim(
    "When it learns, derivatives run backward: the prediction is compared with "
    "the target, and then each layer, from the last to the first, finds out "
    "how the loss changes with its weights and biases.",
)
@pytest.mark.parametrize("spoilt", range(3))
def test_what_a_layer_hands_on_reaches_only_those_before(spoilt):
    names = ("relu", "tanh", "sigmoid")
    da, caches = passed_through(names, sizes=(3, 5, 4, 2))
    lost = torch.full_like(caches[spoilt].z, torch.nan)
    caches[spoilt] = caches[spoilt]._replace(z=lost)
    for layer, gradient in enumerate(backward_from(da, caches, names)):
        is_reached = [part.isnan().any().item() for part in gradient]
        assert is_reached == [layer <= spoilt] * 2


@claim(
    "If the loss of the first example has the slope <first> with respect to "
    "that weight, and the loss of the second the slope <second>, then $dW$ is "
    "their mean, $(<one> + <other>) / 2 = <mean>$.",
    "Each example has a $z$ of its own, so the unit's $dz$ is not averaged: "
    "it holds two numbers, one for each example.",
)
def test_mean_of_two_slopes(first, second, one, other, mean):
    """An input of 1 makes z the weight itself; the function has slope 1."""
    assert (one, other) == (first, second)
    w = torch.ones(1, 1, dtype=torch.float64)
    x = torch.ones(1, 2, dtype=torch.float64)
    da = torch.tensor([[first, second]], dtype=torch.float64)
    _, caches = forward(x, [Layer(w, 0 * w)], ["relu"])
    ((dW, _),) = backward_from(da, caches, ["relu"])
    assert dW.item() == pytest.approx(mean, rel=1e-12)
    for slope, i in ((first, 0), (second, 1)):
        alone = caches[0]._replace(a_previous=x[:, [i]], z=x[:, [i]])
        ((dW, _),) = backward_from(da[:, [i]], [alone], ["relu"])
        assert dW.item() == slope
    dz = da * ACTIVATIONS["relu"].derivative(caches[0].z)
    assert dz.tolist() == [[first, second]]


@claim(
    "Mind which loss is meant: $dz$ and $da$ are derivatives of single "
    r"examples' losses $\mathcal{L}$, but $dW$ and $db$ are derivatives of "
    "their mean $J$.",
    "This is where a factor $1/m$ will come from.",
)
def test_gradients_are_means_over_the_examples():
    names = ("tanh", "sigmoid")
    da, caches = passed_through(names)
    together = backward_from(da, caches, names)
    alone = [
        backward_from(
            da[:, [i]],
            [
                c._replace(a_previous=c.a_previous[:, [i]], z=c.z[:, [i]])
                for c in caches
            ],
            names,
        )
        for i in range(da.shape[1])
    ]
    for layer, gradient in enumerate(together):
        for part, mean in enumerate(gradient):
            parts = [gradients[layer][part] for gradients in alone]
            torch.testing.assert_close(mean, torch.stack(parts).mean(dim=0))


@claim(
    "$(<W_rows>, <W_columns>)$, $(<b_rows>, <b_columns>)$, $(<z_rows>, "
    "<z_columns>)$ and $(<dW_rows>, <dW_columns>)$.",
)
def test_shapes_of_the_exercise(
    W_rows, W_columns, b_rows, b_columns, z_rows, z_columns, dW_rows, dW_columns
):
    names = ("tanh", "sigmoid")
    da, caches = passed_through(names, sizes=(3, 5, 2), m=10)
    assert caches[0].W.shape == (W_rows, W_columns)
    assert caches[1].b.shape == (b_rows, b_columns)
    assert caches[0].z.shape == (z_rows, z_columns)
    dW = backward_from(da, caches, names)[1].dW
    assert dW.shape == (dW_rows, dW_columns)


@claim(
    (
        "The slope of each activation function depends on the $z^{[l]}$ at "
        "which it was used, and the gradient of a weight depends on the "
        "input that it was multiplied with."
    ),
)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_depend_on_what_was_cached(name):
    da, (cache,) = passed_through([name], sizes=(3, 5))
    right = backward_from(da, [cache], [name])[0].dW
    for other in (
        cache._replace(z=cache.z.flip(1)),
        cache._replace(a_previous=cache.a_previous.flip(1)),
    ):
        dW = backward_from(da, [other], [name])[0].dW
        assert (dW - right).abs().min() > 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    signs = symbols_of_a_pass(*problem(seed))
    # the exercise asks about a network of its own
    hold("propagation/index.md", signs)


def test_shapes_of_the_notation_are_those_of_the_code():
    signs = symbols_of_a_pass(*problem(0))
    page = (DOCS / "propagation/index.md").read_text(encoding="utf-8")
    compared = 0
    for row in statements("propagation/index.md", page):
        found = SHAPE.match(row.text)
        for l in signs["l"] if found else ():
            sign, tex = found.groups()
            value = signs[sign.split("^")[0].split(" = ")[-1]]
            is_layered = "[l]" in sign
            value = value[l] if is_layered else value
            if isinstance(value, dict):
                value = value[0 if "[0]" in sign else signs["L"]]
            where = f"docs/propagation/index.md:{row.line}"
            assert value.shape == shape(tex, signs | {"l": l}), where
            compared += 1
    assert compared >= 7 * signs["L"]


def parameters(layer):
    return f"$W^{{[{layer}]}},\\ b^{{[{layer}]}}$"


def written_in(box, words):
    """Return the words whose middle is in a box."""
    return [
        word for word, place in words if box.contains(*drawing.centre(place))
    ]


@pytest.fixture(scope="module")
def placed():
    """The picture laid out: boxes, arrows and words, with their places."""
    figure = draw_two_rows()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    boxes = [drawing.box(patch) for patch in sheet.patches]
    words = [(unspaced(word), box) for word, box in drawing.words(figure)]
    return boxes, drawing.arrows(sheet), words


def row(placed, height):
    """Return what stands in a row, from left to right: boxes and words."""
    boxes, _, words = placed
    loose = [
        box
        for _, box in words
        if not any(box.overlaps(around) for around in boxes)
    ]
    return sorted(
        (
            box
            for box in boxes + loose
            if abs(drawing.centre(box)[1] - height) < 0.05
        ),
        key=lambda box: box.x0,
    )


@claim(
    "In the picture each layer is a column of two boxes, one for each "
    "direction.",
)
def test_figure_has_each_word_in_the_middle_of_its_box(placed):
    boxes, _, words = placed
    wanted = [*map(parameters, "12L"), *(f"$dz^{{[{l}]}}$" for l in "12L")]
    upper, lower = boxes[::2], boxes[1::2]
    for box, word in zip(upper + lower, wanted, strict=True):
        x, y = drawing.centre(box)
        for said, place in words:
            if said == word and place.overlaps(box):
                break
        assert drawing.centre(place) == pytest.approx((x, y), abs=0.03)
        assert box.x0 < place.x0 < place.x1 < box.x1
        assert box.y0 < place.y0 < place.y1 < box.y1
    for one, other in zip(upper, lower, strict=True):
        assert one.x0 == pytest.approx(other.x0)
        assert one.x1 == pytest.approx(other.x1)


@pytest.mark.parametrize("height", [UPPER, LOWER])
def test_figure_has_an_arrow_from_each_thing_in_a_row_to_the_next(
    placed, height
):
    things = row(placed, height)
    if height == LOWER:  # no word is at its ends
        left, right = (
            Bbox([[start, height], [end, height]])
            for start, end in ((0, 0.25), (6.35, 6.67))
        )
        things = [left, *things, right]
    assert len(things) == 6, "an end, two boxes, dots, a box, an end"
    ends = sorted(
        sorted((start[0], end[0]))
        for start, end, style in placed[1]
        if start[1] == end[1] == height and style == "-"
    )
    assert len(ends) == 5
    for (left, right), (start, end) in zip(pairwise(things), ends, strict=True):
        assert -0.01 < start - left.x1 < 0.12
        assert -0.01 < right.x0 - end < 0.12


def test_figure_names_what_an_arrow_carries_above_its_middle(placed):
    _, arrows, words = placed
    names = [(0, "0"), (1, "1"), (3, "L-1"), (4, "L")]
    for height, d in ((UPPER, ""), (LOWER, "d")):
        level = sorted(
            (start[0] + end[0]) / 2
            for start, end, _ in arrows
            if start[1] == end[1] == height
        )
        for index, layer in names:
            name = f"${d}a^{{[{layer}]}}$"
            if (layer, d) == ("L", "d"):
                name = r"$\hat{y}-y$"
            (box,) = [box for word, box in words if word == name]
            assert drawing.centre(box)[0] == pytest.approx(
                level[index], abs=0.03
            )
            assert 0 < box.y0 - height < 0.15


@claim(
    "Each upper box holds W and b of its layer and drops, along a dashed "
    "arrow, a of the layer before and its own z, W and b to the box below.",
)
def test_figure_hands_the_caches_down_along_dashed_arrows(placed):
    boxes, arrows, words = placed
    dashed = [(start, end) for start, end, style in arrows if style == "--"]
    assert len(dashed) == 3
    layers = (("0", "1"), ("1", "2"), ("L-1", "L"))
    for (before, l), (start, end), upper, lower in zip(
        layers, dashed, boxes[::2], boxes[1::2], strict=True
    ):
        assert written_in(upper, words) == [parameters(l)]
        x, _ = drawing.centre(upper)
        assert start[0] == end[0] == pytest.approx(x)
        assert 0 < upper.y0 - start[1] < 0.1
        assert 0 < end[1] - lower.y1 < 0.1
        beside = [
            (word, box)
            for word, box in words
            if 0 < box.x0 - x < 0.15 and end[1] < box.y0 < box.y1 < start[1]
        ]
        (values, first), (weights, second) = beside
        assert values == f"$a^{{[{before}]}},\\ z^{{[{l}]}}$"
        assert weights == parameters(l)
        assert 0 < first.y0 - second.y1 < 0.1
        middle = (first.y1 + second.y0) / 2
        assert middle == pytest.approx((start[1] + end[1]) / 2, abs=0.1)


@claim("Each lower box holds dz of its layer and gives out dW and db.")
def test_figure_lets_the_gradients_out_below(placed):
    boxes, arrows, words = placed
    out = [
        (start, end)
        for start, end, style in arrows
        if style == "-" and start[0] == end[0]
    ]
    assert len(out) == 3
    for l, (start, end), lower in zip("12L", out, boxes[1::2], strict=True):
        assert written_in(lower, words) == [f"$dz^{{[{l}]}}$"]
        x, _ = drawing.centre(lower)
        assert start[0] == pytest.approx(x)
        assert 0 < lower.y0 - start[1] < 0.1
        name = f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$"
        (box,) = [box for word, box in words if word == name]
        assert drawing.centre(box)[0] == pytest.approx(x, abs=0.02)
        assert 0 < end[1] - box.y1 < 0.1


@claim(
    "Below stand the update rules: W becomes W minus eta dW, b becomes b minus "
    "eta db.",
)
def test_figure_states_the_update_at_the_foot(placed):
    _, _, words = placed
    (rules,) = [box for word, box in words if "leftarrow" in word]
    assert all(rules.y1 < box.y0 for _, box in words if box is not rules)
    assert drawing.centre(rules)[0] == pytest.approx(640 / 96 / 2, abs=0.05)
    assert [word for word, _ in words if "leftarrow" in word] == [
        r"$W^{[l]} \leftarrow W^{[l]} - \eta\,dW^{[l]} \qquad\quad "
        r"b^{[l]} \leftarrow b^{[l]} - \eta\,db^{[l]}$"
    ]


def test_figure_strikes_through_the_whole_name(placed):
    (sheet,) = draw_two_rows().axes
    (left, right), (low, high) = sheet.lines[0].get_data()
    (box,) = [box for word, box in placed[2] if word == "$da^{[0]}$"]
    assert 0 < left < box.x0 < box.x1 < right + 0.01 < box.x1 + 0.15
    assert box.y0 - 0.1 < low < box.y0 + 0.02
    assert box.y1 - 0.1 < high < box.y1 + 0.1
