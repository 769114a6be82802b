"""The home page: what is in sight at first, and its cards."""

import pytest
from playwright.sync_api import expect

FIRST_SIGHT = ["article h1", ".ways", "#figure-folds .picture"]
FIRST_SIGHT += [f"disc-learner button >> nth={place}" for place in range(3)]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_figure_and_ways_are_in_sight_at_once(browser, address, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address + "index.html")
    page.locator("disc-learner .controls").wait_for()
    ends = [0.0]
    for part in (*FIRST_SIGHT, ".ways a >> nth=0", ".ways a >> nth=2"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        ends.append(box["y"] + box["height"])
    assert max(ends) <= height
    page.close()


@pytest.mark.parametrize(("width", "columns"), [(1280, {2, 3}), (390, {1})])
def test_cards_stand_in_columns(browser, address, width, columns):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address + "index.html")
    cards = page.locator(".card")
    starts = {card.bounding_box()["x"] for card in cards.all()}
    assert len(starts) in columns
    page.close()


def test_a_card_leads_on_wherever_it_is_touched(page, address):
    page.goto(address + "index.html")
    page.locator(".card").nth(1).click(position={"x": 40, "y": 40})
    expect(page).to_have_url(address + "neuron.html")


def test_a_card_shows_the_focus(page, address):
    page.goto(address + "index.html")
    card = page.locator(".card").first
    border = "e => getComputedStyle(e).borderColor"
    before = card.evaluate(border)
    card.get_by_role("link").focus()
    assert card.evaluate(border) != before
