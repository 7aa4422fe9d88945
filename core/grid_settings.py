"""What bends a time grid, which grid takes which bend, and how both are written on a command line. No torch here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from core.errors import RequestError

MIN_SIGMA, MAX_SIGMA = 1e-4, 1e4
MIN_RHO, MAX_RHO = 1.0, 100.0
MIN_SHIFT, MAX_SHIFT = 0.01, 100.0
MIN_BETA, MAX_BETA = 0.1, 10.0
MIN_THRESHOLD, MAX_THRESHOLD = 0.001, 0.45
MAX_HANDLES = 16
MAX_LEVELS = 1000
HANDLE_GAP = 1e-3
"""Neighbouring handles lie at least so far apart, in fraction and in place."""

CUSTOM, LISTED, OPTIMISED = "custom", "listed", "optimised"
GRID_OPTIONS: dict[str, tuple[str, ...]] = {
    "uniform": (),
    "karras": ("largest", "smallest", "rho"),
    "exponential": ("largest", "smallest"),
    "log_snr": ("largest", "smallest"),
    "polyexponential": ("largest", "smallest", "rho"),
    "kl_optimal": ("largest", "smallest"),
    "linspace": (),
    "leading": (),
    "trailing": (),
    "sgm_uniform": (),
    "shifted": ("shift",),
    "linear_quadratic": ("threshold",),
    "beta": ("beta_a", "beta_b"),
    "beta_sigma": ("largest", "smallest", "beta_a", "beta_b"),
    "ays_sd15": (),
    "ays_sdxl": (),
    "ays_svd": (),
    OPTIMISED: ("levels", "levels_as"),
    LISTED: ("levels", "levels_as"),
    CUSTOM: ("handles",),
}
"""Time grids, and which fields of GridSettings each takes."""

GIVEN = (CUSTOM, LISTED, OPTIMISED)
"""Grids that are nothing without what their settings hold."""

LevelsAs = Literal["sigma", "time"]


@dataclass(frozen=True, slots=True)
class GridSettings:
    """What bends a time grid. None is the schedule's or the grid's own.

    largest, smallest: the sigma / alpha that a ramp begins with, and ends at before clean data.
    rho: karras' bend: 1 is even in sigma / alpha, larger is nearer to even in its logarithm; None is 7. Of
        polyexponential: the power of the ramp in log(sigma / alpha); None is 1.
    handles: of the custom grid, (fraction, place) each. Fraction: 0 is the first step, 1 the last. Place: t on the
        schedule; 1 is its start, 0 its smallest noise worth a step. Their curve is drawn in log-SNR.
    shift: of the shifted grid: 1 leaves it uniform, 3 is SD3's (None); more spends more steps on much noise.
    beta_a, beta_b: of the Beta distribution whose quantiles the beta grids are; None is 0.6.
    threshold: how much of the way linear_quadratic goes in its first, slow half; None is 0.025.
    levels: of a listed or optimised grid, falling; a 0 at the end may be left out. levels_as: sigma / alpha, or t.
    """

    largest: float | None = None
    smallest: float | None = None
    rho: float | None = None
    handles: tuple[tuple[float, float], ...] = ()
    shift: float | None = None
    beta_a: float | None = None
    beta_b: float | None = None
    threshold: float | None = None
    levels: tuple[float, ...] = ()
    levels_as: LevelsAs = "sigma"

    def __post_init__(self) -> None:
        for name, sigma in (("largest", self.largest), ("smallest", self.smallest)):
            if sigma is not None and not MIN_SIGMA <= sigma <= MAX_SIGMA:
                raise RequestError(f"sigma {name} {sigma:g} is out of range; give {MIN_SIGMA:g} to {MAX_SIGMA:g}")
        if self.largest is not None and self.smallest is not None and not self.smallest < self.largest:
            raise RequestError(f"sigma smallest {self.smallest:g} is not below the largest, {self.largest:g}; lower it")
        for name, value, low, high in (
            ("rho", self.rho, MIN_RHO, MAX_RHO),
            ("shift", self.shift, MIN_SHIFT, MAX_SHIFT),
            ("beta a", self.beta_a, MIN_BETA, MAX_BETA),
            ("beta b", self.beta_b, MIN_BETA, MAX_BETA),
            ("threshold", self.threshold, MIN_THRESHOLD, MAX_THRESHOLD),
        ):
            if value is not None and not low <= value <= high:
                raise RequestError(f"{name} {value:g} is out of range; give {low:g} to {high:g}")
        if self.handles:
            _check_handles(self.handles)
        if self.levels:
            _check_levels(self.levels, self.levels_as)


def check_grid_options(time_grid: str, settings: GridSettings) -> None:
    """Raises RequestError for settings that a grid does not take, and for a given one without what it is made of."""
    takes = GRID_OPTIONS.get(time_grid)
    if takes is None:
        return
    for option, unset in _UNSET.items():
        if option not in takes and getattr(settings, option) != unset:
            name = f"sigma {option}" if option in ("largest", "smallest") else option.replace("_", " ")
            others = " or ".join(grid for grid, options in GRID_OPTIONS.items() if option in options)
            raise RequestError(f"the {time_grid} grid takes no {name}; leave that out, or choose {others}")
    if "handles" in takes and not settings.handles:
        raise RequestError(f"no handles given; the {time_grid} grid needs at least 2, for example 0:1,0.5:0.4,1:0")
    if "levels" in takes and not settings.levels:
        remedy = "`noisette optimise` measures them" if time_grid == OPTIMISED else "for example 14.6,3.9,1.2,0.3"
        raise RequestError(f"no levels given; the {time_grid} grid is made of them: {remedy}")


def write_handles(handles: tuple[tuple[float, float], ...]) -> str:
    """ "0:1,0.5:0.4,1:0", exactly."""
    return ",".join(":".join(repr(number).removesuffix(".0") for number in handle) for handle in handles)


def read_handles(text: str) -> tuple[tuple[float, float], ...]:
    """ "0:1,0.5:0.4,1:0" -> ((0.0, 1.0), (0.5, 0.4), (1.0, 0.0)). Raises RequestError."""
    handles = list[tuple[float, float]]()
    for part in text.split(","):
        fraction, colon, place = part.partition(":")
        try:
            if not colon:
                raise ValueError
            handles.append((float(fraction), float(place)))
        except ValueError:
            raise RequestError(f"handle {part!r} is not FRACTION:PLACE; give for example 0:1,0.5:0.4,1:0") from None
    return tuple(handles)


def write_levels(levels: tuple[float, ...]) -> str:
    """ "14.6,3.9,1.2,0.3", exactly."""
    return ",".join(repr(level).removesuffix(".0") for level in levels)


def read_levels(text: str) -> tuple[float, ...]:
    """Numbers with commas, semicolons or white space between, also in the brackets of a JSON list or a Python one.

    Raises RequestError for anything else, or for more than `MAX_LEVELS` and a 0.
    """
    parts = [part for part in re.split(r"[\s,;]+", text.strip().strip("[]()").strip()) if part]
    if len(parts) > MAX_LEVELS + 1:
        raise RequestError(f"{len(parts)} levels given; a list holds at most {MAX_LEVELS} and a 0")
    levels = list[float]()
    for part in parts:
        try:
            levels.append(float(part))
        except ValueError:
            raise RequestError(f"level {part[:40]!r} is not a number; give for example 14.6,3.9,1.2,0.3") from None
    _check_levels(tuple(levels), "sigma")
    return tuple(levels)


_UNSET = {name: getattr(GridSettings(), name) for name in dict.fromkeys(sum(GRID_OPTIONS.values(), ()))}


def _check_handles(handles: tuple[tuple[float, float], ...]) -> None:
    if not 2 <= len(handles) <= MAX_HANDLES:
        raise RequestError(f"{len(handles)} handles given; a curve needs 2 to {MAX_HANDLES}")
    for fraction, place in handles:
        if not (0.0 <= fraction <= 1.0 and (place == 0.0 or HANDLE_GAP <= place <= 1.0)):
            raise RequestError(
                f"handle {fraction:g}:{place:g} is out of range; "
                f"give a fraction from 0 to 1 and a place of 0, or from {HANDLE_GAP:g} to 1"
            )
    if (handles[0][0], handles[-1][0]) != (0.0, 1.0):
        raise RequestError(
            f"the handles reach from fraction {handles[0][0]:g} to {handles[-1][0]:g}; let the first be at 0, "
            "the last at 1"
        )
    for (fraction, place), (next_fraction, next_place) in pairwise(handles):
        # A hair below the gap, so that 0.301 may follow 0.3.
        if min(next_fraction - fraction, place - next_place) < HANDLE_GAP * (1.0 - 1e-9):
            raise RequestError(
                f"handle {next_fraction:g}:{next_place:g} follows {fraction:g}:{place:g}; from one handle to the next "
                f"the fraction must rise and the place fall by at least {HANDLE_GAP:g}"
            )


def _check_levels(levels: tuple[float, ...], levels_as: LevelsAs) -> None:
    noisy = [level for level in levels if level != 0.0]
    if not 1 <= len(noisy) <= MAX_LEVELS:
        raise RequestError(f"{len(noisy)} levels above 0 given; a list holds 1 to {MAX_LEVELS} and a 0 at its end")
    highest = 1.0 if levels_as == "time" else MAX_SIGMA
    for level in noisy:
        if not 0.0 < level <= highest or not math.isfinite(level):
            raise RequestError(f"level {level:g} is out of range; a {levels_as} lies above 0 and up to {highest:g}")
    for here, there in pairwise(levels):
        if not there < here:
            raise RequestError(f"level {there:g} follows {here:g}; levels must fall from one to the next")
