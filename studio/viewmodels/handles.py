"""Handles of the schedule's plot: what moving, adding and removing them makes of a custom time grid."""

from __future__ import annotations

import math

from core.diffusion.schedule import NoiseSchedule
from core.diffusion.time_grid import CEILING, TimeGrid, custom_ratios, handles_along, time_grid
from core.errors import NoisetteError
from core.requests import CUSTOM, HANDLE_GAP, MAX_HANDLES, GridSettings

Handles = tuple[tuple[float, float], ...]

COUNTS = (3, 5, 7)
"""A named grid gets as few handles as follow it."""
NEAR = 0.5
"""How far in log-SNR a few handles may leave the named grid."""
ROOM = 0.02
"""No handle is added nearer to another: it could not be pointed at."""
PLACES = 6


def handles_for(name: str, grid: TimeGrid, schedule: NoiseSchedule, settings: GridSettings) -> Handles:
    """A custom grid's own handles, or those that a named one's plot offers."""
    if name == CUSTOM:
        return settings.handles
    if len(grid) < 3:
        grid = time_grid(name, schedule, 2, settings=settings)
    handles: Handles = ()
    for count in COUNTS:
        handles = spaced(handles_along(grid, schedule, count))
        if _follows(handles, grid, schedule):
            break
    return handles


def log_snrs_of(handles: Handles, schedule: NoiseSchedule) -> tuple[float, ...]:
    """Where each handle stands; the first may be at −inf (pure noise)."""
    ratios = custom_ratios(GridSettings(handles=handles), schedule, [fraction for fraction, _ in handles])
    first = schedule.at_time(handles[0][1]).ratio
    return (
        -2.0 * math.log(first) if first < math.inf else -math.inf,
        *(-2.0 * math.log(ratio) for ratio in ratios[1:]),
    )


def range_of(schedule: NoiseSchedule) -> tuple[float, float]:
    """Smallest and largest sigma / alpha that a handle may be given."""
    return schedule.smallest_ratio, CEILING if math.isinf(schedule.largest_ratio) else schedule.largest_ratio


def place_of(log_snr: float, schedule: NoiseSchedule) -> float:
    """The handle's place on the schedule: 1 at or above the largest noise that is drawn, 0 at or below the smallest."""
    low, high = range_of(schedule)
    ratio = math.exp(-0.5 * min(max(log_snr, -100.0), 100.0))
    if ratio >= high * (1.0 - 1e-6):
        return 1.0
    if ratio <= low * (1.0 + 1e-6):
        return 0.0
    return round(schedule.at_ratio(ratio).t, PLACES)


def moved(handles: Handles, index: int, fraction: float, place: float) -> Handles:
    """One handle elsewhere, held between its neighbours; the ends keep their step."""
    last = len(handles) - 1
    above = handles[index - 1][1] - HANDLE_GAP if index else 1.0
    below = handles[index + 1][1] + HANDLE_GAP if index < last else 0.0
    # Only the last may lie at 0, and nothing between that and the gap.
    place = min(max(place, below), above)
    if place < HANDLE_GAP:
        place = 0.0 if index == last else HANDLE_GAP
    if index in (0, last):
        fraction = handles[index][0]
    else:
        fraction = min(max(fraction, handles[index - 1][0] + HANDLE_GAP), handles[index + 1][0] - HANDLE_GAP)
    return _settled((*handles[:index], (fraction, place), *handles[index + 1 :]), handles)


def added(handles: Handles, fraction: float, place: float) -> Handles:
    """One more handle; the same ones where there is no room."""
    index = next((i for i, handle in enumerate(handles) if handle[0] > fraction), 0)
    if not index or len(handles) >= MAX_HANDLES:
        return handles
    before, after = handles[index - 1], handles[index]
    if min(fraction - before[0], after[0] - fraction) < ROOM or before[1] - after[1] < 3.0 * HANDLE_GAP:
        return handles
    return moved((*handles[:index], (fraction, place), *handles[index:]), index, fraction, place)


def removed(handles: Handles, index: int) -> Handles:
    """One handle fewer; the ends stay."""
    if not 0 < index < len(handles) - 1:
        return handles
    return (*handles[:index], *handles[index + 1 :])


def spaced(handles: Handles) -> Handles:
    """Without the inner handles that stand too near to their neighbours to be allowed."""
    kept = [handles[0]]
    for handle in handles[1:-1]:
        last = handles[-1][1]
        if kept[-1][1] - handle[1] >= HANDLE_GAP and handle[1] - last >= HANDLE_GAP:
            kept.append(handle)
    return (*kept, handles[-1])


def _settled(handles: Handles, before: Handles) -> Handles:
    """Rounded; as before where rounding leaves too little room."""
    rounded = tuple((round(fraction, PLACES), round(place, PLACES)) for fraction, place in handles)
    try:
        GridSettings(handles=rounded)
    except NoisetteError:
        return before
    return rounded


def _follows(handles: Handles, grid: TimeGrid, schedule: NoiseSchedule) -> bool:
    try:
        drawn = time_grid(CUSTOM, schedule, len(grid) - 1, settings=GridSettings(handles=handles))
    except NoisetteError:
        return False
    return all(abs(a.log_snr - b.log_snr) <= NEAR for a, b in zip(drawn[1:-1], grid[1:-1], strict=True))
