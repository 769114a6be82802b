"""What is drawn is read as torch reads it, by the network of the page."""

import pytest
import torch

from snippets.propagation.softmax import softmax
from snippets.training.digits import (
    learn_digits,
    read_digits,
    rounded,
    scores,
)

READ = """(figure) => [...book.digits.right, ...book.digits.wrong].map(
    ([ink, label]) => [label, book.digitPad.read(figure.layers,
        Array.from(ink, (letter) => parseInt(letter, 17))).y_hat])"""


@pytest.fixture
def figure(page, address):
    page.goto(f"{address}training/digits.html")
    figure = page.locator("digit-pad")
    figure.scroll_into_view_if_needed()
    page.wait_for_function("window.book.digits")
    return figure


def test_probabilities_are_torchs(figure):
    images, labels = read_digits()
    run = learn_digits(0)
    y_hat = softmax(scores(rounded(run.history[-1]), images[:, run.test]))
    exact = scores(run.history[-1], images[:, run.test]).argmax(dim=0)
    wrong = exact != labels[run.test]
    places = [*(~wrong).nonzero()[:20, 0], *wrong.nonzero()[:, 0]]
    read = figure.evaluate(READ)
    assert len(read) == len(places)
    for (label, found), place in zip(read, places, strict=True):
        assert label == labels[run.test[place]]
        found = torch.tensor(found, dtype=torch.float64)
        assert torch.allclose(found, y_hat[:, place], 0, 1e-12)


def test_a_finger_draws_and_does_not_scroll(browser, address):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True
    )
    page = context.new_page()
    page.goto(f"{address}training/digits.html")
    figure = page.locator("digit-pad")
    figure.scroll_into_view_if_needed()
    page.wait_for_function("window.book.digits")
    figure.get_by_role("button", name="Clear").click()
    box = figure.locator("rect.handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    finger = context.new_cdp_session(page)
    for kind, places in (
        ("touchStart", [0.1]),
        *[("touchMove", [way / 10]) for way in range(2, 10)],
        ("touchEnd", []),
    ):
        points = [{"x": x, "y": y + way * box["height"]} for way in places]
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )
        page.wait_for_timeout(30)
    said = figure.locator(".readout").inner_text()
    context.close()
    assert said.startswith("The network says 1,")


def test_a_digit_is_drawn(figure, page):
    """By the mouse, from beside the square, and keys; buttons do more."""
    said = figure.locator(".readout")
    figure.get_by_role("button", name="Clear").click()
    ground = figure.locator("rect.handle")
    box = ground.bounding_box()
    middle = box["x"] + box["width"] / 2
    for erases in (False, True):
        figure.locator("[name=erase]").set_checked(erases)
        page.mouse.move(middle, box["y"] + 6)
        page.mouse.down()
        page.mouse.move(middle, box["y"] + box["height"] - 6, steps=8)
        page.mouse.up()
        one = said.inner_text().startswith("The network says 1,")
        assert one != erases
    assert {*figure.evaluate("(figure) => figure.ink")} == {0}
    row = figure.locator("[name=row]")
    for key in ["ArrowUp"] * 4 + [" ", "ArrowDown"] * 8:
        row.press(key)
    ink = figure.evaluate("(figure) => figure.ink")
    assert [i for i, dots in enumerate(ink) if dots] == [*range(3, 64, 8)]
    assert {*ink} == {0, 16}
    row.press("ArrowLeft")
    assert page.evaluate("document.activeElement.name") == "column"
    figure.get_by_role("button", name="One it gets wrong").click()
    assert "in the test part, number 2 of the 18" in said.inner_text()
