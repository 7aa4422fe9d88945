"""Euler ancestral's eta is k-diffusion's: 0 is Euler, 1 the whole of the posterior's noise, and between them exact."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.samplers.ancestral import ddpm, euler_ancestral
from core.samplers.cards import CARDS, eta_card
from core.samplers.euler import euler
from core.samplers.registry import sampler_named
from tests.core.samplers.exact import SeededNoise, last, mixture, noise_rows, ramp

SHAPE = (4, 2)


def ancestral_step(here: float, there: float, eta: float) -> tuple[float, float]:
    """get_ancestral_step of crowsonkb/k-diffusion in its own terms: (sigma_down, sigma_up)."""
    if not eta:
        return there, 0.0
    up = min(there, eta * (there**2 * (here**2 - there**2) / here**2) ** 0.5)
    return (there**2 - up**2) ** 0.5, up


def by_hand(grid: TimeGrid, x: Tensor, noise: SeededNoise, eta: float, noise_scale: float) -> Tensor:
    """sample_euler_ancestral on x / alpha, which is its x on any schedule. The last level's x / alpha."""
    x = x / grid[0].alpha
    for index, (here, there) in enumerate(itertools.pairwise(grid)):
        denoised = mixture()(x * here.alpha, here).x0
        down, up = ancestral_step(here.ratio, there.ratio, eta)
        x = x + (x - denoised) / here.ratio * (down - here.ratio)
        if there.ratio > 0:
            x = x + noise.draw("step", index) * noise_scale * up
    return x


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@given(eta=st.floats(0.0, 1.0), noise_scale=st.floats(0.5, 1.5))
def test_it_is_k_diffusions_eta(schedule_name: str, eta: float, noise_scale: float) -> None:
    schedule = schedule_named(schedule_name)
    grid = ramp(schedule, 7, min(14.0, schedule.largest_ratio), 0.1)
    noise, start = SeededNoise(SHAPE), grid[0].sigma * noise_rows(3, SHAPE)
    ours = last(euler_ancestral(mixture(), start, grid, noise, eta=eta, noise_scale=noise_scale))
    theirs = by_hand(grid, start, noise, eta, noise_scale)
    torch.testing.assert_close(ours.x / grid[-1].alpha, theirs, rtol=0.0, atol=1e-10)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("schedule_name", SCHEDULES)
def test_at_0_it_is_euler_to_the_bit(schedule_name: str, dtype: torch.dtype) -> None:
    grid = time_grid("uniform", schedule_named(schedule_name), 9)
    start, model = (grid[0].sigma * noise_rows(1, SHAPE)).to(dtype), mixture(dtype)
    plain = list(euler(model, start, grid, SeededNoise(SHAPE)))
    ours = list(sampler_named("euler_ancestral", eta=0.0)(model, start, grid, SeededNoise(SHAPE)))
    for one, other in zip(plain, ours, strict=True):
        assert torch.equal(one.x, other.x)
        assert torch.equal(one.x0, other.x0)


def test_untold_it_is_1_which_is_ddpm() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 6)
    start, noise = noise_rows(1, SHAPE), SeededNoise(SHAPE)
    untold = last(sampler_named("euler_ancestral")(mixture(), start, grid, noise)).x
    assert torch.equal(untold, last(sampler_named("euler_ancestral", eta=1.0)(mixture(), start, grid, noise)).x)
    torch.testing.assert_close(untold, last(ddpm(mixture(), start, grid, noise)).x, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("eta", [0.0, 0.4, 0.8, 1.0])
def test_any_of_it_ends_in_the_mixture_itself(eta: float) -> None:
    """Whatever is drawn anew, the levels' distributions are the forward process's: many results have its moments."""
    model, shape = mixture(), (12_000, 2)
    grid = ramp(schedule_named("ve"), 150, 10.0, 0.02)
    chosen = torch.multinomial(model.weights, 12_000, replacement=True, generator=torch.Generator().manual_seed(2))
    clean = model.means[chosen] + model.spreads[chosen, None] * noise_rows(6, shape)
    start = clean + 10.0 * noise_rows(5, shape)
    end = last(euler_ancestral(model, start, grid, SeededNoise(shape), eta=eta)).x
    weights, means, spreads = model.weights[:, None], model.means, model.spreads[:, None]
    mean = (weights * means).sum(0)
    second = (weights * (means**2 + spreads**2)).sum(0)
    torch.testing.assert_close(end.mean(0), mean, rtol=0.0, atol=0.05)
    torch.testing.assert_close(end.square().mean(0), second, rtol=0.06, atol=0.0)


def test_cards_say_who_takes_it() -> None:
    for card in CARDS:
        assert ("eta" in card.options) == (card.eta is not None), card.name
    told = {card.name: (card.eta.setting, card.eta.default) for card in CARDS if card.eta}
    assert told.pop("ddim") == ("eta", 0.0)
    assert "euler_ancestral" in told
    assert set(told.values()) == {("ancestral_eta", 1.0)}
    assert (eta_card("heun"), eta_card("unheard of")) == (None, None)
