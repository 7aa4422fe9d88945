"""How long an evaluation takes on this machine: measured from running jobs, remembered by model and size."""

from __future__ import annotations

from core.requests import ImageRequest
from studio.settings import Settings
from studio.viewmodels.draft import Draft
from studio.viewmodels.run import Run
from studio.viewmodels.sampler import sampler_card

LEAST_STEPS = 2


class Pace:
    """Seconds of one picture's evaluation, between the first and the last progress of a run: loading is left out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._first: dict[str, tuple[int, float]] = {}

    def note(self, run: Run) -> None:
        """A run has moved on."""
        if run.request is None or run.done < 1:
            return
        done, seconds = self._first.setdefault(run.job_id, (run.done, run.seconds))
        steps = run.done - done
        if steps >= LEAST_STEPS and run.done == run.total:
            request = run.request
            work = steps * sampler_card(request.sampler).evaluations_per_step * request.count
            key = _key(request.model_id, request.width or 0, request.height or 0)
            self._settings.keep(key, (run.seconds - seconds) / work)

    def forget(self, job_id: str) -> None:
        """The run has ended."""
        self._first.pop(job_id, None)

    def of_request(self, request: ImageRequest) -> float | None:
        """Seconds that all pictures of a request will take; None before a first run of its model and size."""
        each = self._settings.value(_key(request.model_id, request.width or 0, request.height or 0), 0.0)
        evaluations = request.steps * sampler_card(request.sampler).evaluations_per_step
        return each * evaluations * request.count or None

    def of(self, draft: Draft) -> float | None:
        """Seconds of one picture's evaluation at these settings; None before a first run of theirs."""
        measured = self._settings.value(_key(draft.model_id, draft.width, draft.height), 0.0)
        return measured or None


def _key(model_id: str, width: int, height: int) -> str:
    return f"pace/{model_id}-{width}x{height}"
