"""The lab on loss and gradients: its solutions are the book's."""

import math
import re
from unittest.mock import patch

import pytest
import torch

from snippets.propagation.autograd import Value, backward
from snippets.propagation.descent import XOR, XOR_NAMES, XOR_TARGETS
from snippets.propagation.forward import forward
from snippets.propagation.gradient_check import (
    flat,
    numerical_gradients,
    relative_error,
)
from snippets.propagation.loss import cross_entropy_of_z
from snippets.propagation.softmax import softmax
from tests.claims import agree, claim
from tests.notebooks.lab import lab
from tests.tensors import double, random


@claim(
    "A sigmoid whose target is <target> has the loss $\\log(1 + e^z)$.",
    "my_loss: for large z take e^z out of the sum, and leave small z as they "
    "are; torch.where(condition, this, that) chooses",
)
def test_loss_and_softmax_are_the_books(said):
    names = lab("gradients").names
    z = torch.linspace(-800, 800, 41, dtype=torch.float64)
    out_of_the_sum = z + torch.log1p(torch.exp(-z))
    chosen = torch.where(z > 0, out_of_the_sum, torch.log1p(torch.exp(z)))
    for value, other in zip(z, chosen, strict=True):
        target = double([[said.target]])
        wanted = cross_entropy_of_z(value.view(1, 1), target).item()
        assert names["my_loss"](value).item() == pytest.approx(wanted)
        assert other.item() == pytest.approx(wanted)
    near = z[z.abs() < 700]
    wanted = [
        cross_entropy_of_z(value.view(1, 1), double([[said.target]])).item()
        for value in near
    ]
    found = torch.log(1 + torch.exp(near)).tolist()
    assert found == pytest.approx(wanted, abs=1e-12)
    scores = z[:40].view(4, 10)
    assert torch.allclose(names["my_softmax"](scores), softmax(scores))


@claim("Written so, it is infinite from $z = <z>$ on.")
def test_the_loss_as_written_is_infinite_from_710_on(said):
    z = double([said.z - 1, said.z, said.z + 1])
    finite = torch.log(1 + torch.exp(z)).isfinite().tolist()
    assert finite == [True, False, False]


@claim("The exponent is never positive.")
def test_the_solution_takes_no_large_power():
    with patch("torch.exp", wraps=torch.exp) as exp:
        lab("gradients").names["my_loss"](torch.linspace(-9, 9, 19))
    ((exponents,),) = (call.args for call in exp.call_args_list)
    assert exponents.max() == 0


@claim(
    "<classes> classes have the scores <z_1>, <z_2> and <z_3>.",
    "Now <added> is added to each of them: what becomes of their "
    "probabilities?",
    "Each power is multiplied by the same $e^{100}$, and so is their sum.",
)
def test_what_is_added_to_all_scores_changes_nothing(said):
    z = double([said.z_1, said.z_2, said.z_3])
    assert len(z) == said.classes
    assert lab("gradients").names["scores"][:, 0].tolist() == z.tolist()
    assert lab("gradients").names["added"] == said.added == 100
    powers, others = torch.exp(z), torch.exp(z + said.added)
    factor = math.exp(said.added)
    assert (others / powers).tolist() == pytest.approx([factor] * 3)
    assert others.sum() / powers.sum() == pytest.approx(factor)
    before, after = lab("gradients").said["shift"].splitlines()
    assert before == after


@claim(
    "my_softmax: what may be added to all scores of an example, so that no "
    "power is too large? z.amax(dim=0) is the largest of each column",
    "five examples, one of them with very large scores.",
)
def test_the_largest_of_each_column_is_taken_off():
    z = lab("gradients").before["slopes"]["z"]
    assert z.amax(dim=0).tolist() == [max(column) for column in z.T.tolist()]
    assert torch.exp(z - z.amax(dim=0)).max() == 1
    large = torch.exp(z).isinf().any(dim=0) | (torch.exp(z) == 0).any(dim=0)
    assert (len(large), int(large.sum())) == (5, 1)


@claim(
    "A gradient is checked by pushing one number at a time, up and down by "
    "$h$: the slope is $J(w + h) - J(w - h)$, divided by $2 h$, but for a "
    "small error.",
    "my_slopes: for each place, let loss(...) judge a copy of w in which this "
    "number is larger by h, and one in which it is smaller",
    "<slopes> slopes, with just the error that centred differences have.",
)
def test_differences_give_the_slope_but_for_a_small_error(said):
    names = lab("gradients").before["error"]
    loss, w = names["some_loss"], names["w"]
    assert len(w) == said.slopes
    watched = w.clone().requires_grad_()
    (right,) = torch.autograd.grad(loss(watched), watched)
    errors = []
    for h in (0.1, 0.01):
        steps = h * torch.eye(len(w), dtype=w.dtype)
        found = double(
            [float(loss(w + s) - loss(w - s)) / (2 * h) for s in steps]
        )
        mine = lab("gradients").names["my_slopes"](loss, w, h)
        torch.testing.assert_close(mine, found)
        errors.append((found - right).abs().max().item())
    assert errors == pytest.approx([0.01, 0.0001])


@claim(
    "Two gradients $p$ and $q$ are compared by their relative error: the "
    "length of their difference, divided by the longer of the two lengths.",
    "<equal> for equal ones, <opposite> for opposite ones, and no NaN.",
)
def test_the_relative_error_is_the_books(said):
    mine = lab("gradients").names["my_relative_error"]
    for seed in range(20):
        p, q = random(2, 5, seed=seed)
        longer = max(math.hypot(*p), math.hypot(*q))
        wanted = pytest.approx(math.hypot(*(p - q)) / longer)
        assert float(mine(p, q)) == relative_error(p, q) == wanted
        agree(said, float(mine(p, p)), float(mine(p, -p)))
    nothing = torch.zeros(5).double()
    assert mine(nothing, nothing) == said.equal


@claim(
    "In a copy of backward the mean is left out, in $db$ only, on the "
    "<examples> examples of XOR.",
    "A right gradient is off only by the error of the differences and by "
    "rounding, far below a millionth.",
    "The faulty one is off by <off>, although <sound> of its <entries> entries "
    "are right.",
)
def test_a_missing_mean_is_noticed(said):
    right, wrong = map(float, lab("gradients").said["judge"].splitlines())
    assert right < 1e-6 / 10
    assert wrong == said.off
    names = lab("gradients").names
    pairs = [*zip(names["right"], names["wrong"], strict=True)]
    assert XOR.shape[1] == said.examples
    for one, other in pairs:
        assert other.dW.equal(one.dW)
        assert other.db.equal(said.examples * one.db), "no mean over them"
    entries, faulty = (
        torch.cat([part.flatten() for pair in pairs for part in pair])
        for pairs in map(names.get, ("right", "wrong"))
    )
    layers, length = names["layers"], torch.linalg.vector_norm

    def loss(moved):
        z = forward(XOR, moved, XOR_NAMES)[1][-1].z
        return cross_entropy_of_z(z, XOR_TARGETS)

    off = {
        h: flat(numerical_gradients(loss, layers, h)) - entries
        for h in (1e-2, 1e-3, 1e-5)
    }
    torch.testing.assert_close(off[1e-2] / 100, off[1e-3], rtol=0.01, atol=1e-9)
    by_differences = off[1e-3] / 100**2  # falls as the square of the step
    for part in (by_differences, off[1e-5] - by_differences):
        assert right / 10 < length(part) / length(entries) < 1e-9
    assert len(entries) == said.entries
    assert (entries == faulty).sum() == said.sound


@claim(
    "The autograd engine knows sums, differences and products.",
    "A number that was computed from $z$ is Value(data, (z, slope)).",
    "Give it <more> functions more: the slope of $e^z$ is $e^z$ itself, and "
    "that of $\\log z$ is $1/z$.",
    "exp: math.exp(z.data) is the number",
    "log: math.log(z.data) is the number",
    "numbers and slopes, those of log(<one> + e^z) and of e^z log z.",
)
def test_the_engine_gets_functions(said):
    known = {name for name in vars(Value) if not hasattr(object, name)}
    assert known == {"__add__", "__sub__", "__mul__", "__weakref__"}
    z = Value(0.4)
    backward(Value(9.0, (z, 2.5)))
    assert z.grad == 2.5
    exp, log = map(lab("gradients").names.get, ("exp", "log"))
    solution = lab("gradients").solutions["engine"]
    assert len(re.findall("^def ", solution, re.M)) == said.more
    for function, ours, torchs in (
        (exp, math.exp, torch.exp),
        (log, math.log, torch.log),
        (
            lambda z: log(Value(said.one) + exp(z)),
            lambda z: math.log(1 + math.exp(z)),
            torch.nn.functional.softplus,
        ),
        (
            lambda z: exp(z) * log(z),
            lambda z: math.exp(z) * math.log(z),
            lambda z: torch.exp(z) * torch.log(z),
        ),
    ):
        z, watched = Value(0.4), double(0.4).requires_grad_()
        end = function(z)
        backward(end)
        (slope,) = torch.autograd.grad(torchs(watched), watched)
        assert end.data == pytest.approx(ours(0.4))
        assert z.grad == pytest.approx(slope.item())
    z = double(0.4)
    assert torch.func.grad(torch.exp)(z) == torch.exp(z)
    assert torch.func.grad(torch.log)(z) == 1 / z


@claim(
    "Give PyTorch a network for XOR: <inputs> inputs, <hidden> hidden units "
    "with ReLU, and <outputs> output, a score.",
    "my_model: return Sequential(...) of <parts> parts",
    "<hidden_> units that bend, and a score.",
)
def test_the_model_has_the_wanted_sizes(said):
    model = lab("gradients").names["my_model"]()
    first, bend, last = model
    assert len(model) == said.parts
    assert (first.in_features, first.out_features) == (
        said.inputs,
        said.hidden,
    )
    assert isinstance(bend, torch.nn.ReLU)
    assert (last.in_features, last.out_features) == (
        said.hidden_,
        said.outputs,
    )


@claim(
    "Gradients add up from step to step unless they are cleared.",
    "<steps> steps, and the parameters of the book's.",
)
def test_gradients_add_up(said):
    w = double([1.0, -2.0]).requires_grad_()
    optimiser = torch.optim.SGD([w], lr=0.1)
    for times in (1, 2, 3):
        (w**2).sum().backward()
        assert w.grad.tolist() == (2 * times * w).tolist()
    optimiser.zero_grad()
    (w**2).sum().backward()
    assert w.grad.tolist() == (2 * w).tolist()
    cell = lab("gradients").cells["check-step"].source
    assert f"steps={said.steps:g}, " in cell
    assert "enumerate(losses, start=1)" in cell


@claim("Model and step together learn XOR:")
def test_model_and_step_learn_xor():
    shown = lab("gradients").said["learn"]
    losses = [*map(float, re.findall(r"loss (\S+)", shown))]
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01 < losses[0]
