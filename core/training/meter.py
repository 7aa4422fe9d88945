"""Loss, gradient and speed of a run, averaged between reports."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Report:
    """Means over the steps since the report before.

    gradient_norm: before clipping. done: fraction of the schedule. eta_seconds: to the schedule's end.
    """

    loss: float
    parts: dict[str, float]
    gradient_norm: float
    learning_rate: float
    items_per_second: float
    done: float
    eta_seconds: float

    def figures(self) -> dict[str, float]:
        """By name, for a log or a progress line."""
        return {
            "loss": self.loss,
            **self.parts,
            "gradient_norm": self.gradient_norm,
            "learning_rate": self.learning_rate,
            "items_per_second": self.items_per_second,
            "eta_seconds": self.eta_seconds,
        }


class Meter:
    """Sums what the steps measured, on their own device, so that only a report waits for it."""

    def __init__(self, batch_size: int, seconds: float, done: float) -> None:
        self._batch_size = batch_size
        self._seconds, self._done = seconds, done
        self._sums: dict[str, torch.Tensor] = {}
        self._count = 0
        self.newest: Report | None = None

    @property
    def waiting(self) -> bool:
        """There are steps that no report has counted."""
        return self._count > 0

    def add(self, loss: torch.Tensor, parts: Mapping[str, torch.Tensor], gradient_norm: torch.Tensor) -> None:
        """Count one step. All are scalars."""
        for name, value in {"loss": loss, "gradient_norm": gradient_norm, **parts}.items():
            value = value.detach().float()
            self._sums[name] = self._sums[name] + value if name in self._sums else value
        self._count += 1

    def report(self, seconds: float, done: float, learning_rate: float) -> Report:
        """Close the span since the last report and start the next. seconds, done: of the run, now."""
        means = {name: float(value) / self._count for name, value in self._sums.items()}
        span = max(seconds - self._seconds, 1e-9)
        gained = done - self._done
        self.newest = Report(
            loss=means.pop("loss"),
            gradient_norm=means.pop("gradient_norm"),
            parts=means,
            learning_rate=learning_rate,
            items_per_second=self._count * self._batch_size / span,
            done=done,
            eta_seconds=span * (1.0 - done) / gained if gained > 0 else math.inf,
        )
        self._sums, self._count = {}, 0
        self._seconds, self._done = seconds, done
        return self.newest
