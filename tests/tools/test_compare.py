"""Two small sites, compared."""

import pytest

from tools.compare import changes, main, side_by_side

FIGURE = (
    '<figure class="figure" id="figure-{name}"><div class="picture">'
    '<svg viewBox="0 0 1 1"><path id="a" d="{path}"/><use href="#a"/></svg>'
    "</div><figcaption>{caption}</figcaption></figure>"
)


def site(folder, **paths):
    folder.mkdir()
    text = "".join(
        FIGURE.format(name=name, path=path, caption=f"The {path}.")
        for name, path in paths.items()
    )
    page = folder / "page.html"
    page.write_text(f"<svg>an icon</svg>{text}", encoding="utf-8")
    return folder


@pytest.fixture
def two(tmp_path):
    before = site(tmp_path / "before", same="M0", bent="M1", lost="M2")
    return before, site(tmp_path / "now", same="M0", bent="M9", fresh="M3")


def test_only_figures_that_differ_are_changed(two):
    found = {change.name: change for change in changes(*two)}
    assert set(found) == {
        f"page.html#figure-{name}" for name in ("bent", "lost", "fresh")
    }
    bent = found["page.html#figure-bent"]
    assert "M1" in bent.old
    assert "M9" in bent.new
    assert found["page.html#figure-lost"].new == ""
    assert found["page.html#figure-fresh"].old == ""


def test_pictures_of_notebooks_are_figures(two):
    picture = (
        '<div class="picture" id="picture-cell" role="img">'
        '<svg><path d="{}"/></svg></div>'
    )
    for folder, path in zip(two, ("M4", "M5"), strict=True):
        (folder / "lab.html").write_text(picture.format(path), encoding="utf-8")
    found = {change.name: change for change in changes(*two)}
    assert "M4" in found["lab.html#picture-cell"].old
    assert "M5" in found["lab.html#picture-cell"].new


def test_page_shows_both_and_keeps_their_ids_apart(two):
    page = side_by_side(changes(*two))
    before, _, now = page.partition("<h3>Before</h3>")[2].partition("<h3>Now")
    assert 'd="M1"' in before
    assert 'id="before-a"' in before
    assert 'href="#before-a"' in before
    assert 'd="M9"' in now.partition("</section>")[0]
    assert "There is none any more." in page
    assert "an icon" not in page


def test_summary_says_what_changed_and_how_long_it_took(two, tmp_path, capsys):
    before, now = map(str, two)
    page = tmp_path / "page.html"
    assert main(before, now, str(page), "checks=81", "build before=") == 0
    said = capsys.readouterr().out
    for line in (
        "| figures | 3 | 3 |",
        "| checks | 81 |",
        "| build before | - |",
        "Figures that changed: 3.",
        "- page.html#figure-bent: changed",
        "- page.html#figure-fresh: new",
        "- page.html#figure-lost: gone",
    ):
        assert line in said
    assert "<h2>page.html#figure-bent</h2>" in page.read_text("utf-8")


def test_what_was_not_built_is_said(two, tmp_path, capsys):
    page = str(tmp_path / "page.html")
    assert main(str(tmp_path / "none"), str(two[1]), page) == 0
    assert "as it was could not be built" in capsys.readouterr().out
    assert main(str(two[0]), str(tmp_path / "none"), page) == 1
    assert "there is no site in" in capsys.readouterr().err
