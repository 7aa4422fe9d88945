"""Steps on disk and in memory: whole or not there, within their budgets, the oldest finished ones let go first."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.artifacts.kept_trajectory import TrajectoryCard, load_card, load_glance, save_trajectory
from core.artifacts.run_log import RunLog
from core.artifacts.step_log import MAGIC, StepLog, read_arrays, read_log, whole_length
from core.artifacts.trajectory import Glance, RunBatch, RunHead, RunItem
from core.artifacts.trajectory_store import LOGS_HELD, STALE_DAYS, TrajectoryStore
from core.diffusion.level import Level
from core.errors import TrajectoryError
from core.requests import ImageRequest
from tests.core.artifacts.recipes import ENVIRONMENT

LEVELS = (Level(1.0, 0.0, 1.0), Level(0.5, 0.5, 0.5), Level(0.0, 1.0, 0.0))
BATCH = RunBatch(tuple(RunItem(item, 7 + item, "a cube", "", None) for item in range(2)), LEVELS)


def head(job: str, **fields: object) -> RunHead:
    return RunHead(job, ImageRequest("a cube", steps=2, count=2, **fields), {"painter": "f" * 64}, ENVIRONMENT)  # type: ignore[arg-type]


def states(step: int, side: int = 4) -> np.ndarray:
    return np.random.default_rng(step).standard_normal((2, 3, side, side), np.float32)


def fill(store: TrajectoryStore, job: str, *, end: bool = True, side: int = 4) -> None:
    log = store.start(head(job))
    log.add_batch(BATCH)
    for step in (1, 2):
        x = states(step, side)
        log.add_step(step, x, -x, [f"{job}{step}{item}" for item in range(2)])
        store.look(job, step, BATCH, x.astype(np.float16), (-x).astype(np.float16))
    if end:
        log.end()
    store.stop(job)


@pytest.fixture
def store(tmp_path: Path) -> TrajectoryStore:
    return TrajectoryStore(tmp_path / "steps")


def aged(store: TrajectoryStore, job: str, seconds: float) -> None:
    past = time.time() - seconds
    os.utime(store.folder / f"{job}.steps", (past, past))


def jobs_on_disk(store: TrajectoryStore) -> set[str]:
    return {path.stem for path in store.folder.iterdir()}


def test_what_was_written_is_read_again_to_the_bit(store: TrajectoryStore) -> None:
    fill(store, "job")
    fresh = TrajectoryStore(store.folder)
    info = fresh.info("job")
    assert info is not None
    assert (info.total, info.done, info.items, info.steps, info.exact) == (2, 2, (0, 1), {0: 2, 1: 2}, True)
    assert info.sigma == (0.5, 0.0)
    assert info.log_snr == (0.0, float("inf"))
    for step in (1, 2):
        for item in (0, 1):
            state = fresh.state("job", item, step)
            assert state is not None
            np.testing.assert_array_equal(state.x, states(step)[item])
            np.testing.assert_array_equal(state.x0, -states(step)[item])
            assert state.hashed == f"job{step}{item}"
    assert fresh.broken_off() == ()


def test_a_glance_is_at_unit_variance_from_the_disk(store: TrajectoryStore) -> None:
    fill(store, "job")
    noisy = TrajectoryStore(store.folder).glance("job", 1, 1).noisy
    np.testing.assert_allclose(noisy, states(1)[1] / np.sqrt(0.5), rtol=1e-6)


def test_what_is_not_kept_is_said(store: TrajectoryStore) -> None:
    assert store.info("nobody") is None
    assert store.state("nobody", 0, 1) is None
    with pytest.raises(TrajectoryError, match="the steps of job nobody are no longer kept; make the picture again"):
        store.glance("nobody", 0, 1)
    with pytest.raises(TrajectoryError, match="is not one"):
        store.info("../nobody")


@given(st.data())
def test_a_log_that_is_cut_anywhere_keeps_the_whole_records_before(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.steps"
        log = StepLog(path)
        ends = [len(MAGIC)]
        for number in range(4):
            log.append({"number": number}, {"x": np.full((2, 3), number, np.float32)} if number % 2 else None)
            ends.append(path.stat().st_size)
        log.close()
        whole = path.read_bytes()
        length = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:length])
        kept = [record.data["number"] for record in read_log(path)]
        assert kept == [number for number in range(4) if ends[number + 1] <= length]
        again = StepLog(path)
        again.append({"number": 9}, {"x": np.zeros((1,), np.float32)})
        again.close()
        assert [record.data["number"] for record in read_log(path)] == [*kept, 9]


@given(st.data())
def test_a_log_with_a_byte_changed_never_gives_wrong_arrays(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.steps"
        log = StepLog(path)
        for number in range(3):
            log.append({"number": number}, {"x": np.full((5,), number, np.float32)})
        log.close()
        spoiled = bytearray(path.read_bytes())
        at = data.draw(st.integers(0, len(spoiled) - 1))
        spoiled[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(spoiled)
        for place, record in enumerate(read_log(path)):
            assert record.data == {"number": place}
            try:
                arrays = read_arrays(path, record.place)
            except TrajectoryError:
                continue
            np.testing.assert_array_equal(arrays["x"], np.full((5,), place, np.float32))


def test_a_file_of_another_kind_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "a.steps"
    path.write_bytes(b"something else entirely")
    assert whole_length(path) == 0
    assert RunLog(path).head is None


def test_memory_lets_the_oldest_jobs_go_but_never_the_running_one(store: TrajectoryStore) -> None:
    for job in ("a", "b", "c"):
        fill(store, job)
    one = store.used()[0] // 3
    store.set_budgets(memory_bytes=2 * one, disk_bytes=1 << 30)
    assert set(store._seen) == {"b", "c"}
    log = store.start(head("d"))
    log.add_batch(BATCH)
    store.look("d", 1, BATCH, states(1).astype(np.float16), states(1).astype(np.float16))
    store.set_budgets(memory_bytes=0, disk_bytes=1 << 30)
    assert set(store._seen) == {"d"}
    store.stop("d")
    assert set(store._seen) == set()


def test_disk_lets_finished_jobs_go_first_then_broken_off_ones_never_the_running_one(store: TrajectoryStore) -> None:
    fill(store, "broken", end=False)
    fill(store, "first")
    fill(store, "second")
    for seconds, job in ((9000, "broken"), (8000, "first"), (7000, "second")):
        aged(store, job, seconds)
    one = (store.folder / "first.steps").stat().st_size
    store.set_budgets(1 << 30, disk_bytes=2 * one)
    assert jobs_on_disk(store) == {"broken", "second"}
    log = store.start(head("running"))
    log.add_batch(BATCH)
    store.set_budgets(1 << 30, disk_bytes=0)
    assert jobs_on_disk(store) == {"running"}
    store.stop("running")


def test_memory_holds_no_more_logs_than_are_looked_at_just_now(
    store: TrajectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [f"job{place}" for place in range(LOGS_HELD + 3)]
    for job in jobs:
        fill(store, job)
    read = list[str]()
    monkeypatch.setattr(
        "core.artifacts.trajectory_store.RunLog", lambda path: (read.append(path.stem), RunLog(path))[1]
    )
    for job in jobs:
        assert store.info(job) is not None
    for job in (jobs[-1], jobs[3], jobs[0]):
        assert store.state(job, 0, 1) is not None
    assert read == [*jobs, jobs[0]], "the last asked for are held, the others read anew"
    store.set_budgets(0, 0)
    assert not jobs_on_disk(store)
    assert len(read) == len(jobs) + 1, "whether a run has ended is known without its log"


def test_another_processs_run_is_left_alone_by_the_budget(store: TrajectoryStore) -> None:
    fill(store, "elsewhere", end=False)
    other = TrajectoryStore(store.folder, disk_bytes=0)
    other.set_budgets(0, 0)
    assert jobs_on_disk(store) == {"elsewhere"}


def test_a_start_sweeps_what_is_stale_but_not_what_waits(store: TrajectoryStore) -> None:
    for job in ("old", "waiting", "fresh"):
        fill(store, job, end=False)
    (store.folder / "torn.steps").write_bytes(MAGIC[:5])
    for job in ("old", "waiting", "torn"):
        aged(store, job, STALE_DAYS * 86_400.0 + 60.0)
    assert store.sweep({"waiting"}) == 2
    assert jobs_on_disk(store) == {"waiting", "fresh"}
    assert {each.job_id for each in store.broken_off()} == {"waiting", "fresh"}


def test_saved_steps_come_back_in_half_precision(tmp_path: Path) -> None:
    path = tmp_path / "a.trajectory.safetensors"
    card = TrajectoryCard("job-02", 1, ImageRequest("a cube", steps=2), "f" * 64, LEVELS, ("aa", "bb"))
    glances = [Glance(states(step)[0].astype(np.float16), states(step)[1].astype(np.float16)) for step in (1, 2)]
    save_trajectory(path, card, glances)
    assert load_card(path) == card
    assert card.info("job").steps == {1: 2}
    for step in (1, 2):
        np.testing.assert_array_equal(load_glance(path, step).noisy, glances[step - 1].noisy)
        np.testing.assert_array_equal(load_glance(path, step).clean, glances[step - 1].clean)
    with pytest.raises(TrajectoryError, match="step 3 is not among the 2"):
        load_glance(path, 3)
    assert load_card(tmp_path / "none") is None
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        for read in (lambda: load_card(path), lambda: load_glance(path, 1)):
            with pytest.raises(TrajectoryError, match="can't be read"):
                read()
