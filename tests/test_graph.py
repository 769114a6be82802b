import pytest
import torch

from snippets.graph import Node, draw_graph, flows
from tests import drawing
from tests.claims import claim

# c = a b and d = a + c, so that a has two ways to e = c d
GRAPH = {
    "a": Node(2.0),
    "b": Node(3.0),
    "c": Node(6.0, {"a": 3.0, "b": 2.0}, "×"),
    "d": Node(8.0, {"a": 1.0, "c": 1.0}, "+"),
    "e": Node(48.0, {"c": 8.0, "d": 6.0}, "×"),
}


@claim(
    "A graph lists its values, each of them a Node, in the order in which "
    "they are computed, and the slopes of each say how fast it changes "
    "with the values that it was made from:",
)
def test_what_flows_back_adds_up_to_the_gradient():
    a, b = (torch.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    c = a * b
    wanted = torch.autograd.grad(c * (a + c), (a, b))
    back = flows(GRAPH).items()
    for name, gradient in zip("ab", wanted, strict=True):
        total = sum(g for (source, _), g in back if source == name)
        assert total == pytest.approx(gradient.item())


def test_values_stand_above_their_edges_and_gradients_below():
    figure = draw_graph(GRAPH, height=3.5)
    drawing.lay_out(figure)
    words = drawing.words(figure)
    for (source, _), gradient in [*flows(GRAPH).items(), (("e", ""), 1.0)]:
        assert any(
            (above, below) == (f"{GRAPH[source].value:g}", f"{gradient:g}")
            and 0 < value.y0 - other.y1 < 0.2
            and abs(value.x0 + value.x1 - other.x0 - other.x1) < 0.02
            for above, value in words
            for below, other in words
        )
    said = [word for word, _ in words]
    for name, node in GRAPH.items():
        assert f"${name}$" in said
        assert node.operation in ["", *said]
