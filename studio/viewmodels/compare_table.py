"""The figures of a race's curve, row by row."""

from __future__ import annotations

from core.compare.figures import RaceRecord
from core.compare.statistics import Estimate
from core.compare.summary import summarise
from studio.viewmodels import wording
from studio.viewmodels.compare import told_error
from studio.viewmodels.plot_table import UNKNOWN, Figure, PlotTable

HEADS = ("Lane", "Evaluations", "Steps", "Error", "95 % from", "to", "Slope")
NOTE = "Distance from the reference, in units of the state's spread; the median where seeds are several."
EMPTY = "No figures yet: run the race."


def race_table(record: RaceRecord | None) -> PlotTable:
    """A row for each lane and budget; the race's own budget is marked by nothing but its number."""
    if record is None:
        return PlotTable(HEADS, (), empty=EMPTY)
    rows = list[tuple[Figure, ...]]()
    for lane in summarise(record).lanes:
        if lane is None:
            continue
        for point in lane.curve:
            slope = Figure(UNKNOWN, "") if point.slope is None else _number(point.slope, wording.signed(point.slope, 2))
            rows.append(
                (
                    Figure(lane.name, lane.name),
                    Figure(str(point.evaluations), str(point.evaluations)),
                    Figure(str(point.steps), str(point.steps)),
                    _number(point.error.value, told_error(point.error.value)),
                    *_ends(point.error),
                    slope,
                )
            )
    return PlotTable(HEADS, tuple(rows), words=(0,), note=NOTE)


def _ends(estimate: Estimate) -> tuple[Figure, Figure]:
    if estimate.low is None or estimate.high is None:
        return Figure(UNKNOWN, ""), Figure(UNKNOWN, "")
    return _number(estimate.low, told_error(estimate.low)), _number(estimate.high, told_error(estimate.high))


def _number(value: float, words: str) -> Figure:
    return Figure(words, repr(float(value)))
