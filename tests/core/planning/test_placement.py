"""The placement energy: what it ignores, and that it learns a relation from arrangements alone."""

from __future__ import annotations

import math

import torch

from core.planning.placement import Meaning, Placement, placement_loss, uniform_spots
from core.worlds.tabletop.scene import REACH
from core.worlds.tabletop.words import PAD

WORDS = 6


def meaning(text: torch.Tensor, slots: torch.Tensor, used: torch.Tensor) -> Meaning:
    """A caption whose slot model says nothing of its words."""
    return Meaning(text, torch.zeros(*text.shape, slots.shape[-1]), slots, used)


def small(width: int = 8, terms: int = 4, state_width: int = 8) -> Placement:
    return Placement(WORDS, state_width, width=width, terms=terms)


def test_unused_slots_have_no_say() -> None:
    torch.manual_seed(0)
    placement = small()
    text, states, spots = torch.randint(1, WORDS, (2, 4)), torch.randn(2, 3, 8), torch.randn(2, 5, 3, 2)
    used = torch.tensor([[True, True, False], [True, False, False]])
    moved = spots.clone()
    moved[0, :, 2] += 1.0
    moved[1, :, 1:] -= 1.0
    few, others = meaning(text, states, used), meaning(text, states, ~used)
    torch.testing.assert_close(placement(few, spots), placement(few, moved))
    assert not torch.allclose(placement(others, spots), placement(others, moved))


def test_padding_of_the_caption_has_no_say() -> None:
    torch.manual_seed(0)
    placement = small()
    text, states, spots = torch.randint(1, WORDS, (2, 4)), torch.randn(2, 3, 8), torch.randn(2, 5, 3, 2)
    used = torch.ones(2, 3, dtype=torch.bool)
    padded = torch.cat((text, torch.full((2, 3), PAD)), 1)
    expected = placement(meaning(text, states, used), spots)
    torch.testing.assert_close(placement(meaning(padded, states, used), spots), expected)


def test_one_slot_has_no_pairs_and_a_caption_may_be_empty() -> None:
    empty = torch.zeros((1, 0), dtype=torch.long)
    one = meaning(empty, torch.randn(1, 1, 8), torch.ones(1, 1, dtype=torch.bool))
    assert small()(one, torch.randn(1, 6, 1, 2)).shape == (1, 6)
    two = meaning(empty, torch.randn(1, 2, 8), torch.ones(1, 2, dtype=torch.bool))
    assert small()(two, torch.randn(1, 6, 2, 2)).isfinite().all()


def test_uniform_spots_fill_the_disc_evenly() -> None:
    spots = uniform_spots((20_000,), torch.Generator().manual_seed(0))
    radius = torch.linalg.vector_norm(spots, dim=-1)
    assert float(radius.max()) <= REACH
    # Half of the area lies within REACH / sqrt(2).
    torch.testing.assert_close((radius < REACH / math.sqrt(2)).double().mean().item(), 0.5, atol=0.02, rtol=0.0)
    torch.testing.assert_close(spots.mean(0), torch.zeros(2), atol=0.03, rtol=0.0)


def test_an_energy_without_weights_is_at_chance() -> None:
    placement = small()
    for parameter in placement.parameters():
        torch.nn.init.zeros_(parameter)
    one = meaning(torch.ones(4, 3, dtype=torch.long), torch.randn(4, 2, 8), torch.ones(4, 2, dtype=torch.bool))
    loss = placement_loss(placement, one, torch.zeros(4, 2, 2), torch.Generator(), negatives=15)
    torch.testing.assert_close(loss.detach(), torch.tensor(math.log(16.0)))


def test_it_learns_left_and_right_from_arrangements() -> None:
    """Word 1 calls for the second object on the right of the first, word 2 for the left; word 3 says nothing."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    placement = small(width=16, terms=8, state_width=4)
    optimizer = torch.optim.AdamW(placement.parameters(), lr=1e-2)
    states, used = torch.zeros(64, 2, 4), torch.ones(64, 2, dtype=torch.bool)
    for _ in range(80):
        spots = uniform_spots((64, 2), generator)
        to_right = spots[:, 1, 0] > spots[:, 0, 0]
        text = torch.stack((torch.full((64,), 3), torch.where(to_right, 1, 2)), 1)
        loss = placement_loss(placement, meaning(text, states, used), spots, generator, negatives=24)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    fresh = uniform_spots((1, 500, 2), generator)
    to_right = fresh[0, :, 1, 0] > fresh[0, :, 0, 0]
    for word, side in ((1, to_right), (2, ~to_right)):
        asked = meaning(torch.tensor([[3, word]]), states[:1], used[:1])
        weight = placement(asked, fresh)[0].detach().softmax(0)
        assert float(weight[side].sum()) > 0.9
