"""The words that prompts are completed from, by the model; a shipped list is read in the background when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from core.errors import NoisetteError
from core.models.card import ModelCard
from studio.background import Background
from studio.viewmodels.completion import Words
from studio.viewmodels.prompt import KNOWN_WORDS

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "prompts"
LISTS = {"stickers": FOLDER / "stickers.json"}
"""A card's network -> the file that `packaging/prompt_words.py` made."""


class VocabularyError(NoisetteError):
    """A list of words can't be read."""


class Vocabulary:
    """`of` is quick and never touches the disk."""

    def __init__(self, background: Background, said: Callable[[str], object]) -> None:
        self._background, self._said = background, said
        self._read: dict[str, Words] = {}

    def of(self, card: ModelCard | None) -> Words:
        """The words of a model; none while they are still being read, or where none are known."""
        if card is None:
            return Words()
        if card.network not in self._read:
            self._read[card.network] = Words()
            if card.network in KNOWN_WORDS:
                self._read[card.network] = Words(KNOWN_WORDS[card.network]())
            elif card.network in LISTS:
                path, network = LISTS[card.network], card.network
                self._background.run(lambda: read_words(path), lambda words: self._take(network, words), self._said)
        return self._read[card.network]

    def _take(self, network: str, words: Words) -> None:
        self._read[network] = words


def read_words(path: Path) -> Words:
    """Raises VocabularyError. Any thread."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Words(tuple(map(str, kept["words"])), tuple(map(str, kept["phrases"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VocabularyError(f"{path} can't be read ({error}); words are not completed, restore the file") from error
