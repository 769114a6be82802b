import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from snippets.neuron import (
    draw_gates,
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
from tests.tensors import double, random, refuses

PAIRS = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
ZERO = torch.tensor(0.0)
SEEDS = range(20)
THE_PAGES = 4618  # of the groups that it draws


@claim(
    "For three inputs that is $w_1 x_1 + w_2 x_2 + w_3 x_3$, plus the bias.",
    r"$\sum_{i=<start>}^{n}$ | add up what follows, for $i = <first>$, $i = "
    "<second>$ and so on up to $n$",
    "w @ x, the dot product, multiplies place by place and adds up.",
)
@given(
    pairs=st.lists(
        st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)),
        min_size=1,
        max_size=9,
    ),
    bias=st.floats(-1e3, 1e3),
)
def test_pre_activation_is_the_weighted_sum(said, pairs, bias):
    """Counting from 1, as the text does."""
    x, w = double(pairs).T
    assert said.start == said.first
    places = range(
        int(said.first), len(pairs) + 1, int(said.second - said.first)
    )
    by_hand = sum(x[i - 1] * w[i - 1] for i in places).item()
    z = pre_activation(x, w, double(bias)).item()
    assert z == pytest.approx(by_hand + bias, abs=1e-7)
    assert (w @ x).item() == pytest.approx(by_hand, abs=1e-7)


@claim(
    "Take two inputs, <x1> and <x2>, with the weights <w1> and <w2> and the "
    r"bias <b>: the sum is $3 \cdot 2 - 1 \cdot 1 - 4 = <z>$.",
    r"It does: $z = <u1> \cdot <p1> - <u2> \cdot <p2> - <c> = <zero>$, and "
    "the step fires at <place>.",
    "(by hand, easy) A neuron has the weights <weight> and <other>, the bias "
    "<bias> and the step as activation function.",
    "Does it fire for the input (<p1>, <p2>)?",
)
def test_examples_by_hand(said):
    w, x = double([[said.w1, said.w2], [said.x1, said.x2]])
    assert (*x, *w, said.b) == (2, 1, 3, -1, -4), "as in the formula"
    assert pre_activation(x, w, double(said.b)) == said.z
    w, x = double([[said.u1, -said.u2], [said.p1, said.p2]])
    assert (*w, -said.c) == (said.weight, said.other, said.bias)
    z = pre_activation(x, w, double(said.bias))
    assert z == said.zero == said.place
    assert neuron(x, w, double(said.bias), step) == 1


@claim(
    "One call takes a single example, or several of them side by side as the "
    "columns of a table.",
    "Weighted inputs and the bias arrive and are added up, and the sum "
    "decides whether it fires.",
    "Float means numbers with a decimal point, and the words in quotes name "
    "the sizes: x has n rows and, if there are several examples, m columns; "
    "the star says that a single example does without them.",
    "The same letter means the same size everywhere in a signature, so w has "
    'a weight for each row of x; "" is a single number.',
    "A call whose tensors do not fit is refused with a message that says why: "
    "@checked sees to that.",
)
def test_neuron_takes_one_example_or_several_and_no_other_shape():
    x, w, b = random(3, 7), random(3, seed=1), double(0.5)
    many = neuron(x, w, b, torch.tanh)
    alone = [neuron(example, w, b, torch.tanh) for example in x.T]
    assert_close(torch.stack(alone), many)
    assert many.shape == (7,)
    x, w, b = torch.ones(2), torch.tensor([1.0, -3.0]), torch.tensor(0.5)
    assert neuron(x, w, b, torch.relu) == 0
    assert neuron(x, w, b, lambda z: z) == -1.5
    assert neuron(x, w, b, step) == 0
    assert neuron(x, w, b + 1.5, step) == 1
    assert pre_activation(torch.tensor([torch.nan, 1]), x, ZERO).isnan()
    assert pre_activation(torch.tensor([torch.inf, 1]), x, ZERO) == torch.inf
    for error, words, call in (
        (ValueError, r"w must .*n = 3", (torch.ones(3), w, b)),
        (ValueError, r"w must .*n = 3", (torch.ones(3, 1), w, b)),
        (ValueError, r"x must", (torch.ones(2, 2, 2), w, b)),
        (ValueError, r"w must .*\(n,\)", (x, torch.ones(2, 1), b)),
        (ValueError, r"b must .*\(\)", (x, w, torch.zeros(1))),
        (TypeError, "x must have a floating", (torch.ones(2).int(), w, b)),
        (TypeError, "w must be a torch.Tensor", (x, [1.0, 1.0], b)),
        (TypeError, "but x has torch.float32 and w has", (x, w.double(), b)),
        (TypeError, "x and b .* b has torch.float64", (x, w, b.double())),
    ):
        refuses(error, words, pre_activation, *call)


def test_refuses_what_does_not_fit():
    x, half = torch.ones(2), torch.tensor([0.5, 1])
    refuses(
        TypeError, "g must be a function, but None", neuron, x, x, ZERO, None
    )
    for unit in (logical_and, logical_or, logical_not):
        refuses(TypeError, "x must be a torch.Tensor", unit, [0.0, 1.0])
        refuses(ValueError, "x must have shape", unit, torch.zeros(3))
    for error, words, call in (
        (TypeError, ": x and w must share one dtype", (x, x.double(), 1)),
        (TypeError, ": x and w must share one dtype", (x.double(), x, 1)),
        (ValueError, "x must hold only 0 and 1, .* 0.5", (half, x, 1)),
        (ValueError, "w must hold only -1 and 1, .* 2", (x, 2 * x, 1)),
        (TypeError, "theta must be a number", (x, x, "1")),
    ):
        refuses(error, words, mcculloch_pitts, *call)
    y = torch.tensor([0.0, 1, 1, 1])
    for error, words, call in (
        (ValueError, "y must hold only 0 and 1, .* holds 2", (PAIRS, 2 * y, 5)),
        (
            ValueError,
            r"y must .* with m = 4, but has \(3,\)",
            (PAIRS, y[1:], 5),
        ),
        (ValueError, r": x must have shape \(n, m\), but", (y, y, 1)),
        (ValueError, "passes must be at least 1", (PAIRS, y, 0)),
        (TypeError, "passes must be a whole number", (PAIRS, y, 2.0)),
        (TypeError, "x and y must share one dtype", (PAIRS, y.double(), 1)),
    ):
        refuses(error, words, train_perceptron, *call)
    refuses(TypeError, "must be a torch.Generator", two_groups, None)
    words = ": count must be at least 1"
    refuses(ValueError, words, two_groups, torch.Generator(), 0)


@pytest.mark.parametrize("property_", agreement.ALWAYS)
def test_step_is_well_behaved(property_):
    property_(step)


@claim(
    "The first activation function here is a decision, the step function: "
    "where $z$ is <from_there> or more it gives <fires>, and the neuron "
    "fires; elsewhere it gives <silent>, and the neuron stays silent.",
    "The function that is <left> below <jump> and <right> from there on: to "
    "fire or not.",
    'Here "any" means any shape: the step is taken number by number.',
    "torch.where chooses number by number too: where its first argument is"
    " true it takes the second, elsewhere the third.",
    ".to(z.dtype) makes <fires> and <silent> of true and false.",
    "A NaN, not a number, is what torch gives where there is no result, as "
    "for <above>/<below>; the step passes it on, so that the fault stays in "
    "sight.",
    "Only the step decides whether: the step has only <values> values, and is "
    "flat but for <jumps> jump between them.",
)
def test_step_fires_at_zero_and_above(said):
    z = said.from_there + double([-torch.inf, -1e-30, 0, 1e-30, torch.inf])
    assert said.from_there == said.jump
    assert step(z).tolist() == [said.silent] * 2 + [said.fires] * 3
    assert (said.left, said.right) == (said.silent, said.fires)
    for shape in ((), (4,), (2, 3, 4)):
        z = random(*shape)
        alone = torch.stack([step(number) for number in z.flatten()])
        assert torch.equal(step(z), alone.reshape(shape))
    undefined = double(said.above) / double(said.below)
    assert undefined.isnan()
    assert step(undefined).isnan()
    z = torch.linspace(-3, 3, 600)
    assert len(step(z).unique()) == said.values
    assert (step(z).diff() != 0).sum() == said.jumps


@claim(
    "The formula for $z$ has a bias instead, and it does the same work: the "
    r"sum reaches $\theta$ exactly when the sum minus $\theta$ reaches "
    "<reached>.",
    "and the step at <place> makes the same decision.",
    r"A unit with the threshold $\theta$ and one with the bias $-\theta$ "
    "decide alike, whatever the input.",
    r"A threshold $\theta$ and a bias of $-\theta$ do the same work.",
    "The threshold, set by hand, is the number of votes that the unit asks "
    "for.",
    "Training changes the threshold as well: it is a bias with its sign "
    r"turned, $b = -\theta$, and a bias is learnt as a weight is.",
)
@given(
    theta=st.integers(-5, 5),
    bits=st.lists(st.sampled_from([0.0, 1.0]), min_size=4, max_size=4),
    signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=4, max_size=4),
)
def test_threshold_is_minus_bias(said, theta, bits, signs):
    x, w = torch.tensor(bits), torch.tensor(signs)
    fires = x @ w >= theta
    assert fires == (x @ w - theta >= said.reached)
    assert neuron(x, w, torch.tensor(-float(theta)), step) == fires.float()
    assert mcculloch_pitts(x, w, theta) == fires.float()
    assert said.reached == said.place
    assert step(torch.tensor(said.place)) == 1
    assert step(torch.tensor(said.place - 1e-9)) == 0


@claim(
    "A bias can be trained like a weight, since it is one: the weight of an "
    "input that is always <constant>.",
    "Training changes the threshold as well: it is a bias with its sign "
    r"turned, $b = -\theta$, and a bias is learnt as a weight is.",
    "The rule here is that of his book of 1962, with the bias learnt as the "
    "weight of an input that is always <constant>.",
)
def test_bias_is_the_weight_of_a_constant_input(said):
    """It counts as such a weight, and is corrected as such a weight."""
    x, w = random(3, 7), random(4, seed=1)
    extended = torch.vstack([x, torch.full_like(x[:1], said.constant)])
    z = pre_activation(extended, w, double(0))
    assert_close(z, pre_activation(x, w[:3], w[3]))
    corrected = train_perceptron(extended[:, :1], double([0]), passes=1)
    assert corrected.w[3] == corrected.b != 0


@claim(
    "Here the inputs are <off> or <on>, and the weights <vote> or <counter>, "
    "so each input that is <active> is a vote for firing or against it.",
    "Bit is a tensor of 0s and 1s, Sign one of 1s and −1s, and Number a "
    "single number.",
    "(In their paper an inhibiting input forbids firing outright; here it is "
    "one vote against, which for NOT comes to the same.)",
)
def test_mcculloch_pitts_takes_votes_for_and_against(said):
    """And a vote against comes to the same as a veto for NOT alone."""

    def accepts(x, w):
        try:
            mcculloch_pitts(torch.tensor([x]), torch.tensor([w]), theta=0)
        except ValueError:
            return False
        return True

    numbers = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
    assert {x for x in numbers if accepts(x, 1.0)} == {said.off, said.on}
    votes = {w for w in numbers if accepts(1.0, w)}
    assert votes == {said.vote, said.counter}
    w = torch.tensor([said.vote] * 3 + [said.counter])
    x = torch.tensor([said.active, said.active, said.off, said.active])
    assert mcculloch_pitts(x, w, theta=1) == 1, "2 for it, 1 against"
    assert mcculloch_pitts(x, w, theta=2) == 0
    vetoed = torch.tensor([[0.0, 1.0]]).sum(dim=0) > 0
    by_veto = (~vetoed & (ZERO >= 0)).float()
    assert torch.equal(logical_not(torch.tensor([[0.0, 1.0]])), by_veto)
    outvoted = mcculloch_pitts(torch.ones(3), w[1:], 1)
    assert outvoted == 1, "which a veto cannot be"


@claim(
    "AND asks for both of its <votes> votes, so its threshold is <theta>; OR "
    "is content with <vote>.",
    "NOT has a single input, which votes against; its threshold is <none>, "
    "which the sum reaches only without that vote.",
    "(by hand, medium) Find weights and a threshold for NOR, which is <one> "
    "only where both inputs are <off>.",
    "Negate OR: weights <w1> and <w2>, threshold <threshold>.",
    "The sum is <zeroth>, <second>, <first> or <both>, and only the first "
    "reaches <wanted>.",
)
def test_logic(said):
    w = torch.ones(int(said.votes))
    for found, wanted in (
        (mcculloch_pitts(PAIRS, w, said.theta), [0, 0, 0, 1]),
        (mcculloch_pitts(PAIRS, w, said.vote), [0, 1, 1, 1]),
        (mcculloch_pitts(PAIRS[:1], -w[:1], said.none), [1, 1, 0, 0]),
        (logical_and(PAIRS), [0, 0, 0, 1]),
        (logical_or(PAIRS), [0, 1, 1, 1]),
        (logical_not(PAIRS[:1]), [1, 1, 0, 0]),
    ):
        assert found.tolist() == wanted
    w = torch.tensor([said.w1, said.w2])
    nor = mcculloch_pitts(PAIRS, w, said.threshold)
    assert torch.equal(nor == said.one, PAIRS.eq(said.off).all(dim=0))
    sums = [said.zeroth, said.second, said.first, said.both]
    assert (w @ PAIRS).tolist() == sums
    assert said.wanted == said.threshold
    assert [z >= said.wanted for z in sums] == [True, False, False, False]
    for dtype in agreement.DTYPES:
        for unit, inputs in (
            (logical_and, 2),
            (logical_or, 2),
            (logical_not, 1),
        ):
            found = unit(torch.zeros(inputs, dtype=dtype))
            assert (found.dtype, found.shape) == (dtype, ())


@claim(
    "(predict, easy) All weights of a neuron are <weight>.",
    "The same output for every input: $a = g(b)$.",
)
def test_without_weights_only_the_bias_speaks(said):
    w = torch.full((4,), said.weight).double()
    for b in double([-0.7, 0, 2]):
        for g in (step, torch.tanh, torch.relu):
            assert (neuron(9 * random(4, 50), w, b, g) == g(b)).all()


def groups(seed, *count):
    return two_groups(torch.Generator().manual_seed(seed), *count)


def mistaken(seed):
    """Yield w, x, y and z at each mistake, with the bias in w and a 1 in x.

    Points come from two groups, in turn, until a pass brings no mistake.
    """
    x, y = groups(seed)
    x = torch.vstack([x, torch.ones_like(y)])
    w, wrong = double([0, 0, 0]), True
    while wrong:
        wrong = False
        for example, target in zip(x.T, y, strict=True):
            if step(w @ example) != target:
                yield w, example, target, w @ example
                w, wrong = w + (2 * target - 1) * example, True
    yield w, None, None, None


def separating(seed):
    """Return u, for the line x1 + 2 x2 = 1, the margin c, and R."""
    x, y = groups(seed)
    x = torch.vstack([x, torch.ones_like(y)])
    u = double([1, 2, -1]) / 6**0.5
    return u, (u @ x).abs().min(), x.norm(dim=0).max(), u @ x, y


@claim(
    "Give each input a last entry that is always <constant>, and each list of "
    r"weights its bias as the last entry; then $z = \sum_i w_i x_i$.",
    "Let $u$ be the weights of a line that separates the groups and passes "
    "through no point, scaled to the length <one>.",
    "The points are finitely many and none lies on the line, so there is a "
    "smallest size, and it is not <zero>: the margin $c$.",
    "As $w$ starts at <start>, after $k$ mistakes",
    "Since $u$ has the length <same>, the first and the last term on the "
    r"right are both $|w|^2$, and so the whole is $2 |w| (|w| - \sum_i u_i "
    "w_i)$.",
    "So no mistake adds more than $r^2$ to the square of the length, and "
    "after $k$ mistakes",
    r"For each point $\sum_i u_i x_i$ is positive if the target is <yes>, and "
    "negative if it is <no>.",
    "A mistake adds $x$ to $w$ if the target is <added>, and subtracts it if "
    "the target is <subtracted>.",
    r"If the target is <added>, $\sum_i u_i w_i$ grows by $\sum_i u_i x_i$, "
    r"which is positive; if it is <subtracted>, by $-\sum_i u_i x_i$, which "
    "is positive too.",
    "So it grows by at least $c$.",
    "The term in the middle is $2z$, and $z$ is negative, or the unit would "
    "have fired; the last term is $r^2$ at most.",
    "If $x$ is subtracted, the term in the middle is $-2z$, and $z$ is not "
    "negative, or the unit would have been silent.",
    r"It is not negative; divide it by $2 |w|$, and $\sum_i u_i w_i$ is at "
    "most $|w|$.",
    r"($|w|$ is not <zero>, since by the first step $\sum_i u_i w_i$ is "
    "positive.)",
    r"Put the <three> together: $k c$ is at most $\sum_i u_i w_i$, which is "
    r"at most $|w|$, which is at most $\sqrt{k}\, r$.",
    "If some straight line separates the two groups, the rule finds one after "
    "a finite number of mistakes; Rosenblatt proved it, and so did Minsky and "
    "Papert.",
    "A McCulloch-Pitts unit computes what its maker knew; a perceptron learns "
    "from examples, if a straight line can tell them apart.",
    "The bound allows for the worst case; here the rule made far fewer "
    "mistakes.",
)
@pytest.mark.parametrize("seed", [*SEEDS, THE_PAGES])
def test_mistakes_turn_the_weights_faster_than_they_lengthen_them(seed, said):
    """So they come to an end. Far fewer: by a factor of 5 and more."""
    u, c, longest, sides, y = separating(seed)
    assert u.norm().item() == pytest.approx(said.one)
    assert said.same == said.one
    assert (sides[y == said.yes] > 0).all()
    assert (sides[y == said.no] < 0).all()
    assert sides.abs().min() == c > said.zero
    visits = [*mistaken(seed)]
    assert (visits[0][0] == said.start).all()
    for k, (before, after) in enumerate(pairwise(visits), start=1):
        w, x, target, z = before
        sign = {said.added: 1, said.subtracted: -1}[target.item()]
        assert torch.equal(after[0], w + sign * x)
        grown = u @ after[0] - u @ w
        assert grown.item() == pytest.approx((sign * u @ x).item())
        assert u @ after[0] > said.zero < after[0].norm()
        assert grown >= c - 1e-12
        assert z < 0 if sign > 0 else z >= 0
        assert x.norm() <= longest
        assert x[-1] == said.constant
        length = after[0].norm()
        assert length**2 <= w @ w + longest**2 + 1e-9
        whole = (w.norm() * u - w).square().sum()
        assert_close(whole, 2 * w.norm() * (w.norm() - u @ w))
        steps = [k * c, u @ after[0], length, k**0.5 * longest]
        assert len(steps) == said.three + 1
        assert all(low <= high + 1e-9 for low, high in pairwise(steps))
    x, y = groups(seed)
    w, b, mistakes = train_perceptron(x, y, passes=500)
    assert torch.equal(neuron(x, w, b, step), y)
    assert mistakes[-1] == 0
    assert_close(visits[-1][0], torch.cat([w, b.unsqueeze(0)]))
    assert 5 * sum(mistakes) == 5 * (len(visits) - 1) < (longest / c) ** 2


@claim(
    "The perceptron's rule changes the weights and the bias.",
    "All <cases> cases are one rule, since the difference $y - a$ is <right> "
    "in the first, <missed> in the second and <mistaken> in the third:",
    "If the unit's output $a$ is the target, change nothing.",
    "If the unit stayed silent and should have fired, add the input to the "
    "weights and <missed> to the bias; if it fired and should not have, "
    "subtract them.",
)
def test_corrections_add_the_difference_times_the_input(said):
    """From nothing, where z = 0 and the unit fires, one example at a time."""
    assert len({said.right, said.missed, said.mistaken}) == said.cases
    x = torch.tensor([[3.0, 1.0], [-2.0, -4.0]])
    for targets, differences in (
        ([1, 1], [said.right, said.right]),
        ([0, 0], [said.mistaken, said.right]),
        ([0, 1], [said.mistaken, said.missed]),
    ):
        w, b, mistakes = train_perceptron(x, torch.tensor(targets).float(), 1)
        assert w.tolist() == (x @ torch.tensor(differences)).tolist()
        assert b == sum(differences)
        assert mistakes == [sum(one != 0 for one in differences)]


@claim(
    r"For any weights, the unit now computes $\sum_i (w_i + x_i)\, x_i + b + "
    r"1 = z + \sum_i x_i^2 + 1$.",
    "Take the weights <w1> and <w2>, the bias <b>, and the input (<x1>, "
    r"<x2>), for which the unit should fire: $z = -2 \cdot 1 + 0 \cdot 2 + 0 "
    "= <z>$, and it is silent.",
    "The rule makes the weights <v1> and <v2> and the bias <c>, and now $z = "
    r"-1 \cdot 1 + 2 \cdot 2 + 1 = <after>$.",
    "Squares are never negative, so the new $z$ is larger than the old by at "
    "least <least>; here it is larger by $1 + 4 + 1 = <rise>$.",
    "In the same way subtracting lowers $z$.",
    "Put the arrow $x$ at the tip of $w$: the new $w$ leads from the start of "
    "$w$ to the tip of $x$, in a direction between those of the two, so it has "
    "turned towards $x$; if $x$ is subtracted, it turns away.",
)
def test_a_correction_moves_z_towards_the_target(said):
    x = torch.tensor([said.x1, said.x2])
    w, b = torch.tensor([said.w1, said.w2]), torch.tensor(said.b)
    assert pre_activation(x, w, b) == said.z
    assert neuron(x, w, b, step) == 0
    w, b = w + (1 - 0) * x, b + (1 - 0)
    assert (*w, b) == (said.v1, said.v2, said.c)
    assert pre_activation(x, w, b) == said.after == said.z + said.rise
    assert said.rise == 1 + x @ x
    for example in random(50, 3, 1):
        w, b, _ = train_perceptron(example, double([0]), passes=1)
        assert pre_activation(example[:, 0], w, b) <= -said.least
    cosine = torch.nn.functional.cosine_similarity
    w, x = random(2, 500, 2)
    from_w, to_x = cosine(w + x, w).acos(), cosine(w + x, x).acos()
    assert (from_w + to_x).numpy() == pytest.approx(cosine(w, x).acos())
    assert (cosine(w + x, x) > cosine(w, x)).all()
    assert (cosine(w - x, x) < cosine(w, x)).all()


@claim(
    "One correction may be too small, or spoil another example, so the "
    "examples are shown again and again.",
    "It sees them one by one, in passes, until a pass brings no mistake.",
    "Count is a whole number, <fewest> or more; a NamedTuple is a tuple whose "
    "places have names.",
)
def test_training_goes_on_until_a_pass_is_clean(said):
    x, no = torch.tensor([[3.0, -1.0]]), torch.zeros(2)
    fewest = int(said.fewest)
    w, b, mistakes = train_perceptron(x, no, passes=fewest)
    assert mistakes == [2]
    found = train_perceptron(x, no, passes=fewest)
    assert (found.w, found.b, found.mistakes) == tuple(found)
    assert neuron(x[:, 1], w, b, step) != no[1], "corrected, and still wrong"
    assert train_perceptron(x, no, passes=9).mistakes[-1] == 0
    refuses(ValueError, "passes must be", train_perceptron, x, no, fewest - 1)

    y = logical_and(PAIRS)
    w, b, _ = train_perceptron(PAIRS[:, :1], y[:1], passes=1)
    assert neuron(PAIRS[:, 0], w, b, step) == y[0]
    w, b, _ = train_perceptron(PAIRS, y, passes=1)
    assert neuron(PAIRS[:, 0], w, b, step) != y[0], "the last one spoilt it"
    mistakes = train_perceptron(PAIRS, y, passes=100).mistakes
    assert mistakes.index(0) == len(mistakes) - 1
    never = torch.tensor([[1.0, 1.0]]), torch.tensor([0.0, 1.0])
    assert len(train_perceptron(*never, passes=7).mistakes) == 7


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_leave_room_for_a_line(seed):
    """The strip is 6 wide and half a unit high, one twelfth of the square."""
    x, y = groups(seed, 6000)
    height = x[0] + 2 * x[1] - 1
    assert torch.equal(height > 0, y == 1)
    assert height.abs().min() > 0.5
    assert 2.9 < x.abs().max() <= 3
    assert x.shape[1] == pytest.approx(6000 * 11 / 12, rel=0.02)
    assert x.dtype == y.dtype == torch.float64
    assert torch.equal(groups(seed)[0], groups(seed, 80)[0])


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
def test_figure_of_the_neuron_leads_from_inputs_to_output(said):
    figure = draw_neuron()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    words = dict(drawing.words(figure))
    middles = {word: drawing.centre(box) for word, box in words.items()}
    *boxes, cell = sheet.patches
    (x, y), radius = cell.center, cell.radius
    *inputs, inner, axon = drawing.arrows(sheet)
    assert said.inputs == said.boxes == len(boxes) - 1 == 3
    assert len(inputs) == said.inputs + 1 + said.dendrites
    assert said.one == said.axons == 1
    rows = [(f"$x_{i}$", f"$w_{i}$") for i in (1, 2, 3)]
    rows += [(f"${said.constant:g}$", "$b$")]
    for (number, weight), patch, into, out in zip(
        rows, boxes, inputs[::2], inputs[1::2], strict=True
    ):
        box = drawing.box(patch)
        (across, up), rim = drawing.centre(box), math.dist(out[1], (x, y))
        assert math.dist(middles[weight], (across, up)) < 0.04
        assert middles[number][1] == pytest.approx(up, abs=0.04)
        assert 0 < into[0][0] - words[number].x1 < 0.2
        assert 0 < box.x0 - into[1][0] < 0.1
        assert into[0][1] == into[1][1] == pytest.approx(up)
        assert math.dist(out[0], (box.x1, up)) < 0.05
        assert 0 < rim - radius < 0.12
    heights = [box.get_y() for box in boxes]
    assert heights == sorted(heights, reverse=True)
    assert x - inner[0][0] == pytest.approx(inner[1][0] - x)
    assert inner[0][1] == inner[1][1] < words["$z$"].y0
    assert 0 < axon[0][0] - (x + radius) < 0.1
    assert 0 < words["$a$"].x0 - axon[1][0] < 0.2
    assert axon[0][1] == axon[1][1] == y
    *_, stairs = sheet.lines
    assert all(math.dist(p, (x, y)) < radius for p in stairs.get_xydata())
    assert (
        stairs.get_xdata()[0] > inner[1][0] > inner[0][0] > words[r"$\sum$"].x1
    )
    first, *_, last = stairs.get_ydata()
    assert first < y < last
    assert words["summation"].x1 < x < words["threshold"].x0
    for word, place in {
        "weights": drawing.centre(drawing.box(boxes[0])),
        "bias": drawing.centre(drawing.box(boxes[-1])),
        "dendrites": (2.4, y + 0.8),
        "cell body": (x, y + radius),
        "axon": ((axon[0][0] + axon[1][0]) / 2, y),
        "summation": (x - 0.5, y - radius),
        "threshold": (x + 0.5, y - radius),
        "$z$": (x, y),
        "$a$": (axon[1][0] + 0.2, y),
        r"$\sum$": (x - radius / 2, y),
    }.items():
        assert math.dist(middles[word], place) < 0.5, word


def learnt():
    """Return what the figure of the perceptron shows: points and weights."""
    x, y = groups(THE_PAGES)
    return x, y, train_perceptron(x, y, passes=100)


@claim(
    "On it $z = <height>$; on the shaded side the unit fires, on the other it "
    "does not.",
    "All open circles, the points with target <circles>, lie below it, and "
    "all filled squares, those with target <squares>, above.",
    "A straight line falls gently from left to right, and the side above it "
    "is shaded.",
    "A plane with axes x1 and x2.",
    "What the perceptron has learnt: a straight line.",
    "The arrow goes <across> to the right and <up> up, which are the weights "
    "printed above; with the bias of <bias> they put the line at a distance "
    "of <distance> from (<from_x>, <from_y>).",
    "An arrow w leads from (<x1>, <x2>) steeply upwards and crosses the line "
    "at a right angle.",
    "The targets of the two groups above were given by the line $x_1 + <slant> "
    "x_2 = <level>$, which is not the one that the perceptron found.",
    "The two need not agree, since no points lie close to the line that gave "
    "the targets, and the rule stops at the first line that makes no mistake.",
)
def test_figure_of_the_perceptron_shows_a_line_that_parts(said):
    """It falls gently: by less than it goes right."""
    figure = draw_perceptron()
    drawing.lay_out(figure)
    (axes,) = figure.axes
    x, y, (w, b, mistakes) = learnt()
    x1, x2 = double(axes.lines[0].get_xydata()).T
    slope = (x2.diff() / x1.diff()).item()
    assert -1 < slope < 0
    z = pre_activation(torch.stack([x1, x2]), w, b)
    assert (z - said.height).abs().max() < 1e-12
    for target, points in drawing.classes(axes).items():
        assert torch.equal(points.T, x[:, y == target])
        above = points[:, 1] > x2[0] + slope * (points[:, 0] - x1[0])
        assert (above == (target == said.squares)).all()
        assert (above == (target != said.circles)).all()
        assert (neuron(points.T, w, b, step) == target).all()
    assert torch.equal(drawing.shaded(axes, x.T), y == said.squares)

    ((start, tip, _),) = drawing.arrows(axes)
    assert start == (said.from_x, said.from_y) == (said.x1, said.x2) == (0, 0)
    assert tip == tuple(w.tolist())
    assert [round(v, 2) for v in tip] == [said.across, said.up]
    assert b == said.bias
    assert (double([x1.diff(), x2.diff()]) @ w).abs() < 1e-9
    assert axes.get_aspect() == 1, "or a right angle would not look like one"
    nearest = math.hypot(x1.mean(), x2.mean())
    assert nearest == pytest.approx(said.distance, abs=0.005)
    above = x[0] + said.slant * x[1] - said.level
    assert torch.equal(above > 0, y == 1)
    assert above.abs().min() > 0.5
    assert (w[1] / w[0] - said.slant).abs() > 0.05, "another line"
    assert mistakes.index(0) == len(mistakes) - 1

    assert "$w$" in {text.get_text() for text in axes.texts}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x_1$", "$x_2$")
    looks = {"$z = 0$": "-", "target 1": "s", "target 0": "o"}
    assert drawing.styles(axes) == looks
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["the unit fires", *looks]
    assert axes.get_legend().get_window_extent().x0 > axes.bbox.x1
    assert drawing.frame(axes) == ((-3.6, 3.6), (-3.6, 3.6))
    assert drawing.ticks(axes) == ([-2, 0, 2], [-2, 0, 2])


def foot(w, b):
    """Return the point at which the arrow from (0, 0) meets the line."""
    return -b / w.norm() * w / w.norm()


@claim(
    "Its inputs are the coordinates of a point, and its $z$ is <height> where "
    "$w_1 x_1 + w_2 x_2 + b = 0$: unless both weights are <none>, that is the "
    "equation of a straight line.",
    "On one side of this line $z$ is positive, and the step fires; on the "
    "other $z$ is negative, and it is silent; on the line itself $z = <on>$, "
    "and it fires.",
    "One neuron separates points by one straight line.",
    "$z$ is <height> where you start and where you arrive, so the walk has "
    "added nothing to it: $w_1 d_1 + w_2 d_2 = <added>$.",
    "Turned a quarter to the left, the arrow goes $w_2$ to the left and $w_1$ "
    "up.",
    "As a walk, with $d_1 = -w_2$ and $d_2 = w_1$, it adds $-w_1 w_2 + w_2 "
    "w_1 = <added>$, so it runs along the line: the arrow $w$ is at right "
    "angles to the line.",
    "By Pythagoras the arrow has the length",
    "Walk a distance of <far> along it, which is $w_1 / |w|$ to the right and "
    "$w_2 / |w|$ up.",
    r"Then $z$ rises by $w_1 \cdot w_1 / |w| + w_2 \cdot w_2 / |w| = |w|$: "
    "the longer the arrow, the more steeply $z$ rises across the line.",
)
def test_neuron_fires_on_one_side_of_its_line(said):
    """Its arrow is at right angles to it, and its length is how z rises."""
    flat = torch.full((2,), said.none).double()
    x = double([0.3, -1.2])
    assert step(double(said.on)) == 1
    assert said.on == said.height
    for w, b in zip(random(50, 2), random(50, seed=1), strict=True):
        assert pre_activation(w, flat, flat[0] + 0.7) == 0.7, "no line"
        x1 = double([-1, 2])
        line = torch.stack((x1, -(w[0] * x1 + b) / w[1]))
        assert (pre_activation(line, w, b) - said.height).abs().max() < 1e-12
        walk = line[:, 1] - line[:, 0]
        assert (w @ walk - said.added).abs() < 1e-12
        slopes = walk[1] / walk[0], w[1] / w[0]
        assert_close(slopes[0], -w[0] / w[1])
        assert (slopes[0] * slopes[1]).item() == pytest.approx(-1)
        for side, fires in ((1e-6, 1), (3, 1), (-1e-6, 0), (-3, 0)):
            beside = line + side * w.unsqueeze(1)
            assert (neuron(beside, w, b, step) == fires).all()
        walk = w / torch.hypot(*w)
        assert walk.norm().item() == pytest.approx(said.far)
        rise = pre_activation(x + walk, w, b) - pre_activation(x, w, b)
        assert_close(rise, torch.hypot(*w))


@claim(
    "At the point (<x1>, <x2>), $z$ is just $b$.",
    r"$\lvert w \rvert$ | the length of $w$, the root of the sum of its "
    "squares",
    r"Take $w = (<w1>, <w2>)$, whose length is $\sqrt{9 + <square>} = "
    "<length>$.",
    "To bring it to <nothing> you walk $-b / |w|$ along the arrow, and there "
    "is the line; if $b$ is positive, that is backwards.",
    "A change of $b$ moves the line and does not turn it.",
    "With $b = <b>$ the line is at a distance of <distance> from (0, 0), with "
    "$b = <other_b>$ at a distance of <other_distance>.",
)
def test_bias_moves_the_line_and_does_not_turn_it(said):
    start, w = double([said.x1, said.x2]), double([said.w1, said.w2])
    along = double([said.w2, -said.w1])
    assert (w.square().tolist(), w.norm()) == ([9, said.square], said.length)
    assert w.square().sum().sqrt() == said.length
    far = {said.b: said.distance, said.other_b: said.other_distance}
    for bias, distance in far.items():
        b = double(bias)
        assert pre_activation(start, w, b) == bias
        assert foot(w, b).norm().item() == pytest.approx(distance)
        for walked in (0, 1, -2):
            z = pre_activation(foot(w, b) + walked * along, w, b)
            assert z.item() == pytest.approx(said.nothing, abs=1e-12)
        assert foot(w, b) @ w > 0 > foot(w, -b) @ w, "a positive bias"


@claim(
    "<panels> panels.",
    "Left, <neurons> neurons with the same weights and different biases: "
    "their lines are parallel and at right angles to $w$.",
    "Left, the plane of the inputs x1 and x2, with an arrow w from (<x>, <y>) "
    "to (<w1>, <w2>).",
    "<lines> parallel lines cross it at right angles: for b = <none> through "
    "(0, 0), for b = <first> and b = <second> further along the arrow.",
    "Right, $z$ against the distance from the line, negative on the silent "
    "side: the longer $w$ is, the more steeply $z$ rises.",
    "A dot marks the input (<x1>, <x2>), at a small distance from the line for "
    "b = <first>.",
    "The dot is the input (<x1>, <x2>), filled since the neuron with $b = "
    r"<first>$ fires for it: it lies <apart> from the line, and its $z$ is "
    r"$<length> \cdot <away> = <sum>$.",
    "Right, z against the distance from the line: <rising> straight lines "
    "through <nothing>, a solid one for an arrow of length <length>, and a "
    "dashed one, half as steep, for one of length <other>.",
)
def test_figure_of_the_geometry(said):
    plane, along = axes = draw_geometry().axes
    assert len(axes) == said.panels
    ((start, tip, _),) = drawing.arrows(plane)
    assert (start, tip) == ((said.x, said.y), (said.w1, said.w2))
    w = double(tip)
    assert len(plane.lines) == said.neurons == said.lines
    names = [text for text in plane.texts if "b =" in text.get_text()]
    biases = said.none, said.first, said.second
    for line, name, b in zip(plane.lines, names, biases, strict=True):
        assert (double(line.get_xydata()) @ w + b).abs().max() < 1e-9
        assert 0 <= foot(w, double(b)).norm() < w.norm(), "it is crossed"
        assert name.get_text() == f"$b = {b:g}$"
        place = double(name.get_position())
        assert 0 < (place @ w + b) / w.norm() < 0.2, "the name is at its line"
    assert len({line.get_linestyle() for line in plane.lines}) == said.lines
    assert plane.get_aspect() == 1

    assert len(along.lines) == said.rising
    lengths = said.length, said.other
    assert lengths == (w.norm(), (w / 2).norm())
    for line, far, style in zip(along.lines, lengths, ["-", "--"], strict=True):
        distance, z = map(torch.as_tensor, line.get_data())
        assert_close(z, said.nothing + far * distance)
        assert distance.min() < 0 < distance.max()
        assert torch.equal(step(z) == 0, distance < 0), "the silent side"
        assert line.get_linestyle() == style
    words = [text.get_text() for text in along.texts]
    assert words == [rf"$|\,w\,| = {far:g}$" for far in lengths]
    assert along.get_ylabel() == "$z$"
    spots = [axes.collections[0].get_offsets().tolist() for axes in axes]
    assert spots == [[[said.x1, said.x2]], [[said.away, said.sum]]]
    z = pre_activation(double(spots[0][0]), w, double(said.first))
    assert z == said.sum == said.length * said.away
    assert step(z) == 1
    assert said.apart == said.away


@claim(
    "The line stays, at the same distance of $<b> / <length> = <distance>$, "
    "but $z$ rises half as steeply.",
)
def test_half_a_neuron_has_the_same_line(said):
    w, b, x = double([3, 4]), double(-10), random(2, 100)
    assert ((w / 2).norm(), -b / 2) == (said.length, said.b)
    for scale in (1, 0.5):
        assert foot(scale * w, scale * b).norm() == said.distance
        z = pre_activation(x, scale * w, scale * b)
        assert_close(z, scale * pre_activation(x, w, b))


@claim(
    "Let the weights and the bias be any numbers, and many neurons compute "
    "AND: all those whose line has (<x1>, <x2>), and no other input, on the "
    "firing side.",
    "A plane with axes x1 and x2, and on it the four inputs of AND.",
    "A straight line falls from left to right, and the side above it is "
    "shaded.",
    "The filled square at (<x1>, <x2>), where the neuron should fire, lies "
    "there alone; the open circles at (<a>, <b>), (<c>, <d>) and (<e>, <f>), "
    "where it should be silent, lie below the line.",
    "An arrow w leads from (<x>, <y>) to (<w1>, <w2>) and crosses the line at "
    "a right angle.",
    "AND by a neuron with the weights <w1> and <w2> and the bias <bias>; the "
    "number at each input is its $z$.",
    "The number at each input is its z: <z1>, <z2>, <z3> and <z4>.",
    "Turn it into OR by changing the bias alone.",
    "Then find NAND, which is <no> where AND is <yes>, and <one> where AND is "
    "<none>.",
    "<most> is the most, whatever the weights and the bias; the next chapter "
    "says why, and what helps.",
)
def test_figure_of_the_gates(said):
    axes = draw_gates().axes[0]
    classes = drawing.classes(axes)
    assert classes[1].tolist() == [[said.x1, said.x2]]
    open_circles = [[said.a, said.b], [said.c, said.d], [said.e, said.f]]
    assert classes[0].tolist() == open_circles
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["it fires", "$z = 0$", "should fire", "should be silent"]
    w, b = double([said.w1, said.w2]), double(said.bias)
    line = double(axes.lines[0].get_xydata())
    assert (line @ w + b).abs().max() < 1e-9
    assert -10 < (line.diff(dim=0)[0, 1] / line.diff(dim=0)[0, 0]) < 0
    assert drawing.arrows(axes)[0][:2] == (
        (said.x, said.y),
        (said.w1, said.w2),
    )
    assert axes.get_aspect() == 1
    x, gate = PAIRS.double(), logical_and(PAIRS).double()
    assert torch.equal(neuron(x, w, b, step), gate)
    assert torch.equal(drawing.shaded(axes, x.T), gate == 1)
    sums = [said.z1, said.z2, said.z3, said.z4]
    assert pre_activation(x, w, b).tolist() == sums
    for text, place, z in zip(axes.texts[2:], x.T, sums, strict=True):
        assert [float(side) for side in text.xy] == place.tolist()
        assert float(text.get_text().replace("−", "-")) == z
    assert torch.equal(neuron(x, w, double(-1), step), logical_or(x))
    nand = neuron(x, -w, double(2.75), step)
    assert (nand[gate == said.yes] == said.no).all()
    assert (nand[gate == said.none] == said.one).all()
    xor, found = double([0, 1, 1, 0]), []
    for w, b in zip(random(999, 2), random(999, seed=1), strict=True):
        a = neuron(x, w, b, step)
        found.append((a == xor).sum().item())
        alone = a[-1] == 1 and not a[:-1].any()
        assert alone == torch.equal(a, gate)
    assert max(found) == said.most


@claim(
    "In the <later> pass <wrong> point is wrong that was right in the "
    "<earlier>, since the corrections in between have moved the line.",
)
def test_corrections_spoil_what_was_right(said):
    points = [tuple(x.tolist()) for _, x, *_ in [*mistaken(4618)][:-1]]
    first, second, _ = learnt()[2].mistakes
    assert (said.earlier, said.later) == (1, 2)
    assert len(points) == first + second
    assert len(set(points[first:]) - set(points[:first])) == said.wrong


def symbols_of_a_neuron(seed):
    """Return the signs of one neuron with 4 inputs, for 50 examples."""
    x, w, b = (
        random(4, 50, seed=seed),
        random(4, seed=seed + 9),
        random(seed=seed),
    )
    signs = {"x": list(x), "w": list(w), "b": b, "n": 4, "i": range(1, 5)}
    signs |= {"g": step, "z": pre_activation(x, w, b), r"\theta": -b}
    return signs | {"a": neuron(x, w, b, step)}


def a_correction(examples):
    """Let a perceptron see two examples and be wrong about both.

    examples: (n, 2). Returns the signs of its rule at the second, and what
    weights and bias are afterwards.
    """
    no = double([0])
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
    names = ("new-length", "sum-of-squares", r"z = \sum_i w_i x_i")
    # beside it a single point, after one mistake, where no bound has room
    point = {"k": 1, "c": 5, "r": 5, "w": [3, 4, 0], "u": [0.6, 0.8, 0]}
    tight = {
        sign: [double([*both]) for both in zip(proof[sign], one, strict=True)]
        if isinstance(one, list)
        else double([proof[sign], one])
        for sign, one in point.items()
    }
    bounds = dict.fromkeys(("progress", "slow-growth", "mistakes"), tight)
    return dict.fromkeys(names, proof) | {
        label: {"i": range(1, 4)} | signs for label, signs in bounds.items()
    }


@claim(
    "(by hand, easy) A perceptron has the weights <w1> and <w2> and the bias "
    "<b>, and the input (<x1>, <x2>) has the target <y>.",
    r"It is silent, since $z = 1 \cdot 2 - 2 \cdot 3 + 0 = <z>$.",
    r"So the weights become <v1> and <v2> and the bias <c>, and $z = 3 \cdot "
    r"2 + 1 \cdot 3 + 1 = <after>$: it has risen by <rise>.",
    "(by hand, medium) A neuron has the weights <u1> and <u2> and the bias "
    "<d>.",
    "How far from (<from_x>, <from_y>) is its line, and how steeply does $z$ "
    "rise across it?",
    r"The arrow has the length $\sqrt{36 + 64} = <length>$, so the line is at "
    "a distance of <distance>, and $z$ rises by <steep> for each <far> across "
    "it.",
)
def test_last_exercises(said):
    w, x, b = (
        double([said.w1, said.w2]),
        double([said.x1, said.x2]),
        double(said.b),
    )
    assert pre_activation(x, w, b) == said.z
    error = said.y - step(pre_activation(x, w, b))
    w, b = w + error * x, b + error
    assert (*w, b) == (said.v1, said.v2, said.c)
    assert pre_activation(x, w, b) == said.after == said.z + said.rise
    w, b = double([said.u1, said.u2]), double(said.d)
    assert w.norm() == said.length
    place = foot(w, b)
    assert abs(pre_activation(place, w, b)) < 1e-12
    far = math.dist(place, (said.from_x, said.from_y))
    assert far == pytest.approx(said.distance)
    there = pre_activation(place + said.far * w / w.norm(), w, b)
    assert there.item() == pytest.approx(said.steep)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    symbols = symbols_of_a_neuron(seed)
    rule, after = a_correction(torch.stack(symbols["x"])[:, :2])
    arrow = {"w": symbols["w"][:2]}
    walk = {"d": [-symbols["w"][1], symbols["w"][0]]}
    exercise = pre_activation(double([1, 1]), double([2, -1]), double(-1))
    x, no = torch.stack(symbols["x"]), double([0] * 4)
    others = {
        "length": arrow,
        r"w_1 \cdot w_1 / |w| + w_2 \cdot w_2 / |w| = |w|": arrow,
        "w_1 d_1 + w_2 d_2 = 0": arrow | walk,
        "d_1 = -w_2": arrow | walk,
        "d_2 = w_1": arrow | walk,
        "-w_1 w_2 + w_2 w_1 = 0": arrow,
        "perceptron-rule": rule,
        r"z = -2 \cdot 1 + 0 \cdot 2 + 0 = -2": {"z": -2.0},
        r"z = -1 \cdot 1 + 2 \cdot 2 + 1 = 4": {"z": 4.0},
        r"z = 1 \cdot 2 - 2 \cdot 3 + 0 = -4": {"z": -4.0},
        r"z = 3 \cdot 2 + 1 \cdot 3 + 1 = 10": {"z": 10.0},
        r"z = 2 \cdot 1 - 1 \cdot 1 - 1 = 0": {"z": exercise},
        "a = g(b)": {"a": neuron(x, no, symbols["b"], step)},
    }
    others |= signs_of_the_proof(seed)
    held = ("progress", "slow-growth", "mistakes")
    on_the_line = "w_1 x_1 + w_2 x_2 + b = 0"
    hold(
        "neuron.md",
        symbols,
        here=others,
        after=after,
        given=["w = (3, 4)", "w = (1.5, 2)", "x_1 + 2 x_2 = 1", on_the_line],
        truths={label: [torch.tensor([True, True])] for label in held},
    )
