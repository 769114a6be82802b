"""The book's networks in plain PyTorch."""

import torch
from torch import Tensor

from snippets.contract import LearningRate, PerLayer, Steps, checked
from snippets.network import Layer


# --8<-- [start:set_parameters]
@checked
@torch.no_grad()
def set_parameters(model: torch.nn.Sequential, layers: PerLayer[Layer]) -> None:
    """Copy weights and biases into the linear layers of a torch model."""
    linears = [part for part in model if isinstance(part, torch.nn.Linear)]
    for linear, (W, b) in zip(linears, layers, strict=True):
        linear.weight.copy_(W)
        linear.bias.copy_(b[:, 0])
    # --8<-- [end:set_parameters]


# --8<-- [start:train_in_torch]
@checked
def train_in_torch(
    model: torch.nn.Module,
    rows: Tensor,
    targets: Tensor,
    *,
    steps: Steps,
    learning_rate: LearningRate,
) -> list[float]:
    """Take steps of gradient descent; return the loss before each."""
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)
    loss_of = torch.nn.BCEWithLogitsLoss()
    losses = []
    for _ in range(steps):
        loss = loss_of(model(rows), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses
    # --8<-- [end:train_in_torch]
