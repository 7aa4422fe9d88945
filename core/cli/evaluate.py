"""`noisette evaluate`: a model measured on prompts it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

import typer

from core.cli.job import run_job
from core.cli.options import AsJson, Device, read_numbers
from core.cli.output import say, say_json
from core.engine import Engine
from core.models.card import ModelCard
from core.requests import EvaluateRequest, Method


@dataclass(frozen=True, slots=True)
class Usual:
    """What is measured unless told otherwise, as it would be typed."""

    prompts: int
    steps: str
    guidance: str
    sampler: str


TABLETOP = Usual(1000, "8,20", "1,3", "dpmpp_2m")
STICKER_PROMPTS = 160


def evaluate(
    model: Annotated[str, typer.Argument(help="Which model; `noisette models` lists them.")] = "tabletop",
    prompts: Annotated[
        int | None,
        typer.Option(help="How many held-out prompts, shared out over the categories.  [default: 1000; stickers 160]"),
    ] = None,
    steps: Annotated[
        str, typer.Option(help="Step counts to measure at, with commas.  [default: 8,20; of stickers the model's own]")
    ] = "",
    guidance: Annotated[
        str,
        typer.Option(help="Guidance scales, with commas; 1 is off.  [default: 1,3; of stickers the model's own]"),
    ] = "",
    sampler: Annotated[
        str, typer.Option(help="`noisette samplers` lists them.  [default: dpmpp_2m; of stickers the model's own]")
    ] = "",
    guidance_method: Annotated[str, typer.Option(help="How the scale guides, as for `generate`.")] = "cfg",
    seed: Annotated[int, typer.Option(help="Of prompts and pictures.")] = 0,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="A folder for the report.  [default: none is written]")] = None,
    into_card: Annotated[bool, typer.Option("--into-card", help="Write the figures into the model's card.")] = False,
    as_json: AsJson = False,
) -> int:
    """Score how well a model follows prompts it never saw, by category, with the judge's own accuracy beside it.

    Stickers are scored by captions and concepts that training never showed, by style, likeness to real pictures,
    variety, and how near each comes to a training picture; this needs the pictures of `noisette data stickers`.

    \b
    Examples:
      noisette evaluate tabletop
      noisette evaluate tabletop --prompts 200 --steps 20 --guidance 1,2,3 --json --out runs/report
      noisette evaluate stickers --out runs/stickers
    """
    with Engine(keep_queue=False) as engine:
        chosen = engine.registry.card(model)
        usual = _usual(chosen)
        request = EvaluateRequest(
            model_id=model,
            prompts=usual.prompts if prompts is None else prompts,
            steps=read_numbers(steps or usual.steps, int, "steps"),
            guidance=read_numbers(guidance or usual.guidance, float, "guidance"),
            sampler=sampler or usual.sampler,
            seed=seed,
            method=cast("Method", guidance_method),
            device=device,
            folder=None if out is None else str(out),
            into_card=into_card,
        )
        outcome = run_job(engine, request)
    if outcome.exit_code:
        return outcome.exit_code
    if as_json:
        say_json({"model": model, "seconds": round(outcome.seconds, 3), "figures": outcome.figures})
        return 0
    for name, value in outcome.figures.items():
        say(f"{name}\t{value:.4f}")
    return 0


def _usual(card: ModelCard) -> Usual:
    """The tabletop's many settings, or of a model of stickers the one that it looks best at."""
    if card.network != "stickers":
        return TABLETOP
    own = card.defaults
    return Usual(STICKER_PROMPTS, str(own.steps), f"{own.guidance_scale:g}", own.sampler)
