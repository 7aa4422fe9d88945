"""A picture and its repetition, set side by side: identical, or where and by how much they part. No torch here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from core.artifacts.recipe import Environment, Recipe
from core.artifacts.trajectory import Glance
from core.errors import TrajectoryError

TOLERANCE = 4
"""Largest difference, of 255, that another machine or edition may make; on the same ones it is 0."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """environment: what carried it out differently, (then, now) by name.

    steps_compared: how many states' hashes both have. first_step: the first (from 1) of those whose hashes differ.
    step_difference: the largest difference of an element of the noisy state there, in units of its spread; None where
    the first run's steps are gone.
    """

    pixels: int
    different_pixels: int
    largest_difference: int
    environment: dict[str, tuple[str, str]]
    steps_compared: int = 0
    first_step: int | None = None
    step_difference: float | None = None

    @property
    def identical(self) -> bool:
        return self.different_pixels == 0

    @property
    def within_tolerance(self) -> bool:
        """Only another environment excuses a difference."""
        return self.identical or (bool(self.environment) and self.largest_difference <= TOLERANCE)


Glances = Callable[[int], Glance]
"""A step's number (from 1) -> its state; raises TrajectoryError where it is gone."""


def compare(
    before: np.ndarray,
    after: np.ndarray,
    original: Recipe,
    repeated: Recipe,
    *,
    first_run: Glances | None = None,
    second_run: Glances | None = None,
) -> Comparison:
    """Pixel by pixel and state by state. Pictures of different sizes differ everywhere.

    before, after: (H, W, 3) uint8. first_run, second_run: the states of both, as far as they are at hand.
    """
    environment = environment_changes(original.environment, repeated.environment)
    pairs = list(zip(original.steps_sha256, repeated.steps_sha256, strict=False))
    first = next((step for step, (one, other) in enumerate(pairs, 1) if one != other), None)
    away = None
    if first is not None and first_run is not None and second_run is not None:
        away = _apart(first_run, second_run, first)
    pixels = before.shape[0] * before.shape[1]
    if before.shape != after.shape:
        return Comparison(pixels, pixels, 255, environment, len(pairs), first, away)
    difference = np.abs(before.astype(np.int16) - after.astype(np.int16)).max(axis=-1)
    different, largest = int(np.count_nonzero(difference)), int(difference.max())
    return Comparison(pixels, different, largest, environment, len(pairs), first, away)


def describe(comparison: Comparison) -> str:
    """One line for a person."""
    changes = [f"{name} {then} then, {now} now" for name, (then, now) in comparison.environment.items()]
    where = f"; {', '.join(changes)}" if changes else "; same machine and editions"
    if comparison.identical:
        return f"identical: {_amounts(comparison)}{where}"
    verdict = f"within the tolerance of {TOLERANCE}" if comparison.within_tolerance else "different"
    return (
        f"{verdict}: {comparison.different_pixels} of {comparison.pixels} pixels differ, "
        f"by at most {comparison.largest_difference} of 255{_parting(comparison)}{where}"
    )


def environment_changes(then: Environment, now: Environment) -> dict[str, tuple[str, str]]:
    """What differs, (then, now) by name."""
    pairs: Sequence[tuple[str, str, str]] = [
        (field.name, str(getattr(then, field.name)), str(getattr(now, field.name))) for field in fields(then)
    ]
    return {name: (before, after) for name, before, after in pairs if before != after}


def _amounts(comparison: Comparison) -> str:
    pixels = f"{comparison.pixels} pixels"
    if comparison.first_step is not None:
        return f"{pixels}{_parting(comparison)}"
    return f"{pixels}, {comparison.steps_compared} steps" if comparison.steps_compared else pixels


def _parting(comparison: Comparison) -> str:
    if comparison.first_step is None:
        agreed = comparison.steps_compared
        return f"; all {agreed} steps are the same" if agreed and not comparison.identical else ""
    away = "" if comparison.step_difference is None else f", by at most {comparison.step_difference:.2g} of its spread"
    return f"; step {comparison.first_step} is the first whose state differs{away}"


def _apart(first_run: Glances, second_run: Glances, step: int) -> float | None:
    try:
        one, other = first_run(step).noisy, second_run(step).noisy
    except TrajectoryError:
        return None
    if one.shape != other.shape:
        return None
    return float(np.abs(one.astype(np.float32) - other.astype(np.float32)).max())
