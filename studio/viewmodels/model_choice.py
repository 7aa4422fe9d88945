"""The models to choose from: what each can do, and what it takes on this computer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.models.card import ModelCard
from studio.viewmodels import wording
from studio.viewmodels.cost import Cost
from studio.viewmodels.draft import LAYOUT
from studio.viewmodels.finding import Found, best
from studio.viewmodels.prompt import KNOWN_WORDS

OPEN_ENGLISH = frozenset({"stickers"})
"""Cards' networks that read any words."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """skills: what it can do. figures: sizes, weights, licence. cost: of one picture here, at its best settings.

    hindrance: why it can't be used, and what would mend that; "" where it can. now: it is the one in use.
    """

    id: str
    title: str
    summary: str
    skills: str
    figures: str
    cost: str
    hindrance: str
    now: bool

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        parts = (self.title, "in use" if self.now else "", self.summary, self.skills, self.figures, self.cost)
        return ", ".join(part.rstrip(".") for part in (*parts, self.hindrance) if part)


def model_entries(
    cards: Sequence[ModelCard],
    chosen: str,
    cost: Callable[[ModelCard], Cost],
    hindrances: Mapping[str, str],
    search: str = "",
) -> tuple[ModelEntry, ...]:
    """Those that answer a search, best first; all, in their order, where it is empty."""
    found = [Found("Models", card.title, lambda card=card: card, _searched(card)) for card in cards]
    kept = [each.do() for each in best(found, search, len(found))]
    return tuple(
        ModelEntry(
            card.id,
            card.title,
            card.summary,
            skills(card),
            figures(card),
            cost_here(cost(card)),
            hindrances.get(card.id, ""),
            card.id == chosen,
        )
        for card in kept
        if isinstance(card, ModelCard)
    )


def skills(card: ModelCard) -> str:
    """What it reads, in which styles it draws, whether it plans."""
    known = KNOWN_WORDS.get(card.network)
    if card.network in OPEN_ENGLISH:
        read = "reads open English"
    elif known is not None:
        read = f"reads {wording.count(len(known()), 'word')}"
    else:
        read = "reads a prompt"
    plans = "plans what stands where, for you to move" if LAYOUT in card.conditioning else ""
    styles = f"draws in {', '.join(map(wording.style, card.styles))}" if card.styles else ""
    words = "; ".join(part for part in (read, styles, plans) if part)
    return words[:1].upper() + words[1:]


def figures(card: ModelCard) -> str:
    pixels = ", ".join(f"{width} × {height}" for width, height in card.sizes)
    return f"{pixels} pixels; {wording.weights(card.parameters)} weights; {card.license}"


def cost_here(cost: Cost) -> str:
    """Time and memory of one picture, as far as they were measured on this computer."""
    if cost.seconds is None:
        return "Not measured on this computer yet"
    time = f"{'at most ' if cost.at_most else ''}{wording.seconds(cost.seconds)}"
    memory = f", {wording.octets(cost.octets)} of memory" if cost.octets is not None else ""
    return f"{time[:1].upper()}{time[1:]} a picture here{memory}"


def _searched(card: ModelCard) -> str:
    styles = " ".join(wording.style(style) for style in card.styles)
    return f"{card.id} {card.summary} {styles} {card.license} {' '.join(card.conditioning)}"
