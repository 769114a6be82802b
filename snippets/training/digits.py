"""A network reads handwritten digits."""

import base64
import json
from functools import cache
from itertools import groupby
from typing import NamedTuple

import torch
from jaxtyping import Float, Int8, Int64
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from torch import Tensor

from snippets.contract import (
    Count,
    Examples,
    LearningRate,
    PerLayer,
    Steps,
    checked,
)
from snippets.figure import INK, PALETTE, blank_axes, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.backward import backward
from snippets.propagation.forward import forward
from snippets.propagation.pytorch import set_parameters
from snippets.propagation.softmax import softmax, softmax_cross_entropy
from snippets.training.dataset import Labels, read_digits
from snippets.training.index import (
    Plan,
    adam,
    batches,
    remember_nothing,
    step_by,
    train,
)


# --8<-- [start:one_hot]
@checked
def one_hot(labels: Labels) -> Float[Tensor, "10 m"]:
    """Return a column for each label, with a 1 in its row."""
    return torch.eye(10, dtype=torch.float64)[:, labels]
    # --8<-- [end:one_hot]


# --8<-- [start:split]
TEST = 449  # of 1797, a quarter


@checked
def split(
    by_position: bool, generator: torch.Generator
) -> tuple[Int64[Tensor, "train"], Int64[Tensor, "test"]]:
    """Choose the digits to learn from, and a quarter to be tested with."""
    order = torch.arange(1797)
    if not by_position:
        order = torch.randperm(1797, generator=generator)
    return order[:-TEST], order[-TEST:]
    # --8<-- [end:split]


# --8<-- [start:learn_digits]
NAMES = ("relu", "sigmoid")  # softmax takes the last z, before the sigmoid
PLAN = Plan(NAMES, softmax, adam, rates=[0.003] * 30, size=64)


class Run(NamedTuple):
    """A training: the network after each epoch, and its two sets of digits."""

    history: list[PerLayer[Layer]]
    train: Int64[Tensor, "train"]
    test: Int64[Tensor, "test"]


@cache
@checked
def learn_digits(
    seed: Steps, by_position: bool = False, hidden: Steps = 64
) -> Run:
    """Train a network on three quarters of the digits; hidden: 0 for none."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = read_digits()
    chosen, test = split(by_position, generator)
    sizes = (64, hidden, 10) if hidden else (64, 10)
    layers = initialise(sizes, generator)
    plan = PLAN if hidden else PLAN._replace(names=NAMES[1:])
    x, y = images[:, chosen], one_hot(labels[chosen])
    return Run(train(layers, x, y, plan, generator), chosen, test)
    # --8<-- [end:learn_digits]


# --8<-- [start:try_rate]
RATES = (0.0003, 0.001, 0.003, 0.01)
VALIDATION = 337


@checked
def try_rate(rate: LearningRate, seed: Steps = 0) -> list[float]:
    """Return % wrong on a validation part, after 10, 20 and 30 epochs."""
    generator = torch.Generator().manual_seed(seed)
    images, labels = read_digits()
    chosen, _ = split(False, generator)
    own, validation = chosen[:-VALIDATION], chosen[-VALIDATION:]
    layers = initialise((64, 64, 10), generator)
    plan = PLAN._replace(rates=[rate] * 30)
    x, y = images[:, own], one_hot(labels[own])
    history = train(layers, x, y, plan, generator)
    x, right = images[:, validation], labels[validation]
    return [100 - 100 * accuracy(now, x, right) for now in history[10::10]]
    # --8<-- [end:try_rate]


# --8<-- [start:scores]
@checked
def scores(
    layers: PerLayer[Layer], x: Examples["64 m"]
) -> Float[Tensor, "10 m"]:
    """Return the last z, from which softmax makes probabilities."""
    return forward(x, layers, NAMES[-len(layers) :])[1][-1].z


@checked
def accuracy(
    layers: PerLayer[Layer], x: Examples["64 m"], labels: Labels
) -> float:
    """Return the share of digits whose largest score is the right one's."""
    said = scores(layers, x).argmax(dim=0)
    return (said == labels).double().mean().item()
    # --8<-- [end:scores]


# --8<-- [start:nearest_mean]
@checked
def nearest_mean(
    x: Examples["64 m"], labels: Labels, fresh: Examples["64 n"]
) -> Int64[Tensor, "n"]:
    """Say which digit's mean image is nearest to each fresh one."""
    means = [x[:, labels == digit].mean(dim=1) for digit in range(10)]
    return torch.cdist(fresh.T, torch.stack(means)).argmin(dim=1)
    # --8<-- [end:nearest_mean]


# --8<-- [start:compare]
@checked
def compare(by_position: bool, seeds: Count = 5) -> dict[str, list[float]]:
    """Return the accuracy of three methods on the test part, for each seed."""
    images, labels = read_digits()
    found = {"nearest mean": [], "no hidden layer": [], "64 hidden units": []}
    for seed in range(seeds):
        for hidden, name in ((0, "no hidden layer"), (64, "64 hidden units")):
            run = learn_digits(seed, by_position, hidden)
            x, right = images[:, run.test], labels[run.test]
            found[name].append(accuracy(run.history[-1], x, right))
        x, known = images[:, run.train], labels[run.train]
        said = nearest_mean(x, known, images[:, run.test])
        share = (said == labels[run.test]).double().mean()
        found["nearest mean"].append(share.item())
    return found
    # --8<-- [end:compare]


# --8<-- [start:confusion]
@checked
def confusion(labels: Labels, said: Labels) -> Int64[Tensor, "10 10"]:
    """Count: in row j and column k the digits j that were called k."""
    return (10 * labels + said).bincount(minlength=100).reshape(10, 10)
    # --8<-- [end:confusion]


# --8<-- [start:calibration]
@checked
def calibration(
    by_position: bool, seeds: Count = 5
) -> list[tuple[int, float, float]]:
    """Return, by how sure it was: how many digits, the mean, the share right.

    The limits of the groups are 60, 90 and 99 %.
    """
    images, labels = read_digits()
    sure, right = [], []
    for seed in range(seeds):
        run = learn_digits(seed, by_position)
        y_hat = softmax(scores(run.history[-1], images[:, run.test]))
        most, said = y_hat.max(dim=0)
        sure.append(most)
        right.append((said == labels[run.test]).double())
    sure, right = torch.cat(sure), torch.cat(right)
    group = torch.bucketize(sure, torch.tensor([0.6, 0.9, 0.99]).double())
    return [
        (int(own.sum()), sure[own].mean().item(), right[own].mean().item())
        for own in (group == k for k in range(4))
    ]
    # --8<-- [end:calibration]


# --8<-- [start:train_digits_in_torch]
@checked
def train_digits_in_torch(layers: PerLayer[Layer], seed: Steps) -> list[float]:
    """Take ten updates in plain PyTorch; return the loss after each."""
    images, labels = read_digits()
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
    ).double()
    set_parameters(model, layers)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    loss_of = torch.nn.CrossEntropyLoss()
    generator = torch.Generator().manual_seed(seed)
    losses = []
    for batch in batches(1797, 64, generator)[:10]:
        loss = loss_of(model(images.T[batch]), labels[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            losses.append(loss_of(model(images.T), labels).item())
    return losses
    # --8<-- [end:train_digits_in_torch]


# --8<-- [start:first_losses]
@checked
def first_losses(layers: PerLayer[Layer], seed: Steps) -> list[float]:
    """Take the same ten updates with the book's own code."""
    images, labels = read_digits()
    y, memories, losses = one_hot(labels), remember_nothing(layers), []
    generator = torch.Generator().manual_seed(seed)
    for batch in batches(1797, 64, generator)[:10]:
        _, caches = forward(images[:, batch], layers, NAMES)
        gradients = backward(softmax(caches[-1].z) - y[:, batch], caches, NAMES)
        layers, memories = step_by(adam, layers, gradients, memories, 0.003)
        losses.append(softmax_cross_entropy(scores(layers, images), y).item())
    return losses
    # --8<-- [end:first_losses]


# --8<-- [start:draw_pixels]
LEVELS = 4  # of grey


def draw_pixels(
    sheet: Axes,
    pictures: list[tuple[Tensor, float, float]],
    cell: int,
    colour: str = INK,
) -> None:
    """Draw pictures of 64 numbers from 0 to 1: 0 as nothing, 1 as ink.

    Of each: its numbers, and its upper left corner. cell: the side of a pixel,
    in points. Neighbours of one shade in a row are one stroke.
    """
    ends: dict[int, list[tuple[float, float]]] = {}
    for numbers, x, y in pictures:
        left, top = round(72 * x), round(72 * y)  # whole, so that text is short
        levels = (numbers * LEVELS).round().clamp(max=LEVELS).view(8, 8)
        for row, shades in enumerate(levels.int().tolist()):
            height = (top - cell * (row + 0.5)) / 72
            for level, run in groupby(range(8), shades.__getitem__):
                columns = [*run]
                span = ends.setdefault(level, [])
                span.append(((left + cell * columns[0]) / 72, height))
                span.append(((left + cell * (columns[-1] + 1)) / 72, height))
    for level in range(1, LEVELS + 1):
        if places := ends.get(level):
            strokes = Outline(places, [1, 2] * (len(places) // 2))
            look = {"edgecolor": colour, "alpha": level / LEVELS, "lw": cell}
            sheet.add_patch(PathPatch(strokes, fill=False, **look))
    # --8<-- [end:draw_pixels]


# --8<-- [start:draw_digits]
@book_style()
def draw_digits() -> Figure:
    """Draw the first two of each digit."""
    figure, sheet = blank_axes(height=2.6)
    images, labels = read_digits()
    pictures = []
    for digit in range(10):
        for row in range(2):
            place = (labels == digit).nonzero()[row, 0]
            at = (0.12 + 0.66 * digit, 2.5 - 1.4 * row)
            pictures.append((images[:, place], *at))
        sheet.text(0.4 + 0.66 * digit, 1.4, str(digit), ha="center")
    draw_pixels(sheet, pictures, cell=5)
    return figure
    # --8<-- [end:draw_digits]


# --8<-- [start:draw_learning]
@book_style()
def draw_learning() -> Figure:
    """Draw loss and mistakes by epochs, for both ways to split."""
    figure, panels = new_axes(height=3.8, columns=2)
    images, labels = read_digits()
    for by_position, name, colour, line in (
        (False, "test, at random", "green", "--"),
        (True, "test, by position", "orange", "-."),
    ):
        run = learn_digits(0, by_position)
        parts = [(run.test, name, colour, line)]
        if not by_position:
            parts.append((run.train, "training, at random", "blue", "-"))
        for part, label, colour, line in parts:
            x, right = images[:, part], labels[part]
            losses, wrong = [], []
            for layers in run.history:
                z = scores(layers, x)
                losses.append(softmax_cross_entropy(z, one_hot(right)).item())
                wrong.append(100 - 100 * accuracy(layers, x, right))
            look = {"color": PALETTE[colour], "linestyle": line}
            panels[0].plot(losses, **look, label=label)
            panels[1].plot(wrong, **look)
    panels[0].set(ylabel="loss", xlabel="epochs", ylim=(0, 1.6), xlim=(0, 30))
    panels[1].set(ylabel="% wrong", xlabel="epochs", ylim=(0, 16), xlim=(0, 30))
    panels[0].set_yticks((0, 0.5, 1, 1.5))
    panels[1].set_yticks((0, 5, 10, 15))
    figure.legend(loc="outside lower center", ncols=2)
    return figure
    # --8<-- [end:draw_learning]


# --8<-- [start:draw_confusion]
@book_style()
def draw_confusion() -> Figure:
    """Draw which digit was called which, where other people wrote them."""
    figure, sheet = blank_axes(height=4.4)
    counts = confusion(*_answers(by_position=True))
    wide, high = 0.54, 0.36
    sheet.text(3.4, 4.15, "what the network says", ha="center")
    sheet.text(0.45, 1.9, "what it is", rotation=90, va="center")
    for digit in range(10):
        x, y = 0.95 + wide * (digit + 0.5), 3.72 - high * digit
        sheet.text(x, 3.92, str(digit), ha="center", va="center", alpha=0.8)
        sheet.text(0.8, y - 0.12, str(digit), va="center", alpha=0.8)
        for said in range(10):
            count = int(counts[digit, said])
            left = 0.95 + wide * said
            if count:
                _shade(sheet, left, y - 0.12, count, digit == said, wide, high)
    return figure


def _shade(
    sheet: Axes, left: float, y: float, count: int, right: bool, *size: float
) -> None:
    """Draw one cell with its number: blue where right, orange where not."""
    wide, high = size
    colour = PALETTE["blue" if right else "orange"]
    strong = not right and count > 5  # the words then stand out in the paper's
    strength = 1 if strong else 0.15 if right else 0.15 + count / 10
    spans = [left + 0.02, left + wide - 0.02], y - high / 2 + 0.02
    sheet.fill_between(
        spans[0],
        spans[1],
        y + high / 2 - 0.02,
        color=colour,
        alpha=strength,
        linewidth=0,
    )
    style = {"ha": "center", "va": "center"}
    style["color"] = PALETTE["paper"] if strong else INK
    sheet.text(left + wide / 2, y, str(count), **style)


def _answers(by_position: bool) -> tuple[Tensor, Tensor]:
    """Return the labels of the test part, and what the network says."""
    images, labels = read_digits()
    run = learn_digits(0, by_position)
    said = scores(run.history[-1], images[:, run.test]).argmax(dim=0)
    return labels[run.test], said
    # --8<-- [end:draw_confusion]


# --8<-- [start:draw_mistakes]
@book_style()
def draw_mistakes() -> Figure:
    """Draw every digit of the random test part that is read wrongly."""
    images, _ = read_digits()
    right, said = _answers(by_position=False)
    wrong = (right != said).nonzero()[:, 0]
    test = learn_digits(0).test
    rows = -(-len(wrong) // 9)  # nine to a row
    figure, sheet = blank_axes(height=1.3 * rows)
    pictures = []
    for number, place in enumerate(wrong.tolist()):
        x, y = 0.12 + 0.73 * (number % 9), 1.3 * (rows - number // 9) - 0.15
        pictures.append((images[:, test[place]], x, y))
        words = f"{right[place]} → {said[place]}"
        sheet.text(x + 0.32, y - 0.9, words, ha="center")
    draw_pixels(sheet, pictures, cell=6)
    return figure
    # --8<-- [end:draw_mistakes]


# --8<-- [start:draw_hidden]
@book_style()
def draw_hidden() -> Figure:
    """Draw the weights of six hidden units, before and after training."""
    figure, sheet = blank_axes(height=2.6)
    history = learn_digits(0).history
    before, after = history[0][0].W, history[-1][0].W
    units = (after - before).norm(dim=1).argsort(descending=True)[:6]
    orange, blue = [], []
    for row, (name, W) in enumerate((("before", before), ("after", after))):
        y = 2.4 - 1.2 * row
        sheet.text(0.08, y - 0.4, name, va="center")
        for column, unit in enumerate(units.tolist()):
            w = W[unit] / after[units].abs().max()
            at = (0.9 + 0.97 * column, y)
            _frame(sheet, *at, side=8 * 7 / 72)
            orange.append((w.clamp(min=0), *at))
            blue.append((-w.clamp(max=0), *at))
    draw_pixels(sheet, orange, 7, PALETTE["orange"])
    draw_pixels(sheet, blue, 7, PALETTE["blue"])
    return figure


def _frame(sheet: Axes, left: float, top: float, side: float) -> None:
    right, low = left + side, top - side
    x, y = (left, right, right, left, left), (top, top, low, low, top)
    sheet.plot(x, y, color=INK, linewidth=0.5)
    # --8<-- [end:draw_hidden]


# --8<-- [start:draw_calibration]
@book_style()
def draw_calibration() -> Figure:
    """Draw the share that is right against how sure the network is."""
    figure, (axes,) = new_axes(height=3.8)
    axes.plot([0, 100], [0, 100], ":", color=INK, linewidth=1)
    for by_position, name, colour, look in (
        (False, "at random", "green", "o--"),
        (True, "by position", "orange", "^-"),
    ):
        groups = calibration(by_position)
        sure = [100 * group[1] for group in groups]
        right = [100 * group[2] for group in groups]
        axes.plot(sure, right, look, color=PALETTE[colour], label=name)
    axes.set(xlabel="how sure, in %", ylabel="right, in %")
    axes.set(xlim=(40, 101), ylim=(25, 101))
    axes.legend()
    return figure
    # --8<-- [end:draw_calibration]


# --8<-- [start:rounded]
@checked
def levels_of(
    part: Float[Tensor, "*any"],
) -> tuple[float, Int8[Tensor, "*any"]]:
    """Round to whole levels from -127 to 127; return one's worth, and them."""
    scale = part.abs().max() / 127
    return scale.item(), (part / scale).round().to(torch.int8)


@checked
def rounded(layers: PerLayer[Layer]) -> PerLayer[Layer]:
    """Return the layers with each number rounded to one of 255 levels."""

    def back(part: Tensor) -> Tensor:
        """Return the number that each level means."""
        scale, levels = levels_of(part)
        return scale * levels.to(part.dtype)

    return [Layer(back(W), back(b)) for W, b in layers]
    # --8<-- [end:rounded]


# --8<-- [start:draw_reading]
# left and top, and how large a pixel, a unit or a row is, in inches
PAD, HIDDEN = (0.125, 2.75, 24 / 72), (3.125, 2.75, 12 / 72)
BARS = (5.0, 2.75, 0.26)
LONGEST = 1.05  # of the bars


@book_style()
def draw_reading() -> Figure:
    """Draw how the first mistake of the test part is read."""
    figure, sheet = blank_axes(height=3.1)
    images, _ = read_digits()
    run = learn_digits(0)
    right, said = _answers(by_position=False)
    x = images[:, run.test[(right != said).nonzero()[:1, 0]]]
    _, caches = forward(x, rounded(run.history[-1]), NAMES)
    a, y_hat = caches[1].a_previous, softmax(caches[1].z)
    faint = 1 / LEVELS  # so that only what is 0 is white
    ink, fired = (
        torch.where(part > 0, part.clamp(min=faint), 0)
        for part in (x[:, 0], a[:, 0] / a.max())
    )
    draw_pixels(sheet, [(ink, *PAD[:2])], cell=24)
    hidden = (fired, *HIDDEN[:2])
    draw_pixels(sheet, [hidden], cell=12, colour=PALETTE["blue"])
    for patch in sheet.patches:
        patch.set_gid("live-ink")
    for x, y, side in (PAD, HIDDEN):
        frame = Rectangle((x, y - 8 * side), 8 * side, 8 * side, fill=False)
        frame.set_linewidth(0.5)
        sheet.add_patch(frame)
    left, top, high = BARS
    heights = [top - high * (digit + 0.5) for digit in range(10)]
    ends = left + LONGEST * y_hat[:, 0]
    colour = PALETTE["orange"]
    bars = sheet.hlines(heights, left, ends, colors=colour, linewidth=9)
    bars.set_gid("live-bar")
    for digit, height in enumerate(heights):
        sheet.text(left - 0.15, height - 0.06, str(digit), ha="center")
    for place, words in zip(
        (PAD[0], HIDDEN[0], left),
        ("what is written", "hidden units", "what it says"),
        strict=True,
    ):
        sheet.text(place, 2.86, words)
    return figure
    # --8<-- [end:draw_reading]


@checked
def told() -> tuple[dict[str, tuple], str]:
    """Return where the figure has its parts, and the script that it needs.

    The script holds the rounded network, and digits of the test part.
    """
    images, _ = read_digits()
    run = learn_digits(0)
    layers = [[_packed(part) for part in pair] for pair in run.history[-1]]
    right, said = _answers(by_position=False)
    digits = {"right": [], "wrong": []}
    for place, label, answer in zip(
        run.test, right.tolist(), said.tolist(), strict=True
    ):
        pixels = (16 * images[:, place]).int().tolist()
        known = ["".join("0123456789abcdefg"[n] for n in pixels), label]
        digits["right" if label == answer else "wrong"].append(known)
    digits["right"] = digits["right"][:20]
    script = json.dumps({"layers": layers, **digits}, separators=(",", ":"))
    places = {"pad": PAD, "hidden": HIDDEN, "bars": (*BARS, LONGEST)}
    return places, f"book.digits={script}"


def _packed(part: Tensor) -> dict[str, object]:
    scale, levels = levels_of(part)
    packed = base64.b64encode(levels.numpy().tobytes()).decode()
    return {"scale": scale, "levels": packed}
