from __future__ import annotations

import gc
from threading import Thread

import torch

from core.jobs.lookup import find_task, find_task_for_good
from core.requests import ImageRequest


def test_finding_a_task_again_leaves_the_garbage_to_its_collector() -> None:
    first = find_task(ImageRequest("a red cube"))
    frozen = gc.get_freeze_count()
    assert find_task(ImageRequest("a blue cube")) is first
    assert gc.get_freeze_count() == frozen


def test_a_thread_that_takes_tasks_for_good_records_no_gradients_and_no_other_thread_notices() -> None:
    there = list[bool]()

    def take() -> None:
        find_task_for_good(ImageRequest("a red cube"))
        there.append(torch.is_grad_enabled())

    thread = Thread(target=take)
    thread.start()
    thread.join()
    assert there == [False]
    assert torch.is_grad_enabled()
