"""Terms are explained where they first appear."""

import pytest

GLOSSARY = """\
# Glossary

dead unit (dead)
:   A unit that never fires.
    See [One](one.md).

unit
:   A small part.
    See [One](one.md).

saturated (saturates)
:   Very flat.
    See [One](one.md).
"""


@pytest.fixture
def page(render):
    def run(text, name="one.md", glossary=GLOSSARY):
        pages = {"glossary.md": glossary, name: f"# A page\n\n{text}\n"}
        return render(pages, name)

    return run


def test_first_occurrence_is_linked_and_carries_the_definition(page):
    (link,) = page("A unit and a unit.").select(".term")
    assert link["data-definition"] == "A small part."
    assert link["href"] == "glossary.md#term-unit"
    assert link.next_sibling == " and a unit."


def test_address_fits_a_page_in_a_folder(page):
    (link,) = page("A unit.", "deep/two.md").select(".term")
    assert link["href"] == "../glossary.md#term-unit"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Dead units here; it saturates.", ["Dead units", "saturates"]),
        (
            "The *new* unit saturates and is dead.",
            ["unit", "saturates", "dead"],
        ),
        ("This is a *unit*. A unit works.", []),
        ("First a unit. This is a *unit*.", ["unit"]),
        ("See `unit` there.", []),
        ("## The unit\n\nText.", []),
        ("A [unit](glossary.md) there.", []),
        ("Units-of-measure and reunited.", []),
        ("Call **unit** so.", []),
        ("```python\nunit = 1\n```", []),
    ],
)
def test_only_running_text_is_explained_and_each_term_once(page, text, terms):
    assert [link.get_text() for link in page(text).select(".term")] == terms


def test_words_that_define_a_term_say_which(page):
    found = page("First *that*, then *Units* and *units*; it *saturates*.")
    defined = [(d.get_text(), d["data-term"]) for d in found.select("dfn")]
    assert defined == [("Units", "term-unit"), ("saturates", "term-saturated")]
    assert [em.get_text() for em in found.select("em")] == ["that", "units"]


def test_what_a_fence_prints_is_left_alone(render):
    pages = {"glossary.md": GLOSSARY, "about/printed.md": "A unit."}
    assert not render(pages, "about/printed.md").a


def test_links_land_on_the_entries(render):
    found = render({"glossary.md": GLOSSARY}, "glossary.md")
    assert (
        found.find("dt", id="term-dead-unit").get_text() == "dead unit (dead)"
    )
    assert not found.select(".term")


def test_a_book_without_a_glossary_explains_nothing(render):
    assert not render({"one.md": "# One\n\nA unit.\n"}).select(".term")
