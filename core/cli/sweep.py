"""`noisette sweep`: pictures over up to three settings, on labelled sheets, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.artifacts.artifact import Artifact
from core.artifacts.atomic import write_text
from core.cli.asked import given_of, overridden, taken_from, usual
from core.cli.job import run_job
from core.cli.options import AsJson, Device, Project, project_named
from core.cli.output import say, say_json, say_table
from core.engine import Engine
from core.errors import NoisetteError, RequestError
from core.jobs.event import CellMade, Event
from core.sweeps.cells import cells_of
from core.sweeps.record import CellFigures, SweepRecord, sweep_csv, sweep_json
from core.sweeps.request import Axis, SweepRequest, in_order
from core.sweeps.settings import SETTINGS, setting_named
from core.sweeps.sheet import sheet_files, write_sheets

AXIS_HELP = "SETTING=VALUES: goes {}. VALUES are a list, ranges, or quoted texts; see below."
OUT_HELP = "FILE.png: a labelled sheet, of several FILE-2.png, ...; FILE.json and FILE.csv come beside it."


def sweep(
    context: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="What to show.  [required without --from]")] = None,
    x: Annotated[str | None, typer.Option("--x", help=AXIS_HELP.format("across"))] = None,
    y: Annotated[str | None, typer.Option("--y", help=AXIS_HELP.format("down"))] = None,
    z: Annotated[str | None, typer.Option("--z", help=AXIS_HELP.format("from sheet to sheet"))] = None,
    source: Annotated[Path | None, typer.Option("--from", help="A picture whose settings to take.")] = None,
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    negative: Annotated[str, typer.Option(help="What to leave out.")] = "",
    sampler: Annotated[str, typer.Option(help="Of every cell.  [default: the model's]")] = "",
    time_grid: Annotated[str, typer.Option(help="Of every cell.  [default: the model's]")] = "",
    steps: Annotated[int, typer.Option(help="Of every cell.  [default: the model's]")] = 0,
    guidance: Annotated[float, typer.Option(help="Scale; 1 is off.  [default: the model's]")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of every cell.")] = 0,
    size: Annotated[str | None, typer.Option(help="WIDTHxHEIGHT in pixels.  [default: the model's]")] = None,
    project: Project = "",
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    settings: Annotated[bool, typer.Option("--settings", help="List what can be swept, and do nothing.")] = False,
    as_json: AsJson = False,
) -> int:
    """Make a picture for each combination of values, and lay them out on a sheet.

    Values: 1..9 counts up, 1..9:2 by twos, 0.5..2 in 4 gives four from end to end; 1-9 (+2) and 1-5 [5] are read too.
    Commas join values, quotes hold texts with commas. "evaluations" gives each sampler the steps that cost so many
    network calls; "sampler+grid" varies both at once; "prompt-replace" puts words in the place of its first value.
    Each cell is a picture in the history. `noisette resume` goes on with a sweep that was broken off.

    \b
    Examples:
      noisette sweep "a red cube" --x sampler=euler,heun --y evaluations=8..24:8 --z seed=1..3 --out sheet.png
      noisette sweep "a red cube" --x prompt-replace=red,blue,green --y guidance="1..4 in 4" --json
      noisette sweep "two green cones" --x sampler+grid=euler+karras,heun+log_snr --y seed=1-4 --out sheet.png
      noisette sweep --from a.png --x steps=4..20:4 --out steps.png
      noisette sweep --settings
    """
    if settings:
        _list_settings(as_json=as_json)
        return 0
    if prompt is None and source is None:
        raise RequestError("no prompt given; write one, or take a picture's settings with --from FILE")
    axes = in_order([None if said is None else _axis(said) for said in (x, y, z)])
    if not axes:
        raise RequestError("no axis given; say what varies, for example --x sampler=euler,heun")
    given = given_of(
        context,
        prompt=prompt,
        model=model,
        negative=negative,
        sampler=sampler,
        time_grid=time_grid,
        steps=steps,
        guidance=guidance,
        seed=seed,
        size=size,
        device=device,
    )
    heard = list[CellMade]()
    with Engine(keep_queue=False) as engine:
        taken = None
        if source is not None:
            taken = taken_from(source, engine, given.get("model", ""), prompted=prompt is not None).request
        base = overridden(usual(engine.registry.card(model)) if taken is None else taken, given, engine)
        request = SweepRequest(base, axes)
        cells_of(request)
        if out is not None:
            sheet_files(out, request)
        kept_in = project_named(engine, project)

        def listen(event: Event) -> None:
            if isinstance(event, CellMade):
                heard.append(event)

        outcome = run_job(engine, request, kept_in.number, listen)
    if outcome.exit_code:
        return outcome.exit_code
    record = SweepRecord(request, tuple(event.figures for event in _in_order(heard)), complete=True)
    artifacts = {event.figures.cell: event.artifact for event in heard}
    sheets = () if out is None else _write(out, record, artifacts)
    if as_json:
        say_json(_summary(record, artifacts, sheets, outcome.notices, outcome.seconds))
    else:
        for path in sheets or tuple(artifacts[cell].path for cell in sorted(artifacts)):
            say(str(path))
    return 0


def _axis(said: str) -> Axis:
    """ "steps=4..8" -> an axis. Raises RequestError."""
    name, equals, values = said.partition("=")
    if not equals:
        raise RequestError(f"{said!r} is not SETTING=VALUES; give for example sampler=euler,heun")
    return setting_named(name).read(values)


def _in_order(heard: list[CellMade]) -> list[CellMade]:
    return sorted(heard, key=lambda event: event.figures.cell)


def _write(out: Path, record: SweepRecord, artifacts: dict[int, Artifact]) -> tuple[Path, ...]:
    sheets = write_sheets(out, record.request, {cell: artifact.path for cell, artifact in artifacts.items()})
    try:
        for name, text in ((".json", sweep_json(record)), (".csv", sweep_csv(record))):
            write_text(out.with_suffix(name), text)
    except OSError as error:
        raise NoisetteError(f"the numbers can't be written beside {out} ({error}); choose another folder") from error
    return sheets


def _summary(
    record: SweepRecord,
    artifacts: dict[int, Artifact],
    sheets: tuple[Path, ...],
    notices: list[str],
    seconds: float,
) -> dict[str, Any]:
    return {
        "sheets": [str(path) for path in sheets],
        "axes": [{"setting": axis.setting, "values": list(axis.values)} for axis in record.request.axes],
        "cells": [_cell(record, made, artifacts[made.cell]) for made in record.cells],
        "notices": notices,
        "seconds": round(seconds, 4),
    }


def _cell(record: SweepRecord, made: CellFigures, artifact: Artifact) -> dict[str, Any]:
    return {
        "id": made.picture,
        "path": str(artifact.path),
        "values": list(record.request.values(made.cell)),
        "steps": made.steps,
        "evaluations": made.evaluations,
        "seconds": made.seconds,
        "pixels_sha256": made.pixels_sha256,
    }


def _list_settings(*, as_json: bool) -> None:
    if as_json:
        say_json([{"name": s.name, "title": s.title, "kind": s.kind, "example": s.example} for s in SETTINGS])
        return
    say_table(("setting", "title", "for example"), [(s.name, s.title, f"{s.name}={s.example}") for s in SETTINGS])
