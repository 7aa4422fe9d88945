"""A job that was broken off goes on from its last kept step; its pictures are those of the unbroken run, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.artifacts.run_log import RunLog
from core.jobs.context import JobContext
from core.jobs.event import Notice, Preview
from core.requests import GuidanceSettings, ImageRequest, Variation
from core.samplers.cards import CARDS, runs_alone
from core.tasks.pictures import BATCH
from tests.core.tasks.asking import artifacts, ask, break_off, hashes, run, steps_told

ContextMaker = Callable[[str], JobContext]
NAMES = [card.name for card in CARDS]


def log_of(context: JobContext) -> Path:
    return context.home / "trajectories" / f"{context.job_id}.steps"


@pytest.mark.parametrize("step", [1, 3, 6])
@pytest.mark.parametrize("name", NAMES)
def test_it_goes_on_to_the_same_pixels_with_every_sampler(context: ContextMaker, name: str, step: int) -> None:
    count = 1 if runs_alone(name) else 3
    request = ask("a cube", sampler=name, eta=0.6, count=count, guidance=GuidanceSettings(2.0, rescale=0.4))
    whole = run(request, context("whole"))
    break_off(request, context("cut"), step)
    resumed = run(request, context("cut"))
    assert steps_told(resumed) == list(range(step + 1, 7))
    assert hashes(resumed) == hashes(whole)
    assert [a.recipe.steps_sha256 for a in artifacts(resumed)] == [a.recipe.steps_sha256 for a in artifacts(whole)]
    assert all(len(artifact.recipe.steps_sha256) == 6 for artifact in artifacts(resumed))


def test_the_tabletops_own_networks_go_on_to_the_bit(tmp_path: Path) -> None:
    from core.history.database import Database
    from core.history.home import HomeFolder
    from core.history.store import HistoryStore
    from core.models.registry import SHIPPED, ModelRegistry

    home = HomeFolder(tmp_path / "home")
    database = Database(home.database)
    history, registry = HistoryStore(home, database), ModelRegistry((SHIPPED,))
    request = ImageRequest(
        "a red cube and (a sphere:1.3)", steps=4, count=2, seed=3, guidance=GuidanceSettings(2.5, rescale=0.5)
    )
    whole = run(request, JobContext("whole", home.root, history, registry))
    break_off(request, JobContext("cut", home.root, history, registry), 2)
    resumed = run(request, JobContext("cut", home.root, history, registry))
    database.close()
    assert steps_told(resumed) == [3, 4]
    assert hashes(resumed) == hashes(whole)


def test_a_second_batch_is_gone_on_with_and_the_first_is_not_made_again(context: ContextMaker) -> None:
    request = ask("a cube", count=BATCH + 2, sampler="euler_ancestral")
    whole = run(request, context("whole"))
    begun = iter(run_until_second_batch(request, context("cut")))
    list(begun)
    resumed = run(request, context("cut"))
    assert hashes(resumed) == hashes(whole)
    assert {len(event.clean) for event in resumed if isinstance(event, Preview)} == {2}


def run_until_second_batch(request: ImageRequest, context: JobContext) -> list[str]:
    from core.jobs.event import Progress
    from core.tasks.generate import generate

    begun, seen = generate(request, context), list[str]()
    for event in begun:
        if isinstance(event, Progress):
            seen.append(event.note)
            if seen.count("step 2 of 6") == 2:
                break
    begun.close()  # type: ignore[attr-defined]
    return seen


def test_another_batch_size_goes_on_and_makes_the_same_pixels(context: ContextMaker) -> None:
    request = ask("a cube", count=5)
    whole = run(request, context("whole"))
    break_off(request, context("cut"), 3)
    resumed = run(replace(request, batch=2), context("cut"))
    assert steps_told(resumed) == [4, 5, 6, 10, 11, 12, 16, 17, 18]
    assert hashes(resumed) == hashes(whole)


@pytest.mark.parametrize("batch", [1, 3, 64])
def test_how_many_are_denoised_at_once_changes_no_pixel(context: ContextMaker, batch: int) -> None:
    request = ask("a cube", count=5, sampler="heun")
    events = run(replace(request, batch=batch), context("other"))
    assert hashes(events) == hashes(run(request, context("own")))
    assert {len(event.clean) for event in events if isinstance(event, Preview)} == {
        min(batch, 5),
        *({5 % batch} - {0} if batch < 5 else ()),
    }


@pytest.mark.parametrize("change", [{"steps": 7}, {"prompt": "a blue cube"}, {"precision": "float32"}])
def test_steps_of_another_request_are_not_gone_on_with(context: ContextMaker, change: dict[str, Any]) -> None:
    break_off(ask(), context("cut"), 3)
    request = replace(ask(), **change)
    resumed = run(request, context("cut"))
    assert steps_told(resumed)[0] == 1
    assert hashes(resumed) == hashes(run(request, context("whole")))


def test_damaged_steps_are_left_out_and_the_whole_ones_before_them_serve(context: ContextMaker) -> None:
    break_off(ask(), context("cut"), 4)
    log = RunLog(log_of(context("cut")))
    damaged = log._states[0, 3].place
    data = bytearray(log_of(context("cut")).read_bytes())
    data[damaged.offset + damaged.length - 3] ^= 255
    data[log._states[0, 4].place.offset + 200] ^= 255
    log_of(context("cut")).write_bytes(data)
    resumed = run(ask(), context("cut"))
    assert steps_told(resumed) == [3, 4, 5, 6]
    assert hashes(resumed) == hashes(run(ask(), context("whole")))


def test_a_torn_file_serves_up_to_the_tear(context: ContextMaker) -> None:
    whole = hashes(run(ask(), context("whole")))
    break_off(ask(), context("cut"), 4)
    data = log_of(context("cut")).read_bytes()
    starts = set[int]()
    for length in range(0, len(data), 1531):
        log_of(context("cut")).write_bytes(data[:length])
        job = context("cut")
        resumed = run(ask(), job)
        starts.add(steps_told(resumed)[0])
        assert hashes(resumed) == whole
        job.history.delete([artifact.id for artifact in artifacts(resumed)])
        job.history.empty_bin(days=-1.0)
    assert starts == {1, 2, 3, 4}


def test_a_disk_that_refuses_costs_the_record_and_not_the_picture(
    context: ContextMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.artifacts.step_log.StepLog.append", refuse)
    events = run(ask(), context("job"))
    sentences = [event.sentence for event in events if isinstance(event, Notice)]
    assert len(sentences) == 1
    assert "can't be kept on disk" in sentences[0]
    assert "No space left" in sentences[0]
    assert len(hashes(events)) == 1


def test_a_finished_job_runs_again_without_a_step(context: ContextMaker) -> None:
    run(ask(count=2), context("job"))
    again = run(ask(count=2), context("job"))
    assert steps_told(again) == []
    assert len(hashes(again)) == 2


def test_a_sketch_leaves_no_steps(context: ContextMaker) -> None:
    run(ask(kept=False), context("job"))
    assert not log_of(context("job")).exists()


def test_a_variation_goes_on_too(context: ContextMaker) -> None:
    request = ask("a cube", count=2, variation=Variation(9, 0.3))
    whole = run(request, context("whole"))
    break_off(request, context("cut"), 2)
    assert hashes(run(request, context("cut"))) == hashes(whole)
