"""Questions are answered in the page, and the browser alone keeps what was."""

from playwright.sync_api import expect

from snippets.questions.network import questions
from tests.browser.test_accessibility import violations

PAGE = "network.html"


def answers(page, right):
    """Give, to each question, the first answer that is right or is not."""
    kind = "li.right" if right else "li:not(.right)"
    for question in page.locator(".questions > ol > li").all():
        question.locator(f"ul > {kind} input").first.check()


def test_right_and_wrong_answers_are_told_and_kept_until_cleared(page, address):
    page.goto(address + PAGE)
    menu = page.locator(".answered")
    expect(page.locator(".questions + details")).to_have_count(0)
    answers(page, right=False)
    verdicts = page.locator(".verdict")
    expect(verdicts).to_have_count(len(questions()))
    for verdict in verdicts.all():
        expect(verdict).to_contain_text("No.")
    expect(page.locator("self-test")).to_have_text(
        "0 of 5 right at the first try."
    )
    answers(page, right=True)
    for verdict, question in zip(verdicts.all(), questions(), strict=True):
        expect(verdict).to_contain_text("Right:")
        expect(verdict).to_contain_text(question.because.split("$")[-1])
    expect(menu).to_have_text(["0 of 5"])  # the first try counts
    page.get_by_role("button", name="Forget my answers").click()
    expect(menu).to_have_count(0)

    page.reload()
    page.locator(".questions .right input").first.check()
    expect(menu).to_have_text(["1 of 5"])
    page.reload()  # half done, it goes on
    answers(page, right=True)
    page.goto(address + "primer/slopes.html")
    expect(menu).to_have_text(["5 of 5"])
    assert page.evaluate("document.cookie") == ""
    page.goto(address + PAGE)
    expect(page.locator("self-test")).to_contain_text("5 of 5")


def test_questions_are_answered_by_keyboard_and_meet_no_barrier(page, address):
    page.goto(address + PAGE)
    first = page.locator(".questions input").first
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".verdict").first).not_to_be_empty()
    assert not violations(page)
    for label in page.locator(".questions label").all():
        assert label.bounding_box()["height"] >= 24


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
    page.locator(".questions li:not(.right) > label input").first.check()
    expect(figure.locator(".readout")).not_to_have_text(before)
    assert figure.locator("input[name=z]").input_value() == "3"
    assert figure.locator("select[name=function]").input_value() == "tanh"
    expect(page.locator(".answered")).to_have_count(0)  # asked for its own sake
