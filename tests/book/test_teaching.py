"""The plan for teachers: its sessions fill their time, its labs too."""

import re

from tests.book.conftest import DOCS, source

ROW = re.compile(r"^\| (\d+) \| (.*) \|$", re.MULTILINE)
LAB = re.compile(r"notebooks/(\w+\.ipynb)")


def test_each_session_takes_ninety_minutes():
    _, *sessions, _ = re.split(r"^## ", source("about/teaching.md"), flags=re.M)
    assert len(sessions) == 4
    for session in sessions:
        rows = ROW.findall(session)
        assert sum(int(minutes) for minutes, _ in rows) == 90
        for minutes, done in rows:
            for lab in LAB.findall(done):
                text = (DOCS / "notebooks" / lab).read_text(encoding="utf-8")
                time = re.search(r"Time:\*\* about (\d+) minutes", text)
                whole = int(time[1])
                assert int(minutes) == whole or "without" in done, lab


def test_exercises_that_it_names_are_there():
    page = source("about/teaching.md")
    named = re.findall(r"xercises? ([\d and]+)\]\(\.\./(.*?\.md)", page)
    assert len(named) == 7
    for numbers, chapter in named:
        exercises = source(chapter).partition("## Exercises")[2]
        for number in re.findall(r"\d+", numbers):
            assert re.search(rf"^{number}\. \(", exercises, re.M), chapter
