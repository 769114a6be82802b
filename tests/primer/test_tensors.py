import pytest
import torch

from snippets.primer.tensors import (
    BASKETS,
    PRICES,
    dot_product,
    draw_product,
    matrix_product,
)
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold


def random(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@claim(
    "It takes <two> lists of the same length, and gives <one> number.",
    "@ is the product of matrices, and the dot product if both are vectors;"
    " a vector before a matrix is taken for a row.",
    "A dot product multiplies <two> vectors place by place and adds up; a "
    "product of matrices is a table of dot products, each row with each "
    "column.",
)
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_dot_product_is_torchs(two, one, n):
    lists = random(int(two), n)
    found = dot_product(*lists)
    torch.testing.assert_close(found, lists[0] @ lists[1])
    torch.testing.assert_close(found, (lists[0] * lists[1]).sum())
    assert found.numel() == one
    with pytest.raises(ValueError, match="x must have shape"):
        dot_product(lists[0], random(n + 1))


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
def test_matrix_product_is_torchs(
    first, one, r, inner, same, c, rows, columns, k, n, m
):
    assert first == one
    assert inner == same
    assert PRICES.shape == (r, inner)
    assert BASKETS.shape == (same, c)
    assert (PRICES @ BASKETS).shape == (rows, columns)
    W, x = random(k, n), random(n, m, seed=1)
    product = matrix_product(W, x)
    assert product.shape == (k, m)
    assert W.T.shape == (n, k)
    torch.testing.assert_close(product, W @ x)
    for row, paid in zip(W, product, strict=True):
        for column, number in zip(x.T, paid, strict=True):
            torch.testing.assert_close(number, dot_product(row, column))
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
def test_prices_and_amounts(
    loaves,
    cheeses,
    apples,
    p1,
    p2,
    p3,
    paid,
    row,
    q1,
    q2,
    q3,
    w,
    f1,
    f2,
    f3,
    k,
    n,
    rows,
    columns,
):
    assert PRICES.tolist() == [[p1, p2, p3], [q1, q2, q3]]
    assert BASKETS.T.tolist() == [[loaves, cheeses, apples], [f1, f2, f3]]
    assert dot_product(PRICES[0], BASKETS[:, 0]).item() == paid
    assert PRICES[int(row) - 1, 0].item() == w
    assert PRICES.shape == (k, n) == (rows, columns)


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
def test_figure_shows_rows_meeting_columns(
    count, k, n, n2, m, rows, columns, j, i, number
):
    figure = draw_product()
    drawing.lay_out(figure)
    (sheet,) = figure.axes
    at = {
        tuple(round(c, 2) for c in drawing.centre(box)): word
        for word, box in drawing.words(figure)
        if word.isdigit()
    }
    cells = [drawing.centre(drawing.box(p)) for p in sheet.patches]
    across = sorted({round(x, 2) for x, _ in cells})
    up = sorted({round(y, 2) for _, y in cells}, reverse=True)
    assert (n2, k) == (n, rows)
    assert len(across) == n + m
    assert len(up) == n2 + k

    def read(places_up, places_across):
        return [
            [
                next(
                    float(word)
                    for (x, y), word in at.items()
                    if abs(x - right) < 0.1 and abs(y - high) < 0.1
                )
                for right in places_across
            ]
            for high in places_up
        ]

    above, below = up[: int(n2)], up[int(n2) :]
    left, right = across[: int(n)], across[int(n) :]
    W, x, product = read(below, left), read(above, right), read(below, right)
    assert (PRICES.tolist(), BASKETS.tolist()) == (W, x)
    assert product == (PRICES @ BASKETS).tolist()
    assert (len(product), len(product[0])) == (rows, columns)
    assert len(at) == sum(
        len(table) * len(table[0]) for table in (W, x, product)
    )
    assert len((W, x, product)) == count

    shaded = {
        tuple(round(c, 2) for c in drawing.centre(drawing.box(p)))
        for p in sheet.patches
        if p.get_alpha()
    }
    row, column = below[int(j) - 1], right[int(i) - 1]
    wanted = {(x, row) for x in left} | {(column, y) for y in above}
    assert shaded == wanted | {(column, row)}
    assert product[int(j) - 1][int(i) - 1] == number
    (said,) = [w for w, _ in drawing.words(figure) if "=" in w]
    assert said == r"$3 \cdot 2 + 6 \cdot 1 + 1 \cdot 3 = 15$"


@claim(
    "The order matters: $x W$ has the shape $(<k>, <m>)$, and means nothing "
    "here.",
    "The grouping does not: of <three> factors you may multiply the first "
    "<two> first, or the last <pair>.",
    "If a product is transposed, its factors change places: a row of $W$ with "
    "a column of $x$ becomes that column, now a row of $x^\\top$, with that "
    "row, now a column of $W^\\top$.",
    "That is the transpose, written with a raised $\\top$: the <first> row "
    "becomes the <column> column, and the <second> row the <last>.",
)
def test_order_matters_and_grouping_does_not(
    k, m, three, two, pair, first, column, second, last
):
    assert (BASKETS @ PRICES).shape == (k, m)
    V, W, x = random(4, 2), random(2, 3, seed=1), random(3, 5, seed=2)
    torch.testing.assert_close((V @ W) @ x, V @ (W @ x))
    assert len((V, W, x)) == three
    assert two == pair == len((V, W)) == len((W, x))
    torch.testing.assert_close((W @ x).T, x.T @ W.T)
    assert (first, second) == (column, last)
    for place in (int(first) - 1, int(second) - 1):
        assert torch.equal(W.T[:, place], W[place])


@claim(
    "While $W$ takes a number for each column, $W^\\top$ takes <one> for each "
    "row.",
    "Let <here> people go to the <first> shop and <there> to the <second>, and "
    "each buy <each> of everything: what does each kind of goods bring in?",
)
def test_transpose_adds_up_over_the_rows(one, here, first, there, second, each):
    assert (first, second) == (1, 2)
    visits = torch.tensor([here, there])
    by_hand = [
        each * (here * PRICES[0, goods] + there * PRICES[1, goods]).item()
        for goods in range(3)
    ]
    assert (PRICES.T @ visits).tolist() == by_hand == [100, 170, 40]
    assert PRICES.shape[1] == len(BASKETS)
    assert PRICES.T.shape[1] == one * len(visits)


@claim(
    "A single number has none, a vector <v>, a matrix <w>, and a stack of "
    "matrices <s>.",
    'In code a vector of $n$ numbers is a Float[Tensor, "n"], and a single '
    'number a Float[Tensor, ""].',
    "shape is the shape of the tensor.",
    "item() takes the number out of a tensor that holds a single one.",
)
def test_dimensions_of_tensors(v, w, s):
    found = [random(*shape).dim() for shape in ((), (3,), (2, 3), (4, 2, 3))]
    assert found == [0, v, w, s]
    assert random(4, 2, 3).shape == (4, 2, 3)
    number = dot_product(random(3), random(3)).item()
    assert isinstance(number, float)
    with pytest.raises(RuntimeError):
        random(3).item()


@claim(
    "Python counts from <zero>, so W[1] is the <second> row; W[:, 0] is the "
    '<first> column, the colon meaning "all rows"; and W[1, 0] is a single '
    "number.",
    "T is the transpose.",
)
def test_places_of_a_matrix(zero, second, first):
    W = PRICES
    assert torch.equal(W[int(zero)], W[:1].flatten())
    assert W[1].tolist() == W.tolist()[int(second) - 1] == [3, 6, 1]
    column = [row[int(first) - 1] for row in W.tolist()]
    assert W[:, 0].tolist() == column == [4, 3]
    assert W[1, 0].shape == ()
    assert W.T.tolist() == [
        list(column) for column in zip(*W.tolist(), strict=True)
    ]


@claim(
    "multiplies place by place, for <two> tensors of the same shape.",
    "W @ W stops with an error, since rows of <n> do not fit columns of <k>.",
    "W  x does too, since the shapes differ.",
    "But for <two> matrices of shape $(<side>, <same>)$ both  and @ run, and "
    "give different results.",
    "In torch @ is the product of matrices and  goes place by place; a column "
    "is added to every column, and a tensor with one dimension is taken for a "
    "row.",
)
def test_two_products(two, n, k, side, same):
    W, x = PRICES, BASKETS
    places = [[4 * 4, 5 * 5, 2 * 2], [3 * 3, 6 * 6, 1 * 1]]
    assert (W * W).tolist() == places
    assert W.shape == (k, n)
    with pytest.raises(RuntimeError):
        W @ W
    with pytest.raises(RuntimeError):
        W * x
    squares = random(int(two), int(side), int(same))
    one, other = squares[0] * squares[1], squares[0] @ squares[1]
    assert one.shape == other.shape
    assert (one - other).abs().max() > 0.1


@claim(
    "$W x$ has the shape $(<k>, <m>)$ and $b$ the shape $(<rows>, <one>)$, yet "
    "W @ x + b adds them: torch repeats the column for every column of the "
    "other.",
    "Here it adds <b1> to the <first> row and <b2> to the <second>.",
    "torch.tensor([10.0, 20.0]) has the shape $(<n>,)$, with <dimension> "
    "dimension only.",
    "torch adds it as a row, so that <c1> goes to the <left> column and <c2> "
    "to the <right>.",
)
def test_a_column_is_added_to_every_column(
    k, m, rows, one, b1, first, b2, second, n, dimension, c1, left, c2, right
):
    product, b = PRICES @ BASKETS, torch.tensor([[10.0], [20.0]])
    assert product.shape == (k, m)
    assert b.shape == (rows, one)
    added = product + b - product
    assert added[int(first) - 1].tolist() == [b1, b1]
    assert added[int(second) - 1].tolist() == [b2, b2]
    flat = torch.tensor([10.0, 20.0])
    assert flat.shape == (n,)
    assert flat.dim() == dimension
    added = product + flat - product
    assert added[:, int(left) - 1].tolist() == [c1, c1]
    assert added[:, int(right) - 1].tolist() == [c2, c2]


@claim(
    "sum() adds up all numbers.",
    "With dim=0 it runs down the <first> dimension and leaves <one> number for "
    "each column; with dim=1, <each> for each row.",
    "mean does the same, and divides by how many there were.",
)
def test_sums_and_means(first, one, each):
    x = BASKETS
    rows = x.tolist()
    assert x.sum().item() == sum(map(sum, rows))
    assert x.sum(dim=int(first) - 1).tolist() == [
        *map(sum, zip(*rows, strict=True))
    ]
    assert x.sum(dim=1).tolist() == [*map(sum, rows)]
    assert x.sum(dim=0).numel() == one * x.shape[1]
    assert x.sum(dim=1).numel() == each * x.shape[0]
    assert x.mean().item() == sum(map(sum, rows)) / x.numel()
    assert x.mean(dim=1).tolist() == [sum(row) / len(row) for row in rows]


@claim(
    "torch's own choice for numbers with a decimal point is float32, with "
    "about <short> digits; most of this book computes in float64, which has "
    "about <long>.",
    "The dtype is the kind of number, and says how many digits each has.",
)
def test_digits_of_a_dtype(short, long):
    """A third is right to so many digits, but for a rounded last one."""
    assert torch.tensor(0.5).dtype == torch.float32
    third = 1 / torch.tensor(3, dtype=torch.float32)
    error = abs(third.double() - 1 / torch.tensor(3, dtype=torch.float64))
    assert round(-torch.log10(error).item()) in (short, short + 1)
    for dtype, digits in ((torch.float32, short), (torch.float64, long)):
        eps = torch.tensor(torch.finfo(dtype).eps, dtype=torch.float64)
        assert round(-torch.log10(eps).item()) == digits


@claim(
    "Started with manual_seed(0) or another number, it draws the same ones "
    "every time, so that you can get the results that you see here.",
)
@pytest.mark.parametrize("seed", [0, 5])
def test_a_seed_draws_the_same_numbers(seed):
    assert torch.equal(random(9, seed=seed), random(9, seed=seed))
    assert not torch.equal(random(9, seed=seed), random(9, seed=seed + 1))


@claim("It is $2z$ at $z = <z>$.")
def test_autograd_finds_the_slope_of_a_square(z):
    at = torch.tensor(z, requires_grad=True)
    (slope,) = torch.autograd.grad(at**2 + 1, at)
    assert slope.item() == 2 * z == 6


A = torch.tensor([[1.0, 0.0, 2.0], [-1.0, 3.0, 1.0]])


@claim(
    "(by hand, easy) What is the dot product of (<a1>, <a2>, <a3>) and (<b1>, "
    "<b2>, <b3>)?",
    r"$1 \cdot 4 - 2 \cdot 1 + 3 \cdot 0.5 = <product>$.",
    "(by hand, easy) Multiply the matrix with the rows (<r1>, <r2>, <r3>) and "
    "(<s1>, <s2>, <s3>) by the column of <x1>, <x2> and <x3>.",
    r"$1 \cdot 2 + 0 \cdot 1 + 2 \cdot 1 = <upper>$ and $-1 \cdot 2 + 3 "
    r"\cdot 1 + 1 \cdot 1 = <lower>$.",
)
def test_products_by_hand(
    a1,
    a2,
    a3,
    b1,
    b2,
    b3,
    product,
    r1,
    r2,
    r3,
    s1,
    s2,
    s3,
    x1,
    x2,
    x3,
    upper,
    lower,
):
    vectors = torch.tensor([[a1, a2, a3], [b1, b2, b3]])
    assert dot_product(*vectors).item() == product
    assert A.tolist() == [[r1, r2, r3], [s1, s2, s3]]
    assert (A @ torch.tensor([x1, x2, x3])).tolist() == [upper, lower]


@claim(
    "(by hand, medium) Multiply the transpose of the matrix of exercise 2 by "
    "the column of <x1> and <x2>.",
    "Its rows are (<a>, <b>), (<c>, <d>) and (<e>, <f>), so the result is $1 "
    r"\cdot 2 + 1 \cdot 1 = <first>$, $0 \cdot 2 - 3 \cdot 1 = <second>$ and "
    r"$2 \cdot 2 - 1 \cdot 1 = <third>$.",
)
def test_transpose_by_hand(x1, x2, a, b, c, d, e, f, first, second, third):
    assert A.T.tolist() == [[a, b], [c, d], [e, f]]
    found = A.T @ torch.tensor([x1, x2])
    assert found.tolist() == [first, second, third]


@claim(
    "(predict, easy) A has the shape $(<k>, <n>)$ and B the shape $(<n2>, "
    "<m>)$.",
    "A @ B gives $(<r1>, <c1>)$ and A.T @ A gives $(<r2>, <c2>)$.",
    "The others stop with an error: for B @ A, <wide> is not <high>, and for A "
    "@ A, <across> is not <down>.",
)
def test_shapes_predicted(
    k, n, n2, m, r1, c1, r2, c2, wide, high, across, down
):
    A, B = random(int(k), int(n)), random(int(n2), int(m))
    assert (A @ B).shape == (r1, c1)
    assert (A.T @ A).shape == (r2, c2)
    assert (wide, high) == (B.shape[1], A.shape[0])
    assert (across, down) == (A.shape[1], A.shape[0])
    for one, other in ((B, A), (A, A)):
        with pytest.raises(RuntimeError):
            one @ other


@claim(
    "(predict, medium) x has the shape $(<k>, <m>)$.",
    "The shape is $(<rows>, <columns>)$, and every column has the mean <mean>.",
    "The other stops with an error: the means of the rows have the shape "
    "$(<n>,)$, which is taken for a row and does not fit rows of <wide>.",
    "x - x.mean(dim=1, keepdim=True) keeps them as a column, and works.",
)
def test_means_taken_away(k, m, rows, columns, mean, n, wide):
    x = random(int(k), int(m))
    centred = x - x.mean(dim=0)
    assert centred.shape == (rows, columns)
    assert centred.mean(dim=0).tolist() == pytest.approx([mean] * int(m))
    assert x.mean(dim=1).shape == (n,)
    assert x.shape[1] == wide
    with pytest.raises(RuntimeError):
        x - x.mean(dim=1)
    centred = x - x.mean(dim=1, keepdim=True)
    assert centred.mean(dim=1).abs().max() < 1e-15


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    lists = random(2, 3, seed=seed).tolist()
    prices = {"W": PRICES.double()}
    hold(
        "primer/tensors.md",
        {"W": random(2, 3, seed=seed), "x": random(3, 4, seed=seed)},
        here={
            "sum-sign": dict(zip("wx", lists, strict=True)),
            **dict.fromkeys(("prices", "transposed-prices"), prices),
        },
    )
