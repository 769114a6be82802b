import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import Circle, FancyBboxPatch
from matplotlib.text import Annotation

from snippets.neuron import (
    draw_neuron,
    draw_perceptron,
    logical_and,
    logical_not,
    logical_or,
    mcculloch_pitts,
    neuron,
    pre_activation,
    step,
    train_perceptron,
    two_groups,
)
from tests.activation import agreement

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
SEEDS = range(20)


@given(
    st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
        min_size=1,
        max_size=9,
    ),
    st.floats(-1e3, 1e3),
)
def test_pre_activation_is_the_weighted_sum(pairs, bias):
    x, w = torch.tensor(pairs, dtype=torch.float64).T
    b = torch.tensor(bias, dtype=torch.float64)
    by_hand = sum(x_i * w_i for x_i, w_i in pairs) + bias
    assert pre_activation(x, w, b).item() == pytest.approx(by_hand, abs=1e-7)
    both = pre_activation(torch.stack([x, 2 * x], dim=1), w, b)
    assert both.shape == (2,)
    assert both[0].item() == pytest.approx(by_hand, abs=1e-7)


def test_neuron_applies_the_activation_function():
    x, w, b = torch.ones(2), torch.tensor([1.0, -3.0]), torch.tensor(0.5)
    assert neuron(x, w, b, torch.relu).item() == 0
    assert neuron(x, w, b, lambda z: z).item() == -1.5


def test_neuron_refuses_what_is_no_function():
    with pytest.raises(TypeError, match="g must be a function, but a NoneType"):
        neuron(torch.ones(2), torch.ones(2), torch.tensor(0.0), None)


def test_nan_and_infinity_spread():
    w, b = torch.ones(2), torch.tensor(0.0)
    assert pre_activation(torch.tensor([torch.nan, 1]), w, b).isnan()
    assert pre_activation(torch.tensor([torch.inf, 1]), w, b) == torch.inf


@pytest.mark.parametrize(
    ("x", "w", "b", "said"),
    [
        (torch.ones(3), torch.ones(2), torch.tensor(0.0), r"x must .*\(2,\)"),
        (torch.ones(3, 1), torch.ones(2), torch.tensor(0.0), r"x must .*2, m"),
        (
            torch.ones(2),
            torch.ones(2, 1),
            torch.tensor(0.0),
            r"w must .*\(n,\)",
        ),
        (torch.ones(2), torch.ones(2), torch.zeros(1), r"b must .*\(\)"),
    ],
)
def test_refuses_wrong_shapes(x, w, b, said):
    with pytest.raises(ValueError, match=said):
        pre_activation(x, w, b)


def test_refuses_wrong_dtypes():
    x, b = torch.ones(2), torch.tensor(0.0)
    with pytest.raises(TypeError, match="w must be a torch.Tensor"):
        pre_activation(x, [1.0, 1.0], b)
    with pytest.raises(
        TypeError,
        match="share one dtype, but x has torch.float32, w has torch.float64",
    ):
        pre_activation(x, x.double(), b)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
def test_step_is_well_behaved(property_):
    property_(step)


def test_step_fires_at_zero_and_above():
    z = torch.tensor([-torch.inf, -1e-30, 0.0, 1e-30, torch.inf])
    assert step(z).tolist() == [0, 0, 1, 1, 1]


def test_step_is_flat():
    z = torch.linspace(-3, 3, 600, dtype=torch.float64)
    assert set(step(z).tolist()) == {0, 1}
    assert (step(z + 1e-6) == step(z - 1e-6)).all()


@given(
    theta=st.integers(-5, 5),
    bits=st.lists(st.sampled_from([0.0, 1.0]), min_size=4, max_size=4),
    signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
)
def test_threshold_is_minus_bias(theta, bits, signs):
    x, w = torch.tensor(bits), torch.tensor(signs)
    reached = (x @ w >= theta).float()
    assert neuron(x, w, torch.tensor(-float(theta)), step) == reached
    assert mcculloch_pitts(x, w, theta) == reached


def test_logic():
    assert logical_and(PAIRS).tolist() == [0, 0, 0, 1]
    assert logical_or(PAIRS).tolist() == [0, 1, 1, 1]
    assert logical_not(PAIRS[:1]).tolist() == [1, 1, 0, 0]
    assert logical_and(torch.ones(2)).shape == ()


@pytest.mark.parametrize("unit", [logical_and, logical_or, logical_not])
def test_logic_refuses_bad_input(unit):
    with pytest.raises(TypeError, match="x must be a torch.Tensor"):
        unit([0.0, 1.0])
    with pytest.raises(ValueError, match="x must have shape"):
        unit(torch.zeros(3))


def test_nand_of_the_exercise():
    assert mcculloch_pitts(PAIRS, -torch.ones(2), -1).tolist() == [1, 1, 1, 0]


def test_second_exercise():
    x, w, b = torch.ones(2), torch.tensor([2.0, -1.0]), torch.tensor(-1.0)
    assert pre_activation(x, w, b).item() == 0
    assert neuron(x, w, b, step).item() == 1


@pytest.mark.parametrize(
    ("x", "w", "theta", "error", "said"),
    [
        ([0.5, 1], [1, 1], 1, ValueError, "x must hold only 0 and 1, .* 0.5"),
        ([0, 1], [2, 1], 1, ValueError, "w must hold only -1 and 1, .* 2"),
        ([0, 1], [1, 1], "1", TypeError, "theta must be a number"),
        ([0, 1], [1, 1], torch.nan, ValueError, "theta must be finite"),
        ([0, 1, 1], [1, 1], 1, ValueError, r"x must have shape \(2,\)"),
    ],
)
def test_mcculloch_pitts_refuses_bad_input(x, w, theta, error, said):
    x, w = torch.tensor(x).float(), torch.tensor(w).float()
    with pytest.raises(error, match=said):
        mcculloch_pitts(x, w, theta)


@pytest.mark.parametrize("seed", SEEDS)
def test_perceptron_learns_what_a_line_can_part(seed):
    """At most (R / margin)^2 mistakes, and one a pass: 500 is ample.

    Here R^2, with the constant input, is below 19, and the margin is at least
    0.5 / sqrt(6), so there are fewer than 456 mistakes.
    """
    x, y = two_groups(torch.Generator().manual_seed(seed))
    w, b, mistakes = train_perceptron(x, y, passes=500)
    assert mistakes[-1] == 0
    assert sum(mistakes) < 456
    assert torch.equal(neuron(x, w, b, step), y)


def test_training_changes_weights_and_bias():
    x, y = two_groups(torch.Generator().manual_seed(0))
    w, b, mistakes = train_perceptron(x, y, passes=500)
    assert mistakes[0] > 0
    assert (w != 0).all()
    assert b != 0


def test_one_correction_by_hand():
    """A silent unit would be right; this one fires at 0 and is corrected."""
    x, y = torch.tensor([[3.0], [-2.0]]), torch.tensor([0.0])
    w, b, mistakes = train_perceptron(x, y, passes=1)
    assert w.tolist() == [-3, 2]
    assert b.item() == -1
    assert mistakes == [1]


def test_chance_is_explicit():
    with pytest.raises(TypeError, match=r"must be a torch.Generator"):
        two_groups(None)


def test_training_stops_after_the_last_pass_or_a_clean_one():
    never = torch.tensor([[1.0, 1.0]]), torch.tensor([0.0, 1.0])
    assert len(train_perceptron(*never, passes=7).mistakes) == 7
    learnt = train_perceptron(PAIRS, logical_and(PAIRS), passes=100)
    assert learnt.mistakes.index(0) == len(learnt.mistakes) - 1


@pytest.mark.parametrize(
    ("y", "passes", "error", "said"),
    [
        ([0, 1, 2, 1], 5, ValueError, "y must hold only 0 and 1, .* holds 2"),
        ([0, 1, 1], 5, ValueError, r"y must have shape \(4,\)"),
        ([0, 1, 1, 1], 0, ValueError, "passes must be at least 1"),
        ([0, 1, 1, 1], 2.0, TypeError, "passes must be an integer"),
    ],
)
def test_training_refuses_bad_input(y, passes, error, said):
    with pytest.raises(error, match=said):
        train_perceptron(PAIRS, torch.tensor(y).float(), passes)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_leave_room_for_a_line(seed):
    x, y = two_groups(torch.Generator().manual_seed(seed))
    height = x[0] + 2 * x[1] - 1
    assert torch.equal(height > 0, y == 1)
    assert height.abs().min() > 0.5
    assert 0 < y.sum() < len(y)
    assert x.abs().max() <= 3


def test_figure_of_the_neuron_names_its_parts():
    (sheet,) = draw_neuron().axes
    words = {text.get_text() for text in sheet.texts}
    assert {"dendrites", "cell body", "axon", "summation", "threshold"} <= words
    assert {
        "$x_1$",
        "$x_2$",
        "$x_3$",
        "$w_1$",
        "$w_2$",
        "$w_3$",
        "$a$",
    } <= words
    kinds = [type(patch) for patch in sheet.patches]
    assert kinds.count(FancyBboxPatch) == 3, "one box for each weight"
    assert kinds.count(Circle) == 1
    arrows = [text for text in sheet.texts if isinstance(text, Annotation)]
    assert len(arrows) == 7, "three in, three dendrites, one axon"


def test_figure_of_the_perceptron_shows_a_line_that_parts():
    (axes,) = draw_perceptron().axes
    zeros, ones, line = axes.lines
    (left, right), (start, end) = line.get_data()
    slope = (end - start) / (right - left)

    def above(points):
        return points.get_ydata() > start + slope * (points.get_xdata() - left)

    assert above(ones).all()
    assert not above(zeros).any()
    assert zeros.get_marker() != ones.get_marker()
    assert axes.get_xlabel() == "$x_1$"
    assert axes.get_ylabel() == "$x_2$"
