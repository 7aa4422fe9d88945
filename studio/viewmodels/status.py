"""The status bar: state, hints for this view, memory."""

from __future__ import annotations

from dataclasses import dataclass

from studio.viewmodels import wording
from studio.viewmodels.run import Phase, Run

Hints = tuple[tuple[tuple[str, ...], str], ...]
"""Ids of actions, whose keys are shown, or keys that are no action's; and what they do together."""

CREATE_HINTS: Hints = (
    (("step_back", "step_on"), "step back or on"),
    (("play",), "play trajectory"),
    (("look",), "clean / noisy"),
)
HISTORY_HINTS: Hints = (
    (("open_in_create",), "open in Create"),
    (("favourite",), "favourite"),
    (("delete",), "to the bin"),
)
COMPARE_HINTS: Hints = (
    (("step_back", "step_on"), "move scrubber"),
    (("side_a_1", "remedy_2", "remedy_3", "side_a_4", "side_a_5", "side_a_6"), "choose A"),
    (tuple(f"side_b_{lane}" for lane in range(1, 7)), "choose B"),
    (("swap_sides",), "swap"),
)
GRID_HINTS: Hints = (
    (("Arrows",), "move"),
    (("Enter",), "open in Create"),
    (("step_back", "step_on"), "sheet"),
)
PLANE_HINTS: Hints = (
    (("step_back", "step_on"), "time back or on"),
    (("play",), "play"),
    (("draw",), "draw"),
)
SCHEDULE_HINTS: Hints = (
    (("look",), "σ, log-SNR, steps"),
    (("step_back", "step_on"), "along the curve"),
    (("use_grid",), "use in Create"),
)
BIN_HINTS: Hints = (
    (("restore",), "restore"),
    (("purge",), "delete for good"),
    (("bin",), "leave the bin"),
)
ERROR_HINTS: Hints = ((("retry",), "take the first remedy"), (("undo",), "undo the last change"))
FIRST_HINTS: Hints = (
    (("generate",), "generate"),
    (("palette",), "find anything"),
    (("shortcuts",), "all shortcuts"),
)


@dataclass(frozen=True, slots=True)
class StatusInputs:
    """run: the one the status speaks of. memory: (used, total) bytes, None where it can't be read.

    mode: whose hints are shown; "bin" is the History mode's view of it.
    """

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
    hints: Hints
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
    usual = ERROR_HINTS if failed else FIRST_HINTS if inputs.first else CREATE_HINTS
    own = {
        "history": HISTORY_HINTS,
        "bin": BIN_HINTS,
        "compare": COMPARE_HINTS,
        "compare/grid": GRID_HINTS,
        "compare/schedules": SCHEDULE_HINTS,
        "plane": PLANE_HINTS,
    }
    hints = own.get(inputs.mode, usual)
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
        case Phase.RUNNING if run.sweep and not inputs.paused:
            return (f"Grid: {run.note}" if run.total else "Grid, getting ready"), "dot", "acc"
        case Phase.RUNNING if run.race and not inputs.paused:
            return (f"Racing: {run.note}" if run.total else "Racing, getting ready"), "dot", "acc"
        case Phase.RUNNING if inputs.paused and run.race:
            return f"{_kind(run)} paused", "pause", "warn"
        case Phase.RUNNING if run.training and not inputs.paused:
            at = f"step {wording.whole(run.done)} of {wording.whole(run.total)}" if run.total else "getting ready"
            return f"Training, {at}", "dot", "acc"
        case Phase.RUNNING if inputs.paused:
            return f"Paused at step {run.done}", "pause", "warn"
        case Phase.RUNNING if run.done:
            return f"Generating, step {run.done} of {run.total}", "dot", "acc"
        case Phase.RUNNING:
            return "Generating, getting ready", "dot", "acc"
        case Phase.DONE if run.race:
            return f"{_kind(run)} finished in {wording.seconds(run.seconds)}", "tick", "ok"
        case Phase.CANCELLED if run.sweep:
            return f"Grid cancelled, {wording.count(len(run.produced), 'cell')} kept", "square", "tx2"
        case Phase.CANCELLED if run.race:
            return "Race cancelled, what was measured is kept", "square", "tx2"
        case Phase.DONE:
            return f"Done in {wording.seconds(run.seconds)}", "tick", "ok"
        case Phase.CANCELLED:
            kept = f", {wording.count(len(run.produced), 'picture')} kept" if run.produced else ""
            return f"Cancelled at step {run.done}{kept}", "square", "tx2"
        case Phase.FAILED:
            return "Stopped: " + wording.shortened(run.sentence, 90), "error", "err"


def _kind(run: Run) -> str:
    return "Grid" if run.sweep else "Race"
