"""Questions to test oneself with; what is right is computed by the snippets."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple


class Question(NamedTuple):
    """A question with its answers, in Markdown.

    wrong: what comes out if one makes a mistake that is often made.
    because: how the right answer comes about.
    """

    asked: str
    right: str
    wrong: Sequence[str]
    because: str

    @property
    def choices(self) -> list[str]:
        """All answers, shuffled, but always in the same way."""
        return sorted(
            (self.right, *self.wrong),
            key=lambda choice: hashlib.sha256(
                (self.asked + choice).encode()
            ).digest(),
        )


def ask(questions: Sequence[Question], then: str = "") -> str:
    """Return the questions with their answers as Markdown for a page.

    then: what a figure of the page is set to once all are answered, for
    instance "four?z=3", for its z to be 3.
    """
    lines = ['<div class="questions" markdown="1">', ""]
    for number, question in enumerate(questions, start=1):
        lines += [f"{number}. {question.asked}", ""]
        for choice in question.choices:
            lines.append(f"    - {choice}")
            if choice == question.right:
                lines.append("      {: .right }")
        lines.append("")
    lines += [f'<self-test data-then="{then}"></self-test>', "", "</div>", ""]
    several = "s" * (len(questions) > 1)
    lines += [f'??? success "Answer{several}"', ""]
    for number, question in enumerate(questions, start=1):
        lines.append(f"    {number}. **{question.right}.** {question.because}")
    return "\n".join(lines)


def formula(number: float) -> str:
    """Return a number as a formula, with as few digits as it takes."""
    return f"${round(float(number), 3):g}$"
