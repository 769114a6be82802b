"""Answers to the blanks of the labs: wrong ones, and right ones.

An answer is a solution in which something is replaced; None stands for all of
its lines after the last `def`.
"""

from snippets.notebooks.mutant_clinic import PATIENTS

# of each wrong answer, what is replaced, by what, and what the check says then
WRONG: dict[tuple[str, str], list[tuple[str | None, str, str]]] = {
    ("neuron", "sum"): [
        ("w @ x + b", "w @ x", "is every part of the formula there"),
        ("w @ x + b", "w @ x - b", "once and with its sign?"),
        ("w @ x + b", "w @ x + 0.5", "is every part of the formula"),
        ("w @ x + b", "(w[:, None] * x + b).sum(dim=0)", "once and with"),
        ("w @ x + b", "step(w @ x + b)", "is every part of the formula"),
        ("w @ x + b", "w + b", "z has the shape (3,), not (5,)"),
    ],
    ("neuron", "nand"): [
        ("theta=-1", "theta=-2", "for (1, 1) NAND is 0, but yours is 1"),
        ("theta=-1", "theta=1", "for (0, 0) NAND is 1, but yours is 0"),
        ("-torch.ones(2)", "torch.ones(2)", "does it reach the threshold?"),
        ("-torch.ones(2), theta=-1", "torch.ones(2), theta=2", "for (0, 0)"),
    ],
    ("neuron", "rule"): [
        (
            "w + difference * x",
            "w - difference * x",
            "which way does the difference point",
        ),
        ("b + difference", "b", "what is it multiplied by?"),
        (
            "b + difference",
            "b - difference",
            "which way does the difference point",
        ),
        ("w + difference * x", "w + difference", "what is it multiplied by?"),
        (
            *("y - neuron(x, w, b, step)", "neuron(x, w, b, step) - y"),
            "which way does the difference point",
        ),
        ("w + difference * x, b", "w", "corrected must give w, b"),
    ],
    ("network", "layer"): [
        ("g(W @ x + b)", "W @ x + b", "is all of it there"),
        ("g(W @ x + b)", "g(W @ x)", "is all of it there"),
        ("g(W @ x + b)", "g(W @ x) + b", "and in this order?"),
        ("W @ x", "W.T @ x", "Your code stops with RuntimeError"),
        ("W @ x", "W @ x[:, :1]", "a has the shape (3, 1), not (3, 6)"),
    ],
    ("network", "xor"): [
        ("[1.5]", "[2.5]", "for (1, 1) XOR is 0, but yours is 1"),
        ("[[-1.5]]", "[[-0.5]]", "for (0, 0) XOR is 0, but yours is 1"),
        ("[-1.0, -1.0]", "[1.0, 1.0]", "your hidden units say"),
        ("return hidden, output", "return output, hidden", "one output?"),
        ("[[1.0, 1.0]]", "[[1.0, 1.0], [1.0, 1.0]]", "one output?"),
        ("return hidden, output", "return hidden,", "it gives 1, not 2"),
        (
            None,
            "W = torch.tensor([[1.0, 1.0], [1.0, 1.0]])\n"
            "hidden = Layer(W, torch.tensor([[-0.5], [-1.5]]))\n"
            "output = torch.tensor([[1.0, -1.0]]), torch.tensor([[-0.5]])\n"
            "return hidden, output",
            "is neither OR nor NAND",
        ),
    ],
    ("activation", "sigmoid"): [
        ("exp(-z)", "exp(z)", "which way does it rise"),
        ("1 / (1 + torch.exp(-z))", "torch.tanh(z)", "which heights?"),
        (
            *("1 / (1 + torch.exp(-z))", "torch.exp(z) / (1 + torch.exp(z))"),
            "for z = 1000 the sigmoid is 1, but yours is nan",
        ),
        ("1 + torch", "1 - torch", "between which heights?"),
        ("1 / (1 + torch.exp(-z))", "1 / 1 + torch.exp(-z)", "which heights?"),
    ],
    ("activation", "slope"): [
        ("(1 - a)", "(1 + a)", "the value, or what went in?"),
        ("a * (1 - a)", "z * (1 - z)", "the value, or what went in?"),
        ("a * (1 - a)", "1 - a**2", "for z = -10 the slope is 4.54e-05"),
        ("a * (1 - a)", "a", "the value, or what went in?"),
    ],
    ("activation", "tanh"): [
        ("(2 * z)", "(z)", "is it stretched both ways, and moved?"),
        ("2 * my", "my", "is it stretched both ways, and moved?"),
        (" - 1", "", "is it stretched both ways, and moved?"),
        ("2 * my_sigmoid(2 * z) - 1", "1 - 2 * my_sigmoid(2 * z)", "stretched"),
    ],
    ("activation", "leaky"): [
        ("maximum", "minimum", "which half is shrunk, and by how much?"),
        ("torch.maximum(alpha * z, z)", "alpha * z", "which half is shrunk"),
        ("torch.maximum(alpha * z, z)", "torch.relu(z)", "and by how much?"),
        ("(alpha * z, z)", "(0.01 * z, z)", "with alpha = 0.2 is"),
    ],
    ("activation", "folds"): [
        ("folds = 0", "folds = 1", "for an error of 0.25 is 0"),
        (".max()", ".mean()", "is it the largest error"),
        ("2**12", "2**1", "at enough places?"),
        ("> error", "> error / 4", "is it the largest error"),
    ],
    ("propagation", "forward"): [
        ("ACTIVATIONS[name].g(z)", 'ACTIVATIONS["tanh"].g(z)', "does it do?"),
        (
            "ACTIVATIONS[name]",
            'ACTIVATIONS[("leaky_relu", "tanh", "sigmoid")[len(kept) - 1]]',
            "with ('sigmoid', 'relu', 'tanh'): what does each layer get",
        ),
        ("W @ a + b", "W @ a", "what does each layer get"),
        ("W @ a + b", "W @ x + b", "Your code stops with RuntimeError"),
        ("(a, z))", "(z, z))", "a_previous has the shape"),
        ("(a, z))", "(a, ACTIVATIONS[name].g(z)))", "at which moment"),
        ("return a, kept", "return z, kept", "and what does it do?"),
        ("return a, kept", "return a, kept[::-1]", "a_previous has the shape"),
        ("return a, kept", "return a", "my_forward must give a, a list"),
    ],
    ("propagation", "backward"): [
        ("da * slope", "da", "db3 is"),
        ("da * slope", "-da * slope", "db3 is"),
        ("a_previous.T / m", "a_previous.T", "dW3 is"),
        ("keepdim=True) / m", "keepdim=True)", "db3 is"),
        ("m = da.shape[1]", "m = 7", "m is 3; the gradients"),
        ("keepdim=True", "keepdim=False", "db3 has the shape (2,), not (2, 1)"),
        ("W.T @ dz", "2 * W.T @ dz", "the gradients of the layers after it"),
        ("W.T @ dz", "W.T @ da", "db2 is"),
        ("W.T @ dz", "W @ dz", "Your code stops with RuntimeError"),
    ],
    ("propagation", "update"): [
        ("W - learning", "W + learning", "which way is downhill"),
        ("b - learning_rate * db", "b", "b of layer 1 is"),
        ("learning_rate * dW", "dW", "how far is a step?"),
        ("learning_rate * dW", "0.1 * dW", "how far is a step?"),
        ("W - learning_rate * dW", "W - learning_rate * W", "W of layer 1 is"),
        (
            *("W - learning_rate * dW", "W.sub_(learning_rate * dW)"),
            "that my_update was given have changed",
        ),
    ],
    ("gradients", "softplus"): [
        (
            "torch.clamp(z, min=0) + torch.log(1 + torch.exp(-z.abs()))",
            "torch.log(1 + torch.exp(z))",
            "for z = 1000 the loss is 1000, but yours is inf",
        ),
        ("-z.abs()", "-z", "how large is the largest power"),
        ("min=0", "max=0", "the loss is"),
        (" + torch.log(1 + torch.exp(-z.abs()))", "", "the loss is"),
    ],
    ("gradients", "softmax"): [
        (" - z.amax(dim=0)", "", "but yours is nan"),
        ("sum(dim=0)", "sum(dim=1, keepdim=True)", "what adds up to 1"),
        ("powers / powers.sum(dim=0)", "powers", "what adds up to 1"),
        ("z - z.amax(dim=0)", "z.amin(dim=0) - z", "how large are the powers?"),
    ],
    ("gradients", "slopes"): [
        ("loss(w - step)) / (2 * h)", "loss(w)) / h", "both ways"),
        ("(2 * h)", "h", "is one number moved at a time"),
        ("(loss(w + step) - ", "(loss(w - step) * 3 - ", "both ways"),
        ("step[place] = h", "step[:] = h", "is one number moved at a time"),
        ("slopes[place] = (", "slopes[place] = -(", "the slope is 3.01"),
    ],
    ("gradients", "error"): [
        ("max(", "min(", "is it a length over the longer length?"),
        ("length(p - q)", "(p - q).abs().mean()", "is it a length"),
        (" if longer > 0 else 0.0", "", "is 0, but yours is nan"),
        ("/ longer", "/ (length(p) + length(q))", "over the longer length?"),
        ("/ longer", "/ length(p)", "over the longer length?"),
        (
            None,
            "return (p - q).abs().sum() / max(p.abs().sum(), q.abs().sum())"
            " if p.any() else 0.0",
            "is it a length over the longer length?",
        ),
        (
            None,
            "return (p - q).abs().max() / max(p.abs().max(), q.abs().max())"
            " if p.any() else 0.0",
            "is it a length over the longer length?",
        ),
    ],
    ("gradients", "engine"): [
        ("(z, a)", "(z, 1.0)", "exp at z = 0.4: what is the number"),
        ("(z, a)", "(z, z.data)", "what the slope?"),
        ("1 / z.data", "z.data", "log at z = 0.4"),
        ("math.log(z", "math.log10(z", "the data is"),
        ("Value(a, (z, a))", "Value(a)", "the grad is 1.492, but yours is 0"),
        ("Value(a, (z, a))", "a", "exp must give a Value"),
    ],
    ("gradients", "model"): [
        ("ReLU()", "torch.nn.Tanh()", "what is between the layers"),
        (
            "Linear(8, 1))",
            "Linear(8, 1), torch.nn.Sigmoid())",
            "after the last",
        ),
        (
            "Linear(8, 1))",
            "Linear(8, 1), ReLU())",
            "what comes after the last?",
        ),
        ("ReLU()", "torch.nn.ReLU6()", "what is between the layers"),
        ("ReLU(), ", "", "what is between the layers"),
        ("8", "4", "how many units are there"),
        ("Linear(2, 8)", "Linear(8, 2)", "what does each layer get?"),
        (
            "Sequential(Linear(2, 8), ReLU(), Linear(8, 1))",
            "8",
            "return a model",
        ),
    ],
    ("gradients", "step"): [
        ("    optimiser.zero_grad()\n", "", "what is left from the last one?"),
        ("    optimiser.step()\n", "", "the loss before step 2"),
        ("    loss.backward()\n", "", "what happens in a step"),
        ("BCEWithLogits", "MSE", "the loss before step 1"),
        (
            "    optimiser.step()\n    return loss.item()",
            "    done = my_step.__dict__.setdefault('done', [])\n"
            "    done.append(loss.item())\n"
            "    if len(done) < 3:\n"
            "        optimiser.step()\n"
            "    return done[-1]",
            "is the last step taken, too?",
        ),
    ],
    ("training", "batches"): [
        (
            "torch.randperm(count, generator=generator)",
            "torch.arange(count)",
            "who shuffles them?",
        ),
        (".split(size))", ".split(size))[:-1]", "what becomes of the last 5?"),
        (
            "generator=generator",
            "generator=torch.Generator().manual_seed(0)",
            "is the generator used?",
        ),
        (
            "torch.randperm(count, generator=generator)",
            "torch.randint(0, count, (count,), generator=generator)",
            "does each place come once?",
        ),
        ("list(", "len(", "my_batches must give a list"),
    ],
    ("training", "momentum"): [
        ("p * v + dw", "p * v + (1 - p) * dw", "w after step 1"),
        ("p * v + dw", "v + dw", "w after step 2"),
        ("w - learning_rate * v", "w + learning_rate * v", "w after step 1"),
        ("w - learning_rate * v", "w - v", "what is multiplied by the rate?"),
        ("* v, v", "* v, dw", "w after step 3"),
    ],
    ("training", "adam"): [
        ("v_hat /", "v /", "w after step 1"),
        ("(s_hat.sqrt()", "(s.sqrt()", "w after step 1"),
        ("* dw**2", "* dw", "w after step 1"),
        ("(s_hat.sqrt()", "(s_hat", "w after step 1"),
        ("1e-8), v, s", "1e-8), v_hat, s_hat", "w after step 2"),
        ("p**t", "p**(t + 1)", "w after step 1"),
        ("q**t", "q", "w after step 2"),
    ],
    ("training", "weights"): [
        ("2 / inputs", "1 / inputs", "the variance is 1"),
        ("2 / inputs", "2 / units", "what does a unit add up"),
        (" ** 0.5", "", "what does a unit add up"),
        (
            "torch.randn(units, inputs, generator=generator)",
            "torch.rand(units, inputs, generator=generator)",
            "are as many weights negative?",
        ),
        (
            "torch.randn(units, inputs, generator=generator)",
            "-torch.rand(units, inputs, generator=generator)",
            "are as many weights negative?",
        ),
        (
            "randn(units, inputs",
            "randn(inputs, units",
            "have the shape (300, 4",
        ),
        (
            "generator=generator",
            "generator=torch.Generator().manual_seed(0)",
            "the same weights",
        ),
    ],
    ("training", "accuracy"): [
        ("argmax(dim=0)", "argmin(dim=0)", "what is compared"),
        (".mean()", ".sum()", "where 3 of 7 are right, is 0.4286"),
        ("==", "!=", "where 0 of 7 are right, is 0"),
        ("argmax(dim=0)", "argmax(dim=1)", "Your code stops with RuntimeError"),
    ],
    ("training", "confusion"): [
        ("[label, answer]", "[answer, label]", "which is the row"),
        ("+= 1", "= 1", "count twice?"),
        (
            None,
            "counts = torch.zeros(10, 10)\n"
            "counts[labels, said] += 1\n"
            "return counts",
            "count twice?",
        ),
        ("torch.zeros(10, 10)", "torch.zeros(10, 11)", "the shape (10, 11)"),
    ],
}

# other ways to the same answers: by NumPy, in 32 bits, in place
RIGHT: dict[tuple[str, str], list[tuple[str | None, str]]] = {
    ("neuron", "sum"): [
        ("w @ x + b", "(w[:, None] * x).sum(dim=0) + b"),
        ("w @ x + b", "w.numpy() @ x.numpy() + b.numpy()"),
        ("w @ x + b", "w.float() @ x.float() + b.float()"),
        ("w @ x + b", "x.mul_(w[:, None]).sum(dim=0).add_(b)"),
    ],
    ("neuron", "nand"): [
        (None, "return 1 - x[0] * x[1]"),
        (None, "return x.sum(dim=0) < 2"),
        (None, "return (x.numpy().sum(axis=0) < 2).astype(int)"),
        (None, "return x[0].mul_(x[1]).neg_().add_(1)"),
    ],
    ("neuron", "rule"): [
        (
            "return w + difference * x, b + difference",
            "w += difference * x\n    b += difference\n    return [w, b]",
        ),
        (
            "w + difference * x, b + difference",
            "(w + difference * x).numpy(), float(b + difference)",
        ),
        (
            "w + difference * x, b + difference",
            "(w + difference * x).float(), (b + difference).float()",
        ),
    ],
    ("network", "layer"): [
        ("g(W @ x + b)", "g(x.T @ W.T + b.T).T"),
        ("g(W @ x + b)", "g(torch.einsum('kn,nm->km', W, x).add_(b))"),
        ("g(W @ x + b)", "g(W.float() @ x.float() + b.float())"),
        ("g(W @ x + b)", "g(W @ x + b).numpy()"),
    ],
    ("network", "xor"): [
        ("[1.5]", "[1.25]"),
        (
            None,
            "import numpy as np\n"
            "hidden = np.array([[1, 1], [-1, -1]]), np.array([[-0.5], [1.5]])\n"
            "return [hidden, (np.ones((1, 2)), np.array([[-1.5]]))]",
        ),
        (
            None,
            "hidden = Layer(torch.tensor([[-2.0, -2], [3, 3]]).double(), "
            "torch.tensor([[3.0], [-1]]).double())\n"
            "return hidden, Layer(torch.ones(1, 2), torch.tensor([[-2.0]]))",
        ),
    ],
    ("activation", "sigmoid"): [
        ("1 / (1 + torch.exp(-z))", "z.neg_().exp_().add_(1).reciprocal_()"),
        (None, "import numpy as np\nreturn (1 + np.tanh(z.numpy() / 2)) / 2"),
        ("1 / (1 + torch.exp(-z))", "torch.sigmoid(z.float())"),
        ("1 / (1 + torch.exp(-z))", "(1 + torch.tanh(z / 2)) / 2"),
    ],
    ("activation", "slope"): [
        ("a * (1 - a)", "a.sub(a**2)"),
        ("a * (1 - a)", "(a * (1 - a)).float()"),
        ("a * (1 - a)", "(a * (1 - a)).numpy()"),
        ("a * (1 - a)", "a.mul_(1 - a)"),
    ],
    ("activation", "tanh"): [
        (None, "return torch.tanh(z.float())"),
        (None, "return z.tanh_()"),
        (None, "return torch.tanh(z).numpy()"),
        (None, "return 1 - 2 * my_sigmoid(-2 * z)"),
    ],
    ("activation", "leaky"): [
        (None, "return torch.where(z > 0, z, alpha * z)"),
        (None, "z[z < 0] *= alpha\nreturn z"),
        (None, "return torch.maximum(alpha * z, z).float()"),
        (None, "import numpy as np\nreturn np.where(z > 0, z, alpha * z)"),
    ],
    ("activation", "folds"): [
        (
            None,
            "import math\n"
            "return max(0, math.ceil(-math.log(error, 4) - 1e-9) - 1)",
        ),
        ("return folds", "return float(folds)"),
        ("return folds", "return torch.tensor(folds)"),
    ],
    ("propagation", "forward"): [
        ("(a, z))", "[a.numpy(), z.numpy()])"),
        ("z = W @ a + b", "z = W.float() @ a.float() + b.float()"),
        ("return a, kept", "return [a, tuple(kept)]"),
        ("z = W @ a + b", "z = (W @ a).add_(b)"),
    ],
    ("propagation", "backward"): [
        (
            "dz @ a_previous.T / m",
            "torch.einsum('im,jm->ij', dz, a_previous) / m",
        ),
        ("dz = da * slope", "dz = da.mul_(slope)"),
        (
            "return dW, db, W.T @ dz",
            "return [dW.numpy(), db.numpy(), W.T @ dz]",
        ),
        (
            "dz = da * slope",
            "dz, W = (da * slope).float(), W.float()\n"
            "    a_previous = a_previous.float()",
        ),
        ("dz.sum(dim=1, keepdim=True) / m", "dz.mean(dim=1)[:, None]"),
    ],
    ("propagation", "update"): [
        (
            None,
            "new = []\n"
            "for (W, b), (dW, db) in zip(layers, gradients):\n"
            "    W, b = W.clone(), b.clone()\n"
            "    W -= learning_rate * dW\n"
            "    b -= learning_rate * db\n"
            "    new.append((W, b))\n"
            "return tuple(new)",
        ),
        ("W - learning_rate * dW", "(W - learning_rate * dW).float()"),
        ("W - learning_rate * dW", "(W - learning_rate * dW).numpy()"),
    ],
    ("training", "batches"): [
        (".split(size))", ".chunk(-(-count // size)))"),
        (
            None,
            "order = torch.randperm(count, generator=generator).tolist()\n"
            "return [order[i : i + size] for i in range(0, count, size)]",
        ),
    ],
    ("training", "momentum"): [
        ("v = p * v + dw", "v.mul_(p).add_(dw)"),
        (
            "return w - learning_rate * v, v",
            "return [w - learning_rate * v, v]",
        ),
        ("w - learning_rate * v, v", "(w - learning_rate * v).numpy(), v"),
    ],
    ("training", "adam"): [
        (
            "s = q * s + (1 - q) * dw**2",
            "s.mul_(q).addcmul_(dw, dw, value=1 - q)",
        ),
        (
            "w - learning_rate * v_hat / (s_hat.sqrt() + 1e-8)",
            "w.addcdiv_(v_hat, s_hat.sqrt() + 1e-8, value=-learning_rate)",
        ),
        ("1e-8), v, s", "1e-8), v.numpy(), s.numpy()"),
    ],
    ("training", "weights"): [
        ("(2 / inputs) ** 0.5", "torch.tensor(2 / inputs).sqrt()"),
        (
            None,
            "from torch.nn.init import kaiming_normal_\n"
            "empty = torch.empty(units, inputs)\n"
            "return kaiming_normal_(empty, generator=generator)",
        ),
        (
            None,
            "spread = (6 / inputs) ** 0.5\n"
            "W = torch.rand(units, inputs, generator=generator)\n"
            "return (spread * (2 * W - 1)).numpy()",
        ),
    ],
    ("training", "accuracy"): [
        (".double().mean()", ".double().mean().item()"),
        (None, "return (z.numpy().argmax(axis=0) == labels.numpy()).mean()"),
        (None, "return int((z.max(0).indices == labels).sum()) / len(labels)"),
    ],
    ("training", "confusion"): [
        (
            None,
            "pairs = 10 * labels + said\n"
            "return torch.bincount(pairs, minlength=100).reshape(10, 10)",
        ),
        (None, "one = torch.eye(10)\nreturn one[labels].T @ one[said]"),
        (
            None,
            "import numpy as np\n"
            "counts = np.zeros((10, 10), int)\n"
            "np.add.at(counts, (labels.numpy(), said.numpy()), 1)\n"
            "return counts",
        ),
    ],
    ("gradients", "softplus"): [
        (None, "return torch.nn.functional.softplus(z)"),
        (None, "import numpy as np\nreturn np.logaddexp(0, z.numpy())"),
        (None, "return torch.nn.functional.softplus(z.float())"),
        (
            None,
            "large = z > 30\n"
            "z[~large] = torch.log(1 + torch.exp(z[~large]))\n"
            "return z",
        ),
    ],
    ("gradients", "softmax"): [
        (None, "return torch.softmax(z, dim=0)"),
        (
            None,
            "import numpy as np\nz = z.numpy()\n"
            "powers = np.exp(z - z.max(axis=0))\n"
            "return powers / powers.sum(axis=0)",
        ),
        (None, "return torch.softmax(z.float(), dim=0)"),
        (None, "z -= z.amax(dim=0)\nz.exp_()\nz /= z.sum(dim=0)\nreturn z"),
    ],
    ("gradients", "slopes"): [
        (
            None,
            "slopes = []\n"
            "for place in range(len(w)):\n"
            "    w[place] += h\n"
            "    up = loss(w)\n"
            "    w[place] -= 2 * h\n"
            "    slopes.append(float(up - loss(w)) / (2 * h))\n"
            "    w[place] += h\n"
            "return torch.tensor(slopes)",
        ),
        (
            None,
            "steps = h * torch.eye(len(w), dtype=w.dtype)\n"
            "return torch.stack([loss(w + s) - loss(w - s) for s in steps])"
            " / (2 * h)",
        ),
        ("return slopes", "return slopes.numpy()"),
    ],
    ("gradients", "error"): [
        (
            None,
            "import numpy as np\n"
            "p, q = p.numpy(), q.numpy()\n"
            "longer = max(np.linalg.norm(p), np.linalg.norm(q))\n"
            "return np.linalg.norm(p - q) / longer if longer else 0",
        ),
        (
            None,
            "longer = max(p.norm(), q.norm())\n"
            "return torch.nan_to_num((p - q).norm() / longer)",
        ),
        ("length(p - q) / longer", "(length(p - q) / longer).float()"),
    ],
    ("gradients", "engine"): [
        ("(z, a)", "(z, math.exp(z.data))"),
        ("a = math.exp(z.data)", "a = math.e**z.data"),
        ("math.log(z.data)", "float(torch.tensor(z.data).log())"),
    ],
    ("gradients", "model"): [
        (
            None,
            "model = Sequential()\n"
            "for part in (Linear(2, 8), ReLU(), Linear(8, 1)):\n"
            "    model.append(part)\n"
            "return model",
        ),
        ("Linear(8, 1))", "Linear(8, 1)).double()"),
        ("ReLU()", "torch.nn.LeakyReLU(0.0)"),
    ],
    ("gradients", "step"): [
        (
            None,
            "optimiser.zero_grad()\n"
            "scores = model(rows)\n"
            "loss = torch.nn.functional.binary_cross_entropy(\n"
            "    scores.sigmoid(), targets)\n"
            "loss.backward()\n"
            "optimiser.step()\n"
            "return loss",
        ),
        ("optimiser.zero_grad()", "model.zero_grad()"),
        ("return loss.item()", "return loss.detach().numpy()"),
    ],
}

# of each patient's cure, a part, what would be wrong in its place, and right
CURES = {
    "A": ("W.T @ dz", "W @ dz", "(dz.T @ W).T"),
    "B": ("da * slope", "da", "slope * da"),
    "C": ("da += way", "da = way", "da = da + way"),
    "D": ("y_hat - y", "(y_hat - y) / 2", "-(y - y_hat)"),
    "E": ("(dim=1, keepdim=True)", "(dim=1)", "(dim=1)[:, None]"),
    "F": ("tanh(z)", "z.tanh_()", "torch.tanh(z)"),
    "G": ("W.T @ dz", "W @ dz", "layer.W.T @ dz"),
    "H": ("ALPHA)", "2 * ALPHA)", "0.1)"),
}
for _name, (_part, _wrong, _right) in CURES.items():
    _blank, _fault = f"mend-{_name.lower()}", PATIENTS[_name].fault
    _other = PATIENTS["A" if _name == "C" else "C"].fault
    _off = "db1 has shape" if _name == "E" else "dW1 is off by"
    WRONG["mutant_clinic", _blank] = [
        (_fault, "?", "in the words of the list"),
        (_fault, _other, f"patient {_name} has another fault"),
        (_part, _wrong, f"patient {_name} is not well yet: {_off}"),
    ]
    RIGHT["mutant_clinic", _blank] = [(_part, _right)]
