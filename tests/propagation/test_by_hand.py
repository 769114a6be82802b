import math
import re
from itertools import product

import pytest
import torch
from torch.testing import assert_close

from snippets.graph import flows
from snippets.network import Layer, initialise
from snippets.propagation import by_hand, example
from snippets.propagation.backward import backward
from snippets.propagation.descent import loss_and_gradients
from snippets.propagation.forward import forward
from snippets.propagation.gradient_check import flat
from tests.claims import agree, claim, pages
from tests.equations.check import equations, hold
from tests.equations.evaluate import parse, relations
from tests.propagation import passes
from tests.propagation.passes import of_a_graph
from tests.propagation.slopes import column
from tests.tensors import random


def leaves_of(graph, names):
    """Return values of a graph, with which torch goes forward."""
    values = (graph[name].value for name in names.split())
    return [torch.tensor(v).double().requires_grad_() for v in values]


def both_passes(layers, x, y):
    """Return the prediction, and caches and gradients of two layers."""
    y_hat, caches = forward(x, layers, example.NAMES)
    return y_hat, caches, backward(y_hat - y, caches, example.NAMES)


@claim(
    "Start with a single unit that has one input and a sigmoid: $w = <w>$, $x "
    "= <x>$, $b = <b>$, and the target is <target>.",
    "The product $w x$ grows $x$ times as fast as $w$, which is <x_again> "
    "times; $z$ grows as fast as the product.",
    "Above each line is its value, from w = <w> and x = <x> at the left to the "
    "loss, <loss>, at the right.",
    "Below each line is its gradient, from <one> at the right by way of <da> "
    "for a and <dz> for z to <dw> for w and <dx> for x at the left.",
    "On the way we found $dz = <dz>$, which is $a - 1$, the prediction minus "
    "the target, as derived for a sigmoid with cross-entropy.",
    "The bias has the same derivative: $db = dz$.",
    r"The input has one too, $w \, dz = 0.3 \cdot (-0.5) = -0.15$, though "
    "nobody trains it.",
    "The gradient at the right end is <one>, since the loss changes exactly"
    " as fast as itself.",
    "A sum passes on what it gets, since its slope is <one> for each of its "
    "terms; a product passes on what it gets times the other factor.",
    "Each gradient is the one on the right of the box, times the slope of the "
    "operation in it.",
    "So a weight that is larger by <more> should lower the loss by about "
    "<less>.",
    r"It does: with $w = <new>$ the activation is $\sigma(<z>) \approx <a>$, "
    r"and the loss is $-\log <same> \approx <after>$; it was <before>.",
)
def test_one_unit(said):
    graph = by_hand.one_unit()
    w, x, b = leaves_of(graph, "w x b")
    z = w * x + b
    a = z.sigmoid()
    loss = -a.log()
    dw, dx, db, dz, da = torch.autograd.grad(loss, [w, x, b, z, a])
    found, more = of_a_graph(graph), said.more
    moved = ((w + more) * x + b).sigmoid()
    agree(
        said, w, x, b, 1, x, loss, found["dℒ"], da, dz, dw, dx,
        more, -dw * more, w + more, z + more * x, moved, moved, -moved.log(),
        graph["ℒ"].value,
    )  # fmt: skip
    assert (loss + moved.log()).item() == pytest.approx(more, rel=0.01)
    wanted = {"w": dw, "x": dx, "b": db, "z": dz, "a": da}
    for sign, gradient in wanted.items():
        assert_close(found["d" + sign], gradient)


@claim(
    "Let a second unit take the activation of the first as its input, with "
    "$w_2 = <w_2>$ and $b_2 = <b_2>$; the small number counts the units along "
    "the chain.",
    "The gradients run from <one> at the right by way of <dz_2> for the second "
    "sum, <da_1> for the first activation and <dz_1> for the first sum to "
    "<dw_1> for w1 at the left.",
)
def test_two_units(said):
    graph = by_hand.two_units()
    first = leaves_of(by_hand.one_unit(), "w x b")
    assert first == leaves_of(graph, "w_1 x b_1")
    z_1 = first[0] * first[1] + first[2]
    a_1, (w_2, b_2) = z_1.sigmoid(), leaves_of(graph, "w_2 b_2")
    z_2 = w_2 * a_1 + b_2
    loss = -z_2.sigmoid().log()
    wanted = torch.autograd.grad(loss, (z_2, a_1, z_1, first[0]))
    found = of_a_graph(graph)
    agree(said, w_2, b_2, found["dℒ"], *wanted)
    dz, (da, _), (dw, _) = found["dz"], found["da"], found["dw"]
    assert_close((dz[1], da, dz[0], dw), wanted)


@claim(
    "Let $a = <a>$ go into two outputs, which the small number now counts, "
    "with the weights <w_1> and <w_2>, no bias and no activation function: "
    r"the outputs are $z_1 = 0.8 \cdot 0.5 = 0.4$ and $z_2 = -0.6 \cdot 0.5 = "
    "-0.3$.",
    "The targets are <y_1> and <y_2>, and the loss of each is half the squared "
    "error, so that $dz_1 = 0.4 - 1 = -0.6$ and $dz_2 = -0.3 - 0 = -0.3$.",
    "A fork: two paths lead from $a$ to the loss, one brings back <one_way> "
    "and the other <other_way>, together <together>.",
    "Backward, the line through the first output brings <one_way> to a, the"
    " line through the second <other_way>, and beside a is their sum, "
    "<together>.",
    "Try it: at $a = <other_a>$ the loss is $0.592^2 / 2 + 0.306^2 / 2 "
    r"\approx <after>$; it was <before>, and has fallen by <fall>.",
    "So there are two rules and no more: along a path the slopes multiply, and "
    "where several paths lead to the loss, their products add up.",
    "(by hand, medium) In the fork, let $w_2$ be <new> instead of <old>.",
    "The second output is now <z_2>, which is also its $dz_2$, so $da = 0.8"
    " \\cdot (-0.6) + 0.6 \\cdot 0.3 = -0.3$ again: the sign of $w_2$ has "
    "changed, and that of $dz_2$ with it.",
)
def test_fork(said):
    graph = by_hand.fork()
    a, w_1, w_2 = leaves_of(graph, "a w_1 w_2")

    def loss(a, w_2):
        return ((w_1 * a - 1) ** 2 + (w_2 * a) ** 2) / 2

    (da,) = torch.autograd.grad(loss(a, w_2), a)
    back, before, other = flows(graph), graph["ℒ"].value, said.other_a
    ways, after = [back["a", "z_1"], back["a", "z_2"]], loss(other, w_2)
    losses = other, after, before, before - after
    agree(said, a, w_1, w_2, 1, 0, ways, da, *losses, -w_2, w_2, -w_2 * a)
    agree([said.fall], (a - other) * da)
    assert_close(of_a_graph(graph)["da"], da)
    assert_close(loss(a, w_2), torch.tensor(before).double())
    assert_close(torch.autograd.grad(loss(a, -w_2), a), (da,))


def first_exercise():
    """Return the signs of a single unit that is given one example."""
    w, b, x, y = (column(v) for v in (2, -1, 0.5, 1))
    y_hat, caches = forward(x, [Layer(w, b)], ["sigmoid"])
    ((dw, db),) = backward(y_hat - y, caches, ["sigmoid"])
    signs = {"w": w, "b": b, "z": caches[0].z, "dz": y_hat - y, "dw": dw}
    signs |= {"db": db, "x": x, "y": y, r"\hat y": y_hat}
    return {sign: value.squeeze() for sign, value in signs.items()}


@claim(
    "(by hand, easy) A network has one layer, one input and a sigmoid; $w = "
    "<w>$, $b = <b>$, $x = <x>$ and $y = <y>$.",
    r"Then $dw = dz \cdot x = -0.25$ and $db = <db>$.",
    "All nine: each is $dz$ of the output times something that does not depend "
    "on the target, and $dz$ is now $0.584 - 0 = 0.584$.",
    r"The output's are <other_db> for the bias, $0.584 \cdot 0.599 \approx "
    r"0.350$ and $0.584 \cdot 0.310 \approx 0.181$ for the weights.",
)
def test_exercises(said):
    """Their other numbers are evaluated as equations."""
    signs = first_exercise()
    one, other = (
        flat(both_passes(example.LAYERS, example.X, y)[2]) for y in (1, 0)
    )
    given = [signs[sign] for sign in ("w", "b", "x", "y")]
    agree(said, *given, signs["db"], other[8])
    assert (one * other < 0).all()


@claim(
    "Forward, $z$ is <z_1> and <z_2> in the hidden layer, the activations are "
    "<a_1> and <a_2>, and the output has $z = <z>$ and the prediction <y_hat>.",
    r"Then $dz = <dz>$, and the output's weights get $0.540 \cdot 0.5 = 0.270$ "
    r"and $0.540 \cdot 0.401 \approx 0.217$.",
    r"The hidden units get $dz_1 \approx 0.80 \cdot 0.540 \cdot 0.25 \approx "
    r"0.108$ and $dz_2 \approx -1.10 \cdot 0.540 \cdot 0.240 \approx -0.143$; "
    "these are the derivatives of their biases, and their weights get <w_11> "
    "and <w_12>, and <w_21> and <w_22>.",
)
def test_second_example_on_paper(said):
    given = example.TWO_X[:, [1]], example.TWO_Y[:, [1]]
    found, (first, last), gradients = both_passes(example.LAYERS, *given)
    hidden, output = gradients
    sums = first.z, last.a_previous, last.z, found
    agree(said, *sums, output.db, hidden.dW)
    assert output.dW[0].tolist() == pytest.approx([0.270, 0.217], abs=0.0005)


@claim(
    "The network of nine parameters again, with a gradient below each number.",
    "Output: z <z> with <dz>, prediction <y_hat> with <da>, bias <dz_again>; "
    "loss <loss> with <one>.",
    "Weights into the output: <dw_1> and <dw_2>.",
    "First hidden unit: z <dz_1>, a <da_1>, bias <db_1>, weights <dw_11> and "
    "<dw_12>.",
    "Second hidden unit: z <dz_2>, a <da_2>, bias <db_2>, weights <dw_21> and "
    "<dw_22>.",
    "These are also the derivatives of the two biases; multiplied by the "
    "inputs <x_1> and <x_2>, they give those of the four weights: <dw_11> "
    "and <dw_12> for the first unit, <dw_21> and <dw_22> for the second.",
    "The network on paper; below each value, in colour, its gradient, once the "
    "way back has reached it.",
    r"Its target is <y>, and its loss is cross-entropy: $-\log 0.584 \approx "
    "<loss>$.",
    r"(The <da> below the prediction is its own derivative, $-1 / \hat y$; "
    r"times the slope of the sigmoid, $\hat y (1 - \hat y)$, it gives this "
    "$dz$.)",
    "The output's $z$ grows <out_1> times as fast as $a_1$ and <out_2> times "
    r"as fast as $a_2$, so $da_1 \approx 0.80 \cdot (-0.416) \approx -0.333$ "
    r"and $da_2 \approx -1.10 \cdot (-0.416) \approx 0.458$.",
    "Try one of the nine: with $w_{12} = <other>$ instead of <old> the loss is "
    "<after>; it was <before>, and $-0.0016 / 0.01 = -0.16$.",
    "Three decimals are enough; the last may differ by <last> from yours, "
    "since the figure goes on with unrounded numbers.",
    r"The inputs do fork: for $x_1$ two paths add up to $0.30 \cdot (-0.080) - "
    r"0.50 \cdot 0.098 \approx <dx>$.",
)
def test_nine_numbers(said):
    """They are autograd's, and stand in the figure."""
    layers = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in example.LAYERS
    ]
    a = (layers[0].W @ example.X + layers[0].b).sigmoid()
    z = layers[1].W @ a + layers[1].b
    y_hat = z.sigmoid()
    loss = torch.nn.functional.binary_cross_entropy(y_hat, example.Y)
    (hidden, output), x = layers, example.X
    leaves = [z, y_hat, a, *hidden, *output]
    found = torch.autograd.grad(loss, leaves)
    dz, da, da_hidden, dW, db, dw, db_out = (part.flatten() for part in found)
    moved = said.other, said.old

    def loss_at(w_12):
        W = hidden.W.detach().clone()
        W[0, 1] = w_12
        changed = [hidden._replace(W=W), output]
        return -forward(x, changed, example.NAMES)[0].log()

    units = zip(db, da_hidden, db, dW[::2], dW[1::2], strict=True)
    units = [part for unit in units for part in unit]
    agree(
        said, z, dz, y_hat, da, db_out, loss, 1, dw, *units, x,
        example.Y, output.W, moved[0], hidden.W[0, 1], loss_at(moved[0]),
        loss_at(moved[1]), said.last, (hidden.W.T @ db)[0],
    )  # fmt: skip
    assert abs(da + 1 / 0.584) <= 0.001 * said.last + 0.0005
    figure = example.draw_example_gradients()
    texts = [text.get_text().replace("−", "-") for text in figure.axes[0].texts]
    for number in torch.cat([part.flatten() for part in found]).tolist():
        assert f"{number:.3f}" in texts
    shown = {sign: pair[1] for sign, pair in example.numbers().items()}
    agree(shown.values(), dW, db, db, da_hidden, dw, db_out, dz, da, 1)


def by_torch(layers, x, y):
    """Return each number of both passes by its sign, and torch's gradient."""
    leaves = [part.clone().requires_grad_() for pair in layers for part in pair]
    W, b, w, c = leaves
    z = W @ x + b
    a = z.sigmoid()
    out = w @ a + c
    y_hat = out.sigmoid()
    loss = torch.nn.functional.binary_cross_entropy(y_hat, y)
    parts = [*leaves, z, a, out, y_hat, loss]
    signs = (
        "w_{11} w_{12} w_{21} w_{22}", "b_1 b_2", "w_1 w_2", "b", "z_1 z_2",
        "a_1 a_2", "z", r"\hat{y}", "ℒ",
    )  # fmt: skip
    slopes = torch.autograd.grad(loss, parts)
    numbers = {}
    for names, *both in zip(signs, parts, slopes, strict=True):
        flats = (part.flatten().tolist() for part in both)
        pairs = zip(names.split(), *flats, strict=True)
        numbers |= {name: pair for name, *pair in pairs}
    moved = [p - slope for p, slope in zip(leaves, slopes[:4], strict=True)]
    return numbers, [Layer(*moved[:2]), Layer(*moved[2:])]


def sides(equation, found):
    """Return what each side of an equation is, with numbers for its signs."""
    words = {"·": "*", "−": "-", "=": ",", "←": ","}
    code = [
        f"({found[part]!r})" if part in found else words.get(part, part)
        for part in equation.split()
    ]
    known = {"σ": lambda z: 1 / (1 + math.exp(-z)), "log": math.log}
    return eval(" ".join(code), known)


@claim(
    "Update and Again go on where this chapter ends: its derivative is "
    "subtracted from each parameter, and for the input (<x_1>, <x_2>) with the "
    "target "
    "<y> the loss falls from <before> to <after>.",
    "Now choose the target <zero> in the figure and press Backward: which "
    "numbers stay as they are, and what happens to all nine derivatives?",
)
def test_figure_reveals_what_torch_finds(said):
    """Each equation gives the number that it reveals, for all examples."""
    first = by_hand.passes((1, 2), 1)
    agree(said, 1, 2, 1, first["ℒ"], first["ℒ'"], 0)
    revealed = [equation.split()[0] for _, equation in by_hand.steps()]
    for inputs, target in product(by_hand.INPUTS, (0, 1)):
        found = by_hand.passes(inputs, target)
        given = column(*inputs), column(target)
        before, moved = by_torch(example.LAYERS, *given)
        after, _ = by_torch(moved, *given)
        for sign, (value, slope) in before.items():
            wanted = value, slope, after[sign][0]
            shown = [found[s] for s in (sign, f"d{sign}", f"{sign}'")]
            assert shown == pytest.approx(wanted, abs=1e-12)
        for _, equation in by_hand.steps():
            first, *others = sides(equation, found)
            assert others == pytest.approx([first] * len(others), abs=1e-12)
        start = {"x_1", "x_2", "y", *(s for s in before if s[0] in "wb")}
        assert {*revealed} | start == {*found}
    assert len({*revealed}) == len(revealed)
    told = by_hand.told()
    shown = told["examples"]["(−1, 1)"][0]
    assert (shown["x_1"], shown["w_{12}"], shown["z_2"]) == (
        *("−1", "−0.20", "−0.400"),
    )
    assert {s.removeprefix("d").removesuffix("'") for s in shown} == {
        *told["places"]
    }


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


FRESH = [
    Layer(torch.tensor([[0.4, 0.1], [-0.3, 0.2]]).double(), column(-0.2, 0.6)),
    Layer(column(0.5, -0.7).T, column(0.1)),
]
FRESH_X = column(2.0, -1.0)


@claim(
    "(by hand, hard) A 2-2-1 network of sigmoids has $W^{[1]}$ with the rows "
    "(<w_11>, <w_12>) and (<w_21>, <w_22>), the hidden biases <b_1> and <b_2>, "
    "the output's weights <w_1> and <w_2> and its bias <b>.",
    "Find all nine derivatives for the input (<x_1>, <x_2>) with the target "
    "<y>.",
    "Forward, $z$ is <z_1> and <z_2> in the hidden layer, the activations are "
    "<a_1> and <a_2>, and the output has $z = <z>$ and the prediction <y_hat>, "
    "which is also $dz$ and the derivative of its bias.",
    "Its weights get <dw_1> and <dw_2>.",
    r"The first hidden unit has $dz_1 \approx 0.062$, so its bias gets <db_1> "
    r"and its weights <dw_11> and <dw_12>; the second has $dz_2 \approx "
    "-0.091$, so its bias gets <db_2> and its weights <dw_21> and <dw_22>.",
)
def test_fresh_network(said):
    y_hat, (first, last), gradients = both_passes(FRESH, FRESH_X, 0)
    hidden, output = gradients
    units = [part for j in (0, 1) for part in (hidden.db[j], hidden.dW[j])]
    given = first.W, first.b, last.W, last.b, FRESH_X, 0
    sums = first.z, last.a_previous, last.z, y_hat
    agree(said, *given, *sums, output.dW, *units)
    assert_close(output.db, y_hat)


@claim(
    "Find its nine derivatives for the input (<x_1>, <x_2>) with the target "
    "<y>.",
    "Forward, the activations are <a_1> and <a_2>, and the output has $z = "
    "<z>$ and the prediction <y_hat>.",
    "So $dz$ and the derivative of the bias are <db>, and the output's "
    "weights get <dw_1> and <dw_2>.",
    "The slopes of tanh are $1 - a^2$, <slope_1> and <slope_2>.",
    "Times the slopes, the biases get <db_1> and <db_2>, and the weights "
    "<dw_11> and <dw_12>, and <dw_21> and <dw_22>.",
)
def test_hidden_layer_of_tanh(said):
    names = ("tanh", "sigmoid")
    y_hat, (first, last) = forward(example.X, example.LAYERS, names)
    hidden, output = backward(y_hat - example.Y, (first, last), names)
    a = last.a_previous
    sums = a, last.z, y_hat, output.db, output.dW, 1 - a**2
    agree(said, example.X, 1, *sums, hidden.db, hidden.dW)


@claim(
    "(program, medium) Write the graph of a unit with two inputs, on the model "
    "of Figure and its code, but without a sigmoid and a loss: its weights are "
    "<w_1> and <w_2>, its inputs <x_1> and <x_2>, and its bias is <b>.",
    "Let flows find the <five> slopes of its $z$.",
    "Each product is a node, and so is their sum with the bias:",
)
def test_graph_of_the_exercise(said):
    """The page prints its slopes: each weight's is its input."""
    page = pages()["propagation/by_hand.md"]
    shown = dict(re.findall(r"\"(\w+)\": Node\((-?[\d.]+)", page))
    names = "w_1", "w_2", "b", "x_1", "x_2", "z"
    given = [float(shown[name]) for name in names]
    assert given == [
        said.w_1,
        said.w_2,
        said.b,
        said.x_1,
        said.x_2,
        said.w_1 * said.x_1 + said.w_2 * said.x_2 + said.b,
    ]
    assert said.five == len(names) - 1


@claim(
    "Those of its bias and of its <two> weights, since they are its $dz$ times "
    "<one> or an input, and its $dz$ is that slope times what comes back.",
    "If its activation is nearly <zero> too, so is the derivative of the "
    "weight that leads out of it, which is that activation times the output's "
    "$dz$.",
)
def test_saturated_unit_silences_its_derivatives(said):
    first, last = example.LAYERS
    for bias, a, fourth in ((30, 1, False), (-30, said.zero, True)):
        layers = [first._replace(b=column(bias, -1.5)), last]
        _, caches, gradients = both_passes(layers, example.X, 1)
        activation = caches[1].a_previous[0].item()
        assert activation == pytest.approx(a, abs=1e-9)
        silent = (flat(gradients).abs() < 1e-9).tolist()
        assert_close(gradients[1].dW[0, 0], activation * gradients[1].db[0, 0])
        # W of the hidden layer by rows, its biases, then the output's
        own = (
            [True] * int(said.two)
            + [False] * 2
            + [True] * int(said.one)
            + [False]
        )
        assert silent == [*own, fourth, False, False]


def test_equations():
    (units, output), (other, _) = map(passes.on_paper, (0, 1))
    _, (_, last), (hidden, _) = both_passes(FRESH, FRESH_X, 0)
    fresh = {"z": last.z.squeeze(), "dz": [*hidden.db.flatten()]}
    fork = of_a_graph(by_hand.fork())
    fresh["da"] = fork["da"]  # that with 0.6 is the same
    hold(
        "propagation/by_hand.md",
        {},
        below={
            "One weight": of_a_graph(by_hand.one_unit()),
            "Two units in a chain": of_a_graph(by_hand.two_units()),
            "A fork": fork,
            "Nine numbers": units,
            "Exercises": first_exercise(),
        },
        here={
            r"dz \approx 0.584 - 1 = -0.416": output,
            r"dz_1 \approx 0.80 \cdot 0.540 \cdot 0.25 \approx 0.108": other,
            r"dz_2 \approx -1.10 \cdot 0.540 \cdot 0.240 \approx -0.143": other,
            r"dz_1 \approx 0.062": fresh,
            r"dz_2 \approx -0.091": fresh,
            r"da = 0.8 \cdot (-0.6) + 0.6 \cdot 0.3 = -0.3": fresh,
        },
    )


def test_the_chain_holds_for_any_numbers():
    """In the example both activations are 0.5, and hide which is meant."""
    (tex,) = (
        e.tex for e in equations("propagation/by_hand.md") if e.name == "chain"
    )
    first, *_ = tex.removeprefix("\\begin{aligned}\n").split("\\\\")
    w_1, w_2, b_1, b_2, x = random(5, 20)
    w_1.requires_grad_()
    a_1 = torch.sigmoid(w_1 * x + b_1)
    a_2 = torch.sigmoid(w_2 * a_1 + b_2)
    (dw_1,) = torch.autograd.grad(-a_2.log().sum(), w_1)
    signs = {"w": [w_1, w_2], "a": [a_1, a_2], "x": x, "dw": [dw_1]}
    (relation,) = relations(parse(first), signs, {})
    assert_close(relation.left, relation.right)
