"""Files that pages made, taken out of them after the build."""

import base64

import pytest

from press.fault import Fault
from press.files import write_files


def template(name, content=b"picture"):
    text = base64.b64encode(content).decode()
    return f'<template data-file="{name}" data-search-exclude>{text}</template>'


def test_file_is_written_and_leaves_its_page(tmp_path):
    page = tmp_path / "index.html"
    page.write_text(f"<p>before</p>{template('a/b.png')}<p>after</p>")
    write_files(tmp_path)
    assert (tmp_path / "a/b.png").read_bytes() == b"picture"
    assert page.read_text() == "<p>before</p><p>after</p>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (template("../b.png"), "lies outside the site"),
        (template(""), "lies outside the site"),
        (template("index.html"), "exists already"),
        ('<template data-file="b.png">?</template>', "is not base64"),
    ],
)
def test_what_cannot_be_written_is_a_fault(tmp_path, text, message):
    (tmp_path / "index.html").write_text(text)
    with pytest.raises(Fault, match=message):
        write_files(tmp_path)


def test_a_fault_leaves_no_site(build):
    pages = {"one.md": f"# One\n\n{template('../b.png')}\n"}
    done = build(pages)
    assert done.returncode == 1
    assert "one.html: the file '../b.png' lies outside" in done.stderr
