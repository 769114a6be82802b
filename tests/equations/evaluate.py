"""What a formula of the book says, worked out with numbers in place of signs.

A sign stands for one of these:

- a number, or a tensor without dimensions;
- a 1-dimensional tensor: a number many times over, one for each sample;
- a matrix, or a column as a matrix of one column;
- a function;
- a list, for signs with an index from 1: w_i;
- a dict, for signs with a layer: W^{[l]}; its None is the sign without one;
- a range, for an index or a layer that takes each of its values in turn.

Signs side by side are multiplied: matrices as matrices, samples one by one.
A matrix never meets a matrix of another shape, but a column is added to each
column of a matrix, as b is in W x + b, and a row to each row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import torch
from lark import Lark, Token, Tree
from torch import Tensor

Value = float | Tensor | Callable | list | dict | range
Symbols = Mapping[str, Value]

_PARSER = Lark(
    Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    maybe_placeholders=True,
    propagate_positions=True,
)
_FUNCTIONS = {
    r"\log": torch.log,
    r"\sin": torch.sin,
    r"\tanh": torch.tanh,
    r"\max": torch.maximum,
}
_RELATIONS = {
    "<": torch.lt,
    ">": torch.gt,
    r"\le": torch.le,
    r"\ge": torch.ge,
}


class NotDefinedError(Exception):
    """A sign of a formula stands for nothing that the test has named."""


class WrongShapeError(Exception):
    """Two parts of a formula do not fit together."""


class Relation:
    """One relation of a formula: what stands on both sides, and between."""

    def __init__(self, sign: str, left: Tensor, right: Tensor, said: Tree):
        self.sign, self.left, self.right = sign, left, right
        self.line = said.meta.line
        self.said = said  # the right side, as it is written

    @property
    def rounding(self) -> float | None:
        """Return how far rounded numbers on the right may be from the left.

        Half a unit of the last place, for each number with that many places;
        None if powers would make more of it.
        """
        if [*self.said.find_data("power")]:
            return None
        numbers = [
            *self.said.scan_values(
                lambda part: getattr(part, "type", "") == "NUMBER"
            )
        ]
        places = [len(text.partition(".")[2]) for text in numbers]
        return places.count(max(places)) * 0.5 * 10.0 ** -max(places)

    @property
    def truth(self) -> Tensor:
        """Return, for <, >, \\le and \\ge, for which samples it holds."""
        return _RELATIONS[self.sign](self.left, self.right)


def parse(tex: str) -> Tree:
    """Return the tree of a formula; raise lark's UnexpectedInput."""
    return _PARSER.parse(tex)


def relations(tree: Tree, symbols: Symbols, after: Symbols) -> list[Relation]:
    """Work out every relation of a formula, row by row.

    symbols: what the signs stand for. after: what those on the left of an
    arrow stand for once their value has been replaced.
    """
    found: list[Relation] = []
    for scope in _scopes(tree, symbols):
        left: Any = None
        for statement in (
            part for row in tree.children for part in row.children
        ):
            if statement.children[0] is None and left is None:
                raise WrongShapeError("a row goes on, but nothing stands above")
            found += _statement(statement, scope, after, left)
            left = found[-1].right if found else None
    return found


def shape(tex: str, symbols: Symbols) -> tuple[int, ...]:
    """Work out a shape, such as (n^{[l]}, m)."""
    (group,) = parse(tex).find_data("group")
    return tuple(int(size) for size in _arguments(group, symbols))


def _scopes(tree: Tree, symbols: Symbols) -> Iterator[Symbols]:
    """Yield the symbols with each free index at each of its values."""
    letters = {
        str(token)
        for token in tree.scan_values(
            lambda part: getattr(part, "type", "") == "LETTER"
        )
    }
    for partial in tree.find_data("partial"):
        letters.update(_split(partial)[1])
    bound = {str(bounds.children[0]) for bounds in tree.find_data("bounds")}
    free = sorted(
        sign for sign in letters - bound if isinstance(symbols.get(sign), range)
    )
    for values in product(*(symbols[sign] for sign in free)):
        yield {**symbols, **dict(zip(free, values, strict=True))}


def _statement(
    statement: Tree, symbols: Symbols, after: Symbols, above: Any
) -> list[Relation]:
    first, *rest = statement.children
    signs = [str(sign).lstrip("& ").strip() for sign in rest[::2]]
    if r"\leftarrow" in signs:
        left = _value(first, {**symbols, **after})
    else:
        left = above if first is None else _value(first, symbols)
    found = []
    for sign, expression in zip(signs, rest[1::2], strict=True):
        right = _value(expression, symbols)
        found.append(Relation(sign, _tensor(left), _tensor(right), expression))
        left = right
    return found


def _value(tree: Tree | Token, symbols: Symbols) -> Any:
    """Work out one part of a formula."""
    kind = tree.data if isinstance(tree, Tree) else tree.type
    return _KINDS[str(kind)](tree, symbols)


def _expression(tree: Tree, symbols: Symbols) -> Any:
    """Add and subtract."""
    sign, first, *rest = tree.children
    total = _value(first, symbols)
    if sign == "-":
        total = -_tensor(total)
    for sign, term in zip(rest[::2], rest[1::2], strict=True):
        value = _tensor(_value(term, symbols))
        total = _add(total, -value if sign == "-" else value)
    return total


def _term(tree: Tree, symbols: Symbols) -> Any:
    """Multiply and divide, apply functions, and add up after a sum sign."""
    factors = list(tree.children)
    result: Any = None
    operation = None
    while factors:
        factor = factors.pop(0)
        if isinstance(factor, Token) and factor.type in _OPERATIONS:
            operation = factor.type
            continue
        if isinstance(factor, Tree) and factor.data == "sum":
            value = _sum(factor, factors, symbols)
            factors = []
        else:
            value = _value(factor, symbols)
            if callable(value) and not isinstance(value, Tensor):
                value = _applied(value, factor, factors, symbols)
        combine = _OPERATIONS[operation or "TIMES"]
        result = value if result is None else combine(result, value)
        operation = None
    return result


def _applied(
    function: Callable, name: Tree, factors: list, symbols: Symbols
) -> Tensor:
    """Apply a function to the parenthesis that follows it.

    A function like log may do without: it takes what is multiplied there.
    """
    if factors and getattr(factors[0], "data", "") == "group":
        arguments = _arguments(factors.pop(0), symbols)
    elif factors and name.data == "function":
        taken = []
        while factors and not isinstance(factors[0], Token):
            taken.append(factors.pop(0))
        arguments = [_term(Tree("term", taken), symbols)]
    else:
        raise WrongShapeError("a function is applied to nothing")
    return function(*torch.broadcast_tensors(*map(_tensor, arguments)))


def _sum(tree: Tree, factors: list, symbols: Symbols) -> Any:
    (bounds,) = tree.children
    index, *limits = bounds.children
    if limits:
        first, last = (int(_value(limit, symbols)) for limit in limits)
        values = range(first, last + 1)
    else:
        values = symbols.get(str(index))
        if not isinstance(values, range):
            raise NotDefinedError(f"the range of {index}")
    total: Any = 0.0
    for value in values:
        inner = {**symbols, str(index): value}
        total = _add(total, _term(Tree("term", list(factors)), inner))
    return total


def _name(tree: Tree, symbols: Symbols) -> Any:
    """Look a sign up, with its layer, its index and its prime."""
    sign, *marks = tree.children
    layers = [mark for mark in marks if getattr(mark, "data", "") == "above"]
    stroke = "PRIME" in [getattr(mark, "type", "") for mark in marks] or any(
        len(mark.children) > 1 for mark in layers
    )
    key = " ".join(str(sign).replace("{", " ").replace("}", " ").split())
    key = r"\mathcal{L}" if key.startswith(r"\mathcal") else key
    key += "'" if stroke else ""
    if key not in symbols:
        raise NotDefinedError(key)
    value = symbols[key]
    if isinstance(value, dict) and not layers:
        value = _pick(value, None, key)
    for mark in layers:
        value = _pick(value, int(_value(mark.children[0], symbols)), key)
    for mark in marks:
        if getattr(mark, "data", "") == "below":
            for index in _indices(mark.children, value):
                value = _index(value, index, symbols, key)
    return value


def _indices(tokens: list[Token], value: Any) -> list[Token]:
    """Return the indices one by one: those of w_{jk}, and of w_{11}."""
    if len(tokens) == 1 and isinstance(value, list):
        (token,) = tokens
        if isinstance(value[0], list):  # the weights by row and column
            return [Token(token.type, digit) for digit in token]
    return tokens


def _split(partial: Tree) -> tuple[str, str]:
    """Return a derivative without its indices, and these in their order."""
    text = str(partial.children[0])
    below = r"_(?:\{([a-z]+)\}|([a-z]))"
    return re.sub(below, "", text), "".join(
        "".join(found) for found in re.findall(below, text)
    )


def _partial(tree: Tree, symbols: Symbols) -> Any:
    """Look up a derivative by its fraction without indices, which follow."""
    key, indices = _split(tree)
    if key not in symbols:
        raise NotDefinedError(key)
    value = symbols[key]
    for letter in indices:
        value = _index(value, Token("LETTER", letter), symbols, key)
    return value


def _index(value: Any, index: Token, symbols: Symbols, key: str) -> Any:
    """Take the part with an index: of a list, or a column of a matrix."""
    if index.type == "LETTER" and str(index) not in symbols:
        raise NotDefinedError(f"{key}_{index}")
    place = int(symbols[str(index)] if index.type == "LETTER" else index)
    if isinstance(value, Tensor) and value.dim() == 2:
        return value[:, place - 1 : place]
    return _pick(value, place - 1, f"{key}_{place}")


def _pick(value: Any, place: int | None, key: str) -> Any:
    if isinstance(value, Tensor) or not hasattr(value, "__getitem__"):
        raise NotDefinedError(f"a part of {key}")
    try:
        return value[place]
    except (KeyError, IndexError):
        where = "" if place is None else f" at {place}"
        raise NotDefinedError(f"{key}{where}") from None


def _power(tree: Tree, symbols: Symbols) -> Any:
    base, exponent = (_tensor(_value(part, symbols)) for part in tree.children)
    if base.dim() == 2:
        raise WrongShapeError("a matrix has no power here")
    return base**exponent


def _fraction(tree: Tree, symbols: Symbols) -> Any:
    return _divide(*(_value(part, symbols) for part in tree.children))


def _matrix(tree: Tree, symbols: Symbols) -> Tensor:
    rows = [
        [float(_value(cell, symbols)) for cell in row.children]
        for row in tree.children
    ]
    return torch.tensor(rows, dtype=torch.float64)


def _cases(tree: Tree, symbols: Symbols) -> Tensor:
    """Take, sample by sample, the case whose condition holds."""
    total, holding = torch.tensor(0.0).double(), torch.tensor(0.0).double()
    for case in tree.children:
        expression, condition = case.children
        (relation,) = _statement(condition, symbols, {}, None)
        is_at_edge = (relation.left == relation.right).any()
        if relation.sign in (r"\le", r"\ge") and not is_at_edge:
            raise WrongShapeError("no sample is at the edge of a case")
        value = _tensor(_value(expression, symbols))
        total = total + torch.where(relation.truth, value, 0.0)
        holding = holding + relation.truth
    if not (holding == 1).all():
        raise WrongShapeError("no case holds, or two do, for some sample")
    return total


def _transposed(tree: Tree, symbols: Symbols) -> Tensor:
    value = _tensor(_value(tree.children[0], symbols))
    if value.dim() != 2:
        raise WrongShapeError("only a matrix can be transposed")
    return value.T


def _arguments(group: Tree, symbols: Symbols) -> list:
    return [_value(part, symbols) for part in group.children]


def _group(tree: Tree, symbols: Symbols) -> Any:
    (value,) = _arguments(tree, symbols)
    return value


def _absolute(tree: Tree, symbols: Symbols) -> Tensor:
    inner = parse(str(tree.children[0])[1:-1])
    (expression,) = inner.find_data("expression")
    value = _value(expression, symbols)
    if isinstance(value, list):  # the length of an arrow
        return torch.stack(value).norm(dim=0)
    return _tensor(value).abs()


def _number(tree: Tree, symbols: Symbols) -> float:
    return float(str(tree.children[0]).replace(r"\,", ""))


def _symbol(tree: Tree, symbols: Symbols) -> Any:
    return _name(Tree("name", tree.children), symbols)


def _root(tree: Tree, symbols: Symbols) -> Tensor:
    return _tensor(_value(tree.children[0], symbols)).sqrt()


def _function(tree: Tree, symbols: Symbols) -> Callable:
    name = str(tree.children[0])
    return symbols.get(name, _FUNCTIONS[name])


def _tensor(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, (int, float)):
        return torch.tensor(float(value), dtype=torch.float64)
    raise WrongShapeError("a function or a list stands where a number should")


def _add(left: Any, right: Any) -> Tensor:
    left, right = _tensor(left), _tensor(right)
    is_part = left.dim() == right.dim() == 2 and any(
        left.shape[along] == right.shape[along]
        and 1 in (left.shape[1 - along], right.shape[1 - along])
        for along in (0, 1)  # a column of a matrix, or a row
    )
    if 0 in (left.dim(), right.dim()) or is_part:
        return left + right
    _require_equal_shapes(left, right)
    return left + right


def _multiply(left: Any, right: Any) -> Tensor:
    left, right = _tensor(left), _tensor(right)
    if left.dim() == right.dim() == 2:
        if left.shape[1] != right.shape[0]:
            raise WrongShapeError(
                f"no matrix product of {_shape(left)} and {_shape(right)}"
            )
        return left @ right
    return _elementwise(left, right)


def _elementwise(left: Any, right: Any) -> Tensor:
    left, right = _tensor(left), _tensor(right)
    if 0 not in (left.dim(), right.dim()):
        _require_equal_shapes(left, right)
    return left * right


def _divide(left: Any, right: Any) -> Tensor:
    return _elementwise(left, 1 / _tensor(right))


def _require_equal_shapes(left: Tensor, right: Tensor) -> None:
    if left.shape != right.shape:
        raise WrongShapeError(f"{_shape(left)} does not fit {_shape(right)}")


def _shape(value: Tensor) -> str:
    return str(tuple(value.shape))


_OPERATIONS = {"TIMES": _multiply, "OVER": _divide, "HADAMARD": _elementwise}
_KINDS = {
    "expression": _expression,
    "term": _term,
    "name": _name,
    "symbol": _symbol,
    "number": _number,
    "power": _power,
    "fraction": _fraction,
    "root": _root,
    "matrix": _matrix,
    "cases": _cases,
    "transposed": _transposed,
    "group": _group,
    "absolute": _absolute,
    "function": _function,
    "partial": _partial,
}
