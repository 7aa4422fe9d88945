"""One sampler gives one picture, whatever the schedule and parameterization it is reached by."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from core.diffusion.parameterization import Parameterization, ParameterizationError
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import time_grid
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_named
from tests.core.samplers.exact import OF_ITS_TIME, SeededNoise, last, mixture, noise_rows, ramp, through_network

RATIOS = (10.0, 0.04)


def states(name: str, schedule_name: str, kind: Parameterization, eta: float = 0.4) -> list[Tensor]:
    """x / alpha after each of six steps, the last into clean data."""
    schedule = schedule_named(schedule_name)
    grid = [*ramp(schedule, 5, *RATIOS), schedule.at_time(0.0)]
    denoiser = through_network(mixture(), kind)
    start = noise_rows(3, (4, 2)) * grid[0].sigma
    steps = sampler_named(name, eta=eta)(denoiser, start, grid, SeededNoise((4, 2)))
    return [step.x / step.level.alpha for step in steps]


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_all_pairs_agree(name: str) -> None:
    """At the same sigma / alpha the states agree in units of the data, all along the run."""
    references = {
        each: states(name, each, Parameterization.EDM) for each in (SCHEDULES if name in OF_ITS_TIME else ("ve",))
    }
    for schedule_name, kind in itertools.product(SCHEDULES, Parameterization):
        reference = references.get(schedule_name, references["ve"])
        for ours, theirs in zip(states(name, schedule_name, kind), reference, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("schedule_name", ["flow", "vp_cosine"])
@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_pure_noise_is_a_place_to_start(name: str, schedule_name: str) -> None:
    """From alpha = 0 every kind but EPS runs, finitely, and they agree."""
    grid = time_grid("uniform", schedule_named(schedule_name), 6)
    start = noise_rows(4, (3, 2))
    kinds = [kind for kind in Parameterization if kind is not Parameterization.EPS]
    ends = [
        last(sampler_named(name)(through_network(mixture(), kind), start, grid, SeededNoise((3, 2)))).x
        for kind in kinds
    ]
    for end in ends:
        torch.testing.assert_close(end, ends[0], rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_an_eps_network_refuses_pure_noise(name: str) -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    denoiser = through_network(mixture(), Parameterization.EPS)
    with pytest.raises(ParameterizationError, match=r"alpha is 0 .* eps network"):
        last(sampler_named(name)(denoiser, noise_rows(0, (1, 2)), grid, SeededNoise((1, 2))))


def test_one_formula_under_three_names() -> None:
    runs = [states(name, "ddpm_1000", Parameterization.V, eta=1.0) for name in ("ddpm", "euler_ancestral", "ddim")]
    for ours, *others in zip(*runs, strict=True):
        assert all(torch.equal(ours, theirs) for theirs in others)
