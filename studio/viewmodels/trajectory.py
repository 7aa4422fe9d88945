"""The strip under the picture: the clean guess over the noisy state, step by step, on the log-SNR ruler."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from studio.viewmodels import wording
from studio.viewmodels.run import Frame, Phase, Run

if TYPE_CHECKING:
    import numpy as np

RULER = (-9.0, 9.0)
"""The log-SNR span of the ruler; what lies beyond stands at its ends."""


@dataclass(frozen=True, slots=True)
class TrajectoryInputs:
    """step: the place among the run's frames on show, None for the newest. columns: how many fit.

    item: of the batch. kept: whether steps could be at hand at all.
    """

    run: Run | None = None
    step: int | None = None
    item: int = 0
    columns: int = 12
    kept: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column. place: among the frames, −1 where the step is yet to come. number: of the step, from 1."""

    place: int
    number: int
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
    """current: the column on show, −1 for none. marks: log-SNR of every step at hand. hill: (log-SNR, how much the
    clean guess changed there, 0 to 1). failed: steps to come will not.
    """

    caption: str
    figures: str
    columns: tuple[Column, ...]
    current: int
    marks: tuple[float, ...]
    hill: tuple[tuple[float, float], ...]
    failed: bool
    description: str
    pinned: bool


def derive_trajectory(inputs: TrajectoryInputs) -> TrajectoryView:
    """What the strip shows; at most `columns` columns, evenly spaced among the steps."""
    run = inputs.run
    if run is None or not (run.total or run.frames):
        caption = (
            "fills as a picture forms" if inputs.kept else "steps are kept for pictures made since the studio opened"
        )
        return TrajectoryView(caption, "", (), -1, (), (), False, "No trajectory", False)
    frames, total = run.frames, max(run.total, len(run.frames))
    ended = run.phase is Phase.DONE
    numbers = [frame.index + 1 for frame in frames] if ended else _even(total, inputs.columns)
    if ended:
        numbers = [numbers[i - 1] for i in _even(len(numbers), inputs.columns)]
    place = len(frames) - 1 if inputs.step is None else min(max(inputs.step, 0), len(frames) - 1)
    columns = _columns(frames, numbers, place, inputs.item, not ended)
    shown = frames[place] if frames else None
    current = next((i for i, column in enumerate(columns) if column.place == place), -1) if frames else -1
    figures = ""
    if shown is not None:
        figures = (
            f"step {shown.index + 1}   σ {wording.sigma(shown.sigma)}   log-SNR {wording.signed(shown.log_snr, 2)}"
        )
    at_hand = sum(column.place >= 0 for column in columns)
    caption = f"{at_hand} of {total} steps, placed by log-SNR below"
    return TrajectoryView(
        caption=caption,
        figures=figures,
        columns=columns,
        current=current,
        marks=tuple(frame.log_snr for frame in frames),
        hill=_hill(frames, inputs.item),
        failed=run.phase in (Phase.FAILED, Phase.CANCELLED),
        description=f"Step {shown.index + 1} of {total}, log-SNR {wording.signed(shown.log_snr)}" if shown else "",
        pinned=inputs.step is not None,
    )


def ruler_place(log_snr: float) -> float:
    """Where a log-SNR stands on the ruler, 0 to 1."""
    low, high = RULER
    return min(max((log_snr - low) / (high - low), 0.0), 1.0)


def nearest(marks: tuple[float, ...], place: float) -> int:
    """The mark that stands nearest to a place on the ruler; −1 where there is none."""
    return min(range(len(marks)), key=lambda i: abs(ruler_place(marks[i]) - place), default=-1)


def _even(total: int, columns: int) -> list[int]:
    """At most `columns` step numbers from 1 to total, evenly spaced, both ends among them."""
    if total <= columns:
        return list(range(1, total + 1))
    return [1 + round(i * (total - 1) / (columns - 1)) for i in range(columns)] if columns > 1 else [total]


def _columns(
    frames: tuple[Frame, ...], numbers: list[int], place: int, item: int, open_run: bool
) -> tuple[Column, ...]:
    """For each wanted step the frame nearest to it that no other column shows, else an outline."""
    left = dict(enumerate(frames))
    chosen: dict[int, int] = {}
    reached = frames[-1].index + 1 if frames else 0
    wanted = [number for number in numbers if number <= reached or not open_run]
    for number in wanted:
        nearby = min(left, key=lambda i: abs(left[i].index + 1 - number), default=None)
        if nearby is not None:
            chosen[number] = nearby
            del left[nearby]
    if frames and chosen and place not in chosen.values():
        chosen[min(chosen, key=lambda number: abs(number - 1 - frames[place].index))] = place
    shown = [_column(frames, at, item) for at in sorted(chosen.values())]
    outlines = [Column(-1, number, math.nan, None, None, ("outline", number)) for number in numbers if number > reached]
    return (*shown, *(outlines if open_run else ()))


def _column(frames: tuple[Frame, ...], place: int, item: int) -> Column:
    frame = frames[place]
    item = min(item, len(frame.clean) - 1)
    noisy = None if frame.noisy is None else frame.noisy[item]
    return Column(place, frame.index + 1, frame.log_snr, frame.clean[item], noisy, (id(frame), item, place))


def _hill(frames: tuple[Frame, ...], item: int) -> tuple[tuple[float, float], ...]:
    """How much the clean guess changed on the way to each step, scaled so that the most is 1."""
    import numpy as np

    changes: list[tuple[float, float]] = []
    for before, after in pairwise(frames):
        at = min(item, len(after.clean) - 1, len(before.clean) - 1)
        if math.isinf(after.log_snr) or before.clean[at].shape != after.clean[at].shape:
            continue
        gap = np.abs(after.clean[at, ::4, ::4].astype(np.int16) - before.clean[at, ::4, ::4])
        changes.append((after.log_snr, float(gap.mean()) / max(after.index - before.index, 1)))
    most = max((change for _, change in changes), default=0.0)
    return tuple((log_snr, change / most) for log_snr, change in changes) if most else ()
