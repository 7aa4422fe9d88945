"""A sweep on disk: what was asked, and what each cell came to; as JSON that is read again, and as CSV. No torch."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from core.artifacts.atomic import write_atomically
from core.errors import NoisetteError
from core.plain import PlainError, from_plain, read_json, to_plain
from core.sweeps.request import SweepRequest
from core.sweeps.settings import setting_named

SCHEMA = 1
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


def sweep_json(record: SweepRecord) -> str:
    """Everything; `read_sweep` reads it."""
    plain = {"noisette": "sweep", "schema": SCHEMA, "sweep": to_plain(record)}
    return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def sweep_csv(record: SweepRecord) -> str:
    """A cell a row: the axes' values under their settings' names, then the figures."""
    names = [setting_named(axis.setting).name for axis in record.request.axes]
    # A setting may be called as a figure is; the axis keeps its name.
    figures = [name for name in FIGURES if name not in names]
    file = io.StringIO(newline="")
    table = csv.DictWriter(file, ["cell", *names, *figures], restval="", lineterminator="\n")
    table.writeheader()
    for made in record.cells:
        own = {name: getattr(made, name) for name in figures}
        told = dict(zip(names, record.request.values(made.cell), strict=True))
        row: dict[str, Any] = {"cell": made.cell + 1, **told, **own}
        table.writerow({name: "" if value is None else value for name, value in row.items()})
    return file.getvalue()


def save_sweep(path: Path, record: SweepRecord, *, durable: bool = True) -> None:
    """Raises OSError."""
    text = sweep_json(record).encode()
    write_atomically(path, lambda file: file.write(text), durable=durable)


def read_sweep(path: Path) -> SweepRecord:
    """Raises SweepFileError: value, rule, remedy."""
    try:
        data = read_json(path, "the sweep")
        if not isinstance(data, dict) or cast("dict[str, Any]", data).get("noisette") != "sweep":
            raise SweepFileError(f"{path} is not a sweep; give the JSON that `noisette sweep --out` wrote")
        known = cast("dict[str, Any]", data)
        if known.get("schema") != SCHEMA:
            raise SweepFileError(f"{path} is a sweep of edition {known.get('schema')}; this Noisette reads {SCHEMA}")
        return from_plain(SweepRecord, known.get("sweep"), f"the sweep {path}")
    except PlainError as error:
        raise SweepFileError(str(error)) from error


def unfinished(folder: Path) -> dict[str, SweepRecord]:
    """The sweeps of a home that were cancelled or killed, by job, the oldest first; no files that can't be read."""
    found = dict[str, SweepRecord]()
    for path in sorted(folder.glob("*.json")):
        with suppress(NoisetteError):
            record = read_sweep(path)
            if not record.complete:
                found[path.stem] = record
    return found
