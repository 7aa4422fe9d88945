"""What a race measured, run by run, and what is told of a lane. No torch here.

A run is one lane on one seed with one budget of evaluations. Every error is the root-mean-square difference from the
reference at the same noise, in units of the spread of a state there, sqrt(alpha^2 + sigma^2).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.artifacts.recipe import Environment
from core.requests import CompareRequest


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one picture. network: in evaluations. solver: in the sampler beside them. decode: to pixels."""

    network: float
    solver: float
    decode: float

    @property
    def total(self) -> float:
        return self.network + self.solver + self.decode


@dataclass(frozen=True, slots=True)
class StepFigures:
    """After a step, from 1. evaluations: so far. log_snr: of the state, None at clean data."""

    step: int
    evaluations: int
    log_snr: float | None
    error: float


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the judge saw of a picture: so many of the prompt's constraints held."""

    held: int
    of: int

    @property
    def exact(self) -> bool:
        return self.held == self.of


@dataclass(frozen=True, slots=True)
class RunFigures:
    """One run. lane: from 0. budget: evaluations it might use; evaluations: those it used.

    fresh_noise: the sampler drew noise on its way, so it does not solve the reference's equation.
    evaluated: log-SNR of each evaluation in order, None at pure noise. path: of each step. Both, timing's decode and
    pixels_sha256 belong to the runs at the race's own budget; elsewhere they are empty.
    """

    lane: int
    seed: int
    budget: int
    steps: int
    evaluations: int
    error: float
    timing: Timing
    fresh_noise: bool
    pixels_sha256: str = ""
    wishes: Wishes | None = None
    path: tuple[StepFigures, ...] = ()
    evaluated: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceFigures:
    """A reference. lanes: measured against it. uncertainty: about how far it may be off itself, as an error.

    evaluations: that it took, once; seconds: in this race, 0 where it was kept from before.
    """

    seed: int
    lanes: tuple[int, ...]
    evaluations: int
    uncertainty: float
    seconds: float


def runs_of(request: CompareRequest) -> int:
    """How many runs a race has: one of each lane, budget and seed."""
    return len(request.lanes) * len(request.every_budget) * request.repeats


@dataclass(frozen=True, slots=True)
class RaceRecord:
    """All that was measured. `core.compare.summary` tells what follows."""

    request: CompareRequest
    names: tuple[str, ...]
    references: tuple[ReferenceFigures, ...]
    runs: tuple[RunFigures, ...]
    environment: Environment
    models: dict[str, str]
    """Title of each model by its id."""

    @property
    def wanted(self) -> int:
        """How many runs the whole race has."""
        return runs_of(self.request)

    @property
    def complete(self) -> bool:
        return len(self.runs) == self.wanted
