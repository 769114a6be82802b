"""The depth that a reader chooses shows what the page has computed."""

from snippets.training import initialisation


def test_every_setting_shows_its_own_numbers(page, address):
    page.goto(f"{address}training/initialisation.html")
    figure = page.locator("depth-explorer")
    told = initialisation.told()
    for name, sizes in told["sizes"].items():
        figure.locator("[name=activation]").select_option(name)
        for variance, (forward, back) in enumerate(sizes):
            figure.locator("[name=variance]").fill(str(variance))
            for count, depth in enumerate(told["layers"][1:], 2):
                figure.locator("[name=depth]").fill(str(depth))
                shown = figure.evaluate("(figure) => figure.found")
                assert shown["forward"] == forward[:count]
                whole = [power - back[count - 1] for power in back[:count]]
                assert shown["back"] == whole
                assert shown["silent"] == told["silent"][name][:count]
    figure.locator("[name=depth]").press("ArrowLeft")
    assert "Leaky ReLU, variance 4/n, 45 layers" in (
        figure.locator(".readout").inner_text()
    )
