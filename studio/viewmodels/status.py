"""The status bar: state, hints for this view, memory."""

from __future__ import annotations

from dataclasses import dataclass

from studio.viewmodels import wording
from studio.viewmodels.run import Phase, Run

CREATE_HINTS = (("J K", "step back or on"), ("V", "clean / noisy"), ("D", "new seed"))
HISTORY_HINTS = (("Enter", "open in Create"), ("S", "favourite"), ("Del", "to the bin"))
ERROR_HINTS = (("R", "take the first remedy"), ("Ctrl Z", "undo the last change"))
FIRST_HINTS = (("Ctrl Enter", "generate"), ("Ctrl K", "all commands"), ("?", "all shortcuts"))


@dataclass(frozen=True, slots=True)
class StatusInputs:
    """run: the one the status speaks of. memory: (used, total) bytes, None where it can't be read."""

    run: Run | None = None
    paused: bool = False
    ready: bool = False
    problem: str = ""
    first: bool = False
    memory: tuple[int, int] | None = None
    saved: bool = False
    mode: str = "create"


@dataclass(frozen=True, slots=True)
class StatusView:
    """mark: an icon's name; tone: a colour token."""

    words: str
    mark: str
    tone: str
    hints: tuple[tuple[str, str], ...]
    memory: str
    saved: str


def derive_status(inputs: StatusInputs) -> StatusView:
    """What the status bar says."""
    words, mark, tone = _state(inputs)
    failed = inputs.run is not None and inputs.run.phase is Phase.FAILED
    memory = ""
    if inputs.memory:
        used, total = (wording.gigabytes(octets) for octets in inputs.memory)
        memory = f"Memory {used} of {total} GB"
    hints = (
        HISTORY_HINTS
        if inputs.mode == "history"
        else ERROR_HINTS
        if failed
        else FIRST_HINTS
        if inputs.first
        else CREATE_HINTS
    )
    return StatusView(words, mark, tone, hints, memory, "Saved" if inputs.saved else "")


def _state(inputs: StatusInputs) -> tuple[str, str, str]:
    run = inputs.run
    if inputs.problem:
        return wording.shortened(inputs.problem, 90), "error", "err"
    if not inputs.ready:
        return "Opening", "ring", "tx3"
    if run is None:
        return ("Paused", "pause", "warn") if inputs.paused else ("Ready", "ring", "tx3")
    match run.phase:
        case Phase.WAITING:
            return f"Waiting, {run.ahead} ahead" if run.ahead else "Waiting", "ring", "tx3"
        case Phase.RUNNING if inputs.paused:
            return f"Paused at step {run.done}", "pause", "warn"
        case Phase.RUNNING if run.done:
            return f"Generating, step {run.done} of {run.total}", "dot", "acc"
        case Phase.RUNNING:
            return "Generating, getting ready", "dot", "acc"
        case Phase.DONE:
            return f"Done in {wording.seconds(run.seconds)}", "tick", "ok"
        case Phase.CANCELLED:
            kept = f", {wording.count(len(run.produced), 'picture')} kept" if run.produced else ""
            return f"Cancelled at step {run.done}{kept}", "square", "tx2"
        case Phase.FAILED:
            return "Stopped: " + wording.shortened(run.sentence, 90), "error", "err"
