"""Time grids: the levels a sampler visits, noisiest first. No torch here.

N steps need N + 1 levels; the last is clean data (sigma = 0). The first is the schedule's level at `start`, even
where that is pure noise (sigma / alpha infinite): a ramp laid in sigma / alpha then aims from a finite
`CEILING` and only its first level is moved to the true start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.diffusion.grids import drawn, listed, ramps, timesteps
from core.diffusion.grids.drawn import custom_ratios, handles_along
from core.diffusion.grids.grid import CEILING, GridError, TimeGrid, check_grid
from core.diffusion.grids.ramps import RHO
from core.diffusion.schedule import NoiseSchedule
from core.grid_settings import CUSTOM, GIVEN, GRID_OPTIONS, LISTED, OPTIMISED, GridSettings, check_grid_options

__all__ = [
    "CEILING",
    "GRIDS",
    "RHO",
    "GridError",
    "TimeGrid",
    "check_grid",
    "custom_ratios",
    "handles_along",
    "time_grid",
]

GRIDS = tuple(name for name in GRID_OPTIONS if name not in GIVEN)
"""Those that a name alone makes; the others are drawn, listed or measured."""

EARLIEST = 1e-3
"""The least `start`: below it there is no noise left to speak of."""


def time_grid(
    name: str,
    schedule: NoiseSchedule,
    steps: int,
    *,
    start: float = 1.0,
    settings: GridSettings | None = None,
) -> TimeGrid:
    """steps + 1 levels of the schedule, from time `start` to clean data; what each name means is told where it is made.

    start: below 1 the run begins with part of the picture still there (image to image). Places in time shrink by it.
    settings: a `largest` below the noise at `start` begins the run there instead.
    Raises GridError or RequestError: value, rule, remedy.
    """
    settings = settings or GridSettings()
    if steps < 1:
        raise GridError(f"{steps} steps requested; at least 1 is needed")
    if not EARLIEST <= start <= 1.0:
        raise GridError(f"start {start:g} is out of range; it must lie in {EARLIEST:g} to 1")
    check_grid_options(name, settings)
    if name in _PLAIN:
        grid = _PLAIN[name](schedule, steps, start)
    elif name in _BENT:
        grid = _BENT[name](schedule, steps, start, settings)
    else:
        raise GridError(f"{name!r} is not a time grid; choose one of {', '.join(GRID_OPTIONS)}")
    check_grid(grid)
    return grid


_PLAIN: dict[str, Callable[[NoiseSchedule, int, float], TimeGrid]] = {
    "uniform": timesteps.uniform,
    "linspace": timesteps.linspace,
    "leading": timesteps.leading,
    "trailing": timesteps.trailing,
    "sgm_uniform": timesteps.sgm_uniform,
    **{name: partial(listed.align_your_steps, name) for name in listed.ALIGN_YOUR_STEPS},
}
_BENT: dict[str, Callable[[NoiseSchedule, int, float, GridSettings], TimeGrid]] = {
    "karras": ramps.karras,
    "exponential": ramps.exponential,
    "log_snr": ramps.log_snr,
    "polyexponential": ramps.polyexponential,
    "kl_optimal": ramps.kl_optimal,
    "beta_sigma": ramps.beta_sigma,
    "beta": timesteps.beta,
    "shifted": timesteps.shifted,
    "linear_quadratic": timesteps.linear_quadratic,
    OPTIMISED: listed.listed,
    LISTED: listed.listed,
    CUSTOM: drawn.custom,
}
