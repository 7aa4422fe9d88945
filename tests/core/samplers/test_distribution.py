"""Stochastic samplers end in the mixture itself, and follow one Brownian path whatever the step count."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from core.diffusion.noise import Noise
from core.diffusion.schedule import schedule_named
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_named
from tests.core.samplers.exact import SeededNoise, last, mixture, noise_rows, ramp
from tests.core.samplers.test_convergence import distance

ROWS = 6000
NOISY = [card.name for card in CARDS if card.stochastic and card.order]


def of_the_mixture(seed: int) -> Tensor:
    model = mixture()
    chosen = torch.multinomial(model.weights, ROWS, replacement=True, generator=torch.Generator().manual_seed(seed))
    return model.means[chosen] + model.spreads[chosen, None] * noise_rows(seed + 1, (ROWS, 2))


def sliced_wasserstein(a: Tensor, b: Tensor) -> float:
    """The mean over 32 directions of the distance between sorted projections. Bonneel et al. 2015."""
    angles = torch.arange(32, dtype=torch.float64) * (torch.pi / 32)
    directions = torch.stack((angles.cos(), angles.sin()))
    return float(((a @ directions).sort(0).values - (b @ directions).sort(0).values).abs().mean())


@pytest.mark.parametrize("name", NOISY)
def test_many_results_are_the_mixtures(name: str) -> None:
    schedule = schedule_named("ve")
    grid = [*ramp(schedule, 60, 10.0, 0.02), schedule.at_time(0.0)]
    start = of_the_mixture(5) + 10.0 * noise_rows(9, (ROWS, 2))
    end = last(sampler_named(name, schedule=schedule)(mixture(), start, grid, SeededNoise((ROWS, 2)))).x
    truth = of_the_mixture(40)
    by_chance = sliced_wasserstein(truth, of_the_mixture(60))
    assert sliced_wasserstein(end, truth) < 0.06 + by_chance
    torch.testing.assert_close(end.mean(0), truth.mean(0), rtol=0.0, atol=0.07)
    torch.testing.assert_close(end.var(0), truth.var(0), rtol=0.15, atol=0.0)


@pytest.mark.parametrize(
    "name",
    ["dpm_2_ancestral", "dpmpp_2s_ancestral", "dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde", "sa_solver", "er_sde"],
)
def test_one_path_is_followed_more_closely_with_more_steps(name: str) -> None:
    schedule, noise = schedule_named("flow"), Noise(range(6), (2,))

    def end(steps: int, brownian: bool) -> Tensor:
        grid = ramp(schedule, steps, 30.0, 0.05)
        start = grid[0].sigma * noise.draw("start", 0).double()
        return last(sampler_named(name, brownian=brownian, schedule=schedule)(mixture(), start, grid, noise)).x

    ends = [end(steps, True) for steps in (16, 64, 256)]
    gaps = [distance(a, b) for a, b in itertools.pairwise(ends)]
    assert gaps[1] < 0.8 * gaps[0]
    assert gaps[1] < 0.5 * distance(end(64, False), end(256, False))
