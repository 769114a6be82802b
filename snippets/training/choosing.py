"""Activation functions side by side: curves, slopes, limits, costs."""

from collections.abc import Callable, Mapping, Sequence
from statistics import mean, stdev

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from snippets.contract import checked
from snippets.figure import INK, PALETTE, book_style, new_axes
from snippets.training.measure import FUNCTIONS, read_record
from snippets.training.what_goes_wrong import short


# --8<-- [start:slope_of]
@checked
def slope_of(name: str, z: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    """Return the slopes of a function, as autograd finds them."""
    z = z.detach().requires_grad_()
    function = FUNCTIONS[name]().to(z.dtype).eval()
    return torch.autograd.grad(function(z).sum(), z)[0]
    # --8<-- [end:slope_of]


@checked
def value_of(name: str, z: Float[Tensor, "m"]) -> Float[Tensor, "m"]:
    """Return the values of a function."""
    return FUNCTIONS[name]().to(z.dtype).eval()(z).detach()


# --8<-- [start:draw_functions]
GROUPS = {
    "bounded": ("sigmoid", "tanh", "hard sigmoid", "hard tanh"),
    "rectifiers": ("ReLU", "PReLU", "ELU", "SELU", "softplus"),
    "gated": ("SiLU", "GELU", "Mish", "hard swish"),
}
LOOKS = (
    ("-", PALETTE["blue"], 1.8),
    ("--", PALETTE["orange"], 1.8),
    ("-.", PALETTE["green"], 1.8),
    (":", INK, 1.8),
    ("-", INK, 0.8),
)


@book_style()
def draw_functions() -> Figure:
    """Draw the functions, in three groups."""
    return _draw_groups(value_of, ((-1.2, 1.2), (-2.1, 4.2), (-0.6, 4.2)))


@book_style()
def draw_slopes() -> Figure:
    """Draw their slopes, in the same groups."""
    return _draw_groups(slope_of, ((-0.1, 1.1), (-0.1, 1.9), (-0.6, 1.6)))


def _draw_groups(
    curve: Callable[[str, Tensor], Tensor],
    limits: Sequence[tuple[float, float]],
) -> Figure:
    """Draw a curve for each function, and the names below."""
    figure, panels = new_axes(height=4.3, columns=len(GROUPS))
    z = torch.arange(-200, 201, dtype=torch.float64) / 50 + 0.001
    for axes, (title, names), ylim in zip(
        panels, GROUPS.items(), limits, strict=True
    ):
        for name, (line, colour, width) in zip(names, LOOKS, strict=False):
            heights = curve(name, z)
            heights[1:][heights.diff().abs() > 0.15] = torch.nan  # a jump
            style = {"color": colour, "linewidth": width, "label": name}
            axes.plot(z, heights, line, **style)
        _finish(axes, title, ylim)
    return figure


def _finish(axes: Axes, title: str, ylim: tuple[float, float]) -> None:
    axes.set(title=title, xlabel="$z$", xlim=(-4, 4), ylim=ylim)
    low, high = ylim
    axes.set_xticks((-4, 0, 4))
    axes.set_yticks(
        [tick for tick in (-2, -1, 0, 1, 2, 4) if low < tick < high]
    )
    axes.axhline(0, color=INK, linewidth=0.5)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2)}
    axes.legend(**below, handlelength=2)
    # --8<-- [end:draw_functions]


# --8<-- [start:exact_from]
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
LIMITS = {
    "sigmoid is 1": ("sigmoid", 1),
    "tanh is 1": ("tanh", 1),
    "sigmoid is 0": ("sigmoid", 0),
    "ELU is −1": ("ELU", -1),
    "softplus is 0": ("softplus", 0),
    "SiLU is 0": ("SiLU", 0),
    "Mish is 0": ("Mish", 0),
    "GELU is 0": ("GELU", 0),
    "GELU by tanh is 0": ("GELU by tanh", 0),
}


@checked
def exact_from(name: str, value: int, dtype: torch.dtype) -> float:
    """Return from which z on, in tenths, a function is exactly a value.

    Functions come to 1 on the right, to 0 and to -1 on the left.
    """
    z = torch.arange(8001, dtype=torch.float64) / 10
    z = (z if value == 1 else -z).to(dtype)
    (elsewhere,) = torch.nonzero(value_of(name, z) != value, as_tuple=True)
    return z[elsewhere.max() + 1].item()
    # --8<-- [end:exact_from]


# --8<-- [start:draw_ruler]
@book_style()
def draw_ruler() -> Figure:
    """Draw from how far out each function is rounded to its limit."""
    figure, (axes,) = new_axes(height=4.2)
    rows = range(len(LIMITS), 0, -1)
    marks = ("v", "x", "^", "D")  # circles and squares are classes
    colours = (INK, *(PALETTE[c] for c in ("orange", "green", "blue")))
    for dtype, mark, colour in zip(DTYPES, marks, colours, strict=True):
        places = [abs(exact_from(*limit, dtype)) for limit in LIMITS.values()]
        label = str(dtype).removeprefix("torch.")
        style = {"color": colour, "markerfacecolor": "none", "label": label}
        axes.plot(places, rows, mark, **style)
    axes.set_yticks(rows, labels=LIMITS)
    axes.set(xscale="log", xlim=(2, 1200), xlabel="size of $z$")
    axes.set_xticks((3, 10, 30, 100, 300, 1000))
    axes.set_xticklabels(("3", "10", "30", "100", "300", "1000"))
    axes.minorticks_off()
    axes.grid(axis="y", linewidth=0.4, color=INK, alpha=0.3)
    legend = axes.get_legend_handles_labels()
    figure.legend(*legend, loc="outside lower center", ncols=4)
    return figure
    # --8<-- [end:draw_ruler]


# --8<-- [start:measured]
NO_BREAK = "\N{NO-BREAK SPACE}"


@checked
def measured() -> str:
    """Return the record as Markdown: where and when, and a row for each."""
    record = read_record()
    versions = record["versions"]
    lines = [
        f"On a machine with {record['machine']}, one of them used, in "
        f"{record['date']}, with Python {versions['Python']} and torch "
        f"{versions['torch']}; medians of {record['rounds']} interleaved "
        "rounds:",
        "",
    ]
    rows = {name: _cells(row) for name, row in record["functions"].items()}
    for heads, cut in (
        (("16k", "and back", "1M", "and back"), slice(4)),
        (("right, %", "silent, %", "depth 20"), slice(4, None)),
    ):
        lines += [f"| function | {' | '.join(heads)} |"]
        lines += [f"|:--|{'--:|' * len(heads)}"]
        for name, cells in rows.items():
            lines.append(f"| {name} | {' | '.join(cells[cut])} |")
        lines.append("")
    return "\n".join(lines)


def _cells(row: Mapping) -> list[str]:
    spent = [f"{t:.3g}" for both in row["microseconds"] for t in both]
    spent = [f"{float(t):,.0f}".replace(",", NO_BREAK) for t in spent]
    right = [100 * share for share in row["accuracies"]]
    return [
        *spent,
        f"{mean(right):.1f} ± {stdev(right):.1f}".replace(" ", NO_BREAK),
        f"{100 * row['silent']:.1f}",
        short(row["error"]),
    ]
    # --8<-- [end:measured]
