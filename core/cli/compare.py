"""`noisette compare`: a race of samplers, or of any other settings, without a window."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from core.artifacts.atomic import write_atomically, write_text
from core.cli.asked import given_of, overridden, usual
from core.cli.job import run_job
from core.cli.options import AsJson, Device, read_numbers
from core.cli.output import remark, say, say_json, say_table
from core.compare.figures import RaceRecord
from core.compare.record import lane_picture, race_csv, race_json, race_request, read_race
from core.compare.statistics import Estimate
from core.compare.summary import LaneSummary, summarise
from core.engine import Engine
from core.errors import NoisetteError, RequestError
from core.jobs.event import RaceMeasured
from core.plain import to_plain
from core.requests import CompareRequest, ImageRequest, Lane, ReferenceSettings
from core.samplers.cards import CARDS

LANES_HELP = "With commas, 2 to 6; each lane is one.  [default: euler,heun,dpmpp_2m]"
VARY_HELP = "SETTING=VALUE,...: a lane of each sampler and value: time-grid, guidance, model, prompt=A|B, negative=A|B."
BUDGETS_HELP = "Other numbers of evaluations, with commas, for the error's slope."
OUT_HELP = "FILE.json holds the race to run again; FILE.csv and FILE-lane-N.png come beside it."
VARIED: dict[str, tuple[str, type[Any]]] = {
    "time-grid": ("time_grid", str),
    "guidance": ("guidance", float),
    "model": ("model", str),
    "prompt": ("prompt", str),
    "negative": ("negative", str),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says of the race as a whole, None where it says nothing."""

    evaluations: int | None
    budgets: str | None
    seed: int | None
    repeats: int | None
    reference: str | None
    reference_steps: int | None
    truth: bool | None


def compare(
    context: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="What to show.  [required without --from]")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="A race (JSON) to run again.")] = None,
    samplers: Annotated[str, typer.Option(help=LANES_HELP)] = "euler,heun,dpmpp_2m",
    vary: Annotated[str | None, typer.Option(help=VARY_HELP)] = None,
    evaluations: Annotated[int | None, typer.Option(help="Network calls of each lane.  [default: 24]")] = None,
    budgets: Annotated[str | None, typer.Option(help=BUDGETS_HELP)] = None,
    repeats: Annotated[int | None, typer.Option(help="Over so many seeds, with intervals.  [default: 1]")] = None,
    reference: Annotated[str | None, typer.Option(help="Its sampler.  [default: heun]")] = None,
    reference_steps: Annotated[int | None, typer.Option(help="How fine it is.  [default: 500]")] = None,
    truth: Annotated[bool | None, typer.Option("--truth/--no-truth", help="Score what the pictures show.")] = None,
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    negative: Annotated[str, typer.Option(help="What to leave out.")] = "",
    time_grid: Annotated[str | None, typer.Option(help="Of every lane.  [default: the model's]")] = None,
    guidance: Annotated[float | None, typer.Option(help="Scale; 1 is off.  [default: the model's]")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the first repeat; the next ones count up.  [default: 0]")] = None,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help=OUT_HELP)] = None,
    as_json: AsJson = False,
) -> int:
    """Race samplers on the same noise with equal network evaluations, against a fine reference.

    The error is the root-mean-square distance from the reference, in units of the state's spread; it is that of the
    first seed, or the median over --repeats. --from runs a kept race again and says whether its numbers are the same.

    \b
    Examples:
      noisette compare "a red cube to the left of a blue sphere" --samplers euler,heun,dpmpp_2m --out race.json
      noisette compare "two green cones" --budgets 8,12,16,32,48 --repeats 16 --truth
      noisette compare "a metal torus" --samplers dpmpp_2m --vary time-grid=uniform,karras,log_snr
      noisette compare "a metal torus" --samplers euler --vary guidance=1,2,4 --evaluations 12 --json
      noisette compare --from race.json
    """
    if prompt is None and source is None:
        raise RequestError("no prompt given; write one, or run a kept race again with --from FILE")
    wanted = Wanted(evaluations, budgets, seed, repeats, reference, reference_steps, truth)
    known = None if source is None else read_race(source)
    if out is not None and out.suffix.lower() != ".json":
        raise RequestError(f"{out} is not a name for a race; end it with .json")
    with Engine(keep_queue=False) as engine:
        if source is not None:
            base = race_request(source)
        else:
            given = given_of(
                context, prompt=prompt, model=model, negative=negative, time_grid=time_grid, guidance=guidance
            )
            base = CompareRequest(_lanes(engine, given, samplers, vary))
        # A kept race runs where it ran, unless another device is asked for.
        request = replace(_settled(base, wanted), **given_of(context, device=device))
        heard = list[RaceMeasured]()
        outcome = run_job(
            engine, request, listen=lambda event: heard.append(event) if isinstance(event, RaceMeasured) else None
        )
    if outcome.exit_code:
        return outcome.exit_code
    record, file = heard[-1].record, Path(heard[-1].file)
    if out is not None:
        _export(record, file, out)
    same = None
    if known is not None and replace(known.request, device=record.request.device) == record.request:
        same = _same(known, record)
    _say(record, out or file, same, as_json=as_json)
    return 1 if same is False else 0


def _lanes(engine: Engine, given: dict[str, Any], samplers: str, vary: str | None) -> tuple[Lane, ...]:
    names = [name.strip() for name in samplers.split(",")]
    setting, values = "", [""]
    if vary is not None:
        setting, equals, listed = vary.partition("=")
        if not equals or setting not in VARIED:
            raise RequestError(f"{vary!r} varies nothing; give one of {', '.join(VARIED)} with =VALUE,VALUE,...")
        values = listed.split(",") if setting not in ("prompt", "negative") else listed.split("|")
    lanes = list[Lane]()
    for value in values:
        for name in names:
            lanes.append(Lane(_lane(engine, given, name, setting, value)))
    return tuple(lanes)


def _lane(engine: Engine, given: dict[str, Any], sampler: str, setting: str, value: str) -> ImageRequest:
    own = given | {"sampler": sampler}
    if setting:
        name, kind = VARIED[setting]
        own[name] = read_numbers(value, kind, setting)[0] if kind is float else value.strip()
    return overridden(usual(engine.registry.card(own.get("model", "tabletop"))), own, engine)


def _settled(base: CompareRequest, wanted: Wanted) -> CompareRequest:
    """The race with what was said in place of its own."""
    changes: dict[str, Any] = {
        name: getattr(wanted, name)
        for name in ("evaluations", "seed", "repeats", "truth")
        if getattr(wanted, name) is not None
    }
    if wanted.budgets is not None:
        changes["budgets"] = read_numbers(wanted.budgets, int, "budgets")
    if wanted.reference is not None or wanted.reference_steps is not None:
        sampler, steps = wanted.reference or base.reference.sampler, wanted.reference_steps or base.reference.steps
        if sampler not in {card.name for card in CARDS}:
            raise RequestError(f"{sampler!r} is not a sampler; choose one of {', '.join(card.name for card in CARDS)}")
        changes["reference"] = ReferenceSettings(sampler, steps)
    return replace(base, **changes)


def _export(record: RaceRecord, file: Path, out: Path) -> None:
    texts = {out: race_json(record), out.with_suffix(".csv"): race_csv(record)}
    try:
        for target, text in texts.items():
            write_text(target, text)
        for lane in range(len(record.names)):
            picture, target = lane_picture(file, lane), lane_picture(out, lane)
            with picture.open("rb") as kept:
                write_atomically(target, lambda opened, kept=kept: shutil.copyfileobj(kept, opened))
    except OSError as error:
        raise NoisetteError(f"the race can't be written beside {out} ({error}); it is kept as {file}") from error


def _same(known: RaceRecord, record: RaceRecord) -> bool:
    """Whether a race came out as before, but for its clock."""
    return _measured(known) == _measured(record)


def _measured(record: RaceRecord) -> dict[tuple[int, int, int], tuple[object, ...]]:
    return {
        (run.lane, run.seed, run.budget): (run.steps, run.evaluations, run.error, run.path, run.pixels_sha256)
        for run in record.runs
    }


def _say(record: RaceRecord, file: Path, same: bool | None, *, as_json: bool) -> None:
    told = summarise(record)
    lanes = [lane for lane in told.lanes if lane is not None]
    if as_json:
        say_json(
            {
                "file": str(file),
                "finding": told.finding,
                "lanes": [_plain(lane) for lane in lanes],
                "same": same,
            }
        )
        return
    columns = (
        "lane",
        "steps",
        "evaluations",
        "error",
        "interval",
        "order",
        "seconds",
        "network s",
        "solver s",
        "truth",
    )
    say_table(columns, [_row(lane) for lane in lanes])
    remark(told.finding)
    if same is not None:
        remark("the numbers are those of the race before" if same else "the numbers are others than before")
    say(str(file))


def _row(lane: LaneSummary) -> tuple[str, ...]:
    return (
        lane.name,
        str(lane.steps),
        str(lane.evaluations),
        f"{lane.error.value:.3g}",
        _interval(lane.error, "{:.3g}"),
        "" if lane.order is None else f"{lane.order:.2f}",
        f"{lane.seconds.value:.3f}",
        f"{lane.timing.network:.3f}",
        f"{lane.timing.solver:.4f}",
        "" if lane.exact is None else f"{lane.exact.value:.3f} {_interval(lane.exact, '{:.2f}')}",
    )


def _interval(estimate: Estimate, form: str) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{form.format(estimate.low)} to {form.format(estimate.high)}"


def _plain(lane: LaneSummary) -> dict[str, Any]:
    return to_plain(lane)
