from itertools import pairwise

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from snippets.network import Layer, affine, initialise
from snippets.neuron import neuron
from snippets.propagation import example
from snippets.propagation.example import draw_example, numbers
from snippets.propagation.forward import ACTIVATIONS, forward
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation.passes import (
    NAMES,
    TORCHS,
    backward_from,
    on_paper,
    problem,
    symbols_of_a_pass,
)

SIZES = (3, 5, 4, 2)


def network(sizes=SIZES, m=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    layers = initialise(sizes, generator)
    x = torch.randn(sizes[0], m, generator=generator, dtype=torch.float64)
    return layers, x


@claim(
    (
        "This is forward propagation: one function inside another, computed"
        " from the inside out."
    ),
    "torch's own modules, one after the other, give the outputs that these "
    "two steps give.",
)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("m", [1, 2, 7])
def test_agrees_with_torch_modules(name, m):
    layers, x = network(m=m)
    modules = []
    for W, b in layers:
        linear = torch.nn.Linear(*W.shape[::-1], dtype=torch.float64)
        linear.weight.data, linear.bias.data = W, b[:, 0]
        modules += [linear, TORCHS[name]]
    y_hat, _ = forward(x, layers, [name] * 3)
    torchs = torch.nn.Sequential(*modules)(x.T).T.detach()
    assert y_hat.shape == (2, m)
    torch.testing.assert_close(y_hat, torchs)


@claim(
    "Each layer takes the activations of the layer before as its inputs, and "
    "each of its units does with them what Equation and Equation say: it "
    "weighs them, adds them up with its bias and applies the activation "
    "function.",
    "$W^{[l]}$ has one row for each unit of the layer, and $a^{[l-1]}$ has "
    "one column for each example; the product holds the dot product of each "
    "row with each column.",
    "They go into it, and come out of it unchanged: one layer computes $z = "
    "W a + b$ from what training has made of $W$ and $b$ so far, and then "
    "applies its activation function.",
)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_unit_is_a_neuron(name):
    (layer, *_), x, _ = problem(0)
    y_hat, _ = forward(x, [layer], [name])
    g = ACTIVATIONS[name].g
    for unit, (w, b) in enumerate(zip(*layer, strict=True)):
        for place, column in enumerate(x.T):
            a = neuron(column, w, b.squeeze(), g)
            torch.testing.assert_close(y_hat[unit, place], a)


@claim(
    "When a network predicts, activations run forward through its layers: the "
    "input enters the first layer, the activations of each layer enter the "
    "next, and those of the last are the prediction.",
    "The first layer uses $W^{[1]}$ and $b^{[1]}$; its activations are the "
    "inputs of the second, which uses $W^{[2]}$ and $b^{[2]}$; and so on.",
    "The activations of the last layer are the prediction:",
    "On the way each layer leaves a cache, which holds its inputs "
    "$a^{[l-1]}$, its pre-activations $z^{[l]}$, and its parameters "
    "$W^{[l]}$ and $b^{[l]}$.",
    "Each layer caches $a^{[l-1]}$, $z^{[l]}$, $W^{[l]}$ and $b^{[l]}$ for "
    "the way back.",
)
def test_caches_hold_each_layer_whole():
    layers, x = network()
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)
    assert len(caches) == 3
    assert torch.equal(caches[0].a_previous, x)
    handed_on = [*(cache.a_previous for cache in caches[1:]), y_hat]
    for cache, layer, name, a in zip(
        caches, layers, names, handed_on, strict=True
    ):
        assert cache.W is layer.W
        assert cache.b is layer.b
        assert torch.equal(cache.z, affine(cache.a_previous, layer))
        assert torch.equal(a, ACTIVATIONS[name].g(cache.z))


@claim(
    "All $m$ examples go through at once, as columns.",
)
def test_examples_do_not_meet():
    """Each column of the prediction comes from its own column of x alone."""
    layers, x = network()
    names = ("tanh", "relu", "leaky_relu")
    together, _ = forward(x, layers, names)
    alone = [forward(x[:, [i]], layers, names)[0] for i in range(7)]
    torch.testing.assert_close(together, torch.hstack(alone))


def test_nan_stays_in_its_column():
    layers, x = network()
    x[0, 3] = torch.nan
    y_hat, _ = forward(x, layers, ("tanh", "tanh", "sigmoid"))
    assert y_hat.isnan().all(dim=0).tolist() == [i == 3 for i in range(7)]


def test_no_example_gives_no_prediction():
    layers, x = network(m=0)
    assert forward(x, layers, ("relu",) * 3)[0].shape == (2, 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("relu", "relu"), "one for each of 3 layers, but holds 2"),
        (("relu", "gelu", "relu"), "one of sigmoid, .* but is 'gelu'"),
    ],
)
def test_refuses_names_that_do_not_fit(names, said):
    layers, x = network()
    with pytest.raises(ValueError, match=said):
        forward(x, layers, names)


def test_refuses_inputs_that_do_not_fit():
    layers, x = network()
    with pytest.raises(
        ValueError, match=r"layers\[0\].W must .* with inputs = 2"
    ):
        forward(x[:2], layers, ("relu",) * 3)
    with pytest.raises(TypeError, match="must share one dtype"):
        forward(x.float(), layers, ("relu",) * 3)
    with pytest.raises(
        ValueError, match="layers must hold at least one, but is empty"
    ):
        forward(x, [], ())
    with pytest.raises(TypeError, match="layers must be a list, but a Tensor"):
        forward(x, x, ())
    with pytest.raises(
        TypeError, match=r"layers\[0\] must be a Layer of W and b, but None"
    ):
        forward(x, [None], ["relu"])


@pytest.mark.parametrize("names", [None, "relu", 3, [None] * 3])
def test_refuses_what_is_no_list_of_names(names):
    layers, x = network()
    with pytest.raises(
        TypeError, match=r"activations(\[0\])? must be a (list|word)"
    ):
        forward(x, layers, names)


@claim(
    (
        "So $(n^{[l]}, n^{[l-1]})$ times $(n^{[l-1]}, m)$ gives $(n^{[l]}, "
        "m)$: one row for each unit, one column for each example."
    ),
    "The column $b^{[l]}$ is then added to each of the $m$ columns.",
)
def test_shapes_fit_and_biases_reach_each_column():
    m, generator = 7, torch.Generator().manual_seed(1)
    layers, x = network(m=m)
    layers = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in layers
    ]
    _, caches = forward(x, layers, ("relu", "tanh", "sigmoid"))
    for inputs, units, cache in zip(SIZES, SIZES[1:], caches, strict=False):
        assert cache.W.shape == (units, inputs)
        assert cache.a_previous.shape == (inputs, m)
        assert cache.z.shape == (units, m)
        for column in (cache.z - cache.W @ cache.a_previous).T:
            torch.testing.assert_close(column, cache.b[:, 0])


@claim(
    (
        "The forward pass uses the parameters as training has left them so "
        "far, and does not change them."
    ),
    "The pass leaves the parameters as they were.",
    "They go into it, and come out of it unchanged: one layer computes $z = "
    "W a + b$ from what training has made of $W$ and $b$ so far, and then "
    "applies its activation function.",
)
def test_pass_only_uses_the_parameters():
    layers, x = network()
    before = [part.clone() for layer in layers for part in layer]
    forward(x, layers, ("relu", "tanh", "sigmoid"))
    after = [part for layer in layers for part in layer]
    assert all(map(torch.equal, after, before))


@claim(
    (
        "The backward pass will need all of these but the biases, which are"
        " kept beside the weights that they belong to."
    ),
)
def test_way_back_asks_for_all_but_the_biases():
    """What is made NaN and makes no gradient NaN was not asked for."""
    layers, x = network()
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)
    asked_for = {}
    for part in ("a_previous", "z", "W", "b"):
        lost = torch.full_like(getattr(caches[1], part), torch.nan)
        broken = [caches[0], caches[1]._replace(**{part: lost}), caches[2]]
        gradients = backward_from(torch.ones_like(y_hat), broken, names)
        asked_for[part] = any(
            value.isnan().any() for pair in gradients for value in pair
        )
    assert asked_for == {"a_previous": True, "z": True, "W": True, "b": False}


@claim(
    (
        "Each lies between <low> and <high> all the same, because the last "
        "layer is a sigmoid."
    ),
)
def test_sigmoid_at_the_end_keeps_predictions_between_its_bounds(low, high):
    outside = 0
    for seed in range(20):
        layers, x = network((3, 4, 4, 1), m=5, seed=seed)
        y_hat, _ = forward(x, layers, ("relu", "tanh", "sigmoid"))
        assert low < y_hat.min() <= y_hat.max() < high
        others, _ = forward(x, layers, ("relu", "tanh", "tanh"))
        outside += int(((others < low) | (others > high)).sum())
    ends = torch.tensor([-torch.inf, torch.inf])
    assert ACTIVATIONS["sigmoid"].g(ends).tolist() == [low, high]
    assert outside > 0, "with another last layer they do not"


def with_one_transposed(layers, place):
    """Return the layers with the weights of one of them turned round."""
    (W, b), changed = layers[place], [*layers]
    changed[place] = Layer(W.T, b)
    return changed


@claim(
    "A matrix is easily written the wrong way round, and as a rule its sizes "
    "then do not fit, and the program stops with an error.",
    "So try code with sizes that all differ.",
)
@pytest.mark.parametrize("place", range(3))
def test_wrong_way_round_does_not_fit_where_sizes_differ(place):
    assert len({*SIZES}) == len(SIZES)
    layers, x = network()
    wrong = with_one_transposed(layers, place)
    with pytest.raises(ValueError, match="must have shape"):
        forward(x, wrong, NAMES)
    W, b = wrong[place]
    with pytest.raises(RuntimeError):  # without the book's own checks, too
        W @ forward(x, layers, NAMES)[1][place].a_previous + b


@claim(
    "But if the sizes happen to be equal, nothing stops: in the network "
    "above, the second layer's weights have the shape $(<rows>, <columns>)$, "
    "and transposed they run as well and give wrong predictions.",
)
def test_wrong_way_round_runs_where_sizes_are_equal(rows, columns):
    layers, x = network((3, 4, 4, 1), m=5)
    assert layers[1].W.shape == (rows, columns)
    right, _ = forward(x, layers, NAMES)
    wrong, _ = forward(x, with_one_transposed(layers, 1), NAMES)
    assert (wrong - right).abs().max() > 0.01


@claim(
    "If the weights are too large, what ReLUs pass on grows from layer to "
    "layer, and sigmoids and tanhs saturate; if they are too small, what "
    "ReLUs and tanhs pass on shrinks towards <nothing>.",
)
def test_weights_too_large_or_too_small_do_harm(nothing):
    """Twenty times too large, twenty times too small, in eight layers."""

    def passed_on(factor, name):
        layers, x = network((64,) * 9, m=50)
        layers = [Layer(factor * W, b) for W, b in layers]
        return forward(x, layers, [name] * 8)[1]

    def sizes(caches):
        return [c.a_previous.square().mean().sqrt().item() for c in caches]

    growing = sizes(passed_on(20, "relu"))
    assert all(after > 2 * before for before, after in pairwise(growing))
    for name in ("sigmoid", "tanh"):
        for cache in passed_on(20, name):
            slopes = ACTIVATIONS[name].derivative(cache.z)
            assert slopes.median() < 0.01
    for name in ("relu", "tanh"):
        shrinking = sizes(passed_on(1 / 20, name))
        assert all(after < before / 2 for before, after in pairwise(shrinking))
        assert shrinking[-1] == pytest.approx(nothing, abs=1e-6)


def test_weights_start_with_mean_zero():
    ((W, _),), _ = network((400, 400))
    assert W.mean().item() == pytest.approx(0, abs=5e-4)  # 4 deviations
    variance = W.var(correction=0).item()
    assert W.square().mean().item() == pytest.approx(variance, rel=1e-3)
    assert variance == pytest.approx(1 / 400, rel=0.02)


@claim(
    "For ReLU, which turns about <half> of its inputs into <zero>, He and "
    "others start with weights of <twice> that variance.",
)
@pytest.mark.parametrize("seed", range(3))
def test_relu_wants_twice_the_variance(half, zero, twice, seed):
    """With it, what the layers pass on keeps its size; without, it halves."""

    def squares_passed_on(factor):
        layers, x = network((300,) * 7, m=300, seed=seed)
        layers = [Layer(factor**0.5 * W, b) for W, b in layers]
        _, caches = forward(x, layers, ["relu"] * 6)
        for cache in caches[1:]:
            silent = (cache.a_previous == zero).double().mean().item()
            assert silent == pytest.approx(half, abs=0.1)
        # the input itself has not been through a ReLU
        first, *_, last = [c.a_previous.square().mean() for c in caches[1:]]
        return (last / first).item()

    assert squares_passed_on(twice) == pytest.approx(1, abs=0.5)
    assert squares_passed_on(1) == pytest.approx(half**4, rel=0.5)


@claim(
    r"$n^{[l]} \cdot n^{[l-1]} \cdot m$, one for each weight and example.",
)
def test_multiplications_of_a_layer():
    """torch counts each multiplication, and with it an addition."""
    m = 7
    for sizes in ((3, 5), (5, 4)):
        layers, x = network(sizes, m)
        with FlopCounterMode(display=False) as counter:
            forward(x, layers, ["relu"])
        assert counter.get_total_flops() == 2 * sizes[1] * sizes[0] * m


@claim(
    "For these four functions it would.",
    (
        "The slopes of sigmoid and tanh can be computed from $a^{[l]}$, and"
        " those of ReLU and Leaky ReLU from its sign."
    ),
)
def test_slopes_can_be_computed_from_the_activations():
    from_activations = {
        "sigmoid": lambda a: a * (1 - a),
        "tanh": lambda a: 1 - a**2,
        "relu": lambda a: (a.sign() > 0).double(),
        "leaky_relu": lambda a: torch.where(a.sign() > 0, 1.0, 0.01).double(),
    }
    assert list(from_activations) == list(ACTIVATIONS)
    z = torch.linspace(-5, 5, 101, dtype=torch.float64)
    for name, slope in from_activations.items():
        g, derivative = ACTIVATIONS[name]
        torch.testing.assert_close(
            slope(g(z)), derivative(z), rtol=1e-7, atol=1e-9
        )


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
        low, high = (
            (low, middle) if gelu(middle) < gelu(right) else (middle, high)
        )
    z = torch.stack([low, right]).requires_grad_()
    (slopes,) = torch.autograd.grad(gelu(z).sum(), z)
    torch.testing.assert_close(*gelu(z))
    assert slopes[0] < 0 < slopes[1]


@claim(
    "The four activation functions, with their derivatives, are looked up by "
    "name.",
)
def test_functions_and_derivatives_are_looked_up_by_name():
    assert list(ACTIVATIONS) == ["sigmoid", "tanh", "relu", "leaky_relu"]
    z = torch.linspace(-5, 5, 101, dtype=torch.float64)
    for name, (g, derivative) in ACTIVATIONS.items():
        leaf = z.clone().requires_grad_()
        (slope,) = torch.autograd.grad(TORCHS[name](leaf).sum(), leaf)
        torch.testing.assert_close(g(z), TORCHS[name](z))
        torch.testing.assert_close(derivative(z), slope)


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
    "Its nine parameters have two decimals, and it is given the input "
    "(<x_1>, <x_2>).",
    "Two inputs, x1 = <x_1> and x2 = <x_2>, are joined with two boxes, the "
    "hidden units, and these with a third box, the output.",
    "On the lines are the weights: <w_11> and <w_12> into the first hidden "
    "unit, <w_21> and <w_22> into the second, <w_1> and <w_2> into the output.",
    "Beside the boxes are the biases <b_1>, <b_2> and <b>.",
    "In the boxes are the results: z <z_1> and a <a_1>, z <z_2> and a <a_2>, "
    "and at the output z <z> and the prediction <y_hat>.",
    "The network on paper: its parameters, and what each unit computes from "
    "the input (<x_1>, <x_2>).",
    "The weight $w_{21}$ leads to unit <unit> from input <one>, and stands in "
    "row <row> and column <column> of $W$.",
)
def test_network_on_paper(
    x_1,
    x_2,
    w_11,
    w_12,
    w_21,
    w_22,
    w_1,
    w_2,
    b_1,
    b_2,
    b,
    z_1,
    a_1,
    z_2,
    a_2,
    z,
    y_hat,
    unit,
    one,
    row,
    column,
):
    (first, last) = example.LAYERS
    assert example.X.flatten().tolist() == [x_1, x_2]
    assert first.W.tolist() == [[w_11, w_12], [w_21, w_22]]
    assert last.W.tolist() == [[w_1, w_2]]
    assert [*first.b.flatten().tolist(), last.b.item()] == [b_1, b_2, b]
    found = {sign: value for sign, (value, _) in numbers().items()}
    signs = ["z_1", "a_1", "z_2", "a_2", "z", r"\hat{y}"]
    said = [z_1, a_1, z_2, a_2, z, y_hat]
    assert [found[sign] for sign in signs] == pytest.approx(said, abs=0.0005)
    assert (unit, one) == (row, column) == (2, 1)
    assert found["w_{21}"] == first.W[1, 0].item()
    figure = draw_example()
    drawing.lay_out(figure)
    texts = [text.replace("−", "-") for text, _ in drawing.words(figure)]
    for sign in found.keys() - {"ℒ"}:
        decimals = 2 if sign[0] in "wb" else 3
        assert f"${sign}$ {found[sign]:.{decimals}f}" in texts
    assert len(texts) == 2 + len(found) - 1, "and the inputs"


@claim(
    "The examples do not meet: each column of the result comes from its own "
    "column, and the biases are added to each.",
    "and a second example, the input (<x_1>, <x_2>), is a second column:",
    "(by hand, easy) Take the second example, the input (<x_1>, <x_2>), "
    "through the network on paper: what is its prediction?",
    "The hidden units have $z_1 = <z_1>$ and $z_2 = <z_2>$, so their "
    "activations are <a_1> and $\\sigma(-0.40) \\approx 0.401$.",
)
def test_second_example_on_paper(x_1, x_2, z_1, z_2, a_1):
    assert example.TWO_X[:, 1].tolist() == [x_1, x_2]
    assert torch.equal(example.TWO_X[:, :1], example.X)
    units, _ = on_paper(1)
    assert [z.item() for z in units["z"]] == pytest.approx([z_1, z_2])
    assert units["a"][0].item() == a_1


def test_says_what_was_given_for_names():
    layers, x = network()
    with pytest.raises(
        TypeError,
        match="^forward: activations must be a list, but an int was given$",
    ):
        forward(x, layers, 3)
