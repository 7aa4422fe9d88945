"""Jobs that were left half-made, found by what they left on the disk."""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path

from core.artifacts.trajectory_store import TrajectoryStore
from core.jobs.job import Job
from core.sweeps.record import unfinished
from core.sweeps.request import sweep_of


def broken_off(
    trajectories: TrajectoryStore, sweeps: Path, project_of: Callable[[str], int], busy: Set[str]
) -> tuple[Job, ...]:
    """Jobs that left steps and not all their pictures, the oldest first. It reads the disk.

    sweeps: the folder of their records. project_of: from a job's id to its project's. busy: the jobs that wait or run.
    """
    begun = {job_id: record.request for job_id, record in unfinished(sweeps).items()}
    # A sweep takes its own half-made cell up.
    alone = [head for head in trajectories.broken_off() if sweep_of(head.job_id) not in begun.keys() | busy]
    left = {head.job_id: head.request for head in alone} | {i: each for i, each in begun.items() if i not in busy}
    return tuple(Job(job_id, left[job_id], project_of(job_id)) for job_id in sorted(left))
