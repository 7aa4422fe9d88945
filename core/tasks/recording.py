"""Every step of a run on its way to memory and disk. A disk that refuses costs the record, never the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from core.artifacts.kept_trajectory import TrajectoryCard, save_trajectory
from core.artifacts.readings import newest
from core.artifacts.recipe import state_hash
from core.artifacts.run_log import RunLog
from core.artifacts.trajectory import Glance, RunBatch, RunHead, RunItem, State, spread
from core.artifacts.trajectory_store import TrajectoryStore
from core.diffusion.level import Level
from core.dissection import Reading
from core.errors import TrajectoryError
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.jobs.event import Notice
from core.requests import ImageRequest
from core.tasks.environment import environment_of
from core.tasks.preparing import Plan

Writing = Callable[[RunLog, RunBatch], None]


def steps_kept(context: JobContext) -> TrajectoryStore:
    """Where a job's steps are kept: the engine's store, else one of the home's own."""
    return context.trajectories or TrajectoryStore(HomeFolder(context.home).trajectories)


class Recorder:
    """Keeps the steps of one job. store: None keeps their hashes alone, as for sketches."""

    def __init__(self, store: TrajectoryStore | None, head: RunHead) -> None:
        self.store = store
        self.head = head
        self._log: RunLog | None = None
        self._batch: RunBatch | None = None
        self._hashes: dict[int, list[str]] = {}
        self._problems: list[str] = []
        self._readings: list[Reading] = []

    @staticmethod
    def of(context: JobContext, head: RunHead, *, keep: bool = True) -> Recorder:
        """A recorder that has begun, or gone on. keep: off for sketches."""
        recorder = Recorder(steps_kept(context) if keep else None, head)
        recorder.start()
        return recorder

    def start(self) -> None:
        """Before the first batch."""
        if self.store is None:
            return
        try:
            self._log = self.store.start(self.head)
        except (OSError, TrajectoryError) as error:
            self._refused(error)

    def notices(self) -> Iterator[Notice]:
        """What went wrong since the last call."""
        while self._problems:
            yield Notice(self.head.job_id, self._problems.pop(0))

    def last(self, item: int) -> int:
        """The last step of a picture that a run can go on from; 0 where none is kept."""
        step = self._log.steps().get(item, 0) if self._log else 0
        while step and self._log and (self._state(item, step) is None):
            # Damaged: the whole steps before it still serve.
            self._log.forget_from(item, step)
            step -= 1
        return step

    def levels(self, item: int) -> tuple[Level, ...]:
        assert self._log is not None, "no step is kept"
        return self._log.levels(item)

    def state(self, item: int, step: int) -> State:
        """Raises TrajectoryError where it can't be read."""
        if self._log is None:
            raise TrajectoryError(f"step {step} of picture {item} is not kept; make the picture again")
        return self._log.state(item, step)

    def begin(self, items: Sequence[RunItem], levels: Sequence[Level], made: int) -> None:
        """A batch starts, or goes on after `made` steps that are kept already."""
        self._batch = RunBatch(tuple(items), tuple(levels))
        for item in items:
            self._hashes[item.index] = list(self._log.hashes(item.index, made)) if self._log and made else []
        self._write(lambda log, batch: log.add_batch(batch))

    def step(self, step: int, x: Tensor, x0: Tensor) -> None:
        """step: from 1, of the batch at work. x, x0: (B, *shape)."""
        assert self._batch is not None, "begin comes first"
        exact, guess = x.detach().float().cpu().contiguous(), x0.detach().float().cpu().contiguous()
        states = exact.numpy()
        hashes = [state_hash(row.tobytes()) for row in states]
        for item, hashed in zip(self._batch.items, hashes, strict=True):
            self._hashes[item.index].append(hashed)
        if self.store is None:
            return
        norm = spread(self._batch.levels[step])
        noisy, clean = (exact / norm).half().numpy(), guess.half().numpy()
        self.store.look(self.head.job_id, step, self._batch, noisy, clean)
        self._write(lambda log, _: log.add_step(step, states, guess.numpy(), hashes))

    def dissected(self, reading: Reading) -> None:
        """What was seen of guidance in a step of the batch at work."""
        self._readings.append(reading)
        self._write(lambda log, _: log.add_reading(reading))

    def readings(self) -> tuple[Reading, ...]:
        """All that were made since the job began, or went on."""
        return tuple(self._readings)

    def hashes(self, item: int) -> tuple[str, ...]:
        """Of each step's state so far."""
        return tuple(self._hashes[item])

    def glance(self, item: int, step: int) -> Glance:
        """A picture after a step. Raises TrajectoryError where it isn't kept."""
        if self.store is None:
            raise TrajectoryError("a sketch keeps no steps; make the picture in full")
        return self.store.glance(self.head.job_id, item, step)

    def save(self, card: TrajectoryCard, home: HomeFolder) -> None:
        """A picture's steps beside it, from what is kept."""
        try:
            glances = [self.glance(card.item, step) for step in range(1, len(card.levels))]
            seen = self.store.readings(self.head.job_id) if self.store is not None else ()
            own = [reading.alone(card.item) for reading in newest(seen, card.item)]
            save_trajectory(home.trajectory(card.artifact_id), card, glances, own)
        except (OSError, TrajectoryError) as error:
            self._problems.append(f"the steps of {card.artifact_id} can't be saved ({error}); the picture is kept")

    def close(self, *, ended: bool) -> None:
        """ended: every picture is made, so nothing is left to go on with."""
        if ended:
            self._write(lambda log, _: log.end())
        if self.store is not None:
            self.store.stop(self.head.job_id)

    def _state(self, item: int, step: int) -> State | None:
        try:
            return self.state(item, step)
        except TrajectoryError:
            return None

    def _write(self, write: Writing) -> None:
        if self._log is None or self._batch is None:
            return
        try:
            write(self._log, self._batch)
        except (OSError, TrajectoryError) as error:
            self._refused(error)

    def _refused(self, error: Exception) -> None:
        self._log = None
        self._problems.append(f"this run's steps can't be kept on disk ({error}); it goes on, but can't be resumed")


def head_of(context: JobContext, request: ImageRequest, plan: Plan) -> RunHead:
    return RunHead(
        context.job_id,
        request,
        context.registry.weights_used(request.model_id, request.guidance),
        environment_of(plan.model),
    )


def stacked(states: Sequence[State], device: torch.device) -> tuple[Tensor, Tensor]:
    """(x, x0), (B, *shape) each."""
    x = torch.stack([torch.from_numpy(state.x) for state in states])
    x0 = torch.stack([torch.from_numpy(state.x0) for state in states])
    return x.to(device), x0.to(device)
