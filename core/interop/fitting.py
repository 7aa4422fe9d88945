"""From what a file says to what the models installed here can make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.diffusion.schedule import schedule_named
from core.diffusion.time_grid import time_grid
from core.errors import NoisetteError
from core.interop.imported import Imported, Settings, Unmapped
from core.models.card import ModelCard
from core.requests import GridSettings

SHORTEST_HASH = 8


@dataclass(frozen=True, slots=True)
class Fitted:
    """imported: with what this model can't do moved to what was not mapped. card: the model to use."""

    imported: Imported
    card: ModelCard


def fitted(imported: Imported, cards: Sequence[ModelCard], chosen: str = "") -> Fitted | None:
    """For the model that the file names where it is installed, else for `chosen`; None where there is no model.

    cards: what is installed. chosen: the id of the model to use otherwise; the first of them where that is missing.
    """
    pictures = [card for card in cards if card.kind == "picture"]
    if not pictures:
        return None
    settings, unmapped = imported.settings, list(imported.unmapped)
    named = next((card for card in pictures if _is(card, settings)), None)
    card = named or next((card for card in pictures if card.id == chosen), pictures[0])
    if named is None and (settings.model or settings.model_hash):
        why = f"it is not installed; the settings go to {card.title}"
        unmapped.append(Unmapped("Model", settings.model or settings.model_hash or "", why))
    settings = replace(settings, model=card.id, model_hash=None)
    settings = _size(settings, card, unmapped)
    settings = _style(settings, card, unmapped)
    settings = _grid(settings, card, unmapped)
    request = imported.request if named is not None and (settings.width or not imported.settings.width) else None
    return Fitted(replace(imported, settings=settings, unmapped=tuple(unmapped), request=request), card)


def _is(card: ModelCard, settings: Settings) -> bool:
    """By the hash of one of its files where the file tells one, else by its name."""
    digits = settings.model_hash or ""
    if len(digits) >= SHORTEST_HASH:
        return any(sha256.startswith(digits) for sha256 in card.sha256.values())
    return settings.model is not None and settings.model.lower() in (card.id.lower(), card.title.lower())


def _size(settings: Settings, card: ModelCard, unmapped: list[Unmapped]) -> Settings:
    if settings.width is None or settings.height is None or (settings.width, settings.height) in card.sizes:
        return settings
    makes = ", ".join(f"{width} × {height}" for width, height in card.sizes)
    unmapped.append(Unmapped("Size", f"{settings.width} × {settings.height}", f"{card.title} makes {makes} pixels"))
    return replace(settings, width=None, height=None)


def _style(settings: Settings, card: ModelCard, unmapped: list[Unmapped]) -> Settings:
    if not settings.style or settings.style in card.styles:
        return settings
    can = f"{card.title} draws in {', '.join(card.styles)}" if card.styles else f"{card.title} has no styles to choose"
    unmapped.append(Unmapped("Style", settings.style, can))
    return replace(settings, style=None)


def _grid(settings: Settings, card: ModelCard, unmapped: list[Unmapped]) -> Settings:
    """Bends that leave the model's schedule."""
    if settings.grid in (None, GridSettings()) or settings.time_grid is None:
        return settings
    try:
        time_grid(settings.time_grid, schedule_named(card.schedule), settings.steps or 20, settings=settings.grid)
    except NoisetteError as error:
        unmapped.append(Unmapped("Bends of the schedule", settings.time_grid, str(error)))
        handles = bool(settings.grid and settings.grid.handles)
        return replace(settings, grid=None, time_grid=None if handles else settings.time_grid)
    return settings
