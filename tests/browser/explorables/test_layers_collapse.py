"""The grid goes where the page's own layers take it."""

import torch
from torch.testing import assert_close

from snippets.activation.index import (
    collapse,
    linear_stack,
    relu_stack,
    square_grid,
    three_layers,
)
from snippets.network import affine
from tests.tensors import double

PAGE = "activation/index.html"
BETWEEN = {
    "nothing": lambda z: z,
    "ReLU": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "SiLU": torch.nn.functional.silu,
}


def test_grid_goes_where_the_layers_take_it(page, address):
    page.goto(address + PAGE)
    figure = page.locator("layers-collapse")
    layers = three_layers()
    x = torch.cat(square_grid(points=9), dim=1)
    for name, g in BETWEEN.items():
        ways = figure.evaluate(
            """({ numbers: { layers } }, [points, name]) => [1, 2, 3, 2.75]
                .map((way) => points.map(
                    (x) => book.carry(x, layers, name, way)))""",
            [x.T.tolist(), name],
        )
        images = [x]
        for layer in layers[:-1]:
            images.append(g(affine(images[-1], layer)))
        last = affine(images[-1], layers[-1])
        wanted = [*images[1:], last, images[-1] + 0.75 * (last - images[-1])]
        for found, image in zip(ways, wanted, strict=True):
            found = double(found).T
            assert_close(found, image, rtol=1e-12, atol=1e-12)
        if name == "nothing":
            assert_close(last, linear_stack(x, layers))
            assert_close(last, affine(x, collapse(layers)))
        if name == "ReLU":
            assert_close(last, relu_stack(x, layers))


def test_a_reader_takes_away_what_bends(page, address):
    page.goto(address + PAGE)
    figure = page.locator("layers-collapse")
    said = figure.locator(".readout")
    assert "is at (1.14, 0.52); the product takes it to (1.48, 0.57)" in (
        said.inner_text()
    )
    figure.locator("[name=between]").select_option("nothing")
    assert said.inner_text().count("(1.48, 0.57)") == 2
    assert figure.locator("text", has_text="three layers").text_content() == (
        "three layers"
    )
    figure.locator("[name=layers]").press("Home")
    assert "Before the first layer" in said.inner_text()
    assert said.inner_text().count("(0.00, −1.00)") == 2
    moments = {
        "1": "after 1 layer",
        "1.25": "in layer 2, on the way to Wx + b",
        "1.75": "in layer 2, from Wx + b to sigmoid",
        "2.75": "in layer 3, on the way to Wx + b",
    }
    figure.locator("[name=between]").select_option("sigmoid")
    layers = figure.locator("[name=layers]")
    for way, moment in moments.items():
        layers.fill(way)
        assert layers.get_attribute("aria-valuetext") == moment
        assert figure.locator("text", has_text=moment).count() == 1
    layers.fill("3")
    assert "The whole grid is now only 0." in said.inner_text()
