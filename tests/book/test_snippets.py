"""What pages show is what runs: code comes from snippets/, by name."""

import ast
import re
from collections import Counter

import pytest

from tests.book.conftest import ROOT, navigation, source

MARK = re.compile(r"# --8<-- \[(start|end):(\w+)\]")
INCLUDE = re.compile(r'^ *--8<-- "(snippets/[\w/]+\.py):(\w+)"$', re.M)
ANY_INCLUDE = re.compile(r"^.*--8<--.*$", re.M)
SNIPPETS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "snippets").rglob("*.py")
)


def included() -> Counter:
    return Counter(
        pair for page in navigation() for pair in INCLUDE.findall(source(page))
    )


@pytest.mark.parametrize("file", SNIPPETS)
def test_every_section_opens_and_closes_once(file):
    open_section, seen = None, set()
    for kind, name in MARK.findall((ROOT / file).read_text()):
        if kind == "start":
            assert open_section is None, f"{name} opens within {open_section}"
            assert name not in seen, f"{name} opens twice"
            open_section = name
            seen.add(name)
        else:
            assert name == open_section, (
                f"{name} closes, {open_section} is open"
            )
            open_section = None
    assert open_section is None, f"{open_section} is never closed"


@pytest.mark.parametrize("file", SNIPPETS)
def test_every_section_is_used(file):
    sections = [
        name
        for kind, name in MARK.findall((ROOT / file).read_text())
        if kind == "start"
    ]
    used = {name for path, name in included() if path == file}
    assert set(sections) == used


@pytest.mark.parametrize("file", SNIPPETS)
def test_a_section_bears_the_name_of_what_it_holds(file):
    """Of a function, class or constant that is defined within it."""
    text = (ROOT / file).read_text()
    for name in re.findall(r"\[start:(\w+)\]", text):
        section = text.split(f"[start:{name}]")[1].split(
            f"# --8<-- [end:{name}]"
        )[0]
        tree = ast.parse(section)
        defined = {
            n.name
            for n in tree.body
            if isinstance(n, ast.FunctionDef | ast.ClassDef)
        }
        defined |= {
            t.id
            for n in tree.body
            if isinstance(n, ast.Assign)
            for t in n.targets
            if isinstance(t, ast.Name)
        }
        defined |= {
            n.target.id for n in tree.body if isinstance(n, ast.AnnAssign)
        }
        assert name in defined


def test_pages_include_code_by_name_only():
    """Or a section of another page, which is marked there."""
    for page in navigation():
        text = re.sub(
            r"<!-- --8<-- \[\w+:\w+\] -->|--8<-- \"docs/[\w/]+\.md:\w+\"",
            "",
            source(page),
        )
        assert len(ANY_INCLUDE.findall(text)) == len(INCLUDE.findall(text)), (
            page
        )


def test_pages_hold_no_copy_of_a_snippet():
    """A block of code is an inclusion, or it is run."""
    fences = 0
    for page in navigation():
        for options, code in re.findall(
            r"^ *```python(.*?)\n(.*?)^ *```$", source(page), re.M | re.S
        ):
            fences += 1
            if "exec=" not in options:
                lines = [
                    line.strip() for line in code.splitlines() if line.strip()
                ]
                assert all(line.startswith("--8<--") for line in lines), page
    assert fences > 50


@pytest.mark.parametrize("page", navigation())
def test_code_on_a_page_is_as_narrow_as_a_page(page):
    blocks = re.findall(r"^```python.*?\n(.*?)^```$", source(page), re.M | re.S)
    long = [l for code in blocks for l in code.splitlines() if len(l) > 80]
    assert not long


@pytest.mark.parametrize("file", SNIPPETS)
def test_every_public_function_is_documented_and_typed(file):
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
            assert node.returns is not None, node.name
            for argument in [*node.args.args, *node.args.kwonlyargs]:
                typed = argument.annotation or argument.arg == "self"
                assert typed, (node.name, argument.arg)


@pytest.mark.parametrize("file", SNIPPETS)
def test_figures_share_no_state(file):
    text = (ROOT / file).read_text()
    assert not re.search(r"^(import|from) .*pyplot", text, re.M)
    assert "manual_seed(" not in text.replace("Generator().manual_seed(", "")
