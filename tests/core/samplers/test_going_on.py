"""A run that goes on from its middle makes the steps of the unbroken run, to the bit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch

from core.diffusion.noise import Noise, pure_noise
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_named
from core.samplers.step import Past, SamplerError, Step, past_of
from tests.core.samplers.exact import SeededNoise, mixture, noise_rows
from tests.core.samplers.test_edges import bent

NAMES = [card.name for card in CARDS]
SEEDS = [11, 7, 900]


def steps_of(name: str, grid: TimeGrid, brownian: bool, made: Sequence[Step] = ()) -> list[Step]:
    """The steps after those that are made; the whole run where none are."""
    noise = Noise(SEEDS, (3, 5, 7))
    sampler = sampler_named(name, eta=0.7, brownian=brownian)
    start = pure_noise(noise, grid[0])
    if not made:
        return list(sampler(bent, start, grid, noise))
    return list(sampler(bent, made[-1].x, grid, noise, past=past_of(start, made)))


@pytest.mark.parametrize(
    ("schedule_name", "grid_name", "brownian"),
    [
        ("flow", "uniform", False),
        ("flow", "karras", True),
        ("vp_cosine", "uniform", True),
        ("vp_cosine", "karras", False),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_from_any_step_on_the_rest_is_the_same(name: str, schedule_name: str, grid_name: str, brownian: bool) -> None:
    """Each sampler with every two of schedule, grid and kind of noise."""
    grid = time_grid(grid_name, schedule_named(schedule_name), 6)
    whole = steps_of(name, grid, brownian)
    for made in range(1, 7):
        before = whole[made - 1].x.clone(), whole[made - 1].x0.clone()
        rest = steps_of(name, grid, brownian, whole[:made])
        assert [(step.index, step.total, step.level) for step in rest] == [
            (step.index, step.total, step.level) for step in whole[made:]
        ]
        for ours, theirs in zip(rest, whole[made:], strict=True):
            assert torch.equal(ours.x, theirs.x)
            assert torch.equal(ours.x0, theirs.x0)
            assert ours.evaluations == theirs.evaluations or name == "dopri5"
        assert torch.equal(whole[made - 1].x, before[0]), "the state that was handed in was written to"
        assert torch.equal(whole[made - 1].x0, before[1])


def test_without_its_guess_a_multistep_sampler_begins_again_at_first_order() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 6)
    noise = SeededNoise((4, 2))
    state = list(sampler_named("dpmpp_2m")(mixture(), noise_rows(0, (4, 2)), grid, noise))[2].x
    ours = next(sampler_named("dpmpp_2m")(mixture(), state, grid, noise, past=Past(3)))
    euler = next(sampler_named("euler")(mixture(), state, grid, noise, past=Past(3)))
    assert torch.equal(ours.x, euler.x)


@pytest.mark.parametrize("made", [-1, 7])
def test_a_past_that_is_not_of_this_grid_is_refused(made: int) -> None:
    grid = time_grid("uniform", schedule_named("flow"), 6)
    with pytest.raises(SamplerError, match=f"{made} steps are said to be made of 6; give 0 to 6"):
        next(sampler_named("euler")(mixture(), noise_rows(0, (4, 2)), grid, SeededNoise((4, 2)), past=Past(made)))
