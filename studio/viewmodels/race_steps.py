"""A step of a lane as the Compare mode shows it: as it was told while the race ran, or as its record has it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compare.figures import RunFigures
from core.jobs.event import LaneStepped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class LaneStep:
    """step of total, from 1. log_snr: of the state, inf at clean data. evaluated: that of each evaluation so far, None
    at pure noise. clean: (H, W, 3) uint8 sRGB, None where no look of it was kept.
    """

    step: int
    total: int
    log_snr: float
    error: float
    evaluated: tuple[float | None, ...]
    clean: np.ndarray | None


def told(event: LaneStepped) -> LaneStep:
    """What a running race says of a lane, without the noisy state."""
    return LaneStep(event.step, event.total, event.log_snr, event.error, event.evaluated, event.clean)


def recorded(run: RunFigures, looks: Sequence[np.ndarray], picture: np.ndarray | None) -> tuple[LaneStep, ...]:
    """The steps of a run from its figures. looks: of the steps before the last, or none. picture: its end."""
    shown = [*(looks or [None] * (len(run.path) - 1)), picture]
    return tuple(
        LaneStep(
            figures.step,
            run.steps,
            math.inf if figures.log_snr is None else figures.log_snr,
            figures.error,
            run.evaluated[: figures.evaluations],
            clean,
        )
        for figures, clean in zip(run.path, shown, strict=True)
    )
