from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.pace import Pace, learning_rate_factor
from core.training.recipe import PaceSettings

SETTINGS = PaceSettings(warmup_steps=0, constant_fraction=0.4, final_fraction=0.1)


def test_steps_and_time_race() -> None:
    pace = Pace(steps=100, seconds=10.0)
    assert pace.done(20, 1.0) == pytest.approx(0.2)
    assert pace.done(20, 5.0) == pytest.approx(0.5)
    assert pace.done(100, 0.0) == 1.0


def test_warm_up_is_linear_and_never_zero() -> None:
    settings = PaceSettings(warmup_steps=4)
    assert [learning_rate_factor(settings, step, 0.0) for step in range(6)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1, 1])


def test_constant_then_decay_to_the_fraction() -> None:
    assert learning_rate_factor(SETTINGS, 9, 0.4) == 1.0
    assert learning_rate_factor(SETTINGS, 9, 0.7) == pytest.approx(0.55)
    assert learning_rate_factor(SETTINGS, 9, 1.0) == pytest.approx(0.1)
    cosine = PaceSettings(warmup_steps=0, constant_fraction=0.4, final_fraction=0.1, decay="cosine")
    assert learning_rate_factor(cosine, 9, 0.7) == pytest.approx(0.55)
    assert learning_rate_factor(cosine, 9, 0.55) > learning_rate_factor(SETTINGS, 9, 0.55)


def test_a_run_under_way_anneals_within_its_time() -> None:
    pace = Pace(steps=1000).until_seconds(SETTINGS, step=100, seconds=50.0, last=60.0)
    assert pace.done(100, 50.0) == pytest.approx(0.4)
    assert pace.done(101, 55.0) == pytest.approx(0.7)
    assert pace.done(102, 60.0) == 1.0


def test_a_fresh_run_spreads_its_whole_schedule_over_its_time() -> None:
    pace = Pace(steps=1000).until_seconds(SETTINGS, step=0, seconds=0.0, last=60.0)
    assert pace.done(0, 0.0) == 0.0
    assert pace.done(1, 12.0) == pytest.approx(0.2)


def test_a_longer_end_keeps_a_constant_part_constant() -> None:
    pace = Pace(steps=100).until_step(SETTINGS, step=30, seconds=9.0, last=1000)
    assert pace.done(30, 9.0) == pytest.approx(0.03)


def test_a_nearer_end_starts_the_decay_at_once() -> None:
    pace = Pace(steps=1000).until_step(SETTINGS, step=200, seconds=9.0, last=300)
    assert pace.done(200, 9.0) == pytest.approx(0.4)
    assert pace.done(250, 9.0) == pytest.approx(0.7)


def test_a_decay_under_way_goes_on_from_where_it_is() -> None:
    pace = Pace(steps=100).until_step(SETTINGS, step=70, seconds=9.0, last=170)
    assert pace.done(70, 9.0) == pytest.approx(0.7)
    assert pace.done(120, 9.0) == pytest.approx(0.85)


def test_a_finished_run_given_more_goes_back_to_the_peak() -> None:
    pace = Pace(steps=100).until_step(SETTINGS, step=100, seconds=9.0, last=200)
    assert learning_rate_factor(SETTINGS, 100, pace.done(100, 9.0)) == 1.0


@given(st.integers(0, 500), st.integers(1, 500), st.floats(0.0, 100.0))
def test_done_never_falls_and_ends_at_one(step: int, more: int, seconds: float) -> None:
    pace = Pace(steps=400).until_step(SETTINGS, step, seconds, step + more)
    fractions = [pace.done(step + k, seconds) for k in range(more + 1)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
