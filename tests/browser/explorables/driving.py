"""Touches a figure as its readers do: with a mouse, a finger or keys."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

WAYS = ("mouse", "touch", "keys")


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """Open a page on a screen that takes fingers, too."""
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def pull(page: Page, shape: Locator, by: tuple[int, int], way: str) -> None:
    """Drag the middle of a shape."""
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if way == "touch":
        screen = page.context.new_cdp_session(page)  # Playwright only taps
        for kind, *places in (
            ("touchStart", (x, y)),
            ("touchMove", (x + by[0], y + by[1])),
            ("touchEnd",),
        ):
            points = [{"x": x, "y": y} for x, y in places]
            touch = {"type": kind, "touchPoints": points}
            screen.send("Input.dispatchTouchEvent", touch)
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + by[0], y + by[1])
        page.mouse.up()
