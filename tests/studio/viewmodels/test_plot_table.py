from __future__ import annotations

import csv
import math
from dataclasses import replace

import pytest

from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.jobs.event import Cancelled
from studio.viewmodels.draft import Draft
from studio.viewmodels.plot_table import (
    COMMA,
    TAB,
    Plot,
    PlotTable,
    PlotTableInputs,
    copied,
    derive_plot_table,
    schedule_table,
    table_file,
    trajectory_table,
)
from studio.viewmodels.run import fold
from studio.viewmodels.sampler import SamplerInputs, SamplerView, derive_sampler
from studio.viewmodels.trajectory import GONE_HINT, TrajectoryInputs, derive_trajectory
from tests.studio.scripted import CARD
from tests.studio.viewmodels.test_run import JOB
from tests.studio.viewmodels.test_trajectory import places, under_way


def sampler(done: int | None = None, **draft: object) -> SamplerView:
    settings = replace(Draft(), time_grid="karras", steps=8, **draft)  # type: ignore[arg-type]
    return derive_sampler(SamplerInputs(settings, CARD, done=done))


def column(table: PlotTable, head: str) -> list[str]:
    return [row[table.heads.index(head)].words for row in table.rows]


def test_the_schedule_has_a_row_for_each_step_with_its_level() -> None:
    table = schedule_table(sampler(guidance_scale=3.0, interval=(0.2, 0.8)))
    levels = time_grid("karras", schedule_named(CARD.schedule), 8)
    assert table.heads == ("Step", "t", "σ", "log-SNR", "Guidance")
    assert column(table, "Step") == [str(step) for step in range(1, 9)]
    assert column(table, "t") == [f"{level.t:.3f}" for level in levels[:-1]]
    for row, level in zip(table.rows, levels, strict=False):
        assert float(row[2].copied) == pytest.approx(level.ratio, rel=1e-5)
        assert float(row[3].copied) == pytest.approx(level.log_snr, rel=1e-5)
    acting = ["on" if 0.2 <= 1.0 - level.t <= 0.8 else "off" for level in levels[:-1]]
    assert column(table, "Guidance") == acting
    assert set(acting) == {"on", "off"}
    assert table.current == -1


def test_guidance_is_off_in_every_step_at_scale_one() -> None:
    assert set(column(schedule_table(sampler(guidance_scale=1.0)), "Guidance")) == {"off"}


def test_the_schedule_follows_a_run() -> None:
    table = schedule_table(sampler(done=3))
    assert column(table, "State") == ["made", "made", "now", *["to come"] * 5]
    assert table.current == 2
    begun, ended = schedule_table(sampler(done=0)), schedule_table(sampler(done=8))
    assert (begun.current, set(column(begun, "State"))) == (-1, {"to come"})
    assert (ended.current, set(column(ended, "State"))) == (7, {"made"})


def test_without_a_model_the_table_says_why_it_is_empty() -> None:
    view = derive_plot_table(
        PlotTableInputs(derive_sampler(SamplerInputs()), derive_trajectory(TrajectoryInputs()), TrajectoryInputs())
    )
    assert view.table.rows == ()
    assert view.table.empty == "Shown once a model is chosen"
    assert view.count == ""


def test_the_trajectory_has_its_places_and_the_measured_change() -> None:
    run = under_way(3, 6)
    inputs = TrajectoryInputs(run, places=places(6))
    view = derive_trajectory(inputs)
    table = trajectory_table(inputs, view)
    assert column(table, "log-SNR") == ["−6.00", "−4.00", "−2.00", "0.00", "+2.00", "+4.00"]
    assert column(table, "σ") == ["1.00", "0.50", "0.33", "0.25", "0.20", "0.17"]
    assert column(table, "State") == ["made", "made", "on show", "to come", "to come", "to come"]
    moved = [
        abs(int(b.clean[0][0, 0, 0]) - int(a.clean[0][0, 0, 0]))
        for a, b in zip(run.frames, run.frames[1:], strict=False)
    ]
    known = column(table, "Change")
    assert known[0] == known[3] == "–"
    assert known[1:3] == [f"{each / 2.0:.2f}" for each in moved]
    assert table.current == 2
    # The hill is the same, as a part of its summit.
    most = max(change for _, _, change in view.changes)
    assert [height for _, height in view.hill] == pytest.approx([change / most for _, _, change in view.changes])


def test_steps_that_will_not_come_say_so() -> None:
    inputs = TrajectoryInputs(fold(under_way(3, 6), Cancelled(JOB, 3, 6)), places=places(6))
    assert column(trajectory_table(inputs, derive_trajectory(inputs)), "State")[3:] == ["not made"] * 3


def test_without_a_run_the_trajectory_says_so() -> None:
    inputs = TrajectoryInputs(empty=GONE_HINT)
    assert trajectory_table(inputs, derive_trajectory(inputs)).empty == f"No steps to show: {GONE_HINT}"


def test_both_plots_are_named_and_counted() -> None:
    inputs = TrajectoryInputs(under_way(3, 6), places=places(6))
    both = PlotTableInputs(sampler(), derive_trajectory(inputs), inputs)
    told = [derive_plot_table(replace(both, plot=plot)) for plot in Plot]
    assert [(view.name, view.count) for view in told] == [
        ("Noise schedule as a table", "8 steps"),
        ("Trajectory as a table", "6 steps"),
    ]


@pytest.mark.parametrize("separator", [TAB, COMMA])
def test_what_is_copied_reads_back_as_the_same_numbers(separator: str) -> None:
    table = schedule_table(sampler())
    lines = list(csv.reader(copied(table, separator=separator).splitlines(), delimiter=separator))
    assert lines[0] == [
        "Step",
        "t (1 noise to 0 picture)",
        "sigma (noise over signal)",
        "log-SNR (natural logarithm)",
        "Guidance",
    ]
    assert len(lines) == 9
    levels = time_grid("karras", schedule_named(CARD.schedule), 8)
    for line, level in zip(lines[1:], levels, strict=False):
        assert float(line[1]) == pytest.approx(level.t, abs=1e-15)
        assert [float(each) for each in line[2:4]] == [level.ratio, level.log_snr], "digits were lost"
    assert math.isinf(float(lines[1][2]))


def test_the_trajectory_is_copied_with_its_units_and_empty_where_nothing_was_measured() -> None:
    inputs = TrajectoryInputs(under_way(3, 6), places=places(6))
    text = copied(trajectory_table(inputs, derive_trajectory(inputs)), separator=COMMA)
    assert text.isascii()
    lines = list(csv.DictReader(text.splitlines()))
    assert lines[0]["Change (levels of 255 a unit of log-SNR)"] == ""
    measured = [change for _, _, change in derive_trajectory(inputs).changes]
    assert [float(line["Change (levels of 255 a unit of log-SNR)"]) for line in lines[1:3]] == measured
    assert [float(line["log-SNR (natural logarithm)"]) for line in lines] == [place[1] for place in places(6)]


def test_a_file_has_its_plots_name_and_the_rows_taken() -> None:
    inputs = TrajectoryInputs(under_way(3, 6), places=places(6))
    both = PlotTableInputs(sampler(), derive_trajectory(inputs), inputs)
    schedule, trajectory = (derive_plot_table(replace(both, plot=plot)) for plot in Plot)
    assert (table_file(schedule).name, table_file(schedule).rows) == ("noise-schedule.csv", 8)
    some = table_file(trajectory, (1, 4))
    assert (some.name, some.rows) == ("trajectory.csv", 2)
    assert some.text == copied(trajectory.table, (1, 4), separator=COMMA)


def test_only_the_rows_taken_are_copied() -> None:
    table = schedule_table(sampler())
    assert [line.split("\t")[0] for line in copied(table, (1, 4)).splitlines()] == ["Step", "2", "5"]
