"""Grids that are laid in time: a schedule's own, or the thousand timesteps of discrete-time models."""

from __future__ import annotations

import math

from core.diffusion.grids.beta_quantile import beta_quantile
from core.diffusion.grids.grid import GridError, TimeGrid, at_times
from core.diffusion.grids.ramps import beta_of
from core.diffusion.schedule import NoiseSchedule
from core.grid_settings import GridSettings

TIMESTEPS = 1000
"""Of the discrete-time models that these grids come from. Timestep k stands at t = (k + 1) / 1000 on any schedule."""
OFFSET = 1
"""Added to leading timesteps, as Stable Diffusion's configuration says."""
SHIFT = 3.0
"""SD3's own, for pictures of 1024 pixels."""
THRESHOLD = 0.025
"""Mochi's own."""


def uniform(schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """Equal steps in t."""
    return at_times(schedule, start, ((steps - i) / steps for i in range(steps)))


def linspace(schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """Whole timesteps, evenly from the last to the first; a single step begins at the last.

    diffusers' DDIM and PNDM; its DPM-Solver and UniPC lay one more and drop the first timestep, its Euler and LMS, and
    ComfyUI's normal, don't round.
    Source: Lin et al. 2023 (arXiv:2305.08891), table 2.
    """
    last = TIMESTEPS - 1
    return _at_timesteps(schedule, start, [round(last - last * i / max(steps - 1, 1)) for i in range(steps)])


def leading(schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """Whole timesteps, a whole stride apart, from the first on, plus Stable Diffusion's offset of 1.

    The run begins below the most noise, which DDIM's own code does too. Source: Lin et al. 2023, table 2.
    """
    stride = TIMESTEPS // steps
    offset = min(OFFSET, TIMESTEPS - 1 - (steps - 1) * stride)
    return _at_timesteps(schedule, start, [(steps - 1 - i) * stride + offset for i in range(steps)])


def trailing(schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """Whole timesteps, evenly from the last on: uniform, rounded. Source: Lin et al. 2023, table 2."""
    return _at_timesteps(schedule, start, [round(TIMESTEPS - i * TIMESTEPS / steps) - 1 for i in range(steps)])


def sgm_uniform(schedule: NoiseSchedule, steps: int, start: float) -> TimeGrid:
    """Equal steps in timesteps from the last to the first, whose place clean data takes.

    Source: ComfyUI, normal_scheduler(sgm=True); A1111's SGM Uniform.
    """
    last = TIMESTEPS - 1
    return at_times(schedule, start, ((last * (steps - i) / steps + 1.0) / TIMESTEPS for i in range(steps)))


def shifted(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """Equal steps in t, then t' = s * t / (1 + (s - 1) * t); on a flow that is s times sigma / alpha.

    Source: Esser et al. 2024 (arXiv:2403.03206), eq. 23; FLUX's s comes from the size, see `flux_shift`.
    """
    s = SHIFT if settings.shift is None else settings.shift
    times = ((steps - i) / steps for i in range(steps))
    return at_times(schedule, start, (s * t / (1.0 + (s - 1.0) * t) for t in times))


def flux_shift(tokens: int) -> float:
    """The shift of FLUX.1 for a picture of that many 16 x 16 pixel patches: exp of a line through 0.5 and 1.15.

    Source: black-forest-labs/flux, sampling.py, get_lin_function and time_shift.
    """
    return math.exp(0.5 + (tokens - 256) * (1.15 - 0.5) / (4096 - 256))


def linear_quadratic(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """A slow straight half, then a parabola with the same slope where they meet, in t.

    On a flow the grid of Mochi and LTX-Video; ComfyUI lays the same in sigma / alpha on other schedules.
    Source: genmoai/mochi, linear_quadratic_schedule.
    """
    threshold = THRESHOLD if settings.threshold is None else settings.threshold
    straight = steps // 2
    if not straight:
        return at_times(schedule, start, (1.0,))
    bent, over = steps - straight, straight - threshold * steps
    square = over / (straight * bent**2)
    slope = threshold / straight - 2.0 * over / bent**2
    gone = [i * threshold / straight for i in range(straight)]
    gone += [square * i**2 + slope * i + square * straight**2 for i in range(straight, steps)]
    return at_times(schedule, start, (1.0 - each for each in gone))


def beta(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """Whole timesteps at quantiles of a Beta distribution: dense at both ends where a and b are below 1.

    Where two quantiles round to one timestep the later steps go on below it, so that no step is lost (ComfyUI drops
    them). A1111 and diffusers put the quantiles on sigma instead: `beta_sigma`.
    Source: Lee et al. 2024 (arXiv:2407.12173), section 4.2; ComfyUI, beta_scheduler.
    """
    a, b = beta_of(settings)
    last = TIMESTEPS - 1
    wanted = [round(last * beta_quantile(1.0 - i / steps, a, b)) for i in range(steps)]
    if len(set(wanted)) < steps:
        for i in range(1, steps):
            wanted[i] = min(wanted[i], wanted[i - 1] - 1)
        for i, least in zip(range(steps - 1, -1, -1), range(steps), strict=True):
            wanted[i] = max(wanted[i], least)
    return _at_timesteps(schedule, start, wanted)


def _at_timesteps(schedule: NoiseSchedule, start: float, timesteps: list[int]) -> TimeGrid:
    if len(timesteps) > TIMESTEPS:
        raise GridError(f"{len(timesteps)} steps requested; the grid has {TIMESTEPS} timesteps, ask for fewer")
    return at_times(schedule, start, ((timestep + 1) / TIMESTEPS for timestep in timesteps))
