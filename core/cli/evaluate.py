"""`noisette evaluate`: a model measured on prompts it never saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer

from core.cli.job import run_job
from core.cli.options import AsJson, Device, read_numbers
from core.cli.output import say, say_json
from core.engine import Engine
from core.requests import EvaluateRequest, Method


def evaluate(
    model: Annotated[str, typer.Argument(help="Which model; `noisette models` lists them.")] = "tabletop",
    prompts: Annotated[int, typer.Option(help="How many held-out prompts, shared out over the categories.")] = 1000,
    steps: Annotated[str, typer.Option(help="Step counts to measure at, with commas.")] = "8,20",
    guidance: Annotated[str, typer.Option(help="Guidance scales to measure at, with commas; 1 is off.")] = "1,3",
    sampler: Annotated[str, typer.Option(help="`noisette samplers` lists them.")] = "dpmpp_2m",
    guidance_method: Annotated[str, typer.Option(help="How the scale guides, as for `generate`.")] = "cfg",
    seed: Annotated[int, typer.Option(help="Of prompts and pictures.")] = 0,
    device: Device = "auto",
    out: Annotated[Path | None, typer.Option(help="A folder for the report.  [default: none is written]")] = None,
    as_json: AsJson = False,
) -> int:
    """Score how well a model follows prompts it never saw, by category, with the judge's own accuracy beside it.

    \b
    Examples:
      noisette evaluate tabletop
      noisette evaluate tabletop --prompts 200 --steps 20 --guidance 1,2,3 --json --out runs/report
    """
    with Engine(keep_queue=False) as engine:
        engine.registry.card(model)
        request = EvaluateRequest(
            model_id=model,
            prompts=prompts,
            steps=read_numbers(steps, int, "steps"),
            guidance=read_numbers(guidance, float, "guidance"),
            sampler=sampler,
            seed=seed,
            method=cast("Method", guidance_method),
            device=device,
            folder=None if out is None else str(out),
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
