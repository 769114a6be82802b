import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Annotation

from snippets.neuron import (
    draw_geometry,
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
from tests import drawing
from tests.activation import agreement
from tests.claims import claim
from tests.equations.check import hold

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
SEEDS = range(20)


@claim(
    "For three inputs that is $w_1 x_1 + w_2 x_2 + w_3 x_3$, plus the bias.",
    r"$\sum_{i=<start>}^{n}$ | add up what follows, for $i = <first>$, $i = "
    "<second>$ and so on up to $n$",
    "w @ x, the dot product, multiplies number by number and adds up.",
)
@given(
    pairs=st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
        min_size=1,
        max_size=9,
    ),
    bias=st.floats(-1e3, 1e3),
)
def test_pre_activation_is_the_weighted_sum(first, second, start, pairs, bias):
    """Counting from 1, as the text does."""
    x, w = torch.tensor(pairs, dtype=torch.float64).T
    b = torch.tensor(bias, dtype=torch.float64)
    assert start == first
    places = range(int(first), len(pairs) + 1, int(second - first))
    by_hand = sum(x[i - 1] * w[i - 1] for i in places).item() + bias
    assert pre_activation(x, w, b).item() == pytest.approx(by_hand, abs=1e-7)
    assert (w @ x).item() == pytest.approx(by_hand - bias, abs=1e-7)


@claim(
    "Take two inputs, <x1> and <x2>, with the weights <w1> and <w2> and the "
    r"bias <b>: the sum is $3 \cdot 2 - 1 \cdot 1 - 4 = <z>$.",
)
def test_pre_activation_of_the_example(x1, x2, w1, w2, b, z):
    assert (x1, x2, w1, w2, b) == (2, 1, 3, -1, -4), "as in the formula"
    x, w = torch.tensor([[x1, x2], [w1, w2]])
    assert pre_activation(x, w, torch.tensor(b)).item() == z


@claim(
    (
        "One call takes a single example, or several of them side by side "
        "as the columns of a table."
    ),
)
def test_many_examples_give_what_each_gives_alone():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    w = torch.randn(3, generator=generator, dtype=torch.float64)
    b = torch.tensor(0.5, dtype=torch.float64)
    many = neuron(x, w, b, torch.tanh)
    assert many.shape == (7,)
    for output, example in zip(many, x.T, strict=True):
        torch.testing.assert_close(neuron(example, w, b, torch.tanh), output)


@claim(
    "Weighted inputs and the bias arrive and are added up, and the sum "
    "decides whether it fires.",
)
def test_neuron_applies_the_activation_function():
    x, w, b = torch.ones(2), torch.tensor([1.0, -3.0]), torch.tensor(0.5)
    assert neuron(x, w, b, torch.relu).item() == 0
    assert neuron(x, w, b, lambda z: z).item() == -1.5
    assert neuron(x, w, b, step).item() == 0
    assert neuron(x, w, b + 1.5, step).item() == 1


def test_neuron_refuses_what_is_no_function():
    with pytest.raises(TypeError, match="g must be a function, but None"):
        neuron(torch.ones(2), torch.ones(2), torch.tensor(0.0), None)


def test_nan_and_infinity_spread():
    w, b = torch.ones(2), torch.tensor(0.0)
    assert pre_activation(torch.tensor([torch.nan, 1]), w, b).isnan()
    assert pre_activation(torch.tensor([torch.inf, 1]), w, b) == torch.inf


@claim(
    "Float means numbers with a decimal point, and the words in quotes name "
    "the sizes: x has n rows and, if there are several examples, m columns; "
    "the star says that a single example does without them.",
)
@pytest.mark.parametrize(("x", "z"), [((3,), ()), ((3, 5), (5,))])
def test_one_example_has_no_columns_and_several_have(x, z):
    w, b = torch.ones(3), torch.tensor(0.0)
    assert pre_activation(torch.ones(x), w, b).shape == z
    with pytest.raises(TypeError, match="x must have a floating dtype"):
        pre_activation(torch.ones(x, dtype=torch.int64), w, b)


@claim(
    "The same letter means the same size everywhere in a signature, so w has "
    'a weight for each row of x; "" is a single number.',
    "A call whose tensors do not fit is refused with a message that says "
    "why: @checked sees to that.",
)
@pytest.mark.parametrize(
    ("x", "w", "b", "said"),
    [
        (torch.ones(3), torch.ones(2), torch.tensor(0.0), r"w must .*n = 3"),
        (torch.ones(3, 1), torch.ones(2), torch.tensor(0.0), r"w must .*n = 3"),
        (torch.ones(2, 2, 2), torch.ones(2), torch.tensor(0.0), r"x must"),
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
        match="but x has torch.float32 and w has torch.float64",
    ):
        pre_activation(x, x.double(), b)
    with pytest.raises(TypeError, match="x and b .* b has torch.float64"):
        pre_activation(x, x, b.double())
    for mixed in ((x, x.double()), (x.double(), x)):
        with pytest.raises(TypeError, match=": x and w must share one dtype"):
            mcculloch_pitts(*mixed, 1)
        with pytest.raises(TypeError, match=": x and y must share one dtype"):
            train_perceptron(mixed[0].unsqueeze(0), mixed[1], passes=1)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
def test_step_is_well_behaved(property_):
    property_(step)


@claim(
    "The first activation function here is a decision, the step function: "
    "<fires> if the neuron fires, <silent> if it stays silent.",
    "The function that is <below> below <jump> and <above> from there on: "
    "to fire or not.",
)
def test_step_fires_at_zero_and_above(fires, silent, below, jump, above):
    z = jump + torch.tensor([-torch.inf, -1e-30, 0.0, 1e-30, torch.inf])
    assert step(z).tolist() == [silent, silent, fires, fires, fires]
    assert (below, above) == (silent, fires)


@claim(
    'Here "any" stands for any shape: the step is taken number by number.',
    "A NaN, not a number, is what torch gives where there is no result, as for "
    "<above>/<below>; the step passes it on, so that the fault stays in sight.",
)
@pytest.mark.parametrize("shape", [(), (4,), (3, 4), (2, 3, 4)])
def test_step_is_taken_number_by_number(shape, above, below):
    z = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    assert step(z).shape == shape
    for fired, number in zip(step(z).flatten(), z.flatten(), strict=True):
        assert fired == step(number)
    undefined = torch.full(shape, above) / torch.full(shape, below)
    assert undefined.isnan().all()
    assert step(undefined).isnan().all()


@claim(
    "Only the step decides whether: the step has only <values> values, and "
    "is flat but for <jumps> jump between them.",
)
def test_step_is_flat(values, jumps):
    z = torch.linspace(-3, 3, 600, dtype=torch.float64)
    assert step(z).unique().tolist() == [0, 1]
    assert len(step(z).unique()) == values
    assert (step(z).diff() != 0).sum() == jumps
    assert (step(z + 1e-6) == step(z - 1e-6)).all()


@claim(
    (
        "The formula for $z$ has a bias instead, and it does the same work: "
        "the sum reaches $\\theta$ exactly when the sum minus $\\theta$ "
        "reaches <reached>."
    ),
    "and the step at <place> makes the same decision.",
    r"A unit with the threshold $\theta$ and one with the bias $-\theta$ "
    "decide alike, whatever the input.",
    r"A threshold $\theta$ and a bias of $-\theta$ are the same thing.",
    "The threshold, set by hand, is the number of votes that the unit asks "
    "for.",
    "Training changes more than the weights, because a threshold is a bias "
    r"with its sign turned, $b = -\theta$.",
)
@given(
    theta=st.integers(-5, 5),
    bits=st.lists(st.sampled_from([0.0, 1.0]), min_size=4, max_size=4),
    signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
)
def test_threshold_is_minus_bias(reached, place, theta, bits, signs):
    x, w = torch.tensor(bits), torch.tensor(signs)
    fires = x @ w >= theta
    assert fires == (x @ w - theta >= reached)
    assert neuron(x, w, torch.tensor(-float(theta)), step) == fires.float()
    assert mcculloch_pitts(x, w, theta) == fires.float()
    assert reached == place
    assert step(torch.tensor(place)) == 1
    assert step(torch.tensor(place - 1e-9)) == 0


@claim(
    "A bias can be trained like a weight, since it is one: the weight of an"
    " input that is always <constant>.",
    "The rule here is that of his book of 1962, with the bias learnt as the "
    "weight of an input that is always <constant>.",
)
def test_bias_is_the_weight_of_a_constant_input(constant):
    """It counts as such a weight, and is corrected as such a weight."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    w = torch.randn(4, generator=generator, dtype=torch.float64)
    nothing = torch.zeros((), dtype=torch.float64)
    extended = torch.vstack([x, torch.full_like(x[:1], constant)])
    torch.testing.assert_close(
        pre_activation(extended, w, nothing), pre_activation(x, w[:3], w[3])
    )
    wrong = torch.zeros(1, dtype=torch.float64)
    corrected = train_perceptron(extended[:, :1], wrong, passes=1)
    assert corrected.w[3] == corrected.b != 0


@claim(
    "Here the inputs are <off> or <on>, and the weights <vote> or <counter>, "
    "so each input that is <active> is a vote for firing or against it.",
    "Bit is a tensor of 0s and 1s, Sign one of 1s and −1s, and Number a "
    "single number.",
)
def test_mcculloch_pitts_takes_votes_for_and_against(
    off, on, vote, counter, active
):
    def accepts(x, w):
        try:
            mcculloch_pitts(torch.tensor([x]), torch.tensor([w]), theta=0)
        except ValueError:
            return False
        return True

    numbers = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
    assert {x for x in numbers if accepts(x, 1.0)} == {off, on}
    assert {w for w in numbers if accepts(1.0, w)} == {vote, counter}
    votes = torch.tensor([vote, vote, vote, counter])
    x = torch.tensor([active, active, off, active])
    assert mcculloch_pitts(x, votes, theta=1) == 1, "2 for it, 1 against"
    assert mcculloch_pitts(x, votes, theta=2) == 0


@claim(
    "(In their paper an inhibiting input forbids firing outright; here it "
    "is one vote against, which for NOT comes to the same.)",
)
def test_vote_and_veto_agree_for_not():
    """Any active inhibiting input is a veto; else the sum decides."""
    x = torch.tensor([[0.0, 1.0]])
    vetoed = x.sum(dim=0) > 0
    by_veto = (~vetoed & (torch.zeros(2) >= 0)).float()
    assert torch.equal(logical_not(x), by_veto)
    two_for_one_against = torch.tensor([1.0, 1.0, -1.0])
    assert mcculloch_pitts(torch.ones(3), two_for_one_against, 1) == 1, (
        "elsewhere a vote against can be outvoted, and a veto cannot"
    )


@claim(
    "AND asks for both of its <votes> votes, so its threshold is <theta>; OR "
    "is content with <vote>.",
    "NOT has a single input, which votes against; its threshold is <none>, "
    "which the sum reaches only without that vote.",
)
def test_logic(votes, theta, vote, none):
    w = torch.ones(int(votes))
    assert mcculloch_pitts(PAIRS, w, theta).tolist() == [0, 0, 0, 1]
    assert mcculloch_pitts(PAIRS, w, vote).tolist() == [0, 1, 1, 1]
    assert mcculloch_pitts(PAIRS[:1], -w[:1], none).tolist() == [1, 1, 0, 0]
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


@claim(
    "(by hand, medium) Find weights and a threshold for NAND, which is <zero> "
    "only where both "
    "inputs are <on>.",
    "Negate AND: weights <w1> and <w2>, threshold <theta>.",
    "The sum is <none>, <second>, <first> or <both>, and only the last "
    "falls short of <wanted>.",
)
def test_nand_of_the_exercise(
    zero, on, w1, w2, theta, none, second, first, both, wanted
):
    w = torch.tensor([w1, w2])
    nand = mcculloch_pitts(PAIRS, w, theta)
    assert torch.equal(nand == zero, PAIRS.eq(on).all(dim=0))
    sums = [none, second, first, both]
    assert (w @ PAIRS).tolist() == sums
    assert wanted == theta
    assert [total >= wanted for total in sums] == [True, True, True, False]


@claim(
    r"It does: $z = <w1> \cdot <x1> - <w2> \cdot <x2> - <b> = <z>$, and the "
    "step fires at <place>.",
    "(by hand, easy) A neuron has the weights <weight> and <other>, the bias "
    "<bias> and the "
    "step as activation function.",
    "Does it fire for the input (<x1>, <x2>)?",
)
def test_second_exercise(w1, x1, w2, x2, b, z, place, weight, other, bias):
    x, w, b = torch.tensor([x1, x2]), torch.tensor([w1, -w2]), -torch.tensor(b)
    assert (w.tolist(), b.item()) == ([weight, other], bias)
    assert pre_activation(x, w, b).item() == z == place
    assert neuron(x, w, b, step).item() == 1


@claim(
    "(predict, easy) All weights of a neuron are <weight>.",
    "The same output for every input: $a = g(b)$.",
)
def test_without_weights_only_the_bias_speaks(weight):
    generator = torch.Generator().manual_seed(0)
    x = 9 * torch.randn(4, 50, generator=generator, dtype=torch.float64)
    w = torch.full((4,), weight, dtype=torch.float64)
    for b in torch.tensor([-0.7, 0.0, 2.0], dtype=torch.float64):
        for g in (step, torch.tanh, torch.relu):
            assert (neuron(x, w, b, g) == g(b)).all()


@pytest.mark.parametrize(
    ("x", "w", "theta", "error", "said"),
    [
        ([0.5, 1], [1, 1], 1, ValueError, "x must hold only 0 and 1, .* 0.5"),
        ([0, 1], [2, 1], 1, ValueError, "w must hold only -1 and 1, .* 2"),
        ([0, 1], [1, 1], "1", TypeError, "theta must be a number"),
        ([0, 1], [1, 1], torch.nan, ValueError, "theta must be finite"),
        ([0, 1, 1], [1, 1], 1, ValueError, r"w must have shape \(n,\)"),
    ],
)
def test_mcculloch_pitts_refuses_bad_input(x, w, theta, error, said):
    x, w = torch.tensor(x).float(), torch.tensor(w).float()
    with pytest.raises(error, match=said):
        mcculloch_pitts(x, w, theta)


@claim(
    (
        "If some straight line separates the two groups, the rule finds one"
        " after a finite number of mistakes; Rosenblatt proved it, and so "
        "did Minsky and Papert."
    ),
    "A McCulloch-Pitts unit computes what its maker knew; a perceptron "
    "learns from examples, if a straight line can tell them apart.",
)
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


def mistaken(seed):
    """Yield w, x, y and z at each mistake, with the bias in w and a 1 in x.

    Points come from two groups, in turn, until a pass brings no mistake.
    """
    x, y = two_groups(torch.Generator().manual_seed(seed))
    x = torch.vstack([x, torch.ones_like(y)])
    w, wrong = torch.zeros(3, dtype=torch.float64), True
    while wrong:
        wrong = False
        for example, target in zip(x.T, y, strict=True):
            if step(w @ example) != target:
                yield w, example, target, w @ example
                w, wrong = w + (2 * target - 1) * example, True
    yield w, None, None, None


def separating(seed):
    """Return u, for the line x1 + 2 x2 = 1, the margin c, and R."""
    x, y = two_groups(torch.Generator().manual_seed(seed))
    x = torch.vstack([x, torch.ones_like(y)])
    u = torch.tensor([1, 2, -1], dtype=torch.float64) / 6**0.5
    return u, (u @ x).abs().min(), x.norm(dim=0).max(), u @ x, y


@claim(
    "Give each input a last entry that is always <constant>, and each list of "
    "weights its bias as the last entry; then $z = \\sum_i w_i x_i$.",
    "Let $u$ be the weights of a line that separates the groups and passes "
    "through no point, scaled to the length <one>.",
    "The points are finitely many and none lies on the line, so there is a "
    "smallest size, and it is not <zero>: the margin $c$.",
    "As $w$ starts at <start>, after $k$ mistakes",
    "Since $u$ has the length <same>, the first and the last term on the right "
    "are both $|w|^2$, and so the whole is $2 |w| (|w| - \\sum_i u_i w_i)$.",
    "So no mistake adds more than $r^2$ to the square of the length, and after "
    "$k$ mistakes",
    "For each point $\\sum_i u_i x_i$ is positive if the target is <yes>, and "
    "negative if it is <no>.",
    "A mistake adds $x$ to $w$ if the target is <added>, and subtracts it if "
    "the target is <subtracted>.",
    "If the target is <added>, $\\sum_i u_i w_i$ grows by $\\sum_i u_i x_i$, "
    "which is positive; if it is <subtracted>, by $-\\sum_i u_i x_i$, which is "
    "positive too.",
    "So it grows by at least $c$.",
    "The term in the middle is $2z$, and $z$ is negative, or the unit would "
    "have fired; the last term is $r^2$ at most.",
    "If $x$ is subtracted, the term in the middle is $-2z$, and $z$ is not "
    "negative, or the unit would have been silent.",
    "It is not negative; divide it by $2 |w|$, and $\\sum_i u_i w_i$ is at "
    "most "
    "$|w|$.",
    "($|w|$ is not <zero>, since by the first step $\\sum_i u_i w_i$ is "
    "positive.)",
    "Put the <three> together: $k c$ is at most $\\sum_i u_i w_i$, that is at "
    "most $|w|$, and that at most $\\sqrt{k}\\, r$.",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_turn_the_weights_faster_than_they_lengthen_them(
    seed, constant, one, zero, start, same, yes, no, added, subtracted, three
):
    u, c, longest, sides, y = separating(seed)
    assert u.norm().item() == pytest.approx(one)
    assert same == one
    assert (sides[y == yes] > 0).all()
    assert (sides[y == no] < 0).all()
    assert sides.abs().min() == c > zero
    visits = [*mistaken(seed)]
    assert (visits[0][0] == start).all()
    for k, (before, after) in enumerate(pairwise(visits), start=1):
        w, x, target, z = before
        sign = {added: 1, subtracted: -1}[target.item()]
        assert torch.equal(after[0], w + sign * x)
        grown = u @ after[0] - u @ w
        assert grown.item() == pytest.approx((sign * u @ x).item())
        assert u @ after[0] > zero < after[0].norm()
        assert grown >= c - 1e-12
        assert z < 0 if sign > 0 else z >= 0
        assert x.norm() <= longest
        assert x[-1] == constant
        length = after[0].norm()
        assert length**2 <= w @ w + longest**2 + 1e-9
        whole = (w.norm() * u - w).square().sum()
        torch.testing.assert_close(whole, 2 * w.norm() * (w.norm() - u @ w))
        steps = [k * c, u @ after[0], length, k**0.5 * longest]
        assert len(steps) == three + 1
        assert all(low <= high + 1e-9 for low, high in pairwise(steps))
    x, y = two_groups(torch.Generator().manual_seed(seed))
    w, b, mistakes = train_perceptron(x, y, passes=500)
    torch.testing.assert_close(visits[-1][0], torch.cat([w, b.unsqueeze(0)]))
    assert sum(mistakes) == len(visits) - 1 <= (longest / c) ** 2


@claim(
    "The proof counts on the worst; the rule gets by with far fewer mistakes."
)
@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_are_far_fewer_than_the_proof_allows(seed):
    """Far: by a factor of 5 and more."""
    _, c, longest, _, _ = separating(seed)
    assert 5 * (len([*mistaken(seed)]) - 1) < (longest / c) ** 2


@claim(
    "So training changes the weights and the biases.",
    "The perceptron's rule changes the weights and the bias.",
    "Training changes more than the weights, because a threshold is a bias "
    r"with its sign turned, $b = -\theta$.",
)
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


@claim(
    "Both cases are one rule, since the error $y - a$ is <missed> in the "
    "first, <mistaken> in the second, and <right> when all is well:",
    "If the unit's output $a$ is the target, change nothing.",
    "If the unit stayed silent and should have fired, add the input to the "
    "weights and <missed> to the bias; if it fired and should not have, "
    "subtract them.",
)
def test_corrections_add_the_error_times_the_input(missed, mistaken, right):
    """From nothing, where z = 0 and the unit fires, one example at a time."""
    x = torch.tensor([[3.0, 1.0], [-2.0, -4.0]])
    for targets, errors in (
        ([1, 1], [right, right]),
        ([0, 0], [mistaken, right]),
        ([0, 1], [mistaken, missed]),
    ):
        w, b, mistakes = train_perceptron(x, torch.tensor(targets).float(), 1)
        assert w.tolist() == (x @ torch.tensor(errors)).tolist()
        assert b.item() == sum(errors)
        assert mistakes == [sum(error != 0 for error in errors)]


@claim(
    r"For any weights, the unit now computes $\sum_i (w_i + x_i)\, x_i + b + 1 "
    r"= z + \sum_i x_i^2 + 1$.",
    "Take the weights <w1> and <w2>, the bias <b>, and the input (<x1>, <x2>), "
    r"for which the unit should fire: $z = -2 \cdot 1 + 0 \cdot 2 + 0 = <z>$, "
    "and it is silent.",
    "The rule makes the weights <v1> and <v2> and the bias <c>, and now $z = "
    r"-1 \cdot 1 + 2 \cdot 2 + 1 = <after>$.",
    "Squares are never negative, so the new $z$ is larger than the old by at "
    "least <least>; here it is larger by $1 + 4 + 1 = <rise>$.",
    "In the same way subtracting lowers $z$.",
)
def test_a_correction_moves_z_towards_the_target(
    w1, w2, b, x1, x2, z, v1, v2, c, after, least, rise
):
    x = torch.tensor([x1, x2])
    w, b = torch.tensor([w1, w2]), torch.tensor(b)
    assert pre_activation(x, w, b) == z
    assert neuron(x, w, b, step) == 0
    w, b = w + (1 - 0) * x, b + (1 - 0)
    assert (*w.tolist(), b.item()) == (v1, v2, c)
    assert pre_activation(x, w, b) == after == z + rise
    assert rise == 1 + x @ x

    generator = torch.Generator().manual_seed(0)
    for example in torch.randn(50, 3, 1, generator=generator):
        w, b, _ = train_perceptron(example, torch.zeros(1), passes=1)
        assert pre_activation(example[:, 0], w, b) <= -least


@claim(
    "Put the arrow $x$ at the tip of $w$: the new $w$ lies between the two, so "
    "it has turned towards $x$; if $x$ is subtracted, it turns away.",
)
def test_corrections_turn_the_arrow():
    generator = torch.Generator().manual_seed(0)
    cosine = torch.nn.functional.cosine_similarity
    w, x = torch.randn(2, 500, 2, generator=generator, dtype=torch.float64)
    assert (cosine(w + x, x) > cosine(w, x)).all()
    assert (cosine(w - x, x) < cosine(w, x)).all()


@claim(
    "One correction may be too small, or spoil another example, so the "
    "examples are shown again and again.",
)
def test_one_correction_may_be_too_small_or_spoil_another_example():
    x, no = torch.tensor([[3.0, -1.0]]), torch.zeros(2)
    w, b, mistakes = train_perceptron(x, no, passes=1)
    assert mistakes == [2]
    assert neuron(x[:, 1], w, b, step) != no[1], "corrected, and still wrong"
    assert train_perceptron(x, no, passes=9).mistakes[-1] == 0

    y = logical_and(PAIRS)
    w, b, _ = train_perceptron(PAIRS[:, :1], y[:1], passes=1)
    assert neuron(PAIRS[:, 0], w, b, step) == y[0]
    w, b, _ = train_perceptron(PAIRS, y, passes=1)
    assert neuron(PAIRS[:, 0], w, b, step) != y[0], "the last one spoilt it"
    assert train_perceptron(PAIRS, y, passes=9).mistakes[-1] == 0


def test_chance_is_explicit():
    with pytest.raises(TypeError, match=r"must be a torch.Generator"):
        two_groups(None)


@claim(
    "It sees them one by one, in passes, until a pass brings no mistake.",
    "Count is a whole number, <fewest> or more.",
)
def test_training_stops_after_the_last_pass_or_a_clean_one(fewest):
    single = torch.ones(1, 1), torch.ones(1)
    assert train_perceptron(*single, passes=int(fewest)).mistakes == [0]
    with pytest.raises(ValueError, match="passes must be at least"):
        train_perceptron(*single, passes=int(fewest) - 1)
    never = torch.tensor([[1.0, 1.0]]), torch.tensor([0.0, 1.0])
    assert len(train_perceptron(*never, passes=7).mistakes) == 7
    learnt = train_perceptron(PAIRS, logical_and(PAIRS), passes=100)
    assert learnt.mistakes.index(0) == len(learnt.mistakes) - 1


@pytest.mark.parametrize(
    ("y", "passes", "error", "said"),
    [
        ([0, 1, 2, 1], 5, ValueError, "y must hold only 0 and 1, .* holds 2"),
        ([0, 1, 1], 5, ValueError, r"y must .* with m = 4, but has \(3,\)"),
        ([0, 1, 1, 1], 0, ValueError, "passes must be at least 1"),
        ([0, 1, 1, 1], 2.0, TypeError, "passes must be a whole number"),
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
    assert 2.5 < x.abs().max() <= 3


@claim(
    "The artificial neuron, with the names of the living cell's parts.",
    "<inputs> arrows lead from the inputs x1 to x3 into <boxes> boxes, the "
    "weights w1 to w3.",
    "A fourth leads from the number <constant> into a box of its own, the "
    "bias b.",
    "<dendrites> arrows, the dendrites, lead from the boxes into a circle, "
    "the cell body.",
    "Its left half is marked with a sum sign and named summation, its right "
    "half shows a step and is named threshold; an arrow carries z from the "
    "<one> to the other.",
    "<axons> arrow, the axon, leaves it and leads to the output a.",
)
def test_figure_of_the_neuron_names_its_parts(
    inputs, boxes, constant, dendrites, one, axons, diagram
):
    sheet, words = diagram
    named = {"dendrites", "cell body", "axon", "summation", "threshold"}
    assert {*named, "weights", "bias", "$z$", "$a$"} <= words.keys()
    assert {f"$x_{i}$" for i in (1, 2, 3)} <= words.keys()
    assert {f"$w_{i}$" for i in (1, 2, 3)} <= words.keys()
    assert {"$b$", f"${constant:g}$"} <= words.keys()
    assert inputs == boxes == 3
    *weights, cell = sheet.patches
    assert len(weights) == boxes + 1
    (middle, _), radius = cell.center, cell.radius
    ends = [end[0] for _, end, _ in drawing.arrows(sheet)]
    before = min(patch.get_x() for patch in weights)
    assert sum(end < before for end in ends) == inputs + 1
    assert sum(before < end < middle - radius / 2 for end in ends) == dendrites
    assert sum(abs(end - middle) < radius / 2 for end in ends) == one
    assert sum(end > middle + radius for end in ends) == axons
    assert len(ends) == inputs + 1 + dendrites + one + axons


@claim(
    "On it $z = <height>$; on the shaded side the unit fires, on the other "
    "it does not.",
    "All open circles, the points with target <circles>, lie below it, and "
    "all filled squares, those with target <squares>, above.",
    "A straight line falls gently from left to right, and the side above it "
    "is shaded.",
    "A plane with axes x1 and x2.",
    "What the perceptron has learnt: a straight line.",
)
def test_figure_of_the_perceptron_shows_a_line_that_parts(
    height, circles, squares
):
    (axes,) = draw_perceptron().axes
    line, *_ = axes.lines
    points = drawing.classes(axes)
    (left, right), (start, end) = line.get_data()
    slope = (end - start) / (right - left)

    def above(points):
        return points[:, 1] > start + slope * (points[:, 0] - left)

    assert above(points[squares]).all()
    assert not above(points[circles]).any()
    assert -1 < slope < 0, "it falls gently: by less than it goes right"
    x, y, (w, b, _) = learnt()
    for target, shown in points.items():
        assert torch.equal(shown.T, x[:, y == target])
        assert (neuron(shown.T, w, b, step) == target).all()
    along = torch.tensor(line.get_xydata()).T
    assert (pre_activation(along, w, b) - height).abs().max() < 1e-12
    assert drawing.shaded(axes, x.T).tolist() == (y == squares).tolist()
    assert axes.get_xlabel() == "$x_1$"
    assert axes.get_ylabel() == "$x_2$"


def learnt():
    """Return what the figure of the perceptron shows: points and weights."""
    x, y = two_groups(torch.Generator().manual_seed(1))
    return x, y, train_perceptron(x, y, passes=100)


@claim(
    "The arrow goes <right> to the right and <up> up, which are the weights "
    "printed above; with the bias of <bias> they put the line at a distance "
    "of <distance> from (<x>, <y>).",
    "An arrow w leads from (<x1>, <x2>) steeply upwards and crosses the "
    "line at a right angle.",
)
def test_figure_of_the_perceptron_shows_its_weights(
    right, up, bias, distance, x, y, x1, x2
):
    (axes,) = draw_perceptron().axes
    (start, tip, _), *others = drawing.arrows(axes)
    assert not others
    assert start == (x, y) == (x1, x2) == (0, 0)
    _, _, (w, b, _) = learnt()
    assert tip == tuple(w.tolist())
    assert (round(tip[0], 2), round(tip[1], 2)) == (right, up)
    assert b == bias
    line = torch.tensor(axes.lines[0].get_xydata())
    assert ((line[1] - line[0]) @ w).abs() < 1e-9
    assert axes.get_aspect() == 1, "or a right angle would not look like one"
    nearest = line.mean(dim=0)
    assert nearest.norm().item() == pytest.approx(distance, abs=0.005)
    assert "$w$" in {text.get_text() for text in axes.texts}


@claim(
    "The numbers printed above are this line: where $w_1 x_1 + w_2 x_2 + b = "
    "<height>$, $x_2 = -(w_1 x_1 + b) / w_2$.",
    "It falls by $w_1 / w_2 = <w1> / <w2>$, about <fall>, for each <right> to "
    "the right.",
    "The line behind the targets, $x_1 + <slant> x_2 = <level>$, falls by "
    "<other>; the two need not agree, since no points lie close to it and "
    "the rule stops at the first line that makes no mistake.",
)
def test_learnt_line_need_not_be_the_one_behind_the_targets(
    height, w1, w2, fall, right, slant, level, other
):
    x, y, (w, b, mistakes) = learnt()
    (axes,) = draw_perceptron().axes
    x1, x2 = torch.tensor(axes.lines[0].get_xydata()).T
    torch.testing.assert_close(x2, -(w[0] * x1 + b) / w[1])
    assert (w[0] * x1 + w[1] * x2 + b - height).abs().max() < 1e-12
    assert [round(number, 2) for number in w.tolist()] == [w1, w2]
    assert w1 * right / w2 == pytest.approx(fall, abs=0.005)
    above = x[0] + slant * x[1] - level
    assert torch.equal(above > 0, y == 1)
    assert above.abs().min() > 0.5
    assert other == 1 / slant
    assert 0 not in mistakes[:-1]
    assert mistakes[-1] == 0


def planes(count=50):
    """Return the weights (count, 2) and biases of neurons with two inputs."""
    generator = torch.Generator().manual_seed(0)
    w = torch.randn(count, 2, generator=generator, dtype=torch.float64)
    return w, torch.randn(count, generator=generator, dtype=torch.float64)


def foot(w, b):
    """Return the point at which the arrow from (0, 0) meets the line."""
    return -b / w.norm() * w / w.norm()


@claim(
    "Its inputs are the coordinates of a point, and unless both its weights "
    "are <none>, its $z$ is <height> along a straight line of the plane.",
    "On one side of this line $z$ is positive, and the step fires; on the "
    "other $z$ is negative, and it is silent; on the line itself $z = <on>$, "
    "and it fires.",
    "One neuron separates points by one straight line.",
)
def test_neuron_fires_on_one_side_of_its_line(none, height, on):
    assert step(torch.tensor(on)) == 1
    assert on == height
    flat = torch.full((2,), none, dtype=torch.float64)
    for x in planes()[0]:
        assert pre_activation(x, flat, flat[0] + 0.7) == 0.7, "no line"
    for w, b in zip(*planes(), strict=True):
        along = torch.stack((-w[1], w[0]))
        for walked in (-5, 0, 2):
            on_it = foot(w, b) + walked * along
            assert (pre_activation(on_it, w, b) - height).abs() < 1e-12
            for side, fires in ((1e-6, 1), (3, 1), (-1e-6, 0), (-3, 0)):
                assert neuron(on_it + side * w, w, b, step) == fires


@claim(
    "$z$ is <height> where you start and where you arrive, so the walk has "
    "added nothing to it: $w_1 d_1 + w_2 d_2 = <added>$.",
    "Their product is <product>, which is how slopes of lines at right "
    "angles multiply: the arrow $w$ is at right angles to the line.",
    "The slope of your walk, $d_2 / d_1$, is therefore $-w_1 / w_2$, while "
    "the arrow has the slope $w_2 / w_1$.",
)
def test_weights_are_at_right_angles_to_the_line(height, added, product):
    for w, b in zip(*planes(), strict=True):
        x1 = torch.tensor([-1.0, 2.0], dtype=torch.float64)
        line = torch.stack((x1, -(w[0] * x1 + b) / w[1]))
        assert (pre_activation(line, w, b) - height).abs().max() < 1e-12
        walk = line[:, 1] - line[:, 0]
        assert (w @ walk - added).abs() < 1e-12
        slopes = walk[1] / walk[0], w[1] / w[0]
        assert slopes[0].item() == pytest.approx((-w[0] / w[1]).item())
        assert (slopes[0] * slopes[1]).item() == pytest.approx(product)


@claim(
    "By Pythagoras the arrow has the length",
    "Walk a distance of <far> along it, which is $w_1 / |w|$ to the right "
    "and $w_2 / |w|$ up.",
    r"Then $z$ rises by $w_1 \cdot w_1 / |w| + w_2 \cdot w_2 / |w| = |w|$: "
    "the longer the arrow, the more steeply $z$ rises across the line.",
)
def test_length_of_the_weights_is_how_steeply_z_rises(far):
    for w, b in zip(*planes(), strict=True):
        x = torch.tensor([0.3, -1.2], dtype=torch.float64)
        walk = w / torch.hypot(*w)
        assert walk.norm().item() == pytest.approx(far)
        rise = pre_activation(x + walk, w, b) - pre_activation(x, w, b)
        assert rise.item() == pytest.approx(torch.hypot(*w).item())


@claim(
    "At the point (<x1>, <x2>), $z$ is just $b$.",
    r"Take $w = (<w1>, <w2>)$, whose length is $\sqrt{9 + <square>} = "
    "<length>$.",
    "To bring it to <nothing> you walk $-b / |w|$ along the arrow, and "
    "there is the line; if $b$ is positive, that is backwards.",
    "A change of $b$ moves the line and does not turn it.",
    "With $b = <b>$ the line is at a distance of <distance> from (0, 0), "
    "with $b = <other_b>$ at a distance of <other_distance>.",
)
def test_bias_moves_the_line_and_does_not_turn_it(
    x1,
    x2,
    w1,
    w2,
    square,
    length,
    nothing,
    b,
    distance,
    other_b,
    other_distance,
):
    start = torch.tensor([x1, x2], dtype=torch.float64)
    w = torch.tensor([w1, w2], dtype=torch.float64)
    along = torch.tensor([w2, -w1], dtype=torch.float64)
    assert w1**2 == 9
    assert w2**2 == square
    assert w.norm() == length
    for bias, far in ((b, distance), (other_b, other_distance)):
        nearest = foot(w, w.new_tensor(bias))
        assert pre_activation(start, w, w.new_tensor(bias)) == bias
        assert nearest.norm().item() == pytest.approx(far)
        for walked in (0, 1, -2):
            z = pre_activation(nearest + walked * along, w, w.new_tensor(bias))
            assert z.item() == pytest.approx(nothing, abs=1e-12)
        assert nearest @ w > 0
        assert foot(w, -w.new_tensor(bias)) @ w < 0, "a positive bias"


@claim(
    "<panels> panels.",
    "Left, <neurons> neurons with the same weights and different biases: "
    "their lines are parallel and at right angles to $w$.",
    "Left, the plane of the inputs x1 and x2, with an arrow w from (<x>, "
    "<y>) to (<w1>, <w2>).",
    "<lines> parallel lines cross it at right angles: for b = <none> "
    "through (0, 0), for b = <first> and b = <second> further along the "
    "arrow.",
)
def test_figure_shows_lines_at_right_angles_to_the_weights(
    panels, neurons, x, y, w1, w2, lines, none, first, second
):
    plane, *others = draw_geometry().axes
    assert 1 + len(others) == panels
    ((start, tip, _),) = drawing.arrows(plane)
    assert (start, tip) == ((x, y), (w1, w2))
    w = torch.tensor(tip, dtype=torch.float64)
    assert len(plane.lines) == neurons == lines
    names = [text for text in plane.texts if "b =" in text.get_text()]
    for line, name, b in zip(
        plane.lines, names, (none, first, second), strict=True
    ):
        ends = torch.tensor(line.get_xydata())
        assert (ends @ w + b).abs().max() < 1e-9
        assert 0 <= foot(w, w.new_tensor(b)).norm() < w.norm(), "it is crossed"
        assert name.get_text() == f"$b = {b:g}$"
        place = torch.tensor(name.get_position(), dtype=torch.float64)
        assert 0 < (place @ w + b) / w.norm() < 0.2, "the name is at its line"
    styles = [line.get_linestyle() for line in plane.lines]
    assert len(set(styles)) == len(styles)
    assert plane.get_aspect() == 1


@claim(
    "Right, the longer $w$ is, the more steeply $z$ rises across the line.",
    "Right, z against the distance from the line: <lines> straight lines "
    "through <nothing>, a solid one for an arrow of length <length>, and a "
    "dashed one, half as steep, for one of length <other>.",
)
def test_figure_shows_how_steeply_z_rises(lines, nothing, length, other):
    along = draw_geometry().axes[1]
    assert len(along.lines) == lines
    assert length == 2 * other
    for line, far, style in zip(
        along.lines, (length, other), ("-", "--"), strict=True
    ):
        distance, z = map(torch.as_tensor, line.get_data())
        torch.testing.assert_close(z, nothing + far * distance)
        assert line.get_linestyle() == style
    w = torch.tensor([3.0, 4.0])
    assert (w.norm(), (w / 2).norm()) == (length, other)
    words = [text.get_text() for text in along.texts]
    assert words == [rf"$|\,w\,| = {far:g}$" for far in (length, other)]
    assert along.get_ylabel() == "$z$"


def symbols_of_a_neuron(seed):
    """Return the signs of one neuron with 4 inputs, for 50 examples."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 50, generator=generator, dtype=torch.float64)
    w = torch.randn(4, generator=generator, dtype=torch.float64)
    b = torch.randn((), generator=generator, dtype=torch.float64)
    return {
        "x": list(x),
        "w": list(w),
        "b": b,
        "n": 4,
        "i": range(1, 5),
        "g": step,
        "z": pre_activation(x, w, b),
        "a": neuron(x, w, b, step),
        r"\theta": -b,
    }


def a_correction(examples):
    """Let a perceptron see two examples and be wrong about both.

    examples: (n, 2). Returns the signs of its rule at the second, and what
    weights and bias are afterwards.
    """
    no = torch.zeros(1, dtype=torch.float64)
    before = train_perceptron(examples[:, :1], no, passes=1)
    # turned so that it fires for the second, whose target is 0 too
    second = examples[:, 1] * 3 / (before.w @ examples[:, 1])
    output = neuron(second, before.w, before.b, step)
    assert output == 1
    both = torch.stack([examples[:, 0], second], dim=1)
    trained = train_perceptron(both, torch.cat([no, no]), passes=1)
    signs = {"w": list(before.w), "b": before.b, "x": list(second)}
    after = {"w": list(trained.w), "b": trained.b}
    return signs | {"y": no[0], "a": output}, after


def signs_of_the_proof(seed):
    """Return the signs of Novikoff's proof, by the formulas that use them."""
    u, c, longest, _, _ = separating(seed)
    visits = [*mistaken(seed)]
    w, x, _, z = visits[-2]
    proof = {"i": range(1, 4), "u": list(u), "w": list(w), "x": list(x), "z": z}
    rounded = longest * (1 + 1e-12)  # the first mistake may be the longest x
    proof |= {"c": c, "r": rounded, "k": len(visits) - 2}
    names = ("progress", "new-length", "slow-growth", "sum-of-squares")
    inline = (r"z = \sum_i w_i x_i", "mistakes")
    return dict.fromkeys((*names, *inline), proof)


@claim(
    "(by hand, easy) A perceptron has the weights <w1> and <w2> and the bias "
    "<b>, and the input (<x1>, <x2>) has the target <y>.",
    r"It is silent, since $z = 1 \cdot 2 - 2 \cdot 3 + 0 = <z>$.",
    r"So the weights become <v1> and <v2> and the bias <c>, and $z = 3 \cdot "
    r"2 + "
    r"1 \cdot 3 + 1 = <after>$: it has risen by <rise>.",
)
def test_fourth_exercise(w1, w2, b, x1, x2, y, z, v1, v2, c, after, rise):
    w, x = torch.tensor([w1, w2]).double(), torch.tensor([x1, x2]).double()
    b = w.new_tensor(b)
    assert pre_activation(x, w, b) == z
    error = y - step(pre_activation(x, w, b))
    w, b = w + error * x, b + error
    assert (*w.tolist(), b) == (v1, v2, c)
    assert pre_activation(x, w, b) == after == z + rise


@claim(
    "(by hand, medium) A neuron has the weights <w1> and <w2> and the bias "
    "<b>.",
    "How far from (<x>, <y>) is its line, and how steeply does $z$ rise across "
    "it?",
    r"The arrow has the length $\sqrt{36 + 64} = <length>$, so the line is at "
    r"a "
    "distance of <distance>, and $z$ rises by <rise> for each <far> across it.",
)
def test_fifth_exercise(w1, w2, b, x, y, length, distance, rise, far):
    w, b = torch.tensor([w1, w2]).double(), torch.tensor(b).double()
    assert w.norm() == length
    place = foot(w, b)
    assert abs(pre_activation(place, w, b)) < 1e-12
    assert math.dist(place, (x, y)) == pytest.approx(distance)
    there = pre_activation(place + far * w / w.norm(), w, b)
    assert there.item() == pytest.approx(rise)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    symbols = symbols_of_a_neuron(seed)
    rule, after = a_correction(torch.stack(symbols["x"])[:, :2])
    w, b, both = (torch.tensor(v).double() for v in ([2, -1], -1, [1, 1]))
    arrow = {"w": symbols["w"][:2]}
    walk = {"d": [-symbols["w"][1], symbols["w"][0]]}
    on_it = foot(torch.stack(arrow["w"]), symbols["b"])
    line = arrow | {"x": list(on_it)}
    others = {
        "length": arrow,
        r"w_1 \cdot w_1 / |w| + w_2 \cdot w_2 / |w| = |w|": arrow,
        "w_1 d_1 + w_2 d_2 = 0": arrow | walk,
        "perceptron-rule": rule,
        "w_1 x_1 + w_2 x_2 + b = 0": line,
        "x_2 = -(w_1 x_1 + b) / w_2": line,
        "w_1 / w_2 = 1.32 / 3.41": {"w": [1.32, 3.41]},
        r"z = -2 \cdot 1 + 0 \cdot 2 + 0 = -2": {"z": -2.0},
        r"z = -1 \cdot 1 + 2 \cdot 2 + 1 = 4": {"z": 4.0},
        r"z = 1 \cdot 2 - 2 \cdot 3 + 0 = -4": {"z": -4.0},
        r"z = 3 \cdot 2 + 1 \cdot 3 + 1 = 10": {"z": 10.0},
        r"z = 2 \cdot 1 - 1 \cdot 1 - 1 = 0": {"z": pre_activation(both, w, b)},
        "a = g(b)": {
            "a": neuron(
                torch.stack(symbols["x"]),
                torch.zeros(4).double(),
                symbols["b"],
                step,
            )
        },
    }
    given = ["w = (3, 4)", "x_1 + 2 x_2 = 1"]
    others |= signs_of_the_proof(seed)
    held = ("progress", "slow-growth", "mistakes")
    truths = {label: [torch.tensor(True)] for label in held}
    hold(
        "neuron.md",
        symbols,
        here=others,
        after=after,
        given=given,
        truths=truths,
    )


@pytest.mark.parametrize("dtype", agreement.DTYPES)
def test_logic_keeps_the_dtype_of_the_inputs(dtype):
    for unit, inputs in ((logical_and, 2), (logical_or, 2), (logical_not, 1)):
        assert unit(torch.zeros(inputs, dtype=dtype)).dtype == dtype


def test_training_wants_examples_as_columns():
    with pytest.raises(
        ValueError, match=r": x must have shape \(n, m\), but has"
    ):
        train_perceptron(torch.zeros(4), torch.zeros(4), passes=1)


def test_groups_are_those_of_their_seed():
    def groups(*count):
        return two_groups(torch.Generator().manual_seed(0), *count)

    x, y = groups()
    assert torch.equal(x, groups(80)[0])
    assert torch.equal(y, groups(80)[1])
    assert x.dtype == y.dtype == torch.float64
    assert x.shape == (2, len(y))


def test_groups_lose_only_what_is_close_to_the_line():
    """The strip is 6 wide and half a unit high, one twelfth of the square."""
    x, _ = two_groups(torch.Generator().manual_seed(0), 6000)
    assert x.shape[1] == pytest.approx(6000 * 11 / 12, rel=0.02)
    with pytest.raises(ValueError, match=": count must be at least 1"):
        two_groups(torch.Generator(), 0)


@pytest.fixture(scope="module")
def diagram():
    """The neuron's picture laid out: its sheet, arrows, and words' places."""
    figure = draw_neuron()
    drawing.lay_out(figure)
    return figure.axes[0], dict(drawing.words(figure))


def near(one, other, most):
    return math.dist(one, other) <= most


ROWS = [("$x_1$", "$w_1$"), ("$x_2$", "$w_2$"), ("$x_3$", "$w_3$")]
ROWS += [("$1$", "$b$")]  # the bias: the weight of an input that is always 1


def test_figure_leads_each_input_through_its_weight_to_the_cell(diagram):
    sheet, words = diagram
    *boxes, cell = sheet.patches
    arrows = drawing.arrows(sheet)
    to_weights, to_cell = arrows[0:8:2], arrows[1:8:2]
    heights = []
    for (x, w), patch, into, out in zip(
        ROWS, boxes, to_weights, to_cell, strict=True
    ):
        x, w = words[x], words[w]
        box = drawing.box(patch)
        heights.append(drawing.centre(box)[1])
        assert near(drawing.centre(box), drawing.centre(w), 0.04)
        assert box.containsx(w.x0)
        assert box.containsx(w.x1)
        start, end, _ = into
        assert 0 < start[0] - x.x1 < 0.2
        assert 0 < box.x0 - end[0] < 0.1
        assert start[1] == end[1] == pytest.approx(heights[-1])
        assert drawing.centre(x)[1] == pytest.approx(heights[-1], abs=0.04)
        start, end, _ = out
        assert near(start, (box.x1, heights[-1]), 0.05)
        assert start[0] > box.x1
        outside = math.dist(end, cell.center) - cell.radius
        assert 0 < outside < 0.12, "ends at the rim"
    assert heights == sorted(heights, reverse=True)
    assert sum(heights) / len(heights) == pytest.approx(cell.center[1])
    steps = [upper - lower for upper, lower in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 3)
    ends = [end[1] - cell.center[1] for _, end, _ in to_cell]
    assert ends == pytest.approx([-end for end in reversed(ends)])
    assert ends == sorted(ends, reverse=True)


def test_figure_bends_dendrites_towards_the_cell(diagram):
    """The lower ones mirror the upper ones, and none bends much."""
    sheet, _ = diagram
    bends = [
        text.arrow_patch.get_connectionstyle().rad
        for text in sheet.texts
        if isinstance(text, Annotation)
    ]
    first, second, third, fourth = bends[1:8:2]
    assert (first, second) == (-fourth, -third)
    assert -0.5 < first < second < 0
    assert bends[0:8:2] == [0, 0, 0, 0]


def test_figure_has_sum_and_step_in_the_two_halves_of_the_cell(diagram):
    sheet, words = diagram
    cell = sheet.patches[-1]
    (x, y), radius = cell.center, cell.radius
    below, above, step_line = sheet.lines
    for wall, side in ((below, -1), (above, 1)):
        assert list(wall.get_xdata()) == [x, x]
        assert wall.get_ydata()[1] == y + side * radius
        assert 0.2 < side * (wall.get_ydata()[0] - y) < radius / 2
    (start, end, _) = drawing.arrows(sheet)[-2]
    assert start[0] - x == pytest.approx(x - end[0])
    assert start[1] == end[1]
    assert drawing.centre(words["$z$"])[0] == pytest.approx(x)
    assert 0 < words["$z$"].y0 - start[1] < 0.15
    left, right = words[r"$\sum$"], step_line.get_xydata()
    middles = drawing.centre(left)[0] - x, right[:, 0].mean() - x
    assert middles[0] == pytest.approx(-middles[1], abs=0.03)
    assert drawing.centre(left)[1] == pytest.approx(y, abs=0.05)
    assert x - radius < left.x0 < left.x1 < start[0]
    for point in right:
        assert math.dist(point, (x, y)) < radius
    first, second, third, fourth = right
    assert end[0] < first[0] < second[0] == third[0] < fourth[0]
    assert second[0] - first[0] == pytest.approx(fourth[0] - third[0])
    assert first[1] == second[1] < y < third[1] == fourth[1]
    assert y - first[1] == pytest.approx(fourth[1] - y)


def test_figure_sends_the_output_along_the_axon(diagram):
    sheet, words = diagram
    (x, y), radius = sheet.patches[-1].center, sheet.patches[-1].radius
    start, end, _ = drawing.arrows(sheet)[-1]
    assert 0 < start[0] - (x + radius) < 0.1
    assert 0 < words["$a$"].x0 - end[0] < 0.2
    assert start[1] == end[1] == y
    assert drawing.centre(words["$a$"])[1] == pytest.approx(y, abs=0.03)


def test_figure_puts_each_name_at_what_it_names(diagram):
    sheet, words = diagram
    cell = sheet.patches[-1]
    (x, y), radius = cell.center, cell.radius
    weight = drawing.box(sheet.patches[0])
    middles = {word: drawing.centre(box) for word, box in words.items()}
    assert middles["weights"][0] == pytest.approx(drawing.centre(weight)[0])
    assert 0 < words["weights"].y0 - weight.y1 < 0.2
    dendrite = drawing.arrows(sheet)[1]
    halfway = (dendrite[0][0] + dendrite[1][0]) / 2
    assert middles["dendrites"][0] == pytest.approx(halfway, abs=0.1)
    assert -0.1 < words["dendrites"].y0 - dendrite[0][1] < 0.2
    bias = drawing.box(sheet.patches[-2])
    assert middles["bias"][0] == pytest.approx(drawing.centre(bias)[0])
    assert 0 < bias.y0 - words["bias"].y1 < 0.2
    assert middles["cell body"][0] == pytest.approx(x)
    assert 0 < words["cell body"].y0 - (y + radius) < 0.4
    start, end, _ = drawing.arrows(sheet)[-1]
    assert start[0] < words["axon"].x0 < words["axon"].x1 < end[0]
    assert 0 < words["axon"].y0 - y < 0.2
    assert words["summation"].x1 < x < words["threshold"].x0
    assert x - words["summation"].x1 == pytest.approx(
        words["threshold"].x0 - x, abs=0.03
    )
    for word in ("summation", "threshold"):
        assert 0 < (y - radius) - words[word].y1 < 0.4


def test_legend_of_the_perceptron_stands_beside_the_points():
    figure = draw_perceptron()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    box = axes.get_legend().get_window_extent()
    assert box.x0 > axes.bbox.x1
    middle = (axes.bbox.y0 + axes.bbox.y1) / 2
    assert (box.y0 + box.y1) / 2 == pytest.approx(middle, abs=5)


def test_figure_of_the_perceptron_has_its_frame_and_legend():
    (axes,) = draw_perceptron().axes
    assert drawing.styles(axes) == {
        "$z = 0$": "-",
        "target 1": "s",
        "target 0": "o",
    }
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["the unit fires", *drawing.styles(axes)]
    assert drawing.frame(axes) == ((-3.6, 3.6), (-3.6, 3.6))
    assert drawing.ticks(axes) == ([-2, 0, 2], [-2, 0, 2])
    assert axes.yaxis.label.get_rotation() == 0
