import pytest

from press.sheets import without, without_variables

WORDS = {"met", "copy"}


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".met{a:b}.other{a:b}", ".met{a:b}"),
        ("p,.other p,.met>p{a:b}", "p,.met>p{a:b}"),
        ("@media print{.other{a:b}}p{c:d}", "p{c:d}"),
        ("@media print{.met{a:b}.other{a:b}}", "@media print{.met{a:b}}"),
        ("[type=copy]{a:b}[type='none']{a:b}", "[type=copy]{a:b}"),
        ("p:not(.other){a:b}", "p:not(.other){a:b}"),
        (":is(.met,p) b{a:b}", ":is(.met,p) b{a:b}"),
        ("@font-face{a:b}@keyframes other{to{a:b}}",) * 2,
        ('.met{a:url("x;{}")}.other{}', '.met{a:url("x;{}")}'),
        ("/* .met */@import 'a';p{a:b}", "@import 'a';p{a:b}"),
    ],
)
def test_rules_for_what_the_site_lacks_go(sheet, left):
    assert without(sheet, WORDS) == left


def test_variables_that_nothing_uses_go():
    sheet = ":root{--a:url('x;}');--b:1;c:d}p{--a:2}"
    assert without_variables(sheet, {"--b"}) == ":root{;--b:1;c:d}p{}"
