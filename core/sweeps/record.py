"""A sweep on disk: what was asked, and what each cell came to; as JSON that is read again, and as CSV. No torch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.artifacts.atomic import write_text
from core.artifacts.record_file import RecordFile, table_text
from core.errors import NoisetteError
from core.sweeps.request import SweepRequest
from core.sweeps.settings import setting_named

FIGURES = ("picture", "steps", "evaluations", "seconds", "seed", "pixels_sha256")


class SweepFileError(NoisetteError):
    """A file is not the record of a sweep."""


@dataclass(frozen=True, slots=True)
class CellFigures:
    """cell: from 0. picture: its id in the history. evaluations: network calls, None where only the run itself tells.

    seconds: from the planning to the file, None where the run that made it was killed before it could say so.
    """

    cell: int
    picture: str
    steps: int
    evaluations: int | None
    seconds: float | None
    seed: int
    pixels_sha256: str


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """cells: those that are made, in order. complete: they are all."""

    request: SweepRequest
    cells: tuple[CellFigures, ...] = ()
    complete: bool = False


FILE = RecordFile("sweep", 1, "noisette sweep", SweepRecord, SweepFileError)


def sweep_json(record: SweepRecord) -> str:
    """Everything; `read_sweep` reads it."""
    return FILE.text(record)


def sweep_csv(record: SweepRecord) -> str:
    """A cell a row: the axes' values under their settings' names, then the figures."""
    names = [setting_named(axis.setting).name for axis in record.request.axes]
    # A setting may be called as a figure is; the axis keeps its name.
    figures = [name for name in FIGURES if name not in names]
    rows = (
        {"cell": made.cell + 1}
        | dict(zip(names, record.request.values(made.cell), strict=True))
        | {name: getattr(made, name) for name in figures}
        for made in record.cells
    )
    return table_text(["cell", *names, *figures], rows)


def save_sweep(path: Path, record: SweepRecord, *, durable: bool = True) -> None:
    """Raises OSError."""
    write_text(path, sweep_json(record), durable=durable)


def read_sweep(path: Path) -> SweepRecord:
    """Raises SweepFileError: value, rule, remedy."""
    return FILE.read(path)


def unfinished(folder: Path) -> dict[str, SweepRecord]:
    """The sweeps of a home that were cancelled or killed, by job, the oldest first; no files that can't be read."""
    found = dict[str, SweepRecord]()
    for path in sorted(folder.glob("*.json")):
        with suppress(NoisetteError):
            record = read_sweep(path)
            if not record.complete:
                found[path.stem] = record
    return found
