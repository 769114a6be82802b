import pytest
import torch

from tests.claims import claim
from tests.equations.check import hold

F = torch.nn.functional


def numbers(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@claim(
    "With five inputs and three units it has three weights instead of fifteen.",
)
def test_one_convolution_is_one_matrix():
    w, x = numbers(3), numbers(5, seed=1)
    W = torch.stack([torch.roll(F.pad(w, (0, 2)), i) for i in range(3)])
    torch.testing.assert_close(
        W @ x, F.conv1d(x[None, None], w[None, None])[0, 0]
    )
    assert W.shape == (3, 5)


@claim(
    "The root keeps the scores from growing with $d$: a sum of $d$ products "
    "has $d$ times the variance of one, by the argument that chose the first "
    "weights."
)
def test_scores_do_not_grow_with_their_length():
    for d in (4, 400):
        q, k = numbers(d, 2000), numbers(d, 2000, seed=1)
        scores = (q * k).sum(dim=0) / d**0.5
        assert scores.std().item() == pytest.approx(1, abs=0.1)


@claim(
    "The slope of this sum is <one> plus that of the layer, so one way "
    "back is always open, on which nothing is multiplied.",
    "A layer then has to learn only what should be different from its "
    "input, and one that adds nothing, $g(z^{[l]}) = 0$, hands its input "
    "on unchanged.",
)
def test_a_way_around_adds_one_to_the_slope(said):
    W, x = numbers(4, 4), numbers(4, seed=1)
    layer = torch.autograd.functional.jacobian(lambda a: torch.tanh(W @ a), x)
    around = torch.autograd.functional.jacobian(
        lambda a: a + torch.tanh(W @ a), x
    )
    torch.testing.assert_close(around, said.one * torch.eye(4).double() + layer)
    assert torch.equal(x + torch.tanh(0 * W @ x), x)


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    """The formulas give what torch's own functions give."""
    w, x, q = (
        numbers(3, seed=seed),
        numbers(5, seed=seed),
        numbers(4, seed=seed),
    )
    keys, values = numbers(6, 4, seed=seed + 9), numbers(6, 4, seed=seed + 99)
    p = torch.softmax(keys @ q / 4**0.5, dim=0)
    attended = F.scaled_dot_product_attention(q[None], keys, values)[0]
    a, W = numbers(7, seed=seed), numbers(7, 7, seed=seed + 1)
    normal = F.layer_norm(a, (7,), eps=0)
    conv = torch.stack([torch.roll(F.pad(w, (0, 2)), i) for i in range(3)])

    def column(row):
        return row[:, None]

    hold(
        "where_next.md",
        {},
        given=["g(z^{[l]}) = 0"],
        here={
            "z = W x + b": {
                "z": column(F.conv1d(x[None, None], w[None, None])[0, 0]),
                "W": conv,
                "x": column(x),
                "b": torch.zeros(3, 1).double(),
            },
            "convolution": {"W": conv, "w": [*w]},
            "scores": {
                "z": [*(keys @ q / 2).reshape(6, 1, 1)],
                "q": column(q),
                "k": [column(key) for key in keys],
                "d": 4,
                "j": range(1, 7),
            },
            "attention": {
                "a": column(attended),
                "p": [*p],
                "v": [column(value) for value in values],
                "m": 6,
            },
            "normalisation": {
                r"\hat a": [*normal],
                "a": [*a],
                "c": a.mean(),
                "s": a.std(unbiased=False),
                "i": range(1, 8),
            },
            "residual": {
                "a": {0: column(a), 1: column(a + torch.tanh(W @ a))},
                "g": torch.tanh,
                "z": {1: W @ column(a)},
                "l": 1,
            },
        },
    )
