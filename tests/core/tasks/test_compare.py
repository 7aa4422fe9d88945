from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from core.artifacts.image import load_picture
from core.compare.figures import RaceRecord, RunFigures, Timing
from core.compare.record import lane_picture, race_request, read_race
from core.compare.summary import summarise
from core.diffusion.level import Level
from core.errors import RequestError
from core.history.strips import StripShelf
from core.jobs.context import JobContext
from core.jobs.event import Event, LaneStepped, Progress, RaceMeasured
from core.jobs.gate import JobInterrupted
from core.requests import CompareRequest, GuidanceSettings, ImageRequest, Lane, ReferenceSettings
from core.samplers.cards import CARDS
from core.tasks.compare import compare
from core.tasks.racing import entrant, steps_within
from core.tasks.references import Reference, ReferenceShelf
from tests.core.tasks.asking import made

ContextMaker = Callable[[str], JobContext]
FINE = ReferenceSettings(steps=64)


def lane(sampler: str = "euler", **fields: object) -> Lane:
    asked = ImageRequest("a red cube and a blue cube", "mixture", sampler=sampler, guidance=GuidanceSettings(2.0))
    return Lane(replace(asked, **fields))


def race(*lanes: Lane, **fields: object) -> CompareRequest:
    return CompareRequest(lanes or (lane("euler"), lane("heun")), **{"seed": 5, "reference": FINE, **fields})


def run(request: CompareRequest, context: JobContext) -> list[Event]:
    return list(compare(request, context))


def record_of(events: list[Event]) -> RaceRecord:
    last = events[-1]
    assert isinstance(last, RaceMeasured)
    assert last.complete
    return last.record


def untimed(runs: tuple[RunFigures, ...]) -> list[RunFigures]:
    return [replace(each, timing=Timing(0.0, 0.0, 0.0)) for each in runs]


def test_every_sampler_races_with_no_more_evaluations_than_the_others(context: ContextMaker) -> None:
    where = context("race")
    for card in CARDS:
        for budget in (5, 24):
            asked = race(lane(card.name), lane("euler")).picture(0, 5, 1)
            steps = steps_within(asked, entrant(0, asked, where).plan, budget)
            assert card.varies or steps >= budget // card.evaluations_per_step, card.name
    for first in range(0, len(CARDS), 6):
        cards = [*CARDS[first : first + 6], CARDS[0]][:6]
        asked = race(*(lane(card.name) for card in cards))
        record = record_of(run(asked, context(f"race-{first}")))
        for card, own in zip(cards, record.runs, strict=True):
            assert own.evaluations <= 24, card.name
            assert card.varies or own.evaluations > 24 - card.evaluations_per_step, card.name


def test_heun_gets_half_the_steps(context: ContextMaker) -> None:
    record = record_of(run(race(), context("race")))
    euler, heun = record.runs
    assert (euler.steps, euler.evaluations) == (24, 24)
    # Out of pure noise and into clean data Heun's step takes one evaluation each.
    assert (heun.steps, heun.evaluations) == (13, 24)
    assert heun.evaluated[0] is None
    assert len(heun.evaluated) == 24


def test_a_lane_is_the_picture_that_generate_makes(context: ContextMaker) -> None:
    record = record_of(run(race(), context("race")))
    alone = made(record.request.picture(1, 5, record.runs[1].steps), context("alone"))
    assert record.runs[1].pixels_sha256 == alone.recipe.pixels_sha256


def test_the_picture_lies_beside_the_record_with_its_recipe(context: ContextMaker) -> None:
    where = context("race")
    events = run(race(), where)
    measured = events[-1]
    assert isinstance(measured, RaceMeasured)
    shown = [event for event in events if isinstance(event, LaneStepped) and event.lane == 1][-1]
    kept = load_picture(lane_picture(Path(measured.file), 1))
    np.testing.assert_array_equal(kept.pixels, shown.clean)
    assert kept.recipe.pixels_sha256 == measured.record.runs[1].pixels_sha256
    assert (kept.recipe.request.steps, kept.recipe.request.sampler) == (13, "heun")


def test_steps_are_told_with_their_noise_and_their_error(context: ContextMaker) -> None:
    events = run(race(), context("race"))
    told = [event for event in events if isinstance(event, LaneStepped) and event.lane == 0]
    assert [event.step for event in told] == list(range(1, 25))
    assert all(a.log_snr < b.log_snr for a, b in pairwise(told))
    assert math.isinf(told[-1].log_snr)
    assert told[0].clean.shape == told[0].noisy.shape == (16, 16, 3)
    assert len(told[-1].evaluated) == 24
    own = record_of(events).runs[0]
    assert [event.error for event in told] == [step.error for step in own.path]
    assert own.path[-1].error == own.error


def test_errors_fall_with_evaluations_at_each_samplers_order(context: ContextMaker) -> None:
    asked = race(evaluations=96, budgets=(192, 384), reference=ReferenceSettings(steps=2000))
    told = summarise(record_of(run(asked, context("race"))))
    euler, heun = told.lanes
    assert euler is not None
    assert heun is not None
    assert euler.order == pytest.approx(1.0, abs=0.25)
    assert heun.order == pytest.approx(2.0, abs=0.4)
    assert told.closest == 1


def test_a_lane_with_the_references_own_steps_has_no_error(context: ContextMaker) -> None:
    asked = race(lane("euler"), lane("dpmpp_2m"), evaluations=64, reference=ReferenceSettings("euler", 64))
    euler = record_of(run(asked, context("race"))).runs[0]
    assert euler.error == 0.0
    assert max(step.error for step in euler.path) < 1e-6


def test_the_references_uncertainty_is_of_its_true_error(context: ContextMaker) -> None:
    rough = record_of(run(race(reference=ReferenceSettings("euler", 64)), context("rough")))
    exact = record_of(run(race(evaluations=64, reference=ReferenceSettings("heun", 2000)), context("exact")))
    truth = exact.runs[0].error
    assert truth / 3 < rough.references[0].uncertainty < truth * 3


def test_fresh_noise_is_seen_whatever_a_sampler_is_called(context: ContextMaker) -> None:
    record = record_of(run(race(lane("ddim"), lane("ddim", eta=0.5), lane("euler_ancestral")), context("race")))
    assert [each.fresh_noise for each in record.runs] == [False, True, True]


def test_lanes_of_one_equation_share_their_reference(context: ContextMaker) -> None:
    other = lane("euler", prompt="a green cube and a white cube")
    record = record_of(run(race(lane("euler"), other, lane("heun")), context("race")))
    assert [each.lanes for each in record.references] == [(0, 2), (1,)]


def test_a_reference_is_not_worked_out_twice(context: ContextMaker) -> None:
    first = record_of(run(race(), context("first")))
    events = run(race(lane("dpmpp_2m"), lane("euler"), evaluations=12), context("second"))
    assert not [event for event in events if isinstance(event, Progress) and event.note.startswith("reference")]
    second = record_of(events)
    assert second.references[0].seconds == 0.0
    assert second.references[0].uncertainty == first.references[0].uncertainty
    again = record_of(run(race(), context("third")))
    assert untimed(again.runs) == untimed(first.runs)


def test_an_exported_race_replays_to_the_same_numbers(context: ContextMaker) -> None:
    where = context("first")
    asked = race(lane("euler"), lane("euler_ancestral"), lane("heun"), budgets=(8, 12), repeats=2)
    first = record_of(run(asked, where))
    file = where.home / "races" / "first.json"
    assert read_race(file) == first
    for kept in (where.home / "references").iterdir():
        kept.unlink()
    again = record_of(run(race_request(file), context("again")))
    assert untimed(again.runs) == untimed(first.runs)
    assert [each.uncertainty for each in again.references] == [each.uncertainty for each in first.references]


def test_every_budget_and_seed_is_run_once(context: ContextMaker) -> None:
    events = run(race(budgets=(8, 24, 16), repeats=3), context("race"))
    record = record_of(events)
    met = sorted((each.lane, each.seed, each.budget) for each in record.runs)
    assert met == [(which, seed, budget) for which in (0, 1) for seed in (5, 6, 7) for budget in (8, 16, 24)]
    progress = [event for event in events if isinstance(event, Progress)]
    assert all(a.done <= b.done for a, b in pairwise(progress))
    assert progress[-1].done <= progress[-1].total


def figures(record: RaceRecord) -> tuple[object, ...]:
    """All that a race measured, but for the clock."""
    references = [replace(each, seconds=0.0) for each in record.references]
    return record.request, record.names, references, untimed(record.runs), record.environment, record.models


@pytest.mark.parametrize("stop", ["reference", "step 7", "measured 1", "measured 5"])
def test_a_race_that_was_stopped_or_killed_comes_to_the_figures_of_an_unbroken_one(
    context: ContextMaker, stop: str
) -> None:
    """It is stopped while it makes its reference, within its first lane, between lanes, and in its second seed; then
    another life of the job makes what is missing, and nothing else."""
    asked = race(lane("euler"), lane("euler_ancestral"), budgets=(8,), repeats=2)
    begun = compare(asked, context("race"))
    stood = until(begun, stop)
    # A kill: nothing of the first life's clean-up is run before the second one.
    events = run(asked, context("race"))
    measured = [event for event in events if isinstance(event, RaceMeasured)]
    assert (len(measured[0].record.runs), len(measured)) == (stood, 8 - stood + 2)
    shown = {event.lane for event in events if isinstance(event, LaneStepped)}
    assert shown == {lane for lane in (0, 1) if lane >= stood}
    done = [event for event in events if isinstance(event, Progress)]
    assert all(a.done <= b.done for a, b in pairwise(done))
    begun.close()  # type: ignore[attr-defined]
    for kept in (context("race").home / "references").iterdir():
        kept.unlink()
    assert figures(record_of(events)) == figures(record_of(run(asked, context("whole"))))


def until(events: Iterator[Event], stop: str) -> int:
    """Go on until that was told; how many runs were measured by then."""
    runs = 0
    for event in events:
        if isinstance(event, RaceMeasured):
            runs = len(event.record.runs)
            if stop == f"measured {runs}":
                return runs
        note = event.note if isinstance(event, Progress) else ""
        if (stop == "reference" and note.startswith("reference")) or f", {stop} of" in note:
            return runs
    raise AssertionError(f"nothing told of {stop}")


def test_seeds_that_are_finished_need_their_references_no_more(context: ContextMaker) -> None:
    asked = race(repeats=2)
    until(begun := compare(asked, context("race")), "measured 3")
    begun.close()  # type: ignore[attr-defined]
    for kept in (context("race").home / "references").iterdir():
        kept.unlink()
    events = run(asked, context("race"))
    progress = [event.note for event in events if isinstance(event, Progress)]
    told = [note for note in progress if note.startswith("reference, step 60 ")]
    assert len(told) == 1


def test_a_lane_whose_picture_is_gone_is_run_anew(context: ContextMaker) -> None:
    where = context("race")
    first = record_of(run(race(), where))
    file = where.home / "races" / "race.json"
    lane_picture(file, 1).unlink()
    events = run(race(), where)
    assert {event.lane for event in events if isinstance(event, LaneStepped)} == {1}
    assert figures(record_of(events)) == figures(first)


def test_a_race_is_not_finished_with_other_weights_or_versions(
    context: ContextMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = context("race")
    until(compare(race(), where), "measured 1")
    file = where.home / "races" / "race.json"
    before = file.read_text()
    monkeypatch.setattr(type(where.registry), "weights_used", lambda *_: {"network": "other"})
    with pytest.raises(RequestError, match="this race was begun with other weights; run it anew"):
        run(race(), where)
    monkeypatch.undo()
    file.write_text(before.replace('"threads": ', '"threads": 9'))
    with pytest.raises(RequestError, match=r"begun with threads 9\d+, now \d+; run it anew"):
        run(race(), where)
    assert len(read_race(file).runs) == 1


def test_the_strips_of_older_races_make_room_for_its_own(context: ContextMaker) -> None:
    folder = context("first").home / "races"
    for job in ("first", "second"):
        run(race(), replace(context(job), strips=StripShelf(folder, 0)))
    assert sorted(path.name for path in folder.iterdir() if "steps" in path.name or path.name.startswith(".")) == [
        "second-lane-1-steps.png",
        "second-lane-2-steps.png",
    ]
    assert read_race(folder / "first.json").complete
    assert load_picture(lane_picture(folder / "first.json", 1)).recipe.request.sampler == "heun"


def test_no_evaluation_is_made_once_a_race_is_cancelled(context: ContextMaker) -> None:
    where = context("race")
    begun = compare(race(), where)
    for event in begun:
        if isinstance(event, Progress) and event.note.startswith("reference, step 20 "):
            where.gate.interrupt()
            break
    with pytest.raises(JobInterrupted):
        next(begun)
    where.gate.reset()


def test_time_is_split_into_network_solver_and_decoding(context: ContextMaker) -> None:
    where = context("race")
    ticks = iter(range(10**7))
    ticking = replace(where, clock=lambda: float(next(ticks)))
    record = record_of(run(race(budgets=(8,)), ticking))
    shown, other = record.runs[0], record.runs[2]
    # One tick an evaluation; about it, and about each step, the clock is read thrice more.
    assert shown.timing.network == 24.0
    assert shown.timing.decode == 1.0
    assert other.timing.decode == 0.0
    assert shown.timing.solver > 0.0


def test_a_reference_must_not_draw_noise(context: ContextMaker) -> None:
    with pytest.raises(RequestError, match="choose a deterministic reference"):
        run(race(reference=ReferenceSettings("euler_ancestral", 32)), context("race"))


def test_the_path_between_knots_is_followed(tmp_path: Path) -> None:
    """x0 = (1 - t)^2 for all elements on a flow: dx/dt = (x - x0) / t, with x(1) = 1 solved by hand."""

    def level(t: float) -> Level:
        return Level(t, 1.0 - t, t)

    def exact(t: float) -> float:
        # x = t c - t * integral of (1 - s)^2 / s^2 ds, with c from x(1) = 1.
        return t * (1.0 + 1.0 / t - t + 2.0 * math.log(t)) if t else 1.0

    times = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    reference = Reference(
        tuple(level(t) for t in times),
        torch.tensor([[exact(t)] for t in times]),
        torch.tensor([[(1.0 - t) ** 2] for t in times]),
        10,
        1e-4,
    )
    for t in (0.97, 0.83, 0.55):
        assert float(reference.at(level(t))) == pytest.approx(exact(t), abs=2e-4)
    assert float(reference.at(level(0.8))) == pytest.approx(exact(0.8), abs=1e-6)
    shelf = ReferenceShelf(tmp_path)
    shelf.keep("a", reference)
    kept = shelf.take("a")
    assert kept is not None
    assert (kept.levels, kept.evaluations, kept.uncertainty) == (reference.levels, 10, 1e-4)
    torch.testing.assert_close(kept.x, reference.x)
    (tmp_path / "a.safetensors").write_bytes(b"torn")
    assert shelf.take("a") is None
