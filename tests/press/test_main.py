"""`python -m press`: a whole site or none, and one clear message."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from press.website.edition import date_by_commit
from tests.conftest import ROOT

FENCE = '```python exec="1"\n{}\n```\n'

FAULTS = {
    "a fence that raises": (
        "# One\n\nText.\n\n" + FENCE.format("x = 1\nprint(x / 0)"),
        "docs/one.md:7: the fence raised ZeroDivisionError: division by zero",
    ),
    "a fence that does not parse": (
        "# One\n\n" + FENCE.format("print('a')\nprint('b'"),
        "docs/one.md:5: the fence raised SyntaxError: ",
    ),
    "a fence that prints nothing": (
        "# One\n\n" + FENCE.format("x = 1"),
        "docs/one.md:4: the fence printed nothing",
    ),
    "a fence with a session": (
        '# One\n\n```python exec="1" session="s"\nprint(1)\n```\n',
        "docs/one.md:4: fences share nothing, and know no session",
    ),
    "an error in a snippet": (
        "# One\n\n" + FENCE.format("from snippets.two import f\n\nprint(f())"),
        "docs/one.md:6: the fence raised KeyError, "
        "at snippets/two.py:2: 'gone'",
    ),
    "a missing section": (
        '# One\n\n```python\n--8<-- "snippets/two.py:gone"\n```\n',
        "docs/one.md:4: Snippet section 'gone' could not be located",
    ),
    "a missing file": (
        '# One\n\n```python\n--8<-- "snippets/three.py"\n```\n',
        "docs/one.md:4: Snippet at path 'snippets/three.py' could not be",
    ),
    "bad TeX in a line": (
        "# One\n\nFor $a = \\frac{1}{$ see.\n",
        "docs/one.md:3: bad TeX, character ",
    ),
    "bad TeX in a display": (
        "# One\n\n$$\na = \\sigm(z)\n$$\n",
        "docs/one.md:4: bad TeX, character 4 of 'a = \\\\sigm(z)'",
    ),
    "a formula in a heading": (
        "# One\n\n## The slope $a'$\n",
        "docs/one.md:3: a heading holds the formula",
    ),
    "a broken link": (
        "# One\n\n[two](two.md)\n",
        "contains a link 'two.md', but the target is not found",
    ),
    "a broken anchor": (
        "# One\n\n[below](#below)\n",
        "contains a link '#below', but there is no such anchor",
    ),
    "a reference without an entry": (
        "# One\n\nIt is so.[^nobody1900]\n",
        "docs/one.md:3: docs/about/references.md has no entry with the key",
    ),
    "a link to a figure that does not exist": (
        "# One\n\n[Figure](#figure-none)\n",
        "docs/one.md:3: no chapter in the navigation has a figure named",
    ),
    "a figure named twice": (
        "# One\n\n" + 2 * "/// figure | a\n    alt: x\n\nP\n\nC\n///\n\n",
        "docs/one.md:3, docs/one.md:11: two figures are named 'a'",
    ),
    "a figure that is not closed": (
        "# One\n\n/// figure | a\n    alt: x\n\nP\n\nC\n\n## Two\n\nText.\n",
        "docs/one.md:3: the block '/// figure | a' is not closed",
    ),
    "a page without a title": (
        "Text.\n",
        "docs/one.md: this page has no title",
    ),
}
TWO = "def f():\n    return {}['gone']\n"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_build(build, fault):
    page, said = FAULTS[fault]
    done = build({"one.md": page}, {"two.py": TWO})
    assert done.returncode == 1
    assert said in done.stderr
    assert "one.md" in done.stderr, "the page is named"
    assert "Traceback" not in done.stderr
    assert 'File "' not in done.stderr
    assert not Path("site").exists()
    assert done.stderr.rstrip().endswith("press: no site was built")


def test_a_fault_does_not_wait_for_the_other_fences(build):
    endless = FENCE.format("import time\ntime.sleep(60)\nprint(1)")
    started = time.monotonic()
    done = build({"one.md": "# One\n\n" + FENCE.format("1 / 0") + endless * 20})
    assert "ZeroDivisionError" in done.stderr
    assert time.monotonic() - started < 30


def test_broken_settings_are_told(project, build):
    folder = project({"one.md": "# One\n"})
    (folder / "mkdocs.yml").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "press"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 1
    assert "mkdocs.yml' does not exist" in done.stderr


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
