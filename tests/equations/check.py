"""Holds the formulas of a page against the code of its chapter.

A chapter's test says what the signs of its formulas stand for, in numbers that
the snippets have computed, and calls `hold`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from lark.exceptions import UnexpectedInput
from torch import Tensor

from press.reading.source import displays, statements
from tests.equations.evaluate import (
    NotDefinedError,
    Relation,
    Symbols,
    WrongShapeError,
    parse,
    relations,
)

DOCS = Path(__file__).parents[2] / "docs"
CLOSE = 1e-9  # of the larger side, or of 1
_INLINE = re.compile(r"(?<![\\$])\$([^$\n]+)\$")
_EQUALITY = re.compile(r"=|.\\approx|.\\leftarrow")
_BOUNDS = re.compile(r"_\{[^{}]*\}")  # i = 1 below a sum
# z = 0, \alpha = 0.01: a value for a sign, which no computation can confirm
_VALUE = re.compile(
    r"\\?[a-zA-Z]+(?: [a-z])?(?:[_^]\S+)? = "
    r"(?:-|\\pm )?[\d.]+(?:\^\{?-?\d+\}?)?$"
)


class Formula(NamedTuple):
    """A formula that says something: where, under which name, and what."""

    line: int
    name: str  # its label, or, within a sentence, its own TeX
    tex: str


def equations(page: str) -> list[Formula]:
    """Return the formulas on their own that are to be evaluated."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [
        Formula(display.line, display.label, display.tex)
        for display in displays(page, text)
        if not display.excuse
    ]


def equalities(page: str) -> list[Formula]:
    """Return the formulas within sentences that state an equality."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [
        Formula(statement.line, tex, tex)
        for statement in statements(page, text)
        for tex in _INLINE.findall(statement.text)
        if _EQUALITY.search(_BOUNDS.sub("", tex)) and not _VALUE.match(tex)
    ]


def hold(
    page: str,
    symbols: Symbols,
    *,
    after: Symbols | None = None,
    below: Mapping[str, Symbols] | None = None,
    here: Mapping[str, Symbols] | None = None,
    truths: Mapping[str, Sequence[Tensor]] | None = None,
    given: Sequence[str] = (),
) -> None:
    """Assert that every formula of a page holds.

    page: its path below docs/.
    symbols: what the signs of the page stand for; tests/equations/evaluate.py
    says what a sign may be.
    after: what the signs left of an arrow stand for afterwards; below the
    label of a formula, what they stand for there.
    below: what differs below a heading, by its words.
    here: what differs in a single formula, by its label or its TeX.
    truths: for a formula of inequalities, when each of them has to be true.
    given: TeX of formulas within sentences that are conditions, not
    statements, or that name a sign for the sentence alone.
    """
    after, here, truths = after or {}, here or {}, truths or {}
    headings, below = _headings(page), below or {}
    found = equations(page) + equalities(page)
    assert found, f"docs/{page} has no formula to evaluate"
    known = {formula.name for formula in found}
    for name in (*here, *truths, *given):
        assert name in known, f"docs/{page} has no formula {name}"
    for name in below:
        assert name in headings.values(), f"docs/{page} has no heading {name}"
    for formula in found:
        if formula.name in given:
            continue
        *_, above = (headings[at] for at in headings if at < formula.line)
        local = {
            **symbols,
            **below.get(above, {}),
            **here.get(formula.name, {}),
        }
        truth = truths.get(formula.name)
        later = {**after, **after.get(formula.name, {})}
        for failure in _failures(formula, local, later, truth):
            raise AssertionError(f"docs/{page}:{failure}")


def _headings(page: str) -> dict[int, str]:
    """Return the headings of a page by their lines."""
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    return {
        number: line.lstrip("#").partition("{")[0].strip()
        for number, line in enumerate(lines, start=1)
        if re.match("#+ ", line)
    }


def _failures(
    formula: Formula,
    symbols: Symbols,
    after: Symbols,
    truth: Sequence[Tensor] | None,
) -> Iterator[str]:
    place = f"{formula.line}: {formula.tex}"
    try:
        found = relations(parse(formula.tex), symbols, after)
    except UnexpectedInput as error:
        yield f"{place}: cannot be read at {formula.tex[error.pos_in_stream :]}"
        return
    except NotDefinedError as error:
        yield f"{place}: nobody has said what {error} is"
        return
    except WrongShapeError as error:
        yield f"{place}: {error}"
        return
    if not found:
        yield f"{place}: states nothing"
    for number, relation in enumerate(found):
        if relation.sign == r"\approx" and relation.rounding is None:
            yield f"{place}: a power is no rounded number"
            return
        where = f"{formula.line + relation.line - 1}: {formula.tex}"
        if relation.sign in ("=", r"\approx", r"\leftarrow"):
            yield from _difference(relation, where)
        elif truth is None:
            yield f"{where}: nobody has said when it is true"
        elif not torch.equal(relation.truth, truth[number]):
            yield f"{where}: {relation.sign} holds where it should not"
        elif not (relation.left == relation.right).any():
            yield f"{where}: no sample has both sides equal"


def _difference(relation: Relation, where: str) -> Iterator[str]:
    left, right = relation.left, relation.right
    if right.dim() and left.shape != right.shape:
        yield f"{where}: {tuple(left.shape)} is not {tuple(right.shape)}"
        return
    allowed = CLOSE * torch.maximum(right.abs(), torch.ones_like(right))
    if relation.sign == r"\approx":
        allowed = allowed + relation.rounding
    off = (left - right).abs()
    wrong = ~(off <= allowed)  # NaN is wrong as well
    if not off.numel() or wrong.any():
        most = off.max()
        yield f"{where}: the sides differ by {most:.3g}"
