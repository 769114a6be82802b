import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.network import Layer, initialise
from snippets.propagation import autograd
from snippets.propagation.autograd import (
    Value,
    backward,
    gradients_of_values,
    hand_on_at_once,
    latest_first,
    paths,
    set_parameters,
    sum_over_paths,
    train_in_torch,
)
from snippets.propagation.backward import X as XOR
from snippets.propagation.backward import Y as XOR_TARGETS
from snippets.propagation.backward import backward as layer_backward
from snippets.propagation.backward import train_on_xor, update
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.loss import cross_entropy_of_z
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation import passes

TORCHS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


def doubled(times: int) -> tuple[Value, Value]:
    """Return a number and what becomes of it when it is doubled."""
    first = Value(1.0)
    result = first
    for _ in range(times):
        result = result + result
    return first, result


def equations_of(x, y, layers, names):
    y_hat, caches = forward(x, layers, names)
    return [
        part.flatten()
        for pair in layer_backward(y_hat - y, caches, names)
        for part in pair
    ]


@claim(
    "A sum $u + v$ has the slopes <one> and <another>, a difference <plus> and "
    "<minus>, and a product $u v$ has the slopes $v$ and $u$.",
    "Python calls __add__, __sub__ and __mul__ where it reads a sum, a "
    "difference or a product.",
    "So a formula is computed as usual, and leaves its history behind: its "
    "computational graph.",
)
@given(u=st.floats(-1e3, 1e3), v=st.floats(-1e3, 1e3))
def test_each_step_keeps_its_sources_and_slopes(
    one, another, plus, minus, u, v
):
    first, second = Value(u), Value(v)
    for result, number, slopes in (
        (first + second, u + v, (one, another)),
        (first - second, u - v, (plus, minus)),
        (first * second, u * v, (v, u)),
    ):
        assert result.data == number
        assert result.sources == tuple(
            zip((first, second), slopes, strict=True)
        )


@claim("The <product> is the product $w x$, which has sources of its own.")
def test_a_product_within_a_sum_has_sources_of_its_own(product):
    w, x, b = Value(0.3), Value(2.0), Value(0.5)
    (inner, _), (outer, _) = (w * x + b).sources
    assert inner.data == product
    assert [source for source, _ in inner.sources] == [w, x]
    assert outer is b


@claim(
    "The slope is right, for $c = 4a$, but the way to it is long.",
    "Each doubling doubles the number of paths: after <few> there are "
    "<paths_>, and after <many> more than a billion.",
)
def test_each_doubling_doubles_the_paths(few, paths_, many):
    for times in range(1, 11):
        first, result = doubled(times)
        assert len(paths(result, first)) == 2**times
        assert sum_over_paths(result, first) == result.data
    first, result = doubled(int(few))
    assert len(paths(result, first)) == paths_
    assert 1e9 < 2**many < 1.1e9


@claim(
    "In a network each path picks one unit of every layer, so through <layers> "
    "hidden layers of <units> units there are a million for each pair of an "
    "input and an output.",
)
def test_paths_through_a_network_pick_a_unit_of_each_layer(layers, units):
    assert units**layers == 1e6
    small = autograd.as_values(
        initialise((2, 2, 3, 4, 1), torch.Generator().manual_seed(0))
    )
    a = [Value(1.0), Value(2.0)]
    inputs = list(a)
    for W, b in small:
        a = [
            sum((w * n for w, n in zip(row, a, strict=True)), z)
            for row, z in zip(W, b, strict=True)
        ]
    for x in inputs:
        assert len(paths(a[0], x)) == 2 * 3 * 4


@claim(
    "Those from $c$ to $a$ lead through $b$, so it is enough to find once how "
    "$c$ changes with $b$.",
    "Then a number hands on to each source its own grad times the slope, and "
    "the source adds what arrives, for at a fork the effects of several paths "
    "are added.",
    "Now $c$ hands <one> to $b$ twice, and only then $b$ hands <two> to $a$ "
    "twice, which makes <right>.",
)
def test_a_fork_adds_up(one, two, right):
    a = Value(1.0)
    b = a + a
    c = b + b
    backward(c)
    assert c.grad == one
    assert b.grad == two == sum_over_paths(c, b)
    assert a.grad == right == sum_over_paths(c, b) * sum_over_paths(b, a)


@claim(
    "The slope with respect to $a$ is <right>, and this says <wrong>.",
    "$c$ hands <one> to $b$, and $b$ at once hands <one_on> to $a$, twice.",
    "Then $c$ hands the second <second_one> to $b$, which now has <two> and "
    "hands <two_on> to $a$, twice.",
    "But the first <first_one> has already been handed on, and is now counted "
    r"again: $2 \cdot 1 + 2 \cdot 2 = <sum_>$.",
)
def test_handing_on_at_once_counts_too_often(
    right, wrong, one, one_on, second_one, two, two_on, first_one, sum_
):
    assert one == one_on == second_one == first_one == 1
    assert two == two_on
    first, result = doubled(2)
    assert sum_over_paths(result, first) == right
    result.grad = 1.0
    hand_on_at_once(result)
    assert first.grad == wrong == sum_
    ((between, _), _) = result.sources
    assert between.grad == two


def hand_on_once(value: Value, met: set[Value]) -> None:
    """Hand on as soon as something has arrived, but never again."""
    if value in met:
        return
    met.add(value)
    for source, slope in value.sources:
        source.grad += slope * value.grad
        hand_on_once(source, met)


@claim(
    r"Then $a$ would get $2 \cdot 1 = <too_little>$, and what arrives later "
    "would be lost.",
    "Again <again>, however often it is doubled: every number hands on its "
    "first <one> to each source, and is silent when the second arrives.",
)
@pytest.mark.parametrize("times", [2, 3, 4, 9])
def test_handing_on_at_the_first_arrival_only_loses_the_rest(
    times, too_little, again, one
):
    first, result = doubled(times)
    result.grad = one
    hand_on_once(result, set())
    assert first.grad == too_little == again


@claim(
    "So a number has to wait until everything has arrived, that is, until "
    "every number that was computed from it has handed on.",
    "A number is always made after its sources, so the time gives an order: "
    "the latest first.",
    "The latest number hands on first, so each hands on once, when all has "
    "arrived; what arrives is added.",
    "An order of the numbers of a computation in which each comes before all "
    "that it was computed from.",
)
def test_the_latest_first_is_a_topological_order():
    layers = autograd.as_values(LAYERS)
    loss = autograd.loss_of_values(layers, [1.0, 2.0], 1.0, NAMES)
    order = latest_first(loss)
    assert order[0] is loss
    assert len(set(order)) == len(order)
    places = {value: place for place, value in enumerate(order)}
    for value in order:
        for source, _ in value.sources:
            assert places[value] < places[source]
    assert {*autograd.all_of(layers)} <= {*order}


@claim(
    "A billion paths are no trouble either, because each of the <numbers> "
    "numbers hands on once:",
)
def test_many_paths_are_no_trouble(numbers):
    first, result = doubled(30)
    assert len(latest_first(result)) == numbers
    backward(result)
    assert first.grad == 2**30
    first, result = doubled(1000)
    backward(result)
    assert first.grad == 2.0**1000, "no deep recursion either"


@claim(
    "No power of $e$ here can overflow, so the slopes stay finite far out.",
    "At <kink>, where ReLU has no slope, the engine takes <slope>, as the book "
    "and torch do.",
)
@pytest.mark.parametrize("name", autograd.FUNCTIONS)
def test_functions_and_slopes_are_those_of_the_book_and_torch(
    name, kink, slope
):
    z = [-1e4, -800.0, -3.0, -0.5, kink, 1e-9, 0.5, 3.0, 40.0, 800.0, 1e4]
    leaf = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    (torchs,) = torch.autograd.grad(TORCHS[name](leaf).sum(), leaf)
    book = ACTIVATIONS[name]
    for place, number in enumerate(z):
        a = autograd.FUNCTIONS[name](Value(number))
        ((_, found),) = a.sources
        assert math.isfinite(a.data)
        assert math.isfinite(found)
        assert found == pytest.approx(torchs[place].item(), abs=1e-15)
        at = leaf.detach()[place]
        assert a.data == pytest.approx(book.g(at).item(), abs=1e-15)
        assert found == pytest.approx(book.derivative(at).item(), abs=1e-15)
    if name == "relu":
        assert autograd.relu(Value(kink)).sources[0][1] == slope


@claim(
    r"Cross-entropy after a sigmoid is $y \log(1 + e^{-z}) + (1 - y) \log(1 + "
    r"e^z)$, taken from $z$, so that nothing rounds to $\log 0$.",
    "By the chain rule its slope is $e^z$ divided by $1 + e^z$, and that is "
    "the sigmoid.",
    r"So from the loss two paths lead to $z$, one with the slope $\hat y$ and "
    r"one with $-y$: together they are $\hat y - y$, once more.",
    "A ReLU with a rounded corner: the logarithm of one plus a power of e; its "
    "slope is the sigmoid.",
)
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("z", [-1000.0, -37.0, -2.0, 0.0, 0.5, 37.0, 1000.0])
def test_loss_from_z(z, y):
    start = Value(z)
    loss = autograd.loss_of_z(start, y)
    pair = torch.tensor([[[z]], [[y]]], dtype=torch.float64)
    wanted = cross_entropy_of_z(*pair)
    assert loss.data == pytest.approx(wanted.item(), abs=1e-12)
    prediction = torch.sigmoid(torch.tensor(z).double()).item()
    (first,), (second,) = ([math.prod(path)] for path in paths(loss, start))
    assert (first, second) == (pytest.approx(prediction, abs=1e-15), -y)
    backward(loss)
    assert start.grad == pytest.approx(prediction - y, abs=1e-15)
    rounded = autograd.softplus(Value(z)).data - max(z, 0)
    assert 0 <= rounded <= math.log(2), "a ReLU with a rounded corner"


@claim(
    "The engine knows nothing of layers, matrices or transposes, and finds "
    "what the four equations find.",
    "Several examples are nothing new: add up their losses and divide by $m$, "
    "and each weight is at a fork.",
)
@pytest.mark.parametrize("names", [("tanh", "relu", "sigmoid")])
@pytest.mark.parametrize("seed", range(3))
def test_engine_finds_the_gradients_of_the_four_equations(names, seed):
    generator = torch.Generator().manual_seed(seed)
    layers = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in initialise((3, 4, 2, 1), generator)
    ]
    x = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    y = torch.rand(1, 5, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(
        gradients_of_values(x, y, layers, names),
        torch.cat(equations_of(x, y, layers, names)),
        rtol=1e-12,
        atol=1e-14,
    )


def test_engine_takes_torchs_slope_at_the_kink_of_all_first_sums():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    names = ("relu", "sigmoid")
    torch.testing.assert_close(
        gradients_of_values(XOR, XOR_TARGETS, layers, names),
        torch.cat(equations_of(XOR, XOR_TARGETS, layers, names)),
        rtol=1e-12,
        atol=1e-14,
    )


@claim(
    "A tensor with requires_grad=True is one whose history is kept; "
    "loss.backward() goes back through it, each number before its sources; and "
    ".grad adds up what arrives.",
    r"The slope is $2 \cdot 3 \cdot (3w - 5) = <slope>$, and after the second "
    "call grad holds <sum_>: torch adds the new gradient to the old one.",
    "torch's autograd does this for tensors; .grad adds up until it is "
    "cleared.",
    "So forget the old one before each call, as an optimiser's zero_grad() "
    "does.",
)
def test_torch_adds_up(slope, sum_):
    w = torch.tensor(2.0, requires_grad=True)
    kept = ((3 * w - 5) ** 2).grad_fn
    assert kept is not None
    for wanted in (slope, sum_):
        ((3 * w - 5) ** 2).backward()
        assert w.grad.item() == wanted
    torch.optim.SGD([w], lr=0.1).zero_grad()
    ((3 * w - 5) ** 2).backward()
    assert w.grad.item() == slope
    a = torch.tensor(1.0, requires_grad=True)
    b = a + a
    (b + b).backward()
    assert a.grad.item() == 4


@claim(
    "The step stands under no_grad, because a weight that is changed in place "
    "would otherwise become part of the history, and torch refuses that.",
)
def test_torch_refuses_a_step_that_it_would_have_to_remember():
    w = torch.tensor(2.0, requires_grad=True)
    with pytest.raises(RuntimeError, match="in-place operation"):
        w -= 0.1
    with torch.no_grad():
        w -= 0.1
    assert w.item() == pytest.approx(1.9)


def model_of(sizes, function=torch.nn.Sigmoid):
    n, k, outputs = sizes
    return torch.nn.Sequential(
        torch.nn.Linear(n, k), function(), torch.nn.Linear(k, outputs)
    ).double()


@claim(
    "BCEWithLogitsLoss is the cross-entropy taken from $z$, so the model ends "
    "without its last sigmoid.",
    "One step on the network on paper, with the learning rate <rate>, and "
    "beside it the step of the update:",
)
@pytest.mark.parametrize("steps", [1, 3])
def test_torch_takes_the_steps_of_the_book(rate, steps):
    model = model_of((2, 2, 1))
    set_parameters(model, LAYERS)
    losses = train_in_torch(model, X.T, Y.T, steps=steps, learning_rate=rate)
    layers = LAYERS
    for loss in losses:
        y_hat, caches = forward(X, layers, NAMES)
        ours = cross_entropy_of_z(caches[-1].z, Y)
        assert loss == pytest.approx(ours.item(), rel=1e-12)
        layers = update(layers, layer_backward(y_hat - Y, caches, NAMES), rate)
    ours = [part for layer in layers for part in layer]
    for own, part in zip(ours, model.parameters(), strict=True):
        torch.testing.assert_close(own.reshape(part.shape), part.detach())


@claim("XOR is learnt by the same lines, and with the same losses:")
def test_torch_learns_xor_as_the_book_does():
    model = model_of((2, 4, 1), torch.nn.Tanh)
    generator = torch.Generator().manual_seed(2)
    set_parameters(model, initialise((2, 4, 1), generator))
    theirs = train_in_torch(
        model, XOR.T, XOR_TARGETS.T, steps=300, learning_rate=1.0
    )
    _, ours = train_on_xor(299, 1.0, torch.Generator().manual_seed(2))
    assert theirs == pytest.approx(ours, abs=1e-9)
    predictions = model(XOR.T).sigmoid().detach()
    assert torch.equal(predictions.round(), XOR_TARGETS.T)


@claim(
    "In this book each example is a column; torch, like most libraries, wants "
    "each as a row, as in a table of data.",
    "$W^{[l]}$ itself is the same in both, a row for each unit.",
    "So is its gradient, where only the names change, and in that of the "
    "activations the factors change places again:",
    "activations | $(n^{[l]}, m)$ | $(m, n^{[l]})$",
    "weights | $(n^{[l]}, n^{[l-1]})$ | $(n^{[l]}, n^{[l-1]})$",
    "biases | $(n^{[l]}, <columns>)$, added to each column | $(n^{[l]},)$, "
    "added to each row",
    r"forward | $W^{[l]} a^{[l-1]} + b^{[l]}$ | $A^{[l-1]} (W^{[l]})^\top + "
    r"(b^{[l]})^\top$",
    r"to the weights | $\frac{1}{m} dz^{[l]} (a^{[l-1]})^\top$ | $\frac{1}{m} "
    r"(dZ^{[l]})^\top A^{[l-1]}$",
    "to the biases | mean of each row of $dz^{[l]}$ | mean of each column of "
    "$dZ^{[l]}$",
    r"to the layer before | $(W^{[l]})^\top dz^{[l]}$ | $dZ^{[l]} W^{[l]}$",
    "Examples as rows instead of columns: every formula is transposed, $W$ is "
    "not.",
)
def test_rows_and_columns_say_the_same(columns):
    signs = passes.symbols_of_a_pass(*passes.problem(0))
    n, m = signs["n"], signs["m"]
    for l in signs["l"]:
        W, b, dz = (signs[sign][l] for sign in ("W", "b", "dz"))
        A = signs["a"][l - 1].T.clone().requires_grad_()
        linear = torch.nn.Linear(n[l - 1], n[l], dtype=W.dtype)
        set_parameters(torch.nn.Sequential(linear), [Layer(W, b)])
        assert linear.weight.shape == W.shape == (n[l], n[l - 1])
        assert linear.bias.shape == (n[l],)
        assert b.shape == (n[l], columns)
        Z = linear(A)
        assert Z.shape == (m, n[l])
        torch.testing.assert_close(Z, A @ W.T + b.T)
        torch.testing.assert_close(Z.T, W @ A.T + b)
        Z.backward(dz.T / m)
        for rows, own in (
            (dz.T.T @ A.detach() / m, dz @ A.detach() / m),
            (linear.weight.grad, signs["dW"][l]),
            (linear.bias.grad, signs["db"][l].flatten()),
            (dz.T.mean(dim=0), dz.mean(dim=1)),
            (A.grad * m, dz.T @ W),
            (A.grad.T * m, W.T @ dz),
        ):
            torch.testing.assert_close(rows, own)


@claim(
    "Without zero_grad() each step goes along the sum of all gradients so far."
)
def test_old_gradients_are_added_to_new_ones():
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.1)
    so_far, own = 0.0, 0.5
    for _ in range(4):
        (w**2).backward()
        optimiser.step()
        so_far += 2 * own
        own -= 0.1 * so_far
        assert w.item() == pytest.approx(own, rel=1e-12)


@claim(
    "Give a model of two inputs two examples as columns, and the shapes fit: "
    "each feature is taken for an example.",
    "No error is raised here either.",
)
def test_a_square_of_data_fits_both_ways():
    model = model_of((2, 2, 1))
    columns = torch.tensor([[1.0, 3.0], [2.0, 4.0]]).double()
    wrong, right = model(columns), model(columns.T)
    assert wrong.shape == right.shape
    assert not torch.allclose(wrong, right)
    torch.testing.assert_close(wrong[0], model(torch.tensor([1.0, 3]).double()))


@claim(
    "To $a$ there are <count> paths, one through the product with the slope $b "
    "= 3$ and one with the slope <one>: $3 + 1 = <sum_>$.",
    "To $b$ there is one, with the slope $a = 2$.",
)
def test_first_exercise(count, one, sum_):
    a, b = Value(2.0), Value(3.0)
    c = a * b + a
    assert sorted(paths(c, a)) == [[one], [1.0, 3.0]]
    assert len(paths(c, a)) == count
    assert paths(c, b) == [[1.0, 2.0]]
    backward(c)
    assert (a.grad, b.grad) == (sum_, 2)


@claim(
    "Both have <count> paths: $1 - 1 = <difference>$ for the difference, and "
    "$3 + 3 = <square>$ for the square, whose slope is $2a$.",
)
def test_second_exercise(count, difference, square):
    for result, wanted in (
        (lambda a: a - a, difference),
        (lambda a: a * a, square),
    ):
        a = Value(3.0)
        assert len(paths(result(a), a)) == count
        backward(result(a))
        assert a.grad == wanted


@claim(
    r"At $-0.1 \cdot (3 + 3 + 3) = <right>$.",
    "Without clearing, grad is <g1>, then <g2>, then <g3>, and the weight ends "
    r"at $-0.1 \cdot (3 + 6 + 9) = <wrong>$, twice as far.",
)
def test_third_exercise(right, g1, g2, g3, wrong):
    for clear, grads, end in (
        (True, (3, 3, 3), right),
        (False, (g1, g2, g3), wrong),
    ):
        w = torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.SGD([w], lr=0.1)
        for grad in grads:
            if clear:
                optimiser.zero_grad()
            (3 * w).backward()
            assert w.grad.item() == grad
            optimiser.step()
        assert w.item() == pytest.approx(end)
    assert wrong == 2 * right


@claim("The slopes are $e^z$ and $1/z$:")
def test_fifth_exercise():
    """The page's own exp and log, in the order in which it writes them."""
    z = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    exp, log = z.exp(), z.log()
    slopes = [torch.autograd.grad(a, z)[0].item() for a in (exp, log)]
    assert slopes == pytest.approx([math.exp(0.4), 1 / 0.4])


def symbols(seed: int) -> dict[str, object]:
    """Return the signs of a pass, with rows beside the columns."""
    signs = passes.symbols_of_a_pass(*passes.problem(seed))
    z = torch.linspace(-3, 3, 7, dtype=torch.float64)
    signs["Z"] = {l: z.T for l, z in signs["z"].items()}
    signs["A"] = {l: a.T for l, a in signs["a"].items()}
    signs["dZ"] = {l: dz.T for l, dz in signs["dz"].items()}
    signs["dA"] = {l: da.T for l, da in signs["da"].items()}
    numbers = {"e": math.e, "z": z, "y": (z > 0.5).double(), "w": 2.0}
    return signs, numbers


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    signs, numbers = symbols(seed)
    paper = {"a": 1.0, "c": 4.0, "w": 2.0}
    hold(
        "propagation/autograd.md",
        signs,
        here={
            "loss-of-values": numbers,
            "1 + e^{-z} = e^{-z} (e^z + 1)": numbers,
            "c = 4a": paper,
            r"2 \cdot 3 \cdot (3w - 5) = 6": paper,
        },
        given=["c = a b + a"],
    )
