"""The lab on training: its solutions are the book's."""

import torch
from torch.testing import assert_close

from snippets.training.digits import (
    accuracy,
    confusion,
    learn_digits,
    read_digits,
    scores,
)
from snippets.training.index import Memory, adam, batches, momentum
from tests.notebooks.lab import lab


def test_optimisers_and_batches_are_the_books():
    names = lab("training").names
    w, dw = torch.ones(3).double(), torch.tensor([0.5, -2.0, 0.0]).double()
    nothing = Memory(0 * w, 0 * w, 0)
    direction, memory = momentum(dw, nothing)
    new = names["my_momentum"](w, 0 * w, dw, 0.1, 0.9)
    assert_close(new, (w - 0.1 * direction, memory.v))
    direction, memory = adam(dw, nothing)
    new = names["my_adam"](w, 0 * w, 0 * w, dw, 1, 0.1)
    assert_close(new, (w - 0.1 * direction, memory.v, memory.s))
    mine = names["my_batches"](10, 4, torch.Generator().manual_seed(0))
    assert_close(mine, batches(10, 4, torch.Generator().manual_seed(0)))


def test_reading_is_judged_as_in_the_chapter():
    names, said = lab("training").names, lab("training").said
    (images, labels), run = read_digits(), learn_digits(0)
    z, right = scores(run.history[-1], images[:, run.test]), labels[run.test]
    share = accuracy(run.history[-1], images[:, run.test], right)
    assert_close(float(names["my_accuracy"](z, right)), share)
    counts = names["my_confusion"](right, z.argmax(dim=0))
    assert_close(counts.long(), confusion(right, z.argmax(dim=0)).long())
    assert f"right: {share:.1%} of 449" in said["read"]
    assert said["nothing"] == "2.303\n"
