"""What is said of an answer that is not the wanted one."""

import pytest
import torch

from snippets.notebooks.answer import (
    ask,
    check,
    require_answer,
    require_parts,
)

WANTED = torch.tensor([[0.5, -1.0, 2.0], [3.0, 4.0, 5.0]], dtype=torch.float64)


def changed(number: float) -> torch.Tensor:
    """Return what is wanted, but for the number in row 1, column 2."""
    mine = WANTED.clone()
    mine[1, 2] = number
    return mine


@pytest.mark.parametrize(
    "mine",
    [
        *(WANTED, WANTED.float(), WANTED + 1e-9, changed(5 + 1e-6)),
        *(WANTED.numpy(), WANTED.tolist(), WANTED * (1 + 5e-5)),
    ],
)
def test_a_right_answer_passes(mine):
    require_answer("a", mine, WANTED, "?")


def test_rounding_passes_where_0_is_wanted():
    require_answer("a", [5e-7], torch.zeros(1), "?")


def test_gradients_do_no_harm():
    require_answer("a", WANTED.clone().requires_grad_(), WANTED, "?")
    assert require_parts("f", [WANTED.requires_grad_()], "w")[0].grad is None


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (None, "a must be numbers: it gives None; is there a return?"),
        ("0.5", "a must be numbers: it gives one str"),
        ([0.5, None], "a must be numbers: it gives one list"),
        ([[0.5], [1.0, 2.0]], "a must be numbers: it gives one list"),
        (WANTED[0], "a has the shape (3,), not (2, 3)"),
        (WANTED.T, "a has the shape (3, 2), not (2, 3)"),
        (changed(5.1), "at [1, 2] a is 5, but yours is 5.1; why?"),
        (changed(torch.nan), "at [1, 2] a is 5, but yours is nan; why?"),
        (-WANTED, "at [0, 0] a is 0.5, but yours is -0.5; why?"),
        (
            WANTED.half() * 1.2345,
            "at [0, 0] a is 0.5, but yours is 0.6172; why",
        ),
    ],
)
def test_a_wrong_answer_is_told_so(mine, said):
    with pytest.raises(AssertionError) as raised:
        require_answer("a", mine, WANTED, "why?")
    assert str(raised.value).startswith(said)


def test_the_inputs_say_which_number_is_meant():
    wanted = WANTED[0]
    mine = torch.tensor([0.5, -1.0, 2.5])
    with pytest.raises(AssertionError, match=r"^for z = 7.5 a is 2, but "):
        require_answer("a", mine, wanted, "?", at=torch.tensor([1, 2, 7.5]))
    columns = torch.tensor([[1, 2, 3], [4, 5, 6.0]])
    with pytest.raises(AssertionError, match=r"^for \(3, 6\) a is 2, but"):
        require_answer("a", mine, wanted, "?", at=columns)
    with pytest.raises(AssertionError, match=r"^a is 2, but yours is 3; \?$"):
        require_answer("a", torch.tensor(3), torch.tensor(2), "?")


@pytest.mark.parametrize("mine", [(1, 2), [1, 2]])
def test_parts_are_handed_on(mine):
    parts = require_parts("f", mine, "w", "b")
    assert [part.item() for part in parts] == [1, 2]
    assert {part.dtype for part in parts} == {torch.float64}


def test_parts_that_are_no_numbers_stay_what_they_are():
    pair = (torch.ones(1), torch.ones(1))
    assert require_parts("f", [pair, None], "w", "b") == [pair, None]


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (None, "f must give w, b: it gives None; is there a return?"),
        (3, "f must give w, b: it gives one int"),
        ((1,), "f must give w, b: it gives 1, not 2"),
        ((1, 2, 3), "f must give w, b: it gives 3, not 2"),
    ],
)
def test_parts_that_are_missing_are_told_so(mine, said):
    with pytest.raises(AssertionError) as raised:
        require_parts("f", mine, "w", "b")
    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AssertionError("a is 5"), "Not yet: a is 5"),
        (NotImplementedError("f: add them up"), "Still blank: f: add them up"),
        (
            NotImplementedError('"addmm" for Half'),
            'Your code stops with NotImplementedError: "addmm" for Half',
        ),
        (KeyError("w"), "Your code stops with KeyError: 'w'"),
        (SystemExit(3), "Your code stops with SystemExit: 3"),
    ],
)
def test_a_check_tells_what_is_amiss(error, said, capsys):
    with check("all of it."):
        raise error
    assert capsys.readouterr().out == f"{said}\n"


def test_a_check_tells_what_is_right(capsys):
    with check("all of it."):
        assert ask(len, [1, 2]) == 2
    assert capsys.readouterr().out == "Right: all of it.\n"


def test_a_check_can_be_interrupted():
    with pytest.raises(KeyboardInterrupt), check("?"):
        raise KeyboardInterrupt


def test_what_is_asked_with_may_be_written_into():
    given = torch.ones(2)
    assert ask(torch.Tensor.add_, given, 1).tolist() == [2, 2]
    assert given.tolist() == [1, 1]
