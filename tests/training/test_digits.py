import gzip

import pytest
import torch

from snippets.training.digits import DIGITS, read_digits


def test_digits_are_as_the_file_has_them():
    """Its last number in a line is the digit, the others are pixels."""
    images, labels = read_digits()
    assert (images.shape, images.dtype) == ((64, 1797), torch.float64)
    assert (labels.shape, labels.dtype) == ((1797,), torch.int64)
    lines = gzip.decompress(DIGITS.read_bytes()).decode().split()
    for place in (0, 1000, 1796):
        *pixels, digit = map(int, lines[place].split(","))
        assert (16 * images[:, place]).tolist() == pixels
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
    assert str(raised.value) == (
        f"{file} {said}; it comes with the book's code: fetch that again"
    )
