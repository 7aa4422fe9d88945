from __future__ import annotations

import math

import pytest
import torch

from core.networks.blocks import CrossAttention, ResBlock, SelfAttention, TimeEmbedding, TransformerBlock, harmonics


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def test_harmonics_are_sines_and_cosines_of_rising_frequency() -> None:
    waves = harmonics(torch.tensor([0.0, 0.3]), 4, lowest=1.0, highest=100.0)
    torch.testing.assert_close(waves[0], torch.tensor([0.0, 0.0, 1.0, 1.0]))
    expected = [math.sin(0.3), math.sin(30.0), math.cos(0.3), math.cos(30.0)]
    torch.testing.assert_close(waves[1], torch.tensor(expected))


def test_times_are_told_apart() -> None:
    embedded = TimeEmbedding(32)(torch.tensor([0.5, 0.501]))
    assert embedded.shape == (2, 32)
    assert (embedded[0] - embedded[1]).abs().max() > 1e-3


def test_a_fresh_res_block_is_its_shortcut() -> None:
    x, condition = torch.randn(2, 8, 5, 7), torch.randn(2, 6)
    same = ResBlock(8, 8, 6)
    torch.testing.assert_close(same(x, condition), x)
    wider = ResBlock(8, 16, 6)
    torch.testing.assert_close(wider(x, condition), wider.shortcut(x))


def test_a_fresh_transformer_block_is_the_identity() -> None:
    tokens, text = torch.randn(2, 5, 8), torch.randn(2, 3, 4)
    block = TransformerBlock(8, 2, 6, text_width=4)
    torch.testing.assert_close(block(tokens, torch.randn(2, 6), text, torch.ones(2, 3, dtype=torch.bool)), tokens)


def test_the_condition_opens_the_gates() -> None:
    block = ResBlock(8, 8, 6)
    torch.nn.init.normal_(block.modulation.project.weight)
    x = torch.randn(1, 8, 4, 4)
    one, other = block(x, torch.ones(1, 6)), block(x, -torch.ones(1, 6))
    assert (one - x).abs().max() > 1e-3
    assert (one - other).abs().max() > 1e-3


def test_self_attention_is_softmax_of_scaled_products() -> None:
    attention = SelfAttention(4, 1)
    tokens = torch.randn(1, 3, 4)
    query, key, value = attention.project(tokens).chunk(3, dim=2)
    weights = (query @ key.transpose(1, 2) / 2.0).softmax(dim=2)
    torch.testing.assert_close(attention(tokens), attention.out(weights @ value))


def test_masked_words_change_nothing() -> None:
    attention = CrossAttention(8, 4, 2)
    tokens, text = torch.randn(2, 5, 8), torch.randn(2, 3, 4)
    mask = torch.tensor([[True, True, False], [True, False, False]])
    changed = torch.where(mask[..., None], text, torch.randn(2, 3, 4))
    torch.testing.assert_close(attention(tokens, text, mask), attention(tokens, changed, mask))


def test_an_empty_text_is_finite_and_the_same_for_all_words() -> None:
    attention = CrossAttention(8, 4, 2)
    tokens, nothing = torch.randn(1, 5, 8), torch.zeros(1, 3, dtype=torch.bool)
    out = attention(tokens, torch.randn(1, 3, 4), nothing)
    assert torch.isfinite(out).all()
    torch.testing.assert_close(out, attention(tokens, torch.randn(1, 3, 4), nothing))
