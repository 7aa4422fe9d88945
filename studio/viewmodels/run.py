"""A job as the window sees it: events folded into a frozen value, and what the run bar says of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from core.artifacts.artifact import FIRST_PROJECT
from core.jobs.event import (
    Cancelled,
    Done,
    Event,
    Failed,
    Notice,
    Planned,
    Preview,
    Produced,
    Progress,
    Queued,
    Remembered,
    Started,
)
from core.requests import ImageRequest
from studio.viewmodels import wording

if TYPE_CHECKING:
    import numpy as np

    from core.artifacts.artifact import Artifact

TRUSTED_STEPS = 3
"""The time left is withheld until so many steps are done."""


class Phase(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = (Phase.WAITING, Phase.RUNNING)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One look at a step, kept for the trajectory. clean, noisy: (B, H, W, 3) uint8 sRGB, never written to."""

    index: int
    total: int
    sigma: float
    log_snr: float
    clean: np.ndarray
    noisy: np.ndarray | None

    @property
    def octets(self) -> int:
        return self.clean.nbytes + (self.noisy.nbytes if self.noisy is not None else 0)


@dataclass(frozen=True, slots=True)
class Run:
    """All that is known of one job. done of total: steps. seconds: since it started.

    frames: looks at the batch at work, by rising index; its pictures are the job's from number `first` on.
    plans: layouts (scene JSON) by the number of the picture; never written to.
    earlier: (first, last look) of each batch before it. project: where its pictures go.
    repeats: of a job that makes a picture again, the request that made it; such a job has no request of its own.
    race: of a job of the Compare mode, what it races, in words; its steps are network evaluations.
    training: of a job of the 2D mode, what it trains, in words.
    sweep: such a job is no race but a grid of pictures; its steps are those of all cells.
    """

    job_id: str
    request: ImageRequest | None = None
    phase: Phase = Phase.WAITING
    ahead: int = 0
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    note: str = ""
    frames: tuple[Frame, ...] = ()
    first: int = 0
    earlier: tuple[tuple[int, Frame], ...] = ()
    produced: tuple[str, ...] = ()
    plans: dict[int, str] = field(default_factory=dict[int, str])
    notices: tuple[str, ...] = ()
    failure: Failed | None = field(default=None, repr=False)
    repeats: ImageRequest | None = None
    project: int = FIRST_PROJECT
    race: str = ""
    training: str = ""
    sweep: bool = False

    @property
    def apart(self) -> bool:
        """Whether another mode than Create looks after it."""
        return bool(self.race or self.training)

    @property
    def sentence(self) -> str:
        """Why it failed."""
        return self.failure.sentence if self.failure else ""

    @property
    def details(self) -> str:
        """The traceback of its failure."""
        return self.failure.details if self.failure else ""

    @property
    def count(self) -> int:
        """How many pictures the job makes."""
        return self.request.count if self.request else 1

    def clean_of(self, item: int) -> np.ndarray | None:
        """The newest look at a picture of the job, (H, W, 3); None before it is at work."""
        batches = (*self.earlier, *(((self.first, self.frames[-1]),) if self.frames else ()))
        for first, frame in reversed(batches):
            if first <= item < first + len(frame.clean):
                return frame.clean[item - first]
        return None


def fold(run: Run, event: Event) -> Run:
    """The run after one more event."""
    match event:
        case Queued(ahead=ahead):
            again = run if run.phase in OPEN else replace(run, phase=Phase.WAITING, done=0, seconds=0.0, failure=None)
            return replace(again, ahead=ahead)
        case Started():
            return replace(run, phase=Phase.RUNNING, ahead=0)
        case Progress():
            return replace(
                run,
                phase=Phase.RUNNING,
                done=event.done,
                total=event.total,
                seconds=event.seconds,
                note=event.note,
            )
        case Preview():
            frame = Frame(event.index, event.total, event.sigma, event.log_snr, event.clean, event.noisy)
            next_batch = bool(run.frames) and event.index < run.frames[-1].index
            kept = () if next_batch else tuple(old for old in run.frames if old.index < event.index)
            first = len(run.produced) if next_batch or not run.frames else run.first
            earlier = (*run.earlier, (run.first, run.frames[-1])) if next_batch else run.earlier
            total = run.total or event.total
            return replace(run, frames=(*kept, frame), first=first, earlier=earlier, total=total)
        case Planned(item=item, layout=layout):
            return replace(run, plans={**run.plans, item: layout})
        case Produced(artifact=artifact):
            # A job that goes on tells again of the pictures that it had made before.
            return replace(run, produced=tuple(dict.fromkeys((*run.produced, artifact.id))))
        case Notice(sentence=sentence):
            return replace(run, notices=(*run.notices, sentence))
        case Done(seconds=seconds):
            return replace(run, phase=Phase.DONE, seconds=seconds, done=run.total)
        case Cancelled(done=done, total=total):
            return replace(run, phase=Phase.CANCELLED, done=done, total=total)
        case Failed():
            return replace(run, phase=Phase.FAILED, failure=event)
        case Remembered(ended=ended):
            return replace(fold(run, ended.end), done=ended.done, total=ended.total)
        case _:
            return run


@dataclass(frozen=True, slots=True)
class RunBarInputs:
    """asked: the request that the settings make as they are now, None where they make none."""

    run: Run | None = None
    paused: bool = False
    asked: ImageRequest | None = None


@dataclass(frozen=True, slots=True)
class RunBarView:
    """fraction: of the ring, 0 to 1. note: what is forming. speed, left, so_far: figures; "" hides one.

    brief: the first two figures in words. changed: the settings are others now than this job's.
    seconds_left: None while unknown.
    """

    visible: bool
    fraction: float
    step: str
    headline: str
    note: str
    speed: str
    left: str
    so_far: str
    brief: str
    changed: bool
    cancellable: bool
    seconds_left: float | None = None


def derive_run_bar(inputs: RunBarInputs) -> RunBarView:
    """What the run bar under the picture says."""
    run = inputs.run
    if run is None or run.phase is not Phase.RUNNING:
        return RunBarView(False, 0.0, "", "", "", "", "", "", "", False, False)
    trusted = run.done >= TRUSTED_STEPS and run.seconds > 0
    pace = run.done / run.seconds if trusted else 0.0
    if run.sweep:
        headline = f"Grid, step {run.done} of {run.total}" if run.total else "Grid, getting ready"
    elif run.race:
        headline = f"Race, evaluation {run.done} of {run.total}" if run.total else "Race, getting ready"
    elif run.training and not inputs.paused:
        steps = f"step {wording.whole(run.done)} of {wording.whole(run.total)}"
        headline = f"Training, {steps if run.total else 'getting ready'}"
    elif inputs.paused:
        headline = f"Paused at step {run.done}"
    elif run.total and run.done:
        headline = f"Step {run.done} of {run.total}"
    else:
        headline = "Getting ready"
    left = wording.seconds((run.total - run.done) / pace) if pace and not inputs.paused else ""
    return RunBarView(
        visible=True,
        fraction=run.done / run.total if run.total else 0.0,
        step=str(run.done) if run.total else "",
        headline=headline,
        note=forming(run),
        speed=f"{pace:.1f}" if pace else "",
        left=left,
        so_far=wording.seconds(run.seconds) if run.done else "",
        brief=", ".join(words for words in (f"{left} left" if left else "", f"{pace:.1f} steps / s") if words and pace),
        changed=inputs.asked is not None and run.request is not None and not same_job(inputs.asked, run.request),
        cancellable=True,
        seconds_left=(run.total - run.done) / pace if pace else None,
    )


FORMING = ((-4.0, "laying out the picture"), (0.0, "shaping what is in it"), (math.inf, "sharpening edges and texture"))
"""Up to which log-SNR of the newest look what is decided there: coarse things at much noise, fine ones at little."""


def forming(run: Run) -> str:
    """What is forming, in a few words: the task's own, else what the noise at hand leaves open."""
    if not run.note.startswith("step "):
        return run.note
    return next(words for limit, words in FORMING if run.frames[-1].log_snr <= limit) if run.frames else ""


def same_job(asked: ImageRequest, running: ImageRequest) -> bool:
    """Whether two requests differ at most in the seed, which is drawn anew for each job."""
    return replace(asked, seed=running.seed) == running


def past_run(artifact: Artifact) -> Run:
    """The job of a picture that an earlier session made, as far as the picture tells."""
    request = artifact.recipe.request
    return Run(artifact.job_id, request, Phase.DONE, done=request.steps, total=request.steps, produced=(artifact.id,))
