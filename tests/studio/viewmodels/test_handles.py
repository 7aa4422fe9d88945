from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import check_grid, time_grid
from core.requests import CUSTOM, MAX_HANDLES, GridSettings
from studio.viewmodels.handles import added, log_snrs_of, moved, place_of, range_of, removed

START = ((0.0, 1.0), (0.5, 0.5), (1.0, 0.0))
WISHES = st.tuples(st.integers(0, 2), st.integers(0, 15), st.floats(-0.5, 1.5), st.floats(-40.0, 40.0))


@given(st.sampled_from(SCHEDULES), st.lists(WISHES, max_size=40))
def test_whatever_is_done_to_handles_the_grid_can_be_followed(
    name: str, wishes: list[tuple[int, int, float, float]]
) -> None:
    schedule, handles = schedule_named(name), START
    for what, which, fraction, log_snr in wishes:
        place = place_of(log_snr, schedule)
        if what == 0:
            handles = moved(handles, which % len(handles), fraction, place)
        elif what == 1:
            handles = added(handles, fraction, place)
        else:
            handles = removed(handles, which % len(handles))
        settings = GridSettings(handles=handles)
    settings = GridSettings(handles=handles)
    check_grid(time_grid(CUSTOM, schedule, 30, settings=settings))
    assert len(log_snrs_of(handles, schedule)) == len(handles)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_handle_stands_where_it_is_put(name: str) -> None:
    schedule = schedule_named(name)
    handles = moved(START, 1, 0.3, place_of(0.7, schedule))
    assert handles[1][0] == 0.3
    assert log_snrs_of(handles, schedule)[1] == pytest.approx(0.7, abs=0.02)
    low, high = range_of(schedule)
    assert place_of(-2.0 * math.log(high), schedule) == 1.0
    assert place_of(-2.0 * math.log(low), schedule) == 0.0


def test_the_ends_keep_their_step_and_stay() -> None:
    assert moved(START, 0, 0.4, 0.8)[0] == (0.0, 0.8)
    assert moved(START, 2, 0.4, 0.1)[2] == (1.0, 0.1)
    assert removed(START, 0) == removed(START, 2) == START
    assert removed(START, 1) == (START[0], START[2])


def test_neighbours_are_not_passed() -> None:
    handles = moved(START, 1, 2.0, -1.0)
    assert handles[1][0] < 1.0
    assert handles[1][1] > 0.0
    assert moved(START, 0, 0.0, 0.1)[0][1] > 0.5


def test_handles_are_added_in_order_while_there_is_room() -> None:
    handles = added(START, 0.25, 0.9)
    assert handles[1] == (0.25, 0.9)
    for i in range(1, 60):
        handles = added(handles, i / 60, 1 - i / 60)
    assert len(handles) == MAX_HANDLES
    assert added(START, 0.0, 0.9) == START
