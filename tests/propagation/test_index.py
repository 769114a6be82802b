import re

import pytest
import torch
from matplotlib.colors import to_hex

from press.reading.source import statements
from snippets.figure import PALETTE
from snippets.network import Layer
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.index import LOWER, UPPER, draw_two_rows
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import DOCS, hold
from tests.equations.evaluate import shape
from tests.propagation.passes import (
    NAMES,
    backward_from,
    problem,
    symbols_of_a_pass,
)
from tests.propagation.slopes import row

SHAPE = re.compile(r"\| \$([^$]+)\$ \|.*\| \$(\([^$]+\))\$ \|$")
BEFORE = {"1": "0", "2": "1", "L": "L-1"}


def parameters(layer):
    return f"$W^{{[{layer}]}},\\ b^{{[{layer}]}}$"


@pytest.fixture(scope="module")
def picture():
    """The picture laid out: boxes, arrows, and words, with their places."""
    figure = draw_two_rows()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    words = [
        (re.sub(r"\\hspace\{[\d.]+\}", "", word), box)
        for word, box in drawing.words(figure)
    ]
    boxes = [(drawing.box(patch), patch) for patch in sheet.patches]
    return boxes, drawing.arrows(sheet), words


def said_near(picture, x, y, wide=0.1, high=0.1):
    """Return the words whose middle is near a place."""
    return [
        word
        for word, box in picture[2]
        for at in [drawing.centre(box)]
        if abs(at[0] - x) < wide and abs(at[1] - y) < high
    ]


@claim(
    "Forward propagation, above, and backpropagation, below, with the caches "
    "that connect them (dashed).",
    "Two rows of boxes, one box in each row for layer <first>, layer <second> "
    "and, after dots, layer L.",
    "In the picture each layer is a column of two boxes, one for each "
    "direction.",
)
def test_figure_has_two_rows_of_boxes(said, picture):
    names, places = [f"{said.first:g}", f"{said.second:g}", "L"], []
    for height, colour in ((UPPER, "blue"), (LOWER, "orange")):
        drawn = [
            box
            for box, patch in picture[0]
            if to_hex(patch.get_edgecolor()) == PALETTE[colour]
        ]
        centres = [drawing.centre(box) for box in drawn]
        assert [y for _, y in centres] == pytest.approx([height] * 3)
        places.append([x for x, _ in centres])
        for (x, y), l, box in zip(centres, names, drawn, strict=True):
            dz = f"$dz^{{[{l}]}}$"
            (word,) = said_near(picture, x, y, 0.03, 0.03)
            assert word == (parameters(l) if height == UPPER else dz)
            assert box.width > 0.8
    assert places[0] == pytest.approx(places[1]) == sorted(places[0])
    middle = (places[0][1] + places[0][2]) / 2
    assert said_near(picture, middle, UPPER, 0.2) == ["···"]


@claim(
    "Forward propagation, above, and backpropagation, below, with the caches "
    "that connect them (dashed).",
    "The upper row runs from left to right: x, which is a[<start>], enters the "
    "first box, a[<passed>] passes to the second, and so on to a[L], which is "
    "y-hat.",
    "The upper row, read from left to right, goes from the input to the "
    "prediction; the lower row, read from right to left, goes from the "
    "prediction's error to the gradients of the first layer, which are the "
    "derivatives with respect to its weights and biases.",
    "$da^{[0]}$ is crossed out because nobody needs it: the input is not "
    "trained.",
    "The lower row runs from right to left: y-hat minus y enters the last box, "
    "da[L-<back>] and so on pass to the left, and da[<crossed>], which would "
    "leave the first box, is crossed out.",
)
def test_figure_sends_values_right_and_derivatives_left(said, picture):
    flows = {UPPER: ["$a^{[0]}$", "$a^{[1]}$", "$a^{[L-1]}$", "$a^{[L]}$"]}
    flows[LOWER] = ["$da^{[0]}$", "$da^{[1]}$", "$da^{[L-1]}$", r"$\hat{y}-y$"]
    assert flows[UPPER][:2] == [
        f"$a^{{[{l:g}]}}$" for l in (said.start, said.passed)
    ]
    crossed_out, last = (
        f"$da^{{[{said.crossed:g}]}}$",
        f"$da^{{[L-{said.back:g}]}}$",
    )
    assert [crossed_out, last] == flows[LOWER][::2]
    boxes, arrows, _ = picture
    for height, names in flows.items():
        level = sorted(a[:2] for a in arrows if a[0][1] == a[1][1] == height)
        assert [begin < end for begin, end in level] == [height == UPPER] * 5
        middles = [(begin[0] + end[0]) / 2 for begin, end in level]
        del middles[2]  # from the second box to the dots
        told = [said_near(picture, x, height + 0.2) for x in middles]
        assert told == [[name] for name in names]
        sides = sorted((min(a, b)[0], max(a, b)[0]) for a, b in level)
        three = [b for b, _ in boxes if abs(drawing.centre(b)[1] - height) < 1]
        around = zip(sides, sides[1:], three[:2], strict=False)
        for (_, end), (begin, _), box in around:
            assert 0 <= box.x0 - end < 0.12
            assert 0 <= begin - box.x1 < 0.12
        assert 0 <= three[2].x0 - sides[3][1] < 0.12
        assert 0 <= sides[4][0] - three[2].x1 < 0.12
    assert said_near(picture, 0.18, UPPER) == ["$x$"]
    assert said_near(picture, 6.42, UPPER) == [r"$\hat{y}$"]
    (stroke,) = draw_two_rows().axes[0].lines
    (left, right), (low, high) = stroke.get_data()
    (box,) = [box for word, box in picture[2] if word == crossed_out]
    assert left < box.x0 < drawing.centre(box)[0] < right < box.x1 + 0.15
    assert low < drawing.centre(box)[1] < high


@claim(
    "Each upper box holds W and b of its layer and drops, along a dashed "
    "arrow, a of the layer before and its own z, W and b to the box below.",
    "Each lower box holds dz of its layer and gives out dW and db.",
    "Below are the update rules: W becomes W minus eta dW, b becomes b "
    "minus eta db.",
)
def test_figure_hands_caches_down_and_gradients_out(picture):
    boxes, arrows, words = picture
    upper, lower = ([box for box, _ in boxes[i::2]] for i in (0, 1))
    down = [arrow for arrow in arrows if arrow[0][0] == arrow[1][0]]
    dashed = [arrow for arrow in down if arrow[2] == "--"]
    out = [arrow for arrow in down if arrow[2] == "-"]
    for l, above, below, cache, gradient in zip(
        BEFORE, upper, lower, dashed, out, strict=True
    ):
        x, _ = drawing.centre(above)
        assert (cache[0][0], gradient[0][0]) == pytest.approx((x, x))
        assert 0 < above.y0 - cache[0][1] < 0.1
        assert 0 < cache[1][1] - below.y1 < 0.1
        assert 0 < below.y0 - gradient[0][1] < 0.1
        beside = said_near(picture, x + 0.5, 2.83, 0.4, 0.3)
        inputs = f"$a^{{[{BEFORE[l]}]}},\\ z^{{[{l}]}}$"
        assert beside == [inputs, parameters(l)]
        name = f"$dW^{{[{l}]}},\\ db^{{[{l}]}}$"
        assert said_near(picture, x, gradient[1][1] - 0.2) == [name]
    (rules,) = [place for place in words if "leftarrow" in place[0]]
    assert all(rules[1].y1 < box.y0 for _, box in words if box is not rules[1])
    assert rules[0] == (
        r"$W^{[l]} \leftarrow W^{[l]} - \eta\,dW^{[l]} \qquad\quad "
        r"b^{[l]} \leftarrow b^{[l]} - \eta\,db^{[l]}$"
    )


def passed_through(names=NAMES, sizes=(3, 5, 4, 2)):
    """Return a derivative of the loss, and what the layers cached."""
    layers, x, y = problem(0, sizes)
    y_hat, caches = forward(x, layers, names)
    return y_hat - y + 0.1, caches


@claim(
    "When it learns, derivatives run backward: the prediction is compared with "
    "the target, and then each layer, from the last to the first, finds out "
    "how the loss changes with its weights and biases.",
)
@pytest.mark.parametrize("spoilt", range(3))
def test_what_a_layer_hands_on_reaches_only_those_before(spoilt):
    da, caches = passed_through()
    lost = torch.full_like(caches[spoilt].z, torch.nan)
    caches[spoilt] = caches[spoilt]._replace(z=lost)
    for layer, gradient in enumerate(backward_from(da, caches, NAMES)):
        is_reached = [part.isnan().any().item() for part in gradient]
        assert is_reached == [layer <= spoilt] * 2


@claim(
    "If the loss of the first example has the slope <first> with respect to "
    "that weight, and the loss of the second the slope <second>, then $dW$ is "
    "their mean, $(<one> + <other>) / 2 = <mean>$.",
    "Each example has a $z$ of its own, so the unit's $dz$ is not averaged: it "
    "holds two numbers, one for each example.",
    "Mind which loss is meant: $dz$ and $da$ are derivatives of single "
    r"examples' losses $\mathcal{L}$, but $dW$ and $db$ are derivatives of "
    "their mean $J$.",
    "The mean in $dW$ is where a factor $1/m$ will come from.",
)
def test_gradients_are_means_over_the_examples(said):
    """In the sentence an input of 1 makes z the weight, with slope 1."""
    w, x = torch.ones(1, 1).double(), torch.ones(1, 2).double()
    given = [said.first, said.second]
    _, caches = forward(x, [Layer(w, 0 * w)], ["relu"])
    da = row(*given)
    ((dW, _),) = backward_from(da, caches, ["relu"])
    dz = da * ACTIVATIONS["relu"].derivative(caches[0].z)
    assert dz.tolist() == [given]
    agree(said, *given, *given, dW)
    da, caches = passed_through()
    alone = []
    for i in range(da.shape[1]):
        own = [
            c._replace(a_previous=c.a_previous[:, [i]], z=c.z[:, [i]])
            for c in caches
        ]
        alone.append(backward_from(da[:, [i]], own, NAMES))
    for layer, gradient in enumerate(backward_from(da, caches, NAMES)):
        for part, mean in enumerate(gradient):
            parts = [gradients[layer][part] for gradients in alone]
            torch.testing.assert_close(mean, torch.stack(parts).mean(dim=0))


@claim(
    "$(<W_rows>, <W_columns>)$, $(<b_rows>, <b_columns>)$, $(<z_rows>, "
    "<z_columns>)$ and $(<dW_rows>, <dW_columns>)$.",
)
def test_shapes_of_the_exercise(said):
    layers, x, _ = problem(0, (3, 5, 2))
    x = torch.hstack([x, x[:, :3]])  # ten examples
    y_hat, caches = forward(x, layers, NAMES[1:])
    dW = backward_from(y_hat, caches, NAMES[1:])[1].dW
    parts = caches[0].W, caches[1].b, caches[0].z, dW
    agree(said, *(part.shape for part in parts))


@claim(
    "The slope of each activation function depends on the $z^{[l]}$ at which "
    "it was used, and the gradient of a weight depends on the input that it "
    "was multiplied with.",
)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gradients_depend_on_what_was_cached(name):
    da, (cache,) = passed_through([name], sizes=(3, 5))
    right = backward_from(da, [cache], [name])[0].dW
    for part in ("z", "a_previous"):
        other = cache._replace(**{part: getattr(cache, part).flip(1)})
        dW = backward_from(da, [other], [name])[0].dW
        assert (dW - right).abs().mean() > 0.005


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    # the exercise asks about a network of its own
    hold("propagation/index.md", symbols_of_a_pass(*problem(seed)))


def test_shapes_of_the_notation_are_those_of_the_code():
    signs, compared = symbols_of_a_pass(*problem(0)), 0
    page = (DOCS / "propagation/index.md").read_text(encoding="utf-8")
    for said in statements("propagation/index.md", page):
        found = SHAPE.match(said.text)
        for l in signs["l"] if found else ():
            sign, tex = found.groups()
            value = signs[sign.split("^")[0].split(" = ")[-1]]
            value = value[l] if "[l]" in sign else value
            if isinstance(value, dict):
                value = value[0 if "[0]" in sign else signs["L"]]
            where = f"docs/propagation/index.md:{said.line}"
            assert value.shape == shape(tex, signs | {"l": l}), where
            compared += 1
    assert compared >= 7 * signs["L"]
