import ast
import inspect
from itertools import product

import pytest
import torch

from snippets.figure import PALETTE
from snippets.graph import flows
from snippets.network import Layer, initialise
from snippets.propagation import example
from snippets.propagation.backward import (
    Gradient,
    backward,
    count_multiplications,
)
from snippets.propagation.backward_figures import (
    draw_paths,
    draw_transpose,
    fork,
    one_unit,
    two_units,
)
from snippets.propagation.descent import (
    X,
    Y,
    loss_and_gradients,
    update,
)
from snippets.propagation.example import draw_example_gradients
from snippets.propagation.forward import ACTIVATIONS, forward
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
    "beginning, and that is why one goes backward.",
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
    r"The product $dz\, a^\top$ then adds up over the examples by itself, "
    "since each row of $dz$ runs along all of them.",
    "To the biases: the mean over the columns, one for each example $i$.",
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
    "The weight $w_{jk}$ acts on the loss only through $z_j$, which grows "
    "$a_k$ times as fast as it:",
    "The bias $b_j$ acts through $z_j$ too, with the slope <one>, so $db_j = "
    "dz_j$.",
    "The activation $a_k$ goes into every $z_j$, with the weight $w_{jk}$: a "
    "fork, with a way through each unit of the layer.",
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
    "If that is positive, the loss falls when the parameter is made smaller; "
    "if it is negative, when it is made larger.",
)
def test_sign_of_a_derivative_says_which_way_the_loss_falls():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    signs = set()
    for l, gradient in enumerate(gradients):
        for part, slopes in enumerate(gradient):
            for place in product(*map(range, slopes.shape)):
                moved = [Layer(*(p.clone() for p in layer)) for layer in layers]
                moved[l][part][place] -= 1e-4 * slopes[place].sign()
                assert loss_and_gradients(moved)[0] < loss
                signs.add(slopes[place].sign().item())
    assert signs == {-1, 1}


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
    y_hat, caches = forward(X, layers, names)
    ours = flat(backward(y_hat - Y, caches, names))
    torchs = by_autograd(
        lambda leaves: cross_entropy(forward(X, leaves, names)[0], Y), layers
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


@claim(
    "Start with a single unit that has one input and a sigmoid: $w = <w>$, "
    "$x = <x>$, $b = <b>$, and the target is <target>.",
    "The product $w x$ grows $x$ times as fast as $w$, which is <x_again> "
    "times; $z$ grows as fast as the product.",
    "Above each line is its value, from w = <w> and x = <x> at the left to "
    "the loss, <loss>, at the right.",
    "Below each line is its gradient, from <one> at the right by way of "
    "<da> for a and <dz> for z to <dw> for w and <dx> for x at the left.",
    "On the way we found $dz = <dz>$, which is $a - 1$, the prediction minus "
    "the target, as the loss has it for a sigmoid with cross-entropy.",
    "The bias has the same derivative: $db = dz$.",
    "At the right end stands <one>, since the loss changes exactly as fast "
    "as itself.",
    "A sum passes on what it gets, since its slope is <one> for each of its "
    "terms; a product passes on what it gets times the other factor.",
    "Each gradient is the one on the right of the box, times the slope of the "
    "operation in it.",
)
def test_one_unit(w, x, b, target, x_again, loss, one, da, dz, dw, dx):
    leaves = [torch.tensor(v).double().requires_grad_() for v in (w, x, b)]
    z = leaves[0] * leaves[1] + leaves[2]
    a = z.sigmoid()
    by_torch = torch.nn.functional.binary_cross_entropy(
        a, torch.tensor(target).double()
    )
    wanted = torch.autograd.grad(by_torch, [*leaves, z, a])
    graph = one_unit()
    assert [graph[name].value for name in ("w", "x", "b")] == [w, x, b]
    assert x_again == x
    assert by_torch.item() == pytest.approx(loss, abs=0.0005)
    found = passes.of_a_graph(graph)
    assert found["dℒ"].item() == one
    for sign, gradient in zip(("w", "x", "b", "z", "a"), wanted, strict=True):
        torch.testing.assert_close(found["d" + sign], gradient)
    said = [found["d" + sign].item() for sign in "azwx"]
    assert said == pytest.approx([da, dz, dw, dx])


@claim(
    "So a weight that is larger by <more> should lower the loss by about "
    "<less>.",
    "It does: with $w = <new>$ the activation is $\\sigma(<z>) \\approx "
    "<a>$, and the loss is $-\\log <same> \\approx <after>$, after <before>.",
)
def test_a_larger_weight_lowers_the_loss(
    more, less, new, z, a, same, after, before
):
    graph = one_unit()
    assert new == pytest.approx(graph["w"].value + more)
    assert new * graph["x"].value + graph["b"].value == pytest.approx(z)
    found = torch.tensor(z).double().sigmoid()
    assert found.item() == pytest.approx(a, abs=0.0005)
    assert same == a
    assert -found.log().item() == pytest.approx(after, abs=0.0005)
    old = graph["ℒ"].value
    assert old == pytest.approx(before, abs=0.0005)
    assert old + found.log().item() == pytest.approx(less, rel=0.01)


@claim(
    "Let a second unit take the activation of the first as its input, with "
    "$w_2 = <w_2>$ and $b_2 = <b_2>$.",
    "The gradients run from <one> at the right by way of <dz_2> for the "
    "second sum, <da_1> for the first activation and <dz_1> for the first sum "
    "to <dw_1> for w1 at the left.",
)
def test_two_units(w_2, b_2, one, dz_2, da_1, dz_1, dw_1):
    graph = two_units()
    first = [graph[name].value for name in ("w_1", "x", "b_1")]
    assert first == [one_unit()[name].value for name in ("w", "x", "b")]
    assert [graph["w_2"].value, graph["b_2"].value] == [w_2, b_2]
    leaves = [torch.tensor(v).double().requires_grad_() for v in first]
    z_1 = leaves[0] * leaves[1] + leaves[2]
    a_1 = z_1.sigmoid()
    z_2 = w_2 * a_1 + b_2
    wanted = torch.autograd.grad(
        -z_2.sigmoid().log(), (z_2, a_1, z_1, leaves[0])
    )
    found = passes.of_a_graph(graph)
    said = dz_2, da_1, dz_1, dw_1
    for (sign, index), gradient, value in zip(
        (("dz", 1), ("da", 0), ("dz", 0), ("dw", 0)), wanted, said, strict=True
    ):
        torch.testing.assert_close(found[sign][index], gradient)
        assert gradient.item() == pytest.approx(value)
    assert found["dℒ"].item() == one


@claim(
    "Let $a = <a>$ go into two outputs, with the weights <w_1> and <w_2>, no "
    "bias and no activation function: they are $z_1 = 0.8 \\cdot 0.5 = 0.4$ "
    "and $z_2 = -0.6 \\cdot 0.5 = -0.3$.",
    "The targets are <y_1> and <y_2>, and the loss of each is half the "
    "squared error, so that $dz_1 = 0.4 - 1 = -0.6$ and $dz_2 = -0.3 - 0 = "
    "-0.3$.",
    "A fork: two ways lead from $a$ to the loss, one brings back <one_way> "
    "and the other <other_way>, together <together>.",
    "Backward, the line through the first output brings <one_way> to a, the "
    "line through the second <other_way>.",
    "So there are two rules and no more: along a way the slopes multiply, and "
    "where several ways lead to the loss, their products add up.",
)
def test_fork(a, w_1, w_2, y_1, y_2, one_way, other_way, together):
    graph = fork()
    given = [graph[name].value for name in ("a", "w_1", "w_2")]
    assert given == [a, w_1, w_2]
    leaf = torch.tensor(a).double().requires_grad_()
    loss = ((w_1 * leaf - y_1) ** 2 + (w_2 * leaf - y_2) ** 2) / 2
    (wanted,) = torch.autograd.grad(loss, leaf)
    back = flows(graph)
    assert back["a", "z_1"] == pytest.approx(one_way)
    assert back["a", "z_2"] == pytest.approx(other_way)
    assert wanted.item() == pytest.approx(together)
    assert passes.of_a_graph(graph)["da"].item() == pytest.approx(together)
    assert loss.item() == pytest.approx(graph["ℒ"].value)


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


def first_exercise():
    """Return the signs of a single unit that is given one example."""
    w, b, x, y = (torch.tensor([[v]]).double() for v in (2, -1, 0.5, 1))
    y_hat, caches = forward(x, [Layer(w, b)], ["sigmoid"])
    ((dw, db),) = backward(y_hat - y, caches, ["sigmoid"])
    numbers = {"z": caches[0].z, "dz": y_hat - y, "dw": dw, "db": db}
    numbers |= {"x": x, "y": y, r"\hat y": y_hat}
    return {sign: value.squeeze() for sign, value in numbers.items()}


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = passes.problem(seed)
    signs = passes.symbols_of_a_pass(layers, x, y)
    (units, output), (other, _) = map(passes.on_paper, (0, 1))
    hold(
        "propagation/backward.md",
        signs,
        below={
            "One weight": passes.of_a_graph(one_unit()),
            "Two units in a chain": passes.of_a_graph(two_units()),
            "A fork": passes.of_a_graph(fork()),
            "Nine numbers": units,
            "Any layer": signs_of_a_layer(),
            "Exercises": first_exercise(),
            "The same in matrices": {
                "W": signs["W"][3],
                "dz": signs["dz"][3],
                "da": signs["da"][2],
            },
        },
        here={
            r"dz \approx 0.584 - 1 = -0.416": output,
            r"dz_1 \approx 0.80 \cdot 0.540 \cdot 0.25 \approx 0.108": other,
            r"dz_2 \approx -1.10 \cdot 0.540 \cdot 0.240 \approx -0.143": (
                other
            ),
        },
    )


@claim(
    "(by hand, easy) A network has one layer, one input and a sigmoid; $w = "
    "<w>$, $b = <b>$, $x = <x>$ and $y = <y>$.",
    "Then $dw = dz \\cdot x = -0.25$ and $db = <db>$.",
)
def test_first_exercise(w, b, x, y, db):
    """Its other numbers are evaluated as equations."""
    signs = first_exercise()
    assert [w, b, x, y] == [2, -1, *(signs[s].item() for s in "xy")]
    assert signs["db"].item() == db


@claim(
    "All nine: each is $dz$ of the output times something that does not depend "
    "on the target, and $dz$ is now $0.584 - 0 = 0.584$.",
    "The output's are <db> for the bias, $0.584 \\cdot 0.599 \\approx "
    "0.350$ and $0.584 \\cdot 0.310 \\approx 0.181$ for the weights.",
)
def test_other_target_turns_all_signs(db):
    y_hat, caches = forward(example.X, example.LAYERS, example.NAMES)
    one, other = (
        flat(backward(y_hat - y, caches, example.NAMES)) for y in (1, 0)
    )
    for part, turned in zip(one, other, strict=True):
        assert torch.equal(part.sign(), -turned.sign())
        assert part.all()
    assert other[3].item() == pytest.approx(db, abs=0.0005)


@claim(
    "Forward, $z$ is <z_1> and <z_2> in the hidden layer, the activations are "
    "<a_1> and <a_2>, and the output has $z = <z>$ and the prediction <y_hat>.",
    "Then $dz = <dz>$, and the output's weights get $0.540 \\cdot 0.5 = 0.270$ "
    "and $0.540 \\cdot 0.401 \\approx 0.217$.",
    "The hidden units get $dz_1 \\approx 0.80 \\cdot 0.540 \\cdot 0.25 "
    "\\approx 0.108$ and $dz_2 \\approx -1.10 \\cdot 0.540 \\cdot 0.240 "
    "\\approx -0.143$; these are the derivatives of their biases, and their "
    "weights get <w_11> and <w_12>, and <w_21> and <w_22>.",
)
def test_second_example_on_paper(
    z_1, z_2, a_1, a_2, z, y_hat, dz, w_11, w_12, w_21, w_22
):
    column, target = example.TWO_X[:, [1]], example.TWO_Y[:, [1]]
    found, (first, last) = forward(column, example.LAYERS, example.NAMES)
    hidden, output = backward(found - target, (first, last), example.NAMES)
    for values, said in (
        (first.z, [z_1, z_2]),
        (last.a_previous, [a_1, a_2]),
        (last.z, [z]),
        (found, [y_hat]),
        (output.db, [dz]),
        (hidden.dW, [w_11, w_12, w_21, w_22]),
        (output.dW, [0.270, 0.217]),
    ):
        assert values.flatten().tolist() == pytest.approx(said, abs=0.0005)


@claim(
    "The network of nine parameters again, with a gradient below each number.",
    "Output: z <z> with <dz>, prediction <y_hat> with <da>, bias <dz_again>; "
    "loss <loss> with <one>.",
    "Weights into the output: <dw_1> and <dw_2>.",
    "First hidden unit: z <dz_1>, a <da_1>, bias <db_1>, weights <dw_11> and "
    "<dw_12>.",
    "Second hidden unit: z <dz_2>, a <da_2>, bias <db_2>, weights <dw_21> and "
    "<dw_22>.",
    "These are the derivatives of the two biases, and times the inputs <x_1> "
    "and <x_2> those of the four weights: <dw_11> and <dw_12> for the first "
    "unit, <dw_21> and <dw_22> for the second.",
    "The network on paper with its gradients, in colour, below the values.",
    "Its target is <y>.",
)
def test_nine_numbers(
    z,
    dz,
    y_hat,
    da,
    dz_again,
    loss,
    one,
    dw_1,
    dw_2,
    dz_1,
    da_1,
    db_1,
    dw_11,
    dw_12,
    dz_2,
    da_2,
    db_2,
    dw_21,
    dw_22,
    x_1,
    x_2,
    y,
):
    """They are autograd's, and stand in the figure."""
    leaves = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in example.LAYERS
    ]
    a = (leaves[0].W @ example.X + leaves[0].b).sigmoid()
    output = leaves[1].W @ a + leaves[1].b
    prediction = output.sigmoid()
    total = torch.nn.functional.binary_cross_entropy(prediction, example.Y)
    found = torch.autograd.grad(total, [output, prediction, a, *flat(leaves)])
    numbers = torch.cat([part.flatten() for part in found]).tolist()
    said = [dz, da, da_1, da_2, dw_11, dw_12, dw_21, dw_22, db_1, db_2]
    said += [dw_1, dw_2, dz_again]
    assert numbers == pytest.approx(said, abs=0.0005)
    assert [dz_1, dz_2] == [db_1, db_2]
    assert example.Y.item() == y
    values = [output.item(), prediction.item(), total.item(), one]
    assert values == pytest.approx([z, y_hat, loss, 1], abs=0.0005)
    assert example.X.flatten().tolist() == [x_1, x_2]
    figure = draw_example_gradients()
    drawing.lay_out(figure)
    texts = [text.replace("−", "-") for text, _ in drawing.words(figure)]
    for number in numbers:
        assert f"{number:.3f}" in texts


@claim(
    "Backward, each weight is used once for $dW$ and, except in the first "
    "layer, once for $da$.",
    "Forward, a parameter changes one unit of its own layer, so it costs as "
    "many multiplications as that unit has weights leading out of it, and in "
    "each later layer as many as the layer has weights.",
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
        for _ in range(sizes[l] * (sizes[l - 1] + 1)):
            reached = 1
            for later in range(l + 1, len(sizes)):
                counted += reached * sizes[later]
                reached = sizes[later]
    assert forward_count == counted


@claim(
    "In the smallest network there is nothing to gain; in the last, the way "
    "forward costs <times> times as much as the way back.",
)
def test_way_back_is_cheaper_in_large_networks(times):
    """Those of the page's table."""
    back, ahead = count_multiplications((2, 2, 1))
    assert ahead <= back
    back, ahead = count_multiplications((784, 100, 100, 10))
    assert round(ahead / back) == times


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
    "the loss are thick: one way.",
    "In the second, the lines from ak to both z1 and zj are thick, and so are "
    "those from both to the loss: two ways.",
)
def test_figure_of_the_ways():
    thick = [
        line for line in draw_paths().axes[0].lines if line.get_linewidth() > 2
    ]
    left = [line for line in thick if max(line.get_xdata()) < 3.4]
    assert len(left) == 2
    assert len(thick) - len(left) == 4
    assert {line.get_color() for line in thick} == {PALETTE["orange"]}
