"""Which models are here: cards read from folders, files checked against them. No torch here."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelError
from core.fetched import READ_BY_MINILM, missing_minilm
from core.guidance_settings import GuidanceSettings
from core.models.card import ModelCard, read_card, weights_used

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "models"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a look into the folders found. problems: a sentence for each card that can't be used, by model id."""

    cards: dict[str, tuple[ModelCard, Path]]
    problems: dict[str, str]


class ModelRegistry:
    """Models by id, from several folders; an earlier folder's id wins. Safe between threads.

    Folders are read at the first question and again after `refresh`. Weights are hashed only by `files`, once for each
    state of a file on disk.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._hashes: dict[tuple[Path, int, int], str] = {}

    def cards(self) -> tuple[ModelCard, ...]:
        """Every usable card, by folder, then by name."""
        return tuple(card for card, _ in self._look().cards.values())

    def problems(self) -> tuple[str, ...]:
        """A sentence for each card that can't be used."""
        return tuple(self._look().problems.values())

    def refresh(self) -> None:
        with self._lock:
            self._shelf = None

    def card(self, model_id: str) -> ModelCard:
        """Raises ModelError for an unknown id (naming those here that make pictures) or an unusable card."""
        return self._entry(model_id)[0]

    def weaker(self, model_id: str) -> ModelCard | None:
        """The card of the weaker model that autoguidance asks beside this one; None where none is installed."""
        return next((card for card, _ in self._look().cards.values() if card.serves == model_id), None)

    def weights_used(self, model_id: str, guidance: GuidanceSettings) -> dict[str, str]:
        """The sha256 of each file that decides a picture, by role. Raises as `card` does."""
        return weights_used(self.card(model_id), self.weaker(model_id), guidance)

    def folder(self, model_id: str) -> Path:
        """Where the card and its files lie. Raises as `card` does."""
        return self._entry(model_id)[1]

    def size_bytes(self, model_id: str) -> int:
        """Of the model's files on disk; a missing one counts nothing."""
        card, folder = self._entry(model_id)
        paths = [folder / name for name in card.files.values()]
        return sum(path.stat().st_size for path in paths if path.is_file())

    def hindrance(self, model_id: str) -> str:
        """Why a model can't be used, and what would mend it; "" where all it needs is there, as far as can be told
        without reading it. Raises as `card` does."""
        card, folder = self._entry(model_id)
        missing = next((name for name in card.files.values() if not (folder / name).is_file()), None)
        if missing is not None:
            return f"{folder / missing} of model {model_id} is missing; install the model again"
        return missing_minilm() if card.network in READ_BY_MINILM else ""

    def hindrances(self) -> dict[str, str]:
        """`hindrance` of those models that make pictures and can't be used, by id. Reads the disk."""
        told = {card.id: self.hindrance(card.id) for card in self.cards() if card.kind == "picture"}
        return {model_id: sentence for model_id, sentence in told.items() if sentence}

    def files(self, model_id: str) -> dict[str, Path]:
        """The model's files by role, each checked against the card's sha256.

        Hashing reads each file through: for a background thread. A model that was replaced since its card was read is
        read again. Raises ModelError for a missing or changed file.
        """
        try:
            return self._checked(model_id)
        except ModelError:
            self.refresh()
            return self._checked(model_id)

    def _checked(self, model_id: str) -> dict[str, Path]:
        card, folder = self._entry(model_id)
        paths = {role: folder / name for role, name in card.files.items()}
        for role, path in paths.items():
            found = self._sha256(path, model_id)
            if found != card.sha256[role].lower():
                raise ModelError(
                    f"{path} has sha256 {found[:10]}..., the card of {model_id} says {card.sha256[role][:10]}...; "
                    "the file is damaged or another one, so install the model again"
                )
        return paths

    def _entry(self, model_id: str) -> tuple[ModelCard, Path]:
        shelf = self._look()
        if model_id in shelf.cards:
            return shelf.cards[model_id]
        if model_id in shelf.problems:
            raise ModelError(shelf.problems[model_id])
        known = ", ".join(card.id for card, _ in shelf.cards.values() if card.kind == "picture") or "none"
        raise ModelError(f"model {model_id!r} is not installed; installed are: {known}")

    def _look(self) -> Shelf:
        with self._lock:
            if self._shelf is None:
                self._shelf = _read(self._folders)
            return self._shelf

    def _sha256(self, path: Path, model_id: str) -> str:
        try:
            state = path.stat()
            key = (path, state.st_mtime_ns, state.st_size)
            if key not in self._hashes:
                with path.open("rb") as file:
                    self._hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
            return self._hashes[key]
        except FileNotFoundError as error:
            raise ModelError(f"{path} of model {model_id} is missing; install the model again") from error
        except OSError as error:
            raise ModelError(f"{path} of model {model_id} can't be read ({error}); check its rights") from error


def _read(folders: tuple[Path, ...]) -> Shelf:
    shelf = Shelf({}, {})
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            if path.stem in shelf.cards or path.stem in shelf.problems:
                continue
            try:
                shelf.cards[path.stem] = (read_card(path), folder)
            except ModelError as error:
                shelf.problems[path.stem] = str(error)
    return shelf
