"""Links to files of the project."""

import pytest
from bs4 import BeautifulSoup

PAGE = "# A page\n\n[Its licence](../../LICENSE), [one](../one.md).\n"
PAGES = {"one.md": "# One\n\nText.\n", "deep/two.md": PAGE}


@pytest.fixture
def text(project, build, tmp_path):
    def run(repository):
        folder = project(PAGES)
        settings = (folder / "mkdocs.yml").read_text()
        named = settings.replace('&repo ""', f'&repo "{repository}"')
        (folder / "LICENSE").write_text("Free.")
        done = build(PAGES, settings=named)
        assert done.returncode == 0, done.stderr
        html = (tmp_path / "site/deep/two.html").read_text()
        return BeautifulSoup(html, "html.parser").article.find_all("p")[-1]

    return run


def test_they_lead_to_the_repository(text):
    links = [
        link["href"] for link in text("https://example.org/us/").select("a")
    ]
    assert links == [
        "https://example.org/us/blob/HEAD/LICENSE",
        "../one.html",
    ]


def test_where_none_is_known_they_are_words(text):
    paragraph = text("")
    assert [link.get_text() for link in paragraph.select("a")] == ["one"]
    assert paragraph.get_text() == "Its licence, one."


def test_a_file_that_is_not_there_is_a_fault(build):
    done = build(PAGES)
    assert done.returncode == 1
    assert "deep/two.md:3: there is no file LICENSE" in done.stderr
