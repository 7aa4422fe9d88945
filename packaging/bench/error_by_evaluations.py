"""How near each sampler comes to the exact answer for so many evaluations, on five mixtures. Prints a table.

    OMP_NUM_THREADS=1 python packaging/bench/error_by_evaluations.py [--out docs/sampler_errors.md]

The denoiser is a mixture's exact one, so the only error is the sampler's. Each run takes at most the evaluations that
its column names: a sampler with two a step has half the steps. Figures are the root mean square error of a run's end,
in units of the data, against Runge-Kutta of order 4 with 2,000 steps from the same noise; the geometric mean over the
mixtures. All runs walk a VP path from sigma / alpha 80 down to 0.02, on the grid that the table names.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch
from torch import Tensor

from core.diffusion.level import Level
from core.diffusion.mixture import GaussianMixture
from core.diffusion.noise import Noise
from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import TimeGrid
from core.requests import SolverSettings
from core.samplers.cards import CARDS, SamplerCard
from core.samplers.registry import sampler_named

EVALUATIONS = (5, 8, 10, 20, 50)
TOP, BOTTOM = 80.0, 0.02
ROWS = 64
GOAL_AT, GOAL = (8, 10), 0.5
SCHEDULE = schedule_named("vp_linear")


def mixtures() -> tuple[tuple[str, GaussianMixture, int], ...]:
    """(name, denoiser, dimensions)."""

    def drawn(seed: int, count: int, size: int, spread: float) -> GaussianMixture:
        generator = torch.Generator().manual_seed(seed)
        means = torch.randn(count, size, generator=generator, dtype=torch.float64)
        spreads = spread * (0.5 + torch.rand(count, generator=generator, dtype=torch.float64))
        weights = 0.2 + torch.rand(count, generator=generator, dtype=torch.float64)
        return GaussianMixture(weights / weights.sum(), means, spreads)

    ring = [(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(8)]
    eight = GaussianMixture(
        torch.full((8,), 0.125, dtype=torch.float64),
        torch.tensor(ring, dtype=torch.float64),
        torch.full((8,), 0.1, dtype=torch.float64),
    )
    return (
        ("one wide", drawn(1, 1, 2, 0.6), 2),
        ("three in the plane", drawn(2, 3, 2, 0.4), 2),
        ("eight on a ring", eight, 2),
        ("six in 8 dimensions", drawn(3, 6, 8, 0.4), 8),
        ("twenty in 64 dimensions", drawn(4, 20, 64, 0.5), 64),
    )


def grid_named(name: str, steps: int) -> TimeGrid:
    """steps + 1 levels from TOP to BOTTOM, even in log r, its 7th root or r / (1 + r), with r = sigma / alpha."""
    bends = {
        "log_snr": (math.log, math.exp),
        "karras": (lambda r: r ** (1 / 7), lambda u: u**7),
        "uniform": (lambda r: r / (1 + r), lambda u: u / (1 - u)),
    }
    bend, back = bends[name]
    high, low = bend(TOP), bend(BOTTOM)
    return [SCHEDULE.at_ratio(back(high + (low - high) * i / steps)) for i in range(steps + 1)]


def variants(card: SamplerCard) -> Iterator[tuple[str, SolverSettings]]:
    """Each order of those that can be told one."""
    order = next((option for option in card.settings if option.setting == "order"), None)
    if order is None:
        yield card.name, SolverSettings()
        return
    for each in range(2, int(order.high) + 1):
        yield f"{card.name}, order {each}", SolverSettings(order=each)


def error(name: str, solver: SolverSettings, steps: int, grid_name: str, model: GaussianMixture, size: int) -> float:
    grid = grid_named(grid_name, steps)
    start = _start(grid[0], size)
    sampler = sampler_named(name, schedule=SCHEDULE, solver=solver)
    *_, end = sampler(model, start, grid, Noise(range(ROWS), (size,)))
    return float((end.x - _truth(model, size)).square().mean().sqrt())


def _start(level: Level, size: int) -> Tensor:
    generator = torch.Generator().manual_seed(11)
    return math.hypot(level.alpha, level.sigma) * torch.randn(ROWS, size, generator=generator, dtype=torch.float64)


_TRUTHS: dict[int, Tensor] = {}


def _truth(model: GaussianMixture, size: int) -> Tensor:
    if id(model) not in _TRUTHS:
        grid = grid_named("karras", 2000)
        *_, end = sampler_named("rk4", schedule=SCHEDULE)(model, _start(grid[0], size), grid, Noise((0,), (size,)))
        _TRUTHS[id(model)] = end.x
    return _TRUTHS[id(model)]


def table(grid_name: str) -> dict[str, dict[int, float]]:
    """Sampler -> evaluations -> error, the geometric mean over the mixtures."""
    models = mixtures()
    rows = dict[str, dict[int, float]]()
    for card in CARDS:
        if (card.stochastic and card.name != "ddim") or card.varies:
            continue
        for label, solver in variants(card):
            rows[label] = {}
            for evaluations in EVALUATIONS:
                steps = (evaluations - card.once) // card.evaluations_per_step
                if steps:
                    logs = [math.log(error(card.name, solver, steps, grid_name, *model[1:])) for model in models]
                    rows[label][evaluations] = math.exp(sum(logs) / len(logs))
    return rows


def report() -> Iterator[str]:
    yield "# Error by evaluations"
    yield ""
    yield "Made by `python packaging/bench/error_by_evaluations.py --out docs/sampler_errors.md`; not written by hand."
    yield __doc__.split("\n\n")[2].replace("\n", " ").strip()
    yield ""
    yield "Mixtures: " + "; ".join(name for name, *_ in mixtures()) + ". Deterministic samplers alone: one with fresh"
    yield "noise ends elsewhere by nature. Empty: not even one step."
    best = dict[int, tuple[float, str]]()
    base = dict[int, float]()
    for grid_name in ("log_snr", "karras", "uniform"):
        rows = table(grid_name)
        yield ""
        yield f"## Grid even in {grid_name}"
        yield ""
        yield "| sampler | " + " | ".join(str(count) for count in EVALUATIONS) + " |"
        yield "|---|" + "---|" * len(EVALUATIONS)
        for label, errors in sorted(rows.items(), key=lambda row: row[1].get(10, math.inf)):
            cells = (f"{errors[count]:.2e}" if count in errors else "" for count in EVALUATIONS)
            yield f"| {label} | " + " | ".join(cells) + " |"
        yield ""
        for count in GOAL_AT:
            label, least = min(((name, errors[count]) for name, errors in rows.items()), key=lambda row: row[1])
            ratio = least / rows["dpmpp_2m"][count]
            met = "met" if ratio <= GOAL else "missed"
            yield f"At {count}: best {label}, {ratio:.2f} of dpmpp_2m's error on this grid (goal {GOAL}: {met})."
            base[count] = min(base.get(count, math.inf), rows["dpmpp_2m"][count])
            best[count] = min(best.get(count, (math.inf, "")), (least, f"{label} on {grid_name}"))
    yield ""
    yield "## The best of all grids"
    yield ""
    for count in GOAL_AT:
        least, label = best[count]
        met = "met" if least / base[count] <= GOAL else "missed"
        yield f"At {count}: {label}, {least / base[count]:.2f} of dpmpp_2m's on the best grid for that (goal: {met})."


def main() -> None:
    parser = argparse.ArgumentParser(description="Error by evaluations on exact mixtures.")
    parser.add_argument("--out", type=Path, help="a Markdown file to write")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    lines = list[str]()
    for line in report():
        print(line, flush=True)
        lines.append(line)
    if out:
        out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
