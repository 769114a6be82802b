"""`python -m press`: a whole site or none, and one clear message."""

import os
import subprocess
import time
from pathlib import Path

from press.website.edition import date_by_commit

FENCE = '```python exec="1"\n{}\n```\n'


def test_a_fault_does_not_wait_for_the_other_fences(build):
    endless = FENCE.format("import time\ntime.sleep(60)\nprint(1)")
    started = time.monotonic()
    done = build({"one.md": "# One\n\n" + FENCE.format("1 / 0") + endless * 20})
    assert "ZeroDivisionError" in done.stderr
    assert time.monotonic() - started < 30


def test_a_failed_build_leaves_no_older_site(build):
    assert build({"one.md": "# One\n\nGood.\n"}).returncode == 0
    assert "Good." in Path("site/one.html").read_text()
    assert build({"one.md": "# One\n\n$\\bad$\n"}).returncode == 1
    assert not Path("site").exists()
    assert list(Path(".press").iterdir()) == [], "nothing is left lying about"


def test_ruins_of_killed_builds_are_removed_after_a_day(build, project):
    folder = project({"one.md": "# One\n"})
    for name, age in (("site-new", 0), ("site-old", 2 * 24 * 60 * 60)):
        ruin = folder / ".press" / name
        ruin.mkdir(parents=True)
        os.utime(ruin, (time.time() - age, time.time() - age))
    build({"one.md": "# One\n"})
    assert [path.name for path in (folder / ".press").iterdir()] == ["site-new"]


def test_a_good_build_replaces_the_site_whole(build):
    build({"one.md": "# One\n\nOld.\n", "gone.md": "# Gone\n"})
    assert Path("site/gone.html").exists()
    Path("docs/gone.md").unlink()
    done = build({"one.md": "# One\n\nNew.\n"})
    assert done.returncode == 0
    assert "New." in Path("site/one.html").read_text()
    assert not Path("site/gone.html").exists()
    assert "the site is in site" in done.stdout


def test_a_site_bears_the_date_of_its_commit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE_DATE_EPOCH", "EDITION"):
        monkeypatch.setenv(name, "")  # which it is again after the test
        monkeypatch.delenv(name)
    date_by_commit()  # no commit, no date
    assert not {"SOURCE_DATE_EPOCH", "EDITION"} & set(os.environ)
    made = {"GIT_COMMITTER_DATE": "@1000000000 +0000"}
    person = ["-c", "user.name=a", "-c", "user.email=a@b"]
    commit = [*person, "commit", "-q", "--allow-empty", "-m", "one"]
    for command in (["init", "-q"], commit):
        subprocess.run(["git", *command], check=True, env=os.environ | made)
    date_by_commit()
    assert os.environ["SOURCE_DATE_EPOCH"] == "1000000000"
    assert os.environ["EDITION"] == "2001-09-09"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "5")
    date_by_commit()
    assert os.environ["SOURCE_DATE_EPOCH"] == "5"
