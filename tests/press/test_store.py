import os
import time

import pytest

from press import store

KEY = "0" * 64


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / store.FOLDER


def test_gives_back_what_was_put(folder):
    output = "<svg>\r\n\n𝑧 ≥ 0</svg>\n"
    store.put(KEY, output)
    assert store.get(KEY) == output
    assert [entry.name for entry in folder.iterdir()] == [KEY]


def test_knows_nothing_else():
    assert store.get(KEY) is None
    store.put(KEY, "output")
    assert store.get("1" * 64) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b"output", b"outpuT"),
        lambda data: data + b"more",
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


def test_an_entry_is_there_whole_or_not_at_all(folder, monkeypatch):
    """Killed before the rename, a build leaves the old entry as it was."""
    store.put(KEY, "old")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        store.put(KEY, "new")
    assert store.get(KEY) == "old"


def test_drops_what_was_not_used_for_long(folder):
    for days, key in ((0, "0"), (29, "1"), (31, "2")):
        store.put(key * 64, "output")
        then = time.time() - days * 24 * 60 * 60
        os.utime(folder / (key * 64), (then, then))
    store.drop_unused()
    assert sorted(entry.name[0] for entry in folder.iterdir()) == ["0", "1"]


def test_using_an_entry_keeps_it(folder):
    store.put(KEY, "output")
    then = time.time() - 29 * 24 * 60 * 60
    os.utime(folder / KEY, (then, then))
    store.get(KEY)
    assert time.time() - (folder / KEY).stat().st_mtime < 60


def test_an_empty_store_drops_nothing():
    store.drop_unused()
