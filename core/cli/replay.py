"""`noisette replay`: a picture made again from the recipe inside it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from core.artifacts.comparison import TOLERANCE, Comparison, compare, describe
from core.artifacts.image import Picture, load_picture, save_picture
from core.artifacts.recipe import Recipe, pixels_sha256
from core.artifacts.start_picture import keep_start
from core.cli.exits import DIFFERS
from core.cli.job import Outcome, run_job
from core.cli.options import AsJson
from core.cli.output import remark, say, say_json
from core.engine import Engine
from core.errors import NoisetteError
from core.history.home import HomeFolder, default_home
from core.models.registry import SHIPPED


def replay(
    file: Annotated[Path, typer.Argument(help="A PNG that Noisette saved.")],
    out: Annotated[Path | None, typer.Option(help="Where to save the repetition.  [default: nowhere]")] = None,
    as_json: AsJson = False,
) -> int:
    """Make a picture again from the recipe inside it, and say whether the pixels are identical.

    \b
    On the same machine and editions they are; elsewhere they may differ by up to 4 of 255, and it says by how much.
    Exit codes: 0 identical or within that tolerance, 1 different, 2 no recipe or no such model.

    \b
    Examples:
      noisette replay a.png
      noisette replay a.png --out again.png --json
    """
    original = load_picture(file)
    if pixels_sha256(original.pixels) != original.recipe.pixels_sha256:
        remark(f"{file} was changed after it was made: its pixels are not those that its recipe names")
    with tempfile.TemporaryDirectory(prefix="noisette-replay-") as folder:
        outcome = _repeat(original.recipe, Path(folder))
        if outcome.exit_code:
            return outcome.exit_code
        repeated = load_picture(outcome.artifacts[0].path)
    comparison = compare(original.pixels, repeated.pixels, original.recipe, repeated.recipe)
    if out is not None:
        _save(out, repeated)
    if as_json:
        say_json(_plain(comparison))
    else:
        say(describe(comparison))
    return 0 if comparison.within_tolerance else DIFFERS


def _repeat(recipe: Recipe, folder: Path) -> Outcome:
    """Run the recipe in a home of its own, so that the history does not fill with repetitions."""
    home = HomeFolder(default_home())
    models = (SHIPPED, home.models)
    again = recipe.again()
    for start in again.starts:
        if (kept := home.starts / f"{start}.png").is_file():
            keep_start(HomeFolder(folder).starts, kept)
    with Engine(folder, models, keep_queue=False) as engine:
        card = engine.registry.card(recipe.request.model_id)
        if engine.registry.weights_used(card.id, again.guidance) != recipe.model_sha256:
            remark(f"model {card.id} is not the one that made this: its files have other hashes now")
        return run_job(engine, again)


def _save(out: Path, picture: Picture) -> None:
    if out.suffix.lower() != ".png":
        raise NoisetteError(f"{out} is not a name for a picture; end it with .png")
    try:
        save_picture(out, picture.pixels, picture.recipe)
    except OSError as error:
        raise NoisetteError(f"{out} can't be written ({error}); check the folder and its rights") from error


def _plain(comparison: Comparison) -> dict[str, Any]:
    return {
        "identical": comparison.identical,
        "within_tolerance": comparison.within_tolerance,
        "tolerance": TOLERANCE,
        "pixels": comparison.pixels,
        "different_pixels": comparison.different_pixels,
        "largest_difference": comparison.largest_difference,
        "steps_compared": comparison.steps_compared,
        "first_step": comparison.first_step,
        "environment": {name: {"then": then, "now": now} for name, (then, now) in comparison.environment.items()},
    }
