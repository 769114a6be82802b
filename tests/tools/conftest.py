from pathlib import Path

import pytest


@pytest.fixture
def root() -> Path:
    """Return the folder of the book's own project."""
    return Path(__file__).parents[2]
