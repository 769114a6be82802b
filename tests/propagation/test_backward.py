import ast
import inspect
import re

import pytest
import torch
from torch.testing import assert_close

from snippets.figure import PALETTE
from snippets.network import Layer, initialise
from snippets.propagation import backward as chapter
from snippets.propagation import example
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import (
    XOR,
    XOR_TARGETS,
    loss_and_gradients,
    update,
)
from snippets.propagation.forward import ACTIVATIONS, Cache, forward
from snippets.propagation.gradient_check import (
    by_differences,
    by_equations,
    flat,
)
from snippets.propagation.loss import cross_entropy, cross_entropy_derivative
from snippets.propagation.seven_ways import by_torch
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import NAMES, TORCHS, backward_from, problem

WIDTHS = (3, 5, 4, 6, 2, 1)  # all differ, so that no transpose goes unseen
CLOSE = {"rtol": 1e-11, "atol": 1e-13}


def by_autograd(layers, x, da, names):
    """Return the gradients of a loss with the slopes da, by torch alone."""
    leaves = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in layers
    ]
    a, parts = x, [part for layer in leaves for part in layer]
    for (W, b), name in zip(leaves, names, strict=True):
        a = TORCHS[name](W @ a + b)
    found = torch.autograd.grad((da * a).sum() / x.shape[1], parts)
    return torch.cat([part.flatten() for part in found])


@claim(
    "What was computed for the end of the chain is used again for its "
    "beginning, which is why we go backward.",
    "From the back, one follows the loss: how fast it changes with each unit, "
    "layer by layer.",
    "There is only one loss, so a single pass serves all parameters.",
    "One pass backward gives all derivatives, since there is only one loss.",
)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("depth", range(1, 6))
@pytest.mark.parametrize("m", [1, 2, 7])
def test_agrees_with_autograd_and_asks_for_each_slope_once(
    name, depth, m, monkeypatch
):
    """However many units. A random da stands for the slope of some loss."""
    layers, x, da = problem(0, WIDTHS[: depth + 1])
    x, da, names, calls = x[:, :m], da[:, :m] + 0.5, [name] * depth, []
    _, caches = forward(x, layers, names)
    before = [part.clone() for cache in caches for part in cache]
    usual = ACTIVATIONS[name]

    def counted(z):
        calls.append(z)
        return usual.derivative(z)

    changed = usual._replace(derivative=counted)
    monkeypatch.setitem(ACTIVATIONS, name, changed)
    found = flat(backward_from(da, caches, names))
    assert_close(found, by_autograd(layers, x, da, names), **CLOSE)
    assert len(calls) == depth, "the first by the test, for the last layer"
    after = [part for cache in caches for part in cache]
    assert all(map(torch.equal, after, before)), "nothing given is changed"


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_agrees_with_autograd_where_every_z_is_zero(name):
    """At the kinks the book takes the slopes that torch takes."""
    layers = initialise((3, 5), torch.Generator().manual_seed(0))
    layers.append(Layer(layers[0].W.T, torch.zeros(3, 1).double()))
    x, da = torch.zeros(3, 2).double(), torch.ones(3, 2).double()
    names = ["tanh", name]
    _, caches = forward(x, layers, names)
    assert not any(cache.z.any() for cache in caches)
    found = flat(backward_from(da, caches, names))
    assert_close(found, by_autograd(layers, x, da, names), **CLOSE)


@claim(
    r"At the last layer $dz^{[L]} = \hat y - y$, for each of the usual pairs "
    "of output and loss.",
    "The way back starts at the loss, and the four equations say how it goes "
    "on.",
    "For each weight and each bias, find how fast the loss changes with it "
    "while all others stay as they are: its partial derivative.",
    "Backpropagation finds the gradient, and changes nothing; gradient descent "
    "uses it, and changes the weights and biases.",
    r"Zeros everywhere: $dz^{[L]} = \hat y - y$ is <zero>, and all others are "
    "made from it by products and sums.",
)
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_autograd_from_the_loss_on(said, seed):
    layers, x, y = problem(seed)
    y_hat, caches = forward(x, layers, NAMES)
    before = [part.clone() for layer in layers for part in layer]
    found = flat(backward(y_hat - y, caches, NAMES))
    da = cross_entropy_derivative(y_hat, y)
    assert_close(found, flat(backward_from(da, caches, NAMES)))
    assert_close(found, by_torch(x, y, layers, NAMES), **CLOSE)
    differences = by_differences(x, y, layers, NAMES)
    assert_close(found, differences, rtol=0, atol=1e-8)
    after = [part for layer in layers for part in layer]
    assert all(map(torch.equal, after, before))
    assert (flat(backward(y_hat - y_hat, caches, NAMES)) == said.zero).all()


@claim("In code, with one line for each equation:")
def test_code_has_one_line_for_each_equation():
    tree = ast.parse(inspect.getsource(backward))
    (loop,) = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    lines = [node for node in ast.walk(loop) if isinstance(node, ast.Assign)]
    assigned = [ast.unparse(line.targets[0]) for line in lines]
    assert [n for n in assigned if n[0] == "d"] == ["dW", "db", "da", "dz"]


def test_needs_no_automatic_differentiation_even_at_the_kinks():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    given = XOR, XOR_TARGETS, layers, ("relu", "sigmoid")
    found = by_equations(*given)
    with torch.inference_mode():
        assert torch.equal(by_equations(*given), found)
    assert_close(found, by_torch(*given), **CLOSE)


@claim(
    "The shapes are a good check of what you write down, though no proof: the "
    "product of $(n^{[l]}, m)$ and $(m, n^{[l-1]})$ has the shape of "
    "$W^{[l]}$, and that of $(n^{[l-1]}, n^{[l]})$ and $(n^{[l]}, m)$ the "
    "shape of $a^{[l-1]}$.",
    r"Row $j$ of $dz$ and column $k$ of $a^\top$ then run along the examples, "
    "and their product adds up: for two examples, counted in round brackets, "
    "it is $dz_j^{(1)} a_k^{(1)} + dz_j^{(2)} a_k^{(2)}$.",
    "To the biases: the mean of the columns of $dz^{[l]}$; here the small $i$ "
    "counts the examples, as the numbers in round brackets do above.",
    "Through the activation function: multiply by its slope, unit by unit "
    "and example by example; the pages on these functions call it $a'$.",
    "And unit $k$ of the layer before passes this on through its activation "
    r"function, whose slope is $g'(z_k)$: its own $dz_k$ is $g'(z_k) \, da_k$.",
    "In this order $(3, 5)$, $(3, 2)$, $(3, 1)$ and $(2, 5)$.",
)
def test_shapes_on_the_way_back():
    signs = passes.symbols_of_a_pass(*problem(0))
    n, m, a, W = (signs[sign] for sign in "nmaW")
    for l in signs["l"]:
        dz, da, z = (signs[sign][l] for sign in ("dz", "da", "z"))
        slopes = signs["g'"][l](z)
        for matrix in (dz, da, slopes):
            assert matrix.shape == (n[l], m)
        assert_close(dz, da * slopes)
        assert a[l - 1].T.shape == (m, n[l - 1])
        total = sum(map(torch.outer, dz.T, a[l - 1].T))  # over examples
        assert_close(signs["dW"][l], total / m)
        assert_close(signs["db"][l], dz.sum(dim=1, keepdim=True) / m)
        assert W[l].T.shape == (n[l - 1], n[l])
        assert_close(W[l].T @ dz, signs["da"][l - 1])
    W, dz, a = torch.ones(3, 2), torch.ones(3, 5), torch.ones(2, 5)
    cache = Cache(a, dz, W, torch.ones(3, 1))
    ((dW, db),) = backward(dz, [cache], ["tanh"])
    shapes = [tuple(part.shape) for part in (dz, dW, db, W.T @ dz)]
    assert shapes == [(3, 5), (3, 2), (3, 1), (2, 5)]


def random_layer():
    """Return w, b, a and z of one layer for one example, and its loss."""
    generator = torch.Generator().manual_seed(0)
    w, b, a, y = (
        torch.rand(size, generator=generator, dtype=torch.float64)
        for size in ((4, 3), (4,), (3,), (4,))
    )
    leaves = [leaf.requires_grad_() for leaf in (w, b, a)]
    z = w @ a + b
    loss = torch.nn.functional.binary_cross_entropy(z.sigmoid(), y)
    return *leaves, z, loss


@claim(
    "The weight $w_{jk}$ acts on the loss only through $z_j$: one term of the "
    "sum above contains it, so $z_j$ grows $a_k$ times as fast as the weight "
    "does.",
    "The bias $b_j$ acts through $z_j$ too, with the slope <one>, so $db_j = "
    "dz_j$.",
    "The activation $a_k$ goes into every $z_j$, with the weight $w_{jk}$: a "
    "fork, with a path through each unit of the layer.",
    "A weight reaches the loss through its own unit only; an activation "
    "reaches it through every unit of the next layer.",
    "To the weights: each weight gets the $dz$ of the unit it leads to, times "
    "the activation it comes from, averaged over the examples.",
    "To the layer before: each of its activations adds up what comes back "
    "along the weights that lead out of it.",
)
def test_slopes_of_one_layer_unit_by_unit(said):
    *leaves, z, loss = random_layer()
    w, b, a = leaves
    dz, dw, db, da = torch.autograd.grad(loss, (z, *leaves), retain_graph=True)
    for j in range(4):
        assert_close(z[j], sum(w[j, k] * a[k] for k in range(3)) + b[j])
        by_w, by_b, by_a = torch.autograd.grad(z[j], leaves, retain_graph=True)
        assert_close((by_w[j], by_a), (a, w[j]))
        assert by_b[j].item() == said.one
    assert_close((db, dw), (dz, torch.outer(dz, a)))
    for k in range(3):
        assert_close(da[k], sum(w[j, k] * dz[j] for j in range(4)))


@claim(
    "Give the network on paper a second example, the input (<x_1>, <x_2>) with "
    "the target <y>; the first weight of the output then gets $(-0.249 + "
    r"0.270) / 2 \approx 0.01$.",
    "The code agrees:",
)
def test_first_weight_of_the_output_for_two_examples(said):
    x, y = example.TWO_X, example.TWO_Y
    agree(said, x[:, 1], y[0, 1])
    found = by_equations(x, y, example.LAYERS, example.NAMES)
    assert found[6].item() == pytest.approx(0.01, abs=0.0005)


L, X, DZ = problem(0, WIDTHS[:3])
C = forward(X, L, ["tanh"] * 2)[1]
T = ["tanh"] * 2


def changed(**parts):
    """Return the caches with another second one."""
    return [C[0], C[1]._replace(**parts)]


@pytest.mark.parametrize(
    ("dz", "caches", "names", "error", "said"),
    [
        (DZ[:1], C, T, ValueError, r"caches\[1\].z must .* units = 1 and m"),
        (DZ, C, T[:1], ValueError, "one for each of 2 layers, but holds 1"),
        (DZ.float(), C, T, TypeError, "dz has torch.float32"),
        (DZ, 7, T, TypeError, "^backward: caches must be a list, but an int"),
        (
            *(DZ, changed(a_previous=C[1].a_previous[:1]), T),
            *(ValueError, "a_previous must .* with inputs = 5 and m = 7"),
        ),
        (
            *(DZ, changed(z=C[1].z[:1]), T),
            *(ValueError, r"caches\[1\].z must .* with units = 4 and m = 7"),
        ),
        (
            *(DZ[:, :0], C, T),
            *(ValueError, r": dz must hold at least one example, .* \(4, 0\)$"),
        ),
        (DZ, changed(z=C[1].z.float()), T, TypeError, "z must share one dtype"),
        (
            *(DZ, changed(a_previous=C[1].a_previous.float()), T),
            *(TypeError, "a_previous must share one dtype"),
        ),
    ],
)
def test_refuses_what_does_not_fit(dz, caches, names, error, said):
    with pytest.raises(error, match=said):
        backward(dz, caches, names)


@claim(
    "The derivatives of the loss with respect to all weights and biases; "
    "together they point where the loss grows fastest.",
)
def test_loss_grows_fastest_along_the_gradient():
    """Faster than along any of 200 random directions, all steps as long."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise((2, 4, 1), generator)
    loss, gradients = loss_and_gradients(layers)

    def growth(direction):
        length = flat(direction).norm().item()
        moved = update(layers, direction, 1e-4 / length)  # against it
        return loss - loss_and_gradients(moved)[0]

    for _ in range(200):
        direction = [
            Gradient(*(p.clone().normal_(generator=generator) for p in pair))
            for pair in gradients
        ]
        assert growth(direction).abs() < growth(gradients)


def test_means_of_many_examples_fit_into_a_narrow_dtype():
    half = torch.full((1, 100_000), 0.5, dtype=torch.float16)
    loss = cross_entropy(half, torch.zeros_like(half)).item()
    assert loss == pytest.approx(0.6934, abs=5e-5)
    x = torch.ones(1, 200_000, dtype=torch.float16)
    nothing = torch.zeros(1, 1, dtype=torch.float16)
    y_hat, caches = forward(x, [Layer(nothing, nothing)], ["sigmoid"])
    ((dW, db),) = backward(y_hat, caches, ["sigmoid"])
    assert dW.item() == pytest.approx(0.5, rel=2e-3)
    assert db.item() == 0.5


def signs_of_a_layer():
    """Return the signs of any layer, unit by unit, by autograd."""
    *leaves, z, loss = random_layer()
    w, b, a = leaves
    dz, dw, db, da = torch.autograd.grad(loss, (z, *leaves))
    values = {"z": z, "w": w, "b": b, "a": a, "dz": dz, "db": db}
    zero = [0.0] * 3
    return {
        **{sign: value.tolist() for sign, value in values.items()},
        **{"j": range(1, 5), "k": range(1, 4)},
        r"\frac{\partial \mathcal{L}}{\partial w}": dw.tolist(),
        r"\frac{\partial \mathcal{L}}{\partial z}": dz.tolist(),
        r"\frac{\partial z}{\partial w}": [  # with the indices j, j and k
            [a.tolist() if i == j else zero for i in range(4)] for j in range(4)
        ],
        r"\frac{\partial \mathcal{L}}{\partial a}": da.tolist(),
    }


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    signs = passes.symbols_of_a_pass(*problem(seed))
    last = {"W": signs["W"][3], "dz": signs["dz"][3], "da": signs["da"][2]}
    below = {"Any layer": signs_of_a_layer(), "The same in matrices": last}
    hold("propagation/backward.md", signs, below=below)


@claim(
    "Count the multiplications for one example, without those by the slopes of "
    "the activation functions and of the loss.",
    "From the back, each weight is used once for $dW$ and, except in the first "
    "layer, once for $da$.",
    "From the front, the pass of a unit takes as many multiplications as "
    "weights lead out of it, and then, in each later layer, as many as the "
    "layer has weights; and each weight takes one more, by its $a_k$.",
    "In the smallest network both ways cost the same; in the last, with <ten> "
    "hidden layers, the way from the front costs <times> times as much.",
    "In the network 784-100-100-10 a unit of the first layer leads to <leads> "
    "others, and then come the <last> weights of the last layer: <each> "
    "multiplications, for each of <count_> units.",
)
def test_multiplications_are_counted(said):
    count = chapter.count_multiplications
    for sizes in ((2, 2, 1), (3, 4, 5, 2), (4, 4, 5, 6, 4, 3)):
        back = ahead = 0
        for l in range(1, len(sizes)):
            weights = sizes[l] * sizes[l - 1]
            back += weights * (1 if l == 1 else 2)
            ahead += weights
            reached = 1
            for later in sizes[l + 1 :]:  # for each unit of the layer
                ahead += sizes[l] * reached * later
                reached = later
        assert count(sizes) == (back, ahead)
    back, ahead = count((2, 2, 1))
    assert back == ahead
    # from the front, the loss has a slope for each output in each pass of a
    # hidden unit; the way back is given all of them at its start
    by_loss = 2 * 1
    assert back < ahead + by_loss == 10
    back, ahead = count((784, *[100] * int(said.ten), 10))
    assert round(ahead / back) == said.times
    _, ahead = count((784, 100, 100, 10))
    by_weights = 784 * 100 + 100 * 100 + 100 * 10
    assert ahead - by_weights == said.each * said.count_ + 100 * 10
    assert said.leads + said.last == said.each


@claim(
    "Left, W as a table of two rows and three columns, times the column a, is "
    "the column z.",
    "The first row of W and z1 are shaded, and the second column of W has a "
    "frame.",
    "Right, W transposed, a table of three rows and two columns, times the "
    "column dz, is the column da.",
    "Its second row, which holds what was framed, w12 and w22, is shaded, and "
    "so is da2.",
    "Forward, $z_1$ is a row of $W$ times $a$.",
    "Backward, $da_2$ is a column of $W$ times $dz$, and the transpose has "
    "that column as a row.",
)
def test_figure_of_the_transpose_shades_what_belongs_together():
    figure = chapter.draw_transpose()
    drawing.lay_out(figure)
    words = [
        (re.sub(r"\\hspace\{.*?\}|\$", "", word), where.padded(-0.02))
        for word, where in drawing.words(figure)
    ]
    marked = {"shaded": set(), "framed": set()}
    for patch in figure.axes[0].patches:
        look = {0.25: "shaded"}.get(patch.get_alpha())
        look = "framed" if patch.get_linewidth() == 2 else look
        box = drawing.box(patch)
        inside = {word for word, where in words if box.overlaps(where)}
        marked.setdefault(look, set()).update(inside)
    forward = {"w_{11}", "w_{12}", "w_{13}", "z_1"}
    assert marked["shaded"] == forward | {"w_{22}", "da_2"}
    assert marked["framed"] == {"w_{12}", "w_{22}"}


@claim(
    "In the first, the line from ak to zj, named wjk, and the line from zj to "
    "the loss are thick: one path.",
    "In the second, the lines from ak to both z1 and zj are thick, and so are "
    "those from both to the loss: two paths.",
    "Below the first is written dzj ak, below the second w1k dz1 + wjk dzj.",
)
def test_figure_of_the_ways():
    (sheet,) = chapter.draw_paths().axes
    written = [
        re.sub(r"\\hspace\{.*?\}|[\\${}_, ]", "", text.get_text())
        for text in sheet.texts
        if ":" in text.get_text()
    ]
    assert written == ["wjk:dzjak", "ak:w1kdz1+wjkdzj"]
    thick = [line for line in sheet.lines if line.get_linewidth() > 2]
    left = [line for line in thick if max(line.get_xdata()) < 3.4]
    assert (len(left), len(thick)) == (2, 6)
    assert {line.get_color() for line in thick} == {PALETTE["orange"]}
