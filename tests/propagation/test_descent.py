import pytest
import torch

from snippets.network import Layer, initialise
from snippets.propagation import descent, example
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import (
    XOR,
    XOR_NAMES,
    XOR_TARGETS,
    draw_one_step,
    loss_and_gradients,
    require_finite,
    train_on_xor,
    update,
)
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy
from tests import drawing
from tests.claims import claim
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import backward_from


def flat(gradients):
    return [part for gradient in gradients for part in gradient]


@claim(
    "Those of all layers before it: by Equation, $da^{[L-1]} = "
    r"(W^{[L]})^\top dz^{[L]} = 0$.",
    (
        "Those of the last layer's own weights are in general not 0, so "
        "these move away from <start>, and from the second step on the "
        "others learn too."
    ),
)
def test_third_exercise(start):
    """Last weights of 0 silence all gradients before them, for one step."""
    first, last = initialise((2, 4, 1), torch.Generator().manual_seed(0))
    layers = [first, last._replace(W=torch.full_like(last.W, start))]
    _, gradients = loss_and_gradients(layers)
    assert not any(part.any() for part in gradients[0])
    assert gradients[1].dW.any()
    _, second = loss_and_gradients(update(layers, gradients, 1))
    assert second[0].dW.any()


def test_update_steps_against_the_gradient():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(0))
    _, gradients = loss_and_gradients(layers)
    before = [part.clone() for part in flat(layers)]
    stepped = update(layers, gradients, 0.5)
    for new, old, gradient in zip(
        flat(stepped), before, flat(gradients), strict=True
    ):
        torch.testing.assert_close(new, old - 0.5 * gradient)
    assert all(
        torch.equal(now, then)
        for now, then in zip(flat(layers), before, strict=True)
    ), "the layers that were given stay as they are"


@claim(
    "Gradient descent uses what backpropagation has found: it takes a small "
    "step against the gradient, in every weight and every bias.",
    r"The learning rate $\eta$ sets the size of the step.",
    "Backpropagation finds the gradient, and changes nothing; gradient "
    "descent uses it, and changes the weights and biases.",
    "The factor that turns a gradient into a step of gradient descent: how "
    "large its steps are.",
)
def test_update_agrees_with_torchs_optimiser():
    layers, gradients = initialise((2, 4, 1), torch.Generator()), None
    _, gradients = loss_and_gradients(layers)
    parameters = [part.clone().requires_grad_() for part in flat(layers)]
    for parameter, gradient in zip(parameters, flat(gradients), strict=True):
        parameter.grad = gradient
    torch.optim.SGD(parameters, lr=0.3).step()
    for ours, torchs in zip(
        flat(update(layers, gradients, 0.3)), parameters, strict=True
    ):
        torch.testing.assert_close(ours, torchs.detach())


@pytest.mark.parametrize(
    ("rate", "error"), [(0, ValueError), (-1, ValueError), ("1", TypeError)]
)
def test_update_refuses_wrong_rates(rate, error):
    layers = initialise((2, 4, 1), torch.Generator())
    with pytest.raises(error, match="learning_rate must be"):
        update(layers, loss_and_gradients(layers)[1], rate)


def test_update_refuses_gradients_that_do_not_fit():
    layers = initialise((2, 4, 1), torch.Generator())
    _, gradients = loss_and_gradients(layers)
    with pytest.raises(ValueError, match="for each of 2 layers, but holds 1"):
        update(layers, gradients[:1], 1)
    with pytest.raises(
        ValueError, match=r"dW must .* with units = 4 and inputs = 2"
    ):
        update(layers, gradients[::-1], 1)
    with pytest.raises(
        TypeError, match=r"layers\[0\] must be a Layer of W and b"
    ):
        update([None], gradients[:1], 1)
    (dW, db), last = gradients
    with pytest.raises(
        ValueError, match=r"db must have shape \(units, 1\) with units = 4"
    ):
        update(layers, [Gradient(dW, db.T), last], 1)
    for mixed in (Gradient(dW.float(), db), Gradient(dW, db.float())):
        with pytest.raises(
            TypeError, match=r"layers\[0\].W and gradients\[0\].d. must share"
        ):
            update(layers, [mixed, last], 1)
    assert update(layers, gradients, 1e39)[0].W.isfinite().all()


@claim(
    r"For small rates it falls as the gradient promises, by $\eta$ times the "
    "sum of the squares of all derivatives.",
    r"For a small rate the loss falls by $\eta$ times the sum of the squares "
    "of all derivatives; too large a rate does harm.",
    "A small step against them lowers the loss as they promise.",
)
@pytest.mark.parametrize("seed", range(20))
def test_a_small_step_lowers_the_loss(seed):
    """By the rate times the sum of squares, to first order."""
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(seed))
    loss, gradients = loss_and_gradients(layers)
    squares = sum((part**2).sum() for part in flat(gradients))
    after, _ = loss_and_gradients(update(layers, gradients, 1e-4))
    assert after < loss
    promised = (1e-4 * squares).item()
    assert (loss - after).item() == pytest.approx(promised, rel=0.01)


@claim(
    "How much the loss falls depends on the learning rate.",
    "For larger ones the promise is broken, and in the end the step does harm.",
    "The gradient holds the slopes at the present weights; further away they "
    "are different.",
)
def test_a_large_step_does_harm():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    squares = sum((part**2).sum() for part in flat(gradients))
    after, there = loss_and_gradients(update(layers, gradients, 2))
    assert loss - 2 * squares < after < loss, "less than promised, still better"
    assert loss_and_gradients(update(layers, gradients, 8))[0] > loss
    for here, far in zip(flat(gradients), flat(there), strict=True):
        assert (far - here).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("steps", "rate", "error", "said"),
    [
        (-1, 1, ValueError, "steps must be at least 0"),
        ("3", 1, TypeError, "steps must be a whole number"),
        (True, 1, TypeError, "steps must be a whole number, but a bool"),
        (0, -1, ValueError, "learning_rate must be finite and above 0"),
    ],
)
def test_training_refuses_bad_input(steps, rate, error, said):
    with pytest.raises(error, match=said):
        train_on_xor(steps, rate, torch.Generator())


@claim(
    "Two layers have now learnt what one layer could not do, and nobody had "
    "to set their weights by hand.",
    "And one step is not the end: after it XOR is not yet learnt, and after "
    "many it is.",
)
@pytest.mark.parametrize("seed", range(6))
def test_many_steps_learn_xor(seed):
    layers, losses = train_on_xor(
        1000, 1.0, torch.Generator().manual_seed(seed)
    )
    assert len(losses) == 1001
    assert [layer.W.shape for layer in layers] == [(4, 2), (1, 4)]
    assert losses[0] > 0.6
    assert losses[1] > 0.6, "one step is not the end"
    assert losses[-1] < 0.01
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    assert torch.equal(y_hat.round(), XOR_TARGETS)


@claim(
    "The loss after one step of gradient descent.",
    "The loss after one step, against the learning rate from <lowest> to "
    "<highest>.",
    "A dotted level line marks the loss before the step, about <before_it>.",
    "The solid curve starts just below it, falls to about <least> at a rate "
    "of about <best>, rises again, crosses the level line at about <even> "
    "and ends far above it.",
    "A dashed straight line starts in the same direction as the curve and "
    "goes on falling.",
)
def test_figure_shows_the_promise_and_its_end(
    lowest, highest, before_it, least, best, even
):
    """ "About" is half of the last digit, and half a step between rates."""
    (axes,) = draw_one_step().axes
    before, after, promise = axes.lines
    level = float(before.get_ydata()[0])
    losses, rates = (torch.as_tensor(data) for data in after.get_data()[::-1])
    assert (rates[0].item(), rates[-1].item()) == (lowest, highest)
    assert level == pytest.approx(before_it, abs=0.005)
    assert level - 0.01 < losses[0] < level
    assert losses.min().item() == pytest.approx(least, abs=0.005)
    assert rates[losses.argmin()].item() == pytest.approx(best, abs=0.05)
    last_below, first_above = (
        rates[losses < level][-1],
        rates[losses > level][0],
    )
    assert last_below - 0.05 <= even <= first_above + 0.05
    assert first_above - last_below < 0.11, "it crosses once"
    assert losses[-1] > level + 0.1
    styles = [line.get_linestyle() for line in axes.lines]
    assert styles == [":", "-", "--"]
    promised = torch.as_tensor(promise.get_ydata())
    assert (promised < losses).all()
    falls = promised.diff()
    torch.testing.assert_close(falls, falls[0].expand_as(falls))
    assert falls[0] < 0
    assert promised[0].item() == pytest.approx(losses[0].item(), abs=1e-3)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [line.get_label() for line in axes.lines]
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_ylabel() == "loss"


def test_figure_of_one_step_tries_every_tenth():
    (axes,) = draw_one_step().axes
    _, after, promise = axes.lines
    assert drawing.styles(axes) == {
        "before the step": ":",
        "after the step": "-",
        "what the slope promises": "--",
    }
    tenths = [number / 10 for number in range(1, 81)]
    assert list(after.get_xdata()) == pytest.approx(tenths, rel=1e-12)
    assert list(promise.get_xdata()) == list(after.get_xdata())
    assert axes.get_xlim() == (0, 8)


@claim(
    "All gradients are found first, and only then is anything changed: a "
    "layer that is updated too early would spoil the gradients of the layers "
    "before it, which are computed with its weights.",
    "All gradients are found before anything is changed, and after each step "
    "they are found anew.",
)
def test_updating_too_early_spoils_what_comes_before():
    layers, x, y = passes.problem(0)
    names = ["tanh"] * 3
    da, caches = forward(x, layers, names)
    right = backward_from(da - y, caches, names)
    early = update(layers, right, 0.5)[2]
    mixed = [*caches[:2], caches[2]._replace(W=early.W)]
    spoilt = backward_from(da - y, mixed, names)
    for layer in range(2):
        assert (spoilt[layer].dW - right[layer].dW).abs().max() > 1e-3
    assert torch.equal(spoilt[2].dW, right[2].dW), "not its own"


@claim(
    r"With $\eta = <eta>$ the first weight of the network on paper goes from "
    r"<old> to <new>, since $0.30 - 1 \cdot (-0.080) = 0.38$.",
)
def test_first_weight_of_the_update(eta, old, new):
    stepped = one_step(eta)
    assert example.LAYERS[0].W[0, 0].item() == old
    assert stepped[0].W[0, 0].item() == pytest.approx(new, abs=0.0005)


def one_step(rate):
    """Return the network on paper after a step."""
    y_hat, caches = forward(example.X, example.LAYERS, example.NAMES)
    gradients = backward(y_hat - example.Y, caches, example.NAMES)
    return update(example.LAYERS, gradients, rate)


@claim(
    r"(by hand, easy) Take the step of the network on paper with $\eta = "
    "<rate>$ instead of <other>.",
    r"To $0.80 - 0.1 \cdot (-0.249) \approx 0.825$, $-1.10 - 0.1 \cdot "
    r"(-0.129) \approx -1.087$ and $0.20 - 0.1 \cdot (-0.416) \approx "
    "0.242$.",
)
def test_first_exercise(rate, other):
    W, b = one_step(rate)[1]
    assert W[0].tolist() == pytest.approx([0.825, -1.087], abs=0.0005)
    assert b.item() == pytest.approx(0.242, abs=0.0005)
    assert other == 1


@claim(
    "(predict, medium) The squares of the nine derivatives of the network on "
    "paper add up to <squares>.",
    r"By how much should its loss fall in a step with $\eta = <rate>$?",
    r"By about $0.1 \cdot 0.35 = 0.035$, from <before> to about <after>.",
)
def test_second_exercise(squares, rate, before, after):
    """About: a step of that length is not quite straight."""

    def loss(layers):
        y_hat, _ = forward(example.X, layers, example.NAMES)
        return cross_entropy(y_hat, example.Y).item()

    steps = zip(flat(one_step(1.0)), flat(example.LAYERS), strict=True)
    found = sum(((new - old) ** 2).sum() for new, old in steps).item()
    assert found == pytest.approx(squares, abs=0.005)
    assert loss(example.LAYERS) == pytest.approx(before, abs=0.0005)
    assert before - rate * squares == pytest.approx(after, abs=0.0005)
    assert loss(one_step(rate)) == pytest.approx(after, abs=0.002)


@claim(
    "They come close to the targets <first> and <second>:",
    "(program, hard) Train the network on paper for a thousand steps with "
    r"$\eta = <rate>$ on its two examples; what do its predictions become?",
)
def test_two_examples_are_learnt(first, second, rate):
    layers = example.LAYERS
    for _ in range(1000):
        y_hat, caches = forward(example.TWO_X, layers, example.NAMES)
        gradients = backward(y_hat - example.TWO_Y, caches, example.NAMES)
        layers = update(layers, gradients, rate)
    assert example.TWO_Y.tolist() == [[first, second]]
    assert (y_hat - example.TWO_Y).abs().max() < 0.02


@claim(
    "With a learning rate of <rate> the same network jumps back and forth, and "
    "has not settled after <steps> steps:",
    r"Cross-entropy with a sigmoid at least keeps each error $\hat y - y$ "
    "between <low> and <high>.",
)
def test_too_long_steps_never_settle(rate, steps, low, high):
    generator = torch.Generator().manual_seed(2)
    layers, losses = train_on_xor(int(steps), rate, generator)
    assert max(losses) < float("inf")
    last = torch.tensor(losses[-50:])
    assert last.min() > losses[0]
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    assert low <= (y_hat - XOR_TARGETS).min()
    assert (y_hat - XOR_TARGETS).max() <= high


@claim(
    "With half the squared error and no activation function the error has no "
    "bounds: the weights can grow from step to step until they leave the "
    "numbers that a computer holds.",
    "require_finite stops there, and says at which step and in which layer:",
)
def test_training_that_leaves_the_finite_numbers_says_so():
    """One weight, x = 2 and y = 1: each step multiplies the error by -3."""
    layers = [Layer(torch.ones(1, 1).double(), torch.zeros(1, 1).double())]
    for step in range(1, 600):
        layers[0] = layers[0]._replace(W=layers[0].W * -3 + 2)
        require_finite(layers, step)
    for _ in range(600, 700):
        layers[0] = layers[0]._replace(W=layers[0].W * -3 + 2)
    with pytest.raises(FloatingPointError, match="^step 700 left layer 1 with"):
        require_finite(layers, 700)


def test_training_stops_at_the_step_that_overflows(monkeypatch):
    def overflow(layers, gradients, rate):
        stepped = update(layers, gradients, rate)
        last = stepped[1]._replace(W=stepped[1].W / 0)
        return [stepped[0], last]

    monkeypatch.setattr(descent, "update", overflow)
    with pytest.raises(
        FloatingPointError,
        match="^step 1 left layer 2 with numbers that are not finite; take a "
        "smaller learning rate$",
    ):
        train_on_xor(5, 1.0, torch.Generator().manual_seed(2))


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = passes.problem(seed)
    signs = passes.symbols_of_a_pass(layers, x, y)
    silent = [*layers[:-1], Layer(0 * layers[-1].W, layers[-1].b)]
    hold(
        "propagation/descent.md",
        signs,
        here={
            r"da^{[L-1]} = (W^{[L]})^\top dz^{[L]} = 0": (
                passes.symbols_of_a_pass(silent, x, y)
            ),
            r"-\eta d \cdot d = -\eta d^2": {
                r"\eta": torch.tensor(0.3),
                "d": torch.tensor([-2.0, 0.5]),
            },
        },
        after=passes.after_an_update(layers, signs),
    )
