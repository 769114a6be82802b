"""What numbers are, in digits and in words."""

import pytest

from press.reading.wording import number, plain, read


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("0.25", 0.25),
        ("−2.5", -2.5),
        ("10 000", 10000),
        ("10^{-6}", 1e-6),
        ("Twelve", 12),
        ("twenty", 20),
        ("twice", 2),
        ("half", 0.5),
        ("one quarter", 0.25),
        ("three tenths", 0.3),
        ("a dozen", 12),
        ("one in a million", 1e-6),
        ("nine in ten", 0.9),
    ],
)
def test_a_number_is_read_however_it_is_written(said, value):
    found = read("It is <n> of all.", f"It is {said} of all.")
    assert number(found["n"]) == pytest.approx(value)


def test_what_is_no_number_is_not_read():
    for said in ("x2", "many", "1.2.3", "twofold"):
        assert read("It is <n> of all.", f"It is {said} of all.") is None


def test_links_emphasis_and_signs_of_lists_are_left_out():
    said = "2. A *unit* is `f` [here](a.md#b), in $a * b$.[^smith2001]"
    assert plain(said) == "A unit is f here, in $a  b$."
    assert plain("| $x$ | the input |") == "$x$ | the input"
