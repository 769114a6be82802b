import itertools

import pytest
import torch
from torch.testing import assert_close

from snippets.primer.tensors import (
    BASKETS,
    PRICES,
    dot_product,
    draw_product,
    matrix_product,
)
from tests import drawing
from tests.claims import agree, claim
from tests.equations.check import hold


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@claim(
    "It takes <two> lists of the same length, and gives <one> number.",
    "@ is the product of matrices, and the dot product if both are vectors; a "
    "vector before a matrix is taken for a row, after it for a column.",
    "A dot product multiplies <two> vectors place by place and adds up; a "
    "product of matrices is a table of dot products, each row with each "
    "column.",
    "A single number has none, a vector <v>, a matrix <w>, and a stack of "
    "matrices <s>.",
    'In code a vector of $n$ numbers is a Float[Tensor, "n"], and a single'
    ' number a Float[Tensor, ""]; what a tensor is comes below.',
    "w.new_zeros(()) is a single <none>, from which the sum starts.",
    "shape is the shape of the tensor.",
    "item() takes the number out of a tensor that holds a single one.",
)
def test_dot_product_is_torchs(said):
    empty = random(int(said.two), 0)
    assert dot_product(*empty) == empty.new_zeros(()) == said.none
    for n in (0, 1, 2, 7):
        lists = random(int(said.two), n)
        found = dot_product(*lists)
        assert_close(found, lists[0] @ lists[1])
        assert_close(found, (lists[0] * lists[1]).sum())
        assert (found.numel(), found.dim()) == (said.one, 0)
        with pytest.raises(ValueError, match="x must have shape"):
            dot_product(lists[0], random(n + 1))
    found = [random(*shape).dim() for shape in ((3,), (2, 3), (4, 2, 3))]
    assert found == [said.v, said.w, said.s]
    assert random(4, 2, 3).shape == (4, 2, 3)
    assert isinstance(dot_product(random(3), random(3)).item(), float)
    with pytest.raises(RuntimeError):
        random(3).item()
    W, v = random(2, 3), random(3)
    assert_close((W @ v).unsqueeze(1), W @ v.unsqueeze(1))  # a column
    assert_close((v @ W.T).unsqueeze(0), v.unsqueeze(0) @ W.T)  # a row


@claim(
    "The product $W x$ takes each row of $W$ with the column, as a dot "
    "product, and gives what you pay in each shop:",
    "Put this column beside the <first>, in a matrix that may still be called "
    "$x$, and the product does for each column what it did for <one>: it has a "
    "row for each shop and a column for each buyer.",
    "A row of $W$ must be as long as a column of $x$, and the product has the "
    "rows of the one and the columns of the other: shape $(<r>, <inner>)$ "
    "times shape $(<same>, <c>)$ gives $(<rows>, <columns>)$, and in general "
    "$(k, n)$ times $(n, m)$ gives $(k, m)$.",
    '"k n" means $k$ rows and $n$ columns, and a letter means the same number '
    "wherever it appears.",
    "$(k, n)$ times $(n, m)$ gives $(k, m)$; the transpose of $(k, n)$ has the "
    "shape $(n, k)$.",
)
@pytest.mark.parametrize(("k", "n", "m"), [(2, 3, 2), (1, 4, 3), (5, 1, 2)])
def test_matrix_product_is_torchs(said, k, n, m):
    shapes = PRICES.shape, BASKETS.shape, (PRICES @ BASKETS).shape
    agree(said, *(1, 1), *shapes)
    W, x = random(k, n), random(n, m, seed=1)
    product = matrix_product(W, x)
    assert (product.shape, W.T.shape) == ((k, m), (n, k))
    assert_close(product, W @ x)
    for row, paid in zip(W, product, strict=True):
        for column, number in zip(x.T, paid, strict=True):
            assert_close(number, dot_product(row, column))
    with pytest.raises(ValueError, match="x must have shape"):
        matrix_product(W, random(n + 1, m))


@claim(
    "You buy <loaves> loaves, <cheeses> cheese and <apples> apples, at <p1>, "
    "<p2> and <p3> each.",
    r"Multiply each price by its amount, and add up: $4 \cdot 2 + 5 \cdot 1 + "
    r"2 \cdot 3 = <paid>$.",
    "A <row> shop asks <q1>, <q2> and <q3> for the same goods.",
    "The number in row $j$ and column $k$ is $w_{jk}$, so $w_{21}$ is <w>, the "
    "<row> shop's price of a loaf.",
    "A friend wants <f1>, <f2> and <f3> of the same goods.",
    "Its shape is $(<k>, <n>)$: <rows> rows and <columns> columns, the rows "
    "always first.",
)
def test_prices_and_amounts(said):
    (bread, *_), (amounts, others) = PRICES[1], BASKETS.T
    paid = dot_product(PRICES[0], amounts)
    bought, sizes = (amounts, PRICES[0], paid), 2 * PRICES.shape
    agree(said, *bought, 2, PRICES[1], bread, others, sizes)


@claim(
    "<count> tables of numbers.",
    "The matrix W, of <k> rows and <n> columns, is at the lower left, the "
    "matrix x, of <n2> rows and <m> columns, at the top right, and their "
    "product, of <rows> rows and <columns> columns, where the rows of W, drawn "
    "on to the right, meet the columns of x, drawn on downwards.",
    "The <j> row of W and the <i> column of x are shaded, and so is the number "
    "where they meet, <number>.",
    "The product of two matrices: each number is the dot product of the row on "
    "its left with the column above it.",
)
def test_figure_shows_rows_meeting_columns(said):
    figure = draw_product()
    drawing.lay_out(figure)
    (sheet,) = figure.axes

    def rounded(box):
        return tuple(round(2 * c) for c in drawing.centre(box))

    words = drawing.words(figure)
    at = {rounded(box): float(w) for w, box in words if w.isdigit()}
    cells = {rounded(drawing.box(patch)) for patch in sheet.patches}
    assert cells == {*at}
    across = sorted({x for x, _ in cells})
    up = sorted({y for _, y in cells}, reverse=True)
    above, below = up[: int(said.n2)], up[int(said.n2) :]
    left, right = across[: int(said.n)], across[int(said.n) :]
    tables = [
        [[at[x, y] for x in columns] for y in rows]
        for rows, columns in ((below, left), (above, right), (below, right))
    ]
    assert len(tables) == said.count
    W, x, product = map(torch.tensor, tables)
    assert torch.equal(W, PRICES)
    assert torch.equal(x, BASKETS)
    assert torch.equal(product, W @ x)
    shapes = *W.shape, *x.shape, *product.shape
    assert shapes == (said.k, said.n, said.n2, said.m, said.rows, said.columns)
    row, column = below[int(said.j) - 1], right[int(said.i) - 1]
    shaded = {rounded(drawing.box(p)) for p in sheet.patches if p.get_alpha()}
    wanted = {(x, row) for x in left} | {(column, y) for y in above}
    assert shaded == wanted | {(column, row)}
    assert at[column, row] == said.number
    (told,) = [w for w, _ in words if "=" in w]
    assert told == r"$3 \cdot 2 + 6 \cdot 1 + 1 \cdot 3 = 15$"


@claim(
    "The order matters: $x W$ has the shape $(<k>, <m>)$, and means nothing "
    "here.",
    "And the grouping does not matter: of <three> factors you may multiply"
    " the first <two> first, or the last <pair>.",
    "Above, <a> times the column (<a_1>, <a_2>), <b> times (<b_1>, <b_2>) "
    "and <c> times (<c_1>, <c_2>) add up to (<all_1>, <all_2>).",
    "If a product is transposed, its factors change places.",
    "The number in row $j$ and column $i$ of $W x$ is the dot product of "
    "row $j$ of $W$ with column $i$ of $x$.",
    "Transposed, it is in row $i$ and column $j$; there row $i$ of "
    r"$x^\top$ meets column $j$ of $W^\top$, and these are the same two "
    "lists.",
    r"That is the transpose, written with a raised $\top$: the <first> row "
    "becomes the <column> column, and the <second> row the <last>.",
    r"While $W$ takes a number for each column, $W^\top$ takes <one> for each "
    "row.",
    "Let <here> people go to the <one_shop> shop and <there> to the "
    "<other_shop>, and each buy <each> of everything: what does each kind of "
    "goods bring in?",
)
def test_order_grouping_and_transpose(said):
    assert (BASKETS @ PRICES).shape == (said.k, said.m)
    V, W, x = random(4, 2), random(2, 3, seed=1), random(3, 5, seed=2)
    assert_close((V @ W) @ x, V @ (W @ x))
    assert (said.three, said.two, said.pair) == (3, 2, 2)
    columns = [said.a_1, said.a_2, said.b_1, said.b_2, said.c_1, said.c_2]
    agree(columns, PRICES.T)
    agree([said.a, said.b, said.c], BASKETS[:, 0])
    agree([said.all_1, said.all_2], PRICES @ BASKETS[:, 0])
    assert_close((W @ x).T, x.T @ W.T)
    for j, i in itertools.product(range(2), range(5)):
        assert_close((W @ x).T[i, j], dot_product(W[j], x[:, i]))
        assert torch.equal(x.T[i], x[:, i])
    assert (
        (said.first, said.second)
        == (said.column, said.last)
        == (said.one_shop, said.other_shop)
        == (1, 2)
    )
    for place in (0, 1):
        assert torch.equal(W.T[:, place], W[place])
    visits = torch.tensor([said.here, said.there])
    by_hand = said.each * (said.here * PRICES[0] + said.there * PRICES[1])
    assert torch.equal(PRICES.T @ visits, by_hand)
    assert by_hand.tolist() == [100, 170, 40]
    assert PRICES.T.shape == (len(BASKETS), said.one * len(visits))


@claim(
    "Python counts from <zero>, so W[1] is the <second> row; W[:, 0] is the "
    '<first> column, the colon meaning "all rows"; and W[1, 0] is a single '
    "number.",
    "T is the transpose.",
    "W.new_zeros makes a matrix of zeros, to be filled in, and x.T lists "
    "the columns of $x$.",
)
def test_places_of_a_matrix(said):
    W = PRICES
    assert (said.zero, said.first, said.second) == (0, 1, 2)
    assert W[1].tolist() == [3, 6, 1]
    assert W[:, 0].tolist() == [4, 3]
    assert (W[0].tolist(), W[1, 0].item()) == ([4, 5, 2], 3)
    assert W.T.tolist() == [[4, 3], [5, 6], [2, 1]]
    assert [row.tolist() for row in W.T] == [[4, 3], [5, 6], [2, 1]]
    assert W.new_zeros(2, 3).tolist() == [[said.zero] * 3] * 2


@claim(
    "multiplies place by place.",
    "W @ W stops with an error, since rows of <n> do not fit columns of <k>.",
    "W  x does too, since the shapes $(<k2>, <n2>)$ and $(<r>, <c>)$ cannot "
    "be made equal by repeating.",
    "But for <two> matrices of shape $(<side>, <same>)$ both  and @ run, and "
    "give different results.",
    "In torch @ is the product of matrices and  goes place by place; a column "
    "is added to every column, and what has one dimension is added as a row.",
)
def test_two_products(said):
    W, x = PRICES, BASKETS
    assert (W * W).tolist() == [[16, 25, 4], [9, 36, 1]]
    assert W.shape == (said.k, said.n) == (said.k2, said.n2)
    assert x.shape == (said.r, said.c)
    for multiply in (
        lambda: W @ W,
        lambda: W * x,
        lambda: torch.broadcast_shapes(W.shape, x.shape),
    ):
        with pytest.raises(RuntimeError):
            multiply()
    one, other = random(int(said.two), int(said.side), int(said.same))
    assert (one * other).shape == (one @ other).shape
    assert (one * other - one @ other).abs().max() > 0.1


@claim(
    "$W x$ has the shape $(<k>, <m>)$ and $b$ the shape $(<rows>, <one>)$, "
    "yet W @ x + b adds them: torch repeats the column for every column of "
    "the other, and so it does with .",
    "Here it adds <b1> to the <first> row and <b2> to the <second>.",
    "torch.tensor([10.0, 20.0]) has the shape $(<n>,)$, with <dimension> "
    "dimension only.",
    "In W @ x + b it would be added as a row, so that <c1> goes to the "
    "<left> column and <c2> to the <right>.",
)
def test_a_column_is_added_to_every_column(said):
    product, b = PRICES @ BASKETS, torch.tensor([[10.0], [20.0]])
    flat = torch.tensor([10.0, 20.0])
    rows, columns = product + b - product, (product + flat - product).T
    assert torch.equal(rows, columns)
    assert torch.equal(rows[:, 0], rows[:, 1])
    times = torch.stack([column * b[:, 0] for column in product.T], dim=1)
    assert torch.equal(product * b, times)
    (b1, b2), (c1, c2) = rows[:, 0], columns[:, 0]
    told = *product.shape, *b.shape, b1, 1, b2, 2, *flat.shape, flat.dim()
    agree(said, *told, c1, 1, c2, 2)


@claim(
    "sum() adds up all numbers.",
    "With dim=0 it runs down the <first> dimension and leaves <one> number for "
    "each column; with dim=1, <each> for each row.",
    "mean does the same, and divides by how many there were.",
    "torch's own choice for numbers with a decimal point is float32, with "
    "about <short> digits; most of this book computes in float64, which has "
    "about <long>.",
    "The dtype is the kind of number, and says how many digits each has.",
)
def test_sums_means_and_digits(said):
    """A third is right to so many digits, but for a rounded last one."""
    x, rows = BASKETS, [[2, 0], [1, 2], [3, 1]]
    assert x.tolist() == rows
    assert x.sum().item() == 9
    assert x.mean().item() == 1.5
    assert x.sum(dim=int(said.first) - 1).tolist() == [6, 3]
    assert x.sum(dim=1).tolist() == [2, 3, 4]
    assert x.mean(dim=1).tolist() == [1, 1.5, 2]
    assert (said.one, said.each) == (1, 1)
    assert torch.tensor(0.5).dtype == torch.float32
    third = torch.tensor(1 / 3, dtype=torch.float64)
    error = (third.float().double() - third).abs()
    assert round(-error.log10().item()) in (said.short, said.short + 1)
    for dtype, digits in (
        (torch.float32, said.short),
        (torch.float64, said.long),
    ):
        eps = torch.tensor(torch.finfo(dtype).eps, dtype=torch.float64)
        assert round(-eps.log10().item()) == digits


@claim(
    "Started with manual_seed(0) or another number, it draws the same ones "
    "every time, so that you can get the results that you see here.",
    "It is $2z$ at $z = <z>$.",
    "requires_grad=True says that slopes with respect to this tensor will "
    "be wanted, and whatever is then computed from it remembers how.",
    "torch.autograd.grad returns a slope for each tensor that it is asked "
    "about; here there is one, and (slope,) = takes it out.",
)
@pytest.mark.parametrize("seed", [0, 5])
def test_seeds_and_autograd(said, seed):
    assert torch.equal(random(9, seed=seed), random(9, seed=seed))
    assert not torch.equal(random(9, seed=seed), random(9, seed=seed + 1))
    at = torch.tensor(float(said.z), requires_grad=True)
    a = at**2 + 1
    assert a.grad_fn is not None, "it remembers"
    assert torch.tensor(3.0).square().grad_fn is None, "it was not asked to"
    (slope,) = torch.autograd.grad(a, at)
    assert slope.item() == 2 * said.z == 6
    other = torch.tensor(1.0, requires_grad=True)
    assert len(torch.autograd.grad(at * other, [at, other])) == 2


A = torch.tensor([[1.0, 0.0, 2.0], [-1.0, 3.0, 1.0]])


@claim(
    "(by hand, easy) What is the dot product of (<a1>, <a2>, <a3>) and (<b1>, "
    "<b2>, <b3>)?",
    r"$1 \cdot 4 - 2 \cdot 1 + 3 \cdot 0.5 = <product>$.",
    "(by hand, easy) Multiply the matrix with the rows (<r1>, <r2>, <r3>) and "
    "(<s1>, <s2>, <s3>) by the column of <x1>, <x2> and <x3>.",
    r"$1 \cdot 2 + 0 \cdot 1 + 2 \cdot 1 = <upper>$ and $-1 \cdot 2 + 3 \cdot "
    r"1 + 1 \cdot 1 = <lower>$.",
    "(by hand, medium) Multiply the transpose of the matrix of exercise 2 by "
    "the column of <y1> and <y2>.",
    "Its rows are (<a>, <b>), (<c>, <d>) and (<e>, <f>), so the result is $1 "
    r"\cdot 2 + 1 \cdot 1 = <first>$, $0 \cdot 2 - 3 \cdot 1 = <second>$ and "
    r"$2 \cdot 2 - 1 \cdot 1 = <third>$.",
)
def test_products_by_hand(said):
    vectors = torch.tensor([[1.0, -2.0, 3.0], [4.0, 1.0, 0.5]])
    x, y = torch.tensor([2.0, 1.0, 1.0]), torch.tensor([2.0, -1.0])
    product = dot_product(*vectors)
    agree(said, vectors, product, A, x, A @ x, y, A.T, A.T @ y)


@claim(
    "(predict, easy) A has the shape $(<k>, <n>)$ and B the shape $(<n2>, "
    "<m>)$.",
    "A @ B gives $(<r1>, <c1>)$ and A.T @ A gives $(<r2>, <c2>)$.",
    "The others stop with an error: for B @ A, <wide> is not <high>, and for A "
    "@ A, <across> is not <down>.",
    "(predict, medium) x has the shape $(<k3>, <m3>)$.",
    "The shape is $(<rows>, <columns>)$, and every column has the mean <mean>.",
    "The other stops with an error: the means of the rows have the shape "
    "$(<n3>,)$, which is taken for a row and does not fit rows of <wide3>.",
    "x - x.mean(dim=1, keepdim=True) keeps them as a column, and works.",
)
def test_shapes_predicted(said):
    A, B, x = (
        random(*(int(getattr(said, name)) for name in pair.split()))
        for pair in ("k n", "n2 m", "k3 m3")
    )
    centred = x - x.mean(dim=0)
    (mean,) = {round(n, 9) for n in centred.mean(dim=0).abs().tolist()}
    agree(
        said, A.shape, B.shape, (A @ B).shape, (A.T @ A).shape,
        B.shape[1], A.shape[0], A.shape[1], A.shape[0],
        x.shape, centred.shape, mean, x.mean(dim=1).shape, x.shape[1],
    )  # fmt: skip
    for wrong in (lambda: B @ A, lambda: A @ A, lambda: x - x.mean(dim=1)):
        with pytest.raises(RuntimeError):
            wrong()
    centred = x - x.mean(dim=1, keepdim=True)
    assert centred.mean(dim=1).abs().max() < 1e-15


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    lists = random(2, 3, seed=seed).tolist()
    A, u, v = (random(3, n, seed=seed + n) for n in (3, 1, 2))
    multiplied_out = {"A": A, "u": u, "v": v[:, :1]}
    prices = {"W": PRICES.double()}
    hold(
        "primer/tensors.md",
        {"W": random(2, 3, seed=seed), "x": random(3, 4, seed=seed)},
        here={
            "A (u + v) = A u + A v": multiplied_out,
            "sum-sign": dict(zip("wx", lists, strict=True)),
            **dict.fromkeys(("prices", "transposed-prices"), prices),
        },
    )
