"""A network reads handwritten digits."""

import gzip
import hashlib
from pathlib import Path

import numpy
import torch
from jaxtyping import Int64
from torch import Tensor

from snippets.contract import Finite, checked

DIGITS = Path(__file__).with_name("data") / "digits.csv.gz"
CHECKSUM = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


@checked
def read_digits(
    file: Path = DIGITS,
) -> tuple[Finite["64 m"], Int64[Tensor, "m"]]:
    """Return 1797 digits: pixels from 0, paper, to 1, ink; which digit."""
    again = "it comes with the book's code: fetch that again"
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing; {again}")
    packed = file.read_bytes()
    if hashlib.sha256(packed).hexdigest() != CHECKSUM:
        raise ValueError(f"{file} is damaged; {again}")
    lines = gzip.decompress(packed).decode().splitlines()
    rows = torch.tensor(numpy.loadtxt(lines, delimiter=",", dtype="int64"))
    return rows[:, :64].T.double() / 16, rows[:, 64].clone()
