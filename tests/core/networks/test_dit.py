from __future__ import annotations

import pytest
import torch
from torch import nn

from core.networks.dit import DiT, DiTConfig, grid_positions

SMALL = DiTConfig(3, 6, patch=2, width=16, depth=2, heads=2, condition_width=12, text_width=8, map_channels=5)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def awake() -> DiT:
    network = DiT(SMALL)
    for value in network.parameters():
        if not value.any():
            nn.init.normal_(value, std=0.1)
    return network


def inputs(batch: int = 2, height: int = 8, width: int = 6) -> dict[str, torch.Tensor]:
    return {
        "x": torch.randn(batch, 3, height, width),
        "condition": torch.randn(batch, 12),
        "text": torch.randn(batch, 4, 8),
        "mask": torch.ones(batch, 4, dtype=torch.bool),
        "map_features": torch.randn(batch, 5, height, width),
    }


def test_shapes_and_a_zero_start() -> None:
    out = DiT(SMALL)(**inputs())
    assert out.shape == (2, 6, 8, 6)
    assert not out.any()


def test_gradients_reach_every_weight() -> None:
    network = awake()
    network(**inputs()).square().sum().backward()
    assert [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()] == []


def test_items_do_not_see_each_other() -> None:
    network, given = awake(), inputs(3)
    changed = {name: torch.cat([value[:1], value.flip(0)[:2]]) for name, value in given.items()}
    assert torch.equal(network(**changed)[0], network(**given)[0])


def test_patches_come_back_where_they_were() -> None:
    network = DiT(DiTConfig(1, 1, patch=2, width=4, depth=0, heads=1, condition_width=4))
    nn.init.normal_(network.out.weight)
    x = torch.zeros(1, 1, 6, 6)
    plain = network(x, torch.zeros(1, 4))
    x[0, 0, 2:4, 4:6] = 3.0
    changed = (network(x, torch.zeros(1, 4)) - plain).abs()[0, 0] > 1e-6
    assert changed[2:4, 4:6].all()
    assert int(changed.sum()) == 4


def test_positions_differ_and_separate_rows_from_columns() -> None:
    grid = grid_positions(3, 5, 8, torch.device("cpu")).unflatten(0, (3, 5))
    assert len({tuple(cell) for cell in grid.flatten(0, 1).tolist()}) == 15
    torch.testing.assert_close(grid[1, 0, :4], grid[1, 4, :4])
    torch.testing.assert_close(grid[0, 2, 4:], grid[2, 2, 4:])
