"""What a network does with examples that it has not seen."""

from functools import cache
from typing import NamedTuple

import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from snippets.activation.relu import disc
from snippets.activation.sigmoid import sigmoid
from snippets.contract import Bit, Count, Examples, PerLayer, Steps, checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.index import NAMES, learn_disc
from snippets.network import Layer, initialise
from snippets.propagation.forward import forward
from snippets.training.index import Decay, Plan, adam, train

SEEDS = range(1, 6)
SIZES = (2, 4, 8, 32, 128)


# --8<-- [start:share_wrong]
@checked
def share_wrong(
    layers: PerLayer[Layer], x: Examples["inputs m"], y: Bit["1 m"]
) -> float:
    """Return the share of points on the wrong side of one half."""
    y_hat, _ = forward(x, layers, NAMES)
    return ((y_hat > 0.5) != (y > 0.5)).double().mean().item()
    # --8<-- [end:share_wrong]


# --8<-- [start:gap_of_home]
@checked
def gap_of_home() -> tuple[float, float]:
    """Return the home network's share of mistakes: on its points, on fresh."""
    layers, x, y = learn_disc(1000)
    fresh = disc(torch.Generator().manual_seed(0), count=20_000)
    return share_wrong(layers, x, y), share_wrong(layers, *fresh)
    # --8<-- [end:gap_of_home]


# --8<-- [start:careless_disc]
@checked
def careless_disc(
    generator: torch.Generator, count: Count
) -> tuple[Float[Tensor, "2 m"], Bit["1 m"]]:
    """Scatter points as disc does, and turn one target in five around."""
    x, y = disc(generator, count)
    slips = torch.rand(1, count, generator=generator) < 0.2
    return x, torch.where(slips, 1 - y, y)
    # --8<-- [end:careless_disc]


# --8<-- [start:learn_careless]
class Mistakes(NamedTuple):
    """Shares of mistakes, every ten epochs from before the first."""

    training: list[float]
    validation: list[float]
    truth: list[float]  # on fresh points, all with their right targets


@cache
@checked
def learn_careless(
    units: Count, seed: Steps, decay: Decay = 0, count: Count = 120
) -> Mistakes:
    """Train on careless targets for 200 epochs, all of them in one batch."""
    generator = torch.Generator().manual_seed(seed)
    x, y = careless_disc(generator, count)
    validation = careless_disc(generator, 120)
    fresh = disc(generator, 2000)
    layers = initialise((2, units, 1), generator)
    plan = Plan(NAMES, sigmoid, adam, [0.1] * 200, size=count, decay=decay)
    history = train(layers, x, y, plan, generator)[::10]
    return Mistakes(
        *(
            [share_wrong(now, *part) for now in history]
            for part in ((x, y), validation, fresh)
        )
    )
    # --8<-- [end:learn_careless]


# --8<-- [start:best_stop]
@checked
def best_stop(mistakes: Mistakes) -> Steps:
    """Return where the validation part had the fewest mistakes, the first."""
    return mistakes.validation.index(min(mistakes.validation))
    # --8<-- [end:best_stop]


# --8<-- [start:remedies]
@checked
def remedies() -> dict[str, tuple[float, list[float]]]:
    """Return mean mistakes of 128 units on their targets, and all in truth."""
    found = {}
    for name, options in (
        ("as it is", {}),
        ("8 units", {"units": 8}),
        ("weight decay", {"decay": 0.3}),
        ("240 points", {"count": 240}),
        ("480 points", {"count": 480}),
    ):
        runs = [
            learn_careless(**{"units": 128} | options, seed=s) for s in SEEDS
        ]
        found[name] = (
            sum(run.training[-1] for run in runs) / 5,
            [run.truth[-1] for run in runs],
        )
    runs = [learn_careless(128, seed) for seed in SEEDS]
    stops = [(run, best_stop(run)) for run in runs]
    found["early stopping"] = (
        sum(run.training[stop] for run, stop in stops) / 5,
        [run.truth[stop] for run, stop in stops],
    )
    return found
    # --8<-- [end:remedies]


# --8<-- [start:draw_sizes]
@book_style()
def draw_sizes() -> Figure:
    """Draw mistakes against the number of hidden units."""
    figure, (axes,) = new_axes()
    runs = [[learn_careless(units, seed) for seed in SEEDS] for units in SIZES]
    for part, name, colour, line in (
        ("training", "their own targets", "blue", "--"),
        ("truth", "fresh points, the truth", "orange", "-"),
    ):
        shares = [[getattr(run, part)[-1] for run in size] for size in runs]
        values = 100 * torch.tensor(shares)
        look = {"color": PALETTE[colour]}
        low, high = values.amin(dim=1), values.amax(dim=1)
        axes.fill_between(SIZES, low, high, alpha=0.2, linewidth=0, **look)
        axes.plot(SIZES, values.mean(dim=1), line, label=name, **look)
    axes.set(xscale="log", xlabel="hidden units", ylabel="% wrong")
    axes.set_xticks(SIZES, [str(size) for size in SIZES])
    axes.minorticks_off()
    axes.set(xlim=(2, 128), ylim=(0, 50))
    axes.legend()
    return figure
    # --8<-- [end:draw_sizes]


# --8<-- [start:draw_stop]
@book_style()
def draw_stop() -> Figure:
    """Draw mistakes of 128 hidden units by epochs, the mean of five starts."""
    figure, (axes,) = new_axes()
    runs = [learn_careless(128, seed) for seed in SEEDS]
    epochs = range(0, 201, 10)
    for part, name, colour, line in (
        ("training", "training", "blue", "--"),
        ("validation", "validation", "green", "-."),
        ("truth", "fresh points, the truth", "orange", "-"),
    ):
        values = torch.tensor([getattr(run, part) for run in runs])
        mean = 100 * values.mean(dim=0)
        axes.plot(epochs, mean, line, color=PALETTE[colour], label=name)
    axes.axhline(20, color=INK, linewidth=0.8, linestyle=":")
    axes.set(xlabel="epochs", ylabel="% wrong", xlim=(0, 200), ylim=(0, 60))
    axes.legend()
    return figure
    # --8<-- [end:draw_stop]
