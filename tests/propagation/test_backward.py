from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snippets.network import Layer, initialise
from snippets.propagation.backward import (
    NAMES,
    X,
    Y,
    backward,
    cross_entropy,
    cross_entropy_derivative,
    draw_one_step,
    loss_and_gradients,
    train_on_xor,
    update,
)
from snippets.propagation.forward import ACTIVATIONS, forward
from tests.propagation.test_forward import TORCHS

WIDTHS = (3, 5, 4, 6, 2, 1)  # all differ, so that no transpose goes unseen


def problem(depth, m, seed=0):
    """Layers with biases other than 0, inputs and targets, all in float64."""
    generator = torch.Generator().manual_seed(seed)
    sizes = WIDTHS[: depth + 1]
    layers = [
        Layer(W, torch.randn(b.shape, generator=generator, dtype=b.dtype))
        for W, b in initialise(sizes, generator)
    ]
    x = torch.randn(sizes[0], m, generator=generator, dtype=torch.float64)
    y = torch.rand(sizes[-1], m, generator=generator, dtype=torch.float64)
    return layers, x, y


def by_autograd(loss, layers):
    """Gradients of a loss, as a function of the layers, by torch."""
    leaves = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in layers
    ]
    parameters = [part for layer in leaves for part in layer]
    return torch.autograd.grad(loss(leaves), parameters)


def prediction(x, layers, names):
    """Go forward with torch's own activation functions, not the book's."""
    for (W, b), name in zip(layers, names, strict=True):
        x = TORCHS[name](W @ x + b)
    return x


def flat(gradients):
    return [part for gradient in gradients for part in gradient]


@pytest.mark.parametrize(
    ("depth", "name", "m"), list(product(range(1, 6), ACTIVATIONS, (1, 2, 7)))
)
def test_agrees_with_autograd(depth, name, m):
    """Each depth, activation function and number of examples; any loss.

    A fixed random da stands for the derivative of some loss: that of the mean
    over the examples of the sum of da times the prediction.
    """
    layers, x, da = problem(depth, m)
    names = [name] * depth
    _, caches = forward(x, layers, names)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / m

    for ours, torchs in zip(
        flat(backward(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_agrees_with_autograd_where_every_z_is_zero(name):
    """At the kinks the book takes the slopes that torch takes."""
    layers = initialise((3, 5, 4), torch.Generator().manual_seed(0))
    x, da = torch.zeros(3, 2).double(), torch.ones(4, 2).double()
    if name == "sigmoid":  # whose answer at 0 is no 0
        layers = layers[:1]
        da = torch.ones(5, 2).double()
    names = [name] * len(layers)
    _, caches = forward(x, layers, names)
    assert not any(cache.z.any() for cache in caches)

    def loss(leaves):
        return (da * prediction(x, leaves, names)).sum() / 2

    for ours, torchs in zip(
        flat(backward(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(10))
def test_agrees_with_autograd_from_the_loss_on(seed):
    layers, x, y = problem(3, 7, seed)
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)

    def loss(leaves):
        return cross_entropy(prediction(x, leaves, names), y)

    da = cross_entropy_derivative(y_hat, y)
    for ours, torchs in zip(
        flat(backward(da, caches, names)),
        by_autograd(loss, layers),
        strict=True,
    ):
        torch.testing.assert_close(ours, torchs, rtol=1e-10, atol=1e-13)


def test_agrees_with_centred_differences():
    """A second judge: no rule of calculus, only the loss at two points."""
    layers, x, y = problem(2, 4)
    names, h = ("tanh", "sigmoid"), 1e-6

    def loss(changed):
        return cross_entropy(forward(x, changed, names)[0], y)

    y_hat, caches = forward(x, layers, names)
    gradients = backward(cross_entropy_derivative(y_hat, y), caches, names)
    for l, layer in enumerate(layers):
        for part in range(2):
            for place in product(*map(range, layer[part].shape)):
                losses = []
                for sign in (1, -1):
                    moved = [
                        Layer(*(p.clone() for p in layer)) for layer in layers
                    ]
                    moved[l][part][place] += sign * h
                    losses.append(loss(moved))
                difference = (losses[0] - losses[1]) / (2 * h)
                assert gradients[l][part][place].item() == pytest.approx(
                    difference.item(), abs=1e-9
                )


def test_gradients_have_the_shapes_of_what_they_change():
    layers, x, da = problem(4, 7)
    names = ["tanh"] * 4
    gradients = backward(da, forward(x, layers, names)[1], names)
    for (dW, db), (W, b) in zip(gradients, layers, strict=True):
        assert dW.shape == W.shape
        assert db.shape == b.shape


def test_backward_changes_nothing_it_was_given():
    layers, x, da = problem(3, 7)
    names = ["leaky_relu"] * 3
    _, caches = forward(x, layers, names)
    before = [part.clone() for cache in caches for part in cache]
    da_before = da.clone()
    backward(da, caches, names)
    assert all(
        torch.equal(now, then)
        for now, then in zip(flat(caches), before, strict=True)
    )
    assert torch.equal(da, da_before)


def test_backward_refuses_what_does_not_fit():
    layers, x, da = problem(2, 7)
    names = ["tanh"] * 2
    _, caches = forward(x, layers, names)
    with pytest.raises(ValueError, match=r"da must have shape \(4, 7\)"):
        backward(da[:1], caches, names)
    with pytest.raises(ValueError, match="for each of 2 layers"):
        backward(da, caches, names[:1])
    with pytest.raises(TypeError, match="da has torch.float32"):
        backward(da.float(), caches, names)
    with pytest.raises(TypeError, match="caches must be a list"):
        backward(da, None, names)
    broken = caches[1]._replace(a_previous=caches[1].a_previous[:1])
    with pytest.raises(ValueError, match=r"a_previous must have shape \(5, 7"):
        backward(da, [caches[0], broken], names)
    nobody = [
        c._replace(a_previous=c.a_previous[:, :0], z=c.z[:, :0]) for c in caches
    ]
    with pytest.raises(ValueError, match="at least one example"):
        backward(da[:, :0], nobody, names)


@given(
    st.lists(
        st.tuples(st.floats(0.001, 0.999), st.floats(0, 1)),
        min_size=1,
        max_size=9,
    )
)
def test_loss_agrees_with_torch(pairs):
    y_hat, y = torch.tensor(pairs, dtype=torch.float64).T.unsqueeze(1)
    torchs = torch.nn.functional.binary_cross_entropy(y_hat, y)
    torch.testing.assert_close(cross_entropy(y_hat, y), torchs)
    leaf = y_hat.clone().requires_grad_()
    (slope,) = torch.autograd.grad(cross_entropy(leaf, y) * len(pairs), leaf)
    torch.testing.assert_close(cross_entropy_derivative(y_hat, y), slope)


def test_losses_of_several_outputs_add_up():
    y_hat = torch.tensor([[0.2, 0.9], [0.5, 0.4]])
    y = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    rows = [cross_entropy(y_hat[[i]], y[[i]]) for i in range(2)]
    torch.testing.assert_close(cross_entropy(y_hat, y), sum(rows))


def test_loss_at_the_edges():
    right = torch.tensor([[0.0, 1.0]])
    assert cross_entropy(right, right).item() == 0
    assert cross_entropy(1 - right, right).item() == torch.inf
    assert cross_entropy_derivative(right, right).isnan().all()
    assert cross_entropy_derivative(1 - right, right).isinf().all()
    unknown = torch.tensor([[torch.nan]])
    assert cross_entropy(unknown, torch.ones(1, 1)).isnan()


@pytest.mark.parametrize("function", [cross_entropy, cross_entropy_derivative])
@pytest.mark.parametrize(
    ("y_hat", "y", "error", "said"),
    [
        ([[0.5]], [[2.0]], ValueError, "y must lie between 0 and 1, .* 2"),
        (
            [[1.5]],
            [[1.0]],
            ValueError,
            "y_hat must lie between 0 and 1, .* 1.5",
        ),
        ([[0.5]], [[1.0, 0.0]], ValueError, r"y must have shape \(1, 1\)"),
        ([0.5], [1.0], ValueError, r"y_hat must have shape \(outputs, m\)"),
        ([[]], [[]], ValueError, "at least one example"),
        ([[0.5]], [[True]], TypeError, "y must have a floating dtype"),
    ],
)
def test_loss_refuses_bad_input(function, y_hat, y, error, said):
    with pytest.raises(error, match=said):
        function(torch.tensor(y_hat), torch.tensor(y))


def test_sigmoid_at_the_output_leaves_the_error():
    z = torch.linspace(-5, 5, 21, dtype=torch.float64).unsqueeze(0)
    y = (torch.arange(21) % 2).double().unsqueeze(0)
    g, slope = ACTIVATIONS["sigmoid"]
    dz = cross_entropy_derivative(g(z), y) * slope(z)
    torch.testing.assert_close(dz, g(z) - y)


def test_second_exercise():
    layers = [Layer(torch.tensor([[2.0]]), torch.tensor([[-1.0]]))]
    x, y = torch.tensor([[0.5]]), torch.tensor([[1.0]])
    y_hat, caches = forward(x, layers, ("sigmoid",))
    da = cross_entropy_derivative(y_hat, y)
    ((dW, db),) = backward(da, caches, ("sigmoid",))
    assert y_hat.item() == 0.5
    assert dW.item() == pytest.approx(-0.25)
    assert db.item() == pytest.approx(-0.5)


def test_third_exercise():
    """Last weights of 0 silence all gradients before them, for one step."""
    first, last = initialise((2, 4, 1), torch.Generator().manual_seed(0))
    layers = [first, last._replace(W=torch.zeros_like(last.W))]
    _, gradients = loss_and_gradients(layers)
    assert not any(part.any() for part in gradients[0])
    assert gradients[1].dW.any()
    _, second = loss_and_gradients(update(layers, gradients, 1))
    assert second[0].dW.any()


def test_update_steps_against_the_gradient():
    layers, x, da = problem(3, 7)
    names = ["tanh"] * 3
    gradients = backward(da, forward(x, layers, names)[1], names)
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
    with pytest.raises(ValueError, match="for each of 2 layers, but 1 were"):
        update(layers, gradients[:1], 1)
    with pytest.raises(ValueError, match=r"dW must have shape \(4, 2\)"):
        update(layers, gradients[::-1], 1)
    with pytest.raises(TypeError, match="a layer must be a pair"):
        update([None], gradients[:1], 1)
    assert update(layers, gradients, 1e39)[0].W.isfinite().all()


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


def test_a_large_step_does_harm():
    layers = initialise((2, 4, 1), torch.Generator().manual_seed(2))
    loss, gradients = loss_and_gradients(layers)
    assert loss_and_gradients(update(layers, gradients, 8))[0] > loss


@pytest.mark.parametrize(
    ("steps", "rate", "error", "said"),
    [
        (-1, 1, ValueError, "steps must be at least 0"),
        ("3", 1, TypeError, "steps must be an integer"),
        (True, 1, TypeError, "steps must be an integer, but a bool"),
        (0, -1, ValueError, "learning_rate must be finite and above 0"),
    ],
)
def test_training_refuses_bad_input(steps, rate, error, said):
    with pytest.raises(error, match=said):
        train_on_xor(steps, rate, torch.Generator())


@pytest.mark.parametrize("seed", range(6))
def test_many_steps_learn_xor(seed):
    layers, losses = train_on_xor(
        1000, 1.0, torch.Generator().manual_seed(seed)
    )
    assert len(losses) == 1001
    assert losses[0] > 0.6
    assert losses[-1] < 0.01
    y_hat, _ = forward(X, layers, NAMES)
    assert torch.equal(y_hat.round(), Y)


def test_figure_shows_the_promise_and_its_end():
    (axes,) = draw_one_step().axes
    before, after, promise = axes.lines
    level = float(before.get_ydata()[0])
    losses, rates = (torch.as_tensor(data) for data in after.get_data()[::-1])
    assert level == pytest.approx(0.72, abs=0.005)
    assert losses.min().item() == pytest.approx(0.68, abs=0.005)
    assert rates[losses.argmin()].item() == pytest.approx(2.3, abs=0.15)
    crossing = rates[losses > level][0].item()
    assert crossing == pytest.approx(4.7, abs=0.15)
    assert losses[-1] > level + 0.1
    promised = torch.as_tensor(promise.get_ydata())
    assert (promised < losses).all()
    assert promised[0].item() == pytest.approx(losses[0].item(), abs=1e-3)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [line.get_label() for line in axes.lines]
    assert axes.get_xlabel() == "learning rate"
    assert axes.get_ylabel() == "loss"
