from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.tasks.preview_pace import BUDGET, PER_SECOND, PreviewPace
from tests.core.jobs.hand_driven import Clock


def shown(steps: int, step_seconds: float, look_seconds: float) -> tuple[list[int], float]:
    """Which of a run's steps get a look, and the share of its time that the looks in the middle took."""
    clock = Clock()
    pace, looks = PreviewPace(clock), list[int]()
    for index in range(steps):
        clock.now += step_seconds
        if pace.due(last=index == steps - 1):
            looks.append(index)
            started = clock.now
            clock.now += look_seconds
            pace.measure(started)
    return looks, (len(looks) - 2) * look_seconds / clock.now


def test_the_first_and_last_step_are_always_shown() -> None:
    looks, _ = shown(5, 0.001, 10.0)
    assert looks == [0, 4]


def test_a_single_step_is_shown_once() -> None:
    assert shown(1, 0.1, 0.001)[0] == [0]


def test_slow_steps_with_cheap_looks_are_all_shown() -> None:
    assert shown(20, 0.2, 0.0001)[0] == list(range(20))


def test_fast_steps_are_shown_no_more_often_than_the_window_shows_them() -> None:
    looks, _ = shown(1000, 0.002, 0.0)
    seconds = 1000 * 0.002
    assert 0.8 * PER_SECOND * seconds <= len(looks) <= PER_SECOND * seconds + 2


@given(st.integers(2, 200), st.floats(0.001, 1.0), st.floats(0.0, 0.5))
def test_looks_in_the_middle_never_take_more_than_their_budget(steps: int, step: float, look: float) -> None:
    looks, share = shown(steps, step, look)
    assert share <= BUDGET + 1e-9
    assert looks[0] == 0
    assert looks[-1] == steps - 1
