"""Links to files of the project."""

import pytest

PAGE = "# A page\n\n[Its licence](../../{}), [one](../one.md).\n"


@pytest.fixture
def paragraph(render, project):
    def run(file, repository=""):
        pages = {"one.md": "# One\n", "deep/two.md": PAGE.format(file)}
        (project(pages) / "LICENSE").write_text("Free.")
        return render(pages, "deep/two.md", repository).find_all("p")[-1]

    return run


def test_they_lead_to_the_repository(paragraph):
    links = paragraph("LICENSE", "https://example.org/us/").select("a")
    assert [link["href"] for link in links] == [
        "https://example.org/us/blob/HEAD/LICENSE",
        "../one.md",
    ]


def test_where_none_is_known_they_are_words(paragraph):
    found = paragraph("LICENSE")
    assert [link.get_text() for link in found.select("a")] == ["one"]
    assert found.get_text() == "Its licence, one."
