"""What one can do after the primer: slopes, and products of tensors."""

import torch

from snippets.primer.slopes import slope_between
from snippets.primer.tensors import dot_product, matrix_product
from snippets.questions import Question, formula


def questions() -> list[Question]:
    """Return the five questions at the primer's end."""
    z = torch.tensor(0.0, requires_grad=True)
    ((3 * z + 1) ** 2).backward()
    w, x = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 0.0, -1.0])
    product = matrix_product(torch.ones(3, 2), torch.ones(2, 4))
    return [
        Question(
            "What is the slope of $f(z) = z^2$ between $z = 1$ and $z = 3$?",
            formula(slope_between(lambda z: z**2, 1.0, 2.0)),
            (formula(8), formula(2), formula(6)),
            "The curve rises by $9 - 1 = 8$ while $z$ grows by 2.",
        ),
        Question(
            "And at $z = 3$ itself?",
            formula(slope_between(lambda z: z**2, 3.0, 1e-9)),
            (formula(9), formula(3), formula(12)),
            "The derivative is $2z$.",
        ),
        Question(
            "What is the slope of $a = (3z + 1)^2$ at $z = 0$?",
            formula(z.grad),
            (formula(2), formula(9), formula(1)),
            "By the chain rule it is $2 (3z + 1) \\cdot 3$.",
        ),
        Question(
            "What is the dot product of $(1, 2, 3)$ and $(2, 0, -1)$?",
            formula(dot_product(w, x)),
            ("the list $(2, 0, -3)$", formula(5), formula(7)),
            "It is one number: $1 \\cdot 2 + 2 \\cdot 0 + 3 \\cdot (-1)$.",
        ),
        Question(
            "A matrix of 3 rows and 2 columns is multiplied by one of 2 rows "
            "and 4 columns. What shape does the product have?",
            f"${tuple(product.shape)}$",
            (
                "$(4, 3)$",
                "$(2, 2)$",
                "none: they cannot be multiplied",
            ),
            "The two inner numbers, both 2, must agree; "
            "the outer two are left.",
        ),
    ]
