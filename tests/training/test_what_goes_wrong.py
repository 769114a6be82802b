import pytest
import torch

from snippets.activation.relu import disc
from snippets.network import Layer
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy, cross_entropy_of_z
from snippets.training.what_goes_wrong import (
    HEALTHY,
    JUMPS,
    RUNS,
    STAYS,
    STOPS,
    Setting,
    begin,
    draw_jumps,
    draw_stays,
    draw_stops,
    learn,
    look,
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
    "of the right size."
)
@pytest.mark.parametrize("seed", SEEDS)
def test_learns_as_torch_does(said, seed):
    x, y, layers = begin(HEALTHY, chance(seed))
    assert [len(b) for _, b in layers] == [8, 8, 1]
    parts = [part.clone().requires_grad_() for pair in layers for part in pair]
    optimiser = torch.optim.SGD(parts, lr=said.rate)
    losses = []
    for _ in range(20):
        a = x
        for W, b in zip(parts[:4:2], parts[1:4:2], strict=True):
            a = torch.relu(W @ a + b)
        loss = cross_entropy_of_z(parts[4] @ a + parts[5], y)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    ours, found = learn(HEALTHY, chance(seed), 20)
    assert found[:20] == pytest.approx(losses, rel=1e-9)
    for part, theirs in zip([*sum(ours, ())], parts, strict=True):
        torch.testing.assert_close(part, theirs.detach())


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_run_fails_in_its_way(name, seed):
    _, losses = learn(RUNS[name], chance(seed))
    _, y = disc(chance(seed))
    nothing = cross_entropy(y.mean().expand_as(y), y).item()
    if name in STAYS:
        assert nothing - 0.1 < min(losses[-200:])
        assert max(losses) < nothing + 0.2
    elif name in JUMPS:
        assert max(losses) > 9
        assert min(losses) > 0.08
    elif name in STOPS:
        assert losses[-1] < losses[0]
    else:
        assert losses[-1] < 0.12
        assert max(losses) < nothing + 0.2


@claim(
    "Step: how long the step is, divided by the length of all parameters; "
    "about <usual> is usual here, <little> is too little, and <much> too much.",
    "First layer: its share of the gradient's length; <vanished> is a "
    "vanishing gradient, exactly <dead> a dead layer.",
    "Silent: hidden units whose slope is <flat> for every example.",
    "The losses of three causes can look alike, but some number tells each of "
    "them from the others.",
    "The first loss, the length of a step, the first layer's share of the "
    "gradient, silent and equal units, the inputs and a gradient check tell "
    "nine failures apart.",
    "first loss far too high | mean and spread of each input: hundreds | the "
    "inputs are not scaled: mean <mean>, deviation <deviation>",
    "loss falls slowly, in zigzags | mean of each input: far from <centre> | "
    "the inputs are off centre: subtract the mean",
    "loss creeps along a straight line | step by size of the weights: below "
    "<small> | the rate is too small: ten times the rate",
    "loss falls, stops early or wobbles | gradient check: above $10^{-3}$ | a"
    " bug in the gradient: compare layer by layer, the last one first",
    "loss stays near that of knowing nothing | the first layer's share of the"
    " gradient: a millionth or less | the gradient vanishes: ReLU or a "
    "relative, variance $2/n$, fewer layers",
    "first loss normal, the second higher | step by size of the weights: near"
    " 1 | the rate is too large: a tenth of the rate",
    "first loss far too high | the size of $a$ in each layer: it grows | the "
    "weights are too large: variance $2/n$ or $1/n$",
    "loss falls, stops early | the units of the first layer: they are equal |"
    " symmetry: draw the weights at random",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_some_number_tells_each_failure(said, seed):
    signs = {name: look(run, chance(seed)) for name, run in RUNS.items()}
    told = {
        "too small a rate": lambda s: s.step < 2 * said.little,
        "ten sigmoid layers": lambda s: said.dead < s.share < 3 * said.vanished,
        "dead units": lambda s: s.share == said.dead and s.silent == 1,
        "too large a rate": lambda s: s.step > said.much,
        "too large weights": lambda s: s.first_loss > 50 and s.spread < 1,
        "inputs of hundreds": lambda s: s.spread > 100 * said.deviation,
        "equal weights": lambda s: s.different == 1,
        "inputs off centre": lambda s: abs(s.centre - said.centre) > 1,
        "a faulty gradient": lambda s: s.check > 1e-3,
    }
    assert (said.mean, said.flat) == (0, 0)
    for name, tells in told.items():
        found = {run for run, sign in signs.items() if tells(sign)}
        assert found - {"inputs of hundreds"} <= {name}
        assert name in found
    well = signs["nothing wrong"]
    assert said.usual / 2 < well.step < 4 * said.usual
    assert said.little < said.small / 5 < well.step
    assert well.check < 1e-7
    assert abs(well.centre) < 0.1


@claim(
    "Here all biases of the hidden units start at <bias>, and no example makes "
    "any unit fire.",
    "The table below shows the share of hidden units that no example reaches "
    "after 100 steps: for a positive bias a high rate kills them, and for "
    "a negative one they begin dead.",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_rate_and_bias_kill_units(said, seed):
    assert STAYS["dead units"].bias == said.bias
    assert silent_after(Setting(bias=said.bias), chance(seed), 0) == 1
    assert silent_after(Setting(bias=-3), chance(seed), 100) > 0.9
    slow, fast = (
        silent_after(Setting(bias=1, rate=rate), chance(seed))
        for rate in (0.1, 10)
    )
    assert slow < 0.2 < 0.5 < fast


@claim(
    "The share of silent units, which is <percent> %, and the first layer's "
    "share of the gradient, which is <share>:",
    "It is an affine map: all $z$ are positive, for every example, so nothing "
    "bends.",
)
def test_exercises_on_biases(said):
    signs = look(Setting(bias=-5, rate=20), chance())
    assert (100 * signs.silent, signs.share) == (said.percent, said.share)
    x, _, layers = begin(HEALTHY, chance())
    z = forward(x, [Layer(layers[0].W, layers[0].b + 100)], ["relu"])[1][0].z
    assert (z > 0).all()


def curves(axes):
    return [torch.as_tensor(line.get_ydata()) for line in axes.lines]


@claim(
    "A dashed curve, the run with nothing wrong, falls from about <start> to "
    "<end> in each of them.",
    "The solid curve stays near <near> in all three: with too small a rate, "
    "with ten sigmoid layers, and with dead units.",
    "Three panels show the loss over <steps> steps, from <low> to <high>.",
)
def test_figure_of_losses_that_stay(said):
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
    "With too large a rate the loss jumps between about <low> and <high> until "
    "the end.",
    "With too large weights it begins above <first>, falls in about <steps> "
    "steps below <one> and stays near <last>.",
    "With inputs of hundreds it rises above <top>, drops to <rest> and stays "
    "there.",
    "Three panels show the loss over <all_steps> steps on a logarithmic axis.",
    "The dashed curve, with nothing wrong, falls from about <start> to <end>.",
    "Here they are coordinates between <left> and <right>.",
)
def test_figure_of_losses_that_jump(said):
    x, _, _ = begin(JUMPS["inputs of hundreds"], chance())
    assert said.left < x.min() < 0.95 * said.left
    assert 0.95 * said.right < x.max() < said.right
    axes = draw_jumps().axes[0]
    healthy = curves(axes)[0]
    assert (axes.get_yscale(), len(healthy)) == ("log", said.all_steps + 1)
    assert healthy[[0, -1]].tolist() == pytest.approx(
        [said.start, said.end], abs=0.05
    )
    rate, weights, inputs = (curves(axes)[1] for axes in draw_jumps().axes)
    assert rate[-50:].min().item() == pytest.approx(said.low, abs=0.5)
    assert rate[-50:].max().item() == pytest.approx(said.high, abs=0.9)
    assert weights[0] > said.first
    assert (weights < said.one).nonzero()[0].item() == pytest.approx(
        said.steps, abs=9
    )
    assert weights[-1].item() == pytest.approx(said.last, abs=0.05)
    assert inputs.max() > said.top
    assert (inputs[20:] - said.rest).abs().max() < 0.05


@claim(
    "With equal weights the loss falls quickly to <corner> and then very "
    "slowly.",
    "With inputs off centre it leaves the panel in the first steps and ends at "
    "<off>.",
    "With a faulty gradient it falls at first like the dashed curve, and ends "
    "at about <fault>.",
    "Here they lie around <centre_of_x> and not around <other>.",
)
def test_figure_of_losses_that_stop(said):
    x, _, _ = begin(STOPS["inputs off centre"], chance())
    assert x.mean().item() == pytest.approx(said.centre_of_x, abs=0.1)
    assert begin(HEALTHY, chance())[0].mean().item() == pytest.approx(
        said.other, abs=0.1
    )
    found = draw_stops().axes
    (_, equal), (_, centre), (healthy, wrong) = map(curves, found)
    assert equal[20].item() == pytest.approx(said.corner, abs=0.05)
    assert said.corner - 0.1 < equal[-1] < equal[20]
    assert centre[:9].max() > found[1].get_ylim()[1]
    assert centre[-1].item() == pytest.approx(said.off, abs=0.05)
    assert (wrong - healthy)[:20].abs().max() < 0.01
    assert wrong[-20:].mean().item() == pytest.approx(said.fault, abs=0.05)


def test_equations():
    hold("training/what_goes_wrong.md", {})
