"""What a phase of a prompt says to a network that reads open English: states, weights, and which words they are."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.conditioning.conjunction import parts_of
from core.conditioning.prompt_phases import Phase, phases
from core.conditioning.prompt_weight import WORD
from core.networks.minilm import MAX_TOKENS, MiniLm, Span

SHOWN = 40
"""How many letters of what was left out a remark shows."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text as a network is told it. L is MAX_TOKENS.

    states: (1, L, width), 0 at padding; mask: (1, L) bool, True at tokens.
    weights: (1, L), above 0, how much each token counts; None where all count 1.
    words: those that were read, as typed, in order; a word is one or more tokens.
    places: (L,) int64, to which word each token belongs, from 1; 0 for marks, punctuation and padding.
    """

    states: Tensor
    mask: Tensor
    weights: Tensor | None
    words: tuple[str, ...]
    places: Tensor

    @property
    def attention_mask(self) -> Tensor:
        """(1, L) as CrossAttention takes it: the mask, or to be added to logits, the logarithms of the weights.

        A token of weight w is read as w copies of it would be, as the painter does (core/networks/painter.py).
        """
        return self.mask if self.weights is None else (self.mask.to(self.weights.dtype) * self.weights).log()

    def by_word(self, shares: Tensor) -> Tensor:
        """Attention to tokens, (..., L), as attention to "nothing" and to each word, (..., 1 + len(words)).

        A word has what its tokens have together; marks, punctuation and padding are nothing.
        """
        summed = shares.new_zeros(*shares.shape[:-1], 1 + len(self.words))
        return summed.index_add(-1, self.places, shares)


def read_sentence(encoder: MiniLm, said: Phase) -> Sentence:
    """The states are those of the whole text, whatever its words weigh: a weight changes how much a state counts, not
    what it says."""
    text = said.text
    read = encoder.states([text])
    spans = read.spans[0]
    words, places = _words(text, spans)
    each = [piece.weight for piece in said.pieces for _ in piece.words]
    weights = None
    if any(weight != 1.0 for weight in each):
        # Of a token that was typed in several weights, the one that is furthest from 1.
        counts = [max(each[start:end], key=lambda weight: abs(weight - 1.0), default=1.0) for start, end in spans]
        weights = torch.tensor([counts + [1.0] * (MAX_TOKENS - len(counts))], device=encoder.device)
    filled = torch.tensor(places + [0] * (MAX_TOKENS - len(places)), device=encoder.device)
    return Sentence(read.states, read.mask, weights, words, filled)


def unread(encoder: MiniLm, prompt: str) -> tuple[str, ...]:
    """What of a written prompt's words the encoder has no piece for (most emoji), as typed, in order, once each."""
    found: dict[str, None] = {}
    for text in _texts(prompt):
        found.update(dict.fromkeys(text[start:end] for start, end in encoder.pieces(text).unknown))
    return tuple(found)


def remarks(encoder: MiniLm, prompt: str) -> tuple[str, ...]:
    """A sentence for each text of a written prompt that is too long to be read whole."""
    made: dict[str, None] = {}
    for text in _texts(prompt):
        rest = text[encoder.pieces(text).read :].strip()
        if rest:
            shown = rest if len(rest) <= SHOWN else f"{rest[: SHOWN - 1].rstrip()}…"
            sentence = f"“{shown}” is not read: {MAX_TOKENS - 2} pieces of words are the most; shorten the prompt"
            made[sentence] = None
    return tuple(made)


def _texts(prompt: str) -> tuple[str, ...]:
    """Each that stands at some time of the run, of all prompts joined by AND."""
    return tuple(dict.fromkeys(phase.text for part in parts_of(prompt) for phase in phases(part.prompt)))


def _words(text: str, spans: tuple[Span, ...]) -> tuple[tuple[str, ...], list[int]]:
    """The words that have tokens, and of each token the word's number from 1, 0 for none."""
    words: list[str] = []
    places = [0] * len(spans)
    last = max((end for _, end in spans), default=0)
    for word in WORD.finditer(text):
        if word.start() >= last:
            break
        tokens = [i for i, (start, end) in enumerate(spans) if start < word.end() and end > word.start()]
        if tokens:
            words.append(word[0])
            for token in tokens:
                places[token] = len(words)
    return tuple(words), places
