"""The strip under the picture: the clean guess over the noisy state, step by step, on the log-SNR ruler."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.run import Phase, Run
from studio.viewmodels.steps import Place, StepLook, Steps, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

RULER = (-9.0, 9.0)
"""The log-SNR span of the ruler; what lies beyond stands at its ends."""
EMPTY_HINT = "fills as a picture forms"
GONE_HINT = "the steps of this picture were not kept"


@dataclass(frozen=True, slots=True)
class TrajectoryInputs:
    """step: the number of the step on show, None for the newest. columns: how many fit.

    item: of the job. kept: so many of its steps can be fetched. fetched: those that were. exact: a run can go on
    from them.
    places: where each step stands. empty: what to say where there is nothing to show.
    """

    run: Run | None = None
    step: int | None = None
    item: int = 0
    columns: int = 12
    kept: int = 0
    exact: bool = False
    fetched: tuple[StepLook, ...] = ()
    places: tuple[Place, ...] = ()
    empty: str = EMPTY_HINT
    playing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column. number: of the step, from 1. clean, noisy: None where there is no look at it yet.

    reached: the step is made. log_snr: nan where it is not known.
    """

    number: int
    reached: bool
    log_snr: float
    clean: np.ndarray | None
    noisy: np.ndarray | None
    key: tuple[object, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Column) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class TrajectoryView:
    """current: the column on show, −1 for none. step: its number, 0 for none. last: the newest that can be shown.

    marks: the log-SNR after each step, () where it is not known. reached: steps made.

    changes: from which step to which, and by how much the clean guess changed: pixel levels (of 255) a unit of log-SNR.
    hill: the same as (log-SNR half-way, part of the most), 0 to 1. summit: where it is highest, in words.
    failed: steps to come will not. fault: because something went wrong.
    wanted: numbers of steps that should be fetched, the one on show first. branchable: one can go on from this step.
    """

    caption: str
    figures: str
    columns: tuple[Column, ...]
    current: int
    step: int
    last: int
    marks: tuple[float, ...]
    reached: int
    hill: tuple[tuple[float, float], ...]
    changes: tuple[tuple[int, int, float], ...]
    summit: str
    failed: bool
    fault: bool
    description: str
    pinned: bool
    wanted: tuple[int, ...]
    branchable: bool
    playing: bool


def derive_trajectory(inputs: TrajectoryInputs) -> TrajectoryView:
    """What the strip shows; at most `columns` columns, evenly spaced among the steps."""
    run, steps = inputs.run, steps_of(inputs.run, inputs.item, inputs.fetched, inputs.places)
    # Without looks there is nothing to show, unless they can be fetched or are about to come.
    coming = run is not None and run.phase in (Phase.WAITING, Phase.RUNNING)
    if run is None or not (steps.looks or coming or inputs.kept):
        return _nothing(inputs.empty)
    number = shown_number(steps, inputs.step, run.phase)
    if not inputs.kept and steps.look(number) is None:
        stand_in = steps.nearest(number)
        number = stand_in.number if stand_in else 0
    numbers = _with_current(spread(steps.total, inputs.columns), number, steps.reached)
    columns = _columns(steps, numbers, number)
    if run.phase is Phase.DONE and not inputs.kept:
        columns = tuple(column for column in columns if column.clean is not None)
    changes = _changes(steps)
    current = next((at for at, column in enumerate(columns) if column.number == number), -1)
    # While a job runs, what was learnt of its steps lags behind.
    reachable = max(steps.reached, inputs.kept) if coming else inputs.kept
    ask = (number, *numbers) if number else numbers
    wanted = tuple(dict.fromkeys(n for n in ask if n <= reachable and steps.look(n) is None))
    return TrajectoryView(
        caption=_caption(steps, numbers, columns, inputs),
        figures=_figures(steps, number),
        columns=columns,
        current=current,
        step=number,
        last=max(reachable, steps.newest) if inputs.kept else steps.newest,
        marks=_marks(steps.places),
        reached=max(steps.reached, number),
        hill=_hill(steps, changes),
        changes=changes,
        summit=_summit(steps, changes),
        failed=run.phase in (Phase.FAILED, Phase.CANCELLED),
        fault=run.phase is Phase.FAILED,
        description=_description(steps, number),
        pinned=inputs.step is not None,
        wanted=wanted if inputs.kept else (),
        branchable=inputs.exact and 0 < number <= max(inputs.kept, steps.reached),
        playing=inputs.playing,
    )


def shown_number(steps: Steps, step: int | None, phase: Phase) -> int:
    """The number of the step on show: the one asked for, else the newest look, and the last of a run that is done."""
    if step is not None:
        return min(max(step, 1), max(steps.reached, steps.newest))
    if phase is Phase.DONE:
        return steps.total
    return steps.newest if steps.looks else 0


def ruler_place(log_snr: float) -> float:
    """Where a log-SNR stands on the ruler, 0 to 1."""
    low, high = RULER
    return min(max((log_snr - low) / (high - low), 0.0), 1.0)


def ruler_value(place: float) -> float:
    """The log-SNR at a place of the ruler."""
    low, high = RULER
    return low + min(max(place, 0.0), 1.0) * (high - low)


def nearest(made: tuple[float, ...], place: float) -> int:
    """The number of the step whose mark, of those made, stands nearest to a place on the ruler; 0 for none."""
    gaps = [abs(ruler_place(log_snr) - place) for log_snr in made]
    return gaps.index(min(gaps)) + 1 if gaps else 0


def stride_of(total: int, columns: int) -> int:
    """Every how many-th step is shown."""
    return max(-(-total // max(columns, 1)), 1)


def spread(total: int, columns: int) -> tuple[int, ...]:
    """Numbers of at most `columns` steps, evenly spaced from the first; the last step is always among them."""
    numbers = list(range(1, total + 1, stride_of(total, columns)))
    if numbers and numbers[-1] != total:
        if len(numbers) < columns:
            numbers.append(total)
        else:
            numbers[-1] = total
    return tuple(numbers)


def _with_current(numbers: tuple[int, ...], current: int, reached: int) -> tuple[int, ...]:
    """The nearest number gives way to the current one; of two as near, the one that lies ahead."""
    if not current or current in numbers or not numbers:
        return numbers
    ahead = next((n for n in numbers if n > current), None)
    # While steps are made, the next outline shows what has just come, and columns that are filled stay as they are.
    gone = ahead if ahead is not None and ahead > reached else min(numbers, key=lambda n: (abs(n - current), -n))
    return tuple(sorted({*numbers, current} - {gone}))


def _columns(steps: Steps, numbers: tuple[int, ...], current: int) -> tuple[Column, ...]:
    """Where a look is not at hand its neighbour stands in, if no other column shows that."""
    exact = {number: steps.look(number) for number in numbers}
    free = [look for look in steps.looks if look.number not in numbers]
    columns: list[Column] = []
    for number in numbers:
        look = exact[number]
        if look is None and number <= steps.reached and number != current:
            low = columns[-1].number if columns else 0
            high = min((n for n in numbers if n > number), default=steps.total + 1)
            between = [other for other in free if low < other.number < high]
            look = min(between, key=lambda other: abs(other.number - number), default=None)
        columns.append(_column(steps, number, look))
    return tuple(columns)


def _column(steps: Steps, number: int, look: StepLook | None) -> Column:
    number = look.number if look else number
    place, reached = steps.place(number), number <= steps.reached
    log_snr = place[1] if place else math.nan
    if look is None:
        return Column(number, reached, log_snr, None, None, ("none", number, reached, log_snr))
    return Column(number, reached, log_snr, look.clean, look.noisy, (*look.key, number, log_snr))


def _caption(steps: Steps, numbers: tuple[int, ...], columns: tuple[Column, ...], inputs: TrajectoryInputs) -> str:
    stride = stride_of(steps.total, inputs.columns)
    shown = sum(column.clean is not None for column in columns)
    made = sum(number <= steps.reached for number in numbers)
    if shown < made and not inputs.kept:
        return f"{shown} of {steps.total} steps were looked at, placed by log-SNR below"
    if stride == 1:
        return f"{wording.count(steps.total, 'step')}, placed by log-SNR below"
    return f"every {wording.ordinal(stride)} of {steps.total} steps, placed by log-SNR below"


def _figures(steps: Steps, number: int) -> str:
    place = steps.place(number)
    if not number:
        return ""
    if place is None:
        return f"step {number}"
    return f"step {number}   σ {wording.sigma(place[0])}   log-SNR {wording.signed(place[1], 2)}"


def _description(steps: Steps, number: int) -> str:
    place = steps.place(number)
    if not number:
        return "No step yet"
    words = f"Step {number} of {steps.total}"
    return f"{words}, log-SNR {wording.signed(place[1])}" if place else words


@lru_cache(maxsize=4)
def _marks(places: tuple[Place, ...]) -> tuple[float, ...]:
    """The same marks for the same places, which a run keeps from its first step to its last."""
    return tuple(log_snr for _, log_snr in places)


def _changes(steps: Steps) -> tuple[tuple[int, int, float], ...]:
    """Between neighbouring looks: how many levels of 255 the clean guess moved, in the mean, a unit of log-SNR."""
    pairs: list[tuple[StepLook, StepLook, float]] = []
    for before, after in pairwise(steps.looks):
        start, end = steps.place(before.number), steps.place(after.number)
        if start is None or end is None or math.isinf(start[1]) or math.isinf(end[1]) or end[1] <= start[1]:
            continue
        if before.clean.shape == after.clean.shape:
            pairs.append((before, after, end[1] - start[1]))
    moved = _levels_between([(before, after) for before, after, _ in pairs])
    return tuple(
        (before.number, after.number, levels / apart)
        for (before, after, apart), levels in zip(pairs, moved, strict=True)
    )


def _levels_between(pairs: Sequence[tuple[StepLook, StepLook]]) -> list[float]:
    """How many levels of 255 lie between two clean guesses of one shape, in the mean over every fourth pixel."""
    import numpy as np

    if len({before.clean.shape for before, _ in pairs}) > 1:
        return [levels for pair in pairs for levels in _levels_between([pair])]
    if not pairs:
        return []
    # All pairs at once: a call of numpy costs more than its numbers here.
    before, after = (np.stack([pair[side].clean[::4, ::4] for pair in pairs]).astype(np.int16) for side in (0, 1))
    return np.abs(after - before).mean((1, 2, 3)).tolist()


def _hill(steps: Steps, changes: tuple[tuple[int, int, float], ...]) -> tuple[tuple[float, float], ...]:
    """The changes half-way between their looks; the most is 1."""
    most = max((change for _, _, change in changes), default=0.0)
    places = steps.places
    middles = ((places[before - 1][1] + places[after - 1][1]) / 2 for before, after, _ in changes)
    return tuple((x, change / most) for x, (_, _, change) in zip(middles, changes, strict=True)) if most else ()


def _summit(steps: Steps, changes: tuple[tuple[int, int, float], ...]) -> str:
    if len(changes) < 2:
        return ""
    before, after, _ = max(changes, key=lambda change: change[2])
    there = wording.signed(steps.places[after - 1][1])
    return f"the clean guess changed most from step {before} to {after}, up to log-SNR {there}"


def _nothing(caption: str) -> TrajectoryView:
    return TrajectoryView(
        caption=caption,
        figures="",
        columns=(),
        current=-1,
        step=0,
        last=0,
        marks=(),
        reached=0,
        hill=(),
        changes=(),
        summit="",
        failed=False,
        fault=False,
        description="No trajectory",
        pinned=False,
        wanted=(),
        branchable=False,
        playing=False,
    )
