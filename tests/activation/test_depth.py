import math

import pytest
import torch

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

X = torch.arange(1025, dtype=torch.float64) / 1024  # with all bends of 9 folds


def number(value):
    return torch.tensor(float(value), dtype=torch.float64)


@claim(
    r"Take $\max(0, x)$ and subtract $\max(0, x - 1)$: at $x = <early>$ that "
    "leaves $0.5 - 0 = <half>$, and at $x = <late>$ it leaves $3 - 2 = <one>$, "
    "as everywhere to the right of <end>.",
    "A ReLU unit bends once: it gives <nothing> up to some place, and from "
    "there on it climbs without end.",
)
def test_ramp_of_two_units(early, half, late, one, end, nothing):
    assert ramp(number(early), 0, 1) == half
    assert ramp(number(late), 0, 1) == one
    right = end + torch.linspace(0, 50, 99, dtype=torch.float64)
    torch.testing.assert_close(ramp(right, 0, 1), torch.full_like(right, one))
    assert (relu(-right) == nothing).all()
    assert (relu(right).diff() > 0).all()


@claim(
    "Now multiply both sums by $k$, and the climb is over after a distance of "
    "$1/k$:",
    "This is a ramp; the larger $k$ is, the more the ramp is like the step.",
    "In code a ramp may begin anywhere, which is a matter of the two biases:",
)
@pytest.mark.parametrize("start", [-0.75, 0.0, 2.5])
def test_climb_takes_a_distance_of_one_over_k(start):
    x = torch.arange(-4000, 4001, dtype=torch.float64) / 1000
    step = (x > start).double()
    unlike = []
    for k in (1, 2, 4, 20):
        y = ramp(x, start, k)
        assert (y[x <= start] == 0).all()
        assert (y[x >= start + 1 / k] - 1).abs().max() < 1e-12
        climbing = (x > start) & (x < start + 1 / k)
        torch.testing.assert_close(y[climbing], k * (x[climbing] - start))
        unlike.append((y - step).abs().mean().item())
        units = affine(
            x.unsqueeze(0),
            Layer(
                number(k).expand(2, 1), number(-k * start) - X[[0, -1], None]
            ),
        )
        first, second = relu(units)
        torch.testing.assert_close(y, first - second)
    assert unlike == sorted(unlike, reverse=True)


@claim(
    "The difference of <units> ReLU units: level, then a climb from <start> to "
    "<end>, then level again.",
    "<panels> panels over x from −1 to <right>.",
    "Left, <units> units, the first climbing from <first> on, dashed, and the "
    "second from <second> on, dotted; their difference, solid, is <low> on the "
    "left, climbs from <start> to <end> and stays at <high>.",
    "Right, <ramps> ramps that begin at <begin>: for k = <k1> the climb ends "
    "at <end1>, for k = <k2> at <end2>, and for k = <k3> it looks almost like "
    "a step.",
    "Left, <one> unit minus another is a ramp (solid).",
    "Right, <as_many> ramps: the larger $k$, the shorter the climb.",
)
def test_figure_of_the_ramps(
    panels,
    right,
    units,
    first,
    second,
    low,
    start,
    end,
    high,
    ramps,
    begin,
    k1,
    end1,
    k2,
    end2,
    k3,
    one,
    as_many,
):
    figure = draw_ramps()
    assert len(figure.axes) == panels
    made, steeper = figure.axes
    assert made.get_xlim() == steeper.get_xlim() == (-1, right)
    dashed, dotted, solid = made.lines
    assert (dashed.get_linestyle(), dotted.get_linestyle()) == ("--", ":")
    x = torch.as_tensor(solid.get_xdata())
    heights = [torch.as_tensor(line.get_ydata()) for line in made.lines]
    assert len(heights) - one == units
    torch.testing.assert_close(heights[0], (x - first).clamp(min=0))
    torch.testing.assert_close(heights[1], (x - second).clamp(min=0))
    torch.testing.assert_close(heights[2], heights[0] - heights[1])
    assert (heights[2][x <= start] == low).all()
    assert (heights[2][x >= end] == high).all()
    assert len(steeper.lines) == ramps == as_many
    for line, k, stop in zip(
        steeper.lines, (k1, k2, k3), (end1, end2, 1 / k3), strict=True
    ):
        y = torch.as_tensor(line.get_ydata())
        assert (y[x <= begin] == 0).all()
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
def test_staircase_of_the_example(a, b, c, ramps, units):
    assert middles(4).tolist() == [1 / 8, 3 / 8, 5 / 8, 7 / 8]
    heights = middles(4) ** 2
    assert (64 * heights).tolist() == [1, 9, 25, 49]
    climbs = (64 * heights.diff()).tolist()
    assert climbs == [a, b, c]
    assert units == 2 * ramps == 2 * len(climbs)
    k = 100
    y = staircase(X, heights, k)
    starts = torch.tensor([[1 / 4], [1 / 2], [3 / 4]]).double() - 1 / (2 * k)
    x = X.unsqueeze(0)
    hidden = torch.cat([relu(k * (x - starts)), relu(k * (x - starts) - 1)])
    weights = torch.tensor([a, b, c, -a, -b, -c], dtype=torch.float64) / 64
    assert len(hidden) == units
    torch.testing.assert_close(y, weights @ hidden + 1 / 64)


@claim(
    "In each strip let the staircase be as high as the curve is in the strip's "
    "middle."
)
@pytest.mark.parametrize("n", [1, 2, 5, 16])
def test_staircase_meets_the_curve_in_the_middles(n):
    for heights in (middles(n) ** 2, torch.sin(9 * middles(n))):
        steep = staircase(middles(n), heights, k=n)
        torch.testing.assert_close(steep, heights)
        within = middles(n) + 0.4 / n
        torch.testing.assert_close(staircase(within, heights, 10 * n), heights)


@claim(
    "No place in a strip is further from the middle than half a strip, "
    "$1/(2n)$.",
    "If the curve is nowhere steeper than $s$, its height changes over that "
    "distance by $s$ times as much at most.",
    "On a ramp the staircase is a mean of <two> heights.",
    "At a distance $d$ from the ramp's middle, the two strip middles are "
    "$1/(2n) - d$ and $1/(2n) + d$ away; the nearer counts more, so on average "
    "they are at most $1/(2n)$ away, and the limit holds there too, as long as "
    "no two ramps overlap.",
    "A curve as steep as $\\sqrt{x}$ at <steep> has no such limit, but it "
    "too changes little over a narrow strip.",
    "Two ReLU units make a ramp, ramps make a staircase, and a staircase of "
    "$n$ strips follows a curve of steepness $s$ to within $s / (2n)$.",
    "Nothing here depends on $x^2$: any curve whose steepness has a limit is "
    "followed in this way, as closely as you like.",
)
def test_error_of_a_staircase_has_its_limit(two, steep):
    """Three curves, each with its greatest steepness, and ramps of any k."""
    x = torch.arange(16_001, dtype=torch.float64) / 16_000
    curves = (
        (lambda x: x**2, 2),
        (lambda x: torch.sin(9 * x), 9),
        (lambda x: (3 * x - 1).abs(), 3),
    )
    for curve, steepest in curves:
        for n in (1, 2, 7, 40):
            for k in (n, two * n, 100 * n):
                off = staircase(x, curve(middles(n)), int(k)) - curve(x)
                assert off.abs().max() <= steepest / (2 * n) + 1e-12
    off = [
        (staircase(x, middles(n) ** 0.5, 9 * n) - x**0.5).abs().max()
        for n in (5, 50, 500)
    ]
    assert off[0] > 2 * off[1] > 4 * off[2]
    assert (x[1] ** 0.5 - steep) / x[1] > 100
    strips = (x * 40).long().clamp(max=39)
    assert ((x - middles(40)[strips]).abs() <= 1 / 80 + 1e-12).all()


@claim(
    "From $x$ to $x + d$ it rises by $(x + d)^2 - x^2 = d\\,(2 x + d)$, so the "
    "slope on the way is $2x + d$.",
    "That is the sum of the <both> places, and between <low> and <high> it is "
    "never more than <most>: so $s = 2$, and the limit is $1/n$.",
)
def test_steepness_of_the_square(both, low, high, most):
    assert both == 2
    x, other = torch.cartesian_prod(X[::16], X[::16]).T
    assert (X[0], X[-1]) == (low, high)
    apart = x != other
    d = (other - x)[apart]
    slope = (other**2 - x**2)[apart] / d
    torch.testing.assert_close(slope, 2 * x[apart] + d)
    torch.testing.assert_close(slope, (x + other)[apart])
    assert slope.max() <= most
    assert slope.max() > most - 0.02


@claim(
    "The price: to come <times> times as close takes <more> times as many "
    "strips.",
)
def test_ten_times_as_close_takes_ten_times_as_many(times, more):
    x = torch.arange(40_001, dtype=torch.float64) / 40_000

    def error(n):
        return (staircase(x, middles(n) ** 2, 10 * n) - x**2).abs().max()

    ratio = error(20) / error(int(20 * more))
    assert ratio.item() == pytest.approx(times, rel=0.03)


@claim(
    "Then each ramp ends where the next begins, <two> bends become <one>, and "
    "one unit does for both: $n$ units instead of $2 (n - 1)$.",
    "The staircase has become a chain of straight pieces, as in Figure.",
)
@pytest.mark.parametrize("n", [3, 8, 30])
def test_wide_ramps_share_their_bends(two, one, n):
    """The weights of n units that bend in the n middles are found here."""
    heights = torch.sin(9 * middles(n))
    y = staircase(X, heights, k=n)
    starts = middles(n).unsqueeze(1)
    climbs = n * heights.diff()
    weights = torch.cat([climbs, 0 * climbs[:1]])
    weights[1:] -= climbs
    assert two - one == 1
    hidden = relu(X.unsqueeze(0) - starts)
    assert len(hidden) == n
    torch.testing.assert_close(y, weights @ hidden + heights[0])


@claim(
    "Take the curve $x^2$ from <low> to <high>, and cut this interval into $n$ "
    "equal strips.",
    "Staircases of <few>, <more> and <many> strips along the curve $x^2$.",
    "<panels> panels show the same curve, x squared from <low> to <high>, "
    "thin, and a staircase, thick, that crosses it in the middle of each "
    "stair.",
    "With <first> strips the stairs are wide and stray far from the curve; "
    "with <second> strips they are <part> as wide, and with <third> strips "
    "they keep close to it.",
)
def test_figure_of_the_staircases(
    few, more, many, panels, low, high, first, second, part, third
):
    figure = draw_staircases()
    assert len(figure.axes) == panels
    assert (first, second, third) == (few, more, many)
    assert second * part == first
    worst = []
    for axes, n in zip(figure.axes, map(int, (few, more, many)), strict=True):
        curve, stairs = axes.lines
        assert axes.get_title() == f"{n} strips"
        assert curve.get_linewidth() < stairs.get_linewidth()
        x, y = map(torch.as_tensor, curve.get_data())
        assert (x[0], x[-1]) == (low, high)
        torch.testing.assert_close(y, x**2)
        x, stairs = map(torch.as_tensor, stairs.get_data())
        here = torch.searchsorted(x, middles(n))
        torch.testing.assert_close(
            stairs[here], middles(n) ** 2, rtol=0, atol=1e-9
        )
        worst.append((stairs - y).abs().max())
    assert worst[0] > 0.2 > 0.07 > worst[2]


@claim(
    "With one input $x$, a unit of the first layer has the sum $w x + b$, "
    "which passes <height> at one place at most.",
    "So $n$ units bend the output of their layer at $n$ places at most, and "
    "between these places it is straight: it has $n + <one>$ straight pieces "
    "at most.",
    "<units> units, <pieces> pieces; a zigzag of a thousand pieces takes "
    "<needed> units.",
    "With one input, one layer of $n$ ReLU units has at most $n + <one>$ "
    "straight pieces; $k$ layers of <each> units each can have $2^k$.",
)
def test_one_layer_has_a_bend_for_each_unit(
    height, one, units, pieces, needed, each
):
    """Units that bend at points of the grid, in random order and direction."""
    generator = torch.Generator().manual_seed(0)
    for n in (1, 2, 3, 10, 50):
        most = 0
        for _ in range(20):
            places = X[torch.randperm(1023, generator=generator)[:n] + 1]
            w = torch.randn(n, generator=generator, dtype=torch.float64)
            sums = w.unsqueeze(1) * (X - places.unsqueeze(1))
            assert ((sums == height).sum(dim=1) == 1).all()
            a = torch.randn(n, generator=generator, dtype=torch.float64)
            count = count_pieces(X, a @ relu(sums))
            assert count <= n + one
            most = max(most, count)
        assert most == n + one, "and so many there can be"
    assert pieces == units + one
    assert needed + one == 1000
    assert [count_pieces(X, fold(X, k)) for k in (1, 5)] == [each, each**5]


@claim(
    "The mark at <mark> comes to lie at <place>, and so does the mark at "
    "<other>.",
    "As a function this is a tent: it climbs from <low> to <high>, with slope "
    "<up>, and from $x = <top>$ on it falls back to <end>, with slope <down>.",
    "<two> ReLU units make it, one that climbs from <start> on and one that "
    "turns the climb round at <turn>:",
    r"For <mark> that is $2 \cdot 0.3 - 4 \cdot 0 = <place>$, and for <other> "
    r"it is $2 \cdot 0.7 - 4 \cdot 0.2 = <same>$.",
)
def test_tent_folds(
    mark, place, other, low, high, up, top, end, down, two, start, turn, same
):
    assert fold(number(mark)).item() == pytest.approx(place)
    assert fold(number(other)).item() == pytest.approx(place)
    assert same == place
    y = fold(X)
    slopes = y.diff() / X.diff()
    assert (slopes[X[1:] <= top] == up).all()
    assert (slopes[X[1:] > top] == down).all()
    assert (y[0], y.max(), y[-1]) == (low, high, end)
    torch.testing.assert_close(fold(X), fold(1 - X))
    bends = (X[1:-1])[slopes.diff() != 0]
    assert bends.tolist() == [turn]
    assert len({start, turn}) == two
    assert fold(number(start - 1)) == fold(number(start)) == 0


@claim(
    r"Now let a second layer fold what the first has folded: $t(0.6) = 2 \cdot "
    r"0.6 - 4 \cdot 0.1 = <second>$.",
    r"A third takes <second> to $2 \cdot 0.8 - 4 \cdot 0.3 = <third>$, and a "
    "fourth takes that to <fourth> again.",
    "A dot on each zigzag shows where <mark> has come: to <first>, <second>, "
    "<third> and <fourth>.",
    "For <mark>, whose folds are <first>, <second>, <third> and <fourth>, the "
    "sum goes from 0.3 to <s1>, to <s2>, to <s3>, to <s4>: it comes down to "
    "<square_of_it>.",
)
def test_ways_of_one_number(
    mark, first, second, third, fourth, s1, s2, s3, s4, square_of_it
):
    start = number(mark)
    ways = [fold(start, k).item() for k in (1, 2, 3, 4)]
    assert ways == pytest.approx([first, second, third, fourth])
    sums = [square(start, k).item() for k in (1, 2, 3, 4)]
    assert sums == pytest.approx([s1, s2, s3, s4])
    assert square(start, 30).item() == pytest.approx(square_of_it, abs=1e-12)
    dots = [axes.lines[-1] for axes in draw_zigzags().axes]
    assert [dot.get_xdata()[0] for dot in dots] == [mark] * 4
    assert [float(dot.get_ydata()[0]) for dot in dots] == pytest.approx(ways)


def test_two_layers_fold_twice_with_the_weights_of_the_page():
    W = torch.tensor([[2.0, -4], [2, -4]], dtype=torch.float64)
    b = torch.tensor([[0.0], [-0.5]], dtype=torch.float64)
    first = relu(X + b)
    torch.testing.assert_close(first, relu(torch.stack([X, X - 0.5])))
    second = relu(affine(first, Layer(W, b)))
    torch.testing.assert_close(W[0] @ second, fold(X, 2))


@claim(
    "Take a strip of paper that is marked from <low> to <high>, fold it in the "
    "middle, and stretch it to its old length.",
    "The function that folds the interval from <low> to <high> in the middle "
    "and stretches it to its old length.",
    "<strips> strips, one below the other.",
    "The first is marked at <a>, <b>, <c>, <d> and <e>.",
    "The second is the first one folded in the middle: <e> lies on <a>, <d> on "
    "<b>, and <c> is at the fold.",
    "The third is the second one stretched to the length of the first, with "
    "marks at <low>, <middle> and <high>.",
    "Folded and stretched: <two> places become <one>.",
)
def test_figure_of_the_paper(
    strips, a, b, c, d, e, low, middle, high, two, one
):
    figure = draw_paper()
    drawing.lay_out(figure)
    rows = {}
    for text, box in drawing.words(figure):
        if text[0].isdigit():
            across, up = drawing.centre(box)
            rows.setdefault(round(up, 1), {})[text] = across
    assert len(rows) == strips
    first, second, third = (rows[up] for up in sorted(rows, reverse=True))
    assert [float(text) for text in first] == [a, b, c, d, e]
    folded = [[float(x) for x in text.split(", ")] for text in second]
    assert folded == [[a, e], [b, d], [c]]
    assert max(map(len, folded)) == two == one + 1
    assert [float(text) for text in third] == [low, middle, high]
    for row in (first, second, third):
        left, right = first["0"], first["1"]
        for text, across in row.items():
            place = float(text.split(", ")[0])
            assert across == pytest.approx(
                left + place * (right - left), abs=0.02
            )
    assert fold(number(b)).item() == pytest.approx(middle)


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
    "<folds> folds, <units> units, <pieces> pieces.",
    "One layer needs at least <needed> units for as many.",
)
def test_pieces_double_with_each_fold(
    two, one, both, each, folds, units, pieces, needed
):
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(5, generator=generator, dtype=torch.float64)

    def later(x):
        return weights @ torch.stack([relu(x - c / 7) for c in range(5)])

    half = len(X) // int(two)
    drawn = later(fold(X))
    torch.testing.assert_close(drawn[: half + 1], later(X)[::2])
    torch.testing.assert_close(drawn[half:], later(X)[::2].flip(0))
    steepness = drawn.diff()
    assert steepness[half - 1] == pytest.approx(-steepness[half])
    assert count_pieces(X, fold(X)) == one
    assert count_pieces(X, fold(X, 2)) == both
    for k in range(1, 11):
        assert count_pieces(X, fold(X, k)) == 2**k
    assert count_pieces(X, fold(X, int(folds))) == pieces == needed + 1
    assert units == each * folds


@claim(
    "The result of one, two, three and four folds over the interval from <low> "
    "to <high>; the dot shows where <dot> has gone.",
    "<panels> panels, each with a zigzag over x from <low> to <high> that runs "
    "between 0 and 1.",
    "After <k1> fold it has <p1> pieces, after <k2> folds <p2>, after <k3> "
    "folds <p3>, and after <k4> folds <p4>, all equally wide.",
)
def test_figure_of_the_zigzags(
    low, high, dot, panels, k1, p1, k2, p2, k3, p3, k4, p4
):
    figure = draw_zigzags()
    assert len(figure.axes) == panels
    folds = map(int, (k1, k2, k3, k4))
    for axes, k, pieces in zip(
        figure.axes, folds, (p1, p2, p3, p4), strict=True
    ):
        assert axes.get_title() == f"{k} fold{'s' * (k > 1)}"
        assert axes.lines[-1].get_xdata()[0] == dot
        x, y = map(torch.as_tensor, axes.lines[0].get_data())
        assert (x[0], x[-1]) == (low, high)
        assert (y.min(), y.max()) == (0, 1)
        assert count_pieces(x, y) == pieces
        bends = x[1:-1][(y.diff() / x.diff()).diff().abs() > 1e-9]
        torch.testing.assert_close(
            bends, torch.arange(1, pieces) / pieces, check_dtype=False
        )


@claim(
    "It is $x (1 - x)$, so $x$ and $1 - x$ have the same one, and they have "
    "the same $t$, too.",
    r"Where $x$ is at most <half>, $t = 2x$, and $\frac{t}{4} + \frac{t - "
    r"t^2}{4} = \frac{x}{2} + \frac{2x - 4x^2}{4} = x - x^2$.",
    "On the other half it holds too, since $1 - x$ in place of $x$ leaves "
    "both sides as they are:",
    "The last term is the left side again, with $t$ for $x$, divided by "
    "<times>.",
    r"$t_m - t_m^2 = t_m (1 - t_m)$ is the product of <two> numbers that add "
    r"up to <sum_of_both>; with $\frac{1}{2} + d$ and $\frac{1}{2} - d$ the "
    r"product is $\frac{1}{4} - d^2$, and so it is largest, $1/4$, where both "
    "are <half>.",
    "So the error after $m$ folds is at most $1 / 4^{m+1}$: each fold divides "
    "the error by <times>.",
    "With folds, each layer divides the error of a square by <times>.",
    "Nine: $4^{10}$ is $<power>$, so nine folds leave at most $1 / 4^{10}$,"
    " a little less than <wanted>, and eight do not.",
    "(program, medium) How many folds does it take to square all numbers from "
    "<low> to <high> to within <wanted>?",
)
def test_each_fold_makes_the_square_four_times_as_exact(
    two, sum_of_both, half, times, power, wanted, low, high
):
    x = torch.arange(2**13 + 1, dtype=torch.float64) / 2**13
    assert (x[0], x[-1]) == (low, high)
    arch = x - x**2
    torch.testing.assert_close(arch, arch.flip(0))
    torch.testing.assert_close(fold(x), fold(x).flip(0))
    later = fold(x) - fold(x) ** 2
    torch.testing.assert_close(arch - fold(x) / 4, later / 4)
    assert arch.max() == arch[x == half] == 1 / 4
    assert two * half == sum_of_both

    def error(m):
        return (square(x, m) - x**2).abs().max().item()

    for m in range(10):
        assert error(m) == pytest.approx(4.0 ** -(m + 1))
        assert error(m) / error(m + 1) == pytest.approx(times)
    assert power == 4**10
    assert error(9) < wanted < error(8)
    assert error(9) > 0.9 * wanted


@claim(
    "In a network each layer has <two> units for the fold and a third that "
    "carries the sum so far; the sum is never negative, so ReLU leaves it as "
    "it is.",
)
def test_squares_by_a_network_of_three_units_in_each_layer(two):
    """Layer by layer, with weights and biases: the first unit of 3 is the sum.

    After each layer the sum and the fold are weighed out of its units.
    """
    out = torch.tensor([[1.0, 0, 0], [0, 2, -4]], dtype=torch.float64)
    state = torch.stack([X, X])  # the sum so far, and the number folded so far
    spread = torch.tensor([[1.0, 0], [0, 1], [0, 1]], dtype=torch.float64)
    b = torch.tensor([[0.0], [0], [-0.5]], dtype=torch.float64)
    for m in range(1, 9):
        units = relu(affine(state, Layer(spread, b)))
        assert len(units) == two + 1
        folded = out @ units
        state = torch.stack([folded[0] - folded[1] / 4**m, folded[1]])
        torch.testing.assert_close(state[0], square(X, m))
        assert (state[0] >= 0).all()


@claim(
    "To come as close as <layers> folds with their <units> units, one layer"
    " needs more than $<too_few>$.",
)
def test_one_layer_is_hopeless_for_fine_work(units, layers, too_few):
    def needed(m):
        return math.ceil((4.0 ** (m + 1) / 8) ** 0.5 - 1)

    assert units == 3 * layers
    assert too_few < needed(int(layers)) < too_few + 1000


@claim(
    "For the line itself that sum is <nothing>, since its middle is the mean "
    "of its ends.",
    "So one error, twice another and a third add up to $h^2 / 2$ or more, each "
    "counted without its sign, and the largest of them, $e$, is at least a "
    "quarter of that, $h^2 / 8$.",
    "One layer of $n$ units has $n + 1$ pieces at most, and so one of them is "
    "at least $1 / (n + 1)$ wide:",
    "The last column of this table says how many units one layer therefore "
    "needs to come as close as the folds.",
)
def test_no_line_comes_closer_to_the_square(nothing):
    """The best line over a width h is off by h^2 / 8, and others by more."""
    generator = torch.Generator().manual_seed(0)
    x = torch.linspace(-1, 1, 201, dtype=torch.float64)
    for q, h in ((0.5, 1), (0.3, 0.2), (2, 0.5)):
        places = q + x * h / 2
        best = 2 * q * (places - q) + q**2 + h**2 / 8
        assert (best - places**2).abs().max().item() == pytest.approx(h**2 / 8)
        for a, b in torch.randn(50, 2, generator=generator).double():
            line = a * places + b
            assert abs(line[0] - 2 * line[100] + line[-1] - nothing) < 1e-12
            off = (line - places**2)[[0, 100, 200]].abs()
            assert off[0] + 2 * off[1] + off[2] >= h**2 / 2 - 1e-12
            assert off.max() >= h**2 / 8 - 1e-12
    for n in (1, 3, 10):
        widths = torch.rand(n + 1, generator=generator)
        assert (widths / widths.sum()).max() >= 1 / (n + 1)


@claim(
    "As long as the same units are on, the output is straight; so a new piece "
    "can begin only where a unit goes on or off.",
    "Draw the weights and biases of <layers> layers of <width> units at "
    "random, <draws> times: between 0 and 1 there are about <mean> pieces "
    "on average, for <all_units> units.",
    "<by_hand> units that are set by hand made <made>.",
)
def test_random_weights_make_fewer_pieces_than_units(
    layers, width, draws, mean, all_units, by_hand, made
):
    """The page's draws: their mean, to the nearest whole number."""
    sizes = (1, *[int(width)] * int(layers), 1)
    assert layers * width == all_units
    generator = torch.Generator().manual_seed(0)
    counts = [pieces_by_chance(sizes, generator) for _ in range(int(draws))]
    assert round(sum(counts) / draws) == mean
    assert count_pieces(X, fold(X, int(by_hand / 2))) == made


def test_pieces_by_chance_counts_what_a_network_draws():
    """One layer: the bends are known from its weights and biases."""
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        w, _ = (
            torch.randn(*shape, generator=generator, dtype=torch.float64)
            for shape in ((30, 1), (1, 30))
        )
        w = 2**0.5 * w
        b = torch.randn(30, 1, generator=generator, dtype=torch.float64)
        places = (-b / w).flatten()
        inside = places[(places > 0) & (places < 1)]
        cells = (inside * 1000).long().unique()
        generator.manual_seed(seed)
        assert pieces_by_chance((1, 30, 1), generator) == len(cells) + 1


@claim(
    "0.8, then 0.4, then 0.8.",
    "The other is <other>, which is folded onto 0.4.",
    "(by hand, easy) Fold <start> three times.",
)
def test_first_exercise(other, start):
    for mark in (start, other):
        ways = [fold(number(mark), k).item() for k in (1, 2, 3)]
        assert ways == pytest.approx([0.8, 0.4, 0.8])
    assert other == 1 - start


@claim(
    "The middles are <m1>/<m2> and 3/4, and the heights <h1>/<h2> and 9/16: a "
    "bias of <b1>/<b2> and a weight of <w1>/<w2> for the ramp.",
    r"The limit is <l1>/<l2>; the largest error, at $x = <place>$, is $1 - "
    r"\frac{9}{16} = \frac{7}{16}$.",
)
def test_second_exercise(m1, m2, h1, h2, b1, b2, w1, w2, l1, l2, place):
    assert (b1, b2) == (h1, h2)
    assert middles(2).tolist() == [m1 / m2, 3 / 4]
    heights = middles(2) ** 2
    assert heights.tolist() == [h1 / h2, 9 / 16]
    assert heights.diff().item() == w1 / w2
    errors = (staircase(X, heights, 100) - X**2).abs()
    assert X[errors.argmax()] == place
    assert errors.max() == 7 / 16 < l1 / l2 == 2 / (2 * 2)


@claim(
    "(predict, medium) <units> ReLU units can fold a strip in three.",
    "Each layer makes <times> of each piece, so $3^k$; one layer has $3k + 1$ "
    "at most.",
)
def test_third_exercise(units, times):
    x = torch.arange(730, dtype=torch.float64) / 729
    starts = torch.tensor([[0.0], [1 / 3], [2 / 3]], dtype=torch.float64)
    weights = torch.tensor([3.0, -6.0, 6.0], dtype=torch.float64)
    assert len(weights) == units == times
    y = x
    for k in range(1, 5):
        y = weights @ relu(y - starts)
        assert y.min() > -1e-9
        assert y.max() < 1 + 1e-9
        slopes = y.diff() / x.diff()
        turns = (slopes.diff().abs() > 1e-6).sum()
        assert turns + 1 == times**k


@claim(
    "Along one piece of what comes in, the sum of each unit runs straight, so "
    "each bends at one place there at most.",
    "So a layer makes of each piece $n + 1$ at most, and $k$ layers make $(n + "
    "1)^k$ at most of the one piece at the start.",
)
def test_no_network_has_more_pieces_than_the_limit():
    generator = torch.Generator().manual_seed(0)
    for n, k in ((1, 4), (2, 2), (2, 4), (3, 3)):
        for _ in range(50):
            pieces = pieces_by_chance((1, *[n] * k, 1), generator)
            assert pieces <= (n + 1) ** k


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(50, generator=generator, dtype=torch.float64)
    d, q, h = torch.randn(3, 50, generator=generator, dtype=torch.float64)
    m, n, k = 6, 8, 5
    folded = [fold(x, count) for count in range(1, m + 1)]
    left = x / 2  # at most 0.5
    places = torch.arange(4001, dtype=torch.float64) / 4000
    error = (staircase(places, middles(n) ** 2, n) - places**2).abs().max()
    slopes = (places**2).diff() / places.diff()
    chain = (square(places, 3) - places**2).abs().max()  # of 8 pieces
    true = torch.tensor(True)
    symbols = {
        "x": x,
        "k": k,
        "d": d,
        "q": q,
        "h": h,
        "m": m,
        "r": ramp(x, 0, k),
        "t": fold,
    }
    many = {"t": folded}
    once = {"t": fold(x)}
    here = {
        "one-fold": once,
        "square": many,
        "t_m - t_m^2 = t_m (1 - t_m)": many,
        "fold-weights": {
            "W": torch.tensor([[2.0, -4], [2, -4]], dtype=torch.float64),
            "b": torch.tensor([[0.0], [-0.5]], dtype=torch.float64),
        },
        "t = 2x": {"x": left, "t": fold(left)},
        r"\frac{t}{4} + \frac{t - t^2}{4} = \frac{x}{2} + \frac{2x - 4x^2}{4}"
        " = x - x^2": {"x": left, "t": fold(left)},
        "staircase-error": {"e": error, "s": slopes.max(), "n": n},
        "short-of-pieces": {"e": chain, "n": 7},
    }
    truths = {"staircase-error": [true], "short-of-pieces": [true]}
    hold(
        "activation/depth.md",
        symbols,
        here=here,
        truths=truths,
        given=["k = n"],
    )


@pytest.mark.parametrize("function", [ramp, staircase])
def test_refuses_what_is_no_steepness(function):
    second = 0.0 if function is ramp else X[:3]
    with pytest.raises(ValueError, match="k must be at least 1"):
        function(X, second, 0)


def test_folds_and_squares_of_none_leave_all_as_it_is():
    assert torch.equal(fold(X, 0), X)
    assert torch.equal(square(X, 0), X)
    with pytest.raises(ValueError, match="times must be at least 0"):
        fold(X, -1)
