"""Each mutant is caught, each mended one passes, and the page tells no lies."""

import ast
import re
from difflib import SequenceMatcher
from inspect import getsource
from itertools import pairwise

import pytest
import torch

from press.reading.source import displays
from snippets.network import Layer, affine
from snippets.notebooks import mutant_clinic
from snippets.notebooks.mutant_clinic import (
    PATIENTS,
    TOLERANCE,
    Step,
    check_gradients,
    complaints,
    discharge,
    draw_losses,
    examples,
    forward,
    losses,
    new_layers,
    slopes,
    step_of,
)
from snippets.propagation.gradient_check import relative_error
from snippets.propagation.loss import cross_entropy
from tests.claims import agree, claim
from tests.equations.evaluate import parse, relations
from tests.notebooks.lab import cells_of, lab
from tests.tensors import double, random

NAME = "mutant_clinic"
# which gradients the page says, or lets the reader see, are off
OFF = {
    "A": {"W1", "b1", "W2", "b2"},
    "B": {"W1", "b1", "W2", "b2"},
    "C": {"W1", "b1"},
    "D": {"W1", "b1", "W2", "b2", "W3", "b3"},
    "E": {"b1", "b2", "b3"},
    "F": {"W1", "b1", "W2", "b2"},
    "G": {"W1", "b1", "W2", "b2"},
    "H": {"W1", "b1"},
}


def errors(step: Step) -> dict[str, float | None]:
    return {check.name: check.error for check in check_gradients(step)}


def wrong_part(name: str) -> str:
    """Return the code of a patient's wrong part, under the part's own name."""
    patient = PATIENTS[name]
    source = getsource(patient.function)
    return source.replace(patient.function.__name__, patient.part, 1)


def test_the_judge_agrees_with_autograd():
    x, y = examples()
    layers = [
        Layer(*(part.clone().requires_grad_() for part in layer))
        for layer in new_layers()
    ]
    loss = cross_entropy(forward(layers, x).y_hat, y)
    wanted = torch.autograd.grad(loss, [p for layer in layers for p in layer])
    for place, gradient in enumerate(wanted):
        number, part = divmod(place, 2)
        found = slopes(new_layers(), number, part, x, y)
        assert torch.allclose(found, gradient, rtol=0, atol=1e-8)


@claim(
    "In <bits> bits, with $h = <h>$, a healthy step stays below $<most>$.",
    "Test with sizes that all differ, in <bits> bits, away from kinks, before "
    "the first long training.",
)
def test_a_healthy_step_passes(said):
    assert complaints(Step()) == []
    assert max(errors(Step()).values()) < min(said.most, 1e-8)
    assert said.most == TOLERANCE
    assert torch.finfo(new_layers()[0].W.dtype).bits == said.bits
    assert float(re.search(r"h = (\S+)", getsource(slopes))[1]) == said.h
    # 32 bits would not do, nor would a kink
    for dtype, is_sound in ((torch.float64, True), (torch.float32, False)):
        z = torch.linspace(0.1, 1, 10, dtype=dtype)
        found = (torch.tanh(z + said.h) - torch.tanh(z - said.h)) / (2 * said.h)
        right = 1 - torch.tanh(z) ** 2
        error = (found - right).norm() / right.norm()
        assert (error < said.most) == is_sound
    kink = said.h * torch.tensor([1.0, -1.0]).double()
    up, down = torch.nn.functional.leaky_relu(kink, 0.1)
    assert (up - down) / (2 * said.h) == pytest.approx((1 + 0.1) / 2)


@claim(
    "The gradient check finds all <patients>, and which gradients are off says "
    "where to look.",
)
@pytest.mark.parametrize("name", PATIENTS)
def test_each_mutant_is_caught(name, said):
    assert len(PATIENTS) == said.patients
    step = step_of(PATIENTS[name])
    found = {words.split()[0][1:] for words in complaints(step)}
    assert found == OFF[name]
    for parameter, error in errors(step).items():
        if parameter in OFF[name]:
            assert error is None or 100 * TOLERANCE < error <= 2
        else:
            assert error < 1e-8


@claim(
    "Here are <patients> backpropagations as people write them.",
    "Each runs, the loss of each falls, and every one is wrong in a single "
    "place.",
    "Next: The mutant clinic, where <patients> faulty backpropagations wait.",
    "In code it is the one sign between = and +=.",
)
@pytest.mark.parametrize("name", PATIENTS)
def test_each_mutant_has_one_fault(name, said):
    """One place of its code differs from that of the healthy part."""
    patient = PATIENTS[name]
    healthy = getsource(getattr(mutant_clinic, patient.part)).splitlines()
    matcher = SequenceMatcher(None, healthy, wrong_part(name).splitlines())
    edits = [edit for edit in matcher.get_opcodes() if edit[0] != "equal"]
    # a line that was moved is taken out in one place and put in another
    assert len(edits) == (2 if name == "G" else 1)
    assert len(PATIENTS) == said.patients
    curve = losses(step_of(patient))
    assert curve[-1] < curve[0]
    if name == "C":
        pair = "\n".join(healthy), wrong_part(name)
        assert pair[0].count(" += ") == 1
        assert pair[0].replace(" += ", " = ").strip() == pair[1].strip()


def body(code: str) -> str:
    """Return the code of a function without its first line."""
    return ast.unparse(ast.parse(code).body[-1].body)


@pytest.mark.parametrize("name", PATIENTS)
def test_its_wrong_part_stands_ready_to_be_mended(name):
    blank = f"mend-{name.lower()}"
    code = lab(NAME).cells[blank].source
    assert body(code) == body(wrong_part(name))
    assert PATIENTS[name].fault not in code
    solution = lab(NAME).solutions[blank]
    assert f'fault = "{PATIENTS[name].fault}"' in solution


def test_two_faults_are_what_they_are_called():
    y_hat, y = torch.rand(2, 3, 5, dtype=torch.float64)
    thirds = PATIENTS["D"].function(y_hat, y)
    assert torch.allclose(3 * thirds, y_hat - y, rtol=0, atol=1e-15)
    z = torch.tensor([-2.0, 0.0, 2.0], dtype=torch.float64)
    slopes = PATIENTS["H"].function(z)
    assert slopes.tolist() == [1, 1, mutant_clinic.ALPHA]


@pytest.mark.parametrize(
    ("steps", "kind"), [(0, ValueError), (2.5, TypeError), ("many", TypeError)]
)
def test_losses_ask_for_a_number_of_steps(steps, kind):
    with pytest.raises(kind, match=r": steps must be "):
        losses(Step(), steps)


def equations(name: str) -> list[str]:
    """Return the formulas that stand on their own in a cell."""
    (cell,) = (cell for cell in cells_of(NAME) if cell.id == name)
    return [display.tex for display in displays(NAME, cell.source)]


@claim(
    "The network is the same for all: <inputs> inputs, <hidden> hidden layers "
    "and an output layer, of <units> units each, so that many mistakes fit.",
    "The first hidden layer is Leaky ReLU with $\\alpha = <alpha>$, the second "
    "tanh, the output sigmoid.",
    "What the first layer puts out goes <ways> ways, through the second layer "
    "and past it, and both are added up:",
    "The loss is the cross-entropy, added up over the <outputs> outputs.",
)
def test_the_network_is_the_one_that_the_page_describes(said):
    x, y = examples()
    layers = new_layers()
    assert len(x) == said.inputs
    *hidden, output = layers
    assert len(hidden) == said.hidden == said.ways
    assert {len(layer.b) for layer in layers} == {said.units}
    assert len(output.b) == len(y) == said.outputs
    y_hat = forward(layers, x).y_hat
    surprise = -(y * y_hat.log() + (1 - y) * (1 - y_hat).log())
    loss = surprise.sum(dim=0).mean().item()
    assert cross_entropy(y_hat, y).item() == pytest.approx(loss)
    found = forward(layers, x)
    signs = {
        "W": {n: layer.W for n, layer in enumerate(layers, 1)},
        "b": {n: layer.b for n, layer in enumerate(layers, 1)},
        "a": {1: found.a1, 2: found.a2},
        "g": {
            1: lambda z: torch.nn.functional.leaky_relu(z, said.alpha),
            2: torch.tanh,
            3: torch.sigmoid,
        },
        "x": x,
        r"\hat y": found.y_hat,
    }
    (tex,) = equations("title")
    rows = relations(parse(tex), signs, {})
    assert len(rows) == 3
    for row in rows:
        assert torch.allclose(row.left, row.right, rtol=0, atol=1e-12)


@claim(
    "Push one weight up by a little, $h$, and down by as much; the two losses "
    "give its slope, but for an error of the order of $h^2$:",
)
def test_the_judge_takes_the_differences_that_the_page_describes():
    """For one weight, the first; the quotient is read from the page."""
    x, y = examples()
    first, *others = new_layers()

    def loss(w):
        W = first.W.clone()
        W[0, 0] = w
        y_hat = forward([Layer(W, first.b), *others], x).y_hat
        return cross_entropy(y_hat, y)

    (tex,) = equations("check")
    slope, quotient = tex.split(r"\approx")
    assert slope.strip() == r"\frac{\partial J}{\partial w}"
    signs = {
        "z": slopes(new_layers(), 0, 0, x, y)[0, 0],
        "w": first.W[0, 0],
        "h": 1e-6,
        "J": loss,
    }
    (row,) = relations(parse(f"z = {quotient}"), signs, {})
    assert torch.allclose(row.left, row.right, rtol=0, atol=1e-9)
    w = first.W[0, 0].clone().requires_grad_()
    W = first.W.index_put((torch.tensor(0), torch.tensor(0)), w)
    y_hat = forward([Layer(W, first.b), *others], x).y_hat
    (right,) = torch.autograd.grad(cross_entropy(y_hat, y), w)
    off = [
        abs((loss(w + h) - loss(w - h)) / (2 * h) - right) for h in (2e-2, 2e-3)
    ]
    assert (off[0] / off[1]).item() == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("name", PATIENTS)
def test_its_symptoms_are_described_rightly(name):
    label = draw_losses(name).get_label()
    said = [float(n) for n in re.findall(r"\d+\.\d+", label)]
    assert f"of patient {name}, solid" in label
    healthy, ill = losses(Step()), losses(step_of(PATIENTS[name]))
    wanted = [healthy[0], healthy[-1], ill[-1]]
    assert said == pytest.approx(wanted, abs=0.05 + 1e-9)
    assert said[1:] == pytest.approx(wanted[1:], abs=0.005 + 1e-9)
    assert len(healthy) == 200
    assert ill[-1] < ill[0]


@claim(
    "The relative error is the chapter's, the length of the difference divided "
    "by the longer of the two lengths: <equal> for equal gradients, <opposite> "
    "for opposite ones, and for all others a number between; where the shapes "
    "differ, there is none.",
)
def test_the_relative_error_is_the_chapters(said):
    assert mutant_clinic.relative_error is relative_error
    p = random(6)
    agree(said, relative_error(p, p), relative_error(p, -p))
    for seed in range(9):
        q = random(6, seed=seed + 1)
        longer = max(p.norm(), q.norm()).item()
        wanted = (p - q).norm().item() / longer
        assert relative_error(p, q) == pytest.approx(wanted)
        assert said.equal < wanted < said.opposite
    for check in check_gradients(step_of(PATIENTS["E"])):
        assert (check.error is None) == (check.shape != check.wanted)


@claim("The faults are these, in alphabetical order.")
def test_the_list_of_faults_does_not_say_whose_they_are():
    shown = lab(NAME).said["faults"].splitlines()
    assert shown == sorted(shown) == mutant_clinic.FAULTS
    assert shown != [patient.fault for patient in PATIENTS.values()]


@claim(
    "Everything before a certain point is wrong, and what comes after it is "
    "right.",
    "All sizes are equal here, so $W\\, dz$ fits as well as $W^\\top dz$.",
    "With sizes that all differ it would not have run: test with such.",
)
def test_a_missing_transpose_fits_square_weights_only():
    """Of patient A."""
    assert OFF["A"] == {"W1", "b1", "W2", "b2"}, "the third is right"
    assert all(layer.W.shape == (3, 3) for layer in new_layers())
    faulty = PATIENTS["A"].function
    layer = Layer(random(4, 3), random(4, 1))
    given = random(4, 7), random(3, 7), 0.1
    mutant_clinic.one_layer(layer, *given)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        faulty(layer, *given)


@claim(
    "The output layer is well, the hidden layers are not, the first more so "
    "than the second.",
    "Where the slope is near <one>, as that of tanh is around $z = <zero>$, "
    "leaving it out changes little; that hides the fault.",
)
def test_a_slope_that_is_left_out_hides_where_it_is_near_1(said):
    """Of patient B: the slopes of the second layer are nearer to 1."""
    off = errors(step_of(PATIENTS["B"]))
    assert max(off["W3"], off["b3"]) < TOLERANCE
    assert min(off["W1"], off["b1"]) > 2 * max(off["W2"], off["b2"])
    assert min(off["W2"], off["b2"]) > TOLERANCE
    at = double(said.zero)
    assert mutant_clinic.tanh_derivative(at) == said.one
    x, _ = examples()
    values = forward(new_layers(), x)
    second = mutant_clinic.tanh_derivative(values.z2)
    first = mutant_clinic.leaky_slope(values.z1)
    far = [(slope - said.one).abs().mean() for slope in (first, second)]
    assert far[0] > 2 * far[1]


@claim(
    "Only the first layer suffers: the trouble starts where <ways> ways meet.",
    "A value that is used twice gets its derivative twice, and the two add up.",
)
def test_a_fork_adds_up_what_comes_back(said):
    """Of patient C."""
    assert OFF["C"] == {"W1", "b1"}
    a = random(3).requires_grad_()
    uses = torch.tanh, torch.exp
    both = torch.autograd.grad(sum(use(a).sum() for use in uses), a)[0]
    each = [torch.autograd.grad(use(a).sum(), a)[0] for use in uses]
    assert len(each) == said.ways
    assert torch.allclose(both, each[0] + each[1])
    assert torch.allclose(mutant_clinic.join(each), both)
    assert torch.equal(PATIENTS["C"].function(each), each[1])


@claim(
    "Every gradient is off, by the same share; the direction is right.",
    "Training merely looks slow.",
    "The loss adds up over <outputs> outputs, and this gradient is that of a "
    "mean over them: <share>.",
    "(Off by <off>, since the check divides by the longer of the two lengths: "
    "$(1 - 1/3) / 1$.)",
    "As all of it is scaled alike, a larger learning rate would hide it.",
)
def test_a_mean_for_a_sum_makes_all_steps_shorter(said, monkeypatch):
    """Of patient D."""
    ill = step_of(PATIENTS["D"])
    assert OFF["D"] == {f"{part}{n}" for part in "Wb" for n in (1, 2, 3)}
    found = list(errors(ill).values())
    assert found == pytest.approx([(1 - 1 / 3) / 1] * 6)
    agree([said.off] * 6, found)
    x, y = examples()
    assert len(y) == said.outputs
    before = new_layers()
    healthy, short = (
        mutant_clinic.learn(before, step, x, y) for step in (Step(), ill)
    )
    for old, *new in zip(before, healthy, short, strict=True):
        for part in (0, 1):
            whole, third = (one[part] - old[part] for one in new)
            assert torch.allclose(third, said.share * whole, atol=1e-12)
    slow, wanted = losses(ill), losses(Step())
    assert all(later < loss for loss, later in pairwise(slow))
    assert slow[-1] > wanted[-1]
    rate = mutant_clinic.LEARNING_RATE / said.share
    monkeypatch.setattr(mutant_clinic, "LEARNING_RATE", rate)
    hidden = losses.__wrapped__(ill)
    assert hidden == pytest.approx(wanted)


@claim(
    "Look at the shapes, and then at the curve: this patient learns better "
    "than a healthy one.",
    "Adding a $(<units>, <one>)$ and a $(<units_>, <examples>)$ is allowed, "
    "and it gives each example a bias of its own.",
    "The network learns the targets by heart and has nothing to say about a "
    "<next>st example.",
    "The book's own affine refuses such a bias: it checks shapes.",
)
def test_a_bias_for_each_example_learns_by_heart(said):
    """Of patient E."""
    ill = step_of(PATIENTS["E"])
    assert losses(ill)[-1] < losses(Step())[-1] / 2
    changed = {c.name: c.shape for c in check_gradients(ill)}
    assert changed["b1"] == (said.units_, said.examples)
    x, y = examples()
    first, *others = mutant_clinic.learn(new_layers(), ill, x, y)
    assert new_layers()[0].b.shape == (said.units, said.one)
    assert (first.W @ x + first.b).shape == changed["b1"]
    assert not first.b[:, 0].equal(first.b[:, 1])
    assert said.next == said.examples + 1
    fresh = torch.hstack([x, x[:, :1]])
    assert fresh.shape[1] == said.next
    with pytest.raises(RuntimeError, match="must match the size"):
        forward([first, *others], fresh)
    affine(x, new_layers()[0])
    with pytest.raises(ValueError, match="layer.b must have shape"):
        affine(x, first)


@claim(
    "The errors look small enough to be waved through.",
    "They are not: a sound check agrees to a few billionths.",
    "The underscore of tanh_ means in place: the cache holds $z$, and $z$ has "
    "become $a$.",
    "The slope is then taken at the wrong point.",
    "Where $z$ is small, $a$ is nearly $z$, so little is seen.",
)
def test_a_cache_that_is_overwritten_is_off_by_little():
    """Of patient F."""
    ill = errors(step_of(PATIENTS["F"]))
    assert max(ill.values()) < 0.01
    assert 1e-9 < max(errors(Step()).values()) < 5e-9
    off = [ill[name] for name in OFF["F"]]
    assert min(off) > 1e5 * max(errors(Step()).values())
    z = double([0.01, 0.1, 1])
    kept = z.clone()
    a = PATIENTS["F"].function(kept)
    assert a.equal(torch.tanh(z))
    assert kept.equal(a), "in place"
    away = (
        mutant_clinic.tanh_derivative(kept) - (1 - torch.tanh(z) ** 2)
    ).abs()
    assert away[0] < away[1] / 100 < away[2] / 100
    assert (a - z).abs()[0] < 1e-6


@claim(
    "The output layer is well, and each layer before it is off by a little.",
    "The smaller the learning rate, the smaller the error, until no curve "
    "shows it.",
)
def test_a_smaller_learning_rate_hides_an_early_update(monkeypatch):
    """Of patient G."""
    ill = step_of(PATIENTS["G"])
    before = errors(ill)
    assert OFF["G"] == {"W1", "b1", "W2", "b2"}
    assert max(before.values()) < 0.2
    found = []
    for rate in (0.5, 0.05, 0.005):
        monkeypatch.setattr(mutant_clinic, "LEARNING_RATE", rate)
        curves = [losses.__wrapped__(step) for step in (ill, Step())]
        apart = max(abs(x - y) for x, y in zip(*curves, strict=True))
        found.append((errors(ill)["W1"], apart))
    for (error, apart), (smaller, nearer) in pairwise(found):
        assert TOLERANCE < smaller < error / 5
        assert nearer < apart / 20
    assert found[-1][1] < 1e-4


@claim(
    "Only the first layer is ill, and its activation function is the only one "
    "with a kink.",
    "Where $z > <kink>$ the slope is <right>; where $z < <kink_>$ it is "
    "$\\alpha$.",
)
def test_slopes_on_the_wrong_side(said):
    """Of patient H."""
    assert OFF["H"] == {"W1", "b1"}
    beside = double([said.kink_ - 1e-6, said.kink + 1e-6])
    slopes = mutant_clinic.leaky_slope(beside)
    assert slopes.tolist() == [mutant_clinic.ALPHA, said.right]
    wrong = PATIENTS["H"].function(beside)
    assert wrong.tolist() == slopes.flip(0).tolist()
    for smooth in (mutant_clinic.tanh_derivative, torch.sigmoid):
        assert smooth(beside).diff().abs() < 1e-5


@claim(
    "Loss curves do not tell right from wrong; of <faults> faults, some barely "
    "show in them, and <better> looks like progress.",
)
def test_loss_curves_do_not_tell_right_from_wrong(said):
    healthy = losses(Step())[-1]
    ends = [losses(step_of(patient))[-1] for patient in PATIENTS.values()]
    assert len(ends) == said.faults
    assert sum(end < healthy for end in ends) == said.better
    assert sum(abs(end - healthy) < 0.05 * healthy for end in ends) >= 2


@pytest.mark.parametrize("name", PATIENTS)
def test_nobody_is_discharged_ill(name):
    patient = PATIENTS[name]
    healthy = getattr(mutant_clinic, patient.part)
    with pytest.raises(
        AssertionError, match="in the words of the list"
    ) as said:
        discharge(name, "?", healthy)
    assert str(said.value).endswith(f": {'; '.join(mutant_clinic.FAULTS)}")
    other = next(f for f in mutant_clinic.FAULTS if f != patient.fault)
    with pytest.raises(
        AssertionError,
        match=(
            f"^patient {name} has another fault than '{other}'; "
            "compare the code with the formulas once more$"
        ),
    ):
        discharge(name, other, healthy)
    ill = "; ".join(complaints(step_of(patient)))
    with pytest.raises(AssertionError) as said:
        discharge(name, patient.fault, patient.function)
    assert str(said.value) == f"patient {name} is not well yet: {ill}"
    with pytest.raises(TypeError, match="mended must be a function"):
        discharge(name, patient.fault, None)


def test_unknown_patient_is_told_so():
    with pytest.raises(ValueError, match="one of A, B, C, D, E, F, G, H, but"):
        mutant_clinic.examine("I")


@claim(
    "patient A is well, and all <gradients> gradients agree.",
    "patient B is well, and all <gradients> gradients agree.",
    "patient C is well, and all <gradients> gradients agree.",
    "patient D is well, and all <gradients> gradients agree.",
    "patient E is well, and all <gradients> gradients agree.",
    "patient F is well, and all <gradients> gradients agree.",
    "patient G is well, and all <gradients> gradients agree.",
    "patient H is well, and all <gradients> gradients agree.",
)
def test_the_mended_are_discharged(said):
    assert len(check_gradients(Step())) == said.gradients
    for name in PATIENTS:
        told = lab(NAME).said[f"check-{name.lower()}"]
        assert told.startswith(f"Right: patient {name} is well")


def test_symptoms_are_shown():
    for name in PATIENTS:
        table = lab(NAME).said[f"examine-{name.lower()}"]
        assert len(table.splitlines()) == 7
