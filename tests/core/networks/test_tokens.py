from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from core.networks.tokens import FeedForward, places


def test_places_differ_and_separate_rows_from_columns() -> None:
    grid = places(3, 5, 8, torch.device("cpu")).unflatten(0, (3, 5))
    assert len({tuple(cell) for cell in grid.flatten(0, 1).tolist()}) == 15
    torch.testing.assert_close(grid[1, 0, :4], grid[1, 4, :4])
    torch.testing.assert_close(grid[0, 2, 4:], grid[2, 2, 4:])


def test_a_wider_picture_keeps_its_middle() -> None:
    square, wide = (places(4, count, 8, torch.device("cpu")).unflatten(0, (4, count)) for count in (4, 8))
    torch.testing.assert_close(wide[:, 2:6], square)


def test_mixing_reads_the_cells_beside() -> None:
    torch.manual_seed(0)
    feed = FeedForward(8, mixing=True)
    tokens = torch.randn(2, 12, 8)
    plain = feed.second(F.gelu(feed.first(tokens), approximate="tanh"))
    torch.testing.assert_close(feed(tokens, (3, 4)), plain)
    assert feed.mix is not None
    nn.init.normal_(feed.mix.weight)
    changed = tokens.clone()
    changed[0, 5] += 1.0
    moved = (feed(changed, (3, 4)) - feed(tokens, (3, 4))).abs().sum(dim=2) > 1e-6
    assert moved[0].unflatten(0, (3, 4)).tolist() == [[True, True, True, False]] * 3
    assert not moved[1].any()
