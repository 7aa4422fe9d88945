"""How often a planner's scenes are what held-out captions ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.worlds.tabletop.grammar import CATEGORIES, Category, held_out_captions, meets, parse
from core.worlds.tabletop.scene import Scene

Plan = Callable[[str, int], Scene]


@dataclass(frozen=True, slots=True)
class PlanAccuracy:
    """One category: how many captions were planned, how many scenes met everything asked, and what failed."""

    category: Category
    captions: int
    exact: int
    failed: tuple[str, ...]

    @property
    def rate(self) -> float:
        return self.exact / self.captions if self.captions else 0.0


def plan_accuracy(plan: Plan, count: int = 1000, seed: int = 0) -> tuple[PlanAccuracy, ...]:
    """Plan `count` held-out captions, spread evenly over the categories, each with a seed of its own.

    A scene is exact if it meets every constraint that `parse` reads from the caption, camera words included.
    """
    each = [count // len(CATEGORIES) + (number < count % len(CATEGORIES)) for number in range(len(CATEGORIES))]
    found: list[PlanAccuracy] = []
    for category, number in zip(CATEGORIES, each, strict=True):
        texts = [entry.caption.text for entry in held_out_captions(category, number, seed)]
        failed = tuple(text for n, text in enumerate(texts) if not meets(plan(text, seed + n), parse(text)))
        found.append(PlanAccuracy(category, len(texts), len(texts) - len(failed), failed))
    return tuple(found)
