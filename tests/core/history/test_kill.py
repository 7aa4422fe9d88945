"""SIGKILL at any instant loses no finished picture, leaves no half file and no broken row, and the queue goes on."""

from __future__ import annotations

import multiprocessing
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import numpy as np
import pytest

from core.artifacts.artifact import FIRST_PROJECT
from core.artifacts.atomic import is_part
from core.artifacts.image import load_picture
from core.artifacts.recipe import pixels_sha256
from core.history.database import Database
from core.history.home import HomeFolder
from core.history.queue_table import StoredQueue
from core.history.recovery import recover
from core.history.store import HistoryStore
from core.jobs.job import Job
from tests.core.history import kill_target

ROUNDS = 14
LONGEST_SECONDS = 0.3
PATIENCE_SECONDS = 120.0
TOTAL = kill_target.JOBS * kill_target.PICTURES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and fork are POSIX")


@dataclass(frozen=True, slots=True)
class Site:
    """A home folder that processes work and die in."""

    processes: ForkServerContext
    home: HomeFolder
    models: Path

    def start(self, die_at: str | None = None) -> tuple[ForkServerProcess, Connection]:
        ours, theirs = self.processes.Pipe(duplex=False)
        process = self.processes.Process(target=kill_target.work, args=(self.home.root, self.models, theirs, die_at))
        process.start()
        theirs.close()
        return process, ours

    def finish(self) -> None:
        """One undisturbed session, to the end of the queue."""
        process, line = self.start()
        messages = []
        while "done" not in messages:
            assert line.poll(PATIENCE_SECONDS), f"no word after {messages}"
            messages.append(line.recv())
        process.join()
        assert process.exitcode == 0

    def check(self, *, settled: bool) -> int:
        """Every file is whole, every row has its file, and after a start (settled) every file its row; how many."""
        database = Database(self.home.database)
        store = HistoryStore(self.home, database)
        rows = {artifact.id: artifact for artifact in store.page(limit=1000)}
        other = store.projects.named("Other").number
        database.close()
        for artifact in rows.values():
            assert artifact.project == (other if int(artifact.recipe.request.prompt[-1]) % 2 else FIRST_PROJECT)
        files = [path for path in self.home.pictures.rglob("*.png") if not is_part(path.name)]
        for path in files:
            picture = load_picture(path)
            assert pixels_sha256(picture.pixels) == picture.recipe.pixels_sha256
        stems = {path.stem for path in files}
        assert set(rows) <= stems
        assert all(artifact.recipe == load_picture(artifact.path).recipe for artifact in rows.values())
        if settled:
            assert set(rows) == stems
        return len(files)

    def waiting(self) -> tuple[Job, ...]:
        database = Database(self.home.database)
        jobs, unread = StoredQueue(database).load()
        database.close()
        assert unread == ()
        return jobs


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([kill_target.__name__])
    site = Site(processes, HomeFolder(tmp_path / "kill-home"), tmp_path / "models")
    kill_target.fill(site.home.root, site.models)
    return site


@pytest.mark.parametrize("place", ["before the file is whole", "before the rename", "before the row"])
def test_a_kill_at_each_seam_of_saving_loses_nothing(site: Site, place: str) -> None:
    process, _ = site.start(die_at=place)
    process.join()
    assert process.exitcode == -9
    finished = site.check(settled=False)
    waiting = site.waiting()
    assert waiting
    site.finish()
    assert finished < TOTAL
    assert site.check(settled=True) == TOTAL
    assert site.waiting() == ()


def test_kills_at_random_instants_lose_nothing_and_the_queue_completes(site: Site) -> None:
    instants = np.random.default_rng(2026)
    before = 0
    for _ in range(ROUNDS):
        process, line = site.start()
        assert line.poll(PATIENCE_SECONDS)
        line.recv()
        line.poll(float(instants.uniform(0.0, LONGEST_SECONDS)))
        process.kill()
        process.join()
        after = site.check(settled=False)
        assert after >= before, "a finished picture was lost"
        before = after
    site.finish()
    # Exactly what was asked for: a job that ran again made nothing twice.
    assert site.check(settled=True) == TOTAL
    assert site.waiting() == ()
    database = Database(site.home.database)
    recovery = recover(HistoryStore(site.home, database), stale_seconds=0.0)
    database.close()
    assert recovery.adopted == ()
    assert not [path for path in site.home.root.rglob("*") if is_part(path.name)]
