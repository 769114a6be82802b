import math
import statistics
from itertools import islice

import pytest
import torch

from snippets.activation.relu import disc
from snippets.network import Layer
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy
from snippets.training.what_goes_wrong import (
    HEALTHY,
    JUMPS,
    RUNS,
    STAYS,
    STOPS,
    Setting,
    begin,
    clip,
    draw_jumps,
    draw_late,
    draw_stays,
    draw_stops,
    fresh_losses,
    go_forward,
    learn,
    learning,
    look,
    names_of,
    short,
    silent_after,
)
from tests.claims import claim
from tests.equations.check import hold
from tests.tensors import chance

SEEDS = range(3)


@claim(
    "In the runs below the network tells whether a point lies in a disc, and "
    "<inside> of the <points> points do.",
    "The best that it can say without looking is <guess> each time, and the "
    "loss of that is <least>.",
)
def test_loss_of_knowing_nothing(said):
    _, y = disc(chance())
    assert (y.sum().item(), y.numel()) == (said.inside, said.points)
    losses = {
        each / 1000: cross_entropy(torch.full_like(y, each / 1000), y).item()
        for each in range(1, 1000)
    }
    best = min(losses, key=losses.get)
    assert best == said.guess
    assert losses[best] == pytest.approx(said.least, abs=0.0005)


@claim(
    "Every run below starts from the same network: two hidden layers of eight "
    "ReLU units, gradient descent with a learning rate of <rate>, and weights "
    "of the right size.",
    "In torch backward adds to the gradients that are there, so each step of "
    "training begins with optimiser.zero_grad().",
    "Predictions of shape $(m, 1)$ minus targets of shape $(m)$ give an $m "
    r"\times m$ matrix, without a complaint: the shorter is broadcast.",
    "So each prediction is compared with every target, and the best that it "
    "can be is their mean.",
    "The loss applies the sigmoid itself, and the network has done so already.",
    "Its parameters were never handed to the optimiser, or are frozen, that "
    "is, kept from changing, so it stays as random as it began.",
)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "fault",
    [
        *("none", "gradients not reset", "shapes broadcast"),
        *("sigmoid twice", "layer left out"),
    ],
)
def test_learns_as_torch_does(said, seed, fault):
    """And each slip is what it is in torch."""
    x, y, layers = begin(HEALTHY, chance(seed))
    assert [len(b) for _, b in layers] == [8, 8, 1]
    parts = [part.clone().requires_grad_() for pair in layers for part in pair]
    learnt = parts[2:] if fault == "layer left out" else parts
    optimiser = torch.optim.SGD(learnt, lr=said.rate)
    losses = []
    for _ in range(20):
        a = x
        for W, b in zip(parts[:4:2], parts[1:4:2], strict=True):
            a = torch.relu(W @ a + b)
        z, wanted = (parts[4] @ a + parts[5]).T, y.T
        if fault == "shapes broadcast":
            wanted = y[0]
            assert (z - wanted).shape == (200, 200)
        if fault == "sigmoid twice":
            z = z.sigmoid()
        loss = (torch.nn.functional.softplus(z) - wanted * z).mean()
        losses.append(loss.item())
        if fault != "gradients not reset":
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    ours, found = learn(Setting(fault=fault), chance(seed), 20)
    assert found[:20] == pytest.approx(losses, rel=1e-6)
    for part, theirs in zip([*sum(ours, ())], parts, strict=True):
        torch.testing.assert_close(part, theirs.detach())


def nothing(seed):
    """Return the loss of knowing nothing."""
    _, y = disc(chance(seed))
    return cross_entropy(y.mean().expand_as(y), y).item()


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_run_fails_in_its_way(name, seed):
    layers, losses = learn(RUNS[name], chance(seed))
    if name in STAYS:
        assert nothing(seed) - 0.1 < min(losses)
        assert max(losses) < nothing(seed) + 0.2
    elif name in JUMPS:
        assert max(losses) > 1.1
        assert losses[-1] > 0.02
    elif name in STOPS:
        x, y = disc(chance(99), 500)
        fresh = go_forward(RUNS[name], x, y, layers)[0]
        assert losses[-1] < losses[0]
        assert max(fresh, losses[-1]) > 0.09
    else:
        assert losses[-1] < 0.12
        assert max(losses) < nothing(seed) + 0.2


def stays_put(run, seed):
    """Return whether a parameter is the same after ten steps."""
    before, after = (learn(run, chance(seed), steps)[0] for steps in (0, 10))
    pairs = zip(sum(before, ()), sum(after, ()), strict=True)
    return any(torch.equal(*pair) for pair in pairs)


def largest_prediction(run, seed):
    x, *_ = begin(run, chance(seed))
    layers, _ = learn(run, chance(seed))
    y_hat, _ = forward(x, layers, names_of(run))
    return (y_hat.sigmoid() if run.fault == "sigmoid twice" else y_hat).max()


def centred(signs):
    return signs.first_loss < 1 and abs(signs.centre) < signs.spread < 1


def grows(run, seed):
    """Return whether asking twice gives twice the gradient."""
    kept = run.fault == "gradients not reset"
    still = run._replace(rate=1e-12)
    once, twice = (m.length for m in islice(learning(still, chance(seed)), 2))
    assert kept == (twice == pytest.approx(2 * once))
    return kept


TWICE = 0.75  # more than two sigmoids in a row can give
# of each table: its rows, as a run passes through them from the top
ROWS = {
    "stays": [
        ("shapes broadcast", lambda run, s, seed: "shapes" in run.fault),
        ("weights of 0", lambda run, s, seed: s.different == 1),
        ("dead units", lambda run, s, seed: s.share == 0 and s.silent > 0.9),
        ("ten sigmoid layers", lambda run, s, seed: s.share < 0.01),
        ("too small a rate", lambda run, s, seed: s.step < 0.001),
        ("targets moved on", lambda run, s, seed: learns_ten(run, seed)),
    ],
    "jumps": [
        ("inputs of hundreds", lambda run, s, seed: s.spread > 100),
        ("inputs off centre", lambda run, s, seed: abs(s.centre) > s.spread),
        ("too large weights", lambda run, s, seed: s.first_loss > 9),
        ("gradients not reset", lambda run, s, seed: grows(run, seed)),
        ("too large a rate", lambda run, s, seed: s.step > 0.1),
    ],
    "stops": [
        ("equal weights", lambda run, s, seed: s.different == 1),
        ("a faulty gradient", lambda run, s, seed: s.check > 1e-3),
        ("a layer left out", lambda run, s, seed: stays_put(run, seed)),
        (
            "sigmoid twice",
            lambda run, s, seed: largest_prediction(run, seed) < TWICE,
        ),
        ("30 examples", lambda run, s, seed: rises(run, seed)),
    ],
}


def learns_ten(run, seed):
    ten = run._replace(examples=10)
    return learn(ten, chance(seed), 1000)[1][-1] < 0.4


def rises(run, seed):
    fresh = fresh_losses(run)
    return fresh[-1] > min(fresh) + 0.05


@claim(
    "Find the part that tells what you see, and take its rows from the top: "
    "the first that fits is the cause.",
    "the shapes of prediction and target | they differ, and the targets are no "
    "class numbers | one is broadcast: give both one shape",
    "the weights of the first layer's units | they are all equal | weights of "
    "0, or equal ones: draw them at random, variance $2/n$",
    "the first layer's share of the gradient | exactly 0, and nearly all units "
    "silent from the start | dead units: biases of 0, Leaky ReLU",
    "the same share | a hundredth or less | the gradient vanishes: ReLU or a "
    "relative, variance $2/n$, fewer layers",
    "step by size of the weights | below a thousandth | the rate is too small: "
    "ten times the rate",
    "ten examples alone | it learns these ten, but not the whole training part "
    "| the targets belong to other inputs: look at ten, one by one",
    "There is nothing to learn about fresh examples, though a network can "
    "learn ten such examples by heart.",
    "mean and spread of each input | not finite, or a spread of hundreds | bad "
    "or unscaled data: mean 0, deviation 1",
    "the same mean | larger than the spread | off centre: subtract the mean",
    "the first loss | far above that of knowing nothing | the weights are too "
    "large: variance $2/n$ or $1/n$",
    "the gradient of the same examples, asked for twice | the second is twice "
    "the first | gradients not reset: zero_grad before each backward",
    "step by size of the weights | a tenth or more; with a tenth of the rate "
    "it does not leap | the rate is too large: a tenth of the rate",
    "the weights of the first layer's units | they are all equal | symmetry: "
    "draw the weights at random",
    "the gradient beside differences, or autograd | a relative error above "
    "$10^{-3}$ | a bug in the gradient: compare layer by layer, the last one "
    "first",
    "each parameter, before and after a step | some are the same | a layer is "
    "left out: hand all parameters to the optimiser",
    "the largest probability that the loss is given | below <two> of two "
    "classes, or <ten> of ten, after many steps | sigmoid or softmax taken "
    "twice: give the loss the last $z$",
    "the loss on fresh examples, step by step | it turns and goes on rising | "
    "overfitting: more data, weight decay, early stopping",
)
@pytest.mark.parametrize("part", ROWS)
def test_the_first_row_that_fits_is_the_cause(said, part):
    assert said.two == TWICE
    sure = torch.tensor([1.0] + 9 * [0.0])
    assert sure.sigmoid().max() < said.two
    assert sure.softmax(0).max() < said.ten
    for name, _ in ROWS[part]:
        signs = look(RUNS[name], chance())
        fits = (row for row, fit in ROWS[part] if fit(RUNS[name], signs, 0))
        assert next(fits) == name


@claim(
    "Step: how long the step is, divided by the length of all parameters; "
    "about <usual> is usual here, <little> is too little; from <often> on the "
    "loss often leaps, and from <much> on nearly always, sooner or later.",
    "First layer: its share of the gradient's length; a tenth to a third is "
    "usual here, a hundredth or less is a vanishing gradient, and exactly "
    "<dead> means dead units or weights of <zero>.",
    "Silent: hidden units whose slope is <flat> for every example.",
    "The losses of several causes can look alike, but some number tells most "
    "of them from the others.",
    "Where all seven are healthy, as for shapes that broadcast, targets moved "
    "on, gradients not reset, a layer left out, or a sigmoid taken twice, the "
    "fault is in the code around the network: its checks are in the tables "
    "below.",
    "The run with 30 examples is as healthy; its fault shows on fresh examples "
    "only.",
    "Seven numbers before the first step tell most failures apart; the others "
    "show when you ask for a gradient twice, compare parameters before and "
    "after a step, and print shapes.",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_seven_numbers(said, seed):
    signs = {name: look(run, chance(seed)) for name, run in RUNS.items()}
    told = {
        "too small a rate": lambda s: s.step < 3 * said.little,
        "ten sigmoid layers": lambda s: said.dead < s.share < 0.01,
        "dead units": lambda s: (s.share, s.different) == (said.dead, 8),
        "weights of 0": lambda s: (s.share, s.different) == (said.zero, 1),
        "too large a rate": lambda s: said.much < s.step < 1 and centred(s),
        "too large weights": lambda s: s.first_loss > 50 and s.spread < 1,
        "inputs of hundreds": lambda s: s.spread > 100,
        "equal weights": lambda s: s.different == 1 and s.share > 0,
        "inputs off centre": lambda s: abs(s.centre) > 3 * s.spread,
        "a faulty gradient": lambda s: s.check > 1e-3,
    }
    for name, tells in told.items():
        assert {run for run, sign in signs.items() if tells(sign)} == {name}
    assert said.usual < said.often < said.much
    assert signs["weights of 0"].step == math.inf
    assert signs["dead units"].silent == 1 > said.flat
    for name in RUNS.keys() - told.keys():
        well = signs[name]
        assert 0.2 * said.usual < well.step < 3 * said.usual
        assert 0.05 < well.share < 0.6
        assert well.check < 1e-6
        assert abs(well.centre) < 0.2
    starts = [look(HEALTHY, chance(50 * seed + i)).share for i in range(10)]
    assert 0.1 < statistics.median(starts) < 1 / 3
    assert sum(0.1 < share < 1 / 3 for share in starts) > 6


@claim(
    "Four such layers are enough for a loss that does not move in <steps> "
    "steps, though a thousandth of the gradient still reaches the first.",
)
def test_four_sigmoid_layers_stay(said):
    run = Setting(activation="sigmoid", depth=4)
    assert 3e-4 < look(run, chance()).share < 3e-3
    losses = learn(run, chance(), int(said.steps))[1]
    assert abs(losses[-1] - nothing(0)) < 0.005


@claim(
    "Here all biases of the hidden units start at <bias>, and no example makes "
    "any unit fire.",
    "The table below shows, for one start, the share of hidden units that no "
    "example makes fire after <steps> steps.",
    "With a bias of <none> or <one> they live, and only the highest rate kills "
    "them; with <low> or less many are silent from the start.",
    "<half> of the ReLU units begin silent here, too, and about a third on "
    "average over other starts.",
    "A loss that leaps and is flat from there on has killed its units: the "
    "cause is above, and the cure needs a new start.",
)
def test_rate_and_bias_kill_units(said):
    assert STAYS["dead units"].bias == said.bias
    assert silent_after(Setting(bias=said.bias), chance(), 0) == 1
    for start in (said.none, said.one):
        slow, fast = (
            silent_after(
                Setting(bias=start, rate=rate), chance(), int(said.steps)
            )
            for rate in (1, 10)
        )
        assert slow < 0.2 < 0.5 < fast
    assert silent_after(Setting(bias=said.low), chance(), 0) > 0.4
    shares = [
        silent_after(Setting(centre=2), chance(seed), 0) for seed in range(50)
    ]
    assert shares[0] == said.half
    assert sum(shares) / 50 == pytest.approx(1 / 3, abs=0.05)
    killed = Setting(rate=5)
    losses = learn(killed, chance())[1]
    assert max(losses) > 1.1
    assert losses[-1] == pytest.approx(nothing(0), abs=1e-3)
    assert silent_after(killed, chance(), 300) > 0.5


@claim(
    "Then nothing but the last bias ever learns, whatever the rate.",
    "The units look dead, but neither a lower rate nor Leaky ReLU wakes them: "
    "draw the weights at random.",
)
@pytest.mark.parametrize(
    "run",
    [Setting(rate=30), Setting(rate=0.01), Setting(activation="leaky_relu")],
)
def test_weights_of_nothing(run):
    layers, losses = learn(run._replace(variance=0), chance(), 100)
    assert not layers[0].W.any()
    assert min(losses) > nothing(0) - 1e-9


@claim(
    "A sigmoid of a number between <low> and <high> lies between <least> and "
    "<most>, so no prediction is ever sure.",
    "Softmax taken twice does the same: among ten classes no probability "
    "exceeds <largest>, and the loss cannot fall below <floor>.",
)
def test_a_probability_is_no_score(said):
    ends = torch.tensor([said.low, said.high]).sigmoid().tolist()
    assert ends == pytest.approx([said.least, said.most], abs=0.005)
    best = torch.eye(10)[0].softmax(dim=0)[0]
    assert best.item() == pytest.approx(said.largest, abs=0.005)
    assert -best.log().item() == pytest.approx(said.floor, abs=0.005)


@claim(
    "Where the loss rises like a wall, the gradient is suddenly many times as "
    "long as usual, here about eighty times, and so is the step.",
    "length of the gradient in each step | at the leap tens of times the usual "
    "one | an exploding gradient: clip it, or lower the rate",
    "As it is, solid, the loss falls to about <low> and leaps to about <high> "
    "near step <step>; the gradient falls to about <short> and leaps to about "
    "<long> with it.",
    "Clipped to <limit>, dashed, the loss falls to about <end> without a leap.",
    "Two panels over <all> steps on logarithmic axes, from <bottom> to <top>: "
    "left the loss, right the length of the gradient.",
    "Clipping shortens a gradient that is longer than some limit to that "
    "limit, and keeps its direction.",
    "In nine of fifty starts the loss leaps by more than <least> within <all> "
    "steps, and in none if the gradient is clipped.",
)
def test_a_good_run_leaps_and_clipped_it_does_not(said):
    for axes in draw_late().axes:
        assert axes.get_ylim() == (said.bottom, said.top)
        assert axes.get_xlim() == (0, said.all)
    losses, lengths = (curves(axes) for axes in draw_late().axes)
    assert losses[0][:280].min().item() == pytest.approx(said.low, abs=0.005)
    assert losses[0][100:].max().item() == pytest.approx(said.high, abs=0.1)
    assert abs(losses[0][100:].argmax() + 100 - said.step) < 5
    assert lengths[0][:280].min().item() == pytest.approx(said.short, abs=0.005)
    assert lengths[0].max().item() == pytest.approx(said.long, abs=0.3)
    times = (lengths[0].max() / lengths[0].median()).item()
    assert times == pytest.approx(80, rel=0.1)
    assert losses[1][-1].item() == pytest.approx(said.end, abs=0.005)
    assert (losses[1][100:].diff() < 0.01).all()
    for seed in (5, 8, 22):
        for longest, leaps in ((math.inf, True), (said.limit, False)):
            rise = largest_rise(seed, longest, int(said.all))
            assert (rise > said.least) is leaps
    before, after = (
        m.layers
        for m in islice(learning(Setting(longest=said.limit), chance(3)), 2)
    )
    moved = [
        a - b for a, b in zip(sum(after, ()), sum(before, ()), strict=True)
    ]
    length = torch.cat([part.flatten() for part in moved]).norm().item()
    assert length == pytest.approx(0.3 * said.limit)


def largest_rise(seed: int, longest: float, steps: int) -> float:
    """Return by how much the loss leaps, once the first steps are made."""
    run = learning(HEALTHY._replace(longest=longest), chance(seed))
    late = torch.tensor([moment.loss for moment in islice(run, steps)])
    return (late - late.cummin(dim=0).values)[100:].max().item()


@pytest.mark.weekly
@claim(
    "In <some> of <starts> starts the loss leaps by more than <least> within "
    "<all> steps, and in none if the gradient is clipped.",
)
def test_nine_of_fifty_starts_leap(said):
    steps, seeds = int(said.all), range(int(said.starts))
    for longest, leaps in ((math.inf, said.some), (0.3, 0)):
        rises = [largest_rise(seed, longest, steps) for seed in seeds]
        assert sum(rise > said.least for rise in rises) == leaps


def test_clipping_changes_the_length_alone():
    *_, layers = begin(HEALTHY, chance())
    found = [Layer(W + 1, b + 1) for W, b in layers]
    cut = clip(found, 0.5)
    factor = (cut[0].dW / found[0].W)[0, 0]
    for (dW, db), (W, b) in zip(cut, found, strict=True):
        torch.testing.assert_close(dW, factor * W)
        torch.testing.assert_close(db, factor * b)
    length = torch.cat([p.flatten() for pair in cut for p in pair]).norm()
    assert length.item() == pytest.approx(0.5)
    none = [Layer(0 * W, 0 * b) for W, b in layers]
    assert not clip(none, 0.5)[0].dW.any()


@claim(
    "With thirty layers and weights twice as large as they should be, two "
    "steps are enough from most starts:"
)
@pytest.mark.parametrize("seed", SEEDS)
def test_not_a_number_in_two_steps(seed):
    deep = Setting(depth=30, variance=4 * HEALTHY.variance)
    losses = learn(deep, chance(seed), 3)[1]
    assert [math.isnan(loss) for loss in losses] == [False, False, True, True]
    assert losses[1] > 1000 * losses[0]


def test_numbers_are_written_short():
    numbers = (0.0, 0.0234, 0.17, 1.2e-6, 5.7e-5, math.inf)
    assert [*map(short, numbers)] == [
        "0",
        "0.02",
        "0.2",
        "$10^{-6}$",
        r"$6 \cdot 10^{-5}$",
        "∞",
    ]


@claim(
    "The share of silent units, which is <percent> %, and the first layer's "
    "share of the gradient, which is <share>, give away the bias.",
    "The step, <step>, gives away the rate, but only just: dead units leave so "
    "little of the gradient that at <more> times the usual rate, <rate>, the "
    "step is only <longer> times the usual one:",
    "It is an affine map: all $z$ are positive, for every example, so nothing "
    "bends.",
)
def test_exercises_on_biases(said):
    signs = look(Setting(bias=-5, rate=20), chance())
    assert (100 * signs.silent, signs.share) == (said.percent, said.share)
    assert round(signs.step, 2) == said.step
    usual = look(HEALTHY, chance()).step
    assert round(signs.step / usual) == said.longer
    assert round(20 / said.rate) == said.more
    assert said.rate == HEALTHY.rate
    assert look(Setting(rate=20), chance()).step > 10 * signs.step
    x, _, layers = begin(HEALTHY, chance())
    z = forward(x, [Layer(layers[0].W, layers[0].b + 100)], ["relu"])[1][0].z
    assert (z > 0).all()


def curves(axes):
    return [torch.as_tensor(line.get_ydata()) for line in axes.lines]


@claim(
    "A dashed curve, the run with nothing wrong, falls from about <start> to "
    "<end> in each of them.",
    "The solid curve stays near <near> in all six: with too small a rate, with "
    "ten sigmoid layers, with dead units, with weights of <zero>, with shapes "
    "that broadcast, and with targets moved on.",
    "Six panels show the loss over <steps> steps, from <low> to <high>.",
)
def test_figure_of_losses_that_stay(said):
    assert STAYS["weights of 0"].variance == said.zero
    for axes, title in zip(draw_stays().axes, STAYS, strict=True):
        healthy, run = curves(axes)
        assert axes.get_title() == title
        assert axes.get_ylim() == (said.low, said.high)
        assert len(run) == len(healthy) == said.steps + 1
        assert [line.get_linestyle() for line in axes.lines] == ["--", "-"]
        assert healthy[0].item() == pytest.approx(said.start, abs=0.05)
        assert healthy[-1].item() == pytest.approx(said.end, abs=0.05)
        assert (run - said.near).abs().max() < 0.05


@claim(
    "With too large a rate the loss falls and leaps by turns, up to about "
    "<leap>.",
    "With too large weights it begins above <first>, falls in about <steps> "
    "steps below <one> and stays near <last>.",
    "With inputs of hundreds it rises above <top>, drops to <rest> and stays "
    "there.",
    "With inputs off centre it leaps to about <off> in its first steps, and "
    "then creeps from <from> to <to>.",
    "With gradients that are not reset it falls faster than the dashed curve, "
    "and later leaps above <kept>.",
    "Five panels show the loss over <all_steps> steps on a logarithmic axis.",
    "The dashed curve, with nothing wrong, falls from about <start> to <end>.",
    "Here they are coordinates between <left> and <right>.",
)
def test_figure_of_losses_that_jump(said):
    x, _, _ = begin(JUMPS["inputs of hundreds"], chance())
    assert said.left < x.min() < 0.95 * said.left
    assert 0.95 * said.right < x.max() < said.right
    panels = draw_jumps().axes[: len(JUMPS)]
    healthy = curves(panels[0])[0]
    assert panels[0].get_yscale() == "log"
    assert len(healthy) == said.all_steps + 1
    ends = [said.start, said.end]
    assert healthy[[0, -1]].tolist() == pytest.approx(ends, abs=0.05)
    rate, weights, inputs, centre, kept = (curves(axes)[1] for axes in panels)
    assert rate.max().item() == pytest.approx(said.leap, abs=0.05)
    assert weights[0] > said.first
    below = (weights < said.one).nonzero()[0].item()
    assert below == pytest.approx(said.steps, abs=9)
    assert weights[-1].item() == pytest.approx(said.last, abs=0.05)
    assert inputs.max() > said.top
    assert (inputs[20:] - said.rest).abs().max() < 0.05
    assert centre[:6].max().item() == pytest.approx(said.off, abs=0.05)
    assert centre[6].item() == pytest.approx(getattr(said, "from"), abs=0.05)
    assert centre[-1].item() == pytest.approx(said.to, abs=0.05)
    assert kept[30] < healthy[30]
    assert kept.max() > said.kept


@claim(
    "With equal weights the loss falls quickly to <corner> and then slowly to "
    "about <equal_end>.",
    "With a faulty gradient it falls at first like the dashed curve, and ends "
    "at about <fault>.",
    "With a layer left out it falls more slowly, to about <left_out>.",
    "With the sigmoid taken twice it falls very slowly, to about <twice>.",
    "With <examples> examples it falls to nearly 0, while on fresh examples, "
    "dash-dotted, it falls to about <turn> and rises again.",
    "Five panels show the loss over <steps> steps, from <low> to <high>.",
    "Here they lie around <centre_of_x> and not around <other>.",
    "Here there are only <examples> examples: the loss on them goes to 0, and "
    "on fresh ones it turns and rises.",
)
def test_figure_of_losses_that_stop(said):
    x, _, _ = begin(JUMPS["inputs off centre"], chance())
    well = begin(HEALTHY, chance())[0]
    near = {"abs": 0.1}
    assert x.mean().item() == pytest.approx(said.centre_of_x, **near)
    assert well.mean().item() == pytest.approx(said.other, **near)
    panels = draw_stops().axes[: len(STOPS)]
    assert panels[0].get_ylim() == (said.low, said.high)
    found = [curves(axes) for axes in panels]
    assert len(found[0][0]) == said.steps + 1
    (_, equal), (healthy, wrong), (_, out), (_, twice), (_, own, fresh) = found
    assert equal[20].item() == pytest.approx(said.corner, abs=0.05)
    assert (wrong - healthy)[:20].abs().max() < 0.01
    for curve, end in (
        (equal, said.equal_end),
        (wrong[-20:].mean(dim=0, keepdim=True), said.fault),
        (out, said.left_out),
        (twice, said.twice),
    ):
        assert curve[-1].item() == pytest.approx(end, abs=0.05)
    assert STOPS["30 examples"].examples == said.examples
    assert own[-1] < 0.02
    assert fresh.min().item() == pytest.approx(said.turn, abs=0.05)
    assert fresh[-1] > fresh.min() + 0.1


def test_equations():
    hold("training/what_goes_wrong.md", {})
