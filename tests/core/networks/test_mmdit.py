from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from diffusers.models.attention import JointTransformerBlock
from torch import Tensor, nn

from core.networks.blocks import WordLook
from core.networks.mmdit import JointBlock, MMDiT, MMDiTConfig, Stream

SMALL = MMDiTConfig(3, 6, text_width=8, width=16, depth=3, heads=2, condition_width=12, mixing=True)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def woken(network: nn.Module) -> Any:
    for value in network.parameters():
        if not value.any():
            nn.init.normal_(value, std=0.1)
    return network


def inputs(batch: int = 2) -> dict[str, Tensor]:
    return {
        "x": torch.randn(batch, 3, 8, 6),
        "condition": torch.randn(batch, 12),
        "text": torch.randn(batch, 4, 8),
        "mask": torch.tensor([True, True, True, False]).expand(batch, -1),
    }


def test_shapes_and_a_zero_start() -> None:
    out = MMDiT(SMALL)(**inputs())
    assert out.shape == (2, 6, 8, 6)
    assert not out.any()


def test_gradients_reach_every_weight() -> None:
    network = woken(MMDiT(SMALL))
    network(**inputs()).square().sum().backward()
    assert [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()] == []


@pytest.mark.parametrize("last", [False, True])
def test_a_block_is_that_of_stable_diffusion_3(*, last: bool) -> None:
    """Against diffusers' JointTransformerBlock, weight by weight; it takes root mean squares in float32."""
    config = MMDiTConfig(3, 3, text_width=8, width=32, heads=4, condition_width=32)
    ours = woken(JointBlock(config, last=last)).double()
    theirs = JointTransformerBlock(32, 4, 8, context_pre_only=last, qk_norm="rms_norm").double()
    theirs.load_state_dict(_their_names(ours, theirs))
    picture, words, condition = (torch.randn(2, *shape).double() for shape in ((6, 32), (5, 32), (32,)))
    everything = torch.ones(2, 1, 1, 11, dtype=torch.bool)
    seen_words, seen_picture = theirs(picture, words, condition)
    made_picture, made_words = ours(picture, words, condition, everything, (2, 3))
    torch.testing.assert_close(made_picture, seen_picture, atol=1e-6, rtol=1e-5)
    if not last:
        torch.testing.assert_close(made_words, seen_words, atol=1e-6, rtol=1e-5)


def _their_names(ours: JointBlock, theirs: nn.Module) -> dict[str, Tensor]:
    named = {name: value.clone() for name, value in theirs.state_dict().items()}

    def put(name: str, layer: nn.Module) -> None:
        for part, value in layer.state_dict().items():
            named[f"{name}.{part}"] = value

    def put_stream(stream: Stream, norm: str, projections: tuple[str, ...], norms: tuple[str, str]) -> None:
        modulation = stream.modulation.project.state_dict()
        for part, value in modulation.items():
            if stream.out is None:
                # their last block scales first, then shifts
                value = torch.cat(list(reversed(value.chunk(2))))
            named[f"{norm}.linear.{part}"] = value
        for part, value in stream.project.state_dict().items():
            names = projections if stream.out is not None else projections[1:]
            for name, each in zip(names, value.chunk(len(names)), strict=True):
                named[f"attn.{name}.{part}"] = each
        if stream.query_norm is not None:
            put(f"attn.{norms[0]}", stream.query_norm)
        put(f"attn.{norms[1]}", stream.key_norm)

    put_stream(ours.picture, "norm1", ("to_q", "to_k", "to_v"), ("norm_q", "norm_k"))
    added = ("add_q_proj", "add_k_proj", "add_v_proj")
    put_stream(ours.words, "norm1_context", added, ("norm_added_q", "norm_added_k"))
    for stream, out, feed in ((ours.picture, "attn.to_out.0", "ff"), (ours.words, "attn.to_add_out", "ff_context")):
        if stream.out is not None and stream.feed is not None:
            put(out, stream.out)
            put(f"{feed}.net.0.proj", stream.feed.first)
            put(f"{feed}.net.2", stream.feed.second)
    return named


def test_what_stands_at_padding_changes_no_bit() -> None:
    network, given = woken(MMDiT(SMALL)), inputs()
    other = given | {"text": given["text"].clone()}
    other["text"][:, 3] = 1e6
    with torch.inference_mode():
        assert torch.equal(network(**other), network(**given))


def test_items_do_not_see_each_other() -> None:
    network, given = woken(MMDiT(SMALL)), inputs(3)
    changed = {name: torch.cat([value[:1], value.flip(0)[:2]]) for name, value in given.items()}
    assert torch.equal(network(**changed)[0], network(**given)[0])


def test_a_weight_of_two_is_two_of_the_word() -> None:
    network, given = woken(MMDiT(SMALL)), inputs()
    twice = given | {
        "text": torch.cat([given["text"][:, :3], given["text"][:, 2:3]], dim=1),
        "mask": torch.ones(2, 4, dtype=torch.bool),
    }
    weights = torch.tensor([1.0, 1.0, 2.0, 0.0])
    weighed = given | {"mask": weights.log().expand(2, -1)}
    torch.testing.assert_close(network(**weighed), network(**twice), atol=1e-5, rtol=1e-4)


def test_a_patch_that_is_put_out_sees_the_text_and_itself() -> None:
    config = MMDiTConfig(3, 3, text_width=8, width=16, depth=2, heads=2, condition_width=12)
    network, given = woken(MMDiT(config)), inputs()
    given["alone"] = torch.tensor([True, False])
    changed = given | {"x": given["x"].clone()}
    changed["x"][:, :, :2, :2] += 1.0
    moved = (network(**changed) - network(**given)).abs().amax(dim=1) > 1e-6
    # one item hears of it through the text's tokens at most, the other from patch to patch
    text_alone = given | {"text": given["text"] + 1.0}
    assert (network(**text_alone) - network(**given)).abs().amax(dim=(1, 2, 3)).min() > 1e-6
    assert moved[1].all()


def test_a_look_changes_no_bit_and_adds_up() -> None:
    network, given = woken(MMDiT(SMALL)), inputs()
    looks: list[WordLook] = []
    with torch.inference_mode():
        plain = network(**given)
        assert torch.equal(network(**cast("Any", given), looks=looks), plain)
    assert [look.layer for look in looks] == ["block 1", "block 2", "block 3"]
    for look in looks:
        assert look.shares.shape == (2, 4, 3, 5)
        torch.testing.assert_close(look.shares.sum(dim=3), torch.ones(2, 4, 3))
        assert not look.shares[..., 4].any()
        assert look.stir.min() > 0.0
