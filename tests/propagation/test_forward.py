import pytest
import torch

from snippets.network import affine, initialise
from snippets.propagation.forward import ACTIVATIONS, forward

TORCHS = {
    "sigmoid": torch.nn.Sigmoid(),
    "tanh": torch.nn.Tanh(),
    "relu": torch.nn.ReLU(),
    "leaky_relu": torch.nn.LeakyReLU(0.01),
}
SIZES = (3, 5, 4, 2)


def network(sizes=SIZES, m=7, seed=0):
    generator = torch.Generator().manual_seed(seed)
    layers = initialise(sizes, generator)
    x = torch.randn(sizes[0], m, generator=generator, dtype=torch.float64)
    return layers, x


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("m", [1, 2, 7])
def test_agrees_with_torch_modules(name, m):
    layers, x = network(m=m)
    modules = []
    for W, b in layers:
        linear = torch.nn.Linear(*W.shape[::-1], dtype=torch.float64)
        linear.weight.data, linear.bias.data = W, b[:, 0]
        modules += [linear, TORCHS[name]]
    y_hat, _ = forward(x, layers, [name] * 3)
    torchs = torch.nn.Sequential(*modules)(x.T).T.detach()
    assert y_hat.shape == (2, m)
    torch.testing.assert_close(y_hat, torchs)


def test_caches_hold_each_layer_whole():
    layers, x = network()
    names = ("relu", "tanh", "sigmoid")
    y_hat, caches = forward(x, layers, names)
    assert len(caches) == 3
    assert torch.equal(caches[0].a_previous, x)
    handed_on = [*(cache.a_previous for cache in caches[1:]), y_hat]
    for cache, layer, name, a in zip(
        caches, layers, names, handed_on, strict=True
    ):
        assert cache.W is layer.W
        assert cache.b is layer.b
        assert torch.equal(cache.z, affine(cache.a_previous, layer))
        assert torch.equal(a, ACTIVATIONS[name].g(cache.z))


def test_examples_do_not_meet():
    """Each column of the prediction comes from its own column of x alone."""
    layers, x = network()
    names = ("tanh", "relu", "leaky_relu")
    together, _ = forward(x, layers, names)
    alone = [forward(x[:, [i]], layers, names)[0] for i in range(7)]
    torch.testing.assert_close(together, torch.hstack(alone))


def test_nan_stays_in_its_column():
    layers, x = network()
    x[0, 3] = torch.nan
    y_hat, _ = forward(x, layers, ("tanh", "tanh", "sigmoid"))
    assert y_hat.isnan().all(dim=0).tolist() == [i == 3 for i in range(7)]


def test_no_example_gives_no_prediction():
    layers, x = network(m=0)
    assert forward(x, layers, ("relu",) * 3)[0].shape == (2, 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("relu", "relu"), "one function for each of 3 layers"),
        (("relu", "gelu", "relu"), "one of sigmoid, .* but 'gelu' was given"),
    ],
)
def test_refuses_names_that_do_not_fit(names, said):
    layers, x = network()
    with pytest.raises(ValueError, match=said):
        forward(x, layers, names)


def test_refuses_inputs_that_do_not_fit():
    layers, x = network()
    with pytest.raises(ValueError, match=r"x must have shape \(3, m\)"):
        forward(x[:2], layers, ("relu",) * 3)
    with pytest.raises(TypeError, match="must share one dtype"):
        forward(x.float(), layers, ("relu",) * 3)
    with pytest.raises(ValueError, match="at least one layer, but is empty"):
        forward(x, [], ())
    with pytest.raises(TypeError, match="layers must be a list, but a Tensor"):
        forward(x, x, ())
    with pytest.raises(TypeError, match="a layer must be a pair"):
        forward(x, [None], ["relu"])


@pytest.mark.parametrize("names", [None, "relu", 3, [None] * 3])
def test_refuses_what_is_no_list_of_names(names):
    layers, x = network()
    with pytest.raises(TypeError, match="must be a (list of names|name)"):
        forward(x, layers, names)
