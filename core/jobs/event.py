"""What a job tells the world while it runs. Frozen values, safe across threads; no torch here.

Order of a job's life: Queued (again where it moves), Started, then any of Progress / Planned / Preview / Dissected /
Sketched / Produced / Measured / Compared / Notice, of a race LaneStepped and RaceMeasured too, of a sweep CellStepped
and CellMade, then exactly one of Done / Cancelled / Failed. One that is taken up again after its end begins a second
such life.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from core.artifacts.artifact import Artifact
    from core.compare.figures import RaceRecord
    from core.dissection import Reading
    from core.jobs.job import Job
    from core.sweeps.record import CellFigures
    from core.toy import ToyField

Cause = Literal["memory", "not_finite", "model_file", "disk", "device", "request", "other"]
"""Why a job failed, as far as a remedy depends on it. memory: there was too little. not_finite: the numbers broke up.
model_file: missing, damaged or not what its card says. disk: it is full. device: the graphics card is not there, or
went away. request: a value that can't be carried out."""


@dataclass(frozen=True, slots=True)
class Event:
    """job_id: the job this is about."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Queued(Event):
    """ahead: how many jobs come before this one. Sent again where it was moved, or was taken up after its end."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Started(Event):
    """The worker took the job."""


@dataclass(frozen=True, slots=True)
class Progress(Event):
    """done of total units of work (steps, iterations). seconds: since the job started.

    note: a few words on what is forming ("planning", "step 3"); extras: named figures (loss, images/s).
    """

    done: int
    total: int
    seconds: float
    note: str = ""
    extras: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class Planned(Event):
    """A layout was made or taken for a picture, before it is painted.

    item: which of the job's pictures, from 0. layout: a scene as JSON.
    """

    item: int
    layout: str


@dataclass(frozen=True, slots=True)
class Preview(Event):
    """A look at a step. clean, noisy: (B, H, W, 3) uint8 sRGB; never written to after it is sent.

    B: the pictures at work, in order; those that were Produced before are no longer among them.
    sigma, log_snr = log(alpha^2 / sigma^2): of the noisy state, after the step; log_snr is inf where sigma is 0.
    """

    index: int
    total: int
    sigma: float
    log_snr: float
    clean: np.ndarray
    noisy: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Dissected(Event):
    """What guidance did in the steps of the pictures at work, as far as they were made while that was asked for.

    readings: all of them so far, so the newest event says everything.
    """

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Sketched(Event):
    """What a network of the plane does after `step` of `total` training steps."""

    step: int
    total: int
    field: ToyField


@dataclass(frozen=True, slots=True)
class Produced(Event):
    """An artifact is on disk and in the history."""

    artifact: Artifact


@dataclass(frozen=True, slots=True)
class Measured(Event):
    """What a batch took on this computer, once its pictures are kept.

    batch: pictures at once. guided: guidance was on, be it for a part of the steps.
    guided_s, plain_s: seconds of one evaluation of the whole batch where guidance acts and where not, with the
        sampler's own work, the record and previews; None where no step was so.
    beside_s: seconds that one picture took beside its steps: planned, decoded, kept.
    peak_bytes: memory that it held at most, the model's weights with it; None where it was not measured.
    free_bytes: of a graphics card's memory, still to be had by this process; None on the CPU.
    """

    model_id: str
    width: int
    height: int
    device: str
    batch: int
    guided: bool
    guided_s: float | None
    plain_s: float | None
    beside_s: float | None
    peak_bytes: int | None
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Compared(Event):
    """An artifact was made again. sentence: the verdict, for the user.

    first_step: the first (from 1) after which the states differ, None where none does or the recipe keeps no hashes of
        its steps. step_difference: the largest of any element there, in units of the noisy state's spread, where the
        first run's steps are still at hand.
    different_pixels, largest_difference (of 255): of the finished pictures.
    within_tolerance: identical, or no further off than another machine or edition may bring about.
    """

    artifact_id: str
    identical: bool
    within_tolerance: bool
    different_pixels: int
    largest_difference: int
    sentence: str
    first_step: int | None = None
    step_difference: float | None = None


@dataclass(frozen=True, slots=True)
class LaneStepped(Event):
    """A lane of a race has made a step, of its first seed at the race's own budget.

    lane: from 0. step of total, from 1. evaluations: so far, each at the log-SNR that `evaluated` has for it (None at
    pure noise). log_snr: of the state, inf at clean data. error: to the reference at this noise, in units of the
    state's spread. clean, noisy: (H, W, 3) uint8 sRGB; the last step's `clean` is the finished picture.
    """

    lane: int
    step: int
    total: int
    log_snr: float
    error: float
    evaluated: tuple[float | None, ...]
    clean: np.ndarray
    noisy: np.ndarray


@dataclass(frozen=True, slots=True)
class RaceMeasured(Event):
    """What a race has measured so far; `complete` once nothing is left to run. file: where it is kept."""

    record: RaceRecord
    complete: bool
    file: str


@dataclass(frozen=True, slots=True)
class CellStepped(Event):
    """A look at the cell of a sweep that is at work. cell: from 0. step of total, from 1.

    clean: (H, W, 3) uint8 sRGB; never written to after it is sent.
    """

    cell: int
    step: int
    total: int
    clean: np.ndarray


@dataclass(frozen=True, slots=True)
class CellMade(Event):
    """A cell's picture is in the history; told of those, too, that an earlier life of the job had made."""

    artifact: Artifact
    figures: CellFigures


@dataclass(frozen=True, slots=True)
class Notice(Event):
    """A sentence the user should see, though the work goes on ("'velvet' is not in ...")."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Done(Event):
    seconds: float


@dataclass(frozen=True, slots=True)
class Cancelled(Event):
    """done of total steps had been made."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """sentence: what happened, for the user; details: the traceback, for a report.

    expected: one of our own errors, which the user can mend; False for a fault of the program.
    at_fault: the field of the request that `RequestError.field` names, "" for none.
    needed_bytes, free_bytes: of memory, where that was the cause and the figures are known.
    """

    sentence: str
    details: str = ""
    expected: bool = True
    cause: Cause = "other"
    needed_bytes: int | None = None
    free_bytes: int | None = None
    at_fault: str = ""


@dataclass(frozen=True, slots=True)
class EndedJob:
    """A job that was cancelled or failed, and may be taken up again.

    done of total steps had been made. at: when it ended, UTC in ISO form.
    """

    job: Job
    end: Cancelled | Failed
    done: int
    total: int
    at: str


@dataclass(frozen=True, slots=True)
class Remembered(Event):
    """A job of an earlier session that had ended; sent once, when the queue is brought back."""

    ended: EndedJob


@dataclass(frozen=True, slots=True)
class QueueHeld(Event):
    """All work was held, or goes on. About the engine, so it names no job."""

    held: bool


@dataclass(frozen=True, slots=True)
class Fault(Event):
    """Something in the engine itself broke; the work goes on. details: the traceback, for a report."""

    sentence: str
    details: str


TERMINAL = (Done, Cancelled, Failed)
