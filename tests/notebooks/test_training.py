"""The lab on training: its solutions are the book's."""

import inspect
import math
import re

import pytest
import torch
from torch.testing import assert_close

from press.reading.source import displays
from snippets.propagation.softmax import softmax, softmax_cross_entropy
from snippets.training.digits import (
    accuracy,
    confusion,
    learn_digits,
    one_hot,
    read_digits,
    scores,
)
from snippets.training.index import Memory, adam, batches, momentum
from snippets.training.initialisation import sizes_by_layer
from snippets.training.what_goes_wrong import RUNS, begin, go_forward, learn
from tests.claims import agree, claim
from tests.notebooks.lab import lab
from tests.tensors import chance, random

STILL = RUNS["weights of 0"]


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


@claim(
    "An epoch goes once through all examples, batch by batch, in a new order "
    "each time.",
    "Shuffle the places of the examples, and cut them into batches; the last "
    "one may be short.",
    "<places> places, <batches> batches of <size> and <short> of <left>, in a "
    "new order.",
)
def test_an_epoch_has_each_place_once(said):
    own, generator = lab("training").names["my_batches"], chance()
    count, size = int(said.places), int(said.size)
    epochs = [own(count, size, generator) for _ in range(2)]
    for epoch in epochs:
        sizes = [len(batch) for batch in epoch]
        assert sizes == [size] * int(said.batches) + [said.left]
        assert sizes.count(said.left) == said.short
        assert torch.cat(epoch).sort().values.equal(torch.arange(count))
    assert not torch.cat(epochs[0]).equal(torch.cat(epochs[1]))
    cell = lab("training").cells["check-batches"].source
    assert f"my_batches({count}, {size}, generator)" in cell


@claim(
    "<momentum> steps, and the parameters of torch.optim.SGD.",
    "<adam> steps, and the parameters of torch.optim.Adam.",
)
def test_optimisers_are_compared_for_some_steps(said):
    compared = inspect.signature(lab("training").names["compare"])
    assert [*compared.parameters] == ["take_step", "torchs", "remembered"]
    steps = []

    def take_step(w, v, dw, step):
        steps.append(step)
        return lab("training").names["my_momentum"](w, v, dw, 0.03, 0.9)

    lab("training").names["compare"](
        take_step,
        lambda parts: torch.optim.SGD(parts, lr=0.03, momentum=0.9),
        remembered=1,
    )
    assert len(steps) == said.momentum == said.adam


@claim(
    "Adam divides a mean of the gradients by the root of a mean of their "
    "squares.",
    "Both means begin at <start>, so in step $t$ both are corrected:",
    "Here $u$ is $<u>$.",
    "my_adam: <lines> lines for <formulas> formulas; return v and s as they "
    "are before they are corrected",
)
def test_adam_divides_mean_by_root_of_mean_square(said):
    assert torch.optim.Adam([torch.ones(1)]).defaults["eps"] == said.u
    text = lab("training").cells["momentum-solution"].source
    rows = [
        row
        for display in displays("", text)
        for row in re.split(r"\\\\|\\qquad.*\\qquad", display.tex)
    ]
    assert len(rows) == said.formulas == said.lines
    w, p, q = torch.zeros(1).double(), 0.9, 0.999
    v = s = torch.full((1,), said.start).double()
    given = random(4, 1)
    for t, dw in enumerate(given, start=1):
        w, v, s = lab("training").names["my_adam"](w, v, s, dw, t, 0.1)
        # each mean gives the gradients weights that fall from the last one
        ages = torch.arange(t - 1, -1, -1).double()[:, None]
        means = [
            ((1 - keep) * keep**ages * given[:t] ** power).sum(dim=0)
            for keep, power in ((p, 1), (q, 2))
        ]
        assert_close((v, s), tuple(means))
        # corrected, the weights of each add up to 1
        for keep in (p, q):
            total = ((1 - keep) * keep**ages).sum() / (1 - keep**t)
            assert total.item() == pytest.approx(1)
    mine, _, _ = lab("training").names["my_adam"](0 * w, v, s, dw, 5, 1.0)
    v, s = p * v + (1 - p) * dw, q * s + (1 - q) * dw**2
    wanted = -(v / (1 - p**5)) / ((s / (1 - q**5)).sqrt() + said.u)
    assert_close(mine, wanted)


@claim(
    "A network for <digits> digits has learnt nothing yet, and all its scores "
    "are <score>.",
    "Softmax gives each digit <share>, and $-\\log 0.1 = \\log 10$.",
)
def test_the_loss_of_knowing_nothing(said):
    _, labels = read_digits()
    z = torch.full((int(said.digits), len(labels)), said.score).double()
    assert_close(softmax(z), torch.full_like(z, said.share))
    assert math.isclose(-math.log(0.1), math.log(10))
    loss = softmax_cross_entropy(z, one_hot(labels)).item()
    assert loss == pytest.approx(-math.log(said.share))
    assert lab("training").said["nothing"] == f"{loss:.3f}\n" == "2.303\n"
    assert lab("training").before["weights"]["z"].equal(z)


@claim(
    "A layer with ReLU keeps the size of what passes through it if its weights "
    "have the variance $2/n$, where $n$ is the number of inputs.",
    "the variance is <above> / n for <many> inputs and for <few>.",
    "A factor of $f$ makes the variance $f^2$ times as large.",
    "my_weights: torch.randn(..., generator=generator) has the variance <one>; "
    "what does a factor do to a variance?",
)
def test_first_weights_keep_the_size(said):
    own = lab("training").names["my_weights"]
    for inputs in (int(said.many), int(said.few)):
        W = own(1000, inputs, chance())
        assert inputs * W.var() == pytest.approx(said.above, rel=0.02)
    drawn = torch.randn(10**5, generator=chance())
    assert drawn.var() == pytest.approx(said.one, rel=0.02)
    for f in (0.5, 3.0):
        assert (f * drawn).var() == pytest.approx((f**2 * drawn.var()).item())
    cell = lab("training").cells["check-weights"].source
    sizes = re.search(r"in \(\(\d+, (\d+)\), \(\d+, (\d+)\)\)", cell)
    assert [*map(float, sizes.groups())] == [said.many, said.few]
    for variance, is_kept in ((2.0, True), (1.0, False), (4.0, False)):
        sizes, _ = sizes_by_layer("relu", 10, variance, chance(), width=256)
        assert (0.5 < sizes[-1] / sizes[0] < 2) == is_kept


@claim(
    "All weights of a network begin at <weight>, and <ones> of its <examples> "
    "examples are to be named <one>.",
    "Its first loss is <first>.",
    "Where is the loss after <steps> steps?",
    "Nothing but the last bias learns, so the network says <share> each time: "
    "the loss of knowing nothing.",
    "No other rate would help; other weights would.",
)
def test_a_network_of_zeros_learns_a_share(said):
    x, y, before = begin(STILL, chance())
    assert y.shape == (1, said.examples)
    assert (y == said.one).sum() == said.ones
    layers, losses = learn(STILL, chance(), int(said.steps))
    for l, (old, new) in enumerate(zip(before, layers, strict=True), start=1):
        assert (said.weight == old.W).all()
        assert new.W.equal(old.W)
        assert new.b.equal(old.b) == (l < len(layers))
    agree([said.first], losses[0])
    z = layers[-1].b
    agree([said.share], torch.sigmoid(z))
    assert (go_forward(STILL, x, y, layers)[2][-1].z == z).all()
    p = y.mean()
    nothing = -(p * p.log() + (1 - p) * (1 - p).log())
    assert losses[-1] == pytest.approx(nothing.item(), abs=1e-6)
    shown = lab("training").said["zeros"]
    assert shown == f"{losses[0]:.3f} before, {losses[-1]:.3f} after\n"
    for rate in (0.03, 3.0):
        other = learn(STILL._replace(rate=rate), chance())[1]
        assert min(other) > nothing - 1e-9
    other = learn(STILL._replace(variance=2.0), chance())[1]
    assert other[-1] < nothing / 2


@claim(
    "The network says the digit that has the largest score.",
    "my_accuracy: z.argmax(dim=...) says where the largest number is",
    "none, some and all of <digits> digits.",
)
def test_the_largest_score_is_what_the_network_says(said):
    z = lab("training").before["confusion"]["z"]
    answers = [column.index(max(column)) for column in z.T.tolist()]
    assert z.argmax(dim=0).tolist() == answers
    cell = lab("training").cells["check-accuracy"].source
    assert f"torch.randn(10, {said.digits:g}, " in cell
    assert "for right in (0, 3, 7):" in cell
    right = lab("training").names["my_accuracy"](z, z.argmax(dim=0))
    assert right == 1


@claim(
    "Now let the book's network learn, a second or two, and judge it on "
    "<part> of the digits, which it has not seen:",
    "more than <right> of <of> digits are read as they were meant.",
    "Count them in a table: the row is the digit that it is, the column the "
    "one that was said.",
)
def test_reading_is_judged_as_in_the_chapter(said):
    names, shown = lab("training").names, lab("training").said
    (images, labels), run = read_digits(), learn_digits(0)
    assert len(run.test) / len(labels) == pytest.approx(said.part, abs=0.001)
    assert not set(run.test.tolist()) & set(run.train.tolist())
    z, right = scores(run.history[-1], images[:, run.test]), labels[run.test]
    share = accuracy(run.history[-1], images[:, run.test], right)
    assert share > said.right / said.of
    assert f"share > {said.right / said.of:g}" in (
        lab("training").cells["read"].source
    )
    assert_close(float(names["my_accuracy"](z, right)), share)
    answers = z.argmax(dim=0)
    counts = names["my_confusion"](right, answers)
    assert_close(counts.long(), confusion(right, answers).long())
    for digit, answer in ((8, 1), (9, 3)):
        both = (right == digit) & (answers == answer)
        assert counts[digit, answer] == both.sum()
    assert f"right: {share:.1%} of {len(right)}" in shown["read"]


@claim(
    "<pairs> pairs are counted, each in its place.",
    "counts[labels, said] += 1 would count each pair only <once>, however "
    "often it comes.",
)
def test_an_index_counts_each_pair_once(said):
    names = lab("training").names
    assert len(names["given"]) == len(names["answers"]) == said.pairs
    labels = torch.randint(0, 10, (int(said.pairs),), generator=chance())
    answers = torch.randint(0, 7, (int(said.pairs),), generator=chance(1))
    counts = torch.zeros(10, 10)
    counts[labels, answers] += 1
    right = names["my_confusion"](labels, answers)
    assert right.sum() == said.pairs
    assert right.max() > said.once
    assert counts.equal((right > 0).float() * said.once)


@claim("Another quarter, probably written by other people, is harder.")
def test_the_last_quarter_is_harder():
    images, labels = read_digits()
    shares = []
    for by_position in (False, True):
        run = learn_digits(0, by_position)
        assert len(run.test) / len(labels) == pytest.approx(1 / 4, abs=0.001)
        x, right = images[:, run.test], labels[run.test]
        shares.append(accuracy(run.history[-1], x, right))
    assert shares[0] > shares[1]
