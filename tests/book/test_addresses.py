"""What has been linked to can be linked to for ever."""

from pathlib import Path
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

from tests.book.conftest import navigation

# all that pages, in reading order, notebooks, PDF and EPUB ever had, each with
# where it leads if its page has moved; none is ever taken out
LIST = Path(__file__).with_name("addresses.txt")
ADDRESSES = dict(
    line.partition(" -> ")[::2] for line in LIST.read_text().splitlines()
)


@pytest.mark.parametrize("old", ADDRESSES)
def test_an_address_that_ever_was_leads_to_a_page(site_folder, old):
    file = site_folder / old
    assert file.is_file(), (
        f"{old} is gone: say in mkdocs.yml, under `moved:`, where it is now"
    )
    page = BeautifulSoup(file.read_bytes(), "html.parser")
    refresh = page.find("meta", attrs={"http-equiv": "refresh"})
    leads = refresh["content"].partition("url=")[2] if refresh else ""
    assert leads == ADDRESSES[old]
    if refresh:
        to = urldefrag(leads)
        landed = BeautifulSoup(
            (file.parent / to.url).read_text(), "html.parser"
        )
        assert landed.find(id=to.fragment or True)
        assert landed.article, "one step leads to the page itself"


def test_the_list_has_the_pages_of_today_in_reading_order():
    pages = [
        Path(page).with_suffix(".html").as_posix() for page in navigation()
    ]
    listed = [address for address in ADDRESSES if address in pages]
    assert listed == pages, "bring tests/book/addresses.txt into this order"
