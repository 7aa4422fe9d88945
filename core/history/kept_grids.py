"""Time grids that were optimised for a model, kept in the home folder by the hash of its weights. No torch here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from core.artifacts.atomic import write_text
from core.errors import NoisetteError, RequestError
from core.models.card import ModelCard
from core.plain import from_plain, read_json, to_plain

FOLDER = "grids"
HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class KeptGrid:
    """levels: the time of each step, falling. errors: by grid, root mean square against a fine run."""

    model_id: str
    sampler: str
    steps: int
    guidance_scale: float
    levels: tuple[float, ...]
    errors: dict[str, float]


def grid_file(home: Path, card: ModelCard, sampler: str, steps: int) -> Path:
    """Where the grid of these weights, this sampler and so many steps is kept."""
    sha256 = card.sha256.get("painter") or next(iter(card.sha256.values()), "")
    return home / FOLDER / f"{sha256[:HASH_DIGITS] or card.id}-{sampler}-{steps}.json"


def keep_grid(path: Path, grid: KeptGrid) -> None:
    """Write it atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(to_plain(grid), indent=2) + "\n"
    write_text(path, text)


def kept_grid(home: Path, card: ModelCard, sampler: str, steps: int) -> KeptGrid:
    """Raises RequestError where none was made, or it can't be read."""
    path = grid_file(home, card, sampler, steps)
    remedy = f"`noisette optimise --model {card.id} --sampler {sampler} --steps {steps}` makes one"
    if not path.is_file():
        raise RequestError(f"no grid of {steps} steps is optimised for {card.id} with {sampler}; {remedy}")
    try:
        return from_plain(KeptGrid, read_json(path, "the kept grid"), f"the kept grid {path}")
    except NoisetteError as error:
        raise RequestError(f"{error}; {remedy}") from error
