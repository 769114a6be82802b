"""The playground trains as the book's own functions do, digit for digit."""

import contextlib
import io

import pytest
import torch

from snippets.network import initialise
from snippets.propagation.backward import backward
from snippets.propagation.forward import ACTIVATIONS, forward
from snippets.training import playground
from snippets.training.index import remember_nothing, step_by
from snippets.training.playground import (
    EXPERIMENTS,
    OPTIMISERS,
    Look,
    Setting,
    begin,
    look,
    play,
)
from tests.browser.conftest import settle
from tests.tensors import double

NAMES = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
}
STEPS = """([layers, names, x, y, m, optimiser]) => {
    const own = layers.map(book.layer), found = [];
    for (let step = 0; step < 5; step++) {
        book.step(own, names, Float64Array.from(x), Float64Array.from(y),
            m, 0.1, optimiser, 0.01);
        found.push(own.flatMap(({ W, b }) => [...W, ...b]));
    }
    return found;
}"""
RUN = """(figure, [setting, steps]) => {
    figure.reset();
    figure.set(setting);
    const run = figure.begin();
    for (let step = 0; step < steps; step++) run.learn();
    const told = (layers) => layers.flatMap(({ W, b }) => [...W, ...b]);
    const { train, test } = run;
    return [told(run.history[0]), told(run.history[steps]),
        [...train.x, ...test.x, ...train.y, ...test.y], run.losses];
}"""
SETTLED = """() => {
    const figure = document.querySelector("network-playground");
    return figure.run && figure.taken === figure.state.step;
}"""


@pytest.fixture
def figure(page, address):
    page.goto(f"{address}training/playground.html")
    settle(page)
    return page.locator("network-playground")


def row(layers):
    """Return all weights and biases in one row."""
    return torch.cat([part.flatten() for pair in layers for part in pair])


def told(setting):
    """Return a setting as the figure's controls have it."""
    named = {"activation": NAMES[setting.activation]}
    return {k: str(v) for k, v in (setting._asdict() | named).items()}


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_step_is_the_books(figure, activation, name):
    """From torch's weights: five steps, so that memory counts, and decay."""
    generator = torch.Generator().manual_seed(3)
    layers = initialise((2, 5, 4, 1), generator)
    x = torch.randn(2, 30, generator=generator, dtype=torch.float64)
    y = (x.prod(dim=0, keepdim=True) > 0).double()
    names = [activation, activation, "sigmoid"]
    start = [{"W": W.tolist(), "b": b.tolist()} for W, b in layers]
    said = [NAMES[each] for each in names]
    given = [start, said, x.flatten().tolist(), y[0].tolist(), 30, name]
    theirs = figure.page.evaluate(STEPS, given)
    memories = remember_nothing(layers)
    for found in theirs:
        y_hat, caches = forward(x, layers, names)
        gradients = backward(y_hat - y, caches, names)
        layers, memories = step_by(
            OPTIMISERS[name], layers, gradients, memories, 0.1, decay=0.01
        )
        assert (double(found) - row(layers)).abs().max() < 1e-12


@pytest.mark.parametrize("data", ["XOR", "moons", "circles", "spiral"])
def test_500_steps_from_the_same_start(figure, data):
    setting = Setting(
        data, 0.1, optimiser="plain", rate=0.3, batch=30, decay=0.01, seed=2
    )
    first, last, points, losses = figure.evaluate(RUN, [told(setting), 500])
    start, history = begin(setting), play(setting, 500)
    for found, wanted in ((first, history[0]), (last, history[-1])):
        assert (double(found) - row(wanted)).abs().max() < 1e-9
    parts = (start.x, start.x_test, start.y, start.y_test)
    wanted = torch.cat([part.flatten() for part in parts])
    assert (double(points) - wanted).abs().max() < 1e-12
    for place in (0, 17, 50):
        found = look(setting, history[10 * place])
        assert losses[place] == pytest.approx(found[:2], abs=1e-9)


def test_an_experiment_is_chosen_played_sent_and_exported(figure, page):
    """The exported lines find in Python what the figure says of itself."""
    figure.locator("select").first.select_option("4, killing units")
    figure.get_by_role("button", name="Train").click()
    page.wait_for_function(
        "document.querySelector('network-playground').taken > 20"
    )
    figure.get_by_role("button", name="Pause").press("Enter")
    page.wait_for_function(SETTLED)
    figure.get_by_role("slider", name="steps").fill("30")
    page.wait_for_function("() => location.search.includes('step=30')")
    page.wait_for_function(SETTLED)
    heard = figure.evaluate("figure => figure.heard")
    setting = EXPERIMENTS["4, killing units"]
    found = look(setting, play(setting, 30)[-1])
    lines = figure.evaluate("figure => figure.code.textContent")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(lines, {})
    assert eval(printed.getvalue(), {"Look": Look}) == found
    assert heard["loss"] == pytest.approx([found.training, found.test])
    assert heard["norms"] == pytest.approx(found.gradients)
    assert (heard["dead"], heard["units"]) == (found.dead, 8)
    assert heard["right"] == found.right
    said = figure.locator(".readout")
    assert "Dead: 8 of 8 hidden units." in said.inner_text()
    assert "gradient, layer by layer: 0, " in said.inner_text()


def test_training_goes_as_far_as_the_experiment(figure):
    """Before, the words are about the drawing; and what is altered is own."""
    drawn = playground.told()["drawn"]
    loss, test = drawn["loss"]
    assert (
        figure.locator(".readout")
        .inner_text()
        .startswith(
            f"After 600 steps: loss {loss:.3f}, on test points {test:.3f}, "
            f"{drawn['right']:.1%}".replace("%", " % of them right")
        )
    )
    choice = figure.locator("select").first
    for name, steps in (
        ("3, slow layers", 600),
        ("5, learning by heart", 2000),
    ):
        choice.select_option(name)
        assert figure.evaluate("figure => figure.goal") == steps
    figure.locator("[name=until]").select_option("600")
    assert choice.input_value() == "5, learning by heart"
    figure.locator("[name=activation]").select_option("ReLU")
    assert choice.input_value() == "your own"
