import pytest
import torch

from snippets.network import Layer
from snippets.propagation import autograd, gradient_check
from snippets.propagation import seven_ways as seven_ways_module
from snippets.propagation.autograd import (
    all_of,
    as_values,
    loss_of_values,
    paths,
    sum_over_paths,
)
from snippets.propagation.backward import backward
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import forward
from snippets.propagation.seven_ways import (
    WAYS,
    along_the_graph,
    seven_ways,
)
from tests.claims import claim
from tests.equations.check import hold


def require_equal(found, but=()):
    """Hold all ways equal to 1e-9, differences to 1e-6."""
    wanted = found["equations"]
    for way, slopes in found.items():
        limit = 1e-6 if way == "differences" else 1e-9
        if way not in but:
            assert (slopes - wanted).abs().max() < limit, way


@claim(
    "Six ways agree to within $<limit>$, and differences with them to within "
    "$<nearly>$, even where the output saturates.",
    "All <seven> find <nine> derivatives of the network on paper.",
)
def test_seven_ways_to_the_gradient_on_paper(limit, nearly, seven, nine):
    found = seven_ways(X, Y, LAYERS, NAMES)
    assert len(found) == len(WAYS) == seven
    ways = [
        "hand",
        "paths",
        "equations",
        "NumPy",
        "engine",
        "torch",
        "differences",
    ]
    assert [*found] == ways
    assert {len(slopes) for slopes in found.values()} == {nine}
    require_equal(found)
    assert (limit, nearly) == (1e-9, 1e-6)


def drawn(seed, names):
    generator = torch.Generator().manual_seed(seed)
    layers = [
        Layer(
            2 * torch.randn(W.shape, generator=generator, dtype=W.dtype),
            torch.randn(b.shape, generator=generator, dtype=b.dtype),
        )
        for W, b in LAYERS
    ]
    x = torch.randn(2, 1, generator=generator, dtype=torch.float64)
    y = torch.rand(1, 1, generator=generator, dtype=torch.float64)
    return x, y if seed % 2 else y.round(), layers, names


@claim(
    "The slope of the loss with respect to the output unit's $z$ is $dz = "
    "\\hat y - "
    "y$; those of the hidden $z_1$ and $z_2$ are one step further back; and "
    "each weight has the slope of its $z$, times its input:",
    "Here they are in NumPy, where the sigmoid is computed by tanh, so that "
    "nothing overflows:",
    "None: all of them take the function by its name, so it is enough to pass "
    '("tanh", "sigmoid").',
)
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("seed", range(6))
def test_seven_ways_agree_elsewhere(seed, name):
    require_equal(seven_ways(*drawn(seed, (name, "sigmoid"))))


@pytest.mark.parametrize("size", [40.0, -800.0, 2000.0])
def test_seven_ways_agree_far_out(size):
    """Wherever sigmoids round to 0 or 1, hidden or last."""
    for name in ("sigmoid", "tanh"):
        for y in (torch.zeros(1, 1).double(), torch.ones(1, 1).double()):
            x, _, layers, names = drawn(1, (name, "sigmoid"))
            require_equal(
                seven_ways(
                    size * x,
                    y,
                    [layers[0], Layer(*(size * p for p in layers[1]))],
                    names,
                )
            )


@claim(
    "At the kink of ReLU the differences alone give another number.",
    "Only where a kink lies within a step $h$ do differences give another "
    "number.",
)
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_seven_ways_agree_at_the_kink(y):
    hidden, output = LAYERS
    layers = [Layer(hidden.W, -hidden.W @ X), output]
    assert not forward(X, layers, ("relu", "sigmoid"))[1][0].z.any()
    found = seven_ways(X, torch.full_like(Y, y), layers, ("relu", "sigmoid"))
    require_equal(found, but=("differences",))
    assert not found["equations"][:6].any()
    assert found["differences"][:6].abs().min() > 0.1


@claim(
    "All seven agree for other weights, inputs and targets as well, and where "
    "the output saturates: a single unit with $w = 1$ and $b = 0$ predicts "
    "exactly <one> for $x = 37$, and with the target <zero> its slopes are "
    "<dw> and <db>.",
)
def test_seven_ways_agree_where_the_output_saturates(one, zero, dw, db):
    """Five take any network, two a second layer that hands on the input."""
    x, w = torch.tensor([[37.0]]).double(), torch.tensor([[1.0]]).double()
    y, layers = torch.full_like(w, zero), [Layer(w, 0 * w)]
    assert forward(x, layers, ["sigmoid"])[0].item() == one
    for way, find in WAYS.items():
        if way not in ("hand", "NumPy"):
            slopes = find(x, y, layers, ["sigmoid"]).tolist()
            assert slopes == pytest.approx([dw, db], abs=1e-6), way
    passing = Layer(torch.eye(2).double(), torch.zeros(2, 1).double())
    output = Layer(torch.tensor([[1.0, 0.0]]).double(), 0 * w)
    x = torch.tensor([[37.0], [1.0]]).double()
    found = seven_ways(x, y, [passing, output], ("relu", "sigmoid"))
    require_equal(found)
    for slopes in found.values():
        last = slopes[[6, 8]].tolist()
        assert last == pytest.approx([dw, db], abs=1e-6)


@claim(
    "<three> of the ways begin at $\\hat y - y$, and the other <four> take the "
    "loss from $z$, so none of them divides by $1 - \\hat y = 0$.",
)
def test_some_ways_take_the_loss_from_z(monkeypatch, three, four):
    """Another loss of z changes what they find, and nothing else does."""
    before = seven_ways(X, Y, LAYERS, NAMES)
    for module, name in (
        (seven_ways_module, "cross_entropy_of_z"),
        (gradient_check, "cross_entropy_of_z"),
    ):
        monkeypatch.setattr(module, name, lambda z, y: (z - y).sum())
    monkeypatch.setattr(autograd, "loss_of_z", lambda z, y: z)
    after = seven_ways(X, Y, LAYERS, NAMES)
    same = [way for way in WAYS if torch.equal(before[way], after[way])]
    assert same == ["hand", "equations", "NumPy"]
    assert (three, four) == (len(same), len(WAYS) - len(same))


@claim(
    "Two to each: every parameter acts through one unit on the output's $z$, "
    "and two paths lead from the loss to $z$.",
)
def test_paths_are_those_of_the_network():
    """Each of the nine acts through one unit, on both terms of the loss."""
    values = as_values(LAYERS)
    loss = loss_of_values(values, X.flatten().tolist(), Y.item(), NAMES)
    assert [len(paths(loss, value)) for value in all_of(values)] == [2] * 9
    slopes = [sum_over_paths(loss, value) for value in all_of(values)]
    assert along_the_graph(X, Y, LAYERS, NAMES).tolist() == slopes


@claim(
    "For the network on paper, $db_1 = dz \\cdot w_1 \\cdot a_1 (1 - a_1)$, "
    r"about $-0.416 \cdot 0.8 \cdot 0.599 \cdot 0.401$, which is <db1>, as in "
    "the table.",
)
def test_third_exercise(db1):
    assert pytest.approx(db1, abs=5e-4) == -0.416 * 0.8 * 0.599 * 0.401
    found = seven_ways(X, Y, LAYERS, NAMES)["equations"][4].item()
    assert found == pytest.approx(db1, abs=5e-4)


def test_equations():
    y_hat, (first, last) = forward(X, LAYERS, NAMES)
    hidden, output = backward(y_hat - Y, (first, last), NAMES)
    hold(
        "propagation/seven_ways.md",
        {
            "dz": output.db.squeeze(),
            r"\hat y": y_hat.squeeze(),
            "y": Y.squeeze(),
            "db": [*hidden.db.flatten()],
            "w": [*last.W.flatten()],
            "a": [*last.a_previous.flatten()],
        },
        here={r"1 - \hat y = 0": {r"\hat y": torch.ones(())}},
    )
