"""A race from the disk as it stood when it ended: figures, pictures, and the looks of its steps. No widgets here."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.artifacts.atomic import write_atomically, write_text
from core.artifacts.image import load_picture
from core.compare.figures import RaceRecord
from core.compare.looks import lane_looks, read_looks
from core.compare.record import lane_picture, race_csv, race_json, read_race
from core.errors import NoisetteError
from core.history.strips import StripHold, StripShelf
from studio.viewmodels.race_steps import LaneStep, recorded


@dataclass(frozen=True, slots=True, eq=False)
class KeptRace:
    """steps: by lane; none of a lane that did not come to its end."""

    file: Path
    record: RaceRecord
    steps: tuple[tuple[LaneStep, ...], ...]


class StripsOnShow:
    """Holds the strips of one race at a time, so that no process lets them go while it is on show."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: Path | None = None
        self._held: tuple[Path, StripHold] | None = None

    def want(self, file: Path) -> bool:
        """From now on it is this race's; `settle` is due where that is True."""
        before, self._wanted = self._wanted, file
        return before != file

    def settle(self) -> None:
        """Hold what is wanted, let go of the rest. It touches the disk: not for a GUI thread."""
        with self._lock:
            wanted = self._wanted
            if self._held is not None and self._held[0] != wanted:
                self._held[1].release()
                self._held = None
            if self._held is None and wanted is not None:
                self._held = wanted, StripShelf(wanted.parent).hold(wanted)


def read_kept(file: Path) -> KeptRace:
    """A race's record with what lies beside it; pictures that are gone are left out. Raises RaceFileError."""
    record = read_race(file)
    return KeptRace(file, record, tuple(_steps(file, record, lane) for lane in range(len(record.request.lanes))))


def write_race(path: Path, record: RaceRecord, file: Path, lanes: Sequence[int | None]) -> None:
    """JSON, which runs the race again, or CSV, by the ending of `path`; the pictures come beside the JSON.

    file: of the race that ran, beside which they lie. lanes: which of its lanes each lane of the record is.
    Raises OSError.
    """
    if path.suffix.lower() == ".csv":
        text = race_csv(record)
    else:
        text = race_json(record)
        # All are read before one is written: the race may be written over itself, with its lanes moved.
        for target, octets in tuple(_beside(path, file, lanes)):
            write_atomically(target, lambda out, octets=octets: out.write(octets))
    # The last, so that a race that is there is there as a whole.
    write_text(path, text)


def _steps(file: Path, record: RaceRecord, lane: int) -> tuple[LaneStep, ...]:
    own = lane, record.request.seed, record.request.evaluations
    run = next((run for run in record.runs if (run.lane, run.seed, run.budget) == own and run.path), None)
    if run is None:
        return ()
    picture = None
    with suppress(NoisetteError):
        picture = load_picture(lane_picture(file, lane)).pixels
    return recorded(run, read_looks(lane_looks(file, lane), len(run.path) - 1), picture)


def _beside(path: Path, file: Path, lanes: Sequence[int | None]) -> Iterator[tuple[Path, bytes]]:
    """What lies beside a race's file, and where it goes; what is in its place already is left out."""
    for lane, source in enumerate(lanes):
        for beside in (lane_picture, lane_looks):
            if source is None:
                continue
            here, target = beside(file, source), beside(path, lane)
            if here != target and here.is_file():
                yield target, here.read_bytes()
