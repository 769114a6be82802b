"""Optimisers are torch's; batches hold every example once; figures say so."""

from functools import partial

import pytest
import torch

from snippets.activation.relu import disc
from snippets.activation.sigmoid import sigmoid
from snippets.network import initialise
from snippets.propagation.pytorch import set_parameters
from snippets.training import index
from snippets.training.index import (
    NAMES,
    SEEDS,
    Memory,
    Plan,
    adam,
    batches,
    losses_on_disc,
    momentum,
    path,
    plain,
    remember_nothing,
    rmsprop,
    step_by,
    train,
)
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold

TORCH = {
    plain: (torch.optim.SGD, {}, 1.0),
    momentum: (torch.optim.SGD, {"momentum": 0.9}, 0.1),
    rmsprop: (torch.optim.RMSprop, {"alpha": 0.99}, 0.03),
    adam: (torch.optim.Adam, {}, 0.1),
}


def problem(seed=1, count=120):
    generator = torch.Generator().manual_seed(seed)
    x, y = disc(generator, count)
    return initialise((2, 8, 1), generator), x, y


@claim(
    "In real work call torch.optim.SGD with momentum=0.9, torch.optim.RMSprop "
    "or torch.optim.Adam; after 50 steps their weights and those of this "
    "page agree to twelve decimals.",
)
@pytest.mark.parametrize("optimiser", TORCH)
@pytest.mark.parametrize("seed", range(3))
def test_optimisers_are_torchs(optimiser, seed):
    kind, options, rate = TORCH[optimiser]
    layers, x, y = problem(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
    ).double()
    set_parameters(model, layers)
    theirs = kind(model.parameters(), lr=rate, **options)
    plan = Plan(NAMES, sigmoid, optimiser, [rate] * 50, size=120)
    ours = train(layers, x, y, plan, torch.Generator())[-1]
    for _ in range(50):
        theirs.zero_grad()
        torch.nn.BCEWithLogitsLoss()(model(x.T), y.T).backward()
        theirs.step()
    own = [part.flatten() for layer in ours for part in layer]
    for mine, other in zip(own, model.parameters(), strict=True):
        torch.testing.assert_close(
            mine, other.detach().flatten(), rtol=0, atol=1e-12
        )


def test_decay_is_that_of_adamw():
    layers, x, y = problem()
    model = torch.nn.Sequential(
        torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)
    ).double()
    set_parameters(model, layers)
    theirs = torch.optim.AdamW(
        [
            {"params": [model[0].weight, model[2].weight], "weight_decay": 0.3},
            {"params": [model[0].bias, model[2].bias], "weight_decay": 0},
        ],
        lr=0.1,
    )
    plan = Plan(NAMES, sigmoid, adam, [0.1] * 50, size=120, decay=0.3)
    ours = train(layers, x, y, plan, torch.Generator())[-1]
    for _ in range(50):
        theirs.zero_grad()
        torch.nn.BCEWithLogitsLoss()(model(x.T), y.T).backward()
        theirs.step()
    for (W, _), linear in zip(ours, model[::2], strict=True):
        torch.testing.assert_close(
            W, linear.weight.detach(), rtol=0, atol=1e-12
        )


@claim(
    "With <examples> points and batches of <size>, an epoch has <steps> steps, "
    "and takes each point forward and back once, as one step with all points "
    "does.",
    "As all are shuffled anew in each epoch, the batches hardly ever come "
    "again.",
)
def test_an_epoch_has_every_example_once(said):
    generator = torch.Generator().manual_seed(0)
    cut = batches(int(said.examples), int(said.size), generator)
    assert [len(batch) for batch in cut] == [said.size] * int(said.steps)
    assert torch.cat(cut).sort()[0].tolist() == [*range(int(said.examples))]
    again = torch.cat(batches(int(said.examples), int(said.size), generator))
    assert not torch.equal(torch.cat(cut), again), "shuffled anew"


@claim(
    "(by hand, easy) There are <examples> examples and batches of <size>.",
    "Three steps, and the last batch has <last> examples.",
    "If the size does not divide the number of examples, the last batch is "
    "short.",
)
@pytest.mark.parametrize("whole", [False, True])
def test_the_last_batch_may_be_short(said, whole):
    count, size = int(said.examples), int(said.size)
    cut = batches(count, count if whole else size, torch.Generator())
    sizes = [len(batch) for batch in cut]
    assert sizes == ([count] if whole else [size, size, said.last])
    layers, x, y = problem(count=count)
    plan = Plan(NAMES, sigmoid, plain, [0.1], size=len(cut[0]))
    assert len(train(layers, x, y, plan, torch.Generator())) == 2


@pytest.mark.parametrize("size", [1, 7])
def test_a_batch_of_one_and_a_single_example_are_learnt_from(size):
    layers, x, y = problem(count=1)
    plan = Plan(NAMES, sigmoid, adam, [0.1], size)
    before, after = train(layers, x, y, plan, torch.Generator())
    assert not torch.equal(before[0].W, after[0].W)
    assert all(part.isfinite().all() for layer in after for part in layer)


@claim(
    "Kept is a share, at least 0 and below 1; Turned is a direction, and the "
    "new memory.",
)
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: batches(0, 5, torch.Generator()), "examples must be at least"),
        (lambda: batches(5, 0, torch.Generator()), "size must be at least 1"),
        (lambda: momentum(torch.ones(1), START, p=1), "p must be at least 0"),
        (lambda: momentum(torch.ones(1), START, p=-0.1), "p must be at least"),
        (lambda: adam(torch.ones(2), START), "must have shape"),
        (
            lambda: train(
                problem()[0],
                torch.ones(2, 0).double(),
                torch.ones(1, 0).double(),
                Plan(NAMES, sigmoid, plain, [1.0], 5),
                torch.Generator(),
            ),
            "x must hold at least one example",
        ),
    ],
)
def test_what_is_empty_or_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


START = Memory(torch.zeros(1), torch.zeros(1), 0)


@claim(
    "With a rate that is far too large the weights can become too large for a "
    "computer to hold, and the loop says at which step and in which layer:",
)
def test_a_rate_that_is_far_too_large_is_told():
    with pytest.raises(FloatingPointError, match="^step 2 left layer 1 with"):
        losses_on_disc(plain, [1e200] * 30, 12, 1)


def test_layers_share_no_memory_and_nothing_given_is_changed():
    layers, x, y = problem()
    kept = [part.clone() for layer in layers for part in layer]
    plan = Plan(NAMES, sigmoid, adam, [0.1] * 3, 12)
    one = train(layers, x, y, plan, torch.Generator().manual_seed(0))
    two = train(layers, x, y, plan, torch.Generator().manual_seed(0))
    for a, b in zip(one[-1], two[-1], strict=True):
        assert torch.equal(a.W, b.W), "the same bits"
    given = [part for layer in layers for part in layer]
    assert all(map(torch.equal, kept, given))
    gradients = [type(layer)(*layer) for layer in layers]
    _, memories = step_by(adam, layers, gradients, remember_nothing(layers), 1)
    assert {memory.t for pair in memories for memory in pair} == {1}


@claim(
    "With batches of <size> it is nearly one and a half times the gradient "
    "itself here, and between a half and three times from fifty other starts.",
    "The error is that of the whole gradient, all weights and biases together, "
    "before training.",
)
@pytest.mark.parametrize("seed", range(1, 4))
def test_noise_grows_as_batches_shrink(said, seed):
    errors = [
        index.noise_of_batches(n, seed) for n in (120, 60, 30, int(said.size))
    ]
    assert errors == sorted(errors)
    assert errors[0] < 1e-9
    assert 0.5 < errors[-1] < 3
    assert 1.3 < index.noise_of_batches(int(said.size)) < 1.5


@claim(
    "The batches of an epoch are wrong in different directions: at the same "
    "weights, and if all are equally large, their mean is the gradient of all "
    "points.",
)
def test_batches_of_an_epoch_average_to_the_gradient():
    layers, x, y = problem()
    cut = batches(120, 12, torch.Generator().manual_seed(0))
    y_hat, caches = index.forward(x, layers, NAMES)
    whole = index.backward(y_hat - y, caches, NAMES)
    parts = []
    for batch in cut:
        y_hat, caches = index.forward(x[:, batch], layers, NAMES)
        parts.append(index.backward(y_hat - y[:, batch], caches, NAMES)[0].dW)
    torch.testing.assert_close(torch.stack(parts).mean(dim=0), whole[0].dW)


def by_name(axes):
    return {
        line.get_label(): torch.tensor(line.get_ydata()) for line in axes.lines
    }


@claim(
    "The same work, cut into more and smaller steps, gets further, until the "
    "noise takes back what more steps gain.",
    "The learning rate is <rate>, the best of <small>, <middle> and <again> "
    "for the two larger sizes; batches of <few> do as well with <same>.",
    "So try rates again whenever you change the size; with <small> for all, "
    "the three lines above would end at <whole_small>, <quarter_small> and "
    "<tenth_small>.",
    "And a larger batch, being less noisy, bears a larger rate: at the rate "
    "<large>, batches of 30 still learn, while with batches of 6 the loss "
    "leaps about from most starts.",
)
def test_smaller_batches_get_further(said):
    def end(size, rate):
        runs = [losses_on_disc(plain, [rate] * 30, size, s) for s in SEEDS]
        return torch.tensor(runs)[:, -1].median().item()

    for size, small in (
        (120, said.whole_small),
        (30, said.quarter_small),
        (6, said.tenth_small),
    ):
        other = end(size, said.small)
        assert other == pytest.approx(small, abs=0.005)
        assert said.rate == said.again
        if size > said.few:
            assert end(size, said.rate) < min(other, end(size, said.middle))
    assert said.same == said.middle
    assert abs(end(6, said.rate) - end(6, said.same)) < 0.03
    assert end(30, said.large) < 0.15
    runs = [losses_on_disc(plain, [said.large] * 30, 6, s) for s in SEEDS]
    assert sum(max(run[10:]) > 0.5 for run in runs) > len(SEEDS) / 2


@claim(
    "All begin near <start>.",
    "With all 120 points at once, the solid line falls to about <whole>; with "
    "batches of 30, dash-dotted, to about <quarter>; with batches of 6, dashed "
    "and unsteady, to about <tenth>.",
    "The loss, from <low> to <high>, against the epochs, from <zero> to "
    "<last>, for three sizes of a batch.",
)
def test_figure_of_batches(said):
    figure = index.draw_batches()
    (axes,) = figure.axes
    curves = by_name(axes)
    assert drawing.frame(axes) == (
        (said.zero, said.last),
        (said.low, said.high),
    )
    for name, end in (
        ("all 120 at once", said.whole),
        ("batches of 30", said.quarter),
        ("batches of 6", said.tenth),
    ):
        assert curves[name][0].item() == pytest.approx(said.start, abs=0.05)
        assert curves[name][-1].item() == pytest.approx(end, abs=0.03)
    assert [*drawing.styles(axes).values()] == ["-", "-.", "--"]


@claim(
    "With <small>, dotted, it hardly falls.",
    "With <large>, dash-dotted, it jumps up and down and stays above where it "
    "began.",
    "With <right>, dashed, it falls unevenly, leaps once above where it began, "
    "and ends near <low>.",
    "A curve that falls as slowly and as straight as the dotted one asks for a "
    "larger rate; one that jumps up and down and ends as high as it began asks "
    "for a smaller.",
    "With a rate that falls from <top> to <bottom>, solid, it falls as quickly "
    "and ends smoothly.",
    "Too small, too large, about right, and falling: one network, one start, "
    "and batches of <size>.",
)
@pytest.mark.parametrize("seed", range(1, 6))
def test_rates_show_in_the_curve(said, seed):
    falling = [
        said.top + (said.bottom - said.top) * epoch / 30 for epoch in range(30)
    ]
    curves = [
        torch.tensor(losses_on_disc(plain, rates, int(said.size), seed))
        for rates in (
            [said.small] * 30,
            [said.large] * 30,
            [said.right] * 30,
            falling,
        )
    ]
    crawling, jumping, steady, ending = curves
    end = pytest.approx(said.low, abs=0.005)  # of the start that is drawn
    assert crawling[-1] > 0.75 * crawling[0]
    assert jumping[10:].mean() > jumping[0]
    assert steady[-1] < 0.5 * steady[0]
    assert steady[-10:].std() > 3 * ending[-10:].std()
    assert ending[-1] < steady[-10:].mean()
    if seed == 3:
        assert jumping[-1] > jumping[0]
        assert (steady > steady[0]).sum() == 1
        assert steady[-1].item() == end
        (axes,) = index.draw_rates().axes
        drawn = (line.get_ydata() for line in axes.lines)
        for ys, losses in zip(drawn, curves, strict=True):
            torch.testing.assert_close(torch.tensor(ys).float(), losses)
        assert [*drawing.styles(axes).values()] == [":", "-.", "--", "-"]


@claim(
    "Straight across the valley the slope grows by <steepest> for each 1 that "
    "one goes away from the cross.",
    r"So a step of gradient descent multiplies the distance from it by $<one> "
    r"- <same>\,\eta$.",
    "At <rate> that is nearly <turned>: each step jumps to the other side, "
    "almost as far out as before, and with a larger rate farther.",
    "Momentum keeps nine tenths of the last jump, which went the other way, "
    "and so bears <times> times as much, up to <bound>.",
    "A path that starts straight across the valley from the cross, as at $w = "
    "<w>$ and $b = <b>$, has no way to go along it.",
    "With a rate of <small> its loss falls from <before> to less than a "
    "millionth in <steps> steps.",
)
def test_rates_that_the_valley_bears(said):
    x = torch.tensor([1, 2, 3]).double()

    def loss(point):
        return (point[0] * x + point[1] - (2 * x - 1)).square().mean() / 2

    bottom = torch.tensor([2, -1]).double()
    bend = torch.autograd.functional.hessian(loss, bottom)
    sizes, ways = torch.linalg.eigh(bend)
    agree((said.steepest, said.same), sizes[1], sizes[1])
    assert said.one - sizes[1] * said.rate == pytest.approx(
        said.turned, abs=0.01
    )
    for way, bound in ((plain, said.rate), (momentum, said.bound)):
        near, far = path(way, bound, 1000), path(way, bound + 0.01, 1000)
        assert loss(near[-1]) < loss(near[0]) < loss(far[-1])
    assert said.bound / said.rate == pytest.approx(said.times, abs=0.05)
    start = torch.tensor([said.w, said.b])
    across = (start - bottom) / (start - bottom).norm()
    assert (across @ ways[:, 1]).abs() > 0.999
    points = path(plain, said.small, int(said.steps), (said.w, said.b))
    agree([said.before], loss(points[0]))
    assert loss(points[-1]) < 1e-6


@claim(
    "A unit without an activation function is to fit three points by $w x + "
    "b$: at 1, 2 and 3 it should be 1, 3 and 5.",
    "Contour lines of a loss over w, from −0.4 to 3, and b, from −2 to 2.6: "
    "long, narrow ellipses, tilted down to the right, around a cross at w = "
    "<w> and b = <b>.",
    "Three paths of <steps> steps start at (0, 2).",
    "Three ways towards the cross, <each> steps each, with the rates <plain>, "
    "<momentum> and <adam>.",
    "With a rate of <wide> the steps of gradient descent across the valley "
    "would become wider and wider; with <plain> those along it are still "
    "short.",
    "Adam hardly swings, but after <taken> steps it is no nearer to the cross "
    "than gradient descent: it remembers the steep slopes of its first steps, "
    "and divides by them.",
    "Momentum, dash-dotted, swings in wider bends and gets closest to the "
    "cross.",
    "Gradient descent, solid, jumps from one side of the valley to the other "
    "and makes little way along it.",
)
def test_three_ways_through_the_valley(said):
    w, b, steps, each = said.w, said.b, said.steps, said.each
    (axes,) = index.draw_surface().axes
    *ways, cross = axes.lines
    assert cross.get_xydata().tolist() == [[w, b]]
    assert drawing.frame(axes) == ((-0.4, 3), (-2, 2.6))
    bottom, ends = torch.tensor([w, b]), []
    for line in ways:
        points = torch.tensor(line.get_xydata())
        assert points[0].tolist() == [0, 2]
        assert len(points) == steps + 1 == each + 1 == said.taken + 1
        ends.append((points[-1] - bottom).norm())
    assert min(ends) == ends[1]
    assert (
        torch.tensor(ways[0].get_xdata()).diff()[:6].sign().diff() != 0
    ).all()
    assert ends[2] > ends[0]
    for way, kind, rate in zip(
        ways,
        (plain, momentum, adam),
        (said.plain, said.momentum, said.adam),
        strict=True,
    ):
        points = path(kind, rate, int(steps))
        torch.testing.assert_close(torch.tensor(way.get_xdata()), points[:, 0])
    steady, wide = (
        path(plain, rate, 30).diff(dim=0).norm(dim=1)
        for rate in (said.plain, said.wide)
    )
    assert steady[-1] < steady[5]
    assert wide[-1] > wide[5]
    forgets = path(partial(adam, q=0.9), said.adam, 30)[-1]
    assert (forgets - bottom).norm() < 0.8 * ends[2]
    far = path(adam, 0.2, steps=1000)[-1]
    torch.testing.assert_close(far, bottom.double(), atol=0.01, rtol=0)


@claim(
    "With a rate of <wide> the steps of gradient descent across the valley "
    "would become wider and wider; with <rate> those along it are still "
    "short.",
)
def test_a_rate_that_leaves_the_valley(said):
    assert index.WAYS["gradient descent"][1] == said.rate
    for chosen, grows in ((said.rate, False), (said.wide, True)):
        lengths = path(index.plain, chosen, steps=60).diff(dim=0).norm(dim=1)
        assert (lengths[-1] > lengths[0]).item() is grows
        assert (lengths[-1] < 0.1).item() is not grows
    end = path(index.momentum, said.wide, steps=300)[-1]
    assert end.tolist() == pytest.approx([2, -1], abs=1e-5)


@claim(
    "Left, plain gradient descent, solid, and momentum, dash-dotted, fall side "
    "by side to about <left>; the band of the plain one has high peaks.",
    "Right, RMSProp, solid, falls to about <third>, and Adam, dashed, to about "
    "<fourth>, in narrower bands.",
    "Four optimisers on the disc, in batches of 12, with the rates 1, 0.1, "
    "0.03 and 0.1, which were found by trying.",
)
def test_optimisers_side_by_side(said):
    assert [rate for *_, rate in TORCH.values()] == [1, 0.1, 0.03, 0.1]
    figure = index.draw_optimisers()
    ends = {}
    for axes in figure.axes:
        assert drawing.frame(axes) == ((0, 30), (0, 0.9))
        ends |= {name: ys[-1].item() for name, ys in by_name(axes).items()}
    assert ends["plain"] == pytest.approx(said.left, abs=0.03)
    assert ends["momentum"] == pytest.approx(said.left, abs=0.03)
    assert ends["RMSProp"] == pytest.approx(said.third, abs=0.02)
    assert ends["Adam"] == pytest.approx(said.fourth, abs=0.02)


@claim(
    r"If the slope is always the same, $v$ grows until what is lost in a step, "
    r"$(1 - p) v$, is what is added: then $v = dw / (1 - p)$, which for $p = "
    "<p>$ is <times> times the slope.",
)
def test_velocity_grows_to_its_limit(said):
    memory = START
    for _ in range(300):
        v, memory = momentum(torch.ones(1), memory, said.p)
    assert v.item() == pytest.approx(said.times, rel=1e-4)


@claim(
    "Every step gives the old mean the weight $p$; after $t$ steps the "
    "<naught> of the start has the weight $p^t$, and the slopes have the other "
    "$1 - p^t$.",
)
def test_weights_of_the_start_and_of_the_slopes(said):
    one = torch.ones(1)
    of_start, of_slopes = Memory(one, 0 * one, 0), START
    assert START.v == said.naught
    for t in range(1, 6):
        _, of_start = adam(0 * one, of_start)
        _, of_slopes = adam(one, of_slopes)
        assert of_start.v.item() == pytest.approx(0.9**t)
        assert of_slopes.v.item() == pytest.approx(1 - 0.9**t)


@claim(
    r"(by hand, easy) The slopes of a weight are 1, 1 and 1, and $\eta = "
    "<rate>$, $p = <p>$.",
    r"The velocities are 1, 1.9 and 2.71, so it is at $-0.1 \cdot (1 + 1.9 + "
    r"2.71) = -0.561$.",
)
def test_three_steps_of_momentum(said):
    memory, velocities = START, []
    for _ in range(3):
        v, memory = momentum(torch.ones(1), memory, said.p)
        velocities.append(v.item())
    assert velocities == pytest.approx([1, 1.9, 2.71])
    assert -said.rate * sum(velocities) == pytest.approx(-0.561)


@claim(
    "(predict, medium) All slopes are multiplied by <factor>, because the loss "
    "is counted in other units.",
    "Plain gradient descent needs a rate a thousand times smaller.",
    "Adam's steps stay as they are, apart from the effect of the tiny $u$.",
    r"Once $s$ has settled, steps are about as long as $\eta$, some shorter "
    "and some longer, whatever the size of the slopes: multiply all of them by "
    r"<hundred>, and $dw$ and $\sqrt{s}$ both grow a hundredfold.",
    r"In the first step $\hat v = dw$ and $\hat s = dw^2$, so every parameter "
    r"whose slope is much larger than $u$ moves by nearly $\eta$, up or down.",
)
def test_adam_does_not_feel_the_units(said):
    slopes = torch.tensor([0.3, -2.0]).double()
    start = Memory(0 * slopes, 0 * slopes, 0)
    for scale in (1, said.hundred, said.factor):
        step, _ = adam(scale * slopes, start)
        torch.testing.assert_close(step, slopes.sign(), atol=1e-6, rtol=0)
        step, _ = rmsprop(scale * slopes, start)
        torch.testing.assert_close(step, 10 * slopes.sign(), atol=1e-5, rtol=0)
        assert plain(scale * slopes, start)[0][0] == scale * slopes[0]
    tiny, _ = adam(torch.tensor([0, 1e-9]).double(), start)
    assert tiny[0] == 0 < tiny[1] < 0.1
    drawn = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    lengths = []
    for scale in (1, said.hundred):
        memory, steps = Memory(0 * drawn[0], 0 * drawn[0], 0), []
        for slope in drawn:
            step, memory = rmsprop(scale * slope, memory)
            steps.append(abs(step.item()))
        lengths.append(torch.tensor(steps[500:]))
    torch.testing.assert_close(*lengths)
    assert lengths[0].quantile(0.1) < 0.2 < 0.7 < lengths[0].mean() < 0.9
    assert lengths[0].quantile(0.9) > 1.5


@claim(
    "(program, medium) Write an optimiser that goes along the sign of each "
    "slope, <up> or <down>, and train the disc's network with it, with the "
    "rate <rate> and in batches of <size>.",
    "It does: all that it needs to know is which way is down.",
)
@pytest.mark.parametrize("seed", range(1, 6))
def test_signs_are_enough(said, seed):
    def along_signs(dw, memory):
        assert {*dw.sign().flatten().tolist()} <= {said.down, 0, said.up}
        return dw.sign(), memory

    losses = losses_on_disc(along_signs, [said.rate] * 30, int(said.size), seed)
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    """A sign on the right of an arrow is new where code has renewed it."""
    generator = torch.Generator().manual_seed(seed)
    w, dw, v, s = torch.rand(4, 5, generator=generator).double() + 0.1
    dw[0], s[0] = 1e-9, 1e-18  # so small that u matters, and where it is
    t, T, r = (torch.tensor(n).double() for n in (3.0, 30.0, 2.0))
    p, q, eta, u = 0.9, 0.99, 0.1, 1e-8
    old = Memory(v, s, 2)
    velocity, _ = momentum(dw, old, p)
    divided, squares = rmsprop(dw, old, q)
    turned, means = adam(dw, old, p, q)
    start = Memory(0 * v, 0 * s, 0)
    first = adam(dw, start, p, q)[1]
    hats = {
        r"\hat v": means.v / (1 - p**3),
        r"\hat s": means.s / (1 - q**3),
    }
    signs = {"w": w, "dw": dw, "v": v, "s": s, "p": p, "q": q, "t": t, "T": T}
    signs |= {"r": r, "u": u, r"\eta": eta, "|dw|": dw.abs()} | hats
    hold(
        "training/index.md",
        signs,
        here={
            "schedule": {r"\eta": r * (1 - t / T)},
            "momentum": {"v": velocity},
            "rmsprop": {"s": squares.s},
            "corrected": {"v": means.v, "s": means.s},
            "v = dw / (1 - p)": {"v": 10 * dw},
            r"\hat v = dw": {r"\hat v": first.v / (1 - p)},
            r"\hat s = dw^2": {r"\hat s": first.s / (1 - q)},
            r"s = 0.01\, dw^2": {"s": rmsprop(dw, start, q)[1].s},
            r"\sqrt{s} = 0.1\, |dw|": {"s": rmsprop(dw, start, q)[1].s},
        },
        after={
            "velocity": {"v": velocity},
            "momentum": {"w": w - eta * velocity},
            "mean-square": {"s": squares.s},
            "rmsprop": {"w": w - eta * divided},
            "two-means": {"v": means.v, "s": means.s},
            "adam": {"w": w - eta * turned},
        },
    )
