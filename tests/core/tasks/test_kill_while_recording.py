"""SIGKILL at any instant leaves whole steps, and the next start goes on from them to the same pixels."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pytest

from core.artifacts.recipe import state_hash
from core.artifacts.trajectory_store import TrajectoryStore
from core.engine import Engine
from core.jobs.event import TERMINAL, Produced
from tests.core.models.mixture_model import install_mixture
from tests.core.tasks import record_target

PATIENCE_SECONDS = 120.0
KILLS = 6

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and fork are POSIX")


class Site:
    def __init__(self, folder: Path) -> None:
        self.home, self.models = folder / "kill-home", folder / "models"
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload([record_target.__name__])
        # Never started, so that the job waits for the first process.
        engine = Engine(self.home, self.models)
        self.job = engine.submit(record_target.REQUEST)
        engine.close()

    def die(self, torn_at: int | None = None, seconds: float = 0.0) -> None:
        ours, theirs = self.processes.Pipe(duplex=False)
        arguments = (self.home, self.models, theirs, torn_at)
        process = self.processes.Process(target=record_target.work, args=arguments)
        process.start()
        theirs.close()
        assert ours.poll(PATIENCE_SECONDS)
        ours.recv()
        if torn_at is None:
            ours.poll(seconds)
            process.kill()
        process.join()
        assert process.exitcode in (-9, 0)

    def steps(self) -> int:
        """How many whole steps are there, each checked to be what its hash says."""
        store = TrajectoryStore(self.home / "trajectories")
        log = store.log(self.job)
        if log is None:
            return 0
        reached = log.steps()
        for item, steps in reached.items():
            for step in range(1, steps + 1):
                state = log.state(item, step)
                assert state_hash(state.x.tobytes()) == state.hashed
        return min(reached.values(), default=0)

    def finish(self) -> list[tuple[str, tuple[str, ...]]]:
        with Engine(self.home, self.models) as engine:
            mailbox, made = engine.subscribe(), dict[str, tuple[str, tuple[str, ...]]]()
            while True:
                for event in mailbox.wait(PATIENCE_SECONDS):
                    if isinstance(event, Produced):
                        recipe = event.artifact.recipe
                        made[event.artifact.id] = recipe.pixels_sha256, recipe.steps_sha256
                    if isinstance(event, TERMINAL):
                        return [made[name] for name in sorted(made)]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    install_mixture(tmp_path / "models")
    return Site(tmp_path)


def unbroken(tmp_path: Path) -> list[tuple[str, tuple[str, ...]]]:
    with Engine(tmp_path / "whole-home", tmp_path / "models", keep_queue=False) as engine:
        mailbox = engine.subscribe()
        engine.submit(record_target.REQUEST)
        made = list[tuple[str, tuple[str, ...]]]()
        while True:
            for event in mailbox.wait(PATIENCE_SECONDS):
                if isinstance(event, Produced):
                    made.append((event.artifact.recipe.pixels_sha256, event.artifact.recipe.steps_sha256))
                if isinstance(event, TERMINAL):
                    return made


def test_a_record_that_is_torn_by_a_kill_is_left_out_and_the_rest_serves(site: Site, tmp_path: Path) -> None:
    site.die(torn_at=20)
    # The magic, the head and the batch come before the steps.
    assert site.steps() == 16
    assert site.finish() == unbroken(tmp_path)


def test_kills_at_random_instants_never_lose_a_step_that_was_whole(site: Site, tmp_path: Path) -> None:
    instants = np.random.default_rng(2026)
    before = 0
    for _ in range(KILLS):
        site.die(seconds=float(instants.uniform(0.0, 0.12)))
        after = site.steps()
        assert after >= before, "a kept step was lost"
        before = after
    assert site.finish() == unbroken(tmp_path)
