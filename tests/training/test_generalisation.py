"""Gaps, slips and remedies, as the page tells them."""

import pytest
import torch

from snippets.activation.relu import disc
from snippets.network import Layer
from snippets.propagation.backward import Gradient
from snippets.training import generalisation
from snippets.training.generalisation import (
    SEEDS,
    Mistakes,
    best_stop,
    careless_disc,
    gap_of_home,
    learn_careless,
    remedies,
)
from snippets.training.index import plain, remember_nothing, step_by
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold


@claim(
    "The network that learnt the disc puts each of its <points> points on the "
    "right side.",
    "A network is right on every example that it has learnt from.",
)
def test_gap_of_the_home_page(said):
    own, fresh = gap_of_home()
    assert generalisation.learn_disc(0)[1].shape[1] == said.points
    assert own == 0
    assert 0.04 < fresh < 0.06


@claim(
    "Here are points of the same disc, but whoever wrote down the targets was "
    "careless: about <share> is wrong.",
)
@pytest.mark.parametrize("seed", range(3))
def test_slips(said, seed):
    x, y = careless_disc(torch.Generator().manual_seed(seed), 5000)
    same, truth = disc(torch.Generator().manual_seed(seed), 5000)
    assert torch.equal(x, same)
    assert (y != truth).double().mean() == pytest.approx(said.share, abs=0.02)


@claim(
    "If you try ten networks and take the one that is best on the examples "
    "kept back, that number is too good: among ten, one was lucky.",
    "(predict, easy) Of 1000 networks that toss a coin for each answer, "
    "one is best on <points> validation points.",
    "On the validation points it is far better than a coin, since it was "
    "chosen for that.",
    "On the test points it is a coin again, wrong on about half of them.",
    "A usual split gives a fifth each to the validation and the test part, so "
    "that most is left to learn from.",
    "Of <examples> examples each of these parts has <part>: enough to tell a "
    "network that is wrong on <many> per cent from one that is wrong on <few>, "
    "but not from one that is wrong on <fewer>.",
)
@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_many_is_lucky(said, seed):
    generator = torch.Generator().manual_seed(seed)
    size = 1000, int(said.points)
    wrong = torch.rand(size, generator=generator) < 0.5
    best = wrong.double().mean(dim=1)
    assert best.min() < 0.25
    assert best[:10].min() < 0.5
    fresh = torch.rand(10_000, generator=generator) < 0.5
    assert fresh.double().mean() == pytest.approx(0.5, abs=0.02)
    assert said.part == said.examples / 5
    draws = torch.rand(2, 2000, int(said.part), generator=generator)

    def confused(one: float, other: float) -> float:
        """Return how often the better one is not seen to be better."""
        rates = torch.tensor([[[one]], [[other]]]) / 100
        worse, better = (draws < rates).sum(dim=2)
        return (worse <= better).double().mean().item()

    assert confused(said.many, said.few) < 0.05
    assert confused(said.many, said.fewer) > 0.2


def lines(axes):
    return {
        line.get_label(): torch.tensor(line.get_ydata()).tolist()
        for line in axes.lines
    }


@claim(
    "On the targets learnt from, dashed, mistakes fall all the way, from about "
    "<own_two> to about <own_most>.",
    "On fresh points, solid, they fall from about <two> to about <eight> at "
    "<best> units, and then rise to about <most> at <units>.",
    "The larger the network, the fewer mistakes it makes on the targets that "
    "it learns from, by learning slips too; on fresh points it makes the "
    "fewest with <best> units.",
    "Two units are too few to enclose a disc, so they do badly on both.",
    "Mistakes in per cent, from 0 to 50, against the number of hidden units, "
    "2, 4, 8, 32 and 128, on a logarithmic axis; each line is the mean of five "
    "starts, in a band from the fewest to the most.",
)
def test_larger_networks_learn_slips(said):
    (axes,) = generalisation.draw_sizes().axes
    own, truth = lines(axes).values()
    sizes = list(axes.lines[0].get_xdata())
    assert sizes == [2, 4, said.best, 32, said.units]
    assert own == sorted(own, reverse=True)
    assert min(truth) == truth[2]
    assert (own[0], own[-1]) == pytest.approx(
        (said.own_two, said.own_most), abs=1
    )
    assert (truth[0], truth[2]) == pytest.approx((said.two, said.eight), abs=1)
    assert truth[-1] == pytest.approx(said.most, abs=1)
    assert own[-1] < 20, "slips are learnt by heart"
    assert drawing.frame(axes) == ((2, 128), (0, 50))


@claim(
    "With right targets it did no worse on this disc: what it learns by heart "
    "is at least not false.",
)
def test_with_right_targets_a_large_network_does_no_worse(monkeypatch):
    monkeypatch.setattr(generalisation, "careless_disc", disc)
    learn = learn_careless.__wrapped__
    wrong = {
        units: sum(learn(units, seed).truth[-1] for seed in SEEDS) / 5
        for units in (8, 64)
    }
    assert wrong[64] < wrong[8] + 0.005


@claim(
    "All begin near <start> and fall steeply for 20 epochs.",
    "Then mistakes on the training part, dashed, go on falling, slowly, below "
    "the dotted line to about <own>.",
    "Those on the validation part, dash-dotted, rise from about <low> to about "
    "<high>.",
    "Those on fresh points with right targets, solid, rise from about <best> "
    "to about <last>.",
    "Mistakes in per cent, from 0 to 60, of <units> hidden units against the "
    "epochs, from 0 to 200, the mean of five starts; a dotted level line is at "
    "<level>.",
    "The validation part has slips of its own, which nobody can foresee; so "
    "its line is higher than that for right targets, but on average it turns "
    "at the same time.",
    "First the network learns the disc, then the slips: once it makes fewer "
    "mistakes than there are slips (dotted), it must be learning them.",
)
def test_first_the_disc_then_the_slips(said):
    (axes,) = generalisation.draw_stop().axes
    *curves, dotted = axes.lines
    training, validation, truth = [c.get_ydata() for c in curves]
    assert dotted.get_ydata()[0] == said.level
    assert said.units == 128
    for curve in (training, validation, truth):
        assert curve[0] == pytest.approx(said.start, abs=5)
        assert curve[2] < 30
    assert training[-1] == pytest.approx(said.own, abs=1)
    assert training[-1] < said.level
    assert validation.min() == pytest.approx(said.low, abs=1)
    assert validation[-1] == pytest.approx(said.high, abs=1)
    assert truth.min() == pytest.approx(said.best, abs=1)
    assert truth[-1] == pytest.approx(said.last, abs=1)
    assert abs(validation.argmin() - truth.argmin()) <= 1
    assert (validation[2:] > truth[2:]).all()
    assert [*drawing.styles(axes).values()][:3] == ["--", "-.", "-"]


@claim(
    "Every remedy makes the network worse at what it learns from, and on "
    "average better in truth.",
    "Four times the points help most.",
    "The others cannot be told apart with five starts; elsewhere "
    "the validation part says which is best.",
    "But 8 units, weight decay and early stopping owe something to 120 points "
    "more, those of the validation part, and a network that learns from all "
    "240 is on average at least as good.",
)
def test_every_remedy_helps():
    found = {
        name: (own, sum(truth) / 5) for name, (own, truth) in remedies().items()
    }
    own, truth = found.pop("as it is")
    for name, (learnt, right) in found.items():
        assert learnt > own, name
        assert right < truth - 0.02, name
    assert min(found, key=lambda name: found[name][1]) == "480 points"
    for name in ("8 units", "weight decay", "early stopping"):
        assert found["240 points"][1] < found[name][1]
    others = [right for name, (_, right) in found.items() if name[0] != "4"]
    assert max(others) - min(others) < 0.03


@claim(
    "The <units> units and $c = <best>$ were chosen by the number of mistakes "
    "on the validation part, among the sizes above and <a>, <b>, <c> and <d>.",
)
def test_remedies_are_chosen_on_the_validation_part(said):
    def wrong(units, decay=0):
        runs = [learn_careless(units, seed, decay) for seed in SEEDS]
        return sum(run.validation[-1] for run in runs) / 5

    assert min(generalisation.SIZES, key=wrong) == said.units
    least = min(wrong(128, each) for each in (said.a, said.b, said.c, said.d))
    assert wrong(128, said.best) < least + 0.005
    assert said.best in (said.a, said.b, said.c, said.d)


@claim(
    "Early stopping uses that: keep the network of each epoch, and in the end "
    "take the one with the fewest mistakes on the validation part.",
)
def test_stop_is_the_first_of_the_best():
    assert best_stop(Mistakes([0.5] * 4, [0.3, 0.2, 0.2, 0.4], [0.0] * 4)) == 1


def both_remedies(seeds):
    """Return % wrong of 480 points for each start: without decay, with it."""
    return torch.tensor(
        [
            [100 * learn_careless(128, s, c, 480).truth[-1] for s in seeds]
            for c in (0, 0.3)
        ]
    )


@claim("On average they do, a little, but five starts do not show it:")
def test_five_starts_do_not_show_that_remedies_add_up():
    """Without decay less what it is with it: within one standard error."""
    gain = both_remedies(SEEDS).diff(dim=0).neg()[0]
    assert (gain > 0).sum() == 3
    assert gain.mean().abs() < gain.std() / len(SEEDS) ** 0.5


@pytest.mark.weekly
@claim(
    "On average they do, a little, but five starts do not show it:",
    "Decay helps in <some> of these five runs; over forty starts <without> % "
    "wrong become <both> %, and it helps in <most> of them.",
)
def test_remedies_add_up_a_little(said):
    """By more than four standard errors, and by less than a fifth."""
    wrong = both_remedies(range(1, 41))
    agree([said.without, said.both], wrong.mean(dim=1))
    gain = wrong.diff(dim=0).neg()[0]
    assert (gain[: len(SEEDS)] > 0).sum() == said.some
    assert (gain > 0).sum() == said.most
    assert gain.mean() > 4 * gain.std() / 40**0.5
    assert gain.mean() < wrong[0].mean() / 5


@claim(
    r"(by hand, easy) A weight is <w>, its slope 0, $\eta = <rate>$ and $c = "
    "<c>$.",
    r"At $2 - 0.1 \cdot 0.5 \cdot 2 = 1.9$, and then at $1.9 - 0.1 \cdot 0.5 "
    r"\cdot 1.9 = 1.805$: each step keeps <share> %.",
)
def test_two_steps_of_decay(said):
    steps = [said.w * (1 - said.rate * said.c) ** step for step in (1, 2)]
    assert steps == pytest.approx([1.9, 1.805])
    assert 1 - said.rate * said.c == said.share / 100


@claim(
    "Half of $c w^2$ has the slope $c w$, and so the gradient gets the "
    "additional term $c W$: large weights have become expensive."
)
def test_decay_is_the_slope_of_half_the_squares():
    w = torch.tensor([1.5, -2.0], requires_grad=True)
    (0.3 * (w**2).sum() / 2).backward()
    torch.testing.assert_close(w.grad, 0.3 * w.detach())


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    generator = torch.Generator().manual_seed(seed)
    W, dW = torch.rand(2, 3, 4, generator=generator).double()
    layer = Layer(W, torch.zeros(3, 1).double())
    flat = [Gradient(dW, layer.b)]
    nothing = remember_nothing([layer])
    step = step_by(plain, [layer], flat, nothing, 0.1, decay=0.3)
    hold(
        "training/generalisation.md",
        {"W": W, "dW": dW, r"\eta": 0.1, "c": 0.3},
        after={"W": step[0][0].W},
    )
