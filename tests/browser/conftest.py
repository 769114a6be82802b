"""The built site in a real browser, an installed Chromium."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.book.conftest import chapters, navigation
from tests.browser.server import Handler, serve

NAMES = (
    "chromium-headless-shell",  # a window costs the others a second a page
    *("chromium", "chromium-browser", "google-chrome", "chrome"),
)
PAGES = [str(Path(page).with_suffix(".html")) for page in navigation()]
# the parts of the ledger, which the navigation does not hold
LEDGER = [
    f"about/ledger/{Path(page.removesuffix('/index.md')).stem}.html"
    for page in chapters()
]

# one page of each kind: those that are looked at on every change
KINDS = [
    *("index.html", "neuron.html", "glossary.html", "404.html"),
    *("propagation/by_hand.html", "notebooks/propagation.html", LEDGER[-1]),
]

# how much of a page has jumped since it was opened
SHIFT = """new Promise(done => new PerformanceObserver(list => done(
    list.getEntries().reduce((sum, shift) => sum + shift.value, 0)
)).observe({type: "layout-shift", buffered: true})
|| setTimeout(() => done(0), 300))"""


def each(paths: list[str]) -> pytest.MarkDecorator:
    """Give a test each path; once a week, where it is none of the kinds'."""
    weekly = pytest.mark.weekly
    return pytest.mark.parametrize(
        "path",
        [
            path if path in KINDS else pytest.param(path, marks=weekly)
            for path in paths
        ],
    )


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    """Start the Chromium that is installed, or skip and say how to get one."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if not found:
        pytest.skip(
            "no Chromium found; install one (Debian: apt-get install "
            "chromium-headless-shell, or chromium, which is slower) "
            "or name yours: CHROMIUM=/path/to/chrome make test"
        )
    quiet = ["--disable-background-networking", "--disable-component-update"]
    # Chromium's sandbox does not work for root, as whom a container runs
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {
        "executable_path": found,
        "args": [*quiet, *(["--no-sandbox"] if root else [])],
    }


@pytest.fixture(scope="session")
def address(site_folder: Path) -> Iterator[str]:
    """Serve the site and give its address."""
    server = serve(site_folder)
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def sent() -> list[tuple[str, int]]:
    """Return the list that fills with what the server sends from now on."""
    Handler.sent.clear()
    return Handler.sent


@pytest.fixture
def requested(page: Page) -> list[str]:
    """Return the list that fills with every address the page asks for."""
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


def settle(page: Page) -> None:
    """Wait until fonts are there, scripts had a turn, and nothing moves."""
    page.evaluate("document.fonts.ready")
    page.evaluate("new Promise(done => setTimeout(done, 100))")
    # the theme's own transitions: what they move is no fault until it stays
    page.evaluate("""Promise.allSettled(document.getAnimations()
        .filter(moving => moving.effect.getTiming().iterations < Infinity)
        .map(moving => moving.finished)).then(() => {})""")
