"""What a task may ask of the engine while it runs."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.artifacts.artifact import FIRST_PROJECT
from core.artifacts.trajectory_store import TrajectoryStore
from core.history.store import HistoryStore
from core.history.strips import StripShelf
from core.jobs.gate import Gate
from core.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class JobContext:
    """job_id: to put into events. home: the user's Noisette folder. clock: seconds, never going back.

    trajectories: where steps are kept, strips: where those of races are; None for the home's own. measured: how many
    batches of each kind were measured.
    project: what is made belongs to it. dissects: while it is set, steps tell what guidance did in them.
    """

    job_id: str
    home: Path
    history: HistoryStore
    registry: ModelRegistry
    gate: Gate = field(default_factory=Gate)
    clock: Callable[[], float] = time.perf_counter
    trajectories: TrajectoryStore | None = None
    measured: Counter[tuple[object, ...]] = field(default_factory=Counter[tuple[object, ...]])
    project: int = FIRST_PROJECT
    dissects: threading.Event = field(default_factory=threading.Event)
    strips: StripShelf | None = None

    def pause_point(self) -> None:
        """To be called before each network evaluation (or training step, or other piece of work that can't be split).

        Waits while the engine is paused. Raises JobInterrupted (let it pass) once the job is cancelled.
        """
        self.gate.pause_point()
