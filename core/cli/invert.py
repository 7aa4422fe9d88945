"""`noisette invert`: a picture taken back to the noise that a run makes it from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from core.artifacts.start_picture import keep_start, load_start
from core.cli.options import AsJson, Device
from core.cli.output import say, say_json
from core.engine import Engine
from core.errors import RequestError
from core.grid_settings import GIVEN
from core.requests import GRID_OPTIONS, MAX_STEPS, GuidanceSettings

Way = Literal["exact", "ddim"]


def invert(
    picture: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP.")],
    prompt: Annotated[str, typer.Option(help="What the picture shows.")] = "",
    model: Annotated[str, typer.Option(help="Which model; `noisette models` lists them.")] = "tabletop",
    steps: Annotated[int, typer.Option(help="Of the run that is taken back.")] = 20,
    time_grid: Annotated[str, typer.Option(help="One that a name makes; `noisette grids` lists them.")] = "uniform",
    guidance: Annotated[float, typer.Option(help="Scale of that run; 1 is off.")] = 1.0,
    way: Annotated[Way, typer.Option(help="exact solves each step; ddim is one evaluation a step.")] = "exact",
    tries: Annotated[int, typer.Option(help="Evaluations a step at most, of exact.")] = 30,
    out: Annotated[Path | None, typer.Option(help="The noise as FILE.npy, (C, h, w) float32.")] = None,
    device: Device = "auto",
    as_json: AsJson = False,
) -> int:
    """Find the noise from which Euler's steps lead to a picture, and say how near the way back comes to it.

    The errors are root mean squares: of the latent there and back, and of pixels in 0 to 255. The decoder's own loss
    is in the last alone.

    \b
    Examples:
      noisette invert a.png --prompt "a red cube" --out noise.npy
      noisette invert a.png --steps 50 --way ddim --json
    """
    for name, number in (("steps", steps), ("tries", tries)):
        if not 1 <= number <= MAX_STEPS:
            raise RequestError(f"{number} {name} requested; ask for 1 to {MAX_STEPS}")
    if time_grid not in GRID_OPTIONS or time_grid in GIVEN:
        named = ", ".join(name for name in GRID_OPTIONS if name not in GIVEN)
        raise RequestError(f"{time_grid!r} is not a time grid that its name makes; choose one of {named}")
    if out is not None and out.suffix.lower() != ".npy":
        raise RequestError(f"{out} is not a name for noise; end it with .npy")
    settings = GuidanceSettings(guidance)
    with Engine(keep_queue=False) as engine:
        # The other commands, and this one's help, need no torch.
        from core.tasks.inverting import inverted

        width, height = engine.registry.card(model).sizes[0]
        starts = engine.home.starts
        pixels = load_start(starts, keep_start(starts, picture), width, height)
        found = inverted(engine.registry, model, pixels, prompt, time_grid, steps, settings, way, tries, device)
    if out is not None:
        found.save(out)
    figures = {"latent_error": found.latent_error, "pixel_error": found.pixel_error, "unsolved": found.unsolved}
    if as_json:
        say_json({"way": way, "steps": steps, "evaluations": found.evaluations, **figures})
        return 0
    for name, value in figures.items():
        say(f"{name.replace('_', ' ')}\t{value:.3g}")
    say(f"evaluations\t{found.evaluations}")
    return 0
