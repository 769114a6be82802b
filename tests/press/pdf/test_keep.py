"""The PDF is set anew only when it would be another."""

import os
import time

import pytest

from press.pdf import book
from press.pdf.keep import FEW, FOLDER, write_pdf


@pytest.fixture
def settings_count(monkeypatch):
    """Count how often the book is set, without setting it."""
    count = []

    def set_book(settings, site):
        count.append(settings)
        return b"PDF %d" % len(count)

    monkeypatch.setattr(book, "set_book", set_book)
    return count


def test_an_unchanged_site_is_not_set_again(make_site, settings_count):
    site = make_site({"one": "<p>Text.</p>"})
    file = write_pdf(site)
    assert file == site / "book.pdf"
    assert file.read_bytes() == b"PDF 1"
    file.unlink()
    write_pdf(site)
    assert file.read_bytes() == b"PDF 1"
    assert len(settings_count) == 1


def test_what_the_pdf_is_made_of_has_it_set_again(
    make_site, settings_count, monkeypatch
):
    def make(*given):
        return lambda _: make_site({"one": given[0]}, *given[1:])

    changes = [
        make("<p>Text.</p>"),
        make("<p>Other text.</p>"),
        make("<p>Other text.</p>", "site_url: https://a/\n"),
        lambda _: monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400"),
        lambda site: os.replace(site / "assets/book.css", site / "book.css"),
        lambda site: (site / "book.css").unlink(),
        lambda site: (site / "one.ipynb").touch(),
    ]
    site = None
    for times, change in enumerate(changes, start=1):
        site = change(site) or site
        assert write_pdf(site).read_bytes() == b"PDF %d" % times
        assert len(list(FOLDER.iterdir())) == min(times, FEW)


def test_what_was_wanted_last_is_kept(make_site, settings_count, monkeypatch):
    site = make_site({"one": "<p>Text.</p>"})

    def written(date):
        time.sleep(0.01)  # a file's time is not finer everywhere
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(86400 * date))
        return write_pdf(site).read_bytes()

    first = written(0)
    for other in range(1, 2 * FEW):
        written(other)
        assert written(0) == first
    assert len(settings_count) == 2 * FEW
    assert written(2 * FEW - 1) == b"PDF %d" % (2 * FEW)
    assert written(1) == b"PDF %d" % (2 * FEW + 1), "long forgotten"


def test_a_book_without_the_setting_has_no_pdf(make_site, settings_count):
    site = make_site({})
    text = (site.parent / "mkdocs.yml").read_text()
    (site.parent / "mkdocs.yml").write_text(text.replace("pdf:", "other:"))
    assert write_pdf(site) is None
    assert settings_count == []
