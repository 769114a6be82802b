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
    draw_handing_on,
    gradients_of_values,
    hand_on_at_once,
    latest_first,
    paths,
    sum_over_paths,
)
from snippets.propagation.backward import backward as layer_backward
from snippets.propagation.descent import XOR, XOR_TARGETS
from snippets.propagation.example import LAYERS, NAMES
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.propagation.loss import cross_entropy_of_z
from tests.claims import claim
from tests.equations.check import hold

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
    "Then a number hands on to each source its own grad times the slope, "
    "and the source adds what arrives, since at a fork the effects of "
    "several paths are added.",
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


@claim(
    "Two rows with the numbers a = <a>, b = <b> and c = <c>, and two arrows "
    "from c back to b and two from b back to a.",
    "In the row at once, the arrows from c carry <one>, those from b carry "
    "<first>, then <then>, and the grad of a is <wrong>.",
    "In the row waiting, the arrows from c carry <one>, those from b carry "
    "<all_>, and the grad of a is <right>.",
    "What each arrow carries back: $b$ at once hands on twice, and $b$ waiting "
    "hands on once.",
)
def test_figure_of_handing_on(a, b, c, one, first, then, wrong, all_, right):
    start, result = doubled(2)
    assert (start.data, result.data) == (a, c)
    assert b == a + a
    figure = draw_handing_on()
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    for title, above, below, carried, total in (
        ("at once", 3.5, 1.8, [first, then], wrong),
        ("waiting", 1.8, 0.0, [all_], right),
    ):
        row = [
            (text.get_position()[0], text.get_text())
            for text in texts
            if below < text.get_position()[1] < above
        ]
        words = [word for _, word in sorted(row)]
        onward = ", then ".join(f"{number:g}" for number in carried)
        assert words[0] == title
        assert {*words[1:3]} == {f"$a = {a:g}$", f"grad {total:g}"}
        assert words[3:5] == [onward] * 2
        assert {*words[5:7]} == {f"$b = {b:g}$", f"grad {b * one:g}"}
        assert words[7:9] == [f"{one:g}"] * 2
        assert {*words[9:]} == {f"$c = {c:g}$", f"grad {one:g}"}
        assert total == 2 * sum(carried)


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
    "Go back along every path that leads there, multiply the slopes on each "
    "path, and add up the products.",
    "Each number remembers its sources and the slopes along them; the slope of "
    "a result is the sum over all paths of the products of slopes.",
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
    backward(loss)
    for value in order:
        paths_too = sum_over_paths(loss, value)
        assert value.grad == pytest.approx(paths_too, abs=1e-15)


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
    "The code raises $e$ only to 0 or a negative number, so nothing "
    "overflows, and the slopes stay finite far out.",
    "At <kink> ReLU has no slope, and <slope> is taken here, as before and by "
    "torch.",
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
    "The engine finds the gradients of the four equations without knowing of "
    "layers.",
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


@claim("The slopes are $e^z$ and $1/z$:")
def test_last_exercise():
    """The page's own exp and log, in the order in which it writes them."""
    z = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)
    exp, log = z.exp(), z.log()
    slopes = [torch.autograd.grad(a, z)[0].item() for a in (exp, log)]
    assert slopes == pytest.approx([math.exp(0.4), 1 / 0.4])


def test_equations():
    z = torch.linspace(-3, 3, 7, dtype=torch.float64)
    hold(
        "propagation/autograd.md",
        {"e": math.e, "z": z, "y": (z > 0.5).double()},
        here={"c = 4a": {"a": 1.0, "c": 4.0}},
        given=["c = a b + a"],
    )
