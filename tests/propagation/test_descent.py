import pytest
import torch
from torch.testing import assert_close

from snippets.network import Layer, initialise
from snippets.propagation import descent, example
from snippets.propagation.backward import Gradient, backward
from snippets.propagation.descent import (
    XOR,
    XOR_NAMES,
    XOR_TARGETS,
    loss_and_gradients,
    require_finite,
    train_on_xor,
    update,
)
from snippets.propagation.forward import forward
from snippets.propagation.gradient_check import flat
from snippets.propagation.loss import cross_entropy
from tests import drawing
from tests.claims import agree, claim, pages
from tests.equations.check import hold
from tests.propagation import passes
from tests.propagation.passes import backward_from, problem


def start(seed=0):
    """Return the network for XOR at its start, its loss and its gradients."""
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(seed))
    return layers, *loss_and_gradients(layers)


@claim(
    r"Those of all layers before it: by Equation, $da^{[L-1]} = (W^{[L]})^\top "
    "dz^{[L]} = 0$.",
    "Those of the last layer's own weights are in general not 0, so these move "
    "away from <naught>, and from the second step on the others learn too.",
)
def test_last_weights_of_0_silence_all_before_them_for_one_step(said):
    first, last = start()[0]
    layers = [first, last._replace(W=torch.full_like(last.W, said.naught))]
    _, gradients = loss_and_gradients(layers)
    assert not any(part.any() for part in gradients[0])
    assert gradients[1].dW.any()
    _, second = loss_and_gradients(update(layers, gradients, 1))
    assert second[0].dW.any()


@claim(
    "Gradient descent uses what backpropagation has found: it moves every "
    "weight and every bias a small step against its derivative.",
    r"The learning rate $\eta$ sets the size of the step.",
    "Backpropagation finds the gradient, and changes nothing; gradient descent "
    "uses it, and changes the weights and biases.",
    "The factor that turns a gradient into a step of gradient descent: how "
    "large its steps are.",
)
def test_update_agrees_with_torchs_optimiser():
    layers, _, gradients = start()
    before = flat(layers)
    parameters = torch.nn.Parameter(before.clone())
    parameters.grad = flat(gradients)
    torch.optim.SGD([parameters], lr=0.3).step()
    found = flat(update(layers, gradients, 0.3))
    assert_close(found, parameters.detach())
    assert_close(found, before - 0.3 * flat(gradients))
    assert torch.equal(flat(layers), before), "those given stay as they are"
    assert update(layers, gradients, 1e39)[0].W.isfinite().all()


LAYERS, _, GRADIENTS = start()
(DW, DB), LAST = GRADIENTS
SHARE = r"layers\[0\].W and gradients\[0\].d. must share"


@pytest.mark.parametrize(
    ("layers", "gradients", "rate", "error", "said"),
    [
        (LAYERS, GRADIENTS, 0, ValueError, "learning_rate must be"),
        (LAYERS, GRADIENTS, -1, ValueError, "learning_rate must be"),
        (LAYERS, GRADIENTS, "1", TypeError, "learning_rate must be"),
        (LAYERS, GRADIENTS[:1], 1, ValueError, "each of 2 layers, but holds 1"),
        (LAYERS, GRADIENTS[::-1], 1, ValueError, r"dW .* = 4 and inputs = 2"),
        ([None], GRADIENTS[:1], 1, TypeError, r"layers\[0\] must be a Layer"),
        (LAYERS, [Gradient(DW, DB.T), LAST], 1, ValueError, "with units = 4"),
        (LAYERS, [Gradient(DW.float(), DB), LAST], 1, TypeError, SHARE),
        (LAYERS, [Gradient(DW, DB.float()), LAST], 1, TypeError, SHARE),
    ],
)
def test_update_refuses_what_does_not_fit(layers, gradients, rate, error, said):
    with pytest.raises(error, match=said):
        update(layers, gradients, rate)


@claim(
    "LearningRate is a number above 0, and Steps, below, a whole number, 0 or "
    "more.",
)
@pytest.mark.parametrize(
    ("steps", "rate", "error", "message"),
    [
        (-1, 1, ValueError, "steps must be at least 0"),
        ("3", 1, TypeError, "steps must be a whole number"),
        (True, 1, TypeError, "steps must be a whole number, but a bool"),
        (0, -1, ValueError, "learning_rate must be finite and above 0"),
    ],
)
def test_training_refuses_bad_input(steps, rate, error, message):
    with pytest.raises(error, match=message):
        train_on_xor(steps, rate, torch.Generator())


@claim(
    "For small rates it falls by nearly what the gradient promises, "
    r"$\eta$ times the sum of the squares of all derivatives.",
    r"For a small rate the loss falls by nearly $\eta$ times the sum of the "
    "squares of all derivatives; too large a rate does harm.",
    "A small step against them lowers the loss as they promise.",
    "How much the loss falls depends on the learning rate.",
    "For larger ones the promise is broken, and in the end the step does harm.",
    "The gradient holds the slopes at the present weights; further away they "
    "are different.",
)
@pytest.mark.parametrize("seed", range(20))
def test_a_small_step_lowers_the_loss_and_a_large_one_does_harm(seed):
    layers, loss, gradients = start(seed)
    squares = flat(gradients).square().sum().item()
    after, _ = loss_and_gradients(update(layers, gradients, 1e-4))
    assert (loss - after).item() == pytest.approx(1e-4 * squares, rel=0.01)
    if seed == 2:
        after, there = loss_and_gradients(update(layers, gradients, 2))
        assert loss - 2 * squares < after < loss, "less than promised"
        assert loss_and_gradients(update(layers, gradients, 8))[0] > loss
        for here, far in zip(gradients, there, strict=True):
            assert (far.dW - here.dW).abs().max() > 1e-3
            assert (far.db - here.db).abs().max() > 1e-3


@claim(
    "Two layers have now learnt what one layer could not do, and nobody had to "
    "set their weights by hand.",
    "And one step is not the end: after it XOR is not yet learnt, and after "
    "many it is.",
)
@pytest.mark.parametrize("seed", range(3))
def test_many_steps_learn_xor(seed):
    layers, losses = train_on_xor(
        1000, 1.0, torch.Generator().manual_seed(seed)
    )
    assert len(losses) == 1001
    assert [layer.W.shape for layer in layers] == [(4, 2), (1, 4)]
    assert min(losses[:2]) > 0.6, "one step is not the end"
    assert losses[-1] < 0.01
    y_hat, _ = forward(XOR, layers, XOR_NAMES)
    assert torch.equal(y_hat.round(), XOR_TARGETS)


@claim(
    "The loss after one step of gradient descent.",
    "The loss after one step, against the learning rate from <lowest> to "
    "<highest>.",
    "A network with <units> tanh units, and a sigmoid at its output, has "
    "not learnt XOR yet.",
    "A dotted level line marks the loss before the step, about <before_it>.",
    "The solid curve starts just below it, falls to about <least> at a rate of "
    "about <best>, rises again, crosses the level line at about <even> and "
    "ends far above it.",
    "A dashed straight line starts in the same direction as the curve and goes "
    "on falling.",
)
def test_figure_shows_the_promise_and_its_end(said):
    """It tries every tenth; "about" is half a step between rates."""
    (axes,) = descent.draw_one_step().axes
    assert drawing.styles(axes) == {
        "before the step": ":",
        "after the step": "-",
        "what the slope promises": "--",
    }
    before, after, promise = axes.lines
    level = float(before.get_ydata()[0])
    generator = torch.Generator().manual_seed(2)
    network = initialise((2, int(said.units), 1), generator)
    y_hat, _ = forward(XOR, network, ("tanh", "sigmoid"))
    agree([level], cross_entropy(y_hat, XOR_TARGETS))
    rates, losses = torch.as_tensor(after.get_xydata()).T
    tenths = [number / 10 for number in range(1, 81)]
    assert rates.tolist() == pytest.approx(tenths, rel=1e-12)
    assert axes.get_xlim() == (0, 8)
    agree([said.lowest, said.highest], *rates[[0, -1]])
    agree(
        [said.before_it, said.least, said.best],
        level,
        losses.min(),
        rates[losses.argmin()],
    )
    assert level - 0.01 < losses[0] < level < losses[-1] - 0.1
    below, above = rates[losses < level][-1], rates[losses > level][0]
    assert below - 0.05 <= said.even <= above + 0.05
    assert above - below < 0.11, "it crosses once"
    at, promised = torch.as_tensor(promise.get_xydata()).T
    assert torch.equal(at, rates)
    assert (promised < losses).all()
    falls = promised.diff()
    assert_close(falls, falls[:1].expand_as(falls))
    assert falls[0] < 0
    assert promised[0].item() == pytest.approx(losses[0].item(), abs=1e-3)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [line.get_label() for line in axes.lines]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("learning rate", "loss")


@claim(
    "All gradients are found first, and only then is anything changed: a layer "
    "that is updated too early would spoil the gradients of the layers before "
    "it, which are computed with its weights.",
    "All gradients are found before anything is changed, and after each "
    "step they are computed again.",
)
def test_updating_too_early_spoils_what_comes_before():
    (layers, x, y), names = problem(0), ["tanh"] * 3
    y_hat, caches = forward(x, layers, names)
    right = backward_from(y_hat - y, caches, names)
    early = update(layers, right, 0.5)[2]
    mixed = [*caches[:2], caches[2]._replace(W=early.W)]
    spoilt = backward_from(y_hat - y, mixed, names)
    for layer in range(2):
        assert (spoilt[layer].dW - right[layer].dW).abs().max() > 1e-4
    assert torch.equal(spoilt[2].dW, right[2].dW), "not its own"


def one_step(layers, rate, x=example.X, y=example.Y):
    """Return the network on paper after a step."""
    y_hat, caches = forward(x, layers, example.NAMES)
    return update(layers, backward(y_hat - y, caches, example.NAMES), rate)


@claim(
    r"With $\eta = <eta>$ the first weight of the network on paper goes from "
    r"<old> to <new>, since $0.30 - 1 \cdot (-0.080) = 0.38$.",
    r"(by hand, easy) Take the step of the network on paper with $\eta = "
    "<slow>$ instead of <other>.",
    r"To $0.80 - 0.1 \cdot (-0.249) \approx 0.825$, $-1.10 - 0.1 \cdot "
    r"(-0.129) \approx -1.087$ and $0.20 - 0.1 \cdot (-0.416) \approx 0.242$.",
    "(predict, medium) The squares of the nine derivatives of the network on "
    "paper add up to <squares>.",
    r"By how much should its loss fall in a step with $\eta = <rate>$?",
    r"By about $0.1 \cdot 0.35 = 0.035$, from <before> to about <after>.",
    "They come close to the targets <y_1> and <y_2>:",
    "(program, hard) Train the network on paper for a thousand steps with "
    r"$\eta = 1$ on its two examples; what do its predictions become?",
)
def test_steps_on_paper(said):
    """About: a step of that length is not quite straight."""
    paper = example.LAYERS

    def loss(layers):
        y_hat, _ = forward(example.X, layers, example.NAMES)
        return cross_entropy(y_hat, example.Y)

    moved = flat(one_step(paper, said.eta)) - flat(paper)
    agree(
        [said.eta, said.old, said.new],
        said.other,
        flat(paper)[0],
        flat(paper)[0] + moved[0],
    )
    agree([said.squares, said.before], moved.square().sum(), loss(paper))
    stepped = flat(one_step(paper, said.slow))[6:].tolist()
    assert stepped == pytest.approx([0.825, -1.087, 0.242], abs=0.0005)
    agree([said.after], said.before - said.rate * said.squares)
    assert loss(one_step(paper, said.rate)).item() == pytest.approx(
        said.after, abs=0.002
    )
    two, layers = (example.TWO_X, example.TWO_Y), paper
    for _ in range(1000):
        layers = one_step(layers, 1.0, *two)
    assert example.TWO_Y.tolist() == [[said.y_1, said.y_2]]
    y_hat, _ = forward(example.TWO_X, layers, example.NAMES)
    assert (y_hat - example.TWO_Y).abs().max() < 0.02


@claim(
    "With a learning rate of <rate> the same network jumps back and forth, and "
    "has not settled after <steps> steps:",
    r"Cross-entropy with a sigmoid at least keeps each error $\hat y - y$ "
    "between −1 and 1.",
)
def test_too_long_steps_never_settle(said):
    shown = f"train_on_xor({said.steps:.0f}, learning_rate={said.rate},"
    assert shown in pages()["propagation/descent.md"]
    generator = torch.Generator().manual_seed(2)
    layers, losses = train_on_xor(int(said.steps), said.rate, generator)
    assert losses[0] < min(losses[-50:]) <= max(losses) < float("inf")
    errors = forward(XOR, layers, XOR_NAMES)[0] - XOR_TARGETS
    assert errors.abs().max() <= 1


@claim(
    "With half the squared error and no activation function the error has no "
    "bounds: the weights can grow from step to step until they are too large "
    "for a computer to hold.",
    "require_finite stops there, and says at which step and in which layer:",
)
def test_training_that_leaves_the_finite_numbers_says_so(monkeypatch):
    """One weight, x = 2 and y = 1: each step multiplies the error by -3."""
    layers = [Layer(torch.ones(1, 1).double(), torch.zeros(1, 1).double())]
    for step in range(1, 701):
        layers[0] = layers[0]._replace(W=layers[0].W * -3 + 2)
        if step < 600:
            require_finite(layers, step)
    with pytest.raises(FloatingPointError, match="^step 700 left layer 1 with"):
        require_finite(layers, 700)

    def overflow(layers, gradients, rate):
        first, last = update(layers, gradients, rate)
        return [first, last._replace(W=last.W / 0)]

    monkeypatch.setattr(descent, "update", overflow)
    said = (
        "^step 1 left layer 2 with numbers that are not finite; take a "
        "smaller learning rate$"
    )
    with pytest.raises(FloatingPointError, match=said):
        train_on_xor(5, 1.0, torch.Generator().manual_seed(2))


@pytest.mark.parametrize("seed", range(5))
def test_equations(seed):
    layers, x, y = problem(seed)
    signs = passes.symbols_of_a_pass(layers, x, y)
    silent = [*layers[:-1], Layer(0 * layers[-1].W, layers[-1].b)]
    squares = {r"\eta": torch.tensor(0.3), "d": torch.tensor([-2.0, 0.5])}
    hold(
        "propagation/descent.md",
        signs,
        here={
            r"da^{[L-1]} = (W^{[L]})^\top dz^{[L]} = 0": (
                passes.symbols_of_a_pass(silent, x, y)
            ),
            r"-\eta d \cdot d = -\eta d^2": squares,
        },
        after=passes.after_an_update(layers, signs),
    )
