"""The book in one notebook: mirrors its source, and runs."""

import re

import pytest
import torch
from torch.testing import assert_close

from press.reading.source import displays
from snippets.activation.index import collapse, linear_stack
from snippets.activation.leaky_relu import draw_leaky_relu, leaky_relu
from snippets.activation.plot import samples
from snippets.activation.relu import dead_after_training, relu
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from snippets.network import Layer, affine
from snippets.propagation.backward import backward
from snippets.propagation.descent import XOR, XOR_NAMES, XOR_TARGETS
from snippets.propagation.forward import forward
from snippets.training.measure import read_record
from tests.book.conftest import chapters, source
from tests.claims import agree, claim, pages
from tests.notebooks.lab import cells_of, lab
from tests.tensors import chance, double, random

NAME = "introduction_to_neural_networks"
# the six code cells of the source, in its order, among its headings
ORDER = [
    "# The book in one notebook",
    "setup",  # %matplotlib inline
    "## Overview",
    "## Representation of a neural network",
    "## Activation function",
    "### Why activation functions are not linear",
    "start",  # the imports, and x
    "### The sigmoid function",
    "sigmoid",
    "### The tanh function",
    "tanh",
    "### The ReLU function",
    "relu",
    "### The Leaky ReLU function",
    "leaky-relu",
    "## Forward propagation and backpropagation",
    "### Forward propagation",
    "### Backpropagation",
]
# its three pictures, each after the heading that it illustrates
PICTURES = {
    "picture-neuron": "## Overview",
    "picture-network": "## Representation of a neural network",
    "picture-propagation": "## Forward propagation and backpropagation",
}
BEYOND = "## What the other chapters compute"


def outline() -> list[str]:
    """Return headings and the ids of code cells, in their order."""
    found = []
    for cell in cells_of(NAME):
        if cell.cell_type == "code":
            found.append(cell.id)
        else:
            lines = cell.source.splitlines()
            found += [line for line in lines if line.startswith("#")]
    return found


def test_it_mirrors_the_source_cell_by_cell():
    found = outline()
    found = found[: found.index(BEYOND)]
    assert [entry for entry in found if entry not in PICTURES] == ORDER
    for picture, heading in PICTURES.items():
        assert found.index(picture) == found.index(heading) + 1


def test_it_computes_with_the_sources_points():
    names = lab(NAME).names
    assert names["samples"]().equal(samples())
    assert 0 in samples()
    wanted = torch.nn.functional.leaky_relu(samples(), 0.1)
    assert names["a"].data == 3.0, "a later cell's"
    assert names["leaky_relu"](samples(), alpha=0.1).equal(wanted)


@claim(
    "The book in one notebook calls functions of every chapter, and runs from "
    "top to bottom.",
)
@pytest.mark.parametrize("page", chapters())
def test_it_has_the_code_of_every_chapter(page):
    package, _, module = f"snippets/{page}".removesuffix(".md").rpartition("/")
    package = package.replace("/", ".")
    code = [c.source for c in cells_of(NAME) if c.cell_type == "code"]
    imported = f"^from {package}(.{module} import| import {module}$)"
    assert re.search(imported, "\n".join(code), re.M)
    assert lab(NAME).names, "it runs"


def slope(function, z):
    """Return the slope of a function at each z, by autograd."""
    z = z.clone().requires_grad_()
    return torch.autograd.grad(function(z).sum(), z)[0]


@claim(
    "Time: about <minutes> minutes to read, one to run.",
    "The chapter that this book grew from is a notebook: section <section> of "
    "the open PyTorch handbook.",
    "Teuvo Kohonen said in <said_in> that such networks are intended to deal "
    "with the world as nervous systems do; what became of the intention is "
    "arithmetic.",
    "The first networks trained by backpropagation used bounded functions, the "
    "sigmoid and tanh; ReLU and its relatives took over around <took_over>.",
)
def test_it_repeats_what_the_book_cites(said):
    references = source("about/references.md")
    assert f"section {said.section:g}, " in references
    assert f"Teuvo Kohonen ({said.said_in:g})" in references
    cited = pages()["activation/index.md"]
    assert f"Around {said.took_over:g} unbounded functions took over" in cited
    words = " ".join(cell.source for cell in cells_of(NAME)).split()
    assert 60 < len(words) / said.minutes < 150, "with formulas and code"


@claim(
    "Without them each layer is a matrix product and a bias, and <layers> such "
    "layers are one:",
    "The same holds for <many>.",
)
def test_layers_without_a_bend_are_one(said):
    x = random(3, 5)
    for count in (int(said.layers), int(said.many)):
        layers = [
            Layer(
                torch.linalg.qr(random(3, 3, seed=n))[0], random(3, 1, seed=n)
            )
            for n in range(count)
        ]
        assert_close(linear_stack(x, layers), affine(x, collapse(layers)))


@claim(
    "Every number is squashed into the range between <low> and <high>.",
    "Both ends are limits, which no $z$ reaches; floating-point numbers round "
    "to them.",
    "The slope is 1/4 at <zero>, about <near> at <two> and <far> at <five>: "
    "far from <middle> a unit is saturated.",
    "Slopes of many layers multiply, and so the gradient of deep networks may "
    "vanish, which is another thing.",
    "The outputs are not centred on <zero>, and the exponential takes longer "
    "to compute than a comparison.",
    "The sigmoid lives on where an output between <low> and <high> is wanted: "
    "as the output of a binary classification, and in the gates of LSTM and "
    "GRU units.",
)
def test_what_is_said_of_the_sigmoid(said):
    z = samples()
    assert ((sigmoid(z) > said.low) & (sigmoid(z) < said.high)).all()
    assert sigmoid(double([-800, 800])).tolist() == [said.low, said.high]
    slopes = slope(torch.sigmoid, double([said.zero, said.two, said.five]))
    agree([0.25, said.near, said.far], slopes)
    assert slope(torch.sigmoid, said.middle + z).argmax() == len(z) // 2
    assert sigmoid(z).mean().item() == pytest.approx(0.5)
    assert sigmoid(z).min() > said.zero
    through = slope(lambda z: deep(torch.sigmoid, z, 10), double([0.3]))
    assert 0 < through < 0.25**10
    # the forget gate alone, opened and shut, keeps the memory and clears it
    cell = torch.nn.LSTMCell(1, 1, dtype=torch.float64)
    for parameter in cell.parameters():
        parameter.data.zero_()
    memory = double([[1.0]])
    for bias in (-1.0, 0.0, 3.0):
        cell.bias_ih.data[1] = bias
        _, kept = cell(memory, (0 * memory, memory))
        assert kept.item() == pytest.approx(sigmoid(double(bias)).item())
    # the update gate of a GRU, likewise
    cell = torch.nn.GRUCell(1, 1, dtype=torch.float64)
    for parameter in cell.parameters():
        parameter.data.zero_()
    for bias in (-1.0, 0.0, 3.0):
        cell.bias_ih.data[1] = bias
        kept = cell(memory, memory).item()
        assert kept == pytest.approx(sigmoid(double(bias)).item())


def deep(function, z, layers):
    """Send numbers through a function again and again."""
    for _ in range(layers):
        z = function(z)
    return z


def test_an_exponential_takes_longer_than_a_comparison():
    """The sentence above says so, and what was measured: forward, then both."""
    times = [
        read_record()["functions"][name]["microseconds"]
        for name in ("sigmoid", "ReLU")
    ]
    for slow, fast in zip(*times, strict=True):  # few numbers, and many
        assert slow[0] > fast[0]


@claim(
    "The hyperbolic tangent is a sigmoid stretched to the range from <low> to "
    "<high>: $\\tanh(z) = 2 \\sigma(2 z) - 1$.",
    "It saturates like the sigmoid.",
    "But it is symmetric about <centre>: inputs that are spread symmetrically "
    "about <middle> give outputs that are, too.",
)
def test_what_is_said_of_tanh(said):
    z = samples()
    assert_close(torch.tanh(z), 2 * sigmoid(2 * z) - 1)
    assert tanh(double([-800, 800])).tolist() == [said.low, said.high]
    slopes = slope(torch.tanh, double([0, 5]))
    assert slopes[1] < slopes[0] / 30
    assert z.equal(said.middle - z.flip(0)), "spread symmetrically"
    assert_close(tanh(z), said.centre - tanh(z).flip(0))


@claim(
    "The rectified linear unit keeps what is positive and sets the rest to "
    "<rest>.",
    "It is piecewise linear, which is not linear.",
    "At <kink> it has no slope; torch takes <taken>.",
    "A unit whose sum is negative is inactive for that example.",
    "One that is inactive for every example gets no gradient at all and learns "
    "nothing more: it is dead.",
    "How many die depends on the learning rate, and with a high one it can be "
    "most of a layer; the chapter on ReLU counts them.",
)
def test_what_is_said_of_relu(said):
    z = samples()
    assert relu(z).equal(torch.where(z > 0, z, said.rest))
    assert set(relu(z).diff().div(z.diff()).round(decimals=9).tolist()) == {
        0,
        1,
    }
    assert relu(double([-1.0])) + relu(double([1.0])) != relu(double([0.0]))
    left, right = slope(relu, double([said.kink - 1e-9, said.kink + 1e-9]))
    assert left != right
    assert slope(torch.relu, double([said.kink])) == said.taken
    x = random(2, 20).abs()
    W, b = double([[-1, -1], [1, 1]]), double([[0], [0]])
    watched = W.clone().requires_grad_()
    a = torch.relu(watched @ x + b)
    assert (a[0] == 0).all(), "inactive for each example"
    a.square().sum().backward()
    assert (watched.grad[0] == 0).all()
    assert (watched.grad[1] != 0).all()
    few, most = (dead_after_training(rate, chance()) for rate in (1, 10))
    assert few < 64 / 2 < most


@claim(
    "A small slope $\\alpha$ on the negative side, often <alpha>, keeps units "
    "alive.",
    "The formula needs $\\alpha \\le <largest>$.",
    "It is drawn with $\\alpha = <drawn>$, since <alpha> could not be seen.",
)
def test_what_is_said_of_leaky_relu(said):
    assert torch.nn.LeakyReLU().negative_slope == said.alpha
    z = samples()
    assert (slope(lambda z: leaky_relu(z, said.alpha), z[z < 0]) != 0).all()
    for alpha in (0.5, said.largest, said.largest + 0.5):
        wanted = torch.nn.functional.leaky_relu(z, alpha)
        is_right = torch.maximum(alpha * z, z).equal(wanted)
        assert is_right == (alpha <= said.largest)
    axes = draw_leaky_relu().axes[0]
    (curve,) = (n for n in axes.lines if "Leaky" in str(n.get_label()))
    left, low = curve.get_xydata()[0]
    assert low / left == pytest.approx(said.drawn)
    bottom, top = axes.get_ylim()
    scale = axes.get_window_extent().height / (top - bottom)
    thick = curve.get_linewidth() * axes.figure.dpi / 72
    assert said.alpha * -left * scale < thick < said.drawn * -left * scale


@claim(
    "The input is $a^{[0]} = x$.",
    "The last layer gives the prediction, $\\hat y = a^{[L]}$.",
    "Each layer keeps a cache of $a^{[l-1]}$, $z^{[l]}$, $W^{[l]}$ and "
    "$b^{[l]}$, for the way back will ask for them.",
    "From the last layer to the first, each is handed $da^{[l]}$ and works out "
    "<things> things:",
    "These are the gradients; nothing has changed yet.",
)
def test_a_pass_forward_and_back(said):
    layers = [
        Layer(random(4, 2), random(4, 1)),
        Layer(random(1, 4), random(1, 1)),
    ]
    y_hat, caches = forward(XOR, layers, XOR_NAMES)
    a = XOR
    for layer, cache, g in zip(
        layers, caches, (torch.tanh, torch.sigmoid), strict=True
    ):
        assert_close(cache.a_previous, a)
        assert_close(cache.z, affine(a, layer))
        assert (cache.W, cache.b) == layer
        a = g(cache.z)
    assert_close(y_hat, a)
    before = [part.clone() for layer in layers for part in layer]
    backward(y_hat - XOR_TARGETS, caches, XOR_NAMES)
    after = [part for layer in layers for part in layer]
    assert all(map(torch.equal, before, after))
    (cell,) = (cell for cell in cells_of(NAME) if cell.id == "backward")
    equations, _ = displays("", cell.source)
    assert equations.tex.count("&=") == said.things


@claim(
    "And whoever finds it, differences tell whether it is right: <ways> ways "
    "to one gradient.",
)
def test_it_finds_one_gradient_in_some_ways(said):
    assert len(lab(NAME).names["ways"]) == said.ways
    rows = lab(NAME).said["ways"].splitlines()
    assert len(rows) == said.ways
    assert max(float(row.split()[0]) for row in rows) < 1e-6
