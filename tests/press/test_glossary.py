"""Terms are explained where they first appear."""

import pytest
from bs4 import BeautifulSoup

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
def terms(build, tmp_path):
    """Build a page and return its term links, as words and addresses."""

    def run(text, page="one.md", glossary=GLOSSARY):
        pages = {"glossary.md": glossary, "one.md": "# One\n\nMore.\n"}
        done = build(pages | {page: f"# A page\n\n{text}\n"})
        assert done.returncode == 0, done.stderr
        html = (tmp_path / "site" / page).with_suffix(".html").read_text()
        soup = BeautifulSoup(html, "html.parser")
        return soup.find("article").find_all("a", class_="term")

    return run


def words(links):
    return [link.get_text() for link in links]


def test_first_occurrence_is_linked_and_carries_the_definition(terms):
    (link,) = terms("A unit and a unit.")
    assert link["data-definition"] == "A small part."
    assert link["href"] == "glossary.html#term-unit"
    assert link.next_sibling == " and a unit."


def test_address_fits_a_page_in_a_folder(terms):
    (link,) = terms("A unit.", page="deep/two.md")
    assert link["href"] == "../glossary.html#term-unit"


def test_longest_term_and_other_forms_count(terms):
    assert words(terms("Dead units here; it saturates.")) == [
        "Dead units",
        "saturates",
    ]


def test_every_term_of_a_sentence_is_found(terms):
    found = words(terms("The *new* unit saturates and is dead."))
    assert found == ["unit", "saturates", "dead"]


@pytest.mark.parametrize(
    "quiet",
    [
        "See `unit` there.",
        "## The unit\n\nText.",
        "A [unit](glossary.md) there.",
        "Units-of-measure and reunited.",
        "Call **unit** so.",
        "```python\nunit = 1\n```",
    ],
)
def test_code_headings_and_links_stay_as_they_are(terms, quiet):
    assert words(terms(quiet)) == []


def test_a_page_that_defines_a_term_explains_it_itself(terms):
    assert words(terms("This is a *unit*. A unit works.")) == []
    assert words(terms("First a unit. This is a *unit*.")) == ["unit"]


def test_words_that_define_a_term_say_which(terms, tmp_path):
    terms("First *that*, then *Units* and *units*; it *saturates*.")
    html = (tmp_path / "site/one.html").read_text()
    article = BeautifulSoup(html, "html.parser").find("article")
    defined = [(d.get_text(), d["data-term"]) for d in article.find_all("dfn")]
    assert defined == [
        ("Units", "term-unit"),
        ("saturates", "term-saturated"),
    ]
    assert [em.get_text() for em in article.find_all("em")] == [
        "that",
        "units",
    ]


def test_what_a_fence_prints_is_left_alone(terms):
    fence = '```python exec="1"\nprint("a unit")\n```'
    assert words(terms(f"Text.\n\n{fence}")) == []


def test_links_land_on_the_entries(terms, tmp_path):
    terms("A unit.")
    html = (tmp_path / "site/glossary.html").read_text()
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find("dt", id="term-dead-unit").get_text() == "dead unit (dead)"
    assert not soup.find("article").find_all("a", class_="term")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("unit\n:   Again.\n", "docs/glossary.md:7: 'unit' is in the glossary"),
        (
            "sum\n:   It is $z$.\n",
            "docs/glossary.md:7: the definition of 'sum'",
        ),
    ],
)
def test_faults_name_the_line(build, entry, message):
    glossary = "# Glossary\n\nunit\n:   A part.\n    See [a](one.md).\n\n"
    done = build({"glossary.md": glossary + entry, "one.md": "# One\n\nA.\n"})
    assert done.returncode == 1
    assert message in done.stderr
