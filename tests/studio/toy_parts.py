"""Small answers in place of those that the engine works out."""

from __future__ import annotations

import numpy as np

from core.errors import RequestError
from core.toy import ToyErrors, ToyField, ToyModel, ToyRequest, ToyRun

FRAMES = 49


def field_of(model: ToyModel | None = None, particles: int = 6, *, straightness: float = 0.5) -> ToyField:
    times = np.linspace(1.0, 0.0, FRAMES, dtype=np.float32)
    paths = np.linspace(np.full((particles, 2), 1.0), np.full((particles, 2), -1.0), FRAMES).astype(np.float32)
    density = np.tile(np.arange(16, dtype=np.uint8).reshape(4, 4), (FRAMES, 1, 1))
    return ToyField(
        times=times,
        log_snr=np.linspace(-5, 5, FRAMES, dtype=np.float32),
        density=density,
        exact_density=model is None or model.weights is None,
        arrows=np.ones((FRAMES, 3, 3, 2), np.float32),
        paths=paths,
        data=paths[-1],
        straightness=straightness,
        even_straightness=0.25,
        distance=0.125,
        floor=0.0625,
    )


def run_of(request: ToyRequest) -> ToyRun:
    """Heun makes half the steps and errs a third as much; an ancestral sampler draws noise."""
    heun, fresh = request.solver.sampler == "heun", request.solver.sampler.endswith("ancestral")
    steps = request.evaluations // 2 if heun else request.evaluations
    paths = np.linspace(np.ones((5, 2)), np.zeros((5, 2)), steps + 1)
    error = 0.1 if heun else 0.3
    return ToyRun(np.linspace(1.0, 0.0, steps + 1), paths, request.evaluations, error, 0.2, fresh)


def errors_of(request: ToyRequest) -> ToyErrors:
    power = 2.0 if request.solver.sampler == "heun" else 1.0
    counts = (4, 8, 16)
    return ToyErrors(counts, counts, tuple(count**-power for count in counts))


class SmallWorkshop:
    """Answers at once; a listed grid is refused."""

    def field(self, model: ToyModel, particles: int, seed: int = 0) -> ToyField:
        del particles, seed
        return field_of(model)

    def run(self, request: ToyRequest) -> ToyRun:
        if request.grid == "listed":
            raise RequestError("the list is too short")
        return run_of(request)

    def errors(self, request: ToyRequest) -> ToyErrors:
        return errors_of(request)
