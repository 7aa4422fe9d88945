"""What is remembered of the steps of jobs stays within bounds, and what was forgotten is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from PySide6.QtWidgets import QApplication

from core.artifacts.trajectory import TrajectoryInfo
from core.requests import ImageRequest
from studio.background import Background
from studio.bridge import Bridge
from studio.step_looks import HELD, StepLooks


class AtOnce:
    """A background that works where it is asked."""

    def run(self, work: Callable[[], Any], then: Callable[[Any], None], _refused: object = None) -> None:
        then(work())


class Archive:
    """A bridge to an engine that keeps two steps of every job, and none can be read any more."""

    is_open = True

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def trajectory(self, job_id: str) -> TrajectoryInfo:
        return TrajectoryInfo(job_id, ImageRequest("x"), {0: 2}, (2.0, 1.0), (-1.0, 0.0), exact=True)

    def step_looks(self, job_id: str, item: int, _numbers: tuple[int, ...]) -> tuple[()]:
        self.asked.append((job_id, item))
        return ()


def test_the_oldest_jobs_are_forgotten_and_asked_for_again(qapp: QApplication) -> None:  # noqa: ARG001
    archive = Archive()
    looks = StepLooks(cast("Bridge", archive), cast("Background", AtOnce()))
    for number in range(HELD + 1):
        looks.learn(f"job-{number}")
        looks.want(f"job-{number}", 0, (1, 2))
    assert (looks.kept("job-0", 0), looks.kept("job-1", 0)) == (0, 2)
    archive.asked.clear()
    looks.want("job-1", 0, (1, 2))
    assert archive.asked == []
    looks.want("job-0", 0, (1, 2))
    assert archive.asked == [("job-0", 0)]


def test_all_but_one_job_are_let_go_and_asked_for_again(qapp: QApplication) -> None:  # noqa: ARG001
    archive = Archive()
    looks = StepLooks(cast("Bridge", archive), cast("Background", AtOnce()))
    for job_id in ("one", "other"):
        looks.learn(job_id)
        looks.want(job_id, 0, (1, 2))
    looks.forget_but("other")
    assert (looks.kept("one", 0), looks.kept("other", 0)) == (0, 2)
    archive.asked.clear()
    looks.want("other", 0, (1, 2))
    looks.want("one", 0, (1, 2))
    assert archive.asked == [("one", 0)]
