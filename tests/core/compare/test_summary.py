from __future__ import annotations

import pytest

from core.compare.figures import RunFigures, Wishes
from core.compare.summary import summarise
from tests.core.compare.records import race, record, run


def power(lane: int, order: float, budgets: tuple[int, ...], **fields: object) -> list[RunFigures]:
    return [run(lane, float(budget) ** -order, budget=budget, **fields) for budget in budgets]


def test_the_closest_lane_is_named_with_its_factor_and_its_time() -> None:
    told = summarise(record(race("euler", "dpmpp_2m"), run(0, 0.044), run(1, 0.004, seconds=1.05)))
    assert told.closest == 1
    assert (
        told.finding == "At 24 evaluations DPM++ 2M is 11 times closer to the reference than Euler, for 5 % more time."
    )


def test_small_leads_are_told_as_such() -> None:
    told = summarise(record(race("euler", "dpmpp_2m"), run(0, 0.012), run(1, 0.010)))
    assert "is 1.2 times closer to the reference than Euler, in the same time." in told.finding
    told = summarise(record(race("euler", "dpmpp_2m"), run(0, 0.0101), run(1, 0.010)))
    assert told.finding == "At 24 evaluations all are about equally close to the reference."


def test_a_lane_with_fresh_noise_is_not_blamed_for_its_distance() -> None:
    lanes = race("euler", "dpmpp_2m", "euler_ancestral")
    told = summarise(record(lanes, run(0, 0.02), run(1, 0.01), run(2, 0.9, fresh_noise=True)))
    assert "DPM++ 2M is 2.0 times closer to the reference than Euler" in told.finding
    assert told.finding.endswith("; Euler ancestral draws fresh noise and can't come close.")
    only = summarise(record(race("euler", "ddpm"), run(0, 0.02), run(1, 0.9, fresh_noise=True)))
    assert only.finding == "DDPM draws fresh noise, so distance from the reference says little here."


def test_overlapping_intervals_are_admitted() -> None:
    seeds = range(16)
    near = [run(0, 0.02 + 0.01 * seed, seed=seed) for seed in seeds]
    far = [run(1, 0.05 + 0.01 * seed, seed=seed) for seed in seeds]
    told = summarise(record(race("euler", "heun", repeats=16), *near, *far))
    assert "but their intervals over 16 seeds overlap" in told.finding
    apart = [run(1, 1.0 + 0.01 * seed, seed=seed) for seed in seeds]
    assert "overlap" not in summarise(record(race("euler", "heun", repeats=16), *near, *apart)).finding


def test_order_is_the_slope_over_all_budgets_and_local_slopes_stand_beside_it() -> None:
    budgets = (8, 16, 24, 48)
    lanes = race("euler", "heun", budgets=(8, 16, 48))
    lane = summarise(record(lanes, *power(0, 1.0, budgets), *power(1, 2.0, budgets))).lanes[1]
    assert lane is not None
    assert lane.order == pytest.approx(2.0)
    assert lane.slope == pytest.approx(-2.0)
    assert [point.slope for point in lane.curve] == pytest.approx([-2.0] * 4)


def test_errors_near_the_references_own_count_in_no_slope() -> None:
    budgets = (8, 16, 24, 48)
    lanes = race("euler", "heun", budgets=(8, 16, 48))
    stuck = [*power(1, 2.0, budgets[:3]), run(1, 1.5e-3, budget=48)]
    lane = summarise(record(lanes, *power(0, 1.0, budgets), *stuck, uncertainty=4e-4)).lanes[1]
    assert lane is not None
    assert [point.floored for point in lane.curve] == [False, False, False, True]
    assert lane.curve[-1].slope is None
    assert lane.order == pytest.approx(2.0)


def test_fresh_noise_has_no_order() -> None:
    budgets = (8, 24)
    runs = power(0, 1.0, budgets), power(1, 0.1, budgets, fresh_noise=True)
    told = summarise(record(race("euler", "ddpm", budgets=(8,)), *runs[0], *runs[1]))
    assert told.lanes[1] is not None
    assert told.lanes[1].order is None


def test_truth_is_told_by_picture_and_by_wish() -> None:
    runs = [run(0, 0.1, seed=seed, wishes=Wishes(3 if seed else 1, 3)) for seed in range(4)]
    lane = summarise(record(race("euler", "heun", repeats=4), *runs)).lanes[0]
    assert lane is not None
    assert lane.exact is not None
    assert lane.wishes is not None
    assert (lane.exact.value, lane.wishes.value) == (0.75, 10 / 12)


def test_a_lane_that_has_not_run_is_not_told_of() -> None:
    told = summarise(record(race("euler", "heun"), run(0, 0.1)))
    assert (told.lanes[1], told.closest, told.finding) == (None, None, "")


def test_a_lane_that_could_not_use_its_evaluations_is_not_held_against_the_others() -> None:
    lanes = race("euler", "dpmpp_2m", "dopri5")
    told = summarise(record(lanes, run(0, 0.02), run(1, 0.01), run(2, 1.4, evaluations=1)))
    assert "DPM++ 2M is 2.0 times closer to the reference than Euler" in told.finding
    assert told.finding.endswith("; Dormand-Prince 5 could use only 1.")
    alone = summarise(record(race("euler", "dopri5"), run(0, 0.02), run(1, 1.4, evaluations=1)))
    assert alone.closest is None
    assert alone.finding == (
        "At 24 evaluations Euler has no lane to be held against; Dormand-Prince 5 could use only 1."
    )


def test_who_wins_with_fewer_evaluations_is_said_to() -> None:
    told = summarise(record(race("euler", "heun"), run(0, 0.02), run(1, 0.01, evaluations=12)))
    assert told.closest == 1
    assert told.finding.startswith("At 24 evaluations Heun (12 used) is 2.0 times closer to the reference than Euler,")
    told = summarise(record(race("euler", "heun"), run(0, 0.01), run(1, 0.02, evaluations=23)))
    assert "Euler is 2.0 times closer to the reference than Heun (23 used)," in told.finding


def test_lanes_that_all_used_as_few_are_held_against_one_another() -> None:
    told = summarise(record(race("heun", "rk4"), run(0, 0.02, evaluations=13), run(1, 0.02, evaluations=12)))
    assert told.closest is None
    assert told.finding == (
        "At 24 evaluations Heun (13 used) and Runge-Kutta 4 (12 used) are about equally close to the reference."
    )


def test_no_lane_wins_by_more_evaluations_than_granted_nor_by_fresh_noise() -> None:
    lanes = race("euler", "heun", "dopri5", "ddpm")
    runs = run(0, 0.02), run(1, 0.04), run(2, 1e-6, evaluations=43), run(3, 1e-3, fresh_noise=True)
    told = summarise(record(lanes, *runs))
    assert told.closest == 0
    assert told.finding.endswith("; Dormand-Prince 5 took 43; DDPM draws fresh noise and can't come close.")
    over = summarise(record(race("rk4", "dopri5"), *(run(lane, 0.1, evaluations=31) for lane in (0, 1))))
    assert over.closest is None
    assert over.finding.startswith("No lane can be held to 24 evaluations; ")


def test_a_multiple_of_the_time_is_told_as_one() -> None:
    told = summarise(record(race("euler", "dpmpp_2m"), run(0, 0.02), run(1, 0.01, seconds=3.0)))
    assert told.finding.endswith("than Euler, in 3.0 times the time.")
