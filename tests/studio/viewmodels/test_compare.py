from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.compare.figures import RunFigures, Wishes
from core.requests import CompareRequest, ImageRequest, Lane, ReferenceSettings
from studio.viewmodels.compare import CompareInputs, derive_compare, nearest_step, told_error
from studio.viewmodels.compare_table import race_table
from studio.viewmodels.compare_views import CompareView
from studio.viewmodels.difference import difference_of, scale
from studio.viewmodels.plot_table import COMMA, copied
from studio.viewmodels.race_draft import RaceDraft, race_of
from studio.viewmodels.race_lanes import brief_names, series_of
from studio.viewmodels.race_steps import LaneStep
from studio.viewmodels.run import Phase, Run
from studio.viewmodels.trajectory import ruler_place
from tests.core.compare.records import record, run

DRAFT = race_of(ImageRequest("a red cube", "mixture", seed=48213))
SERIES = (("euler", 0), ("heun", 1), ("dpmpp_2m", 2))


def request() -> CompareRequest:
    return DRAFT.request()


def stepped(lane: int, step: int, total: int, log_snr: float, error: float) -> LaneStep:
    evaluated = (None, *(float(each) for each in range(1, step)))
    clean = np.full((4, 4, 3), 40 * lane + step, dtype=np.uint8)
    return LaneStep(step, total, log_snr, error, evaluated, clean)


STEPS = (
    (stepped(0, 1, 3, -4.0, 0.5), stepped(0, 2, 3, 1.0, 0.2), stepped(0, 3, 3, math.inf, 0.04)),
    (stepped(1, 1, 2, -1.0, 0.3), stepped(1, 2, 2, math.inf, 0.02)),
    (stepped(2, 1, 3, -4.0, 0.4),),
)


def shown(**changes: object) -> CompareView:
    inputs = CompareInputs(draft=DRAFT, request=request(), steps=_padded(), series=SERIES)
    return derive_compare(replace(inputs, **changes))


def _padded() -> tuple[tuple[LaneStep, ...], ...]:
    return (*STEPS, *(((),) * (len(DRAFT.lanes) - len(STEPS))))


def runs(*errors: float) -> list[RunFigures]:
    return [run(lane, error, seconds=1.0 + lane) for lane, error in enumerate(errors)]


def test_a_new_race_takes_the_pictures_settings_and_seed() -> None:
    assert [lane.request.sampler for lane in DRAFT.lanes][:3] == ["euler", "heun", "dpmpp_2m"]
    assert {lane.request.prompt for lane in DRAFT.lanes} == {"a red cube"}
    assert (DRAFT.seed, DRAFT.evaluations) == (48213, 24)
    assert 24 not in request().budgets
    assert RaceDraft.from_dict(DRAFT.to_dict()) == DRAFT
    assert RaceDraft.from_dict({"lanes": 3}) == RaceDraft()


def test_lanes_are_added_up_to_six_and_removed_down_to_two() -> None:
    draft = DRAFT
    while draft.can_add:
        draft = draft.added(draft.next_sampler)
    assert len(draft.lanes) == 6
    assert len({lane.request.sampler for lane in draft.lanes}) == 6
    assert draft.added("euler") == draft
    while draft.can_remove:
        draft = draft.removed(0)
    assert draft.removed(0) == draft
    assert [lane.request.sampler for lane in DRAFT.moved(0, 1).lanes][:2] == ["heun", "euler"]
    assert DRAFT.moved(0, -1) == DRAFT


def test_at_the_end_a_column_tells_the_races_figures() -> None:
    told = record(request(), *runs(0.0465, 0.0419, 0.0041))
    view = shown(record=told, complete=True)
    assert [column.error for column in view.columns][:2] == ["0.0465", "0.0419"]
    assert view.columns[0].facts == "3 steps, 3 evaluations"
    assert view.columns[0].seconds == "1.00 s"
    assert view.columns[0].bar == pytest.approx((math.log10(0.0465) + 4) / 4)
    assert [column.side for column in view.columns][:3] == ["A", "B", ""]
    assert "Heun" in view.finding or "Euler" in view.finding
    assert view.run_label == "Run again"


def test_the_closest_lane_is_marked_only_at_the_end() -> None:
    told = record(request(), *runs(0.0465, 0.0041))
    assert [column.closest for column in shown(record=told).columns][:2] == [False, True]
    assert not any(column.closest for column in shown(record=told, scrub=-4.0).columns)


def test_one_scrubber_moves_all_columns_to_one_noise() -> None:
    view = shown(scrub=-1.2)
    assert [column.facts for column in view.columns][:2] == ["step 2 of 3", "step 1 of 2"]
    assert [column.error for column in view.columns][:2] == ["0.2000", "0.3000"]
    assert view.scrubber.pill == "−1.2"
    assert view.scrubber.says.startswith("log-SNR −1.2    nearest: Euler 2, Heun 1, DPM++ 2M 1")
    assert [lane.passed for lane in view.scrubber.lanes][:3] == [2, 1, 1]
    assert view.scrubber.lanes[0].marks[0] == 0.0
    assert [round(log_snr) for _, log_snr in view.scrubber.stops[:3]] == [-4, -1, 1]
    assert view.scrubber.stops[-1] == (1.0, math.inf)
    assert shown().scrubber.pill == "end"
    assert shown().scrubber.place == 1.0


def test_the_nearest_step_is_nearest_on_the_ruler() -> None:
    assert nearest_step(STEPS[0], None) is STEPS[0][-1]
    assert nearest_step(STEPS[0], -9.0) is STEPS[0][0]
    assert nearest_step(STEPS[0], 8.9) is STEPS[0][-1]
    assert nearest_step((), 0.0) is None
    assert ruler_place(math.inf) == 1.0


def test_the_curve_has_slopes_and_orders_of_the_other_budgets() -> None:
    told = record(
        request(), *(run(0, 1.0 / budget, budget=budget) for budget in (12, 24, 48)), run(1, 0.001), uncertainty=1e-6
    )
    view = shown(record=told)
    assert view.curve.lines[0].slope == "−1.0"
    assert view.curve.lines[0].points[0] == (12.0, pytest.approx(1 / 12))
    assert view.curve.orders == "Measured order: Euler 1.0"
    assert view.curve.caption == "one seed"
    assert view.times[0].parts == (0.9, 0.05, 0.05)
    table = race_table(told)
    assert len(table.rows) == 4
    assert copied(table, (0,), separator=COMMA).splitlines()[1].startswith("Euler,12,12,0.0833")
    assert race_table(None).empty


def test_several_seeds_tell_intervals_and_truth() -> None:
    asked = replace(DRAFT, repeats=6).request()
    each = [
        run(lane, 0.01 * (lane + 1) + 0.001 * seed, seed=48213 + seed, wishes=Wishes(2, 2))
        for lane in (0, 1)
        for seed in range(6)
    ]
    view = derive_compare(CompareInputs(draft=replace(DRAFT, repeats=6), request=asked, record=record(asked, *each)))
    assert view.curve.caption == "median over 6 seeds"
    assert view.curve.lines[0].spans == ((0.01, 0.015),)
    assert view.truth.startswith("Shows all that was asked: Euler 100\u00a0% (61\u00a0% to 100\u00a0%)")
    assert view.truth_brief == "Shows all that was asked: Euler 100\u00a0%, Heun 100\u00a0%"
    assert view.facts.startswith("seeds 48\u2009213 to 48\u2009218 (pictures: 48\u2009213), 24 evaluations each")


def test_what_ran_stays_on_show_until_its_lanes_change() -> None:
    told = record(request(), *runs(0.1, 0.2))
    other_budget = replace(DRAFT, evaluations=12)
    assert shown(record=told, draft=other_budget).columns[0].error
    assert shown(record=told, draft=other_budget).stale
    other_lanes = DRAFT.changed(0, sampler="ddim")
    view = shown(record=told, draft=other_lanes)
    assert view.columns[0].name == "DDIM"
    assert (view.columns[0].error, view.columns[0].clean) == ("", None)


def test_what_is_said_of_a_race_is_said_of_the_one_on_show() -> None:
    told = record(request(), *(run(0, 1.0 / budget, budget=budget) for budget in (12, 24, 48)), uncertainty=1e-6)
    changed = replace(DRAFT, evaluations=12, seed=3, slopes=False)
    before, after = shown(record=told), shown(record=told, draft=changed)
    assert before.facts == "seed 48\u2009213, 24 evaluations each, mixture, reference Heun with 1000 evaluations"
    assert (after.facts, after.curve.orders) == (before.facts, before.curve.orders)
    assert (before.progress, after.progress) == ("", "Settings have changed since this race")


def test_the_playhead_of_a_running_race_is_at_its_newest_step() -> None:
    first = (STEPS[0][:2], *(((),) * (len(DRAFT.lanes) - 1)))
    view = shown(steps=first)
    assert (view.scrubber.pill, view.scrubber.place) == ("+1.0", ruler_place(1.0))
    assert view.scrubber.says == "log-SNR +1.0    nearest: Euler 2"


def test_a_sampler_keeps_its_series_and_a_second_lane_of_it_gets_a_free_one() -> None:
    assert series_of(("heun", "euler", "heun", "unknown"), dict(SERIES)) == (1, 0, 3, 4)


@pytest.mark.parametrize(
    ("names", "brief"),
    [
        (("Euler", "Heun"), ("Euler", "Heun")),
        (("Euler · karras", "Heun · uniform"), ("Euler", "Heun")),
        (("Euler · guidance 1", "Euler · guidance 3"), ("guidance 1", "guidance 3")),
        (
            ("Euler · karras · a", "Euler · beta · a", "Heun · beta · a"),
            ("Euler · karras", "Euler · beta", "Heun · beta"),
        ),
        (("Euler", "a name · of one's own"), ("Euler", "a name · of one's own")),
    ],
)
def test_where_there_is_little_room_a_lane_is_called_by_what_tells_it_apart(
    names: tuple[str, ...], brief: tuple[str, ...]
) -> None:
    assert brief_names(names) == brief


def test_a_race_without_a_prompt_says_so() -> None:
    view = derive_compare(CompareInputs(draft=race_of(ImageRequest("", "mixture"))))
    assert view.problem == "A race needs a prompt; write one in Create"
    assert derive_compare(CompareInputs()).problem == "Looking for models"


def test_a_running_race_says_where_it_is() -> None:
    running = Run("race", phase=Phase.RUNNING, done=30, total=120, note="Heun, step 3 of 13", race="Race")
    view = shown(run=running)
    assert view.busy
    assert view.progress == "Heun, step 3 of 13, 25 % of all evaluations"


@pytest.mark.parametrize(
    ("value", "words"), [(0.0465, "0.0465"), (0.5, "0.5000"), (3.21e-5, "3.2e−5"), (0.0, "0"), (9.96e-4, "1.0e−3")]
)
def test_errors_read_alike(value: float, words: str) -> None:
    assert told_error(value) == words


def test_a_difference_has_a_figure_and_a_map() -> None:
    a = np.zeros((4, 6, 3), dtype=np.uint8)
    b = a.copy()
    b[0, 0] = 51
    found = difference_of(a, b, 5.0)
    assert found.top == pytest.approx(0.2)
    assert found.psnr == pytest.approx(-10 * math.log10((51 / 255) ** 2 / 24))
    assert tuple(found.mapped[0, 0]) == scale()[255]
    assert tuple(found.mapped[1, 1]) == scale()[0]
    assert difference_of(a, a, 1.0).words == "identical"


def test_the_scale_gets_lighter_in_even_steps() -> None:
    def lightness(colour: tuple[int, int, int]) -> float:
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return 116 * luminance ** (1 / 3) - 16

    values = [lightness(scale()[each]) for each in range(0, 256, 15)]
    steps = np.diff(values)
    assert (steps > 0).all()
    assert steps.max() < 2.2 * steps.min()


def test_a_reference_is_named_by_its_evaluations() -> None:
    assert shown(draft=replace(DRAFT, reference=ReferenceSettings(steps=3000))).reference == 3000
    assert Lane(ImageRequest("a")).request.prompt == "a"
