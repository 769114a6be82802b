from itertools import pairwise

import pytest
import torch
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from snippets.network import Layer, affine, initialise
from snippets.neuron import neuron
from snippets.propagation import example
from snippets.propagation.forward import ACTIVATIONS, forward
from tests.claims import agree, claim
from tests.equations.check import hold
from tests.propagation.passes import (
    NAMES,
    SIZES,
    TORCHS,
    backward_from,
    on_paper,
    problem,
    symbols_of_a_pass,
)
from tests.propagation.slopes import slope


def network(sizes, m, seed=0):
    """Return layers whose biases are 0, and inputs."""
    generator = torch.Generator().manual_seed(seed)
    layers = initialise(sizes, generator)
    return layers, torch.randn(sizes[0], m, generator=generator).double()


@claim(
    "This is forward propagation: one function inside another, computed from "
    "the inside out.",
    "torch's own modules, one after the other, give the outputs that these two "
    "steps give.",
    "Each layer takes the activations of the layer before as its inputs, and "
    "each of its units does with them what Equation and Equation say: it "
    "weighs them, adds them up with its bias and applies the activation "
    "function.",
    "$W^{[l]}$ has one row for each unit of the layer, and $a^{[l-1]}$ has one "
    "column for each example; the product holds the dot product of each row "
    "with each column.",
    "They go into it, and come out of it unchanged: one layer computes $z = W "
    "a + b$ from what training has made of $W$ and $b$ so far, and then "
    "applies its activation function.",
)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("m", [0, 1, 7])
def test_agrees_with_torch_modules_and_unit_by_unit(name, m):
    layers, x, _ = problem(0)
    x, modules = x[:, :m], []
    for W, b in layers:
        linear = torch.nn.Linear(*W.shape[::-1], dtype=torch.float64)
        linear.weight.data, linear.bias.data = W, b[:, 0]
        modules += [linear, TORCHS[name]]
    y_hat, _ = forward(x, layers, [name] * 3)
    assert y_hat.shape == (2, m)
    assert_close(y_hat, torch.nn.Sequential(*modules)(x.T).T.detach())
    a, g = forward(x, layers[:1], [name])[0], ACTIVATIONS[name].g
    for unit, (w, b) in enumerate(zip(*layers[0], strict=True)):
        for place, column in enumerate(x.T):
            assert_close(a[unit, place], neuron(column, w, b.squeeze(), g))


@claim(
    "When a network predicts, activations run forward through its layers: the "
    "input enters the first layer, the activations of each layer enter the "
    "next, and those of the last are the prediction.",
    "The first layer uses $W^{[1]}$ and $b^{[1]}$; its activations are the "
    "inputs of the second, which uses $W^{[2]}$ and $b^{[2]}$; and so on.",
    "The activations of the last layer are the prediction:",
    "On the way each layer leaves a cache, which holds its inputs $a^{[l-1]}$, "
    "its pre-activations $z^{[l]}$, and its parameters $W^{[l]}$ and "
    "$b^{[l]}$.",
    "Each layer caches $a^{[l-1]}$, $z^{[l]}$, $W^{[l]}$ and $b^{[l]}$ for the "
    "way back.",
    "So $(n^{[l]}, n^{[l-1]})$ times $(n^{[l-1]}, m)$ gives $(n^{[l]}, m)$: "
    "one row for each unit, one column for each example.",
    "The column $b^{[l]}$ is then added to each of the $m$ columns.",
    "The forward pass uses the parameters as training has left them so far, "
    "and does not change them.",
    "The pass leaves the parameters as they were.",
    "They go into it, and come out of it unchanged: one layer computes $z = W "
    "a + b$ from what training has made of $W$ and $b$ so far, and then "
    "applies its activation function.",
)
def test_caches_hold_each_layer_whole():
    layers, x, _ = problem(0)
    before = [part.clone() for layer in layers for part in layer]
    y_hat, caches = forward(x, layers, NAMES)
    handed_on = [*(cache.a_previous for cache in caches), y_hat]
    assert torch.equal(handed_on[0], x)
    for l, (cache, layer, name) in enumerate(
        zip(caches, layers, NAMES, strict=True)
    ):
        assert (cache.W is layer.W, cache.b is layer.b) == (True, True)
        assert torch.equal(cache.z, affine(cache.a_previous, layer))
        assert torch.equal(handed_on[l + 1], ACTIVATIONS[name].g(cache.z))
        assert cache.W.shape == (SIZES[l + 1], SIZES[l])
        assert cache.a_previous.shape == (SIZES[l], 7)
        assert cache.z.shape == (SIZES[l + 1], 7)
        for column in (cache.z - cache.W @ cache.a_previous).T:
            assert_close(column, cache.b[:, 0])
    after = [part for layer in layers for part in layer]
    assert all(map(torch.equal, after, before))


@claim("All $m$ examples go through at once, as columns.")
def test_examples_do_not_meet():
    """Each column comes from its own alone, and NaN stays in its column."""
    layers, x, _ = problem(0)
    names = ("tanh", "tanh", "leaky_relu")
    together, _ = forward(x, layers, names)
    alone = [forward(x[:, [i]], layers, names)[0] for i in range(7)]
    assert_close(together, torch.hstack(alone))
    x[0, 3] = torch.nan
    y_hat, _ = forward(x, layers, names)
    assert y_hat.isnan().all(dim=0).tolist() == [i == 3 for i in range(7)]


L, X, _ = problem(0)
NAMED = r"activations(\[0\])? must be a (list|word)"


@pytest.mark.parametrize(
    ("x", "layers", "names", "error", "said"),
    [
        (X, L, NAMES[:2], ValueError, "one for each of 3 layers, but holds 2"),
        (X, L, ["gelu"] * 3, ValueError, "one of sigmoid, .* but is 'gelu'"),
        (X[:2], L, NAMES, ValueError, r"layers\[0\].W .* with inputs = 2"),
        (X.float(), L, NAMES, TypeError, "must share one dtype"),
        (X, [], (), ValueError, "layers must hold at least one, but is empty"),
        (X, X, (), TypeError, "layers must be a list, but a Tensor"),
        (X, [None], ["relu"], TypeError, r"layers\[0\] must be a Layer of W"),
        *((X, L, names, TypeError, NAMED) for names in (None, "relu", [3] * 3)),
        (X, L, 3, TypeError, "^forward: activations must be a list, "),
    ],
)
def test_refuses_what_does_not_fit(x, layers, names, error, said):
    with pytest.raises(error, match=said):
        forward(x, layers, names)


@claim(
    "The backward pass will need all of these but the biases, which are kept "
    "beside the weights that they belong to.",
)
def test_way_back_asks_for_all_but_the_biases():
    """What is made NaN and makes no gradient NaN was not asked for."""
    y_hat, caches = forward(X, L, NAMES)
    asked_for = {}
    for part in ("a_previous", "z", "W", "b"):
        lost = torch.full_like(getattr(caches[1], part), torch.nan)
        broken = [caches[0], caches[1]._replace(**{part: lost}), caches[2]]
        gradients = backward_from(torch.ones_like(y_hat), broken, NAMES)
        asked_for[part] = any(
            value.isnan().any() for pair in gradients for value in pair
        )
    assert asked_for == {"a_previous": True, "z": True, "W": True, "b": False}


@claim(
    "Each lies between <low> and <high> all the same, because the last layer "
    "is a sigmoid.",
)
def test_sigmoid_at_the_end_keeps_predictions_between_its_bounds(said):
    outside = 0
    for seed in range(20):
        layers, x = network((3, 4, 4, 1), 5, seed)
        y_hat, _ = forward(x, layers, NAMES)
        assert said.low < y_hat.min() <= y_hat.max() < said.high
        others, _ = forward(x, layers, ("relu", "tanh", "tanh"))
        outside += int(((others < said.low) | (others > said.high)).sum())
    ends = torch.tensor([-torch.inf, torch.inf])
    assert ACTIVATIONS["sigmoid"].g(ends).tolist() == [said.low, said.high]
    assert outside > 0, "with another last layer they do not"


@claim(
    "A matrix is easily written the wrong way round, and as a rule its sizes "
    "then do not fit, and the program stops with an error.",
    "So try code with sizes that all differ.",
    "But if the sizes happen to be equal, nothing stops: in the network above, "
    "the second layer's weights have the shape $(<rows>, <columns>)$, and "
    "transposed they run as well and give wrong predictions.",
)
def test_wrong_way_round(said):
    assert len({*SIZES}) == len(SIZES)
    _, caches = forward(X, L, NAMES)
    for place, (W, b) in enumerate(L):
        wrong = [*L[:place], Layer(W.T, b), *L[place + 1 :]]
        with pytest.raises(ValueError, match="must have shape"):
            forward(X, wrong, NAMES)
        with pytest.raises(RuntimeError):  # without the book's checks, too
            W.T @ caches[place].a_previous + b
    layers, x = network((3, 4, 4, 1), 5)
    W, b = layers[1]
    assert W.shape == (said.rows, said.columns)
    wrong = [layers[0], Layer(W.T, b), layers[2]]
    changes = forward(x, wrong, NAMES)[0] - forward(x, layers, NAMES)[0]
    assert changes.abs().max() > 0.01


@claim(
    "If the weights are too large, what ReLUs pass on grows from layer to "
    "layer, and sigmoids and tanhs saturate; if they are too small, what ReLUs "
    "and tanhs pass on shrinks towards <nothing>.",
)
def test_sizes_of_weights(said):
    """Twenty times too large or small, in eight layers."""

    def passed_on(factor, name):
        layers, x = network((64,) * 9, 50, 0)
        layers = [Layer(factor * W, b) for W, b in layers]
        caches = forward(x, layers, [name] * len(layers))[1]
        return caches, [c.a_previous.square().mean().item() for c in caches]

    _, growing = passed_on(20, "relu")
    assert all(after > 4 * before for before, after in pairwise(growing))
    for name in ("sigmoid", "tanh"):
        for cache in passed_on(20, name)[0]:
            assert ACTIVATIONS[name].derivative(cache.z).median() < 0.01
    for name in ("relu", "tanh"):
        _, shrinking = passed_on(1 / 20, name)
        assert all(after < before / 4 for before, after in pairwise(shrinking))
        assert shrinking[-1] == pytest.approx(said.nothing, abs=1e-9)


def test_weights_start_with_mean_zero():
    ((W, _),), _ = network((400, 400), 1)
    assert W.mean().item() == pytest.approx(0, abs=5e-4)  # 4 deviations
    assert W.var().item() == pytest.approx(1 / 400, rel=0.02)


@claim(r"$n^{[l]} \cdot n^{[l-1]} \cdot m$, one for each weight and example.")
def test_multiplications_of_a_layer():
    """torch counts each multiplication, and with it an addition."""
    for inputs, units in ((3, 5), (5, 4)):
        layers, x = network((inputs, units), 7)
        with FlopCounterMode(display=False) as counter:
            forward(x, layers, ["relu"])
        assert counter.get_total_flops() == 2 * units * inputs * 7


@claim(
    "For these four functions it would.",
    "The slopes of sigmoid and tanh can be computed from $a^{[l]}$, and those "
    "of ReLU and Leaky ReLU from its sign.",
    "The four activation functions, with their derivatives, are looked up by "
    "name.",
)
def test_functions_and_derivatives_are_looked_up_by_name():
    from_activations = {
        "sigmoid": lambda a: a * (1 - a),
        "tanh": lambda a: 1 - a**2,
        "relu": lambda a: (a.sign() > 0).double(),
        "leaky_relu": lambda a: torch.where(a.sign() > 0, 1.0, 0.01).double(),
    }
    assert list(ACTIVATIONS) == list(from_activations)
    z = torch.linspace(-5, 5, 101, dtype=torch.float64)
    for name, (g, derivative) in ACTIVATIONS.items():
        torchs = TORCHS[name]
        assert_close(g(z), torchs(z))
        slopes = slope(lambda z, g=torchs: g(z).sum(), z)
        assert_close(derivative(z), slopes)
        found = from_activations[name](g(z))
        assert_close(found, slopes, rtol=1e-7, atol=1e-9)


@claim(
    "For activation functions that take the same value at two places with "
    "different slopes, such as GELU, it would not.",
)
def test_gelu_has_two_slopes_for_one_value():
    """It falls on the left of about -0.75 and rises on the right of it."""
    gelu = torch.nn.functional.gelu
    right = torch.tensor(-0.5, dtype=torch.float64)
    low, high = torch.tensor([-3.0, -0.76], dtype=torch.float64)
    for _ in range(60):  # halve until the values are the same
        middle = (low + high) / 2
        is_left = gelu(middle) < gelu(right)
        low, high = (low, middle) if is_left else (middle, high)
    z = torch.stack([low, right])
    assert_close(*gelu(z))
    falling, rising = slope(lambda z: gelu(z).sum(), z)
    assert falling < 0 < rising


@claim("With two layers, for example:")
@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = problem(seed)
    of_two, _ = forward(x, layers[:2], NAMES[:2])
    (units, output), (others, other) = map(on_paper, (0, 1))
    hold(
        "propagation/forward.md",
        symbols_of_a_pass(layers, x, y),
        below={"A network on paper": units, "Exercises": others},
        here={
            "two-layers": {r"\hat y": of_two},
            r"z \approx 0.80 \cdot 0.599 - 1.10 \cdot 0.310 + 0.20 \approx "
            "0.338": output,
            r"z \approx 0.80 \cdot 0.5 - 1.10 \cdot 0.401 + 0.20 \approx "
            "0.159": other,
        },
    )


@claim(
    "Its nine parameters have two decimals, and it is given the input (<x_1>, "
    "<x_2>).",
    "Two inputs, x1 = <x_1> and x2 = <x_2>, are joined with two boxes, the "
    "hidden units, and these with a third box, the output.",
    "On the lines are the weights: <w_11> and <w_12> into the first hidden "
    "unit, <w_21> and <w_22> into the second, <w_1> and <w_2> into the output.",
    "Beside the boxes are the biases <b_1>, <b_2> and <b>.",
    "In the boxes are the results: z <z_1> and a <a_1>, z <z_2> and a <a_2>, "
    "and at the output z <z> and the prediction <y_hat>.",
    "The network on paper: its parameters, and what each unit computes from "
    "the input (<x_1>, <x_2>).",
    "The weight $w_{21}$ leads to unit <unit> from input <one>, and is in "
    "row <row> and column <column> of $W$.",
    "The examples do not meet: each column of the result comes from its own "
    "column, and the biases are added to each.",
    "and a second example, the input (<next_1>, <next_2>), is a second column:",
    "(by hand, easy) Take the second example, the input (<next_1>, <next_2>), "
    "through the network on paper: what is its prediction?",
    "The hidden units have $z_1 = <later_1>$ and $z_2 = <later_2>$, so their "
    r"activations are <later_a> and $\sigma(-0.40) \approx 0.401$.",
)
def test_network_on_paper(said):
    y_hat, (first, last) = forward(example.X, example.LAYERS, example.NAMES)
    units, _ = on_paper(1)
    steps = zip(first.z, last.a_previous, strict=True)
    agree(
        said, example.X, first.W, last.W, first.b, last.b,
        *(number for unit in steps for number in unit), last.z, y_hat,
        *(2, 1, 2, 1), example.TWO_X[:, 1], *units["z"], units["a"][0],
    )  # fmt: skip
    assert torch.equal(example.TWO_X[:, :1], example.X)
    found = {sign: value for sign, (value, _) in example.numbers().items()}
    agree(
        list(found.values()), first.W, first.b, first.z, last.a_previous,
        last.W, last.b, last.z, y_hat, -y_hat.log(),
    )  # fmt: skip
    written = [text.get_text() for text in example.draw_example().axes[0].texts]
    texts = [text.replace("−", "-") for text in written]
    for sign in found.keys() - {"ℒ"}:
        decimals = 2 if sign[0] in "wb" else 3
        assert f"${sign}$ {found[sign]:.{decimals}f}" in texts
    assert len(texts) == 2 + len(found) - 1, "and the inputs"
