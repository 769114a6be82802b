"""The home page: what it promises, and where it leads."""

import re
from pathlib import PurePosixPath

from press.markup.reading_time import about
from tests.book.conftest import chapters, notebooks


def part(page: str) -> str:
    """Return the folder of a page, or its own name: the part it belongs to."""
    return PurePosixPath(page).with_suffix("").parts[0]


def test_the_reading_time_is_the_sum_of_the_chapters(site):
    minutes = [
        int(re.match(r"(\d+) minutes? to read", time.get_text())[1])
        for page in chapters()
        for time in site[page].select("p.reading-time")
    ]
    assert len(minutes) == len(chapters())
    (said,) = re.findall(
        r"Reading takes (about .+?);", site["index.md"].article.get_text()
    )
    assert said == about(sum(minutes))


def test_every_part_has_a_card(site):
    leading = [
        PurePosixPath(link["href"]).with_suffix(".md").as_posix()
        for link in site["index.md"].select(".card a")
    ]
    parts = [part(page) for page in (*chapters(), *notebooks())]
    wanted = [*dict.fromkeys(parts), "notation", "glossary"]
    assert [part(page) for page in leading] == wanted
    for page in leading[:-3]:
        assert page == next(p for p in chapters() if part(p) == part(page))


def test_a_card_has_a_picture_that_says_no_words(site):
    for card in site["index.md"].select(".card"):
        (picture,) = card.find_all("svg")
        assert picture["aria-hidden"] == "true"
        assert picture.find("path")
        assert not picture.get_text(strip=True)
        fixed = re.sub(r"var\([^)]*\)", "", str(picture))
        assert not re.search(r'(fill|stroke)="#', fixed), "dark pages"
