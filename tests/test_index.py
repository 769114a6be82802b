import torch

from snippets.activation.relu import disc
from snippets.figure import png, svg
from snippets.index import (
    NAMES,
    draw_folds,
    draw_share,
    learn_disc,
)
from snippets.propagation.forward import forward


def right(steps):
    """Return the share of points that the network answers rightly."""
    layers, x, y = learn_disc(steps)
    y_hat, _ = forward(x, layers, NAMES)
    return ((y_hat > 0.5) == (y > 0.5)).double().mean().item()


def test_training_encloses_every_point_of_the_disc_and_no_other():
    assert right(0) < 0.7
    assert right(1000) == 1


def test_points_are_those_of_the_chapter_on_relu():
    _, x, y = learn_disc(0)
    same_x, same_y = disc(torch.Generator().manual_seed(1), count=120)
    assert torch.equal(x, same_x)
    assert torch.equal(y, same_y)


def test_both_pictures_show_all_points_and_eight_folds():
    for axes in draw_folds().axes:
        dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
        points = [li for li in axes.lines if li.get_linestyle() == "None"]
        assert len(dashed) == 8
        assert sum(len(li.get_xdata()) for li in points) == 120


def test_units_bend_the_answer_on_their_folds():
    """On each dashed line the pre-activation of its unit is 0."""
    (W, b), _ = learn_disc(1000)[0]
    axes = draw_folds().axes[1]
    dashed = [li for li in axes.lines if li.get_linestyle() == "--"]
    for line, w, bias in zip(dashed, W, b, strict=True):
        ends = torch.tensor(line.get_xydata())
        assert (ends @ w + bias).abs().max() < 1e-9


def test_share_picture_is_a_file_of_the_size_that_is_asked_for():
    text = png(draw_share(), "assets/share.png")
    assert text.startswith('<template data-file="assets/share.png"')
    figure = draw_share()
    assert tuple(figure.get_size_inches() * 100) == (1200, 630)
    assert png(draw_share(), "a.png") == png(draw_share(), "a.png")


def test_the_same_picture_gives_the_same_bytes():
    assert svg(draw_folds(), "folds") == svg(draw_folds(), "folds")
