"""The queue: what runs, waits, and ended in this window."""

from __future__ import annotations

from dataclasses import dataclass

from studio.viewmodels import wording
from studio.viewmodels.run import OPEN, Phase, Run


@dataclass(frozen=True, slots=True)
class QueueInputs:
    runs: tuple[Run, ...] = ()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """tone: a text token. fraction: of the bar, −1 for none."""

    job_id: str
    title: str
    state: str
    tone: str
    fraction: float
    cancellable: bool


@dataclass(frozen=True, slots=True)
class QueueView:
    """open: jobs that run or wait. fraction: of the running one."""

    open: int
    fraction: float
    rows: tuple[QueueRow, ...]
    paused: bool
    finished: int


def derive_queue(inputs: QueueInputs) -> QueueView:
    """The running job first, then those that wait, then the latest that ended."""
    waiting = [run for run in inputs.runs if run.phase is Phase.WAITING]
    running = [run for run in inputs.runs if run.phase is Phase.RUNNING]
    ended = [run for run in reversed(inputs.runs) if run.phase not in OPEN]
    return QueueView(
        open=len(waiting) + len(running),
        fraction=running[0].done / running[0].total if running and running[0].total else 0.0,
        rows=tuple(_row(run, inputs.paused) for run in (*running, *waiting, *ended[:6])),
        paused=inputs.paused,
        finished=len(ended),
    )


def _row(run: Run, paused: bool) -> QueueRow:
    title = wording.shortened(run.request.prompt, 60) if run.request else ""
    pictures = wording.count(run.count, "picture")
    state, tone, fraction = pictures, "tx2", -1.0
    match run.phase:
        case Phase.RUNNING:
            at = f"{'paused at ' if paused else ''}step {run.done} of {run.total}" if run.total else "getting ready"
            state, tone, fraction = f"{pictures}, {at}", "acc", run.done / run.total if run.total else 0.0
        case Phase.WAITING:
            state = f"{pictures}, waiting"
        case Phase.DONE:
            state = f"{pictures}, done in {wording.seconds(run.seconds)}"
        case Phase.CANCELLED:
            state = f"Cancelled at step {run.done}"
        case Phase.FAILED:
            state, tone = wording.shortened(run.sentence, 70), "err"
    return QueueRow(run.job_id, title or "No prompt", state, tone, fraction, run.phase in OPEN)
