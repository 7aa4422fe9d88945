"""The steps of one picture as far as they are at hand: what each looks like, and where it stands on the schedule."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.diffusion.run_levels import run_levels
from core.diffusion.schedule import schedule_named
from core.errors import NoisetteError
from core.requests import ImageRequest
from studio.viewmodels.run import Phase, Run

if TYPE_CHECKING:
    import numpy as np

Place = tuple[float, float]
"""sigma and log-SNR of the state after a step."""


@dataclass(frozen=True, slots=True, eq=False)
class StepLook:
    """One picture after step `number` (from 1). clean, noisy: (H, W, 3) uint8 sRGB, never written to."""

    number: int
    clean: np.ndarray
    noisy: np.ndarray | None
    key: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StepLook) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Steps:
    """looks: by rising number. places: of steps 1 to total, () where they are not known. reached: steps made."""

    total: int = 0
    reached: int = 0
    looks: tuple[StepLook, ...] = ()
    places: tuple[Place, ...] = ()

    @property
    def newest(self) -> int:
        """The number of the newest step that can be shown, 0 for none."""
        return self.looks[-1].number if self.looks else self.reached

    def look(self, number: int) -> StepLook | None:
        """The look at exactly that step, None where it is not at hand."""
        at = bisect_left(self.looks, number, key=lambda look: look.number)
        return self.looks[at] if at < len(self.looks) and self.looks[at].number == number else None

    def nearest(self, number: int) -> StepLook | None:
        """The look at the step nearest to that one."""
        return min(self.looks, key=lambda look: abs(look.number - number), default=None)

    def place(self, number: int) -> Place | None:
        """Where that step stands."""
        return self.places[number - 1] if 1 <= number <= len(self.places) else None


def item_of(artifact_id: str) -> int:
    """Which picture of its job an artifact is, from 0."""
    return int(artifact_id.rsplit("-", 1)[1]) - 1


def steps_of(run: Run | None, item: int, fetched: tuple[StepLook, ...] = (), places: tuple[Place, ...] = ()) -> Steps:
    """All that is known of the steps of picture `item` of a run: live looks first, fetched ones between them."""
    if run is None:
        return Steps()
    frames = run.frames if run.frames and 0 <= item - run.first < len(run.frames[0].clean) else ()
    total = frames[-1].total if frames else run.request.steps if run.request else run.total
    looks = {look.number: look for look in fetched}
    for frame in frames:
        at = min(item - run.first, len(frame.clean) - 1)
        noisy = None if frame.noisy is None else frame.noisy[at]
        looks[frame.index + 1] = StepLook(frame.index + 1, frame.clean[at], noisy, (id(frame), at))
    known = list(places) if len(places) == total else []
    for frame in frames if known else ():
        known[frame.index] = (frame.sigma, frame.log_snr)
    if not known and frames and len(frames) == total:
        known = [(frame.sigma, frame.log_snr) for frame in frames]
    return Steps(
        total=total,
        reached=_reached(run, item, total, frames[-1].index + 1 if frames else 0),
        looks=tuple(looks[number] for number in sorted(looks)),
        places=tuple(known),
    )


def planned_places(request: ImageRequest | None, schedule: str) -> tuple[Place, ...]:
    """Where each step of a request will stand on its model's noise schedule; () where that can't be said."""
    if request is None:
        return ()
    try:
        levels = run_levels(request, schedule_named(schedule))
    except NoisetteError:
        return ()
    return tuple((level.sigma, level.log_snr) for level in levels[1:])


def _reached(run: Run, item: int, total: int, looked: int) -> int:
    """Steps made of one picture; a run of several batches counts the steps of all of them."""
    if run.phase is Phase.DONE or any(item_of(artifact_id) == item for artifact_id in run.produced):
        return total
    if run.total == total and not run.first:
        return max(min(run.done, total), looked)
    return looked
