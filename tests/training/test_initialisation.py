import math
from itertools import product

import pytest
import torch

from snippets.network import Layer
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.training import what_goes_wrong
from snippets.training.initialisation import (
    draw_through_depth,
    draw_way_back,
    draw_way_forward,
    silent_by_layer,
    sizes_by_layer,
    told,
)
from snippets.training.what_goes_wrong import (
    HEALTHY,
    STOPS,
    Setting,
    begin,
    learn,
)
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import TORCHS
from tests.tensors import chance

SEEDS = range(3)


def curves(axes):
    return [torch.as_tensor(line.get_ydata()) for line in axes.lines]


@claim(
    "The products average to 0, since the weights are independent: the mean of "
    "$w_i w_j$ is the product of their means, which are 0.",
    "Each square averages to $v x_i^2$.",
)
def test_products_average_to_nothing():
    w = torch.tensor([*product((-0.3, 0.3), repeat=3)]).double()
    terms = w * torch.tensor([0.5, -2.0, 1.0]).double()
    average = terms.T @ terms / len(w)
    squares = 0.3**2 * torch.tensor([0.25, 4.0, 1.0]).double()
    torch.testing.assert_close(average, squares.diag())


@claim("The root of $2/784$, which is about <deviation>.")
def test_deviation_for_a_layer(said):
    assert pytest.approx(said.deviation, abs=0.005) == (2 / 784) ** 0.5


@claim(
    "Then all units of a layer compute the same number, and they go on doing "
    "so for ever.",
    "No number of steps tells them apart, and a layer of eight such units can "
    "do no more than a layer of one.",
    "Equal units stay equal, so weights are drawn at random.",
)
@pytest.mark.parametrize("steps", [0, 1, 300])
def test_equal_units_stay_equal(steps):
    layers, _ = learn(STOPS["equal weights"], chance(), steps)
    for W, b in layers[:-1]:
        assert (W - W[0]).abs().max() < 1e-9
        assert (b - b[0]).abs().max() < 1e-9
    one = Layer(layers[0].W[:1], layers[0].b[:1])
    narrow = Layer(layers[1].W[:1].sum(dim=1, keepdim=True), layers[1].b[:1])
    x, _, _ = begin(HEALTHY, chance())
    wide, _ = forward(x, layers[:2], ["relu"] * 2)
    a, _ = forward(x, [one, narrow], ["relu"] * 2)
    torch.testing.assert_close(a.expand_as(wide), wide)


@claim(
    "With weights of <zero> it is worse: every $W^\\top dz$ is <same> as well, "
    "and nothing but the last layer's bias learns if $g(0)$ is <fixed>, as for "
    "tanh and ReLU.",
)
@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_weights_of_zero_never_move(said, name, monkeypatch):
    assert (
        ACTIVATIONS[name].g(torch.tensor(said.zero)) == said.same == said.fixed
    )
    monkeypatch.setattr(
        what_goes_wrong.torch, "full_like", lambda W, _: torch.zeros_like(W)
    )
    layers, _ = learn(Setting(activation=name, equal=True), chance(), 50)
    moved = [bool(part.any()) for layer in layers for part in layer]
    assert moved == [False] * 5 + [True]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_sizes_are_those_that_autograd_finds(name):
    a, dz = sizes_by_layer(name, 4, 2.0, chance(), 5)
    generator = chance()
    weights = [
        (2 / 5) ** 0.5
        * torch.randn(5, 5, generator=generator, dtype=torch.float64)
        for _ in range(4)
    ]
    x, error = (
        torch.randn(5, 5, generator=generator, dtype=torch.float64)
        for _ in range(2)
    )
    sums, outputs = [], [x]
    for W in weights:
        sums.append((W @ outputs[-1]).requires_grad_())
        outputs.append(TORCHS[name](sums[-1]))
    grads = torch.autograd.grad(sums[-1], sums, error)
    for size, parts in ((a, outputs[1:]), (dz, grads)):
        wanted = [part.square().mean().sqrt().item() for part in parts]
        assert size.tolist() == pytest.approx(wanted)


@claim(
    "ReLU with $2/n$ stays within a factor of ten, and that is no accident; "
    "tanh with $1/n$ fades slowly, and the others fade or grow fast.",
    "A product of many factors vanishes if they are below <one> and explodes "
    "if they are above; only with a factor near <same> does the error survive "
    "fifty layers.",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_only_one_factor_survives_fifty_layers(said, seed):
    def share(name, variance):
        _, errors = sizes_by_layer(name, 50, variance, chance(seed))
        return (errors[0] / errors[-1]).item()

    assert said.one == said.same == 1
    assert share("sigmoid", 1) < 1e-25
    assert share("relu", 1) < 1e-6
    assert 0.1 < share("relu", 2) < 10
    assert share("relu", 4) > 1e5
    assert 0.01 < share("tanh", 1) < 0.5


@claim(
    "As the weights are symmetric around <zero>, $z$ is as often negative as "
    "positive: $a^2$ is $z^2$ in half of the cases and <cut> in the others, so "
    "its mean is half as large.",
    "On the way back its slope is <none> in half of the cases, too, which "
    "leaves $k v / 2$: where all layers are equally wide, $2/n$ serves both "
    "ways.",
)
def test_relu_halves_the_mean_square(said):
    assert said.zero == said.cut == said.none == 0
    for seed in SEEDS:
        a, dz = sizes_by_layer("relu", 20, 2.0, chance(seed))
        assert 0.2 < a[-1] < 5
        assert 0.2 < dz[0] / dz[-1] < 5
    z = torch.randn(10**6, generator=chance(), dtype=torch.float64)
    a = torch.relu(z)
    assert (a.square()[z < 0] == said.cut).all()
    halved = a.square().mean() / z.square().mean()
    assert halved.item() == pytest.approx(1 / 2, abs=0.005)


@claim(
    "Half of the cases keep $z^2$, the other half $0.04 z^2$: on average "
    "<share> of it.",
    r"So $0.52 \, n v$ must be <one>, and the variance is about $1.92 / n$.",
)
def test_variance_for_leaky_relu(said):
    assert pytest.approx(said.share) == (1 + 0.2**2) / 2
    assert said.one / said.share == pytest.approx(1.92, abs=0.005)


@claim(
    "In the first step only those of the last layer: their gradient is a "
    "product with activations that are not <zero>, while $W^\\top dz$ is "
    "<same>, and with it all gradients of the first layer.",
    "In the second step all of them change.",
)
def test_zero_in_the_last_layer_delays_the_first(said, monkeypatch):
    drawn = what_goes_wrong.initialise

    def flat_end(sizes, generator):
        *hidden, (W, b) = drawn(sizes, generator)
        return [*hidden, Layer(W * said.zero, b)]

    monkeypatch.setattr(what_goes_wrong, "initialise", flat_end)
    run = Setting(activation="tanh", depth=1)
    start, first, second = (learn(run, chance(), n)[0] for n in range(3))
    assert torch.equal(start[0].W, first[0].W)
    assert (said.same != first[1].W).all()
    assert (second[0].W != first[0].W).all()


@claim(
    "Left, weights with variance 1/n: towards layer 1 the error of sigmoid "
    "falls to about 10^-31, those of ReLU and Leaky ReLU to about 10^-8, that "
    "of tanh to about a tenth.",
    "Right, variance 4/n: sigmoid still falls, to about 10^-19, while tanh "
    "grows to about a thousand and ReLU and Leaky ReLU to about ten million.",
    "Two panels show the size of the error in layers 1 to 50 on a logarithmic "
    "axis from 10^-35 to 10^20; at layer 50 it is 1 for all.",
    "Send one back through 50 layers of 64 units.",
)
def test_figure_of_the_way_back():
    assert sizes_by_layer.__wrapped__.__defaults__ == (64,)
    for axes, wanted in zip(
        draw_way_back().axes, ((-31, -1, -8, -8), (-19, 3, 7, 7)), strict=True
    ):
        ends = [curve[0].log10().item() for curve in curves(axes)]
        assert axes.get_ylim() == (1e-35, 1e20)
        assert list(axes.lines[0].get_xdata()) == [*range(1, 51)]
        assert ends == pytest.approx(wanted, abs=0.5)
        assert all(0.9 < curve[-1] < 1.1 for curve in curves(axes))


@claim(
    "Two panels over the layers 1 to 50, for ReLU and weights with variance "
    "2/n.",
    "Left, on a logarithmic axis: the size of the activations, solid, sinks "
    "from 1 to about <a> in layer 50, that of the errors, dashed, from 1 there "
    "to about <dz> in layer 1.",
    "Right, the share of units that are silent for every input: none in layer "
    "1, then up and down, and <silent> % in layer <last>.",
)
def test_figure_through_the_depth(said):
    left, right = draw_through_depth().axes
    forward, back, share = (
        curve.tolist() for axes in (left, right) for curve in curves(axes)
    )
    named = [line.get_label() for line in left.lines]
    assert named == ["activations", "errors"]
    assert (round(forward[0], 1), share[0], share[-1]) == (0, 0, said.silent)
    assert back[-1] == pytest.approx(0)
    ends = [10 ** forward[-1], 10 ** back[0]]
    assert ends == pytest.approx([said.a, said.dz], abs=0.05)
    found = told()
    assert found["layers"] == right.lines[0].get_xdata().tolist()
    assert found["layers"][-1] == said.last
    assert found["sizes"]["ReLU"][2] == [forward, back]
    assert found["silent"]["ReLU"] == share


@claim(
    "ReLU and Leaky ReLU keep the sizes with $<two>/n$.",
    "For tanh the best lies in between: with $<one>/n$ both sizes shrink to a "
    "tenth in fifty layers, and with $<same>/n$ the errors grow tenfold.",
    "For the sigmoid no variance of the four helps.",
    "Its activations stay near a half, but its slope is at most a quarter, and "
    r"what comes back has a size below $<tiny>$.",
    "Only ReLU has silent units, since it alone has a slope of exactly zero "
    "over a range.",
    "The variance changes nothing about them: twice as large weights make "
    "every sum twice as large, and leave its sign.",
)
def test_figure_answers_what_is_asked_of_it(said):
    found = told()
    sizes = {
        name: {
            variance: (forward[-1], back[0] - back[-1])
            for variance, (forward, back) in zip(
                found["variances"], each, strict=True
            )
        }
        for name, each in found["sizes"].items()
    }
    for name in ("ReLU", "Leaky ReLU"):
        strays = {v: max(map(abs, each)) for v, each in sizes[name].items()}
        assert min(strays, key=strays.get) == said.two
        assert strays[said.two] < 1.1
    assert sizes["tanh"][said.one] == pytest.approx((-1, -1), abs=0.15)
    assert sizes["tanh"][said.same][1] == pytest.approx(1, abs=0.15)
    for power, back in sizes["sigmoid"].values():
        assert 10**power == pytest.approx(0.5, abs=0.07)
        assert back < math.log10(said.tiny)
    silent = {name for name, shares in found["silent"].items() if any(shares)}
    assert silent == {"ReLU"}
    once, twice = (
        silent_by_layer("relu", 50, variance, chance(0)) for variance in (1, 4)
    )
    assert torch.equal(once, twice)


@claim(
    "In each layer about half of all sums are negative.",
    "In the first layer each unit is silent for about half of the inputs, and "
    "no unit for all of them.",
    "But layers of ReLU make inputs more alike: no activation is negative, so "
    "all of them point roughly the same way.",
    "In layer <last> most units fire for all inputs or for none, and those "
    "that fire for none pass no error back: they begin dead.",
)
@pytest.mark.parametrize("seed", SEEDS)
def test_deep_units_fire_for_all_or_none(said, seed):
    generator = chance(seed)
    weights = [
        (2 / 64) ** 0.5
        * torch.randn(64, 64, generator=generator, dtype=torch.float64)
        for _ in range(int(said.last))
    ]
    a = torch.randn(64, 64, generator=generator, dtype=torch.float64)
    silent, alike = [], []
    for W in weights:
        a = (W @ a).relu()
        silent.append(a == 0)
        direction = a / a.norm(dim=0)
        alike.append((direction.T @ direction).mean())
    none = torch.stack([units.all(dim=1).double().mean() for units in silent])
    for variance in (0.5, 2):
        found = silent_by_layer("relu", len(weights), variance, chance(seed))
        assert torch.equal(found, none)
    every = (~silent[-1]).all(dim=1).double().mean()
    assert none[0] == 0
    assert every + none[-1] > 0.5
    assert alike[0] < alike[9] < alike[-1]
    shares = torch.stack(silent).double().mean(dim=2)  # of each unit
    assert (shares.mean(dim=1) - 0.5).abs().max() < 0.2
    assert (shares[0] - 0.5).abs().max() < 0.3
    assert len(silent[0].unique(dim=0)) == 64


@claim(
    "For tanh the curve of 0.5/n falls to about <half>, that of 1/n sinks "
    "slowly to about <one>, and those of 2/n and 4/n are level.",
    "For ReLU 0.5/n falls to about 10^-6 and 1/n to about <relu>; 2/n is "
    "level near <level>, and 4/n rises to about <four>.",
    "Two panels show the size of the activations in layers 1 to 20 on a "
    "logarithmic axis, for weights with variance 0.5/n, 1/n, 2/n and 4/n.",
)
def test_figure_of_the_way_forward(said):
    (legend,) = draw_way_forward().legends
    words = [text.get_text() for text in legend.get_texts()]
    assert words == ["0.5/n", "1/n", "2/n", "4/n"]
    tanh, rectifier = (
        [curve[-1].item() for curve in curves(axes)]
        for axes in draw_way_forward().axes
    )
    assert tanh[:2] == pytest.approx([said.half, said.one], rel=0.2)
    assert min(tanh[2:]) > 0.5
    assert rectifier == pytest.approx(
        [6e-7, said.relu, said.level, said.four], rel=0.5
    )


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    """Over all signs that four weights can have, which is their average."""
    generator = chance(seed)
    x = torch.randn(4, generator=generator, dtype=torch.float64)
    root = torch.rand(1, generator=generator, dtype=torch.float64)
    signs = torch.tensor([*product((-1.0, 1.0), repeat=4)]).double()
    w = root * signs
    z = w @ x
    W, dz = torch.randn(3, 4, generator=generator), torch.randn(3).double()
    W = W.double()
    size = {"n": 4, "k": 3}
    hold(
        "training/initialisation.md",
        {
            "z": z,
            "w": [*w.T],
            "x": [*x],
            "v": root.item() ** 2,
            "q": x.square().mean(),
            "r": z.square().mean(),
            **size,
        },
        here={
            "keep-forward": {"v": 1 / 4},
            "xavier": {"v": 2 / 7},
            "he": {"v": 2 / 4},
            r"da_i = \sum_{j=1}^{k} w_{ji} dz_j": {
                "da": [*(W.T @ dz)],
                "w": [[*row] for row in W],
                "dz": [*dz],
                "i": range(1, 5),
            },
        },
    )


@claim(
    "In torch the rules of Xavier and He are torch.nn.init.xavier_normal_ and "
    "torch.nn.init.kaiming_normal_.",
    "A torch.nn.Linear by itself draws neither: its weights have the variance "
    "$1 / (3 n)$, six times too small for ReLU, until you call "
    "kaiming_normal_(layer.weight).",
)
@pytest.mark.parametrize(
    ("draw", "wanted"),
    [
        (torch.nn.init.xavier_normal_, 2 / 1200),
        (torch.nn.init.kaiming_normal_, 2 / 800),
    ],
)
def test_torch_draws_with_these_variances(draw, wanted):
    W = draw(torch.empty(400, 800), generator=chance())
    assert W.var().item() == pytest.approx(wanted, rel=0.02)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        found = torch.nn.Linear(800, 400).weight.var().item()
    assert found == pytest.approx(1 / (3 * 800), rel=0.02)
