"""What a race told, seen from lanes that were added, taken away or moved since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.compare.figures import RaceRecord
from core.compare.naming import lane_names
from core.errors import NoisetteError
from core.requests import CompareRequest, Lane
from studio.viewmodels.race_steps import LaneStep


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """steps: by lane of the request. sources: which lane of the race each of them is, None for one that did not run.

    complete: every lane of the request ran to its end.
    """

    request: CompareRequest
    sources: tuple[int | None, ...]
    steps: tuple[tuple[LaneStep, ...], ...]
    record: RaceRecord | None = None
    complete: bool = False

    @staticmethod
    def of(
        request: CompareRequest,
        steps: tuple[tuple[LaneStep, ...], ...],
        record: RaceRecord | None = None,
        complete: bool = False,
    ) -> Ran:
        """A race as it was run."""
        return Ran(request, tuple(range(len(request.lanes))), steps, record, complete)

    def among(self, lanes: Sequence[Lane]) -> Ran:
        """The race as if it had these lanes: each that ran stands where it is now. Itself where none of them ran."""
        places = _places(self.request.lanes, lanes)
        if not any(place is not None for place in places):
            return self
        try:
            request = replace(self.request, lanes=tuple(lanes))
        except NoisetteError:
            return self
        return Ran(
            request,
            tuple(None if place is None else self.sources[place] for place in places),
            tuple(() if place is None else self.steps[place] for place in places),
            None if self.record is None else _arranged(self.record, request, places),
            self.complete and None not in places,
        )


def _places(old: Sequence[Lane], new: Sequence[Lane]) -> tuple[int | None, ...]:
    """Where each new lane stood; of equal ones each old one serves once."""
    free, found = list(range(len(old))), list[int | None]()
    for lane in new:
        place = next((place for place in free if old[place] == lane), None)
        if place is not None:
            free.remove(place)
        found.append(place)
    return tuple(found)


def _arranged(record: RaceRecord, request: CompareRequest, places: tuple[int | None, ...]) -> RaceRecord:
    now = {old: new for new, old in enumerate(places) if old is not None}
    references = tuple(
        replace(each, lanes=tuple(sorted(now[lane] for lane in each.lanes if lane in now)))
        for each in record.references
        if any(lane in now for lane in each.lanes)
    )
    runs = tuple(replace(run, lane=now[run.lane]) for run in record.runs if run.lane in now)
    return replace(record, request=request, names=lane_names(request), references=references, runs=runs)
