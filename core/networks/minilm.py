"""MiniLM, the text encoder of models that read open English: of each token of a text a state that knows the others.

The network is written here, the weights are all-MiniLM-L6-v2's, which packaging/start.py fetches (docs/decisions/012).
Source: Wang et al. 2020 (arXiv:2002.10957); the architecture is BERT's, Devlin et al. 2019 (arXiv:1810.04805).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from core.errors import ModelError
from core.fetched import MINILM, MINILM_FILES, missing_minilm
from core.networks.blocks import join_heads, split_heads
from core.networks.weights import load_weights

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

MAX_TOKENS = 32
"""Of a text, the marks at its ends among them."""
FOLDER = MINILM
LAYERS, HEADS, EPSILON = 6, 12, 1e-12
UNKNOWN = "[UNK]"

Span = tuple[int, int]


class Affine(NamedTuple):
    """A linear map's or a normalization's weight and bias."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, slots=True)
class BertLayer:
    """Attention, then two linear maps, each sum normalized after it is made (Vaswani et al. 2017, figure 1)."""

    query_key_value: Affine
    out: Affine
    norm1: Affine
    grow: Affine
    shrink: Affine
    norm2: Affine

    def __call__(self, states: Tensor) -> Tensor:
        """(B, T, width) -> the same."""
        three = F.linear(states, *self.query_key_value).chunk(3, dim=2)
        query, key, value = (split_heads(part, HEADS) for part in three)
        looked = F.linear(join_heads(F.scaled_dot_product_attention(query, key, value)), *self.out)
        states = _normed(states + looked, self.norm1)
        return _normed(states + F.linear(F.gelu(F.linear(states, *self.grow)), *self.shrink), self.norm2)


@dataclass(frozen=True, slots=True)
class Bert:
    """Word pieces of texts of one length -> a state each. There is no padding here.

    Plain tensors, no torch modules: making modules draws weights first, which takes longer than all of the reading.
    """

    pieces: Tensor
    places: Tensor
    norm: Affine
    layers: tuple[BertLayer, ...]

    def __call__(self, tokens: Tensor) -> Tensor:
        """tokens: (B, T) int64, T up to 512 -> (B, T, width)."""
        states = _normed(F.embedding(tokens, self.pieces) + self.places[: tokens.shape[1]], self.norm)
        for layer in self.layers:
            states = layer(states)
        return states


@dataclass(frozen=True, slots=True)
class TextStates:
    """What the encoder read of a batch of texts.

    states: (B, L, width) float32, 0 at padding; mask: (B, L) bool, True at tokens.
    spans: of each text, the stretch text[start:end] that each token was read from, (0, 0) for the marks at its ends.
    """

    states: Tensor
    mask: Tensor
    spans: tuple[tuple[Span, ...], ...]

    def trimmed(self) -> TextStates:
        """Without the padding that all texts share."""
        longest = max((len(spans) for spans in self.spans), default=0)
        return TextStates(self.states[:, :longest], self.mask[:, :longest], self.spans)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's tokens. spans: as in TextStates.

    unknown: stretches that no token stands for. read: how many of the text's characters were read, the rest was too
    long.
    """

    tokens: tuple[int, ...]
    spans: tuple[Span, ...]
    unknown: tuple[Span, ...]
    read: int


@dataclass(frozen=True, slots=True)
class MiniLm:
    """The encoder on its device. It reads small letters without accents, whatever is written."""

    network: Bert = field(repr=False)
    tokenizer: Tokenizer = field(repr=False)

    @property
    def device(self) -> torch.device:
        return self.network.pieces.device

    @property
    def width(self) -> int:
        return self.network.pieces.shape[1]

    @property
    def weight_bytes(self) -> int:
        network = self.network
        affine = [network.norm, *(part for layer in network.layers for part in _parts(layer))]
        tables = network.pieces, network.places
        return sum(tensor.nbytes for tensor in (*tables, *(each for pair in affine for each in pair)))

    def pieces(self, prompt: str) -> Pieces:
        """A plain text's tokens, a mark first and last; at most MAX_TOKENS, the rest is left out.

        What the vocabulary has no piece for (most emoji) is left out too, as if it had not been typed.
        """
        found = self.tokenizer.encode(prompt)
        known = [(token, span) for token, span, piece in _each(found) if piece != UNKNOWN]
        return Pieces(
            tuple(token for token, _ in known),
            tuple(span for _, span in known),
            tuple(span for _, span, piece in _each(found) if piece == UNKNOWN),
            found.offsets[-2][1] if found.overflowing else len(prompt),
        )

    @torch.no_grad()
    def states(self, prompts: Sequence[str]) -> TextStates:
        """Token states of plain texts; an empty one has its two marks.

        L is MAX_TOKENS whatever the texts are, and each is read on its own: its states are the same, to the bit, alone
        and in any batch. A training may use them: they are no inference tensors.
        """
        states = torch.zeros(len(prompts), MAX_TOKENS, self.width, device=self.device)
        mask = torch.zeros(len(prompts), MAX_TOKENS, dtype=torch.bool, device=self.device)
        first: dict[str, int] = {}
        all_pieces: list[Pieces] = []
        for row, prompt in enumerate(prompts):
            same = first.setdefault(prompt, row)
            pieces = all_pieces[same] if same < row else self.pieces(prompt)
            count = len(pieces.tokens)
            if same < row:
                states[row] = states[same]
            else:
                states[row, :count] = self.network(torch.tensor([pieces.tokens], device=self.device))[0]
            mask[row, :count] = True
            all_pieces.append(pieces)
        return TextStates(states, mask, tuple(each.spans for each in all_pieces))


def load_minilm(device: torch.device | str = "cpu", folder: Path = FOLDER) -> MiniLm:
    """Read the encoder, in about a tenth of a second. Raises ModelError where it is missing or another."""
    weights, words = (folder / name for name in MINILM_FILES)
    if missing := missing_minilm(folder):
        raise ModelError(missing)
    # Models that don't read open English go without.
    from tokenizers import Tokenizer

    try:
        network = _network(load_weights(weights).tensors, torch.device(device))
        tokenizer = Tokenizer.from_file(str(words))
    # The tokenizers library raises bare exceptions.
    except Exception as error:
        raise ModelError(
            f"{folder} does not hold the text encoder MiniLM ({error}); remove the folder and start packaging/start.py "
            "while connected to the internet"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return MiniLm(network, tokenizer)


def _each(found: Encoding) -> Iterator[tuple[int, Span, str]]:
    """(number, span, piece) of each token."""
    return zip(found.ids, found.offsets, found.tokens, strict=True)


def _network(theirs: Mapping[str, Tensor], device: torch.device) -> Bert:
    """From the file's tensors. What only the pooled vector needs is left out."""

    def of(*names: str) -> Affine:
        both = (torch.cat([theirs[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias"))
        return Affine(*(tensor.to(device) for tensor in both))

    def layer(name: str) -> BertLayer:
        return BertLayer(
            of(*(f"{name}.attention.self.{part}" for part in ("query", "key", "value"))),
            of(f"{name}.attention.output.dense"),
            of(f"{name}.attention.output.LayerNorm"),
            of(f"{name}.intermediate.dense"),
            of(f"{name}.output.dense"),
            of(f"{name}.output.LayerNorm"),
        )

    # Every token here is of the first of BERT's two segments.
    places = theirs["embeddings.position_embeddings.weight"] + theirs["embeddings.token_type_embeddings.weight"][0]
    return Bert(
        theirs["embeddings.word_embeddings.weight"].to(device),
        places.to(device),
        of("embeddings.LayerNorm"),
        tuple(layer(f"encoder.layer.{number}") for number in range(LAYERS)),
    )


def _parts(layer: BertLayer) -> tuple[Affine, ...]:
    return layer.query_key_value, layer.out, layer.norm1, layer.grow, layer.shrink, layer.norm2


def _normed(states: Tensor, by: Affine) -> Tensor:
    return F.layer_norm(states, states.shape[-1:], *by, EPSILON)
