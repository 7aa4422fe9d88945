"""The door to the 2-D twin, beside the engine's: what it answers, and who answers it. No torch here."""

from __future__ import annotations

from typing import Protocol, cast

from core.jobs.lookup import load
from core.jobs.torch_parts import complete_torch
from core.toy import ToyErrors, ToyField, ToyModel, ToyRequest, ToyRun

WORKSHOP = "core.tasks.toy:WORKSHOP"


class ToyWorkshop(Protocol):
    """Works out the 2-D twin on the caller's thread, which must not be a GUI thread. Raises NoisetteError kinds."""

    def field(self, model: ToyModel, particles: int, seed: int = 0) -> ToyField:
        """A model of the plane, looked at whole."""
        ...

    def run(self, request: ToyRequest) -> ToyRun:
        """One sampler's way with a model of the plane."""
        ...

    def errors(self, request: ToyRequest) -> ToyErrors:
        """How a sampler's error falls with its evaluations."""
        ...


def find_workshop() -> ToyWorkshop:
    """Import what works out the 2-D twin, the first time with torch: not for a GUI thread."""
    found = cast("ToyWorkshop", load(WORKSHOP))
    complete_torch()
    return found
