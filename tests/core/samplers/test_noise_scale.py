"""The noise scale acts on what is drawn anew, by exactly its factor, and on nothing else."""

from __future__ import annotations

import itertools
import math
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.samplers.ancestral import ddim, ddpm, euler_ancestral
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_named
from core.samplers.step import SamplerError
from tests.core.samplers.exact import SeededNoise, last, mixture, noise_rows, ramp
from tests.core.samplers.test_convergence import SPREAD, Impulses, one_gaussian

STEPS = 12


def by_hand(sigmas: list[float], x: Tensor, noise: SeededNoise, noise_scale: float) -> Tensor:
    """k-diffusion's sample_euler_ancestral with its s_noise, written out from its source in its own terms."""
    for index, (here, there) in enumerate(itertools.pairwise(sigmas)):
        denoised = mixture()(x, schedule_named("ve").at_ratio(here)).x0
        up = min(there, math.sqrt(there**2 * (here**2 - there**2) / here**2))
        down = math.sqrt(there**2 - up**2)
        slope = (x - denoised) / here
        x = x + slope * (down - here)
        if there > 0:
            x = x + noise.draw("step", index) * noise_scale * up
    return x


@given(noise_scale=st.floats(0.0, 2.0))
def test_it_is_k_diffusions_s_noise(noise_scale: float) -> None:
    sigmas = [10.0, 4.0, 1.5, 0.4, 0.1, 0.0]
    grid = [schedule_named("ve").at_ratio(sigma) for sigma in sigmas]
    noise, start = SeededNoise((4, 2)), 10.0 * noise_rows(3, (4, 2))
    ours = last(euler_ancestral(mixture(), start, grid, noise, noise_scale=noise_scale)).x
    torch.testing.assert_close(ours, by_hand(sigmas, start, noise, noise_scale), rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("noise_scale", [0.0, 0.9, 1.003, 2.0])
@pytest.mark.parametrize(
    "run",
    [
        partial(ddpm),
        partial(ddpm, wide=True),
        partial(ddim, eta=0.6),
        partial(euler_ancestral),
    ],
    ids=["ddpm", "ddpm wide", "ddim", "euler_ancestral"],
)
def test_the_variance_of_results_follows_exactly(run, noise_scale: float) -> None:
    """With a Gaussian as data a run is linear: Var = start's share + noise_scale^2 * the draws' share."""
    grid = ramp(schedule_named("vp_cosine"), STEPS, 20.0, 0.05)
    start = torch.zeros(STEPS + 1, 1, dtype=torch.float64)
    start[0] = math.sqrt((SPREAD * grid[0].alpha) ** 2 + grid[0].sigma ** 2)
    usual = last(run(one_gaussian(), start, grid, Impulses(STEPS))).x
    scaled = last(run(one_gaussian(), start, grid, Impulses(STEPS), noise_scale=noise_scale)).x
    torch.testing.assert_close(scaled[0], usual[0], rtol=1e-12, atol=0.0)
    of_draws = float(usual[1:].square().sum())
    assert of_draws > 0.05
    variance = float(scaled.square().sum())
    assert variance == pytest.approx(float(usual[0].square()) + noise_scale**2 * of_draws, rel=1e-10)


def test_it_reaches_only_those_that_list_it_and_one_is_as_before() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    start = noise_rows(0, (2, 2))

    def end(name: str, **options: float) -> Tensor:
        return last(sampler_named(name, eta=0.7, **options)(mixture(), start, grid, SeededNoise((2, 2)))).x

    for card in CARDS:
        assert torch.equal(end(card.name), end(card.name, noise_scale=1.0)), card.name
        same = torch.equal(end(card.name), end(card.name, noise_scale=1.1))
        assert same == ("noise_scale" not in card.options), card.name
        assert ("noise_scale" in card.options) == card.stochastic, card.name


@pytest.mark.parametrize("noise_scale", [-0.1, float("nan"), float("inf")])
def test_it_is_bounded(noise_scale: float) -> None:
    with pytest.raises(SamplerError, match=r"noise scale .* must be 0 or more"):
        sampler_named("ddpm", noise_scale=noise_scale)
    grid = time_grid("uniform", schedule_named("flow"), 2)
    for sampler in (ddpm, ddim, euler_ancestral):
        with pytest.raises(SamplerError, match=r"noise scale .* must be 0 or more"):
            last(sampler(mixture(), noise_rows(0, (1, 2)), grid, SeededNoise((1, 2)), noise_scale=noise_scale))
