"""What search engines, and those who are sent a link, are told."""

import re
from pathlib import Path

import pytest

from tests.book.conftest import DOCS, navigation
from tests.conftest import build_site


@pytest.mark.parametrize("page", navigation())
def test_page_can_be_shared_and_found(site, page):
    head = site[page].head
    description = head.find("meta", attrs={"name": "description"})["content"]
    assert 50 < len(description) < 165
    og = head.find("meta", property="og:description")["content"]
    assert og == description
    assert "og:url" not in str(head)  # no address of the site is known


def test_a_site_with_an_address_says_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org/book/")
    build_site(DOCS.parent, tmp_path)
    page = Path(tmp_path, "activation/relu.html").read_text()
    address = "https://example.org/book/activation/relu.html"
    assert re.search(rf'rel="?canonical"? href="?{address}', page)
    assert 'content="https://example.org/book/assets/share.png"' in page
    picture = Path(tmp_path, "assets/share.png").read_bytes()
    assert picture[1:4] == b"PNG"
    assert address in Path(tmp_path, "sitemap.xml").read_text()
    lost = Path(tmp_path, "404.html").read_text()
    assert "/book/activation/relu.html" in lost
    assert "/book/assets/book.css" in lost
