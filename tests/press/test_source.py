"""Formulas and sentences of a page, each with its line."""

from press.reading.source import displays, statements

PAGE = """\
---
description: Not prose, 1.
---

# A page

The first sentence.
The second, with $x = 1$.

$$
\\label{one}
x = 1
$$

<!-- not evaluated: it names a set -->
$$
\\begin{aligned}
y &= 2 \\\\
&= z
\\end{aligned}
$$

```python
# no prose, 2
x = "$$"
```

/// figure | curve
    alt: >-
        A curve.
        It rises.
    live: curve-explorer

```python exec="1"
print(3)
```

The caption.
///

- An item.
<div class="no-print" markdown="1">
</div>

## Exercises

1. What is it?

??? success "Solutions"

    1. It is this.

<details class="note" markdown="1">
"""


def test_formulas_are_found_with_label_line_and_excuse():
    first, second = displays("page.md", PAGE)
    assert (first.label, first.tex, first.line) == ("one", "x = 1", 12)
    assert first.excuse == ""
    assert second.label == ""
    assert second.tex.startswith("\\begin{aligned}\ny &= 2")
    assert second.line == 17
    assert second.excuse == "it names a set"


def test_a_formula_in_a_fold_has_its_label():
    page = '??? note "More"\n\n    $$\n    \\label{two}\n    x = 2\n    $$\n'
    assert [d[2:4] for d in displays("page.md", page)] == [("two", "x = 2")]


def test_sentences_are_found_with_their_lines():
    found = [*statements("page.md", PAGE)]
    assert [(s.text, s.line) for s in found] == [
        ("The first sentence.", 7),
        ("The second, with $x = 1$.", 8),
        ("A curve.", 30),
        ("It rises.", 31),
        ("The caption.", 38),
        ("- An item.", 41),
        ("1. What is it?", 47),
        ("1. It is this.", 51),
    ]
    assert [s.text for s in found if s.is_alternative] == [
        "A curve.",
        "It rises.",
    ]
    assert {s.text for s in found if s.figure == "curve"} == {
        "A curve.",
        "It rises.",
        "The caption.",
    }
    assert [s.text for s in found if s.is_question] == ["1. What is it?"]
