"""Steps saved with a picture: seen again after a restart, in the bin and out of it, gone with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.engine import Engine
from core.errors import TrajectoryError
from core.history.home import HomeFolder
from core.jobs.context import JobContext
from core.jobs.event import TERMINAL, Done, Notice, Preview, Produced
from core.requests import ImageRequest
from tests.core.models.mixture_model import install_mixture
from tests.core.tasks.asking import artifacts, ask, break_off, hashes, run

ContextMaker = Callable[[str], JobContext]


@pytest.fixture
def engine(tmp_path: Path, context: ContextMaker) -> Engine:
    """On the contexts' home and models."""
    return Engine(context("x").home, tmp_path / "models", keep_queue=False)


def forget(context: JobContext, job: str) -> None:
    (context.home / "trajectories" / f"{job}.steps").unlink()


def test_every_step_of_a_run_can_be_looked_at(context: ContextMaker, engine: Engine) -> None:
    events = run(ask(count=2, sampler="euler"), context("job"))
    info = engine.trajectory("job")
    assert info is not None
    assert (info.total, info.steps) == (6, {0: 6, 1: 6})
    shown = {event.index: event for event in events if isinstance(event, Preview)}
    looks = engine.looks("job", 1, [6, 1, 3])
    assert [look.index for look in looks] == [5, 0, 2]
    for look in looks:
        assert (look.job_id, look.total, look.clean.shape) == ("job", 6, (1, 16, 16, 3))
        if look.index in shown:
            seen = shown[look.index]
            assert (look.sigma, look.log_snr) == (seen.sigma, seen.log_snr)
            assert np.abs(look.clean[0].astype(int) - seen.clean[1]).max() <= 1
            assert look.noisy is not None
            assert seen.noisy is not None
            assert np.abs(look.noisy[0].astype(int) - seen.noisy[1]).max() <= 1


def test_saved_steps_outlive_the_run_and_are_near_the_exact_ones(context: ContextMaker, engine: Engine) -> None:
    run(ask(count=2, keep_trajectory=True), context("job"))
    exact = engine.looks("job", 1, range(1, 7))
    forget(context("x"), "job")
    info = engine.trajectory("job")
    assert info is not None
    assert (info.steps, info.exact) == ({0: 6, 1: 6}, False)
    for saved, seen in zip(engine.looks("job", 1, range(1, 7)), exact, strict=True):
        assert (saved.index, saved.sigma) == (seen.index, seen.sigma)
        assert np.abs(saved.clean.astype(int) - seen.clean).max() <= 1


def test_saved_steps_follow_their_picture_into_the_bin_out_of_it_and_away(
    context: ContextMaker, engine: Engine
) -> None:
    job = context("job")
    (artifact,) = artifacts(run(ask(keep_trajectory=True), job))
    forget(job, "job")
    home = HomeFolder(job.home)
    saved = home.trajectory(artifact.id)
    assert saved.is_file()
    job.history.delete([artifact.id])
    assert not saved.exists()
    assert engine.looks("job", 0, [2])[0].index == 1
    job.history.restore([artifact.id])
    assert saved.is_file()
    job.history.delete([artifact.id])
    job.history.empty_bin(days=-1.0)
    assert not saved.exists()
    assert list(home.bin.iterdir()) == []
    assert engine.trajectory("job") is None


def test_a_resumed_run_saves_the_steps_of_both_halves(context: ContextMaker, engine: Engine) -> None:
    request = ask(sampler="heun", keep_trajectory=True)
    break_off(request, context("cut"), 3)
    run(request, context("cut"))
    run(request, context("whole"))
    forget(context("x"), "cut")
    forget(context("x"), "whole")
    for one, other in zip(engine.looks("cut", 0, range(1, 7)), engine.looks("whole", 0, range(1, 7)), strict=True):
        np.testing.assert_array_equal(one.clean, other.clean)


def test_steps_that_can_not_be_saved_are_told_and_the_picture_is_kept(
    context: ContextMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.tasks.recording.save_trajectory", refuse)
    events = run(ask(keep_trajectory=True), context("job"))
    assert len(hashes(events)) == 1
    (told,) = (event for event in events if isinstance(event, Notice))
    assert told.sentence.startswith("the steps of job-01 can't be saved")


def test_steps_that_are_not_there_are_said(context: ContextMaker, engine: Engine) -> None:
    assert engine.trajectory("nobody") is None
    with pytest.raises(TrajectoryError, match="the steps of job nobody are no longer kept"):
        engine.looks("nobody", 0, [1])
    break_off(ask(), context("job"), 3)
    with pytest.raises(TrajectoryError, match="step 4 of picture 1 is not kept; 3 steps are at hand"):
        engine.looks("job", 0, [4])
    with pytest.raises(TrajectoryError, match="step 1 of picture 2 is not kept; 0 steps are at hand"):
        engine.looks("job", 1, [1])


def test_looking_while_the_worker_works_changes_no_pixel_and_no_thread_setting(tmp_path: Path) -> None:
    install_mixture(tmp_path / "models")
    request = ImageRequest("a cube", "mixture", steps=40, sampler="euler_ancestral", count=3)
    with Engine(tmp_path / "quiet", tmp_path / "models") as engine:
        alone = pictures_of(engine, request, look=False)
    with Engine(tmp_path / "looked", tmp_path / "models") as engine:
        threads = torch.get_num_threads()
        assert pictures_of(engine, request, look=True) == alone
        assert torch.get_num_threads() == threads


def pictures_of(engine: Engine, request: ImageRequest, *, look: bool) -> list[str]:
    mailbox = engine.subscribe()
    job_id, made, looked = engine.submit(request), list[str](), 0
    while True:
        for event in mailbox.wait(60.0):
            if isinstance(event, Produced):
                made.append(event.artifact.recipe.pixels_sha256)
            if isinstance(event, TERMINAL):
                assert isinstance(event, Done)
                assert looked or not look
                return made
        info = engine.trajectory(job_id)
        if look and info is not None and info.done:
            looked += len(engine.looks(job_id, 0, [info.steps[0]]))


def test_budgets_are_set_and_told(context: ContextMaker, engine: Engine) -> None:
    run(ask(), context("job"))
    assert engine.trajectory_use()[1] > 0
    engine.set_trajectory_budgets(0, 0)
    assert engine.trajectory_use() == (0, 0)
    assert engine.trajectory("job") is None
