from __future__ import annotations

import pytest

from core.requests import ImageRequest
from studio.viewmodels.live import BUDGET_S, LADDER, LiveInputs, derive_live, rate, sketch, sketch_steps


def test_the_rate_counts_the_pictures_of_the_last_two_seconds() -> None:
    assert rate((), 5.0) == 0.0
    assert rate((5.0,), 5.0) == 0.0
    assert rate((0.0, 4.0, 4.25, 4.5, 5.0), 5.0) == pytest.approx(3.0)


def test_a_sketch_has_the_most_steps_that_fit_the_budget() -> None:
    assert sketch_steps(20, 1, None) == 2
    assert sketch_steps(1, 1, None) == 1
    assert sketch_steps(20, 1, BUDGET_S / 8) == 8
    assert sketch_steps(20, 2, BUDGET_S / 8) == 4
    assert sketch_steps(3, 1, BUDGET_S / 8) == 2
    assert sketch_steps(20, 1, 10.0) == LADDER[0] == 2, "one step under guidance shows no colour that it should"
    assert sketch_steps(1, 1, 10.0) == 1


def test_a_sketch_is_one_picture_that_is_not_kept() -> None:
    made = sketch(ImageRequest("a red cube", steps=20, count=4, seed=3), 2)
    assert (made.steps, made.count, made.kept, made.seed) == (2, 1, False, 3)


def test_the_header_says_what_live_mode_does() -> None:
    assert derive_live(LiveInputs()).words == ""
    assert derive_live(LiveInputs(on=True)).words == "Live"
    assert derive_live(LiveInputs(on=True, steps=1)).words == "Live, 1 step"
    moving = LiveInputs(on=True, steps=4, finished=(1.0, 1.125, 1.25), now=1.25)
    assert derive_live(moving).words == "Live, 4 steps, 8.0 / s"
    assert derive_live(LiveInputs(on=True, waiting=True)).words == "Live, waits for the running job"
    assert derive_live(LiveInputs(on=True, problem="0 steps requested; ask for more")).words.startswith("0 steps")
