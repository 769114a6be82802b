"""The playground's own generator, its training, and what its page foretells."""

from functools import cache
from itertools import chain

import pytest
import torch
from matplotlib.contour import ContourSet
from torch.testing import assert_close

from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.training.playground import (
    EXPERIMENTS,
    HALF,
    STEPS,
    Chance,
    Setting,
    batches,
    begin,
    draw_playground,
    look,
    play,
)
from tests import drawing
from tests.claims import agree, claim
from tests.tensors import double

LINE, RING, SLOW, KILLING, HEART, NOTHING = EXPERIMENTS.values()


def test_chance_is_mulberry32_and_as_even_and_normal_as_it_says():
    chance = Chance(0)
    assert chance.uniform() == 0.26642920868471265
    assert chance.uniform() == 0.0003297457005828619
    even = torch.tensor([chance.uniform() for _ in range(20_000)])
    assert 0 <= even.min() < 1e-3 < 0.999 < even.max() < 1
    assert torch.histc(even, 10, 0, 1) == pytest.approx(2000, rel=0.1)
    normal = torch.tensor([chance.normal() for _ in range(20_000)])
    assert normal.mean() == pytest.approx(0, abs=0.02)
    assert normal.std() == pytest.approx(1, abs=0.02)
    assert (normal.abs() < 1.96).double().mean() == pytest.approx(
        0.95, abs=0.01
    )


@claim(
    "It is trained on <own> points, drawn large; <fresh> others, "
    "drawn small, say how it does on points that it has not seen.",
    "XOR's points lie in four quarters of a square, and opposite quarters have "
    "the same class.",
    "One class lies on a small circle, the other on a large one around it.",
)
def test_points_are_where_the_page_says(said):
    for data in ("XOR", "circles", "moons", "spiral"):
        start = begin(Setting(data, 0))
        assert start.x.shape == (2, said.own)
        assert start.x_test.shape == (2, said.fresh)
        assert 40 < start.y.sum() < 80
        assert start.x.abs().max() < 1
        if data == "XOR":
            assert torch.equal(start.y[0] == 1, start.x.prod(dim=0) < 0)
        if data == "circles":
            assert_close(start.x.norm(dim=0), 0.9 - 0.5 * start.y[0])
        noisy = begin(Setting(data, 0.1))
        assert 0.08 < (noisy.x - start.x).std() < 0.12
        assert torch.equal(noisy.y, start.y)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("plain", torch.optim.SGD),
        ("momentum", lambda w, lr: torch.optim.SGD(w, lr, momentum=0.9)),
        ("RMSProp", torch.optim.RMSprop),
        ("Adam", torch.optim.Adam),
    ],
)
def test_it_trains_as_torch_does(name, theirs):
    setting = Setting("moons", optimiser=name, units=3, rate=0.01, batch=50)
    layers, x, y, *_, chance = begin(setting)
    parts = [part.clone().requires_grad_() for pair in layers for part in pair]
    optimiser = theirs(parts, 0.01)
    seen = []
    for batch in batches(setting, chance, 20):
        seen.append(batch)
        a = x[:, batch]
        for l in range(0, 6, 2):
            z = parts[l] @ a + parts[l + 1]
            a = z.tanh()
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        loss(z, y[:, batch]).backward()
        optimiser.step()
    for part, ours in zip(parts, chain(*play(setting, 20)[-1]), strict=True):
        assert_close(part.detach(), ours)
    for epoch in (seen[:3], seen[3:6]):
        order = [*chain(*epoch)]
        assert sorted(order) == list(range(HALF)) != order
    assert [*batches(Setting(batch=HALF), chance, 1)] == [[*range(HALF)]]


@cache
def after(steps, setting, **changes):
    """Look at a network after so many steps."""
    changed = setting._replace(**changes)
    return look(changed, trained(changed, 2000 if steps > 600 else 600)[steps])


@cache
def trained(setting, steps):
    return play(setting, steps)


def best_line():
    """Return the largest share of the square that a line gets right."""
    side = (torch.arange(60) + 0.5) / 30 - 1
    square = torch.cartesian_prod(side, side)
    wanted = square.prod(dim=1) < 0
    turns = torch.linspace(0, 2 * torch.pi, 73)
    along = square @ torch.stack((turns.cos(), turns.sin()))
    return max(
        ((along > far) == wanted[:, None]).float().mean(dim=0).max().item()
        for far in torch.linspace(0, 1.5, 151)
    )


@claim(
    "About half of them, <line> %.",
    "A single unit has a straight line and no more: even the best line gets "
    "only two thirds of the square right, and training does not find it.",
    "The loss ends at <stuck>, hardly below the <nothing> of knowing nothing.",
    "One hidden layer of eight units brings <bent> % of them right.",
    "Two do not: <two> % of the test points are right, since two lines leave "
    "a region open at its ends.",
    "Three lines close a triangle, and with three units all test points are "
    "right.",
    "With seed <seed>, though, three units get stuck at <caught> %, and eight "
    "units get all right.",
    "Yes, <straight> % of them: a straight line between the moons cuts off "
    "their tips only.",
)
def test_what_lines_can_do(said):
    line, bent = after(600, LINE), after(600, LINE, layers=1)
    agree((said.line, said.bent), 100 * line.right, 100 * bent.right)
    agree((said.stuck, said.nothing), line.training, double(2).log())
    assert best_line() == pytest.approx(2 / 3, abs=0.01)
    assert line.right < best_line() - 0.1
    caught = after(600, RING, units=3, seed=int(said.seed)).right
    agree((said.two, said.caught), 100 * after(600, RING).right, 100 * caught)
    assert RING.units == 2
    assert after(600, RING, units=3).right == 1
    assert after(600, RING, units=8, seed=int(said.seed)).right == 1
    straight = after(600, Setting("moons", layers=0)).right
    agree((said.straight,), 100 * straight)


@claim(
    "Tanh units learn it like this in <steps> steps, down to a loss of "
    "<quick>.",
    "Three hidden layers of sigmoid units are to learn the spiral by plain "
    "gradient descent, with a learning rate of <rate>.",
    "<slow>, so next to nothing has been learnt.",
    "Before the first step the gradient of the first layer has a length of "
    "<short> with sigmoid units, and of <long> with tanh units.",
    "Adam divides by the size of the gradient, so that small ones do not hold "
    "it back: with the same learning rate it comes to <adam>.",
)
def test_slow_layers(said):
    assert (SLOW.activation, SLOW.optimiser, SLOW.layers) == (
        *("sigmoid", "plain", 3),
    )
    assert SLOW.rate == said.rate
    tanh = SLOW._replace(activation="tanh")
    steps = int(said.steps)
    found = (after(steps, SLOW).training, after(steps, tanh).training)
    agree((said.slow, said.quick), *found)
    lengths = [after(0, each).gradients[0] for each in (SLOW, tanh)]
    agree((said.short, said.long), *lengths)
    by_adam = after(steps, SLOW, optimiser="Adam")
    agree((said.adam,), by_adam.training)


@claim(
    "The rings are to be told apart by one layer of eight ReLU units, which "
    "plain gradient descent does with a learning rate of <good>: all test "
    "points are right, and no unit is dead.",
    "After <steps> steps all eight units are dead.",
    "The network then says the same of every point, and the gradient of the "
    "first layer is exactly 0, so that nothing brings them back.",
    "A square that is crossed out belongs to a dead unit, whose slope is "
    "<none> at the $z$ of every training point.",
    "the same share | exactly <share> now, though units fired at the start | "
    "the steps have killed them: a tenth of the rate",
    "With Leaky ReLU no unit dies.",
    "But the rate is still too large, and half of the test points are wrong.",
)
def test_killing_units(said):
    assert KILLING.rate == 10
    calm = after(600, KILLING, rate=said.good)
    assert (calm.right, calm.dead) == (1, 0)
    for steps in (int(said.steps), 600):
        dead = after(steps, KILLING)
        assert (dead.dead, dead.gradients[0]) == (8, said.share)
    assert after(0, KILLING).dead == 0
    assert after(600, KILLING, rate=KILLING.rate / 10).dead == 0
    layers = trained(KILLING, 600)[int(said.steps)]
    says, caches = forward(begin(KILLING).x, layers, KILLING.names)
    assert (ACTIVATIONS["relu"].derivative(caches[0].z) == said.none).all()
    assert says.unique().numel() == 1
    leaky = after(600, KILLING, activation="leaky_relu")
    assert (leaky.dead, leaky.right) == (0, 0.5)


@claim(
    "The test loss: it is <best> after <early> steps and <late_test> after "
    "<late>, while the training loss goes on falling, from <before> to "
    "<after_all>.",
    "With a weight decay of <decay> the test loss ends at <decayed>, and the "
    "border is smooth.",
    "Nothing: the loss stays at <stays>.",
    "All hidden units give 0, so the last layer's weights have slope 0, and "
    "the error that comes back through weights of 0 is 0 as well.",
    "Only the last bias moves.",
    "With first weights of a tenth of the usual size the loss is <some> after "
    "<steps> steps and <little> after <late>.",
)
def test_learning_by_heart_and_from_nothing(said):
    early, late = (after(int(n), HEART) for n in (said.early, said.late))
    agree((said.best, said.late_test), early.test, late.test)
    agree((said.before, said.after_all), early.training, late.training)
    decayed = after(int(said.late), HEART, decay=float(said.decay))
    agree((said.decayed,), decayed.test)
    agree((said.stays,), after(600, NOTHING).training)
    history = trained(NOTHING, 600)
    moved = [
        not part.equal(first)
        for layers in zip(history[-1], history[0], strict=True)
        for part, first in zip(*layers, strict=True)
    ]
    assert moved == [False] * 5 + [True]
    for steps, loss in ((said.steps, said.some), (said.late, said.little)):
        agree((loss,), after(int(steps), NOTHING, first=0.1).training)


@claim(
    "What a network with two hidden layers of eight tanh units makes of a "
    "spiral in <steps> steps of Adam.",
    "Below, each hidden unit is shaded where its pre-activation is above 0.",
    "In the first layer each unit cuts the plane by a straight line, since its "
    "pre-activation is a weighted sum of the two coordinates, plus a bias.",
    "On the right, the loss over <steps> steps falls from <first> to nearly 0 "
    "on training points, solid, and to <last> on test points, dashed; below "
    "it, three bars show gradients of some thousandths in length.",
    "Below, two rows of eight small squares, one for each hidden unit: those "
    "of layer <straight> are cut by straight lines, those of layer <curved> by "
    "curves.",
)
def test_figure_shows_region_losses_gradients_and_units(said):
    assert said.steps == STEPS
    assert (said.straight, said.curved) == (1, 2)
    setting = Setting()
    assert (setting.data, setting.layers, setting.units) == ("spiral", 2, 8)
    assert (setting.activation, setting.optimiser) == ("tanh", "Adam")
    layers = play(setting, STEPS)[-1]
    answer, curve, lengths, sheet = draw_playground().axes
    chance = torch.Generator().manual_seed(0)
    points = 2 * torch.rand(2, 400, generator=chance, dtype=torch.float64) - 1
    y_hat, caches = forward(points, layers, setting.names)
    clear = (y_hat[0] - 0.5).abs() > 0.1
    inside = drawing.shaded(answer, points.T)
    assert torch.equal(inside[clear], (y_hat[0] > 0.5)[clear])
    found = look(setting, layers)
    for line, name in zip(curve.lines, ("training", "test"), strict=True):
        assert line.get_label() == name
        assert line.get_xdata()[-1] == STEPS
        assert line.get_ydata()[-1] == getattr(found, name)
    ends = [at for line in curve.lines for at in line.get_ydata()[[0, -1]]]
    first, nearly, again, last = ends
    assert nearly < 0.01
    agree((said.first, said.first, said.last), first, again, last)
    assert all(0.001 < length < 0.01 for length in found.gradients)
    tops = double([bar.get_ydata()[1] for bar in lengths.lines])
    assert_close(10**tops, double(found.gradients))
    regions = [c for c in sheet.collections if isinstance(c, ContourSet)]
    units = torch.cat([cache.z for cache in caches[:-1]])
    for place, (region, z) in enumerate(zip(regions, units, strict=True)):
        corner = torch.tensor([place % 8 + 14 / 28, place // 8 + 12 / 24])
        scale = torch.tensor([11 / 28, -11 / 24]) / 1.3
        (path,) = region.get_paths()
        inside = path.contains_points(corner + points.T * scale)
        clear = z.abs() > 0.3
        assert torch.equal(torch.tensor(inside)[clear], (z > 0)[clear])
