import re
from itertools import product

import pytest
import torch

from snippets.graph import flows
from snippets.network import Layer, initialise
from snippets.propagation import example
from snippets.propagation.backward import (
    backward,
)
from snippets.propagation.by_hand import fork, one_unit, two_units
from snippets.propagation.descent import (
    loss_and_gradients,
)
from snippets.propagation.example import draw_example_gradients
from snippets.propagation.example import numbers as example_numbers
from snippets.propagation.forward import forward
from tests import drawing
from tests.claims import claim, pages
from tests.equations.check import hold
from tests.propagation import passes

WIDTHS = (3, 5, 4, 6, 2, 1)  # all differ, so that no transpose goes unseen


def flat(gradients):
    return [part for gradient in gradients for part in gradient]


@claim(
    "Start with a single unit that has one input and a sigmoid: $w = <w>$, "
    "$x = <x>$, $b = <b>$, and the target is <target>.",
    "The product $w x$ grows $x$ times as fast as $w$, which is <x_again> "
    "times; $z$ grows as fast as the product.",
    "Above each line is its value, from w = <w> and x = <x> at the left to "
    "the loss, <loss>, at the right.",
    "Below each line is its gradient, from <one> at the right by way of "
    "<da> for a and <dz> for z to <dw> for w and <dx> for x at the left.",
    "On the way we found $dz = <dz>$, which is $a - 1$, the prediction "
    "minus the target, as derived for a sigmoid with cross-entropy.",
    "The bias has the same derivative: $db = dz$.",
    "The input has one too, $w \\, dz = 0.3 \\cdot (-0.5) = -0.15$, though "
    "nobody trains it.",
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
    "It does: with $w = <new>$ the activation is $\\sigma(<z>) \\approx <a>$,"
    " and the loss is $-\\log <same> \\approx <after>$; it was <before>.",
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
    "$w_2 = <w_2>$ and $b_2 = <b_2>$; the small number counts the units along "
    "the chain.",
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
    "Let $a = <a>$ go into two outputs, which the small number now counts, "
    "with the weights <w_1> and <w_2>, no bias and no activation function: "
    "they are $z_1 = 0.8 \\cdot 0.5 = 0.4$ and $z_2 = -0.6 \\cdot 0.5 = -0.3$.",
    "The targets are <y_1> and <y_2>, and the loss of each is half the "
    "squared error, so that $dz_1 = 0.4 - 1 = -0.6$ and $dz_2 = -0.3 - 0 = "
    "-0.3$.",
    "A fork: two paths lead from $a$ to the loss, one brings back <one_way> "
    "and the other <other_way>, together <together>.",
    "Backward, the line through the first output brings <one_way> to a, the "
    "line through the second <other_way>, and beside a stands their sum, "
    "<together>.",
    "Try it: at $a = <other_a>$ the loss is $0.592^2 / 2 + 0.306^2 / 2 "
    "\\approx <after>$; it was <before>, and has fallen by <fall>.",
    "So there are two rules and no more: along a path the slopes multiply, and "
    "where several paths lead to the loss, their products add up.",
)
def test_fork(
    a,
    w_1,
    w_2,
    y_1,
    y_2,
    one_way,
    other_way,
    together,
    other_a,
    after,
    before,
    fall,
):
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
    assert loss.item() == pytest.approx(before)
    moved = ((w_1 * other_a - y_1) ** 2 + (w_2 * other_a - y_2) ** 2) / 2
    assert moved == pytest.approx(after, abs=0.0005)
    assert before - moved == pytest.approx(fall, abs=0.0005)
    assert fall == pytest.approx((a - other_a) * together)


def first_exercise():
    """Return the signs of a single unit that is given one example."""
    w, b, x, y = (torch.tensor([[v]]).double() for v in (2, -1, 0.5, 1))
    y_hat, caches = forward(x, [Layer(w, b)], ["sigmoid"])
    ((dw, db),) = backward(y_hat - y, caches, ["sigmoid"])
    numbers = {"z": caches[0].z, "dz": y_hat - y, "dw": dw, "db": db}
    numbers |= {"x": x, "y": y, r"\hat y": y_hat}
    return {sign: value.squeeze() for sign, value in numbers.items()}


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
    values = [output.item(), prediction.item(), total.item(), one]
    assert values == pytest.approx([z, y_hat, loss, 1], abs=0.0005)
    assert example.X.flatten().tolist() == [x_1, x_2]
    figure = draw_example_gradients()
    drawing.lay_out(figure)
    texts = [text.replace("−", "-") for text, _ in drawing.words(figure)]
    for number in numbers:
        assert f"{number:.3f}" in texts


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


def fresh_network():
    """The network of the exercise with other weights, and its passes."""
    hidden, output = (
        Layer(*(torch.tensor(part, dtype=torch.float64) for part in layer))
        for layer in (
            ([[0.40, 0.10], [-0.30, 0.20]], [[-0.20], [0.60]]),
            ([[0.50, -0.70]], [[0.10]]),
        )
    )
    x = torch.tensor([[2.0], [-1.0]], dtype=torch.float64)
    y_hat, caches = forward(x, [hidden, output], example.NAMES)
    return y_hat, caches, backward(y_hat, caches, example.NAMES)


@claim(
    "(by hand, hard) A 2-2-1 network of sigmoids has $W^{[1]}$ with the rows "
    "(<w_11>, <w_12>) and (<w_21>, <w_22>), the hidden biases <b_1> and <b_2>, "
    "the output's weights <w_1> and <w_2> and its bias <b>.",
    "Find all nine derivatives for the input (<x_1>, <x_2>) with the target "
    "<y>.",
)
def test_exercise_has_the_fresh_network(
    w_11, w_12, w_21, w_22, b_1, b_2, w_1, w_2, b, x_1, x_2, y
):
    _, (first, last), _ = fresh_network()
    assert first.W.flatten().tolist() == [w_11, w_12, w_21, w_22]
    assert first.b.flatten().tolist() == [b_1, b_2]
    assert last.W.flatten().tolist() == [w_1, w_2]
    assert last.b.item() == b
    assert first.a_previous.flatten().tolist() == [x_1, x_2]
    assert y == 0


@claim(
    "Forward, $z$ is <z_1> and <z_2> in the hidden layer, the activations are "
    "<a_1> and <a_2>, and the output has $z = <z>$ and the prediction "
    "<y_hat>, which is also $dz$ and the derivative of its bias.",
    "Its weights get <dw_1> and <dw_2>.",
    "The first hidden unit has $dz_1 \\approx 0.062$, so its bias gets <db_1> "
    "and its weights <dw_11> and <dw_12>; the second has $dz_2 \\approx "
    "-0.091$, so its bias gets <db_2> and its weights <dw_21> and <dw_22>.",
)
def test_fresh_network(
    z_1,
    z_2,
    a_1,
    a_2,
    z,
    y_hat,
    dw_1,
    dw_2,
    db_1,
    dw_11,
    dw_12,
    db_2,
    dw_21,
    dw_22,
):
    prediction, (first, last), (hidden, output) = fresh_network()
    for values, said in (
        (first.z, [z_1, z_2]),
        (last.a_previous, [a_1, a_2]),
        (last.z, [z]),
        (prediction, [y_hat]),
        (output.db, [y_hat]),
        (output.dW, [dw_1, dw_2]),
        (hidden.db, [db_1, db_2]),
        (hidden.dW, [dw_11, dw_12, dw_21, dw_22]),
    ):
        assert values.flatten().tolist() == pytest.approx(said, abs=0.0005)


@claim(
    "(by hand, medium) In the fork, let $w_2$ be <new> instead of <old>.",
    "The second output is now <z_2>, which is also its $dz_2$, so $da = 0.8 "
    "\\cdot (-0.6) + 0.6 \\cdot 0.3 = -0.3$ again: the sign of $w_2$ has "
    "turned, and that of $dz_2$ with it.",
)
def test_fork_with_the_other_sign(new, old, z_2):
    graph = fork()
    assert graph["w_2"].value == old == -new
    a, w = (torch.tensor(n).double().requires_grad_() for n in (0.5, new))
    loss = (0.8 * a - 1) ** 2 / 2 + (w * a) ** 2 / 2
    assert (w * a).item() == pytest.approx(z_2)
    (da,) = torch.autograd.grad(loss, a)
    assert da.item() == pytest.approx(passes.of_a_graph(graph)["da"].item())


@claim(
    "Each product is a node, and so is their sum; here is the unit with the "
    "weights <w_1> and <w_2>, the bias <b>, the inputs <x_1> and <x_2> and no "
    "activation function:",
)
def test_graph_of_the_exercise(w_1, w_2, b, x_1, x_2):
    """The page prints its slopes: each weight's is its input."""
    page = pages()["propagation/by_hand.md"]
    shown = re.findall(r"\"(\w+)\": Node\((-?[\d.]+)", page)
    given = {name: float(value) for name, value in shown}
    assert [given[n] for n in ("w_1", "w_2", "b")] == [w_1, w_2, b]
    assert [given["x_1"], given["x_2"]] == [x_1, x_2]
    assert given["z"] == w_1 * x_1 + w_2 * x_2 + b


def test_equations():
    (units, output), (other, _) = map(passes.on_paper, (0, 1))
    _, (_, last), (hidden, _) = fresh_network()
    fresh = {"z": last.z.squeeze(), "dz": [*hidden.db.flatten()]}
    fresh["da"] = passes.of_a_graph(fork())["da"]  # that with 0.6 is the same
    hold(
        "propagation/by_hand.md",
        {},
        below={
            "One weight": passes.of_a_graph(one_unit()),
            "Two units in a chain": passes.of_a_graph(two_units()),
            "A fork": passes.of_a_graph(fork()),
            "Nine numbers": units,
            "Exercises": first_exercise(),
        },
        here={
            r"dz \approx 0.584 - 1 = -0.416": output,
            r"dz_1 \approx 0.80 \cdot 0.540 \cdot 0.25 \approx 0.108": other,
            r"dz_2 \approx -1.10 \cdot 0.540 \cdot 0.240 \approx -0.143": (
                other
            ),
            r"dz_1 \approx 0.062": fresh,
            r"dz_2 \approx -0.091": fresh,
            r"da = 0.8 \cdot (-0.6) + 0.6 \cdot 0.3 = -0.3": fresh,
        },
    )


@claim(
    "Those of its bias and of its <two> weights, since they are its $dz$ times "
    "<one> or an input, and its $dz$ is that slope times what comes back.",
)
def test_saturated_unit_silences_three_derivatives(two, one):
    assert (two, one) == (2, 1)
    first, last = example.LAYERS
    b = torch.tensor([[30.0], [-1.5]], dtype=torch.float64)
    layers = [first._replace(b=b), last]
    y_hat, caches = forward(example.X, layers, example.NAMES)
    found = torch.cat(
        [
            part.flatten()
            for part in flat(backward(y_hat - 1, caches, example.NAMES))
        ]
    )
    nearly_none = found.abs() < 1e-9
    # W of the hidden layer by rows, then its biases, then the output's
    assert nearly_none.tolist() == [
        *(True, True, False, False),
        *(True, False),
        *(False, False, False),
    ]


@claim(
    "Its target is <y>, and its loss is cross-entropy: $-\\log 0.584 \\approx "
    "<loss>$.",
    "(The <da> below the prediction is its own derivative, $-1 / \\hat y$; "
    "times the slope of the sigmoid, $\\hat y (1 - \\hat y)$, it gives this "
    "$dz$.)",
    "The output's $z$ grows <w_1> times as fast as $a_1$ and <w_2> times as "
    "fast as $a_2$, so $da_1 \\approx 0.80 \\cdot (-0.416) \\approx -0.333$ "
    "and $da_2 \\approx -1.10 \\cdot (-0.416) \\approx 0.458$.",
    "Try one of the nine: with $w_{12} = <other>$ instead of <old> the loss"
    " is <after>; it was <before>, and $-0.0016 / 0.01 = -0.16$.",
    "Three decimals are enough; the last may differ by <last> from yours, "
    "since the figure goes on with unrounded numbers.",
    "The inputs do fork: for $x_1$ two paths add up to $0.30 \\cdot (-0.080) - "
    "0.50 \\cdot 0.098 \\approx <dx>$.",
)
def test_numbers_around_the_nine(
    y, loss, da, w_1, w_2, other, old, after, before, last, dx
):
    found = example_numbers()
    assert example.Y.item() == y
    assert found["ℒ"][0] == pytest.approx(loss, abs=0.0005)
    assert found[r"\hat{y}"][1] == pytest.approx(da, abs=0.0005)
    assert [found["w_1"][0], found["w_2"][0]] == [w_1, w_2]
    assert found["w_{12}"][0] == old

    def loss_at(value):
        first, second = example.LAYERS
        W = first.W.clone()
        W[0, 1] = value
        layers = [first._replace(W=W), second]
        y_hat, _ = forward(example.X, layers, example.NAMES)
        return -y_hat.log().item()

    assert loss_at(old) == pytest.approx(before, abs=0.00005)
    assert loss_at(other) == pytest.approx(after, abs=0.00005)
    assert pytest.approx(da, abs=0.001 * last + 0.0005) == -1 / 0.584
    first, _ = example.LAYERS
    dz = torch.tensor([[found["z_1"][1]], [found["z_2"][1]]]).double()
    assert (first.W.T @ dz)[0].item() == pytest.approx(dx, abs=0.0005)


@claim(
    "If it is saturated near <zero>, also that of the weight that leads out of "
    "it, which is multiplied by its activation.",
)
def test_unit_saturated_near_zero_silences_a_fourth(zero):
    first, last = example.LAYERS
    b = torch.tensor([[-30.0], [-1.5]], dtype=torch.float64)
    layers = [first._replace(b=b), last]
    y_hat, caches = forward(example.X, layers, example.NAMES)
    assert caches[1].a_previous[0].item() == pytest.approx(zero, abs=1e-9)
    _, output = backward(y_hat - 1, caches, example.NAMES)
    assert (output.dW.abs() < 1e-9).tolist() == [[True, False]]
