"""The site behind the web server that HOSTING.md sets up."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from statistics import mean
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.book.conftest import ROOT, chapters
from tests.browser.conftest import LEDGER, PAGES, SHIFT, each, settle
from tests.browser.server import COMPRESSED, Handler

SOURCE = (ROOT / "HOSTING.md").read_text(encoding="utf-8")
NGINX = re.search(r"```nginx\n(.*?)```", SOURCE, re.DOTALL)[1]
ADD_HEADER = re.compile(
    r'^ *add_header (\S+) (?:"(.*)"|(\S+?))( always)?;$', re.M
)
# pairs of a pattern and what nginx then takes for $book_caching
MAP = re.findall(
    r'^ +("?[~\w].*?"?) +"(.*)";$', NGINX.split("server {")[0], re.M
)
SHARED = 115_000  # bytes of theme, style and fonts, which all pages share
LIVE = 17_000  # bytes of scripts, 15 000 at most, and their style
WATCH = """window.refused = [];
document.addEventListener("securitypolicyviolation", event =>
    window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));"""


def headers(site: Path, path: str, is_there: bool = True) -> dict[str, str]:
    """Return the headers that nginx would add to the answer for a path."""
    (included,) = re.findall(r"include /srv/book/site/(\S+);", NGINX)
    text = (site / included).read_text("utf-8") + NGINX
    found = {
        name: a or b
        for name, a, b, always in ADD_HEADER.findall(text)
        if is_there or always
    }
    (default,) = [value for key, value in MAP if key == "default"]
    patterns = [(k.strip('"')[1:], v) for k, v in MAP if k != "default"]
    caching = [value for key, value in patterns if re.search(key, path)]
    if "Cache-Control" in found:
        found["Cache-Control"] = (caching or [default])[0]
    return found


class Hosted(Handler):
    """Answers as the server of the page would."""

    def end_headers(self) -> None:
        for name, value in headers(Path(self.directory), self.path).items():
            self.send_header(name, value)
        super().end_headers()


@pytest.fixture(scope="module")
def hosted(site_folder: Path) -> Iterator[str]:
    handler = partial(Hosted, directory=str(site_folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watched(page: Page) -> Page:
    """Return a page that notes what its policy refuses, in `refused`."""
    page.add_init_script(WATCH)
    page.errors = []
    page.on(
        "console",
        lambda message: (
            message.type == "error" and page.errors.append(message.text)
        ),
    )
    return page


@each([*PAGES, *LEDGER, "404.html"])
def test_a_visit_is_light_and_keeps_to_the_policy(
    watched, hosted, sent, requested, path
):
    """It asks no other host, and nothing jumps."""
    answer = watched.goto(hosted + path)
    settle(watched)
    watched.wait_for_timeout(300)
    # what lets figures be touched, on the pages that have such figures
    live = [size for name, size in sent if "/explorables/" in name]
    assert sum(live) <= LIVE, sent
    assert len(sent) - len(live) <= 10, sent
    shared = sum(size for name, size in sent if not name.endswith(path))
    assert shared - sum(live) <= SHARED, sent
    whole = sum(size for _, size in sent) - sum(live)
    assert whole <= 150_000, sent
    assert watched.evaluate(SHIFT) <= 0.02
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    watched.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    watched.mouse.wheel(0, 100_000)
    settle(watched)
    assert watched.evaluate("refused") == []
    assert watched.errors == []
    assert len(requested) >= 5
    for url in requested:
        assert url.startswith((hosted, "data:", "blob:")), url


def test_policy_refuses_nothing_to_a_reader_at_work(watched, hosted):
    watched.goto(hosted + "activation/relu.html")
    watched.locator("a.term").first.hover()
    expect(watched.locator("#term-definition")).to_be_visible()
    watched.locator(".md-code__button").first.click()
    watched.locator("[data-md-component=palette] label:visible").click()
    watched.locator("[data-md-component=search-query]").click()
    watched.keyboard.type("dead unit")
    result = watched.locator(".md-search-result__item > a").first
    expect(result).to_be_visible(timeout=20_000)
    settle(watched)
    assert watched.evaluate("refused") == []
    assert watched.errors == []


@pytest.mark.parametrize(
    ("tag", "traits", "directive"),
    [
        ("script", {"textContent": "window.planted = true"}, "script-src-elem"),
        ("script", {"src": "https://example.org/a.js"}, "script-src-elem"),
        ("img", {"src": "https://example.org/a.png"}, "img-src"),
        ("style", {"textContent": "p { color: red }"}, "style-src-elem"),
        ("iframe", {"src": "https://example.org/"}, "frame-src"),
    ],
)
def test_policy_refuses_all_else(watched, hosted, tag, traits, directive):
    watched.goto(hosted + "neuron.html")
    watched.evaluate(
        """([tag, traits]) => document.body.append(
            Object.assign(document.createElement(tag), traits))""",
        [tag, traits],
    )
    watched.wait_for_function("refused.length > 0")
    assert watched.evaluate("refused")[0].startswith(directive)
    assert watched.evaluate("window.planted") is None


def test_only_what_bears_a_digest_is_kept_for_long(site_folder):
    kept = [
        path
        for path in site_folder.rglob("*")
        if path.is_file()
        and "immutable"
        in headers(site_folder, f"/{path.relative_to(site_folder).as_posix()}")[
            "Cache-Control"
        ]
    ]
    assert len(kept) >= 3
    for path in kept:
        assert re.search(r"\.[0-9a-f]{8}\.min\.(js|css)$", path.name), path
    assert len(kept) < 10
    lost = headers(site_folder, "/a.12345678.min.js", is_there=False)
    there = headers(site_folder, "/a.12345678.min.js")
    assert set(there) - set(lost) == {"Cache-Control"}, "nobody keeps it"


def test_server_compresses_what_can_be_compressed():
    types = re.search(r"gzip_types ([^;]*);", NGINX)[1].split()
    named = {".css": "text/css", ".js": "application/javascript"}
    named |= {".json": "application/json", ".svg": "image/svg+xml"}
    named |= {".xml": "text/xml", ".txt": "text/plain"}
    assert set(named) | {".html"} == COMPRESSED
    assert set(named.values()) <= set(types)


@pytest.mark.weekly
def test_cost_is_computed_from_what_pages_weigh(browser, address, sent):
    """The two weights that it states are the means over the chapters."""
    stated = re.search(
        r"weighs (\d+) kB, compressed, and each further one (\d+) kB\.\n"
        r".* readers of (\d+) pages each, .* take (\d+) GB, which costs "
        r"([\d.]+) dollars at ([\d.]+) for a gigabyte and ([\d.]+) at "
        r"([\d.]+)\.\n",
        SOURCE,
    )
    first_page, further_page, pages, total = map(int, stated.groups()[:4])
    costs = [*map(float, stated.groups()[4:])]
    assert total == first_page + (pages - 1) * further_page  # a million kB
    for cost, price in zip(costs[::2], costs[1::2], strict=True):
        assert cost == pytest.approx(total * price)
    first, further = [], []
    for page in chapters():
        path = str(Path(page).with_suffix(".html"))
        sent.clear()
        context = browser.new_context()
        reader = context.new_page()
        reader.goto(address + path)
        settle(reader)
        reader.wait_for_timeout(300)
        context.close()
        first.append(sum(size for _, size in sent))
        further += [size for name, size in sent if name.endswith(path)]
    assert len(further) == len(chapters())
    assert first_page == pytest.approx(mean(first) / 1e3, rel=0.1)
    assert further_page == pytest.approx(mean(further) / 1e3, rel=0.1)
    assert pages == len(chapters()) + 1
