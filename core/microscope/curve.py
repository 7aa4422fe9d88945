"""A time grid looked at: its levels, the sizes of its steps, and how it lies beside another. No torch here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from core.diffusion.grids.cards import grid_title
from core.diffusion.level import Level
from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import time_grid
from core.grid_settings import GridSettings
from core.microscope.peers import TOOLS, peer_card, peer_levels


@dataclass(frozen=True, slots=True)
class GridCurve:
    """name: "karras", "comfyui:beta", or what a list was called. levels: noisiest first, one more than there are steps.

    The last need not be clean data: another tool's grid may end before.
    """

    name: str
    title: str
    levels: tuple[Level, ...]

    @property
    def steps(self) -> int:
        return len(self.levels) - 1

    @property
    def ends_clean(self) -> bool:
        return self.levels[-1].sigma == 0.0

    @property
    def log_snr_steps(self) -> tuple[float, ...]:
        """How far each step goes in log-SNR; inf from pure noise, and to clean data."""
        return tuple(there.log_snr - here.log_snr for here, there in pairwise(self.levels))

    @property
    def time_steps(self) -> tuple[float, ...]:
        """How far each step goes in t, towards 0."""
        return tuple(here.t - there.t for here, there in pairwise(self.levels))


def curve_of(
    name: str, schedule: NoiseSchedule, steps: int, settings: GridSettings | None = None, title: str = ""
) -> GridCurve:
    """The curve of one of our grids, or of another tool's ("comfyui:beta"). settings: of ours.

    Raises NoisetteError: value, rule, remedy.
    """
    if ":" in name:
        card = peer_card(name)
        return GridCurve(name, title or f"{TOOLS[card.tool]} {card.title}", peer_levels(card, schedule, steps))
    levels = tuple(time_grid(name, schedule, steps, settings=settings))
    return GridCurve(name, title or grid_title(name), levels)


def log_snr_at(curve: GridCurve, place: float) -> float | None:
    """log-SNR at a place among the levels, 0 the first, straight between them; None where it is not finite."""
    if not 0.0 <= place <= curve.steps:
        return None
    below = min(int(place), curve.steps - 1)
    low, high = curve.levels[below].log_snr, curve.levels[below + 1].log_snr
    part = place - below
    found = low if part == 0.0 else high if part == 1.0 else low + part * (high - low)
    return found if math.isfinite(found) else None


def differences(curve: GridCurve, base: GridCurve) -> tuple[float | None, ...]:
    """How much cleaner (+) or noisier (-) each level is than the base after the same part of its steps, in log-SNR.

    None where one of the two is pure noise or clean data.
    """
    found = list[float | None]()
    for index, level in enumerate(curve.levels):
        there = log_snr_at(base, index * base.steps / curve.steps)
        found.append(level.log_snr - there if there is not None and math.isfinite(level.log_snr) else None)
    return tuple(found)
