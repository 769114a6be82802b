"""Questions are answered in the page, and the browser alone keeps what was."""

import re

import pytest
from playwright.sync_api import expect

from snippets.questions.network import questions
from tests.browser.conftest import settle
from tests.browser.test_accessibility import violations

PAGE = "network.html"


@pytest.fixture
def tested(page, address):
    """Open a page with five questions; a script that fails there fails here."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(address + PAGE)
    settle(page)
    yield page
    assert errors == []


def answer(question, kind):
    question.locator(f"ul > {kind} input").first.check()
    question.get_by_role("button", name="Check").click()


def answers(page, right):
    """Give, to each question, the first answer that is right or is not."""
    kind = "li.right" if right else "li:not(.right)"
    for question in page.locator(".questions > ol > li").all():
        answer(question, kind)


def test_right_and_wrong_answers_are_told_and_kept_until_cleared(
    tested, address
):
    page = tested
    menu = page.locator(".answered:visible")
    score = page.locator("self-test output")
    folded = page.locator(".questions + details")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")  # where nothing can be chosen
    expect(folded).to_be_visible()
    page.emulate_media(media="screen")
    answers(page, right=False)
    verdicts = page.locator(".verdict")
    expect(verdicts).to_have_count(len(questions()))
    for verdict in verdicts.all():
        expect(verdict).to_contain_text("No.")
        expect(verdict).to_have_role("status")  # or nobody hears it
    expect(score).to_contain_text("0 of 5 right at the first try.")
    answers(page, right=True)
    for verdict, question in zip(verdicts.all(), questions(), strict=True):
        expect(verdict).to_contain_text("Right:")
        expect(verdict).to_contain_text(question.because.split("$")[-1])
    expect(menu).to_have_text(["0 of 5"])  # the first try counts
    expect(menu).to_have_attribute("title", re.compile("at the first try"))
    page.reload()
    expect(page.locator(".verdict.is-right")).to_have_count(5)
    expect(page.locator(".questions .right input:checked")).to_have_count(5)
    expect(score).to_contain_text("0 of 5 right at the first try.")
    page.get_by_role("button", name="Forget my answers").click()
    expect(menu).to_have_count(0)
    untouched(page)

    answer(page.locator(".questions > ol > li").first, "li.right")
    expect(menu).to_have_text(["1 answered"])
    expect(menu).to_have_attribute("title", re.compile("answered so far"))
    page.reload()  # half done, it goes on
    answers(page, right=True)
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".md-header label[for=__drawer]").click()
    expect(menu.first).to_have_text("5 of 5")
    page.goto(address + "primer/slopes.html")
    expect(page.locator(".answered")).to_have_text(["5 of 5"])
    assert page.evaluate("document.cookie") == ""
    page.goto(address + PAGE)
    expect(score).to_contain_text("5 of 5")
    page.get_by_role("button", name="Try all again").click()
    untouched(page)
    expect(page.locator(".answered, .forget")).to_have_count(0)


def untouched(page):
    """See that nothing is chosen, and nothing said."""
    expect(page.locator(".questions input:checked")).to_have_count(0)
    expect(page.locator(".verdict:not(:empty)")).to_have_count(0)
    expect(page.locator("self-test output")).to_be_empty()


def test_questions_are_answered_by_keyboard_and_meet_no_barrier(tested):
    page = tested
    question = page.locator(".questions > ol > li").first
    question.locator("input").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(question.locator("input").nth(3)).to_be_checked()
    expect(question.locator(".verdict")).to_be_empty()  # on the way to it
    page.keyboard.press("Enter")
    expect(question.locator(".verdict")).to_contain_text(re.compile("Right|No"))
    assert not violations(page, ".questions")
    for target in page.locator(".questions :is(label, button)").all():
        assert target.bounding_box()["height"] >= 24


def test_without_scripts_answers_are_folded_below(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGE)
    assert not page.locator(".questions input").count()
    folded = page.locator(".questions + details")
    expect(folded).to_be_visible()
    for question in questions():
        expect(folded).to_contain_text(question.because.split("$")[-1])
    context.close()


def test_a_figure_shows_what_was_predicted(page, address):
    page.goto(address + "activation/index.html")
    figure = page.locator("activation-explorer")
    before = figure.locator(".readout").text_content()
    answer(page.locator(".questions > ol > li"), "li:not(.right)")
    expect(figure.locator(".readout")).not_to_have_text(before)
    expect(page.locator("self-test output")).to_have_text(
        re.compile(r"Figure 3.\d now shows tanh, sigmoid, z = 3\.")
    )
    assert figure.locator("input[name=z]").input_value() == "3"
    assert figure.locator("select[name=function]").input_value() == "tanh"
    expect(page.locator(".answered")).to_have_count(0)  # asked for its own sake
