import inspect

import pytest
import torch
from torch.testing import assert_close

from snippets.activation.relu import (
    dead_after_training,
    disc,
    draw_dead_units,
    draw_relu,
    relu,
    relu_derivative,
)
from snippets.activation.sigmoid import sigmoid_derivative
from snippets.network import Layer, initialise
from snippets.propagation.descent import update
from snippets.propagation.forward import forward
from tests import drawing
from tests.activation import agreement
from tests.activation.agreement import ONE, slope_by_autograd
from tests.activation.curves import curves, shows_a_jump
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from
from tests.tensors import double, grid, random, refuses

FUNCTIONS = ("relu", "tanh", "sigmoid")


@claim(
    "The rectified linear unit, ReLU, leaves positive numbers as they are and "
    "turns negative ones into <floor>: <up> stays <kept>, and <down> becomes "
    "<cut>.",
    "It is not linear: it is piecewise linear, two straight pieces with a "
    "kink between them.",
    r"$a = \max(0, z)$ is piecewise linear, with slope <right> above <kink>, "
    "slope <left> below, and none at <place>, where libraries choose.",
    "It is linear on each side of the kink, and not across it: the outputs "
    "for two inputs need not add up to the output for their sum.",
    "It is piecewise linear, and the word piecewise is what a network lives "
    "on.",
    r"$|z| = \max(0, z) + \max(0, -z)$.",
    "At $z = <at>$ there is no slope: just to the left it is <before>, and"
    " just to the right it is <after>.",
    "Each of the two straight pieces has one slope: $z$ itself has the "
    "slope <right>, and the constant <cut> has the slope <left>.",
    "Where its two halves meet, it has no derivative: the slope jumps at the "
    "kink.",
)
def test_is_linear_on_each_side_but_not_across(said):
    """However close one comes to the kink, the sides have other slopes."""
    assert relu(double(said.up)) == said.kept
    assert relu(double(said.down)) == said.cut
    z = grid(0.1, 9, 90)
    assert torch.equal(relu(z), z)
    assert set(relu(-z).tolist()) == {said.floor}
    for side, slope in ((z, said.right), (-z, said.left)):
        rise = relu(said.kink + side) - relu(double(said.kink))
        assert_close(rise / side, torch.full_like(z, slope))
    assert (relu(z) + relu(-z) != relu(z - z)).all()
    assert torch.equal(relu(z) + relu(-z), z.abs())
    assert said.place == said.at == said.kink
    at, h = double(said.at), double([1e-3, 1e-9, 1e-300])
    assert set(((relu(at) - relu(at - h)) / h).tolist()) == {said.before}
    assert set(((relu(at + h) - relu(at)) / h).tolist()) == {said.after}


@claim(
    "A program has to return something all the same, and any number from "
    "<low> to <high> is a sensible choice.",
    "What autograd returns at <place> depends on how the function is written.",
    "(The last line of the table is Leaky ReLU, which comes next.)",
    "In <ways> ways to write it, torch takes <choices> different values there.",
    "This book follows torch.relu and takes <slope>.",
    "That is why the code of relu says z <= <written>: with z < <same> "
    "autograd would return <other>.",
)
def test_libraries_choose_a_slope_at_zero(said):
    """A line through the origin touches ReLU there, and nowhere cuts it."""
    z = grid(-3, 3, 61)
    for slope in grid(said.low, said.high, 11):
        assert (slope * z <= relu(z)).all()
    for slope in (said.low - 0.01, said.high + 0.01):
        assert (slope * z > relu(z)).any()
    ways = (
        torch.relu,
        lambda z: z.clamp(min=0),
        lambda z: torch.maximum(z, torch.zeros_like(z)),
    )
    assert len(ways) == said.ways
    assert all(torch.equal(way(z), relu(z)) for way in ways)
    place = double(said.place)
    slopes = [slope_by_autograd(way, place).item() for way in ways]
    assert slopes == [0, 1, 0.5]
    assert len(set(slopes)) == said.choices
    leaky = torch.nn.functional.leaky_relu  # no way to write it
    assert slope_by_autograd(leaky, place).item() == pytest.approx(0.01)
    for zero in (place, -place):
        assert slope_by_autograd(torch.relu, zero) == said.slope
        assert slope_by_autograd(relu, zero) == said.slope
        assert relu_derivative(zero) == said.slope
    assert f"z <= {said.written:g}" in inspect.getsource(relu)
    written = slope_by_autograd(
        lambda z: torch.where(z < said.same, 0, z), place
    )
    assert written == said.other


@claim(
    "A positive $z$, however large, has a slope of exactly <slope>: the unit "
    "does not saturate on that side, and a product of such slopes does not "
    "vanish.",
    "So these slopes do not shrink the error on its way back, which helps the "
    "network to learn.",
    "It does not saturate for positive $z$, which helps learning, and it is "
    "cheap to compute, which saves time.",
    "This is not saturation: a saturated sigmoid's slope is small and still "
    "lets a little through, a dead unit's is exactly <dead>.",
    "Where every example leaves it silent, no gradient reaches it, while a "
    "saturated sigmoid still gets a little.",
)
def test_slope_stays_however_large_the_input(said):
    """So ten layers hand the error back as they were given it.

    A saturated sigmoid has little slope, on either side, and not none.
    """
    z = 10.0 ** torch.arange(-300, 301, 10, dtype=torch.float64)
    assert set(relu_derivative(z).tolist()) == {said.slope}
    assert set(relu_derivative(-z).tolist()) == {said.dead}
    _, gradients = agreement.row_of_units("relu", 10)
    assert {gradient.dW.item() for gradient in gradients} == {1}
    for far in (grid(10, 30, 41), grid(-30, -10, 41)):
        assert sigmoid_derivative(far).min() > 0
        assert sigmoid_derivative(far).max() < 1e-4
    gradients = gradients_of_a_unit(torch.sigmoid, -20, DATA)
    assert all(0 < abs(gradient) < 1e-4 for gradient in gradients)


@claim(
    "A negative $z$ gives exactly <output>, so for any one example many units "
    "of a network are silent: at a random start, about <share>.",
    "The outputs of such a layer are called sparse: many of them are <same>, "
    "and each example uses its own part of the network.",
)
def test_many_units_are_silent_for_any_one_example(said):
    """Of 400 units about half, within four standard deviations of 0.025."""
    layers = initialise((10, 400, 400), torch.Generator().manual_seed(0))
    a, caches = forward(random(10, 50), layers, ("relu", "relu"))
    assert (a[caches[1].z < 0] == said.output).all()
    for outputs in (caches[1].a_previous, a):
        silent = (outputs == said.same).double().mean(dim=0)
        assert 0.4 < silent.min() <= silent.max() < 0.6
        assert silent.mean().item() == pytest.approx(said.share, abs=0.02)
        assert len((outputs > 0).T.unique(dim=0)) == 50, "each its own part"


def gradients_of_a_unit(function, bias, x):
    """Return what autograd finds for the weight, 1, and bias of one unit."""
    w, b = (double([v]).requires_grad_() for v in (1, bias))
    a = function(w @ x.reshape(1, -1) + b)
    return [part.item() for part in torch.autograd.grad(a.sum(), (w, b))]


DATA = grid(-2, 2, 41)  # of exercise 2


@claim(
    "A ReLU unit whose $z$ is negative is inactive for that example: its "
    "output is <output>, and since its slope is <slope> as well, it learns "
    "nothing from it.",
    "It is inactive, for this example.",
    "A ReLU unit is inactive for an example that leaves it silent; it learns "
    "nothing from it.",
    "That does no harm by itself, since its $z$ may be positive for another "
    "example.",
    "A unit that one example leaves silent still learns from another.",
    "It is dead: $z$ lies between <low> and <high>.",
    "The gradient of its weights and bias is exactly <nothing> each time, so "
    "gradient descent never changes them again, as long as the unit's inputs "
    "stay what they are.",
    "Its gradients are exactly <none>, so gradient descent leaves it as it is.",
    "A dead ReLU unit cannot learn, because its slope is exactly <steep>.",
    "A ReLU unit that is inactive for every example in the data; while its "
    "inputs stay as they are, it learns nothing more.",
)
def test_dead_units_get_no_gradient(said):
    """An inactive unit learns from another example; a dead one from none."""
    x = double([-1, 2])
    assert relu(x[0]) == said.output
    assert relu_derivative(x[0]) == said.slope
    assert gradients_of_a_unit(torch.relu, 0, x[0]) == [0, 0]
    assert relu(x).tolist() == [0, 2]
    assert gradients_of_a_unit(torch.relu, 0, x) == [2, 1]

    assert gradients_of_a_unit(torch.relu, -5, DATA) == [
        said.nothing,
        said.none,
    ]
    assert set(relu_derivative(DATA - 5).tolist()) == {said.steep}
    before = layers = [Layer(ONE, -5 * ONE)]
    for _ in range(3):
        a, caches = forward(DATA.reshape(1, -1), layers, ["relu"])
        z = caches[0].z
        assert (z.min(), z.max()) == (said.low, said.high)
        assert not a.any()
        layers = update(layers, backward_from(a - 1, caches, ["relu"]), 10)
    assert layers == before


@claim(
    "Those of the second are the outputs of the first, which go on learning "
    "and may one day bring a positive $z$.",
)
def test_dead_unit_of_the_second_layer_can_come_back():
    """A living unit beside it teaches the first layer to give more."""
    x, bias, pair = double([[0.5, 1]]), double([[-2], [0]]), double([[1], [1]])
    layers, names = [Layer(ONE, 0 * ONE), Layer(pair, bias)], ["relu", "relu"]
    dead = []
    for _ in range(50):
        a, caches = forward(x, layers, names)
        dead.append(not (caches[1].z[0] > 0).any())
        da = a - double([[0], [10]])  # of half the squared error
        layers = update(layers, backward_from(da, caches, names), 0.02)
    assert dead[0]
    assert not all(dead)


@claim(
    "A learning rate that is too high throws the units to where no example "
    "reaches them.",
    "The long name is the loss; it takes z2 and applies the sigmoid itself; "
    "no_grad says that the change of the parameters needs no "
    "slope.",
    "A unit that is inactive for every example is dead, and a high learning "
    "rate can kill a whole layer.",
    "Nor is it always a small matter: in the book's experiment a learning "
    "rate of <deadly> kills the whole layer, whatever the random start.",
    "That depends on the learning rate.",
    "If there are more and more, lower the learning rate, or try Leaky ReLU, "
    "whose units cannot die.",
)
@pytest.mark.parametrize("seed", range(8))
def test_high_learning_rate_kills_units(seed, said):
    def dead(rate, seed=seed):
        return dead_after_training(rate, torch.Generator().manual_seed(seed))

    assert dead(1) <= 3
    assert dead(10) > 48
    more = range(seed, 32, 8)  # all of 32 starts, with the other seeds
    assert {dead(said.deadly, start) for start in more} == {64}
    z = torch.linspace(-4, 4, 8)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    y = (z > 0).float()
    direct = torch.nn.functional.binary_cross_entropy(z.sigmoid(), y)
    torch.testing.assert_close(loss(z, y), direct)
    z.requires_grad_()
    with torch.no_grad():
        assert not (2 * z).requires_grad


def test_disc_asks_for_the_middle():
    x, y = disc(torch.Generator().manual_seed(0), 2000)
    assert x.shape == (2, 2000)
    assert x.abs().max() <= 1
    assert torch.equal(y[0] == 1, x.norm(dim=0) ** 2 < 0.5)
    # the disc of radius sqrt(1/2) has the area pi/2, of the square's 4
    assert y.mean().item() == pytest.approx(torch.pi / 8, abs=0.05)


def test_refuses_bad_input():
    chance = torch.Generator()
    refuses(
        ValueError, "rate must be .* above 0", dead_after_training, 0, chance
    )
    refuses(ValueError, "units must be at", dead_after_training, 1, chance, 0)
    refuses(ValueError, "count must be at least 1", disc, chance, 0)


@claim(
    "ReLU and its derivative.",
    "ReLU, a solid line over z from <start> to <end>, on a vertical axis from "
    "<bottom> to <highest>.",
    "It lies on the horizontal axis as far as z = <kink> and then rises with "
    "slope <steep> to <top>.",
    "The open circles mark the jump: at <place> there is no slope.",
    "Its derivative, dashed, is <left> on the left and <right> on the right; "
    "two open circles at z = <jump> show that it has no value there.",
)
def test_figure_shows_function_and_derivative(said):
    figure = draw_relu()
    shows_a_jump(figure, "ReLU", torch.relu, said)
    z, a = curves(figure)[1]["ReLU"]
    assert not a[z <= said.kink].any()
    assert said.kink == said.place == said.jump


@claim(
    "Dead units out of <units> after <steps> steps, for <starts> random "
    "starts at each learning rate, drawn side by side; the dashed line joins "
    "the medians.",
    "The number of dead units, from <none> to <all_units>, against the "
    "learning rate on a logarithmic axis from <lowest> to <highest>, for "
    "<as_many> random starts.",
    "Up to a rate of <harmless> none are dead.",
    "At <harmful> more than <many> are, and at <deadly> all <every>, for "
    "every start.",
)
def test_figure_counts_the_dead(said, monkeypatch):
    """The dead die early, so that their number would not tell the steps."""
    taken, take = [], torch.autograd.grad

    def watched(loss, parameters):
        taken.append(len(parameters[0]))
        return take(loss, parameters)

    monkeypatch.setattr(torch.autograd, "grad", watched)
    (axes,) = draw_dead_units().axes
    *drawn, median = axes.lines
    rates = [0.1, 0.3, 1, 3, 10, 30]
    assert list(median.get_xdata()) == rates
    assert len(drawn) == said.starts == said.as_many
    assert taken == [said.units] * int(said.steps * len(rates) * said.starts)
    assert (rates[0], rates[-1]) == (said.lowest, said.highest)
    assert drawing.ticks(axes) == (rates, [0, 16, 32, 48, 64])
    assert tuple(axes.get_yticks()[[0, -1]]) == (said.none, said.all_units)
    for seed, line in enumerate(drawn):
        generator = torch.Generator().manual_seed(seed)
        dead = dict(zip(rates, line.get_ydata(), strict=True))
        assert dead[10] == dead_after_training(10, generator)
        assert max(rate for rate in rates if not dead[rate]) == said.harmless
        assert dead[said.harmful] > said.many
        assert dead[said.deadly] == said.every == said.units
        aside = (double(line.get_xdata()) / double(rates)).tolist()
        assert aside == pytest.approx([1.08 ** (seed - 2)] * len(rates))
        assert line.get_linestyle() == "None"
    heights = torch.tensor([[*line.get_ydata()] for line in drawn])
    assert heights[:, rates.index(said.harmful)].min() < said.many + 10
    assert list(median.get_ydata()) == heights.median(dim=0).values.tolist()
    assert median.get_linestyle() == "--"
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "learning rate")
    assert axes.get_ylabel() == "dead units"
    words = [text.get_text() for text in axes.get_xticklabels()]
    assert words == [f"{rate:g}" for rate in rates]
    low, high = axes.get_ylim()
    assert 2 < -low == high - 64 < 6, "no circle is cut"


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = agreement.samples(seed)
    symbols = {"z": z, "a": relu(z), "a'": relu_derivative(z)}
    hold("activation/relu.md", symbols)


def dead_by_torch(rate, seed, units):
    """Count the dead as torch's own modules and optimiser leave them."""
    generator = torch.Generator().manual_seed(seed)
    x, y = disc(generator)
    hidden, output = torch.nn.Linear(2, units), torch.nn.Linear(units, 1)
    network = torch.nn.Sequential(hidden, torch.nn.ReLU(), output).double()
    with torch.no_grad():
        for layer in (hidden, output):
            torch.nn.init.zeros_(layer.bias)
            layer.weight.normal_(generator=generator)
            layer.weight /= layer.in_features**0.5
    optimiser = torch.optim.SGD(network.parameters(), lr=rate)
    for _ in range(100):
        optimiser.zero_grad()
        torch.nn.BCEWithLogitsLoss()(network(x.T), y.T).backward()
        optimiser.step()
    fires = network[1](hidden(x.T)) > 0
    return int((~fires.any(dim=0)).sum())


@pytest.mark.parametrize("seed", range(6))
def test_training_leaves_as_many_dead_as_torchs_does(seed):
    for rate, units in ((3, 64), (5, 64), (7, 64), (5, 200)):
        generator = torch.Generator().manual_seed(seed)
        ours = dead_after_training(rate, generator, units)
        assert ours == dead_by_torch(rate, seed, units)
