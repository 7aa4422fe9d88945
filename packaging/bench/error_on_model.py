"""How near each sampler comes to a fine reference on a model, for so many evaluations. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/error_on_model.py [--seeds 4] [--out docs/model_errors.md]

Races of the studio's own, six samplers at a time: the same noise, at most the evaluations that a column names, guidance
off. Figures are medians over the seeds of the root mean square difference from the reference at the end of the run,
in units of a state's spread. The reference is Heun's method with 1,000 steps; how far it may be off is told below.
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
from core.engine import Engine
from core.guidance_settings import GuidanceSettings
from core.jobs.event import RaceMeasured
from core.requests import CompareRequest, ImageRequest, Lane, ReferenceSettings
from core.samplers.cards import CARDS

EVALUATIONS, OWN = (5, 8, 10, 20, 50), 20
REFERENCE = ReferenceSettings("heun", 1000)
GRIDS = ("uniform", "karras", "log_snr")
AT_ONCE, FEWEST = 6, 2
PROMPT = "a large yellow cube and a small green torus"
BASE, GOAL_AT, GOAL = "dpmpp_2m", (8, 10), 0.5


def race(engine: Engine, lanes: list[ImageRequest], seeds: int) -> RaceRecord:
    others = tuple(count for count in EVALUATIONS if count != OWN)
    request = CompareRequest(tuple(map(Lane, lanes)), OWN, others, 0, seeds, REFERENCE, device="cpu")
    heard: list[RaceMeasured] = []
    outcome = run_job(
        engine, request, listen=lambda event: heard.append(event) if isinstance(event, RaceMeasured) else None
    )
    if outcome.exit_code:
        sys.exit(outcome.exit_code)
    return heard[-1].record


def report(engine: Engine, model: str, seeds: int) -> Iterator[str]:
    card = engine.registry.card(model)
    base = replace(usual(card), prompt=PROMPT, guidance=GuidanceSettings(1.0))
    names = [each.name for each in CARDS if not each.stochastic and not each.varies]
    yield f"# Error by evaluations on {card.title}"
    yield ""
    yield "Made by `python packaging/bench/error_on_model.py --out docs/model_errors.md`; not written by hand."
    yield __doc__.split("\n\n")[2].replace("\n", " ").strip()
    yield f'{seeds} seeds of "{PROMPT}". Samplers with fresh noise are left out: they end elsewhere by nature.'
    least: dict[int, tuple[float, str]] = {}
    peer: dict[int, float] = {}
    unsure = 0.0
    for grid in GRIDS:
        rows: dict[str, dict[int, CurvePoint]] = {}
        for some in (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE)):
            # A race has two lanes at least; a second run of one sampler tells nothing new.
            lanes = [replace(base, sampler=name, time_grid=grid) for name in (*some, BASE)[: max(len(some), FEWEST)]]
            record = race(engine, lanes, seeds)
            unsure = max(unsure, *(each.uncertainty for each in record.references))
            for name, lane in zip(some, summarise(record).lanes, strict=False):
                rows[name] = {point.budget: point for point in lane.curve} if lane else {}
        yield ""
        yield f"## Grid {grid}"
        yield ""
        yield "| sampler | " + " | ".join(map(str, EVALUATIONS)) + " |"
        yield "|---|" + "---|" * len(EVALUATIONS)
        for name, points in sorted(rows.items(), key=lambda row: _error(row[1], 10)):
            cells = (f"{points[count].error.value:.2e}" if count in points else "" for count in EVALUATIONS)
            yield f"| {name} | " + " | ".join(cells) + " |"
        for count in GOAL_AT:
            best = min(rows, key=lambda name: _error(rows[name], count))
            least[count] = min(least.get(count, (math.inf, "")), (_error(rows[best], count), f"{best} on {grid}"))
            peer[count] = min(peer.get(count, math.inf), _error(rows[BASE], count))
    yield ""
    for count in GOAL_AT:
        ratio = least[count][0] / peer[count]
        met = "met" if ratio <= GOAL else "missed"
        yield f"At {count}: {least[count][1]}, {ratio:.2f} of {BASE}'s on the best grid for that (goal {GOAL}: {met})."
    yield f"The references may be off by {unsure:.1e} themselves."


def _error(points: dict[int, CurvePoint], count: int) -> float:
    return points[count].error.value if count in points else math.inf


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
