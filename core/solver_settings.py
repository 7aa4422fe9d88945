"""What a sampler can be told beside eta. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import RequestError
from core.grid_settings import MAX_SIGMA


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """What a sampler can be told beside eta. None is its own; one that takes no such option ignores it.

    order: how many guesses a multistep method combines. churn: noise added over the run, before it is taken away.
    sigma_low, sigma_high: the range of sigma / alpha in which churn or restarts act. restarts: how often. snr: noise
    against score in a Langevin step. gamma: how much of the way up is fresh noise. tolerance: the error that an
    adaptive step may make.
    `core.samplers.cards` tells who takes which, and the range that it can be set in.
    """

    order: int | None = None
    churn: float | None = None
    sigma_low: float | None = None
    sigma_high: float | None = None
    restarts: int | None = None
    snr: float | None = None
    gamma: float | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in SOLVER_RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                said = name.replace("_", " ")
                raise RequestError(f"{said} {value:g} is out of range; it must lie in {low:g} to {high:g}")
        if self.sigma_low is not None and self.sigma_high is not None and self.sigma_low > self.sigma_high:
            raise RequestError(f"sigma low {self.sigma_low:g} is above sigma high {self.sigma_high:g}; lower it")


SOLVER_RANGES: dict[str, tuple[float, float]] = {
    "order": (1, 4),
    "churn": (0.0, 1000.0),
    "sigma_low": (0.0, MAX_SIGMA),
    "sigma_high": (0.0, MAX_SIGMA),
    "restarts": (0, 10),
    "snr": (0.0, 0.99),
    "gamma": (0.0, 1.0),
    "tolerance": (1e-8, 0.5),
}


WHOLE_SETTINGS = ("order", "restarts")
"""Of SolverSettings: those that are counted."""


def write_solver(solver: SolverSettings) -> str:
    """ "order=2,churn=40", of what is told, exactly."""
    told = ((name, getattr(solver, name)) for name in SOLVER_RANGES)
    return ",".join(f"{name}={value!r}" for name, value in told if value is not None)


def read_solver(text: str) -> SolverSettings:
    """ "order=2,churn=40" -> SolverSettings. Raises RequestError."""
    told = dict[str, float]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = part.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or name not in SOLVER_RANGES:
            raise RequestError(f"{part!r} is not NAME=VALUE; the names are {', '.join(SOLVER_RANGES)}")
        try:
            told[name] = int(value) if name in WHOLE_SETTINGS else float(value)
        except ValueError:
            kind = "a whole number" if name in WHOLE_SETTINGS else "a number"
            raise RequestError(f"{name} {value.strip()!r} is not {kind}; give for example order=2") from None
    return SolverSettings(**told)  # pyright: ignore[reportArgumentType]
