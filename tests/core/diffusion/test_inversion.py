from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.diffusion.guidance import Guess, GuidedDenoiser
from core.diffusion.inversion import InversionError, ddim_inversion, fixed_point_inversion, round_trip
from core.diffusion.level import Level
from core.diffusion.prediction import Prediction
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import GridError, time_grid
from core.guidance_settings import GuidanceSettings
from core.samplers.euler import euler
from tests.core.samplers.exact import SeededNoise, mixture, noise_rows

SCHEDULES = ("flow", "vp_cosine", "ve", "latent_1000")


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@pytest.mark.parametrize("steps", [1, 8, 30])
def test_the_fixed_point_is_exact_on_a_mixture(schedule_name: str, steps: int) -> None:
    """There and back to 1e-6, and to the very noise that the picture came from (in its own units)."""
    grid = time_grid("log_snr", schedule_named(schedule_name), steps)
    start = grid[0].sigma * noise_rows(0, (8, 2))
    picture = round_trip(mixture(), start, grid)
    *_, last = inverted = list(fixed_point_inversion(mixture(), picture, grid))
    assert [step.index for step in inverted] == list(range(steps))
    assert last.level == grid[0]
    assert max(float(step.left.max()) for step in inverted) < 1e-7
    torch.testing.assert_close(round_trip(mixture(), last.x, grid), picture, rtol=0.0, atol=1e-6)
    if steps > 1:
        torch.testing.assert_close(last.x, start, rtol=0.0, atol=1e-6 * max(1.0, grid[0].sigma))


@pytest.mark.parametrize("schedule_name", SCHEDULES)
def test_ddim_s_error_falls_with_the_steps(schedule_name: str) -> None:
    errors = list[float]()
    for steps in (20, 80, 320):
        grid = time_grid("log_snr", schedule_named(schedule_name), steps)
        picture = round_trip(mixture(), grid[0].sigma * noise_rows(0, (8, 2)), grid)
        *_, last = ddim_inversion(mixture(), picture, grid)
        errors.append(float((round_trip(mixture(), last.x, grid) - picture).abs().max()))
    assert errors[1] < 0.6 * errors[0]
    assert errors[2] < 0.6 * errors[1]
    assert errors[2] > 1e-4


def test_the_way_there_is_the_sampler_s_own() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 9)
    start = noise_rows(0, (4, 2))
    *_, last = euler(mixture(), start, grid, SeededNoise((4, 2)))
    torch.testing.assert_close(round_trip(mixture(), start, grid), last.x, rtol=1e-10, atol=1e-10)


class Halves:
    """Prompted: the mixture; without: everything at 0."""

    def guesses(self, x: Tensor, level: Level, asked: tuple[Guess, ...]) -> tuple[Prediction, ...]:
        none = Prediction(torch.zeros_like(x), x / level.sigma if level.sigma else torch.zeros_like(x))
        return tuple(mixture()(x, level) if guess is Guess.PROMPTED else none for guess in asked)


def test_guided_runs_are_taken_back_too() -> None:
    grid = time_grid("log_snr", schedule_named("vp_cosine"), 12)
    denoiser = GuidedDenoiser(Halves(), GuidanceSettings(1.5))
    picture = round_trip(denoiser, grid[0].sigma * noise_rows(1, (4, 2)), grid)
    *_, plain = ddim_inversion(denoiser, picture, grid)
    *_, exact = fixed_point_inversion(denoiser, picture, grid)
    missed = float((round_trip(denoiser, plain.x, grid) - picture).abs().max())
    assert float((round_trip(denoiser, exact.x, grid) - picture).abs().max()) < 1e-5 < missed


def test_a_step_that_can_not_be_solved_says_what_is_left() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 2)
    steps = list(fixed_point_inversion(mixture(), noise_rows(0, (3, 2)), grid, tries=1))
    assert all(step.left.shape == (3,) for step in steps)
    assert max(float(step.left.max()) for step in steps) > 1e-3


def test_what_can_not_be_taken_back() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 2)
    with pytest.raises(InversionError, match=r"the picture is torch.float16; begin from float32"):
        list(ddim_inversion(mixture(), torch.zeros(1, 2, dtype=torch.float16), grid))
    with pytest.raises(GridError):
        list(fixed_point_inversion(mixture(), torch.zeros(1, 2), grid[::-1]))
