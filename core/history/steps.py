"""A job's steps wherever they are: those of recent runs, and those that were saved beside pictures. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.artifacts.artifact import artifact_id
from core.artifacts.kept_trajectory import load_card, load_glance, load_readings
from core.artifacts.trajectory import Glance, TrajectoryInfo
from core.artifacts.trajectory_store import TrajectoryStore
from core.dissection import Reading
from core.errors import TrajectoryError
from core.history.home import HomeFolder, trajectory_beside
from core.requests import MAX_COUNT


def find_info(job_id: str, store: TrajectoryStore, home: HomeFolder) -> TrajectoryInfo | None:
    """What is at hand of a job; None for nothing. Raises TrajectoryError where the disk fails."""
    running = store.info(job_id)
    if running is not None:
        return running
    found: TrajectoryInfo | None = None
    for item in range(MAX_COUNT):
        path = saved_steps(artifact_id(job_id, item), home)
        card = load_card(path) if path else None
        if card is not None:
            info = card.info(job_id)
            found = info if found is None else replace(found, steps=found.steps | info.steps)
    return found


def find_glance(job_id: str, item: int, step: int, store: TrajectoryStore, home: HomeFolder) -> Glance:
    """One picture after a step (from 1). Raises TrajectoryError where it is not at hand."""
    try:
        return store.glance(job_id, item, step)
    except TrajectoryError:
        path = saved_steps(artifact_id(job_id, item), home)
        if path is None:
            raise
        return load_glance(path, step)


def find_glances(
    job_id: str, item: int, steps: Sequence[int], store: TrajectoryStore, home: HomeFolder
) -> tuple[TrajectoryInfo, list[Glance]]:
    """What the steps are of, and one picture after each of these (from 1). Raises TrajectoryError as `find_glance`."""
    info = find_info(job_id, store, home)
    if info is None:
        raise TrajectoryError(f"the steps of job {job_id} are no longer kept; make the picture again")
    at_hand = info.steps.get(item, 0)
    for step in steps:
        if not 1 <= step <= at_hand:
            raise TrajectoryError(f"step {step} of picture {item + 1} is not kept; {at_hand} steps are at hand")
    return info, [find_glance(job_id, item, step, store, home) for step in steps]


def find_readings(job_id: str, store: TrajectoryStore, home: HomeFolder) -> tuple[Reading, ...]:
    """What was seen of guidance in a job's steps; () for nothing. Raises TrajectoryError where the disk fails."""
    running = store.readings(job_id)
    if running or store.log(job_id) is not None:
        return running
    found = list[Reading]()
    for item in range(MAX_COUNT):
        path = saved_steps(artifact_id(job_id, item), home)
        found += () if path is None else load_readings(path)
    return tuple(found)


def saved_steps(artifact_id: str, home: HomeFolder) -> Path | None:
    """The file of a picture's steps, in the bin too; None where none was saved."""
    places = (home.trajectory(artifact_id), trajectory_beside(home.bin / f"{artifact_id}.png"))
    return next((path for path in places if path.is_file()), None)
