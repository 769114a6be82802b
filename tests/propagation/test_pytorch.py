import re

import pytest
import torch
from torch.testing import assert_close

from snippets.network import Layer, initialise
from snippets.propagation.backward import backward
from snippets.propagation.descent import XOR, XOR_TARGETS, train_on_xor, update
from snippets.propagation.example import LAYERS, NAMES, X, Y
from snippets.propagation.forward import forward
from snippets.propagation.loss import cross_entropy_of_z
from snippets.propagation.pytorch import set_parameters, train_in_torch
from tests.claims import claim, pages
from tests.equations.check import hold
from tests.propagation import passes


def weight(value):
    """Return a weight whose history is kept, and its optimiser."""
    w = torch.tensor(value, dtype=torch.float64, requires_grad=True)
    return w, torch.optim.SGD([w], lr=0.1)


@claim(
    "A tensor with requires_grad=True is one whose history is kept; "
    "loss.backward() goes back through this history, each tensor before its "
    "sources; and the tensor's .grad adds up what arrives.",
    r"The slope is $2 \cdot 3 \cdot (3w - 5) = <slope>$, and after the second "
    "call grad holds <sum_>: torch adds the new gradient to the old one.",
    "torch's autograd goes back through the history of each tensor; .grad adds "
    "up until it is cleared.",
    "So forget the old one before each call; in the next section zero_grad() "
    "does that.",
    "The step is taken under no_grad: otherwise the change of the weight "
    "would become part of the weight's own history, and torch refuses "
    "that.",
    "(Tensors that were computed from others keep no .grad.)",
)
def test_torch_adds_up(said):
    w, optimiser = weight(2.0)
    for wanted in (said.slope, said.sum_, said.slope):
        loss = (3 * w - 5) ** 2
        assert loss.grad_fn is not None
        loss.backward()
        assert w.grad.item() == wanted
        with pytest.warns(UserWarning, match="not a leaf"):
            assert loss.grad is None
        if wanted == said.sum_:
            optimiser.zero_grad()
    with pytest.raises(RuntimeError, match="in-place operation"):
        w -= 0.1
    with torch.no_grad():
        w -= 0.1
    assert w.item() == pytest.approx(1.9)
    a, _ = weight(1.0)
    b = a + a
    (b + b).backward()
    assert a.grad.item() == 4


def model_of(sizes, function=torch.nn.Sigmoid):
    n, k, outputs = sizes
    linears = torch.nn.Linear(n, k), torch.nn.Linear(k, outputs)
    return torch.nn.Sequential(linears[0], function(), linears[1]).double()


@claim(
    "A layer is a Linear, which keeps $W$ and $b$; Sequential hands the output "
    "of each part to the next.",
    "An optimiser changes the parameters; SGD, from stochastic gradient "
    "descent, does so as in the update.",
    "BCEWithLogitsLoss is the cross-entropy taken from $z$, so the model ends "
    "without its last sigmoid.",
    "One step on the network on paper, with the learning rate 1, and "
    "beside it the step of the update:",
)
@pytest.mark.parametrize("steps", [1, 3])
def test_torch_takes_the_steps_of_the_book(steps):
    model, layers = model_of((2, 2, 1)), LAYERS
    set_parameters(model, layers)
    losses = train_in_torch(model, X.T, Y.T, steps=steps, learning_rate=1.0)
    for loss in losses:
        y_hat, caches = forward(X, layers, NAMES)
        ours = cross_entropy_of_z(caches[-1].z, Y)
        assert loss == pytest.approx(ours.item(), rel=1e-12)
        layers = update(layers, backward(y_hat - Y, caches, NAMES), 1.0)
    ours = [part for layer in layers for part in layer]
    for own, part in zip(ours, model.parameters(), strict=True):
        assert_close(own.reshape(part.shape), part.detach())


@claim(
    "With these, <count> lines learn XOR:",
    "No slope is written anywhere: backward() finds them all.",
)
def test_a_few_lines_of_plain_torch_learn_xor(said):
    """Run those of the page, as a reader would."""
    fence, page = r"(?ms)^```python exec[^\n]*\n(.*?)^```", pages()
    fences = re.findall(fence, page["propagation/pytorch.md"])
    (lines,) = [lines for lines in fences if "import nn" in lines]
    assert len([line for line in lines.splitlines() if line]) == said.count
    assert "snippets" not in lines
    assert "derivative" not in lines
    names = {}
    with torch.random.fork_rng():
        exec(lines, names)
    assert torch.equal(names["model"](names["x"]).sigmoid().round(), names["y"])
    assert names["loss"] < 0.05


@claim(
    ".double() makes the weights float64; torch would take float32.",
    "The input is $(7, 3)$, the weight $(4, 3)$, the bias $(4,)$ and the "
    "output $(7, 4)$.",
    "Give a model with two inputs two examples as columns, and the shapes fit: "
    "the two values of each input are taken for an example.",
    "No error is raised here either.",
)
def test_shapes_and_dtypes_of_linear_layers():
    linear = torch.nn.Linear(3, 4)
    assert (linear.weight.shape, linear.bias.shape) == ((4, 3), (4,))
    assert linear(torch.zeros(7, 3)).shape == (7, 4)
    assert linear.weight.dtype == torch.float32
    assert linear.double().weight.dtype == torch.float64
    model = model_of((2, 2, 1))
    columns = torch.tensor([[1.0, 3.0], [2.0, 4.0]]).double()
    wrong, right = model(columns), model(columns.T)
    assert wrong.shape == right.shape
    assert not torch.allclose(wrong, right)
    assert_close(wrong[0], model(torch.tensor([1.0, 3]).double()))


@claim(
    "XOR is learnt by the same function, and with the same losses:",
    "Sequential, Linear, a loss from $z$ and an optimiser do what the four "
    "equations and the update do, to all six decimals shown.",
)
def test_torch_learns_xor_as_the_book_does():
    model = model_of((2, 4, 1), torch.nn.Tanh)
    generator = torch.Generator().manual_seed(2)
    set_parameters(model, initialise((2, 4, 1), generator))
    rows = XOR.T, XOR_TARGETS.T
    theirs = train_in_torch(model, *rows, steps=300, learning_rate=1.0)
    _, ours = train_on_xor(299, 1.0, torch.Generator().manual_seed(2))
    assert theirs == pytest.approx(ours, abs=1e-9)
    assert torch.equal(model(rows[0]).sigmoid().detach().round(), rows[1])


@claim(
    "Here each example is a column; torch, like most libraries, wants each as "
    "a row, as in a table of data.",
    r"The row $(b^{[l]})^\top$ is added to each row of the product.",
    "$W^{[l]}$ is the same in both, and so is its gradient: put "
    r"$(dZ^{[l]})^\top$ for $dz^{[l]}$ and $A^{[l-1]}$ for $(a^{[l-1]})^\top$.",
    "In the gradient of the activations both sides are transposed:",
    "activations | $(n^{[l]}, m)$ | $(m, n^{[l]})$",
    "weights | $(n^{[l]}, n^{[l-1]})$ | $(n^{[l]}, n^{[l-1]})$",
    "biases | $(n^{[l]}, <columns>)$, added to each column | $(n^{[l]},)$, "
    "added to each row",
    r"forward | $W^{[l]} a^{[l-1]} + b^{[l]}$ | $A^{[l-1]} (W^{[l]})^\top + "
    r"(b^{[l]})^\top$",
    r"to the weights | $\frac{1}{m} dz^{[l]} (a^{[l-1]})^\top$ | $\frac{1}{m} "
    r"(dZ^{[l]})^\top A^{[l-1]}$",
    "to the biases | mean of each row of $dz^{[l]}$ | mean of each column of "
    "$dZ^{[l]}$",
    r"to the layer before | $(W^{[l]})^\top dz^{[l]}$ | $dZ^{[l]} W^{[l]}$",
    "With examples as rows instead of columns, activations and their "
    "derivatives are transposed; $W$ and $dW$ are not.",
)
def test_rows_and_columns_say_the_same(said):
    signs = passes.symbols_of_a_pass(*passes.problem(0))
    n, m = signs["n"], signs["m"]
    for l in signs["l"]:
        W, b, dz = (signs[sign][l] for sign in ("W", "b", "dz"))
        A = signs["a"][l - 1].T.clone().requires_grad_()
        linear = torch.nn.Linear(n[l - 1], n[l], dtype=W.dtype)
        set_parameters(torch.nn.Sequential(linear), [Layer(W, b)])
        assert linear.weight.shape == W.shape == (n[l], n[l - 1])
        assert (linear.bias.shape, b.shape) == ((n[l],), (n[l], said.columns))
        Z = linear(A)
        assert Z.shape == (m, n[l])
        Z.backward(dz.T / m)
        for rows, own in (
            (Z, A @ W.T + b.T),
            (Z.T, W @ A.T + b),
            (dz.T.T @ A.detach() / m, signs["dW"][l]),
            (linear.weight.grad, signs["dW"][l]),
            (linear.bias.grad, signs["db"][l].flatten()),
            (dz.T.mean(dim=0), dz.mean(dim=1)),
            (A.grad * m, dz.T @ W),
            (A.grad.T * m, W.T @ dz),
        ):
            assert_close(rows, own)


@claim(
    "Without zero_grad() each step goes along the sum of all gradients so far.",
    "No error is raised.",
    r"At $-0.1 \cdot (3 + 3 + 3) = <right>$.",
    "Without clearing, grad is <g1>, then <g2>, then <g3>, and the weight ends "
    r"at $-0.1 \cdot (3 + 6 + 9) = <wrong>$, twice as far.",
)
def test_old_gradients_are_added_to_new_ones(said):
    w, optimiser = weight(0.5)
    so_far, own = 0.0, 0.5
    for _ in range(4):
        (w**2).backward()
        optimiser.step()
        so_far += 2 * own
        own -= 0.1 * so_far
        assert w.item() == pytest.approx(own, rel=1e-12)
    for clear, grads, end in (
        (True, (3, 3, 3), said.right),
        (False, (said.g1, said.g2, said.g3), said.wrong),
    ):
        w, optimiser = weight(0.0)
        for grad in grads:
            if clear:
                optimiser.zero_grad()
            (3 * w).backward()
            assert w.grad.item() == grad
            optimiser.step()
        assert w.item() == pytest.approx(end)
    assert said.wrong == 2 * said.right


@pytest.mark.parametrize("seed", range(3))
def test_equations(seed):
    """With rows beside the columns."""
    signs = passes.symbols_of_a_pass(*passes.problem(seed))
    rows = {"Z": "z", "A": "a", "dZ": "dz", "dA": "da"}
    for sign, of_columns in rows.items():
        signs[sign] = {l: value.T for l, value in signs[of_columns].items()}
    here = {r"2 \cdot 3 \cdot (3w - 5) = 6": {"w": 2.0}}
    hold("propagation/pytorch.md", signs, here=here)
