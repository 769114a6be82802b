import ast

import pytest

from tests.mutants.changes import MODULE, mutants_of

CODE = '''"""What the module is for."""
from contextlib import contextmanager

LIMIT = 3

@contextmanager
def drawn(x: int = 1) -> None:
    """What the function does."""
    plot(
        x,
        label="the curve",
        width=round(1.5),
    )
    yield x + 1

class Unit:
    def fires(self, z: float) -> bool:
        return z >= 0

if __name__ == "__main__":
    write(LIMIT, 5)
'''


@pytest.fixture
def changes(project):
    project({"snippets/one.py": CODE})
    return mutants_of("snippets/one.py")


def seen(changes, function):
    return {(m.was, m.now) for m in changes if m.function == function}


def test_changes_stand_in_functions_with_decorators_as_well(changes):
    assert ("yield x + 1", "yield x - 1") in seen(changes, "drawn")
    assert ("yield x + 1", "yield x + 2") in seen(changes, "drawn")
    assert ("x,", "") in seen(changes, "drawn")


def test_changes_stand_in_methods_and_in_the_module_itself(changes):
    assert ("return z >= 0", "return z > 0") in seen(changes, "Unit.fires")
    assert ("LIMIT = 3", "LIMIT = 4") in seen(changes, MODULE)


def test_what_runs_as_a_program_stays(changes):
    """Nothing writes into the project since a test imports a mutant."""
    assert not [mutant for mutant in changes if "__main__" in mutant.now]
    assert not [mutant for mutant in changes if "write" in mutant.was]


def test_each_change_knows_its_place_and_gives_another_program(changes):
    texts = [mutant.text for mutant in changes]
    assert len(set(texts)) == len(texts) > 15
    for mutant in changes:
        assert ast.dump(ast.parse(mutant.text)) != ast.dump(ast.parse(CODE))
        if mutant.was:
            assert mutant.was.startswith(
                CODE.splitlines()[mutant.line - 1].strip()
            )


def test_words_for_readers_and_types_stay(changes):
    for mutant in changes:
        assert '"""What the function does."""' in mutant.text
        assert "(self, z: float) -> bool" in mutant.text
        assert "\n@contextmanager\n" in mutant.text


def test_an_argument_is_known_by_its_name(changes):
    names = {m.now: m.keyword for m in changes if m.function == "drawn"}
    assert names["label=None,"] == "label"
    assert names['label="THE CURVE",'] == "label"
    assert names["yield x - 1"] == ""
    assert names["width=round(2.5),"] == "", "of round, which names it not"
    assert names["width=None,"] == "width"


def test_a_change_says_where_and_what(changes):
    said = {str(mutant) for mutant in changes}
    assert "snippets/one.py:14 (drawn): yield x + 1 → yield x - 1" in said
    assert "snippets/one.py:10 (drawn): x, → nothing" in said
