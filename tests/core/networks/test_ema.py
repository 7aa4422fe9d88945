from __future__ import annotations

import torch
from torch import nn

from core.networks.ema import WeightAverage


def test_it_trails_by_the_warming_decay() -> None:
    network = nn.Linear(1, 1)
    nn.init.zeros_(network.weight)
    average = WeightAverage(network, decay=0.5)
    expected = 0.0
    for update in range(6):
        nn.init.constant_(network.weight, float(update + 1))
        average.update(network)
        decay = min(0.5, (1 + update) / (10 + update))
        expected = decay * expected + (1 - decay) * (update + 1)
        torch.testing.assert_close(average.module.get_parameter("weight"), torch.full((1, 1), expected))


def test_buffers_are_copied_and_the_network_is_left_alone() -> None:
    network = nn.BatchNorm1d(2)
    average = WeightAverage(network, decay=0.9)
    network(torch.randn(4, 2) + 3.0)
    before = network.weight.detach().clone()
    average.update(network)
    torch.testing.assert_close(average.module.get_buffer("running_mean"), network.running_mean)
    torch.testing.assert_close(network.weight.detach(), before)
    assert not average.module.training
    assert not any(value.requires_grad for value in average.module.parameters())
