import ast
import inspect
import re
from itertools import product

import pytest
import torch

from snippets.figure import PALETTE
from snippets.network import Layer, initialise
from snippets.propagation import example
from snippets.propagation.backward import (
    Gradient,
    backward,
    count_multiplications,
    draw_paths,
    draw_transpose,
)
from snippets.propagation.descent import (
    XOR,
    XOR_TARGETS,
    loss_and_gradients,
    update,
)
from snippets.propagation.forward import ACTIVATIONS, Cache, forward
from snippets.propagation.loss import cross_entropy, cross_entropy_derivative
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import TORCHS, backward_from

WIDTHS = (3, 5, 4, 6, 2, 1)  # all differ, so that no transpose goes unseen


def problem(depth, m, seed=0):
    """Layers with biases other than 0, inputs and targets, all in float64."""
    generator = torch.Generator().manual_seed(seed)
    sizes = WIDTHS[: depth + 1]
    layers = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in initialise(sizes, generator)
    ]
    x = torch.randn(sizes[0], m, generator=generator, dtype=torch.float64)
    y = torch.rand(sizes[-1], m, generator=generator, dtype=torch.float64)
    return layers, x, y


def by_autograd(loss, layers):
    """Gradients of a loss, as a function of the layers, by torch."""
    leaves = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in layers
    ]
    parameters = [part for layer in leaves for part in layer]
    return torch.autograd.grad(loss(leaves), parameters)


def prediction(x, layers, names):
    """Go forward with torch's own activation functions, not the book's."""
    for (W, b), name in zip(layers, names, strict=True):
        x = TORCHS[name](W @ x + b)
    return x


def flat(gradients):
    return [part for gradient in gradients for part in gradient]


DEPTHS = range(1, 6)


@pytest.mark.parametrize(
    ("depth", "name", "m"), list(product(DEPTHS, ACTIVATIONS, (1, 2, 7)))
)
def test_agrees_with_autograd(depth, name, m):
    """Each depth, activation function and number of examples; any loss.

    A fixed random da stands for the derivative of some loss: that of the mean
    over the examples of the sum of da times the prediction.
    """
    layers, x, da = problem(depth, m)
    names = [name] * depth
    _, caches = forward(x, layers, names)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / m

    for ours, torchs in zip(
        flat(backward_from(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_agrees_with_autograd_where_every_z_is_zero(name):
    """At the kinks the book takes the slopes that torch takes."""
    layers = initialise((3, 5, 4), torch.Generator().manual_seed(0))
    x, da = torch.zeros(3, 2).double(), torch.ones(4, 2).double()
    if name == "sigmoid":  # which is not 0 at 0
        layers = layers[:1]
        da = torch.ones(5, 2).double()
    names = [name] * len(layers)
    _, caches = forward(x, layers, names)
    assert not any(cache.z.any() for cache in caches)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / 2

    for ours, torchs in zip(
        flat(backward_from(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@claim(
    "At the last layer $dz^{[L]} = \\hat y - y$, for each of the usual pairs "
    "of output and loss.",
    "The way back starts at the loss, and the four equations say how it "
    "goes on.",
)
@pytest.mark.parametrize("seed", range(10))
def test_agrees_with_autograd_from_the_loss_on(seed):
    layers, x, y = problem(3, 7, seed)
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)

    def loss(leaves):
        return cross_entropy(prediction(x, leaves, names), y)

    da = cross_entropy_derivative(y_hat, y)
    for ours, torchs in zip(
        flat(backward_from(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-10, atol=1e-13)


@claim(
    "What was computed for the end of the chain is used again for its "
    "beginning, which is why we go backward.",
)
def test_each_layers_derivative_is_computed_once(monkeypatch):
    calls = []

    def counted(z):
        calls.append(z)
        return tanh.derivative(z)

    tanh = ACTIVATIONS["tanh"]
    layers, x, da = problem(4, 7)
    names = ["tanh"] * 4
    _, caches = forward(x, layers, names)
    monkeypatch.setitem(ACTIVATIONS, "tanh", tanh._replace(derivative=counted))
    found = flat(backward_from(da, caches, names))
    assert len(calls) == 4, "the first of them by the test, for the last layer"
    for z, cache in zip(calls, caches[::-1], strict=True):
        assert torch.equal(z, cache.z)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / 7

    for ours, torchs in zip(found, by_autograd(loss, layers), strict=True):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@claim("In code, with one line for each equation:")
def test_code_has_one_line_for_each_equation():
    tree = ast.parse(inspect.getsource(backward))
    (loop,) = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    assert ast.unparse(loop.iter) == "reversed(range(len(caches)))"
    assigned = [
        ast.unparse(line.targets[0])
        for line in ast.walk(loop)
        if isinstance(line, ast.Assign)
    ]
    assert [name for name in assigned if name[0] == "d"] == [
        *("dW", "db", "da", "dz")
    ]


@claim(
    "For each weight and each bias, find how fast the loss changes with it "
    "while all others stay as they are: its partial derivative.",
)
def test_agrees_with_centred_differences():
    """A second judge: no rule of calculus, only the loss at two points."""
    layers, x, y = problem(2, 4)
    names, h = ("tanh", "sigmoid"), 1e-6

    def loss(changed):
        return cross_entropy(forward(x, changed, names)[0], y)

    y_hat, caches = forward(x, layers, names)
    gradients = backward(y_hat - y, caches, names)
    for l, layer in enumerate(layers):
        for part in range(2):
            for place in product(*map(range, layer[part].shape)):
                losses = []
                for sign in (1, -1):
                    moved = [
                        Layer(*(p.clone() for p in layer)) for layer in layers
                    ]
                    moved[l][part][place] += sign * h
                    losses.append(loss(moved))
                difference = (losses[0] - losses[1]) / (2 * h)
                assert gradients[l][part][place].item() == pytest.approx(
                    difference.item(), abs=1e-9
                )


@claim(
    "The shapes are a good check of what you write down, though no proof: the "
    "product of $(n^{[l]}, m)$ and $(m, n^{[l-1]})$ has the shape of "
    "$W^{[l]}$, and that of $(n^{[l-1]}, n^{[l]})$ and $(n^{[l]}, m)$ the "
    "shape of $a^{[l-1]}$.",
    r"Row $j$ of $dz$ and column $k$ of $a^\top$ then run along the examples, "
    "and their product adds up: for two examples, counted in round brackets, "
    "it is $dz_j^{(1)} a_k^{(1)} + dz_j^{(2)} a_k^{(2)}$.",
    "To the biases: the mean of the columns of $dz^{[l]}$; here $i$ counts "
    "the examples.",
)
def test_shapes_on_the_way_back():
    signs = passes.symbols_of_a_pass(*passes.problem(0))
    n, m, a, W = (signs[sign] for sign in "nmaW")
    for l in signs["l"]:
        dz = signs["dz"][l]
        slopes = signs["g'"][l](signs["z"][l])
        for matrix in (dz, signs["da"][l], slopes):
            assert matrix.shape == (n[l], m)
        assert a[l - 1].T.shape == (m, n[l - 1])
        total = sum(map(torch.outer, dz.T, a[l - 1].T))  # over examples
        torch.testing.assert_close(signs["dW"][l], total / m)
        assert signs["dW"][l].shape == W[l].shape
        assert signs["db"][l].shape == (n[l], 1)
        assert W[l].T.shape == (n[l - 1], n[l])
        torch.testing.assert_close(W[l].T @ dz, signs["da"][l - 1])
        assert signs["da"][l - 1].shape == (n[l - 1], m)


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
def test_slopes_of_one_layer_unit_by_unit(one):
    """One example, and the loss as autograd differentiates it."""
    generator = torch.Generator().manual_seed(0)
    w, b, a, y = (
        torch.rand(size, generator=generator, dtype=torch.float64)
        for size in ((4, 3), (4,), (3,), (4,))
    )
    for leaf in (w, b, a):
        leaf.requires_grad_()
    z = w @ a + b
    loss = torch.nn.functional.binary_cross_entropy(z.sigmoid(), y)
    dz, dw, db, da = torch.autograd.grad(loss, (z, w, b, a), retain_graph=True)
    for j in range(4):
        terms = sum(w[j, k] * a[k] for k in range(3))
        torch.testing.assert_close(z[j], terms + b[j])
        by_w, by_b, by_a = torch.autograd.grad(
            z[j], (w, b, a), retain_graph=True
        )
        torch.testing.assert_close(by_w[j], a)
        torch.testing.assert_close(by_a, w[j])
        assert by_b[j].item() == one
        torch.testing.assert_close(db[j], dz[j])
        for k in range(3):
            torch.testing.assert_close(dw[j, k], dz[j] * a[k])
    for k in range(3):
        paths = sum(w[j, k] * dz[j] for j in range(4))
        torch.testing.assert_close(da[k], paths)


@claim(
    "Give the network on paper a second example, the input (<x_1>, <x_2>) with "
    "the target <y>; the first weight of the output then gets "
    "$(-0.249 + 0.270) / 2 \\approx 0.01$.",
    "The code agrees:",
)
def test_first_weight_of_the_output_for_two_examples(x_1, x_2, y):
    assert example.TWO_X[:, 1].tolist() == [x_1, x_2]
    assert example.TWO_Y[0, 1].item() == y
    y_hat, caches = forward(example.TWO_X, example.LAYERS, example.NAMES)
    _, output = backward(y_hat - example.TWO_Y, caches, example.NAMES)
    assert output.dW[0, 0].item() == pytest.approx(0.01, abs=0.0005)


@claim(
    "Through the activation function: there, unit by unit and example by "
    "example, multiply by the slope, which the pages on these functions call "
    "$a'$.",
    "And unit $k$ of the layer before passes this on through its activation "
    "function, whose slope is $g'(z_k)$: its own $dz_k$ is $g'(z_k) \\, "
    "da_k$.",
)
def test_slopes_multiply_through_the_activation_function():
    signs = passes.symbols_of_a_pass(*passes.problem(0))
    for l in signs["l"]:
        slopes = signs["g'"][l](signs["z"][l])
        for place in product(*map(range, slopes.shape)):
            torch.testing.assert_close(
                signs["dz"][l][place], signs["da"][l][place] * slopes[place]
            )


@claim(
    "Backpropagation finds the gradient, and changes nothing; gradient "
    "descent uses it, and changes the weights and biases.",
)
def test_backward_changes_nothing_it_was_given():
    layers, x, da = problem(3, 7)
    names = ["leaky_relu"] * 3
    _, caches = forward(x, layers, names)
    before = [part.clone() for cache in caches for part in cache]
    da_before = da.clone()
    backward_from(da, caches, names)
    assert all(
        torch.equal(now, then)
        for now, then in zip(flat(caches), before, strict=True)
    )
    assert torch.equal(da, da_before)


def test_backward_refuses_what_does_not_fit():
    layers, x, dz = problem(2, 7)
    names = ["tanh"] * 2
    _, caches = forward(x, layers, names)
    with pytest.raises(
        ValueError, match=r"caches\[1\].z must .* with units = 1 and m"
    ):
        backward(dz[:1], caches, names)
    with pytest.raises(
        ValueError, match="one for each of 2 layers, but holds 1"
    ):
        backward(dz, caches, names[:1])
    with pytest.raises(TypeError, match="dz has torch.float32"):
        backward(dz.float(), caches, names)
    with pytest.raises(
        TypeError,
        match="^backward: caches must be a list, but an int was given$",
    ):
        backward(dz, 7, names)
    broken = caches[1]._replace(a_previous=caches[1].a_previous[:1])
    with pytest.raises(
        ValueError, match=r"a_previous must .* with inputs = 5 and m = 7"
    ):
        backward(dz, [caches[0], broken], names)
    nobody = [
        c._replace(a_previous=c.a_previous[:, :0], z=c.z[:, :0]) for c in caches
    ]
    with pytest.raises(
        ValueError,
        match=r": dz must hold at least one example, but has shape \(4, 0\)$",
    ):
        backward(dz[:, :0], nobody, names)
    broken = caches[1]._replace(z=caches[1].z[:1])
    with pytest.raises(
        ValueError, match=r"caches\[1\].z must .* with units = 4 and m = 7"
    ):
        backward(dz, [caches[0], broken], names)


@claim(
    "The derivatives of the loss with respect to all weights and biases; it "
    "points where the loss grows fastest.",
)
def test_loss_grows_fastest_along_the_gradient():
    """Faster than along any of 200 random directions, all steps as long."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise((2, 4, 1), generator)
    loss, gradients = loss_and_gradients(layers)

    def growth(direction):
        length = sum((part**2).sum() for part in flat(direction)) ** 0.5
        moved = update(layers, direction, 1e-4 / length.item())  # against it
        return loss - loss_and_gradients(moved)[0]

    fastest = growth(gradients)
    assert fastest > 0
    for _ in range(200):
        direction = [
            Gradient(
                *(
                    torch.randn(p.shape, generator=generator, dtype=p.dtype)
                    for p in layer
                )
            )
            for layer in layers
        ]
        assert growth(direction).abs() < fastest


def test_needs_no_automatic_differentiation():
    """It gives the same where torch keeps nothing to differentiate."""
    layers, x, da = problem(3, 7)
    names = ["tanh"] * 3
    usual = flat(backward_from(da, forward(x, layers, names)[1], names))
    with torch.inference_mode():
        bare = flat(backward_from(da, forward(x, layers, names)[1], names))
    assert all(map(torch.equal, usual, bare))
    assert not any(part.requires_grad for part in usual)


@pytest.mark.parametrize("part", ["a_previous", "z", "W"])
def test_backward_refuses_caches_of_mixed_dtypes(part):
    layers, x, dz = problem(1, 7)
    (cache,) = forward(x, layers, ["tanh"])[1]
    broken = cache._replace(**{part: getattr(cache, part).float()})
    if part == "W":
        broken = broken._replace(b=cache.b.float())
    with pytest.raises(
        TypeError, match=f"^backward: dz and .*{part} must share one dtype"
    ):
        backward(dz, [broken], ["tanh"])


def test_autograd_through_the_book_agrees_with_the_way_back():
    """At ReLU's 0 as well, where all of XOR's first sums start."""
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    names = ("relu", "sigmoid")
    y_hat, caches = forward(XOR, layers, names)
    ours = flat(backward(y_hat - XOR_TARGETS, caches, names))
    torchs = by_autograd(
        lambda leaves: cross_entropy(
            forward(XOR, leaves, names)[0], XOR_TARGETS
        ),
        layers,
    )
    for mine, other in zip(ours, torchs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-14)
    db = ours[1].flatten().tolist()
    assert db == pytest.approx([-0.0125, 0, 0.0421, -0.0195], abs=5e-5)


def test_means_of_many_examples_fit_into_a_narrow_dtype():
    half = torch.full((1, 100_000), 0.5, dtype=torch.float16)
    loss = cross_entropy(half, torch.zeros_like(half)).item()
    assert loss == pytest.approx(0.6934, abs=5e-5)
    x = torch.ones(1, 200_000, dtype=torch.float16)
    nothing = torch.zeros(1, 1, dtype=torch.float16)
    layers = [Layer(nothing, nothing)]
    y_hat, caches = forward(x, layers, ["sigmoid"])
    da = cross_entropy_derivative(y_hat, torch.zeros_like(y_hat))
    ((dW, db),) = backward_from(da, caches, ["sigmoid"])
    assert dW.item() == pytest.approx(0.5, rel=2e-3)
    assert db.item() == 0.5


def signs_of_a_layer():
    """Return the signs of any layer, unit by unit, by autograd."""
    generator = torch.Generator().manual_seed(3)
    w, b, a, y = (
        torch.rand(size, generator=generator, dtype=torch.float64)
        for size in ((4, 3), (4,), (3,), (4,))
    )
    leaves = [leaf.requires_grad_() for leaf in (w, b, a)]
    z = w @ a + b
    loss = ((z.sigmoid() - y) ** 2).sum()
    dz, dw, db, da = torch.autograd.grad(loss, (z, *leaves))
    values = {"z": z, "w": w, "b": b, "a": a, "dz": dz, "db": db}
    signs = {sign: value.tolist() for sign, value in values.items()}
    slopes = [  # of each z_j with respect to each w_jk: indices j, j, k
        [(a if j == i else 0 * a).tolist() for i in range(4)] for j in range(4)
    ]
    return signs | {
        "j": range(1, 5),
        "k": range(1, 4),
        r"\frac{\partial \mathcal{L}}{\partial w}": dw.tolist(),
        r"\frac{\partial \mathcal{L}}{\partial z}": dz.tolist(),
        r"\frac{\partial z}{\partial w}": [
            [[slopes[j][i] for i in range(4)] for j in range(4)]
        ][0],
        r"\frac{\partial \mathcal{L}}{\partial a}": da.tolist(),
    }


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = passes.problem(seed)
    signs = passes.symbols_of_a_pass(layers, x, y)
    hold(
        "propagation/backward.md",
        signs,
        below={
            "Any layer": signs_of_a_layer(),
            "The same in matrices": {
                "W": signs["W"][3],
                "dz": signs["dz"][3],
                "da": signs["da"][2],
            },
        },
    )


@claim(
    "From the back, each weight is used once for $dW$ and, except in the first "
    "layer, once for $da$.",
    "From the front, the pass of a unit takes as many multiplications as "
    "weights lead out of it, and then, in each later layer, as many as the "
    "layer has weights; and each weight takes one more, by its $a_k$.",
)
@pytest.mark.parametrize("sizes", [(2, 2, 1), (3, 4, 5, 2), (4, 4, 5, 6, 4, 3)])
def test_multiplications_are_counted(sizes):
    backward_count, forward_count = count_multiplications(sizes)
    counted = 0
    for l in range(1, len(sizes)):
        counted += sizes[l] * sizes[l - 1] * (1 if l == 1 else 2)
    assert backward_count == counted
    counted = 0
    for l in range(1, len(sizes)):
        counted += sizes[l] * sizes[l - 1]
        for _ in range(sizes[l]):
            reached = 1
            for later in range(l + 1, len(sizes)):
                counted += reached * sizes[later]
                reached = sizes[later]
    assert forward_count == counted


@claim(
    "In the smallest network both ways cost the same; in the last, with <ten> "
    "hidden layers, the way from the front costs <times> times as much.",
    "In the network 784-100-100-10 a unit of the first layer leads to <leads> "
    "others, and then come the <last> weights of the last layer: <each> "
    "multiplications, for each of <count> units.",
)
def test_way_back_is_cheaper_in_large_networks(
    ten, times, leads, last, each, count
):
    back, ahead = count_multiplications((2, 2, 1))
    assert back == ahead
    back, ahead = count_multiplications((784, *[100] * int(ten), 10))
    assert round(ahead / back) == times
    _, ahead = count_multiplications((784, 100, 100, 10))
    by_weights = 784 * 100 + 100 * 100 + 100 * 10
    assert ahead - by_weights == each * count + 100 * 10
    assert leads + last == each


@claim(
    "From the back, one follows the loss: how fast it changes with each unit, "
    "layer by layer.",
    "There is only one loss, so a single pass serves all parameters.",
    "One pass backward gives all derivatives, since there is only one loss.",
)
def test_one_pass_backward_serves_all_parameters(monkeypatch):
    """However many units: each layer's derivative is asked for once."""
    test_each_layers_derivative_is_computed_once(monkeypatch)


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
    figure = draw_transpose()
    drawing.lay_out(figure)
    words = drawing.words(figure)
    boxes = [(drawing.box(patch), patch) for patch in figure.axes[0].patches]
    shaded = {
        word
        for word, where in words
        for box, patch in boxes
        if patch.get_alpha() == 0.25 and box.overlaps(where.padded(-0.02))
    }
    (frame,) = [box for box, patch in boxes if patch.get_linewidth() == 2]
    framed = {w for w, where in words if frame.overlaps(where.padded(-0.02))}
    plain = {w.replace(r"\hspace{0.06}", "").strip("$") for w in shaded}
    assert plain == {
        *("w_{11}", "w_{12}", "w_{13}", "z_1"),
        *("w_{22}", "da_2"),
    }
    assert framed == {"$w_{12}$", "$w_{22}$"}


@claim(
    "In the first, the line from ak to zj, named wjk, and the line from zj to "
    "the loss are thick: one path.",
    "In the second, the lines from ak to both z1 and zj are thick, and so are "
    "those from both to the loss: two paths.",
    "Below the first is written dzj ak, below the second w1k dz1 + wjk dzj.",
)
def test_figure_of_the_ways():
    (sheet,) = draw_paths().axes
    written = [
        re.sub(r"\\hspace\{.*?\}|[\\${}_, ]", "", text.get_text())
        for text in sheet.texts
        if ":" in text.get_text()
    ]
    assert written == ["wjk:dzjak", "ak:w1kdz1+wjkdzj"]
    thick = [line for line in sheet.lines if line.get_linewidth() > 2]
    left = [line for line in thick if max(line.get_xdata()) < 3.4]
    assert len(left) == 2
    assert len(thick) - len(left) == 4
    assert {line.get_color() for line in thick} == {PALETTE["orange"]}


@claim(
    "Zeros everywhere: $dz^{[L]} = \\hat y - y$ is <zero>, and all others are "
    "made from it by products and sums.",
)
def test_right_predictions_have_no_gradient(zero):
    layers, x, _ = problem(3, 7)
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)
    for part in flat(backward(y_hat - y_hat, caches, names)):
        assert torch.equal(part, torch.full_like(part, zero))


@claim("In this order $(3, 5)$, $(3, 2)$, $(3, 1)$ and $(2, 5)$.")
def test_shapes_of_the_exercise():
    W, dz, a = torch.ones(3, 2), torch.ones(3, 5), torch.ones(2, 5)
    cache = Cache(a, dz, W, torch.ones(3, 1))
    ((dW, db),) = backward(dz, [cache], ["tanh"])
    shapes = [tuple(part.shape) for part in (dz, dW, db, W.T @ dz)]
    assert shapes == [(3, 5), (3, 2), (3, 1), (2, 5)]
