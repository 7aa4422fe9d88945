"""Ramps: grids that are even in some function of sigma / alpha, from one end to the other."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.diffusion.grids.beta_quantile import beta_quantile
from core.diffusion.grids.grid import GridError, TimeGrid, at_ratios, finite
from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule
from core.grid_settings import GridSettings

RHO = 7.0
"""Karras et al.'s own."""
BETA = 0.6
"""Both parameters of the Beta distribution in ComfyUI and A1111."""


def karras(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """Equal steps in (sigma / alpha)^(1 / rho) down to the smallest ratio, then clean data.

    Source: Karras et al. 2022 (arXiv:2206.00364), eq. 5.
    """
    rho = RHO if settings.rho is None else settings.rho
    return _ramp(schedule, steps, start, settings, lambda r: r ** (1.0 / rho), lambda u: u**rho)


def exponential(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """The same, equal in log(sigma / alpha). Source: k-diffusion, get_sigmas_exponential."""
    return _ramp(schedule, steps, start, settings, math.log, math.exp)


def log_snr(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """Equal steps in log-SNR all the way; the last lands on clean data in place of the smallest ratio.

    Source: Lu et al. 2022 (arXiv:2206.00927), section 3.4.
    """
    return _ramp(schedule, steps, start, settings, math.log, math.exp, intervals=steps)


def polyexponential(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """A power of the way in log(sigma / alpha): log r = u^rho * (log first - log last) + log last, u from 1 to 0.

    rho: None is 1, which is exponential. Source: k-diffusion, get_sigmas_polyexponential.
    """
    rho = 1.0 if settings.rho is None else settings.rho
    first, low = ends(schedule, start, settings)
    top, bottom = math.log(finite(first.ratio)), math.log(low)
    ways = ((1.0 - i / (steps - 1)) ** rho for i in range(1, steps))
    return at_ratios(schedule, first, (math.exp(bottom + way * (top - bottom)) for way in ways))


def kl_optimal(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """Equal steps in the angle whose tangent is sigma / alpha, down to the smallest ratio, then clean data.

    As ComfyUI; A1111 divides the same way into one step more and ends at the smallest ratio itself.
    Source: Sabour et al. 2024 (arXiv:2404.14507), theorem 3.1.
    """
    return _ramp(schedule, steps, start, settings, math.atan, math.tan)


def beta_sigma(schedule: NoiseSchedule, steps: int, start: float, settings: GridSettings) -> TimeGrid:
    """sigma / alpha itself at quantiles of a Beta distribution, from the first ratio to the smallest.

    What A1111 and diffusers call beta; ComfyUI's is ours of that name. Source: Lee et al. 2024 (arXiv:2407.12173),
    which takes quantiles of timesteps; diffusers, DPMSolverMultistepScheduler._convert_to_beta.
    """
    a, b = beta_of(settings)
    first, low = ends(schedule, start, settings)
    top = finite(first.ratio)
    shares = (beta_quantile(1.0 - i / (steps - 1), a, b) for i in range(1, steps))
    return at_ratios(schedule, first, (low + share * (top - low) for share in shares))


def beta_of(settings: GridSettings) -> tuple[float, float]:
    """The parameters a and b of the Beta distribution."""
    return settings.beta_a or BETA, settings.beta_b or BETA


def ends(schedule: NoiseSchedule, start: float, settings: GridSettings) -> tuple[Level, float]:
    """Where a ramp begins, and the smallest sigma / alpha it aims at."""
    first = schedule.at_time(start)
    if settings.largest is not None:
        if settings.largest > schedule.largest_ratio * (1.0 + 1e-9):
            raise GridError(
                f"sigma largest {settings.largest:g} is off the {schedule.name} schedule; "
                f"give at most {schedule.largest_ratio:.6g}",
                "largest",
            )
        if settings.largest < first.ratio:
            first = schedule.at_ratio(settings.largest)
    if settings.smallest is None:
        # Starting below the smallest ratio still needs room to fall.
        return first, min(schedule.smallest_ratio, 0.5 * first.ratio)
    top = finite(first.ratio)
    if not settings.smallest < top:
        sentence = f"sigma smallest {settings.smallest:g} is not below {top:g}, where the grid begins; lower it"
        raise GridError(sentence, "smallest")
    return first, settings.smallest


def _ramp(
    schedule: NoiseSchedule,
    steps: int,
    start: float,
    settings: GridSettings,
    warp: Callable[[float], float],
    unwarp: Callable[[float], float],
    *,
    intervals: int | None = None,
) -> TimeGrid:
    """Level 0 is the first, levels 1 to steps - 1 lie equally spaced under `warp`, then comes clean data.

    intervals: how many equal ones lie between the first level and the smallest ratio; None is steps - 1.
    """
    first, low = ends(schedule, start, settings)
    whole = intervals or steps - 1
    top, bottom = warp(finite(first.ratio)), warp(low)
    return at_ratios(schedule, first, (unwarp(top + (bottom - top) * i / whole) for i in range(1, steps)))
