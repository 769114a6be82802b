"""Both passes are revealed one number after the other, in torch's numbers."""

from snippets.propagation import by_hand

# what is written in the drawing, in the order of its places
WRITTEN = """(figure) => [...figure.svg.querySelectorAll("text.added")]
    .map((text) => text.textContent.split(/[ =]+/).at(-1))"""


def test_numbers_are_revealed_in_their_order(page, address):
    """By a tap, the mouse and keys; at the end all of them are there."""
    page.goto(f"{address}propagation/by_hand.html")
    figure = page.locator("step-through")
    step, said = figure.locator("[name=step]"), figure.locator(".readout")
    after = "ℒ'"
    assert said.inner_text().endswith("= 0.584 − 1 = −0.416")
    figure.get_by_role("button", name="Next").click()
    assert said.inner_text() == "db = dz = −0.416"
    step.press("ArrowLeft")
    step.press("ArrowLeft")
    assert figure.locator(".lit").inner_text() == "dŷ = slope of ℒ"
    told = by_hand.told()
    for inputs, examples in told["examples"].items():
        for target, numbers in examples.items():
            figure.locator("[name=inputs]").select_option(inputs)
            figure.locator("[name=target]").select_option(str(target))
            for done in (0, 7, 23, len(told["steps"])):
                step.fill(str(done))
                made = [e.split()[0] for _, e in told["steps"]]
                known = [s for s in numbers if s not in made[done:]]
                shown = {}
                if done > told["ends"]["Update"]:  # they are the old ones
                    known = [s for s in known if s[0] != "d"]
                for sign in sorted(known, key=lambda sign: "'" in sign):
                    shown[sign.replace("'", "")] = numbers[sign]
                wanted = [
                    shown.get(spot, "")
                    for sign in told["places"]
                    for spot in (sign, f"d{sign}")
                ]
                assert figure.evaluate(WRITTEN) == wanted
    for part, end in told["ends"].items():
        figure.get_by_role("button", name=part, exact=True).click()
        assert step.input_value() == str(end)
    assert figure.get_by_role("button", name="Next").is_disabled()
    numbers = told["examples"]["(4, 3)"][0]
    after = "ℒ'"
    assert said.inner_text().endswith(
        f"= {numbers[after]}; before the update it was {numbers['ℒ']}"
    )
