"""The home page's network learns in the browser what torch taught it."""

import pytest
import torch

from snippets.activation.relu import disc
from snippets.index import NAMES, watch_disc
from snippets.network import initialise
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z
from tests.browser.conftest import settle
from tests.browser.explorables.driving import pull
from tests.tensors import double

RUN = """(figure, steps) => {
    const run = figure.begin();
    for (let step = 0; step < steps; step++) run.learn();
    const told = (layers) => layers.flatMap(({ W, b }) => [...W, ...b]);
    return [run.history.map(told), run.losses];
}"""


@pytest.fixture
def figure(page, address):
    page.goto(f"{address}index.html")
    settle(page)
    return page.locator("disc-learner")


def test_each_step_is_the_books(figure):
    """From torch's start, and on from there; rounding hardly grows.

    A ReLU turns a difference of rounding over only where a pre-activation is
    as small, so that a thousand steps keep the band of many thousand roundings.
    """
    ours, x, y = watch_disc(1000)
    theirs, losses = figure.evaluate(RUN, 1000)
    rows = [
        torch.cat([p.flatten() for pair in at for p in pair]) for at in ours
    ]
    apart = (double(theirs) - torch.stack(rows)).abs().amax(dim=1)
    assert apart[1] < 1e-14
    assert apart[500] < 1e-12
    assert apart.max() < 1e-11
    for step in (0, 1, 999):
        z = forward(x, ours[step], NAMES)[1][-1].z
        loss = cross_entropy_of_z(z, y).item()
        assert losses[step] == pytest.approx(loss, abs=1e-12)


def shown(figure, words):
    """Wait until the figure says something."""
    figure.page.wait_for_function(
        "words => document.querySelector('disc-learner .readout')"
        ".textContent.startsWith(words)",
        arg=words,
    )


def test_it_plays_pauses_and_steps(figure, page):
    figure.get_by_role("button", name="Train").click()
    page.wait_for_function("document.querySelector('disc-learner').taken > 8")
    figure.get_by_role("button", name="Pause").click()
    settle(page)
    steps = int(figure.get_by_role("slider", name="steps").input_value())
    assert 8 < steps < 1000
    figure.get_by_role("button", name="One step").press("Enter")
    shown(figure, f"After {steps + 1} steps: loss 0.")
    figure.get_by_role("slider", name="steps").press("Home")
    shown(figure, "After 0 steps: loss 0.682, 76 of 120 points")
    figure.get_by_role("slider", name="steps").press("End")
    shown(figure, "After 1000 steps: loss 0.031, 120 of 120 points")


def tap(ground):
    """Touch its upper left corner, wherever the page has been scrolled to."""
    ground.evaluate("shape => shape.scrollIntoView({ block: 'center' })")
    box = ground.bounding_box()
    ground.page.touchscreen.tap(box["x"] + 3, box["y"] + 3)


def test_points_are_moved_and_added(browser, address):
    """By mouse, by a finger and by keys; a network in torch agrees."""
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(f"{address}index.html?folds.step=400")
    figure = page.locator("disc-learner")
    shown(figure, "After 400 steps")
    box = figure.locator("circle.handle").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    page.mouse.up()
    shown(figure, "Training anew")
    finger = figure.locator("circle.handle").nth(7)
    ground = figure.locator("rect.added").last
    before = figure.evaluate("figure => figure.points")
    pull(page, finger, (20, -60), "touch")
    tap(ground)
    assert figure.evaluate("figure => figure.points") == before, "it scrolls"
    figure.locator("summary").press("Enter")
    tap(ground)
    figure.get_by_role("slider", name="x₁").press("ArrowRight")
    figure.get_by_role("button", name="Add a point").press("Enter")
    page.wait_for_function(
        "() => document.querySelector('disc-learner').run?.y.length === 122"
    )
    page.wait_for_function("() => location.search.includes('points')")
    points = double(
        figure.evaluate("figure => figure.points.map(p => p.map(Number))")
    )
    x, y = disc(torch.Generator().manual_seed(1), count=120)
    moved = (points[:120, :2] != x.T).any(dim=1)
    assert moved.sum() == 1
    assert points[:120, 2].equal(y[0])
    assert points[121].tolist() == [0.1, 0, points[120, 2]]
    generator = torch.Generator().manual_seed(1)
    disc(generator, count=120)
    start = initialise((2, 8, 1), generator)
    first = figure.evaluate("figure => figure.run.losses[0]")
    z = forward(points[:, :2].T, start, NAMES)[1][-1].z
    loss = cross_entropy_of_z(z, points[:, 2:].T)
    assert first == pytest.approx(loss.item(), abs=1e-12)
    context.close()
