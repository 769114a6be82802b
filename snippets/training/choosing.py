"""Activation functions side by side: curves, slopes, limits, costs."""

from collections.abc import Mapping
from itertools import count
from statistics import mean, stdev

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from torch import Tensor

from snippets.contract import checked
from snippets.figure import (
    INK,
    PALETTE,
    blank_axes,
    book_style,
    draw_arrow,
    new_axes,
)
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
    "rectifiers": (
        *("ReLU", "Leaky ReLU", "PReLU", "RReLU"),
        *("ELU", "SELU", "softplus"),
    ),
    "gated": ("SiLU", "GELU", "Mish", "hard swish"),
}
HEIGHTS = {
    "bounded": (-1.2, 1.2),
    "rectifiers": (-2.1, 4.2),
    "gated": (-0.6, 4.2),
}


@book_style()
def draw_functions() -> Figure:
    """Draw each function and its slope: four to a row, group by group."""
    figure, panels = new_axes(height=6.4, columns=4, rows=4)
    figure.get_layout_engine().set(hspace=0.12)  # below each row
    places = iter(panels)
    for group, names in GROUPS.items():
        for name in names:
            axes = next(places)
            _draw_both(axes, name)
            axes.set(xlim=(-4, 4), ylim=HEIGHTS[group], xticks=(-4, 0, 4))
            axes.set_title(name, pad=4)
            axes.set_yticks((-1, 0, 1) if group == "bounded" else (0, 2, 4))
            axes.axhline(0, color=INK, linewidth=0.4)
            axes.label_outer()
        if group == "rectifiers":
            next(places).set_axis_off()
    key = panels[13].get_legend_handles_labels()  # GELU's, which has three
    panels[11].legend(*key, loc="center", handlelength=1.6)
    return figure


def _draw_both(axes: Axes, name: str) -> None:
    """Draw a function as a solid line, and its slope as a dashed one."""
    z = torch.arange(-200, 201, dtype=torch.float64) / 50 + 0.001
    slopes = slope_of(name, z)
    slopes[1:][slopes.diff().abs() > 0.15] = torch.nan  # a jump
    blue, orange = PALETTE["blue"], PALETTE["orange"]
    axes.plot(z, value_of(name, z), "-", color=blue, label="function")
    axes.plot(z, slopes, "--", color=orange, linewidth=1.5, label="slope")
    if name == "GELU":
        by_tanh = value_of("GELU by tanh", z)
        axes.plot(z, by_tanh, ":", color=INK, label="by tanh")
    if name == "RReLU":  # what it may draw while it trains
        left = z[z < 0]
        for part, colour in ((left, blue), (torch.ones_like(left), orange)):
            band = {"color": colour, "alpha": 0.3, "linewidth": 0}
            axes.fill_between(left, part / 8, part / 3, **band)
    # --8<-- [end:draw_functions]


CHOICE = {
    "Is it the output layer?": (
        "one of two classes: sigmoid",
        "one of several: softmax",
        "a positive number: softplus",
        "any number: none",
    ),
    "Does this network work\nelsewhere as it is?": ("what its authors took",),
    "Is it a gate?": ("sigmoid or hard sigmoid",),
    "Is it in a transformer?": ("GELU or SwiGLU",),
    "Are exponentials costly?": ("ReLU or hard swish",),
    "Is it one of many layers,\nwith no way around?": ("SELU",),
    "Do more and more units\nfall silent?": ("Leaky ReLU",),
}
OTHERWISE = "ReLU"


@book_style()
def draw_choice() -> Figure:
    """Draw a tree: questions down the left side, answers on the right."""
    figure, sheet = blank_axes(height=7.28)
    y, number, left, bottom = 7.05, count(1), 1.3, None
    style = {"boxstyle": "round,pad=0.03", "fill": False, "linewidth": 0.8}
    middle = {"va": "center", "linespacing": 1.1}
    for question, answers in CHOICE.items():
        half = 0.27 if "\n" in question else 0.17
        if bottom:
            draw_arrow(sheet, (left, bottom), (left, y + half + 0.02))
            sheet.text(left + 0.1, (bottom + y + half) / 2, "no", **middle)
        corner = left - 1.2, y - half
        sheet.add_patch(FancyBboxPatch(corner, 2.4, 2 * half, **style))
        sheet.text(left, y, question, **middle, ha="center")
        sheet.text(2.72, y + 0.07, "yes")
        for row, answer in enumerate(answers):
            at = y - 0.42 * row
            draw_arrow(sheet, (2.56, y), (3.4, at))
            sheet.text(3.5, at, f"{next(number)}  {answer}", **middle)
        bottom, y = y - half - 0.03, at - 0.79
    draw_arrow(sheet, (left, bottom), (left, y + 0.29))
    sheet.text(left + 0.1, (bottom + y + 0.29) / 2, "no", **middle)
    last = f"{next(number)}  {OTHERWISE}"
    sheet.text(left, y + 0.12, last, **middle, ha="center")
    return figure


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


NO_BREAK = "\N{NO-BREAK SPACE}"


@checked
def measured() -> str:
    """Return the record as Markdown: where and when, and a row for each."""
    record = read_record()
    versions, named = record["versions"], record["processor"]
    lines = [
        f"On one of {record['cores']} cores of a processor {named}, in "
        f"{record['date']}, with Python {versions['Python']}, torch "
        f"{versions['torch']} and the code of commit `{record['commit']}`; "
        f"medians of {record['rounds']} interleaved rounds:",
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
