"""What README, CONTRIBUTING and their like say, and what runs on each change.

Paths, commands and messages that they name are there; the workflows do what
they are for, and a run that tests nothing fails.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch

import pytest
import yaml

from press.running.worker import patience
from tests.book.conftest import ROOT, dry_run

TEXTS = ("README.md", "CONTRIBUTING.md", "HOSTING.md", "SECURITY.md")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# what making, checking or adding a chapter leaves, and what a name is for
MADE = {".venv", ".press", "before", "site"}
EXAMPLES = {"docs/activation/swish.md", "activation/swish"}
# what each workflow is started by, and what its jobs run, in this order
WORKFLOWS = {
    "pull-request.yml": (
        {"pull_request": None},
        {"check": ["bash .ci/run", "make site", "python -m press"]},
    ),
    "publish.yml": (
        {"push": {"branches": ["main"]}, "workflow_dispatch": None},
        {
            "build": ["bash .ci/run", "make site"],
            "deploy": [],
            "notebooks": [],
        },
    ),
    "weekly.yml": (
        {"schedule": [{"cron": "17 5 * * 1"}], "workflow_dispatch": None},
        {
            "links": ["make links"],
            "newest": ["make requirements UPGRADE=--upgrade", "bash .ci/run"],
            "mutants": ["make mutants"],
            "audit": [],
            "bytes": ['make reproduce OTHER="$OTHER"'],
            "long": ["make site-zensical", "make test-weekly"],
            "paper": ["make paper-check"],
            "systems": ["python -m press"],
        },
    ),
}


def text_of(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def places(text: str) -> set[str]:
    """Return what looks like a path of the project, in `code` or a link."""
    named = re.findall(r"`([\w.][\w./-]*/[\w./-]*)`", text)
    named += re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)
    return {name for name in named if name.split("/")[0] not in MADE}


@pytest.mark.parametrize("file", TEXTS)
def test_paths_that_are_named_are_there(file):
    found = places(text_of(file)) - EXAMPLES
    assert found or file == "SECURITY.md"
    assert [name for name in found if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("file", TEXTS)
def test_commands_that_are_named_exist(file):
    named = re.findall(r"(?:`|^)make ([a-z-]+)", text_of(file), re.M)
    assert named or file == "SECURITY.md"
    targets = {*re.findall(r"^([a-z-]+):", MAKEFILE, re.M)}
    assert set(named) <= targets
    for option in re.findall(r"make [a-z-]+ ([A-Z]+)=", text_of(file)):
        assert re.search(rf"\$\({option}\)", MAKEFILE), option
    code = [*(ROOT / "press").rglob("*.py"), ROOT / "mkdocs.yml"]
    read = "".join(file.read_text(encoding="utf-8") for file in code)
    for name in re.findall(r"`([A-Z_]{4,})=\S+ make", text_of(file)):
        assert name in read, name
    for module in re.findall(r"python -m (\w+)", text_of(file)):
        assert module in ("pip", "venv") or module in MAKEFILE, module


def test_every_command_is_told_where_it_is_looked_for():
    """At the head of the Makefile; and make takes none for a file."""
    told = {*re.findall(r"^# make ([a-z-]+)", MAKEFILE, re.M)}
    targets = {*re.findall(r"^([a-z-]+):", MAKEFILE, re.M)}
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.M)
    assert targets == set(phony.split())
    assert told | {"measure"} >= targets - {"lint"}


def test_messages_that_are_explained_are_those_of_the_checks():
    table = text_of("CONTRIBUTING.md").split("| the message says |")[1]
    cells = re.findall(r"^\| (`.+?) \|", table, re.M)
    assert len(cells) >= 10
    code = [*(ROOT / "press").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    code += (ROOT / "tools").rglob("*.py")
    said = "".join(re.sub(r'"\s*f?"', "", f.read_text("utf-8")) for f in code)
    others = {"is not found in the documentation files", "Would reformat"}
    for message in re.findall(r"`(.+?)`", " ".join(cells)):
        words = re.split(r"\.\.\.|<\w+>|\bc\b|test_equations", message)
        assert message in others or all(
            part.strip() in said for part in words if part.strip()
        ), message


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_workflow_does_what_it_is_for(file):
    flow = yaml.safe_load(text_of(f".github/workflows/{file}"))
    on, jobs = flow[True], WORKFLOWS[file][1]  # YAML takes "on" for true
    on = on if isinstance(on, dict) else {on: None}
    assert (on, set(flow["jobs"])) == (WORKFLOWS[file][0], set(jobs))
    for name, wanted in jobs.items():
        steps = flow["jobs"][name]["steps"]
        ran = " ".join(step.get("run", "") for step in steps)
        found = re.findall(
            r"bash \.ci/run|make [\w-]+(?: [A-Z]+=\S+)?|python -m press\b", ran
        )
        assert found == wanted
        # nor does a pipe fail where its first part does
        assert not re.search(r"\|\| (true|:)|set \+e|ci/run *[|;&]", ran)
        checks = [s for s in steps if ".ci/run" in s.get("run", "")]
        assert not any(s.get("continue-on-error") for s in checks)
        assert not any("if" in step for step in checks)


def test_all_packages_are_asked_for_weaknesses():
    """Each week, as SECURITY.md says."""
    steps = yaml.safe_load(text_of(".github/workflows/weekly.yml"))
    ran = " ".join(s.get("run", "") for s in steps["jobs"]["audit"]["steps"])
    asked = re.search(r"for list in (.+); do\n.*pip-audit", ran)[1].split()
    assert sorted(asked) == ["requirements.txt", "tests/requirements.txt"]
    assert "a weekly job asks `pip-audit`" in text_of("SECURITY.md")


def test_code_of_strangers_runs_with_no_rights():
    """As SECURITY.md says; zizmor sees that actions are pinned."""
    for file in (ROOT / ".github/workflows").glob("*.yml"):
        flow = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert flow["permissions"] == {}, file
        assert "pull_request_target" not in flow[True]
        for name, job in flow["jobs"].items():
            rights = job["permissions"]
            uses = [step.get("uses", "") for step in job["steps"]]
            if any(use.startswith("actions/checkout") for use in uses):
                assert set(rights.values()) == {"read"}, name
            assert "secrets." not in str(job)
            for step in job["steps"]:
                if "checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] is False


def test_times_and_advice_are_those_of_what_runs(monkeypatch):
    flow = yaml.safe_load(text_of(".github/workflows/pull-request.yml"))
    assert flow["jobs"]["check"]["timeout-minutes"] == 30
    assert "use that machine for half an hour" in text_of("SECURITY.md")
    checkout, *others = flow["jobs"]["check"]["steps"]
    assert "before HEAD^1" in " ".join(step.get("run", "") for step in others)
    assert checkout["with"]["fetch-depth"] == 2  # or there is no HEAD^1
    advice = text_of("CONTRIBUTING.md")
    monkeypatch.delenv("FENCE_SECONDS", raising=False)
    assert patience() == 300
    assert "a fence takes longer than five minutes" in advice
    assert "| `Would reformat` | `.venv/bin/ruff format .` does it |" in advice


@pytest.mark.skipif(not shutil.which("make"), reason="it asks make")
def test_both_lists_are_pinned_alike():
    site, checks = re.findall(r"(--output-file .+)", dry_run("requirements"))
    assert site == "--output-file requirements.txt requirements.in"
    assert checks.split()[1:] == [
        *("tests/requirements.txt", "--constraint", "requirements.txt"),
        "tests/requirements.in",
    ]
    (advice,) = re.findall("To add .*a package.*", text_of("CONTRIBUTING.md"))
    told = [text.split()[-1] for text in (site, checks)]
    assert re.findall(r"into `(.+?)`", advice) == told


def test_a_store_is_told_to_keep_what_the_server_lets_be_kept(site_folder):
    (server,) = re.findall(r"map .+?\{(.+?)\n\}", text_of("HOSTING.md"), re.S)
    (_, usual), (pattern, longer) = re.findall(
        r'^ +"?~?(.+?)"? +"(.+)";', server, re.M
    )
    (block,) = re.findall(r"```sh\n(aws.+?)```", text_of("HOSTING.md"), re.S)
    lines = block.replace("\\\n", "").split("\naws")
    whole, some = map(shlex.split, lines)
    to = ["site", "s3://BUCKET", "--delete", "--cache-control", usual]
    assert whole == ["aws", "s3", "sync", *to]
    assert some[:4] == ["s3", "cp", "site/assets", "s3://BUCKET/assets"]
    assert some[4] == "--recursive"
    *filters, last = zip(some[5::2], some[6::2], strict=True)
    assert last == ("--cache-control", longer)
    files = [*filter(os.path.isfile, (site_folder / "assets").rglob("*"))]
    for file in files:
        name, kept = file.relative_to(site_folder / "assets").as_posix(), True
        for kind, glob in filters:  # the last that fits decides
            kept = kind == "--include" if fnmatch(name, glob) else kept
        assert kept == bool(re.search(pattern, f"/{name}")), name
    assert len(files) > 20


@pytest.mark.skipif(sys.platform != "linux", reason="it is a shell's script")
@pytest.mark.parametrize("code", [0, 1])
def test_what_every_change_passes_is_make_check(tmp_path, code):
    """With all tests, and it fails as they do."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci")
    for name in ("make", "java", "google-chrome", "apt-get", "sudo"):
        stub = tmp_path / "bin" / name
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f'#!/bin/sh\necho "{name} $*, $CI"\nexit {code}\n')
        stub.chmod(0o755)
    done = subprocess.run(
        ["bash", tmp_path / ".ci/run"],
        env={"PATH": f"{tmp_path / 'bin'}:{os.defpath}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "make check, true\n")


@pytest.mark.skipif(not shutil.which("make"), reason="it asks make")
def test_make_check_runs_every_check():
    ran = [line for line in dry_run("check").splitlines() if ".venv" in line]
    for tool in ("ruff check .", "ruff format --check .", "oxlint", "zizmor"):
        assert any(tool in line for line in ran), tool
    (tests,) = [line for line in ran if "pytest" in line]
    assert tests.split("pytest")[1].split() == [
        *("--numprocesses", "auto", "--dist", "worksteal", "--kept"),
    ]


@pytest.mark.skipif(not shutil.which("make"), reason="it asks make")
@pytest.mark.parametrize(
    "newer", ["requirements.txt", "tests/requirements.txt"]
)
def test_a_list_that_has_changed_is_installed_again(tmp_path, newer):
    shutil.copy(ROOT / "Makefile", tmp_path)
    lists = ("requirements.txt", "tests/requirements.txt")
    for age, name in enumerate((*lists, ".venv/ready", ".venv/checks"), 1):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (age, age))
    assert "pip install" not in dry_run("check", folder=tmp_path)
    os.utime(tmp_path / newer)
    ran = dry_run("check", folder=tmp_path)
    assert newer in re.findall(r"pip install .*-r (\S+)$", ran, re.M)


def test_without_make_the_same_is_installed_and_run():
    """As README.md says it for Windows, in the order of the Makefile."""
    (block,) = re.findall(r"```bat\n(.+?)```", text_of("README.md"), re.S)
    written = block.replace("\\", "/").replace("Scripts", "bin")
    lists = re.findall(r"^\t\$\(INSTALL\) (-r \S+)$", MAKEFILE, re.M)
    assert re.search(f"pip install {' '.join(lists)}$", written, re.M)
    ran = re.findall(r"bin/python -m (\w+(?: serve)?)$", written, re.M)
    assert ran == ["press", "pytest", "mkdocs serve"]
    assert all(f"python -m {command}" in MAKEFILE for command in ran)


def test_a_run_that_tests_nothing_fails(tmp_path):
    (tmp_path / "test_none.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 5
