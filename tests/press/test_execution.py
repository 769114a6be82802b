import pytest

from press.execution import run
from press.fault import Fault


def test_returns_what_the_fence_prints():
    assert run("for i in range(2):\n    print(i, end=';')\nprint()") == "0;1;\n"


def test_fences_share_no_names():
    run("x = 1; print(x)")
    with pytest.raises(Fault, match="NameError: name 'x' is not defined"):
        run("print(x)")


def test_functions_of_a_fence_see_its_names():
    assert run("x = 2\ndef f():\n    return x\nprint(f())") == "2\n"


@pytest.mark.parametrize("code", ["", "x = 1", "print()", "print('  ')"])
def test_a_fence_must_print(code):
    with pytest.raises(Fault, match="printed nothing"):
        run(code)


def test_an_exit_is_a_fault_too():
    with pytest.raises(Fault, match="raised SystemExit"):
        run("print('x'); raise SystemExit(0)")
