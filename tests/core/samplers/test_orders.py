"""Every deterministic sampler converges at its order, whichever that is told to be, in several dimensions."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import TimeGrid, time_grid
from core.requests import SolverSettings
from core.samplers.cards import CARDS
from core.samplers.path import share
from core.samplers.registry import sampler_card, sampler_named
from core.samplers.step import Step
from tests.core.samplers.exact import SeededNoise, last, mixture, noise_rows, ramp
from tests.core.samplers.test_convergence import distance, slope

COUNTS = (80, 160, 320)
WITHIN = {1: 0.15, 2: 0.3, 3: 0.3, 4: 0.65}
"""The higher the order, the longer a run's beginning, of lower order, shows through."""

ORDERS: dict[tuple[str, int | None], int] = {
    ("dpmpp_3m", None): 2,
    ("dpmpp_2s", None): 2,
    ("dpm_2", None): 2,
    ("dpm_solver_3", None): 3,
    **{("uni_pc", order): order + 1 for order in (1, 2, 3)},
    **{("uni_pc_bh2", order): order + 1 for order in (1, 2, 3)},
    **{("deis", order): order for order in (1, 2, 3)},
    **{("res_multistep", order): order for order in (1, 2, 3)},
    **{("lms", order): order for order in (1, 2, 3, 4)},
    **{("ipndm", order): min(order, 2) for order in (1, 2, 3, 4)},
    ("plms", None): 2,
    ("rk4", None): 4,
}


def five_dimensions() -> GaussianMixture:
    return GaussianMixture(
        torch.tensor([0.4, 0.1, 0.3, 0.2], dtype=torch.float64),
        noise_rows(77, (4, 5)),
        torch.tensor([0.4, 0.6, 0.5, 0.3], dtype=torch.float64),
    )


MIXTURES = {"plane": (mixture, 2), "five dimensions": (five_dimensions, 5)}


def end(sampler: str, order: int | None, kind: str, schedule_name: str, steps: int, **solver: float) -> Tensor:
    schedule, (make, size) = schedule_named(schedule_name), MIXTURES[kind]
    grid = ramp(schedule, steps, 20.0, 0.2)
    start = noise_rows(0, (4, size)) * grid[0].sigma
    run = sampler_named(sampler, schedule=schedule, solver=SolverSettings(order=order, **solver))  # pyright: ignore[reportArgumentType]
    return last(run(make(), start, grid, SeededNoise((4, size)))).x


@cache
def reference(kind: str, schedule_name: str) -> Tensor:
    """The fourth order at four times the steps: nearer than any that is measured but itself, by far."""
    return end("rk4", None, kind, schedule_name, 4 * COUNTS[-1])


@pytest.mark.parametrize(("kind", "schedule_name"), [("plane", "flow"), ("five dimensions", "vp_linear")])
@pytest.mark.parametrize(("name", "order"), list(ORDERS), ids=str)
def test_order(name: str, order: int | None, kind: str, schedule_name: str) -> None:
    aim = reference(kind, schedule_name)
    errors = [distance(end(name, order, kind, schedule_name, steps), aim) for steps in COUNTS]
    stated = ORDERS[name, order]
    assert slope(errors, COUNTS) == pytest.approx(stated, abs=WITHIN[stated]), errors


def test_cards_state_what_was_measured() -> None:
    for card in CARDS:
        told = next((int(option.default) for option in card.settings if option.setting == "order"), None)
        if (card.name, told) in ORDERS:
            assert card.order == ORDERS[card.name, told], card.name


@pytest.mark.parametrize("tolerance", [1e-3, 1e-5, 1e-7])
def test_the_adaptive_method_keeps_its_tolerance(tolerance: float) -> None:
    """On one long interval, from strong noise to weak; against scipy's own, held a thousand times closer."""
    schedule, model, row = schedule_named("flow"), mixture(), noise_rows(5, (1, 2))
    here, there = schedule.at_time(1.0), schedule.at_time(0.02)

    def slope_of(u: float, z: np.ndarray) -> np.ndarray:
        x0 = model(torch.from_numpy(z)[None], schedule.at_time(u)).x0[0].numpy()
        return (z - x0) / u

    truth = solve_ivp(slope_of, (1.0, 0.02), row[0].numpy(), rtol=tolerance * 1e-4, atol=tolerance * 1e-4).y[:, -1]
    run = sampler_named("dopri5", schedule=schedule, solver=SolverSettings(tolerance=tolerance))
    (step,) = run(model, row, [here, there], SeededNoise((1, 2)))
    assert float((step.x[0] - torch.from_numpy(truth)).abs().max()) < 10.0 * tolerance
    assert step.evaluations < 400


def test_a_closer_tolerance_takes_more_evaluations_and_each_item_its_own() -> None:
    schedule, rows = schedule_named("flow"), noise_rows(5, (3, 2))
    grid = time_grid("uniform", schedule, 4)

    def run(tolerance: float, x: Tensor) -> list[Step]:
        chosen = sampler_named("dopri5", schedule=schedule, solver=SolverSettings(tolerance=tolerance))
        return list(chosen(mixture(), x, grid, SeededNoise((3, 2))))

    counts = [sum(step.evaluations for step in run(tolerance, rows)) for tolerance in (1e-2, 1e-4, 1e-6)]
    assert counts[0] < counts[1] < counts[2]
    alone = [run(1e-4, rows[item : item + 1]) for item in range(3)]
    assert sum(step.evaluations for steps in alone for step in steps) == counts[1]


def counting(calls: list[Level]):
    def model(x: Tensor, level: Level) -> Prediction:
        calls.append(level)
        return mixture()(x, level)

    return model


@pytest.mark.parametrize("name", [card.name for card in CARDS])
def test_steps_count_their_evaluations(name: str) -> None:
    """Out of pure noise and into clean data too; and no run takes fewer than its last and first step allow."""
    card = sampler_card(name)
    ends = 2 * (card.evaluations_per_step - 1) + max(card.once, 0)
    for schedule_name, grid_name in itertools.product(("flow", "ve"), ("uniform", "karras")):
        calls, told = list[Level](), f"{grid_name} on {schedule_name}"
        schedule = schedule_named(schedule_name)
        grid = time_grid(grid_name, schedule, 7)
        start = grid[0].sigma * noise_rows(2, (1, 2))
        steps = list(sampler_named(name, schedule=schedule)(counting(calls), start, grid, SeededNoise((1, 2))))
        assert sum(step.evaluations for step in steps) == len(calls), told
        assert len(calls) >= card.evaluations(7) - ends, told
        assert card.varies or len(calls) <= card.evaluations(7), told


@pytest.mark.parametrize("schedule_name", ["flow", "ve", "vp_linear", "latent_1000"])
def test_a_grid_tells_enough_of_its_path(schedule_name: str) -> None:
    """Levels between a grid's are the schedule's own in alpha and sigma, and nearly so in time."""
    schedule = schedule_named(schedule_name)
    grid: TimeGrid = time_grid("karras", schedule, 12)
    run, told = sampler_named("dpm_solver_3"), sampler_named("dpm_solver_3", schedule=schedule)
    seen, asked = list[Level](), list[Level]()
    start = grid[0].sigma * noise_rows(2, (1, 2))
    last(run(counting(seen), start, grid, SeededNoise((1, 2))))
    last(told(counting(asked), start, grid, SeededNoise((1, 2))))
    for guessed, true in zip(seen, asked, strict=True):
        assert guessed.ratio == pytest.approx(true.ratio, rel=1e-9)
        assert guessed.alpha == pytest.approx(true.alpha, rel=1e-9)
        assert guessed.t == pytest.approx(true.t, abs=0.01 if share(true) > 0.01 else 0.05)
