from __future__ import annotations

import gc

from core.jobs.lookup import find_task
from core.requests import ImageRequest


def test_finding_a_task_again_leaves_the_garbage_to_its_collector() -> None:
    first = find_task(ImageRequest("a red cube"))
    frozen = gc.get_freeze_count()
    assert find_task(ImageRequest("a blue cube")) is first
    assert gc.get_freeze_count() == frozen
