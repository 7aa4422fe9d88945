from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.level import Level
from core.diffusion.schedule import SCHEDULES, schedule_named
from core.diffusion.time_grid import GRIDS, GridError, check_grid, time_grid


@given(
    grid_name=st.sampled_from(GRIDS),
    schedule_name=st.sampled_from(SCHEDULES),
    steps=st.integers(1, 1000),
    start=st.floats(1e-3, 1.0),
    rho=st.floats(1.0, 10.0),
)
def test_every_grid_falls_from_its_start_to_clean_data(
    grid_name: str, schedule_name: str, steps: int, start: float, rho: float
) -> None:
    schedule = schedule_named(schedule_name)
    grid = time_grid(grid_name, schedule, steps, start=start, rho=rho)
    check_grid(grid)
    assert len(grid) == steps + 1
    assert grid[0] == schedule.at_time(start)
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
    with pytest.raises(GridError, match="rho -1 is out of range"):
        time_grid("karras", flow, 3, rho=-1.0)


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
