"""How quick the figures are that answer when touched, on a slowed machine."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Locator, sync_playwright

DOCS = Path("docs")
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
SLOWED = 4  # times
MOVES = 40  # of a drag
LOADS = (
    5  # of which the quickest counts, since a machine has other things to do
)
LIMITS = {"ready": 100, "a frame": 8}  # milliseconds

# how long each element takes until it is built
WATCH = """window.built = {};
const define = customElements.define;
customElements.define = function (name, ...others) {
    const start = performance.now();
    define.call(this, name, ...others);
    built[name] = performance.now() - start;
};"""
COUNT = """window.drawn = 0;
(function count() { drawn += 1; requestAnimationFrame(count); })();"""
NEXT = "new Promise(requestAnimationFrame)"


def figures() -> Iterator[tuple[Path, str]]:
    """Yield each page of the book's source, and what is live on it."""
    for file in sorted(DOCS.rglob("*.md")):
        live = re.findall(r"^    live: (\S+)$", file.read_text("utf-8"), re.M)
        yield from ((file, name) for name in dict.fromkeys(live))


def measure_frames(site: Path) -> dict[str, dict[str, float]]:
    """Return the milliseconds of each figure: until ready, and in a frame."""
    with sync_playwright() as playwright:
        # no sandbox: root has none, and the pages are the book's own
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM")
            or next(filter(None, map(shutil.which, BROWSERS)), None),
            args=["--no-sandbox"],
        )
        return {
            name: _measure(browser, site, file, name)
            for file, name in figures()
        }


def _measure(
    browser: Browser, site: Path, file: Path, name: str
) -> dict[str, float]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    line = page.context.new_cdp_session(page)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    # of this thread alone, or what else the machine does would count
    line.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(WATCH)
    address = file.relative_to(DOCS).with_suffix(".html")
    page.goto((site / address).resolve().as_uri())
    page.wait_for_timeout(1000)
    page.evaluate(COUNT)
    figure = page.locator(name).first
    figure.scroll_into_view_if_needed()
    sliders = [
        s for s in figure.locator("[type=range]").all() if s.is_visible()
    ]
    frames = [_drag(slider, line) for slider in sliders]
    built = []
    for _ in range(LOADS):
        page.reload()
        built.append(page.evaluate("name => built[name]", name))
    page.close()
    return {"ready": min(built), "a frame": max(frames, default=0)}


def _drag(slider: Locator, line: CDPSession) -> float:
    """Drag a slider there and back; return milliseconds of script a frame."""
    page = slider.page
    box = slider.bounding_box()
    left, middle = box["x"] + 4, box["y"] + box["height"] / 2
    page.mouse.move(left, middle)
    page.mouse.down()
    frames, before = page.evaluate("drawn"), _scripted(line)
    for move in range(MOVES):
        share = abs(2 * (move + 1) / MOVES - 1)
        page.mouse.move(left + (1 - share) * (box["width"] - 8), middle)
        page.evaluate(NEXT)
    took = _scripted(line) - before
    page.mouse.up()
    return 1000 * took / (page.evaluate("drawn") - frames)


def _scripted(line: CDPSession) -> float:
    """Return how many seconds of script there were."""
    metrics = line.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "ScriptDuration")


def table_of_frames(times: dict[str, dict[str, float]]) -> str:
    """Return a table of the figures, in milliseconds."""
    lines = [
        f"Milliseconds, {SLOWED} times slowed: script until a figure is ready "
        "and, while a slider is dragged, in a frame",
        *("", "| figure | ready | a frame |", "|:--|--:|--:|"),
        f"| at most | {LIMITS['ready']} | {LIMITS['a frame']} |",
    ]
    for name, found in times.items():
        lines.append(
            f"| {name} | {found['ready']:.0f} | {found['a frame']:.1f} |"
        )
    return "\n".join(lines)
