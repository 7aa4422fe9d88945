"""What is known of a model without loading it. No torch here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.artifacts.atomic import write_text
from core.errors import ModelError, NoisetteError
from core.guidance_settings import GuidanceSettings
from core.plain import from_plain, read_json, to_plain

Kind = Literal["picture", "weak", "planner", "detector", "codec", "matcher"]
Weights = Literal["float32", "float16", "bfloat16"]


@dataclass(frozen=True, slots=True)
class ModelDefaults:
    """The settings a model looks best at."""

    sampler: str = "dpmpp_2m"
    time_grid: str = "uniform"
    steps: int = 20
    guidance_scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ModelCard:
    """id: how users name it. files: role -> file name beside the card ("painter", "planner", ...).

    sha256: of each file, by role. parameters: how many weights in all. sizes: (width, height) pixels it can make,
    the first its own. scores: what `noisette evaluate ID` measured, with the command and hardware in `scored_by`.
    precision: in which its networks compute, unless a request asks for float32.
    kind: only a "picture" model answers a prompt by itself; the others serve it or judge it. A "weak" one could, but
        is there for another's autoguidance; serves: that one's id.
    styles: that a request may ask for by name; none for a model that has but one.
    A card is a JSON file of these fields, `ID.json`, in the folder that holds its weights.
    """

    id: str
    title: str
    summary: str
    network: str
    parameterization: str
    schedule: str
    codec: str
    conditioning: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    parameters: int
    license: str
    source: str
    files: dict[str, str] = field(default_factory=dict[str, str])
    sha256: dict[str, str] = field(default_factory=dict[str, str])
    defaults: ModelDefaults = field(default_factory=ModelDefaults)
    training: dict[str, str | float | int] = field(default_factory=dict[str, "str | float | int"])
    scores: dict[str, float] = field(default_factory=dict[str, float])
    scored_by: str = ""
    kind: Kind = "picture"
    precision: Weights = "float32"
    serves: str = ""
    styles: tuple[str, ...] = ()


def weights_used(card: ModelCard, weaker: ModelCard | None, guidance: GuidanceSettings) -> dict[str, str]:
    """The sha256 of each file that decides a picture, by role. weaker: see `serves`; only autoguidance asks it."""
    if weaker is None or not guidance.on or guidance.method != "auto":
        return card.sha256
    return card.sha256 | {"weak": weaker.sha256["painter"]}


def read_card(path: Path) -> ModelCard:
    """Raises ModelError: value, rule, remedy."""
    try:
        card = from_plain(ModelCard, read_json(path, "the model card"), f"the model card {path}")
        _check(card, path)
        return card
    except ModelError:
        raise
    except NoisetteError as error:
        raise ModelError(str(error)) from error


def write_card(card: ModelCard, path: Path) -> None:
    """Write it atomically. Raises ModelError for a card that could not be read back, OSError for the disk."""
    _check(card, path)
    text = json.dumps(to_plain(card), indent=2, ensure_ascii=False) + "\n"
    write_text(path, text)


def _check(card: ModelCard, path: Path) -> None:
    if not card.id or card.id != path.stem:
        raise ModelError(f"the model card {path} has id {card.id!r}; it must be the file's own name, {path.stem!r}")
    if card.kind == "picture" and not card.sizes:
        raise ModelError(f"the model card {path} lists no size; give at least one [width, height] in pixels")
    if card.kind == "weak" and (not card.serves or "painter" not in card.files):
        raise ModelError(f"the model card {path} is of a weak model; it must name the model it serves, and its painter")
    for role, name in card.files.items():
        # A card may come from anywhere: it names files beside it and nothing else.
        if Path(name).name != name or not name.endswith(".safetensors"):
            raise ModelError(f"the model card {path} has {role} = {name!r}; name a .safetensors file beside the card")
        if len(card.sha256.get(role, "")) != 64:
            raise ModelError(f"the model card {path} has no sha256 for {role!r}; write its 64 hex digits")
