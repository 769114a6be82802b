"""The network of two inputs, two hidden units and one output, on paper."""

import torch

from snippets.network import Layer

# --8<-- [start:LAYERS]
LAYERS = [
    Layer(
        W=torch.tensor([[0.30, -0.20], [-0.50, 0.60]], dtype=torch.float64),
        b=torch.tensor([[0.50], [-1.50]], dtype=torch.float64),
    ),
    Layer(
        W=torch.tensor([[0.80, -1.20]], dtype=torch.float64),
        b=torch.tensor([[0.10]], dtype=torch.float64),
    ),
]
NAMES = ("sigmoid", "sigmoid")
X = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
Y = torch.tensor([[1.0]], dtype=torch.float64)
# --8<-- [end:LAYERS]
