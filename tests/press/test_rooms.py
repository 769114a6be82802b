"""The rooms of the press stand in one order, which imports keep to."""

import ast
from pathlib import Path

import pytest

import press

PRESS = Path(press.__file__).parent
ROOMS = ["reading", "running", "markup", "website", "paper"]
ORDER = ["fault", *ROOMS, "__main__"]
FILES = [
    file
    for file in sorted(PRESS.rglob("*.py"))
    if file.relative_to(PRESS).with_suffix("").parts[0] in ORDER
]


def imports(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PRESS)))
def test_a_room_imports_from_those_before_it(file):
    room = ORDER.index(file.relative_to(PRESS).with_suffix("").parts[0])
    for module in imports(file):
        head, _, rest = module.partition(".")
        if head == "press" and rest:
            assert rest.split(".")[0] in ORDER[: room + 1], module


def test_the_map_names_every_room_in_order():
    places = [press.__doc__.index(f"{room}/") for room in ROOMS]
    assert places == sorted(places)


def test_files_are_short():
    long = [f for f in FILES if len(f.read_text("utf-8").splitlines()) > 250]
    assert not long
