from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.level import Level
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import CEILING, GRIDS, GridError, check_grid, handles_along, time_grid
from core.errors import RequestError
from core.requests import CUSTOM, GRID_OPTIONS, HANDLE_GAP, MAX_HANDLES, GridSettings


@given(
    grid_name=st.sampled_from(GRIDS),
    schedule_name=st.sampled_from(SCHEDULES),
    steps=st.integers(1, 1000),
    start=st.floats(1e-3, 1.0),
    rho=st.none() | st.floats(1.0, 10.0),
)
def test_every_grid_falls_from_its_start_to_clean_data(
    grid_name: str, schedule_name: str, steps: int, start: float, rho: float | None
) -> None:
    schedule = schedule_named(schedule_name)
    settings = GridSettings(rho=rho if "rho" in GRID_OPTIONS[grid_name] else None)
    try:
        grid = time_grid(grid_name, schedule, steps, start=start, settings=settings)
    except GridError:
        # Only a published table may have no place as low as the start.
        if not grid_name.startswith("ays_"):
            raise
        return
    check_grid(grid)
    assert len(grid) == steps + 1
    if grid_name not in ("leading", "beta") and not grid_name.startswith("ays_"):
        assert grid[0].ratio == pytest.approx(schedule.at_time(start).ratio, rel=1e-9)
    assert grid[0].ratio <= schedule.at_time(start).ratio * (1.0 + 1e-9)
    assert (grid[-1].t, grid[-1].alpha, grid[-1].sigma) == (0.0, 1.0, 0.0)


def test_uniform_is_even_in_time() -> None:
    grid = time_grid("uniform", schedule_named("flow"), 4)
    assert [level.t for level in grid] == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_karras_ramp() -> None:
    """Equation 5 at rho = 7, EDM's range."""
    ratios = [level.ratio for level in time_grid("karras", schedule_named("ve"), 18)]
    expected = [(80 ** (1 / 7) + i / 17 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7 for i in range(18)]
    assert ratios == pytest.approx([*expected, 0.0], rel=1e-12)


def test_exponential_and_log_snr_are_even_in_log_snr() -> None:
    """One reaches the smallest ratio before its last step, the other would with its last."""
    schedule = schedule_named("vp_linear")
    for name, intervals in (("exponential", 7), ("log_snr", 8)):
        snr = [level.log_snr for level in time_grid(name, schedule, 8)][:-1]
        whole = 2.0 * math.log(schedule.largest_ratio / schedule.smallest_ratio)
        gaps = [b - a for a, b in itertools.pairwise(snr)]
        assert gaps == pytest.approx([whole / intervals] * 7, rel=1e-9)


@pytest.mark.parametrize("name", ["karras", "exponential", "log_snr"])
def test_a_ramp_on_a_flow_starts_at_pure_noise(name: str) -> None:
    grid = time_grid(name, schedule_named("flow"), 10)
    assert grid[0].alpha == 0.0
    assert 1.0 < grid[1].ratio < 80.0


@pytest.mark.parametrize("steps", [0, -3])
def test_no_steps(steps: int) -> None:
    with pytest.raises(GridError, match=f"^{steps} steps requested; at least 1 is needed$"):
        time_grid("uniform", schedule_named("flow"), steps)


def test_bad_requests_say_value_rule_and_remedy() -> None:
    flow = schedule_named("flow")
    with pytest.raises(GridError, match="'even' is not a time grid; choose one of uniform, karras"):
        time_grid("even", flow, 3)
    with pytest.raises(GridError, match=r"start 0 is out of range; it must lie in 0.001 to 1"):
        time_grid("uniform", flow, 3, start=0.0)
    with pytest.raises(RequestError, match="rho -1 is out of range; give 1 to 100"):
        GridSettings(rho=-1.0)


@pytest.mark.parametrize(
    "levels",
    [
        [Level(1.0, 0.0, 1.0), Level(0.9, 0.0, 0.9), Level(0.0, 1.0, 0.0)],
        [Level(1.0, 0.5, 0.5), Level(0.0, 0.5, 0.5)],
        [Level(1.0, 0.5, 0.5), Level(0.0, 1.0, -0.1)],
        [Level(1.0, 0.5, 0.5), Level(0.0, 0.0, 0.0)],
        [Level(1.0, math.nan, 0.5), Level(0.0, 1.0, 0.0)],
        [Level(1.0, 1.0, math.inf), Level(0.0, 1.0, 0.0)],
    ],
)
def test_grids_that_can_not_be_followed(levels: list[Level]) -> None:
    with pytest.raises(GridError):
        check_grid(levels)


@st.composite
def handles(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """Any that the rules allow, the tightest too."""
    count = draw(st.integers(2, MAX_HANDLES))
    cuts = st.lists(st.integers(1, 999), min_size=count - 2, max_size=count - 2, unique=True)
    fractions = [0, *sorted(draw(cuts)), 1000]
    places = sorted(draw(st.lists(st.integers(0, 1000), min_size=count, max_size=count, unique=True)), reverse=True)
    return tuple((fraction / 1000, place / 1000) for fraction, place in zip(fractions, places, strict=True))


@given(
    handles=handles(),
    schedule_name=st.sampled_from(SCHEDULES),
    steps=st.integers(1, 1000),
    start=st.floats(1e-3, 1.0),
)
def test_any_handles_make_a_falling_grid(
    handles: tuple[tuple[float, float], ...], schedule_name: str, steps: int, start: float
) -> None:
    schedule = schedule_named(schedule_name)
    grid = time_grid(CUSTOM, schedule, steps, start=start, settings=GridSettings(handles=handles))
    check_grid(grid)
    assert len(grid) == steps + 1
    assert grid[0] == schedule.at_time(start * handles[0][1])
    assert grid[-1].sigma == 0.0


def test_the_curve_passes_through_its_handles() -> None:
    flow = schedule_named("flow")
    grid = time_grid(CUSTOM, flow, 21, settings=GridSettings(handles=((0.0, 1.0), (0.25, 0.8), (0.5, 0.4), (1.0, 0.1))))
    assert [grid[i].t for i in (0, 5, 10, 20)] == pytest.approx([1.0, 0.8, 0.4, 0.1], rel=1e-12)
    straight = time_grid(CUSTOM, flow, 21, settings=GridSettings(handles=((0.0, 1.0), (1.0, 0.0))))
    assert [level.ratio for level in straight] == pytest.approx(
        [level.ratio for level in time_grid("exponential", flow, 21)], rel=1e-12
    )


@pytest.mark.parametrize("schedule_name", SCHEDULES)
@pytest.mark.parametrize("name", ["uniform", "karras", "exponential", "log_snr"])
def test_handles_laid_along_a_named_grid_follow_it(name: str, schedule_name: str) -> None:
    schedule = schedule_named(schedule_name)
    named = time_grid(name, schedule, 20)
    drawn = time_grid(CUSTOM, schedule, 20, settings=GridSettings(handles=handles_along(named, schedule, 9)))
    # A uniform grid is steep at its ends: where it begins in pure noise, and where it nears clean data.
    near, last = (1.0, 15) if name == "uniform" else (0.5, 20)
    assert drawn[0].ratio == pytest.approx(named[0].ratio, rel=1e-3)
    for ours, theirs in zip(drawn[1:last], named[1:last], strict=True):
        assert ours.log_snr == pytest.approx(theirs.log_snr, abs=near)


def test_a_ramp_begins_and_ends_where_it_is_told() -> None:
    flow = schedule_named("flow")
    settings = GridSettings(largest=20.0, smallest=0.05)
    for name in ("karras", "exponential"):
        grid = time_grid(name, flow, 10, settings=settings)
        assert (grid[0].ratio, grid[-2].ratio) == pytest.approx((20.0, 0.05), rel=1e-9)
    assert time_grid("log_snr", flow, 10, settings=settings)[0].ratio == pytest.approx(20.0)
    bent = [time_grid("karras", flow, 10, settings=GridSettings(rho=rho))[5].ratio for rho in (3.0, 7.0, 20.0)]
    assert bent == sorted(bent, reverse=True)
    assert time_grid("karras", flow, 10, settings=GridSettings(rho=7.0)) == time_grid("karras", flow, 10)
    late = time_grid("karras", flow, 10, start=0.5, settings=settings)
    assert late[0] == flow.at_time(0.5)


def test_ends_that_a_schedule_can_not_have() -> None:
    with pytest.raises(GridError, match=r"sigma largest 90 is off the ve schedule; give at most 80"):
        time_grid("karras", schedule_named("ve"), 3, settings=GridSettings(largest=90.0))
    with pytest.raises(GridError, match=f"sigma smallest 90 is not below {CEILING:g}, where the grid begins; lower it"):
        time_grid("karras", schedule_named("flow"), 3, settings=GridSettings(smallest=90.0))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"handles": ((0.0, 1.0),)}, "1 handles given; a curve needs 2 to 16"),
        ({"handles": ((0.0, 1.2), (1.0, 0.0))}, "handle 0:1.2 is out of range; give a fraction from 0 to 1"),
        ({"handles": ((0.0, 1.0), (1.0, 1e-5))}, "a place of 0, or from 0.001 to 1"),
        ({"handles": ((0.0, math.nan), (1.0, 0.0))}, "handle 0:nan is out of range"),
        ({"handles": ((0.1, 1.0), (1.0, 0.0))}, "from fraction 0.1 to 1; let the first be at 0, the last at 1"),
        ({"handles": ((0.0, 0.5), (0.5, 0.5), (1.0, 0.0))}, "handle 0.5:0.5 follows 0:0.5; from one handle to the"),
        ({"handles": ((0.0, 1.0), (0.7, 0.5), (0.6, 0.4), (1.0, 0.0))}, "the fraction must rise and the place fall"),
        ({"largest": 1e9}, "sigma largest 1e\\+09 is out of range; give 0.0001 to 10000"),
        ({"smallest": math.nan}, "sigma smallest nan is out of range"),
        ({"largest": 1.0, "smallest": 2.0}, "sigma smallest 2 is not below the largest, 1; lower it"),
    ],
)
def test_settings_out_of_range_say_value_rule_and_remedy(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        GridSettings(**settings)


def test_handles_a_hair_apart_are_allowed() -> None:
    GridSettings(handles=((0.0, 0.301), (0.3, 0.3), (0.3 + HANDLE_GAP, 0.299), (1.0, 0.0)))
