"""What a sticker may be called in training, and the states of all those texts, worked out once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.artifacts.atomic import write_atomically, write_text
from core.networks.minilm import MiniLm

FORMS = ("{style} {caption}", "{caption}, {style}", "{caption}, {style} style", "{caption} in {style} style")
SIDED = frozenset(
    [
        *("left", "right", "leftwards", "rightwards", "leftward", "rightward", "east", "west", "clockwise"),
        *("counterclockwise", "anticlockwise", "arrow", "arrows", "next", "previous", "forward", "reverse"),
        *("rewind", "back", "play", "track", "shuffle", "repeat", "button", "letter", "letters", "input"),
        *("symbol", "sign", "mark", "keycap", "clock", "o'clock", "thirty", "flag", "abc", "latin"),
        *("japanese", "calendar", "speech", "newspaper", "receipt", "book", "map", "signal", "moon"),
        *("waxing", "waning", "quarter", "crescent", "question", "number", "hundred", "points", "currency"),
        *("dollar", "yen", "euro", "pound", "atm", "wc", "ok", "new", "free", "cool", "up", "sos", "vs"),
        *("top", "soon", "end", "on", "copyright", "registered", "trade", "information", "peace", "z", "o"),
        *("d", "i", "a", "c"),
    ]
)
"""Words of things that have a left and a right side, or bear writing."""
_WORD = re.compile(r"[a-z']+")
BATCH_TOKENS = 1024


def mirrors(concept: str) -> bool:
    """Whether the thing may as well be seen in a mirror."""
    return not any(word in SIDED for word in _WORD.findall(concept.lower()))


def with_style(caption: str, style: str) -> str:
    """The caption with the style in words, always in the same one of FORMS for a caption and a style."""
    digest = hashlib.sha256(f"{caption}/{style}".encode()).digest()
    return FORMS[digest[0] % len(FORMS)].format(caption=caption, style=style)


@dataclass(frozen=True, slots=True)
class TextBank:
    """States of many texts, one after another. states: (tokens, width) float16; starts: (texts + 1,) int64."""

    states: NDArray[np.float16]
    starts: NDArray[np.int64]
    places: dict[str, int]

    def batch(self, texts: Sequence[str | None]) -> tuple[torch.Tensor, torch.Tensor]:
        """states (B, L, width) float32, 0 at padding, and mask (B, L) bool; None is no text at all. L >= 1."""
        rows = [(0, 0) if text is None else self._span(text) for text in texts]
        longest = max(1, *(end - start for start, end in rows))
        states = np.zeros((len(texts), longest, self.states.shape[1]), np.float32)
        mask = np.zeros((len(texts), longest), np.bool_)
        for row, (start, end) in enumerate(rows):
            states[row, : end - start] = self.states[start:end]
            mask[row, : end - start] = True
        return torch.from_numpy(states), torch.from_numpy(mask)

    def _span(self, text: str) -> tuple[int, int]:
        place = self.places[text]
        return int(self.starts[place]), int(self.starts[place + 1])


def text_bank(encoder: MiniLm, texts: Iterable[str], folder: Path) -> TextBank:
    """The states of these texts, read from `folder` where they were worked out before. They are the encoder's to
    float16: texts of one length go through it together."""
    every = sorted(set(texts))
    identity = hashlib.sha256(json.dumps(every).encode()).hexdigest()
    path, note = folder / f"texts-{identity[:12]}.npy", folder / f"texts-{identity[:12]}.json"
    spans = [encoder.pieces(text).tokens for text in every]
    starts = np.concatenate([[0], np.cumsum([len(tokens) for tokens in spans])]).astype(np.int64)
    places = {text: place for place, text in enumerate(every)}
    if not note.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        found = _states(encoder, spans, starts)
        write_atomically(path, lambda file: np.save(file, found))
        write_text(note, json.dumps({"identity": identity, "texts": len(every)}))
    return TextBank(np.load(path, mmap_mode="r", allow_pickle=False), starts, places)


@torch.no_grad()
def _states(encoder: MiniLm, spans: Sequence[tuple[int, ...]], starts: NDArray[np.int64]) -> NDArray[np.float16]:
    found = np.zeros((int(starts[-1]), encoder.width), np.float16)
    for length in sorted({len(tokens) for tokens in spans}):
        alike = [place for place, tokens in enumerate(spans) if len(tokens) == length]
        at_once = max(1, BATCH_TOKENS // max(length, 1))
        for first in range(0, len(alike), at_once):
            own = alike[first : first + at_once]
            states = encoder.network(torch.tensor([spans[place] for place in own], device=encoder.device))
            for place, each in zip(own, states.half().cpu().numpy(), strict=True):
                found[starts[place] : starts[place + 1]] = each
    return found
