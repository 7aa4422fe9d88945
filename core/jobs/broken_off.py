"""Jobs of any session that left something to go on from and run nowhere now. It reads the disk. No torch here."""

from __future__ import annotations

from collections.abc import Collection

from core.artifacts.trajectory_store import TrajectoryStore
from core.compare import record as races
from core.history.home import HomeFolder
from core.request_kinds import Request
from core.sweeps import record as sweeps
from core.sweeps.request import sweep_of


def broken_off(home: HomeFolder, trajectories: TrajectoryStore, busy: Collection[str]) -> dict[str, Request]:
    """What they asked for, by job, the oldest first. busy: jobs that run or wait here.

    Raises TrajectoryError where the disk fails.
    """
    swept = {job_id: record.request for job_id, record in sweeps.unfinished(home.sweeps).items()}
    raced = {job_id: record.request for job_id, record in races.unfinished(home.races).items()}
    # A sweep takes its own half-made cell up.
    alone = (head for head in trajectories.broken_off() if sweep_of(head.job_id) not in swept.keys() | busy)
    left: dict[str, Request] = {head.job_id: head.request for head in alone}
    left |= {job_id: each for job_id, each in (swept | raced).items() if job_id not in busy}
    return dict(sorted(left.items()))
