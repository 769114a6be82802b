import pytest
import torch

from snippets.network import Layer
from snippets.propagation import autograd, gradient_check, seven_ways
from snippets.propagation.autograd import paths, sum_over_paths
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import forward
from snippets.propagation.seven_ways import WAYS
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.slopes import column


def found_equal(*given, but=()):
    """Return what all ways find, equal to 1e-9, differences to 1e-6."""
    found = seven_ways.seven_ways(*given)
    for way, slopes in found.items():
        limit = 1e-6 if way == "differences" else 1e-9
        off = (slopes - found["equations"]).abs().max()
        assert off < limit or way in but, way
    return found


@claim(
    "Six ways agree to within $<limit>$, and differences with them to within "
    "$<nearly>$, even where the output saturates.",
    "All <seven> find <nine> derivatives of the network on paper.",
    r"For the network on paper, $db_1 = dz \cdot w_1 \cdot a_1 (1 - a_1)$, "
    r"about $-0.416 \cdot 0.8 \cdot 0.599 \cdot 0.401$, which is <db1>, as in "
    "the table.",
)
def test_seven_ways_to_the_gradient_on_paper(said):
    found = found_equal(X, Y, LAYERS, NAMES)
    assert [*found] == [
        *("hand", "paths", "equations", "NumPy"),
        *("engine", "torch", "differences"),
    ]
    assert len(found) == len(WAYS) == said.seven
    assert {len(slopes) for slopes in found.values()} == {said.nine}
    assert (said.limit, said.nearly) == (1e-9, 1e-6)
    agree(
        [said.db1, said.db1],
        found["equations"][4],
        -0.416 * 0.8 * 0.599 * 0.401,
    )


@claim(
    "The slope of the loss with respect to the output unit's $z$ is $dz = "
    r"\hat y - y$; those of the hidden $z_1$ and $z_2$ are one step further "
    "back; and each weight has the slope of its $z$, times its input:",
    "Here they are in NumPy, where the sigmoid is computed by tanh, so that "
    "nothing overflows:",
    "None: all of them take the function by its name, so it is enough to pass "
    '("tanh", "sigmoid").',
)
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("seed", range(6))
def test_seven_ways_agree_elsewhere_and_far_out(seed, name):
    """Far out means that sigmoids round to 0 or 1, hidden or last."""
    generator = torch.Generator().manual_seed(seed)
    first, last = (
        Layer(*(2 * p.clone().normal_(generator=generator) for p in layer))
        for layer in LAYERS
    )
    x, y = X.clone().normal_(generator=generator), Y * seed / 5
    found_equal(x, y, [first, last], (name, "sigmoid"))
    for size in (40.0, -800.0, 2000.0) if name != "relu" else ():
        far = [first, Layer(*(size * p for p in last))]
        found_equal(size * x, y.round(), far, (name, "sigmoid"))


@claim(
    "At the kink of ReLU the differences alone give another number.",
    "Only where the step takes a unit across its kink do differences give "
    "another "
    "number.",
)
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_seven_ways_agree_at_the_kink(y):
    hidden, output = LAYERS
    layers, names = [Layer(hidden.W, -hidden.W @ X), output], ("relu", NAMES[1])
    assert not forward(X, layers, names)[1][0].z.any()
    found = found_equal(X, Y * y, layers, names, but=("differences",))
    assert not found["equations"][:6].any()
    assert found["differences"][:6].abs().min() > 0.1


@claim(
    "All seven agree for other weights, inputs and targets as well, and "
    "where the output saturates: an output unit with $w = 1$, $b = 0$ and the "
    "input 37 predicts exactly <one>, and with the target <zero> all find "
    "$dw = <dw>$ and $db = <db>$.",
)
def test_seven_ways_agree_where_the_output_saturates(said):
    """Five take any network, two a second layer that hands on the input."""
    x, w, y = column(37.0), column(1.0), column(said.zero)
    layers = [Layer(w, 0 * w)]
    assert forward(x, layers, ["sigmoid"])[0].item() == said.one
    for way in {*WAYS} - {"hand", "NumPy"}:
        slopes = WAYS[way](x, y, layers, ["sigmoid"]).tolist()
        assert slopes == pytest.approx([said.dw, said.db], abs=1e-6), way
    passing = Layer(torch.eye(2).double(), column(0.0, 0.0))
    output = Layer(column(1.0, 0.0).T, 0 * w)
    names = "relu", "sigmoid"
    found = found_equal(column(37.0, 1.0), y, [passing, output], names)
    for slopes in found.values():
        last = slopes[[6, 8]].tolist()
        assert last == pytest.approx([said.dw, said.db], abs=1e-6)


@claim(
    r"<three> of the ways begin at $\hat y - y$, and the other <four> take the "
    r"loss from $z$, so none of them divides by $1 - \hat y = 0$.",
)
def test_some_ways_take_the_loss_from_z(said, monkeypatch):
    """Another loss of z changes what they find, and nothing else does."""
    before = seven_ways.seven_ways(X, Y, LAYERS, NAMES)
    for module in (seven_ways, gradient_check):
        other = lambda z, y: (z - y).sum()  # noqa: E731
        monkeypatch.setattr(module, "cross_entropy_of_z", other)
    monkeypatch.setattr(autograd, "loss_of_z", lambda z, y: z)
    after = seven_ways.seven_ways(X, Y, LAYERS, NAMES)
    same = [way for way in WAYS if torch.equal(before[way], after[way])]
    assert same == ["hand", "equations", "NumPy"]
    assert (said.three, said.four) == (len(same), len(WAYS) - len(same))


@claim(
    "Two to each: every parameter acts through one unit on the output's $z$, "
    "and two paths lead from the loss to $z$.",
)
def test_paths_are_those_of_the_network():
    values = autograd.as_values(LAYERS)
    given = X.flatten().tolist(), Y.item(), NAMES
    loss, nine = (
        autograd.loss_of_values(values, *given),
        autograd.all_of(values),
    )
    assert [len(paths(loss, value)) for value in nine] == [2] * 9
    slopes = [sum_over_paths(loss, value) for value in nine]
    found = seven_ways.along_the_graph(X, Y, LAYERS, NAMES)
    assert found.tolist() == slopes


def test_equations():
    units, output = passes.on_paper()
    signs = {"db": units["dz"], "a": units["a"], "y": Y.squeeze()}
    signs |= {"w": [*LAYERS[1].W.flatten()]}
    certain = {r"\hat y": torch.ones(())}
    hold(
        "propagation/seven_ways.md",
        output | signs,
        here={r"1 - \hat y = 0": certain},
    )
