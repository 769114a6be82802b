import math

import pytest
import torch
from torch.testing import assert_close

from snippets.activation.depth import (
    count_pieces,
    draw_paper,
    draw_ramps,
    draw_staircases,
    draw_zigzags,
    fold,
    middles,
    pieces_by_chance,
    ramp,
    square,
    staircase,
)
from snippets.activation.relu import relu
from snippets.network import Layer, affine
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.tensors import double, grid, random, refuses

X = torch.arange(1025, dtype=torch.float64) / 1024  # with all bends of 9 folds
FOLD = Layer(double([[2, -4], [2, -4]]), double([[0], [-0.5]]))


@claim(
    r"Take $\max(0, x)$ and subtract $\max(0, x - 1)$: at $x = <early>$ that "
    "leaves $0.5 - 0 = <half>$, and at $x = <late>$ it leaves $3 - 2 = "
    "<one>$, as everywhere to the right of 1.",
    "A ReLU unit bends once: it gives <nothing> up to some place, and from "
    "there on it climbs without end.",
    "Now put $k x$ in place of $x$, and the climb is over after a distance "
    "of $1/k$:",
    "This is a ramp; the larger $k$ is, the more the ramp is like the step.",
    "In code a ramp may begin anywhere, which is a matter of the two biases:",
)
@pytest.mark.parametrize("start", [-0.75, 0.0, 2.5])
def test_climb_takes_a_distance_of_one_over_k(start, said):
    assert ramp(double(said.early), 0, 1) == said.half
    assert ramp(double(said.late), 0, 1) == said.one
    right = 1 + grid(0, 50, 99)
    assert_close(ramp(right, 0, 1), torch.full_like(right, said.one))
    assert (relu(-right) == said.nothing).all()
    assert (relu(right).diff() > 0).all()
    x = torch.arange(-4000, 4001, dtype=torch.float64) / 1000
    unlike = []
    for k in (1, 2, 4, 20):
        y = ramp(x, start, k)
        assert_close(y, (k * (x - start)).clamp(0, 1), rtol=0, atol=1e-12)
        unlike.append((y - (x > start).double()).abs().mean().item())
        biases = double([[-k * start], [-k * start - 1]])
        units = Layer(torch.full_like(biases, k), biases)
        first, second = relu(affine(x.unsqueeze(0), units))
        assert_close(y, first - second)
    assert unlike == sorted(unlike, reverse=True)


@claim(
    "The difference of <units> ReLU units: level, then a climb from <start> "
    "to <end>, then level again.",
    "<panels> panels over x from −1 to <right>.",
    "Left, <units> units, the first climbing from <first> on, dashed, and the "
    "second from <second> on, dotted; their difference, solid, is <low> on "
    "the left, climbs from <start> to <end> and stays at <high>.",
    "Right, <ramps> ramps that begin at <begin>: for k = <k1> the climb ends "
    "at <end1>, for k = <k2> at <end2>, and for k = <k3> it looks almost like "
    "a step.",
    "Left, <alone> unit minus another is a ramp (solid).",
    "Right, <as_many> ramps: the larger $k$, the shorter the climb.",
)
def test_figure_of_the_ramps(said):
    figure = draw_ramps()
    made, steeper = figure.axes
    assert len(figure.axes) == said.panels
    assert made.get_xlim() == steeper.get_xlim() == (-1, said.right)
    assert [line.get_linestyle() for line in made.lines] == ["--", ":", "-"]
    x = double(made.lines[0].get_xdata())
    first, second, ramp = (double(line.get_ydata()) for line in made.lines)
    assert len(made.lines) - said.alone == said.units
    assert_close(first, (x - said.first).clamp(min=0))
    assert_close(second, (x - said.second).clamp(min=0))
    assert_close(ramp, first - second)
    assert (ramp[x <= said.start] == said.low).all()
    assert (ramp[x >= said.end] == said.high).all()
    assert len(steeper.lines) == said.ramps == said.as_many
    ends = {said.k1: said.end1, said.k2: said.end2, said.k3: 1 / said.k3}
    for line, (k, stop) in zip(steeper.lines, ends.items(), strict=True):
        y = double(line.get_ydata())
        assert (y[x <= said.begin] == 0).all()
        assert x[y == 1][0].item() == pytest.approx(stop)
        assert line.get_label() == f"$k = {k:g}$"


@claim(
    "Four strips have their middles at 1/8, 3/8, 5/8 and 7/8, where the curve "
    "is 1/64, 9/64, 25/64 and 49/64 high.",
    "So begin at 1/64, and climb by <a>/64, <b>/64 and <c>/64 where one strip "
    "meets the next.",
    "That is a network with one hidden layer: the first height is the bias of "
    "its output, the climbs are the weights of <ramps> ramps, and three ramps "
    "are <units> units.",
)
def test_staircase_of_the_example(said):
    assert middles(4).tolist() == [1 / 8, 3 / 8, 5 / 8, 7 / 8]
    heights = middles(4) ** 2
    assert (64 * heights).tolist() == [1, 9, 25, 49]
    climbs = double([said.a, said.b, said.c])
    assert torch.equal(64 * heights.diff(), climbs)
    k = 100
    starts = double([[1 / 4], [1 / 2], [3 / 4]]) - 1 / (2 * k)
    sums = k * (X.unsqueeze(0) - starts)
    hidden = torch.cat([relu(sums), relu(sums - 1)])
    assert len(hidden) == said.units == 2 * said.ramps == 2 * len(climbs)
    weights = torch.cat([climbs, -climbs]) / 64
    assert_close(staircase(X, heights, k), weights @ hidden + 1 / 64)


@claim(
    "In each strip let the staircase be as high as the curve is in the "
    "strip's middle.",
)
@pytest.mark.parametrize("n", [1, 2, 5, 16])
def test_staircase_meets_the_curve_in_the_middles(n):
    for heights in (middles(n) ** 2, torch.sin(9 * middles(n))):
        assert_close(staircase(middles(n), heights, k=n), heights)
        within = middles(n) + 0.4 / n
        assert_close(staircase(within, heights, 10 * n), heights)


@claim(
    "No place in a strip is further from the middle than half a strip, "
    "$1/(2n)$.",
    "If the curve is nowhere steeper than $s$, its height changes over that "
    "distance by $s$ times as much at most.",
    "On a ramp the staircase is a weighted mean of <two> heights.",
    "At a distance $d$ from the ramp's middle, the two strip middles are "
    "$1/(2n) - d$ and $1/(2n) + d$ away; the nearer counts more, so on "
    "average they are at most $1/(2n)$ away, and the limit holds there too, "
    "as long as no two ramps overlap.",
    r"For $\sqrt{x}$ there is no such number, since from <steep> to $h$ its "
    r"slope is $\sqrt{h} / h = 1 / \sqrt{h}$, which grows without bound as $h$ "
    "shrinks; but it too changes little over a narrow strip.",
    "Two ReLU units make a ramp, ramps make a staircase, and a staircase of "
    "$n$ strips follows a curve of steepness $s$ to within $s / (2n)$.",
    "Nothing here depends on $x^2$: any curve that is nowhere steeper than "
    "some number $s$ is followed in this way, as closely as you like.",
    "Where there is such an $s$, <more> times as many strips come <times> "
    r"times as close; for $\sqrt{x}$, whose first stair is $1 / "
    r"\sqrt{2n}$ too high at <steep>, it takes <many> times as many.",
)
def test_error_of_a_staircase_has_its_limit(said):
    """Three curves, each with its greatest steepness, and ramps of any k."""
    x = torch.arange(16_001, dtype=torch.float64) / 16_000

    def error(curve, n, k):
        return (staircase(x, curve(middles(n)), k) - curve(x)).abs().max()

    for curve, steepest in (
        (torch.square, 2),
        (lambda x: torch.sin(9 * x), 9),
        (lambda x: (3 * x - 1).abs(), 3),
    ):
        for n in (1, 2, 7, 40):
            for k in (n, int(said.two * n), 100 * n):
                assert error(curve, n, k) <= steepest / (2 * n) + 1e-12
    few, many = 5, int(5 * said.many)
    off = [error(torch.sqrt, n, 9 * n).item() for n in (few, many)]
    assert off == pytest.approx([(2 * n) ** -0.5 for n in (few, many)])
    assert off[0] / off[1] == pytest.approx(said.times)
    h = 10.0 ** torch.arange(-12, 0, dtype=torch.float64)
    steepness = (h.sqrt() - said.steep**0.5) / (h - said.steep)
    assert steepness.numpy() == pytest.approx(1 / h.sqrt())
    assert (steepness.diff() < 0).all()
    assert steepness[0] > 100_000, "without bound"
    strips = (x * 40).long().clamp(max=39)
    assert ((x - middles(40)[strips]).abs() <= 1 / 80 + 1e-12).all()
    closer = int(20 * said.more)
    ratio = error(torch.square, 20, 200) / error(torch.square, closer, 2000)
    assert ratio.item() == pytest.approx(said.times, rel=0.03)


@claim(
    r"From $x$ to $x + d$ it rises by $(x + d)^2 - x^2 = d\,(2 x + d)$, so "
    "the slope on the way is $2x + d$.",
    "That is the sum of the <both> places, and between <low> and <high> it is "
    "never more than <most>: so $s = 2$, and the limit is $1/n$.",
)
def test_steepness_of_the_square(said):
    x, other = torch.cartesian_prod(X[::16], X[::16]).T
    assert (X[0], X[-1], said.both) == (said.low, said.high, 2)
    x, other = x[x != other], other[x != other]
    slope = (other**2 - x**2) / (other - x)
    assert_close(slope, 2 * x + (other - x))
    assert_close(slope, x + other)
    assert said.most - 0.02 < slope.max() <= said.most


@claim(
    "Then each ramp ends where the next begins, <two> bends become <one>, and "
    "one unit does for both: $n$ units instead of $2 (n - 1)$.",
    "The staircase has become a chain of straight pieces, as in Figure.",
)
@pytest.mark.parametrize("n", [3, 8, 30])
def test_wide_ramps_share_their_bends(n, said):
    """The weights of n units that bend in the n middles are found here."""
    heights = torch.sin(9 * middles(n))
    climbs = torch.cat([n * heights.diff(), double([0])])
    weights = climbs - climbs.roll(1)
    assert said.two - said.one == 1
    hidden = relu(X.unsqueeze(0) - middles(n).unsqueeze(1))
    assert len(hidden) == n
    assert_close(staircase(X, heights, k=n), weights @ hidden + heights[0])


@claim(
    "Take the curve $x^2$ from <low> to <high>, and cut this interval into "
    "$n$ equal strips.",
    "Staircases of <few>, <more> and <many> strips along the curve $x^2$.",
    "<panels> panels show the same curve, x squared from <low> to <high>, "
    "thin, and a staircase, thick, that crosses it in the middle of each "
    "stair.",
    "With <first> strips the stairs are wide and stray far from the curve; "
    "with <second> strips they are <part> as wide, and with <third> strips "
    "they keep close to it.",
)
def test_figure_of_the_staircases(said):
    figure = draw_staircases()
    assert len(figure.axes) == said.panels
    sizes = [int(said.few), int(said.more), int(said.many)]
    assert sizes == [said.first, said.second, said.third]
    assert said.second * said.part == said.first
    worst = []
    for axes, n in zip(figure.axes, sizes, strict=True):
        curve, stairs = axes.lines
        assert axes.get_title() == f"{n} strips"
        assert curve.get_linewidth() < stairs.get_linewidth()
        x, y = map(torch.as_tensor, curve.get_data())
        assert (x[0], x[-1]) == (said.low, said.high)
        assert_close(y, x**2)
        stairs = torch.as_tensor(stairs.get_ydata())
        here = torch.searchsorted(x, middles(n))
        assert_close(stairs[here], middles(n) ** 2, rtol=0, atol=1e-9)
        worst.append((stairs - y).abs().max())
    assert worst[0] > 0.2 > 0.07 > worst[2]


@claim(
    "With one input $x$, a unit of the first layer has the sum $w x + b$, "
    "which passes <height> at one place at most.",
    "So $n$ units bend the output of their layer at $n$ places at most, and "
    "between these places it is straight: it has $n + <one>$ straight pieces "
    "at most.",
    "<units> units give at most <pieces> pieces; a zigzag of a thousand "
    "pieces takes at least <needed> units.",
    "With one input, one layer of $n$ ReLU units has at most $n + <one>$ "
    "straight pieces; $k$ layers of <each> units each can have $2^k$.",
)
def test_one_layer_has_a_bend_for_each_unit(said):
    """Units that bend at points of the grid, in random order and direction."""
    generator = torch.Generator().manual_seed(0)
    for n in (1, 2, 3, 10, 50):
        counts = []
        for seed in range(20):
            places = X[torch.randperm(1023, generator=generator)[:n] + 1]
            a, w = random(2, n, seed=seed)
            sums = w.unsqueeze(1) * (X - places.unsqueeze(1))
            assert ((sums == said.height).sum(dim=1) == 1).all()
            counts.append(count_pieces(X, a @ relu(sums)))
        assert max(counts) == n + said.one, "so many, and no more"
    assert said.pieces == said.units + said.one
    assert count_pieces(X, said.units * relu(X - 0.5)) < said.pieces, "or fewer"
    assert said.needed + said.one == 1000
    pieces = [count_pieces(X, fold(X, k)) for k in (1, 5)]
    assert pieces == [said.each, said.each**5]


@claim(
    "The mark at <mark> comes to lie at <place>, and so does the mark at "
    "<other>.",
    "As a function this is a tent: it climbs from <low> to <high>, with slope "
    "<up>, and from $x = <top>$ on it falls back to <end>, with slope <down>.",
    "<two> ReLU units make it, one that climbs from <start> on and one that "
    "turns the climb round at <turn>:",
    r"For <mark> that is $2 \cdot 0.3 - 4 \cdot 0 = <place>$, and for <other> "
    r"it is $2 \cdot 0.7 - 4 \cdot 0.2 = <same>$.",
    "Now let a second layer fold what the first has folded: $t(0.6) = 2 "
    r"\cdot 0.6 - 4 \cdot 0.1 = <second>$.",
    r"A third takes <second> to $2 \cdot 0.8 - 4 \cdot 0.3 = <third>$, and a "
    "fourth takes that to <fourth> again.",
    "A dot on each zigzag shows where <mark> has come: to <first>, <second>, "
    "<third> and <fourth>.",
    "For <mark>, whose folds are <first>, <second>, <third> and <fourth>, the "
    "sum goes from 0.3 to <s1>, to <s2>, to <s3>, to <s4>: it comes down to "
    "<square_of_it>.",
)
def test_tent_folds(said):
    mark = double([said.mark, said.other])
    assert fold(mark).tolist() == pytest.approx([said.place, said.same])
    y = fold(X)
    slopes = y.diff() / X.diff()
    assert (slopes[X[1:] <= said.top] == said.up).all()
    assert (slopes[X[1:] > said.top] == said.down).all()
    assert (y[0], y.max(), y[-1]) == (said.low, said.high, said.end)
    assert X[1:-1][slopes.diff() != 0].tolist() == [said.turn]
    assert len({said.start, said.turn}) == said.two
    assert fold(double(said.start - 1)) == fold(double(said.start)) == 0
    first = relu(torch.stack([X, X - 0.5]))
    twice = FOLD.W[0] @ relu(affine(first, FOLD))
    assert_close(twice, fold(X, 2))

    steps = range(1, 5)
    ways = [fold(mark[0], k).item() for k in steps]
    given = [said.first, said.second, said.third, said.fourth]
    assert ways == pytest.approx(given)
    sums = [square(mark[0], k).item() for k in steps]
    assert sums == pytest.approx([said.s1, said.s2, said.s3, said.s4])
    there = square(mark[0], 30).item()
    assert there == pytest.approx(said.square_of_it, abs=1e-12)
    dots = [axes.lines[-1].get_xydata()[0] for axes in draw_zigzags().axes]
    assert {mark for mark, _ in dots} == {said.mark}
    assert [place for _, place in dots] == pytest.approx(ways)


@claim(
    "Take a strip of paper that is marked from <low> to <high>, fold it in "
    "the middle, and stretch it to its old length.",
    "The function that folds the interval from <low> to <high> in the middle "
    "and stretches it to its old length.",
    "<strips> strips, one below the other.",
    "The first is marked at <a>, <b>, <c>, <d> and <e>.",
    "The second is the first one folded in the middle: <e> lies on <a>, <d> "
    "on <b>, and <c> is at the fold.",
    "The third is the second one stretched to the length of the first, with "
    "marks at <low>, <middle> and <high>.",
    "Folded and stretched: <two> places become <one>.",
)
def test_figure_of_the_paper(said):
    figure = draw_paper()
    drawing.lay_out(figure)
    rows = {}
    for text, box in drawing.words(figure):
        if text[0].isdigit():
            across, up = drawing.centre(box)
            rows.setdefault(round(up, 1), {})[text] = across
    rows = [rows[up] for up in sorted(rows, reverse=True)]
    marks = [[[*map(float, text.split(", "))] for text in row] for row in rows]
    assert len(marks) == said.strips
    flat = [[said.a], [said.b], [said.c], [said.d], [said.e]]
    folded = [[said.a, said.e], [said.b, said.d], [said.c]]
    stretched = [[said.low], [said.middle], [said.high]]
    assert marks == [flat, folded, stretched]
    assert max(map(len, folded)) == said.two == said.one + 1
    left, right = rows[0]["0"], rows[0]["1"]
    for row, places in zip(rows, marks, strict=True):
        for across, (place, *_) in zip(row.values(), places, strict=True):
            wanted = left + place * (right - left)
            assert across == pytest.approx(wanted, abs=0.02)
    assert fold(double(said.b)).item() == pytest.approx(said.middle)


@claim(
    "Why do the pieces double?",
    "After the fold <two> halves of the paper lie on top of each other, so "
    "whatever the later layers draw, they draw on both: once as it is, on the "
    "left half, and once mirrored, on the right.",
    "In the middle the copies meet with opposite slopes, so there is a bend.",
    "One fold makes <one> pieces, so two make <both>, and $k$ folds make "
    "$2^k$.",
    "Each costs <each> units, so that is $2^k$ pieces for $2k$ units, and one "
    "layer of $2k$ units has $2k + 1$ at most.",
    "<folds> folds make <pieces> pieces with <units> units.",
    "One layer needs at least <needed> units for as many.",
)
def test_pieces_double_with_each_fold(said):
    def later(x):
        bends = torch.stack([relu(x - c / 7) for c in range(5)])
        return random(5) @ bends

    half = len(X) // int(said.two)
    drawn = later(fold(X))
    assert_close(drawn[: half + 1], later(X)[::2])
    assert_close(drawn[half:], later(X)[::2].flip(0))
    steepness = drawn.diff()
    assert steepness[half - 1] == pytest.approx(-steepness[half])
    pieces = [count_pieces(X, fold(X, k)) for k in range(1, 11)]
    assert pieces == [2**k for k in range(1, 11)]
    assert pieces[:2] == [said.one, said.both]
    assert pieces[int(said.folds) - 1] == said.pieces == said.needed + 1
    assert said.units == said.each * said.folds


@claim(
    "The result of one, two, three and four folds over the interval from "
    "<low> to <high>; the dot shows where <dot> has gone.",
    "<panels> panels, each with a zigzag over x from <low> to <high> that "
    "runs between 0 and 1.",
    "After <k1> fold it has <p1> pieces, after <k2> folds <p2>, after <k3> "
    "folds <p3>, and after <k4> folds <p4>, all equally wide.",
)
def test_figure_of_the_zigzags(said):
    figure = draw_zigzags()
    assert len(figure.axes) == said.panels
    pieces = {said.k1: said.p1, said.k2: said.p2, said.k3: said.p3}
    pieces[said.k4] = said.p4
    for axes, (k, count) in zip(figure.axes, pieces.items(), strict=True):
        assert axes.get_title() == f"{k:g} fold{'s' * (k > 1)}"
        assert axes.lines[-1].get_xdata()[0] == said.dot
        x, y = map(torch.as_tensor, axes.lines[0].get_data())
        assert (x[0], x[-1]) == (said.low, said.high)
        assert (y.min(), y.max()) == (0, 1)
        assert count_pieces(x, y) == count
        bends = x[1:-1][(y.diff() / x.diff()).diff().abs() > 1e-9]
        assert_close(bends, torch.arange(1.0, count).double() / count)


@claim(
    "It is $x (1 - x)$, so it is the same for $x$ and $1 - x$, and so is $t$.",
    "Where $x$ is at most <half>, $t = 2x$, and $t / 4 + (t - t^2) / 4 = x / 2 "
    "+ (2x - 4x^2) / 4 = x - x^2$.",
    "On the other half it holds too, since $1 - x$ in place of $x$ leaves "
    "both sides as they are:",
    "The last term is the left side again, with $t$ for $x$, divided by "
    "<times>.",
    "$t_m - t_m^2 = t_m (1 - t_m)$ is at most $1/4$, as the sigmoid's slope "
    "is.",
    "So the error after $m$ folds is at most $1 / 4^{m+1}$: each fold divides "
    "the largest error by <times>.",
    "With folds, each layer divides the largest error of a square by <times>.",
    "Nine: $4^{10}$ is $<power>$, so nine folds leave at most $1 / 4^{10}$, a "
    "little less than <wanted>, and eight do not.",
    "(program, medium) How many folds does it take to square all numbers from "
    "<low> to <high> to within <wanted>?",
)
def test_each_fold_makes_the_square_four_times_as_exact(said):
    x = torch.arange(2**13 + 1, dtype=torch.float64) / 2**13
    assert (x[0], x[-1]) == (said.low, said.high)
    arch = x - x**2
    assert_close(arch, arch.flip(0))
    assert_close(fold(x), fold(x).flip(0))
    assert_close(arch - fold(x) / 4, (fold(x) - fold(x) ** 2) / said.times)
    assert arch.max() == arch[x == said.half] == 1 / 4
    errors = [(square(x, m) - x**2).abs().max().item() for m in range(11)]
    assert errors == pytest.approx([said.times ** -(m + 1) for m in range(11)])
    assert said.power == 4**10
    assert 0.9 * said.wanted < errors[9] < said.wanted < errors[8]


@claim(
    "In a network each layer has <two> units for the fold and a third that "
    "carries the sum so far; the sum is never negative, so ReLU leaves it as "
    "it is.",
)
def test_squares_by_a_network_of_three_units_in_each_layer(said):
    """Layer by layer, with weights and biases: the first unit of 3 is the sum.

    After each layer the sum and the fold are weighed out of its units.
    """
    out = double([[1, 0, 0], [0, 2, -4]])
    state = torch.stack([X, X])  # the sum so far, and the number folded so far
    spread = Layer(double([[1, 0], [0, 1], [0, 1]]), double([[0], [0], [-0.5]]))
    for m in range(1, 9):
        units = relu(affine(state, spread))
        assert len(units) == said.two + 1
        total, folded = out @ units
        state = torch.stack([total - folded / 4**m, folded])
        assert_close(state[0], square(X, m))
        assert (state[0] >= 0).all()


@claim(
    "To come as close as <layers> folds with their <units> units, one layer "
    "needs more than $<too_few>$.",
    "For the line itself that sum is <nothing>, since its middle is the mean "
    "of its ends.",
    "So one error, twice another and a third add up to $h^2 / 2$ or more, "
    "each counted without its sign, and the largest of them, $e$, is at least "
    "a quarter of that, $h^2 / 8$.",
    "One layer of $n$ units has $n + 1$ pieces at most, and so one of them is "
    "at least $1 / (n + 1)$ wide:",
    "The last column of this table says how many units one layer therefore "
    "needs to come as close as the folds.",
)
def test_no_line_comes_closer_to_the_square(said):
    """The best line over a width h is off by h^2 / 8, and others by more."""
    x = grid(-1, 1, 201)
    for q, h in ((0.5, 1), (0.3, 0.2), (2, 0.5)):
        places = q + x * h / 2
        best = 2 * q * (places - q) + q**2 + h**2 / 8
        assert (best - places**2).abs().max().item() == pytest.approx(h**2 / 8)
        for a, b in random(50, 2):
            line = (a * places + b)[[0, 100, 200]]
            assert abs(line[0] - 2 * line[1] + line[2] - said.nothing) < 1e-12
            off = (line - places[[0, 100, 200]] ** 2).abs()
            assert off[0] + 2 * off[1] + off[2] >= h**2 / 2 - 1e-12
            assert off.max() >= h**2 / 8 - 1e-12
    for n in (1, 3, 10):
        widths = random(n + 1).abs()
        assert (widths / widths.sum()).max() >= 1 / (n + 1)
    assert said.units == 3 * said.layers
    needed = math.ceil((4 ** (said.layers + 1) / 8) ** 0.5 - 1)
    assert said.too_few < needed < said.too_few + 1000


@claim(
    "As long as the same units are on, the output is straight; so a new piece "
    "can begin only where a unit goes on or off.",
    "Draw the weights and biases of <layers> layers of <width> units at "
    "random, <draws> times: between 0 and 1 there are about <mean> pieces on "
    "average, for <all_units> units.",
    "<by_hand> units that are set by hand made <made>.",
)
def test_random_weights_make_fewer_pieces_than_units(said):
    """The page's draws, and one layer, whose bends are known from its sums."""
    sizes = (1, *[int(said.width)] * int(said.layers), 1)
    assert said.layers * said.width == said.all_units
    generator = torch.Generator().manual_seed(0)
    draws = range(int(said.draws))
    counts = [pieces_by_chance(sizes, generator) for _ in draws]
    assert round(sum(counts) / len(counts)) == said.mean
    assert count_pieces(X, fold(X, int(said.by_hand / 2))) == said.made
    for seed in range(20):
        generator.manual_seed(seed)
        w, _, b = (
            torch.randn(30, generator=generator, dtype=torch.float64)
            for _ in range(3)
        )
        places = -b / (2**0.5 * w)
        cells = (places[(places > 0) & (places < 1)] * 1000).long().unique()
        generator.manual_seed(seed)
        assert pieces_by_chance((1, 30, 1), generator) == len(cells) + 1


@claim(
    "0.8, then 0.4, then 0.8.",
    "The other is <other>, which is folded onto 0.4.",
    "(by hand, easy) Fold <start> three times.",
    "The middles are <m1>/<m2> and 3/4, and the heights <h1>/<h2> and 9/16: a "
    "bias of <b1>/<b2> and a weight of <w1>/<w2> for the ramp.",
    "The limit is <l1>/<l2>; the largest error, at $x = <place>$, is $1 - "
    r"\frac{9}{16} = \frac{7}{16}$.",
    "(predict, medium) <units> ReLU units can fold a strip in three.",
    "Each layer makes <times> of each piece, so $3^k$; one layer has $3k + 1$ "
    "at most.",
)
def test_exercises(said):
    marks = double([said.start, said.other])
    ways = torch.stack([fold(marks, k) for k in (1, 2, 3)])
    assert_close(ways, double([[0.8] * 2, [0.4] * 2, [0.8] * 2]))
    assert said.other == 1 - said.start

    heights = middles(2) ** 2
    assert middles(2).tolist() == [said.m1 / said.m2, 3 / 4]
    assert heights.tolist() == [said.h1 / said.h2, 9 / 16]
    assert (said.b1, said.b2) == (said.h1, said.h2)
    assert heights.diff() == said.w1 / said.w2
    errors = (staircase(X, heights, 100) - X**2).abs()
    assert X[errors.argmax()] == said.place
    assert errors.max() == 7 / 16 < said.l1 / said.l2 == 2 / (2 * 2)

    x = y = torch.arange(730, dtype=torch.float64) / 729
    weights = double([3, -6, 6])
    assert len(weights) == said.units == said.times
    for k in range(1, 5):
        y = weights @ relu(y - double([[0], [1 / 3], [2 / 3]]))
        assert -1e-9 < y.min() < y.max() < 1 + 1e-9
        turns = (y.diff() / x.diff()).diff().abs() > 1e-6
        assert turns.sum() + 1 == said.times**k


@claim(
    "Along one piece of what comes in, the sum of each unit runs straight, so "
    "each bends at one place there at most.",
    "So a layer makes of each piece $n + 1$ at most, and $k$ layers make $(n "
    "+ 1)^k$ at most of the one piece at the start.",
)
def test_no_network_has_more_pieces_than_the_limit():
    generator = torch.Generator().manual_seed(0)
    for n, k in ((1, 4), (2, 2), (2, 4), (3, 3)):
        for _ in range(50):
            pieces = pieces_by_chance((1, *[n] * k, 1), generator)
            assert pieces <= (n + 1) ** k


def test_folds_of_none_and_steps_too_wide():
    assert torch.equal(fold(X, 0), X)
    assert torch.equal(square(X, 0), X)
    refuses(ValueError, "times must be at least 0", fold, X, -1)
    refuses(ValueError, "k must be at least 1", ramp, X, 0.0, 0)
    refuses(ValueError, "k must be at least 1", staircase, X, X[:3], 0)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    x = torch.rand(50, dtype=torch.float64)
    d, q, h = random(3, 50, seed=seed)
    m, n, k = 6, 8, 5
    # of a parabola, and of a line, where the limit is reached
    curves = [(middles(n) ** 2, X**2), (middles(n), X)]
    errors = [(staircase(X, at, n) - y).abs().max() for at, y in curves]
    slopes = [(y.diff() / X.diff()).max() for _, y in curves]
    # 8 pieces that are as near the parabola as any: as far above as below
    chain = square(X, 3) - X**2
    best = (chain - chain.max() / 2).abs().max()
    symbols = {"x": x, "k": k, "d": d, "q": q, "h": h, "m": m}
    symbols |= {"r": ramp(x, 0, k), "t": fold}
    many = {"t": [fold(x, count) for count in range(1, m + 1)]}
    half = {"x": x.clamp(max=0.5), "t": fold(x.clamp(max=0.5))}
    here = {
        "one-fold": {"t": fold(x)},
        "square": many,
        "t_m - t_m^2 = t_m (1 - t_m)": many,
        "fold-weights": FOLD._asdict(),
        "t = 2x": half,
        r"\sqrt{h} / h = 1 / \sqrt{h}": {"h": h.abs()},
        "t / 4 + (t - t^2) / 4 = x / 2 + (2x - 4x^2) / 4 = x - x^2": half,
        "staircase-error": {"e": double(errors), "s": double(slopes), "n": n},
        "short-of-pieces": {"e": best, "n": 7},
    }
    truths = {
        "staircase-error": [torch.tensor([True, True])],
        "short-of-pieces": [torch.tensor(True)],
    }
    conditions = {"truths": truths, "given": ["k = n"]}
    hold("activation/depth.md", symbols, here=here, **conditions)
