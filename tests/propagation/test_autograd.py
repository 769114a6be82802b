import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.network import initialise
from snippets.propagation import autograd, example
from snippets.propagation.autograd import Value, paths, sum_over_paths
from snippets.propagation.descent import XOR, XOR_TARGETS
from snippets.propagation.forward import ACTIVATIONS
from snippets.propagation.gradient_check import by_equations
from snippets.propagation.loss import cross_entropy_of_z
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.slopes import row, slope


def doubled(times):
    """Return a number and what becomes of it when it is doubled."""
    first = result = Value(1.0)
    for _ in range(times):
        result = result + result
    return first, result


@claim(
    "A sum $u + v$ has the slopes <one> and <another>, a difference <plus> and "
    "<minus>, and a product $u v$ has the slopes $v$ and $u$.",
    "Python calls __add__, __sub__ and __mul__ where it reads a sum, a "
    "difference or a product.",
    "So a formula is computed as usual, and leaves its history behind: its "
    "computational graph.",
)
@given(u=st.floats(-1e3, 1e3), v=st.floats(-1e3, 1e3))
def test_each_step_keeps_its_sources_and_slopes(said, u, v):
    first, second = Value(u), Value(v)
    for result, number, slopes in (
        (first + second, u + v, (said.one, said.another)),
        (first - second, u - v, (said.plus, said.minus)),
        (first * second, u * v, (v, u)),
    ):
        assert result.data == number
        assert result.sources == ((first, slopes[0]), (second, slopes[1]))


@claim(
    "The <product> is the product $w x$, which has sources of its own.",
    "To $a$ there are <count> paths, one through the product with the slope $b "
    "= 3$ and one with the slope <one>: $3 + 1 = <sum_>$.",
    "To $b$ there is one, with the slope $a = 2$.",
    "Both have <two> paths: $1 - 1 = <difference>$ for the difference, and $3 "
    "+ 3 = <square>$ for the square, whose slope is $2a$.",
)
def test_histories_of_small_formulas(said):
    w, x, b = Value(0.3), Value(2.0), Value(0.5)
    (inner, _), (outer, _) = (w * x + b).sources
    assert (inner.data, outer) == (said.product, b)
    assert [source for source, _ in inner.sources] == [w, x]
    a, b = Value(2.0), Value(3.0)
    c = a * b + a
    assert sorted(paths(c, a)) == [[said.one], [1.0, 3.0]]
    assert paths(c, b) == [[1.0, 2.0]]
    autograd.backward(c)
    assert (len(paths(c, a)), a.grad, b.grad) == (said.count, said.sum_, 2)
    a, b = Value(3.0), Value(3.0)
    for start, result, wanted in (
        (a, a - a, said.difference),
        (b, b * b, said.square),
    ):
        autograd.backward(result)
        assert (len(paths(result, start)), start.grad) == (said.two, wanted)


@claim(
    "The slope is right, since $c = 4a$, but the way to it is long.",
    "Each doubling doubles the number of paths: after <few> there are "
    "<paths_>, and after <many> more than a billion.",
    "In a network each path picks one unit of every layer, so through <layers> "
    "hidden layers of <units> units there are a million for each pair of an "
    "input and an output.",
    "A billion paths are no trouble either, because each of the <all_> numbers "
    "hands on once:",
)
def test_each_doubling_doubles_the_paths(said):
    for times in range(1, 11):
        first, result = doubled(times)
        assert len(paths(result, first)) == 2**times
        assert sum_over_paths(result, first) == result.data
    assert 2**said.few == said.paths_
    assert 1e9 < 2**said.many < 1.1e9
    assert said.units**said.layers == 1e6
    network = initialise((2, 2, 3, 4, 1), torch.Generator().manual_seed(0))
    values, names = autograd.as_values(network), ["tanh"] * 3 + ["sigmoid"]
    loss = autograd.loss_of_values(values, [1.0, 2.0], 1.0, names)
    ways = len(paths(loss, values[0][0][0][0]))  # two through the loss
    assert ways == 2 * 3 * 4
    first, result = doubled(int(said.many))
    assert len(autograd.latest_first(result)) == said.all_
    for times in (said.many, 1000):  # no deep recursion either
        first, result = doubled(int(times))
        autograd.backward(result)
        assert first.grad == 2.0**times


@claim(
    "Those from $c$ to $a$ lead through $b$, so it is enough to find once how "
    "$c$ changes with $b$.",
    "Then a number hands on to each source its own grad times the slope, and "
    "the source adds what arrives, since at a fork the effects of several "
    "paths are added.",
    "Now $c$ hands <each> to $b$ twice, and only then does $b$ hand "
    "<grad_of_b> to $a$ twice, which makes <right>.",
    "The slope with respect to $a$ is <right>, and this says <wrong>.",
    "$c$ hands <one> to $b$, and $b$ at once hands <one_on> to $a$, twice.",
    "Then $c$ hands the second <second_one> to $b$, which now has <two> and "
    "hands <two_on> to $a$, twice.",
    "But the first <first_one> has already been handed on, and is now counted "
    r"again: $2 \cdot 1 + 2 \cdot 2 = <sum_>$.",
    r"Then $a$ would get $2 \cdot 1 = <too_little>$, and what arrives later "
    "would be lost.",
    "Again <again>, however often it is doubled: every number hands on its "
    "first <silent> to each source, and is silent when the second arrives.",
)
def test_orders_of_handing_on(said):
    assert (
        said.one
        == said.one_on
        == said.second_one
        == said.first_one
        == said.silent
        == 1
    )
    first, result = doubled(2)
    ((between, _), _) = result.sources
    autograd.backward(result)
    grads = result.grad, between.grad, first.grad
    assert grads == (said.each, said.grad_of_b, said.right)
    assert said.right == sum_over_paths(result, first) == 2 * said.grad_of_b
    first, result = doubled(2)
    ((between, _), _) = result.sources
    result.grad = 1.0
    autograd.hand_on_at_once(result)
    assert first.grad == said.wrong == said.sum_
    assert between.grad == said.two == said.two_on

    def hand_on_once(value, met):
        """Hand on as soon as something has arrived, but never again."""
        if value not in met:
            met.add(value)
            for source, slope in value.sources:
                source.grad += slope * value.grad
                hand_on_once(source, met)

    for times in (2, 3, 9):
        first, result = doubled(times)
        result.grad = 1.0
        hand_on_once(result, set())
        assert first.grad == said.too_little == said.again


@claim(
    "Two rows with the numbers a = <a>, b = <b> and c = <c>, and two arrows "
    "from c back to b and two from b back to a.",
    "In the row at once, the arrows from c carry <one>, those from b carry "
    "<first>, then <then>, and the grad of a is <wrong>.",
    "In the row waiting, the arrows from c carry <one>, those from b carry "
    "<all_>, and the grad of a is <right>.",
    "What each arrow carries back: above, $b$ hands on at once, and so twice; "
    "below, it waits and hands on once.",
)
def test_figure_of_handing_on(said):
    (sheet,) = autograd.draw_handing_on().axes
    texts = [(*text.get_position(), text.get_text()) for text in sheet.texts]
    for low, title, carried, middle, total in (
        (
            1.8,
            "at once",
            f"{said.first:g}, then {said.then:g}",
            said.one * said.b,
            said.wrong,
        ),
        (0, "waiting", f"{said.all_:g}", said.all_, said.right),
    ):
        row = [w for x, y, w in sorted(texts) if w and low < y < low + 1.7]
        assert row == [
            *(title, f"grad {total:g}", f"$a = {said.a:g}$", carried, carried),
            *(
                f"grad {middle:g}",
                f"$b = {said.b:g}$",
                f"{said.one:g}",
                f"{said.one:g}",
            ),
            *(f"grad {said.one:g}", f"$c = {said.c:g}$"),
        ]
    assert (2 * (said.first + said.then), 2 * said.all_) == (
        said.wrong,
        said.right,
    )


@claim(
    "So a number has to wait until everything has arrived, that is, until "
    "every number that was computed from it has handed on.",
    "A number is always made after its sources, so the time gives an order: "
    "the latest first.",
    "The latest number hands on first, so each hands on once, when all has "
    "arrived; what arrives is added.",
    "An order of the numbers of a computation in which each comes before all "
    "that it was computed from.",
    "Go back along every path that leads there, multiply the slopes on each "
    "path, and add up the products.",
    "Each number remembers its sources and the slopes along them; the slope of "
    "a result is the sum over all paths of the products of slopes.",
)
def test_the_latest_first_is_a_topological_order():
    layers = autograd.as_values(example.LAYERS)
    loss = autograd.loss_of_values(layers, [1.0, 2.0], 1.0, example.NAMES)
    order = autograd.latest_first(loss)
    places = {value: place for place, value in enumerate(order)}
    assert order[0] is loss
    assert len(places) == len(order)
    assert {*autograd.all_of(layers)} <= {*order}
    autograd.backward(loss)
    for value in order:
        assert all(places[value] < places[s] for s, _ in value.sources)
        wanted = sum_over_paths(loss, value)
        assert value.grad == pytest.approx(wanted, abs=1e-15)


@claim(
    "The sigmoid raises $e$ only to 0 or a negative number, so nothing "
    "overflows, and the slopes stay finite far out.",
    "At <kink> ReLU has no slope, and <slope_there> is taken here, as before "
    "and by torch.",
)
@pytest.mark.parametrize("name", autograd.FUNCTIONS)
def test_functions_and_slopes_are_those_of_the_book_and_torch(said, name):
    z = [-1e4, -800.0, -3.0, -0.5, said.kink, 1e-9, 0.5, 3.0, 40.0, 800.0, 1e4]
    there, (g, derivative) = row(*z)[0], ACTIVATIONS[name]
    values = [autograd.FUNCTIONS[name](Value(float(number))) for number in z]
    found = row(*(a.sources[0][1] for a in values))[0]
    torchs = slope(lambda z: passes.TORCHS[name](z).sum(), there)
    close = {"rtol": 1e-15, "atol": 1e-15}
    torch.testing.assert_close(found, torchs, **close)
    torch.testing.assert_close(found, derivative(there), **close)
    data = row(*(a.data for a in values))[0]
    torch.testing.assert_close(data, g(there), **close)
    assert found[4] == said.slope_there or name != "relu"


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
    wanted = cross_entropy_of_z(*pair).item()
    assert loss.data == pytest.approx(wanted, abs=1e-12)
    prediction = pair[0].sigmoid().item()
    (first,), (second,) = ([math.prod(path)] for path in paths(loss, start))
    assert (first, second) == (pytest.approx(prediction, abs=1e-15), -y)
    autograd.backward(loss)
    assert start.grad == pytest.approx(prediction - y, abs=1e-15)
    rounded = autograd.softplus(Value(z)).data
    assert 0 <= rounded - max(z, 0) <= math.log(2), "a ReLU with such a corner"
    exact = torch.nn.functional.softplus(pair[0]).item()
    assert rounded == pytest.approx(exact, rel=1e-12, abs=0)


@claim(
    "The engine finds the gradients of the four equations without knowing of "
    "layers.",
    "The engine knows nothing of layers, matrices or transposes, and finds "
    "what the four equations find.",
    "Several examples are nothing new: add up their losses and divide by $m$, "
    "and each weight is at a fork.",
)
@pytest.mark.parametrize("seed", range(4))
def test_engine_finds_the_gradients_of_the_four_equations(seed):
    """And torch's slope at the kink, where all first sums of XOR are."""
    layers, x, y = passes.problem(seed, (3, 4, 2, 1))
    names = ("tanh", "relu", "sigmoid")
    if seed == 3:
        layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
        x, y, names = XOR, XOR_TARGETS, ("relu", "sigmoid")
    ways = autograd.gradients_of_values, by_equations
    found, wanted = (find(x, y, layers, names) for find in ways)
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-14)


@claim("The slopes are $e^z$ and $1/z$:")
def test_last_exercise():
    z = torch.tensor(0.4, dtype=torch.float64)
    slopes = slope(torch.exp, z), slope(torch.log, z)
    agree([math.exp(0.4), 1 / 0.4], *slopes)


def test_equations():
    z = torch.linspace(-3, 3, 7, dtype=torch.float64)
    hold(
        "propagation/autograd.md",
        {"e": math.e, "z": z, "y": (z > 0.5).double()},
        here={"c = 4a": {"a": 1.0, "c": 4.0}},
        given=["c = a b + a"],
    )
