from __future__ import annotations

import pytest
import torch
from diffusers.models.attention import BasicTransformerBlock
from torch import nn

from core.networks.blocks import WordLook
from core.networks.dit import DiT, DiTConfig, SingleBlock

SMALL = DiTConfig(
    *(3, 6),
    width=16,
    depth=2,
    heads=2,
    condition_width=12,
    text_width=8,
    map_channels=5,
    mixing=True,
)


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
    nn.init.normal_(network.last.out.weight)
    x = torch.zeros(1, 1, 6, 6)
    plain = network(x, torch.zeros(1, 4))
    x[0, 0, 2:4, 4:6] = 3.0
    changed = (network(x, torch.zeros(1, 4)) - plain).abs()[0, 0] > 1e-6
    assert changed[2:4, 4:6].all()
    assert int(changed.sum()) == 4


def test_a_block_is_that_of_pixart() -> None:
    """Against diffusers' BasicTransformerBlock with adaLN-single, weight by weight, in float64."""
    config = DiTConfig(3, 3, width=32, heads=4, condition_width=32, text_width=32)
    ours = SingleBlock(config)
    for value in ours.parameters():
        nn.init.normal_(value, std=0.2)
    assert ours.text is not None
    ours = ours.double()
    theirs = BasicTransformerBlock(
        *(32, 4, 8),
        cross_attention_dim=32,
        attention_bias=True,
        activation_fn="gelu-approximate",
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
    ).double()
    named = theirs.state_dict() | {"scale_shift_table": ours.table}
    query, key, value = ({p: v.chunk(3)[i] for p, v in ours.attention.project.state_dict().items()} for i in range(3))
    text_key, text_value = ({p: v.chunk(2)[i] for p, v in ours.text.key_value.state_dict().items()} for i in range(2))
    layers = {
        "attn1.to_q": query,
        "attn1.to_k": key,
        "attn1.to_v": value,
        "attn1.to_out.0": ours.attention.out.state_dict(),
        "attn2.to_q": ours.text.query.state_dict(),
        "attn2.to_k": text_key,
        "attn2.to_v": text_value,
        "attn2.to_out.0": ours.text.out.state_dict(),
        "ff.net.0.proj": ours.feed.first.state_dict(),
        "ff.net.2": ours.feed.second.state_dict(),
    }
    theirs.load_state_dict(named | {f"{name}.{p}": v for name, own in layers.items() for p, v in own.items()})
    tokens, words, shared = (torch.randn(2, *shape).double() for shape in ((6, 32), (5, 32), (6, 32)))
    mask = torch.ones(2, 5, dtype=torch.bool)
    read = torch.cat([ours.text.nothing.expand(2, -1, -1), words], dim=1)
    expected = theirs(tokens, encoder_hidden_states=read, timestep=shared.flatten(1))
    torch.testing.assert_close(ours(tokens, shared, (2, 3), words, mask), expected)


def test_what_stands_at_padding_changes_no_bit() -> None:
    network, given = awake(), inputs()
    given["mask"] = torch.tensor([True, True, True, False]).expand(2, -1)
    other = given | {"text": given["text"].clone()}
    other["text"][:, 3] = 1e6
    with torch.inference_mode():
        assert torch.equal(network(**other), network(**given))


def test_a_look_changes_no_bit_and_adds_up() -> None:
    network, given = awake(), inputs()
    looks: list[WordLook] = []
    with torch.inference_mode():
        assert torch.equal(network(**given, looks=looks), network(**given))
    assert [look.layer for look in looks] == ["block 1", "block 2"]
    for look in looks:
        torch.testing.assert_close(look.shares.sum(dim=3), torch.ones(2, 4, 3))
