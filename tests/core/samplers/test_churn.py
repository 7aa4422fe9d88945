"""Noise that is added on the way: churn, restarts, corrections. The level is the formula's, and none of it is none.

Grids, schedules and options are drawn at random; the formulas are the papers', in their own terms: x / alpha at sigma /
alpha.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.denoiser import Denoiser, Prediction
from core.diffusion.level import Level
from core.diffusion.noise import Noise
from core.diffusion.schedule import SCHEDULES, NoiseSchedule, schedule_named
from core.diffusion.time_grid import TimeGrid
from core.requests import SolverSettings
from core.samplers.cards import CARDS
from core.samplers.churn import edm_stochastic
from core.samplers.consistency import tcd
from core.samplers.heun import heun
from core.samplers.langevin import langevin
from core.samplers.registry import sampler_named
from core.samplers.restart import restart
from core.samplers.step import Step
from tests.core.samplers.exact import SeededNoise, noise_rows
from tests.core.samplers.test_edges import bent, wide_mixture

SHAPE = (2, 2)
NOISY = [card.name for card in CARDS if card.stochastic]
PARTNERS = {
    "ddim": "euler",
    "euler_ancestral": "euler",
    "dpm_2_ancestral": "dpm_2",
    "dpmpp_2s_ancestral": "dpmpp_2s",
    "dpmpp_sde": "dpmpp_2s",
    "dpmpp_2m_sde": "dpmpp_2m",
    "dpmpp_3m_sde": "dpmpp_3m",
    "res_multistep_ancestral": "res_multistep",
}
"""Who each is without its noise."""
ROUNDED = ("dpmpp_2m_sde",)
"""These write the same step in another order of arithmetic."""

schedules = st.sampled_from([schedule_named(name) for name in SCHEDULES])


@st.composite
def grids(draw: st.DrawFn, *, clean: bool | None = None) -> tuple[NoiseSchedule, TimeGrid]:
    """2 to 9 falling levels of a schedule, perhaps with clean data at the end."""
    schedule = draw(schedules)
    top = min(79.0, 0.99 * schedule.largest_ratio)
    count = draw(st.integers(2, 9))
    logs = sorted(draw(st.lists(st.floats(-4.0, math.log(top)), min_size=count, max_size=count, unique=True)))[::-1]
    ratios = [math.exp(each) for each in logs]
    ratios = [one for one, other in zip(ratios, [*ratios[1:], 0.0], strict=True) if one > 1.0001 * other]
    ended = draw(st.booleans()) if clean is None else clean
    return schedule, [schedule.at_ratio(ratio) for ratio in [*ratios, *([0.0] if ended or len(ratios) < 2 else [])]]


class Watched:
    """A denoiser that remembers what it was asked."""

    def __init__(self, denoiser: Denoiser) -> None:
        self._denoiser = denoiser
        self.calls: list[tuple[Tensor, Level]] = []

    def __call__(self, x: Tensor, level: Level) -> Prediction:
        self.calls.append((x.clone(), level))
        return self._denoiser(x, level)


def start_of(grid: TimeGrid) -> Tensor:
    return noise_rows(2, SHAPE) * math.hypot(grid[0].alpha, grid[0].sigma)


def same(ours: Iterator[Step], theirs: Iterator[Step]) -> bool:
    return all(
        torch.equal(one.x, other.x) and torch.equal(one.x0, other.x0) for one, other in zip(ours, theirs, strict=True)
    )


sigmas = st.floats(0.01, 60.0)
amounts = st.floats(0.0, 100.0)


@given(laid=grids(), churn=amounts, low=sigmas, high=sigmas, scale=st.floats(0.0, 1.5))
def test_churn_raises_noise_as_the_formula_says(
    laid: tuple[NoiseSchedule, TimeGrid], churn: float, low: float, high: float, scale: float
) -> None:
    """Karras et al. 2022, algorithm 2, lines 4 to 6, with gamma = min(churn / N, sqrt(2) - 1)."""
    schedule, grid = laid
    low, high = min(low, high), max(low, high)
    model, noise, state, seen = Watched(wide_mixture()), SeededNoise(SHAPE), start_of(grid), 0
    for step in edm_stochastic(
        model, state, grid, noise, churn=churn, sigma_low=low, sigma_high=high, noise_scale=scale, schedule=schedule
    ):
        here, (asked, raised) = grid[step.index], model.calls[seen]
        gamma = min(churn / (len(grid) - 1), math.sqrt(2.0) - 1.0) if low <= here.ratio <= high else 0.0
        aim = min((1.0 + gamma) * here.ratio, schedule.largest_ratio)
        assert raised.ratio == pytest.approx(aim, rel=1e-9)
        added = math.sqrt(max(raised.ratio**2 - here.ratio**2, 0.0))
        by_hand = state / here.alpha + scale * added * noise.draw("churn", step.index)
        torch.testing.assert_close(asked / raised.alpha, by_hand, rtol=1e-9, atol=1e-9)
        assert step.level == grid[step.index + 1]
        state, seen = step.x, seen + step.evaluations
    assert seen == len(model.calls)


@given(laid=grids(), times=st.integers(0, 4), low=sigmas, high=sigmas, scale=st.floats(0.0, 1.5))
def test_restarts_go_back_up_as_the_formula_says(
    laid: tuple[NoiseSchedule, TimeGrid], times: int, low: float, high: float, scale: float
) -> None:
    """Xu et al. 2023, algorithm 1: x + sqrt(t_max^2 - t_min^2) * noise at t_max, and Heun's way down again."""
    _, grid = laid
    low, high = min(low, high), max(low, high)
    inside = [place for place, level in enumerate(grid) if level.sigma and low <= level.ratio <= high]
    model, noise = Watched(wide_mixture()), SeededNoise(SHAPE)
    steps = list(
        restart(model, start_of(grid), grid, noise, restarts=times, sigma_low=low, sigma_high=high, noise_scale=scale)
    )
    assert [step.level for step in steps] == list(grid[1:])
    assert sum(step.evaluations for step in steps) == len(model.calls)
    climbs = times if len(inside) > 1 else 0
    ups = [
        place
        for place in range(1, len(model.calls))
        if model.calls[place][1].ratio > model.calls[place - 1][1].ratio * (1.0 + 1e-9)
    ]
    assert len(ups) == climbs
    state = _plain_until(grid, inside[-1]) if climbs else None
    for again, place in enumerate(ups):
        assert state is not None
        top, bottom = grid[inside[0]], grid[inside[-1]]
        added = math.sqrt(top.ratio**2 - bottom.ratio**2)
        by_hand = state / bottom.alpha + scale * added * noise.draw("restart", again)
        asked, level = model.calls[place]
        assert level == top
        torch.testing.assert_close(asked / top.alpha, by_hand, rtol=1e-9, atol=1e-9)
        *_, down = heun(wide_mixture(), asked, grid[inside[0] : inside[-1] + 1], noise)
        state = down.x
    if climbs:
        assert state is not None
        assert torch.equal(steps[inside[-1] - 1].x, state)


def _plain_until(grid: TimeGrid, place: int) -> Tensor:
    """Heun's state at a level of the grid."""
    if not place:
        return start_of(grid)
    return list(heun(wide_mixture(), start_of(grid), grid, SeededNoise(SHAPE)))[place - 1].x


@given(laid=grids(), above=st.floats(1.01, 2.0), scale=st.floats(0.0, 1.5), dtype=st.sampled_from([0, 1]))
def test_none_of_it_is_heun_to_the_bit(
    laid: tuple[NoiseSchedule, TimeGrid], above: float, scale: float, dtype: int
) -> None:
    """Churn 0, no restarts, or a range of sigma that holds no level."""
    schedule, grid = laid
    kind = (torch.float32, torch.float64)[dtype]
    x, noise, far = start_of(grid).to(kind), SeededNoise(SHAPE), above * grid[0].ratio

    def plain() -> Iterator[Step]:
        return heun(bent, x, grid, noise)

    for none in (
        edm_stochastic(bent, x, grid, noise, churn=0.0, noise_scale=scale, schedule=schedule),
        edm_stochastic(bent, x, grid, noise, sigma_low=far, sigma_high=2.0 * far, schedule=schedule),
        restart(bent, x, grid, noise, restarts=0, noise_scale=scale),
        restart(bent, x, grid, noise, sigma_low=far, sigma_high=2.0 * far),
    ):
        assert same(none, plain())


@given(laid=grids(), name=st.sampled_from(sorted(PARTNERS)))
def test_eta_0_is_the_sampler_without_noise_to_the_bit(laid: tuple[NoiseSchedule, TimeGrid], name: str) -> None:
    schedule, grid = laid
    x, noise = start_of(grid), SeededNoise(SHAPE)
    ours = list(sampler_named(name, eta=0.0, schedule=schedule)(bent, x, grid, noise))
    theirs = list(sampler_named(PARTNERS[name], schedule=schedule)(bent, x, grid, noise))
    for one, other in zip(ours, theirs, strict=True):
        if name in ROUNDED:
            torch.testing.assert_close(one.x, other.x, rtol=1e-12, atol=1e-12)
        else:
            assert torch.equal(one.x, other.x)


@given(
    laid=grids(),
    name=st.sampled_from(NOISY),
    eta=st.floats(0.0, 1.0),
    scale=st.floats(0.0, 1.5),
    options=st.builds(
        SolverSettings,
        churn=amounts,
        restarts=st.integers(0, 4),
        snr=st.floats(0.0, 0.5),
        gamma=st.floats(0.0, 1.0),
        sigma_low=st.floats(0.01, 1.0),
        sigma_high=st.floats(1.0, 60.0),
    ),
    brownian=st.booleans(),
    place=st.integers(0, 2),
)
@settings(max_examples=70)
def test_any_options_on_any_grid(
    laid: tuple[NoiseSchedule, TimeGrid],
    name: str,
    eta: float,
    scale: float,
    options: SolverSettings,
    brownian: bool,
    place: int,
) -> None:
    """Finite, at the grid's levels, with as many evaluations as said; and each item as if it were alone, to the bit."""
    schedule, grid = laid
    seeds, shape = [5, 77, 900], (2, 3)
    sampler = sampler_named(name, eta=eta, noise_scale=scale, brownian=brownian, solver=options, schedule=schedule)

    def run(model: Denoiser, chosen: list[int]) -> list[Step]:
        noise = Noise(chosen, shape)
        return list(sampler(model, noise.draw("start", 0) * math.hypot(grid[0].alpha, grid[0].sigma), grid, noise))

    model = Watched(bent)
    together, alone = run(model, seeds), run(bent, seeds[place : place + 1])
    assert [step.level for step in together] == list(grid[1:])
    assert sum(step.evaluations for step in together) == len(model.calls)
    for batch, single in zip(together, alone, strict=True):
        assert bool(batch.x.isfinite().all())
        assert torch.equal(batch.x[place], single.x[0])


@given(laid=grids(clean=True), seed=st.integers(0, 3))
def test_what_is_set_to_0_draws_nothing(laid: tuple[NoiseSchedule, TimeGrid], seed: int) -> None:
    """Of TCD gamma; of the Langevin corrector, snr, whose predictor then is DDPM alone."""
    _, grid = laid
    x = start_of(grid)
    still = [list(tcd(bent, x, grid, Noise([seed + salt] * SHAPE[0], SHAPE[1:]), gamma=0.0)) for salt in (0, 1)]
    assert same(iter(still[0]), iter(still[1]))
    noise = SeededNoise(SHAPE)
    assert same(langevin(bent, x, grid, noise, snr=0.0), sampler_named("ddpm")(bent, x, grid, noise))
