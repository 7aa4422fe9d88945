"""A sweep's cells are the pictures that one would make alone; one that was broken off makes only what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.artifacts.image import load_picture
from core.errors import NoisetteError
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.jobs.event import CellMade, CellStepped, Event, Notice, Produced, Progress
from core.jobs.gate import JobInterrupted
from core.requests import GuidanceSettings, ImageRequest
from core.sweeps.record import read_sweep, unfinished
from core.sweeps.request import Axis, SweepRequest
from core.tasks.generate import generate
from core.tasks.sweeping import sweep

ContextMaker = Callable[[str], JobContext]
BASE = ImageRequest("a red cube", "mixture", steps=4, guidance=GuidanceSettings(2.0), seed=5)
JOB = "20261121-040353-9f31c2a7"


def asked(*axes: Axis, base: ImageRequest = BASE) -> SweepRequest:
    return SweepRequest(base, axes or (Axis("sampler", ("euler", "euler_ancestral")), Axis("seed", ("5", "6"))))


def made(events: list[Event]) -> list[CellMade]:
    return [event for event in events if isinstance(event, CellMade)]


def test_each_cell_is_the_picture_that_is_made_alone(context: ContextMaker) -> None:
    axes = (
        Axis("sampler+grid", ("heun+karras", "dpmpp_2m+uniform")),
        Axis("evaluations", ("5", "8")),
        Axis("prompt-replace", ("red", "blue")),
    )
    cells = made(list(sweep(asked(*axes), context(JOB))))
    assert [cell.figures.cell for cell in cells] == list(range(8))
    for cell in cells:
        picture = load_picture(cell.artifact.path)
        alone = list(generate(picture.recipe.request, context(f"alone{cell.figures.cell}")))
        (again,) = (event.artifact for event in alone if isinstance(event, Produced))
        np.testing.assert_array_equal(picture.pixels, load_picture(again.path).pixels)
        assert again.recipe.request == picture.recipe.request
        assert again.recipe.steps_sha256 == picture.recipe.steps_sha256
    requests = [cell.artifact.recipe.request for cell in cells]
    assert {request.prompt for request in requests} == {"a red cube", "a blue cube"}
    # Heun spares an evaluation at pure noise and one at clean data: as in races, 5 steps make 8.
    assert [(r.sampler, r.steps, c.figures.evaluations) for r, c in zip(requests[:4], cells, strict=False)] == [
        ("heun", 3, 4),
        ("dpmpp_2m", 5, 5),
        ("heun", 5, 8),
        ("dpmpp_2m", 8, 8),
    ]


def test_progress_counts_the_steps_of_all_cells_and_looks_name_theirs(context: ContextMaker) -> None:
    events = list(sweep(asked(), context(JOB)))
    told = [event for event in events if isinstance(event, Progress) and "step" in event.note]
    assert [event.done for event in told] == list(range(1, 17))
    assert {event.total for event in told} == {16}
    assert told[4].note == "cell 2 of 4, step 1 of 4"
    looks = [event for event in events if isinstance(event, CellStepped)]
    assert {look.cell for look in looks} == {0, 1, 2, 3}
    assert looks[0].clean.shape == (16, 16, 3)
    assert {event.job_id for event in events} == {JOB}
    where = context(JOB)
    assert where.history.count() == 4
    record = read_sweep(HomeFolder(where.home).sweeps / f"{JOB}.json")
    assert record.complete
    assert [cell.picture for cell in record.cells] == [event.figures.picture for event in made(events)]


@pytest.mark.parametrize("step", [1, 6, 8])
def test_a_sweep_that_was_broken_off_goes_on_to_the_same_pixels(context: ContextMaker, step: int) -> None:
    whole = [cell.figures.pixels_sha256 for cell in made(list(sweep(asked(), context(JOB))))]
    cut = context("20261121-040353-00000000")
    begun = sweep(asked(), cut)
    for event in begun:
        if isinstance(event, Progress) and event.done == step and "step" in event.note:
            break
    begun.close()  # type: ignore[attr-defined]
    folder = HomeFolder(cut.home).sweeps
    assert list(unfinished(folder)) == [cut.job_id]
    resumed = list(sweep(asked(), cut))
    told = [event.done for event in resumed if isinstance(event, Progress) and "step" in event.note]
    assert told == list(range(step + 1, 17))
    assert [cell.figures.pixels_sha256 for cell in made(resumed)] == whole
    assert not unfinished(folder)
    assert cut.history.count() == 8


def test_a_cancel_stops_it_within_one_evaluation_and_keeps_what_is_made(context: ContextMaker) -> None:
    where = context(JOB)

    def cancel_after_the_first() -> None:
        for event in sweep(asked(), where):
            if isinstance(event, CellMade):
                where.gate.interrupt()

    with pytest.raises(JobInterrupted):
        cancel_after_the_first()
    assert len(where.history.of_job(JOB)) == 1
    assert len(read_sweep(HomeFolder(where.home).sweeps / f"{JOB}.json").cells) == 1


def test_a_remark_comes_once_and_what_no_cell_can_be_stops_all_before_the_first(context: ContextMaker) -> None:
    base = replace(BASE, prompt="a red blob")
    events = list(sweep(asked(base=base), context(JOB)))
    assert len([event for event in events if isinstance(event, Notice)]) == 1
    where = context("other")
    with pytest.raises(NoisetteError, match="can't make 64x64 pictures"):
        list(sweep(asked(Axis("size", ("16x16", "64x64"))), where))
    assert not where.history.of_job("other")
