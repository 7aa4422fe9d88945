"""`noisette generate`: pictures from a prompt."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from core.artifacts.artifact import Artifact
from core.artifacts.atomic import write_atomically
from core.artifacts.image import load_picture, save_transparent
from core.artifacts.sticker_sheet import LEAST, save_sheet
from core.cli.asked import given_of, overridden, taken_from, unmapped_line, usual
from core.cli.dissection import check_target, write_dissection
from core.cli.inspect import plain
from core.cli.job import Outcome, run_job
from core.cli.options import AsJson, Device, PrecisionName, Project, project_named
from core.cli.output import remark, say, say_json
from core.colour import OutOfRange
from core.engine import Engine
from core.errors import NoisetteError, RequestError
from core.grid_settings import LevelsAs
from core.guidance_settings import Course, Method
from core.interop.imported import Imported
from core.requests import CUSTOM, GRID_OPTIONS, LISTED
from core.turns import write_turns

FROM_HELP = "A picture (PNG, JPEG, WebP) whose settings to take, of Noisette or another tool."
HANDLES_HELP = (
    "FRACTION:PLACE,...: the custom grid's curve. 0 is the first step, 1 the last; place 1 is noise, 0 data. "
    f"Implies --time-grid {CUSTOM}."
)
LEVELS_HELP = (
    f"Numbers that fall, with commas between, or a file of them: the noise of each step. Implies --time-grid {LISTED}."
)
SCALES_HELP = "Guidance scales at even places of the run, noise first: 1,4,2. Implies --guidance-course drawn."
ETA_HELP = "Fresh noise, 0 none to 1 ancestral.  [default: 0 for ddim, 1 for others]"
SOLVER_HELP = "What else a sampler can be told, as order=2,churn=40; `noisette samplers` lists who takes what."
DISSECT_HELP = "FILE.json for what guidance did at each evaluation; maps of the words' attention beside it."
SHEET_HELP = "FILE.png for all of them on one sheet: 4 two by two, 16 four by four."
TURNS_HELP = "PLACE:RADIUS,...: the way to a neighbour, and on to its neighbour; places 0 to 8, row by row."


def generate(
    context: typer.Context,
    prompt: Annotated[str | None, typer.Argument(help="What to show.  [required without --from]")] = None,
    source: Annotated[Path | None, typer.Option("--from", help=FROM_HELP)] = None,
    project: Project = "",
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    style: Annotated[str, typer.Option(help="One of the model's, as `noisette models` lists them.")] = "",
    negative: Annotated[str, typer.Option(help="What to leave out.")] = "",
    sampler: Annotated[str | None, typer.Option(help="`noisette samplers` lists them.  [default: the model's]")] = None,
    time_grid: Annotated[str | None, typer.Option(help=f"{', '.join(GRID_OPTIONS)}.  [default: the model's]")] = None,
    handles: Annotated[str | None, typer.Option(help=HANDLES_HELP)] = None,
    sigma_largest: Annotated[float | None, typer.Option(help="Where karras, exponential, log_snr begin.")] = None,
    sigma_smallest: Annotated[float | None, typer.Option(help="Where they end before clean data.")] = None,
    rho: Annotated[float | None, typer.Option(help="Bend of karras (7) and polyexponential (1).")] = None,
    shift: Annotated[float | None, typer.Option(help="Of the shifted grid, 1 is uniform.  [default: 3]")] = None,
    beta_a: Annotated[float | None, typer.Option(help="Of the beta grids.  [default: 0.6]")] = None,
    beta_b: Annotated[float | None, typer.Option(help="Of the beta grids.  [default: 0.6]")] = None,
    threshold: Annotated[float | None, typer.Option(help="Of linear_quadratic.  [default: 0.025]")] = None,
    levels: Annotated[str | None, typer.Option(help=LEVELS_HELP)] = None,
    levels_as: Annotated[LevelsAs, typer.Option(help="Whether levels are sigma / alpha or times.")] = "sigma",
    steps: Annotated[int | None, typer.Option(help="Sampler steps.  [default: the model's]")] = None,
    guidance: Annotated[float | None, typer.Option(help="Scale; 1 is off.  [default: the model's]")] = None,
    guidance_interval: Annotated[str, typer.Option(help="START:END of the run, noise 0, data 1.")] = "0:1",
    guidance_rescale: Annotated[float, typer.Option(help="0 is off, 1 keeps the unguided contrast.")] = 0.0,
    guidance_threshold: Annotated[float, typer.Option(help="0 is off; else a quantile from 0.5 to 1.")] = 0.0,
    guidance_method: Annotated[Method, typer.Option(help="How the prompt is made to count.")] = "cfg",
    guidance_course: Annotated[Course, typer.Option(help="The scale over the run.")] = "constant",
    guidance_scales: Annotated[str | None, typer.Option(help=SCALES_HELP)] = None,
    guidance_blend: Annotated[float, typer.Option(help="Of cfg_pp, 0 to 1: its share of the prompt.")] = 0.6,
    guidance_zero: Annotated[float, typer.Option(help="Of cfg_zero: the part of the run that rests first.")] = 0.04,
    guidance_parallel: Annotated[float, typer.Option(help="Of apg, 0 to 1: how much it keeps along the guess.")] = 0.0,
    guidance_norm: Annotated[float, typer.Option(help="Of apg: the longest difference; 0 sets no bound.")] = 0.0,
    guidance_leave_out: Annotated[float, typer.Option(help="Of perp_neg: how much it counts.")] = 1.0,
    eta: Annotated[float | None, typer.Option(help=ETA_HELP)] = None,
    solver: Annotated[str | None, typer.Option(help=SOLVER_HELP)] = None,
    noise_scale: Annotated[float, typer.Option(help="Of the noise that a sampler adds, 0 to 2; 1 is right.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the first picture; the next ones count up.")] = 0,
    count: Annotated[int, typer.Option(help="How many pictures.")] = 1,
    size: Annotated[str | None, typer.Option(help="WIDTHxHEIGHT in pixels.  [default: the model's]")] = None,
    layout: Annotated[Path | None, typer.Option(help="A scene (JSON) to paint instead of planning one.")] = None,
    variation_seed: Annotated[int | None, typer.Option(help="Turn the start noise towards this seed's.")] = None,
    variation_strength: Annotated[float, typer.Option(help="How far: 0 the own noise, 1 the other.")] = 0.1,
    turns: Annotated[str | None, typer.Option(help=TURNS_HELP)] = None,
    neighbours: Annotated[float, typer.Option(help="Above 0: nine pictures so far around that; 1 is far.")] = 0.0,
    start_from: Annotated[Path | None, typer.Option(help="A picture (PNG, JPEG, WebP) to begin from.")] = None,
    strength: Annotated[float, typer.Option(help="How much of it is made anew: 1 leaves nothing.")] = 0.6,
    branch: Annotated[str | None, typer.Option(help="ID:STEP: go on from a step of another picture.")] = None,
    branch_item: Annotated[int, typer.Option(help="Which picture of that job, from 1.")] = 1,
    batch: Annotated[int | None, typer.Option(help="Most pictures at once; the pixels don't depend on it.")] = None,
    precision: Annotated[PrecisionName, typer.Option(help="float32 has every network compute so.")] = "auto",
    exposure: Annotated[float, typer.Option(help="Stops of light for the finished picture.")] = 0.0,
    contrast: Annotated[float, typer.Option(help="Power of its light about mid-grey; 1 leaves it.")] = 1.0,
    saturation: Annotated[float, typer.Option(help="0 is grey, 1 leaves it.")] = 1.0,
    out_of_range: Annotated[
        OutOfRange, typer.Option(help="Colours beyond white and black: cut off, or all fitted in.")
    ] = "clip",
    keep_trajectory: Annotated[bool, typer.Option(help="Save every step beside the picture.")] = False,
    dissect: Annotated[Path | None, typer.Option(help=DISSECT_HELP)] = None,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="A copy as FILE.png; of several also FILE-2.png, ...")] = None,
    sheet: Annotated[Path | None, typer.Option(help=SHEET_HELP)] = None,
    transparent: Annotated[bool, typer.Option(help="The copies and the sheet with an alpha channel.")] = False,
    as_json: AsJson = False,
) -> int:
    """Make pictures from a prompt; the history keeps them, --out writes a copy too.

    The same command makes the same pixels again. Words that a model does not know are named and ignored. With --from,
    what is given stands before what the picture says; what of that can't be done here is listed.

    \b
    Examples:
      noisette generate "a red cube to the left of a blue sphere" --out a.png
      noisette generate "two green cones" --steps 8 --guidance 2 --seed 7 --count 4 --json
      noisette generate "a metal torus" --sampler heun --time-grid karras --layout scene.json
      noisette generate "a metal torus" --sampler euler_ancestral --noise-scale 1.005 --exposure 0.3
      noisette generate "a metal torus" --time-grid custom --handles 0:1,0.5:0.4,1:0
      noisette generate "a metal torus" --time-grid shifted --shift 2 --guidance 4 --guidance-method apg
      noisette generate "a red cube AND a blue cone :0.7" --levels 14.6,3.9,1.2,0.3 --steps 4
      noisette generate "a blue cube" --branch 20261121-040353-9f31c2a7-01:8 --neighbours 0.5
      noisette generate "a red cube" --seed 7 --variation-seed 8 --variation-strength 0.2 --count 4
      noisette generate "a red cube" --seed 7 --neighbours 0.5
      noisette generate "a red cube" --seed 7 --turns 3:0.5 --neighbours 0.25
      noisette generate --from a.png --neighbours 0.25
      noisette generate "a red cube" --start-from sketch.png --strength 0.5
      noisette generate "a red cube" --guidance 3 --dissect cube.json
      noisette generate "a sleepy fox" --model stickers --style 3d --out fox.png --transparent
      noisette generate "a sleepy fox" --model stickers --count 16 --sheet foxes.png
      noisette generate --from photo.png --steps 30 --project "Marble studies"
    """
    given = given_of(
        context,
        prompt=prompt,
        style=style,
        negative=negative,
        sampler=sampler,
        time_grid=time_grid,
        handles=handles,
        sigma_largest=sigma_largest,
        sigma_smallest=sigma_smallest,
        rho=rho,
        shift=shift,
        beta_a=beta_a,
        beta_b=beta_b,
        threshold=threshold,
        levels=levels,
        levels_as=levels_as,
        steps=steps,
        guidance=guidance,
        guidance_interval=guidance_interval,
        guidance_rescale=guidance_rescale,
        guidance_threshold=guidance_threshold,
        guidance_method=guidance_method,
        guidance_course=guidance_course,
        guidance_scales=guidance_scales,
        guidance_blend=guidance_blend,
        guidance_zero=guidance_zero,
        guidance_parallel=guidance_parallel,
        guidance_norm=guidance_norm,
        guidance_leave_out=guidance_leave_out,
        eta=eta,
        solver=solver,
        noise_scale=noise_scale,
        exposure=exposure,
        contrast=contrast,
        saturation=saturation,
        out_of_range=out_of_range,
        seed=seed,
        count=count,
        size=size,
        layout=layout,
        variation_seed=variation_seed,
        variation_strength=variation_strength,
        turns=turns,
        neighbours=neighbours,
        start_from=start_from,
        strength=strength,
        branch=branch,
        branch_item=branch_item,
        batch=batch,
        precision=precision,
        keep_trajectory=keep_trajectory,
        device=device,
        model=model,
    )
    if prompt is None and source is None:
        raise RequestError("no prompt given; write one, or take a picture's settings with --from FILE")
    if transparent and out is None and sheet is None:
        raise RequestError("--transparent is about copies and sheets; name one with --out FILE.png or --sheet FILE.png")
    for file in (out, sheet):
        if file is not None:
            _targets(file, 1)
    if dissect is not None:
        check_target(dissect)
    with Engine(keep_queue=False) as engine:
        taken = None
        if source is not None:
            taken = taken_from(source, engine, given.get("model", ""), prompted=prompt is not None)
            _tell(taken.imported)
        request = overridden(usual(engine.registry.card(model)) if taken is None else taken.request, given, engine)
        if sheet is not None and request.count < LEAST:
            raise RequestError(f"{request.count} picture asked for on a sheet; give a count of {LEAST} to 64", "count")
        targets = [] if out is None else _targets(out, request.count)
        kept_in = project_named(engine, project)
        engine.dissect(dissect is not None)
        outcome = run_job(engine, request, kept_in.number)
        made = outcome.artifacts if dissect is not None else []
        readings = engine.dissection(made[0].job_id) if made else ()
    if outcome.exit_code:
        return outcome.exit_code
    paths = [artifact.path for artifact in outcome.artifacts]
    for source, target in zip(paths, targets, strict=False):
        _copy(source, target, transparent=transparent)
    if sheet is not None:
        save_sheet(sheet, paths, transparent=transparent)
    shown = targets or paths
    dissected = [] if dissect is None else write_dissection(dissect, readings, outcome.artifacts)
    if as_json:
        more: dict[str, Any] = {} if taken is None else _source(source, taken.imported)
        more |= {"dissection": [str(path) for path in dissected]} if dissected else {}
        more |= {} if sheet is None else {"sheet": str(sheet)}
        say_json(_summary(outcome, shown, kept_in.name) | more)
    else:
        for path in (*shown, *dissected, *([] if sheet is None else [sheet])):
            say(str(path))
    return 0


def _targets(out: Path, count: int) -> list[Path]:
    """a.png, a-2.png, a-3.png, ..."""
    if out.suffix.lower() != ".png":
        raise RequestError(f"{out} is not a name for a picture; end it with .png")
    if out.is_dir():
        raise RequestError(f"{out} is a folder; name a file")
    return [out if number == 1 else out.with_stem(f"{out.stem}-{number}") for number in range(1, count + 1)]


def _copy(source: Path, target: Path, *, transparent: bool) -> None:
    try:
        if transparent:
            save_transparent(target, load_picture(source))
            return
        with source.open("rb") as picture:
            write_atomically(target, lambda file: shutil.copyfileobj(picture, file))
    except OSError as error:
        raise NoisetteError(f"{target} can't be written ({error}); the picture is kept as {source}") from error


def _tell(imported: Imported) -> None:
    """What the file says that is not done here, or means something else."""
    for each in imported.unmapped:
        remark(unmapped_line(each))
    for each in imported.remarks:
        remark(each)


def _source(file: Path | None, imported: Imported) -> dict[str, Any]:
    return {"from": {"file": str(file), **plain(imported)}}


def _summary(outcome: Outcome, paths: list[Path], project: str) -> dict[str, Any]:
    return {
        "project": project,
        "pictures": [_picture(artifact, path) for artifact, path in zip(outcome.artifacts, paths, strict=True)],
        "notices": outcome.notices,
        "seconds": round(outcome.seconds, 4),
    }


def _picture(artifact: Artifact, path: Path) -> dict[str, Any]:
    recipe = artifact.recipe
    return {
        "id": artifact.id,
        "path": str(path),
        "seed": recipe.seed,
        "turns": write_turns(recipe.again().turns),
        "width": recipe.width,
        "height": recipe.height,
        "layout": recipe.layout,
        "pixels_sha256": recipe.pixels_sha256,
    }
