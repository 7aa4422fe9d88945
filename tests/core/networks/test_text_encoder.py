from __future__ import annotations

import torch

from core.networks.text_encoder import TextEncoder


def encoder() -> TextEncoder:
    torch.manual_seed(0)
    return TextEncoder(vocabulary=11, width=16, layers=2, heads=2, length=6)


def test_shapes_and_mask() -> None:
    states, mask, pooled = encoder()(torch.tensor([[3, 4, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6]]))
    assert states.shape == (2, 6, 16)
    assert mask.tolist() == [[True, True, False, False, False, False], [True] * 6]
    assert pooled.shape == (2, 16)


def test_padding_changes_no_word() -> None:
    network = encoder()
    short, _, pooled = network(torch.tensor([[3, 4]]))
    padded, _, pooled_padded = network(torch.tensor([[3, 4, 0, 0]]))
    torch.testing.assert_close(padded[:, :2], short)
    torch.testing.assert_close(pooled_padded, pooled)


def test_order_matters() -> None:
    _, _, pooled = encoder()(torch.tensor([[3, 4], [4, 3]]))
    assert (pooled[0] - pooled[1]).abs().max() > 1e-3


def test_an_empty_text_pools_to_zero() -> None:
    states, mask, pooled = encoder()(torch.zeros(1, 6, dtype=torch.int64))
    assert torch.isfinite(states).all()
    assert not mask.any()
    assert not pooled.any()
