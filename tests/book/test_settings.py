"""What keeps the build strict and the installation small."""

import re

from tests.book.conftest import ROOT


def test_every_requirement_is_pinned_and_has_its_reason():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert len(wanted) > 10
    for line in wanted:
        assert re.fullmatch(r"[\w-]+(\[\w+\])?==[\d.]+ +# \w.+", line), line
    assert any(line.startswith("torch==2.13.0 ") for line in wanted)


def test_build_is_strict():
    settings = (ROOT / "mkdocs.yml").read_text()
    assert "\nstrict: true\n" in settings
    assert "check_paths: true" in settings
    for links in ("absolute_links", "unrecognized_links", "anchors"):
        assert f"  {links}: warn\n" in settings


def test_commands_of_the_readme_exist():
    readme, makefile = (
        (ROOT / f).read_text() for f in ("README.md", "Makefile")
    )
    targets = set(re.findall(r"\bmake ([a-z]+)", readme)) - {"it"}
    assert {"site", "test", "serve"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target
    for module in re.findall(r"python -m (press|pytest|mkdocs)\b", readme):
        assert module in makefile
