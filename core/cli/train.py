"""`noisette train`: weights from a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.job import run_job
from core.cli.options import AsJson, Device
from core.cli.output import say, say_json
from core.engine import Engine
from core.errors import RequestError
from core.requests import TrainRequest


def train(
    recipe: Annotated[str, typer.Argument(help="A recipe's name in assets/recipes, or a path to one.")],
    minutes: Annotated[float | None, typer.Option(help="Stop after so long, to be resumed.")] = None,
    anneal: Annotated[bool, typer.Option(help="Bring the learning rate's decay to its end within --minutes.")] = False,
    steps: Annotated[int | None, typer.Option(help="End the schedule here instead of at the recipe's end.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint in --out.")] = False,
    device: Device = "auto",
    threads: Annotated[int, typer.Option(help="torch threads on the CPU.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="For checkpoints and weights.  [default: runs/RECIPE at home]")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="An option in place of the recipe's own.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Train a model. Ctrl-C keeps a checkpoint; --resume goes on from it.

    \b
    Examples:
      noisette train planner --minutes 20 --out runs/planner
      noisette train tabletop --resume --minutes 60 --anneal --threads 2
      noisette train toy_flow --set shape=two_moons --out runs/moons
      noisette train toy_rectified --set shape=two_moons --set teacher=runs/moons/toy.safetensors
    """
    with Engine(keep_queue=False) as engine:
        folder = out or engine.home.runs / Path(recipe).stem
        request = TrainRequest(
            recipe, str(folder), minutes, anneal, steps, resume, device, threads, tuple(map(_pair, option or ()))
        )
        outcome = run_job(engine, request)
    if outcome.exit_code:
        return outcome.exit_code
    if as_json:
        say_json({"folder": str(folder), "seconds": round(outcome.seconds, 3), "figures": outcome.figures})
    else:
        say(str(folder))
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise RequestError(f"{text!r} sets no option; write NAME=VALUE")
    return name, value
