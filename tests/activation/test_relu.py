import inspect
from datetime import date

import pytest
import torch

from snippets.activation.relu import (
    dead_after_training,
    disc,
    draw_dead_units,
    draw_relu,
    relu,
    relu_derivative,
)
from snippets.activation.sigmoid import sigmoid_derivative
from snippets.figure import PALETTE
from snippets.network import Layer, affine, initialise
from snippets.propagation.descent import update
from snippets.propagation.forward import forward
from tests import drawing
from tests.activation import agreement
from tests.activation.test_plot import curves
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import backward_from


@claim(
    "In real work call torch.relu: its values and slopes are the same, at 0 "
    "too.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_agrees_with_torch(dtype):
    agreement.agrees_with(relu, torch.relu, dtype)


@claim(
    "In real work call torch.relu: its values and slopes are the same, at 0 "
    "too.",
)
@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_autograd_finds_the_slopes_that_torch_takes(dtype):
    """At 0 as well, and finite everywhere."""
    agreement.autograd_agrees_with(relu, torch.relu, dtype)


def test_agrees_with_torch_everywhere():
    agreement.agrees_with_everywhere(relu, torch.relu)


def test_derivative_agrees_with_autograd():
    agreement.slope_agrees_with_autograd(relu_derivative, torch.relu)


def test_derivative_agrees_with_differences():
    agreement.slope_agrees_with_differences(relu, relu_derivative)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
@pytest.mark.parametrize("function", [relu, relu_derivative])
def test_is_well_behaved(function, property_):
    property_(function)


def test_infinities_pass_through():
    z = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert relu(z).tolist() == [0, torch.inf]
    assert relu_derivative(z).tolist() == [0, 1]


@claim(
    "The rectified linear unit, ReLU, leaves positive numbers as they are and "
    "turns negative ones into <floor>: <up> stays <kept>, and <down> becomes "
    "<cut>.",
)
def test_keeps_the_positive_and_cuts_the_negative(floor, up, kept, down, cut):
    two = torch.tensor([up, down], dtype=torch.float64)
    assert relu(two).tolist() == [kept, cut]
    z = torch.linspace(-9, 9, 181, dtype=torch.float64)
    assert torch.equal(relu(z)[z > 0], z[z > 0])
    assert set(relu(z)[z < 0].tolist()) == {floor}


@claim(
    "It is not linear: it is piecewise linear, two straight pieces with a "
    "kink between them.",
    r"$a = \max(0, z)$ is piecewise linear, with slope <right> above <kink>, "
    "slope <left> below, and none at <place>, where libraries choose.",
    "It is linear on each side of the kink, and not across it: the outputs "
    "for two inputs need not add up to the output for their sum.",
    "It is piecewise linear, and the word piecewise is what a network lives "
    "on.",
)
def test_is_linear_on_each_side_but_not_across(right, kink, left, place):
    z = torch.linspace(0.1, 9, 90, dtype=torch.float64)
    torch.testing.assert_close(relu(2 * z), 2 * relu(z))
    for side, slope in ((z, right), (-z, left)):
        rise = relu(kink + side) - relu(torch.full_like(z, kink))
        torch.testing.assert_close(rise / side, torch.full_like(z, slope))
    assert (relu(z) + relu(-z) != relu(z - z)).all()
    assert place == kink


@claim(
    r"$|z| = \max(0, z) + \max(0, -z)$.",
)
def test_absolute_value_from_two_units():
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)  # exercise 1
    assert torch.equal(relu(z) + relu(-z), z.abs())


@claim(
    "At $z = <place>$ there is no slope: just to the left it is <before>, and "
    "just to the right it is <after>.",
    "Where its two halves meet, it has no derivative: the slope jumps at "
    "the kink.",
)
def test_has_no_slope_at_zero(place, before, after):
    """However close one comes, the two sides give different slopes."""
    z = torch.tensor(place, dtype=torch.float64)
    for h in (1e-3, 1e-9, 1e-300):
        right = (relu(z + h) - relu(z)) / h
        left = (relu(z) - relu(z - h)) / h
        assert (left.item(), right.item()) == (before, after)


@claim(
    "A program has to return something all the same, and any number from "
    "<low> to <high> is a sensible choice.",
)
def test_slopes_that_a_line_below_the_kink_can_have(low, high):
    """A line through the origin then touches ReLU, and nowhere cuts it."""
    z = torch.linspace(-3, 3, 61, dtype=torch.float64)
    for slope in torch.linspace(low, high, 11, dtype=torch.float64):
        assert (slope * z <= relu(z)).all()
    for slope in (low - 0.01, high + 0.01):
        assert not (slope * z <= relu(z)).all()


def slope_at(function, place):
    z = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(function(z), z)
    return slope.item()


@claim(
    "What autograd returns at <place> depends on how the function is written.",
    "For Leaky ReLU, which comes next, it returns yet another value.",
    "In four ways to write a rectifier, torch takes <choices> different "
    "values there.",
)
def test_torch_chooses_a_slope_at_zero(place, choices):
    slopes = [
        slope_at(function, place)
        for function in (
            torch.relu,
            lambda z: z.clamp(min=0),
            lambda z: torch.maximum(z, torch.zeros_like(z)),
            torch.nn.functional.leaky_relu,
        )
    ]
    assert slopes == [0, 1, 0.5, pytest.approx(0.01)]
    assert len(set(slopes)) == choices
    assert place == 0


@claim(
    "This book follows torch.relu and takes <slope>.",
    "That is why the code of relu says z <= <place>: with z < <same> autograd "
    "would return <other>.",
)
def test_takes_torchs_slope_at_zero(slope, place, same, other):
    for zero in (0.0, -0.0):
        assert slope_at(torch.relu, zero) == slope
        assert slope_at(relu, zero) == slope, "the book's own, by autograd"
        assert relu_derivative(torch.tensor(zero)).item() == slope
    assert f"z <= {place:g}" in inspect.getsource(relu)
    assert slope_at(lambda z: torch.where(z < same, 0, z), 0.0) == other


@claim(
    "A positive $z$, however large, has a slope of exactly <slope>: the "
    "unit does not saturate on that side, and a product of such slopes does "
    "not vanish.",
    "So these slopes do not shrink the error on its way back, which helps the "
    "network to learn.",
    "It does not saturate for positive $z$, which helps learning, and it is "
    "cheap to compute, which saves time.",
)
def test_slope_stays_however_large_the_input(slope):
    """So ten layers hand the error back as they were given it."""
    z = 10.0 ** torch.arange(-300, 301, 10, dtype=torch.float64)
    assert set(relu_derivative(z).tolist()) == {slope}
    one = torch.ones(1, 1, dtype=torch.float64)
    layers, names = [Layer(one, 0 * one)] * 10, ["relu"] * 10
    gradients = backward_from(one, forward(one, layers, names)[1], names)
    assert {gradient.dW.item() for gradient in gradients} == {1}


@claim(
    (
        "A negative $z$ gives exactly <output>, so for any one example many"
        " units of a network are silent."
    ),
    "The outputs of such a layer are called sparse: many of them are <same>.",
)
def test_many_units_are_silent_for_any_one_example(output, same):
    """Of 400 units about half, within four standard deviations of 0.025."""
    generator = torch.Generator().manual_seed(0)
    layers = initialise((10, 400, 400), generator)
    x = torch.randn(10, 50, generator=generator, dtype=torch.float64)
    a, caches = forward(x, layers, ("relu", "relu"))
    assert (a[caches[1].z < 0] == output).all()
    for outputs in (caches[1].a_previous, a):
        silent = (outputs == same).double().mean(dim=0)
        assert 0.4 < silent.min() <= silent.max() < 0.6


def gradients_of_a_unit(function, w, b, x):
    """Return what autograd finds for the weight and the bias of one unit."""
    w, b = (
        torch.tensor([v], dtype=torch.float64, requires_grad=True)
        for v in (w, b)
    )
    a = function(w @ x.reshape(1, -1) + b)
    return [part.item() for part in torch.autograd.grad(a.sum(), (w, b))]


@claim(
    (
        "A ReLU unit whose $z$ is negative is inactive for that example: "
        "its output is <output>, and since its slope is <slope> as well, it"
        " learns nothing from it."
    ),
    "It is inactive, for this example.",
    "A ReLU unit is inactive for an example that leaves it silent; it "
    "learns nothing from it.",
)
def test_inactive_unit_learns_nothing_from_that_example(output, slope):
    x = torch.tensor(-1.0, dtype=torch.float64)
    assert relu(x).item() == output
    assert relu_derivative(x).item() == slope
    assert gradients_of_a_unit(torch.relu, 1.0, 0.0, x) == [0, 0]


@claim(
    (
        "That does no harm by itself, since its $z$ may be positive for "
        "another example."
    ),
    "A unit that one example leaves silent still learns from another.",
)
def test_inactive_is_not_dead():
    x = torch.tensor([-1.0, 2.0], dtype=torch.float64)
    assert relu(x).tolist() == [0, 2]
    assert gradients_of_a_unit(torch.relu, 1.0, 0.0, x) == [2, 1]


DATA = torch.linspace(-2, 2, 41, dtype=torch.float64)  # of exercise 2


@claim(
    "It is dead: $z$ lies between <low> and <high>.",
)
def test_unit_of_the_exercise_is_dead(low, high):
    z = affine(DATA.reshape(1, -1), Layer(*unit_of_the_exercise()))
    assert (z.min().item(), z.max().item()) == (low, high)
    assert not relu(z).any()


def unit_of_the_exercise():
    return (
        torch.tensor([[1.0]], dtype=torch.float64),
        torch.tensor([[-5.0]], dtype=torch.float64),
    )


@claim(
    (
        "The gradient of its weights and bias is exactly <nothing> each "
        "time, so gradient descent never changes them again, as long as the"
        " unit's inputs stay what they are."
    ),
    "Its gradients are exactly <none>, so gradient descent leaves it as it is.",
    "A dead ReLU unit cannot learn, because its slope is exactly <slope>.",
    "Where every example leaves it silent, no gradient reaches it, while a "
    "saturated sigmoid still gets a little.",
    "A ReLU unit that is inactive for every example in the data; while its "
    "inputs stay as they are, it learns nothing more.",
)
def test_dead_units_get_no_gradient(nothing, none, slope):
    assert gradients_of_a_unit(torch.relu, 1.0, -5.0, DATA) == [nothing, none]
    assert set(relu_derivative(DATA - 5).tolist()) == {slope}
    before = layers = [Layer(*unit_of_the_exercise())]
    for _ in range(3):
        a, caches = forward(DATA.reshape(1, -1), layers, ["relu"])
        layers = update(layers, backward_from(a - 1, caches, ["relu"]), 10)
    assert layers == before


@claim(
    "This is not saturation: a saturated sigmoid's slope is small, while a "
    "dead unit's is exactly <slope>; and ReLU is flat for negative $z$ "
    "only.",
    "Where every example leaves it silent, no gradient reaches it, while a "
    "saturated sigmoid still gets a little.",
)
def test_dead_is_not_saturated(slope):
    z = torch.linspace(10, 30, 41, dtype=torch.float64)
    for saturated in (sigmoid_derivative(z), sigmoid_derivative(-z)):
        assert 0 < saturated.min() <= saturated.max() < 1e-4
    assert set(relu_derivative(-z).tolist()) == {slope}
    assert set(relu_derivative(z).tolist()) == {1}
    gradients = gradients_of_a_unit(torch.sigmoid, 1.0, -20.0, DATA)
    assert all(0 < abs(gradient) < 1e-4 for gradient in gradients)


@claim(
    "Those of the second are the outputs of the first, which go on learning "
    "and may one day bring a positive $z$.",
)
def test_dead_unit_of_the_second_layer_can_come_back():
    """A living unit beside it teaches the first layer to give more."""
    x = torch.tensor([[0.5, 1.0]], dtype=torch.float64)
    one, pair = torch.ones(1, 1).double(), torch.ones(2, 1).double()
    bias = torch.tensor([[-2.0], [0.0]], dtype=torch.float64)
    layers, names = [Layer(one, 0 * one), Layer(pair, bias)], ["relu", "relu"]
    dead = []
    for _ in range(50):
        a, caches = forward(x, layers, names)
        dead.append(not (caches[1].z[0] > 0).any())
        da = a - torch.tensor([[0.0], [10.0]])  # of half the squared error
        layers = update(layers, backward_from(da, caches, names), 0.02)
    assert dead[0]
    assert not all(dead)


@claim(
    "A learning rate that is too high throws the units to where no example "
    "reaches them.",
    "A unit that is inactive for every example is dead, and a high learning "
    "rate can kill a whole layer.",
    "Nor is it always a small matter: at a high learning rate whole layers "
    "die, whatever the random start.",
)
@claim(
    "That depends on the learning rate.",
    "If there are more and more, lower the learning rate, or try Leaky ReLU, "
    "whose units cannot die.",
)
@pytest.mark.parametrize("seed", range(8))
def test_high_learning_rate_kills_units(seed):
    def dead(rate):
        return dead_after_training(rate, torch.Generator().manual_seed(seed))

    assert dead(1) <= 3
    assert dead(10) > 48
    assert dead(30) == 64


def test_disc_asks_for_the_middle():
    x, y = disc(torch.Generator().manual_seed(0), 2000)
    assert x.shape == (2, 2000)
    assert x.abs().max() <= 1
    assert torch.equal(y[0] == 1, x.norm(dim=0) ** 2 < 0.5)
    # the disc of radius sqrt(1/2) has the area pi/2, of the square's 4
    assert y.mean().item() == pytest.approx(torch.pi / 8, abs=0.05)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"learning_rate": 0}, ValueError, "learning_rate must be .* above 0"),
        ({"learning_rate": torch.nan}, ValueError, "but is nan"),
        ({"learning_rate": "1"}, TypeError, "must be a number, but a str"),
        (
            {"learning_rate": 1, "units": 0},
            ValueError,
            "units must be at least",
        ),
        (
            {"learning_rate": 1, "units": 1.5},
            TypeError,
            "must be a whole number",
        ),
    ],
)
def test_training_refuses_bad_input(arguments, error, said):
    with pytest.raises(error, match=said):
        dead_after_training(generator=torch.Generator(), **arguments)


class Today(date):
    """Always the same."""

    @classmethod
    def today(cls):
        return cls(2026, 11, 25)


@claim(
    "ReLU and its derivative.",
    "ReLU, a solid line over z from <left> to <right>, on a vertical axis "
    "from <bottom> to <highest>.",
    "It lies on the horizontal axis as far as z = <kink> and then rises "
    "with slope <slope> to <top>.",
)
def test_figure_lies_on_the_axis_and_then_rises(
    left, right, bottom, highest, kink, slope, top
):
    axes, drawn = curves(draw_relu())
    z, a = drawn["ReLU"]
    assert (z[0].item(), z[-1].item()) == (left, right)
    assert tuple(axes.get_yticks()[[0, -1]]) == (bottom, highest)
    torch.testing.assert_close(a, torch.relu(z))
    assert not a[z <= kink].any()
    torch.testing.assert_close(a[z > kink], slope * (z[z > kink] - kink))
    assert a[-1].item() == top
    assert axes.lines[-2].get_linestyle() == "-"


@claim(
    "The open circles mark the jump: at <place> there is no slope.",
    "Its derivative, dashed, is <left> on the left and <right> on the "
    "right; two open circles at z = <jump> show that it has no value there.",
)
def test_figure_leaves_the_derivative_open_at_zero(place, left, right, jump):
    axes, drawn = curves(draw_relu())
    z, slope = drawn["its derivative"]
    assert slope[z == place].isnan().all()
    assert set(slope[z < place].tolist()) == {left}
    assert set(slope[z > place].tolist()) == {right}
    assert axes.lines[-1].get_linestyle() == "--"
    open_ends = axes.lines[0]
    assert open_ends.get_marker() == "o"
    assert open_ends.get_markerfacecolor() == PALETTE["paper"]
    assert list(open_ends.get_xdata()) == [jump, jump]
    assert list(open_ends.get_ydata()) == [left, right]


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
def test_figure_counts_the_dead(
    units,
    steps,
    starts,
    none,
    all_units,
    lowest,
    highest,
    as_many,
    harmless,
    harmful,
    many,
    deadly,
    every,
    monkeypatch,
):
    taken, take = [], torch.autograd.grad

    def watched(loss, parameters):
        taken.append(len(parameters[0]))
        return take(loss, parameters)

    monkeypatch.setattr(torch.autograd, "grad", watched)
    (axes,) = draw_dead_units().axes
    *drawn, median = axes.lines
    rates = list(median.get_xdata())
    assert len(drawn) == starts == as_many
    assert len(taken) == steps * len(rates) * starts
    assert set(taken) == {units}
    assert (rates[0], rates[-1]) == (lowest, highest)
    assert tuple(axes.get_yticks()[[0, -1]]) == (none, all_units)
    for line in drawn:
        dead = dict(zip(rates, line.get_ydata(), strict=True))
        assert max(rate for rate in rates if not dead[rate]) == harmless
        assert dead[harmful] > many
        assert dead[deadly] == every == units
    fewest = min(line.get_ydata()[rates.index(harmful)] for line in drawn)
    assert fewest < many + 10, "and no rounder number would do"
    middle = torch.tensor([[*line.get_ydata()] for line in drawn]).median(dim=0)
    assert list(median.get_ydata()) == middle.values.tolist()
    assert median.get_linestyle() == "--"
    assert axes.get_xscale() == "log"
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_ylabel() == "dead units"


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


def test_training_takes_a_hundred_steps(monkeypatch):
    """The dead die early, so that their number would not tell."""
    steps, find = [], torch.autograd.grad
    monkeypatch.setattr(
        torch.autograd, "grad", lambda *given: steps.append(1) or find(*given)
    )
    dead_after_training(1, torch.Generator().manual_seed(0))
    assert len(steps) == 100


def test_disc_refuses_a_count_below_one():
    with pytest.raises(ValueError, match=": count must be at least 1"):
        disc(torch.Generator(), 0)


def test_figure_of_the_dead_marks_each_start_and_rate():
    (axes,) = draw_dead_units().axes
    *starts, median = axes.lines
    rates = [0.1, 0.3, 1, 3, 10, 30]
    for seed, line in enumerate(starts):
        generator = torch.Generator().manual_seed(seed)
        assert line.get_ydata()[4] == dead_after_training(10, generator)
        aside = [
            x / rate for x, rate in zip(line.get_xdata(), rates, strict=True)
        ]
        assert aside == pytest.approx([1.08 ** (seed - 2)] * len(rates))
        assert line.get_marker() == "o"
        assert line.get_linestyle() == "None"
        assert line.get_markerfacecolor() == "none"
    assert list(median.get_xdata()) == rates
    words = [text.get_text() for text in axes.get_xticklabels()]
    assert words == [f"{rate:g}" for rate in rates]
    assert drawing.ticks(axes) == (rates, [0, 16, 32, 48, 64])
    assert not len(axes.get_xticks(minor=True))
    low, high = axes.get_ylim()
    assert 2 < -low == high - 64 < 6, "no circle is cut"
