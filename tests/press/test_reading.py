"""How long a chapter takes to read."""

import re

import pytest

from press.reading import about, write_total


@pytest.fixture
def minutes(build, tmp_path):
    """Build a chapter and return the minutes that its page gives."""

    def run(text):
        done = build({"one.md": f"# One\n\n{text}\n"})
        assert done.returncode == 0, done.stderr
        html = (tmp_path / "site/one.html").read_text()
        return int(re.search(r"reading-time[^>]*>(\d+) minutes? to", html)[1])

    return run


@pytest.mark.parametrize(("words", "time"), [(50, 1), (390, 2), (410, 3)])
def test_two_hundred_words_take_a_minute(minutes, words, time):
    assert minutes("word " * words) == time


def test_formulas_and_code_take_their_time(minutes):
    assert minutes("$$\na = b\n$$\n\n" * 13) == 3  # 130 seconds
    assert minutes("```python\n" + "a = 1\n" * 70 + "```") == 3  # 140


def test_what_is_folded_takes_none(minutes):
    assert minutes("One.\n\n??? note\n\n    " + "word " * 900) == 1


def test_a_single_minute_is_no_plural(build, tmp_path):
    build({"one.md": "# One\n\nA word.\n"})
    assert ">1 minute to read<" in (tmp_path / "site/one.html").read_text()


def test_a_page_says_how_long_all_chapters_take(build, tmp_path):
    site = tmp_path / "site"
    text = "<p>It takes <!-- reading time -->.</p>"
    build({"one.md": f"# One\n\n{text}\n\n{'word ' * 9000}", "two.md": "# Two"})
    two = (site / "two.html").read_text()
    assert two.count("1 minute to read") == 1
    write_total(site)
    assert "It takes about an hour." in (site / "one.html").read_text()
    assert (site / "two.html").read_text() == two


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "half an hour"),
        (44, "half an hour"),
        (46, "an hour"),
        (74, "an hour"),
        (76, "an hour and a half"),
        (104, "an hour and a half"),
        (106, "2 hours"),
        (150, "2½ hours"),
        (360, "6 hours"),
    ],
)
def test_a_long_time_is_said_to_the_half_hour(minutes, said):
    assert about(minutes) == f"about {said}"
