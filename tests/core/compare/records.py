"""Races for the tests of what follows from them: every number is given, none is measured."""

from __future__ import annotations

from core.artifacts.recipe import Environment
from core.compare.figures import RaceRecord, ReferenceFigures, RunFigures, StepFigures, Timing, Wishes
from core.compare.naming import lane_names
from core.requests import CompareRequest, ImageRequest, Lane

ENVIRONMENT = Environment("0", "3", "2", "Linux", "a processor", "cpu", "float32", 1)


def race(*samplers: str, **fields: object) -> CompareRequest:
    lanes = tuple(Lane(ImageRequest("a red cube", "mixture", sampler=sampler)) for sampler in samplers)
    return CompareRequest(lanes, **{"evaluations": 24, **fields})


def run(lane: int, error: float, *, seconds: float = 1.0, budget: int = 24, **fields: object) -> RunFigures:
    given: dict[str, object] = {
        "seed": 0,
        "steps": budget,
        "evaluations": budget,
        "timing": Timing(0.9 * seconds, 0.05 * seconds, 0.05 * seconds),
        "fresh_noise": False,
    }
    return RunFigures(lane=lane, budget=budget, error=error, **{**given, **fields})


def record(request: CompareRequest, *runs: RunFigures, uncertainty: float = 0.0) -> RaceRecord:
    lanes = tuple(range(len(request.lanes)))
    references = tuple(ReferenceFigures(seed, lanes, 999, uncertainty, 2.0) for seed in request.seeds)
    return RaceRecord(request, lane_names(request), references, runs, ENVIRONMENT, {"mixture": "Flat colours"})


def followed(lane: int, error: float) -> RunFigures:
    """A run with a path and a verdict."""
    path = (StepFigures(1, 1, -2.0, 0.5), StepFigures(2, 2, None, error))
    return run(lane, error, path=path, evaluated=(None, -2.0), wishes=Wishes(1, 2), pixels_sha256="ab" * 32)
