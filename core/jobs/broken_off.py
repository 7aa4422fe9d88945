"""Jobs that were left half-made, found by what they left on the disk."""

from __future__ import annotations

from collections.abc import Callable, Set

from core.artifacts.trajectory_store import TrajectoryStore
from core.compare import record as races
from core.history.home import HomeFolder
from core.jobs.job import Job
from core.request_kinds import Request
from core.sweeps import record as sweeps
from core.sweeps.request import sweep_of


def broken_off(
    trajectories: TrajectoryStore, home: HomeFolder, project_of: Callable[[str], int], busy: Set[str]
) -> tuple[Job, ...]:
    """Jobs that left steps, cells or runs, but not all of them, the oldest first. It reads the disk.

    project_of: from a job's id to its project's. busy: the jobs that wait or run.
    Raises TrajectoryError where the disk fails.
    """
    swept = {job_id: record.request for job_id, record in sweeps.unfinished(home.sweeps).items()}
    raced = {job_id: record.request for job_id, record in races.unfinished(home.races).items()}
    # A sweep takes its own half-made cell up.
    alone = [head for head in trajectories.broken_off() if sweep_of(head.job_id) not in swept.keys() | busy]
    left: dict[str, Request] = {**{head.job_id: head.request for head in alone}, **swept, **raced}
    return tuple(Job(job_id, left[job_id], project_of(job_id)) for job_id in sorted(left) if job_id not in busy)
