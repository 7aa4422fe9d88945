"""What a batch of pictures takes on this computer: seconds of its evaluations, seconds beside them, memory."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

from core.diffusion.guidance import guidance_acts
from core.diffusion.level import Level
from core.jobs.context import JobContext
from core.jobs.event import Measured
from core.requests import ImageRequest
from core.tasks.peak_memory import PeakMemory, free_memory
from core.tasks.preparing import Plan

MEMORY_TIMES = 3
"""So often memory is measured for one kind of batch while the engine lives: more would tell nothing new."""


class Meter:
    """One batch's. Medians, so that a pause or a busy moment in its middle does not count."""

    def __init__(self, request: ImageRequest, plan: Plan, batch: int, context: JobContext) -> None:
        self._request, self._plan, self._batch, self._context = request, plan, batch, context
        self._steps: dict[bool, list[float]] = {True: [], False: []}
        self._planning: list[float] = []
        self._finishing: list[float] = []
        self._step_began = 0.0
        kind = (request.model_id, plan.width, plan.height, batch, request.guidance.scale != 1.0, str(plan.model.device))
        context.measured[kind] += 1
        self._memory = PeakMemory(plan.model.device) if context.measured[kind] <= MEMORY_TIMES else None

    @contextmanager
    def planning(self) -> Generator[None]:
        """Around the planning of one picture."""
        began = self._context.clock()
        yield
        self._planning.append(self._context.clock() - began)

    @contextmanager
    def finishing(self) -> Generator[None]:
        """Around the decoding and keeping of one picture."""
        began = self._context.clock()
        yield
        self._finishing.append(self._context.clock() - began)

    def begin_steps(self) -> None:
        self._step_began = self._context.clock()

    def step(self, level: Level, evaluations: int) -> None:
        """A step from this level is made, recorded and shown. evaluations: what it took; none were made ahead."""
        now = self._context.clock()
        if evaluations:
            each = (now - self._step_began) / evaluations
            self._steps[guidance_acts(self._request.guidance, level)].append(each)
        self._step_began = now

    def result(self) -> Measured:
        """Of the batch as a whole, once all its pictures are kept."""
        model, device = self._plan.model, self._plan.model.device
        return Measured(
            self._context.job_id,
            model_id=self._request.model_id,
            width=self._plan.width,
            height=self._plan.height,
            device=device.type,
            batch=self._batch,
            guided=self._request.guidance.on,
            guided_s=self._each(self._steps[True]),
            plain_s=self._each(self._steps[False]),
            beside_s=median(self._planning) + median(self._finishing) if self._finishing else None,
            peak_bytes=self._memory.octets(model.weight_bytes) if self._memory is not None else None,
            free_bytes=free_memory(device),
        )

    def _each(self, steps: list[float]) -> float | None:
        """Seconds of one evaluation. The first step warms up; it counts where there is no other."""
        return median(steps[1:] or steps) if steps else None
