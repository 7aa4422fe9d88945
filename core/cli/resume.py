"""`noisette resume`: a run that was broken off, taken to its end."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core.cli.job import take_up_job
from core.cli.options import AsJson
from core.cli.output import remark, say, say_json, say_table
from core.compare.record import read_race
from core.engine import Engine
from core.errors import RequestError
from core.jobs.job import Job
from core.requests import CompareRequest, ImageRequest
from core.sweeps.record import read_sweep
from core.sweeps.request import SweepRequest


def resume(
    job: Annotated[str | None, typer.Argument(help="Which job.  [default: the one broken off last]")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Show what can be resumed, and do nothing.")] = False,
    as_json: AsJson = False,
) -> int:
    """Go on with a run that was cancelled or killed, from the last step that was kept.

    The pictures are those of the unbroken run, to the bit, and so are a race's figures.

    \b
    Examples:
      noisette resume
      noisette resume --list
      noisette resume 20261121-040353-9f31c2a7 --json
    """
    with Engine(keep_queue=False) as engine:
        left = engine.broken_off()
        if only_list:
            _list(engine, left, as_json=as_json)
            return 0
        if job is None and not left:
            raise RequestError("no run was broken off; `noisette generate` starts one")
        chosen = left[-1].id if job is None else job
        outcome = take_up_job(engine, chosen)
        raced = {each.id for each in left if isinstance(each.request, CompareRequest)}
        race = str(engine.home.races / f"{chosen}.json") if chosen in raced else ""
        names = {project.number: project.name for project in engine.history.projects.all()}
    if outcome.exit_code:
        return outcome.exit_code
    if as_json:
        pictures = [
            {"id": artifact.id, "path": str(artifact.path), "project": names.get(artifact.project, "")}
            for artifact in outcome.artifacts
        ]
        told = {"pictures": pictures, "notices": outcome.notices, "seconds": round(outcome.seconds, 4)}
        say_json(told | ({"race": race} if race else {}))
    else:
        if race:
            say(race)
        for artifact in outcome.artifacts:
            say(str(artifact.path))
    return 0


def _list(engine: Engine, left: tuple[Job, ...], *, as_json: bool) -> None:
    rows = [_row(engine, job) for job in left]
    if as_json:
        say_json(rows)
        return
    say_table(("job", "steps", "of", "prompt"), [tuple(str(value) for value in row.values()) for row in rows])
    remark(f"{len(rows)} can be resumed")


def _row(engine: Engine, job: Job) -> dict[str, Any]:
    if isinstance(job.request, SweepRequest):
        made = len(read_sweep(engine.home.sweeps / f"{job.id}.json").cells)
        prompt = f"grid of {job.request.total} cells, {made} made: {job.request.base.prompt}"
        return {"job": job.id, "steps": made, "of": job.request.total, "prompt": " ".join(prompt.split())}
    if isinstance(job.request, CompareRequest):
        race = read_race(engine.home.races / f"{job.id}.json")
        lanes, prompt = len(job.request.lanes), job.request.lanes[0].request.prompt
        words = f"race of {lanes} lanes, {len(race.runs)} of {race.wanted} runs made: {prompt}"
        return {"job": job.id, "steps": len(race.runs), "of": race.wanted, "prompt": " ".join(words.split())}
    info = engine.trajectory(job.id)
    prompt = " ".join(job.request.prompt.split()) if isinstance(job.request, ImageRequest) else ""
    return {
        "job": job.id,
        "steps": info.done if info else 0,
        "of": info.total if info else 0,
        "prompt": prompt,
    }
