"""`noisette generate`: pictures from a prompt."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from core.artifacts.artifact import Artifact
from core.artifacts.atomic import write_atomically
from core.artifacts.start_picture import keep_start
from core.cli.job import Outcome, run_job
from core.cli.options import AsJson, Device, PrecisionName, read_branch, read_interval, read_size
from core.cli.output import say, say_json
from core.colour import ColourSettings, OutOfRange
from core.engine import Engine
from core.errors import LayoutError, NoisetteError, RequestError
from core.history.home import HomeFolder
from core.models.card import ModelCard
from core.requests import (
    CUSTOM,
    GRID_OPTIONS,
    GridSettings,
    GuidanceSettings,
    ImageRequest,
    StartPicture,
    Variation,
    read_handles,
)
from core.samplers.cards import CARDS
from core.turns import NEIGHBOURS, read_turns, write_turns
from core.worlds.tabletop.scene import Scene

MAX_LAYOUT_BYTES = 1 << 20
HANDLES_HELP = (
    "FRACTION:PLACE,...: the custom grid's curve. 0 is the first step, 1 the last; place 1 is noise, 0 data. "
    f"Implies --time-grid {CUSTOM}."
)
TURNS_HELP = "PLACE:RADIUS,...: the way to a neighbour, and on to its neighbour; places 0 to 8, row by row."


def generate(
    prompt: Annotated[str, typer.Argument(help="What to show.")],
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    negative: Annotated[str, typer.Option(help="What to leave out.")] = "",
    sampler: Annotated[str | None, typer.Option(help="`noisette samplers` lists them.  [default: the model's]")] = None,
    time_grid: Annotated[str | None, typer.Option(help=f"{', '.join(GRID_OPTIONS)}.  [default: the model's]")] = None,
    handles: Annotated[str | None, typer.Option(help=HANDLES_HELP)] = None,
    sigma_largest: Annotated[float | None, typer.Option(help="Where karras, exponential, log_snr begin.")] = None,
    sigma_smallest: Annotated[float | None, typer.Option(help="Where they end before clean data.")] = None,
    rho: Annotated[float | None, typer.Option(help="Bend of karras.  [default: 7]")] = None,
    steps: Annotated[int | None, typer.Option(help="Sampler steps.  [default: the model's]")] = None,
    guidance: Annotated[float | None, typer.Option(help="Scale; 1 is off.  [default: the model's]")] = None,
    guidance_interval: Annotated[str, typer.Option(help="START:END of the run, noise 0, data 1.")] = "0:1",
    guidance_rescale: Annotated[float, typer.Option(help="0 is off, 1 keeps the unguided contrast.")] = 0.0,
    eta: Annotated[float, typer.Option(help="Fresh noise of ddim: 0 none, 1 ancestral.")] = 0.0,
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
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="A copy as FILE.png; of several also FILE-2.png, ...")] = None,
    as_json: AsJson = False,
) -> int:
    """Make pictures from a prompt; the history keeps them, --out writes a copy too.

    The same command makes the same pixels again. Words that a model does not know are named and ignored.

    \b
    Examples:
      noisette generate "a red cube to the left of a blue sphere" --out a.png
      noisette generate "two green cones" --steps 8 --guidance 2 --seed 7 --count 4 --json
      noisette generate "a metal torus" --sampler heun --time-grid karras --layout scene.json
      noisette generate "a metal torus" --sampler euler_ancestral --noise-scale 1.005 --exposure 0.3
      noisette generate "a metal torus" --time-grid custom --handles 0:1,0.5:0.4,1:0
      noisette generate "a blue cube" --branch 20261121-040353-9f31c2a7-01:8
      noisette generate "a red cube" --seed 7 --variation-seed 8 --variation-strength 0.2 --count 4
      noisette generate "a red cube" --seed 7 --neighbours 0.5
      noisette generate "a red cube" --seed 7 --turns 3:0.5 --neighbours 0.25
      noisette generate "a red cube" --start-from sketch.png --strength 0.5
    """
    count = NEIGHBOURS if neighbours and count == 1 else count
    targets = [] if out is None else _targets(out, count)
    with Engine(keep_queue=False) as engine:
        card = engine.registry.card(model)
        request = _request(
            card,
            prompt=prompt,
            negative_prompt=negative,
            sampler=sampler or card.defaults.sampler,
            time_grid=time_grid or (card.defaults.time_grid if handles is None else CUSTOM),
            grid=GridSettings(sigma_largest, sigma_smallest, rho, () if handles is None else read_handles(handles)),
            steps=card.defaults.steps if steps is None else steps,
            guidance=GuidanceSettings(
                card.defaults.guidance_scale if guidance is None else guidance,
                read_interval(guidance_interval),
                guidance_rescale,
            ),
            eta=eta,
            noise_scale=noise_scale,
            colour=ColourSettings(out_of_range, exposure, contrast, saturation),
            seed=seed,
            count=count,
            size=size,
            layout=None if layout is None else _layout(layout),
            variation=None if variation_seed is None else Variation(variation_seed, variation_strength),
            turns=() if turns is None else read_turns(turns),
            neighbours=neighbours,
            start=None if start_from is None else _start(engine.home, start_from, strength),
            branch=None if branch is None else read_branch(branch, branch_item),
            batch=batch,
            precision=precision,
            keep_trajectory=keep_trajectory,
            device=device,
        )
        outcome = run_job(engine, request)
    if outcome.exit_code:
        return outcome.exit_code
    paths = [artifact.path for artifact in outcome.artifacts]
    for source, target in zip(paths, targets, strict=False):
        _copy(source, target)
    shown = targets or paths
    if as_json:
        say_json(_summary(outcome, shown))
    else:
        for path in shown:
            say(str(path))
    return 0


def _request(card: ModelCard, *, sampler: str, time_grid: str, size: str | None, **fields: Any) -> ImageRequest:
    """Checks names here, before torch is loaded to say the same."""
    known = [each.name for each in CARDS]
    if sampler not in known:
        raise RequestError(f"{sampler!r} is not a sampler; choose one of {', '.join(known)}")
    if time_grid not in GRID_OPTIONS:
        raise RequestError(f"{time_grid!r} is not a time grid; choose one of {', '.join(GRID_OPTIONS)}")
    width, height = (None, None) if size is None else read_size(size)
    return ImageRequest(model_id=card.id, sampler=sampler, time_grid=time_grid, width=width, height=height, **fields)


def _start(home: HomeFolder, picture: Path, strength: float) -> StartPicture:
    return StartPicture(keep_start(home.starts, picture), strength)


def _targets(out: Path, count: int) -> list[Path]:
    """a.png, a-2.png, a-3.png, ..."""
    if out.suffix.lower() != ".png":
        raise RequestError(f"{out} is not a name for a picture; end it with .png")
    if out.is_dir():
        raise RequestError(f"{out} is a folder; name a file")
    return [out if number == 1 else out.with_stem(f"{out.stem}-{number}") for number in range(1, count + 1)]


def _layout(path: Path) -> str:
    """The scene's text as the recipe keeps it: checked, and in the one form that Scene writes."""
    try:
        if path.stat().st_size > MAX_LAYOUT_BYTES:
            raise LayoutError(f"{path} is larger than {MAX_LAYOUT_BYTES >> 10} KiB; a layout is a small JSON file")
        return Scene.from_json(path.read_text(encoding="utf-8")).to_json()
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(f"{path} can't be read ({error}); give a JSON file of a scene") from error
    except RecursionError as error:
        raise LayoutError(f"{path} is nested too deeply; write a scene object") from error


def _copy(source: Path, target: Path) -> None:
    try:
        with source.open("rb") as picture:
            write_atomically(target, lambda file: shutil.copyfileobj(picture, file))
    except OSError as error:
        raise NoisetteError(f"{target} can't be written ({error}); the picture is kept as {source}") from error


def _summary(outcome: Outcome, paths: list[Path]) -> dict[str, Any]:
    return {
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
