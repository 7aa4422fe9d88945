"""Which task carries out which request: names only, so that nothing heavy loads before it is needed."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from core.artifacts.trajectory import Glance, TrajectoryInfo
from core.errors import RequestError
from core.jobs.context import JobContext
from core.jobs.event import Event, Preview
from core.jobs.torch_library import open_library
from core.jobs.torch_parts import complete_torch, import_torch
from core.models.registry import ModelRegistry
from core.request_kinds import Request
from core.requests import (
    CompareRequest,
    Device,
    EvaluateRequest,
    ImageRequest,
    ReplayRequest,
    TrainRequest,
)
from core.sweeps.request import SweepRequest

LOOKS = "core.tasks.looks:looks"

PREPARATION = "core.tasks.preparing:load_ahead"

Task = Callable[[Any, JobContext], Iterator[Event]]

Looks = Callable[[ModelRegistry, TrajectoryInfo, Sequence[int], Sequence[Glance]], tuple[Preview, ...]]
"""(models, what the steps are of, their numbers, their states) -> pictures of them."""

Preparation = Callable[[ModelRegistry, str], None]
"""(models, the id of one, "" for none): has it loaded before a job asks for it."""


TASKS: dict[type, str] = {
    ImageRequest: "core.tasks.generate:generate",
    TrainRequest: "core.training.task:train",
    ReplayRequest: "core.tasks.replay:replay",
    EvaluateRequest: "core.evaluation.evaluating:evaluate",
    CompareRequest: "core.tasks.compare:compare",
    SweepRequest: "core.tasks.sweeping:sweep",
}

MAKES_PICTURES = (ImageRequest, ReplayRequest, SweepRequest)
"""Requests for which torch may be without some of its parts: see `torch_parts`."""


def find_task(request: Request) -> Task:
    """Import the task of a request. Raises RequestError for a kind of request that no task serves."""
    entry = TASKS.get(type(request))
    if entry is None:
        known = ", ".join(kind.__name__ for kind in TASKS)
        raise RequestError(f"a {type(request).__name__} can't be carried out; give one of {known}")
    task = cast("Task", load(entry))
    if not isinstance(request, MAKES_PICTURES):
        complete_torch()
    return task


def find_task_for_good(request: Request) -> Task:
    """`find_task` for a thread that carries out tasks and nothing else: from then on it records no gradients.

    What trains has them recorded for its own updates. Samplers then need not turn them off at each step.
    """
    task = find_task(request)
    importlib.import_module("torch").set_grad_enabled(False)
    return task


def find_looks() -> Looks:
    """Import what turns kept steps into pictures."""
    return cast("Looks", load(LOOKS))


def find_preparation() -> Preparation:
    """Import what makes pictures, and what loads a model ahead of the first."""
    load(TASKS[ImageRequest])
    return cast("Preparation", load(PREPARATION))


def find_devices() -> tuple[Device, ...]:
    """The devices of this machine, the best first. Imports torch: not for a GUI thread."""
    return cast("Callable[[], tuple[Device, ...]]", load("core.models.loader:present_devices"))()


def load(entry: str) -> object:
    """Import what `entry` names, "module:name", and torch before it. Not for a GUI thread."""
    module, _, name = entry.partition(":")
    known = sys.modules.get(module)
    if known is not None and hasattr(known, name):
        return getattr(known, name)
    open_library()
    with _nothing_collected():
        import_torch()
        return getattr(importlib.import_module(module), name)


@contextmanager
def _nothing_collected() -> Generator[None]:
    """The hundred thousands of objects that come with torch are here to stay: looking through them for garbage, now and
    in every later collection, would take a tenth of the import and make the window stutter. What is garbage now stays
    for good, too: not to be done for each job."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
