"""Equations have names, numbers and links."""

import re

import pytest
import torch

from press.markup.ledger import evaluating_test
from press.reading.source import displays
from snippets.activation.sigmoid import sigmoid
from snippets.activation.tanh import tanh
from snippets.network import Layer, affine
from tests.activation.agreement import samples
from tests.book.conftest import ROOT, chapters, navigation, source
from tests.equations.check import equations, hold
from tests.test_neuron import symbols_of_a_neuron


@pytest.mark.parametrize("page", chapters())
def test_every_displayed_equation_has_a_name_and_a_number(site, page):
    equations = site[page].select("article .equation")
    for equation in equations:
        number = equation.find("a", class_="equation-number")
        assert re.fullmatch(r"\(\d\.\d+\)", number.get_text())
        assert number["href"] == f"#{equation['id']}"
        assert number.get_text() in number["aria-label"]
    bounds = re.findall(r"^ *\$\$$", source(page), re.M)
    assert len(equations) == len(bounds) // 2


def test_links_to_equations_say_their_number(site):
    numbers = {
        equation["id"]: equation.a.get_text().strip("()")
        for page in chapters()
        for equation in site[page].select(".equation[id]")
    }
    links = [
        link
        for page in chapters()
        for link in site[page].select("article a[href*='#equation-']")
        if "equation-number" not in link.get("class", [])
    ]
    assert len(links) >= 4
    for link in links:
        name = link["href"].partition("#")[2]
        assert link.get_text() == f"Equation {numbers[name]}"
    given = list(numbers.values())
    in_order = sorted(given, key=lambda n: tuple(map(int, n.split("."))))
    assert given == in_order


def test_every_chapter_with_equations_evaluates_them():
    """Building the site demands the tests; here they demand their chapter."""
    evaluated = 0
    for page in chapters():
        if equations(page):
            test = (ROOT / evaluating_test(page)).read_text(encoding="utf-8")
            assert f'"{page}"' in test[test.index("def test_equations") :]
            evaluated += len(equations(page))
    assert evaluated >= 30


def test_hardly_any_equation_is_excused():
    found = [d for page in navigation() for d in displays(page, source(page))]
    excused = [display for display in found if display.excuse]
    assert len(excused) <= len(found) / 10


def test_formulas_outside_the_chapters_hold():
    """The notation and the departures repeat formulas of the chapters."""
    neuron = symbols_of_a_neuron(0)
    hold("notation.md", neuron)
    z = samples(0)
    layer = {"W": torch.ones(2, 3).double(), "a": torch.ones(3, 5).double()}
    layer["b"] = torch.ones(2, 1).double()
    hold(
        "about/departures.md",
        {"b": neuron["b"], r"\theta": neuron[r"\theta"], "z": z}
        | {r"\sigma": sigmoid, r"\tanh": tanh},
        here={
            "z = W a + b": layer
            | {"z": affine(layer["a"], Layer(layer["W"], layer["b"]))}
        },
    )
