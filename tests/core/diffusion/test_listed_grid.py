from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import CEILING, GridError, check_grid, time_grid
from core.errors import RequestError
from core.grid_settings import LISTED, OPTIMISED, GridSettings, read_levels, write_levels

FLOW = schedule_named("flow")


def test_as_many_levels_as_steps_are_taken_as_they_are() -> None:
    settings = GridSettings(levels=(14.6, 3.9, 1.2, 0.3, 0.0))
    assert [level.ratio for level in time_grid(LISTED, FLOW, 4, settings=settings)] == pytest.approx(settings.levels)
    without = GridSettings(levels=(14.6, 3.9, 1.2, 0.3))
    assert time_grid(LISTED, FLOW, 4, settings=without) == time_grid(LISTED, FLOW, 4, settings=settings)
    assert time_grid(OPTIMISED, FLOW, 4, settings=without) == time_grid(LISTED, FLOW, 4, settings=without)


def test_times_are_the_schedule_s_own() -> None:
    settings = GridSettings(levels=(1.0, 0.5, 0.25), levels_as="time")
    assert [level.t for level in time_grid(LISTED, FLOW, 3, settings=settings)] == [1.0, 0.5, 0.25, 0.0]


def test_another_number_of_steps_follows_the_curve() -> None:
    settings = GridSettings(levels=(16.0, 4.0, 1.0))
    ratios = [level.ratio for level in time_grid(LISTED, FLOW, 5, settings=settings)]
    assert ratios == pytest.approx([16.0, 8.0, 4.0, 2.0, 1.0, 0.0])
    pure = GridSettings(levels=(1.0, 0.5, 0.2), levels_as="time")
    ratios = [level.ratio for level in time_grid(LISTED, FLOW, 5, settings=pure)]
    assert ratios[0] == math.inf
    assert ratios[1] == pytest.approx(math.sqrt(CEILING))
    assert ratios[2:] == pytest.approx([1.0, 0.5, 0.25, 0.0])


def test_levels_above_the_start_are_left_out() -> None:
    settings = GridSettings(levels=(14.6, 3.9, 0.9, 0.3))
    assert [level.ratio for level in time_grid(LISTED, FLOW, 2, start=0.5, settings=settings)] == pytest.approx(
        [0.9, 0.3, 0.0]
    )


@given(
    levels=st.lists(st.floats(1e-4, 79.0), min_size=2, max_size=30, unique_by=lambda level: round(math.log(level), 3)),
    schedule_name=st.sampled_from(["flow", "ve", "vp_cosine"]),
    steps=st.integers(1, 60),
)
def test_any_falling_list_makes_a_falling_grid(levels: list[float], schedule_name: str, steps: int) -> None:
    settings = GridSettings(levels=tuple(sorted(levels, reverse=True)))
    grid = time_grid(LISTED, schedule_named(schedule_name), steps, settings=settings)
    check_grid(grid)
    assert len(grid) == steps + 1


@pytest.mark.parametrize("schedule_name", SCHEDULES)
def test_a_level_that_the_schedule_does_not_have(schedule_name: str) -> None:
    schedule = schedule_named(schedule_name)
    settings = GridSettings(levels=(500.0, 1.0))
    if schedule.largest_ratio > 500.0:
        assert time_grid(LISTED, schedule, 2, settings=settings)[0].ratio == pytest.approx(500.0)
        return
    with pytest.raises(GridError, match=f"sigma 500 of the list is off the {schedule_name} schedule; give at most"):
        time_grid(LISTED, schedule, 2, settings=settings)


def test_one_level_is_one_step() -> None:
    assert len(time_grid(LISTED, FLOW, 1, settings=GridSettings(levels=(5.0,)))) == 2
    with pytest.raises(GridError, match="1 level is listed for 3 steps; list at least 2, or ask for 1 step"):
        time_grid(LISTED, FLOW, 3, settings=GridSettings(levels=(5.0,)))


@pytest.mark.parametrize(
    ("levels", "levels_as", "sentence"),
    [
        ((1.0, 2.0), "sigma", "level 2 follows 1; levels must fall from one to the next"),
        ((1.0, 1.0), "sigma", "level 1 follows 1; levels must fall"),
        ((0.0,), "sigma", "0 levels above 0 given; a list holds 1 to 1000"),
        ((2.0, 0.5), "time", "level 2 is out of range; a time lies above 0 and up to 1"),
        ((math.nan, 0.5), "sigma", "level nan is out of range"),
        ((1e9, 0.5), "sigma", "level 1e\\+09 is out of range; a sigma lies above 0 and up to 10000"),
    ],
)
def test_bad_lists_say_value_rule_and_remedy(levels: tuple[float, ...], levels_as: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        GridSettings(levels=levels, levels_as=levels_as)  # pyright: ignore[reportArgumentType]


@given(st.lists(st.floats(1e-4, 1e4), min_size=1, max_size=20, unique=True).map(lambda some: sorted(some)[::-1]))
def test_levels_are_read_as_they_were_written(levels: list[float]) -> None:
    assert read_levels(write_levels(tuple(levels))) == tuple(levels)
    assert read_levels(str(levels)) == tuple(levels)
    assert read_levels("\n".join(map(repr, levels))) == tuple(levels)


@given(st.text(max_size=60))
def test_reading_any_text_ends_in_numbers_or_a_sentence(text: str) -> None:
    try:
        levels = read_levels(text)
    except RequestError:
        return
    assert all(level >= 0.0 for level in levels)


def test_a_grid_without_its_levels() -> None:
    with pytest.raises(RequestError, match="no levels given; the listed grid is made of them: for example"):
        time_grid(LISTED, FLOW, 3)
    with pytest.raises(RequestError, match="no levels given; the optimised grid is made of them: `noisette optimise`"):
        time_grid(OPTIMISED, FLOW, 3)
