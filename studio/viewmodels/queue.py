"""The queue: what runs, waits, and ended, in this session or an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from core.jobs.event import Cause
from core.models.card import ModelCard
from studio.viewmodels import wording
from studio.viewmodels.run import OPEN, Frame, Phase, Run, RunBarInputs, derive_run_bar

ENDED_SHOWN = 12
"""Rows of jobs that ended; the latest."""

REASONS: dict[Cause, str] = {
    "memory": "Ran out of memory",
    "not_finite": "Broke up",
    "model_file": "The model can't be read",
    "disk": "The disk was full",
    "device": "The graphics device was lost",
    "request": "Can't be made as asked",
    "other": "Stopped",
}


class Offer(Enum):
    """What a row's button does."""

    NONE = ""
    CANCEL = "Cancel this job"
    REMEDY = "Remedy…"
    RESUME = "Resume"


@dataclass(frozen=True, slots=True)
class QueueInputs:
    """runs: those that wait in the order in which they come to work. seconds: that each of them will take, where known.

    cards: of the installed models.
    """

    runs: tuple[Run, ...] = ()
    paused: bool = False
    seconds: tuple[tuple[str, float], ...] = ()
    cards: tuple[ModelCard, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueRow:
    """tone: a text token. fraction: of the bar, −1 for none. time: left for the running job, in all for a waiting one.

    look: the latest one at hand. movable: it waits. ended: it may be taken off the list. says: all of it, for screen
    readers.
    """

    job_id: str
    title: str
    state: str
    tone: str
    fraction: float
    time: str
    offer: Offer
    movable: bool
    ended: bool
    look: Frame | None
    says: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """open: jobs that run or wait. fraction: of the running one. total: how long all of it will take, in words."""

    open: int
    fraction: float
    rows: tuple[QueueRow, ...]
    paused: bool
    finished: int
    total: str
    footer: str


def derive_queue(inputs: QueueInputs) -> QueueView:
    """The running job first, then those that wait, then the latest that ended."""
    waiting = [run for run in inputs.runs if run.phase is Phase.WAITING]
    running = [run for run in inputs.runs if run.phase is Phase.RUNNING]
    ended = [run for run in reversed(inputs.runs) if run.phase not in OPEN]
    return QueueView(
        open=len(waiting) + len(running),
        fraction=running[0].done / running[0].total if running and running[0].total else 0.0,
        rows=tuple(_row(run, inputs) for run in (*running, *waiting, *ended[:ENDED_SHOWN])),
        paused=inputs.paused,
        finished=len(ended),
        total=_total(inputs, running, waiting),
        footer=_footer(waiting, ended),
    )


def seconds_left(run: Run) -> float | None:
    """Of a running job, at its own pace; None before that can be trusted."""
    return derive_run_bar(RunBarInputs(run)).seconds_left


def _total(inputs: QueueInputs, running: list[Run], waiting: list[Run]) -> str:
    """Of the jobs whose time is known; what is not, is said."""
    if not running and not waiting:
        return "paused" if inputs.paused else ""
    known = dict(inputs.seconds)
    times = [*(seconds_left(run) for run in running), *(known.get(run.job_id) for run in waiting)]
    measured = [seconds for seconds in times if seconds is not None]
    held = "paused, " if inputs.paused else ""
    if not measured:
        return f"{held}not timed yet"
    whole = f"{wording.about(sum(measured))} in all" if len(measured) == len(times) else ""
    return held + (whole or f"{wording.about(sum(measured))} and {len(times) - len(measured)} not timed yet")


def _footer(waiting: list[Run], ended: list[Run]) -> str:
    if len(waiting) > 1:
        return "Drag to reorder. Delete removes."
    return "Delete removes." if waiting or ended else ""


def _row(run: Run, inputs: QueueInputs) -> QueueRow:
    asked = run.request or run.repeats
    title = wording.shortened(asked.prompt, 90) if asked else ""
    title = title[:1].upper() + title[1:] or "No prompt"
    title = run.race or (f"Again: {title}" if run.repeats else title)
    pictures = "grid" if run.sweep else "race" if run.race else wording.count(run.count, "picture")
    state, tone, fraction, time, offer = pictures, "tx2", -1.0, "", Offer.NONE
    match run.phase:
        case Phase.RUNNING:
            unit = "evaluation" if run.race and not run.sweep else "step"
            at = f"{'paused at ' if inputs.paused else ''}{unit} {run.done} of {run.total}"
            state, tone = f"{pictures}, {at if run.total else 'getting ready'}", "acc"
            fraction = run.done / run.total if run.total else 0.0
            left = seconds_left(run)
            time, offer = wording.seconds(left) if left is not None and not inputs.paused else "", Offer.CANCEL
        case Phase.WAITING:
            seconds = dict(inputs.seconds).get(run.job_id)
            state, offer = ", ".join((pictures, _model(run, inputs.cards))).removesuffix(", "), Offer.CANCEL
            time = wording.seconds(seconds if seconds < 10 else round(seconds)) if seconds is not None else ""
        case Phase.DONE:
            state = f"{pictures}, done in {wording.seconds(run.seconds)}"
        case Phase.CANCELLED:
            state, tone, offer = _cancelled(run), "tx3", Offer.RESUME
        case Phase.FAILED:
            state, tone, offer = _failed(run), "err", Offer.REMEDY
    says = ", ".join(part for part in (title, state, time) if part)
    return QueueRow(
        job_id=run.job_id,
        title=title,
        state=state,
        tone=tone,
        fraction=fraction,
        time=time,
        offer=offer,
        movable=run.phase is Phase.WAITING,
        ended=run.phase not in OPEN,
        look=run.frames[-1] if run.frames else None,
        says=says,
    )


def _model(run: Run, cards: tuple[ModelCard, ...]) -> str:
    wanted = run.request.model_id if run.request else ""
    return next((card.title for card in cards if card.id == wanted), wanted)


def _cancelled(run: Run) -> str:
    if not run.done:
        return "Cancelled before it began"
    kept = f", {wording.count(len(run.produced), 'picture')} kept" if run.produced else ", kept"
    return f"Cancelled at step {run.done}{kept}"


def _failed(run: Run) -> str:
    reason = REASONS[run.failure.cause] if run.failure else REASONS["other"]
    return f"{reason} at step {run.done + 1}" if run.done else reason
