"""The plots as tables: what the noise schedule and the trajectory draw, figure by figure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import IntEnum

from studio.viewmodels import wording
from studio.viewmodels.run import Phase
from studio.viewmodels.sampler import Curve, SamplerView
from studio.viewmodels.steps import steps_of
from studio.viewmodels.trajectory import TrajectoryInputs, TrajectoryView

UNKNOWN = "–"
ENDED = {Phase.FAILED: "not made", Phase.CANCELLED: "not made"}
SCHEDULE_NOTE = "Where each step begins; σ is noise over signal. Guidance acts where it says on."
TRAJECTORY_NOTE = "After each step. Change: levels of 255 that the clean guess moved, a unit of log-SNR."


class Plot(IntEnum):
    """In the order in which they are offered."""

    SCHEDULE = 0
    TRAJECTORY = 1


PLOT_TITLES = ("Noise schedule", "Trajectory")
UNITS = {
    "Δ log-SNR": "step in log-SNR",
    "Δ t": "step in t",
    "From base": "log-SNR above the base",
    "t": "t (1 noise to 0 picture)",
    "σ": "sigma (noise over signal)",
    "log-SNR": "log-SNR (natural logarithm)",
    "Change": "Change (levels of 255 a unit of log-SNR)",
}
"""Heads as they are copied: with their units, in ASCII, which every program reads the same."""
TAB, COMMA = "\t", ","


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell: as it is read, and as it is copied."""

    words: str
    copied: str


@dataclass(frozen=True, slots=True)
class PlotTable:
    """heads: of the columns; words: places of those that hold words, not numbers. current: the row of now, −1 for none.

    empty: why there are no rows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    words: tuple[int, ...] = ()
    current: int = -1
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class TableFile:
    """What is to be saved. name: of the file, as it is offered. rows: how many, without the heads."""

    name: str
    text: str
    rows: int


@dataclass(frozen=True, slots=True)
class PlotTableInputs:
    """What the plots show now, and which of them is wanted."""

    sampler: SamplerView
    trajectory: TrajectoryView
    steps: TrajectoryInputs
    plot: Plot = Plot.SCHEDULE


@dataclass(frozen=True, slots=True)
class PlotTableView:
    """name: for screen readers. count: "24 steps"."""

    plot: Plot
    name: str
    count: str
    table: PlotTable


def derive_plot_table(inputs: PlotTableInputs) -> PlotTableView:
    """The table of the plot that is wanted."""
    if inputs.plot is Plot.SCHEDULE:
        table = schedule_table(inputs.sampler)
    else:
        table = trajectory_table(inputs.steps, inputs.trajectory)
    count = wording.count(len(table.rows), "step") if table.rows else ""
    return PlotTableView(inputs.plot, f"{PLOT_TITLES[inputs.plot]} as a table", count, table)


def schedule_table(view: SamplerView) -> PlotTable:
    """The level at which each step begins, as the plot has it; how far the run is where one follows it."""
    curve = view.curve
    if curve is None:
        return PlotTable((), (), empty=view.curve_problem)
    heads = ("Step", "t", "σ", "log-SNR", "Guidance")
    if curve.done is not None:
        heads = (*heads, "State")
    rows = tuple(_schedule_row(view, curve, step) for step in range(1, len(curve.sigmas)))
    # The accent line of the plot stands at the last step that is made.
    current = min(curve.done, len(rows)) - 1 if curve.done else -1
    return PlotTable(heads, rows, words=(4, 5)[: len(heads) - 4], current=current, note=SCHEDULE_NOTE)


def trajectory_table(inputs: TrajectoryInputs, view: TrajectoryView) -> PlotTable:
    """Where each step stands on the ruler, and how high the hill is there."""
    steps = steps_of(inputs.run, inputs.item, inputs.fetched, inputs.places)
    if inputs.run is None or not view.marks:
        return PlotTable((), (), empty=f"No steps to show: {inputs.empty}")
    changes = {after: change for _, after, change in view.changes}
    to_come = ENDED.get(inputs.run.phase, "to come")
    rows: list[tuple[Figure, ...]] = []
    for number, (sigma, log_snr) in enumerate(steps.places, 1):
        state = "on show" if number == view.step else "made" if number <= steps.reached else to_come
        change = changes.get(number)
        rows.append(
            (
                Figure(str(number), str(number)),
                _number(log_snr, wording.signed(log_snr, 2)),
                _number(sigma, wording.sigma(sigma)),
                Figure(UNKNOWN, "") if change is None else _number(change, f"{change:.2f}"),
                Figure(state, state),
            )
        )
    return PlotTable(
        ("Step", "log-SNR", "σ", "Change", "State"),
        tuple(rows),
        words=(4,),
        current=view.step - 1,
        note=TRAJECTORY_NOTE,
    )


def copied(table: PlotTable, rows: tuple[int, ...] = (), *, separator: str = TAB) -> str:
    """The rows (all of them where none is named) under their heads with units, one a line.

    Numbers are as programs read them, to the last digit: they read back as the same floats. With COMMA it is CSV (RFC
    4180, but for plain line ends).
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow([UNITS.get(head, head) for head in table.heads])
    chosen = rows or tuple(range(len(table.rows)))
    writer.writerows([figure.copied for figure in table.rows[row]] for row in chosen)
    return out.getvalue()


def table_file(view: PlotTableView, rows: tuple[int, ...] = ()) -> TableFile:
    """The plot's table as a CSV file; rows as in `copied`."""
    name = f"{PLOT_TITLES[view.plot].lower().replace(' ', '-')}.csv"
    return TableFile(name, copied(view.table, rows, separator=COMMA), len(rows) or len(view.table.rows))


def _schedule_row(view: SamplerView, curve: Curve, step: int) -> tuple[Figure, ...]:
    at = step - 1
    # The grid's own t; fractions say how much of the run is done.
    time = 1.0 - view.fractions[at]
    guided = "on" if curve.on is not None and curve.on[0] <= step <= curve.on[1] else "off"
    figures = (
        Figure(str(step), str(step)),
        _number(time, f"{time:.3f}"),
        _number(curve.sigmas[at], wording.sigma(curve.sigmas[at])),
        _number(curve.log_snrs[at], wording.signed(curve.log_snrs[at], 2)),
        Figure(guided, guided),
    )
    if curve.done is None:
        return figures
    state = "to come" if step > curve.done else "now" if step == curve.done < len(curve.sigmas) - 1 else "made"
    return (*figures, Figure(state, state))


def _number(value: float, words: str) -> Figure:
    """Copied in full, with an ASCII minus, and infinities as "inf"."""
    return Figure(words, repr(float(value)))
