"""What has been linked to can be linked to for ever."""

from pathlib import Path
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

from tests.book.conftest import navigation

# all that pages, notebooks, PDF and EPUB ever had; lines are only added
ADDRESSES = Path(__file__).with_name("addresses.txt").read_text().split()


@pytest.mark.parametrize("old", ADDRESSES)
def test_an_address_that_ever_was_leads_to_a_page(site_folder, old):
    file = site_folder / old
    assert file.is_file(), (
        f"{old} is gone: say in mkdocs.yml, under `moved:`, where it is now"
    )
    page = BeautifulSoup(file.read_bytes(), "html.parser")
    refresh = page.find("meta", attrs={"http-equiv": "refresh"})
    if refresh:
        to = urldefrag(refresh["content"].partition("url=")[2])
        landed = BeautifulSoup(
            (file.parent / to.url).read_text(), "html.parser"
        )
        assert landed.find(id=to.fragment or True)
        assert landed.article, "one step leads to the page itself"


def test_the_list_knows_every_page_of_today():
    pages = {
        Path(page).with_suffix(".html").as_posix() for page in navigation()
    }
    new = pages - set(ADDRESSES)
    assert not new, "add them to tests/book/addresses.txt"
