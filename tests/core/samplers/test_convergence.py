"""Every sampler converges to the exact answer at the order that its card states."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
import torch
from torch import Tensor

from core.diffusion.denoiser import Prediction
from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.noise import Noise
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.samplers.ancestral import ddim, ddpm, euler_ancestral
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_card, sampler_named
from core.samplers.step import Step
from tests.core.samplers.exact import SeededNoise, last, mixture, noise_rows, ramp

WITHIN = 0.15
COUNTS = (20, 40, 80)


def slope(errors: list[float], counts: tuple[int, ...]) -> float:
    """The order of convergence: how fast log error falls with log steps, by least squares."""
    x = torch.tensor(counts, dtype=torch.float64).log()
    y = torch.tensor(errors, dtype=torch.float64).log()
    return -float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())


def distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).square().mean().sqrt())


def inner_end(sampler: str, schedule_name: str, steps: int) -> Tensor:
    schedule = schedule_named(schedule_name)
    grid = ramp(schedule, steps, min(80.0, schedule.largest_ratio), 0.05)
    start = noise_rows(0, (4, 2)) * grid[0].sigma
    return last(sampler_named(sampler)(mixture(), start, grid, SeededNoise((4, 2)))).x


@cache
def reference(schedule_name: str) -> Tensor:
    """Heun's with 8 times the steps: its error is 1 / 64 of the least that is measured."""
    return inner_end("heun", schedule_name, 8 * COUNTS[-1])


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@pytest.mark.parametrize("name", ["ddim", "euler", "heun", "dpmpp_2m"])
def test_deterministic_order(name: str, schedule_name: str) -> None:
    """Endpoint error against a far finer run, between two inner levels."""
    errors = [distance(inner_end(name, schedule_name, steps), reference(schedule_name)) for steps in COUNTS]
    assert slope(errors, COUNTS) == pytest.approx(sampler_card(name).order, abs=WITHIN)


@pytest.mark.parametrize("name", ["ddim", "euler", "heun"])
def test_order_from_pure_noise_to_clean_data(name: str) -> None:
    """On a flow's uniform grid both ends are reached: alpha = 0 and sigma = 0."""
    errors = [distance(flow_end(name, steps), flow_reference()) for steps in COUNTS]
    assert slope(errors, COUNTS) == pytest.approx(sampler_card(name).order, abs=WITHIN)


def flow_end(sampler: str, steps: int) -> Tensor:
    grid = time_grid("uniform", schedule_named("flow"), steps)
    return last(sampler_named(sampler)(mixture(), noise_rows(0, (4, 2)), grid, SeededNoise((4, 2)))).x


@cache
def flow_reference() -> Tensor:
    return flow_end("heun", 16 * COUNTS[-1])


# With one round Gaussian the guess is linear in x, so a run is linear in its start and its draws, and the exact
# spread of its results is the sum of squares of what each alone gives. No sampling error at all.
SPREAD = 0.6


def one_gaussian() -> GaussianMixture:
    one = torch.ones(1, dtype=torch.float64)
    return GaussianMixture(one, 0.0 * one[:, None], SPREAD * one)


@dataclass(frozen=True, slots=True)
class Impulses:
    """Item 0 gets no fresh noise; item i gets 1.0 in step i - 1 alone."""

    steps: int

    def draw(self, stream: str, key: int) -> Tensor:
        assert stream == "step"
        drawn = torch.zeros(self.steps + 1, 1, dtype=torch.float64)
        drawn[key + 1] = 1.0
        return drawn

    def between(self, a: Level, b: Level) -> Tensor:
        raise AssertionError(f"no path between {a} and {b} was asked for")


StochasticRun = Callable[[TimeGrid, Tensor, Impulses], Iterator[Step]]

STOCHASTIC: dict[str, StochasticRun] = {
    "ddpm": lambda grid, x, noise: ddpm(one_gaussian(), x, grid, noise),
    "ddpm wide": lambda grid, x, noise: ddpm(one_gaussian(), x, grid, noise, wide=True),
    "ddim, eta 0.5": lambda grid, x, noise: ddim(one_gaussian(), x, grid, noise, eta=0.5),
    "ddim, eta 1": lambda grid, x, noise: ddim(one_gaussian(), x, grid, noise, eta=1.0),
    "euler_ancestral": lambda grid, x, noise: euler_ancestral(one_gaussian(), x, grid, noise),
    "euler_ancestral, eta 0.5": lambda grid, x, noise: euler_ancestral(one_gaussian(), x, grid, noise, eta=0.5),
}


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@pytest.mark.parametrize("name", list(STOCHASTIC))
def test_weak_order(name: str, schedule_name: str) -> None:
    """The variance of the results, known exactly, approaches the true one at order 1."""
    schedule = schedule_named(schedule_name)

    def error(steps: int) -> float:
        grid = ramp(schedule, steps, min(80.0, schedule.largest_ratio), 0.05)
        first, end = grid[0], grid[-1]
        truth = [(SPREAD * level.alpha) ** 2 + level.sigma**2 for level in (first, end)]
        start = torch.zeros(steps + 1, 1, dtype=torch.float64)
        start[0] = math.sqrt(truth[0])
        responses = last(STOCHASTIC[name](grid, start, Impulses(steps))).x
        return abs(float(responses.square().sum()) - truth[1]) / truth[1]

    assert slope([error(steps) for steps in (40, 80, 160)], (40, 80, 160)) == pytest.approx(1.0, abs=WITHIN)


@pytest.mark.parametrize("name", ["ddpm", "ddim"])
def test_one_brownian_path_is_followed_more_closely_with_more_steps(name: str) -> None:
    """Runs that share a path approach one another; with fresh draws they would stay as far apart as pictures are."""
    flow = schedule_named("flow")
    noise = Noise(range(6), (2,))
    sampler = sampler_named(name, eta=1.0, brownian=True)
    start = noise.draw("start", 0).double()

    def end(steps: int, brownian: bool = True) -> Tensor:
        chosen = sampler if brownian else sampler_named(name, eta=1.0)
        return last(chosen(mixture(), start, time_grid("uniform", flow, steps), noise)).x

    counts = (8, 16, 32, 64)
    ends = [end(steps) for steps in counts]
    gaps = [distance(a, b) for a, b in itertools.pairwise(ends)]
    assert slope(gaps, counts[:-1]) > 0.5
    assert gaps[-1] < 0.2 * distance(end(32, brownian=False), end(64, brownian=False))


def test_stated_evaluations() -> None:
    """A card's evaluations are what the sampler makes between inner levels, and what its steps say."""
    grid = ramp(schedule_named("ve"), 5, 10.0, 0.1)
    model = mixture()
    for card in CARDS:
        calls: list[float] = []

        def counted(x: Tensor, level: Level, calls: list[float] = calls) -> Prediction:
            calls.append(level.sigma)
            return model(x, level)

        steps = list(sampler_named(card.name)(counted, noise_rows(1, (1, 2)), grid, SeededNoise((1, 2))))
        assert len(calls) == sum(step.evaluations for step in steps), card.name
        if card.varies:
            assert len(calls) >= card.evaluations(5), card.name
        else:
            assert len(calls) == card.evaluations(5) == 5 * card.evaluations_per_step + card.once, card.name
