import gzip
import json
from itertools import pairwise

import pytest
import torch

from snippets.network import Layer, count_parameters, initialise
from snippets.propagation.softmax import softmax, softmax_cross_entropy
from snippets.training import digits
from snippets.training.dataset import DIGITS, read_digits
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold


@claim(
    "Divided by <levels>, a pixel is a number from zero, paper, to one, ink, "
    "and an image a column of such numbers: all that a network needs for its "
    "input.",
)
def test_digits_are_as_the_file_has_them(said):
    """Its last number in a line is the digit, the others are pixels."""
    images, labels = read_digits()
    assert (images.shape, images.dtype) == ((64, 1797), torch.float64)
    assert (labels.shape, labels.dtype) == ((1797,), torch.int64)
    lines = gzip.decompress(DIGITS.read_bytes()).decode().split()
    for place in (0, 1000, 1796):
        *pixels, digit = map(int, lines[place].split(","))
        assert (said.levels * images[:, place]).tolist() == pixels
        assert labels[place] == digit
    assert (images.min(), images.max()) == (0, 1)
    assert labels.unique().tolist() == [*range(10)]


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (lambda file: None, FileNotFoundError, "is missing"),
        (lambda file: file.mkdir(), FileNotFoundError, "is missing"),
        (lambda file: file.write_bytes(b""), ValueError, "is damaged"),
        (
            lambda file: file.write_bytes(DIGITS.read_bytes()[:-1]),
            ValueError,
            "is damaged",
        ),
    ],
)
def test_a_missing_or_damaged_file_is_named(tmp_path, damage, error, said):
    file = tmp_path / "digits.csv.gz"
    damage(file)
    with pytest.raises(error) as raised:
        read_digits(file)
    assert str(raised.value).removeprefix("read_digits: ") == (
        f"{file} {said}; it comes with the book's code: fetch that again"
    )


@claim(
    "But <times> times, mostly about <block> digits apart, it begins anew with "
    "the digits 0 to 9, three times over, as if with a new form; so neighbours "
    "are probably by one writer.",
)
def test_blocks_of_digits_come_again(said):
    row = "".join(map(str, read_digits()[1].tolist()))
    places = [i for i in range(1797) if row.startswith("0123456789" * 3, i)]
    assert len(places) == said.times
    near = [abs(b - a - said.block) < 5 for a, b in pairwise(places)]
    assert sum(near) > 0.75 * len(near)


@claim(
    "Not the test part: a quarter of the digits to learn from, <held>, was "
    "held back as a validation part, and four rates were tried on the others.",
    "The two largest differ at the end by two digits of <held>, which may be "
    "luck; the smaller of them was taken, since it is further from leaping.",
    "Who chose the rate <rate> and <epochs> epochs?",
)
def test_rate_is_chosen_without_the_test_part(said, monkeypatch):
    assert said.held == digits.VALIDATION
    assert 4 * said.held == 1797 - digits.TEST
    assert digits.PLAN.rates == [said.rate] * int(said.epochs)
    assert digits.RATES[-2] == said.rate
    wrong = {each: digits.try_rate(each) for each in digits.RATES}
    ends = [each[-1] for each in wrong.values()]
    assert ends == sorted(ends, reverse=True)
    assert ends[1] > ends[2] + 1
    assert round((ends[2] - ends[3]) * said.held / 100) == 2
    seen = []
    monkeypatch.setattr(digits, "train", lambda layers, x, *_: seen.append(x))
    with pytest.raises(TypeError):
        digits.try_rate(said.rate)
    assert seen[0].shape[1] == 1797 - digits.TEST - said.held


@claim(
    "Strictly, that keeps only one test part out of the choice.",
    "Each of the others below, by position and four more at random, shares "
    "<least> to <most> of its <size> digits with this validation part.",
    "Where a test has to count, choose anew all the same.",
)
def test_other_test_parts_share_digits_with_the_validation_part(said):
    def drawn(seed, by_position=False):
        chance = torch.Generator().manual_seed(seed)
        chosen, test = digits.split(by_position, chance)
        return set(chosen[-digits.VALIDATION :].tolist()), set(test.tolist())

    validation, own = drawn(0)
    assert not validation & own
    others = [drawn(0, True)[1], *(drawn(seed)[1] for seed in range(1, 5))]
    assert {len(test) for test in others} == {said.size}
    shared = [len(test & validation) for test in others]
    assert (min(shared), max(shared)) == (said.least, said.most)


@claim(
    "Chosen anew for each of the four, the rate is the same: again the two "
    "largest come out best, with at most <few> digits of <held> between them.",
)
def test_each_split_would_choose_the_same_rate(said):
    assert said.held == digits.VALIDATION
    few = []
    for seed in range(1, 5):
        wrong = [digits.try_rate(rate, seed) for rate in digits.RATES]
        *worse, slow, fast = (percent for *_, percent in wrong)
        assert min(worse) > max(slow, fast)
        few.append(round(abs(slow - fast) * said.held / 100))
    assert max(few) == said.few


@claim("There are $1\\,797$ of them.")
def test_there_are_that_many():
    assert read_digits()[0].shape[1] == 1797


@claim(
    "A label is the name of a class and not a quantity, so it is <class_> and "
    "never <three>: one_hot takes int64 and nothing else, and torch's "
    "cross-entropy refuses such labels too.",
    "Labels are whole numbers from 0 to 9.",
)
def test_labels_are_whole_numbers(said):
    assert said.class_ == said.three == 3
    for labels in (torch.tensor([said.three]), torch.tensor([3]).int()):
        with pytest.raises(TypeError, match="labels must have the dtype torch"):
            digits.one_hot(labels)
        with pytest.raises(RuntimeError, match="Long"):
            torch.nn.functional.cross_entropy(torch.ones(1, 10), labels)
    for labels in (torch.tensor([10]), torch.tensor([-1])):
        with pytest.raises(ValueError, match="whole numbers from 0 to 9"):
            digits.one_hot(labels)
    assert digits.one_hot(torch.tensor([3]))[:, 0].tolist() == [
        *(0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    ]


@claim(
    "For a score of <large> the power of $e$ overflows, for <small> it becomes "
    "<zero>, and in float16 a score of <half> is too large; softmax and its "
    "loss subtract the largest first, so nothing overflows.",
)
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_scores_may_be_large(said, dtype):
    assert torch.tensor(said.small).double().exp() == said.zero
    assert torch.tensor(said.half).half().exp().isinf()
    assert torch.tensor(said.large).double().exp().isinf()
    z = torch.tensor([[1000.0, -1000.0], [-1000.0, 1000.0]], dtype=dtype)
    y = torch.eye(2, dtype=dtype)
    assert torch.equal(softmax(z), y)
    assert softmax_cross_entropy(z, y) == 0
    wrong = softmax_cross_entropy(z, y.flip(0))
    assert wrong == 2000
    with pytest.raises(ValueError, match="at least one example"):
        softmax_cross_entropy(z[:, :0], y[:, :0])


@claim(
    "A quarter of the digits, <test> drawn at random, is the test "
    "part; the network learns from the others, with Adam, in batches of "
    "<size>, for <epochs> epochs.",
    "The network has <inputs> inputs, <hidden> hidden ReLU units, and "
    "<classes> outputs, whose scores softmax turns into probabilities.",
)
def test_the_run_is_the_same_each_time(said):
    run = digits.learn_digits(0)
    assert (len(run.test), len(run.history)) == (said.test, said.epochs + 1)
    assert digits.PLAN.size == said.size
    assert run.history[0][0].W.shape == (said.hidden, said.inputs)
    assert run.history[0][1].W.shape == (said.classes, said.hidden)
    both = torch.cat((run.train, run.test)).sort()[0]
    assert both.tolist() == [*range(1797)]
    again = digits.learn_digits.__wrapped__(0)
    for one, other in zip(run.history[-1], again.history[-1], strict=True):
        assert torch.equal(one.W, other.W), "the same bits"


@pytest.fixture(scope="module")
def shares():
    return [digits.compare(by_position) for by_position in (False, True)]


@claim(
    "On digits of known hands the network is right on <known> of <all>.",
    "On those of new hands it is right on <new>, and so makes more than twice "
    "as many mistakes.",
    "The book's own code, with 64 hidden units, reads about <known> of <all> "
    "digits drawn at random, and about <new> of those at the end of the file, "
    "which are probably by other writers.",
    "Two simple methods show what the hidden layer is worth.",
)
def test_how_good_it_is(said, shares):
    mean = [{name: sum(s) / 5 for name, s in part.items()} for part in shares]
    for part in mean:
        best = part["64 hidden units"]
        assert part["nearest mean"] < part["no hidden layer"] < best
    at_random, by_position = (part["64 hidden units"] for part in mean)
    assert at_random >= 0.96
    assert at_random == pytest.approx(said.known / said.all, abs=0.005)
    assert by_position == pytest.approx(said.new / said.all, abs=0.005)
    assert 1 - by_position > 2 * (1 - at_random)
    assert max(shares[1]["64 hidden units"]) < min(shares[0]["64 hidden units"])


def test_split_by_position_keeps_the_order():
    train, test = digits.split(True, torch.Generator())
    assert torch.cat((train, test)).tolist() == [*range(1797)]
    assert len(test) == 449


@claim(
    "In both, three lines fall steeply at first and then level off: the "
    "training part, solid, ends lowest, at about <own> % mistakes; the test "
    "part drawn at random, dashed, at about <known> %; a test part by "
    "position, dash-dotted, clearly above, at about <new> %.",
)
def test_learning_curves(said):
    losses, wrong = digits.draw_learning().axes
    ends = {line.get_linestyle(): line.get_ydata()[-1] for line in wrong.lines}
    assert ends["-"] == pytest.approx(said.own, abs=0.5)
    assert ends["--"] == pytest.approx(said.known, abs=0.5)
    assert ends["-."] == pytest.approx(said.new, abs=0.5)
    for line in losses.lines:
        assert line.get_ydata()[-1] < 0.2 * line.get_ydata()[0]
    assert (drawing.frame(losses), drawing.frame(wrong)) == (
        ((0, 30), (0, 1.6)),
        ((0, 30), (0, 16)),
    )


@claim("The means of the table then differ by less than <band>.")
def test_another_last_digit_changes_little(said, shares, monkeypatch):
    """As on a processor that adds up in another order."""
    start = digits.initialise
    monkeypatch.setattr(
        digits,
        "initialise",
        lambda *args: [Layer(W * (1 + 1e-15), b) for W, b in start(*args)],
    )
    images, labels = read_digits()
    others = []
    for seed in range(5):
        run = digits.learn_digits.__wrapped__(seed)
        x, right = images[:, run.test], labels[run.test]
        others.append(digits.accuracy(run.history[-1], x, right))
    apart = sum(others) - sum(shares[0]["64 hidden units"])
    assert abs(100 * apart / 5) < said.band


@claim(
    "Training has made the weights larger, and neighbouring pixels begin to "
    r"agree; with $1\,348$ digits much of it still looks like noise.",
)
def test_neighbours_begin_to_agree():
    def likeness(layers):
        W = layers[0].W.view(-1, 8, 8)
        pairs = torch.stack([W[:, :, 1:].flatten(), W[:, :, :-1].flatten()])
        return torch.corrcoef(pairs)[0, 1]

    for seed in range(3):
        before, *_, after = digits.learn_digits(seed).history
        assert likeness(after) > likeness(before) + 0.1
        assert after[0].W.norm() > before[0].W.norm()


@claim(
    "All digits of the test part, drawn at random, that the network reads "
    "wrongly, as small pictures.",
    "Below each is what it is and, after an arrow, what the network says: 8 as "
    "1 and 3 as 5, for example.",
)
def test_every_mistake_is_shown():
    figure = digits.draw_mistakes()
    words = [text.get_text() for text in figure.axes[0].texts]
    right, said = digits._answers(by_position=False)
    wrong = right != said
    pairs = zip(right[wrong].tolist(), said[wrong].tolist(), strict=True)
    assert words == [f"{a} → {b}" for a, b in pairs]
    assert {"8 → 1", "3 → 5"} <= {*words}


@claim(
    "The cells on the diagonal, blue, hold <least> to <most> each.",
    "Elsewhere most cells are empty; the largest, orange, are <ones> ones that "
    "were called 9 and <threes> threes that were called 8.",
    "Mistakes are not spread evenly.",
    "The other starts mostly agree: threes were misread more often than any "
    "other digit in 44 of 50 such runs.",
    "Of the <all> here, <third> are threes, most of them called 8, and <ones> "
    "are ones called 9: look at these first.",
)
def test_confusion_counts_every_answer(said):
    right, told = digits._answers(by_position=True)
    counts = digits.confusion(right, told)
    assert counts.sum() == 449
    for j, k in ((1, 9), (3, 8), (5, 5)):
        assert counts[j, k] == ((right == j) & (told == k)).sum()
    diagonal = counts.diagonal()
    assert (diagonal.min(), diagonal.max()) == (said.least, said.most)
    others = counts - diagonal.diag()
    assert (others[1, 9], others[3, 8]) == (said.ones, said.threes)
    assert (others.sum(), others[3].sum(), others[1].sum()) == (
        said.all,
        said.third,
        7,
    )
    assert others.sum(dim=1).sort().values[-2:].tolist() == [7, said.third]
    agree = sum(most_misread(seed) == 3 for seed in range(5))
    assert agree > 5 / 2
    assert said.threes > said.third / 2
    assert others.flatten().sort()[0][-3] < min(said.ones, said.threes)
    assert (others == 0).sum() > 60
    drawn = [t.get_text() for t in digits.draw_confusion().axes[0].texts]
    assert len(drawn) == 2 + 20 + (counts > 0).sum()


def most_misread(seed):
    """Return the digit with the most mistakes in a run by position."""
    images, labels = read_digits()
    run = digits.learn_digits(seed, by_position=True)
    right = labels[run.test]
    said = digits.scores(run.history[-1], images[:, run.test]).argmax(dim=0)
    return right[said != right].bincount().argmax()


@claim(
    "A few pixels have no ink in any digit: the input there is 0, and with it "
    "the gradient.",
    "So their weights are still the noise of the beginning.",
    "There are <count>:",
)
def test_where_there_is_no_ink_nothing_is_learnt(said):
    empty = (read_digits()[0] == 0).all(dim=1)
    assert empty.sum() == said.count
    before, *_, after = digits.learn_digits(0).history
    assert torch.equal(before[0].W[:, empty], after[0].W[:, empty])
    assert (before[0].W != after[0].W)[:, ~empty].any(dim=0).all()


@claim(
    "For the test part drawn at random, dashed with circles, the points are "
    "near the diagonal, the second clearly above it.",
    "For the test part by position, solid with triangles, all but the last are "
    "below it: where it is about <sure> % sure, it is right in about <right> "
    "%.",
    "With known hands it is on the whole a little too modest; its least sure "
    r"answers, <few> of $2\,245$, are too few to tell.",
    "With new hands it claims too much: it has never seen them, and does not "
    "know what it does not know.",
)
def test_how_sure_it_may_be(said):
    known, new = (
        digits.calibration(by_position) for by_position in (False, True)
    )
    for groups in (known, new):
        assert sum(count for count, _, _ in groups) == 5 * 449
    assert 100 * new[0][1] == pytest.approx(said.sure, abs=1)
    assert 100 * new[0][2] == pytest.approx(said.right, abs=1)
    assert all(told > share for _, told, share in new[:3])
    assert known[1][2] - known[1][1] > 0.05
    assert known[0][0] == said.few
    assert all(told < share for _, told, share in known[1:])
    few, told, share = known[0]
    assert abs(told - share) < 2 * (share * (1 - share) / few) ** 0.5
    total = [sum(n * (s - r) for n, s, r in groups) for groups in (known, new)]
    assert total[0] < 0 < total[1]


@pytest.mark.parametrize("seed", range(3))
def test_ten_updates_in_torch_give_the_same_loss(seed):
    layers = initialise((64, 64, 10), torch.Generator().manual_seed(seed))
    theirs = digits.train_digits_in_torch(layers, seed)
    ours = digits.first_losses(layers, seed)
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert ours == sorted(ours, reverse=True)


@claim(
    r"$64 \cdot 64 + 64 + 64 \cdot 10 + 10 = 4810$, and $64 \cdot 10 + 10 = "
    "650$.",
)
def test_parameters():
    assert count_parameters((64, 64, 10)) == 4810
    assert count_parameters((64, 10)) == 650


@claim(
    r"About <share>; if it gives every digit the same probability, its loss is "
    r"$-\log 0.1 \approx 2.30$.",
    "It falls a great deal: to this network a pixel to the right is another "
    "input, and nothing tells it that neighbours belong together.",
    "It depends on the start: from <least> to <most> more digits of <all> are "
    "misread than with 64 units.",
    "Over five starts it is <known> on average with known hands, and <new> "
    "with new ones.",
)
def test_exercises(said):
    images, labels = read_digits()
    silent = initialise((64, 10), torch.Generator())
    silent[0] = silent[0]._replace(W=0 * silent[0].W)
    assert digits.accuracy(silent, images, labels) == pytest.approx(
        said.share, abs=0.01
    )
    lost = said.all * lost_with_eight_units(5)
    assert (lost.min().round(), lost.max().round()) == (said.least, said.most)
    assert lost.mean(dim=1).round().tolist() == [said.known, said.new]
    run = digits.learn_digits(0)
    x = images[:, run.test].view(8, 8, -1)
    moved = torch.cat((0 * x[:, :1], x[:, :-1]), dim=1).reshape(64, -1)
    assert digits.accuracy(run.history[-1], moved, labels[run.test]) < 0.6


def lost_with_eight_units(starts):
    """Return by how much 64 units are better: at random, by position."""
    images, labels = read_digits()

    def right(seed, by_position, hidden):
        run = digits.learn_digits(seed, by_position, hidden)
        x, known = images[:, run.test], labels[run.test]
        return digits.accuracy(run.history[-1], x, known)

    return torch.tensor(
        [
            [right(s, by, 64) - right(s, by, 8) for s in range(starts)]
            for by in (False, True)
        ]
    )


@pytest.mark.weekly
@claim(
    "Over forty it is <known> and <new>, which is too close to tell whether "
    "more is lost with new hands.",
    "It depends on the start: from <least> to <most> more digits of <all> are "
    "misread than with 64 units.",
)
def test_forty_starts_lose_about_as_much_on_new_hands(said):
    """Less than two standard errors lie between them."""
    lost = said.all * lost_with_eight_units(40)
    assert (lost.min().round(), lost.max().round()) == (said.least, said.most)
    assert lost.mean(dim=1).round().tolist() == [said.known, said.new]
    more = lost[1] - lost[0]
    assert more.mean() < 2 * more.std() / 40**0.5


def test_pixels_are_squares_where_they_are_and_as_dark():
    figure = digits.draw_digits()
    images, labels = read_digits()
    zero = (labels == 0).nonzero()[0, 0]
    ink = (images[:, zero] * digits.LEVELS).round().view(8, 8)
    for row in range(8):
        for column in range(8):
            x, y = 9 + 5 * (column + 0.5), 180 - 5 * (row + 0.5)  # points
            shades = [
                patch.get_alpha()
                for patch in figure.axes[0].patches
                for (x0, height), (x1, _) in strokes_of(patch)
                if x0 < x < x1 and abs(height - y) < 2.5
            ]
            level = ink[row, column].item() / digits.LEVELS
            assert shades == ([level] if level else [])


def strokes_of(patch):
    """Return the two ends of each stroke, in points."""
    assert patch.get_linewidth() == 5
    return (72 * patch.get_path().vertices).reshape(-1, 2, 2)


@claim(
    "The weights in Figure are those of the network above, each rounded "
    "to one of <levels> levels, which fit into a byte.",
    "All answers on the test part are the same:",
    "A square of 8 by 8 pixels with a written digit, the first of the test "
    "part that the network reads wrongly.",
    "A square of 8 by 8 hidden units, blue where they fire, the stronger "
    "the more; some are empty.",
    "On an empty square it bets on nothing, with at most <unsure> % for any "
    "digit, but a square full of ink it calls a <seven> and is <sure> % sure.",
    "An 8 on its way from ink to probabilities; hidden units that stay "
    "empty are silent.",
    "Ten bars for the digits 0 to 9, as long as their probabilities: the "
    "longest is that of 1, then come 8 and 3.",
)
def test_rounded_weights(said):
    images, labels = read_digits()
    run = digits.learn_digits(0)
    layers = digits.rounded(run.history[-1])
    for pair, exact in zip(layers, run.history[-1], strict=True):
        for part, whole in zip(pair, exact, strict=True):
            scale, steps = digits.levels_of(whole)
            assert torch.equal(part, scale * steps.double())
            assert (part - whole).abs().max() <= scale * 0.5001
            assert steps.abs().max() == (said.levels - 1) // 2
    x = images[:, run.test]
    before, after = (
        digits.scores(net, x).argmax(dim=0) for net in (run.history[-1], layers)
    )
    assert torch.equal(before, after)
    odd = torch.stack((torch.zeros(64), torch.ones(64)), dim=1).double()
    empty, full = softmax(digits.scores(layers, odd)).T
    assert 100 * empty.max() == pytest.approx(said.unsure, abs=0.5)
    assert (full.argmax(), 100 * full.max()) == (
        said.seven,
        pytest.approx(said.sure, abs=0.5),
    )
    (sheet,) = digits.draw_reading().axes
    (bars,) = sheet.collections
    longest = [right[0] - left[0] for left, right in bars.get_segments()]
    order = sorted(range(10), key=longest.__getitem__)[::-1]
    assert order[:3] == [1, 8, 3]
    first = (before != labels[run.test]).nonzero()[0, 0]
    assert labels[run.test[first]] == 8
    _, script = digits.told()
    told = json.loads(script.removeprefix("book.digits="))
    ink = [int(letter, 17) for letter in told["wrong"][0][0]]
    assert ink == (16 * x[:, first]).tolist()


def test_equations():
    hold("training/digits.md", {})
