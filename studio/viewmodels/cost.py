"""What a request would take on this computer, as far as it was measured here: seconds and memory."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from core.diffusion.level import Level
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import NoisetteError
from core.requests import MOST_AT_ONCE, GridSettings, ImageRequest
from core.samplers.cards import runs_alone
from studio.viewmodels import wording
from studio.viewmodels.sampler import sampler_card

Points = tuple[tuple[int, float], ...]
"""(pictures at once, what was measured), by rising number."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """Of one model at one size on one device; () or None where nothing was measured.

    guided, plain: seconds of an evaluation where guidance acts and where not. beside: seconds of one picture outside
    its steps. guided_peak, plain_peak: bytes held at most, where guidance is on and off. free: bytes.
    """

    guided: Points = ()
    plain: Points = ()
    beside: float | None = None
    guided_peak: Points = ()
    plain_peak: Points = ()
    free: int | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """seconds: None where nothing was measured; at_most: they are a bound, from batches of other sizes.

    octets: of memory, None where such a batch was not measured. shortage: bytes that are needed and those that are
    free, where they do not suffice. fewer: pictures at once that would, 0 for none.
    """

    seconds: float | None = None
    at_most: bool = False
    octets: int | None = None
    shortage: tuple[int, int] | None = None
    fewer: int = 0


def cost_of(request: ImageRequest, schedule: str, known: Measurements) -> Cost:
    """schedule: the model's, by name."""
    batch = 1 if runs_alone(request.sampler) else min(request.count, request.batch or MOST_AT_ONCE)
    guided = request.guidance.on
    levels = levels_to_make(request, schedule)
    seconds, at_most = _seconds(request, levels, batch, known)
    peaks = known.guided_peak if guided else known.plain_peak
    exact = next((round(value) for each, value in peaks if each == batch), None)
    # More pictures at once never need less: what fewer were seen to need is needed.
    least = max((round(value) for each, value in peaks if each <= batch), default=None)
    short = (least, known.free) if least is not None and known.free is not None and least > known.free else None
    return Cost(seconds, at_most, exact, short, _fewer(batch, peaks, known.free or 0) if short else 0)


def levels_to_make(request: ImageRequest, schedule: str) -> tuple[Level, ...]:
    """The levels that steps begin from: fewer for a branch, and from a picture; () where they can't be told."""
    levels = _levels(request.time_grid, schedule, request.steps, request.grid)
    if request.branch is not None:
        return levels[request.branch.step :]
    if request.start is not None and levels:
        first = schedule_named(schedule).at_time(request.start.strength)
        return (first, *(level for level in levels if level.ratio < first.ratio))
    return levels


def cost_words(cost: Cost) -> str:
    """ "about 4 s, 31 MB"; says so where the time was not measured."""
    if cost.seconds is None:
        return "time not measured yet"
    about = wording.about(cost.seconds)
    time = f"at most {about}" if cost.at_most and about.startswith("about") else about
    return time if cost.octets is None else f"{time}, {wording.octets(cost.octets)}"


def shortage_words(cost: Cost) -> str:
    """What is too much for this computer, "" for nothing."""
    if cost.shortage is None:
        return ""
    needed, free = (wording.octets(octets) for octets in cost.shortage)
    return f"Too much for this computer now: {needed} of memory needed, {free} free"


def _seconds(
    request: ImageRequest, levels: tuple[Level, ...], batch: int, known: Measurements
) -> tuple[float | None, bool]:
    if not levels or known.beside is None:
        return None, False
    acting = sum(request.guidance.acts_at(1.0 - level.t) for level in levels)
    evaluations = sampler_card(request.sampler).evaluations_per_step
    full, rest = divmod(request.count, batch)
    seconds, at_most = request.count * known.beside, False
    for pictures, times in ((batch, full), (rest, 1 if rest else 0)):
        for steps, points, instead in ((acting, known.guided, ()), (len(levels) - acting, known.plain, known.guided)):
            if not steps or not times:
                continue
            # A step without guidance takes no longer than one with.
            each, bound = _evaluation(points or instead, pictures)
            if each is None:
                return None, False
            seconds += times * steps * evaluations * each
            at_most = at_most or bound or not points
    return seconds, at_most


def _evaluation(points: Points, batch: int) -> tuple[float | None, bool]:
    """(seconds, whether they are a bound) of so many pictures at once."""
    if not points:
        return None, False
    at = bisect_left(points, batch, key=lambda point: point[0])
    if at < len(points) and points[at][0] == batch:
        return points[at][1], False
    if at == 0:
        # Fewer pictures take no longer.
        return points[0][1], True
    before, low = points[at - 1]
    if at == len(points):
        # More take no longer than as many batches as were measured.
        return low * batch / before, True
    after, high = points[at]
    return low + (high - low) * (batch - before) / (after - before), False


def _fewer(batch: int, peaks: Points, free: int) -> int:
    """The most pictures at once that were seen to fit; else half of the fewest that did not."""
    fitting = [each for each, value in peaks if each < batch and value <= free]
    if fitting:
        return fitting[-1]
    return min((each for each, value in peaks if value > free), default=batch) // 2


@lru_cache(maxsize=32)
def _levels(name: str, schedule: str, steps: int, grid: GridSettings) -> tuple[Level, ...]:
    try:
        return tuple(time_grid(name, schedule_named(schedule), steps, settings=grid))[:-1]
    except NoisetteError:
        return ()
