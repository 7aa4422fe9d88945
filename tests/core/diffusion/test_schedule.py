from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.diffusion.level import Level
from core.diffusion.level_batch import levels_at, noised
from core.diffusion.schedule import SCHEDULES, ScheduleError, VpTable, linear_betas, schedule_named

TIMES = [i / 200 for i in range(201)]


@pytest.mark.parametrize("name", SCHEDULES)
def test_noise_rises_from_clean_data(name: str) -> None:
    schedule = schedule_named(name)
    levels = [schedule.at_time(t) for t in TIMES]
    assert (levels[0].alpha, levels[0].sigma) == (1.0, 0.0)
    assert all(a.ratio < b.ratio and a.log_snr > b.log_snr for a, b in pairwise(levels))
    assert levels[-1].ratio == pytest.approx(schedule.largest_ratio, rel=1e-12)
    assert schedule.name == name


@pytest.mark.parametrize("name", ["vp_linear", "vp_cosine", "ddpm_1000", "latent_1000"])
def test_variance_is_preserved(name: str) -> None:
    for t in TIMES:
        level = schedule_named(name).at_time(t)
        assert level.alpha**2 + level.sigma**2 == pytest.approx(1.0, abs=1e-14)


@given(name=st.sampled_from(SCHEDULES), t=st.floats(0.0, 1.0))
def test_time_and_ratio_are_inverse(name: str, t: float) -> None:
    schedule = schedule_named(name)
    level = schedule.at_time(t)
    again = schedule.at_ratio(level.ratio)
    assert again.t == pytest.approx(t, abs=1e-9)
    assert again.ratio == pytest.approx(level.ratio, rel=1e-12, abs=1e-15)


def test_values_from_the_papers() -> None:
    """Figures worked out by hand from each definition."""
    vp = schedule_named("vp_linear").at_time(1.0)
    assert vp.alpha == pytest.approx(math.exp(-5.025))
    cosine = schedule_named("vp_cosine").at_time(0.5)
    assert cosine.alpha == pytest.approx(
        math.cos(0.508 / 1.008 * math.pi / 2) / math.cos(0.008 / 1.008 * math.pi / 2), rel=1e-14
    )
    flow = schedule_named("flow").at_time(0.25)
    assert (flow.alpha, flow.sigma) == (0.75, 0.25)
    assert schedule_named("ve").at_time(1.0).sigma == 80.0


def test_the_table_is_the_product_of_its_betas() -> None:
    schedule = schedule_named("ddpm_1000")
    assert isinstance(schedule, VpTable)
    kept = torch.cumprod(1.0 - torch.tensor(linear_betas(), dtype=torch.float64), 0).tolist()
    for index in (0, 1, 499, 998, 999):
        level = schedule.at_time((index + 1) / 1000)
        assert level.alpha**2 == pytest.approx(kept[index], rel=1e-11)
        assert schedule.timestep(level) == pytest.approx(index, abs=1e-9)


@pytest.mark.parametrize("name", ["flow", "vp_cosine"])
def test_pure_noise_is_reached(name: str) -> None:
    level = schedule_named(name).at_ratio(math.inf)
    assert (level.t, level.alpha) == (1.0, 0.0)
    assert level.sigma == pytest.approx(1.0, abs=1e-15)
    assert level.ratio == math.inf
    assert level.log_snr == -math.inf
    assert Level(0.0, 1.0, 0.0).log_snr == math.inf


@pytest.mark.parametrize("name", SCHEDULES)
def test_off_the_schedule(name: str) -> None:
    schedule = schedule_named(name)
    for t in (-0.01, 1.01, math.nan):
        with pytest.raises(ScheduleError, match="must lie in 0"):
            schedule.at_time(t)
    for ratio in (-1.0, math.nan, *([] if math.isinf(schedule.largest_ratio) else [1e3, math.inf])):
        with pytest.raises(ScheduleError, match=r"sigma/alpha .* must lie in 0"):
            schedule.at_ratio(ratio)


def test_an_unknown_schedule_is_answered_with_the_names() -> None:
    with pytest.raises(ScheduleError, match="'cosin' is not a noise schedule; choose one of vp_linear, vp_cosine"):
        schedule_named("cosin")


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_batch_of_levels(name: str) -> None:
    schedule, times = schedule_named(name), torch.tensor([0.1, 0.5, 0.95])
    batch = levels_at(schedule, times, dims=3)
    x0, eps = torch.randn(3, 2, 4, 4), torch.randn(3, 2, 4, 4)
    x = noised(x0, eps, batch)
    for item, t in enumerate(times.tolist()):
        level = schedule.at_time(t)
        torch.testing.assert_close(x[item], level.alpha * x0[item] + level.sigma * eps[item])
