"""Equations have names, numbers and links."""

import re

import pytest

from tests.book.conftest import chapters, source


@pytest.mark.parametrize("page", chapters())
def test_every_displayed_equation_has_a_name_and_a_number(site, page):
    equations = site[page].select("article .equation")
    for equation in equations:
        number = equation.find("a", class_="equation-number")
        assert re.fullmatch(r"\(\d\.\d+\)", number.get_text())
        assert number["href"] == f"#{equation['id']}"
        assert number.get_text() in number["aria-label"]
    assert len(equations) == source(page).count("\n$$\n") // 2


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
