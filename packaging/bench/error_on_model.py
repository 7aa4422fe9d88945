"""How near each sampler comes to a fine reference on a model, for so many evaluations. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/error_on_model.py [--seeds 4] [--out docs/model_errors.md]

Races of the studio's own, six samplers at a time: the same noise, at most the evaluations that a column names, guidance
off. Figures are medians over the seeds of the root mean square difference from the reference at the end of the run,
in units of a state's spread. The reference is Heun's method with 1,000 steps even in t; how far it may be off is told
below. Every sampler as it stands untold. Grids optimised for the model by measured error are searched on other prompts
and seeds, for the best of one evaluation a step and for the sampler that it is held against.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.cli.asked import usual
from core.cli.job import run_job
from core.compare.figures import RaceRecord
from core.compare.summary import CurvePoint, summarise
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.engine import Engine
from core.evaluation.grid_search import searched
from core.grid_settings import OPTIMISED, GridSettings
from core.guidance_settings import GuidanceSettings
from core.jobs.event import RaceMeasured
from core.models.card import ModelCard
from core.models.loader import load_model
from core.models.picture import Condition
from core.requests import CompareRequest, ImageRequest, Lane, ReferenceSettings
from core.samplers.cards import CARDS
from core.samplers.registry import sampler_card, sampler_named
from core.worlds.tabletop.grammar import held_out_captions

EVALUATIONS, OWN = (5, 8, 10, 20, 50), 20
REFERENCE = ReferenceSettings("heun", 1000)
GRIDS = ("uniform", "karras", "log_snr")
AT_ONCE, FEWEST = 6, 2
PROMPT = "a large yellow cube and a small green torus"
BASE, GOAL_AT, GOAL = "dpmpp_2m", (8, 10), 0.5
PICTURES, FAR_SEEDS = 2, 1000
"""For the search of a grid, and the first seed of those; as many more are for its own measurement."""

Rows = dict[str, dict[int, float]]
"""Sampler -> evaluations -> error."""


def race(engine: Engine, lanes: list[ImageRequest], own: int, others: tuple[int, ...], seeds: int) -> RaceRecord:
    request = CompareRequest(tuple(map(Lane, lanes)), own, others, 0, seeds, REFERENCE, device="cpu")
    heard: list[RaceMeasured] = []
    outcome = run_job(
        engine, request, listen=lambda event: heard.append(event) if isinstance(event, RaceMeasured) else None
    )
    if outcome.exit_code:
        sys.exit(outcome.exit_code)
    return heard[-1].record


def curve_of(lane: tuple[CurvePoint, ...]) -> dict[int, float]:
    return {point.budget: point.error.value for point in lane}


def optimised(engine: Engine, card: ModelCard, sampler: str, steps: int) -> GridSettings:
    """The grid that `noisette optimise` would keep for this sampler, without guidance."""
    model = load_model(engine.registry, card.id, "cpu")
    texts = [entry.caption.text for entry in held_out_captions("relation", PICTURES, 0)]
    said = [Condition(text, layout=model.plan(text, seed)) for seed, text in enumerate(texts)]
    *_, best = searched(
        model.denoiser(said, GuidanceSettings()),
        model.schedule,
        model.latent_shape(*card.sizes[0]),
        steps,
        sampler_named(sampler),
        seeds=range(FAR_SEEDS, FAR_SEEDS + PICTURES),
        others=range(FAR_SEEDS + PICTURES, FAR_SEEDS + 2 * PICTURES),
        device=model.device,
    )
    return GridSettings(levels=best.levels, levels_as="time")


def verdict(ratio: float) -> str:
    return f"goal {GOAL}: {'met' if ratio <= GOAL else 'missed'}"


def report(engine: Engine, model: str, seeds: int) -> Iterator[str]:
    card = engine.registry.card(model)
    base = replace(usual(card), prompt=PROMPT, guidance=GuidanceSettings(1.0))
    names = [each.name for each in CARDS if not each.stochastic and not each.varies]
    yield f"# Error by evaluations on {card.title}"
    yield ""
    command = f"python packaging/bench/error_on_model.py --seeds {seeds} --out docs/model_errors.md"
    yield f"Made by `{command}`; not written by hand."
    yield __doc__.split("\n\n")[2].replace("\n", " ").strip()
    yield ""
    yield f'{seeds} seeds of "{PROMPT}". Samplers with fresh noise are left out: they end elsewhere by nature.'
    tables: dict[str, Rows] = {}
    unsure = 0.0
    for grid in GRIDS:
        rows = tables[grid] = Rows()
        for some in (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)):
            # A race has two lanes at least; a second run of one sampler tells nothing new.
            lanes = [replace(base, sampler=name, time_grid=grid) for name in (*some, BASE)[: max(len(some), FEWEST)]]
            record = race(engine, lanes, OWN, tuple(count for count in EVALUATIONS if count != OWN), seeds)
            unsure = max(unsure, *(each.uncertainty for each in record.references))
            for name, lane in zip(some, summarise(record).lanes, strict=False):
                rows[name] = curve_of(lane.curve) if lane else {}
        yield from table(f"Grid {grid}", rows, EVALUATIONS)
        finest = time_grid(grid, schedule_named(card.schedule), EVALUATIONS[-1])
        yield (
            f"Of {EVALUATIONS[-1]} steps the first goes from pure noise to sigma / alpha {finest[1].ratio:.3g}, the "
            f"last from {finest[-2].ratio:.2g} to clean data."
        )
    once = [name for name in names if sampler_card(name).evaluations_per_step == 1 and not sampler_card(name).once]
    rows = tables[OPTIMISED] = Rows()
    for count in GOAL_AT:
        ours = min((name for name in once if name != BASE), key=lambda name: least(tables, name, count)[0])
        lanes = [
            replace(base, sampler=name, time_grid=OPTIMISED, grid=optimised(engine, card, name, count))
            for name in (ours, BASE)
        ]
        record = race(engine, lanes, count, (), seeds)
        for name, lane in zip((ours, BASE), summarise(record).lanes, strict=True):
            rows.setdefault(name, {}).update(curve_of(lane.curve) if lane else {})
    yield from table("Grid optimised for each sampler and number of steps", rows, GOAL_AT)
    yield ""
    yield "## The best of all grids"
    yield ""
    for count in GOAL_AT:
        named = {grid: tables[grid] for grid in GRIDS}
        for told, ours, theirs in (("", named, named), (", grids optimised for the model among ours", tables, named)):
            error, winner = min(least(ours, name, count) for name in names)
            peer, _ = least(theirs, BASE, count)
            yield (
                f"At {count}{told}: {winner}, {error / peer:.2f} of {BASE}'s on the best named grid for that "
                f"({verdict(error / peer)})."
            )
    yield f"The references may be off by {unsure:.1e} themselves."
    yield (
        "Where lms grows worse with more steps it is by its last one: from four guesses close to one another it "
        "reaches all the way to clean data, and enlarges what is rough in them."
    )


def table(title: str, rows: Rows, counts: tuple[int, ...]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield "| sampler | " + " | ".join(map(str, counts)) + " |"
    yield "|---|" + "---|" * len(counts)
    for name, errors in sorted(rows.items(), key=lambda row: row[1].get(10, math.inf)):
        yield f"| {name} | " + " | ".join(f"{errors[at]:.2e}" if at in errors else "" for at in counts) + " |"
    yield ""
    for count in GOAL_AT:
        best = min(rows, key=lambda name: rows[name].get(count, math.inf))
        ratio = rows[best][count] / rows[BASE][count]
        yield f"At {count}: best {best}, {ratio:.2f} of {BASE}'s error on this grid ({verdict(ratio)})."


def least(tables: dict[str, Rows], name: str, count: int) -> tuple[float, str]:
    """A sampler's smallest error over the grids, and how it came by it."""
    return min((rows.get(name, {}).get(count, math.inf), f"{name} on {grid}") for grid, rows in tables.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="tabletop")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    options = parser.parse_args()
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as home, Engine(home=Path(home), keep_queue=False) as engine:
        for line in report(engine, options.model, options.seeds):
            print(line, flush=True)
            lines.append(line)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
