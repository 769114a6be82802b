import json
import math
import platform
import re
from itertools import product
from pathlib import Path
from statistics import mean, median, stdev

import pytest
import torch

from press.running.execution import printed, read_as_now
from press.running.worker import Job
from snippets.training import digits, measure
from snippets.training.choosing import (
    CHOICE,
    DTYPES,
    GROUPS,
    LIMITS,
    OTHERWISE,
    draw_choice,
    draw_functions,
    draw_ruler,
    exact_from,
    measured,
    slope_of,
    value_of,
)
from snippets.training.dataset import read_digits
from snippets.training.measure import (
    FUNCTIONS,
    SEEDS,
    build,
    error_at_depth,
    learn_digits,
    read_record,
    times,
    write_record,
)
from tests.book.conftest import source
from tests.claims import claim
from tests.equations.check import hold
from tests.equations.evaluate import parse, relations
from tests.tensors import chance

RIGHT = torch.linspace(0.01, 6, 600, dtype=torch.float64)
WHOLE = torch.cat([RIGHT, -RIGHT])
INNER = WHOLE[WHOLE.abs() < 0.99]
MIDDLE = WHOLE[WHOLE.abs() < 2.99]
SIGNS = {"e": math.e, r"\sigma": torch.sigmoid, r"\tanh": torch.tanh}
# of each function: where, its formula, its slope, and the formula's name there
TABLE = [
    ("sigmoid", WHOLE, "1 / (1 + e^{-z})", "a (1 - a)"),
    ("tanh", WHOLE, r"\tanh(z)", "1 - a^2"),
    ("hard sigmoid", MIDDLE, "z / 6 + 1 / 2", "1 / 6"),
    ("hard tanh", INNER, "z", "1"),
    ("ReLU", RIGHT, "z", "1"),
    ("Leaky ReLU", RIGHT, "z", "1"),
    ("ReLU", -RIGHT, "0", "0"),
    ("Leaky ReLU", -RIGHT, "0.01 z", "0.01"),
    ("PReLU", -RIGHT, r"\alpha z", r"\alpha"),
    ("ELU", -RIGHT, "e^z - 1", "e^z"),
    ("SELU", RIGHT, "1.0507 z", "1.0507"),
    ("SELU", -RIGHT, "1.7581 (e^z - 1)", "1.7581 e^z"),
    ("softplus", WHOLE, r"\log(1 + e^z)", r"\sigma(z)"),
    (
        "SiLU",
        WHOLE,
        r"z \sigma(z)",
        r"\sigma(z) + z \sigma(z) (1 - \sigma(z))",
    ),
    ("Mish", WHOLE, r"z \tanh(\log(1 + e^z))", r"t + z (1 - t^2) \sigma(z)"),
    ("hard swish", MIDDLE, "z (z + 3) / 6", "(2z + 3) / 6"),
]


def worked_out(tex, z, a=None):
    """Return what a formula gives at each z, where the value may be a."""
    t = torch.tanh(torch.log(1 + torch.exp(z)))
    signs = {**SIGNS, "z": z, "t": t, r"\alpha": 0.25, "a": a, "x": z}
    (found,) = relations(parse(f"x = {tex}"), signs, {})
    return found.right.expand_as(z)


@claim(
    r"The product rule gives their slopes: for SiLU it is $\sigma(z) + z "
    r"\sigma(z) (1 - \sigma(z))$, and for hard swish between −3 and 3 it is "
    "$(2z + 3) / 6$.",
    "With $t$ for the tanh in its formula, Mish has the slope $t + z (1 - "
    r"t^2) \sigma(z)$, and GELU by tanh $0.5 (1 + t) + 0.39894 z (1 - t^2) (1 "
    "+ 0.134145 z^2)$.",
)
@pytest.mark.parametrize(("name", "z", "value", "slope"), TABLE)
def test_tables_say_what_torch_computes(name, z, value, slope):
    page = source("training/choosing.md")
    for tex in (value, slope):
        assert len(tex) < 4 or tex in page
    close = {"rtol": 2e-5, "atol": 1e-5}
    torch.testing.assert_close(worked_out(value, z), value_of(name, z), **close)
    ours = worked_out(slope, z, value_of(name, z))
    torch.testing.assert_close(ours, slope_of(name, z), **close)


@claim(
    "sigmoid | $1 / (1 + e^{-z})$ | $a (1 - a)$ | 0 to 1",
    r"tanh | $\tanh(z)$ | $1 - a^2$ | −1 to 1",
    "hard sigmoid | $z / 6 + 1 / 2$ from −3 to 3 | $1 / 6$ there | 0 to 1",
    "hard tanh | $z$ from −1 to 1 | 1 there | −1 to 1",
    "ReLU | 0 | 0 | 0 and above",
    "Leaky ReLU | $0.01 z$ | 0.01 | all",
    r"PReLU | $\alpha z$ | $\alpha$, learnt | all",
    r"RReLU | $\alpha z$ | $\alpha$, by chance | all",
    "ELU | $e^z - 1$ | $e^z$ | above −1",
    "SELU | $1.7581 (e^z - 1)$ | $1.7581 e^z$ | above −1.7581",
    r"softplus | $\log(1 + e^z)$ | $\sigma(z)$ | above 0",
)
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        *(("sigmoid", 0, 1), ("tanh", -1, 1)),
        *(("hard sigmoid", 0, 1), ("hard tanh", -1, 1)),
        *(("ReLU", 0, math.inf), ("Leaky ReLU", -math.inf, math.inf)),
        *(("PReLU", -math.inf, math.inf), ("RReLU", -math.inf, math.inf)),
        *(("ELU", -1, math.inf), ("SELU", -1.7581, math.inf)),
        ("softplus", 0, math.inf),
    ],
)
def test_values_come_to_their_limits_and_not_beyond(name, low, high):
    z = torch.tensor([-1e5, -30, 0, 30, 1e5], dtype=torch.float64)
    a = value_of(name, z)
    assert low - 1e-4 <= a.min() <= max(low, -1000) + 1e-4
    assert min(high, 1000) - 1e-4 <= a.max() <= high + 1e-4


@claim(
    r"For GELU it is $\Phi(z)$ plus $z$ times the height of the bell curve, "
    r"$0.39894\, z e^{-z^2 / 2}$.",
    r"GELU | $z\,\Phi(z)$ | from <lowest>",
    r"Here $\Phi(z)$ is the chance that a number with the normal distribution "
    "of mean <mean> and variance <variance> is below $z$.",
    r"GELU by tanh | $0.5 z (1 + t)$ | from <other>",
    "The tanh form comes close to it with "
    r"$t = \tanh(0.79788 (z + 0.044715 z^3))$.",
)
def test_gelu_is_z_times_a_chance(said):
    z = WHOLE
    chance = torch.distributions.Normal(said.mean, said.variance**0.5).cdf(z)
    t = torch.tanh(0.79788 * (z + 0.044715 * z**3))
    slope = 0.5 * (1 + t) + 0.39894 * z * (1 - t**2) * (1 + 0.134145 * z**2)
    torch.testing.assert_close(
        slope_of("GELU by tanh", z), slope, rtol=1e-4, atol=1e-4
    )
    torch.testing.assert_close(value_of("GELU", z), z * chance)
    bell = worked_out(r"0.39894\, z e^{-z^2 / 2}", z)
    torch.testing.assert_close(
        slope_of("GELU", z), chance + bell, rtol=1e-5, atol=1e-5
    )
    ours = 0.5 * z * (1 + t)
    assert (ours - z * chance).abs().max() < 1e-3
    torch.testing.assert_close(
        ours, value_of("GELU by tanh", z), rtol=1e-4, atol=1e-5
    )
    assert (
        said.lowest == said.other == pytest.approx(ours.min().item(), abs=0.005)
    )


@claim(
    r"SiLU, or swish | $z \sigma(z)$ | from <silu>",
    r"Mish | $z \tanh(\log(1 + e^z))$ | from <mish>",
    "hard swish | $z (z + 3) / 6$ from <start> to <end> | from <hard>",
    "Below <start> and above <end> hard swish equals ReLU.",
    "All of them dip below <zero> on the left: they fall before they rise, so "
    "two different $z$ can have the same output.",
)
def test_gated_functions_dip(said):
    for name, lowest in (
        ("SiLU", said.silu),
        ("Mish", said.mish),
        ("hard swish", said.hard),
    ):
        a = value_of(name, WHOLE)
        assert a.min().item() == pytest.approx(lowest, abs=0.005)
        assert a.min() < said.zero
        assert WHOLE[a.argmin()] < said.zero < WHOLE[a.argmax()]
    outside = torch.tensor([said.start - 1, said.end + 1])
    assert value_of("hard swish", outside).tolist() == [0, said.end + 1]


@claim(
    "Its slope just left of <zero> is <slope>, above <one>, which makes up for "
    "what the left side loses.",
    r"SELU is an ELU with two factors, chosen so that mean <mean> and variance "
    "<variance> of a layer's inputs come back in its outputs, if the weights "
    "have variance $1/n$.",
)
def test_selu_keeps_mean_and_variance(said):
    edge = torch.tensor([said.zero - 1e-9], dtype=torch.float64)
    assert slope_of("SELU", edge).item() == pytest.approx(said.slope, abs=0.005)
    assert said.slope > said.one
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(10**6, generator=generator, dtype=torch.float64)
    a = value_of("SELU", z)
    assert a.mean().item() == pytest.approx(said.mean, abs=0.01)
    assert a.var().item() == pytest.approx(said.variance, abs=0.01)


@claim(
    r"PReLU learns its $\alpha$, from <start> on; RReLU draws it between 1/8 "
    "and 1/3 for each number while it trains, and takes the middle afterwards."
)
def test_prelu_learns_and_rrelu_draws(said):
    assert FUNCTIONS["PReLU"]().weight.tolist() == [said.start]
    rrelu, z = FUNCTIONS["RReLU"](), -torch.ones(10_000)
    assert 1 / 8 <= -rrelu(z).max() < 0.13
    assert 0.33 < -rrelu(z).min() <= 1 / 3
    torch.testing.assert_close(rrelu.eval()(z), (1 / 8 + 1 / 3) / 2 * z)


@claim(
    "Coming to 1 or −1 is a matter of digits: the gap between 1 and the next "
    "number below it is $2^{-8}$ in bfloat16, $2^{-11}$ in float16, $2^{-24}$ "
    "in float32 and $2^{-53}$ in float64, so bfloat16, with the fewest digits, "
    "comes first.",
    "Coming to 0 is a matter of range, in which bfloat16 is as good as "
    "float32.",
    "In float32 and float64 softplus and Mish are 0 where $e^z$ comes down to "
    "about the smallest number above 0, sigmoid and SiLU a little earlier, "
    "where $e^{-z}$ is larger than the largest and 1 divided by it is 0.",
    "In float16 and bfloat16 torch computes with float32 and rounds at the "
    "end, so there all four are 0 also where the result is too small for the "
    "dtype.",
)
def test_digits_and_range():
    half, brain, single, double = DTYPES
    for dtype, bits in ((half, 11), (brain, 8), (single, 24), (double, 53)):
        assert torch.finfo(dtype).eps == 2 ** (1 - bits)
    for dtype in (single, double):
        top = math.log(torch.finfo(dtype).max)
        least = torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps
        for name, edge in (
            *(("sigmoid", top), ("SiLU", top)),
            *(("softplus", -math.log(least)), ("Mish", -math.log(least))),
        ):
            found = -exact_from(name, 0, dtype)
            assert found == pytest.approx(edge, abs=1), name
    places = [exact_from("sigmoid", 1, dtype) for dtype in DTYPES]
    assert places[1] < places[0] < places[2] < places[3]
    low = {dtype: -exact_from("SiLU", 0, dtype) for dtype in DTYPES}
    assert low[brain] == pytest.approx(low[single], abs=1)
    assert low[half] < low[brain] < low[double]
    for dtype, name in product(
        (half, brain), ("sigmoid", "SiLU", "softplus", "Mish")
    ):
        z = (torch.arange(-1200, 1).double() / 10).to(dtype)
        a = value_of(name, z.float())
        assert torch.equal(value_of(name, z), a.to(dtype)), name
        kind = torch.finfo(dtype)
        too_small = a.abs() <= kind.smallest_normal * kind.eps / 2
        assert torch.equal(value_of(name, z) == 0, too_small)
        rounds = dtype == half or name in ("softplus", "Mish")
        assert (too_small & (a != 0)).any() == rounds
    assert -exact_from("sigmoid", 0, half) > math.log(torch.finfo(half).max) + 6


@claim(
    "The sigmoid is 1 and ELU is -1 from about <brain> in bfloat16, <half> in "
    "float16, <single> in float32 and <double> in float64; tanh is 1 from "
    "about half of that.",
    "Sigmoid, softplus, SiLU and Mish are 0 only from about <far> in float16, "
    "<low> to 100 in bfloat16 and float32, and above <above> in float64.",
    "Nine rows, one for each function and limit, with marks for four dtypes on "
    "a logarithmic axis of the size of z from 2 to 1200.",
    "GELU and its tanh form are 0 from about <five> or <six> already, and in "
    "float64 from <seven> or <eight>.",
)
def test_figure_of_the_ruler(said):
    (axes,) = draw_ruler().axes
    assert (axes.get_xscale(), axes.get_xlim()) == ("log", (2, 1200))
    assert (len(axes.get_yticks()), len(axes.lines)) == (9, 4)
    found = {
        line.get_label(): dict(zip(LIMITS, line.get_xdata(), strict=True))
        for line in axes.lines
    }
    for dtype, place in (
        ("bfloat16", said.brain),
        ("float16", said.half),
        ("float32", said.single),
        ("float64", said.double),
    ):
        marks = found[dtype]
        assert marks["sigmoid is 1"] == pytest.approx(place, abs=0.51)
        assert marks["ELU is −1"] == pytest.approx(place, abs=0.51)
        assert marks["tanh is 1"] == pytest.approx(place / 2, abs=1)
    for name in ("sigmoid", "softplus", "SiLU", "Mish"):
        assert found["float16"][f"{name} is 0"] == pytest.approx(
            said.far, abs=3
        )
        for dtype in ("bfloat16", "float32"):
            assert said.low - 2 < found[dtype][f"{name} is 0"] < 104
        assert found["float64"][f"{name} is 0"] > said.above
    for name, wide, narrow in (
        ("GELU", said.six, said.eight),
        ("GELU by tanh", said.five, said.seven),
    ):
        assert found["float32"][f"{name} is 0"] == pytest.approx(wide, abs=0.5)
        assert found["float64"][f"{name} is 0"] == pytest.approx(
            narrow, abs=0.5
        )


@claim(
    "In a computer it does, as soon as the distance to 1 is too small to be "
    "held, and from there on its slope is exactly 0.",
    "GELU is the exception among the zeros, since torch computes 1 plus "
    "something near −1, and the digits of that are gone.",
    "In a computer smooth functions reach their limits: 1 as soon as digits "
    "run out, 0 when the range does.",
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_beyond_the_ruler_there_is_no_slope(dtype):
    edge = exact_from("sigmoid", 1, dtype)
    z = torch.tensor([edge, 2 * edge], dtype=dtype)
    assert slope_of("sigmoid", z).tolist() == [0, 0]
    z = torch.tensor([exact_from("GELU", 0, dtype)], dtype=dtype)
    assert value_of("GELU", z) == 0
    assert torch.special.log_ndtr(z.double()).isfinite(), "small, and not 0"


@claim(
    "ELU bends smoothly to −1, so that a layer's outputs lie nearer to 0 on "
    "average.",
    "ReLU comes back to about 1 with the variance $2/n$, as was shown; SELU "
    "was made for $1/n$.",
)
def test_elu_is_nearer_to_nothing_and_selu_near_one():
    z = torch.randn(10**5, generator=torch.Generator().manual_seed(0))
    assert 0 < value_of("ELU", z).mean() < value_of("ReLU", z).mean() / 2
    assert 0.5 < read_record()["functions"]["SELU"]["error"] < 3


@claim(
    "The first from about <digits> on, where $\\sigma(z)$ is rounded to <one>; "
    "the second only from about <range> on, where $e^z$ is too large for "
    "float32 and <same> divided by it is 0."
)
def test_exercise_on_the_ruler(said):
    assert said.one == said.same
    first = exact_from("sigmoid", 1, torch.float32)
    assert first == pytest.approx(said.digits, abs=0.1)
    second = exact_from("sigmoid", 0, torch.float32)
    assert -second == pytest.approx(said.range, abs=0.5)


@claim(
    "Fifteen small panels over z from -4 to 4, each with a function as a solid "
    "line and its slope as a dashed one.",
    "First row, bounded: sigmoid rises from 0 to 1, tanh from -1 to 1, and "
    "hard sigmoid and hard tanh do so in straight pieces; the slopes are a "
    "bump of height 0.25, one of height 1, and level pieces at 1/6 and 1 with "
    "0 outside.",
    "Second and third row, rectifiers: on the right all come close to z, with "
    "slope 1, but 1.05 for SELU.",
    "On the left ReLU is 0, Leaky ReLU hardly less, PReLU falls along a line "
    "to -1, RReLU within a wedge around such a line, ELU bends to -1, SELU to "
    "-1.7, and softplus comes down smoothly to 0; the slopes of ELU and SELU "
    "fade, SELU's from 1.76.",
    "Last row, gated: SiLU, GELU, Mish and hard swish rise with z on the "
    "right, dip a little below 0 on the left, and come back to 0; their slopes "
    "go from 0 below 0 and up to a little above 1, and that of hard swish "
    "jumps from 0 to −0.5 at z = −3, and from 1.5 to 1 at z = 3.",
    "To the right of 0 each of them is $z$, with slope 1, except SELU, which "
    "is $1.0507 z$, and softplus, which has one formula for all $z$.",
    "They need no exponential, and are at their limits exactly, where their "
    "slope is <flat>.",
    "The hard functions need no ruler, since they are at their limits from "
    "<wide> or <narrow> on.",
)
@pytest.mark.parametrize(
    ("name", "left", "slopes"),
    [
        ("sigmoid", 0, (0, 0.25, 0)),
        ("tanh", -1, (0, 1, 0)),
        ("hard sigmoid", 0, (0, 1 / 6, 0)),
        ("hard tanh", -1, (0, 1, 0)),
        ("ReLU", 0, (0, None, 1)),
        ("Leaky ReLU", 0, (0, None, 1)),
        ("PReLU", -1, (0.25, None, 1)),
        ("RReLU", -1, (0.23, None, 1)),
        ("ELU", -1, (0, None, 1)),
        ("SELU", -1.7, (0, None, 1.05)),
        ("softplus", 0, (0, 0.5, 1)),
        ("SiLU", 0, (0, 0.5, 1)),
        ("GELU", 0, (0, 0.5, 1)),
        ("Mish", 0, (0, 0.6, 1)),
        ("hard swish", 0, (0, 0.5, 1)),
    ],
)
def test_ends_of_curves_and_slopes(said, name, left, slopes):
    z = torch.tensor([-4.0, 0.0, 4.0], dtype=torch.float64)
    assert value_of(name, z)[0].item() == pytest.approx(left, abs=0.085)
    for slope, wanted in zip(slope_of(name, z).tolist(), slopes, strict=True):
        assert wanted is None or slope == pytest.approx(wanted, abs=0.07)
    edge, flat = {"hard tanh": said.narrow}.get(name, said.wide), said.flat
    if name.startswith("hard"):
        beyond = torch.tensor([-edge - 1e-6, edge + 1e-6]).double()
        assert slope_of(name, beyond)[0] == flat
        assert slope_of(name, 0.99 * beyond)[0] != flat
        assert value_of(name, beyond)[0].item() in (-1, flat)


@claim(
    "In the panel of GELU its form by tanh, dotted, lies on it.",
    r"PReLU is drawn with $\alpha = <start>$, where its training begins, and "
    "RReLU between the lines that it may draw.",
)
def test_figure_draws_every_function_with_its_slope(said):
    """Each in a panel of its own, but for a form that lies on another."""
    assert FUNCTIONS["PReLU"]().weight.item() == said.start
    panels = {axes.get_title(): axes for axes in draw_functions().axes}
    assert [*filter(None, panels)] == [*sum(GROUPS.values(), ())]
    assert panels.keys() - {""} == FUNCTIONS.keys() - {"GELU by tanh"}
    for name in sum(GROUPS.values(), ()):
        function, slope, *others = panels[name].lines
        assert (function.get_linestyle(), slope.get_linestyle()) == ("-", "--")
        for line, curve in ((function, value_of), (slope, slope_of)):
            z, heights = map(torch.as_tensor, line.get_data())
            there = ~heights.isnan()
            assert there.sum() > 395
            torch.testing.assert_close(heights[there], curve(name, z)[there])
        if name == "GELU":
            by_tanh = torch.as_tensor(others[0].get_ydata())
            torch.testing.assert_close(by_tanh, value_of("GELU by tanh", z))
    wedge, band = panels["RReLU"].collections
    for drawn, z, wanted in (
        (wedge, -4, (-4 / 3, -1 / 2)),
        (band, -4, (1 / 8, 1 / 3)),
    ):
        corners = drawn.get_paths()[0].vertices
        heights = corners[abs(corners[:, 0] - z) < 0.002, 1]
        assert (min(heights), max(heights)) == pytest.approx(wanted, abs=0.01)


@claim(
    "Is it the output layer? 1, for one of two classes, sigmoid; 2, for one of "
    "several, softmax; 3, for a positive number, softplus; 4, for any number, "
    "none.",
    "Does this network work elsewhere as it is? 5, what its authors took.",
    "Is it a gate? 6, sigmoid or hard sigmoid.",
    "Is it in a transformer? 7, GELU or SwiGLU.",
    "Are exponentials costly? 8, ReLU or hard swish.",
    "Is it one of many layers, with no way around? 9, SELU.",
    "Do more and more units fall silent? 10, Leaky ReLU.",
    "And if not, 11, ReLU.",
    "A tree of seven questions, one below the other; an arrow marked yes leads "
    "to answers on the right, one marked no to the next question.",
    "One layer, seven questions.",
    "They are among the fastest in the tables above, forward and back.",
    "A gate opens from <shut> to <open>; in the tables above hard sigmoid is "
    "faster than the sigmoid, and MobileNetV3 has it for that reason.",
    "In the tables above SELU's error is neither lost nor blown up over "
    "<depth> layers; give it the variance $1/n$, for which it was made.",
    "With it a unit learns where its $z$ is negative, too, and in the table "
    "none is silent.",
    "Most functions would forbid some values that the target may have, and "
    "half the squared error is paired with none.",
    "Nothing is clearly faster, and none that reads digits better does so by "
    "much; give it the variance $2/n$.",
)
def test_the_tree_follows_what_was_measured(said):
    words = [text.get_text() for text in draw_choice().axes[0].texts]
    assert len(CHOICE) == words.count("yes") == words.count("no") == 7
    page = source("training/choosing.md")
    for question, answers in CHOICE.items():
        assert question.replace("\n", " ") in page
        for answer in answers:
            *_, number = (w.split("  ")[0] for w in words if answer in w)
            *of, function = answer.split(": ")
            told = f"{number}, for {of[0]}, " if of else f" {number}, "
            assert f"{told}{function}" in page
    assert f"11, {OTHERWISE}." in page
    rows = read_record()["functions"]
    taken = {
        name: [t for both in row["microseconds"] for t in both]
        for name, row in rows.items()
    }
    for place in range(4):
        order = sorted(taken, key=lambda name: taken[name][place])
        assert {"ReLU", "hard swish"} <= {*order[:6]}
        assert order.index("hard sigmoid") < order.index("sigmoid")
    gate = value_of("hard sigmoid", torch.tensor([-9.0, 9.0]))
    assert gate.tolist() == [said.shut, said.open]
    assert said.depth == error_at_depth.__wrapped__.__defaults__[0]
    assert 0.5 < rows["SELU"]["error"] < 2.5
    assert rows["Leaky ReLU"]["silent"] == 0 < rows["ReLU"]["silent"]
    z = torch.linspace(-9, 9, 901)
    assert (slope_of("Leaky ReLU", z) > 0).all()
    assert not slope_of("ReLU", z)[z < 0].any()
    everywhere = 1000 * z.double()
    ends = {name: value_of(name, everywhere).aminmax() for name in rows}
    forbid = [n for n, end in ends.items() if not end.min < -10 < 10 < end.max]
    assert {*rows} - {*forbid} == {"Leaky ReLU", "PReLU", "RReLU"}
    assert len(forbid) > len(rows) / 2
    best = max(mean(row["accuracies"]) for row in rows.values())
    assert best - mean(rows["ReLU"]["accuracies"]) < 0.01


@claim(
    "All others lie between <low> and <high> %.",
    "The ± is mostly that of the five test parts, which all functions share.",
    "And five starts are few: with fifty these functions lay between "
    "<last> and <first> %, hard tanh first and hard swish last, too close to "
    "choose by.",
    "All have one rate, <rate>, and weights of variance $1/n$, which suits "
    "tanh and SELU and is too small for ReLU.",
    "Sigmoid, its hard form and softplus fall behind: <epochs> epochs are "
    "too few for them.",
    "Digits right: of <test> digits (one more than in Reading digits) drawn at "
    "random, after <epochs> epochs of Adam on the other <training> in a "
    "network with the sizes 64, 64, 64 and 10: mean and standard deviation "
    "over <starts> random starts.",
    "Error at depth 20: its size in the first of 20 layers by that in the "
    "last, with weights of variance $1/n$, the median of five starts.",
    "The errors at depth <depth> differ by powers of ten: depth is where the "
    "choice is felt.",
)
def test_record_of_accuracies(said):
    assert f"lr={said.rate}" in Path(measure.__file__).read_text("utf-8")
    rows = read_record()["functions"]
    behind = ("sigmoid", "hard sigmoid", "softplus")
    means = {name: 100 * mean(rows[name]["accuracies"]) for name in rows}
    others = [round(means[name], 1) for name in rows if name not in behind]
    assert (min(others), max(others)) == (said.low, said.high)
    assert max(means[name] for name in behind) < said.low - 1
    both = (rows[name]["accuracies"] for name in ("hard tanh", "hard swish"))
    apart = [100 * (a - b) for a, b in zip(*both, strict=True)]
    assert mean(apart) == pytest.approx(said.first - said.last, abs=0.3)
    assert stdev(apart) < stdev(100 * a for a in rows["ReLU"]["accuracies"])
    assert said.epochs == learn_digits.__wrapped__.__defaults__[0]
    assert said.test + said.training == len(read_digits()[1])
    assert said.test == digits.TEST + 1
    for row in rows.values():
        assert len(row["accuracies"]) == said.starts
    assert said.depth == error_at_depth.__wrapped__.__defaults__[0]
    errors = [row["error"] for row in rows.values()]
    assert max(errors) > 1e12 * min(errors)


@claim(
    "How little of the error comes through cannot be the whole reason: in this "
    "network softplus lets about as much of it through as SiLU, which keeps "
    "up.",
)
def test_error_comes_through_softplus_as_through_silu():
    """Before training, from the scores to the first layer; of the sigmoid less.

    Over 20 layers softplus lets even more of it through.
    """
    rows = read_record()["functions"]
    kept = [mean(rows[name]["accuracies"]) for name in ("SiLU", "softplus")]
    assert kept[0] > kept[1] + 0.01
    assert rows["softplus"]["error"] > rows["SiLU"]["error"]
    images, labels = read_digits()
    x = images.T.float()[:450]

    def comes_through(name, seed):
        network = build(name, (64, 64, 64, 10), chance(seed))
        z = first = network[0](x)
        for part in network[1:]:
            z = part(z)
        loss = torch.nn.functional.cross_entropy(z, labels[:450])
        first, last = torch.autograd.grad(loss, (first, z))
        return (first.square().mean() / last.square().mean()).sqrt().item()

    sigmoid, softplus, silu = (
        median(comes_through(name, seed) for seed in range(20))
        for name in ("sigmoid", "softplus", "SiLU")
    )
    assert softplus == pytest.approx(silu, rel=0.1)
    assert sigmoid < silu / 3


@pytest.mark.weekly
@claim("After <later> they read about as many as the others do after <epochs>.")
def test_who_falls_behind_comes_later_to_where_the_others_were(said):
    """The others have then gone on, as ReLU has."""
    rows = read_record()["functions"]
    behind = ("sigmoid", "hard sigmoid", "softplus")
    means = {name: mean(rows[name]["accuracies"]) for name in rows}
    others = [means[name] for name in rows if name not in behind]
    late = {
        name: mean(learn_digits(name, s, int(said.later))[0] for s in SEEDS)
        for name in (*behind, "ReLU")
    }
    assert learn_digits.__wrapped__.__defaults__ == (said.epochs,)
    for name in behind:
        assert means[name] < min(others) - 0.01
        assert min(others) - 0.005 < late[name] < max(others)
        assert late[name] < late["ReLU"] - 0.005


@claim(
    "At a million numbers no function is faster than ReLU by a tenth; forward, "
    "RReLU takes <draws> times as long and Mish <times>, and PReLU, fast "
    "forward, is slow on the way back.",
    "ReLU comes before tanh and the sigmoid in every column of the times; how "
    "much that matters depends on what else a network computes.",
    "The first can be measured, and depends on the machine.",
    r"These are the microseconds that torch's own functions take for $16\,384$ "
    "and for a million float32 numbers, forward alone, and forward and back, "
    "on one core; how many digits a network reads rightly with them; and how "
    "much of an error comes through 20 layers.",
    "Choosing an activation function has the times of <count> functions, and "
    "ReLU is among the fastest.",
)
def test_record_of_times(said):
    rows = read_record()["functions"]
    assert len(rows) == said.count
    assert measure.COUNTS == (16_384, 1_000_000)
    taken = {
        name: [t for both in rows[name]["microseconds"] for t in both]
        for name in rows
    }
    million = {name: spent[2:] for name, spent in taken.items()}
    for forward_or_back in range(2):
        column = {
            name: spent[forward_or_back] for name, spent in million.items()
        }
        assert min(column.values()) > 0.9 * column["ReLU"]
        ratio = column["Mish"] / column["ReLU"]
        assert ratio == pytest.approx(said.times, rel=0.2)
    ratio = taken["RReLU"][2] / taken["ReLU"][2]
    assert ratio == pytest.approx(said.draws, abs=0.5)
    assert taken["PReLU"][2] < 1.1 * taken["ReLU"][2]
    assert taken["PReLU"][3] > 4 * taken["ReLU"][3]
    for ours, *others in zip(
        taken["ReLU"], taken["tanh"], taken["sigmoid"], strict=True
    ):
        assert ours < min(others)


def test_a_row_of_the_record_comes_out_again():
    """But for times; a digit more or less, for processors round otherwise."""
    row = read_record()["functions"]["ReLU"]
    right, _ = learn_digits("ReLU", 0)
    assert right == pytest.approx(row["accuracies"][0], abs=3 / 450)
    errors = sorted(error_at_depth("ReLU", seed) for seed in range(5))
    assert errors[2] == pytest.approx(row["error"], rel=0.01)


def test_page_shows_the_record_and_follows_it():
    fence = "from snippets.training.choosing import measured\nprint(measured())"
    assert measured().strip() in printed(fence)
    read = {Path(file).name for file in read_as_now(Job((fence,)))}
    assert measure.RECORD.name in read, "a new record makes the page anew"
    shown = measured()
    for name in FUNCTIONS:
        assert f"\n| {name} | " in shown


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return the folder of a copy of all that the record rests on."""
    for file in measure.rests_on(Path(measure.__file__)):
        there = tmp_path / file.relative_to(measure.ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(file.read_bytes())
    monkeypatch.setattr(measure, "ROOT", tmp_path)
    return tmp_path / "snippets"


@pytest.mark.parametrize(
    "changed", ["training/measure.py", "training/dataset.py", "contract.py"]
)
def test_a_record_is_refused_once_code_it_rests_on_has_changed(
    copy, changed, monkeypatch
):
    same = measure.digest(copy / "training/measure.py")
    assert same == json.loads(measure.RECORD.read_text("utf-8"))["code"]
    with (copy / changed).open("a", encoding="utf-8") as file:
        file.write("# another line\n")
    other = measure.digest(copy / "training/measure.py")
    monkeypatch.setattr(measure, "digest", lambda: other)
    with pytest.raises(RuntimeError, match="run `make measure`"):
        read_record()


def test_a_record_rests_on_what_imports_import():
    file = measure.ROOT / "snippets/training/index.py"
    names = {part.name for part in measure.rests_on(file)}
    assert {"index.py", "network.py", "backward.py", "sigmoid.py"} <= names
    assert "measure.py" not in names


def test_a_record_names_its_machine_and_its_commit(tmp_path):
    """The commit of a checkout: a short hash, and whether it was changed."""
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: A 42\n", "utf-8")
    assert measure.processor(told) == "A 42"
    assert measure.processor(tmp_path / "none") == platform.processor()
    assert re.fullmatch("[0-9a-f]{7,}(-dirty)?", measure.commit())
    record = read_record()
    for told in (record["processor"], record["commit"]):
        assert told in measured()
    assert "dirty" not in record["commit"]


def test_measuring_writes_a_record_of_the_same_form(tmp_path, monkeypatch):
    """Here with one function, few numbers, one epoch."""
    monkeypatch.setattr(measure, "FUNCTIONS", {"ReLU": FUNCTIONS["ReLU"]})
    monkeypatch.setattr(measure, "COUNTS", (1000, 2000))
    monkeypatch.setattr(measure, "SEEDS", range(2))
    monkeypatch.setattr(
        measure, "learn_digits", lambda name, seed: learn_digits(name, seed, 1)
    )
    threads = torch.get_num_threads()
    try:
        write_record(tmp_path / "measure.json", rounds=1)
    finally:
        torch.set_num_threads(threads)
    written, kept = (
        read_record(file)
        for file in (tmp_path / "measure.json", measure.RECORD)
    )
    assert written.keys() == kept.keys()
    ours, theirs = (each["functions"]["ReLU"] for each in (written, kept))
    assert ours.keys() == theirs.keys()
    for both in ours["microseconds"]:
        assert 0 < both[0] < both[1]
    assert min(ours["accuracies"]) > 0.5


def test_times_are_medians_of_rounds_taken_in_turn(monkeypatch):
    """The clock runs ever slower, so that a mean would be another number."""
    monkeypatch.setattr(
        measure, "FUNCTIONS", {"a": torch.nn.ReLU, "b": torch.nn.Tanh}
    )
    seconds = iter([1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400])
    monkeypatch.setattr(
        measure, "timeit", lambda call, timer, number: next(seconds)
    )
    assert times(1_000_000, rounds=3) == {
        "a": [10e6, 20e6],
        "b": [30e6, 40e6],
    }


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    z = torch.randn(
        1, 9, generator=torch.Generator().manual_seed(seed)
    ).double()
    x, one, two = z.T[:4], torch.ones(3, 4).double(), torch.eye(3, 4).double()
    first, second = one @ x, two @ x
    one_z = first[0, 0]
    t = torch.tanh(0.79788 * (one_z + 0.044715 * one_z**3))
    by_tanh = r"t = \tanh(0.79788 (z + 0.044715 z^3))"
    hold(
        "training/choosing.md",
        {
            "W": [one, two],
            "x": x,
            "z": [first, second],
            r"\sigma": torch.sigmoid,
            "a": torch.nn.functional.silu(first) * second,
        },
        here={by_tanh: {r"\tanh": torch.tanh, "z": one_z, "t": t}},
        given=[r"\sigma(z) = 1 + 1 / z", r"1 \cdot (1 + 3) / 6 = 2/3"],
    )
    assert re.search("2/3", source("training/choosing.md"))
