"""What is said of two sites that are not the same."""

import io
from zipfile import ZipFile

import pytest

from tools.reproduce import differences, files, main

HERE = b"a page\nwith a figure\n"
BINARY = bytes(range(256))


def packed(**members: bytes) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (HERE, HERE, []),
        (HERE, HERE.replace(b"fig", b"Fig"), ["figure\\n'", "Figure\\n'"]),
        (HERE, HERE + b"more", ["a, line 3, byte 21:", "more"]),
        (BINARY, BINARY[::-1], ["a, line 1, byte 0:", r"\\xff\\xfe"]),
        (HERE, None, ["a: only the first has it"]),
        (None, HERE, ["a: only the second has it"]),
        (packed(x=HERE, y=b"1"), packed(x=HERE, y=b"2"), ["a: y, line 1"]),
        (packed(x=HERE), packed(z=HERE), ["a: x: only the first has it"]),
        (packed(x=b"", y=b""), packed(y=b"", x=b""), ["a: packed otherwise"]),
    ],
)
def test_the_first_difference_is_named(tmp_path, one, two, said):
    sites = tmp_path / "one", tmp_path / "two"
    for site, data in zip(sites, (one, two), strict=True):
        site.mkdir()
        (site / "same").write_bytes(b"")
        if data is not None:
            (site / "a").write_bytes(data)
    found = differences(*map(files, sites))
    assert len(found) == bool(said)
    for words in said:
        assert words in found[0]


@pytest.mark.parametrize("second", ["the same", "another"])
def test_it_fails_where_builds_differ(tmp_path, monkeypatch, capsys, second):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()

    def build_both(folder, other):
        for name, text in ("1", "the same"), ("2", second):
            (folder / name).mkdir()
            (folder / name / "page.html").write_text(text)
        return folder / "1", folder / "2"

    monkeypatch.setattr("tools.reproduce.build_both", build_both)
    assert main() == (second == "another")
    said = capsys.readouterr().out
    assert ("page.html, line 1" in said) == (second == "another")
