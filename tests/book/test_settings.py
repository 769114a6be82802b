"""What keeps the build strict and the installation small."""

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions, requires, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from press.reading.wording import plain
from tests.book.conftest import ROOT, dry_run, source
from tests.claims import claim

LOCK = "requirements.txt"
LISTS = (ROOT, ROOT / "tests")  # what builds the site, what checks it


def lines(file: Path) -> list[str]:
    """Return the lines of a list of packages, without comments."""
    text = file.read_text().splitlines()
    return [line for line in text if line and not line.startswith("#")]


DIRECT = [(at, line) for at in LISTS for line in lines(at / "requirements.in")]
PINNED = {at: [*map(Requirement, lines(at / LOCK))] for at in LISTS}
PINS = {
    at: {
        canonicalize_name(pin.name): pin
        for pin in pinned
        if not pin.marker or pin.marker.evaluate()
    }
    for at, pinned in PINNED.items()
}


@pytest.mark.parametrize(("at", "line"), DIRECT)
def test_what_the_book_needs_has_its_reason_and_is_pinned(at, line):
    wanted, _, reason = line.partition(" #")
    assert re.match(r" \w+", reason), line
    assert canonicalize_name(Requirement(wanted).name) in PINS[at]


@pytest.mark.parametrize("at", LISTS)
def test_what_is_installed_is_what_is_pinned(at):
    assert len(PINS[at]) > 50
    for name, pin in PINS[at].items():
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), name
        # torch 2.13.0+cpu is the CPU build of torch 2.13.0
        assert version(name).partition("+")[0] == str(pin.specifier)[2:], name


@pytest.mark.parametrize("at", LISTS)
def test_pins_are_complete_and_hold_no_cuda(at):
    """Each list by itself: the site needs nothing of the tests' list."""
    for name in PINS[at]:
        for needed in map(Requirement, requires(name) or []):
            if not needed.marker or needed.marker.evaluate({"extra": ""}):
                known = canonicalize_name(needed.name) in PINS[at]
                assert known or is_cuda(needed.name), f"{name}: {needed}"
    assert not [pin.name for pin in PINNED[at] if is_cuda(pin.name)]
    assert "http" not in (at / LOCK).read_text()


@pytest.mark.parametrize("tree", ["press", "snippets"])
def test_the_site_is_built_with_its_own_list_alone(tree):
    """What its code imports is pinned there, or comes with Python."""
    provided = packages_distributions()
    for file in (ROOT / tree).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in {name.split(".")[0] for name in names}:
                there = set(map(canonicalize_name, provided.get(name, [])))
                own = {"press", "snippets", *sys.stdlib_module_names}
                assert name in own or there & {*PINS[ROOT]}, (file, name)


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != (3, 11),
    reason="other systems need other packages",
)
def test_readme_counts_the_packages():
    counted = r"(\d+) packages.*?, (\d+) with those that check it"
    said = re.search(counted, (ROOT / "README.md").read_text(), re.DOTALL)
    all_of_them = set().union(*PINS.values())
    assert [*map(int, said.groups())] == [len(PINS[ROOT]), len(all_of_them)]


@pytest.mark.skipif(not shutil.which("make"), reason="it asks make")
def test_pins_say_that_they_are_for_all_systems():
    """Dependabot looks there for the options with which to renew them."""
    ran = dry_run("requirements")
    said = re.findall("uv pip compile.+?--custom", ran, re.DOTALL)
    texts = [(at / LOCK).read_text() for at in LISTS]
    said += [re.search(r"\(uv pip compile (.+)\)", text)[1] for text in texts]
    assert len(said) == 4
    for option in ("--universal", "--python-version 3.11"):
        assert all(option in command for command in said)


def is_cuda(name: str) -> bool:
    return name.startswith(("nvidia", "cuda", "triton"))


def test_build_is_strict():
    settings = (ROOT / "mkdocs.yml").read_text()
    assert "\nstrict: !ENV [STRICT, true]" in settings
    assert "check_paths: true" in settings
    for links in ("absolute_links", "unrecognized_links", "anchors"):
        assert f"  {links}: warn\n" in settings


def test_python_is_as_new_as_the_text_says():
    makefile = (ROOT / "Makefile").read_text()
    asked = re.search(r"version_info >= \((\d+), (\d+)\)", makefile)
    version = f"{asked[1]}.{asked[2]}"
    target = re.search(
        r'target-version = "py(\d)(\d+)"', (ROOT / "pyproject.toml").read_text()
    )
    assert target.groups() == asked.groups()
    for file in ("Makefile", "README.md", "CONTRIBUTING.md"):
        named = re.findall(
            r"Python (\d\.\d+) or newer", (ROOT / file).read_text()
        )
        assert named == [version], file


@claim(
    "The text and the figures are licensed CC BY-NC-SA 4.0: copy and change "
    "them for any purpose that is not commercial, name where they come from, "
    "and pass them on under the same licence.",
    "The code is under the MIT licence: do with it what you like, and keep "
    "its notice.",
)
def test_licences_are_those_that_the_text_names():
    lines = (ROOT / "LICENSE").read_text().replace("-\n", "-")
    licence = " ".join(lines.split())
    for words in (
        "Code: the MIT License ",
        "Text and figures: CC BY-NC-SA 4.0 ",
        "Attribution-NonCommercial-ShareAlike 4.0 International License.",
        "which is licensed CC BY-NC-SA 3.0 CN.",
    ):
        assert words in licence
    for file in ("README.md", "docs/about/index.md", "mkdocs.yml"):
        linked = re.findall(
            r"licenses/by-nc-sa/([\d.]+)/", (ROOT / file).read_text()
        )
        assert linked == ["4.0"], file


@claim(
    "> The authors of Introduction to Neural Networks (<year>). Introduction "
    "to Neural Networks. Edition of the date at the page's foot.",
    "CITATION.cff says the same to programs.",
)
def test_citation_file_cites_as_the_page_does(said):
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    cited = cited["preferred-citation"]
    (author,) = cited["authors"]
    assert cited["year"] == said.year
    assert f"> {author['name']} ({said.year:g}). {cited['title']}. " in plain(
        source("about/index.md")
    )


@claim(
    "Each of them is held against something else, on every change, and one "
    "that fails stops the book from being published.",
)
def test_nothing_is_published_that_fails():
    workflow = (ROOT / ".github/workflows/publish.yml").read_text()
    jobs = yaml.safe_load(workflow)["jobs"]
    assert jobs["deploy"]["needs"] == "build"
    assert "continue-on-error" not in workflow
    runs = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert runs.index("bash .ci/run") < runs.index("make site")


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("make"),
    reason="only on Linux pip brings CUDA along",
)
@pytest.mark.parametrize(
    ("surroundings", "is_told"),
    [
        ({}, True),
        ({"PIP_EXTRA_INDEX_URL": "file:///cpu"}, False),
        ({"PIP_FIND_LINKS": "/wheels"}, False),
        ({"PIP_EXTRA_INDEX_URL": ""}, True),
    ],
)
def test_a_reader_is_told_before_gigabytes_are_fetched(
    tmp_path, surroundings, is_told
):
    for file in ("Makefile", LOCK, "tests/requirements.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    done = subprocess.run(
        ["make", "--dry-run", "site", f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        env=kept | {"PIP_CONFIG_FILE": os.devnull} | surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pip install" in done.stdout
    assert ("comes with CUDA" in done.stdout) == is_told


def test_hooks_before_a_commit_are_part_of_the_check():
    """With the tools that are installed anyway, so that nothing is fetched."""
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (repository,) = settings["repos"]
    assert repository["repo"] == "local"
    makefile = (ROOT / "Makefile").read_text()
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        tool = hook["entry"].split()[0]
        assert re.search(rf"\$\(BIN\)/(python -m )?{tool}\b", makefile), tool
