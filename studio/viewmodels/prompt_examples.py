"""Prompts to try, by the model."""

from __future__ import annotations

from dataclasses import dataclass

from core.models.card import ModelCard


@dataclass(frozen=True, slots=True)
class Example:
    """icon, title: on the first page, where the first `SHOWN` stand. style: one of the model's, "" leaves it."""

    icon: str
    title: str
    prompt: str
    style: str = ""


SHOWN = 3
SOLIDS = (
    Example("cube", "A first one", "a red cube to the left of a blue sphere"),
    Example("cone", "Count and colour", "two yellow cones behind a large green cylinder"),
    Example("minus", "Leave something out", "three objects and no cubes"),
)
EXAMPLES: dict[str, tuple[Example, ...]] = {
    "stickers": (
        Example("star", "A first one", "a sleepy fox"),
        Example("create", "Nobody has seen it", "a rocket made of cheese", "flat"),
        Example("image", "With a mood", "an angry pizza", "3d"),
        Example("star", "", "a robot with a party hat"),
        Example("star", "", "a cat in a teacup", "noto"),
        Example("star", "", "a blue dragon reading a book", "gradient"),
        Example("star", "", "a snowman on the beach", "3d"),
        Example("star", "", "a strawberry with sunglasses", "flat"),
    )
}
"""A card's network -> what to try; others are shown the solids."""


def examples_for(card: ModelCard | None) -> tuple[Example, ...]:
    """Styles that the model has not are left out."""
    found = EXAMPLES.get(card.network, SOLIDS) if card is not None else SOLIDS
    has = card.styles if card is not None else ()
    return tuple(each if each.style in has else Example(each.icon, each.title, each.prompt) for each in found)
