"""What each part of the Compare mode shows: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class Look(IntEnum):
    """How two lanes are looked at."""

    SWIPE = 0
    BLINK = 1
    DIFFERENCE = 2
    SIDE = 3


@dataclass(frozen=True, slots=True, eq=False)
class ColumnView:
    """One lane. clean: what is on show of it, None before its first step. bar: of its error, 0 to 1, −1 for none.

    brief: the facts where there is little room.
    """

    name: str
    series: int
    clean: np.ndarray | None
    error: str
    bar: float
    facts: str
    brief: str
    seconds: str
    closest: bool
    side: str
    says: str
    tip: str


@dataclass(frozen=True, slots=True)
class LaneMarks:
    """On the scrubber: places (0 to 1) of a lane's evaluations; those from `passed` on lie beyond the playhead."""

    name: str
    series: int
    marks: tuple[float, ...]
    passed: int


@dataclass(frozen=True, slots=True)
class ScrubberView:
    """place: of the playhead, −1 for none. stops: the places it snaps to, with their log-SNR."""

    lanes: tuple[LaneMarks, ...]
    place: float
    pill: str
    says: str
    stops: tuple[tuple[float, float], ...]
    at: int


@dataclass(frozen=True, slots=True)
class CurveLine:
    """points: (evaluations, error), rising. spans: (low, high) of the error where it has an interval."""

    name: str
    series: int
    points: tuple[tuple[float, float], ...]
    spans: tuple[tuple[float, float] | None, ...]
    slope: str


@dataclass(frozen=True, slots=True)
class CurveView:
    """evaluations: where the race stands on the axis. empty: why there is no curve."""

    lines: tuple[CurveLine, ...]
    evaluations: int
    caption: str
    orders: str
    empty: str
    says: str


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Seconds: of network, solver and decoder."""

    name: str
    series: int
    parts: tuple[float, float, float]
    total: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """run_label: of the main button. busy: a race runs or waits. progress: of it, in words.

    facts: of the race whose lanes are on show; the fields before them are those of the next one. truth_brief: without
    intervals. stale: the settings are others than those of the race on show.
    can_resume: the race on show was stopped, here or in an earlier session.
    """

    title: str
    columns: tuple[ColumnView, ...]
    scrubber: ScrubberView
    curve: CurveView
    times: tuple[TimeRow, ...]
    times_caption: str
    finding: str
    truth: str
    truth_brief: str
    facts: str
    evaluations: int
    seed: int
    model: str
    model_title: str
    reference: int
    repeats: int
    run_label: str
    busy: bool
    stale: bool
    problem: str
    progress: str
    can_resume: bool
    can_add: bool
    can_export: bool
    a: int
    b: int
    look: Look
    keep_label: str
    prompt: str
