"""Each function that can be chosen is torch's, and so is its slope."""

import pytest
import torch
from torch.nn import functional
from torch.testing import assert_close

from tests.browser.explorables.driving import WAYS, opened, pull
from tests.tensors import double

PAGE = "activation/index.html"
TORCHS = {
    "sigmoid": lambda z, _: z.sigmoid(),
    "tanh": lambda z, _: z.tanh(),
    "ReLU": lambda z, _: functional.relu(z),
    "Leaky ReLU": functional.leaky_relu,
    "PReLU": lambda z, s: functional.prelu(z, z.new_tensor(s)),
    "RReLU": lambda z, s: functional.rrelu(z, s, s),
    "ELU": lambda z, _: functional.elu(z),
    "SELU": lambda z, _: functional.selu(z),
    "softplus": lambda z, _: functional.softplus(z, threshold=100),
    "SiLU": lambda z, _: functional.silu(z),
    "Mish": lambda z, _: functional.mish(z),
    "GELU": lambda z, _: functional.gelu(z),
    "GELU by tanh": lambda z, _: functional.gelu(z, approximate="tanh"),
    # hardsigmoid's own slope is 1/6 in float32, whatever z is
    "hard sigmoid": lambda z, _: functional.hardtanh(z / 6 + 0.5, 0, 1),
    "hard tanh": lambda z, _: functional.hardtanh(z),
    "hard swish": lambda z, _: functional.hardswish(z),
    "identity": lambda z, _: z * 1,
}
HEIGHTS = """([zs, slopes]) => Object.entries(book.activations).map(
    ([name, { a, slope }]) => [name, slopes.map((s) => [a, slope].map(
        (height) => zs.map((z) => height(z, s))))])"""


def test_values_and_slopes_are_torchs(page, address):
    """On a grid with all points at which something bends, and far out."""
    page.goto(address + PAGE)
    z = torch.arange(-192, 193, dtype=torch.float64) / 32
    z = torch.cat([z, double([-50, -9.3, 9.3, 50])]).requires_grad_()
    slopes = [0.0, 0.1, 11 / 48, 0.5]
    found = dict(page.evaluate(HEIGHTS, [z.tolist(), slopes]))
    assert found.keys() == TORCHS.keys()
    for name, function in TORCHS.items():
        for s, heights in zip(slopes, found[name], strict=True):
            a = function(z, s)
            (slope,) = torch.autograd.grad(a.sum(), z)
            wanted = torch.stack([a, slope]).detach()
            close = {"rtol": 1e-12, "atol": 1e-12, "msg": f"{name}, {s}"}
            assert_close(double(heights), wanted, **close)


@pytest.mark.parametrize("way", WAYS)
def test_two_functions_are_compared_where_the_reader_points(
    browser, address, way
):
    with opened(browser, address + PAGE) as page:
        figure = page.locator("activation-explorer")
        assert "sigmoid a = 0.8176" in figure.locator(".readout").inner_text()
        assert figure.locator("circle:not(.hidden)").count() == 2 * 4
        own = figure.locator("[name=function] optgroup").first
        assert own.locator("option").all_inner_texts() == list(TORCHS)[:4]
        figure.locator("[name=function]").select_option("hard swish")
        figure.locator("[name=other]").select_option("Leaky ReLU")
        figure.locator("[name=s]").fill("0.3")
        if way == "keys":
            for _ in range(60):
                figure.locator("[name=z]").press("ArrowLeft")
        else:
            pull(page, figure.locator("rect.handle").first, (-60, 0), way)
        said = figure.locator(".readout").inner_text()
        z = figure.evaluate("(figure) => figure.state.z")
        names = figure.locator("text.added").all_text_contents()
        assert figure.locator("circle:not(.hidden)").count() == 2 * 2
        # three pieces: the slope of hard swish jumps twice
        slope = figure.locator("path.added[stroke-width='2.4']").nth(2)
        assert slope.get_attribute("d").count("M") == 3
    assert z == pytest.approx(-1.5, abs=0.3)
    a = functional.hardswish(double(z))
    assert f"hard swish a = {a:.4f}".replace("-", "−") in said
    assert (
        f"Leaky ReLU with slope 0.30 a = {0.3 * z:.4f}".replace("-", "−")
        in said
    )
    assert [name for name in names if name] == ["hard swish", "Leaky ReLU"]
