"""Measures activation functions: time, digits, units that fall silent, depth.

`make measure` writes what it finds beside this file. The record holds for this
file, and for the snippets it imports, as they were then: after a change it has
to be taken anew.
"""

import ast
import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import thread_time
from timeit import timeit

import torch
from torch import Tensor, nn

from snippets.contract import Count, checked
from snippets.training.dataset import read_digits

RECORD = Path(__file__).with_name("measure.json")
COUNTS = (16_384, 1_000_000)
SEEDS = range(5)


# --8<-- [start:FUNCTIONS]
FUNCTIONS: dict[str, Callable[[], nn.Module]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "hard sigmoid": nn.Hardsigmoid,
    "hard tanh": nn.Hardtanh,
    "ReLU": nn.ReLU,
    "Leaky ReLU": nn.LeakyReLU,
    "PReLU": nn.PReLU,
    "RReLU": nn.RReLU,
    "ELU": nn.ELU,
    "SELU": nn.SELU,
    "softplus": nn.Softplus,
    "SiLU": nn.SiLU,
    "GELU": nn.GELU,
    "GELU by tanh": partial(nn.GELU, approximate="tanh"),
    "Mish": nn.Mish,
    "hard swish": nn.Hardswish,
}
# --8<-- [end:FUNCTIONS]


# --8<-- [start:times]
@checked
def times(count: Count, rounds: Count = 51) -> dict[str, list[float]]:
    """Time each function forward, and forward and back, in microseconds.

    Each is the processor's time, by which a busy machine counts like a quiet
    one: the median of rounds that take all functions in turn.
    """
    z = torch.randn(count, generator=torch.Generator().manual_seed(0))
    leaf, ones = z.clone().requires_grad_(), torch.ones(count)
    calls = {}
    for name, make in FUNCTIONS.items():
        function = make()
        calls[name] = (
            partial(_forward, function, z),
            partial(_there_and_back, function, leaf, ones),
        )
    repeats = max(1, 200_000 // count)
    seconds = {name: ([], []) for name in calls}
    for _ in range(rounds):
        for name, both in calls.items():
            for call, taken in zip(both, seconds[name], strict=True):
                spent = timeit(call, timer=thread_time, number=repeats)
                taken.append(spent / repeats)
    return {
        name: [1e6 * median(taken) for taken in both]
        for name, both in seconds.items()
    }


def _forward(function: nn.Module, z: Tensor) -> None:
    with torch.no_grad():
        function(z)


def _there_and_back(function: nn.Module, z: Tensor, ones: Tensor) -> None:
    torch.autograd.grad(function(z), z, ones)
    # --8<-- [end:times]


# --8<-- [start:learn_digits]
@checked
def learn_digits(
    name: str, seed: int, epochs: Count = 20
) -> tuple[float, float]:
    """Train 64-64-64-10 by Adam on three quarters of the digits.

    Return the share that is right in the last quarter, and the share of hidden
    units whose slope is 0 at every example of the training part.
    """
    x, labels = read_digits()
    x, generator = x.T.float(), torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator)
    training, test = order[450:], order[:450]
    network = build(name, (64, 64, 64, 10), generator)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.001)
    for _ in range(epochs):
        mixed = training[torch.randperm(len(training), generator=generator)]
        for batch in mixed.split(32):
            loss = nn.functional.cross_entropy(network(x[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    network.eval()
    right = network(x[test]).argmax(dim=1) == labels[test]
    return right.float().mean().item(), share_silent(network, x[training])
    # --8<-- [end:learn_digits]


# --8<-- [start:build]
def build(
    name: str, sizes: tuple[int, ...], generator: torch.Generator
) -> nn.Sequential:
    """Stack layers with weights of variance 1 / inputs and biases of 0."""
    parts: list[nn.Module] = []
    for n, k in pairwise(sizes):
        layer = nn.Linear(n, k)
        nn.init.normal_(layer.weight, std=n**-0.5, generator=generator)
        nn.init.zeros_(layer.bias)
        parts += [layer, FUNCTIONS[name]()]
    return nn.Sequential(*parts[:-1])


def share_silent(network: nn.Sequential, x: Tensor) -> float:
    """Return the share of hidden units whose slope is 0 at every example."""
    silent = []
    for layer, function in zip(network[:-1:2], network[1::2], strict=True):
        z = layer(x).detach().requires_grad_()
        x = function(z)
        (slope,) = torch.autograd.grad(x.sum(), z)
        silent.append((slope == 0).all(dim=0))
    return torch.cat(silent).float().mean().item()
    # --8<-- [end:build]


# --8<-- [start:error_at_depth]
@checked
def error_at_depth(name: str, seed: int, depth: Count = 20) -> float:
    """Send an error back through layers of 64 units.

    Return its size in the first layer, by that in the last.
    """
    generator = torch.Generator().manual_seed(seed)
    network = build(name, (64,) * (depth + 2), generator).double().eval()
    a = torch.randn(64, 64, generator=generator, dtype=torch.float64)
    error = torch.randn(64, 64, generator=generator, dtype=torch.float64)
    sums = []
    for layer, function in zip(network[:-1:2], network[1::2], strict=True):
        sums.append(layer(a))
        a = function(sums[-1])
    first, last = torch.autograd.grad(a, (sums[0], sums[-1]), error)
    return (first.norm() / last.norm()).item()
    # --8<-- [end:error_at_depth]


# --8<-- [start:write_record]
ROOT = Path(__file__).parents[2]


def rests_on(file: Path) -> set[Path]:
    """Return a file of the snippets, and all that it imports of them."""
    found, waiting = set(), {file}
    while waiting:
        found.add(file := waiting.pop())
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                first, *others = node.module.split(".")
                if first == "snippets":
                    waiting.add(
                        ROOT.joinpath(first, *others).with_suffix(".py")
                    )
        waiting -= found
    return found


def digest(file: Path = Path(__file__)) -> str:
    """Return a digest of the code that a record rests on.

    The code has the checksum of the data.
    """
    code = hashlib.sha256()
    for part in sorted(rests_on(file)):
        code.update(part.read_bytes().replace(b"\r\n", b"\n"))
    return code.hexdigest()[:16]


def processor(told: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name, which Linux alone has in a file."""
    text = told.read_text(encoding="utf-8") if told.is_file() else ""
    named = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return named[1] if named else platform.processor()


def commit() -> str:
    """Return the commit that is checked out, and whether it was changed."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout.strip()


def write_record(file: Path = RECORD, rounds: int = 51) -> None:
    """Measure all functions here and now; some minutes."""
    torch.set_num_threads(1)
    taken = [times(count, rounds) for count in COUNTS]
    rows = {}
    for name in FUNCTIONS:
        runs = [learn_digits(name, seed) for seed in SEEDS]
        errors = [error_at_depth(name, seed) for seed in SEEDS]
        rows[name] = {
            "microseconds": [[_short(t) for t in by[name]] for by in taken],
            "accuracies": [round(accuracy, 4) for accuracy, _ in runs],
            "silent": round(sum(silent for _, silent in runs) / len(runs), 4),
            "error": _short(median(errors)),
        }
    record = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "commit": commit(),
        "date": f"{date.today():%B %Y}",
        "versions": {
            "Python": platform.python_version(),
            "torch": torch.__version__.partition("+")[0],
        },
        "code": digest(),
        "rounds": rounds,
        "functions": rows,
    }
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def read_record(file: Path = RECORD) -> dict:
    """Return the record; raise RuntimeError if the code has changed since."""
    record = json.loads(file.read_text(encoding="utf-8"))
    if record["code"] != digest():
        raise RuntimeError(
            f"{file.name} is older than the code it rests on; "
            "run `make measure`"
        )
    return record


def _short(number: float) -> float:
    return float(f"{number:.3g}")
    # --8<-- [end:write_record]


if __name__ == "__main__":
    write_record()
