import math

import pytest
import torch

from snippets.figure import PALETTE
from snippets.neuron import pre_activation
from snippets.primer.slopes import (
    draw_chain,
    draw_mirror,
    draw_rectangle,
    draw_secants,
    slope_between,
)
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold

STEP = 1e-5  # centred differences with it are good to 1e-9 of such slopes
Z = torch.linspace(0.3, 3, 28, dtype=torch.float64)


def slope(f, z):
    """Return the slope of f at z by centred differences."""
    return (f(z + STEP) - f(z - STEP)) / (2 * STEP)


def same(found, wanted, close=1e-8):
    torch.testing.assert_close(found, wanted, rtol=close, atol=close)


def square(z):
    return z**2


@claim(
    "A road that climbs <rise> metres over the next <run> has a slope of "
    "<high>/<far>.",
    "For a straight line it does not matter where you measure: from $(<x>, "
    "<y>)$ to $(<right>, <top>)$ it is $(8 - 2) / (3 - 1) = <s>$, and between "
    "any two other points of the same line it is <same_> as well.",
)
def test_a_straight_line_has_one_slope(said):
    def line(z):
        return said.y + said.s * (z - said.x)

    assert (said.x, said.y, said.right, said.top, said.s) == (
        1,
        2,
        3,
        8,
        said.same_,
    )
    assert line(said.right) == said.top
    for h in (0.5, 2, 10, -3):
        road = slope_between(
            lambda metres: said.rise / said.run * metres, 0, said.run * h
        )
        assert road == pytest.approx(said.high / said.far)
        for z in (-7, 0.25, 40):
            assert slope_between(line, z, h) == pytest.approx(said.same_)


@claim(
    "The slope comes as close to <limit> as you like, provided the step is "
    "small enough: <same> is its limit.",
    "(With $h = <none>$ it would be 0/0, which says nothing; the second point "
    "comes near the first and never reaches it.)",
    "It takes a function and <count> numbers, as the words after the "
    "colons say, and @checked refuses anything else.",
)
def test_slope_between_two_points_approaches_a_limit(said):
    assert said.limit == said.same
    for close in (0.1, 1e-3, 1e-6):
        for h in (close / 2, -close / 2, close / 10):
            assert abs(slope_between(square, 1, h) - said.limit) < close
    with pytest.raises(ZeroDivisionError):
        slope_between(square, 1, said.none)
    with pytest.raises(TypeError, match="f must be a function, but an int"):
        slope_between(1, 1, 0.1)
    wrong = [("1", 0.1), (1, "0.1")]
    assert len(wrong) == said.count
    for arguments in wrong:
        with pytest.raises(TypeError, match=r"(z|h) must be a number, but"):
            slope_between(square, *arguments)


@claim(
    "<panels> panels.",
    "Left, the curve of z^2 with <count> straight lines through its point at "
    "<z>: a dashed one through the point at <far>, with slope <steep>, a "
    "dash-dotted one through the point at <near>, with slope <less>, and a "
    "solid one, the tangent, with slope <least>.",
    "Left, as the second point comes nearer, the line through both turns into "
    "the tangent at <z>.",
    "Right, the curve between <low> and <end>, solid, and the tangent, dashed, "
    "which can hardly be told from it.",
    "Right, seen from close by, the curve is almost straight, and its tangent "
    "almost the curve.",
)
def test_figure_of_secants(said):
    (left, right), blue = draw_secants().axes, PALETTE["blue"]
    assert len(draw_secants().axes) == said.panels
    curve, *rest = left.lines
    drawn = [torch.tensor(line.get_xydata()) for line in rest]
    slopes, places = (
        (said.steep, said.less, said.least),
        (said.far, said.near, said.z),
    )
    assert len(rest) == 2 * said.count
    looks = zip(drawn[::2], drawn[1::2], slopes, places, strict=True)
    for ends, point, wanted, at in looks:
        x, y = ends.T
        same(y.diff() / x.diff(), 0 * x.diff() + wanted, 1e-6)
        same(y + wanted * (said.z - x), 0 * x + said.z**2, 1e-6)
        assert point.tolist() == [[at, at**2]]
        assert (
            at == said.z or slope_between(square, said.z, at - said.z) == wanted
        )
    styles = [line.get_linestyle() for line in rest[::2]]
    assert styles == ["--", "-.", "-"]
    words = [text.get_text() for text in left.texts]
    assert words == [f"slope {s:g}" for s in slopes]
    assert rest[-1].get_color() == PALETTE["orange"], "the tangent"
    named = {"the curve $z^2$": "-", "its tangent": "--"}
    assert drawing.styles(right) == named
    assert right.get_xlim() == (said.low, said.end)
    close, tangent = right.lines
    for line in (curve, close):
        assert line.get_color() == blue
        x, height = map(torch.tensor, line.get_data())
        torch.testing.assert_close(height, x**2)
    agree([said.low, said.end], x[0], x[-1])
    bottom, top = right.get_ylim()
    apart = (height - torch.tensor(tangent.get_ydata())) / (top - bottom)
    assert 0 <= apart.min() <= apart.max() < 0.03, "of the panel's height"


@claim(
    "It predicts what a small step does: the output changes by nearly $a'$ "
    "times the step.",
    "From $z = <z>$ to <next>, for instance, $z^2$ should rise by about $2 "
    r"\cdot 0.01 = <about>$, and it rises by <rise>.",
    "Where the slope is positive, a small step to the right makes the "
    "output larger; where it is negative, smaller; where it is <zero>, the"
    " curve is level.",
)
def test_slope_predicts_a_small_step(said):
    assert said.next - said.z == pytest.approx(0.01)
    found = (
        slope(square, said.z) * (said.next - said.z),
        square(said.next) - square(said.z),
    )
    agree([said.about, said.rise], *found)
    for f in (torch.exp, torch.log, torch.reciprocal, torch.sin, square):
        foretold, change = slope(f, Z) * 1e-4, f(Z + 1e-4) - f(Z)
        assert (change - foretold).abs().max() < 1e-6
        clear = foretold.abs() > 1e-6
        assert torch.equal(change[clear] > 0, foretold[clear] > 0)
    assert slope(square, said.zero) == said.zero
    assert square(said.zero + 1e-4) < 1e-4 * 1e-3, "level"


SLOPES = [  # the summary's functions and some more, with their slopes
    (square, lambda z: 2 * z),
    (torch.reciprocal, lambda z: -1 / z**2),
    (torch.exp, torch.exp),
    (torch.log, torch.reciprocal),
    (lambda z: -torch.log(z), lambda z: -1 / z),
    (lambda z: torch.exp(-z), lambda z: -torch.exp(-z)),
    (lambda z: torch.log(4 - z), lambda z: -1 / (4 - z)),
    (lambda z: z**2 + 3 * z, lambda z: 2 * z + 3),
    (lambda z: 3 * z**2 - 2 * z + 5, lambda z: 6 * z - 2),
    (lambda z: (2 * z - 1) ** 2, lambda z: 4 * (2 * z - 1)),
    (lambda z: z**3, lambda z: 3 * z**2),
]


@claim(
    "As $h$ shrinks, this approaches $2z$, which is the slope of $z^2$.",
    "As $h$ shrinks, $z + h$ approaches $z$: the slope of $1/z$ is $-1/z^2$.",
    "Its curve is at each point as steep as it is high: the slope of $e^z$ is "
    "$e^z$.",
    "The same goes for any height: where the exponential is $z$ high, its "
    r"slope is $z$, so the slope of $\log z$ is $1/z$.",
    r"The slope of $z^2 + 3z$ is therefore $2z + 3$, and that of $-\log z$ is "
    "$-1/z$.",
    "$z^2$ | $2z$",
    "$1/z$ | $-1/z^2$",
    "$e^z$ | $e^z$",
    r"$\log z$ | $1/z$",
    "For $e^{-z}$, first $u = -z$ with the slope <one>, then $e^u$ with the "
    "slope $e^u$: the product is $-e^{-z}$.",
    "A slope is a ratio of two changes; the derivative is what it approaches "
    "as the step shrinks.",
    r"For $\log(1 - z)$, first $u = 1 - z$ with the slope <minus>, then $\log "
    "u$ with the slope $1/u$: the product is $-1/(1 - z)$.",
)
@pytest.mark.parametrize(("f", "derivative"), SLOPES)
def test_slopes_are_right(said, f, derivative):
    same(slope(f, Z), derivative(Z))
    apart = [
        ((f(Z + h) - f(Z)) / h - derivative(Z)).abs().max()
        for h in (1e-2, 1e-3, 1e-4)
    ]
    assert apart[1] < apart[0] / 9 + 1e-9
    assert apart[2] < apart[1] / 9 + 1e-9
    agree(
        [said.one, said.minus],
        slope(lambda z: -z, 2.0),
        slope(lambda z: 1 - z, 2.0),
    )
    below = Z / 4  # 1 - z must be positive
    same(slope(lambda z: torch.log(1 - z), below), -1 / (1 - below))


@claim(
    "At $z = <z>$ it is <two>, as in the table; at $z = <left>$ it is <down>, "
    "and there the curve falls.",
    "A constant never changes, so its slope is <none>; and a straight line "
    "$w z + b$ has the slope $w$ everywhere, since $(w (z + h) + b - w z - "
    "b) / h = w$ for any two points.",
)
def test_slopes_in_numbers(said):
    agree(
        [said.two, said.down], slope(square, said.z), slope(square, said.left)
    )
    assert said.down < 0
    assert slope(lambda z: 7.0, 3) == said.none
    same(slope(lambda z: 1.5 * z - 4, Z), torch.full_like(Z, 1.5))


@claim(
    "Double something at every step, and you have the powers of <base>: $2^z$ "
    "is <p0>, <p1>, <p2>, <p3> for $z$ from <first> to <last>.",
    "So everywhere the slope is the height times <one> fixed number, the slope "
    "at <zero>.",
    "The last factor approaches the slope at <zero>, where the curve has the "
    "height <height>.",
    "It is below <one> for <below> and above 1 for <above>, and for one base "
    "between them it is exactly 1.",
)
def test_powers_are_as_steep_as_their_height_times_a_number(said):
    powers = [said.base**z for z in range(int(said.first), int(said.last) + 1)]
    assert powers == [said.p0, said.p1, said.p2, said.p3]
    for b in (said.base, 2.5, 3):
        start = slope(lambda z, b=b: b**z, said.zero)
        assert b**said.zero == said.height
        same(slope(lambda z, b=b: b**z, Z), start * b**Z)
    assert slope(lambda z: said.below**z, said.zero) < said.one
    assert slope(lambda z: said.above**z, said.zero) > said.one
    assert slope(lambda z: math.e**z, said.zero) == pytest.approx(
        said.one, abs=1e-9
    )


@claim(
    "To which power must $e$ be raised to give <two>?",
    "To about <power>, and this is the logarithm of <two>, more exactly the "
    "natural one, whose base is $e$.",
    "If the point (<x>, <y>) is on the curve of $e^z$, then (<right>, <top>) "
    r"is on that of $\log z$: the two directions, to the right and upwards, "
    "change places.",
    r"It undoes the exponential, $\log(e^z) = z$, so $\log 1 = <none>$; and "
    "only positive numbers have a logarithm, since $e^z$ is never <zero> or "
    "less.",
    "When powers of $e$ are multiplied, their exponents are added, so the "
    "logarithm turns products into sums:",
    r"Since $u \cdot 1/u = 1$, whose logarithm is <none>, the logarithm of "
    r"$1/u$ is $-\log u$.",
    r"And a quotient is $u \cdot 1/v$, so its logarithm is a difference: "
    r"$\log(u / v) = \log u - \log v$.",
)
def test_logarithm_undoes_the_exponential(said):
    torch.testing.assert_close((1 / Z).log(), -Z.log())
    torch.testing.assert_close((Z.exp() / Z).log(), Z - Z.log())
    torch.testing.assert_close(Z.exp().log(), Z)
    torch.testing.assert_close(Z.exp() * torch.exp(2 - Z), torch.exp(0 * Z + 2))
    agree([said.power, said.x], math.log(said.two), math.log(said.two))
    assert (said.right, said.top, said.y) == (said.y, said.x, said.two)
    assert math.log(1) == said.none
    assert (
        torch.linspace(-700, 700, 99, dtype=torch.float64).exp().min()
        > said.zero
    )
    with pytest.raises(ValueError, match="math domain error"):
        math.log(said.zero)


@claim(
    "The curve of e^z, solid, and that of log z, dashed, are mirror images of "
    "each other in a dotted line that rises at <angle> degrees.",
    "A short straight line touches the upper curve at the height <high> and "
    "has slope <steep>.",
    "Its mirror image touches the lower curve at z = <z> and has slope 1/2.",
    "Where the curve of $e^z$ has the height <high>, its slope is <steep>.",
    r"In its mirror image, the curve of $\log z$, this is the point above $z = "
    "<z>$, and the slope is 1/2.",
    "In a slope, which divides the one by the other, they change places too, "
    "so it turns into its reciprocal.",
)
def test_mirror_images_have_reciprocal_slopes(said):
    (axes,) = draw_mirror().axes
    assert axes.get_aspect() == 1, "or no mirror would be seen"
    named = {"$e^z$": "-", r"$\log\,z$": "--", "the mirror": ":"}
    assert drawing.styles(axes) == named
    drawn = [torch.tensor(line.get_xydata()) for line in axes.lines]
    upper, lower, mirror, up, touched, low, mirrored = drawn
    torch.testing.assert_close(upper[:, 1], upper[:, 0].exp())
    torch.testing.assert_close(lower[:, 1], lower[:, 0].log())
    run, climb = (mirror[-1] - mirror[0]).tolist()
    agree([said.angle], math.degrees(math.atan2(climb, run)))
    for one, other in ((up, low), (touched, mirrored)):
        torch.testing.assert_close(one, other.flip(dims=(1,)))
    same(up.mean(dim=0, keepdim=True), touched, 1e-6)
    same(touched[0], torch.tensor([math.log(said.high), said.high]).double())
    run, climb = (up[1] - up[0]).tolist()
    assert climb / run == pytest.approx(said.steep)
    assert said.z == said.high == said.steep
    assert slope(math.log, said.z) == pytest.approx(1 / 2)


@claim(
    "When a small step changes $u$ by <k> and $v$ by <l>, it changes $u + v$ "
    "by <both> and $5u$ by <five>.",
    "So slopes are added as their functions are, and a constant factor stays "
    "where it is.",
    r"$c\,u + v$ | $c\,u' + v'$",
    "Let the sides be <side> and <other_side> and grow by <k_2> and <l_2>.",
    r"The strips are $0.01 \cdot 5 = <right>$ and $3 \cdot 0.02 = <top>$; the "
    r"corner, $0.01 \cdot 0.02 = <corner>$, hardly counts, and counts less and "
    "less as the step shrinks.",
    "$u v$ | $u' v + u v'$",
    "The smaller the steps of the sides, the less the corner counts beside the "
    "strips.",
    "Divide by the step: $k / h$ becomes the slope of $u$ and $l / h$ that "
    "of $v$.",
    r"The corner becomes $(k / h) \cdot l$, a slope times something that "
    "shrinks to <nothing>, and for $a = u v$ the two strips remain.",
    r"For instance, $z^2$ is $z \cdot z$, and the rule gives $1 \cdot z + z "
    r"\cdot 1 = 2z$, as before.",
    "So along each way the slopes multiply, and what comes by several ways is "
    "added.",
)
def test_rules_of_sum_and_product(said):
    u, v, f, g = 1.7, -0.4, torch.exp, torch.sin
    agree(
        [said.both, said.five],
        (u + said.k) + (v + said.l) - (u + v),
        5 * (u + said.k) - 5 * u,
    )
    same(slope(lambda z: 3 * f(z) + g(z), Z), 3 * slope(f, Z) + slope(g, Z))
    assert (said.side, said.other_side, said.k_2, said.l_2) == (
        3,
        5,
        0.01,
        0.02,
    ), "as in formulas"
    strips = (
        said.k_2 * said.other_side,
        said.side * said.l_2,
        said.k_2 * said.l_2,
    )
    assert strips == pytest.approx((said.right, said.top, said.corner))
    assert said.corner < 0.01 * (said.right + said.top)
    shrinking = [said.k_2 * (said.l_2 * step) for step in (1, 0.1, 0.001)]
    assert shrinking == sorted(shrinking, reverse=True)
    assert shrinking[-1] == pytest.approx(said.nothing, abs=1e-6)
    shares = [h * said.corner / (said.right + said.top) for h in (1, 0.1, 0.01)]
    assert shares == sorted(shares, reverse=True)
    by_f, by_g = f(Z) * g(Z), f(Z) * Z.cos()  # one way, then the other
    same(slope(lambda z: f(z) * g(z), Z), by_f + by_g)
    for at, way, other in zip(Z, by_f, by_g, strict=True):
        same(slope(f, at) * g(at), way)
        same(f(at) * slope(g, at), other)


@claim(
    "A rectangle with the sides u and v has grown by k to the right and by l "
    "upwards.",
    "<strips> shaded strips have been added, of area k v on the right and u l "
    "on top, and in the corner between them a small rectangle of area k l.",
    "When both sides of a rectangle grow, its area grows by <strips> strips "
    "and a corner.",
)
def test_figure_shows_strips_and_corner(said):
    figure = draw_rectangle()
    drawing.lay_out(figure)
    (sheet,), boxes = figure.axes, {}
    for word, place in drawing.words(figure):
        for box in map(drawing.box, sheet.patches):
            if box.contains(*drawing.centre(place)):
                boxes.setdefault(word.strip("$"), box)
    names = r"u\,v", r"k\,v", r"u\,l", r"k\,l"
    whole, right, top, corner = (boxes[name] for name in names)
    filled = [patch for patch in sheet.patches if patch.get_alpha()]
    assert len(filled) == said.strips + 1
    found = right.x0, corner.x0, top.y0, corner.y0, right.height, top.width
    wanted = whole.x1, whole.x1, whole.y1, whole.y1, whole.height, whole.width
    agree(found, wanted)
    agree([corner.width, corner.height], right.width, top.height)


@claim(
    "If one wheel turns <first> as fast as you pedal, and another <second> "
    "times as fast as the first, this one turns <both> times as fast as you "
    "pedal.",
    "However long the chain is, the slopes along it multiply.",
    r"$g(f(z))$ | $g'(u) \cdot f'(z)$ with $u = f(z)$",
)
def test_slopes_along_a_chain_multiply(said):
    assert slope(lambda z: said.second * (said.first * z), 1) == pytest.approx(
        said.both
    )
    assert said.first * said.second == said.both
    links = (torch.sin, torch.exp, square, torch.log)

    def chain(z):
        for f in links:
            z = f(z)
        return z

    product, here = torch.ones_like(Z), Z
    for f in links:
        product, here = product * slope(f, here), f(here)
    same(slope(chain, Z), product)


@claim(
    "Let $z$ go through $u = z^2 + 1$, and the result through $a = u^2$, and "
    "take a step from $z = <z>$ to <next>.",
    "<count> bars, one below the other.",
    "The first is the step of z from <z> to <next>.",
    "The second, <times> times as long, is the step of u from <u> to <next_u>, "
    "and the third, <more> times as long as the second, that of a from <a> to "
    "<next_a>.",
    "The first function makes the step <times> times as long, the second "
    "<more> times, so both together about <all> times.",
    "The bars are drawn to scale: the second is <times> times as long as the "
    "first, and the third <more> times as long as the second.",
    "Each function stretches the step that it is given, here for $u = z^2 + 1$ "
    "and $a = u^2$.",
    "Arrows lead from each bar to the next.",
)
def test_figure_shows_how_a_step_is_stretched(said):
    wanted = said.z**2 + 1, said.next**2 + 1, said.u**2, (said.next**2 + 1) ** 2
    agree([said.u, said.next_u, said.a, said.next_a], *wanted)
    figure = draw_chain()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    bars = [drawing.box(p) for p in sheet.patches if p.get_alpha()]
    assert len(bars) == said.count
    one, two, three = (bar.width for bar in bars)
    agree(
        [said.times, said.more, said.all], two / one, three / two, three / one
    )
    assert {round(bar.x0, 6) for bar in bars} == {round(bars[0].x0, 6)}
    words = [word for word, _ in drawing.words(figure)]
    for start, end in (
        (said.z, said.next),
        (said.u, said.next_u),
        (said.a, said.next_a),
    ):
        told = f"from {start:g} to {end:g}: a step of {end - start:.2g}"
        assert told in words
    assert {f"{n:g} times as far" for n in (said.times, said.more)} <= {*words}
    arrows = zip(drawing.arrows(sheet), bars[:-1], bars[1:], strict=True)
    for (start, end, _), above, below in arrows:
        assert above.y0 > start[1] > end[1] > below.y1
        assert above.x0 < start[0] == end[0] < above.x1


@claim(
    "With smaller steps the factors approach the slopes: $2z = <first>$ for "
    "the first, and for the second, at $u = <u>$, $2u = <second>$.",
    r"So $a$ has the slope $4 \cdot 2 = <slope_of_a>$.",
    "A step $h$ changes $u$ by some $k$, and if $k$ is not <naught>,",
    "There may be steps, however small, with $k = <none>$.",
    "They leave $u$ as it is, and so $a$ too: both ratios, that of $a$ and "
    "that of $u$, are <zero>.",
    "If there are such steps as small as you like, then $f'(z)$ can only be "
    "<flat>, and so is the right side of the rule.",
    "On the left the ratio is <still> for these steps, and for the others it "
    "is a slope of $g$, which approaches $g'(u)$, times a ratio that "
    "approaches <flat_limit>; so it approaches <level> too.",
)
def test_chain_in_numbers(said):
    """The curve z^2 sin(1/z) has the height 0 at 1/pi, 1/(2 pi) and so on."""
    h = 1e-7
    k = slope_between(square, 1, h) * h
    assert k / h == pytest.approx(said.first, abs=1e-5)
    assert slope_between(square, said.u, k) == pytest.approx(
        said.second, abs=1e-5
    )
    found = slope(lambda z: (z**2 + 1) ** 2, 1)
    assert found == pytest.approx(said.slope_of_a) == said.first * said.second
    with pytest.raises(ZeroDivisionError):
        slope_between(math.exp, 1, said.naught)
    # from -h/2 to h/2 nothing changes z^2, nor what is computed from it
    assert slope_between(square, -h / 2, h) == said.none == said.zero
    assert slope_between(lambda z: math.exp(square(z)), -h / 2, h) == said.zero

    def f(z):
        return z**2 * math.sin(1 / z) if z else 0.0

    for n in (10, 1000, 10**5):
        still, moving = 1 / (n * math.pi), 1 / ((n + 0.5) * math.pi)
        assert abs(slope_between(f, 0, still)) < 1e-9
        assert abs(slope_between(f, 0, moving) - said.flat_limit) < 1 / n
        ratio = slope_between(lambda z: math.exp(f(z)), 0, moving)
        assert abs(ratio - said.level) < 1 / n
        assert slope_between(math.exp, 0, f(moving)) == pytest.approx(
            1, abs=1 / n
        )
        ratio = slope_between(lambda z: math.exp(f(z)), 0, still)
        assert abs(ratio - said.still) < 1e-9
    assert said.flat == said.flat_limit == said.level


@claim(
    "Take $z = w_1 x_1 + w_2 x_2 + b$ with $w_1 = <w1>$, $w_2 = <w2>$, $x_1 = "
    "<x1>$, $x_2 = <x2>$ and $b = <b>$, which gives $z = <z>$.",
    "Keep all the others as they are, and only one number is left to change: "
    "$z = 2 w_1 - 5$, a straight line with the slope <steep>.",
    r"So $\partial z / \partial w_1$ is $x_1$, $\partial z / \partial w_2$ is "
    r"$x_2$, and $\partial z / \partial b$ is <one>.",
    "With respect to $x_1$ it is $w_1$.",
    "Let $w_1$ take its step first, <more>, and $b$ after it, <further>.",
    r"The first adds $2 \cdot 0.1 = <first>$ to $z$, the second $1 \cdot 0.3 = "
    "<second>$, together <growth>: each adds its step times its own partial "
    "derivative.",
    "If that number took a step of <more> too, then with respect to it $w_1$ "
    r"has the slope <s1>, $b$ the slope <s2>, and $z$ the slope $2 \cdot 1 + 1 "
    r"\cdot 3 = <s>$.",
)
def test_partial_derivatives_by_changing_one_number(said):
    def computed(w1=said.w1, w2=said.w2, x1=said.x1, x2=said.x2, b=said.b):
        w, x = torch.tensor([(w1, w2), (x1, x2)], dtype=torch.float64)
        return pre_activation(x, w, w.new_tensor(b)).item()

    def partial(name, value):
        return slope(lambda v: computed(**{name: v}), value)

    assert computed() == said.z
    assert computed(w1=7) == 2 * 7 - 5
    found = [
        partial("w1", said.w1),
        partial("w2", said.w2),
        partial("b", said.b),
    ]
    assert found == pytest.approx([said.x1, said.x2, said.one])
    assert said.steep == said.x1
    assert partial("x1", said.x1) == pytest.approx(said.w1)
    halfway = computed(w1=said.w1 + said.more)
    grown = computed(w1=said.w1 + said.more, b=said.b + said.further)
    agree(
        [said.first, said.second, said.growth],
        halfway - said.z,
        grown - halfway,
        grown - said.z,
    )
    assert (said.more, said.further) == (0.1, 0.3), "as in the formula"
    agree([said.s1, said.s2], said.more / said.more, said.further / said.more)
    both = slope(
        lambda t: computed(w1=said.w1 + said.s1 * t, b=said.b + said.s2 * t), 0
    )
    assert both == pytest.approx(said.s)


@claim(
    "When $u$ has grown from <u> to <grown>, the area $u v$ grows <fast> times "
    "as fast as $v$, not <slow> times: that is the corner of the rectangle.",
    "But as the steps shrink it no longer counts.",
    "For the area $a = u v$ the partial derivatives are $v$ and $u$, and this "
    "is the product rule.",
    r"$a$, which depends on $u$ and $v$ | $(\partial a / \partial u)\, u' + "
    r"(\partial a / \partial v)\, v'$",
    "A partial derivative is the slope with respect to one number, all the "
    "others being kept fixed; the effects of small changes are added.",
)
def test_small_changes_are_added(said):
    """What is left over is a smaller and smaller share of the change."""
    v = 5.0
    ways = slope(lambda v: said.u * v, v), slope(lambda v: said.grown * v, v)
    assert ways == pytest.approx((said.slow, said.fast))
    assert said.slow == said.u
    assert slope(lambda u: u * v, said.u) == pytest.approx(v)

    def f(u, v):
        return math.exp(u * v / 9) + math.sin(u + v**2)

    by_u, by_v = (
        slope(lambda u: f(u, v), said.u),
        slope(lambda v: f(said.u, v), v),
    )
    along = slope(lambda t: f(said.u + 2 * t, v - 3 * t), 0)
    assert along == pytest.approx(by_u * 2 - by_v * 3, rel=1e-6)
    for h in (1e-2, 1e-3, 1e-4):
        k, l = 2 * h, -3 * h
        change = f(said.u + k, v + l) - f(said.u, v)
        assert change == pytest.approx(by_u * k + by_v * l, abs=300 * h**2)


@claim(
    "$(2.1^2 - 2^2) / 0.1 = (4.41 - 4) / 0.1 = <between>$, and the limit is $2 "
    r"\cdot 2 = <limit>$.",
    "It is $6z - 2$, at $z = <z>$ therefore <steep>; the constant <five> adds "
    "nothing.",
    "Such a line has the slope <one>.",
    "The slope $1/z$ is <one> at $z = <right>$, and $e^z$ is <as_much> at $z = "
    "<zero>$: the two points, (<x>, <y>) and (<x2>, <y2>), are mirror images.",
    "With $u = 2z - 1$ the slopes are $2u$ and <inner>, so it is $4 (2z - 1)$, "
    "at $z = <place>$ therefore <twelve>.",
    "Multiplied out, $4z^2 - 4z + 1$ has the slope $8z - 4$, which at $z = "
    "<place>$ is <twelve> too.",
    "(by hand, easy) Find the slope of $3z^2 - 2z + <five>$ at $z = <z>$.",
    "(by hand, medium) Let $s = (w x - y)^2$ with $w = <w_>$, $x = <x_>$ and "
    "$y = <y_>$.",
    "With $u = w x - y = <u>$, the slope of $u^2$ is $2u = <twice>$, and $u$ "
    "has the partial derivatives $x = <x_>$ and $w = <w_>$.",
    "So they are <by_w> with respect to $w$ and <by_x> with respect to $x$.",
)
def test_exercises_by_hand(said):
    found = slope_between(square, 2, 0.1), slope(square, 2)
    agree([said.between, said.limit], *found)
    for rest in (0, said.five):
        found = slope(lambda z, rest=rest: 3 * z**2 - 2 * z + rest, said.z)
        assert found == pytest.approx(said.steep)
    found = math.tan(math.radians(45)), slope(math.log, said.right)
    assert (*found, slope(math.exp, said.zero)) == pytest.approx(
        (said.one, said.one, said.as_much)
    )
    assert said.as_much == said.one
    assert (
        (said.x, said.y)
        == (said.right, math.log(said.right))
        == (said.y2, said.x2)
    )
    assert (said.x2, said.y2) == (said.zero, math.exp(said.zero))
    assert slope(lambda z: 2 * z - 1, said.place) == pytest.approx(said.inner)
    for f in (lambda z: (2 * z - 1) ** 2, lambda z: 4 * z**2 - 4 * z + 1):
        assert slope(f, said.place) == pytest.approx(said.twelve)
    assert (said.w_ * said.x_ - said.y_, 2 * said.u) == (said.u, said.twice)
    assert slope(
        lambda w: (w * said.x_ - said.y_) ** 2, said.w_
    ) == pytest.approx(said.by_w)
    assert slope(
        lambda x: (said.w_ * x - said.y_) ** 2, said.x_
    ) == pytest.approx(said.by_x)


@claim(
    "(program, medium) The slope of $e^z$ at <zero> is <one>.",
    "It does not: beyond about $<best>$ it gets worse.",
    "A computer keeps about <digits> digits.",
    "The two heights agree in more and more of them, and what is left of their "
    "difference is more and more rounding; at the end both are <one>, and the "
    "slope comes out as <zero>.",
)
def test_too_small_a_step_is_lost_to_rounding(said):
    """The best of the powers of ten is the one named, or next to it."""
    errors = {
        power: abs(slope_between(math.exp, said.zero, 10.0**-power) - said.one)
        for power in range(1, 17)
    }
    best = min(errors, key=errors.get)
    assert abs(best + math.log10(said.best)) <= 1
    assert (
        errors[best] < min(errors[power] for power in range(best + 2, 17)) / 9
    )
    assert errors[1] > errors[4] > errors[best] < errors[12] < errors[16]
    assert math.exp(10.0**-16) == math.exp(said.zero) == said.one
    assert slope_between(math.exp, said.zero, 10.0**-16) == said.zero
    assert round(-math.log10(torch.finfo(torch.float64).eps)) == said.digits


def several_ways():
    """Return the slopes of a function of u and v, by each and by both."""

    def a(u, v):
        return u**2 * v / 100 + torch.cos(v / 10)

    u, v = Z.sin() + 2, Z.exp()
    return {
        "a'": slope(lambda z: a(z.sin() + 2, z.exp()), Z),
        r"\frac{\partial a}{\partial u}": slope(lambda u: a(u, v), u),
        r"\frac{\partial a}{\partial v}": slope(lambda v: a(u, v), v),
    }


@pytest.mark.parametrize("h", [0.5, 0.01, -0.2])
def test_equations(h):
    f, g, u, v = torch.sin, torch.exp, Z.sin() + 2, Z.exp()
    k, l = (torch.sin(Z + h) - torch.sin(Z)), (Z + h).exp() - Z.exp()
    symbols = {
        **{"z": Z, "h": h, "e": math.e, "c": 3.0, "u": u, "v": v},
        **{"k": k, "l": l, "f": f, "g": g, "f'": torch.cos, "g'": torch.exp},
        **{"s": (f(Z + h) - f(Z)) / h, "u'": Z.cos(), "v'": Z.exp()},
    }
    inner = {"u": f(Z), "a": g(f(Z)), "a'": slope(lambda z: g(f(z)), Z)}
    neuron = {"w": [3.0, -1.0], "x": [2.0, 1.0], "b": -4.0, "z": 1.0}
    error = {"w": 2.0, "x": 3.0, "y": 5.0, "u": 1.0, "s": 1.0}
    tables = {
        ("chain-ratio", "chain-rule", "a = g(u)", "u = f(z)"): inner,
        ("z = w_1 x_1 + w_2 x_2 + b", "z = 2 w_1 - 5"): neuron,
        ("s = (w x - y)^2", "u = w x - y = 1", "2u = 2"): error,
        ("sum-rule",): {"a'": slope(lambda z: 3 * (z.sin() + 2) + z.exp(), Z)},
        ("several-ways",): several_ways(),
        ("product-rule",): {"a'": slope(lambda z: (z.sin() + 2) * z.exp(), Z)},
        ("a = f(z)",): {"a": f(Z)},
        (r"a = c\,u + v",): {"a": 3 * u + v},
        ("a = u v",): {"a": u * v},
        ("u = z^2 + 1",): {"u": Z**2 + 1},
        ("a = u^2",): {"a": u**2},
        ("u = -z",): {"u": -Z},
        ("u = 1 - z",): {"u": 1 - Z},
        ("u = 2z - 1",): {"u": 2 * Z - 1},
        ("(w (z + h) + b - w z - b) / h = w",): {"w": 3.0, "b": -4.0},
        ("2z = 2",): {"z": Z[:1] * 0 + 1},
        ("2u = 4",): {"u": Z[:1] * 0 + 2},
    }
    here = {name: signs for names, signs in tables.items() for name in names}
    hold("primer/slopes.md", symbols, here=here)
