"""A race on disk: JSON that holds its request and every number, and a table of the numbers as CSV. No torch here."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from core.artifacts.atomic import write_text
from core.artifacts.record_file import RecordFile, table_text
from core.compare.figures import RaceRecord
from core.compare.summary import summarise
from core.errors import NoisetteError
from core.plain import from_plain, read_json, to_plain
from core.requests import CompareRequest

COLUMNS: tuple[str, ...] = (
    "row",
    "lane",
    "name",
    "seed",
    "budget",
    "step",
    "steps",
    "evaluations",
    "log_snr",
    "error",
    "error_low",
    "error_high",
    "slope",
    "order",
    "network_s",
    "solver_s",
    "decode_s",
    "seconds",
    "exact",
    "wishes",
    "fresh_noise",
    "pixels_sha256",
    "uncertainty",
)
"""`row` says what a row is about: lane, curve, run, step, evaluation or reference; what does not apply is empty."""


class RaceFileError(NoisetteError):
    """A file is not the record of a race."""


FILE = RecordFile("race", 1, "noisette compare", RaceRecord, RaceFileError)


def lane_picture(race: Path, lane: int) -> Path:
    """Where the picture of a lane's first seed lies, beside the race's record. lane: from 0."""
    return race.with_name(f"{race.stem}-lane-{lane + 1}.png")


def race_json(record: RaceRecord) -> str:
    """Request, measurements and what follows from them. The last is for readers: `read_race` works it out anew."""
    return FILE.text(record, summary=summarise(record))


def save_race(path: Path, record: RaceRecord, *, durable: bool = True) -> None:
    """Raises OSError."""
    write_text(path, race_json(record), durable=durable)


def read_race(path: Path) -> RaceRecord:
    """Raises RaceFileError: value, rule, remedy."""
    return FILE.read(path)


def race_request(path: Path) -> CompareRequest:
    """The request that runs a kept race again. Raises RaceFileError."""
    return read_race(path).request


def unfinished(folder: Path) -> dict[str, RaceRecord]:
    """The races of a home that were cancelled or killed, by job, the oldest first; no files that can't be read."""
    found = dict[str, RaceRecord]()
    for path in sorted(folder.glob("*.json")):
        with suppress(NoisetteError):
            if not _counts_as_complete(path):
                record = read_race(path)
                if not record.complete:
                    found[path.stem] = record
    return found


def _counts_as_complete(path: Path) -> bool:
    """By counting alone, which takes a small part of the time that reading a record takes. Raises PlainError."""
    try:
        race = read_json(path, FILE.word)[FILE.word]
        asked = race["request"]
        budgets = {asked["evaluations"], *asked["budgets"]}
        return len(race["runs"]) == len(asked["lanes"]) * len(budgets) * asked["repeats"]
    except (KeyError, TypeError):
        return False


def request_to_plain(request: CompareRequest) -> dict[str, Any]:
    """As values that `json.dumps` takes."""
    plain: dict[str, Any] = to_plain(request)
    return plain


def request_from_plain(data: Any) -> CompareRequest:
    """Raises NoisetteError kinds for what is no race."""
    return from_plain(CompareRequest, data, "the race")


def race_csv(record: RaceRecord) -> str:
    """Every number, one thing a row."""
    return table_text(COLUMNS, (*_lane_rows(record), *_run_rows(record), *_reference_rows(record)))


def _lane_rows(record: RaceRecord) -> list[dict[str, object]]:
    rows = list[dict[str, object]]()
    for place, lane in enumerate(summarise(record).lanes):
        if lane is None:
            continue
        named: dict[str, object] = {"lane": place + 1, "name": lane.name}
        rows.append(
            named
            | {"row": "lane", "budget": record.request.evaluations, "steps": lane.steps, "order": lane.order}
            | {"evaluations": lane.evaluations, "slope": lane.slope, "fresh_noise": lane.fresh_noise}
            | {"error": lane.error.value, "error_low": lane.error.low, "error_high": lane.error.high}
            | {"network_s": lane.timing.network, "solver_s": lane.timing.solver, "decode_s": lane.timing.decode}
            | {"seconds": lane.seconds.value}
            | {"exact": lane.exact.value if lane.exact else None, "wishes": lane.wishes.value if lane.wishes else None}
        )
        for point in lane.curve:
            error = {"error": point.error.value, "error_low": point.error.low, "error_high": point.error.high}
            own = {"row": "curve", "budget": point.budget, "steps": point.steps, "evaluations": point.evaluations}
            rows.append(named | own | error | {"slope": point.slope})
    return rows


def _run_rows(record: RaceRecord) -> list[dict[str, object]]:
    rows = list[dict[str, object]]()
    for run in record.runs:
        of: dict[str, object] = {"lane": run.lane + 1, "name": record.names[run.lane], "seed": run.seed}
        of |= {"budget": run.budget}
        times = {"network_s": run.timing.network, "solver_s": run.timing.solver, "decode_s": run.timing.decode}
        made = {"fresh_noise": run.fresh_noise, "pixels_sha256": run.pixels_sha256, "error": run.error}
        counted = {"row": "run", "steps": run.steps, "evaluations": run.evaluations, "seconds": run.timing.total}
        wishes = {"exact": int(run.wishes.exact), "wishes": run.wishes.held / run.wishes.of} if run.wishes else {}
        rows.append(of | times | made | counted | wishes)
        for step in run.path:
            noise = {"evaluations": step.evaluations, "log_snr": step.log_snr, "error": step.error}
            rows.append(of | {"row": "step", "step": step.step} | noise)
        for number, log_snr in enumerate(run.evaluated, 1):
            rows.append(of | {"row": "evaluation", "evaluations": number, "log_snr": log_snr})
    return rows


def _reference_rows(record: RaceRecord) -> list[dict[str, Any]]:
    return [
        {"row": "reference", "lane": lane + 1, "name": record.names[lane], "seed": each.seed}
        | {"evaluations": each.evaluations, "uncertainty": each.uncertainty, "seconds": each.seconds}
        for each in record.references
        for lane in each.lanes
    ]
