from tests.equations.check import hold


def test_equations():
    hold("primer/tensors.md", {})
