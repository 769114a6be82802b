"""Kept output: whole or not at all, and gone after a month."""

import os
import time

import pytest

from press.running import store

KEY = "0" * 64


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / store.FOLDER


def test_gives_back_what_was_put_and_nothing_else(folder):
    output = "<svg>\r\n\n𝑧 ≥ 0</svg>\n"
    assert store.get(KEY) is None
    store.drop_unused()
    store.put(KEY, output)
    assert store.get(KEY) == output
    assert store.get("1" * 64) is None
    assert [entry.name for entry in folder.iterdir()] == [KEY]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"output", b"outpuT"),
        lambda data: b"\xff" + data[1:],
    ],
)
def test_a_damaged_entry_is_not_taken(folder, damage):
    store.put(KEY, "output")
    entry = folder / KEY
    entry.write_bytes(damage(entry.read_bytes()))
    assert store.get(KEY) is None
    store.put(KEY, "output")
    assert store.get(KEY) == "output"


def test_what_is_killed_while_it_writes_leaves_the_old(monkeypatch):
    store.put(KEY, "old")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        store.put(KEY, "new")
    assert store.get(KEY) == "old"


def test_what_was_not_used_for_a_month_is_dropped(folder):
    for days, key in ((0, "0"), (29, "1"), (31, "2")):
        store.put(key * 64, "output")
        then = time.time() - days * 24 * 60 * 60
        os.utime(folder / (key * 64), (then, then))
    store.drop_unused()
    assert sorted(entry.name[0] for entry in folder.iterdir()) == ["0", "1"]
    store.get("1" * 64)  # which is a use
    assert time.time() - (folder / ("1" * 64)).stat().st_mtime < 60
