import math

import pytest
import torch

from snippets.primer.slopes import slope_between
from tests.claims import claim
from tests.equations.check import hold


def test_equations():
    hold("primer/slopes.md", {})
