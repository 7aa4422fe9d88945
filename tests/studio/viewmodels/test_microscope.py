"""What the Schedules page shows, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.schedule import SCHEDULES
from core.microscope.overlay import DRAWN, overlay
from core.microscope.plot import Across, Quantity
from studio.viewmodels.microscope import (
    MOST,
    SCHEDULE_TITLES,
    MicroscopeInputs,
    MicroscopeView,
    derive_microscope,
    log_snr_at_height,
    microscope_table,
    toggled,
)

HANDLES = ((0.0, 1.0), (0.5, 0.4), (1.0, 0.0))


def view_of(**changes: object) -> MicroscopeView:
    inputs = replace(MicroscopeInputs(schedule="latent_1000"), **changes)  # type: ignore[arg-type]
    return derive_microscope(replace(inputs, shown=overlay(inputs.wanted)))


def test_the_readout_tells_the_level_and_how_it_differs() -> None:
    view = view_of(chosen=("karras", "a1111:kl_optimal"), current="a1111:kl_optimal", base="karras", at=3, steps=6)
    assert view.readout.startswith("A1111 KL Optimal, step 4 of 6: σ ")
    assert view.readout.endswith("noisier than Karras")
    end = view_of(chosen=("karras", "a1111:kl_optimal"), current="a1111:kl_optimal", at=99, steps=6)
    assert end.readout.startswith("A1111 KL Optimal, the end: σ 0.029")
    same = view_of(chosen=("karras", "comfyui:karras"), current="comfyui:karras", base="karras", at=2)
    assert same.readout.endswith("; as Karras")
    assert view_of(chosen=()).readout.startswith("Choose a grid at the left")


def test_a_tool_that_lays_no_grids_there_says_so() -> None:
    groups = {group.title: group for group in view_of(schedule="flow").groups}
    assert groups["A1111"].rows == ()
    assert groups["A1111"].note == "Lays no grids on this schedule: Flow."
    assert "ComfyUI" in groups
    kept = {group.title: group for group in view_of(schedule="flow", chosen=("a1111:beta",)).groups}
    # A curve that was chosen on another schedule can still be taken off.
    assert [row.name for row in kept["A1111"].rows] == ["a1111:beta"]
    assert "does not lay its Beta grid on the flow schedule" in view_of(schedule="flow", chosen=("a1111:beta",)).problem
    assert set(SCHEDULE_TITLES) == set(SCHEDULES)


def test_handles_stand_on_the_drawn_curve_where_it_can_be_bent() -> None:
    drawn = {"handles": HANDLES, "chosen": (DRAWN,), "current": DRAWN, "steps": 9}
    view = view_of(**drawn)
    assert view.plot is not None
    marks = view.plot.lines[0]
    for spot, mark in zip(view.handles, (marks[0], marks[4], marks[8]), strict=True):
        assert (spot.x, spot.y) == pytest.approx((mark.x, mark.y), abs=1e-6)
        assert log_snr_at_height(view.plot, spot.y) == pytest.approx(spot.log_snr, abs=1e-6)
    assert view_of(**drawn, across=Across.TIME).handles == ()
    assert view_of(**drawn, quantity=Quantity.LOG_SNR_STEP).handles == ()


def test_the_table_holds_every_level() -> None:
    table = microscope_table(view_of(chosen=("karras", "uniform"), current="uniform", base="karras", at=1, steps=4))
    assert len(table.rows) == 10
    assert table.current == 6
    assert [figure.words for figure in table.rows[0]][-1] == "0.00"
    assert microscope_table(view_of(chosen=())).empty


@given(st.lists(st.sampled_from([f"grid{n}" for n in range(14)]), max_size=40))
def test_curves_keep_their_pens_as_others_come_and_go(names: list[str]) -> None:
    chosen: tuple[str, ...] = ()
    for name in names:
        after = toggled(chosen, name)
        if after is None:
            assert len([each for each in chosen if each]) == MOST
            continue
        stay = [each for each in chosen if each and each != name]
        assert all(after.index(each) == chosen.index(each) for each in stay)
        assert (name in after) != (name in chosen)
        assert len(after) <= MOST
        chosen = after
