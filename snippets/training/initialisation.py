"""How large activations and errors are in each layer of a deep network."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import Count, Variance, checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.network import Layer, initialise
from snippets.propagation.forward import ACTIVATIONS, Name, forward


# --8<-- [start:sizes_by_layer]
@checked
def sizes_by_layer(
    activation: Name,
    depth: Count,
    variance: Variance,
    generator: torch.Generator,
    width: Count = 64,
) -> tuple[Float[Tensor, "depth"], Float[Tensor, "depth"]]:
    """Return the root mean square of a, and of dz, in each hidden layer.

    What goes forward is normally distributed; so is the error at the end.
    """
    layers, x = _begin(depth, variance, generator, width)
    a, caches = forward(x, layers, [activation] * depth)
    outputs = [cache.a_previous for cache in caches[1:]] + [a]
    dz = torch.randn(width, width, generator=generator, dtype=torch.float64)
    errors = [dz]
    for before, (_, _, W, _) in zip(caches[-2::-1], caches[:0:-1], strict=True):
        dz = (W.T @ dz) * ACTIVATIONS[activation].derivative(before.z)
        errors.append(dz)
    size = [
        [part.square().mean().sqrt() for part in parts]
        for parts in (outputs, errors[::-1])
    ]
    return torch.stack(size[0]), torch.stack(size[1])


def _begin(
    depth: int, variance: float, generator: torch.Generator, width: int
) -> tuple[list[Layer], Tensor]:
    """Draw the weights of all layers, and inputs: a column for each."""
    layers = [
        Layer(variance**0.5 * W, b)
        for W, b in initialise([width] * (depth + 1), generator)
    ]
    x = torch.randn(width, width, generator=generator, dtype=torch.float64)
    return layers, x
    # --8<-- [end:sizes_by_layer]


# --8<-- [start:draw_way_back]
LABELS = ("sigmoid", "tanh", "ReLU", "Leaky ReLU")
LOOKS = (
    ("-", PALETTE["blue"]),
    ("--", PALETTE["orange"]),
    ("-.", PALETTE["green"]),
    (":", INK),
)


@book_style()
def draw_way_back() -> Figure:
    """Draw the error in each of fifty layers, for two sizes of weights."""
    figure, panels = new_axes(height=3.6, columns=2)
    for axes, variance in zip(panels, (1, 4), strict=True):
        sizes = [
            sizes_by_layer(
                name, 50, variance, torch.Generator().manual_seed(0)
            )[1]
            for name in ACTIVATIONS
        ]
        _draw_sizes(axes, sizes, LABELS)
        axes.set(title=f"weights with variance {variance}/n")
        axes.set(ylim=(1e-35, 1e20), yticks=(1e-30, 1e-20, 1e-10, 1, 1e10))
    panels[0].set_ylabel("size of the error")
    legend = panels[0].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=4)
    return figure


def _draw_sizes(
    axes: Axes, sizes: Sequence[Tensor], labels: Sequence[str]
) -> None:
    """Draw what is in each layer, a line for each label."""
    for size, label, (line, colour) in zip(sizes, labels, LOOKS, strict=True):
        layers = range(1, len(size) + 1)
        axes.plot(layers, size, line, color=colour, label=label)
    axes.set(
        yscale="log", xlabel="layer", xticks=(1, len(size) // 2, len(size))
    )
    axes.minorticks_off()
    axes.label_outer()
    # --8<-- [end:draw_way_back]


# --8<-- [start:draw_way_forward]
@book_style()
def draw_way_forward() -> Figure:
    """Draw the activations' size in twenty layers, for four variances."""
    figure, panels = new_axes(height=3.6, columns=2)
    variances = (0.5, 1, 2, 4)
    for axes, name in zip(panels, ("tanh", "relu"), strict=True):
        sizes = [
            sizes_by_layer(
                name, 20, variance, torch.Generator().manual_seed(0)
            )[0]
            for variance in variances
        ]
        _draw_sizes(axes, sizes, [f"{variance}/n" for variance in variances])
        axes.set(title=name.replace("relu", "ReLU"), ylim=(1e-7, 1e4))
    panels[0].set_ylabel("size of the activations")
    legend = panels[0].get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=4)
    return figure
    # --8<-- [end:draw_way_forward]


# --8<-- [start:silent_by_layer]
@checked
def silent_by_layer(
    activation: Name,
    depth: Count,
    variance: Variance,
    generator: torch.Generator,
    width: Count = 64,
) -> Float[Tensor, "depth"]:
    """Return the share of units whose slope is 0 at each input, by layers."""
    layers, x = _begin(depth, variance, generator, width)
    _, caches = forward(x, layers, [activation] * depth)
    slope = ACTIVATIONS[activation].derivative
    silent = [(slope(cache.z) == 0).all(dim=1) for cache in caches]
    return torch.stack(silent).double().mean(dim=1)
    # --8<-- [end:silent_by_layer]


# --8<-- [start:draw_through_depth]
PLACES = (1, *range(5, 51, 5))  # the layers that are looked at
VARIANCES = (0.5, 1, 2, 4)


AT = torch.tensor(PLACES) - 1


def _powers(activation: str, variance: float) -> list[list[float]]:
    """Return the sizes of a and of dz as powers of ten."""
    generator = torch.Generator().manual_seed(0)
    sizes = sizes_by_layer(activation, PLACES[-1], variance, generator)
    return [[round(p, 2) for p in size[AT].log10().tolist()] for size in sizes]


def _percent(activation: str) -> list[int]:
    """Return how many units are silent; a variance scales all sums alike."""
    generator = torch.Generator().manual_seed(0)
    shares = silent_by_layer(activation, PLACES[-1], 2, generator)[AT]
    return [round(100 * share) for share in shares.tolist()]


@book_style()
def draw_through_depth() -> Figure:
    """Draw sizes, and the share of silent units, for ReLU and 2/n."""
    figure, (left, right) = new_axes(height=3.6, columns=2)
    style = {"marker": "o", "markersize": 3, "gid": "live-line"}
    for way, label, (line, colour) in zip(
        _powers("relu", 2), ("activations", "errors"), LOOKS, strict=False
    ):
        left.plot(PLACES, way, line, color=colour, label=label, **style)
    right.plot(PLACES, _percent("relu"), color=PALETTE["green"], **style)
    ticks = (-40, -30, -20, -10, 0, 10)
    left.set_yticks(ticks, [f"$10^{{{tick}}}$" for tick in ticks])
    left.set(title="size", ylim=(-40, 10))
    right.set(title="silent units, in %", ylim=(-4, 104))
    for axes in (left, right):
        axes.set(xlabel="layer", xlim=(-1, 52), xticks=(1, 25, 50))
    legend = left.get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=2)
    return figure
    # --8<-- [end:draw_through_depth]


@checked
def told() -> dict[str, list | dict]:
    """Return what the figure shows when touched, by function and variance."""
    functions = dict(zip(ACTIVATIONS, LABELS, strict=True))
    return {
        "layers": [*PLACES],
        "variances": [*VARIANCES],
        "sizes": {
            label: [_powers(name, variance) for variance in VARIANCES]
            for name, label in functions.items()
        },
        "silent": {label: _percent(name) for name, label in functions.items()},
    }
