import ast
import inspect
from itertools import product

import pytest
import torch

from snippets.network import Layer, initialise
from snippets.propagation.backward import (
    NAMES,
    Gradient,
    X,
    Y,
    backward,
    draw_one_step,
    loss_and_gradients,
    train_on_xor,
    update,
)
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


@claim(
    (
        "They agree as well for networks of <fewest> to <most> layers, for "
        "all <count> activation functions and for several numbers of "
        "examples."
    ),
    "The four equations give the gradients that autograd finds.",
)
@pytest.mark.parametrize(
    ("depth", "name", "m"), list(product(DEPTHS, ACTIVATIONS, (1, 2, 7)))
)
def test_agrees_with_autograd(depth, name, m, fewest, most, count):
    """Each depth, activation function and number of examples; any loss.

    A fixed random da stands for the derivative of some loss: that of the mean
    over the examples of the sum of da times the prediction.
    """
    assert (DEPTHS[0], DEPTHS[-1]) == (fewest, most)
    assert len(ACTIVATIONS) == count
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
    "The two sets of gradients must agree:",
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
    "All four, Equation to Equation, are the chain rule, arranged so that "
    "nothing is computed twice: each $dz^{[l]}$ is found once and serves the "
    "other three.",
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
    assert len(calls) == 4
    for z, cache in zip(calls, caches[::-1], strict=True):
        assert torch.equal(z, cache.z)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / 7

    for ours, torchs in zip(found, by_autograd(loss, layers), strict=True):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@claim(
    "In code the four equations become four lines, in a loop from the last "
    "layer to the first."
)
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
    "Its derivatives with respect to each of them, all the others kept as "
    "they are, make up its gradient.",
    "For those, move one weight $w$ up and down by a small $h$, keep all "
    "others, and go forward each time: $(J(w + h) - J(w - h)) / (2h)$ is "
    "nearly its derivative.",
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
    "All of these have the shape $(n^{[l]}, m)$.",
    "The product of $(n^{[l]}, m)$ and $(m, n^{[l-1]})$ adds up over all "
    "examples, and $1/m$ makes the sum a mean; the shape is that of "
    "$W^{[l]}$.",
    "The shape is $(n^{[l]}, <columns>)$.",
    "The product of $(n^{[l-1]}, n^{[l]})$ and $(n^{[l]}, m)$ has the shape "
    "$(n^{[l-1]}, m)$, and it is what the layer before is handed.",
)
def test_shapes_on_the_way_back(columns):
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
        assert signs["db"][l].shape == (n[l], columns)
        assert W[l].T.shape == (n[l - 1], n[l])
        torch.testing.assert_close(W[l].T @ dz, signs["da"][l - 1])
        assert signs["da"][l - 1].shape == (n[l - 1], m)


@claim(
    r"Then $z_j$ is the sum of all $w_{jk}\, a_k$, plus the bias $b_j$.",
    r"To the weights: $z_j$ contains the term $w_{jk}\, a_k$, so its slope "
    r"with respect to $w_{jk}$ is $a_k$, and the slope of the loss is $dz_j\, "
    "a_k$.",
    "To the biases: the slope of $z_j$ with respect to $b_j$ is <one>, so that "
    "of the loss is $dz_j$, and what remains is the mean over the columns, one "
    "for each example $i$.",
    "To the layer before: $a_k$ goes into every $z_j$ of this layer, with the "
    "weight $w_{jk}$.",
    r"Along each of these paths the slopes multiply, which gives $w_{jk}\, "
    "dz_j$, and the effects of several paths add up: $da_k$ is the sum of "
    r"$w_{jk}\, dz_j$ over all units $j$.",
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
    r"Through the activation function: $g^{[l]\prime}$ is the slope of "
    r"$g^{[l]}$, which the pages on these functions call $a'$; since $z$ acts "
    "on the loss only through the activation, this slope and that of the loss "
    "multiply, unit by unit and example by example.",
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
    "Backpropagation ends with the gradients; it changes nothing.",
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
    r"$z = 2 \cdot 0.5 - 1 = 0$, so $\hat y = <y_hat>$ and $dz = \hat y - y "
    "= <dz>$.",
    r"Then $dw = dz \cdot x = <dw>$ and $db = <db>$.",
)
def test_second_exercise(y_hat, dz, dw, db):
    layers = [Layer(torch.tensor([[2.0]]), torch.tensor([[-1.0]]))]
    x, y = torch.tensor([[0.5]]), torch.tensor([[1.0]])
    prediction, caches = forward(x, layers, ("sigmoid",))
    da = cross_entropy_derivative(prediction, y)
    (gradient,) = backward_from(da, caches, ("sigmoid",))
    assert caches[0].z.item() == 0
    assert prediction.item() == y_hat
    assert (prediction - y).item() == dz
    assert gradient.dW.item() == pytest.approx(dw)
    assert gradient.db.item() == pytest.approx(db)


@claim(
    "Those of all layers before it: by Equation, $da^{[L-1]} = "
    r"(W^{[L]})^\top dz^{[L]} = 0$.",
    (
        "The gradients of the last layer itself are not 0, so its weights "
        "move away from <start>, and from the second step on the others "
        "learn too."
    ),
)
def test_third_exercise(start):
    """Last weights of 0 silence all gradients before them, for one step."""
    first, last = initialise((2, 4, 1), torch.Generator().manual_seed(0))
    layers = [first, last._replace(W=torch.full_like(last.W, start))]
    _, gradients = loss_and_gradients(layers)
    assert not any(part.any() for part in gradients[0])
    assert gradients[1].dW.any()
    _, second = loss_and_gradients(update(layers, gradients, 1))
    assert second[0].dW.any()


def test_update_steps_against_the_gradient():
    layers, x, da = problem(3, 7)
    names = ["tanh"] * 3
    gradients = backward_from(da, forward(x, layers, names)[1], names)
    before = [part.clone() for part in flat(layers)]
    stepped = update(layers, gradients, 0.5)
    for new, old, gradient in zip(
        flat(stepped), before, flat(gradients), strict=True
    ):
        torch.testing.assert_close(new, old - 0.5 * gradient)
    assert all(
        torch.equal(now, then)
        for now, then in zip(flat(layers), before, strict=True)
    ), "the layers that were given stay as they are"


@claim(
    "Gradient descent uses them: it takes a small step against the gradient, "
    "in every weight and every bias.",
    r"The learning rate $\eta$ sets the size of the step.",
    "Backpropagation finds the gradient, and changes nothing; gradient "
    "descent uses it, and changes the weights and biases.",
    "The factor that turns a gradient into a step of gradient descent: how "
    "large its steps are.",
)
def test_update_agrees_with_torchs_optimiser():
    layers, gradients = initialise((2, 4, 1), torch.Generator()), None
    _, gradients = loss_and_gradients(layers)
    parameters = [part.clone().requires_grad_() for part in flat(layers)]
    for parameter, gradient in zip(parameters, flat(gradients), strict=True):
        parameter.grad = gradient
    torch.optim.SGD(parameters, lr=0.3).step()
    for ours, torchs in zip(
        flat(update(layers, gradients, 0.3)), parameters, strict=True
    ):
        torch.testing.assert_close(ours, torchs.detach())


@pytest.mark.parametrize(
    ("rate", "error"), [(0, ValueError), (-1, ValueError), ("1", TypeError)]
)
def test_update_refuses_wrong_rates(rate, error):
    layers = initialise((2, 4, 1), torch.Generator())
    with pytest.raises(error, match="learning_rate must be"):
        update(layers, loss_and_gradients(layers)[1], rate)


def test_update_refuses_gradients_that_do_not_fit():
    layers = initialise((2, 4, 1), torch.Generator())
    _, gradients = loss_and_gradients(layers)
    with pytest.raises(ValueError, match="for each of 2 layers, but holds 1"):
        update(layers, gradients[:1], 1)
    with pytest.raises(
        ValueError, match=r"dW must .* with units = 4 and inputs = 2"
    ):
        update(layers, gradients[::-1], 1)
    with pytest.raises(
        TypeError, match=r"layers\[0\] must be a Layer of W and b"
    ):
        update([None], gradients[:1], 1)
    (dW, db), last = gradients
    with pytest.raises(
        ValueError, match=r"db must have shape \(units, 1\) with units = 4"
    ):
        update(layers, [Gradient(dW, db.T), last], 1)
    for mixed in (Gradient(dW.float(), db), Gradient(dW, db.float())):
        with pytest.raises(
            TypeError, match=r"layers\[0\].W and gradients\[0\].d. must share"
        ):
            update(layers, [mixed, last], 1)
    assert update(layers, gradients, 1e39)[0].W.isfinite().all()


@claim(
    r"For small rates it falls as the gradient promises, by $\eta$ times the "
    "sum of the squares of all derivatives.",
    "A small step against them lowers the loss as they promise.",
)
@pytest.mark.parametrize("seed", range(20))
def test_a_small_step_lowers_the_loss(seed):
    """By the rate times the sum of squares, to first order."""
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(seed))
    loss, gradients = loss_and_gradients(layers)
    squares = sum((part**2).sum() for part in flat(gradients))
    after, _ = loss_and_gradients(update(layers, gradients, 1e-4))
    assert after < loss
    promised = (1e-4 * squares).item()
    assert (loss - after).item() == pytest.approx(promised, rel=0.01)


@claim(
    "How much the loss falls depends on the learning rate.",
    "For larger ones the promise is broken, and in the end the step does harm.",
    "The gradient holds the slopes at the present weights; further away they "
    "are different.",
)
def test_a_large_step_does_harm():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    squares = sum((part**2).sum() for part in flat(gradients))
    after, there = loss_and_gradients(update(layers, gradients, 2))
    assert loss - 2 * squares < after < loss, "less than promised, still better"
    assert loss_and_gradients(update(layers, gradients, 8))[0] > loss
    for here, far in zip(flat(gradients), flat(there), strict=True):
        assert (far - here).abs().max() > 1e-3


@claim(
    "They say which way each of them should go: where a derivative is "
    "positive, the loss falls as the weight or bias is made smaller; where it "
    "is negative, as it is made larger.",
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


@pytest.mark.parametrize(
    ("steps", "rate", "error", "said"),
    [
        (-1, 1, ValueError, "steps must be at least 0"),
        ("3", 1, TypeError, "steps must be a whole number"),
        (True, 1, TypeError, "steps must be a whole number, but a bool"),
        (0, -1, ValueError, "learning_rate must be finite and above 0"),
    ],
)
def test_training_refuses_bad_input(steps, rate, error, said):
    with pytest.raises(error, match=said):
        train_on_xor(steps, rate, torch.Generator())


@claim(
    "Two layers have now learnt what one layer could not do, and nobody had "
    "to set their weights by hand.",
    "And one step is not the end: after it XOR is not yet learnt, and after "
    "many it is.",
)
@pytest.mark.parametrize("seed", range(6))
def test_many_steps_learn_xor(seed):
    layers, losses = train_on_xor(
        1000, 1.0, torch.Generator().manual_seed(seed)
    )
    assert len(losses) == 1001
    assert [layer.W.shape for layer in layers] == [(4, 2), (1, 4)]
    assert losses[0] > 0.6
    assert losses[1] > 0.6, "one step is not the end"
    assert losses[-1] < 0.01
    y_hat, _ = forward(X, layers, NAMES)
    assert torch.equal(y_hat.round(), Y)


@claim(
    "The loss after one step of gradient descent.",
    "The loss after one step, against the learning rate from <lowest> to "
    "<highest>.",
    "A dotted level line marks the loss before the step, about <before_it>.",
    "The solid curve starts just below it, falls to about <least> at a rate "
    "of about <best>, rises again, crosses the level line at about <even> "
    "and ends far above it.",
    "A dashed straight line starts in the same direction as the curve and "
    "goes on falling.",
)
def test_figure_shows_the_promise_and_its_end(
    lowest, highest, before_it, least, best, even
):
    """ "About" is half of the last digit, and half a step between rates."""
    (axes,) = draw_one_step().axes
    before, after, promise = axes.lines
    level = float(before.get_ydata()[0])
    losses, rates = (torch.as_tensor(data) for data in after.get_data()[::-1])
    assert (rates[0].item(), rates[-1].item()) == (lowest, highest)
    assert level == pytest.approx(before_it, abs=0.005)
    assert level - 0.01 < losses[0] < level
    assert losses.min().item() == pytest.approx(least, abs=0.005)
    assert rates[losses.argmin()].item() == pytest.approx(best, abs=0.05)
    last_below, first_above = (
        rates[losses < level][-1],
        rates[losses > level][0],
    )
    assert last_below - 0.05 <= even <= first_above + 0.05
    assert first_above - last_below < 0.11, "it crosses once"
    assert losses[-1] > level + 0.1
    styles = [line.get_linestyle() for line in axes.lines]
    assert styles == [":", "-", "--"]
    promised = torch.as_tensor(promise.get_ydata())
    assert (promised < losses).all()
    falls = promised.diff()
    torch.testing.assert_close(falls, falls[0].expand_as(falls))
    assert falls[0] < 0
    assert promised[0].item() == pytest.approx(losses[0].item(), abs=1e-3)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [line.get_label() for line in axes.lines]
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_ylabel() == "loss"


@claim(
    "The gradient as a whole points where the loss grows fastest, so go the "
    "other way.",
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


@claim("They do without autograd.")
def test_needs_no_automatic_differentiation():
    """It gives the same where torch keeps nothing to differentiate."""
    layers, x, da = problem(3, 7)
    names = ["tanh"] * 3
    usual = flat(backward_from(da, forward(x, layers, names)[1], names))
    with torch.inference_mode():
        bare = flat(backward_from(da, forward(x, layers, names)[1], names))
    assert all(map(torch.equal, usual, bare))
    assert not any(part.requires_grad for part in usual)


@claim(
    (
        "All gradients are found first, and only then is anything changed: "
        "a layer that is updated too early would spoil the gradients of the"
        " layers before it, which are computed with its weights."
    ),
)
def test_updating_too_early_spoils_what_comes_before():
    layers, x, da = problem(3, 7)
    names = ["tanh"] * 3
    _, caches = forward(x, layers, names)
    right = backward_from(da, caches, names)
    early = update(layers, right, 0.5)[2]
    spoilt = backward_from(
        da, [*caches[:2], caches[2]._replace(W=early.W)], names
    )
    for layer in range(2):
        assert (spoilt[layer].dW - right[layer].dW).abs().max() > 1e-3
    assert torch.equal(spoilt[2].dW, right[2].dW), "not its own"


def faulty_backward(da, caches, names, fault):
    """Go back as `backward` does, with one mistake."""
    gradients = []
    for (a, z, W, _), name in zip(caches[::-1], names[::-1], strict=True):
        forgets = fault == "a slope left out" and name == "tanh"
        dz = da if forgets else da * ACTIVATIONS[name].derivative(z)
        m = 1 if fault == "a sum for a mean" else z.shape[1]
        square = W.shape[0] == W.shape[1]
        forgets = fault == "a forgotten transpose" and square
        da = (W if forgets else W.T) @ dz
        gradients.append(
            Gradient(dz @ a.T / m, dz.sum(dim=1, keepdim=True) / m)
        )
    return gradients[::-1]


@claim(
    (
        "After a forgotten transpose of a square matrix, a sum in place of "
        "a mean or a slope left out, no error is raised, and the loss may "
        "fall all the same."
    ),
    "So a falling loss does not show that the gradient is right.",
)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "fault",
    ["a forgotten transpose", "a sum for a mean", "a slope left out"],
)
def test_wrong_gradients_may_lower_the_loss_too(fault, seed):
    names = ("tanh", "tanh", "sigmoid")
    layers = initialise((2, 4, 4, 1), torch.Generator().manual_seed(seed))
    losses = []
    for _ in range(30):
        y_hat, caches = forward(X, layers, names)
        losses.append(cross_entropy(y_hat, Y).item())
        da = cross_entropy_derivative(y_hat, Y)
        wrong = faulty_backward(da, caches, names, fault)
        layers = update(layers, wrong, 0.3)
        right = backward_from(da, caches, names)
        assert (wrong[0].dW - right[0].dW).abs().max() > 1e-4
    assert losses[-1] < losses[0]


def exercise():
    """Return the signs of the second exercise."""
    w, b, x, y = (torch.tensor([[v]]).double() for v in (2, -1, 0.5, 1))
    y_hat, caches = forward(x, [Layer(w, b)], ["sigmoid"])
    da = cross_entropy_derivative(y_hat, y)
    ((dw, db),) = backward_from(da, caches, ["sigmoid"])
    # with a sigmoid, dz = da g'(z), and db is its mean over one example
    numbers = {"z": caches[0].z, "dz": db, "dw": dw, "x": x, "y": y}
    return {
        sign: value.squeeze()
        for sign, value in (numbers | {r"\hat y": y_hat}).items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = passes.problem(seed)
    signs = passes.symbols_of_a_pass(layers, x, y)
    silent = [*layers[:-1], Layer(0 * layers[-1].W, layers[-1].b)]
    others = {
        r"z = 2 \cdot 0.5 - 1 = 0": exercise(),
        r"dz = \hat y - y = -0.5": exercise(),
        r"dw = dz \cdot x = -0.25": exercise(),
        r"da^{[L-1]} = (W^{[L]})^\top dz^{[L]} = 0": passes.symbols_of_a_pass(
            silent, x, y
        ),
    }
    hold(
        "propagation/backward.md",
        signs,
        here=others,
        after=passes.after_an_update(layers, signs),
    )


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


def test_figure_of_one_step_tries_every_tenth():
    (axes,) = draw_one_step().axes
    _, after, promise = axes.lines
    assert drawing.styles(axes) == {
        "before the step": ":",
        "after the step": "-",
        "what the slope promises": "--",
    }
    tenths = [number / 10 for number in range(1, 81)]
    assert list(after.get_xdata()) == pytest.approx(tenths, rel=1e-12)
    assert list(promise.get_xdata()) == list(after.get_xdata())
    assert axes.get_xlim() == (0, 8)


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
    x = torch.ones(1, 200_000, dtype=torch.float16)
    nothing = torch.zeros(1, 1, dtype=torch.float16)
    layers = [Layer(nothing, nothing)]
    y_hat, caches = forward(x, layers, ["sigmoid"])
    da = cross_entropy_derivative(y_hat, torch.zeros_like(y_hat))
    ((dW, db),) = backward_from(da, caches, ["sigmoid"])
    assert dW.item() == pytest.approx(0.5, rel=2e-3)
    assert db.item() == 0.5
