"""The handwritten digits: 1797 images with their labels."""

import gzip
import hashlib
from pathlib import Path

import numpy
import torch
from jaxtyping import Int64
from torch import Tensor

from snippets.contract import Finite, checked, named

DIGITS = Path(__file__).parent / "data/digits.csv.gz"
CHECKSUM = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"

Labels = named(
    Int64[Tensor, "m"],
    "hold only whole numbers from 0 to 9",
    lambda labels: bool(((labels >= 0) & (labels <= 9)).all()),
)


# --8<-- [start:read_digits]
@checked
def read_digits(
    file: Path = DIGITS,
) -> tuple[Finite["64 m"], Labels]:
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
    # --8<-- [end:read_digits]
